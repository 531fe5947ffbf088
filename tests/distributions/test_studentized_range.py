"""The law of the studentized range: quantiles invert the tails, moments are the tables', all follows loc and scale."""

from functools import partial

import jax
import numpy as np
import scipy.stats
from jax import random

from mathml_jax.distributions import studentized_range as law
from tests.distributions.one_shape import values

INF, NAN = np.inf, np.nan
OWN = (3.0, 10.0)


def verbs(*names):
    """Several verbs as one function, and one program."""
    return partial(values, jax.jit(lambda *args: [getattr(law, name)(*args) for name in names]))


tails, quantiles = verbs("cdf", "logcdf", "logsf", "pdf"), verbs("ppf", "isf")
moments = jax.jit(lambda *own: [getattr(law, verb)(*own) for verb in ("mean", "var", "skew", "kurtosis", "std")])


def test_quantiles_invert_both_tails():
    q = np.array([1e-300, 1e-100, 1e-12, 0.01, 0.5, 0.95, 1 - 1e-9])[:, None]
    k, df = np.array([2.0, 3.5, 10.0, 40.0]), np.array([5.0, 1.5, 60.0, INF])
    for side, x in enumerate(quantiles(q, k, df)):
        _, *logs, pdf = tails(x, k, df)
        # What a rounding of x moves the logarithm of the tail by, and that of the logarithm itself.
        moved = x * pdf / np.exp(logs[side])
        assert np.all(np.abs(logs[side] - np.log(q)) < 1e-15 * (20 + 4 * moved + 2 * np.abs(np.log(q))))
    edges = quantiles(np.array([0.0, 1.0, -0.1, NAN]), *OWN)
    np.testing.assert_array_equal(edges, [[0, INF, NAN, NAN], [INF, 0, NAN, NAN]])


def test_slopes_of_quantiles_against_differences():
    point = (0.05, *OWN)
    slopes = jax.jit(jax.grad(law.isf, (0, 1, 2)))(*point)
    steps = np.repeat(np.diag([1e-5, 1e-3, 1e-3]), 2, axis=0) * np.array([1, -1] * 3)[:, None]
    around = quantiles(*(np.array(point) + steps).T)[1].reshape(3, 2)
    np.testing.assert_allclose(slopes, (around[:, 0] - around[:, 1]) / [2e-5, 2e-3, 2e-3], rtol=1e-6)


def test_moments_of_tables():
    """d2 and d3 of control charts; for two numbers those of Student's law, folded; where there are none."""
    k = np.array([2.0, 3.0, 5.0, 10.0])
    mean, *_, std = moments(k, np.full(4, INF))
    np.testing.assert_allclose(mean, [1.12838, 1.69257, 2.32593, 3.07751], atol=6e-6)
    np.testing.assert_allclose(std, [0.8525, 0.8884, 0.8641, 0.7971], atol=6e-5)
    df = np.array([5.0, 7.0, 100.0, 1e9])
    mean, var, *_ = moments(np.full(4, 2.0), df)
    np.testing.assert_allclose(var + np.asarray(mean) ** 2, 2 * df / (df - 2), rtol=4e-15)
    mean, var, skew, kurtosis, _ = moments(np.full(4, 3.0), np.array([1.0, 2.0, 3.0, 4.0]))
    np.testing.assert_array_equal(np.isfinite(mean), [False, True, True, True])
    np.testing.assert_array_equal(var[:2], [NAN, INF])
    np.testing.assert_array_equal(np.isnan(skew), [True, True, True, False])
    np.testing.assert_array_equal(np.isnan(kurtosis), [True] * 4)


def test_moments_are_those_of_the_density():
    x, weights = np.polynomial.legendre.leggauss(280)
    x = 30 * (x + 1)
    weights = 30 * weights * tails(x, 4.0, 50.0)[3]
    mean = weights @ x
    second, third, fourth = (weights @ (x - mean) ** n for n in (2, 3, 4))
    expected = [mean, second, third / second**1.5, fourth / second**2 - 3]
    found = [verb[0] for verb in moments(np.full(4, 4.0), np.full(4, 50.0))]
    np.testing.assert_allclose(found[:4], expected, rtol=1e-11)


def test_slopes_of_the_mean():
    """In k by the derivative of Tippett's integral, in df by differences."""
    slopes = jax.jit(jax.grad(law.mean, (0, 1)))(4.0, 50.0)
    x, weights = np.polynomial.legendre.leggauss(200)
    below = scipy.stats.norm.cdf(10 * x)
    of_k = -20 * weights @ (below**4 * np.log(np.maximum(below, 1e-300)))
    df = 50 + np.array([0, 1e-2, -1e-2, 0])
    two, up, down, _ = moments(np.array([2.0, 4, 4, 4]), df)[0]
    np.testing.assert_allclose(slopes, [two * np.sqrt(np.pi) / 2 * of_k, (up - down) / 0.02], rtol=1e-7)


def test_loc_and_scale():
    x = np.array([0.5, 4.0, 9.0])
    logpdf = verbs("logpdf")
    np.testing.assert_allclose(
        logpdf(2 * x + 1, *OWN, 1.0, 2.0)[0], logpdf(x, *OWN, 0.0, 1.0)[0] - np.log(2), rtol=1e-13
    )


def test_random_numbers():
    """Of 3 and of 7.5 numbers."""
    k, df = np.array([3.0, 7.5]), np.array([10.0, 4.0])
    drawn = law.rvs(random.key(5), k, df, size=(280, 2))
    levels = tails(drawn, k, df)[0]
    assert np.all([scipy.stats.kstest(column, "uniform").pvalue > 0.01 for column in levels.T])


def test_bad_input_and_float32():
    k, df = np.array([(1.9, 5.0), (INF, 5.0), (3.0, 0.0), (NAN, 5.0), (3.0, NAN)]).T
    assert np.all(np.isnan([*tails(0.5, k, df), *quantiles(0.5, k, df)]))
    args = [np.full(3, v, np.float32) for v in (0.3, *OWN)]
    for verb in (law.logsf, law.isf):
        assert jax.eval_shape(verb, *args).dtype == np.float32
        assert "f64[3]" not in str(jax.make_jaxpr(verb)(*args))
