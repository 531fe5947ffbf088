"""Exponentials whose largest is one, and the logarithm of their sum."""

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._rounding import Axis, lost_in_difference, sum_in_digits, sum_in_parts


def log_total(largest: Array, distance: Array, axis: Axis) -> Array:
    """ln of the sum of e^distance, to the last digits of a sum barely above one; 0 where all entries are -inf."""
    leading, rest = sum_in_parts(jnp.exp(distance), axis)
    return jnp.log1p((leading - 1) + rest + jnp.isneginf(largest).astype(rest.dtype))


def shares(x: Array, largest: Array, distance: Array, axis: Axis) -> Array:
    """Each exponential over their sum; 0 where all entries are -inf, NaN where one is inf.

    What rounding took from x - largest is put back.
    """
    weights = jnp.exp(distance)
    weights += weights * lost_in_difference(x, largest, distance)
    total = jnp.where(jnp.isposinf(largest), jnp.nan, sum_in_digits(weights, axis))
    return weights / jnp.where(total == 0, 1.0, total)
