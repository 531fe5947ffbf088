import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from jax import random

from mathml_jax.distributions import categorical, dirichlet, multinomial, multivariate_normal

EPS = 2.0**-52
P = np.array([0.2, 0.3, 0.5])
COV = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, -0.4], [0.1, -0.4, 3.0]])
MEAN = np.array([1.0, -2.0, 0.5])


def test_multinomial_against_scipy():
    x = np.array(
        [[3.0, 3.0, 4.0], [10.0, 0.0, 0.0], [0.0, 4.0, 6.0], [5.0, 5.0, 5.0], [9.5, 0.5, 0.0], [-1.0, 5.0, 6.0]]
    )
    np.testing.assert_allclose(multinomial.pmf(x, 10.0, P), scipy.stats.multinomial.pmf(x, 10, P), rtol=64 * EPS)
    np.testing.assert_allclose(multinomial.logpmf(x, 10.0, P), scipy.stats.multinomial.logpmf(x, 10, P), rtol=16 * EPS)
    np.testing.assert_allclose(multinomial.cov(10.0, P), scipy.stats.multinomial.cov(10, P), rtol=16 * EPS)


def test_impossible_classes():
    p = np.array([0.0, 0.5, 0.5])
    x = np.array([[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    np.testing.assert_allclose(multinomial.pmf(x, 2.0, p), [0.5, 0.0], rtol=2 * EPS)
    slope = jax.grad(lambda p: multinomial.logpmf(x[0], 2.0, p))(p)
    np.testing.assert_allclose(slope, multinomial.score(x[0], 2.0, p).p, rtol=4 * EPS)
    inf, half = np.inf, np.log(0.5)
    np.testing.assert_array_equal(categorical.logpmf(np.arange(-1, 4), p), [-inf, -inf, half, half, -inf])
    assert categorical.entropy(p) == pytest.approx(np.log(2), rel=4 * EPS)
    assert np.all(np.isfinite(jax.grad(categorical.entropy)(np.array([1e-300, 0.5, 0.5]))))


def test_negative_probabilities_give_nan():
    p = np.array([-0.1, 0.6, 0.5])
    assert np.isnan(multinomial.logpmf(np.array([1.0, 0.0, 0.0]), 1.0, p))
    assert np.isnan(categorical.pmf(1, p))


def test_categorical_quantiles_invert():
    k = np.arange(3.0)
    np.testing.assert_array_equal(categorical.ppf(categorical.cdf(k, P), P), k)
    np.testing.assert_array_equal(categorical.ppf(np.array([0.0, 0.1, 1.0]), P), [-1, 0, 2])
    assert np.all(np.isnan(categorical.ppf(np.array([-0.1, 1.1, np.nan]), P)))


@pytest.mark.parametrize("alpha", [(0.3, 0.2, 5.0), (1.0, 1.0, 1.0), (100.0, 2.0, 30.0)])
def test_dirichlet_against_scipy(alpha):
    x = np.array([[0.2, 0.3, 0.5], [1e-9, 0.5, 0.5 - 1e-9], [0.98, 0.01, 0.01]])
    alpha, law = np.array(alpha), scipy.stats.dirichlet(alpha)
    np.testing.assert_allclose(dirichlet.logpdf(x, alpha), [law.logpdf(row) for row in x], rtol=256 * EPS)
    np.testing.assert_allclose(dirichlet.entropy(alpha), law.entropy(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(dirichlet.cov(alpha), law.cov(), rtol=16 * EPS)


def test_dirichlet_outside():
    alpha = np.array([2.0, 3.0])
    np.testing.assert_array_equal(dirichlet.pdf(np.array([[-0.5, 1.5], [0.5, 0.6]]), alpha), 0)
    assert np.isnan(dirichlet.pdf(np.array([0.5, 0.5]), np.array([0.0, 1.0])))


@pytest.mark.parametrize("cov", [COV, np.diag(COV), np.array(2.0)], ids=["matrix", "diagonal", "number"])
def test_multivariate_normal_against_scipy(cov):
    x = np.random.default_rng(0).normal(size=(4, 5, 3)) * 10
    law = scipy.stats.multivariate_normal(MEAN, (np.diag(cov) if cov.ndim == 1 else cov).tolist())
    np.testing.assert_allclose(multivariate_normal.logpdf(x, MEAN, cov), law.logpdf(x), rtol=64 * EPS)
    np.testing.assert_allclose(multivariate_normal.entropy(MEAN, cov), law.entropy(), rtol=16 * EPS)


def test_bad_covariance_gives_nan():
    assert np.isnan(multivariate_normal.logpdf(np.zeros(2), np.zeros(2), np.array([[1.0, 2.0], [2.0, 1.0]])))


def test_score_of_a_normal_sample_is_zero_at_the_fit():
    data = np.random.default_rng(1).normal(size=(50, 3)) @ np.linalg.cholesky(COV).T + MEAN
    fit = multivariate_normal.fit(data)
    np.testing.assert_allclose(fit.cov, np.cov(data.T, bias=True), rtol=1e-13)
    for part in multivariate_normal.score(data, *fit):
        np.testing.assert_allclose(np.mean(part, axis=0), 0, atol=1e-13)


def test_random_numbers_follow_the_laws():
    key, n = random.key(0), 20_000
    vectors = np.asarray(multivariate_normal.rvs(key, MEAN, COV, size=n))
    np.testing.assert_allclose(np.mean(vectors, 0), MEAN, atol=5 * np.sqrt(3 / n))
    np.testing.assert_allclose(np.cov(vectors.T), COV, atol=5 * 3 * np.sqrt(2 / n))
    parts = np.asarray(dirichlet.rvs(key, np.array([0.5, 2.0, 4.0]), size=n))
    assert scipy.stats.kstest(parts[:, 0], scipy.stats.beta(0.5, 6.0).cdf).pvalue > 1e-3
    classes = np.asarray(categorical.rvs(key, P, size=n))
    assert scipy.stats.chisquare(np.bincount(classes.astype(int)), n * P).pvalue > 1e-3
    counts = np.asarray(multinomial.rvs(key, 10.0, P, size=500))
    assert np.all(counts.sum(axis=1) == 10)
    assert scipy.stats.chisquare(counts.sum(axis=0), 5000 * P).pvalue > 1e-3


def test_draws_carry_derivatives():
    slope = jax.jacfwd(lambda mean: multivariate_normal.rvs(random.key(0), mean, COV))(MEAN)
    np.testing.assert_allclose(slope, np.eye(3), atol=EPS)
    slope = jax.jacrev(lambda alpha: dirichlet.rvs(random.key(0), alpha))(np.array([1.0, 2.0, 3.0]))
    assert np.all(np.isfinite(slope))
    assert np.any(np.asarray(slope) != 0)


def test_float32_stays():
    assert multivariate_normal.logpdf(jnp.zeros(2, jnp.float32), jnp.zeros(2, jnp.float32)).dtype == jnp.float32
    assert dirichlet.logpdf(jnp.full(2, 0.5, jnp.float16), jnp.ones(2, jnp.float16)).dtype == jnp.float16
