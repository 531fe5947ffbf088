"""The t-tests against SciPy and, for their digits, against the exact statistic and Arb's tail."""

import warnings
from fractions import Fraction
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from flint import arb, ctx
from jax import random

from mathml_jax import compare
from mathml_jax.stats import (
    ttest_1samp,
    ttest_1samp_jacobian,
    ttest_ind,
    ttest_ind_from_stats,
    ttest_ind_jacobian,
    ttest_rel,
)

WELCH = pytest.mark.parametrize("equal_var", [True, False])


def peer(name, *args, level=0.95, **options):
    """SciPy's test, whose warnings are its own affair, and its interval."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = getattr(scipy.stats, name)(*args, **options)
        return result, result.confidence_interval(level)


def same(ours, theirs, interval=None, level=0.95, **tolerances):
    for field in ("statistic", "pvalue", "df"):
        np.testing.assert_allclose(getattr(ours, field), getattr(theirs, field), **tolerances, err_msg=field)
    if interval is not None:
        np.testing.assert_allclose(ours.confidence_interval(level), interval, **tolerances)


def exact(a, b=None, popmean=0.0, equal_var=True):
    """Statistic and two-sided p-value: rational moments of the very numbers, then balls of 400 bits."""

    def moments(x):
        x = [Fraction(float(v)) for v in x]
        centre = sum(x) / len(x)
        return len(x), centre, sum((v - centre) ** 2 for v in x)

    n, mean, squares = moments(a)
    if b is None:
        difference, variance, df = mean - Fraction(popmean), squares / (n - 1) / n, Fraction(n - 1)
    else:
        m, other, rest = moments(b)
        difference, df = mean - other, Fraction(n + m - 2)
        variance = (squares + rest) / df * (Fraction(1, n) + Fraction(1, m))
        if not equal_var:
            v, w = squares / (n - 1) / n, rest / (m - 1) / m
            variance, df = v + w, (v + w) ** 2 / (v**2 / (n - 1) + w**2 / (m - 1))
    with ctx.workprec(400):
        square, freedom = (arb(f.numerator) / arb(f.denominator) for f in (difference**2 / variance, df))
        p = (freedom / (freedom + square)).beta_lower(freedom / 2, arb(0.5), regularized=True)
        return float(square.sqrt().mid()) * np.sign(float(difference)), float(p.mid())


@pytest.mark.parametrize(("axis", "alternative"), [(0, "two-sided"), (1, "less"), (None, "greater")])
def test_one_sample_is_scipys(axis, alternative):
    a, b = np.random.default_rng(0).normal(0.3, 1.5, size=(2, 30, 5))
    options = {"axis": axis, "alternative": alternative}
    same(ttest_1samp(a, 0.1, **options), *peer("ttest_1samp", a, 0.1, **options, level=0.9), level=0.9, rtol=1e-12)
    same(ttest_rel(a, b, **options), *peer("ttest_rel", a, b, **options, level=0.9), level=0.9, rtol=1e-12)


@WELCH
@pytest.mark.parametrize(
    ("axis", "sizes", "alternative"), [(0, (30, 5), "two-sided"), (1, (4, 60), "less"), (None, (3, 2), "greater")]
)
def test_two_samples_are_scipys(equal_var, axis, sizes, alternative):
    rng = np.random.default_rng(2)
    a, b = (rng.normal(0.2 * k, 1 + k, size=(n, 6) if axis == 0 else (6, n)) for k, n in enumerate(sizes))
    options = {"axis": axis, "equal_var": equal_var, "alternative": alternative}
    same(ttest_ind(a, b, **options), *peer("ttest_ind", a, b, **options, level=0.8), level=0.8, rtol=2e-12)


DESIGNS = {
    "plain": lambda rng: (rng.normal(size=12), rng.normal(0.5, 1, size=15)),
    "tiny": lambda rng: (1e-140 * rng.normal(size=12), 1e-140 * rng.normal(1, 1, size=15)),
    "large": lambda rng: (1e140 * rng.normal(size=12), 1e140 * rng.normal(1, 1, size=15)),
    "unequal": lambda rng: (1 + 1e6 * rng.normal(size=12), rng.normal(size=15)),
    "far from 0": lambda rng: (1e8 + rng.normal(size=12), 1e8 + rng.normal(0.7, 1, size=15)),
    "nearly constant": lambda rng: (1 + 2.0**-52 * rng.integers(0, 3, 12), 1 + 2.0**-52 * rng.integers(0, 6, 15)),
    "one outlier": lambda rng: (np.append(1e10, rng.normal(size=11)), rng.normal(size=15)),
    "two and three": lambda rng: (rng.normal(size=2), rng.normal(3, 1, size=3)),
    "long": lambda rng: (rng.normal(size=3000), rng.normal(0.3, 2, size=1500)),
    "beyond doubt": lambda rng: (rng.normal(size=100), rng.normal(80, 1, size=150)),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_every_digit_of_awkward_designs(name):
    for seed in range(3):
        a, b = DESIGNS[name](np.random.default_rng(seed))
        for equal_var in (True, False):
            ours, truth = ttest_ind(a, b, equal_var=equal_var)[:2], exact(a, b, equal_var=equal_var)
            np.testing.assert_allclose(ours, truth, rtol=2e-12, atol=1e-300)
        np.testing.assert_allclose(ttest_1samp(b, b[0])[:2], exact(b, popmean=b[0]), rtol=2e-12, atol=1e-300)


@pytest.mark.parametrize("name", ["plain", "unequal", "one outlier", "long", "beyond doubt"])
def test_float32(name):
    for seed in range(3):
        a, b = (x.astype(np.float32) for x in DESIGNS[name](np.random.default_rng(seed)))
        ours, (t, p) = ttest_ind(a, b, equal_var=False), exact(a, b, equal_var=False)
        assert ours.pvalue.dtype == np.float32
        np.testing.assert_allclose(ours.statistic, t, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(ours.pvalue, p, rtol=1e-3, atol=1e-30)


@pytest.mark.parametrize("shift", [0.1, 1.0, 4.0, 9.2])
def test_small_pvalues_keep_their_digits(shift):
    a = np.random.default_rng(3).normal(size=300) + shift
    t, p = exact(a)
    assert shift < 9 or 1e-305 < p < 1e-280
    np.testing.assert_allclose(ttest_1samp(a, 0.0)[:2], (t, p), rtol=1e-12)
    np.testing.assert_allclose(ttest_1samp(-a, 0.0, alternative="less").pvalue, p / 2, rtol=1e-12)
    np.testing.assert_allclose(ttest_1samp(a, 0.0, alternative="less").pvalue, 1 - p / 2, rtol=1e-15)


@WELCH
def test_from_stats_is_the_test_of_the_samples(equal_var):
    a, b = np.random.default_rng(4).normal(size=(2, 12)) * [[1], [3]]
    stats = [s for x in (a, b[:5]) for s in (x.mean(), x.std(ddof=1), len(x))]
    ours = ttest_ind_from_stats(*stats, equal_var=equal_var)
    same(ours, *peer("ttest_ind", a, b[:5], equal_var=equal_var), rtol=1e-12)
    np.testing.assert_allclose(ours[:2], scipy.stats.ttest_ind_from_stats(*stats, equal_var=equal_var), rtol=1e-12)
    sizes = jax.jit(jax.grad(lambda n: ttest_ind_from_stats(0.0, 1.0, n, 1.0, 1.0, n).pvalue))(8.0)
    assert sizes < 0, "more data, more significance"


SAMPLES = {
    0: np.zeros((0, 1)),
    1: np.array([[1.0, 0.0]]),
    3: np.array([[3.0, 3.0, 3.0], [0.0, 0.0, 0.0], [1.0, np.inf, 2.0], [1.0, 5.0, 3.0], [2.0, 3.0, 3.0]]).T,
}


@pytest.mark.parametrize("n", SAMPLES)
def test_edges_of_one_sample_are_scipys(n):
    a = SAMPLES[n]
    for popmean in (0.0, 3.0):
        same(ttest_1samp(a, popmean), *peer("ttest_1samp", a, popmean), rtol=1e-14)


@WELCH
@pytest.mark.parametrize(("n", "m"), [(0, 3), (1, 1), (1, 3), (3, 3)])
def test_edges_of_two_samples_are_scipys(n, m, equal_var):
    pairs = [(i, j) for i in range(SAMPLES[n].shape[1]) for j in range(SAMPLES[m].shape[1])]
    a, b = SAMPLES[n][:, [i for i, _ in pairs]], SAMPLES[m][:, [j for _, j in pairs]]
    theirs = peer("ttest_ind", a, b, equal_var=equal_var)
    same(ttest_ind(a, b, equal_var=equal_var), *theirs, rtol=1e-13, atol=2e-15)


def test_edges_where_scipy_errs():
    """Its mean of equal numbers is another one, and its open ends are lost where there is no error."""
    assert jnp.isnan(ttest_1samp(jnp.full(3, 0.1), 0.1).pvalue)
    assert ttest_1samp(jnp.full(3, 0.1), 0.0)[:2] == (np.inf, 0)
    less, greater = (ttest_1samp(jnp.full(3, 0.1), 1.0, alternative=side) for side in ("less", "greater"))
    assert (less.statistic, less.pvalue, greater.pvalue) == (-np.inf, 0, 1)
    np.testing.assert_array_equal(
        [less.confidence_interval(), greater.confidence_interval()], [[-np.inf, 0.1], [0.1, np.inf]]
    )
    assert jnp.isnan(jnp.stack(ttest_1samp(jnp.array([1.0, 2.0, np.nan]), 0.0, alternative="less")[:2])).all()


@pytest.mark.parametrize("level", [-0.1, 1.1])
def test_no_interval_of_an_impossible_level(level):
    assert jnp.isnan(jnp.stack(ttest_1samp(jnp.arange(3.0), 0.0).confidence_interval(level))).all()


def test_an_empty_batch_and_an_empty_axis():
    assert ttest_1samp(jnp.zeros((4, 0)), 0.0).pvalue.shape == (0,)
    assert jnp.isnan(ttest_1samp(jnp.zeros((0, 2)), 0.0).pvalue).all()


@pytest.mark.parametrize("alternative", ["less", "greater"])
def test_jacobians_are_autodiffs(alternative):
    a, b = np.random.default_rng(5).normal(0.4, 1, size=(2, 7))
    for f, jacobian, args in ((ttest_1samp, ttest_1samp_jacobian, (a, 0.1)), (ttest_ind, ttest_ind_jacobian, (a, b))):
        wanted = (0, 1) if f is ttest_ind else 0
        autodiff = jax.jit(jax.jacrev(lambda *v, f=f: f(*v, alternative=alternative)[:2], wanted))(*args)
        ours = jacobian(*args, alternative=alternative)
        for left, right in zip(jax.tree.leaves(ours), jax.tree.leaves(autodiff), strict=True):
            np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-14)


def test_welchs_gradient_runs_through_the_degrees_of_freedom():
    a, b = np.random.default_rng(6).normal(size=(2, 6)) * [[1], [2]] + [[0], [1]]
    comparison = compare(lambda a, b: ttest_ind(a, b, equal_var=False).pvalue, None, a, b, argnum=(0, 1))
    assert comparison.ok, str(comparison)


@WELCH
def test_gradients_of_constant_samples_are_finite(equal_var):
    slopes = jax.jit(jax.jacrev(lambda a, b: ttest_ind(a, b, equal_var=equal_var)[:2], (0, 1)))
    for a, b in (([1.0] * 4, [2.0] * 3), ([0.1] * 4, [1.0, 2.0, 4.0]), ([0.1] * 4, [0.1] * 3)):
        found = jax.tree.leaves(slopes(jnp.array(a), jnp.array(b)))
        assert all(jnp.isfinite(slope).all() for slope in found)
        assert len(set(b)) > 1 or not any(slope.any() for slope in found)


def test_gradients_of_one_constant_sample():
    """A sample without spread: no derivative of the infinite statistic; the interval moves with the mean."""
    slopes = jax.jit(jax.jacfwd(lambda a: (ttest_1samp(a, 0.0)[:2], ttest_1samp(a, 0.0).confidence_interval())))
    (t, p), interval = slopes(jnp.full(4, 0.1))
    assert not t.any()
    assert not p.any()
    np.testing.assert_allclose(interval, np.full((2, 4), 0.25), rtol=1e-15)


def test_the_kink_at_the_null_has_no_slope():
    a = jnp.array([-1.0, 1.0, 1.0, -1.0])
    assert ttest_1samp(a, 0.0).pvalue == 1
    assert not jax.jit(jax.grad(lambda a: ttest_1samp(a, 0.0).pvalue))(a).any()
    assert not jax.jit(ttest_1samp_jacobian)(a, 0.0).pvalue.any()


def test_second_derivatives():
    a, v = np.random.default_rng(7).normal(1, 1, size=(2, 5))
    gradient = jax.grad(lambda a: ttest_1samp(a, 0.0).pvalue)
    ahead, behind = (ttest_1samp_jacobian(a + h * v, 0.0).pvalue for h in (1e-5, -1e-5))
    np.testing.assert_allclose(jax.jit(partial(jax.jvp, gradient))((a,), (v,))[1], (ahead - behind) / 2e-5, rtol=1e-7)


@WELCH
def test_pvalues_are_uniform_under_the_null(equal_var):
    a, b = random.normal(random.key(1), (5, 20_000)), random.normal(random.key(2), (9, 20_000))
    p = ttest_ind(a, b, equal_var=equal_var).pvalue
    # Welch's degrees of freedom are an approximation.
    assert scipy.stats.kstest(np.asarray(p), "uniform").pvalue > (0.01 if equal_var else 1e-4)


def test_the_interval_holds_what_the_test_does_not_refute():
    a, b = np.random.default_rng(8).normal(size=(2, 20))
    low, high = ttest_ind(a, b, equal_var=False).confidence_interval(0.9)
    np.testing.assert_allclose([ttest_ind(a - end, b, equal_var=False).pvalue for end in (low, high)], 0.1, rtol=1e-12)


def test_results_batch_and_come_out_of_jit():
    a = jnp.asarray(np.random.default_rng(9).normal(size=(3, 8)))
    rows = jax.jit(jax.vmap(lambda a: ttest_1samp(a, 0.0)))(a)
    same(rows, ttest_1samp(a, 0.0, axis=1), ttest_1samp(a, 0.0, axis=1).confidence_interval(), rtol=1e-14)
    ends = jax.grad(lambda level: ttest_1samp(a[0], 0.0).confidence_interval(level).high)(0.95)
    assert ends > 0


def test_dtypes():
    leaves = jax.tree.leaves(ttest_1samp(jnp.ones(3, jnp.bfloat16), 0.0))
    assert {leaf.dtype for leaf in leaves} == {jnp.dtype(jnp.bfloat16)}
    assert ttest_ind(np.array([1, 2]), np.array([3, 4])).pvalue.dtype == jnp.float64


def test_bad_input(plain_types):
    x = jnp.ones(3)
    for f in (ttest_1samp, ttest_ind, ttest_rel):
        with pytest.raises(ValueError, match=f"^{f.__name__}: expected alternative .* 'both'"):
            f(x, x, alternative="both")
        with pytest.raises(ValueError, match=f"^{f.__name__}: expected axis within the 1 of x, got 3"):
            f(x, x, axis=3)
    with pytest.raises(ValueError, match=r"^ttest_ind_from_stats: expected alternative"):
        ttest_ind_from_stats(1.0, 1.0, 3, 1.0, 1.0, 3, alternative="both")
    with pytest.raises(ValueError, match=r"^ttest_rel: expected a and b of equal shape"):
        ttest_rel(x, jnp.ones(4))
