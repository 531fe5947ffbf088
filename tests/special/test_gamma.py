from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.special._stirling import log1pmx, stirling_remainder
from mathml_jax.special.gamma import digamma, gammaln, polygamma
from tests.special import arb_gamma as arb
from tests.ulps import each

INF, NAN = np.inf, np.nan


def positive():
    draw = np.random.default_rng(0)
    near = [1 + 10.0 ** draw.uniform(-7, -1, 40), 2 - 10.0 ** draw.uniform(-6, -1, 40)]
    return np.concatenate([10 ** draw.uniform(-10, 10, 200), draw.uniform(0.01, 5, 200), *near])


def slope(f):
    """In reverse mode."""
    return lambda x: jax.grad(lambda x: jnp.sum(f(x)))(x)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("f", "reference", "worst"),
    [
        (gammaln, lambda x: x.lgamma(), 8),
        (slope(digamma), partial(arb.zeta, 1), 4),
        (partial(polygamma, 1), partial(arb.zeta, 1), 4),
        (partial(polygamma, 3), partial(arb.zeta, 3), 8),
    ],
)
def test_right_to_a_few_ulps_against_arb(dtype, f, reference, worst):
    x = positive() if dtype == np.float64 else positive()[positive() > 1e-7]
    x = x.astype(dtype)
    got = np.asarray(jax.jit(f)(x))
    assert got.dtype == dtype
    assert arb.ulps(got, each(reference, x)).max() <= worst


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("f", "reference"),
    [
        (gammaln, lambda x: (x.gamma() * x.gamma()).log() / 2),
        (digamma, lambda x: x.digamma()),
        (slope(gammaln), lambda x: x.digamma()),
    ],
)
def test_right_to_a_few_eps_beside_their_zeros(dtype, f, reference):
    x = np.concatenate([np.random.default_rng(1).uniform(-20, 0, 200), 1.4616321 + np.linspace(-0.1, 0.1, 50)])
    x = x.astype(dtype)
    true = np.vectorize(float, otypes=[float])(each(reference, x))
    error = np.abs(np.asarray(jax.jit(f)(x), np.float64) - true) / np.maximum(1, np.abs(true))
    assert error.max() <= 16 * np.finfo(dtype).eps


@pytest.mark.parametrize(
    ("f", "value", "derivative"),
    [
        (gammaln, [INF, INF, INF, INF, NAN, 0, 0], [-INF, NAN, INF, NAN, NAN, -np.euler_gamma, 1 - np.euler_gamma]),
        (
            digamma,
            [-INF, NAN, INF, NAN, NAN, -np.euler_gamma, 1 - np.euler_gamma],
            [INF, NAN, 0, NAN, NAN, np.pi**2 / 6, np.pi**2 / 6 - 1],
        ),
    ],
)
def test_edges(f, value, derivative):
    x = np.array([0.0, -3.0, INF, -INF, NAN, 1.0, 2.0])
    np.testing.assert_allclose(f(x), value, rtol=1e-15)
    slopes = np.asarray(slope(f)(x))
    np.testing.assert_allclose(slopes[[0, 2, 5, 6]], np.array(derivative)[[0, 2, 5, 6]], rtol=1e-15)


def test_polygamma_reflects_and_refuses():
    x = -np.linspace(0.1, 7.3, 20)
    for n, factor in ((1, 1), (2, -2)):
        terms = [factor / (x + k) ** (n + 1) for k in range(8)]
        np.testing.assert_allclose(polygamma(n, x), sum(terms, polygamma(n, x + 8)), rtol=1e-11)
    with pytest.raises(ValueError, match="polygamma: expected an order n >= 0, got -1"):
        polygamma(-1, 1.0)


def test_what_stirling_leaves_over():
    x = positive()[positive() < 1e6]
    half = arb.arb(1) / 2
    root = (2 * arb.arb.pi()).log() / 2
    true = each(lambda x: x.lgamma() - (x - half) * x.log() + x - root, x)
    assert arb.ulps(np.asarray(stirling_remainder(jnp.asarray(x))), true).max() <= 32
    t = np.concatenate([np.random.default_rng(2).uniform(-1, 3, 200), 10.0 ** np.linspace(-8, 0, 40)])
    assert arb.ulps(np.asarray(log1pmx(jnp.asarray(t))), each(lambda t: (1 + t).log() - t, t)).max() <= 4


@pytest.mark.parametrize("f", [gammaln, digamma, partial(polygamma, 1)])
def test_dtypes(f):
    half = f(jnp.asarray(2.5, jnp.float16))
    assert half.dtype == jnp.float16
    assert half == f(2.5).astype(jnp.float16)
    assert f(3).dtype == jnp.float64
    assert f(jnp.zeros((0, 3))).shape == (0, 3)
    assert "f64[3]" not in str(jax.make_jaxpr(f)(np.zeros(3, np.float32)))
