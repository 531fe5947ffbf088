import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from mathml_jax.calculus.hyperbolic import (
    arccosh,
    arccosh_derivative,
    arcsinh,
    arcsinh_derivative,
    arctanh,
    arctanh_derivative,
    cosh,
    cosh_derivative,
    sinh,
    sinh_derivative,
    tanh,
    tanh_derivative,
)

inf, nan = np.inf, np.nan
REAL = np.array([-710.0, -354.0, -40.0, -1.0, -0.4, -1e-9, 1e-300, 1e-9, 0.3, 1.0, 5.0, 20.1, 353.0])
WIDE = np.array([-1e200, -7.0, -1e-9, 1e-300, 0.3, 1.0, 1e8, 1e300])
ABOVE = np.array([1 + 1e-13, 1.1, 2.0, 7.0, 1e8, 1e200, 1e300])
UNIT = np.array([-1 + 1e-13, -0.9, -0.41, -1e-9, 1e-300, 0.3, 0.7, 1 - 1e-13])


@pytest.mark.parametrize(
    ("f", "df", "twin", "slope", "x"),
    [
        (sinh, sinh_derivative, mpmath.sinh, mpmath.cosh, REAL),
        (cosh, cosh_derivative, mpmath.cosh, mpmath.sinh, REAL),
        (tanh, tanh_derivative, mpmath.tanh, lambda x: mpmath.sech(x) ** 2, REAL[1:]),
        (arcsinh, arcsinh_derivative, mpmath.asinh, lambda x: 1 / mpmath.sqrt(x * x + 1), WIDE),
        (arccosh, arccosh_derivative, mpmath.acosh, lambda x: 1 / mpmath.sqrt(x * x - 1), ABOVE),
        (arctanh, arctanh_derivative, mpmath.atanh, lambda x: 1 / (1 - x * x), UNIT),
    ],
)
def test_agree_with_mpmath(f, df, twin, slope, x):
    got, forward = jax.jvp(f, (x,), (np.ones_like(x),))
    with mpmath.workdps(400):
        value, rate = (np.array([float(g(mpmath.mpf(v))) for v in x]) for g in (twin, slope))
    np.testing.assert_allclose(got, value, rtol=8 * 2.0**-53)
    np.testing.assert_allclose(df(x), rate, rtol=8 * 2.0**-53)
    # The slope of cosh near 0 is a difference of two halves: off by eps, not by eps times itself.
    np.testing.assert_allclose(forward, rate, rtol=32 * 2.0**-53, atol=2.0**-52 if f is cosh else 0)


@pytest.mark.parametrize(
    ("f", "df", "x", "value", "slope"),
    [
        (sinh, sinh_derivative, [-inf, 0.0, inf], [-inf, 0, inf], [inf, 1, inf]),
        (cosh, cosh_derivative, [0.0, 720.0], [1, inf], [0, inf]),
        (tanh, tanh_derivative, [-inf, 0.0, inf], [-1, 0, 1], [0, 1, 0]),
        (arcsinh, arcsinh_derivative, [-inf, 0.0, inf], [-inf, 0, inf], [0, 1, 0]),
        (arccosh, arccosh_derivative, [-2.0, 0.5, 1.0, inf], [nan, nan, 0, inf], [nan, nan, inf, 0]),
        (arctanh, arctanh_derivative, [-2.0, -1.0, 0.0, 1.0], [nan, -inf, 0, inf], [nan, inf, 1, inf]),
    ],
)
def test_edges(f, df, x, value, slope):
    x = np.array(x)
    got, forward = jax.jvp(f, (x,), (np.ones_like(x),))
    np.testing.assert_array_equal(got, value)
    np.testing.assert_array_equal(df(x), slope)
    np.testing.assert_array_equal(forward, slope)


@pytest.mark.parametrize(("f", "inverse"), [(sinh, arcsinh), (tanh, arctanh)])
def test_inverses(f, inverse):
    x = np.array([-0.9, -0.3, 1e-12, 0.4, 0.99])
    np.testing.assert_allclose(f(inverse(x)), x, rtol=16 * 2.0**-53)


@pytest.mark.parametrize("f", [sinh, cosh, tanh, arcsinh, arctanh, tanh_derivative, arcsinh_derivative])
def test_dtypes(f):
    half = f(jnp.asarray([0.5, 0.75], jnp.float16))
    assert half.dtype == jnp.float16
    np.testing.assert_allclose(half.astype(float), f(np.array([0.5, 0.75])), rtol=2.0**-10)
    assert f(0).dtype == jnp.float64
    with jax.enable_x64(False):
        assert f(np.array([0.5])).dtype == jnp.float32
