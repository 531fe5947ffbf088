r"""The noncentral F law by one contour integral that serves all degrees of freedom, noncentralities and both tails.

The tails are

.. math::

    \frac{1}{2 \pi i} \int e^{-a \log t - b \log \frac{1 - u t}{v} + \lambda (1/t - 1)} \frac{dt}{t - 1}

on either side of the pole. Without the pole it gives the density, with logarithms the derivatives.
"""

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax.fundamentals._quotient import Parts
from mathml_jax.special._mills import mills
from mathml_jax.special._noncentral_f_path import Node, node_at
from mathml_jax.special._noncentral_f_saddle import Height, Saddle, height, saddle

_FAR = 0.1
"""Where so little of p / u or q / v is left, the pole does not disturb the rule."""
_WIDEST = 0.25
_DOUBLE, _SINGLE = (80, 2.4, 18.5), (20, 1.8, 8.5)
"""Nodes, how far they reach, and half the power of e by which the integrand falls at least."""


class Sums(NamedTuple):
    """Integrals along the path in units of the integrand at the saddle; derivatives are at fixed u.

    Attributes:
      tail: the smaller tail.
      tail_in_a: the derivative of the lower tail in a.
      tail_in_b: that in b.
      rate: that in the logarithm of the odds of u: the density times x.
      rate_in_a: the derivative of the rate in a.
      rate_in_b: that in b.
      after: less the derivative of the lower tail in the noncentrality.
      ahead: the rate and its derivative in the noncentrality.
    """

    tail: Array
    tail_in_a: Array
    tail_in_b: Array
    rate: Array
    rate_in_a: Array
    rate_in_b: Array
    after: Array
    ahead: Array


class Integrals(NamedTuple):
    """Whether the smaller tail is the upper one, the share u, the exponent at the saddle in two parts, and the sums."""

    upper: Array
    u: Array
    exponent: Parts
    sums: Sums


@jax.jit
def integrals(a: Array, b: Array, noncentral: Array, x: Array) -> Integrals:
    """All sums over the path.

    The integrals do not depend on the path: what derivatives they have is from the integrand at points that stay.
    """
    at = stop_gradient(saddle(a, b, noncentral, x))
    top = _moving(a, b, noncentral, x, at, stop_gradient(height(a, b, noncentral, x, at)))
    count, reach, depth = _DOUBLE if x.dtype == jnp.float64 else _SINGLE
    # The rule's step is a part of the integrand's width where that is narrow; it reaches on where the fall is slow.
    width, shape = 0.5 / math.pi * count / reach, stop_gradient((a, b))
    stretch = 1 / jnp.sqrt(_WIDEST + at.q * (shape[0] + at.growth * (1 + at.q)) / width**2)
    least = jnp.minimum(depth / sum(shape), 80.0 if x.dtype == jnp.float64 else 16.0)
    step = jnp.maximum(jnp.arcsinh(least / stretch), reach) / count
    far = (at.p < _FAR * at.u) | (at.q < _FAR * at.v)
    drop = stop_gradient(jnp.sqrt(jnp.maximum(-2 * (top.exponent[0] + top.exponent[1]), 0.0)))
    signed = jnp.where(far, 0.0, jnp.where(at.excess > 0, -drop, drop))

    def add(k: Array, sums: Array) -> Array:
        place = step * (k.astype(x.dtype) + 0.5)
        node = stop_gradient(node_at(stretch * jnp.sinh(place), *shape, at))
        weight = stretch * jnp.cosh(place) * step * node.weight
        return sums + weight[None] * jnp.stack(_terms(node, a, b, top, signed))

    sums = Sums(*jax.lax.fori_loop(0, count, add, jnp.stack([jnp.zeros_like(x)] * 8)))
    pole = jnp.where(far, 0.0, mills(drop) / math.sqrt(2 * math.pi))
    sign = jnp.where(at.excess > 0, -jnp.ones_like(x), 1.0)
    tail = pole + sign * sums.tail
    slopes = sign * sums.tail_in_a, sign * sums.tail_in_b, -sign * sums.after, sign * sums.rate
    tail = _in_units(tail, slopes, (a, b, noncentral, jnp.log(a * x / b)), top.exponent[0])
    return Integrals(at.excess > 0, top.u, top.exponent, sums._replace(tail=tail))


@jax.custom_jvp
def _in_units(value: Array, slopes: tuple[Array, ...], moving: tuple[Array, ...], exponent: Array) -> Array:
    """A value in units of an exponential; what moves, and how the product then moves in these units, is known."""
    return value


@_in_units.defjvp
def _in_units_jvp(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Array, Array]:
    value = _in_units(*primals)
    change = sum(slope * moved for slope, moved in zip(primals[1], tangents[2], strict=True))
    return value, change - value * tangents[3]


class _Top(NamedTuple):
    """The saddle with what moves there while p stays."""

    at: Saddle
    u: Array
    w: Array
    excess: Array
    growth: Array
    exponent: Parts
    log_w: Array
    log_rest: Array


def _moving(a: Array, b: Array, noncentral: Array, x: Array, at: Saddle, top: Height) -> _Top:
    """Of the values that are known only how they move is from here."""
    total = a * x + b
    u = a * x / total

    def moved(change: Array) -> Array:
        return change - stop_gradient(change)

    w = u / at.p
    log_w, log_rest = top.log_w + moved(jnp.log(u)), top.log_rest - moved(jnp.log(b / total))
    exponent = moved(a * log_w - b * log_rest + noncentral * (at.excess + moved(w)))
    parts = top.exponent[0] + exponent, top.exponent[1]
    return _Top(at, u, at.w + moved(w), at.excess + moved(w), noncentral * (at.w + moved(w)), parts, log_w, log_rest)


def _terms(node: Node, a: Array, b: Array, top: _Top, drop: Array) -> Sums:
    """What stands beside the exponential in each integral."""
    (theta, psi), versine, sine = node.angles.angle, node.angles.versine, node.angles.sine
    at, (log_radius, log_reach), (radius, reach) = top.at, node.logs, 1 + node.beyond
    # How the exponential turns and falls as the parameters move: at the path not at all, so that a few terms will do.
    lean = (node.beyond[0] + versine[0]) / radius
    turned = b * psi - a * theta - top.growth * sine[0] / radius
    turned = turned - stop_gradient(turned)
    fallen = a * log_radius + b * log_reach + top.growth * lean
    scale = node.swing * jnp.exp(stop_gradient(fallen) - fallen)
    square = turned * turned
    cosine, slant = 1 - square / 2 * (1 - square / 12), turned * (1 - square / 6)
    real, imaginary = scale * (node.turn * cosine - slant), scale * (node.turn * slant + cosine)
    unit = 1 / jnp.maximum(at.w, 1.0)
    across, along = (node.beyond[0] - top.excess + top.w * versine[0]) * unit, top.w * sine[0] * unit
    size = radius * unit / (across * across + along * along)
    upwards, onwards = size * (across * imaginary - along * real), size * (across * real + along * imaginary)
    # The pole is left out here and given back whole: its integral is the normal law's Mills ratio.
    depth = jnp.sqrt(2 * node.fall)
    pole = node.pace / depth * drop / (2 * node.fall + drop * drop)
    growth, near, log_t, log_rest = (
        top.growth / radius,
        1 - versine[0],
        log_radius - top.log_w,
        log_reach + top.log_rest,
    )
    down, side = near * imaginary - sine[0] * real, near * real + sine[0] * imaginary
    rate = a * imaginary + growth * down
    across = a * real + growth * side
    ahead = b * top.u / at.q * ((1 - versine[1]) * imaginary + sine[1] * real) / reach
    return Sums(
        stop_gradient(upwards - pole),
        -(upwards * log_t + onwards * theta),
        -(upwards * log_rest - onwards * psi),
        rate,
        imaginary - (rate * log_t + across * theta),
        across * psi - rate * log_rest,
        imaginary,
        ahead,
    )
