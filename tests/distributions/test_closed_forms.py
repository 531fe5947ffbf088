"""Every verb of the continuous families that are given in closed form.

mpmath is the authority for densities, areas and quantiles: SciPy goes through 1 - p in the logistic, Cauchy, Gumbel,
triangular and half-normal quantiles, and loses digits or underflows in most logarithms of tails.
"""

import importlib
from functools import cache, partial

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
import scipy.stats
from jax import random

from tests.distributions.one_shape import slopes, values

EPS = 2.0**-52
INF, NAN = np.inf, np.nan
OF_X = ("pdf", "logpdf", "cdf", "sf", "logcdf", "logsf")
OF_Q = ("ppf", "isf")
NUMBERS = ("mean", "var", "std", "median", "entropy", "skew", "kurtosis")
SHAPES = {
    "lognorm": [(0.25,), (1.0,), (3.0,)],
    "weibull_min": [(0.4,), (1.0,), (1.7,), (30.0,)],
    "pareto": [(0.3,), (1.0,), (2.5,), (50.0,)],
    "triang": [(0.0,), (0.3,), (0.5,), (1.0,)],
    "truncnorm": [(-1.0, 2.0), (-INF, INF), (2.0, INF), (-INF, -30.0), (5.0, 5.01), (-0.5, 40.0)],
}
FAMILIES = (
    *("uniform", "cauchy", "laplace", "logistic", "lognorm", "weibull_min", "pareto", "rayleigh"),
    *("gumbel_r", "gumbel_l", "halfnorm", "triang", "truncnorm"),
)
TYPICAL = {"weibull_min": (4.5,), "truncnorm": (-1.0, 2.0), "triang": (0.3,), "pareto": (5.5,), "lognorm": (0.5,)}
every_family = pytest.mark.parametrize("name", FAMILIES)


def shapes(name):
    return SHAPES.get(name, [()])


def verbs(name):
    return importlib.import_module(f"mathml_jax.distributions.{name}")


def bell(x):
    return mp.exp(-x * x / 2)


def upper(x):
    return mp.erfc(x / mp.sqrt(2)) / 2


def triangle(x, c):
    if x < c or c == 1:
        return 2 * x / c, x * x / c, 1 - x * x / c
    return 2 * (1 - x) / (1 - c), 1 - (1 - x) ** 2 / (1 - c), (1 - x) ** 2 / (1 - c)


def truncated(x, a, b):
    if a > 0 or (a > -b):
        area = lambda low, high: upper(low) - upper(high)  # noqa: E731
    else:
        area = lambda low, high: upper(-high) - upper(-low)  # noqa: E731
    return bell(x) / mp.sqrt(2 * mp.pi) / area(a, b), area(a, x) / area(a, b), area(x, b) / area(a, b)


# Density, probability below, probability above, of the standard law.
TRUTH = {
    "uniform": lambda x: (mp.mpf(1), x, 1 - x),
    "cauchy": lambda x: (1 / mp.pi / (1 + x * x), mp.atan2(1, -x) / mp.pi, mp.atan2(1, x) / mp.pi),
    "laplace": lambda x: (
        mp.exp(-abs(x)) / 2,
        mp.exp(x) / 2 if x < 0 else 1 - mp.exp(-x) / 2,
        mp.exp(-x) / 2 if x > 0 else 1 - mp.exp(x) / 2,
    ),
    "logistic": lambda x: (mp.exp(-x) / (1 + mp.exp(-x)) ** 2, 1 / (1 + mp.exp(-x)), 1 / (1 + mp.exp(x))),
    "lognorm": lambda x, s: (
        bell(mp.log(x) / s) / (x * s * mp.sqrt(2 * mp.pi)),
        upper(-mp.log(x) / s),
        upper(mp.log(x) / s),
    ),
    "weibull_min": lambda x, c: (c * x ** (c - 1) * mp.exp(-(x**c)), -mp.expm1(-(x**c)), mp.exp(-(x**c))),
    "pareto": lambda x, b: (b * x ** (-b - 1), -mp.expm1(-b * mp.log(x)), x**-b),
    "rayleigh": lambda x: (x * bell(x), -mp.expm1(-x * x / 2), bell(x)),
    "gumbel_r": lambda x: (mp.exp(-x - mp.exp(-x)), mp.exp(-mp.exp(-x)), -mp.expm1(-mp.exp(-x))),
    "gumbel_l": lambda x: (mp.exp(x - mp.exp(x)), -mp.expm1(-mp.exp(x)), mp.exp(-mp.exp(x))),
    "halfnorm": lambda x: (mp.sqrt(2 / mp.pi) * bell(x), mp.erf(x / mp.sqrt(2)), mp.erfc(x / mp.sqrt(2))),
    "triang": triangle,
    "truncnorm": truncated,
}

CENTRED = ("logistic", "truncnorm", "gumbel_r", "gumbel_l", "laplace", "cauchy")
WRONG = {
    **dict.fromkeys(("lognorm", "weibull_min", "pareto"), ((0.0,), (-1.0,), (NAN,))),
    "triang": [(-0.1,), (1.1,), (NAN,)],
    "truncnorm": [(1.0, 1.0), (2.0, 1.0), (NAN, 1.0)],
}
LEVELS = np.array([1e-300, 1e-100, 1e-30, 1e-12, 1e-5, 0.02, 0.2, 0.37, 0.5, 0.63, 0.8, 0.97, 1 - 1e-5, 1 - 1e-12])


@cache
def compiled(name, kinds):
    module = verbs(name)
    return partial(values, jax.jit(lambda first, *own: {kind: getattr(module, kind)(first, *own) for kind in kinds}))


def columns(name):
    """The shapes as one array for each."""
    return [np.array(column)[:, None] for column in zip(*shapes(name), strict=True)]


def grid(name):
    """Points of every law, from both far tails inwards."""
    own = columns(name)
    at = compiled(name, OF_Q)(LEVELS, *own)
    return np.concatenate([np.broadcast_to(at[v], (len(shapes(name)), LEVELS.size)) for v in OF_Q], axis=1)


@every_family
def test_densities_and_areas_to_the_last_digits(name):
    x, own = grid(name), columns(name)
    got = compiled(name, OF_X)(x, *own)
    with mp.workdps(400):
        for row, shape in enumerate(shapes(name)):
            for column, point in enumerate(x[row]):
                exact = TRUTH[name](mp.mpf(float(point)), *(mp.mpf(float(s)) for s in shape))
                logs = [mp.log(p) if p > 0 else -mp.inf for p in exact]
                for verb, plain, log in zip(("pdf", "cdf", "sf"), exact, logs, strict=True):
                    here = f"{verb} of {name}{shape} at {point!r}"
                    value, in_log = got[verb][row, column], got[f"log{verb}"][row, column]
                    if np.finfo(float).tiny < plain < np.finfo(float).max:
                        # The exponential of a number y carries its rounding: y ulps.
                        assert abs(value - plain) <= 4 * EPS * plain * (4 + abs(log)), here
                    near_one = abs(mp.log(-log)) if -1 < log < 0 else 0
                    bound = 4 * EPS * (max(1, abs(log)) if verb == "pdf" else abs(log) * (4 + near_one))
                    assert float(log) == in_log or abs(in_log - log) <= bound, f"log{here}: {in_log}, not {log}"


@every_family
def test_quantiles_invert_areas(name):
    size = (len(shapes(name)), LEVELS.size)
    x = {verb: np.broadcast_to(a, size) for verb, a in compiled(name, OF_Q)(LEVELS, *columns(name)).items()}
    with mp.workdps(400):
        for row, shape in enumerate(shapes(name)):
            exact = [mp.mpf(float(s)) for s in shape]
            for verb, side in (("ppf", 1), ("isf", 2)):
                for q, point in zip(LEVELS, x[verb][row], strict=True):
                    if point == 0 or np.isinf(point):
                        continue
                    density, *areas = TRUTH[name](mp.mpf(float(point)), *exact)
                    off = abs(areas[side - 1] - mp.mpf(float(q))) / density if density else 0
                    # Near a zero of the quantile the error is absolute; an exponential carries its exponent's rounding.
                    size = max(abs(point), 1.0) if name in CENTRED else abs(point) * (1 + abs(np.log(point)) / 4)
                    assert off <= 16 * EPS * size, f"{verb} of {name}{shape} at {q}: {point}"


@cache
def numbers(name):
    module = verbs(name)

    def at(*own):
        moments = [module.moment(n, *own) for n in range(5)]
        return {verb: getattr(module, verb)(*own) for verb in NUMBERS}, moments, module.mode(*own)

    return partial(values, jax.jit(at))


@every_family
def test_every_verb_agrees_with_scipy(name):
    """Names, orders and parametrisation, on easy ground; with a place and a scale."""
    twin = getattr(scipy.stats, name)
    shape = TYPICAL.get(name, ())
    own = (*shape, -0.5, 2.0)
    q = np.linspace(0.1, 0.9, 5)
    x = twin.ppf(q, *own)
    for first, kinds in ((x, OF_X), (q, OF_Q), (q, ("interval",))):
        for verb, value in compiled(name, kinds)(first, *own).items():
            np.testing.assert_allclose(value, getattr(twin, verb)(first, *own), rtol=2**12 * EPS, atol=2**12 * EPS)

    got, raw, mode = numbers(name)(*own)
    expected = dict(zip(("mean", "var", "skew", "kurtosis"), twin.stats(*own, moments="mvsk"), strict=True))
    for verb in NUMBERS:
        value = expected[verb] if verb in expected else getattr(twin, verb)(*own)
        np.testing.assert_allclose(got[verb], value, rtol=1e-9, atol=1e-12, err_msg=verb)
    if name != "cauchy":
        np.testing.assert_allclose(raw, [twin.moment(n, *own) for n in range(5)], rtol=1e-8, atol=1e-8)
    top = np.linspace(*twin.support(*own), 9) if name in ("triang", "truncnorm") else x
    highest, *others = compiled(name, OF_X)([mode, *top], *own)["pdf"]
    assert np.all(highest >= np.array(others) * (1 - 4 * EPS))


def bends(name, kinds, args, one, other):
    """Values, derivatives in one direction, and theirs in another; coordinates and verbs along the last axis."""
    module, count = verbs(name), args.shape[-1]

    @jax.jit
    def at(*columns):
        args, one, other = (columns[n : n + count] for n in range(0, 3 * count, count))

        def along(*args):
            return jax.jvp(lambda *args: jnp.stack([getattr(module, kind)(*args) for kind in kinds], -1), args, one)

        (value, slope), (_, second) = jax.jvp(along, args, other)
        return value, slope, second

    return values(at, *(column for part in (args, one, other) for column in np.moveaxis(part, -1, 0)))


@every_family
def test_slopes_in_every_argument(name):
    """First and second derivatives against central differences of the values and of the first ones."""
    smooth = [shape for shape in shapes(name) if np.all(np.isfinite(shape)) and shape not in [(0.0,), (1.0,)]]
    own = np.array([(*shape, 0.3, 1.7) for shape in smooth])
    q = np.array([[0.07], [0.4], [0.83]])
    x = getattr(scipy.stats, name).ppf(q, *own.T)
    for kinds, first in ((OF_X, x), (OF_Q, q + 0 * x)):
        args = np.concatenate([first.reshape(-1, 1), np.tile(own, (3, 1))], axis=1)
        axes = np.eye(args.shape[1])
        step = (1e-8 if name == "truncnorm" else 1e-6) * np.abs(args) * axes[:, None]
        moved = args + np.array([0, 1, -1])[:, None, None, None] * step
        every, slope, second = bends(name, kinds, moved[..., None, None, :], axes[:, None], axes)
        # By the argument that is moved, the point, for slopes the argument of theirs, and the verb.
        up, down = every[1:, ..., 0, 0, :]
        up_slope, down_slope = slope[1:, ..., 0, :]
        slope, second = slope[0, 0, :, :, 0], np.moveaxis(second[0, 0], 2, 0)
        h = (moved[1] - moved[2]).sum(-1)[..., None]
        own_slope = np.swapaxes(slope, 0, 1)
        assert np.all(np.abs((up - down) / h - own_slope) <= 1e-6 * (1 + np.abs(own_slope) + np.abs(up)))
        error = np.abs((up_slope - down_slope) / h[..., None] - second)
        # A difference of slopes knows no better than the largest of them.
        assert np.all(error <= 1e-6 * (1 + np.abs(slope).max((1, 2), keepdims=True) ** 2))


def at_points(name, kinds, first, own):
    """Values, slopes in the first argument, and slopes in the others: laws, points, verbs."""
    args = first, *own.T[..., None]
    value = compiled(name, kinds)(*args)
    along, *by_own = np.stack([slopes(getattr(verbs(name), kind), *args) for kind in kinds], -1)
    return np.stack([value[kind] for kind in kinds], -1), along, np.stack(by_own, -1)


def ends(name):
    return np.array([getattr(scipy.stats, name).support(*shape) for shape in shapes(name)], float)


def parameters(name):
    return np.array([(*shape, 0.0, 1.0) for shape in shapes(name)])


@every_family
def test_edges(name):
    """Outside the support and at infinity constants with derivative 0; at the ends of the support no NaN."""
    low, high = ends(name).T
    infinite = np.full_like(low, INF)
    x = np.stack([-infinite, infinite, low - 1, high + 1, low, high, np.full_like(low, NAN)], axis=1)
    value, along, by_own = at_points(name, OF_X, x, parameters(name))
    below, above = (0, -INF, 0, 1, -INF, 0), (0, -INF, 1, 0, 0, -INF)
    np.testing.assert_array_equal(value[:, (0, 2)], np.broadcast_to(below, (len(x), 2, 6)))
    np.testing.assert_array_equal(value[:, (1, 3)], np.broadcast_to(above, (len(x), 2, 6)))
    assert not np.any(along[:, :4])
    assert not np.any(by_own[:, :4])
    assert np.all(np.isnan(value[:, 6]))
    assert not np.any(np.isnan(value[:, :6]))
    assert not np.any(np.isnan(along[:, :6, :4]))
    inside = np.isfinite(x[:, 4:6])
    density, slope = value[:, 4:6, 0], along[:, 4:6]
    np.testing.assert_allclose(slope[inside][:, 2], density[inside], rtol=8 * EPS)
    np.testing.assert_allclose(slope[inside][:, 3], -density[inside], rtol=8 * EPS)
    # A triangle without one of its sides is not asked at the end where that was.
    corner = [[name == "triang" and shape == (c,) for shape in shapes(name)] for c in (0.0, 1.0)]
    assert np.all(np.isneginf(low) | (along[:, 4, 4] == INF) | corner[0])
    assert np.all(np.isposinf(high) | (along[:, 5, 5] == -INF) | corner[1])
    steep = ~np.isfinite(along[:, :6, 2:4])
    assert not np.any(np.isnan(by_own[:, :6, 2:4, :-1]) & ~steep[..., None])


@every_family
def test_quantiles_at_0_and_1(name):
    q = np.tile([0.0, 1.0, -0.1, 1.1, NAN], (len(shapes(name)), 1))
    value, along, by_own = at_points(name, OF_Q, q, parameters(name))
    np.testing.assert_allclose(value[:, 0], ends(name), rtol=EPS, atol=0)
    np.testing.assert_allclose(value[:, 1], ends(name)[:, ::-1], rtol=EPS, atol=0)
    assert np.all(np.isnan(value[:, 2:]))
    assert np.all(along[:, :2, 0] >= 0)
    assert np.all(along[:, :2, 1] <= 0)
    known = np.isfinite(value[:, :2, :, None]) & np.isfinite(parameters(name))[:, None, None]
    assert not np.any(np.isnan(by_own[:, :2]) & known)


@every_family
def test_parameters_that_are_not_valid_give_nan(name):
    module = verbs(name)
    wrong = [(*shapes(name)[0], 0.0, scale) for scale in (0.0, -1.0, NAN)]
    wrong += [(*shape, 0.0, 1.0) for shape in WRONG.get(name, ())]
    own = np.array(wrong).T
    got = [numbers(name)(*own), *(compiled(name, kinds)(0.5, *own) for kinds in (OF_X, OF_Q))]
    got += [values(module.fisher_information, *own), values(module.score, 0.5, *own), module.rvs(random.key(0), *own)]
    for value in jax.tree.leaves(got):
        assert np.all(np.isnan(value))


@every_family
def test_random_numbers_follow_the_law(name):
    for shape in shapes(name)[-1:]:
        draws = verbs(name).rvs(random.key(1), *shape, 0.5, 2.0, size=10_000)
        assert scipy.stats.kstest(draws, getattr(scipy.stats, name)(*shape, 0.5, 2.0).cdf).pvalue > 0.01


def expectations(name, own):
    """Points and weights of the law, by double exponential quadrature in its probability."""
    t = np.linspace(-4, 4, 800)
    tail = 1 / (1 + np.exp(np.pi * np.sinh(np.abs(t))))
    weight = np.pi * np.cosh(t) * tail * (1 - tail) * (t[1] - t[0])
    at = compiled(name, OF_Q)(tail, *own)
    return np.where(t < 0, at["ppf"], at["isf"]), weight


@every_family
def test_information_is_the_expectation_of_the_scores_product(name):
    shape = TYPICAL.get(name, ())
    own = (*shape, 0.5, 2.0)
    x, weight = expectations(name, own)
    keep = weight > 1e-30
    scores = np.stack(values(verbs(name).score, x[keep], *own))
    product = (scores * weight[keep]) @ scores.T
    information = values(verbs(name).fisher_information, *own)
    known = np.isfinite(information)
    np.testing.assert_allclose(
        product[known], information[known], rtol={"triang": 1e-2, "laplace": 1e-4}.get(name, 1e-6), atol=1e-9
    )
    assert np.all(known) or name in ("rayleigh", "triang")


# Which parameters the data estimate at the inside of their range, so that their mean score is 0.
FREE = {
    **dict.fromkeys(("cauchy", "logistic", "gumbel_r", "gumbel_l"), ("loc", "scale")),
    **dict.fromkeys(("laplace", "rayleigh", "halfnorm"), ("scale",)),
    "lognorm": ("s", "scale"),
    "weibull_min": ("c", "scale"),
    "pareto": ("b",),
}
HELD = {"lognorm": "loc", "weibull_min": "loc", "pareto": "loc", "rayleigh": "loc"}


@every_family
def test_fit_recovers_the_parameters(name):
    module = verbs(name)
    shape = TYPICAL.get(name, ())
    held = {f"f{HELD[name]}": 3.0} if name in HELD else {"floc": 3.0, "fscale": 2.0} if shape else {}
    own = (*shape, 3.0, 2.0)
    data = getattr(scipy.stats, name).rvs(*own, size=2000, random_state=0)
    fit = module.fit(data, **held)
    np.testing.assert_allclose(fit, own, rtol=0.1, atol=0.05)
    scores = values(module.score, data, *fit)._asdict()
    for parameter in FREE.get(name, ()):
        assert abs(np.mean(scores[parameter])) <= 1e-10
    found, true = (np.mean(compiled(name, OF_X)(data, *at)["logpdf"]) for at in (fit, own))
    assert found >= true
    both = jax.vmap(lambda d: jnp.stack(module.fit(d, **held)))(np.stack([np.tile(data[1000:], 2), data]))
    assert both.shape == (2, len(own))
    np.testing.assert_allclose(both[1], fit, rtol=1e-9)


def test_moments_of_the_weibull_law_at_extreme_shapes():
    with mp.workdps(120):
        for c in (0.02, 0.3, 15.9, 16.1, 1e4, 1e8):
            g = [mp.gamma(1 + n / mp.mpf(c)) for n in range(5)]
            var = g[2] - g[1] ** 2
            skew = (g[3] - 3 * g[1] * var - g[1] ** 3) / var**1.5
            heavy = (g[4] - 4 * g[1] * g[3] + 6 * g[1] ** 2 * g[2] - 3 * g[1] ** 4) / var**2 - 3
            module = verbs("weibull_min")
            for verb, exact in ((module.var, var), (module.skew, skew), (module.kurtosis, heavy)):
                assert abs(float(verb(c)) - exact) <= 2e-10 * abs(exact), (verb, c)


def test_moments_of_the_pareto_law_that_do_not_exist():
    module = verbs("pareto")
    assert [float(module.moment(n, 2.5)) for n in range(4)] == pytest.approx([1, 5 / 3, 5, INF])
    assert float(module.mean(1.0)) == float(module.var(2.0)) == INF


@pytest.mark.parametrize(("a", "b"), [(30.0, 31.0), (1e3, 1e3 + 2.0**-17), (-1e-6, 1e-6), (-50.0, -49.0)])
def test_moments_of_the_truncated_normal_law_far_out(a, b):
    with mp.workdps(60):
        low, width = mp.mpf(a), mp.mpf(b) - mp.mpf(a)

        def integral(f):
            # The bell in units of that at the lower end.
            return mp.quad(lambda t: f(t) * mp.exp(-t * (low + t / 2)), mp.linspace(0, width, 9))

        whole = integral(lambda t: 1)
        centre = integral(lambda t: t) / whole
        var = integral(lambda t: (t - centre) ** 2) / whole
        module = verbs("truncnorm")
        assert abs(float(module.mean(a, b)) - (low + centre)) <= 4 * EPS * max(abs(a), abs(b))
        assert abs(float(module.var(a, b)) - var) <= 64 * EPS * var
