"""The noncentral t law: against certified integrals, against Student's law, and against itself."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from jax import random

from mathml_jax.distributions import nct, t
from mathml_jax.special.noncentral_t import nctdtr, nctdtr_derivative, nctdtrit

INF, NAN = np.inf, np.nan
DF, NC = np.array([0.4, 1.0, 3.3, 12.0, 1e3, 1e7]), np.array([1.0, -2.0, 0.5, 3.0, -6.0, 25.0])
SHIFT = (0.5, 2.0)

# df, nc, x, the logarithm of the lower tail, of the upper one and of the density, by integration in ball arithmetic.
CERTIFIED = np.array(
    [
        (1.0, 0.5, -20.0, -4.842651877500892, -0.007917373136965193, -7.83960779560371),
        (3.3, -2.0, 2.0, -0.0005942768778550385, -7.428462346592467, -7.149519814190769),
        (12.0, 3.0, -1.5, -11.636121719008402, -8.840940473740194e-06, -10.44462852953394),
        (30.0, 2.0, 60.0, -9.59221949427567e-29, -64.51401539630766, -65.21862810098237),
        (1000.0, -6.0, 20.0, -2.7432220307146827e-126, -289.1165885640879, -286.2400619172519),
        (1000000.0, 25.0, 20.0, -15.062431538503612, -2.8738835148068186e-07, -13.416514242070606),
        (1000000.0, -25.0, 10.0, -1.1600207131324653e-268, -616.9443670612967, -613.3884295988574),
        (5.0, 30.0, 12.0, -11.277469922355266, -1.265493127177867e-05, -10.481213599020425),
        (2.5, -8.0, -1000000.0, -29.157266969602766, -2.173501016922699e-13, -42.05648679573174),
        (40.0, 100.0, 60.0, -17.89652621266662, -1.6890302365885905e-08, -17.70742284578287),
        (1.26, 5.1, 6.6, -0.7320054973531716, -0.6557425219017698, -2.572719548727851),
        (0.11, -4.0, -34.4, -0.37036739393080664, -1.1727345253242936, -6.116457792474869),
        (1.725, -6.000001, -7.0, -0.6264557866114469, -0.7646061668733727, -2.413558948395623),
        (0.01, 2.0, 1.5, -3.1223645715639785, -0.04505268020469629, -5.066990593435983),
    ]
)


def test_certified_integrals():
    df, nc, x, *expected = CERTIFIED.T
    for verb, values in zip(("logcdf", "logsf", "logpdf"), expected, strict=True):
        np.testing.assert_allclose(getattr(nct, verb)(x, df, nc), values, rtol=2e-13, atol=1e-14)
        single = getattr(nct, verb)(*(v.astype(np.float32) for v in (x, df, nc)))
        assert single.dtype == jnp.float32


@pytest.mark.parametrize("verb", ["pdf", "logpdf", "cdf", "sf", "logcdf", "logsf"])
def test_without_noncentrality_it_is_students(verb):
    x = np.array([-1e9, -30, -2, -0.1, 0, 0.7, 5, 1e5])[:, None]
    df = np.array([1.0, 2.5, 40, 1e6])
    np.testing.assert_allclose(
        getattr(nct, verb)(x, df, 0.0, *SHIFT), getattr(t, verb)(x, df, *SHIFT), rtol=2e-12, atol=1e-300
    )


def test_infinitely_many_degrees_of_freedom_are_the_normal_law():
    x = np.array([-30.0, -3, 2, 5, 30])
    for verb in ("logpdf", "logcdf", "logsf", "pdf"):
        expected = getattr(scipy.stats.norm, verb)(x, 1.5)
        np.testing.assert_allclose(getattr(nct, verb)(x, INF, 1.5), expected, rtol=1e-12)


def test_quantiles_invert_in_both_tails():
    q = np.array([1e-100, 1e-30, 1e-3, 0.2, 0.5, 0.8, 1 - 1e-9])[:, None]
    df, nc = DF[1:], NC[1:]
    np.testing.assert_allclose(nct.cdf(nct.ppf(q, df, nc), df, nc), np.broadcast_to(q, (7, 5)), rtol=2e-11)
    np.testing.assert_allclose(nct.sf(nct.isf(q, df, nc), df, nc), np.broadcast_to(q, (7, 5)), rtol=2e-11)
    np.testing.assert_array_equal(nct.ppf(np.array([0, 1, -0.1, 1.1, NAN]), 3.0, 1.0), [-INF, INF, NAN, NAN, NAN])


def test_agrees_with_scipy():
    x = np.array([-1.0, 0.3, 1.2, 4.0])[:, None]
    df, nc = np.array([1.5, 4.5, 30.0]), np.array([-1.0, 1.5, 2.0])
    theirs = scipy.stats.nct
    for verb in ("pdf", "cdf", "sf"):
        np.testing.assert_allclose(getattr(nct, verb)(x, df, nc), getattr(theirs, verb)(x, df, nc), rtol=1e-10)
    df, nc = df[1:], nc[1:]
    expected = [
        *(getattr(theirs, v)(df, nc, *SHIFT) for v in ("mean", "var", "std")),
        *theirs.stats(df, nc, moments="sk"),
    ]
    values = [getattr(nct, v)(df, nc, *SHIFT) for v in ("mean", "var", "std")] + [
        nct.skew(df, nc),
        nct.kurtosis(df, nc),
    ]
    for got, other in zip(values, expected, strict=True):
        np.testing.assert_allclose(got, other, rtol=1e-11)
    np.testing.assert_array_equal(nct.var(np.array([1.0, 2.0]), 1.0), [NAN, INF])
    np.testing.assert_array_equal(np.isnan(nct.mean(np.array([1.0, 1.1]), 1.0)), [True, False])


def test_derivatives_in_everything_against_differences():
    df, nc = np.array([0.8, 3.3, 12.0, 300.0, 0.11]), np.array([1.0, -2.0, 3.0, -1.0, -4.0])
    x = np.array([2.0, 1.5, -0.5, -3.0, -34.0])
    functions = {
        "logcdf": (lambda x, df, nc: nct.logcdf(x, df, nc), x),
        "logsf": (lambda x, df, nc: nct.logsf(x, df, nc), x),
        "logpdf": (lambda x, df, nc: nct.logpdf(x, df, nc), x),
        "ppf": (lambda q, df, nc: nct.ppf(q, df, nc), np.array([0.3, 0.01, 0.7, 0.4, 0.6])),
    }
    for function, first in functions.values():
        point = (first, df, nc)
        slopes = jax.jit(jax.vmap(jax.grad(function, (0, 1, 2))))(*point)
        for i, slope in enumerate(slopes):
            step = 1e-3 * np.minimum(np.abs(point[i]), 1.0)
            moved = [function(*(a + k * step * (i == j) for j, a in enumerate(point))) for k in (1, -1, 2, -2)]
            expected = (8 * (moved[0] - moved[1]) - (moved[2] - moved[3])) / (12 * step)
            np.testing.assert_allclose(slope, expected, rtol=1e-7, atol=1e-9)


def test_second_derivatives_of_power():
    """In the noncentrality: that of the probability of rejecting."""
    power = jax.grad(lambda nc: nct.sf(1.7, 19.0, nc))
    expected = (power(2.0 + 1e-5) - power(2.0 - 1e-5)) / 2e-5
    np.testing.assert_allclose(jax.grad(power)(2.0), expected, rtol=1e-8)


def test_random_numbers_and_fit():
    drawn = np.asarray(nct.rvs(random.key(5), 7.0, 1.5, *SHIFT, size=20_000))
    assert scipy.stats.kstest(drawn, lambda x: np.asarray(nct.cdf(x, 7.0, 1.5, *SHIFT))).pvalue > 0.01
    data = (drawn[:1000] - 0.5) / 2
    found = nct.fit(data)
    np.testing.assert_allclose(found, (7.0, 1.5, 0.0, 1.0), atol=2.5)
    slopes = np.stack(nct.score(data, *found))[:2]
    assert np.all(np.abs(slopes.mean(1)) < 1e-9 * np.abs(slopes).mean(1))


def test_edges():
    x = np.array([-INF, INF, NAN])
    np.testing.assert_array_equal(nctdtr(3.0, 1.0, x), [0, 1, NAN])
    np.testing.assert_array_equal(nctdtr_derivative(3.0, 1.0, x), [0, 0, NAN])
    np.testing.assert_array_equal(nctdtr(np.array([0, -1, NAN, 3]), np.array([1, 1, 1, NAN]), 0.5), [NAN] * 4)
    np.testing.assert_array_equal(nctdtrit(np.array([0, 3, 3]), 1.0, np.array([0.5, 0, 1])), [NAN, -INF, INF])
    np.testing.assert_allclose(nctdtr(5.0, 1.5, 0.0), scipy.stats.norm.cdf(-1.5), rtol=1e-13)
    slopes = jax.jit(jax.vmap(jax.grad(nctdtr, (0, 1, 2))))(np.full(2, 3.0), np.full(2, 1.0), x[:2])
    np.testing.assert_array_equal(slopes, np.zeros((3, 2)))


def test_dtypes():
    for f in (nctdtr, nctdtrit):
        assert f(jnp.float16(2), jnp.float16(1), jnp.float16(0.25)).dtype == jnp.float16
        assert "f64[3]" not in str(jax.make_jaxpr(f)(*(np.full(3, v, np.float32) for v in (2, 1, 0.3))))
