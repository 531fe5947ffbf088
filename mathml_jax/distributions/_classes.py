"""Sums over the classes of a family, the last axis, in two parts: of large terms that cancel, the last digit is left.

Two parts are a number and what it lacks. Derivatives are those of the sum.
"""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array

from mathml_jax._checks import nan_unless
from mathml_jax._rounding import Parts, lost_in_difference, lost_in_product, product_in_parts
from mathml_jax.fundamentals._quotient import log_quotient, sum_of_parts
from mathml_jax.special._stirling import lgamma1p, stirling_remainder


def exactly(a: Array) -> Parts:
    """The number, which lacks nothing."""
    return a, jnp.zeros_like(a)


def plus(a: Parts, b: Parts) -> Parts:
    """The sum of two numbers."""
    high = a[0] + b[0]
    return high, a[1] + b[1] + lost_in_difference(a[0], -b[0], high)


def less(a: Parts, b: Parts) -> Parts:
    """The difference of two numbers."""
    return plus(a, (-b[0], -b[1]))


def times(factor: Array, a: Parts) -> Parts:
    """The product with a mere number."""
    x, y = jnp.broadcast_arrays(factor, a[0])
    cut, lost = product_in_parts(x, y)
    # Cut off a bit early, it lacks a bit more than one number holds.
    high = cut + lost
    return sum_of_parts(high, lost_in_product(x, y, high) + factor * a[1])


def log_ratio(a: Parts, b: Parts) -> Parts:
    """The logarithm of a over b, both positive."""
    high, low = log_quotient(*jnp.broadcast_arrays(a[0], b[0]))
    return high, low + lax.stop_gradient(a[1] / a[0] - b[1] / b[0])


@jax.custom_jvp
def added(a: Parts) -> Parts:
    """The sum over the classes, whose axis is kept."""
    zero = np.zeros((), a[0].dtype)
    sums = lax.reduce(a, (zero, zero), plus, (a[0].ndim - 1,))
    high, low = (part[..., None] for part in sums)
    return sum_of_parts(high, low)


@added.defjvp
def _added_jvp(primals: tuple[Parts], tangents: tuple[Parts]) -> tuple[Parts, Parts]:
    change = jnp.sum(tangents[0][0] + tangents[0][1], axis=-1, keepdims=True)
    return added(*primals), (change, jnp.zeros_like(change))


def others(a: Array, whole: Parts) -> Array:
    """The sum over the other classes, to the last digits where one class has nearly all of the whole."""
    rest = whole[0] - a
    return rest + (whole[1] + lost_in_difference(whole[0], a, rest))


def proportions(p: Array) -> Array:
    """The classes' parts of their sum; NaN where one is negative or all are 0."""
    return p / added(exactly(p))[0] * nan_unless(jnp.all(p >= 0, axis=-1, keepdims=True), p)


def spread(a: Array) -> Array:
    r"""The matrix :math:`\operatorname{diag}(\pi) - \pi \pi^T` of the classes' parts :math:`\pi` of their sum."""
    whole = added(exactly(a))
    parts, rest = proportions(a), others(a, whole) / whole[0]
    own = jnp.eye(a.shape[-1], dtype=bool)
    return parts[..., :, None] * jnp.where(own, rest[..., :, None], -parts[..., None, :])


def scaled(weights: Array) -> Array:
    """The weights by a power of two near the largest: exact, and their products do not overflow."""
    largest = lax.stop_gradient(jnp.max(weights, axis=-1, keepdims=True))
    return weights / lax.reduce_precision(largest / 8, jnp.finfo(weights.dtype).nexp, 0)


def log_weight(a: Array, total: Parts, w: Array, whole: Parts) -> Parts:
    r"""The logarithm of a multinomial probability, for real exponents a and positive weights w; A and W are their sums.

    .. math::

        \log \Gamma(A + 1) + \sum_i \Bigl( a_i \log \frac{w_i}{W} - \log \Gamma(a_i + 1) \Bigr)
        = \sum_i \Bigl( a_i \log \frac{w_i A}{W a_i} + h(a_i) \Bigr) - h(A)
    """
    ratio = log_ratio(times(w, exactly(_above(total[0]))), times(_above(a), exactly(whole[0])))
    terms = plus(times(a, ratio), log_peak(a))
    # To first order, what the sums lack.
    beyond = exactly(total[1] - total[0] * (whole[1] / whole[0]))
    return plus(less(added(terms), log_peak(total[0])), beyond)


def _above(a: Array) -> Array:
    return jnp.where(a < 1, 1.0, a)


def log_peak(a: Array) -> Parts:
    r"""The Poisson law's largest logarithm :math:`h(a) = \log(a^a e^{-a} / \Gamma(a + 1))`; below 1 without a log a."""
    few = a < 1
    large = _above(a)
    high, low = log_quotient(large, jnp.full_like(large, 1 / (2 * math.pi)))
    near = -lgamma1p(jnp.where(few, a, 0.5))
    return jnp.where(few, -a, -high / 2), jnp.where(few, near, -low / 2 - stirling_remainder(large))
