r"""The path of steepest descent of the noncentral F law's integral, from the saddle to infinity.

From its points :math:`u t` the stretch between 0 and 1 is seen under an angle that grows from 0 to :math:`\pi`: the
variable of the rule. The angles of that triangle at 0 and 1 solve one real equation, and there the integrand is real.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.special._noncentral_f_saddle import Saddle
from mathml_jax.special._stirling import log1pmx

# How much the sine falls short of its angle, as a share, over the square of that.
_SHORT = tuple((-1) ** j / math.factorial(2 * j + 3) for j in reversed(range(9)))
_STEPS = {jnp.dtype("float64"): 4, jnp.dtype("float32"): 2}
"""Of Newton's method."""


class Angles(NamedTuple):
    """Angles, their sines and 1 less their cosines, the sines over the angles and what those lack to 1."""

    angle: Array
    sine: Array
    versine: Array
    share: Array
    short: Array


def _angles(angle: Array, rest: Array) -> Angles:
    """From angles up to pi and what they lack to that; by a series, which is faster than the sine of the library."""
    acute = jnp.minimum(angle, rest)
    short, half = _short(acute), angle / 2
    sine, low = acute - acute * short, half - half * _short(half)
    share = sine / angle
    return Angles(angle, sine, 2 * low * low, share, jnp.where(angle <= rest, short, 1 - share))


def _short(angle: Array) -> Array:
    """What the sine over the angle lacks to 1, up to a right angle."""
    square = angle * angle
    return square * horner(_SHORT, square)


class Node(NamedTuple):
    r"""A point :math:`p \rho e^{i \theta}` of the path, one less :math:`q \sigma e^{-i \psi}`, and what is known there.

    The first of two is about the end 0, the other about the end 1.
    """

    weight: Array
    angles: Angles
    beyond: Array
    logs: Array
    turn: Array
    pace: Array
    swing: Array
    fall: Array


def node_at(place: Array, a: Array, b: Array, at: Saddle) -> Node:
    """Where the path is seen under pi times the hyperbolic tangent of `place`; no difference is of nearly equals."""
    decay = jnp.exp(-2 * place)
    wide = _angles(-math.pi * jnp.expm1(-2 * place) / (1 + decay), 2 * math.pi * decay / (1 + decay))
    bend = _bend(wide, a, at)
    angles = _sides(bend, wide.angle, at)
    beyond = _radii(bend, wide, angles, at)
    (rho, sigma), (radius, reach), growth = beyond, 1 + beyond, at.growth
    near = beyond < 1
    curves = log1pmx(jnp.where(near, beyond, 0.0))
    logs = jnp.where(near, curves + beyond, jnp.log(1 + jnp.where(near, 0.0, beyond)))
    lean = growth * (rho + angles.versine[0]) / radius
    small = jnp.maximum(rho, sigma) < 0.5
    fall = jnp.where(small, a * curves[0] + b * curves[1] + (a * rho + b * sigma), a * logs[0] + b * logs[1]) + lean
    across = (a + growth) * radius / reach * wide.sine + growth * angles.sine[0] / radius
    turn = -((a + growth) * ((rho - sigma) - radius * wide.versine) / reach + lean) / across
    pull = growth / (at.p * radius * radius)
    swing = (b + pull * (at.q * reach) ** 2) / (a + b + pull)
    weight = jnp.exp(-fall) * (4 * decay / (1 + decay) ** 2)
    return Node(weight, angles, beyond, logs, turn, swing * across * (1 + turn * turn), swing, fall)


def _sides(bend: Array, angle: Array, at: Saddle) -> Angles:
    """The angles of the triangle at 0 and at 1."""
    both = jnp.stack([at.q * (1 + at.p * bend), at.p * (1 - at.q * bend)]) * angle[None]
    return _angles(both, math.pi - both)


def _bend(wide: Angles, a: Array, at: Saddle) -> Array:
    r"""The e with which the angles at 0 and 1 are :math:`q (1 + p e)` and :math:`p (1 - q e)` of that at the path.

    .. math::

        (a + \lambda w q) e = \lambda w \Bigl( 1 - \frac{p}{q} \frac{\sin \theta}{\sin \psi} \frac{\sin \omega}{\omega}
        \Bigr)

    by Newton's method, from a quotient that is right at both ends.
    """
    p, q, growth = at.p, at.q, at.growth

    def newton(_: Array, bend: Array) -> Array:
        angles = _sides(bend, wide.angle, at)
        (first, second), short = angles.share, angles.short
        under, both = second * (1 - q * bend), wide.share * first
        rest = (wide.short - short[1]) + short[0] * wide.share - bend * (q * second + p * both)
        share = both * (1 + p * bend) / under
        pace = growth * share * p * q * wide.angle * wide.sine / (angles.sine[0] * angles.sine[1])
        missing = (a + growth * q) * bend - growth * rest / under
        return bend - missing / (a + growth * q + pace)

    share, whole = (wide.angle / math.pi) ** 2, a + growth + growth * q
    first = growth * q * (math.pi**2 / 3) / whole
    start = first * share / (1 + share * (q * (math.pi**2 / 3) * (a + growth * q) / whole - 1))
    return jax.lax.fori_loop(0, _STEPS[a.dtype], newton, start)


def _radii(bend: Array, wide: Angles, angles: Angles, at: Saddle) -> Array:
    """How far the distances from 0 and 1 have grown, as shares: one by the sines, the other by that one."""
    left = at.p < 0.5
    small, large = jnp.minimum(at.p, at.q), jnp.maximum(at.p, at.q)
    short, share, versine = (
        jnp.where(left, pair[i], pair[1 - i]) for i, pair in ((1, angles.short), (1, angles.share), (0, angles.versine))
    )
    one = ((wide.short - short) - large * jnp.where(left, bend, -bend) * share) / wide.share
    square = small * (2 * (versine * (1 + one) - one) + small * one * (2 + one)) / large**2
    two = square / (1 + jnp.sqrt(1 + square))
    return jnp.stack([jnp.where(left, one, two), jnp.where(left, two, one)])
