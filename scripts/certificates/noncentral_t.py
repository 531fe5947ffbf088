"""Rows of the noncentral t law: certified integrals of the normal probability against the chi density."""

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import jax
import numpy as np
import scipy.special
from certificates.draws import arguments, decades, mixed, near, uniform
from certificates.exact import sized
from certify import Row
from flint import acb, arb

from mathml_jax.distributions import nct
from mathml_jax.special import noncentral_t as special

_REACH = 110.0
_TINY = arb(2) ** -80


def _normal(x: acb) -> acb:
    return (-x / acb(2).sqrt()).erfc() / 2


def _bell(x: acb) -> acb:
    return (-x * x / 2).exp() / (2 * acb.pi()).sqrt()


def _height(df: float, nc: float, t: float, u: float, bell: bool) -> float:
    """The logarithm of the integrand, in plain numbers."""
    s = math.exp(min(u, 300.0))
    x = t * s - nc
    return df * (u - s * s / 2) + (-x * x / 2 if bell else float(scipy.special.log_ndtr(x)))


def _range(df: float, nc: float, t: float, bell: bool) -> list[float]:
    """The peak, and where the logarithm has fallen by much: by halving, from far out."""

    def height(u: float) -> float:
        return _height(df, nc, t, u, bell)

    reach = math.sqrt(2 * _REACH / df)
    low, high = -reach * (2 + reach) - 40, math.log1p(reach) + 40
    for _ in range(200):
        one, other = low + (high - low) * 0.4, low + (high - low) * 0.6
        low, high = (low, other) if height(one) > height(other) else (one, high)
    ends = []
    for sign in (-1, 1):
        near, far = 0.0, reach * (2 + reach) + 40
        for _ in range(60):
            middle = (near + far) / 2
            near, far = (middle, far) if height(low + sign * middle) > height(low) - _REACH else (near, middle)
        ends.append(far)
    shares = (1.0, 0.5, 0.2, 0.08, 0.03, 0.01)
    return [low - s * ends[0] for s in shares] + [low] + [low + s * ends[1] for s in reversed(shares)]


def _log_integral(df: arb, nc: arb, t: arb, power: int, bell: bool) -> arb:
    """The logarithm of the mean of s^power times the normal probability, or the density, at t s - nc."""
    points = _range(float(df), float(nc), float(t), bell)

    def height(u: acb) -> acb:
        s = u.exp()
        return (df * (u - s * s / 2) + power * u).exp() * (_bell if bell else _normal)(t * s - nc)

    scale = abs(height(acb(points[6])).real)
    total = acb(0)
    for a, b in pairwise(points):
        total += acb.integral(lambda u, _: height(u) / scale, acb(a), acb(b), rel_tol=_TINY, abs_tol=_TINY * _TINY)
    h = df / 2
    return arb(2).log() + h * h.log() - h.lgamma() + total.real.log() + scale.log()


def _wide(function: Callable[..., arb]) -> Callable[..., arb]:
    """What rounding of the range's ends leaves out is far below an ulp: only the middle counts."""
    return lambda *args: arb(function(*args).mid())


@_wide
def log_below(df: arb, nc: arb, t: arb) -> arb:
    """The logarithm of the probability of at most t, by the smaller tail."""
    if t <= nc:
        return _log_integral(df, nc, t, 0, False)
    return (-_log_integral(df, -nc, -t, 0, False).exp()).log1p()


def log_above(df: arb, nc: arb, t: arb) -> arb:
    """The logarithm of the probability of more."""
    return log_below(df, -nc, -t)


@_wide
def log_density(df: arb, nc: arb, t: arb) -> arb:
    """The logarithm of the density."""
    return _log_integral(df, nc, t, 1, True)


@_wide
def slope_in_nc(df: arb, nc: arb, t: arb) -> arb:
    """The derivative of the probability of at most t in nc."""
    return -_log_integral(df, nc, t, 0, True).exp()


@_wide
def slope_in_df(df: arb, nc: arb, t: arb) -> arb:
    """The derivative in df of the smaller tail, by a central difference of integrals with 80 digits."""
    step = df * arb(2) ** -20
    sign = 1 if t <= nc else -1

    def tail(n: arb) -> arb:
        return _log_integral(n, sign * nc, sign * t, 0, False).exp()

    first, second = ((tail(df + k * step) - tail(df - k * step)) / (2 * k * step) for k in (1, 2))
    return sign * (4 * first - second) / 3


def _quantile(df: arb, nc: arb, p: arb) -> arb:
    """Newton's method for the logarithm of the smaller tail, from the value under test, which is only the start."""
    with jax.enable_x64(True):
        t = arb(float(special.nctdtrit(*(float(number) for number in (df, nc, p)))))
    lower = p < 0.5
    asked, tail, sign = (p, log_below, 1) if lower else (1 - p, log_above, -1)
    for _ in range(8):
        log_tail = tail(df, nc, t)
        step = sign * (asked.log() - log_tail) * (log_tail - log_density(df, nc, t)).exp()
        t = arb((t + step).mid())
        if abs(step) < abs(t) * arb(2) ** -45:
            break
    return t


def _quantile_and_size(df: arb, nc: arb, p: arb) -> tuple[arb, arb]:
    t = _quantile(df, nc, p)
    return t, max(abs(t), (p if p < 0.5 else 1 - p) / log_density(df, nc, t).exp())


def _draw(low: float, high: float, most: float):
    """Degrees of freedom between powers of ten, noncentralities to ±most, t about what is drawn from the law."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        df = 10 ** rng.uniform(low, high, count)
        nc = rng.uniform(-most, most, count) * rng.uniform(size=count)
        s = np.sqrt(rng.chisquare(df) / df) * np.exp(rng.uniform(-1, 1, count) / np.sqrt(np.maximum(df, 1)))
        return df, nc, (rng.uniform(-6, 6, count) + nc) / s

    return draw


def _in_order(verb: Callable[..., jax.Array]) -> Callable[..., jax.Array]:
    """SciPy's functions have t last, its families first."""
    return lambda df, nc, t: verb(t, df, nc)


_usual, _few = _draw(0, 3, 10), _draw(-1, 0, 5)
_of_usual, _of_few = "df from 1 to 1000, nc to ±10", "df from 0.1 to 1, nc to ±5"
_of_wide = "df from 1 to 1e6, nc to ±100"
_levels = mixed(uniform(0.001, 0.999), decades((-30, -20), 0), near(1, decades((-12, -6), -1)))
_quantiles = arguments(decades(0.5, 2), uniform(-5, 5), _levels)
_of_quantiles = "df from 3 to 100, nc to ±5, p from 1e-30 (float32: 1e-20) to 1 - eps"
Slow = partial(Row, samples=60)

ROWS = [
    Slow("special.nctdtr", special.nctdtr, lambda *z: log_below(*z).exp(), _usual, _of_usual, 1000, goal_99=64),
    Slow(
        "special.nctdtr_derivative",
        special.nctdtr_derivative,
        lambda *z: log_density(*z).exp(),
        _usual,
        _of_usual,
        64,
    ),
    Slow(
        "special.nctdtrit",
        special.nctdtrit,
        _quantile_and_size,
        _quantiles,
        _of_quantiles,
        8,
        "eps × max(size, probability / density)",
        samples=50,
    ),
    Slow(
        "special.nctdtrit_derivative",
        special.nctdtrit_derivative,
        lambda df, nc, p: (-log_density(df, nc, _quantile(df, nc, p))).exp(),
        _quantiles,
        _of_quantiles,
        300,
    ),
    Slow(
        "distributions.nct.logcdf",
        _in_order(nct.logcdf),
        sized(log_below),
        _draw(0, 6, 100),
        _of_wide,
        1000,
        "eps × max(1, size)",
        64,
    ),
    Slow(
        "distributions.nct.logsf, few degrees of freedom",
        _in_order(nct.logsf),
        sized(log_above),
        _few,
        _of_few,
        1000,
        "eps × max(1, size)",
        64,
    ),
    Slow(
        "distributions.nct.logpdf",
        _in_order(nct.logpdf),
        sized(log_density),
        _draw(0, 6, 100),
        _of_wide,
        8,
        "eps × max(1, size)",
    ),
    Slow(
        "special.nctdtr, slope in nc",
        jax.vmap(jax.grad(special.nctdtr, 1)),
        slope_in_nc,
        _usual,
        _of_usual,
        300,
        goal_99=300,
    ),
    Slow(
        "special.nctdtr, slope in df",
        jax.vmap(jax.grad(special.nctdtr)),
        lambda *z: (slope_in_df(*z), log_below(*z).exp() / z[0]),
        _draw(0, 1.5, 5),
        "df from 1 to 30, nc to ±5",
        300,
        "eps × probability / df",
        300,
        samples=30,
    ),
]
