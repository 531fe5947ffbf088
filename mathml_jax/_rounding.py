"""What rounding takes from a difference, a product and a sum, and how to give it back."""

import math
from collections.abc import Callable
from functools import partial, reduce

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.lax import PrecisionLike, platform_dependent, reduce_precision, stop_gradient
from jaxtyping import Array

Axis = int | tuple[int, ...] | None
Parts = tuple[Array, Array]

MOST_TERMS = 128
"""What is added one after another in a sum of products whose rounding is to stay within 4 eps of its absolute terms."""


def lost_in_difference(a: Array, b: Array, difference: Array) -> Array:
    """What rounding took from a - b, exactly (Knuth's two-sum); 0 where the difference is infinite."""
    back = difference - a
    lost = (a - (difference - back)) - (b + back)
    return stop_gradient(jnp.where(jnp.isinf(difference), 0.0, lost))


@jax.custom_jvp
def product_in_parts(a: Array, b: Array) -> Parts:
    """The product and what it lacks, 0 where that is not finite; its derivative, that of the product, has its own rule.

    A compiler may fuse a product with a sum and so round it in one place but not in another. Cut off a bit early, it is
    the same number everywhere.
    """
    info = jnp.finfo(a.dtype)
    product = reduce_precision(a * b, info.nexp, info.nmant - 1)
    return product, lost_in_product(a, b, product)


@product_in_parts.defjvp
def _product_in_parts_jvp(primals: Parts, tangents: Parts) -> tuple[Parts, Parts]:
    (a, b), (da, db) = primals, tangents
    product, lost = product_in_parts(a, b)
    return (product, lost), (da * b + a * db, jnp.zeros_like(lost))


def lost_in_product(a: Array, b: Array, product: Array) -> Array:
    """What a number near a b lacks to it (Dekker's product of halves); 0 where that is not finite."""
    info = jnp.finfo(a.dtype)
    a_high, b_high = (reduce_precision(x, info.nexp, (info.nmant - 1) // 2) for x in (a, b))
    a_low, b_low = a - a_high, b - b_high
    lost = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return stop_gradient(jnp.where(jnp.isfinite(lost), lost, 0.0))


def sum_in_parts(fractions: Array, axis: Axis) -> Parts:
    """The sum of numbers from 0 to 1 in two parts: one without any rounding, and a small one; axes are kept.

    The leading bits of all numbers, cut off at one place, add up to an integer multiple of their last bit that still
    fits the dtype; so their sum is exact in any order. What remains is too small for its rounding to count.
    """
    last_bit = 2.0 ** (_bits_of_count(fractions, axis) - jnp.finfo(fractions.dtype).nmant - 1)
    leading = jnp.floor(jnp.minimum(fractions, 1.0) / last_bit) * last_bit
    return jnp.sum(leading, axis=axis, keepdims=True), jnp.sum(fractions - leading, axis=axis, keepdims=True)


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def sum_in_digits(fractions: Array, axis: Axis) -> Array:
    """The sum of finite numbers from 0 to 1, within an ulp of one above 1; axes are kept. Its derivative has its rule.

    All numbers are cut into digits of so many bits that the digits of each place add up to an integer of the dtype's
    size: exactly, in any order, and so in one pass of vectors over the numbers.
    """
    info, carry = jnp.finfo(fractions.dtype), _bits_of_count(fractions, axis)
    bits = min(info.bits - 2 - carry, info.nmant - 2)
    if bits < 8:
        return jnp.sum(fractions, axis=axis, keepdims=True)
    integer = jnp.int32 if info.bits == 32 else jnp.int64
    # A number of the dtype whose last bit is 1: the sum with it is rounded to an integer, which its bits show.
    ruler = jnp.asarray(1.5 * 2.0**info.nmant, fractions.dtype)
    digits, rest = [], fractions
    for _ in range(math.ceil((info.nmant + 3 + carry) / bits)):
        rest = rest * 2.0**bits
        digits.append(lax.bitcast_convert_type(rest + ruler, integer) - lax.bitcast_convert_type(ruler, integer))
        rest = rest - digits[-1].astype(rest.dtype)
    zeros = (np.zeros((), integer),) * len(digits)
    sums = lax.reduce(tuple(digits), zeros, lambda a, b: tuple(map(jnp.add, a, b)), _axes(fractions, axis))
    total = reduce(lambda low, place: (place.astype(low.dtype) + low) * 2.0**-bits, sums[::-1], jnp.zeros_like(ruler))
    return jnp.expand_dims(total, _axes(fractions, axis))


@sum_in_digits.defjvp
def _sum_in_digits_jvp(axis: Axis, primals: tuple[Array], tangents: tuple[Array]) -> Parts:
    return sum_in_digits(*primals, axis), jnp.sum(*tangents, axis=axis, keepdims=True)


def _axes(x: Array, axis: Axis) -> tuple[int, ...]:
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    return tuple(i % x.ndim for i in axes)


def _bits_of_count(x: Array, axis: Axis) -> int:
    """How many bits a sum along the axes has more than its terms."""
    return math.ceil(math.log2(max(1, math.prod(x.shape[i] for i in _axes(x, axis)))))


def add_in_portions(product: Callable[[slice], Array], length: int, terms: int = 1) -> Array:
    """A product that sums along an axis of some length, with so many terms for each entry, from those of its slices.

    XLA's CPU backend adds all terms of a product one after another, and rounding grows with the root of their number:
    portions of a few terms hold it down. Those of very long axes are longer, lest there be more than 32.
    """
    width = max(MOST_TERMS // terms, -(-length // 32), 1)
    if length <= width:
        return product(slice(None))

    def portioned() -> Array:
        return reduce(jnp.add, (product(slice(start, start + width)) for start in range(0, length, width)))

    return platform_dependent(cpu=portioned, default=lambda: product(slice(None)))


def matrix_product(a: Array, b: Array, precision: PrecisionLike = "highest") -> Array:
    """The product of two matrices, or of two stacks of equally many, added in portions."""
    return add_in_portions(lambda s: jnp.matmul(a[..., s], b[..., s, :], precision=precision), a.shape[-1])
