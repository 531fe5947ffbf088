"""The beta-binomial law: exact rational arithmetic is the oracle, mpmath where the numbers are too large for it."""

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

from mathml_jax.distributions import betabinom

EPS = 2.0**-52
LAWS = (
    (10, 2.0, 3.0),
    (1, 0.25, 0.5),
    (40, 0.125, 0.25),
    (40, 2.0**-10, 1.5),
    (30, 1.0, 1.0),
    (12, 80.0, 0.75),
    (25, 2.0**20, 2.0**21),
    (60, 300.0, 20.5),
)


def rising(a, k):
    """The products of none, one, ... k numbers from a on."""
    return list(accumulate(range(k), lambda total, i: total * (a + i), initial=Fraction(1)))


def chances(law):
    """The exact probability of every count."""
    n, a, b = law[0], Fraction(law[1]), Fraction(law[2])
    of_a, of_b, of_both = rising(a, n), rising(b, n), rising(a + b, n)
    return [comb(n, k) * of_a[k] * of_b[n - k] / of_both[n] for k in range(n + 1)]


def scores(law):
    """The exact slopes of every count's log-probability in both shapes."""
    n, a, b = law[0], Fraction(law[1]), Fraction(law[2])
    of_a, of_b, of_both = ([0, *accumulate(1 / (x + i) for i in range(n))] for x in (a, b, a + b))
    return [(of_a[k] - of_both[n], of_b[n - k] - of_both[n]) for k in range(n + 1)]


POINTS = np.array([(k, *law) for law in LAWS for k in range(law[0] + 1)], float).T
PARAMETERS = np.array(LAWS, float).T
CHANCES, SCORES = [chances(law) for law in LAWS], [scores(law) for law in LAWS]
CDF = [list(accumulate(p)) for p in CHANCES]
EXACT = {
    "pmf": [p for row in CHANCES for p in row],
    "cdf": [p for row in CDF for p in row],
    "sf": [1 - p for row in CDF for p in row],
}


def logarithm(x):
    with mp.workdps(200):
        return -np.inf if x == 0 else float(mp.log(mp.mpf(x.numerator) / x.denominator))


@pytest.mark.parametrize("verb", ["pmf", "logpmf", "cdf", "sf", "logcdf", "logsf"])
def test_every_count_of_small_laws(verb):
    expected = [logarithm(p) if verb.startswith("log") else float(p) for p in EXACT[verb.removeprefix("log")]]
    near_one = 4 * EPS * (verb == "logpmf")
    np.testing.assert_allclose(getattr(betabinom, verb)(*POINTS), expected, rtol=16 * EPS, atol=near_one)


@pytest.mark.parametrize("verb", ["logpmf", "logcdf"])
def test_slopes_in_the_shapes_are_exact(verb):
    expected = []
    for p, slopes, cdf in zip(CHANCES, SCORES, CDF, strict=True):
        for shape in (0, 1):
            own = [s[shape] for s in slopes]
            below = accumulate(v * s for v, s in zip(p, own, strict=True))
            of_sum = [s / v for s, v in zip(below, cdf, strict=True)]
            expected.append([float(s) for s in (own if verb == "logpmf" else of_sum)])
    got = jax.jit(jax.vmap(jax.grad(getattr(betabinom, verb), (2, 3))))(*POINTS)
    for shape in (0, 1):
        np.testing.assert_allclose(got[shape], np.concatenate(expected[shape::2]), rtol=1e-12, atol=1e-14)


LARGE = np.array(
    [
        (3e7, 1e8, 2.5, 7.5),
        (4e7, 1e8, 3e7, 4.5e7),
        (0.0, 1e8, 0.25, 1e8),
        (1e8 - 3, 1e8, 1e-3, 1e-3),
        (77.0, 1e3, 1e8, 1.5e-3),
    ]
)


def log_chance(k, n, a, b):
    choose = mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)
    return choose + log_beta(k + a, n - k + b) - log_beta(a, b)


def log_beta(a, b):
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def test_parameters_of_1e8():
    with mp.workdps(60):
        values = [log_chance(*map(mp.mpf, row)) for row in LARGE.tolist()]
    got = np.asarray(betabinom.logpmf(*LARGE.T)).tolist()
    assert all(abs(g - v) <= 4 * EPS * max(1, abs(v)) for g, v in zip(got, values, strict=True))


def test_tails_of_1e8_trials():
    """Where a shape is 1, a tail is a quotient of gamma functions."""
    k, n, a = np.array([2e7, 9e7, 99999990.0, 1e5, 5e7]), 1e8, np.array([3.0, 2.5, 40.0, 0.5, 1.0])
    with mp.workdps(60):
        pairs = [(mp.mpf(x), mp.mpf(y)) for x, y in zip(k.tolist(), a.tolist(), strict=True)]
        quotients = [(mp.loggamma(j + 1 + s) - mp.loggamma(j + 1), s) for j, s in pairs]
        expected = [float(q - mp.loggamma(n + 1 + s) + mp.loggamma(mp.mpf(n) + 1)) for q, s in quotients]
    np.testing.assert_allclose(betabinom.logcdf(k, n, a, 1.0), expected, rtol=1e-14, atol=16 * EPS)
    np.testing.assert_allclose(betabinom.logsf(n - k - 1, n, 1.0, a), expected, rtol=1e-14, atol=16 * EPS)


def test_quantiles_are_exact():
    q = np.array([1e-200, 0.01, 0.3, 0.5, 0.77, 1 - 1e-12, 0.0, 1.0, -0.1, 1.1, np.nan])[:, None]
    below, above = (np.asarray(getattr(betabinom, verb)(q, *PARAMETERS)) for verb in ("ppf", "isf"))
    slack = Fraction(1, 2**48)
    for column, reached in enumerate(CDF):
        for row, level in enumerate(map(Fraction, q[:6, 0])):
            assert below[row, column] == min(k for k, p in enumerate(reached) if p >= level * (1 - slack))
            assert above[row, column] == min(k for k, p in enumerate(reached) if 1 - p <= level * (1 + slack))
    none, all = np.full(len(LAWS), -1.0), PARAMETERS[0]
    np.testing.assert_array_equal(below[6:8], [none, all])
    np.testing.assert_array_equal(above[6:8], [all, none])
    assert np.all(np.isnan(below[8:]))
    assert np.all(np.isnan(above[8:]))


def test_the_law_in_numbers():
    expected = {name: [] for name in ("mean", "var", "skew", "kurtosis", "entropy")}
    mode = np.asarray(betabinom.mode(*PARAMETERS))
    for p, likeliest in zip(CHANCES, mode, strict=True):
        mean = sum(k * v for k, v in enumerate(p))
        second, third, fourth = (sum((k - mean) ** m * v for k, v in enumerate(p)) for m in (2, 3, 4))
        values = mean, second, float(third) / float(second) ** 1.5, fourth / second**2 - 3
        for name, value in zip(expected, (*values, sum(-float(v) * logarithm(v) for v in p)), strict=True):
            expected[name].append(float(value))
        assert p[int(likeliest)] == max(p)
    for verb, values in expected.items():
        got = getattr(betabinom, verb)(*PARAMETERS)
        np.testing.assert_allclose(got, values, rtol=1e-12, atol=64 * EPS, err_msg=verb)


def test_score_and_fisher_information():
    got = np.stack(betabinom.score(*POINTS), axis=-1)
    np.testing.assert_allclose(
        got, [[float(x) for x in pair] for row in SCORES for pair in row], rtol=1e-11, atol=1e-14
    )
    information = [
        [[float(sum(p * s[i] * s[j] for p, s in zip(*rows, strict=True))) for j in range(2)] for i in range(2)]
        for rows in zip(CHANCES, SCORES, strict=True)
    ]
    np.testing.assert_allclose(betabinom.fisher_information(*PARAMETERS), information, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("law", [(30.0, 0.4, 0.7), (1000.0, 3.0, 5.0)])
def test_random_numbers_follow_the_law(law):
    drawn = np.asarray(betabinom.rvs(random.key(3), *law, size=5000))
    theirs = scipy.stats.betabinom(*law)
    cuts = np.unique(theirs.ppf(np.linspace(0.05, 0.95, 19)))
    cuts = cuts[cuts < law[0]]
    expected = np.diff(np.concatenate([[0.0], theirs.cdf(cuts), [1.0]])) * drawn.size
    seen = np.histogram(drawn, np.concatenate([[-np.inf], cuts + 0.5, [np.inf]]))[0]
    assert scipy.stats.chisquare(seen, expected).pvalue > 0.01


def test_fit_recovers_the_parameters_and_is_stationary():
    data = scipy.stats.betabinom.rvs(40, 1.7, 4.2, loc=1, size=500, random_state=1)
    data = jnp.asarray(data, jnp.float64)
    found = betabinom.fit(data, 40.0, floc=1.0)
    np.testing.assert_allclose(found, (1.7, 4.2), rtol=0.2)
    slopes = np.stack(betabinom.score(data, 40.0, found.a, found.b, 1.0))
    assert np.all(np.abs(np.mean(slopes, axis=1)) < 1e-11)
    # Less spread than binomial counts, all or nothing, and more than there are trials.
    for none in (jnp.full(500, 5.0), jnp.where(data > 8, 40.0, 0.0), data + 20):
        assert np.all(np.isnan(betabinom.fit(none, 40.0, floc=0.0)))


def everywhere(verb, k, *law):
    """In the shape of all points, for which the verbs are compiled already."""
    return np.asarray(getattr(betabinom, verb)(*(np.resize(v, POINTS.shape[1]) for v in (k, *law))))[: np.size(k)]


def test_outside_the_support_and_the_parameters():
    k = np.array([-np.inf, -1.0, 2.5, 1e9, np.inf, np.nan])
    np.testing.assert_array_equal(everywhere("pmf", k, 10.0, 2.0, 3.0), [0, 0, 0, 0, 0, np.nan])
    cdf = everywhere("cdf", k, 10.0, 2.0, 3.0)
    np.testing.assert_array_equal(cdf[[0, 1, 3, 4, 5]], [0, 0, 1, 1, np.nan])
    np.testing.assert_allclose(cdf[2], float(CDF[0][2]), rtol=16 * EPS)
    bad = [(5.0, 0.0, 2.0), (5.0, 2.0, 0.0), (5.0, -1.0, 2.0), (5.5, 2.0, 2.0), (-1.0, 2.0, 2.0), (5.0, np.nan, 2.0)]
    no_trials = [(0.0, 2.0, 3.0), (0.0, 0.5, 0.5)]
    both, where = np.array(no_trials + bad).T, np.array([0.0, 0.0, *[np.nan] * 6])
    for verb in ("mean", "mode", "var"):
        np.testing.assert_array_equal(getattr(betabinom, verb)(*both), where)
    np.testing.assert_allclose(everywhere("pmf", np.zeros(8), *both), 1 + where, rtol=4 * EPS)
    assert np.all(np.isnan(betabinom.skew(*both)))
    assert np.all(np.isnan(betabinom.kurtosis(*both)))


def test_nothing_in_float32_is_float64_inside():
    law = [np.float32(v) for v in (20.0, 0.5, 6.0)]
    for verb in ("logpmf", "logcdf", "ppf", "entropy"):
        function, first = getattr(betabinom, verb), [] if verb == "entropy" else [np.full(3, 0.4, np.float32)]
        assert "f64[3]" not in str(jax.make_jaxpr(function)(*first, *law))
        assert jax.eval_shape(function, *first, *law).dtype == jnp.float32
