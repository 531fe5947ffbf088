import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from mathml_jax.calculus.exponentials import (
    erf,
    erf_derivative,
    exp,
    exp_derivative,
    expm1,
    expm1_derivative,
    exponential,
    exponential_base_derivative,
    exponential_derivative,
    log,
    log1p,
    log1p_derivative,
    log_derivative,
)

inf, nan = np.inf, np.nan
REAL = np.array([-700.0, -40.0, -1.0, -0.4, -1e-9, 1e-300, 1e-9, 0.3, 1.0, 5.0, 700.0])
POSITIVE = np.array([1e-300, 1e-9, 0.3, 0.999999, 1.0, 1.000001, 7.7, 1e300])
ABOVE = np.array([-1 + 1e-9, -0.9, -0.41, -0.3, -1e-9, 1e-300, 0.3, 7.7, 1e300])


@pytest.mark.parametrize(
    ("f", "df", "twin", "slope", "x"),
    [
        (exp, exp_derivative, mpmath.exp, mpmath.exp, REAL),
        (expm1, expm1_derivative, mpmath.expm1, mpmath.exp, REAL),
        (log, log_derivative, mpmath.log, lambda x: 1 / x, POSITIVE),
        (log1p, log1p_derivative, mpmath.log1p, lambda x: 1 / (1 + x), ABOVE),
        (erf, erf_derivative, mpmath.erf, lambda x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x), REAL / 30),
    ],
)
def test_agree_with_mpmath(f, df, twin, slope, x):
    got, forward = jax.jvp(f, (x,), (np.ones_like(x),))
    with mpmath.workdps(400):
        value, rate = (np.array([float(g(mpmath.mpf(v))) for v in x]) for g in (twin, slope))
    np.testing.assert_allclose(got, value, rtol=8 * 2.0**-53)
    np.testing.assert_allclose(df(x), rate, rtol=8 * 2.0**-53)
    # Autodiff does not know what rounding takes from x²: error x² eps.
    np.testing.assert_allclose(forward, rate, rtol=2.0**-40 if f is erf else 16 * 2.0**-53)


@pytest.mark.parametrize(
    ("f", "df", "x", "value", "slope"),
    [
        (exp, exp_derivative, [-inf, inf], [0, inf], [0, inf]),
        (expm1, expm1_derivative, [-inf, 0.0, inf], [-1, 0, inf], [0, 1, inf]),
        (log, log_derivative, [-inf, -1.0, 0.0, inf], [nan, nan, -inf, inf], [nan, nan, inf, 0]),
        (log1p, log1p_derivative, [-2.0, -1.0, 0.0, inf], [nan, -inf, 0, inf], [nan, inf, 1, 0]),
        (erf, erf_derivative, [-inf, -30.0, 30.0, inf], [-1, -1, 1, 1], [0, 0, 0, 0]),
    ],
)
def test_edges(f, df, x, value, slope):
    x = np.array(x)
    got, forward = jax.jvp(f, (x,), (np.ones_like(x),))
    np.testing.assert_array_equal(got, value)
    np.testing.assert_array_equal(forward, slope)
    np.testing.assert_array_equal(df(x), slope)


def test_exponential_in_any_base():
    x, base = np.array([-3.5, 0.0, 2.0, 10.0]), np.array([0.1, 2.0, 5.0, 1.5])
    np.testing.assert_allclose(exponential(x, base), base**x, rtol=4e-16)
    np.testing.assert_allclose(exponential_derivative(x, base), base**x * np.log(base), rtol=1e-15)
    np.testing.assert_allclose(exponential_base_derivative(x, base), x * base ** (x - 1), rtol=1e-15)
    for f in (exponential, exponential_derivative, exponential_base_derivative):
        assert np.all(np.isnan(f(2.0, np.array([0.0, -2.0]))))
    assert np.isnan(jax.grad(exponential, 1)(2.0, -2.0))


def test_logarithm_and_exponential_undo_each_other():
    x = np.array([-0.9, -0.41, -1e-12, 1e-12, 0.4, 3.0])
    np.testing.assert_allclose(log1p(expm1(x)), x, rtol=16 * 2.0**-53)
    np.testing.assert_allclose(expm1(log1p(x)), x, rtol=16 * 2.0**-53)


@pytest.mark.parametrize("f", [exp, expm1, log, log1p, erf, erf_derivative])
def test_dtypes(f):
    half = f(jnp.asarray([0.5, 2.0], jnp.float16))
    assert half.dtype == jnp.float16
    np.testing.assert_allclose(half.astype(float), f(np.array([0.5, 2.0])), rtol=2.0**-10)
    assert f(1).dtype == jnp.float64
    with jax.enable_x64(False):
        assert f(np.array([1.0, 2.0])).dtype == jnp.float32
