"""Rows of the studentized range: tails, density, slopes and quantile, by the trapezoidal rule twice, in Arb.

The integrands are analytic and fall like a bell, or as a power of the scale, on either side: the rule converges
exponentially, and a sum that goes outwards until its terms are nothing leaves an error beyond the twentieth digit.
"""

from collections.abc import Callable
from functools import partial

import jax
import numpy as np
from certificates.draws import arguments, decades, uniform
from certify import Row
from flint import arb, ctx

from mathml_jax.distributions import studentized_range as law
from mathml_jax.special import studentized

Term = Callable[..., arb]
_BITS, _INNER, _NOTHING = 240, 0.12, arb(10) ** -32


def _phi(x: arb) -> arb:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def _below(x: arb) -> arb:
    return (-x / arb(2).sqrt()).erfc() / 2


def lower(y: arb, w: arb, k: arb) -> arb:
    return k * _phi(y) * (_below(y) - _below(y - w)) ** (k - 1)


def upper(y: arb, w: arb, k: arb) -> arb:
    below = _below(y)
    return k * _phi(y) * below ** (k - 1) * -((k - 1) * (-_below(y - w) / below).log1p()).expm1()


def _density(y: arb, w: arb, k: arb) -> arb:
    return k * (k - 1) * _phi(y) * _phi(y - w) * (_below(y) - _below(y - w)) ** (k - 2)


def _lower_in_k(y: arb, w: arb, k: arb) -> arb:
    between = _below(y) - _below(y - w)
    return _phi(y) * between ** (k - 1) * (1 + k * between.log())


_AT_MOST = (lower, _lower_in_k)


def _outwards(term: Callable[[arb], arb], start: float, step: float) -> arb:
    """The trapezoidal rule from a point upwards and downwards, until nothing is added."""
    total = size = arb(0)
    for first, sign in ((0, 1), (1, -1)):
        last, i = arb(0), first
        while True:
            value = arb(term(arb(start + sign * i * step)).mid())
            total, size = total + value, size + abs(value)
            if abs(value) <= last and abs(value) < _NOTHING * size:
                break
            last, i = abs(value), i + 1
    return step * total


def averaged(term: Term, q: arb, k: arb, df: arb, weight: Callable[[arb], arb] = lambda u: arb(1)) -> arb:
    """The mean over the logarithm u of the estimated scale."""
    with ctx.workprec(_BITS):
        half = df / 2
        constant = half * half.log() - half.lgamma() + arb(2).log()

        def at(u: arb) -> arb:
            w = q * u.exp()
            middle = float(w.mid()) / 2
            inner = _outwards(lambda y: term(y, w, k), min(middle, 1.0) if term in _AT_MOST else middle, _INNER)
            return (constant + df * u - half * (2 * u).exp()).exp() * weight(u) * inner

        n, x = float(df.mid()), float(q.mid())
        start = 0.0 if term in _AT_MOST else -np.log1p(x * x / (2 * n)) / 2
        return arb(_outwards(at, start, min(0.08, 0.35 / np.sqrt(n + float(k.mid())))).mid())


def _smaller(q: arb, k: arb, df: arb) -> tuple[arb, arb]:
    """The logarithm of the upper tail, and what eps of it is to be multiplied with."""
    value = averaged(upper, q, k, df).log()
    return value, max(abs(value), arb(1))


def _in_k(q: arb, k: arb, df: arb) -> tuple[arb, arb]:
    return averaged(_lower_in_k, q, k, df), averaged(lower, q, k, df)


def _in_df(q: arb, k: arb, df: arb) -> tuple[arb, arb]:
    digamma = (df / 2).digamma()
    slope = averaged(upper, q, k, df, lambda u: ((df / 2).log() - digamma + 1 + 2 * u - (2 * u).exp()) / 2)
    return slope, averaged(upper, q, k, df) / df


def density_at(q: arb, k: arb, df: arb) -> arb:
    return averaged(_density, q, k, df, lambda u: u.exp())


def _quantile(p: arb, k: arb, df: arb) -> arb:
    """By Newton's iteration from that of float64."""
    q = arb(float(law.isf(float(p.mid()), float(k.mid()), float(df.mid()))))
    for _ in range(2):
        q = arb((q + (averaged(upper, q, k, df) - p) / density_at(q, k, df)).mid())
    return q


_usual = arguments(uniform(0.5, 12), uniform(2, 12), uniform(2, 40))
_wide = arguments(uniform(0.5, 20), uniform(2, 50), decades(0, 3))
_of_usual = "q from 0.5 to 12, k from 2 to 12, df from 2 to 40"
_of_wide = "q from 0.5 to 20, k from 2 to 50, df from 1 to 1000"
_row = partial(Row, draw=_usual, domain=_of_usual, goal=64, goal_99=64, samples=20)
_slope = partial(_row, goal=300, goal_99=300, samples=12)

ROWS = [
    _row("special.studentized_range_cdf", studentized.studentized_range_cdf, partial(averaged, lower)),
    _row("special.studentized_range_sf", studentized.studentized_range_sf, partial(averaged, upper)),
    _row("special.studentized_range_cdf_derivative", studentized.studentized_range_cdf_derivative, density_at),
    _row(
        "special.studentized_range_sf_derivative",
        studentized.studentized_range_sf_derivative,
        lambda *z: -density_at(*z),
        goal=16,
        goal_99=None,
    ),
    _row(
        "distributions.studentized_range.logsf",
        law.logsf,
        _smaller,
        draw=_wide,
        domain=_of_wide,
        unit="eps × max(1, size)",
    ),
    _row(
        "distributions.studentized_range.isf",
        law.isf,
        _quantile,
        draw=arguments(decades(-12, -0.3), uniform(2, 12), uniform(4, 40)),
        domain="p from 1e-12 to 0.5, k from 2 to 12, df from 4 to 40",
        samples=8,
    ),
    _slope(
        "special.studentized_range_cdf, slope in k",
        jax.vmap(jax.grad(studentized.studentized_range_cdf, 1)),
        _in_k,
        unit="eps × probability",
    ),
    _slope(
        "special.studentized_range_sf, slope in df",
        jax.vmap(jax.grad(studentized.studentized_range_sf, 2)),
        _in_df,
        unit="eps × probability / df",
    ),
]
