"""Integrals over intervals of any kind, with singular ends, at fixed points: the rules of Takahasi and Mori."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float

STEPS = 576
DENSITY = 128


class Points(NamedTuple):
    """Where to evaluate an integrand, and how much each value counts.

    Where rounding hits an end, the weight is 0, and the middle is evaluated in its place.
    """

    x: Float[Array, " n"]
    weight: Float[Array, " n"]


def points(a: Float[Array, ""], b: Float[Array, ""]) -> Points:
    r"""1,153 points between two limits, of which either may be infinite.

    .. math::

        x = \frac{b + a q}{1 + q}, \quad q = e^{-\pi \sinh t}; \qquad x = a + e^{\frac{\pi}{2} \sinh t}; \qquad
        x = \pm e^{\frac{\pi}{2} \sinh t}

    for two, one and no finite limits, and t from -4.5 to 4.5 in steps of 1/128; the two sides of the whole line take
    turns. The integrand dies away doubly exponentially at both ends, where the trapezoidal rule in t gets almost all
    digits.
    """
    t = jnp.arange(-STEPS, STEPS + 1, dtype=a.dtype) / DENSITY
    s, ds = jnp.pi / 2 * jnp.sinh(t), jnp.pi / 2 * jnp.cosh(t) / DENSITY
    open_left, open_right = a == -jnp.inf, b == jnp.inf
    low, high = jnp.where(open_left, 0.0, a), jnp.where(open_right, 0.0, b)
    # From the nearer end, so that its distance keeps its digits.
    far = 1 / (1 + jnp.exp(2 * jnp.abs(s)))
    inside = jnp.where(t < 0, low + (high - low) * far, high - (high - low) * far)
    closed = Points(inside, 2 * (high - low) * far * (1 - far) * ds)
    rays = jnp.where(open_right, 1.0, -1.0)
    ray = Points(jnp.where(open_right, low, high) + rays * jnp.exp(s), jnp.exp(s) * ds)
    sides = jnp.where(jnp.arange(len(t)) % 2 == 0, 1.0, -1.0).astype(t.dtype)
    line = Points(sides * jnp.exp(s), 2 * jnp.exp(s) * ds)

    def chosen(closed: Array, ray: Array, line: Array) -> Array:
        return jnp.where(open_left & open_right, line, jnp.where(open_left | open_right, ray, closed))

    x, weight = (chosen(*columns) for columns in zip(closed, ray, line, strict=True))
    hit = (x == a) | (x == b)
    return Points(jnp.where(hit, x[len(x) // 2], x), jnp.where(hit, 0.0, weight))
