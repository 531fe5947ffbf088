import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from mathml_jax.calculus.elementary import (
    cbrt,
    cbrt_derivative,
    power,
    power_derivative,
    power_exponent_derivative,
    reciprocal,
    reciprocal_derivative,
    sqrt,
    sqrt_derivative,
)

inf, nan = np.inf, np.nan
X = np.array([1e-300, 3e-9, 0.3, 1.0, 7.7, 2e155, 1e300])


@pytest.mark.parametrize(
    ("f", "df", "twin", "slope"),
    [
        (sqrt, sqrt_derivative, mpmath.sqrt, lambda x: 1 / (2 * mpmath.sqrt(x))),
        (cbrt, cbrt_derivative, mpmath.cbrt, lambda x: 1 / (3 * mpmath.cbrt(x) ** 2)),
        (reciprocal, reciprocal_derivative, lambda x: 1 / x, lambda x: -1 / x**2),
    ],
)
def test_agree_with_mpmath_over_the_whole_range(f, df, twin, slope):
    for ours, exact in ((f, twin), (df, slope)):
        expected = np.array([float(exact(mpmath.mpf(x))) for x in X])
        np.testing.assert_allclose(ours(X), np.where(abs(expected) < 1e-307, 0, expected), rtol=8 * 2.0**-53)


@pytest.mark.parametrize("x", [1e-40, 0.7, 1.5, 1e40])
@pytest.mark.parametrize("n", [-3.3, -1.0, 1e-9, 0.5, 2.0, 7.0])
def test_powers_agree_with_mpmath(x, n):
    with mpmath.workdps(40):
        a, b = mpmath.mpf(x), mpmath.mpf(n)
        expected = [float(v) for v in (a**b, b * a ** (b - 1), a**b * mpmath.log(a))]
    got = [f(x, n) for f in (power, power_derivative, power_exponent_derivative)]
    np.testing.assert_allclose(got, expected, rtol=8 * 2.0**-53)


@pytest.mark.parametrize(
    ("x", "n", "value", "slope", "in_exponent"),
    [
        (0.0, 0.0, 1, 0, nan),
        (0.0, 0.5, 0, inf, 0),
        (0.0, 1.0, 0, 1, 0),
        (0.0, 2.0, 0, 0, 0),
        (0.0, -1.0, inf, -inf, nan),
        (-2.0, 3.0, -8, 12, nan),
        (-2.0, 0.0, 1, 0, nan),
        (-2.0, 0.5, nan, nan, nan),
        (inf, 2.0, inf, inf, inf),
        (inf, -1.0, 0, 0, 0),
        (1e-200, 2.0, 0, 2e-200, 0),
        (1e155, 2.0, inf, 2e155, inf),
    ],
)
def test_edges_of_powers(x, n, value, slope, in_exponent):
    got = [f(x, n) for f in (power, power_derivative, power_exponent_derivative)]
    np.testing.assert_allclose(got, [value, slope, in_exponent], rtol=4e-16)
    np.testing.assert_allclose(jax.grad(power)(x, n), slope, rtol=4e-16)
    if n > 0 and np.isfinite(x):
        np.testing.assert_allclose(jax.grad(power, 1)(x, n), in_exponent)


@pytest.mark.parametrize(
    ("f", "df", "x", "value", "slope"),
    [
        (sqrt, sqrt_derivative, [0.0, inf, -1.0], [0, inf, nan], [inf, 0, nan]),
        (cbrt, cbrt_derivative, [0.0, -8.0, inf, -inf], [0, -2, inf, -inf], [inf, 1 / 12, 0, 0]),
        (reciprocal, reciprocal_derivative, [0.0, -0.0, inf, -inf], [inf, -inf, 0, 0], [-inf, -inf, 0, 0]),
    ],
)
def test_edges(f, df, x, value, slope):
    x = np.array(x)
    got, forward = jax.jvp(f, (x,), (np.ones_like(x),))
    np.testing.assert_array_equal(got, value)
    np.testing.assert_allclose(forward, slope, rtol=4e-16)
    np.testing.assert_allclose(df(x), slope, rtol=4e-16)


@pytest.mark.parametrize("f", [sqrt, cbrt, reciprocal, cbrt_derivative, reciprocal_derivative])
def test_dtypes(f):
    assert f(jnp.asarray([0.5, 2.0], jnp.float16)).dtype == jnp.float16
    assert f(4).dtype == jnp.float64
    with jax.enable_x64(False):
        assert f(np.array([1.0, 2.0])).dtype == jnp.float32
    assert power(np.float32(2), 3).dtype == np.float32
