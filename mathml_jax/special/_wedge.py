r"""How much of the normal law of the plane lies beyond a vertical line, on either side of a line through the origin.

For h >= 0 and a >= 0, with the bell :math:`e^{-h^2/2}` taken out,

.. math::

    T(h, a) = \frac{1}{2\pi} \int_0^a \frac{e^{-h^2 (1 + t^2)/2}}{1 + t^2}\, dt, \qquad
    R(h, a) = \frac{1}{\pi} \int_a^\infty \frac{e^{-h^2 (1 + t^2)/2}}{1 + t^2}\, dt

where 2 T + R is the tail of the normal law: of the two whichever may be small is an integral of its own.
"""

import math
from typing import NamedTuple

import jax.numpy as jnp
from jax.lax import erf
from jaxtyping import Array

from mathml_jax.calculus._jacobi import nodes_and_weights
from mathml_jax.special._mills import bell, mills

_ROOT_TWO_PI = math.sqrt(2 * math.pi)
_DOUBLE, _SINGLE = (36, 40.0), (16, 18.0)
"""How many nodes Gauss's rule has, and by which power of e an integrand falls until nothing is left of it."""
_LARGEST = 1e15


class Wedges(NamedTuple):
    """Both parts in units of the bell at h; `rest` also in units of the bell at `beyond`, a h or 0."""

    owen: Array
    rest: Array
    beyond: Array


def _rule(like: Array) -> tuple[Array, Array, float]:
    """Gauss's rule for the unit interval along a last axis of its own."""
    count, reach = _DOUBLE if like.dtype == jnp.float64 else _SINGLE
    shape = (*(1,) * like.ndim, -1)
    nodes, weights = nodes_and_weights("legendre", count)
    nodes, weights = (jnp.asarray(a / 2, like.dtype).reshape(shape) for a in (nodes + 1, weights))
    return nodes, weights, reach


def wedges(h: Array, a: Array) -> Wedges:
    """Both parts, for h >= 0 and a >= 0."""
    a = jnp.minimum(a, _LARGEST)
    h = jnp.minimum(h, _LARGEST)
    w = a * h
    tail = mills(h) / _ROOT_TWO_PI
    flat, far = a <= 1, w > 1
    low = _low(h, jnp.where(flat, a, 0.5))
    small = jnp.where(flat, tail - 2 * low, _small(jnp.where(flat | far, 0.5, h), jnp.where(flat | far, 2.0, a)))
    rest = jnp.where(far, _far(jnp.where(far, h, 1.0), jnp.where(far, w, 2.0)), small)
    beyond = jnp.where(far, w, 0.0)
    return Wedges(jnp.where(flat, low, (tail - rest * bell(beyond)) / 2), rest, beyond)


def _low(h: Array, a: Array) -> Array:
    """T over the bell, for a up to 1."""
    nodes, weights, reach = _rule(h)
    enough = math.sqrt(2 * reach)
    cut = a * h > enough
    width = jnp.where(cut, enough / jnp.where(cut, h, 1.0), a)[..., None]
    t = width * nodes
    return jnp.sum(weights * width * jnp.exp(-((h[..., None] * t) ** 2) / 2) / (1 + t * t), -1) / (2 * math.pi)


def _far(h: Array, w: Array) -> Array:
    r"""R over both bells, for w = a h above 1.

    .. math::

        \frac{1}{\pi} \int_0^\infty e^{-w s - s^2/2} \frac{h}{h^2 + (w + s)^2}\, ds
    """
    nodes, weights, reach = _rule(h)
    width = (2 * reach / (w + jnp.sqrt(w * w + 2 * reach)))[..., None]
    h, w, s = h[..., None], w[..., None], width * nodes
    at = w + s
    return jnp.sum(weights * width * jnp.exp(-s * (w + s / 2)) / (h + at * (at / h)), -1) / math.pi


def _small(h: Array, a: Array) -> Array:
    r"""R over the bell, for a above 1 and w = a h up to 1: from that at h = 0 on.

    .. math::

        R(h, a) = \frac{1}{\pi} \arctan \frac{1}{a} - \Bigl( \Phi(h) - \frac{1}{2} \Bigr)
        + \frac{1}{\pi} \int_0^a \frac{1 - e^{-h^2 (1 + t^2)/2}}{1 + t^2}\, dt
    """
    nodes, weights, _ = _rule(h)
    w, between = (a * h)[..., None], half(h)
    z = (h[..., None] ** 2 + (w * nodes) ** 2) / 2
    tiny = z < jnp.finfo(z.dtype).eps
    share = jnp.where(tiny, 1 - z / 2, -jnp.expm1(-z) / jnp.where(tiny, 1.0, z))
    gained = h * w[..., 0] / 2 * jnp.sum(weights * share, -1)
    return ((jnp.arctan(1 / a) + gained) / math.pi - between) / bell(h)


def half(h: Array) -> Array:
    """The normal probability between 0 and h."""
    return erf(h * math.sqrt(0.5)) / 2
