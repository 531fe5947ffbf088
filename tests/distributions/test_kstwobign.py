"""The Kolmogorov law: SciPy where it is right, mpmath's values in the tails, quadrature for the numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from jax import random

from mathml_jax.distributions import kstwobign

INF, NAN = np.inf, np.nan
SHIFT = (0.5, 2.0)


@pytest.mark.parametrize("verb", ["pdf", "logpdf", "cdf", "sf", "logcdf", "logsf"])
def test_areas_agree_with_scipy(verb):
    x = 0.5 + 2 * np.linspace(0.2, 4, 60)
    expected = getattr(scipy.stats.kstwobign, verb)(x, *SHIFT)
    # SciPy's density is right to eight digits near the median.
    far = 1e-7 if "pdf" in verb else 3e-13
    np.testing.assert_allclose(getattr(kstwobign, verb)(x, *SHIFT), expected, rtol=far, atol=1e-15)


# By mpmath's series with 60 digits.
@pytest.mark.parametrize(
    ("verb", "x", "expected"),
    [
        ("logcdf", 0.01, -12331.481392642505),
        ("logsf", 100.0, -19999.306852819440),
        ("logpdf", 0.01, -12316.762757203257),
        ("logpdf", 100.0, -19993.315388272332),
    ],
)
def test_logarithms_where_the_tails_underflow(verb, x, expected):
    np.testing.assert_allclose(getattr(kstwobign, verb)(x), expected, rtol=1e-15)


def test_quantiles_invert():
    q = np.array([1e-300, 1e-30, 1e-3, 0.2, 0.5, 0.8, 1 - 1e-9])
    np.testing.assert_allclose(kstwobign.cdf(kstwobign.ppf(q)), q, rtol=3e-13)
    np.testing.assert_allclose(kstwobign.sf(kstwobign.isf(q)), q, rtol=3e-13)
    np.testing.assert_array_equal(kstwobign.ppf(np.array([0, 1, -0.1, NAN]), *SHIFT), [0.5, INF, NAN, NAN])
    np.testing.assert_array_equal(kstwobign.isf(np.array([0, 1, 1.1]), *SHIFT), [INF, 0.5, NAN])


def test_the_law_in_numbers():
    x, weights = np.polynomial.legendre.leggauss(200)
    x = 0.05 + 2.5 * (x + 1)
    weights = 2.5 * weights * np.asarray(kstwobign.pdf(x))
    mean = weights @ x
    second, third, fourth = (weights @ (x - mean) ** n for n in (2, 3, 4))
    expected = {
        "mean": mean,
        "var": second,
        "skew": third / second**1.5,
        "kurtosis": fourth / second**2 - 3,
        "entropy": -weights @ np.asarray(kstwobign.logpdf(x)),
    }
    for verb, value in expected.items():
        np.testing.assert_allclose(getattr(kstwobign, verb)(), value, rtol=1e-11, atol=1e-13)
    score = np.stack(kstwobign.score(x))
    np.testing.assert_allclose(score @ weights, [0, 0], atol=1e-11)
    np.testing.assert_allclose((score * weights) @ score.T, kstwobign.fisher_information(), rtol=1e-12)
    np.testing.assert_allclose(kstwobign.score(kstwobign.mode()).loc, 0, atol=1e-12)


def test_random_numbers_and_fit():
    drawn = kstwobign.rvs(random.key(5), *SHIFT, size=100_000)
    assert scipy.stats.kstest(np.asarray(drawn), scipy.stats.kstwobign(*SHIFT).cdf).pvalue > 0.01
    found = kstwobign.fit(drawn[:4000])
    np.testing.assert_allclose(found, SHIFT, rtol=0.1)
    slopes = np.stack(kstwobign.score(drawn[:4000], *found))
    assert np.all(np.abs(slopes.mean(1)) < 1e-11 * np.abs(slopes).mean(1))


def test_edges():
    x = np.array([-INF, -1, 0, INF, NAN])
    np.testing.assert_array_equal(kstwobign.pdf(x), [0, 0, 0, 0, NAN])
    np.testing.assert_array_equal(kstwobign.logpdf(x), [-INF, -INF, -INF, -INF, NAN])
    np.testing.assert_array_equal(kstwobign.cdf(x), [0, 0, 0, 1, NAN])
    np.testing.assert_array_equal(kstwobign.sf(x), [1, 1, 1, 0, NAN])
    np.testing.assert_array_equal(jax.vmap(jax.grad(kstwobign.cdf))(x[:4]), np.zeros(4))
    assert np.isnan(kstwobign.cdf(1.0, 0.0, -1.0))
    point = [np.full(3, v, np.float32) for v in (0.7, 0.0, 1.0)]
    for verb in ("logpdf", "logcdf", "ppf"):
        assert "f64[3]" not in str(jax.make_jaxpr(getattr(kstwobign, verb))(*point))
        assert getattr(kstwobign, verb)(*point).dtype == jnp.float32
