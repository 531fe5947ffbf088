"""The noncentral chi-square family: SciPy on a grid, mpmath where that is the less accurate."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import scipy.stats
from jax import random

from mathml_jax.distributions import chi2, ncx2

INF = np.inf
ROWS = tuple(np.array([[0.7, 0.3, 0.5, 2.0], [2.0, 4.0, 0.5, 2.0], [5.5, 1.5, 0.5, 2.0], [90.0, 300.0, 0.5, 2.0]]).T)
LEVELS = np.array([1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9])[:, None]
X = scipy.stats.ncx2.ppf(LEVELS, *ROWS)


@pytest.mark.parametrize("verb", ["pdf", "logpdf", "cdf", "sf", "logcdf", "logsf"])
def test_areas_agree_with_scipy(verb):
    got, expected = getattr(ncx2, verb)(X, *ROWS), getattr(scipy.stats.ncx2, verb)(X, *ROWS)
    np.testing.assert_allclose(got, expected, rtol=2e-10, atol=1e-12 if verb.startswith("log") else 0.0)


def test_quantiles_invert():
    q = np.array([1e-300, 1e-100, 1e-9, 0.01, 0.3, 0.5, 0.6, 0.99])[:, None]
    own = [row[1:] for row in ROWS[:2]]
    there_and_back = jax.jit(lambda q: (ncx2.cdf(ncx2.ppf(q, *own), *own), ncx2.sf(ncx2.isf(q, *own), *own)))
    for back in there_and_back(q):
        np.testing.assert_allclose(back, np.broadcast_to(q, back.shape), rtol=1e-12)


@pytest.mark.parametrize(("x", "df", "nc"), [(1e4, 3.0, 50.0), (0.05, 40.0, 700.0), (1e5, 1e3, 8e4), (1e-3, 0.5, 3.0)])
def test_density_against_the_bessel_function(x, df, nc):
    with mpmath.workdps(60):
        x_, n, c = mpmath.mpf(x), mpmath.mpf(df), mpmath.mpf(nc)
        bessel = mpmath.log(mpmath.besseli(n / 2 - 1, mpmath.sqrt(c * x_)))
        exact = float(-mpmath.log(2) - (x_ + c) / 2 + (n / 4 - 0.5) * mpmath.log(x_ / c) + bessel)
    np.testing.assert_allclose(ncx2.logpdf(x, df, nc), exact, rtol=4 * 2.0**-52)


def test_the_law_in_numbers():
    theirs = scipy.stats.ncx2
    for verb in ("mean", "var", "std"):
        np.testing.assert_allclose(getattr(ncx2, verb)(*ROWS), getattr(theirs, verb)(*ROWS), rtol=1e-13)
    np.testing.assert_allclose((ncx2.skew(*ROWS), ncx2.kurtosis(*ROWS)), theirs.stats(*ROWS, moments="sk"), rtol=1e-12)
    # SciPy's entropy of the last row is far off.
    expected = [theirs.entropy(*(row[i] for row in ROWS)) for i in (1, 2)]
    np.testing.assert_allclose(ncx2.entropy(*ROWS)[1:3], expected, rtol=1e-9)
    mode = np.asarray(ncx2.mode(*ROWS))
    assert mode[0] == 0.5
    for side in (-1e-4, 1e-4):
        assert np.all(ncx2.pdf(mode[1:], *(r[1:] for r in ROWS)) > ncx2.pdf(mode[1:] + side, *(r[1:] for r in ROWS)))
    np.testing.assert_allclose(ncx2.entropy(ROWS[0], 0.0), chi2.entropy(ROWS[0]), rtol=1e-8)


def test_mode_moves_as_its_slope_says():
    slopes = jax.grad(ncx2.mode, (0, 1))(5.0, 3.0)
    steps = [(ncx2.mode(5.0 + h, 3.0 + k) - ncx2.mode(5.0 - h, 3.0 - k)) / 2e-4 for h, k in ((1e-4, 0.0), (0.0, 1e-4))]
    np.testing.assert_allclose(slopes, steps, rtol=1e-8)


def test_score_and_information():
    """The mean of the score is 0 and its covariance the information, by quadrature over the quantiles."""
    own = (7.0, 3.0, 0.5, 2.0)
    h = np.linspace(-3.4, 3.4, 401)
    q, rest = (1 / (1 + np.exp(sign * np.pi * np.sinh(h))) for sign in (-1, 1))
    weights = np.pi * np.cosh(h) * q * rest * (h[1] - h[0])
    theirs = scipy.stats.ncx2
    scores = np.stack(ncx2.score(np.where(h < 0, theirs.ppf(q, *own), theirs.isf(rest, *own)), *own))
    information = np.asarray(ncx2.fisher_information(*own))
    size = np.sqrt(np.diag(information))
    np.testing.assert_allclose(scores @ weights / size, 0, atol=1e-6)
    covariance = (scores * weights) @ scores.T
    np.testing.assert_allclose(covariance / np.outer(size, size), information / np.outer(size, size), atol=1e-6)


def test_gradients_in_everything_against_differences():
    point = jnp.array([4.0, 3.5, 2.5, 0.5, 2.0])

    def verbs(point):
        x, *own = point
        return jnp.stack([ncx2.logpdf(x, *own), ncx2.logcdf(x, *own), ncx2.logsf(x, *own)])

    got = jax.jit(jax.jacfwd(verbs))(point)
    moves, many = 1e-3 * jnp.eye(5), jax.jit(jax.vmap(verbs))
    one, two = (many(point[None] + n * moves) - many(point[None] - n * moves) for n in (1, 2))
    np.testing.assert_allclose(got.T, (8 * one - two) / 0.012, rtol=1e-9, atol=1e-10)


def test_outside_the_support_and_the_parameters():
    x = np.array([-INF, 0.0, INF, np.nan])
    for verb, expected in (("pdf", (0, 0, 0)), ("cdf", (0, 0, 1)), ("sf", (1, 1, 0))):
        np.testing.assert_array_equal(getattr(ncx2, verb)(x, 3.0, 2.0), [*expected, np.nan])
    df, nc = np.array([0.0, -1.0, 3.0, INF, 3.0, np.nan]), np.array([1.0, 1.0, -1.0, 1.0, INF, 1.0])
    assert np.all(np.isnan(ncx2.logpdf(1.0, df, nc)))
    assert np.all(np.isnan(ncx2.mean(df, nc)))
    assert np.isnan(ncx2.logpdf(1.0, 3.0, 2.0, 0.0, 0.0))
    np.testing.assert_array_equal(ncx2.pdf(0.0, np.array([1.0, 2.0, 3.0]), 0.0), [INF, 0.5, 0.0])


def test_random_numbers_follow_the_law():
    drawn = np.asarray(ncx2.rvs(random.key(5), 3.0, 4.0, 0.5, 2.0, size=20_000))
    assert scipy.stats.kstest(drawn, scipy.stats.ncx2(3.0, 4.0, 0.5, 2.0).cdf).pvalue > 0.01


def test_fit_recovers_the_parameters_and_is_stationary():
    data = scipy.stats.ncx2.rvs(6.0, 20.0, size=500, random_state=1)
    found = ncx2.fit(data)
    # The data know the sum of both better than either.
    np.testing.assert_allclose(found.df + found.nc, 26.0, rtol=0.05)
    assert np.mean(ncx2.logpdf(data, *found)) > np.mean(scipy.stats.ncx2.logpdf(data, 6.0, 20.0))
    slopes = ncx2.score(data, *found)[:2]
    np.testing.assert_allclose(np.mean(slopes, axis=1) / np.mean(np.abs(slopes), axis=1), 0.0, atol=1e-11)


def test_nothing_in_float32_is_float64_inside():
    point = [np.float32(v) for v in (5.0, 2.0, 0.5, 2.0)]
    for verb in ("logpdf", "logcdf", "ppf", "entropy", "mode"):
        first = [] if verb in ("entropy", "mode") else [np.full(3, 0.4, np.float32)]
        program = jax.make_jaxpr(getattr(ncx2, verb))(*first, *point)
        assert "f64[3]" not in str(program)
        assert program.out_avals[0].dtype == jnp.float32
