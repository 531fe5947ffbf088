"""The z-test against SciPy's normal law and statsmodels, far into the tail."""

from functools import partial

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from jax import random
from scipy.stats import kstest, norm
from statsmodels.stats.weightstats import DescrStatsW

from mathml_jax.stats import ztest_1samp, ztest_1samp_jacobian

SIDES = pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
TAILS = {"two-sided": lambda z: 2 * norm.sf(np.abs(z)), "less": norm.cdf, "greater": norm.sf}


@pytest.mark.parametrize(("alternative", "axis"), [("two-sided", 0), ("less", 1), ("greater", None)])
def test_against_scipy(alternative, axis):
    x = np.random.default_rng(0).normal(0.2, 1.5, size=(40, 5))
    n = x.size if axis is None else x.shape[axis]
    result = ztest_1samp(x, 0.1, 1.5, alternative=alternative, axis=axis)
    z = (x.mean(axis) - 0.1) / (1.5 / np.sqrt(n))
    np.testing.assert_allclose(result.statistic, z, rtol=1e-13)
    np.testing.assert_allclose(result.pvalue, TAILS[alternative](z), rtol=1e-13)


@SIDES
def test_against_statsmodels(alternative):
    x = np.random.default_rng(1).normal(0.2, 1, size=30)
    theirs = DescrStatsW(x).ztest_mean(
        0.1, {"two-sided": "two-sided", "less": "smaller", "greater": "larger"}[alternative]
    )
    ours = ztest_1samp(x, 0.1, x.std(ddof=1), alternative=alternative)
    np.testing.assert_allclose(ours, theirs, rtol=1e-13)


@pytest.mark.parametrize("z", [1.0, 5.0, 10.0, 20.0, 37.0])
def test_small_pvalues_keep_their_digits(z):
    with mpmath.workdps(40):
        expected = float(mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)))
    np.testing.assert_allclose(ztest_1samp(jnp.array([z]), 0.0, 1.0).pvalue, expected, rtol=4e-15)
    np.testing.assert_allclose(ztest_1samp(jnp.array([-z]), 0.0, 1.0).pvalue, expected, rtol=4e-15)


def test_nulls_and_deviations_broadcast():
    x = jnp.zeros((4, 3))
    result = ztest_1samp(x, jnp.array([-1.0, 0.0, 1.0]), jnp.array([1.0, 2.0, 4.0]))
    np.testing.assert_allclose(result.statistic, [2.0, 0.0, -0.5], rtol=1e-15)


@SIDES
def test_pvalues_are_uniform_under_the_null(alternative):
    x = random.normal(random.key(1), (5, 20_000))
    p = ztest_1samp(x, 0.0, 1.0, alternative=alternative).pvalue
    assert kstest(np.asarray(p), "uniform").pvalue > 0.01


def test_the_kink_at_the_null_has_no_slope():
    x = jnp.array([-1.0, 1.0])
    np.testing.assert_allclose(ztest_1samp(x, 0.0, 1.0).pvalue, 1.0, rtol=4e-16)
    assert not jax.jit(jax.grad(lambda x: ztest_1samp(x, 0.0, 1.0).pvalue))(x).any()
    assert not jax.jit(ztest_1samp_jacobian)(x, 0.0, 1.0).pvalue.any()


@SIDES
def test_jacobian_is_autodiffs(alternative):
    x = jnp.asarray(np.random.default_rng(2).normal(0.4, 1, size=7))
    ours = jax.jit(partial(ztest_1samp_jacobian, alternative=alternative))(x, 0.1, 1.5)
    autodiff = jax.jit(jax.jacrev(partial(ztest_1samp, alternative=alternative)))(x, 0.1, 1.5)
    np.testing.assert_allclose(ours, autodiff, rtol=1e-14)


@pytest.mark.parametrize(
    ("x", "sigma", "statistic", "pvalue"),
    [([1.0], 0.0, np.inf, 0.0), ([0.0], 0.0, np.nan, np.nan), ([1.0], -1.0, np.nan, np.nan), ([], 1.0, np.nan, np.nan)],
)
def test_edges(x, sigma, statistic, pvalue):
    result = ztest_1samp(np.array(x, float), 0.0, sigma)
    np.testing.assert_equal([float(value) for value in result], [statistic, pvalue])


def test_dtypes():
    assert {value.dtype for value in ztest_1samp(jnp.ones(3, jnp.bfloat16), 0.0, 1.0)} == {jnp.dtype(jnp.bfloat16)}
    assert ztest_1samp(np.array([1, 2]), 0, 1).pvalue.dtype == jnp.float64


def test_bad_input(plain_types):
    with pytest.raises(ValueError, match=r"ztest_1samp: expected alternative to be one of 'two-sided', .* got 'both'"):
        ztest_1samp(jnp.ones(3), 0.0, 1.0, alternative="both")
    with pytest.raises(ValueError, match="ztest_1samp: expected axis within the 1 of x, got 3"):
        ztest_1samp(jnp.ones(3), 0.0, 1.0, axis=3)
