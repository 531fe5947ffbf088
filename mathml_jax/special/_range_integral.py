r"""The studentized range: the integral over the estimate s of the scale, with the slopes of its logarithm.

With :math:`u = \log s`, Stirling's remainder r, and a tail or the density :math:`R(w)` of the range of normal numbers,

.. math::

    \int_{-\infty}^\infty R(q e^u)\, g(u)\, du, \qquad
    g(u) = \sqrt{\frac{\nu}{\pi}}\, e^{-r(\nu/2)}\, e^{\frac{\nu}{2} (1 + 2 u - e^{2 u})}

The slopes are means under the integrand.
"""

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jax.lax import platform_dependent, stop_gradient
from jaxtyping import Array

from mathml_jax.special._range import DENSITY, LOWER, NODES, UPPER, Range, normal_range, rule
from mathml_jax.special._range_window import log_rough, window
from mathml_jax.special._rising import log_less_digamma
from mathml_jax.special._stirling import log1pmx, stirling_remainder

_BLOCK = 64
KNOWN = {jnp.dtype("float64"): 1e22, jnp.dtype("float32"): 1e14}
"""From so many degrees of freedom on the scale is known to the last digit."""


class Studentized(NamedTuple):
    """The logarithm of a tail or of the density, its derivatives in k and df, and that of the density in q."""

    log: Array
    in_k: Array
    in_df: Array
    in_q: Array


@jax.jit
def studentized(q: Array, k: Array, df: Array, kind: Array) -> Studentized:
    """A tail, which must not be close to 1, or the density, at finite q > 0, finite k >= 2 and df > 0."""
    arrays = [x.reshape(1, 1, -1) for x in (q, k, df, kind)]
    if q.size <= _BLOCK:
        found = _studentized(*arrays)
    else:
        found = platform_dependent(*arrays, cpu=partial(_blocked, _BLOCK), default=partial(_blocked, 64 * _BLOCK))
    return Studentized(*(x.reshape(q.shape) for x in found))


def _blocked(block: int, *arrays: Array) -> Studentized:
    """A block after the other: to every number belong some thousand nodes."""
    size = arrays[0].size
    filled = (jnp.pad(x, ((0, 0), (0, 0), (0, -size % block)), mode="edge") for x in arrays)
    found = lax.map(lambda a: _studentized(*a), tuple(x.reshape(-1, 1, 1, block) for x in filled))
    return Studentized(*(x.ravel()[:size] for x in found))


def _studentized(q: Array, k: Array, df: Array, kind: Array) -> Studentized:
    known, df = df >= KNOWN[q.dtype], jnp.minimum(df, KNOWN[q.dtype])
    low, peak, high, power = window(stop_gradient(q), stop_gradient(k), stop_gradient(df), kind)
    # Of a height so large that rounding hides the peak the width is nothing.
    span = jnp.maximum(jnp.expm1(power * (high - low)), jnp.finfo(q.dtype).eps ** 2)
    nodes, weights = _panels(jnp.expm1(power * (peak - low)) / span)
    rise = jnp.log1p(span * nodes) / power
    u = jnp.where(known, 0.0, low + rise)
    square, near = jnp.expm1(2 * u), jnp.abs(u) < 0.3
    bend = jnp.where(near, log1pmx(jnp.where(near, square, 0.0)), 2 * u - square)
    at = _range(q * jnp.exp(u), k, kind)
    front = jnp.log(span / power) + jnp.log(df / math.pi) / 2 - stirling_remainder(df / 2)
    measure = jnp.where(known, 0.0, df / 2 * bend + jnp.where(kind == DENSITY, u, 0.0) - power * rise + front)
    exponent = at.log + measure
    top = stop_gradient(jnp.max(exponent, axis=1, keepdims=True))
    terms = weights * jnp.exp(exponent - top)
    total = jnp.sum(terms, axis=1, keepdims=True)

    def mean(values: Array) -> Array:
        return jnp.sum(terms * values, axis=1, keepdims=True) / total

    in_df = jnp.where(known, 0.0, log_less_digamma(df / 2) + mean(bend)) / 2
    return Studentized(top + jnp.log(total), mean(at.in_k), in_df, mean(at.in_w * jnp.exp(u)))


def _panels(middle: Array) -> tuple[Array, Array]:
    """Gauss's rule from 0 to a point inside and from there to 1."""
    nodes, weights = rule(middle, NODES[middle.dtype][0], axis=1)
    middle = jnp.clip(middle, 0.02, 0.98)
    rest = 1 - middle
    both = (middle * nodes, middle + rest * nodes), (middle * weights, rest * weights)
    return jnp.concatenate(both[0], axis=1), jnp.concatenate(both[1], axis=1)


def _range(w: Array, k: Array, kind: Array) -> Range:
    """Of normal numbers; a tail that is close to 1 by way of the other."""
    info = jnp.finfo(w.dtype)
    w = jnp.clip(w, 4 * info.tiny, info.max**0.49)
    k, kind = (jnp.broadcast_to(x, w.shape) for x in (k, kind))
    integrated = jnp.where(kind == DENSITY, kind, smaller(w, k))
    as_is = integrated == kind
    found = normal_range(w, k, integrated)
    tail = jnp.exp(jnp.where(as_is, -1.0, found.log))
    log_other, in_k = log_rest(tail), -found.in_k * tail / (1 - tail)
    return Range(jnp.where(as_is, found.log, log_other), jnp.where(as_is, found.in_k, in_k), found.in_w)


def smaller(w: Array, k: Array) -> Array:
    """Which tail of the range of normal numbers is about the smaller."""
    lower = jnp.full(w.shape, LOWER)
    return jnp.where(log_rough(stop_gradient(w), stop_gradient(k), lower) < -0.7, lower, UPPER)


def log_rest(tail: Array) -> Array:
    """The logarithm of the other tail."""
    return jnp.where(tail > 0.1, jnp.log(1 - tail), jnp.log1p(-tail))
