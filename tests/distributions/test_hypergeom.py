"""The hypergeometric law: exact rational arithmetic is the oracle, mpmath where the numbers are too large for it."""

from fractions import Fraction
from itertools import accumulate
from math import comb

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
import scipy.stats
from jax import random

from mathml_jax.distributions import hypergeom

EPS = 2.0**-52
LAWS = ((20, 8, 6), (3, 1, 2), (4, 2, 2), (60, 59, 30), (90, 3, 80), (1000, 500, 100), (1000, 20, 995), (2, 1, 1))


def ends(M, n, N):
    return max(0, N - M + n), min(n, N)


def chances(law):
    """Every count and its exact probability."""
    M, n, N = law
    low, high = ends(*law)
    return {k: Fraction(comb(n, k) * comb(M - n, N - k), comb(M, N)) for k in range(low, high + 1)}


def cumulated(law):
    """And the exact probability of no more."""
    p = chances(law)
    return dict(zip(p, accumulate(p.values()), strict=True))


POINTS = np.array([(k, *law) for law in LAWS for k in chances(law)], float).T
PARAMETERS = np.array(LAWS, float).T
PMF = [p for law in LAWS for p in chances(law).values()]
CDF = [p for law in LAWS for p in cumulated(law).values()]
EXACT = {"pmf": PMF, "cdf": CDF, "sf": [1 - p for p in CDF]}


def logarithm(x):
    with mp.workdps(60):
        return -np.inf if x == 0 else float(mp.log(mp.mpf(x.numerator) / x.denominator))


@pytest.mark.parametrize("verb", ["pmf", "logpmf", "cdf", "sf", "logcdf", "logsf"])
def test_every_count_of_small_laws(verb):
    # Deep in the tails too: no probability is lost to the other side.
    expected = [logarithm(p) if verb.startswith("log") else float(p) for p in EXACT[verb.removeprefix("log")]]
    np.testing.assert_allclose(getattr(hypergeom, verb)(*POINTS), expected, rtol=12 * EPS, atol=1e-300)


def log_choose(n, k):
    return mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)


def test_populations_of_1e8():
    k = np.array([2.5e7, 2.5e7 + 9e4, 12345.0, 3.0, 9.0095e7])
    M, n, N = np.array([[1e8, 5e7, 5e7], [1e8, 5e7, 5e7], [1e8, 1e6, 1e6], [1e8, 3.0, 5e7], [1e8, 9.9e7, 9.1e7]]).T
    with mp.workdps(50):
        values = [
            log_choose(n, k) + log_choose(M - n, N - k) - log_choose(M, N)
            for k, M, n, N in zip(*(map(mp.mpf, map(float, row)) for row in (k, M, n, N)), strict=True)
        ]
        tails = [tail(p, *map(int, row)) for p, row in zip(values, zip(k, M, n, N, strict=True), strict=True)]
    got = np.asarray(hypergeom.logpmf(k, M, n, N))
    assert all(abs(g - v) <= 4 * EPS * max(1, abs(v)) for g, v in zip(got, values, strict=True))
    np.testing.assert_allclose(hypergeom.logsf(k - 1, M, n, N), tails, rtol=8 * EPS)


def tail(log_first, k, M, n, N):
    """The logarithm of the probability of at least k, from the ratios of neighbours in integers."""
    unit = term = total = 1 << 200
    while term > 1 << 100 and k < min(n, N):
        term = term * ((n - k) * (N - k)) // ((k + 1) * (M - n - N + k + 1))
        total, k = total + term, k + 1
    return float(log_first + mp.log(mp.mpf(total) / unit))


def test_quantiles_are_exact():
    q = np.array([1e-200, 0.01, 0.3, 0.5, 0.77, 1 - 1e-12, 0.0, 1.0, -0.1, 1.1, np.nan])[:, None]
    below, above = (np.asarray(getattr(hypergeom, verb)(q, *PARAMETERS)) for verb in ("ppf", "isf"))
    for column, law in enumerate(LAWS):
        reached = cumulated(law)
        slack = Fraction(1, 2**48)
        for row, level in enumerate(map(Fraction, q[:6, 0])):
            assert below[row, column] == min(k for k in reached if reached[k] >= level * (1 - slack))
            assert above[row, column] == min(k for k in reached if 1 - reached[k] <= level * (1 + slack))
    low, high = np.array([ends(*law) for law in LAWS]).T
    np.testing.assert_array_equal(below[6:8], [low - 1, high])
    np.testing.assert_array_equal(above[6:8], [high, low - 1])
    assert np.all(np.isnan(below[8:]))
    assert np.all(np.isnan(above[8:]))


def test_the_law_in_numbers():
    mean, var, skew, kurtosis, entropy, mode = [], [], [], [], [], []
    for law in LAWS:
        p = chances(law)
        mean.append(sum(k * v for k, v in p.items()))
        second, third, fourth = (sum((k - mean[-1]) ** m * v for k, v in p.items()) for m in (2, 3, 4))
        var.append(second)
        skew.append(float(third) / float(second) ** 1.5)
        kurtosis.append(float(fourth / second**2 - 3))
        entropy.append(float(sum(-v * mp.log(mp.mpf(v.numerator) / v.denominator) for v in p.values())))
        mode.append(max(k for k in p if p[k] == max(p.values())))
    expected = {"mean": mean, "var": var, "skew": skew, "kurtosis": kurtosis, "entropy": entropy, "mode": mode}
    for verb, values in expected.items():
        got = getattr(hypergeom, verb)(*PARAMETERS)
        np.testing.assert_allclose(got, np.array(values, float), rtol=1e-12, atol=64 * EPS, err_msg=verb)
    # The product of the two is no number of the dtype.
    assert hypergeom.mode(1e8 - 2, 67108862.0, 3e7 - 1) == (67108863 * 3 * 10**7) // 10**8


@pytest.mark.parametrize("law", [(60.0, 25.0, 20.0), (1e6, 4e5, 1e3)])
def test_random_numbers_follow_the_law(law):
    drawn = np.asarray(hypergeom.rvs(random.key(3), *law, size=5000))
    theirs = scipy.stats.hypergeom(*law)
    cuts = np.unique(theirs.ppf(np.linspace(0.05, 0.95, 19)))
    expected = np.diff(np.concatenate([[0.0], theirs.cdf(cuts), [1.0]])) * drawn.size
    seen = np.histogram(drawn, np.concatenate([[-np.inf], cuts + 0.5, [np.inf]]))[0]
    assert scipy.stats.chisquare(seen, expected).pvalue > 0.01


@pytest.mark.parametrize(("data", "M", "N"), [([1, 2, 4], 20, 5), ([0, 0, 0], 30, 4), ([3, 3, 3], 9, 3)])
def test_fit_is_the_likeliest(data, M, N):
    data = np.array(data, float)
    candidates = [n for n in range(M + 1) if all(x <= n and N - x <= M - n for x in data)]
    likeliest = max(candidates, key=lambda n: float(scipy.stats.hypergeom.logpmf(data, M, n, N).sum()))
    assert hypergeom.fit(jnp.asarray(data), float(M), float(N)).n == likeliest
    assert np.isnan(hypergeom.fit(jnp.asarray(data + 20), float(M), float(N)).n)


def everywhere(verb, k, *law):
    """In the shape of all points, for which the verbs are compiled already."""
    return np.asarray(getattr(hypergeom, verb)(*(np.resize(v, POINTS.shape[1]) for v in (k, *law))))[: np.size(k)]


def test_outside_the_support_and_the_parameters():
    k = np.array([-np.inf, -1.0, 2.5, 1e9, np.inf, np.nan])
    np.testing.assert_array_equal(everywhere("pmf", k, 20.0, 8.0, 6.0), [0, 0, 0, 0, 0, np.nan])
    cdf = everywhere("cdf", k, 20.0, 8.0, 6.0)
    np.testing.assert_array_equal(cdf[[0, 1, 3, 4, 5]], [0, 0, 1, 1, np.nan])
    np.testing.assert_allclose(cdf[2], float(cumulated((20, 8, 6))[2]), rtol=8 * EPS)
    # One count only; then what is no law.
    sure = [(0.0, 0.0, 0.0), (5.0, 0.0, 3.0), (5.0, 5.0, 3.0), (5.0, 3.0, 5.0)]
    bad = [(5.0, 6.0, 2.0), (5.0, 2.0, 6.0), (5.0, -1.0, 2.0), (5.5, 2.0, 2.0)]
    both, where = np.array(sure + bad).T, np.array([0.0, 0.0, 3.0, 3.0, *[np.nan] * 4])
    for verb in ("mean", "mode"):
        np.testing.assert_array_equal(getattr(hypergeom, verb)(*both), where)
    np.testing.assert_array_equal(hypergeom.var(*both), 0 * where)
    np.testing.assert_allclose(everywhere("pmf", np.nan_to_num(where), *both), 1 + 0 * where, rtol=4 * EPS)
    assert np.all(np.isnan(hypergeom.skew(*both)))
    assert np.all(np.isnan(hypergeom.kurtosis(*both)))


def test_nothing_in_float32_is_float64_inside():
    law = [np.float32(v) for v in (20.0, 8.0, 6.0)]
    for verb in ("logpmf", "logcdf", "ppf", "entropy"):
        function, first = getattr(hypergeom, verb), [] if verb == "entropy" else [np.full(3, 0.4, np.float32)]
        assert "f64[3]" not in str(jax.make_jaxpr(function)(*first, *law))
        assert jax.eval_shape(function, *first, *law).dtype == jnp.float32
