"""Rows of the noncentral chi-square law: its tails, density, quantile and slopes.

The reference is the Poisson mixture of gamma laws, whose terms are all positive, by recurrence.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from certificates.draws import arguments, decades, mixed, near, uniform
from certificates.exact import sharp, slope
from certify import Row
from flint import arb

from mathml_jax.distributions import ncx2
from mathml_jax.special import noncentral_chi_square


def _terms(y: arb, a: arb, rate: arb) -> tuple[list[arb], list[arb]]:
    """The Poisson probabilities, and the steps from one incomplete gamma function to the next."""
    steps, weights = [(a * y.log() - y - (a + 1).lgamma()).exp()], [(-rate).exp()]
    for j in range(1, int(2 * float(rate) + 2 * float(y)) + 200):
        steps.append(steps[-1] * y / (a + j))
        weights.append(weights[-1] * rate / j)
    return steps, weights


@sharp
def above(x: arb, df: arb, nc: arb) -> arb:
    """The upper tail."""
    y, a, rate = x / 2, df / 2, nc / 2
    steps, weights = _terms(y, a, rate)
    tail, total = y.gamma_upper(a, regularized=1), arb(0)
    for step, weight in zip(steps, weights, strict=True):
        total, tail = total + weight * tail, tail + step
    return total


@sharp
def below(x: arb, df: arb, nc: arb) -> arb:
    """The lower tail."""
    y, a, rate = x / 2, df / 2, nc / 2
    steps, weights = _terms(y, a, rate)
    tail, total = y.gamma_lower(a + len(steps), regularized=1), arb(0)
    for step, weight in zip(steps[::-1], weights[::-1], strict=True):
        tail = tail + step
        total = total + weight * tail
    return total


@sharp
def density(x: arb, df: arb, nc: arb) -> arb:
    """The density."""
    steps, weights = _terms(x / 2, df / 2, nc / 2)
    parts = (w * s * (df / 2 + j) for j, (s, w) in enumerate(zip(steps, weights, strict=True)))
    return sum(parts, arb(0)) / x


def _log_below(x: arb, df: arb, nc: arb) -> arb:
    tail = below(x, df, nc)
    return tail.log() if tail < 0.5 else (-above(x, df, nc)).log1p()


def _log_above(x: arb, df: arb, nc: arb) -> arb:
    tail = above(x, df, nc)
    return tail.log() if tail < 0.5 else (-below(x, df, nc)).log1p()


def _log_density(x: arb, df: arb, nc: arb) -> tuple[arb, arb]:
    value = density(x, df, nc).log()
    return value, max(abs(value), arb(1))


def _slope_in_df(x: arb, df: arb, nc: arb) -> arb:
    """By way of the smaller tail."""
    tail, sign = (below, 1) if below(x, df, nc) < 0.5 else (above, -1)
    return sign * slope(tail, 1)(x, df, nc)


def _gradient(x: arb, df: arb, nc: arb) -> list[arb]:
    return [density(x, df, nc), _slope_in_df(x, df, nc), -density(x, df + 2, nc)]


def _quantile_gradient(p: arb, df: arb, nc: arb) -> list[arb]:
    """That of an implicit function."""
    rise, *others = _gradient(_quantile(p, df, nc), df, nc)
    return [1 / rise, *(-other / rise for other in others)]


@sharp
def _quantile(p: arb, df: arb, nc: arb) -> arb:
    """Newton's method for the logarithm of the smaller tail, from SciPy's rough value."""
    import scipy.stats

    x = arb(float(scipy.stats.ncx2.ppf(float(p), float(df), float(nc))))
    lower = p < 0.5
    for _ in range(30):
        tail, asked = (below(x, df, nc), p) if lower else (above(x, df, nc), 1 - p)
        step = (asked / tail).log() * tail / density(x, df, nc)
        x = arb((x + (step if lower else -step)).mid())
        if abs(step) < x * arb(2) ** -90:
            break
    return x


def _points(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
    """Values within eight deviations of the mean, or down to a hundredth of it."""
    df, nc = 10.0 ** rng.uniform(-0.5, 2, count), 10.0 ** rng.uniform(-2, 2.3, count)
    x = df + nc + rng.uniform(-8, 8, count) * np.sqrt(2 * df + 4 * nc)
    return np.where(x > 0, x, (df + nc) * 10.0 ** rng.uniform(-2, 0, count)), df, nc


_row: Callable[..., Any] = partial(Row, goal=1000, goal_99=64, samples=300)
_slope: Callable[..., Any] = partial(Row, goal=64, samples=200)
_domain = "x about the mean and below, df from 0.3 to 100, nc from 0.01 to 200"
_levels = mixed(uniform(0.001, 0.999), decades((-30, -20), 0), near(1, decades((-12, -6), -1)))
_quantiles = arguments(_levels, decades(0, 2), decades(-2, 2))
_of_quantiles = "p from 1e-30 (float32: 1e-20) to 1 - eps, df from 1 to 100, nc from 0.01 to 100"

ROWS = [
    _row("special.chndtr", noncentral_chi_square.chndtr, below, _points, _domain),
    _row("special.chndtrc", noncentral_chi_square.chndtrc, above, _points, _domain),
    _slope("special.chndtr_gradient", noncentral_chi_square.chndtr_gradient, _gradient, _points, _domain),
    _slope(
        "special.chndtrc_gradient",
        noncentral_chi_square.chndtrc_gradient,
        lambda *point: [-part for part in _gradient(*point)],
        _points,
        _domain,
    ),
    _row(
        "special.chndtrix",
        noncentral_chi_square.chndtrix,
        _quantile,
        _quantiles,
        _of_quantiles,
    ),
    _slope(
        "special.chndtrix_gradient",
        noncentral_chi_square.chndtrix_gradient,
        _quantile_gradient,
        _quantiles,
        _of_quantiles,
        samples=50,
    ),
    _row("distributions.ncx2.logcdf", ncx2.logcdf, _log_below, _points, _domain),
    _row("distributions.ncx2.logsf", ncx2.logsf, _log_above, _points, _domain),
    Row(
        "distributions.ncx2.logpdf",
        ncx2.logpdf,
        _log_density,
        _points,
        _domain,
        unit="eps × max(1, size)",
        samples=300,
    ),
]
