"""Boxes, and means over more random points of them than fit into memory."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import random
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike, Float, Key

from mathml_jax._checks import as_float, expect, expect_equal_shapes, widened

BLOCK = 2**14
"""Points that are in memory at a time."""


class Moments(NamedTuple):
    """Means, and sums of products of deviations from them, of k quantities at many points."""

    mean: Float[Array, " k"]
    products: Float[Array, "k k"]


def box(function: str, a: ArrayLike, b: ArrayLike) -> tuple[Array, Array, DTypeLike]:
    """The lower corner of a box, the lengths of its sides, and the dtype in which its integral comes back."""
    low, high = as_float(a, b)
    expect_equal_shapes(function, a=low, b=high)
    expect(low.ndim <= 1, function, "limits with at most one axis", f"shape {low.shape}")
    return widened(low), widened(high) - widened(low), low.dtype


def uniform(key: Key[Array, ""], count: int, like: Array) -> Array:
    """Points of the unit cube, each of the shape of an array."""
    return random.uniform(key, (count, *like.shape), like.dtype)


def moments_of(
    function: str, key: Key[Array, ""], draw: Callable[..., Any], values: Callable[..., Array], n: int
) -> Moments:
    """What `values` makes of n points that are drawn block by block, each block merged into a running mean.

    A mean that is corrected, other than a sum that grows, keeps its digits in float32; and since reverse mode computes
    a block again, it too needs the memory of one.
    """
    expect(isinstance(n, int) and 1 <= n < 2**31, function, "n to be an integer from 1 below 2**31", repr(n))
    size = min(n, BLOCK)

    @jax.checkpoint
    def merge(done: Moments, i: Array) -> tuple[Moments, None]:
        seen = jax.vmap(values)(draw(random.fold_in(key, i), size))
        left = jnp.minimum(n - i * size, size)
        real = (jnp.arange(size, dtype=left.dtype) < left)[:, None]
        before, new = (i * size).astype(seen.dtype), left.astype(seen.dtype)
        mean = jnp.sum(jnp.where(real, seen, 0), axis=0) / new
        apart = jnp.where(real, seen - mean[None], 0)
        products = jnp.matmul(apart.T, apart, precision="highest")
        step, share = mean - done.mean, new / (before + new)
        between = jnp.outer(step, step) * (before * share)
        return Moments(done.mean + step * share, done.products + products + between), None

    shape = jax.eval_shape(lambda: jax.vmap(values)(draw(key, 1)))
    k = shape.shape[1]
    start = Moments(jnp.zeros(k, shape.dtype), jnp.zeros((k, k), shape.dtype))
    return jax.lax.scan(merge, start, jnp.arange(-(-n // size), dtype=jnp.int32))[0]


def root_or_zero(x: Array) -> Array:
    """The square root of a number from 0, whose derivative at 0 is 0 here."""
    return jnp.where(x == 0, 0.0, jnp.sqrt(jnp.where(x == 0, 1.0, x)))
