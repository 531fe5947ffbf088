"""What rounding takes from a difference, a product and a sum, and how to give it back."""

import math
from collections.abc import Callable
from functools import reduce

import jax.numpy as jnp
from jax.lax import PrecisionLike, platform_dependent, reduce_precision, stop_gradient
from jaxtyping import Array

Axis = int | tuple[int, ...] | None


def lost_in_difference(a: Array, b: Array, difference: Array) -> Array:
    """What rounding took from a - b, exactly (Knuth's two-sum); 0 where the difference is infinite."""
    back = difference - a
    lost = (a - (difference - back)) - (b + back)
    return stop_gradient(jnp.where(jnp.isinf(difference), 0.0, lost))


def lost_in_product(a: Array, b: Array, product: Array) -> Array:
    """What rounding took from a b (Dekker's product of halves); 0 where it is not finite."""
    info = jnp.finfo(a.dtype)
    a_high, b_high = (reduce_precision(x, info.nexp, (info.nmant - 1) // 2) for x in (a, b))
    a_low, b_low = a - a_high, b - b_high
    lost = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return stop_gradient(jnp.where(jnp.isfinite(lost), lost, 0.0))


def sum_in_parts(fractions: Array, axis: Axis) -> tuple[Array, Array]:
    """The sum of numbers from 0 to 1 in two parts: one without any rounding, and a small one; axes are kept.

    The leading bits of all numbers, cut off at one place, add up to an integer multiple of their last bit that still
    fits the dtype; so their sum is exact in any order. What remains is too small for its rounding to count.
    """
    axes = range(fractions.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    count = math.prod(fractions.shape[i] for i in axes)
    last_bit = 2.0 ** (math.ceil(math.log2(max(count, 1))) - jnp.finfo(fractions.dtype).nmant - 1)
    leading = jnp.floor(jnp.minimum(fractions, 1.0) / last_bit) * last_bit
    return jnp.sum(leading, axis=axis, keepdims=True), jnp.sum(fractions - leading, axis=axis, keepdims=True)


def add_in_portions(product: Callable[[slice], Array], length: int, terms: int = 1) -> Array:
    """A product that sums along an axis of some length, with so many terms for each entry, from those of its slices.

    XLA's CPU backend adds all terms of a product one after another, and rounding grows with the root of their number:
    portions of at most 144 terms take it no longer. Those of very long axes are longer, lest there be more than 32.
    """
    width = max(144 // terms, -(-length // 32), 1)
    if length <= width:
        return product(slice(None))

    def portioned() -> Array:
        return reduce(jnp.add, (product(slice(start, start + width)) for start in range(0, length, width)))

    return platform_dependent(cpu=portioned, default=lambda: product(slice(None)))


def matrix_product(a: Array, b: Array, precision: PrecisionLike = "highest") -> Array:
    """The product of two matrices, or of two stacks of equally many, added in portions."""
    return add_in_portions(lambda s: jnp.matmul(a[..., s], b[..., s, :], precision=precision), a.shape[-1])
