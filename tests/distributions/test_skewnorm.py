"""The skew-normal law: mpmath is the oracle, SciPy where it is right."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
import scipy.stats
from jax import random

from mathml_jax.distributions import norm
from mathml_jax.distributions import skewnorm as law
from tests.distributions.one_shape import OneShape

skewnorm = OneShape(law)
EPS = 2.0**-52
SHIFT = (0.5, 2.0)
SHAPES = np.array([-20.0, -1.5, 0.0, 0.4, 3.0])


def tail(x, a):
    """The probability of more than x, in thirty digits."""
    with mp.workdps(30):
        x, a = mp.mpf(x), mp.mpf(a)
        low, high = (-a, mp.sqrt(a * a + 160 / (x * x))) if a < 0 else (mp.mpf(0), min(a, 18 / x))
        # Of size 1, as mpmath's tolerance is absolute.
        area = mp.quad(lambda t: mp.exp(x * x * (low * low - t * t) / 2) / (1 + t * t), mp.linspace(low, high, 13))
        wedge = mp.exp(-x * x * (1 + low * low) / 2) * area / mp.pi
        return wedge if a < 0 else mp.erfc(x / mp.sqrt(2)) / 2 + wedge


@pytest.mark.parametrize("verb", ["pdf", "logpdf", "cdf", "sf", "logcdf", "logsf"])
def test_agrees_with_scipy(verb):
    x = (SHIFT[0] + SHIFT[1] * np.linspace(-3.0, 3.0, 13))[:, None]
    got, expected = (getattr(of, verb)(x, SHAPES, *SHIFT) for of in (skewnorm, scipy.stats.skewnorm))
    # SciPy subtracts, and where little is left it integrates.
    right = np.abs(expected) > (1e-4 if verb in ("cdf", "sf", "logcdf", "logsf") else 0)
    right &= ~((verb in ("logcdf", "logsf")) & (expected < -8))
    np.testing.assert_allclose(np.where(right, got, 0), np.where(right, expected, 0), rtol=2e-11)


@pytest.mark.parametrize(("x", "a"), [(2.0, -3.0), (0.05, -90.0), (6.0, -0.8), (5.0, -7.0), (20.0, 2.0), (30.0, -1.1)])
def test_tails_against_mpmath(x, a):
    exact = tail(x, a)
    if exact > 1e-300:
        assert abs(float(skewnorm.sf(x, a)) / exact - 1) < 300 * EPS
        assert abs(float(skewnorm.cdf(-x, -a)) / exact - 1) < 300 * EPS
        np.testing.assert_allclose(skewnorm.isf(float(exact), a), x, rtol=16 * EPS)
        np.testing.assert_allclose(skewnorm.ppf(float(exact), -a), -x, rtol=16 * EPS)
    assert abs(float(skewnorm.logsf(x, a)) / mp.log(exact) - 1) < 16 * EPS
    assert abs(float(skewnorm.logcdf(-x, -a)) / mp.log(exact) - 1) < 16 * EPS
    assert abs(float(skewnorm.logsf(-x, -a)) - mp.log1p(-exact)) < 300 * EPS * exact + mp.mpf(10) ** -300


def test_without_skewness_it_is_normal_and_with_much_half_of_it():
    x = np.array([-40.0, -3.0, 0.0, 0.2, 12.0])
    for verb in ("logpdf", "cdf", "logsf"):
        np.testing.assert_allclose(getattr(skewnorm, verb)(x, 0.0), getattr(norm, verb)(x), rtol=16 * EPS)
    np.testing.assert_allclose(skewnorm.logsf(x[2:], 1e8), scipy.stats.halfnorm.logsf(x[2:]), rtol=1e-12, atol=1e-8)
    np.testing.assert_allclose(skewnorm.cdf(1e-3, 1e8), scipy.stats.halfnorm.cdf(1e-3), rtol=1e-5)


def test_quantiles_invert_in_both_tails():
    q = np.array([1e-300, 1e-80, 1e-9, 0.02, 0.3, 0.5, 0.7, 0.999])
    q, a = np.broadcast_arrays(q[:, None], np.array([-900.0, -4.0, -0.5, 0.0, 0.5, 4.0, 900.0]))
    x = skewnorm.ppf(q, a)
    np.testing.assert_allclose(skewnorm.cdf(x, a), q, rtol=2e-12)
    np.testing.assert_allclose(skewnorm.isf(q, -a), -np.asarray(x), rtol=0)
    np.testing.assert_array_equal(skewnorm.ppf(np.array([0.0, 1.0]), 2.0), [-np.inf, np.inf])
    assert np.all(np.isnan(skewnorm.ppf(np.array([-0.1, 1.1, np.nan]), 2.0)))


def test_the_law_in_numbers():
    ours, theirs = skewnorm, scipy.stats.skewnorm
    a = np.array([-30.0, -1.5, 0.01, 0.4, 3.0])
    for verb in ("mean", "var", "std", "median"):
        np.testing.assert_allclose(getattr(ours, verb)(a, *SHIFT), getattr(theirs, verb)(a, *SHIFT), rtol=1e-11)
    np.testing.assert_allclose((ours.skew(a), ours.kurtosis(a)), theirs.stats(a, moments="sk"), rtol=1e-11)
    np.testing.assert_allclose(ours.entropy(a, *SHIFT), [theirs.entropy(v, *SHIFT) for v in a], rtol=1e-9)
    for order in (3, 4):
        expected = [theirs.moment(order, v, *SHIFT) for v in a]
        np.testing.assert_allclose(ours.moment(order, a, *SHIFT), expected, rtol=1e-10)
    many = np.array([-1e8, -30.0, -1.0, 1e-9, 0.02, 0.5, 2.0, 1e3, 1e12])
    mode = np.asarray(ours.mode(many))
    hazard = np.exp(scipy.stats.norm.logpdf(many * mode) - scipy.stats.norm.logcdf(many * mode))
    np.testing.assert_allclose(mode, many * hazard, rtol=1e-11)


@pytest.mark.parametrize("a", [-2.0, 0.0, 5.0])
def test_score_has_mean_zero_and_the_fisher_information_as_covariance(a):
    own = (a, *SHIFT)
    z = np.linspace(-9.0, 9.0, 3001)
    x = SHIFT[0] + SHIFT[1] * z
    weights = np.asarray(skewnorm.pdf(x, *own)) * SHIFT[1] * (z[1] - z[0])
    scores = np.stack(skewnorm.score(x, *own))
    np.testing.assert_allclose(scores @ weights, 0, atol=1e-12)
    np.testing.assert_allclose((scores * weights) @ scores.T, skewnorm.fisher_information(*own), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("verb", ["logpdf", "cdf", "logsf", "ppf", "isf"])
def test_gradients_in_everything_against_differences(verb):
    function, ours = getattr(law, verb), getattr(skewnorm, verb)
    first = np.array([0.1, 0.4, 0.9]) if verb in ("ppf", "isf") else np.array([-1.8, 0.5, 3.3])
    point = [first, 0.7 if verb == "ppf" else -2.0, 0.2, 1.3]
    got = jax.jit(jax.vmap(jax.grad(function, (0, 1, 2, 3)), (0, None, None, None)))(*point)
    for place, slope in enumerate(got):
        moved = [list(point) for _ in range(4)]
        for arguments, h in zip(moved, (1e-3, -1e-3, 2e-3, -2e-3), strict=True):
            arguments[place] = arguments[place] + h
        values = [ours(*arguments) for arguments in moved]
        difference = (8 * (values[0] - values[1]) - (values[2] - values[3])) / 12e-3
        np.testing.assert_allclose(slope, difference, rtol=1e-7, atol=2e-9)


def test_gradients_at_the_edges():
    assert np.all(np.isfinite(jax.jit(jax.grad(law.logsf, (0, 1)))(0.0, 0.0)))
    np.testing.assert_allclose(jax.jit(jax.grad(law.cdf, 1))(0.0, 0.0), -1 / np.pi, rtol=8 * EPS)
    np.testing.assert_allclose(jax.jit(jax.grad(law.ppf))(0.5, 0.0), np.sqrt(2 * np.pi), rtol=1e-14)
    np.testing.assert_allclose(jax.grad(law.mode)(0.0), np.sqrt(2 / np.pi), rtol=1e-14)
    assert np.isfinite(jax.jit(jax.grad(jax.grad(law.logsf)))(3.0, -2.0))


def test_random_numbers_follow_the_law():
    drawn = np.asarray(skewnorm.rvs(random.key(5), -3.0, *SHIFT, size=100_000))
    assert scipy.stats.kstest(drawn, lambda x: np.asarray(skewnorm.cdf(x, -3.0, *SHIFT))).pvalue > 0.01


def test_fit_recovers_the_parameters_and_is_stationary():
    data = scipy.stats.skewnorm.rvs(3.0, *SHIFT, size=2000, random_state=1)
    found = skewnorm.fit(data)
    np.testing.assert_allclose(found, (3.0, *SHIFT), rtol=0.15)
    scores = np.stack(skewnorm.score(data, *map(float, found)))
    assert np.all(np.abs(np.mean(scores, axis=1)) < 1e-11)
    np.testing.assert_allclose(skewnorm.fit(-data), np.array(found) * [-1, -1, 1], rtol=1e-7)


def test_outside_the_parameters():
    for a, scale in ((np.inf, 1.0), (np.nan, 1.0), (2.0, 0.0), (2.0, -1.0)):
        assert np.isnan(skewnorm.pdf(1.0, a, 0.0, scale))
        assert np.isnan(skewnorm.mean(a, 0.0, scale))
    np.testing.assert_array_equal(skewnorm.cdf(np.array([-np.inf, np.inf, np.nan]), 2.0), [0.0, 1.0, np.nan])


def test_nothing_in_float32_is_float64_inside():
    for verb in ("logpdf", "cdf", "logcdf", "ppf", "entropy", "mode"):
        function = getattr(law, verb)
        first = [] if verb in ("entropy", "mode") else [np.full(3, 0.4, np.float32)]
        point = [np.float32(2.0), np.float32(0.5), np.float32(2.0)]
        assert "f64[3]" not in str(jax.make_jaxpr(function)(*first, *point))
        assert function(*first, *point).dtype == jnp.float32
