"""The families on the gamma and beta functions: SciPy is the oracle, mpmath where that is the less accurate."""

import inspect
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import scipy.stats
from jax import random

from mathml_jax.distributions import (
    bernoulli,
    beta,
    binom,
    chi2,
    f,
    gamma,
    gennorm,
    geom,
    invgamma,
    nbinom,
    poisson,
    randint,
    t,
)
from tests.distributions.one_shape import slopes, values

EPS = 2.0**-52
INF = np.inf
Point = tuple[float, ...]


class Family(NamedTuple):
    """A module, parameters to try it with, and how far SciPy's tails are right."""

    module: Any
    points: tuple[Point, ...]


FAMILIES = {
    "t": Family(t, ((1.0,), (3.3,), (40.0,), (1e5,))),
    "gamma": Family(gamma, ((0.3,), (1.0,), (2.7,), (150.0,))),
    "chi2": Family(chi2, ((0.7,), (2.0,), (5.5,), (300.0,))),
    "beta": Family(beta, ((0.5, 0.5), (1.0, 1.0), (3.2, 4.5), (80.0, 0.7))),
    "f": Family(f, ((1.0, 3.0), (2.0, 9.0), (7.0, 11.0), (60.0, 90.0))),
    "invgamma": Family(invgamma, ((0.6,), (5.5,), (80.0,))),
    "gennorm": Family(gennorm, ((0.6,), (1.0,), (1.7,), (8.0,))),
    "bernoulli": Family(bernoulli, ((0.3,), (0.8,))),
    "binom": Family(binom, ((12.0, 0.3), (400.0, 0.01), (1000.0, 0.6))),
    "poisson": Family(poisson, ((0.2,), (3.3,), (400.0,))),
    "geom": Family(geom, ((0.3,), (0.9,), (1e-3,))),
    "nbinom": Family(nbinom, ((0.4, 0.1), (4.5, 0.3), (60.0, 0.7))),
    "randint": Family(randint, ((2.0, 9.0), (-50.0, 400.0))),
}
NAMES = list(FAMILIES)
CONTINUOUS = [n for n in NAMES if hasattr(FAMILIES[n].module, "pdf")]
COUNTS = [n for n in NAMES if hasattr(FAMILIES[n].module, "pmf")]
SHIFT = {n: (0.5, 2.0) if n in CONTINUOUS else (1.0,) for n in NAMES}
LEVELS = np.concatenate([10.0 ** np.array([-300.0, -100, -30, -10, -4, -2]), [0.1, 0.3, 0.5, 0.6, 0.9, 1 - 1e-9]])


def grid(name):
    """SciPy's family, and columns of quantiles and levels against rows of parameters."""
    family, theirs = FAMILIES[name], getattr(scipy.stats, name)
    rows = np.array(family.points).T
    levels = np.array([1e-12, 1e-5, 0.01, 0.1, 0.3, 0.5, 0.8])[:, None]
    with np.errstate(all="ignore"):
        x = np.concatenate([theirs.ppf(levels, *rows, *SHIFT[name]), theirs.isf(levels, *rows, *SHIFT[name])])
    return theirs, x, [*rows, *SHIFT[name]]


def off(got, expected):
    got, expected = np.asarray(got), np.asarray(expected)
    with np.errstate(all="ignore"):
        error = np.abs(got - expected) / np.maximum(np.abs(expected), np.finfo(float).tiny)
    return np.max(np.where((got == expected) | (np.isnan(got) & np.isnan(expected)), 0.0, error))


# SciPy is the less accurate one: lgamma (nbinom).
LOOSE = {"nbinom": 1e-11, "gennorm": 1e-11}


@pytest.mark.parametrize("verb", ["density", "logdensity", "cdf", "sf", "logcdf", "logsf"])
@pytest.mark.parametrize("name", NAMES)
def test_areas_agree_with_scipy(name, verb):
    theirs, x, parameters = grid(name)
    verb = verb.replace("density", "pdf" if name in CONTINUOUS else "pmf")
    got = values(getattr(FAMILIES[name].module, verb), x, *parameters)
    with np.errstate(all="ignore"):
        expected = getattr(theirs, verb)(x, *parameters)
        got = np.where(np.abs(got - expected) < (1e-13 if verb.startswith("log") else 0.0), expected, got)
    assert off(got, expected) < LOOSE.get(name, 3e-12)


@pytest.mark.parametrize("verb", ["ppf", "isf"])
@pytest.mark.parametrize("name", NAMES)
def test_quantiles_agree_with_scipy_and_invert(name, verb):
    theirs, _, parameters = grid(name)
    ours = FAMILIES[name].module
    levels = LEVELS[6:] if name in COUNTS else LEVELS[4:]
    q = np.concatenate([[0.0], levels, [1.0]])[:, None]
    got = values(getattr(ours, verb), q, *parameters)
    expected = getattr(theirs, verb)(q, *parameters)
    if name in CONTINUOUS:
        assert off(got, expected) < 1e-10
        x = values(getattr(ours, verb), LEVELS[:, None], *parameters)
        back = values(ours.cdf if verb == "ppf" else ours.sf, x, *parameters)
        # Near loc the standard x has few digits; the levels there are not asked.
        asked = (np.abs(x - parameters[-2]) > 1e-3 * np.abs(parameters[-2])) & np.isfinite(x)
        # And near the upper end of a bounded law its complement has few.
        asked &= (name != "beta") | (np.sum(parameters[-2:], axis=0) - x > 1e-3)
        assert np.max(np.where(asked, np.abs(back / LEVELS[:, None] - 1), 0.0)) < 1e-9
    else:
        # What SciPy gives at the ends of the interval differs from family to family.
        np.testing.assert_array_equal(got[1:-1], expected[1:-1])


@pytest.mark.parametrize("name", COUNTS)
def test_quantiles_of_counts_are_exact(name):
    """k is the quantile of its own probability, and of nothing above."""
    ours = FAMILIES[name].module
    rows = [*np.array(FAMILIES[name].points).T, 1.0]
    q = np.concatenate([LEVELS, 1 - LEVELS[3:9]])[:, None]
    k = values(ours.ppf, q, *rows)
    assert np.all(k == np.floor(k))
    at, before = (values(ours.cdf, x, *rows) for x in (k, k - 1))
    assert np.all((at >= q * (1 - 4 * EPS)) & (before < q))
    np.testing.assert_array_equal(values(ours.ppf, at, *rows), k)
    k = values(ours.isf, q, *rows)
    at, before = (values(ours.sf, x, *rows) for x in (k, k - 1))
    assert np.all((at <= q * (1 + 4 * EPS)) & (before > q))


@pytest.mark.parametrize("name", NAMES)
def test_the_law_in_numbers(name):
    ours, theirs = FAMILIES[name].module, getattr(scipy.stats, name)
    rows = [*np.array(FAMILIES[name].points).T, *SHIFT[name]]

    @jax.jit
    def everything(*rows):
        verbs = ("mean", "var", "std", "median", "entropy", "skew", "kurtosis")
        moments = [ours.moment(order, *rows) for order in range(5)]
        return [getattr(ours, verb)(*rows) for verb in verbs], moments, ours.mode(*rows)

    numbers, moments, mode = values(everything, *rows)
    # Not compiled as a whole: its quantiles are programs that stand.
    interval = values(ours.interval.__wrapped__, 0.9, *rows)
    expected = [getattr(theirs, v)(*rows) for v in ("mean", "var", "std", "median")]
    expected += [
        [
            float(theirs.entropy(*[float(r[i]) for r in rows[: len(FAMILIES[name].points[0])]], *SHIFT[name]))
            for i in range(len(rows[0]))
        ]
    ]
    with np.errstate(all="ignore"):
        expected += list(theirs.stats(*rows, moments="sk"))
    for got, other in zip(numbers, expected, strict=True):
        # Where SciPy says inf of a moment that does not exist.
        other = np.where(np.isnan(got) & ~np.isfinite(other), np.nan, other)
        np.testing.assert_allclose(got, other, rtol=2e-9, atol=1e-12)
    finite = np.isfinite(numbers[6])
    for order, got in enumerate(moments):
        for i in np.flatnonzero(finite):
            point = [float(np.broadcast_to(r, finite.shape)[i]) for r in rows]
            np.testing.assert_allclose(got[i], theirs.moment(order, *point), rtol=1e-7)
    tail = np.array(0.05)
    np.testing.assert_allclose(interval, (theirs.ppf(tail, *rows), theirs.isf(tail, *rows)), rtol=1e-11)
    density = theirs.pdf if name in CONTINUOUS else theirs.pmf
    step = 1e-4 if name in CONTINUOUS else 1.0
    inside = np.isfinite(density(mode, *rows))
    for side in (-step, step):
        near = density(mode + side, *rows)
        assert np.all((density(mode, *rows) >= near * (1 - 1e-13)) | ~inside)


# Quadrature over the quantiles (tanh-sinh), or the sum over the counts.
@pytest.mark.parametrize("name", [n for n in NAMES if hasattr(FAMILIES[n].module, "score")])
def test_score_has_mean_zero_and_the_fisher_information_as_covariance(name):
    ours, theirs = FAMILIES[name].module, getattr(scipy.stats, name)
    point = {"gamma": (4.7,), "chi2": (9.5,), "beta": (4.2, 5.5), "f": (9.0, 12.0), "nbinom": (4.5, 0.3)}
    own = (*point.get(name, FAMILIES[name].points[-1] if name == "t" else FAMILIES[name].points[0]), *SHIFT[name])
    own = {"t": (3.3, 0.5, 2.0), "gennorm": (1.7, 0.5, 2.0), "invgamma": (5.5, 0.5, 2.0)}.get(name, own)
    if name in CONTINUOUS:
        h = np.linspace(-3.6, 3.6, 801)
        q, rest = (1 / (1 + np.exp(sign * np.pi * np.sinh(h))) for sign in (-1, 1))
        weights = np.pi * np.cosh(h) * q * rest * (h[1] - h[0])
        x = np.where(h < 0, theirs.ppf(q, *own), theirs.isf(rest, *own))
    else:
        x = 1.0 + np.arange(400.0)
        weights = theirs.pmf(x, *own)
    scores = np.stack(values(ours.score, x, *own))
    scores = np.where((weights > 0) & np.isfinite(scores), scores, 0.0)
    information = values(ours.fisher_information, *own)
    size = np.sqrt(np.diag(information))
    np.testing.assert_allclose(scores @ weights / size, 0, atol=1e-5)
    np.testing.assert_allclose(
        (scores * weights) @ scores.T / np.outer(size, size), information / np.outer(size, size), atol=2e-5
    )


@pytest.mark.parametrize("name", NAMES)
def test_gradients_in_everything_against_differences(name):
    ours = FAMILIES[name].module
    point = np.array([*FAMILIES[name].points[1 if len(FAMILIES[name].points) > 1 else 0], *SHIFT[name]])
    point = {
        "gamma": np.array([2.7, 0.5, 2]),
        "chi2": np.array([5.5, 0.5, 2]),
        "beta": np.array([3.2, 4.5, 0.5, 2]),
        "gennorm": np.array([1.7, 0.5, 2]),
    }.get(name, point)
    theirs = getattr(scipy.stats, name)
    x = theirs.ppf(np.array([0.2, 0.7]), *point)
    continuous = name in CONTINUOUS
    numbers = [i for i, p in enumerate(ours.law.parameters.values()) if not p.whole and (continuous or p.estimated)]
    verbs = ["logpdf", "logcdf", "sf", "ppf"] if continuous else ["logpmf", "logsf"]
    asked = [*([0] if continuous else []), *(i + 1 for i in numbers)]
    for verb in verbs if numbers else []:
        at = np.array([(first, *point) for first in ((0.2, 0.7) if verb == "ppf" else x)])
        size = np.abs([1.0, *point])[asked]
        step = 1e-4 * np.where(size > 0, size, 1.0)
        moves = np.eye(1 + len(point))[asked] * step[:, None]
        around = at + np.multiply.outer([1, -1, 2, -2], moves)[:, :, None]
        up, down, up2, down2 = values(getattr(ours, verb), *np.moveaxis(around, -1, 0))
        with np.errstate(invalid="ignore"):
            slope = (8 * (up - down) - (up2 - down2)) / (12 * step[:, None])
        there = np.isfinite(up)
        got = slopes(getattr(ours, verb), *at.T)[asked]
        np.testing.assert_allclose(got[there], slope[there], rtol=2e-8, atol=2e-9)


@pytest.mark.parametrize("name", NAMES)
def test_outside_the_support_and_the_parameters(name):
    ours = FAMILIES[name].module
    point = (*FAMILIES[name].points[0], *SHIFT[name])
    x, density = np.array([-INF, -1e9, 1e9, INF, np.nan]), "pdf" if name in CONTINUOUS else "pmf"
    with np.errstate(all="ignore"):
        for verb in (density, "cdf", "sf"):
            expected = getattr(getattr(scipy.stats, name), verb)(x, *point)
            expected[3] = 1.0 if verb == "cdf" else 0.0
            np.testing.assert_allclose(values(getattr(ours, verb), x, *point), expected, rtol=1e-6, atol=1e-300)
    bad = [(np.nan, *point[1:]), (*point[:-1], np.nan), *([(-1.0, *point[1:])] if name != "randint" else [])]
    if name in CONTINUOUS:
        bad += [(0.0, *point[1:]), (*point[:-1], 0.0), (*point[:-1], -1.0)]
    for verb in (density, "log" + density):
        assert np.all(np.isnan(values(getattr(ours, verb), 1.0, *np.transpose(bad))))
    assert np.all(np.isnan(values(ours.mean, *np.transpose(bad))))
    assert np.all(np.isnan(values(ours.ppf, [-0.1, 1.1, np.nan], *point)))


@pytest.mark.parametrize("name", NAMES)
def test_random_numbers_follow_the_law(name):
    ours, theirs = FAMILIES[name].module, getattr(scipy.stats, name)
    point = (*FAMILIES[name].points[min(1, len(FAMILIES[name].points) - 1)], *SHIFT[name])
    size = 20_000 if name == "binom" else 100_000
    drawn = np.asarray(ours.rvs(random.key(5), *point, size=size))
    if name in CONTINUOUS:
        assert scipy.stats.kstest(drawn, theirs(*point).cdf).pvalue > 0.01
        return
    cuts = np.unique(theirs.ppf(np.linspace(0.05, 0.95, 19), *point))
    bounds = np.concatenate([[-INF], cuts, [INF]])
    expected = np.diff(np.concatenate([[0.0], theirs.cdf(cuts, *point), [1.0]])) * size
    seen = np.histogram(drawn, bounds + 0.5)[0]
    kept = expected > 0
    assert scipy.stats.chisquare(seen[kept], expected[kept] * seen[kept].sum() / expected[kept].sum()).pvalue > 0.01


@pytest.mark.parametrize(
    ("verb", "point"), [(gamma.rvs, (2.5,)), (beta.rvs, (2.5, 1.5)), (t.rvs, (4.0,)), (chi2.rvs, (3.0,))]
)
def test_random_numbers_have_the_gradient_of_the_quantile(verb, point):
    """In the mean: that of the expectation of the logistic of x, by quadrature."""
    ours = FAMILIES[verb.__module__.rsplit(".", 1)[-1]].module

    def sampled(a):
        return jnp.mean(jax.nn.sigmoid(verb(random.key(0), a, *point[1:], size=20_000)))

    at = ((np.arange(2000) + 0.5) / 2000, *point, 0.0, 1.0)
    share = scipy.special.expit(values(ours.ppf, *at))
    expected = np.mean(share * (1 - share) * slopes(ours.ppf, *at)[1])
    np.testing.assert_allclose(jax.jit(jax.grad(sampled))(point[0]), expected, rtol=0.05, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_fit_recovers_the_parameters_and_is_stationary(name):
    ours, theirs = FAMILIES[name].module, getattr(scipy.stats, name)
    own = {"t": (4.0,), "gamma": (2.7,), "chi2": (5.5,), "f": (7.0, 11.0), "invgamma": (5.5,), "gennorm": (1.7,)}
    point = own.get(name, (3.2, 4.5) if name == "beta" else FAMILIES[name].points[0])
    point = (4.5, 0.3) if name == "nbinom" else point
    data = theirs.rvs(*(int(v) if v == int(v) else v for v in point), *SHIFT[name], size=4000, random_state=1)
    data = data.astype(float)
    known = [v for v, (n, p) in zip(point, ours.law.parameters.items(), strict=False) if not p.estimated]
    options = dict(zip(("floc", "fscale"), SHIFT[name], strict=False))
    held = {n: options[n] for n in inspect.signature(ours.fit).parameters if n in options}
    found = ours.fit(data, *known, **held)
    whole = dict(zip(ours.law.parameters, (*point, *SHIFT[name]), strict=True))
    for parameter, value in found._asdict().items():
        assert abs(float(value) - whole[parameter]) <= 0.15 * max(1.0, abs(whole[parameter]))
    if hasattr(ours, "score"):
        scores = values(ours.score, data, *(whole | found._asdict()).values())
        for parameter, slope in scores._asdict().items():
            if "f" + parameter not in held:
                assert abs(np.mean(slope)) < 1e-11 * np.mean(np.abs(slope))
    batched = jax.vmap(lambda x: ours.fit(x, *known, **held))(np.stack([data, data[::-1]]))
    for one, both in zip(found, batched, strict=True):
        np.testing.assert_allclose(both, one, rtol=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_in_float32_is_float64_inside(name):
    ours = FAMILIES[name].module
    point = [np.float32(v) for v in (*FAMILIES[name].points[0], *SHIFT[name])]
    for verb in ("logpdf" if name in CONTINUOUS else "logpmf", "logcdf", "ppf", "entropy"):
        function = getattr(ours, verb)
        first = [] if verb == "entropy" else [np.full(3, 0.4, np.float32)]
        traced = jax.make_jaxpr(function)(*first, *point)
        assert "f64[3]" not in str(traced)
        assert traced.out_avals[0].dtype == jnp.float32


def test_fit_has_derivatives_of_every_order():
    """In how far the data are stretched unevenly: the first two against differences."""
    data = np.random.default_rng(1).gamma(2.5, size=50) + 0.1

    @jax.jit
    def shape(stretch):
        return gamma.fit(data * (1 + stretch * np.linspace(0, 1, 50))).a

    h = 3e-4
    up, here, down = (shape(s) for s in (h, 0.0, -h))
    np.testing.assert_allclose(jax.grad(shape)(0.0), (up - down) / (2 * h), rtol=1e-6)
    np.testing.assert_allclose(jax.grad(jax.grad(shape))(0.0), (up - 2 * here + down) / h**2, rtol=1e-5)
