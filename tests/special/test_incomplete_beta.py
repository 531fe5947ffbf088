import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from mathml_jax.special._beta_tail import beta_tails, log_beta_density, rates
from mathml_jax.special.incomplete_beta import betainc, log_betainc, log_betaincc
from tests.special import arb_beta as arb
from tests.special.arb_gamma import ulps
from tests.ulps import each, error

INF, NAN = np.inf, np.nan


def everything(a, b, x):
    """The tails, the density and its shares of them, its logarithm, and I's slopes in reverse mode."""
    at = a, b, x, 1 - x
    reverse = jax.grad(lambda a, b, x: jnp.sum(betainc(a, b, x)), (0, 1, 2))(a, b, x)
    return beta_tails(*at), rates(*at), log_beta_density(*at), reverse


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_against_arb(dtype):
    ranges = ((-3, 2, 40), (-3, 5, 40), (2, 4, 10), (5, 8, 3))
    a, b, x = map(np.concatenate, zip(*(arb.points(dtype, *r) for r in ranges), strict=True))
    values, slopes, log_density, reverse = jax.tree.map(np.asarray, jax.jit(everything)(a, b, x))
    p, q, density = (each(f, a, b, x) for f in (arb.below, arb.above, arb.density))
    logs = each(arb.log_below, a, b, x), each(arb.log_above, a, b, x)
    for got, true in zip(values, (p, q, *logs), strict=True):
        assert got.dtype == dtype
        assert np.median(ulps(got, true)) <= 2
        assert ulps(got, true).max() <= 100
    for got, true in zip(slopes, (density, density / p, density / q), strict=True):
        assert ulps(got, true).max() <= 100
    true = np.vectorize(lambda ball: ball.log(), otypes=[object])(density)
    size = np.maximum(np.abs(np.vectorize(float)(true)), 1)
    assert np.max(error(log_density, true) / size) <= 4 * np.finfo(dtype).eps
    assert ulps(reverse[2], density).max() <= 16
    for place in (0, 1):
        off = ulps(reverse[place], each(arb.slope(arb.below, place), a, b, x))
        assert np.median(off) <= 4
        assert off.max() <= 300


def test_half_of_a_symmetric_law_is_half():
    n = np.array([1.0, 7.0, 1e3, 1e6, 1e9, 1e12])
    np.testing.assert_allclose(betainc(n, n, 0.5), 0.5, rtol=1e-15)
    np.testing.assert_allclose(betainc(n.astype(np.float32), n.astype(np.float32), np.float32(0.5)), 0.5, rtol=1e-6)


def test_logarithms_where_the_tails_underflow():
    a, b, x = (
        np.array([1e3, 1e5, 1e4, 300, 2]),
        np.array([2, 1e5, 0.5, 1e6, 1e-3]),
        np.array([0.3, 0.4, 0.8, 1e-7, 1e-200]),
    )
    true = each(arb.log_below, a, b, x)
    assert ulps(np.asarray(log_betainc(a, b, x)), true).max() <= 8
    a, b, x = a[:4], b[:4], x[:4]
    assert ulps(np.asarray(log_betaincc(b, a, 1 - x)), each(arb.log_above, b, a, 1 - x)).max() <= 8


def test_edges_are_those_of_scipy():
    shapes = [(0, 1), (1, 0), (0, 0), (INF, 1), (1, INF), (INF, INF), (-1, 1), (1, -1), (NAN, 1), (2, 3)]
    (a, b), x = np.array(shapes, float).T[:, :, None], np.array([0, 0.5, 1, -0.1, 1.1, NAN])
    a, b, x = np.broadcast_arrays(a, b, x)
    lower = scipy.special.betainc(a, b, x)
    with np.errstate(divide="ignore"):
        expected = lower, 1 - lower, np.log(lower), np.log(1 - lower)
    np.testing.assert_allclose(jax.jit(beta_tails)(a, b, x, 1 - x), expected, rtol=1e-15)


def test_gradients_at_the_edges():
    a, b, x = np.array([1, 1, 2, 0.5, 1, 3]), np.array([1, 3, 2, 2, 1, 0.5]), np.array([0, 0, 0, 0, 1, 1.0])
    in_a, in_b, in_x = jax.jit(jax.vmap(jax.grad(betainc, (0, 1, 2))))(a, b, x)
    np.testing.assert_array_equal([in_a, in_b], np.zeros((2, 6)))
    np.testing.assert_allclose(in_x, [1, 3, 0, INF, 1, INF], rtol=1e-15)


def test_second_derivatives():
    a, b, x = (np.array(v) for v in ([2.0, 0.2, 40.0], [3.0, 7.0, 1.5], [0.3, 0.01, 0.97]))
    got = jax.jit(jax.vmap(jax.grad(lambda a, b, x: jax.jvp(lambda a: betainc(a, b, x), (a,), (1.0,))[1])))(a, b, x)
    true = each(arb.slope(arb.slope(arb.below, 0), 0), a, b, x)
    assert ulps(np.asarray(got), true).max() <= 300


def test_dtypes():
    assert betainc(jnp.float16(2), 3, 0.5).dtype == jnp.float16
    assert betainc(2, 3, 1).dtype == jnp.float64
    assert betainc(np.zeros((0, 3)), 1.0, 0.5).shape == (0, 3)
    assert "f64[3]" not in str(jax.make_jaxpr(betainc)(*(np.full(3, v, np.float32) for v in (2, 3, 0.5))))
