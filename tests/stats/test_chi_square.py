"""The chi-square test against SciPy, Arb and the edges."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from flint import arb, ctx
from jax import random

from mathml_jax.stats import chisquare, chisquare_jacobian


@pytest.mark.parametrize(("axis", "ddof"), [(0, 0), (1, 2), (None, 1)])
def test_against_scipy(axis, ddof):
    counts = np.random.default_rng(0).integers(5, 60, size=(6, 5))
    np.testing.assert_allclose(
        chisquare(counts, axis=axis, ddof=ddof), scipy.stats.chisquare(counts, axis=axis, ddof=ddof), rtol=1e-13
    )


def test_expected_counts_and_degrees_of_freedom_broadcast():
    counts = np.array([[16.0, 18, 16, 14, 12, 12], [32, 24, 16, 28, 20, 24]]).T
    expected = counts[:, ::-1] * counts.sum(0) / counts.sum(0)[::-1]
    np.testing.assert_allclose(chisquare(counts, expected), scipy.stats.chisquare(counts, expected), rtol=1e-13)
    ours, theirs = chisquare(counts[:, 0], ddof=np.arange(3)), scipy.stats.chisquare(counts[:, 0], ddof=np.arange(3))
    np.testing.assert_allclose(ours.pvalue, theirs.pvalue, rtol=1e-13)
    np.testing.assert_allclose(ours.statistic, 2, rtol=1e-15)


@pytest.mark.parametrize("excess", [2, 30, 90, 154])
def test_small_pvalues_keep_their_digits(excess):
    """Whole numbers about 100: the statistic is exact, so that only the tail is tested."""
    counts = np.array([100.0 + excess, 100 - excess / 2, 100 - excess / 2])
    statistic = excess**2 * 1.5 / 100
    with ctx.workprec(200):
        p = float((-arb(statistic) / 2).exp().mid())
    np.testing.assert_allclose(chisquare(counts), (statistic, p), rtol=1e-13)
    many = np.append(counts, np.full(9, 100.0)) * 4
    with ctx.workprec(200):
        p = float(arb(4 * statistic / 2).gamma_upper(arb(11) / 2, regularized=1).mid())
    np.testing.assert_allclose(chisquare(many), (4 * statistic, p), rtol=1e-12)


def test_float32():
    counts = np.array([150, 90, 60, 100], np.float32)
    ours = chisquare(counts)
    assert ours.pvalue.dtype == np.float32
    np.testing.assert_allclose(ours, scipy.stats.chisquare(counts.astype(float)), rtol=1e-5)


EDGES = [
    ([], {}),
    ([5.0], {}),
    ([5.0, 5.0], {}),
    ([5.0, 6.0], {"ddof": 1}),
    ([5.0, 6.0], {"ddof": 3}),
    ([0.0, 0.0], {}),
    ([0.0, 6.0], {}),
    ([1.0, 2.0, 3.0], {"f_exp": np.array([0.0, 3.0, 3.0])}),
    ([0.0, 6.0], {"f_exp": np.array([0.0, 6.0])}),
    ([1.0, 2.0, 3.0], {"f_exp": np.array([1.0, 3.0, 3.0]), "sum_check": False}),
]


@pytest.mark.parametrize(("counts", "options"), EDGES, ids=str)
def test_edges_are_scipys(counts, options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = scipy.stats.chisquare(np.array(counts), **options)
    np.testing.assert_allclose(chisquare(np.array(counts), **options), theirs, rtol=1e-14)


def test_sums_that_differ_give_nan():
    assert jnp.isnan(jnp.stack(chisquare(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 3.0])))).all()
    assert jnp.isfinite(jnp.stack(chisquare(np.array([1.0, 2.0]), np.array([1.0 + 1e-9, 2.0])))).all()


@pytest.mark.parametrize("counts", [[5.0, 5.0], [5.0, 5.0, 5.0], [0.0, 6.0]])
def test_gradients_are_finite(counts):
    slopes = jax.jit(jax.jacrev(chisquare))(jnp.array(counts))
    assert all(jnp.isfinite(slope).all() for slope in slopes)
    if counts[0] == counts[1]:
        assert not any(slope.any() for slope in slopes)


def test_gradients_where_nothing_was_expected():
    slopes = jax.jit(jax.jacrev(lambda o: chisquare(o, jnp.array([0.0, 3.0, 3.0])).pvalue))(jnp.array([1.0, 2.0, 3.0]))
    assert not slopes.any()


def test_jacobian_with_expected_counts_is_autodiffs():
    counts, expected = jnp.array([8.0, 12.0, 10.0]), jnp.array([9.0, 9.0, 12.0])
    for ours, autodiff in zip(
        chisquare_jacobian(counts, expected, ddof=1),
        jax.jit(jax.jacrev(lambda o: chisquare(o, expected, ddof=1)))(counts),
        strict=True,
    ):
        np.testing.assert_allclose(ours, autodiff, rtol=1e-13)


def test_pvalues_are_nearly_uniform_under_the_null():
    throws = random.randint(random.key(0), (600, 5000), 0, 6)
    counts = jnp.stack([jnp.sum(throws == face, axis=0) for face in range(6)])
    assert scipy.stats.kstest(np.asarray(chisquare(counts).pvalue), "uniform").pvalue > 1e-3


def test_bad_input(plain_types):
    with pytest.raises(ValueError, match=r"^chisquare: expected axis within the 1 of x, got 1"):
        chisquare(jnp.ones(3), axis=1)
