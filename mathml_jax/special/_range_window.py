"""Where the integrand over the estimated scale lies: by rough formulas, narrowed down from bounds."""

import math
from functools import partial
from typing import NamedTuple

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array

from mathml_jax.special._range import DENSITY, DEPTH, LOWER, UPPER

_POINTS, _ROUNDS, _MORE = 16, 12, 2


class Window(NamedTuple):
    """Logarithms of the scale: both ends and the peak; and the power of the scale in which the integrand is smooth."""

    low: Array
    peak: Array
    high: Array
    power: Array


def log_rough(w: Array, k: Array, kind: Array) -> Array:
    """About the logarithm of a tail of the range of k normal numbers, or of its density."""
    # By the formulas of Polya and of Birnbaum for the normal law.
    y = jnp.maximum(w / math.sqrt(2 * math.pi), jnp.finfo(w.dtype).tiny)
    narrow = y < 1e-3
    central = jnp.where(narrow, jnp.log(y), jnp.log(1 - jnp.exp(-jnp.square(jnp.where(narrow, 1.0, y)))) / 2)
    # Pairs as far apart as that, were they independent.
    square = w * w / 4
    pairs = jnp.log(k * (k - 1)) - square - jnp.log(w / 1.8 + jnp.sqrt(w * w / 3.2 + 1))
    upper = jnp.minimum(pairs, 0.0) - jnp.log(1 + jnp.exp(-jnp.abs(pairs)))
    density = (k - 2) * central - square
    return jnp.where(kind == LOWER, (k - 1) * central, jnp.where(kind == DENSITY, density, upper))


def window(q: Array, k: Array, df: Array, kind: Array) -> Window:
    """Outside its ends less than a rounding of the integral is left; along the second of three axes."""
    depth, is_upper = DEPTH[q.dtype] + 3, kind == UPPER
    tilt = jnp.where(kind == DENSITY, 1.0, jnp.zeros_like(q))
    # The power with which the integrand begins is to be an integer in the new variable.
    rising = df + jnp.where(is_upper, 0.0, k - 1)
    whole = jnp.where(is_upper, jnp.maximum(rising, 4.0), 2 * rising + 4)
    power = rising / jnp.ceil(whole)
    shares = jnp.linspace(0, 1, _POINTS, dtype=q.dtype)[None, :, None]
    least, most = partial(jnp.min, axis=1, keepdims=True), partial(jnp.max, axis=1, keepdims=True)

    def height(u: Array) -> Array:
        bend = jnp.where(jnp.abs(u) < 1e-3, -2 * u * u, 2 * u + 1 - jnp.exp(2 * u))
        return df / 2 * bend + tilt * u + log_rough(q * jnp.exp(u), k, kind)

    def narrow(turn: Array, ends: tuple[Array, ...]) -> tuple[Array, ...]:
        low, _, high = ends
        # In the end even in the power, where that differs.
        width = jnp.minimum(power * (high - low), 60.0)
        even = jnp.log(1 + (jnp.exp(width) - 1) * shares) / power
        u = low + jnp.where((turn < _ROUNDS) | (width < 0.1), (high - low) * shares, even)
        heights = height(u)
        top = most(heights)
        seen = heights >= top - depth
        first, last = least(jnp.where(seen, u, high)), most(jnp.where(seen, u, low))
        peak = least(jnp.where(heights == top, u, high))
        return most(jnp.where(u < first, u, low)), peak, least(jnp.where(u > last, u, high))

    # From where the normal density and the chi law balance it falls at least as this power.
    ratio = (q + 2) / jnp.sqrt(df * jnp.minimum(df, 1.0))
    balance = -jnp.where(ratio > 1e6, jnp.log(ratio), jnp.log(1 + ratio * ratio) / 2)
    low = balance - 1.25 * depth / rising - jnp.sqrt(2 * depth / df)
    high = jnp.log((1 + (k + 1) / df) * (1 + jnp.sqrt(4 * depth / df) + 4 * depth / df)) / 2
    low, peak, high = lax.fori_loop(0, _ROUNDS + _MORE, narrow, (low, low, high))
    return Window(low, peak, high, power)
