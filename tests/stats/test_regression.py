"""The line of least squares against NIST's certified values, SciPy, and Arb for its p-value."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from flint import arb, ctx
from jax import random

from mathml_jax.stats import linregress, linregress_jacobian
from mathml_jax.stats._student import tail
from tests.stats import nist


def points(n, slope=0.3, seed=0):
    x, noise = np.random.default_rng(seed).normal(size=(2, n))
    return x, slope * x + noise + 2


def test_nist_norris():
    fit = linregress(nist.NORRIS_X, nist.NORRIS_Y)
    for field, certified in nist.NORRIS.items():
        # The intercept is what is left of 432 - 432.3.
        np.testing.assert_allclose(getattr(fit, field), certified, rtol=4e-13 if field == "intercept" else 2e-14)
    np.testing.assert_allclose(fit.rvalue**2, nist.NORRIS_R2, rtol=2e-15)


@pytest.mark.parametrize(
    ("n", "alternative"), [(3, "two-sided"), (20, "two-sided"), (20, "less"), (20, "greater"), (300, "two-sided")]
)
def test_against_scipy(n, alternative):
    for slope in (-0.4, 0.02, 3.0):
        x, y = points(n, slope)
        ours, scipys = linregress(x, y, alternative=alternative), scipy.stats.linregress(x, y, alternative=alternative)
        for field in ours._fields:
            np.testing.assert_allclose(getattr(ours, field), getattr(scipys, field), rtol=1e-11, err_msg=field)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-13), (np.float32, 2e-5)])
def test_the_tail_against_arb(dtype, rtol):
    smallest = 1e-290 if dtype == np.float64 else 1e-32
    t = np.sqrt(np.concatenate([np.geomspace(1e-8, 1, 10), np.linspace(1, 12, 30), np.geomspace(12, 1e5, 10)]))
    df, t = (v.astype(dtype).ravel() for v in np.meshgrid([1.0, 2, 3, 198, 200, 1e7], t))
    tails = np.asarray(jax.jit(partial(tail, alternative="two-sided"))(t, df), float)
    with ctx.workprec(200):
        pairs = [(arb(float(d)), arb(float(v)) ** 2) for d, v in zip(df, t, strict=True)]
        balls = [(d / (d + square)).beta_lower(d / 2, arb(0.5), regularized=True) for d, square in pairs]
        exact = np.array([float(ball.mid()) for ball in balls])
    np.testing.assert_allclose(tails[exact > smallest], exact[exact > smallest], rtol=rtol)


@pytest.mark.parametrize("slope", [1.0, 30.0, 1e4])
def test_small_pvalues_keep_their_digits(slope):
    """The fit is exact in these integers, so that only the tail is tested."""
    x = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0] * 4)
    e = np.array([1.0, -1.0, -1.0, 2.0, -1.0, -1.0, 1.0] * 4)
    fit = linregress(x, slope * x + e)
    rss, explained = e @ e, slope**2 * (x @ x)
    with ctx.workprec(400):
        exact = (arb(rss) / (rss + explained)).beta_lower(13, 0.5, regularized=True).mid()
    np.testing.assert_allclose(fit.pvalue, float(exact), rtol=1e-13)


@pytest.mark.parametrize("alternative", ["less", "greater"])
def test_slope_of_a_one_sided_pvalue(alternative):
    side = partial(linregress, alternative=alternative)
    autodiff = jax.jit(jax.grad(lambda y, x: side(x, y).pvalue))
    ours = jax.jit(lambda y, x: linregress_jacobian(x, y, alternative=alternative).pvalue)
    for slope in (-0.5, 0.5):
        x, y = points(20, slope)
        expected = np.asarray(autodiff(y, x))
        np.testing.assert_allclose(ours(y, x), expected, atol=2e-14 * np.abs(expected).max(), rtol=0)


def test_far_from_the_origin():
    """A line through (1e8, 1e8) keeps the digits that its rounded data have."""
    x, y = points(20)
    far = linregress(x + 1e8, y + 1e8)
    near = linregress((x + 1e8) - 1e8, (y + 1e8) - 1e8)
    for field in ("slope", "rvalue", "pvalue", "stderr"):
        np.testing.assert_allclose(getattr(far, field), getattr(near, field), rtol=1e-6, err_msg=field)


@pytest.mark.parametrize("axis", [0, -1])
def test_batches(axis):
    x, y = np.random.default_rng(3).normal(size=(2, 6, 7))
    batch = linregress(x, y, axis=axis)
    rows = zip(np.moveaxis(x, axis, -1), np.moveaxis(y, axis, -1), strict=True)
    singles = [scipy.stats.linregress(*row) for row in rows]
    for field in batch._fields:
        np.testing.assert_allclose(getattr(batch, field), [getattr(s, field) for s in singles], rtol=1e-12)


def test_pvalues_are_uniform_under_the_null():
    x, y = random.normal(random.key(0), (2, 6, 20_000))
    assert scipy.stats.kstest(np.asarray(linregress(x, y).pvalue), "uniform").pvalue > 0.01


def test_points_on_a_line():
    x = jnp.arange(3.0)
    fit = linregress(x, 2 * x + 1)
    np.testing.assert_allclose(fit[:3], [2.0, 1.0, 1.0], rtol=1e-15)
    assert fit.pvalue == fit.stderr == fit.intercept_stderr == 0
    slopes = jax.jit(jax.jacrev(linregress, 1))(x, 2 * x + 1)
    assert all(jnp.isfinite(slope).all() for slope in slopes)
    np.testing.assert_allclose(slopes.slope, (x - 1) / 2, rtol=1e-15)
    for autodiffs, ours in zip(slopes, linregress_jacobian(x, 2 * x + 1), strict=True):
        np.testing.assert_allclose(ours, autodiffs, rtol=1e-15, atol=1e-15)


def test_no_slope():
    x, y = jnp.array([-1.0, 0.0, 1.0, -1.0, 0.0, 1.0]), jnp.array([1.0, 0.0, 1.0, -1.0, 0.0, -1.0])
    fit = linregress(x, y)
    assert (fit.slope, fit.rvalue, fit.pvalue) == (0, 0, 1)
    assert not jax.jit(jax.grad(lambda y: linregress(x, y).pvalue))(y).any()


def test_constant_data():
    x = jnp.array([1.0, 2.0, 4.0])
    assert jnp.isnan(jnp.stack(linregress(jnp.full(3, 0.1), x))).all()
    fit = linregress(x, jnp.full(3, 0.1))
    assert (fit.slope, fit.intercept, fit.stderr) == (0, 0.1, 0)
    assert jnp.isnan(fit.rvalue)
    assert jnp.isnan(fit.pvalue)
    slope = jax.jit(jax.grad(lambda y: linregress(x, y).slope))(jnp.full(3, 0.1))
    np.testing.assert_allclose(slope, (x - 7 / 3) / (14 / 3), rtol=1e-14)


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
@pytest.mark.parametrize("y", [(5.0, 1.0), (0.1, 0.7), (0.1, 0.1)])
def test_two_points_are_scipys(y, alternative):
    x, y = np.array([0.1, 0.3]), np.array(y)
    ours, scipys = linregress(x, y, alternative=alternative), scipy.stats.linregress(x, y, alternative=alternative)
    for field in ours._fields:
        np.testing.assert_allclose(getattr(ours, field), getattr(scipys, field), rtol=4e-15, err_msg=field)
    assert ours.stderr == ours.intercept_stderr == 0
    slopes = jax.jit(jax.jacfwd(partial(linregress, alternative=alternative), 1))(x, y)
    by_hand = linregress_jacobian(x, y, alternative=alternative)
    for field in set(ours._fields) - ({"rvalue"} if y[0] == y[1] else set()):
        np.testing.assert_allclose(getattr(by_hand, field), getattr(slopes, field), rtol=1e-14, atol=1e-14)
        assert np.isfinite(getattr(slopes, field)).all()


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_points(n):
    assert jnp.isnan(jnp.stack(linregress(jnp.ones(n), jnp.ones(n)))).all()


def test_dtypes():
    for dtype in (jnp.float32, jnp.bfloat16):
        x, y = (jnp.asarray(v, dtype) for v in points(20))
        assert {value.dtype for value in linregress(x, y)} == {jnp.dtype(dtype)}
    assert linregress(np.arange(4), np.array([1, 3, 2, 5])).slope.dtype == jnp.float64


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((np.ones(3), np.ones(4)), {}, r"x and y of equal shape, got \(3,\) and \(4,\)"),
        ((np.ones(3), np.ones(3)), {"axis": 1}, "axis within the 1 of x, got 1"),
        ((np.ones(3), np.ones(3)), {"alternative": "up"}, "alternative to be one of .*, got 'up'"),
    ],
)
def test_bad_input(plain_types, arguments, options, message):
    with pytest.raises(ValueError, match=f"linregress: expected {message}"):
        linregress(*arguments, **options)
