"""How many numbers a statistic is made of, their mean, and what is left of them without it."""

import math
import operator

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._checks import expect

Axis = int | tuple[int, ...] | None


def sample_size(function: str, x: Array, axis: Axis) -> int:
    """The number of entries that one statistic of `x` along `axis` is made of; raises ValueError for a wrong axis."""
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    got = [operator.index(a) for a in axes]
    expect(all(-x.ndim <= a < x.ndim for a in got), function, f"axis within the {x.ndim} of x", axis)
    expect(len({a % x.ndim for a in got}) == len(got), function, "each axis once", axis)
    return math.prod(x.shape[a] for a in got)


def accurate_mean(x: Array, axis: Axis) -> Array:
    """The mean, axes kept: a rounded one, which autodiff may take as a constant, plus the mean of what it leaves."""
    rounded = jnp.mean(x, axis, keepdims=True)
    centre = jax.lax.stop_gradient(jnp.where(jnp.isfinite(rounded), rounded, 0.0))
    return centre + jnp.mean(x - centre, axis, keepdims=True)


def deviations(x: Array, axis: Axis) -> Array:
    """The numbers less their mean, right even where the mean's own rounding is as large; 0 for equal numbers."""
    left = x - accurate_mean(x, axis)
    return left - jnp.mean(left, axis, keepdims=True)
