"""Moments, scores and informations whose terms nearly cancel, against mpmath with many digits."""

from operator import itemgetter

import mpmath as mp
import numpy as np
import pytest

from mathml_jax.distributions import f, kstwobign, t, weibull_min
from tests.distributions.one_shape import values

EPS = 2.0**-52


def log_t(x, n):
    return mp.loggamma((n + 1) / 2) - mp.loggamma(n / 2) - mp.log(n * mp.pi) / 2 - (n + 1) / 2 * mp.log1p(x * x / n)


def log_f(x, n, m):
    a, b = n / 2, m / 2
    return a * mp.log(n * x) + b * mp.log(m) - (a + b) * mp.log(n * x + m) - mp.log(x) - mp.log(mp.beta(a, b))


def trigamma_drop(a, b):
    return mp.psi(1, a) - mp.psi(1, a + b)


def t_information(n):
    return (trigamma_drop(n / 2, mp.mpf(0.5)) - 2 * (n + 5) / (n * (n + 1) * (n + 3))) / 4


def f_information(n, m):
    a, s = n / 2, (n + m) / 2
    return (trigamma_drop(a, m / 2) - m / n * (s + 2) / (s * (s + 1))) / 4


def standardized(moments, order):
    """Skewness or excess kurtosis from the means of powers."""
    m = moments[1]
    central = [sum(mp.binomial(k, j) * moments[j] * (-m) ** (k - j) for j in range(k + 1)) for k in range(5)]
    return central[order] / central[2] ** (mp.mpf(order) / 2) - (3 if order == 4 else 0)


def weibull_moments(c):
    return [mp.gamma(1 + k / c) for k in range(5)]


def kolmogorov_moments():
    return [2 * mp.mpf(2) ** (-mp.mpf(k) / 2) * mp.gamma(1 + mp.mpf(k) / 2) * mp.altzeta(k) for k in range(5)]


@pytest.mark.parametrize(
    ("verb", "pick", "arguments", "exact", "ulps"),
    [
        (t.score, itemgetter(0), (1e200, 2.0), lambda x, n: mp.diff(lambda v: log_t(x, v), n), 4),
        (t.score, itemgetter(0), (1e-3, 25.0), lambda x, n: mp.diff(lambda v: log_t(x, v), n), 4),
        (t.fisher_information, itemgetter((..., 0, 0)), (12.5,), t_information, 8),
        (t.fisher_information, itemgetter((..., 0, 0)), (31.9,), t_information, 8),
        (f.score, itemgetter(0), (20.4, 88.4, 0.76), lambda x, n, m: mp.diff(lambda v: log_f(x, v, m), n), 16),
        (f.score, itemgetter(1), (1e-3, 0.3, 900.0), lambda x, n, m: mp.diff(lambda v: log_f(x, n, v), m), 16),
        (f.fisher_information, itemgetter((..., 0, 0)), (5e4, 0.28), f_information, 8),
        (f.fisher_information, itemgetter((..., 1, 1)), (0.28, 900.0), lambda n, m: f_information(m, n), 8),
        (weibull_min.skew, np.asarray, (9.4,), lambda c: standardized(weibull_moments(c), 3), 32),
        (weibull_min.kurtosis, np.asarray, (9.4,), lambda c: standardized(weibull_moments(c), 4), 32),
        (weibull_min.kurtosis, np.asarray, (1e6,), lambda c: standardized(weibull_moments(c), 4), 32),
        (weibull_min.kurtosis, np.asarray, (0.4,), lambda c: standardized(weibull_moments(c), 4), 64),
        (kstwobign.skew, np.asarray, (0.0, 1.0), lambda *_: standardized(kolmogorov_moments(), 3), 4),
    ],
)
def test_nothing_is_lost_where_terms_cancel(verb, pick, arguments, exact, ulps):
    with mp.workdps(80):
        expected = float(exact(*map(mp.mpf, arguments)))
    np.testing.assert_allclose(pick(values(verb, *arguments)), expected, rtol=ulps * EPS)
