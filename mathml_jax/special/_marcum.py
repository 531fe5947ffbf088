r"""The noncentral gamma law by one contour integral that serves all shapes, noncentralities and both tails.

With :math:`a = \nu / 2`, :math:`\lambda` half the noncentrality and :math:`y = x / 2` the tails are

.. math::

    \frac{1}{2 \pi i} \int e^{-a \log t + \lambda (1/t - 1) + y (t - 1)} \frac{dt}{t - 1}

on either side of the pole. Along the path of steepest descent from the saddle the integrand is real and the path known
in closed form, so that a rule with few nodes gives every digit; without the pole it gives the density, with
:math:`\log t` the derivatives in the shape.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference, product_in_parts
from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.fundamentals._quotient import Parts, log_quotient, sum_of_parts
from mathml_jax.special._mills import mills
from mathml_jax.special._stirling import log1pmx

# The angle less its sine, over its cube, in its square.
_EXCESS = tuple((-1) ** j / math.factorial(2 * j + 3) for j in reversed(range(9)))
_FAR = (0.01, 25.0)
"""Beyond these distances the pole does not disturb the rule."""


class Saddle(NamedTuple):
    r"""Where the path crosses the real axis, at :math:`t = 1 / w`.

    Attributes:
      w: positive; 1 at the mean.
      excess: w - 1.
      log_w: its logarithm.
      root: the curvature there, :math:`\sqrt{a^2 + 4 \lambda y}`.
      growth: :math:`\lambda w`.
      exponent: of the integrand there, never positive, in two parts.
    """

    w: Array
    excess: Array
    log_w: Array
    root: Array
    growth: Array
    exponent: Parts


def saddle(a: Array, noncentral: Array, y: Array) -> Saddle:
    r"""The saddle; its exponent is :math:`a (\log w - w + 1) - \lambda (w - 1)^2`, two terms of one sign."""
    mean = a + noncentral
    beyond = y - mean
    lost = lost_in_difference(y, mean, beyond) - lost_in_difference(a, -noncentral, mean)
    root = jnp.sqrt(a * a + 4 * noncentral * y)
    excess = 2 * (beyond + lost) / (mean + noncentral + root)
    w = 2 * y / (a + root)
    near = jnp.abs(excess) < 0.5
    log_w = jnp.where(near, log1pmx(jnp.where(near, excess, 0.0)) + excess, jnp.log(jnp.where(near, 1.0, w)))
    return Saddle(w, excess, log_w, root, noncentral * w, _exponent(a, noncentral, y, w))


def _exponent(a: Array, noncentral: Array, y: Array, w: Array) -> Parts:
    r"""The exponent in two parts, at a rounded w: so :math:`(w - 1)(a w + \lambda w^2 - y) / w` is not nothing."""
    high, low = log_quotient(w, jnp.ones_like(w))
    excess = w - 1
    curve = high - excess
    low = low + lost_in_difference(high, excess, curve) - lost_in_difference(w, jnp.ones_like(w), excess)
    fall, lost_fall = product_in_parts(a, curve)
    growth, lost_growth = product_in_parts(noncentral, excess)
    rise, lost_rise = product_in_parts(growth, excess)
    total = fall - rise
    rest = (lost_fall - lost_rise + lost_in_difference(fall, rise, total)) + (a * low - lost_growth * excess)
    return sum_of_parts(total, rest + excess / w * _missed(a, noncentral, y, w))


def _missed(a: Array, noncentral: Array, y: Array, w: Array) -> Array:
    """How far a w + c w^2 is from y, without the rounding of the products."""
    first, lost_first = product_in_parts(a, w)
    once, lost_once = product_in_parts(noncentral, w)
    twice, lost_twice = product_in_parts(once, w)
    total = first + twice
    lost = lost_in_difference(first, -twice, total) + lost_first + lost_twice + lost_once * w
    return (total - y) + lost


class Sums(NamedTuple):
    """Integrals along the path in units of the integrand at the saddle.

    Attributes:
      tail: the smaller tail.
      tail_in_shape: the derivative of the lower tail in the shape.
      rate: the density times y.
      rate_in_shape: its derivative in the shape.
      after: the density for a shape larger by 1.
      after_in_shape: its derivative in the shape.
    """

    tail: Array
    tail_in_shape: Array
    rate: Array
    rate_in_shape: Array
    after: Array
    after_in_shape: Array


def _rule(dtype: jnp.dtype) -> tuple[np.ndarray, np.ndarray, float]:
    """Nodes and weights along the path before they are stretched, and how far at most."""
    count, reach = (40, 1.9) if dtype == jnp.float64 else (18, 1.7)
    at = (np.arange(count) + 0.5) * reach / count
    return np.sinh(at), np.cosh(at) * reach / count, (0.5 if dtype == jnp.float64 else 0.7) / np.pi * count / reach


@jax.jit
def integrals(a: Array, noncentral: Array, y: Array) -> Sums:
    """All sums over the path, for a from 1/2 on."""
    at = saddle(a, noncentral, y)
    nodes, weights, widest = _rule(a.dtype)
    places, shares = jnp.asarray(nodes, a.dtype), jnp.asarray(weights, a.dtype)
    # The rule's step is a part of the width of the integrand where that is narrow.
    stretch = stop_gradient(1 / jnp.sqrt(0.25 + at.root / widest**2))
    far = (at.w < _FAR[0]) | (at.w > _FAR[1])
    depth = stop_gradient(jnp.sqrt(jnp.maximum(-2 * (at.exponent[0] + at.exponent[1]), 0.0)))
    height = jnp.where(at.excess > 0, -depth, depth)

    def add(k: Array, sums: Sums) -> Sums:
        node = _node(stretch * places[k], stretch * shares[k], a, noncentral * y, at)
        terms = _terms(node, a, at, jnp.where(far, 0.0, height))
        return Sums(*(total + node.weight * term for total, term in zip(sums, terms, strict=True)))

    sums = jax.lax.fori_loop(0, len(nodes), add, Sums(*[jnp.zeros_like(y)] * 6))
    pole = jnp.where(far, 0.0, mills(depth) / math.sqrt(2 * math.pi))
    logarithms = at.log_w * sums.rate, at.log_w * sums.after
    return Sums(
        pole + jnp.where(at.excess > 0, -sums.tail, sums.tail),
        -sums.tail_in_shape,
        sums.rate,
        sums.rate_in_shape + logarithms[0],
        sums.after,
        logarithms[1] - sums.after_in_shape,
    )


class _Node(NamedTuple):
    r"""A point of the path, :math:`t = \rho e^{i \theta} / w`, and what is known there."""

    weight: Array
    angle: Array
    sine: Array
    versine: Array
    beyond: Array
    log_radius: Array
    turn: Array
    pace: Array
    fall: Array


def _node(place: Array, share: Array, a: Array, product: Array, at: Saddle) -> _Node:
    r"""The path :math:`\rho = (a q + S) / (a + R)`, :math:`S^2 = a^2 q^2 + 4 \lambda y`, q the angle over its sine.

    The angle is pi times the hyperbolic tangent of `place`. No difference here is one of nearly equal numbers.
    """
    decay = jnp.exp(-2 * place)
    angle, rest = -math.pi * jnp.expm1(-2 * place) / (1 + decay), 2 * math.pi * decay / (1 + decay)
    half, other = jnp.sin(angle / 2), jnp.sin(rest / 2)
    sine, versine = 2 * half * other, 2 * half * half
    small = angle < 1
    square = jnp.where(small, angle, 0.0) ** 2
    excess = jnp.where(small, angle * square * horner(_EXCESS, square), angle - sine)
    more, steep = excess / sine, (angle * versine - excess) / (sine * sine)
    curvature = jnp.sqrt((a * (1 + more)) ** 2 + 4 * product)
    beyond = a * more * (1 + a * (2 + more) / (curvature + at.root)) / (a + at.root)
    radius, turn = 1 + beyond, a * steep / curvature
    curve = log1pmx(beyond)
    fall = a * (curve + radius * versine)
    fall = fall + at.growth * (versine * (radius + 1 / radius) - beyond * beyond / radius)
    weight = jnp.exp(-fall) * (4 * decay / (1 + decay) ** 2) * share
    pace = sine * curvature * (1 + turn * turn)
    return _Node(weight, angle, sine, versine, beyond, curve + beyond, turn, pace, fall)


def _terms(node: _Node, a: Array, at: Saddle, height: Array) -> Sums:
    """What stands beside the exponential in each integral."""
    radius, log_radius = 1 + node.beyond, node.log_radius
    unit = 1 / jnp.maximum(at.w, 1.0)
    across, along = (node.beyond - at.excess + at.w * node.versine) * unit, at.w * node.sine * unit
    size = radius * unit / (across * across + along * along)
    imaginary, real = size * (across - node.turn * along), size * (node.turn * across + along)
    # The pole is left out here and given back whole: its integral is the normal law's Mills ratio.
    depth = jnp.sqrt(2 * node.fall)
    pole = node.pace / depth * height / (2 * node.fall + height * height)
    tail_in_shape = imaginary * (log_radius - at.log_w) + real * node.angle
    cosine = 1 - node.versine
    down, side = cosine - node.turn * node.sine, node.turn * cosine + node.sine
    growth = at.growth / radius
    drift = log_radius + node.angle * node.turn
    bend = a * drift + growth * (log_radius * down + node.angle * side)
    return Sums(imaginary - pole, tail_in_shape, a + growth * down, 1 - bend, jnp.ones_like(a), drift)
