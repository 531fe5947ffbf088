"""Far tails, large parameters and edges of the families on the gamma and beta functions, against mpmath."""

import inspect

import mpmath
import numpy as np
import pytest
import scipy.stats

from mathml_jax.distributions import (
    bernoulli,
    beta,
    binom,
    chi2,
    f,
    gamma,
    gennorm,
    geom,
    invgamma,
    nbinom,
    poisson,
    t,
)
from tests.distributions.one_shape import slopes, values

EPS = 2.0**-52
INF = np.inf


def whole(verb, arguments):
    """With loc and scale, so that the programs are those of the families' other tests."""
    return verb, *(*arguments, 0.0, 1.0)[: len(inspect.signature(verb).parameters)]


@pytest.mark.parametrize(
    ("verb", "arguments", "value"),
    [
        # SciPy gives -inf for most of them.
        (chi2.logsf, (2000.0, 1.0), None),
        (t.logsf, (1e200, 5.0), None),
        (t.logcdf, (-1e3, 200.0), None),
        (beta.logcdf, (0.01, 500.0, 3.0), None),
        (beta.logsf, (0.999, 3.0, 500.0), None),
        (binom.logsf, (998.0, 1000.0, 0.01), 999 * np.log(0.01) + np.log(1000 * 0.99 + 0.01)),
        (poisson.logsf, (2000.0, 1.0), None),
        (f.logsf, (1e4, 4.0, 400.0), None),
        (nbinom.logsf, (1e4, 1.0, 0.5), 10001 * np.log(0.5)),
        (geom.logsf, (1e4, 0.5), 1e4 * np.log(0.5)),
        (gennorm.logsf, (2000.0, 1.0), -2000 - np.log(2)),
        (invgamma.logcdf, (0.001, 1.0), -1000.0),
    ],
)
def test_logarithms_of_tails_that_underflow(verb, arguments, value):
    name = verb.__module__.rsplit(".", 1)[-1]
    with mpmath.workdps(60):
        x, *p = map(mpmath.mpf, arguments)
        near = x if verb is beta.logcdf else 1 - x
        own = {
            "t": lambda: mpmath.betainc(p[0] / 2, 0.5, 0, p[0] / (p[0] + x * x), regularized=True) / 2,
            "chi2": lambda: mpmath.gammainc(p[0] / 2, x / 2, mpmath.inf, regularized=True),
            "beta": lambda: mpmath.betainc(*(p if verb is beta.logcdf else p[::-1]), 0, near, regularized=True),
            "poisson": lambda: mpmath.gammainc(x + 1, 0, p[0], regularized=True),
            "f": lambda: mpmath.betainc(p[1] / 2, p[0] / 2, 0, p[1] / (p[0] * x + p[1]), regularized=True),
        }
        expected = value if value is not None else float(mpmath.log(own[name]()))
    assert abs(values(*whole(verb, arguments)) / expected - 1) < 1e-12


log, log1p, lgamma = mpmath.log, mpmath.log1p, mpmath.loggamma
LARGE = [
    (t.logpdf, (2.0, 1e8), lambda x, n: -log_beta(n / 2, 0.5) - (log(n) + (n + 1) * log1p(x * x / n)) / 2),
    (gamma.logpdf, (1.0003e8, 1e8), lambda x, a: (a - 1) * log(x) - x - lgamma(a)),
    (chi2.logpdf, (2.0003e8, 2e8), lambda x, n: (n / 2 - 1) * log(x / 2) - x / 2 - lgamma(n / 2) - log(2)),
    (invgamma.logpdf, (1.0001e-8, 1e8), lambda x, a: -(a + 1) * log(x) - 1 / x - lgamma(a)),
    (beta.logpdf, (0.30001, 3e7, 7e7), lambda x, a, b: (a - 1) * log(x) + (b - 1) * log1p(-x) - log_beta(a, b)),
    (
        f.logpdf,
        (1.0001, 1e8, 3e7),
        lambda x, n, m: (n * log(n * x) + m * log(m) - (n + m) * log(n * x + m)) / 2 - log(x) - log_beta(n / 2, m / 2),
    ),
    (binom.logpmf, (3.0001e7, 1e8, 0.3), lambda k, n, p: log_choose(n, k) + k * log(p) + (n - k) * log1p(-p)),
    (poisson.logpmf, (1.0001e8, 1e8), lambda k, m: k * log(m) - m - lgamma(k + 1)),
    (nbinom.logpmf, (1.0001e8, 1e8, 0.5), lambda k, n, p: log_choose(n + k - 1, k) + n * log(p) + k * log1p(-p)),
    (geom.logpmf, (1e8, 1e-8), lambda k, p: (k - 1) * log1p(-p) + log(p)),
    (gennorm.logpdf, (1.5, 1e-6), lambda x, b: log(b / 2) - lgamma(1 / b) - x**b),
]


def log_beta(a, b):
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_choose(n, k):
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


@pytest.mark.parametrize(("verb", "arguments", "formula"), LARGE, ids=lambda v: getattr(v, "__module__", ""))
def test_log_densities_at_parameters_of_1e8(verb, arguments, formula):
    with mpmath.workdps(60):
        exact = formula(*map(mpmath.mpf, arguments))
        error = float(abs(mpmath.mpf(float(values(*whole(verb, arguments)))) - exact))
    assert error <= 4 * EPS * max(1.0, abs(float(exact)))


@pytest.mark.parametrize(
    ("verb", "arguments", "value", "by_argument"),
    [
        # The value, and the slopes by the number of the argument.
        (gamma.pdf, (0.0, 1.0), 1.0, {0: -1.0}),
        (gamma.pdf, (0.0, 2.0), 0.0, {0: 1.0, 1: 0.0}),
        (gamma.logpdf, (0.0, 1.0), 0.0, {0: -1.0}),
        (gamma.cdf, (0.0, 1.0), 0.0, {0: 1.0, 1: 0.0}),
        (gamma.sf, (0.0, 1.0), 1.0, {0: -1.0, 1: 0.0}),
        (gamma.logsf, (0.0, 1.0), 0.0, {0: -1.0}),
        (gamma.ppf, (0.0, 1.0), 0.0, {0: 1.0, 1: 0.0}),
        (chi2.pdf, (0.0, 2.0), 0.5, {0: -0.25}),
        (chi2.logpdf, (0.0, 2.0), np.log(0.5), {0: -0.5}),
        (beta.pdf, (0.0, 1.0, 3.0), 3.0, {0: -6.0}),
        (beta.pdf, (1.0, 3.0, 1.0), 3.0, {0: 6.0}),
        (beta.pdf, (0.0, 2.0, 1.0), 0.0, {0: 2.0}),
        (beta.logpdf, (0.0, 1.0, 3.0), np.log(3), {0: -2.0, 2: 1 / 3}),
        (beta.logpdf, (1.0, 3.0, 1.0), np.log(3), {0: 2.0, 1: 1 / 3}),
        (beta.cdf, (0.0, 1.0, 3.0), 0.0, {0: 3.0, 1: 0.0, 2: 0.0}),
        (beta.sf, (1.0, 3.0, 1.0), 0.0, {0: -3.0, 1: 0.0, 2: 0.0}),
        (f.pdf, (0.0, 2.0, 6.0), 1.0, {0: -4 / 3, 2: 0.0}),
        (f.pdf, (0.0, 4.0, 6.0), 0.0, {0: 16 / 3}),
        (f.logpdf, (0.0, 2.0, 6.0), 0.0, {0: -4 / 3}),
        (f.cdf, (0.0, 2.0, 6.0), 0.0, {0: 1.0}),
        (t.logpdf, (0.0, 5.0), float(scipy.stats.t.logpdf(0, 5)), {0: 0.0}),
        (t.cdf, (0.0, 5.0), 0.5, {0: float(scipy.stats.t.pdf(0, 5)), 1: 0.0}),
        (gennorm.cdf, (0.0, 1.5), 0.5, {0: float(scipy.stats.gennorm.pdf(0, 1.5)), 1: 0.0}),
        (gennorm.logpdf, (0.0, 1.5), float(scipy.stats.gennorm.logpdf(0, 1.5)), {0: 0.0}),
        (gennorm.ppf, (0.5, 1.5), 0.0, {0: 1 / float(scipy.stats.gennorm.pdf(0, 1.5)), 1: 0.0}),
        (invgamma.pdf, (0.0, 1.5), 0.0, {0: 0.0, 1: 0.0}),
        (invgamma.cdf, (0.0, 1.5), 0.0, {0: 0.0, 1: 0.0}),
        (invgamma.ppf, (0.0, 1.5), 0.0, {1: 0.0}),
        (bernoulli.logpmf, (0.0, 0.0), 0.0, {1: -1.0}),
        (bernoulli.logpmf, (1.0, 1.0), 0.0, {1: 1.0}),
        (bernoulli.pmf, (1.0, 0.0), 0.0, {1: 1.0}),
        (binom.pmf, (0.0, 5.0, 0.0), 1.0, {2: -5.0}),
        (binom.pmf, (1.0, 5.0, 0.0), 0.0, {2: 5.0}),
        (binom.pmf, (5.0, 5.0, 1.0), 1.0, {2: 5.0}),
        (binom.pmf, (4.0, 5.0, 1.0), 0.0, {2: -5.0}),
        (binom.pmf, (2.0, 5.0, 0.0), 0.0, {2: 0.0}),
        (binom.logpmf, (0.0, 5.0, 0.0), 0.0, {2: -5.0}),
        (binom.logpmf, (5.0, 5.0, 1.0), 0.0, {2: 5.0}),
        (binom.logpmf, (0.0, 0.0, 0.3), 0.0, {2: 0.0}),
        (binom.cdf, (0.0, 5.0, 0.0), 1.0, {2: -5.0}),
        (binom.sf, (0.0, 5.0, 0.0), 0.0, {2: 5.0}),
        (binom.cdf, (5.0, 5.0, 0.5), 1.0, {2: 0.0}),
        (poisson.pmf, (0.0, 0.0), 1.0, {1: -1.0}),
        (poisson.pmf, (1.0, 0.0), 0.0, {1: 1.0}),
        (poisson.logpmf, (0.0, 0.0), 0.0, {1: -1.0}),
        (poisson.cdf, (0.0, 0.0), 1.0, {1: -1.0}),
        (geom.pmf, (1.0, 1.0), 1.0, {1: 1.0}),
        (geom.pmf, (2.0, 1.0), 0.0, {1: -1.0}),
        (geom.logpmf, (1.0, 1.0), 0.0, {1: 1.0}),
        (nbinom.pmf, (0.0, 2.5, 1.0), 1.0, {1: 0.0, 2: 2.5}),
        (nbinom.pmf, (1.0, 2.5, 1.0), 0.0, {1: 0.0, 2: -2.5}),
        (nbinom.logpmf, (0.0, 2.5, 1.0), 0.0, {2: 2.5}),
    ],
    ids=lambda v: f"{v.__module__.rsplit('.', 1)[-1]}.{v.__name__}" if hasattr(v, "__name__") else "",
)  # fmt: skip
def test_values_and_gradients_at_the_edges(verb, arguments, value, by_argument):
    np.testing.assert_allclose(values(*whole(verb, arguments)), value, atol=4 * EPS)
    got = slopes(*whole(verb, arguments))[list(by_argument)]
    np.testing.assert_allclose(got, list(by_argument.values()), rtol=1e-12, atol=4 * EPS)
