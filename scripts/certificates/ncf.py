"""Rows of the noncentral F law: its tails, density, quantile and slopes.

The reference is the Poisson mixture of beta laws, whose terms are all positive, by recurrence.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
from certificates.draws import arguments, decades, mixed, near, uniform
from certificates.exact import sharp, slope
from certify import Row
from flint import arb

from mathml_jax.distributions import ncf
from mathml_jax.special import noncentral_f


def _count(rate: arb, share: arb) -> int:
    """How many terms leave nothing that counts."""
    bound, u = float(rate), float(share)
    return int((bound + 20 * bound**0.5 + 200) / max(1 - u, 0.02))


def _mixture(dfn: arb, dfd: arb, nc: arb, x: arb) -> tuple[arb, arb, arb]:
    """The two tails and the density times x."""
    a, b, rate = dfn / 2, dfd / 2, nc / 2
    total = dfn * x + dfd
    u, v = dfn * x / total, dfd / total
    step = (a * u.log() + b * v.log() + (a + b).lgamma() - (a + 1).lgamma() - b.lgamma()).exp()
    weight, tail = (-rate).exp(), v.beta_lower(b, a, regularized=1)
    lower, upper, height, left = arb(0), arb(0), arb(0), arb(0)
    for j in range(_count(rate, u)):
        upper, left, height = upper + weight * tail, left + weight, height + weight * step * (a + j)
        lower, tail = lower + step * left, tail + step
        step, weight = step * u * (a + b + j) / (a + j + 1), weight * rate / (j + 1)
    # Where the lower tail is not small, its own sum has too many terms.
    return (1 - upper if upper < 1 - arb(2) ** -100 else lower), upper, height


@sharp
def below(dfn: arb, dfd: arb, nc: arb, x: arb) -> arb:
    """The lower tail."""
    return _mixture(dfn, dfd, nc, x)[0]


@sharp
def above(dfn: arb, dfd: arb, nc: arb, x: arb) -> arb:
    """The upper tail."""
    return _mixture(dfn, dfd, nc, x)[1]


@sharp
def density(dfn: arb, dfd: arb, nc: arb, x: arb) -> arb:
    """The density."""
    return _mixture(dfn, dfd, nc, x)[2] / x


@sharp
def log_below(dfn: arb, dfd: arb, nc: arb, x: arb) -> arb:
    """The logarithm of the lower tail."""
    lower, upper, _ = _mixture(dfn, dfd, nc, x)
    return lower.log() if lower < 0.5 else (-upper).log1p()


@sharp
def log_above(dfn: arb, dfd: arb, nc: arb, x: arb) -> arb:
    """The logarithm of the upper tail."""
    lower, upper, _ = _mixture(dfn, dfd, nc, x)
    return upper.log() if upper < 0.5 else (-lower).log1p()


def log_density(dfn: arb, dfd: arb, nc: arb, x: arb) -> tuple[arb, arb]:
    """The logarithm of the density, and its size."""
    value = density(dfn, dfd, nc, x).log()
    return value, max(abs(value), arb(1))


def _gradient(*point: arb) -> list[tuple[arb, arb]]:
    """By way of the smaller tail; and the size of what cancels."""
    tail, sign = (below, 1) if below(*point) < 0.5 else (above, -1)
    values, rise = [sign * slope(tail, place)(*point) for place in range(4)], density(*point) * point[3]
    return [(v, max(abs(v), rise / p)) for v, p in zip(values, point, strict=True)]


def _quantile_gradient(*point: arb) -> list[tuple[arb, arb]]:
    """That of an implicit function."""
    x = quantile(*point)
    *others, (rise, _) = _gradient(*point[:3], x)
    return [*((-v / rise, size / rise) for v, size in others), (1 / rise, 1 / rise)]


@sharp
def quantile(dfn: arb, dfd: arb, nc: arb, p: arb) -> arb:
    """Newton's method for the logarithm of the smaller tail, from the value under test, which is only the start."""
    with jax.enable_x64(True):
        at = noncentral_f.ncfdtri(*(float(number) for number in (dfn, dfd, nc, p)))
    x, lower = arb(float(at)), p < 0.5
    for _ in range(40):
        low, high, height = _mixture(dfn, dfd, nc, x)
        tail, asked = (low, p) if lower else (high, 1 - p)
        step = (asked / tail).log() * tail / height
        x = arb((x * (step if lower else -step).exp()).mid())
        if abs(step) < arb(2) ** -90:
            break
    return x


def _points(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
    """Values drawn from the law, moved by up to eight times about its width."""
    dfn, dfd, nc = 10 ** rng.uniform(0, 2.5, count), 10 ** rng.uniform(0, 2.5, count), 10 ** rng.uniform(-2, 2.3, count)
    drawn = (rng.noncentral_chisquare(dfn, nc) / dfn) / (rng.chisquare(dfd) / dfd)
    width = np.sqrt((2 * dfn + 4 * nc) / (dfn + nc) ** 2 + 2 / dfd)
    return dfn, dfd, nc, drawn * np.exp(np.clip(rng.uniform(-8, 8, count) * width, -8, 8))


def _in_order(verb: Callable[..., Any]) -> Callable[..., Any]:
    """SciPy's functions have f last, its families first."""
    return lambda dfn, dfd, nc, x: verb(x, dfn, dfd, nc)


_row: Callable[..., Any] = partial(Row, goal=1000, goal_99=64, samples=200)
_slope = partial(Row, unit="eps × max(size, density × f / argument)", goal=100, samples=100)
_domain = "f about the mean and in both tails, dfn and dfd from 1 to 300, nc from 0.01 to 200"
_levels = mixed(uniform(0.001, 0.999), decades((-30, -20), 0), near(1, decades((-12, -6), -1)))
_quantiles = arguments(decades(0, 2), decades(0.5, 2), decades(-2, 2), _levels)
_of_quantiles = "p from 1e-30 (float32: 1e-20) to 1 - eps, dfn from 1 to 100, dfd from 3 to 100, nc from 0.01 to 100"

ROWS = [
    _row("special.ncfdtr", noncentral_f.ncfdtr, below, _points, _domain),
    _row("special.ncfdtrc", noncentral_f.ncfdtrc, above, _points, _domain),
    _slope("special.ncfdtr_gradient", noncentral_f.ncfdtr_gradient, _gradient, _points, _domain),
    _slope(
        "special.ncfdtrc_gradient",
        noncentral_f.ncfdtrc_gradient,
        lambda *point: [(-value, size) for value, size in _gradient(*point)],
        _points,
        _domain,
    ),
    _row(
        "special.ncfdtri",
        noncentral_f.ncfdtri,
        quantile,
        _quantiles,
        _of_quantiles,
        samples=100,
    ),
    _slope(
        "special.ncfdtri_gradient",
        noncentral_f.ncfdtri_gradient,
        _quantile_gradient,
        _quantiles,
        _of_quantiles,
        unit="eps × max(size, f / argument)",
        goal=16,
        samples=40,
    ),
    _row("distributions.ncf.logcdf", _in_order(ncf.logcdf), log_below, _points, _domain),
    _row("distributions.ncf.logsf", _in_order(ncf.logsf), log_above, _points, _domain),
    Row(
        "distributions.ncf.logpdf",
        _in_order(ncf.logpdf),
        log_density,
        _points,
        _domain,
        unit="eps × max(1, size)",
        samples=200,
    ),
]
