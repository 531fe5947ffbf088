"""Fitted curves against SciPy's curve_fit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from mathml_jax.optimize.curve_fitting import curve_fit

X = np.linspace(0.0, 4.0, 12)
RNG = np.random.default_rng(0)
Y = 2.5 * np.exp(-1.3 * X) + 0.5 + 0.1 * RNG.normal(size=12)
ERRORS = RNG.uniform(0.5, 2.0, 12)
COVARIANCE = np.diag(ERRORS**2) + 0.1


def curve(x, a, b, c):
    return a * jnp.exp(-b * x) + c


@pytest.mark.parametrize(("sigma", "absolute"), [(None, False), (ERRORS, False), (ERRORS, True), (COVARIANCE, False)])
def test_scipy_agrees(sigma, absolute):
    tight = {"ftol": 1e-14, "xtol": 1e-14}
    popt, pcov = curve_fit(curve, X, Y, jnp.ones(3), sigma, absolute, **tight)

    def theirs(x, a, b, c):
        return a * np.exp(-b * x) + c

    def slopes(x, a, b, c):
        return np.stack([np.exp(-b * x), -a * x * np.exp(-b * x), np.ones_like(x)], axis=1)

    best, covariance = scipy.optimize.curve_fit(theirs, X, Y, np.ones(3), sigma, absolute, jac=slopes, **tight)
    np.testing.assert_allclose(popt, best, rtol=1e-6)
    np.testing.assert_allclose(pcov, covariance, rtol=1e-5)


def test_derivatives_in_the_data():
    """The slope of each parameter and of its variance in each y, against differences."""

    def numbers(y):
        popt, pcov = curve_fit(curve, X, y, jnp.array([2.5, 1.3, 0.5]), ftol=1e-15, xtol=1e-15)
        return jnp.concatenate([popt, jnp.diagonal(pcov)])

    step = 1e-3
    shifts = step * np.eye(12)
    ends = jax.jit(jax.vmap(numbers))(np.concatenate([Y + shifts, Y - shifts]))
    differences = (ends[:12] - ends[12:]).T / (2 * step)
    np.testing.assert_allclose(jax.jit(jax.jacfwd(numbers))(Y), differences, rtol=1e-4, atol=1e-6)


def test_what_is_not_determined():
    popt, pcov = curve_fit(lambda x, a, b: (a + b) * x, X, X, jnp.ones(2))
    np.testing.assert_allclose(popt.sum(), 1.0)
    assert np.isinf(pcov).all()
    popt, pcov = curve_fit(lambda x, a, b: a + b * x, X[:2], X[:2], jnp.ones(2))
    np.testing.assert_allclose(popt, [0.0, 1.0], atol=1e-12)
    assert np.isinf(pcov).all()
    popt, pcov = curve_fit(lambda x, a, b: a + b * x, X[:2], X[:2], jnp.ones(2), jnp.ones(2), absolute_sigma=True)
    assert np.isfinite(pcov).all()


def test_failure_shows():
    for fit in (curve_fit(curve, X, Y, jnp.ones(3), max_nfev=2), curve_fit(curve, X, Y * np.nan, jnp.ones(3))):
        assert np.isnan(fit.popt).all()
        assert np.isnan(fit.pcov).all()


@pytest.mark.parametrize(
    ("y", "p0", "sigma", "message"),
    [
        (1.0, jnp.ones(2), None, r"expected ydata with 1 axis, got shape \(\)"),
        (Y, 1.0, None, r"expected p0 with 1 axis, got shape \(\)"),
        (Y, jnp.ones(2), jnp.ones(3), r"expected sigma of shape \(12,\) or \(12, 12\), got shape \(3,\)"),
        (Y[:4], jnp.ones(2), None, r"expected f to return shape \(4,\), got shape \(12,\)"),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(y, p0, sigma, message):
    with pytest.raises(ValueError, match=f"curve_fit: {message}"):
        curve_fit(lambda x, a, b: a + b * x, X, y, p0, sigma)
