"""Rows of the chapter distributions: the families on the gamma and beta functions.

The point of a density is given; its logarithm is to be right to 4 eps of the larger of 1 and itself.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from certificates.draws import arguments, decades, mixed, near, uniform
from certificates.exact import sharp, sized
from certificates.special_gamma import log_above, log_under, quantile
from certify import Row
from flint import arb

from mathml_jax.distributions import (
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
    t,
)

Draw = Callable[..., np.ndarray]
Points = Callable[..., tuple[Any, ...]]
_about = partial(Row, unit="eps × max(1, size)", samples=2000)


def log_beta(a: arb, b: arb) -> arb:
    return a.lgamma() + b.lgamma() - (a + b).lgamma()


def log_choose(n: arb, k: arb) -> arb:
    return (n + 1).lgamma() - (k + 1).lgamma() - (n - k + 1).lgamma()


def _log_gamma(x: arb, a: arb) -> arb:
    return (a - 1) * x.log() - x - a.lgamma()


def _log_f(x: arb, n: arb, m: arb) -> arb:
    powers = (n / 2 * (n * x).log() + m / 2 * m.log()) - (n + m) / 2 * (n * x + m).log()
    return powers - x.log() - log_beta(n / 2, m / 2)


LOG_DENSITIES: dict[str, Callable[..., arb]] = {
    "t": lambda x, n: -log_beta(n / 2, arb(0.5)) - n.log() / 2 - (n + 1) / 2 * (x * x / n).log1p(),
    "gamma": _log_gamma,
    "chi2": lambda x, n: _log_gamma(x / 2, n / 2) - arb(2).log(),
    "invgamma": lambda x, a: _log_gamma(1 / x, a) - 2 * x.log(),
    "beta": lambda x, a, b: (a - 1) * x.log() + (b - 1) * (-x).log1p() - log_beta(a, b),
    "f": _log_f,
    "gennorm": lambda x, b: -arb(2).log() - (1 + 1 / b).lgamma() - abs(x) ** b,
    "poisson": lambda k, m: k * m.log() - m - (k + 1).lgamma(),
    "binom": lambda k, n, p: log_choose(n, k) + k * p.log() + (n - k) * (-p).log1p(),
    "geom": lambda k, p: (k - 1) * (-p).log1p() + p.log(),
    "nbinom": lambda k, n, p: log_choose(n + k - 1, k) + n * p.log() + k * (-p).log1p(),
}
"""Of the standard laws, or of the probability of a count."""


@sharp
def beta_below(a: arb, b: arb, x: arb) -> arb:
    return x.beta_lower(a, b, regularized=1)


def _log_beta_below(a: arb, b: arb, x: arb, y: arb) -> arb:
    lower = beta_below(a, b, x)
    return lower.log() if lower < 0.5 else (-beta_below(b, a, y)).log1p()


def _shapes(count: int, low: float = -3, high: float = 8) -> list[Draw]:
    return [decades(low, high)] * count


def _near_centre(shapes: Sequence[Draw], centre: Callable[..., Any], spread: Callable[..., Any], whole: bool) -> Points:
    """Points within 8 deviations of the centre, or half of them at any distance up to the size of that."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        own = [s(rng, count, info) for s in shapes]
        own = [np.floor(a) if whole and i == 0 and len(own) > 1 else a for i, a in enumerate(own)]
        x = centre(*own) + rng.uniform(-8, 8, count) * spread(*own)
        low = centre(*own) * 10 ** rng.uniform(-2, 0.3, count)
        x = np.where((x > 0) & (rng.uniform(size=count) < 0.7), x, low)
        return np.floor(x) if whole else x, *own

    return draw


def _counts_of(n_high: float) -> Points:
    """Counts k of n trials and a probability of success."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        n = np.floor(10 ** rng.uniform(0.5, min(n_high, np.log10(0.5 / info.eps)), count))
        p = rng.uniform(0.001, 0.999, count)
        k = n * p + rng.uniform(-8, 8, count) * np.sqrt(n * p * (1 - p))
        return (
            np.floor(np.clip(np.where(rng.uniform(size=count) < 0.2, n * rng.uniform(size=count), k), 0, n - 1)),
            n,
            p,
        )

    return draw


def _then(points: Points, change: Any) -> Points:
    """Points made of others."""
    return lambda *at: change(*points(*at))


_root = np.sqrt
_gamma_points = _near_centre(_shapes(1), lambda a: a, _root, whole=False)
_moderate = _near_centre(_shapes(1, -1, 2), lambda a: a, _root, whole=False)
_t_points = arguments(mixed(uniform(-8, 8), uniform(-1e3, 1e3)), *_shapes(1))
_beta_points = arguments(uniform(1e-3, 0.999), *_shapes(2))
_beta_moderate = arguments(uniform(1e-3, 0.999), *_shapes(2, -1, 2))
_f_points = arguments(decades(-2, 2), *_shapes(2))
_f_moderate = arguments(decades(-2, 2), *_shapes(2, 0, 2))
_levels = mixed(uniform(0.001, 0.999), decades((-30, -20), 0), near(1, decades((-12, -6), -1)))
_parameters, _some = "parameters from 1e-3 to 1e8", "parameters from 0.1 to 100"

_DENSITIES = (
    (t.logpdf, _t_points, f"x to ±1000, {_parameters}"),
    (gamma.logpdf, _gamma_points, f"x about the mean, {_parameters}"),
    (chi2.logpdf, _gamma_points, _parameters),
    (invgamma.logpdf, _then(_gamma_points, lambda x, a: (1 / x, a)), f"1 / x about its mean, {_parameters}"),
    (beta.logpdf, _beta_points, f"x from 0.001 to 0.999, {_parameters}"),
    (f.logpdf, _f_points, f"x from 0.01 to 100, {_parameters}"),
    (gennorm.logpdf, arguments(decades(-3, 1), decades(-2, 1)), "x from 0.001 to 10, shape from 0.01 to 10"),
    (
        poisson.logpmf,
        _near_centre(_shapes(1, -1, 6), lambda m: m, _root, whole=True),
        "k about the mean, that from 0.1 to 1e6",
    ),
    (binom.logpmf, _counts_of(8), "n to 1e8 (float32: 4e6), k about the mean"),
    (geom.logpmf, _then(_counts_of(8), lambda k, _, p: (k + 1, p)), "k to 1e8 (float32: 4e6)"),
    (
        nbinom.logpmf,
        _then(_counts_of(8), lambda k, n, p: (n - k, k + 0.5, p)),
        "k and n to 1e8 (float32: 4e6)",
    ),
)
_TAILS = (
    ("gamma.logcdf", gamma.logcdf, lambda x, a: log_under(a, x), _moderate, _some),
    ("gamma.logsf", gamma.logsf, lambda x, a: log_above(a, x), _moderate, _some),
    ("chi2.logsf", chi2.logsf, lambda x, n: log_above(n / 2, x / 2), _moderate, _some),
    ("beta.logcdf", beta.logcdf, lambda x, a, b: _log_beta_below(a, b, x, 1 - x), _beta_moderate, _some),
    ("beta.logsf", beta.logsf, lambda x, a, b: _log_beta_below(b, a, 1 - x, x), _beta_moderate, _some),
    (
        "f.logsf",
        f.logsf,
        lambda x, n, m: _log_beta_below(m / 2, n / 2, m / (n * x + m), n * x / (n * x + m)),
        _f_moderate,
        "x from 0.01 to 100, parameters from 1 to 100",
    ),
    (
        "binom.logsf",
        binom.logsf,
        lambda k, n, p: _log_beta_below(k + 1, n - k, p, 1 - p),
        _counts_of(2),
        "n to 100",
    ),
    (
        "binom.logcdf",
        binom.logcdf,
        lambda k, n, p: _log_beta_below(n - k, k + 1, 1 - p, p),
        _counts_of(2),
        "n to 100",
    ),
    (
        "t.logsf",
        t.logsf,
        lambda x, n: _log_beta_below(n / 2, arb(0.5), n / (n + x * x), x * x / (n + x * x)) - arb(2).log(),
        arguments(mixed(uniform(0.01, 8), decades(0, 3)), *_shapes(1, -1, 3)),
        "x from 0.01 to 1000, df from 0.1 to 1000",
    ),
)

ROWS = [
    *(
        _about(f"distributions.{family}.{verb.__name__}", verb, sized(LOG_DENSITIES[family]), draw, domain, goal=4)
        for verb, draw, domain in _DENSITIES
        for family in [verb.__module__.rsplit(".")[-1]]
    ),
    *(
        Row(f"distributions.{name}", function, reference, draw, domain, goal=1000, goal_99=64, samples=500)
        for name, function, reference, draw, domain in _TAILS
    ),
    *(
        Row(
            f"distributions.gamma.{name}",
            function,
            lambda q, a, lower=lower: quantile(a, q, lower),
            arguments(_levels, decades(0, 3)),
            "q from 1e-30 (float32: 1e-20) to 1 - eps, shape from 1 to 1000",
            goal=1000,
            goal_99=64,
            samples=500,
        )
        for name, function, lower in (("ppf", gamma.ppf, True), ("isf", gamma.isf, False))
    ),
]
