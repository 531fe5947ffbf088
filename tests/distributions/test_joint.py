import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
import scipy.special
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


def _log_ways(x, n, p):
    own = mp.fsum(k * mp.log(w / mp.fsum(p)) - mp.loggamma(k + 1) for k, w in zip(x, p, strict=True))
    return mp.loggamma(n + 1) + own


def _log_shares(x, alpha):
    own = mp.fsum((a - 1) * mp.log(v) - mp.loggamma(a) for v, a in zip(x, alpha, strict=True))
    return mp.loggamma(mp.fsum(alpha)) + own


def _exact(formula, *arguments):
    with mp.workdps(60):
        return formula(*(np.frompyfunc(lambda v: mp.mpf(float(v)), 1, 1)(a) for a in arguments))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("function", "formula", "arguments"),
    [
        (multinomial.logpmf, _log_ways, ([2e7, 3e7, 5e7], 1e8, P)),
        (multinomial.logpmf, _log_ways, ([25_004_000, 74_995_992, 8], 1e8, [0.25, 0.75, 1e-7])),
        (multinomial.logpmf, _log_ways, ([1e8, 0, 0], 1e8, [1.0, 1e-9, 0.0])),
        (dirichlet.logpdf, _log_shares, (P, [2e7, 3e7, 5e7])),
        (dirichlet.logpdf, _log_shares, ([0.50002, 0.49998, 1e-9], [1e8, 1e8, 0.3])),
        (dirichlet.logpdf, _log_shares, ([1e-4, 0.9999, 1e-30], [1e4, 1e8, 1e-3])),
        (dirichlet.logpdf, _log_shares, ([0.9, 0.1 - 1e-12, 1e-12], [1e8, 1.0, 1e-8])),
    ],
)
def test_large_parameters_keep_the_last_digits(dtype, function, formula, arguments):
    arguments = [np.asarray(a, dtype) for a in arguments]
    if formula is _log_ways:
        exact = _exact(lambda x, n, p: _log_ways(x[p > 0], n, p[p > 0]), *arguments)
    else:
        exact = _exact(formula, *arguments)
    error = abs(mp.mpf(float(function(*arguments))) - exact)
    assert error <= 4 * np.finfo(dtype).eps * max(1, abs(exact))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (dirichlet.var, lambda m, rest, n: m * rest / (1 + n)),
        (lambda w: jnp.diagonal(dirichlet.cov(w)), lambda m, rest, n: m * rest / (1 + n)),
        (lambda w: jnp.diagonal(multinomial.cov(10.0, w)), lambda m, rest, n: 10 * m * rest),
        (lambda w: categorical.entropy(w)[None], lambda m, rest, n: [mp.fsum(-v * mp.log(v) for v in m)]),
    ],
)
def test_one_class_that_has_nearly_all(dtype, function, formula):
    weights = np.asarray([3e-7, 1e8, 0.5], dtype)
    others = ~np.eye(3, dtype=bool)
    exact = _exact(lambda w: formula(w / w.sum(), (others * w).sum(1) / w.sum(), w.sum()), weights)
    np.testing.assert_allclose(function(weights), np.asarray(exact, float), rtol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize(("first", "value"), [(1.0, np.log(24 * 0.4 * 0.6)), (0.5, np.inf), (2.0, -np.inf)])
def test_dirichlet_where_a_proportion_is_zero(first, value):
    x, alpha = np.array([0.0, 0.4, 0.6]), np.array([first, 2.0, 2.0])
    assert dirichlet.logpdf(x, alpha) == pytest.approx(value, rel=4 * EPS)
    in_x, in_alpha = jax.grad(dirichlet.logpdf, (0, 1))(x, alpha)
    slope = 0 if first == 1 else (first - 1) * np.inf
    np.testing.assert_allclose(in_x, [slope, 1 / 0.4, 1 / 0.6], rtol=4 * EPS)
    np.testing.assert_allclose(in_alpha[1:], dirichlet.score(x, alpha).alpha[1:], rtol=16 * EPS)


@pytest.mark.parametrize("derivative", [jax.jacfwd, jax.jacrev])
def test_derivatives_in_counts_and_probabilities(derivative):
    x, n, p = np.array([3.0, 2.0, 0.0]), 5.0, np.array([0.2, 0.5, 0.0])
    slopes = derivative(multinomial.logpmf, (0, 1, 2))(x, n, p)
    np.testing.assert_allclose(slopes[0][:2], np.log(p[:2] / 0.7) - scipy.special.digamma(x[:2] + 1), rtol=8 * EPS)
    np.testing.assert_allclose(slopes[1], scipy.special.digamma(n + 1), rtol=8 * EPS)
    np.testing.assert_allclose(slopes[2], multinomial.score(x, n, p).p, rtol=8 * EPS)
    curvature = derivative(derivative(multinomial.logpmf, 2), 2)(x, n, p)
    np.testing.assert_allclose(curvature, n / 0.49 - np.diag([3 / 0.04, 2 / 0.25, 0]), rtol=8 * EPS)


def test_one_class_only():
    x, one = np.ones(1), np.array([0.7])
    values = multinomial.logpmf(3 * x, 3.0, one), dirichlet.logpdf(x, one), dirichlet.entropy(one)
    moments = dirichlet.var(one), dirichlet.cov(one), multinomial.cov(3.0, one), categorical.entropy(one)
    assert all(np.all(value == 0) for value in (*values, *moments))


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
