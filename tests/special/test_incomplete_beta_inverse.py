import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.special.incomplete_beta_inverse import betainccinv, betaincinv
from tests.special import arb_beta as arb
from tests.ulps import each

INF, NAN = np.inf, np.nan


def draws(dtype):
    draw = np.random.default_rng(0)
    a, b = 10.0 ** draw.uniform(-1, 2, (2, 120))
    p = np.concatenate([draw.uniform(size=60), 10.0 ** draw.uniform(-300 if dtype == np.float64 else -36, 0, 60)])
    return a.astype(dtype), b.astype(dtype), p.astype(dtype)


def off(a, b, p, x):
    """How far x is from the quantile, in ulps: one step of Newton's in certified arithmetic."""
    seen, wanted = (arb.log_below(a, b, x), p.log()) if p < 0.5 else (arb.log_above(a, b, x), (1 - p).log())
    tail = seen.exp() if p < 0.5 else -seen.exp()
    return (seen - wanted) * tail / arb.density(a, b, x)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_against_arb(dtype):
    a, b, p = draws(dtype)
    x = np.asarray(betaincinv(a, b, p))
    assert x.dtype == dtype
    assert np.all(np.isfinite(x))
    keep = (x > np.finfo(dtype).tiny * 4) & (x < 1)
    a, b, p, x = a[keep], b[keep], p[keep], x[keep]
    ulps = np.abs(np.vectorize(float)(each(off, a, b, p, x))) / np.spacing(x)
    assert np.median(ulps) <= 2
    assert ulps.max() <= 100


def test_derivatives_are_those_of_an_implicit_function():
    a, b, p = (v[:60:3] for v in draws(np.float64))
    a, b = a + 0.5, b + 0.5
    x = np.asarray(betaincinv(a, b, p))
    keep = x < 0.999
    a, b, p, x = (v[keep] for v in (a, b, p, x))
    got = jax.jit(jax.grad(lambda a, b, p: jnp.sum(betaincinv(a, b, p)), (0, 1, 2)))(a, b, p)
    density = each(arb.density, a, b, x).astype(float)
    slopes = [-each(arb.slope(arb.below, place), a, b, x).astype(float) / density for place in (0, 1)]
    for value, expected in zip(got, (*slopes, 1 / density), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-11)


def test_complement_reaches_farther_than_one_minus():
    q = 10.0 ** -np.arange(1.0, 300, 30)
    np.testing.assert_allclose(betainccinv(1.0, 2.0, q), 1 - np.sqrt(q), rtol=1e-15)
    np.testing.assert_allclose(betainccinv(2.0, 1.0, 1 - q**2), q, rtol=1e-14, atol=1e-8)


def test_edges():
    a, b = np.array([2, 2, 2, 2, -1, 0, NAN, 0.5]), np.array([3, 3, 3, 3, 1, 1, 1, 0.5])
    p = np.array([0, 1, -0.1, 1.1, 0.5, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(betaincinv(a, b, p), [0, 1, NAN, NAN, NAN, NAN, NAN, 0.5], rtol=1e-15)
    slope = jax.vmap(jax.grad(betaincinv, 2))(np.array([1.0, 0.5, 2]), np.array([3.0, 1, 1]), np.zeros(3))
    np.testing.assert_allclose(slope, [1 / 3, 0, INF])


def test_dtypes():
    assert betaincinv(jnp.float16(2), 3, 0.5).dtype == jnp.float16
    assert betaincinv(np.zeros((0, 3)), 1.0, 0.5).shape == (0, 3)
    assert "f64[3]" not in str(jax.make_jaxpr(betaincinv)(*(np.full(3, v, np.float32) for v in (2, 3, 0.5))))
