r"""The upper tail of the skew-normal law, its logarithm and its quantile, for either sign of the shape.

.. math::

    S(x; a) = \Phi(-x) + 2 T(x, a), \qquad S(x; a) = 1 - S(-x; -a)

with Owen's T. The thin tail, where a and x differ in sign, is an integral of its own, since this difference cancels.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from mathml_jax.special import _rising
from mathml_jax.special._mills import bell, mills
from mathml_jax.special._wedge import half, wedges
from mathml_jax.special.error import log_ndtr, ndtr, ndtri

_ROOT_TWO_PI = math.sqrt(2 * math.pi)
_STEPS = 7


class Tail(NamedTuple):
    """The tail beyond a distance from 0: its size, the density and the slope in the shape, in units of two bells.

    One is that at the distance, the other that at `beyond`. And the probability of at most the distance under the law
    that leans away from 0, as that of the absolute value of a normal number, and a bit.
    """

    distance: Array
    beyond: Array
    size: Array
    height: Array
    turn: Array
    folded: Array


def tail(y: Array, a: Array) -> Tail:
    """The tail beyond y >= 0."""
    slope = jnp.where(a < 0, -a, a)
    w = jnp.minimum(slope, 1e15) * jnp.minimum(y, 1e15)
    owen, rest, beyond = wedges(y, slope)
    thick = a >= 0
    folded = 2 * half(y) + bell(y, bell(beyond, rest))
    beyond = jnp.where(thick, 0.0, beyond)
    size = jnp.where(thick, mills(y) / _ROOT_TWO_PI + 2 * owen, rest)
    thin = jnp.where(beyond > 0, mills(w) / math.pi, 2 * ndtr(-w) / _ROOT_TWO_PI)
    height = jnp.where(thick, 2 * ndtr(w) / _ROOT_TWO_PI, thin)
    turn = jnp.where(beyond > 0, 1.0, bell(w)) / (math.pi * (1 + slope * slope))
    return Tail(y, beyond, size, height, turn, folded)


def in_bells(of: Tail, size: Array) -> Array:
    """What is given in units of the two bells."""
    return bell(of.distance, bell(of.beyond, size))


def _mirrored(x: Array, a: Array) -> tuple[Array, Tail]:
    """Whether x is below 0, and the tail beyond its distance, of the mirrored law then."""
    below = x < 0
    return below, tail(jnp.where(below, -x, x), jnp.where(below, -a, a))


def _value(below: Array, a: Array, of: Tail) -> Array:
    other = in_bells(of, of.size)
    return jnp.where(below, jnp.where(a < -1, of.folded, 1 - other), other)


def _log_value(below: Array, a: Array, of: Tail) -> Array:
    far = jnp.log(of.size) - of.distance * of.distance / 2 - of.beyond * of.beyond / 2
    value = _value(below, a, of)
    # Where nearly all lies above, the logarithm is that of one less the rest.
    rest = jnp.where(below, in_bells(of, of.size), of.folded)
    nearly = (value > 0.5) & (below | (a > 1))
    little = jnp.where(below, jnp.log(jnp.where(nearly, 0.5, value)), far)
    return jnp.where(nearly, _rising.log1p(-jnp.where(nearly, rest, 0.0)), little)


@jax.custom_jvp
def above(x: Array, a: Array) -> Array:
    """The probability of more than x."""
    below, of = _mirrored(x, a)
    return _value(below, a, of)


@above.defjvp
def _above_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    _, of = _mirrored(*primals)
    return above(*primals), in_bells(of, of.turn) * tangents[1] - in_bells(of, of.height) * tangents[0]


@jax.custom_jvp
def log_above(x: Array, a: Array) -> Array:
    """The logarithm of the probability of more than x."""
    below, of = _mirrored(x, a)
    return _log_value(below, a, of)


@log_above.defjvp
def _log_above_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    below, of = _mirrored(*primals)
    value = jnp.where(below, _value(below, primals[1], of), 1.0)
    height, turn = (jnp.where(below, in_bells(of, z) / value, z / of.size) for z in (of.height, of.turn))
    return log_above(*primals), turn * tangents[1] - height * tangents[0]


@jax.custom_jvp
def quantile(q: Array, a: Array) -> Array:
    """The point below which a share q lies; by the rule of the implicit function derived."""
    lower = q < 0.5
    p, shape = jnp.minimum(q, 1 - q), jnp.where(lower, -a, a)
    inside = p > 0
    x = jnp.where(inside, _search(jnp.where(inside, p, 0.25), shape), jnp.inf)
    return jnp.where(lower, -x, x)


@quantile.defjvp
def _quantile_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    q, a = primals
    x = quantile(q, a)
    lower, sure = q < 0.5, jnp.isinf(x)
    y, shape = jnp.where(sure, 0.0, jnp.where(lower, -x, x)), jnp.where(lower, -a, a)
    below, of = _mirrored(y, shape)
    size = jnp.where(below, _value(below, shape, of) / in_bells(of, jnp.ones_like(y)), of.size)
    p = jnp.where(sure, 0.5, jnp.minimum(q, 1 - q))
    slope = jnp.where(sure, jnp.inf, size / of.height / p)
    return x, slope * tangents[0] + jnp.where(sure, 0.0, of.turn / of.height) * tangents[1]


def _search(p: Array, a: Array) -> Array:
    """The point above which lies p, up to 1/2, by Halley's method for the logarithm, from bounds above it."""
    slope = jnp.where(a < 0, -a, 1.0)
    none = jnp.arctan(1 / slope) / math.pi
    over = p > none
    thin = jnp.sqrt(2 * jnp.log(jnp.where(over, 2.0, none / p))) / jnp.sqrt(1 + slope * slope)
    folded = -ndtri((1 + jnp.where(over, p - none, 0.0)) / 2)
    start = jnp.where(a < 0, jnp.where(over, folded, thin), -ndtri(p / 2))

    def step(_: Array, x: Array) -> Array:
        below, of = _mirrored(x, a)
        value = _value(below, a, of)
        ratio = jnp.where(below, jnp.log(value / p), _log_value(below, a, of) - jnp.log(p))
        size = jnp.where(below, value / in_bells(of, jnp.ones_like(x)), of.size)
        rate = of.height / size
        newton = ratio / rate
        bend = jnp.clip(newton * (rate - x + a * hazard(a * x)) / 2, -0.5, 1.0)
        return x + newton / (1 + bend)

    return lax.fori_loop(0, _STEPS, step, start)


def hazard(w: Array) -> Array:
    """The normal density over the normal probability of at most w."""
    return jnp.where(w < 0, 1 / mills(jnp.where(w < 0, -w, 0.0)), bell(w) / _ROOT_TWO_PI / ndtr(w))


def mode(a: Array) -> Array:
    r"""Where the density is highest: a times r, by Newton's method for log r; derived as the implicit function.

    .. math::

        r = \frac{\varphi(a^2 r)}{\Phi(a^2 r)}
    """
    square = jnp.minimum(a * a, 1e30)
    some = square > 1e-3
    wide = jnp.where(some, square, 1.0)
    first = jnp.where(
        some, jnp.sqrt(2 * jnp.log1p(0.32 * wide * jnp.minimum(wide, 1e7))) / wide, math.sqrt(2 / math.pi)
    )

    def step(_: Array, r: Array) -> Array:
        w = square * lax.stop_gradient(r)
        pace = 1 / (1 + w * (w + hazard(w)))
        return r * jnp.exp((log_hazard(square * r) - jnp.log(r)) * pace)

    found = lax.stop_gradient(lax.fori_loop(0, 8, step, first))
    w = square * found
    pace = lax.stop_gradient(found / (1 + w * (w + hazard(w))))
    return a * (found + pace * (log_hazard(square * found) - jnp.log(found)))


def log_hazard(w: Array) -> Array:
    """The logarithm of `hazard` for w >= 0."""
    return -w * w / 2 - math.log(2 * math.pi) / 2 - log_ndtr(w)
