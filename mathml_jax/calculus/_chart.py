"""Infinite intervals made finite."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float


class Chart(NamedTuple):
    """A change of variables from a finite interval: the identity, or what brings infinite ends to 0.

    From a to infinity, t in (0, 1) is x = a + t, and t in (-1, 0) is x = a - 1/t. On the whole line, t in (-1, 1) is
    x = 1/t, and t in (1, 3) is x = t - 2. So both difficult ends of a ray lie where numbers are densest.
    """

    start: Float[Array, "..."]
    stop: Float[Array, "..."]
    origin: Float[Array, "..."]
    ray: Float[Array, "..."]
    line: Bool[Array, "..."]

    @classmethod
    def between(cls, low: Float[Array, "..."], high: Float[Array, "..."]) -> "Chart":
        """The chart of an interval; `ray` is 1 or -1 towards infinity, 0 where there is no ray."""
        down, up = jnp.isneginf(low), jnp.isposinf(high)
        line = down & up
        ray = jnp.where(line, 0.0, up.astype(low.dtype) - down.astype(low.dtype))
        start = jnp.where(down | up, -1.0, low)
        stop = jnp.where(line, 3.0, jnp.where(down | up, 1.0, high))
        origin = jnp.where(line, -2.0, jnp.where(down, high, jnp.where(up, low, 0.0)))
        return cls(start, stop, origin, ray, line)

    def crossed(self, left: Array, right: Array) -> Array:
        """Whether a panel lies on both sides of where the chart changes."""
        at_zero = ((self.ray != 0) | self.line) & (left < 0) & (right > 0)
        return at_zero | (self.line & (left < 1) & (right > 1))

    def __call__(self, t: Array) -> tuple[Array, Array]:
        """The points x, and the density dx / dt."""
        inverse = ((self.ray != 0) & (t < 0)) | (self.line & (t < 1))
        reciprocal = 1 / jnp.where(inverse, t, 1.0)
        sign = jnp.where(self.ray < 0, -1.0, 1.0)
        outward = jnp.where(self.line, reciprocal, self.origin - sign * reciprocal)
        return jnp.where(inverse, outward, self.origin + sign * t), reciprocal * reciprocal
