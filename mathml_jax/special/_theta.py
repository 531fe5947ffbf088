r"""Kolmogorov's law by the theta function: its smaller tail, how fast that changes, and the quantiles.

Below the median the probability of at most y is small, above it that of more than y; each has a series of its own, of
which three and five terms suffice:

.. math::

    \frac{\sqrt{2 \pi}}{y} \sum_{n = 1, 3, 5} u^{n^2} = 1 - 2 \sum_{k = 1}^5 (-1)^{k-1} v^{k^2}, \qquad
    u = e^{-\pi^2 / 8 y^2}, \quad v = e^{-2 y^2}
"""

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from mathml_jax._rounding import product_in_parts
from mathml_jax.fundamentals._quotient import Parts, times_exp
from mathml_jax.special._beta_quantile import log_of_share
from mathml_jax.special._rising import log1p

MEDIAN = 0.8275735551899077
_STEPS = 5
_LEAST = 1e-3
"""Up to it nothing is left of the lower tail."""
_EIGHTH_LACKS = 7.83161938592464e-17
"""What pi^2 / 8 as a float64 lacks."""


class Side(NamedTuple):
    """The smaller tail at y: whether it is the upper one; an exponential, its exponent in two parts, times a scale.

    `pace` is the density over that tail, times y; `slope` the derivative of the density's logarithm, times y.
    """

    is_upper: Array
    parts: Parts
    scale: Array
    pace: Array
    slope: Array


@jax.jit
def side(y: Array) -> Side:
    """What holds at y > 0."""
    info, upper = jnp.finfo(y.dtype), y > MEDIAN
    # Beyond these bounds an exponent overflows.
    high = jnp.clip(jnp.where(upper, y, 1.0), 0.8, math.sqrt(float(info.max)))
    low = jnp.clip(jnp.where(upper, 0.5, y), 4 * math.sqrt(float(info.tiny)), 0.9)
    return jax.tree.map(lambda a, b: jnp.where(upper, a, b), _upper(high), _lower(low))


def _upper(y: Array) -> Side:
    square, lost = product_in_parts(y, y)
    v = jnp.exp(-2 * square)
    whole, first, second = (_alternating(v, power) for power in (0, 2, 4))
    bounded = jnp.minimum(square, jnp.finfo(y.dtype).max / 8)
    pace, slope = 4 * bounded * (first / whole), 1 - 4 * bounded * (second / first)
    return Side(jnp.ones(y.shape, bool), (-2 * square, -2 * lost), 2 * whole, pace, slope)


def _lower(y: Array) -> Side:
    square, lost = product_in_parts(y, y)
    high, low = _eighth(y.dtype)
    quotient = high / square
    product, rest = product_in_parts(quotient, square)
    left = ((high - product) - rest) + (low - quotient * lost)
    w, r = 2 * quotient, 1 / (2 * quotient)
    powers = [jnp.ones_like(y), jnp.exp(-8 * quotient), jnp.exp(-24 * quotient)]
    odd = (1.0, 9.0, 25.0)
    whole = powers[0] + powers[1] + powers[2]
    first = sum((n - r) * u for n, u in zip(odd, powers, strict=True))
    second = sum((n * n - 5 * n * r + 2 * r * r) * u for n, u in zip(odd, powers, strict=True))
    parts = -quotient, -left / square
    return Side(
        jnp.zeros(y.shape, bool), parts, math.sqrt(2 * math.pi) / y * whole, w * (first / whole), w * (second / first)
    )


def _alternating(v: Array, power: int) -> Array:
    """The sum of (-1)^(k - 1) k^power v^(k^2 - 1)."""
    terms = [float(k**power) for k in range(1, 6)]
    total = jnp.full_like(v, terms[-1])
    for k in range(4, 0, -1):
        total = terms[k - 1] - v ** (2 * k + 1) * total
    return total


def _eighth(dtype: Any) -> tuple[float, float]:
    """pi^2 / 8 in two parts."""
    whole = math.pi**2 / 8
    high = float(np.asarray(whole, dtype))
    return high, (whole - high) + _EIGHTH_LACKS


def tails(y: Array) -> tuple[Array, Array]:
    """The probabilities of at most y and of more."""
    inside = y > 0
    at = side(jnp.maximum(jnp.where(inside, y, 1.0), _LEAST))
    small = times_exp(at.parts, at.scale)
    lower, upper = jnp.where(at.is_upper, 1 - small, small), jnp.where(at.is_upper, small, 1 - small)
    none = _up_to_zero(y, 0.0)
    return jnp.where(inside, lower, none), jnp.where(inside, upper, 1 - none)


def log_tails(y: Array) -> tuple[Array, Array]:
    """The logarithms of both, also where they underflow."""
    inside = y > 0
    at = side(jnp.where(inside, y, 1.0))
    near, far = log1p(-times_exp(at.parts, at.scale)), _log_tail(at)
    lower, upper = jnp.where(at.is_upper, near, far), jnp.where(at.is_upper, far, near)
    return jnp.where(inside, lower, _up_to_zero(y, -jnp.inf)), jnp.where(inside, upper, _up_to_zero(y, 0.0))


def _up_to_zero(y: Array, value: float) -> Array:
    return jnp.where(y <= 0, jnp.full_like(y, value), jnp.nan)


def _log_tail(at: Side) -> Array:
    high, low = at.parts
    return high + (low + jnp.log(at.scale))


def density(y: Array) -> Array:
    """The derivative of the probability of at most y; 0 up to 0."""
    inside = y > 0
    safe = jnp.maximum(jnp.where(inside, y, 1.0), _LEAST)
    at = side(safe)
    value = times_exp(at.parts, at.scale * (at.pace / safe))
    return jnp.where(inside, value, _up_to_zero(y, 0.0))


def log_density(y: Array) -> Array:
    """Its logarithm; -inf at 0."""
    inside = y > 0
    safe = jnp.where(inside, y, 1.0)
    at = side(safe)
    return jnp.where(inside, _log_tail(at) + jnp.log(at.pace) - jnp.log(safe), _up_to_zero(y, -jnp.inf))


@jax.custom_jvp
def quantile(upper: Array, lower: Array) -> Array:
    """The y with these two tails, of which the smaller decides: Newton's iteration in the logarithms of both."""
    far = upper < 0.5
    inside = (upper > 0) & (lower > 0)
    tail = jnp.where(inside, jnp.where(far, upper, lower), 0.25)
    log = jnp.log(tail)
    start = jnp.where(far, jnp.sqrt((math.log(2) - log) / 2), math.pi / jnp.sqrt(4 * math.log(2 * math.pi) - 8 * log))

    def improve(_: Array, y: Array) -> Array:
        at = side(y)
        # Within a step of the median the other tail may be the smaller.
        small = times_exp(at.parts, at.scale)
        same = at.is_upper == far
        seen = jnp.where(same, small, 1 - small)
        missing = log_of_share(seen, tail, jnp.where(same, _log_tail(at), jnp.log(seen)) - log)
        pace = jnp.where(same, at.pace, at.pace * small / seen)
        return y * (1 + jnp.where(far, missing, -missing) / pace)

    y = jax.lax.fori_loop(0, _STEPS, improve, start)
    edge = jnp.where(lower == 0, 0.0, jnp.where(upper == 0, jnp.full_like(y, jnp.inf), jnp.nan))
    return jnp.where(inside, y, edge)


@quantile.defjvp
def _quantile_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    y = quantile(*primals)
    return y, -tangents[0] * quantile_slope(*primals, y)


def quantile_slope(upper: Array, lower: Array, y: Array) -> Array:
    """One over the density at the quantile, of which y is a rounding: by the density's share of the smaller tail."""
    bounded = jnp.clip(y, 1e-4, 1e4)
    at = side(bounded)
    # Rounding may have moved y beyond the median.
    small = jnp.where(at.is_upper, upper, lower)
    return bounded / (small * at.pace)
