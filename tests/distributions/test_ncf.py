"""The noncentral F family: SciPy on a grid, the F law without noncentrality, invariants elsewhere."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import scipy.stats
from jax import random

from mathml_jax.distributions import f, ncf

INF, NAN = np.inf, np.nan
ROWS = tuple(np.array([[1.0, 12.0, 0.3, 0.5, 2.0], [4.0, 9.5, 6.0, 0.5, 2.0], [30.0, 40.0, 50.0, 0.5, 2.0]]).T)
LEVELS = np.array([1e-3, 0.1, 0.5, 0.9, 0.999])[:, None]
AREAS = ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf")
areas = jax.jit(lambda x, *own: {verb: getattr(ncf, verb)(x, *own) for verb in AREAS})
quantiles = jax.jit(lambda q, *own: (ncf.ppf(q, *own), ncf.isf(q, *own)))


def test_areas_and_quantiles_agree_with_scipy():
    x = scipy.stats.ncf.ppf(LEVELS, *ROWS)
    np.testing.assert_allclose(quantiles(np.broadcast_to(LEVELS, x.shape), *ROWS)[0], x, rtol=1e-10)
    for verb, got in areas(x, *ROWS).items():
        expected = getattr(scipy.stats.ncf, verb)(x, *ROWS)
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12 if verb.startswith("log") else 0.0)


def test_without_noncentrality_it_is_the_f_law():
    x = np.array([1e-3, 0.3, 1.2, 5.0, 200.0])[:, None] * np.ones(3)
    dfn, dfd = np.array([1.0, 6.0, 300.0]), np.array([3.0, 50.0, 1e4])
    got = areas(x, dfn, dfd, np.zeros(3), np.zeros(3), np.ones(3))
    for verb in ("logpdf", "logsf"):
        np.testing.assert_allclose(got[verb], getattr(f, verb)(x, dfn, dfd), rtol=3e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("x", "dfn", "dfd", "nc"), [(900.0, 3.0, 50.0, 50.0), (0.05, 40.0, 700.0, 1e4), (1e-3, 0.5, 7.0, 3.0)]
)
def test_density_against_the_confluent_function(x, dfn, dfd, nc):
    with mpmath.workdps(60):
        z, a, b, c = mpmath.mpf(x), mpmath.mpf(dfn) / 2, mpmath.mpf(dfd) / 2, mpmath.mpf(nc) / 2
        u, v = a * z / (a * z + b), b / (a * z + b)
        series = mpmath.log(mpmath.hyp1f1(a + b, a, c * u)) - c
        beta = mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)
        exact = float(a * mpmath.log(u) + b * mpmath.log(v) - mpmath.log(z) - beta + series)
    np.testing.assert_allclose(ncf.logpdf(x, dfn, dfd, nc), exact, rtol=4 * 2.0**-52)


def test_the_law_in_numbers():
    theirs = scipy.stats.ncf
    for verb in ("mean", "var", "std"):
        np.testing.assert_allclose(getattr(ncf, verb)(*ROWS), getattr(theirs, verb)(*ROWS), rtol=1e-13)
    np.testing.assert_allclose((ncf.skew(*ROWS), ncf.kurtosis(*ROWS)), theirs.stats(*ROWS, moments="sk"), rtol=1e-11)
    dfd = np.array([2.0, 4.0, 6.0, 8.0])
    values = [getattr(ncf, verb)(3.0, dfd, 1.0) for verb in ("mean", "var", "skew", "kurtosis")]
    assert [bool(np.isfinite(value[i])) for i, value in enumerate(values)] == [False] * 4
    assert [bool(np.isfinite(value[i + 1])) for i, value in enumerate(values[:3])] == [True] * 3


def test_score_moves_the_density_as_differences_do():
    """All five slopes, and that the mean of the score is 0, by quadrature over the quantiles."""
    own = np.array([4.0, 9.5, 6.0, 0.5, 2.0])
    h = np.linspace(-3.4, 3.4, 301)
    q, rest = (1 / (1 + np.exp(sign * np.pi * np.sinh(h))) for sign in (-1, 1))
    weights = np.pi * np.cosh(h) * q * rest * (h[1] - h[0])
    x = np.where(h < 0, scipy.stats.ncf.ppf(q, *own), scipy.stats.ncf.isf(rest, *own))
    scores = np.stack(ncf.score(x, *own))
    np.testing.assert_allclose(scores[:3] @ weights / np.sqrt(scores[:3] ** 2 @ weights), 0, atol=1e-6)
    likelihood = jax.jit(lambda own: ncf.logpdf(x[90::20], *own))
    for i, slope in enumerate(scores[:, 90::20]):
        move = 1e-3 * np.eye(5)[i] * max(own[i], 1)
        one, two = (likelihood(own + n * move) - likelihood(own - n * move) for n in (1, 2))
        np.testing.assert_allclose(slope, (8 * one - two) / 12 / move[i], rtol=1e-7, atol=1e-9)


def test_outside_the_support_and_the_parameters():
    x = np.array([-INF, 0.0, INF, NAN, -1.0])[:, None] * np.ones(3)
    got = areas(x, *(np.full(3, v) for v in (3.0, 5.0, 2.0, 0.0, 1.0)))
    for verb, expected in (("pdf", (0, 0, 0)), ("cdf", (0, 0, 1)), ("sf", (1, 1, 0)), ("logsf", (0, 0, -INF))):
        np.testing.assert_array_equal(got[verb][:, 0], [*expected, NAN, expected[0]])
    bad = np.array([[0, -1, 3, 3, INF, 3], [3, 3, 0, 3, 3, INF], [1, 1, 1, -1, 1, 1]], float)
    for three in (bad[:, :3], bad[:, 3:]):
        assert np.all(np.isnan(areas(np.ones((5, 3)), *three, np.zeros(3), np.ones(3))["logpdf"]))
    assert np.all(np.isnan(ncf.mean(*bad)))
    start = areas(np.zeros((5, 3)), np.array([1.0, 2.0, 3.0]), *(np.full(3, v) for v in (5.0, 1.0, 0.0, 1.0)))
    np.testing.assert_allclose(start["pdf"][0], [INF, np.exp(-0.5), 0.0])
    rise = jax.jit(jax.vmap(jax.grad(ncf.pdf), (None, 0, None, None)))(0.0, np.array([2.0, 4.0, 5.0]), 5.0, 1.0)
    np.testing.assert_allclose(rise, np.array([-0.7, 5.6, 0.0]) * np.exp(-0.5), rtol=1e-13)


def test_random_numbers_follow_the_law():
    own = (3.0, 12.0, 4.0, 0.5, 2.0)
    drawn = np.asarray(ncf.rvs(random.key(5), *own, size=4000))
    assert scipy.stats.kstest(drawn, scipy.stats.ncf(*own).cdf).pvalue > 0.01


def test_fit_recovers_the_parameters_and_is_stationary():
    data = scipy.stats.ncf.rvs(4.0, 15.0, 8.0, size=500, random_state=1)
    found = ncf.fit(data)
    np.testing.assert_allclose((1 + found.nc / found.dfn, found.dfd), (3.0, 15.0), rtol=0.3)
    assert np.mean(ncf.logpdf(data, *found)) > np.mean(scipy.stats.ncf.logpdf(data, 4.0, 15.0, 8.0))
    slopes = np.stack(ncf.score(data, *found))[:3]
    np.testing.assert_allclose(np.mean(slopes, axis=1) / np.mean(np.abs(slopes), axis=1), 0.0, atol=1e-10)


def test_nothing_in_float32_is_float64_inside():
    point = [np.float32(v) for v in (5.0, 9.0, 2.0, 0.5, 2.0)]
    for verb in ("logpdf", "logcdf", "ppf", "score"):
        program = jax.make_jaxpr(getattr(ncf, verb))(np.full(3, 0.9, np.float32), *point)
        assert "f64[3]" not in str(program)
        assert program.out_avals[0].dtype == jnp.float32
