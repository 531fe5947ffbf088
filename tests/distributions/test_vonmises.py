"""The law of von Mises: mpmath is the oracle, SciPy where it is right."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import random

from mathml_jax.distributions import vonmises as law
from tests.distributions.one_shape import OneShape

vonmises = OneShape(law)
EPS = 2.0**-52
SHIFT = (0.5, 2.0)
KAPPAS = np.array([0.0, 0.3, 2.0, 40.0, 900.0])


def tail(x, kappa):
    """The probability from x to half a turn behind the mode, in forty digits."""
    with mp.workdps(40):
        x, kappa = mp.mpf(float(x)), mp.mpf(float(kappa))
        end = mp.pi if kappa < 1 else min(mp.pi, x + 30 / mp.sqrt(kappa))
        area = mp.quad(lambda t: mp.exp(kappa * (mp.cos(t) - mp.cos(x))), mp.linspace(x, end, 7))
        return mp.exp(kappa * mp.cos(x)) * area / (2 * mp.pi * mp.besseli(0, kappa))


@pytest.mark.parametrize("verb", ["pdf", "logpdf", "cdf", "sf"])
def test_agrees_with_scipy_over_several_turns(verb):
    x = np.linspace(-14.0, 15.0, 59)[:, None]
    got, expected = (getattr(of, verb)(x, KAPPAS, *SHIFT) for of in (vonmises, scipy.stats.vonmises))
    # SciPy's areas are right to so many digits in the middle only.
    np.testing.assert_allclose(got, expected, **({"rtol": 2e-12} if "pdf" in verb else {"rtol": 0, "atol": 1e-7}))


@pytest.mark.parametrize(("x", "kappa"), [(0.4, 2.0), (3.1, 0.3), (2.5, 40.0), (0.2, 900.0), (1.2, 900.0), (3.14, 5.0)])
def test_tails_against_mpmath(x, kappa):
    exact = tail(x, kappa)
    for got in (vonmises.sf(x, kappa), vonmises.cdf(-x, kappa)):
        assert abs(float(got) - exact) < 100 * EPS * exact + mp.mpf(10) ** -300
    for got in (vonmises.logsf(x, kappa), vonmises.logcdf(-x, kappa)):
        assert abs(float(got) / mp.log(exact) - 1) < 8 * EPS
    for got in (vonmises.logsf(-x, kappa), vonmises.logcdf(x, kappa)):
        assert abs(float(got) - mp.log1p(-exact)) < 100 * EPS * exact + mp.mpf(10) ** -300
    q = float(exact)
    if q > 1e-300:
        np.testing.assert_allclose([vonmises.isf(q, kappa), -vonmises.ppf(q, kappa)], x, rtol=4 * EPS)


def test_quantiles_invert_from_far_tails_to_the_centre():
    levels = [0.0, 1e-300, 1e-100, 1e-20, 1e-2, 0.1, 0.24, 0.26, 0.5 - 1e-9, 0.5, 0.5 + 1e-9, 1.0]
    q, kappa = np.broadcast_arrays(np.array(levels)[:, None], np.array([0.0, 1e-8, 0.3, 2.0, 40.0, 900.0, 1e8]))
    x = np.asarray(vonmises.ppf(q, kappa))
    np.testing.assert_array_equal(vonmises.isf(q, kappa), -x)
    np.testing.assert_array_equal(x[[0, 9, 11]], np.broadcast_to([[-np.pi], [0.0], [np.pi]], (3, 7)))
    np.testing.assert_allclose(vonmises.cdf(x, kappa)[4:11], q[4:11], rtol=1e-12)
    # With more concentration the law is normal; with none it is flat.
    np.testing.assert_allclose(x[4:8, -1], scipy.stats.norm.ppf(levels[4:8], scale=1e-4), rtol=1e-7)
    np.testing.assert_allclose(x[:, 0], np.pi * (2 * q[:, 0] - 1), rtol=1e-7)
    # Near the mode the density is flat.
    np.testing.assert_allclose(x[10] * vonmises.pdf(0.0, kappa[10]), q[10] - 0.5, rtol=1e-12)


def test_the_law_in_numbers():
    kappa = np.array([1e-3, 0.4, 3.0, 30.0])
    n = np.arange(1, 80)[:, None]
    ratio = (-1.0) ** n / n**2 * scipy.special.ive(n, kappa) / scipy.special.ive(0, kappa)
    variance = np.pi**2 / 3 + 4 * ratio.sum(axis=0)
    # Of t^4: pi^4 / 5 + 8 sum (-1)^n (pi^2 / n^2 - 6 / n^4) I_n / I_0.
    fourth = np.pi**4 / 5 + 8 * np.sum(ratio * (np.pi**2 - 6 / n**2), axis=0)
    np.testing.assert_allclose(vonmises.var(kappa, *SHIFT), 4 * variance, rtol=1e-12)
    np.testing.assert_allclose(vonmises.std(kappa, *SHIFT), 2 * variance**0.5, rtol=1e-12)
    np.testing.assert_allclose(vonmises.kurtosis(kappa), fourth / variance**2 - 3, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(vonmises.moment(2, kappa, *SHIFT), 4 * variance + 0.25, rtol=1e-12)
    for verb in ("mean", "median", "mode"):
        np.testing.assert_array_equal(getattr(vonmises, verb)(kappa, *SHIFT), np.full(4, SHIFT[0]))
    np.testing.assert_allclose(vonmises.entropy(kappa, *SHIFT), scipy.stats.vonmises.entropy(kappa, *SHIFT), rtol=1e-12)
    np.testing.assert_allclose(vonmises.interval(0.8, 2.0, *SHIFT), scipy.stats.vonmises.interval(0.8, 2.0, *SHIFT))


def test_normal_limit_without_cancellation():
    kappa = 10.0 ** np.array([10.0, 16.0, 100.0, 200.0])
    np.testing.assert_allclose(vonmises.var(kappa) * kappa, 1.0, rtol=1e-9)
    np.testing.assert_allclose(vonmises.entropy(kappa), 0.5 + 0.5 * np.log(2 * np.pi / kappa), rtol=1e-10)
    information = np.asarray(vonmises.fisher_information(kappa[:3]))
    np.testing.assert_allclose(information[:, 0, 0] * kappa[:3] ** 2, 0.5, rtol=1e-9)
    np.testing.assert_allclose(information[:, 2, 2], 2.0, rtol=1e-9)
    np.testing.assert_allclose(
        vonmises.logpdf(2e-8, 1e16), scipy.stats.norm.logpdf(2e-8, scale=1e-8), atol=4 * EPS * 18
    )


def test_score_has_the_fisher_information_as_covariance():
    own = (3.0, *SHIFT)
    t = np.linspace(-np.pi, np.pi, 4001)[1:] - np.pi / 4000
    weights = np.asarray(vonmises.pdf(SHIFT[0] + SHIFT[1] * t, *own)) * SHIFT[1] * 2 * np.pi / 4000
    scores = np.stack(vonmises.score(SHIFT[0] + SHIFT[1] * t, *own))
    np.testing.assert_allclose((scores * weights) @ scores.T, vonmises.fisher_information(*own), atol=1e-5)
    np.testing.assert_allclose((scores @ weights)[:2], 0, atol=1e-12)


@pytest.mark.parametrize("verb", ["logpdf", "cdf", "logsf", "ppf", "isf"])
def test_gradients_in_everything_against_differences(verb):
    function, ours, point = getattr(law, verb), getattr(vonmises, verb), np.array([0.7, 3.0, 0.2, 1.3])
    first = np.array([0.1, 0.4, 0.9]) if verb in ("ppf", "isf") else np.array([-2.8, 0.5, 3.3])
    got = jax.jit(jax.vmap(jax.grad(function, (0, 1, 2, 3)), (0, None, None, None)))(first, *point[1:])
    for place, slope in enumerate(got):
        moved = [[first, *point[1:]] for _ in range(4)]
        for arguments, h in zip(moved, (1e-3, -1e-3, 2e-3, -2e-3), strict=True):
            arguments[place] = arguments[place] + h
        values = [ours(*arguments) for arguments in moved]
        difference = (8 * (values[0] - values[1]) - (values[2] - values[3])) / 12e-3
        np.testing.assert_allclose(slope, difference, rtol=3e-8, atol=2e-9)


def test_gradients_at_the_edges():
    slopes = jax.jit(jax.grad(law.ppf, (0, 1)))(0.0, 2.0)
    np.testing.assert_allclose(slopes, (1 / vonmises.pdf(np.pi, 2.0), 0.0), rtol=1e-13)
    np.testing.assert_allclose(jax.grad(law.ppf)(0.5, 2.0), 1 / vonmises.pdf(0.0, 2.0), rtol=1e-13)
    assert jax.grad(law.logpdf)(0.0, 2.0) == 0
    for x in (0.0, 1.0):
        np.testing.assert_allclose(jax.grad(law.logpdf, 1)(x, 0.0), np.cos(x), atol=EPS)
        np.testing.assert_allclose(jax.grad(law.cdf, 1)(x, 0.0), np.sin(x) / (2 * np.pi), atol=EPS)
    second = jax.hessian(law.logcdf, (0, 1))(-1.0, 2.0)
    assert np.all(np.isfinite(np.stack([np.stack(row) for row in second])))


def test_fit_recovers_the_parameters_and_is_stationary():
    data = scipy.stats.vonmises.rvs(3.0, 1.0, size=4000, random_state=1)
    found = vonmises.fit(data)
    np.testing.assert_allclose(found, scipy.stats.vonmises.fit(data, fscale=1), rtol=1e-9)
    scores = vonmises.score(data, *map(float, found))
    assert abs(np.mean(scores.kappa)) < 1e-13
    assert abs(np.mean(scores.loc)) < 1e-13
    np.testing.assert_allclose(vonmises.fit(2 * data, fscale=2.0), np.array(found) * [1, 2, 2], rtol=1e-9)
    near = 1e-6 * np.random.default_rng(0).normal(size=50)
    np.testing.assert_allclose(vonmises.fit(near)[0] * np.var(near), 1.0, rtol=1e-6)
    assert vonmises.fit(np.full(5, 0.25))[0] == np.inf
    assert vonmises.fit(np.array([0.0, np.pi / 2, np.pi, -np.pi / 2]))[0] < 1e-15

    def estimated(h):
        return vonmises.fit(data[:9] + h * np.arange(9.0))[0]

    slope = jax.grad(estimated)(0.0)
    np.testing.assert_allclose(slope, (estimated(1e-5) - estimated(-1e-5)) / 2e-5, rtol=1e-7)


@pytest.mark.parametrize("kappa", [0.0, 3.0])
def test_random_numbers_follow_the_law(kappa):
    drawn = np.asarray(vonmises.rvs(random.key(5), kappa, 0.5, 1.0, size=20_000))
    assert scipy.stats.kstest(drawn - 0.5, lambda x: scipy.stats.vonmises.cdf(x, kappa)).pvalue > 0.01
    assert np.all(np.abs(drawn - 0.5) <= np.pi)


def test_outside_the_parameters():
    for kappa, scale in ((-1.0, 1.0), (np.nan, 1.0), (np.inf, 1.0), (2.0, 0.0), (2.0, -1.0)):
        assert np.isnan(vonmises.pdf(1.0, kappa, 0.0, scale))
        assert np.isnan(vonmises.var(kappa, 0.0, scale))
    assert np.all(np.isnan(vonmises.ppf(np.array([-0.1, 1.1, np.nan]), 2.0)))
    assert np.all(np.isnan(vonmises.logcdf(np.array([-4.0, np.nan]), 2.0)))


def test_nothing_in_float32_is_float64_inside():
    for verb in ("logpdf", "cdf", "logcdf", "ppf", "entropy", "kurtosis"):
        function = getattr(law, verb)
        first = [] if verb in ("entropy", "kurtosis") else [np.full(3, 0.4, np.float32)]
        point = [np.float32(2.0), np.float32(0.5), np.float32(2.0)]
        assert "f64[3]" not in str(jax.make_jaxpr(function)(*first, *point))
        assert function(*first, *point).dtype == jnp.float32
