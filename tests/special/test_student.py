import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from mathml_jax.special._student_tail import log_student_density
from mathml_jax.special.student import log_stdtr, log_stdtr_derivative, stdtr, stdtr_derivative, stdtrit
from tests.special import arb_beta as arb
from tests.special.arb_gamma import ulps
from tests.ulps import each, error

INF, NAN = np.inf, np.nan


def draws(dtype):
    draw = np.random.default_rng(0)
    df = 10.0 ** np.concatenate([draw.uniform(-1, 3, 100), draw.uniform(-2, 10, 60)])
    t = np.where(draw.uniform(size=160) < 0.5, 3 * draw.normal(size=160), 10.0 ** draw.uniform(-3, 1.5, 160))
    t = np.where(draw.uniform(size=160) < 0.7, -np.abs(t), np.abs(t))
    keep = np.log1p(t * t / df) * df / 2 < (600 if dtype == np.float64 else 60)
    return df[keep].astype(dtype), t[keep].astype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_against_arb(dtype):
    df, t = draws(dtype)

    def everything(df, t):
        hand = stdtr_derivative(df, t), log_stdtr_derivative(df, t)
        reverse = jax.grad(lambda df, t: jnp.sum(stdtr(df, t)), (0, 1))(df, t)
        return (stdtr(df, t), log_stdtr(df, t)), hand, reverse

    values, hand, reverse = jax.tree.map(np.asarray, jax.jit(everything)(df, t))
    p, density = each(arb.student, df, t), each(arb.student_density, df, t)
    log_p = each(lambda p, other: p.log() if p < 0.5 else (-other).log1p(), p, each(arb.student, df, -t))
    for got, true in zip(values, (p, log_p), strict=True):
        assert got.dtype == dtype
        assert np.median(ulps(got, true)) <= 2
        assert ulps(got, true).max() <= 100
    for got, true in zip((*hand, reverse[1]), (density, density / p, density), strict=True):
        assert ulps(got, true).max() <= 100
    off = ulps(reverse[0], each(arb.slope(arb.student, 0), df, t))
    assert np.quantile(off, 0.95) <= 100
    assert off.max() <= 1000


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_logarithm_of_the_density_to_four_eps(dtype):
    df, t = draws(dtype)
    df, t = np.append(df, [1e-3, 2, 1e8]).astype(dtype), np.append(t, [1e30, -1e30, 0]).astype(dtype)
    true = each(arb.log_student_density, df, t)
    size = np.maximum(np.abs(np.vectorize(float)(true)), 1)
    assert np.max(error(jax.jit(log_student_density)(df, t), true) / size) <= 4 * np.finfo(dtype).eps


def off(df, p, t):
    """How far t is from the quantile: one step of Newton's in certified arithmetic."""
    seen = arb.student(df, -abs(t))
    return (seen - (p if p < 0.5 else 1 - p)) / arb.student_density(df, t)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_quantiles_right_against_arb(dtype):
    draw = np.random.default_rng(1)
    df = 10.0 ** np.concatenate([draw.uniform(0, 3, 80), draw.uniform(-1, 8, 40)])
    tiny = 10.0 ** draw.uniform(-300 if dtype == np.float64 else -36, 0, 40)
    p = np.concatenate([draw.uniform(size=40), 0.5 - 10.0 ** draw.uniform(-6, -0.4, 40), tiny])
    df, p = df.astype(dtype), p.astype(dtype)
    t = np.asarray(stdtrit(df, p))
    assert t.dtype == dtype
    assert np.all(np.isfinite(t))
    keep = (np.abs(t) < (1e100 if dtype == np.float64 else 1e15)) & (t != 0)
    error = np.vectorize(float)(each(off, df[keep], p[keep], t[keep])) / np.spacing(np.abs(t[keep]))
    assert np.median(np.abs(error)) <= 2
    assert np.quantile(np.abs(error), 0.97) <= 100


def test_derivatives_of_quantiles():
    df, p = np.array([1.0, 3.5, 30, 1e5, 0.7, 4]), np.array([0.9, 1e-20, 0.3, 1e-5, 0.2, 0.5])
    t = np.asarray(stdtrit(df, p))
    in_df, in_p = jax.jit(jax.grad(lambda df, p: jnp.sum(stdtrit(df, p)), (0, 1)))(df, p)
    density = each(arb.student_density, df, t).astype(float)
    np.testing.assert_allclose(in_p, 1 / density, rtol=1e-13)
    expected = -each(arb.slope(arb.student, 0), df[:5], t[:5]).astype(float) / density[:5]
    np.testing.assert_allclose(in_df, [*expected, 0], rtol=1e-12)


def test_logarithm_where_the_tail_underflows():
    df, t = np.array([1e3, 1e8, 50, 5, 1e5]), np.array([-100, -60, -1e9, -1e100, -90.0])
    assert ulps(np.asarray(log_stdtr(df, t)), each(arb.log_student, df, t)).max() <= 4
    np.testing.assert_allclose(log_stdtr(INF, -60.0), scipy.special.log_ndtr(-60), rtol=1e-14)


def test_edges():
    df, t = np.array([1, 1, 1, INF, INF, -1, 0, 1]), np.array([-INF, INF, 0, 1, -INF, 1, 1, NAN])
    np.testing.assert_allclose(stdtr(df, t), [0, 1, 0.5, scipy.special.ndtr(1), 0, NAN, NAN, NAN], rtol=1e-15)
    in_t, in_df = jax.jit(jax.vmap(lambda df, t: (jax.grad(stdtr, 1)(df, t), jax.grad(stdtr)(df, t))))(df[:5], t[:5])
    np.testing.assert_allclose(in_t, [0, 0, 1 / np.pi, np.exp(-0.5) / np.sqrt(2 * np.pi), 0], rtol=1e-14)
    np.testing.assert_allclose(in_df, np.zeros(5), atol=1e-30)
    p = np.array([0, 1, 0.5, -0.1, 1.1, 0.3])
    np.testing.assert_allclose(stdtrit(INF, p), [-INF, INF, 0, NAN, NAN, scipy.special.ndtri(0.3)], rtol=1e-15)
    np.testing.assert_array_equal(stdtrit(np.array([0, -1.0, NAN]), 0.3), [NAN] * 3)


def test_dtypes():
    for f in (stdtr, log_stdtr, stdtrit):
        assert f(jnp.float16(2), 0.25).dtype == jnp.float16
        assert f(2, 1).dtype == jnp.float64
        assert f(np.zeros((0, 3)), 1.0).shape == (0, 3)
        assert "f64[3]" not in str(jax.make_jaxpr(f)(*(np.full(3, v, np.float32) for v in (2, 0.3))))
