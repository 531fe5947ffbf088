r"""The range of k normal numbers: either tail and the density, each as one integral of positive terms.

With h half the range, x how far its middle lies from 0, a = x + h, b = x - h, and the probabilities
:math:`B = \Phi(a) - \Phi(b)` of what lies between and :math:`A = \Phi(a) - \Phi(-a)`,

.. math::

    P = k \int_0^\infty \bigl( \varphi(a) + \varphi(b) \bigr) B^{k-1}\, dx, \quad
    1 - P = 2 k \int_0^\infty \varphi(a) \bigl( A^{k-1} - B^{k-1} \bigr)\, dx, \quad
    P' = 2 k (k - 1) \int_0^\infty \varphi(a)\, \varphi(b)\, B^{k-2}\, dx

Every array has three axes: the nodes over x, the nodes over the estimated scale, and what is asked.
"""

import math
from typing import NamedTuple

import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax.calculus._jacobi import nodes_and_weights
from mathml_jax.special._mills import mills

LOWER, UPPER, DENSITY = 0, 1, 2
"""What is integrated: the probability of at most w, the probability of more, or the density."""
NODES = {jnp.dtype("float64"): (32, 40), jnp.dtype("float32"): (16, 20)}
"""How many Gauss's rule has on either side of the peak over the scale, and over the middle of the range."""
DEPTH = {jnp.dtype("float64"): 37.0, jnp.dtype("float32"): 18.0}
"""How far the logarithm of an integrand falls until nothing is left."""
FAR = {jnp.dtype("float64"): 30.0, jnp.dtype("float32"): 10.0}
"""The h beyond which a part of the upper tail lies too close to x = 0 for the rule."""
_NARROW, _TERMS = 0.5, 10
_ROOT_TWO_PI = math.sqrt(2 * math.pi)


class Range(NamedTuple):
    """The logarithm of a tail or of the density, its derivative in k, and that of the density in w."""

    log: Array
    in_k: Array
    in_w: Array


def normal_range(w: Array, k: Array, kind: Array) -> Range:
    """For w > 0 and k >= 2; a tail must not be close to 1."""
    n, h, is_upper, is_lower = k - 1, w / 2, kind == UPPER, kind == LOWER
    nodes, weights = rule(w, NODES[w.dtype][1], axis=0)
    # More nodes where the integrand begins.
    nodes, weights = nodes * (1 + nodes) / 2, weights * (1 + 2 * nodes) / 2
    reach = stop_gradient(_reach(h, k, kind))
    x = reach * nodes
    log_base, pair, difference, share = _probabilities(x, h, is_upper)
    # A^n - B^n as a multiple of n (A - B) A^(n - 1), which does not cancel.
    rise = -jnp.log1p(-share)
    lost = jnp.expm1(-n * rise)
    factor = jnp.where(is_lower, pair, jnp.where(is_upper, difference * (-lost / (n * share)), 1.0))
    exponent = jnp.where(is_lower, n, n - 1) * log_base - jnp.where(is_lower, 0.0, x * x)
    top = stop_gradient(exponent[:1])
    terms = weights * jnp.exp(exponent - top) * factor
    beside = jnp.where(is_upper & (h > FAR[w.dtype]), -_layer(h) * jnp.exp(-top) / reach, 0.0)
    total = jnp.sum(terms, axis=0, keepdims=True) + beside
    front = jnp.where(is_lower, jnp.log(k), jnp.log(k * n / math.pi) - h * h)
    slope = log_base - jnp.where(is_upper, rise * (1 + lost) / lost, 0.0)
    mean = (jnp.sum(terms * slope, axis=0, keepdims=True) + beside / n) / total
    base = jnp.exp(jnp.maximum(log_base, math.log(jnp.finfo(w.dtype).tiny)))
    hazard = jnp.sum(terms * (pair / base), axis=0, keepdims=True) / (2 * total)
    in_k = 1 / k + jnp.where(kind == DENSITY, 1 / n, 0.0) + mean
    return Range(top + jnp.log(reach * total) + front, in_k, (n - 1) * hazard - h)


def rule(like: Array, count: int, axis: int) -> tuple[Array, Array]:
    """Gauss's rule from 0 to 1 along an axis."""
    nodes, weights = nodes_and_weights("legendre", count)
    shape = [-1 if i == axis else 1 for i in range(3)]
    return jnp.asarray((nodes + 1) / 2, like.dtype).reshape(shape), jnp.asarray(weights / 2, like.dtype).reshape(shape)


def _probabilities(x: Array, h: Array, is_upper: Array) -> tuple[Array, Array, Array, Array]:
    """The logarithm of A or of B, the sum of both densities, and A - B over that at b, and over A."""
    a, b, info = x + h, x - h, jnp.finfo(x.dtype)
    # Both in one array: one kernel to compile.
    of_a, of_b = mills(jnp.stack([a, jnp.abs(b)]))
    left, bell, ratio = b < 0, jnp.exp(-b * b / 2) / _ROOT_TWO_PI, jnp.exp(-2 * x * h)
    tail_a, tail_b = bell * ratio * of_a, bell * of_b
    widest = 1 - 2 * tail_a
    near = of_b - jnp.where(h > FAR[x.dtype], 0.0, ratio * of_a)
    difference = jnp.where(left, near, (1 - tail_b - tail_a) / jnp.where(left, 1.0, bell))
    narrow = (h < _NARROW) & ~is_upper
    sure = jnp.where(narrow, h, _NARROW)
    between = jnp.where(narrow, _between(x, sure), jnp.where(left, 1 - tail_b, tail_b) - tail_a)
    log_front = jnp.where(narrow, jnp.log(sure * (2 / _ROOT_TWO_PI)) - x * x / 2, 0.0)
    log_base = jnp.log(jnp.where(is_upper, widest, between)) + log_front
    share = jnp.clip(bell * difference / widest, info.tiny**0.9, 1 - info.eps)
    return log_base, bell * (1 + ratio), difference, share


def _between(x: Array, h: Array) -> Array:
    r"""What lies between over its width and the density at x, for a small h; nothing is subtracted.

    .. math::

        \frac{B}{2 h \varphi(x)} = \sum_m \frac{(x h)^{2 m}}{(2 m)!} \int_0^1 t^{2 m} e^{-h^2 t^2 / 2}\, dt
    """
    t, weights = nodes_and_weights("legendre", 12)
    t, weights = (t + 1) / 2, weights / 2
    powers = jnp.asarray([weights * t ** (2 * m) / math.factorial(2 * m) for m in range(_TERMS)], h.dtype)
    curve = jnp.exp(-jnp.square(jnp.asarray(t, h.dtype)[:, None, None] * h) / 2)
    moments = jnp.einsum("mt,t...->m...", powers, curve, precision="highest")
    total = moments[-1:]
    for m in reversed(range(_TERMS - 1)):
        total = total * jnp.square(x * h) + moments[m : m + 1]
    return total


def _layer(h: Array) -> Array:
    r"""What the probability beyond a takes from the upper tail, in units of its front, for a large h.

    .. math::

        2 \pi e^{h^2} \int_h^\infty \varphi(a)\, (1 - \Phi(a))\, da = \frac{m(h)^2}{2}

    with the Mills ratio m by its asymptotic series.
    """
    t = 1 / jnp.square(jnp.maximum(h, FAR[h.dtype]))
    return t / 2 * jnp.square(1 - t * (1 - t * (3 - t * (15 - t * 105))))


def _reach(h: Array, k: Array, kind: Array) -> Array:
    """Where nothing is left of the integrand."""
    depth, n = DEPTH[h.dtype], k - 1
    # About the curvature of log B at 0.
    bend = jnp.exp(-0.4 * h * h)
    curvature, shift = jnp.where(kind == LOWER, 1 + n * bend, 2 + (n - 1) * bend), jnp.where(kind == LOWER, h, 0.0)
    of_powers = (shift + jnp.sqrt(shift * shift + 2 * depth * curvature)) / curvature
    # Beyond `turn` the power of B is about 0, and the difference of the powers no longer grows.
    below = jnp.sqrt(2 * jnp.log(1 + n / 60)) - 0.8
    turn = h - jnp.maximum(below, 0.0)
    of_powers = jnp.where((below > 0) & (turn > 1.5), jnp.minimum(of_powers, turn + 0.7), of_powers)
    turn = jnp.clip(turn, 0.0, math.sqrt(depth))
    near = jnp.minimum(h, 10.0)
    of_difference = jnp.sqrt(2 * depth - 2 * turn * turn + (near + turn) ** 2) - near
    return jnp.where(kind == UPPER, jnp.where(turn * turn < depth, of_difference, math.sqrt(depth)), of_powers)
