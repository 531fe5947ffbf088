r"""Areas under the density :math:`e^{\kappa \cos t}` on the circle, their quantiles, and moments of the angle.

An area is taken in units of the density where it begins, so that it neither underflows nor loses digits. The variable
of integration is :math:`r = \tan(t / 4)`, from 0 at the mode to 1 opposite of it: in it the half circle is short, and
nothing but an exponential and quotients need be computed at a node.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from mathml_jax._rounding import Parts, lost_in_difference, product_in_parts
from mathml_jax.calculus._jacobi import nodes_and_weights
from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.fundamentals._quotient import log_quotient, sum_of_parts, times_exp
from mathml_jax.special._bessel import cosine_missing, i0e
from mathml_jax.special.error import ndtri

_DOUBLE, _SINGLE = (36, 40.0), (20, 18.0)
"""How many nodes Gauss's rule has, and by which power of e the density falls until nothing is left of an area."""
_STEPS = 5
_SINE = tuple((-1) ** k / math.factorial(2 * k + 1) for k in range(8, 0, -1))
"""Of the sine over its argument less one, over the argument's square, for arguments to a quarter of pi."""
_LOST_IN_PI = 1.2246467991473532e-16
_LOST_IN_PI_SINGLE = -8.742277657347586e-8


class Place(NamedTuple):
    """A point of the upper half circle: the angle from the mode, and that which lacks to the opposite of it."""

    angle: Array
    rest: Array


class Area(NamedTuple):
    """An area in units of the density where it begins, and the sum over it of the level above that, over kappa."""

    size: Array
    drop: Array


def opposite(angle: Array) -> Array:
    """What lacks from an angle to half a turn, in two parts of pi."""
    lost = _LOST_IN_PI if angle.dtype == jnp.float64 else _LOST_IN_PI_SINGLE
    # Two constants XLA would add up beforehand, to nothing but the first.
    return (math.pi - angle) + jnp.where(angle < 4, jnp.asarray(lost, angle.dtype), 0.0)


def turned(z: Array) -> tuple[Array, Array]:
    """How many turns lie between an angle and the mode, and the angle that remains, from -pi to pi."""
    turns = lax.stop_gradient(jnp.round(z / (2 * math.pi)))
    whole = jnp.asarray(2 * math.pi, z.dtype)
    lost = _LOST_IN_PI if z.dtype == jnp.float64 else _LOST_IN_PI_SINGLE
    product, rest = product_in_parts(turns, jnp.broadcast_to(whole, z.shape))
    return turns, (z - product) - lax.stop_gradient(rest + turns * (2 * lost))


def place(z: Array) -> Place:
    """The place of an angle from -pi to pi, on the upper half circle."""
    angle = jnp.where(z < 0, -z, z)
    return Place(angle, opposite(angle))


def level(kappa: Array, at: Place) -> Parts:
    r"""How far the logarithm of the density has fallen at a place, in two parts: its rounding would cost so many ulps.

    .. math::

        2 \kappa \sin^2 \frac{z}{2} = 2 \kappa \Bigl( 1 - \sin^2 \frac{\pi - z}{2} \Bigr)
    """
    near = at.angle < at.rest
    half = jnp.where(near, at.angle, at.rest) / 2
    square, lost = product_in_parts(half, half)
    excess = half * half * horner(_SINE, half * half)
    high, low = product_in_parts(2 * kappa, square)
    high, low = sum_of_parts(high, low + 2 * kappa * (lost + half * half * excess * (2 + excess)))
    other = 2 * kappa - high
    return jnp.where(near, high, other), jnp.where(near, low, lost_in_difference(2 * kappa, high, other) - low)


def log_density(kappa: Array, at: Place) -> Array:
    """The logarithm of the density."""
    top, rest = log_quotient(jnp.ones_like(kappa), 2 * math.pi * i0e(kappa))
    high, low = level(kappa, at)
    total = top - high
    return total + (lost_in_difference(top, high, total) + rest - low)


def scaled(kappa: Array, at: Place, size: Array) -> Array:
    """What is given in units of the density at a place."""
    high, low = level(kappa, at)
    return times_exp((-high, -low), size / (2 * math.pi * i0e(kappa)))


def _nodes(kappa: Array, start: Array, left: Array, room: Array) -> tuple[Array, Array, Array]:
    """Gauss's rule for r from `start`, which lies `left` below 1, over the width `room`, or until nothing is left.

    The nodes, how far the level there lies above that of the start, over kappa, and the parts of the area.
    """
    count, reach = _DOUBLE if kappa.dtype == jnp.float64 else _SINGLE
    nodes, weights = nodes_and_weights("legendre", count)
    one = 1 + start * start
    sine = 2 * start / one
    fall = reach / (2 * jnp.maximum(kappa, jnp.finfo(kappa.dtype).tiny * 1e9))
    end = sine * sine + fall
    inside = end < 1
    last = jnp.sqrt(jnp.where(inside, end, 0.5))
    r = last / (1 + jnp.sqrt(1 - last * last))
    far = jnp.where(inside, fall, 0.5) / (last + sine) * (1 + r * r) * one / (2 * (1 - r * start))
    width = jnp.where(inside & (far < room), lax.stop_gradient(far), room)[..., None]
    shape = (*(1,) * kappa.ndim, -1)
    nodes, weights = (jnp.asarray(a / 2, kappa.dtype).reshape(shape) for a in (nodes + 1, weights))
    start, left, one, kappa = (a[..., None] for a in (start, left, one, kappa))
    step = width * nodes
    at = start + step
    here = 1 + at * at
    ahead = 2 * step * (left * (1 + start) - step * start) / here / one
    drop = 4 * ahead * (at / here + start / one)
    return at, drop, weights * (4 * width) / here * jnp.exp(-kappa * drop)


def _area(kappa: Array, start: Array, left: Array, room: Array) -> Area:
    _, drop, part = _nodes(kappa, start, left, room)
    return Area(jnp.sum(part, -1), jnp.sum(part * drop, -1))


def angles(kappa: Array) -> tuple[Array, Array]:
    """Angles from the mode to its opposite, and the probabilities with which they stand for the whole law."""
    zero = jnp.zeros_like(kappa)
    at, _, part = _nodes(kappa, zero, zero + 1, zero + 1)
    return 4 * jnp.arctan(at), part / jnp.sum(part, -1, keepdims=True)


def _upper(kappa: Array, place: Place) -> Area:
    """The area from a place to the opposite of the mode."""
    q = jnp.tan(place.rest / 4)
    left = 2 * q / (1 + q)
    return _area(kappa, jnp.tan(place.angle / 4), left, left)


@jax.custom_jvp
def tail(kappa: Array, at: Place) -> Array:
    r"""The probability from a place to the opposite of the mode, over the density there; by its own rule derived.

    .. math::

        \int_z^\pi e^{\kappa (\cos t - \cos z)}\, dt
    """
    return _upper(kappa, at).size


@tail.defjvp
def _tail_jvp(primals: tuple[Array, Place], tangents: tuple[Array, Place]) -> tuple[Array, Array]:
    kappa, place = primals
    size = tail(kappa, place)
    along = kappa * _sine(place) * size - 1
    return size, along * tangents[1].angle - _upper(kappa, place).drop * tangents[0]


def _sine(place: Place) -> Array:
    return 2 * jnp.sin(place.angle / 2) * jnp.sin(place.rest / 2)


@jax.custom_jvp
def quantile(q: Array, kappa: Array) -> Array:
    """The angle from -pi to pi below which a share q lies; by the rule of the implicit function derived."""
    return _side(q) * _search(jnp.minimum(q, 1 - q), jnp.abs(q - 0.5), kappa).angle


@quantile.defjvp
def _quantile_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    q, kappa = primals
    least, side = jnp.minimum(q, 1 - q), _side(q)
    at = _search(least, jnp.abs(q - 0.5), kappa)
    size, drop = _upper(kappa, at)
    none = least == 0
    slope = jnp.where(none, 2 * math.pi * i0e(kappa) * jnp.exp(2 * kappa), size / jnp.where(none, 1.0, least))
    # How the tail beyond a fixed place grows with kappa, over the density there.
    growth = (cosine_missing(kappa) - 2 * jnp.sin(at.angle / 2) ** 2) * size - drop
    return side * at.angle, slope * tangents[0] + side * growth * tangents[1]


def _side(q: Array) -> Array:
    return jnp.where(q < 0.5, -jnp.ones_like(q), 1.0)


def _search(tail: Array, centre: Array, kappa: Array) -> Place:
    """The place beyond which a tail below 1/2 lies, and up to which from the mode the `centre`, 1/2 less the tail.

    By Halley's method for the logarithm of an area in that of an angle: near the mode of the area from there and the
    angle from there, elsewhere of the tail, with the angle from the mode or from its opposite.
    """
    unit = 2 * math.pi * i0e(kappa)
    central = tail > 0.25
    guess, beyond = _guess(tail, kappa, unit)
    from_mode = central | ((guess < math.pi / 2) & (tail > 0))
    target = jnp.where(central, centre, tail)
    sound = target > 0
    target = jnp.where(sound, target, 0.125)

    one = jnp.ones_like(tail)
    away = jnp.where(from_mode, -one, 1.0)

    def both(s: Array) -> Place:
        other = opposite(s)
        return Place(jnp.where(from_mode, s, other), jnp.where(from_mode, other, s))

    def step(_: Array, s: Array) -> Array:
        place = both(s)
        q = jnp.tan(place.rest / 4)
        left = jnp.where(central, 1.0, 2 * q / (1 + q))
        start = jnp.tan(place.angle / 4)
        size = _area(kappa, jnp.where(central, 0.0, start), left, jnp.where(central, start, left)).size
        log_size, lost = log_quotient(size / unit, target)
        high, low = level(kappa, place)
        excess = jnp.where(central, log_size + lost, (log_size - high) + (lost - low))
        # A tail is in units of the density at the place, the centre in units of that at the mode.
        rate = s * jnp.where(central, jnp.exp(-high), 1.0) / size * jnp.where(central, one, away)
        lean = kappa * _sine(place) * s * away
        newton = -excess / rate
        bend = jnp.clip(newton * (1 + lean - rate) / 2, -0.5, 1.0)
        return jnp.minimum(s * jnp.exp(jnp.clip(newton / (1 + bend), -2.0, 2.0)), math.pi)

    start = jnp.where(from_mode, guess, beyond)
    found = lax.fori_loop(0, _STEPS, step, jnp.where(sound, start, 1.0))
    return both(jnp.where(sound, found, 0.0))


def _guess(tail: Array, kappa: Array, unit: Array) -> tuple[Array, Array]:
    """About where a tail begins: the angle from the mode, and that from its opposite.

    As under a normal law for the half-angle's sine; below that, or where it ends, as if the density were flat.
    """
    inside = jnp.where(tail > 0, tail, 0.125)
    sine = -ndtri(inside) / (2 * jnp.sqrt(jnp.maximum(kappa, 1e-6)))
    normal = 2 * jnp.arcsin(jnp.minimum(sine, 1.0))
    flat = jnp.exp(jnp.minimum(jnp.log(inside) + jnp.log(unit) + 2 * kappa, 1.2))
    angle = jnp.where(inside > 0.25, (0.5 - inside) * unit, normal)
    rest = jnp.minimum(jnp.where(sine < 1, math.pi - normal, flat), flat)
    return jnp.minimum(angle, math.pi - jnp.where(inside > 0.25, 0.0, rest)), rest
