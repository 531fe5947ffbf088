"""Pearson's correlation against SciPy, and against Arb where the points nearly lie on a line."""

import warnings
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from flint import arb, ctx
from jax import random

from mathml_jax.stats import linregress, pearsonr, pearsonr_jacobian


def points(n, slope=0.3, seed=0):
    x, noise = np.random.default_rng(seed).normal(size=(2, n))
    return x, slope * x + noise


def exact(x, y):
    """The coefficient and its two-sided p-value, from rational sums of the very numbers."""
    x, y = ([Fraction(float(v)) for v in z] for z in (x, y))
    x, y = ([v - sum(z) / len(z) for v in z] for z in (x, y))
    xx, xy, yy = (sum(u * v for u, v in zip(*pair, strict=True)) for pair in ((x, x), (x, y), (y, y)))
    square = xy**2 / xx / yy
    with ctx.workprec(400):
        r2, rest = (arb(f.numerator) / arb(f.denominator) for f in (square, 1 - square))
        p = rest.beta_lower(arb(len(x) - 2) / 2, arb(0.5), regularized=True)
        return float(r2.sqrt().mid()) * np.sign(float(xy)), float(p.mid())


@pytest.mark.parametrize(("axis", "alternative"), [(0, "two-sided"), (1, "less"), (None, "greater")])
def test_against_scipy(axis, alternative):
    x, y = np.random.default_rng(0).normal(size=(2, 9, 7))
    y += x * np.linspace(-2, 2, 7)
    ours = pearsonr(x, y, alternative=alternative, axis=axis)
    theirs = scipy.stats.pearsonr(x, y, alternative=alternative, axis=axis)
    np.testing.assert_allclose(ours.statistic, theirs.statistic, rtol=1e-13)
    np.testing.assert_allclose(ours.pvalue, theirs.pvalue, rtol=1e-11)
    np.testing.assert_allclose(ours.confidence_interval(0.9), theirs.confidence_interval(0.9), rtol=1e-11)


@pytest.mark.parametrize("n", [3, 12, 200])
@pytest.mark.parametrize("noise", [1e-12, 1e-3, 1.0, 30.0])
def test_every_digit(n, noise):
    x = np.random.default_rng(1).normal(size=n)
    y = x + noise * np.random.default_rng(2).normal(size=n)
    # At the least noise, rounding of y about its mean is what counts.
    np.testing.assert_allclose(pearsonr(x, y)[:2], exact(x, y), rtol=max(1e-11, 1e-15 * n / noise), atol=1e-300)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_no_square_overflows(scale):
    x, y = points(20)
    np.testing.assert_allclose(pearsonr(scale * x, scale * y)[:2], exact(x, y), rtol=1e-13)


@pytest.mark.parametrize("n", [20, 300])
def test_float32(n):
    x, y = (v.astype(np.float32) for v in points(n, 0.2))
    np.testing.assert_allclose(pearsonr(x, y)[:2], exact(x, y), rtol=1e-3)
    assert pearsonr(x, y).pvalue.dtype == np.float32


def test_its_pvalue_is_that_of_the_slope():
    x, y = points(30)
    line = linregress(x, y)
    np.testing.assert_allclose(pearsonr(x, y)[:2], (line.rvalue, line.pvalue), rtol=1e-13)


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
@pytest.mark.parametrize("y", [[2.0, 2.0], [1.0, 5.0], [2.0, 4.0, 6.0], [2.0, 2.0, 2.0], [2.0, 4.0, 6.0, 8.0]])
def test_edges_are_scipys(y, alternative):
    x, y = np.arange(1.0, len(y) + 1), np.array(y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = scipy.stats.pearsonr(x, y, alternative=alternative)
    ours = pearsonr(x, y, alternative=alternative)
    # SciPy's p-value of three points on a line is 1e-8.
    np.testing.assert_allclose(ours[:2], (theirs.statistic, theirs.pvalue), rtol=1e-14, atol=2e-8)
    np.testing.assert_array_equal(ours.confidence_interval(), theirs.confidence_interval())


def test_points_on_a_line():
    x = jnp.arange(4.0)
    assert pearsonr(x, 3 - 2 * x)[:2] == (-1, 0)
    r, p = jax.jit(jax.jacrev(lambda x: pearsonr(x, 3 - 2 * jnp.arange(4.0))[:2]))(x)
    np.testing.assert_allclose(r, 0, atol=1e-15)
    np.testing.assert_allclose(p, 0, atol=1e-15)


def test_two_pairs_have_no_slope():
    slopes = jax.jit(jax.jacfwd(lambda x: pearsonr(x, jnp.array([1.0, 2.0]))[:2]))(jnp.array([0.3, 0.1]))
    assert not any(slope.any() for slope in slopes)


@pytest.mark.parametrize("alternative", ["less", "greater"])
def test_jacobian_is_autodiffs(alternative):
    x, y = points(7)
    autodiff = jax.jit(jax.jacrev(lambda *v: pearsonr(*v, alternative=alternative)[:2], (0, 1)))(x, y)
    ours = pearsonr_jacobian(x, y, alternative=alternative)
    for left, right in zip(jax.tree.leaves(ours), jax.tree.leaves(autodiff), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-14)


def test_pvalues_are_uniform_under_the_null():
    x, y = random.normal(random.key(0), (2, 6, 20_000))
    assert scipy.stats.kstest(np.asarray(pearsonr(x, y).pvalue), "uniform").pvalue > 0.01


def test_bad_input(plain_types):
    x = jnp.ones(3)
    with pytest.raises(ValueError, match=r"^pearsonr: expected alternative to be one of .*, got 'both'"):
        pearsonr(x, x, alternative="both")
    with pytest.raises(ValueError, match=r"^pearsonr: expected x and y of equal shape"):
        pearsonr(x, jnp.ones(2))
    with pytest.raises(ValueError, match=r"^pearsonr: expected at least two pairs, got 1"):
        pearsonr(x[:1], x[:1])
