"""Kolmogorov's function: both of its series in Arb are the reference."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
from flint import arb

from mathml_jax.special._theta import log_tails, quantile, tails
from mathml_jax.special.kolmogorov_limit import kolmogi, kolmogorov, kolmogorov_derivative
from tests.special.arb_gamma import ulps
from tests.ulps import each

INF, NAN = np.inf, np.nan


def upper(y):
    """Its series, which alternates and so ends."""
    return 2 * sum(((-1) ** (k - 1) * (-2 * k * k * y * y).exp() for k in range(1, 60)), arb(0))


def lower(y):
    unit = arb.pi() ** 2 / (8 * y * y)
    return (2 * arb.pi()).sqrt() / y * sum(((-unit * n * n).exp() for n in range(1, 60, 2)), arb(0))


def density(y):
    step = y * arb(2) ** -60
    both = (upper, -1) if y > 0.8 else (lower, 1)
    return both[1] * (both[0](y + step) - both[0](y - step)) / (2 * step)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_in_both_tails(dtype):
    low, high = (0.044, 18) if dtype == np.float64 else (0.14, 6.4)
    y = np.concatenate([np.linspace(low, 1, 40), np.linspace(0.8, high, 40)]).astype(dtype)

    def everything(y):
        slope = jax.grad(lambda y: jnp.sum(kolmogorov(y)))(y)
        return *tails(y), *log_tails(y), kolmogorov_derivative(y), slope

    got = [np.asarray(v) for v in jax.jit(everything)(y)]
    near, far = (
        each(lambda y: lower(y) if y < 0.8 else 1 - upper(y), y),
        each(lambda y: upper(y) if y > 0.8 else 1 - lower(y), y),
    )
    logs = [
        each(lambda y: lower(y).log() if y < 0.8 else (-upper(y)).log1p(), y),
        each(lambda y: upper(y).log() if y > 0.8 else (-lower(y)).log1p(), y),
    ]
    slope = each(lambda y: -density(y), y)
    for value, true in zip(got, (near, far, *logs, slope, slope), strict=True):
        assert value.dtype == dtype
        assert ulps(value, true).max() <= 8


def test_quantiles_invert():
    p = np.concatenate([10.0 ** np.linspace(-300, -1, 60), np.linspace(0.11, 0.999, 40)])
    for upper_tail in (True, False):

        def of(p, upper_tail=upper_tail):
            return quantile(p, 1 - p) if upper_tail else quantile(1 - p, p)

        y = np.asarray(of(jnp.asarray(p)))
        seen = each(upper if upper_tail else lower, y)
        true_slope = each(density, y)
        error = [abs(float((arb(float(a)) - s) / d)) for a, s, d in zip(p, seen, true_slope, strict=True)]
        assert np.max(error / np.spacing(y)) <= 4
        slope = jax.vmap(jax.grad(of))(p)
        expected = (-1 if upper_tail else 1) / np.vectorize(float)(true_slope)
        # The density at the rounded quantile is the less exact one.
        np.testing.assert_allclose(slope, expected, rtol=1e-12)


def test_agrees_with_scipy():
    y, p = np.linspace(0.2, 4, 50), np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(kolmogorov(y), scipy.special.kolmogorov(y), rtol=1e-14)
    np.testing.assert_allclose(kolmogi(p), scipy.special.kolmogi(p), rtol=1e-14)


def test_edges():
    y = np.array([-INF, -1, 0, 1e-300, 1e300, INF, NAN])
    np.testing.assert_array_equal(kolmogorov(y), [1, 1, 1, 1, 0, 0, NAN])
    for slope in (kolmogorov_derivative(y), jax.vmap(jax.grad(kolmogorov))(y)):
        np.testing.assert_array_equal(slope[:-1], np.zeros(6))
    np.testing.assert_array_equal(kolmogi(np.array([0, 1, -0.1, 1.1, NAN])), [INF, 0, NAN, NAN, NAN])
    np.testing.assert_array_equal(jax.vmap(jax.grad(kolmogi))(np.array([0.0, 1.0])), [-INF, -INF])
    curve = jax.grad(jax.grad(kolmogorov))(1.1)
    step = (kolmogorov_derivative(1.1 + 1e-5) - kolmogorov_derivative(1.1 - 1e-5)) / 2e-5
    np.testing.assert_allclose(curve, step, rtol=1e-8)


def test_dtypes():
    for f in (kolmogorov, kolmogi):
        assert f(jnp.float16(0.5)).dtype == jnp.float16
        assert f(1).dtype == jnp.float64
        assert f(np.zeros((0, 3))).shape == (0, 3)
        assert "f64[3]" not in str(jax.make_jaxpr(f)(np.full(3, 0.3, np.float32)))
