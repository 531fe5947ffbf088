"""Rows of Owen's T function and of the skew-normal law, against integrals in ball arithmetic."""

from functools import partial

import flint
import jax
import numpy as np
import scipy.stats
from certificates.draws import Draw, arguments, decades, mixed, uniform
from certificates.exact import density, sized
from certify import Row
from flint import acb, arb

from mathml_jax.distributions import skewnorm
from mathml_jax.special import owen as special

_few = partial(Row, goal=1000, goal_99=64, samples=300)
_slope = partial(Row, goal=8, samples=5000)


def _integral(h: arb, low: arb, high: arb) -> arb:
    """That of Owen's integrand between two slopes, over its value at the lower one but for 1 + t^2."""
    before, flint.ctx.prec = flint.ctx.prec, 160
    try:
        return acb.integral(lambda t, _: (h * h * (low * low - t * t) / 2).exp() / (1 + t * t), low, high).real
    finally:
        flint.ctx.prec = before


def owen(h: arb, a: arb) -> arb:
    """T(h, a)."""
    h, size = abs(h), abs(a)
    end = 15 / h if h > 0 else size
    value = _integral(h, arb(0), size if size < end else end) * (-h * h / 2).exp() / (2 * arb.pi())
    return -value if a < 0 else value


def _in_distance(h: arb, a: arb) -> arb:
    return -density(h) * (a * h / arb(2).sqrt()).erf() / 2


def _in_slope(h: arb, a: arb) -> arb:
    return (-h * h * (1 + a * a) / 2).exp() / (2 * arb.pi() * (1 + a * a))


def _log_thin(y: arb, c: arb) -> arb:
    """The logarithm of what lies beyond y > 0 for the shape -c < 0."""
    end = (c * c + 250 / (y * y)).sqrt()
    return (_integral(y, c, end) / arb.pi()).log() - y * y * (1 + c * c) / 2


def log_above(x: arb, a: arb) -> arb:
    """The logarithm of the probability of more than x, for x != 0."""
    if x < 0:
        return (-log_above(-x, -a).exp()).log1p()
    if a < 0:
        return _log_thin(x, -a)
    return ((x / arb(2).sqrt()).erfc() / 2 + 2 * owen(x, a)).log()


def _log_normal(x: arb) -> arb:
    return ((-x / arb(2).sqrt()).erfc() / 2).log()


def log_density(x: arb, a: arb) -> arb:
    return (arb(2) / arb.pi()).log() / 2 - x * x / 2 + _log_normal(a * x)


def quantile(q: arb, a: arb) -> tuple[arb, arb]:
    """Newton's iteration on the logarithm of the smaller tail, from the right, where it never overshoots."""
    if q <= 0.5:
        value, size = upper(q, -a)
        return -value, size
    return upper(1 - q, a)


def above_quantile(q: arb, a: arb) -> tuple[arb, arb]:
    """The point above which q lies."""
    value, size = quantile(q, -a)
    return -value, size


def upper(p: arb, a: arb) -> tuple[arb, arb]:
    """The point above which p lies, beside its size or the unit of the law there."""
    x = arb(float(scipy.stats.norm.isf(float(p) / 2)))
    if a < 0:
        x = arb(float(x) / float(np.sqrt(1 + float(a) ** 2))) + arb(1e-3)
    for _ in range(200):
        log_tail = log_above(x, a)
        excess = log_tail - p.log()
        step = excess * (log_tail - log_density(x, a)).exp()
        x = arb((x + step).mid())
        if abs(excess) < 1e-25:
            break
    return x, max(abs(x), 1 / (1 + a * a).sqrt())


def _points(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
    """Points and shapes of either sign whose tails do not underflow."""
    a = rng.choice([-1, 1], 8 * count) * 10 ** rng.uniform(-3, 3, 8 * count)
    x = rng.choice([-1, 1], 8 * count) * 10 ** rng.uniform(-3, 1.5, 8 * count)
    x, a = x.astype(info.dtype), a.astype(info.dtype)
    keep = x.astype(float) ** 2 * (1 + np.where(x * a < 0, a, 0).astype(float) ** 2) < (
        1200 if info.bits == 64 else 130
    )
    return x[keep][:count], a[keep][:count]


def _bounded(x: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    keep = x.astype(float) ** 2 * (1 + a.astype(float) ** 2) < (1200 if x.dtype == np.float64 else 120)
    return x[keep], a[keep]


def _shape(low: float, high: float) -> Draw:
    return lambda rng, count, info: rng.choice([-1, 1], count) * 10 ** rng.uniform(low, high, count)


_levels = mixed(uniform(0.001, 0.999), decades((-290, -35), 0))
_wedges, _of_wedges = arguments(decades(-3, (1.5, 1.0)), _shape(-3, 3)), "h to 30 (float32: 10)"
_domain = "x of either sign from 1e-3 to 30, a from 1e-3 to 1000, above underflow"

ROWS = [
    _few("special.owens_t", special.owens_t, owen, _wedges, _of_wedges),
    _slope("special.owens_t_derivative", special.owens_t_derivative, _in_distance, _wedges, _of_wedges),
    _slope("special.owens_t_slope_derivative", special.owens_t_slope_derivative, _in_slope, _wedges, _of_wedges),
    *(
        _few(f"distributions.skewnorm.{name}", function, reference, _points, _domain)
        for name, function, reference in (
            ("pdf", skewnorm.pdf, lambda x, a: log_density(x, a).exp()),
            ("cdf", skewnorm.cdf, lambda x, a: log_above(-x, -a).exp()),
            ("sf", skewnorm.sf, lambda x, a: log_above(x, a).exp()),
            ("logcdf", skewnorm.logcdf, lambda x, a: log_above(-x, -a)),
            ("logsf", skewnorm.logsf, log_above),
        )
    ),
    _few(
        "distributions.skewnorm.logsf, slope in the shape",
        jax.vmap(jax.grad(skewnorm.logsf, 1)),
        lambda x, a: (-x * x * (1 + a * a) / 2 - log_above(x, a)).exp() / (arb.pi() * (1 + a * a)),
        lambda rng, count, info: tuple(v[:count] for v in _bounded(*_points(rng, 4 * count, info))),
        "the same, but where the slope underflows before it is divided",
    ),
    Row(
        "distributions.skewnorm.logpdf",
        skewnorm.logpdf,
        sized(log_density),
        arguments(uniform(-30, 30), _shape(-3, 3)),
        "x to ±30, a to ±1000",
        unit="eps × max(1, size)",
        samples=2000,
    ),
    *(
        _few(
            f"distributions.skewnorm.{name}",
            function,
            reference,
            arguments(_levels, _shape(-3, 2)),
            "q from 1e-290 (float32: 1e-35) to 0.999, a to ±100",
            unit="eps × max(size, unit of the thin tail)",
        )
        for name, function, reference in (
            ("ppf", skewnorm.ppf, quantile),
            (
                "isf",
                skewnorm.isf,
                above_quantile,
            ),
        )
    ),
]
