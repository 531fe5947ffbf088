"""Exponentials whose largest is one, and the logarithm of their sum."""

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._rounding import Axis, lost_in_difference, sum_in_parts


def log_total(largest: Array, distance: Array, axis: Axis) -> Array:
    """ln of the sum of e^distance, to the last digits of a sum barely above one; 0 where all entries are -inf."""
    leading, rest = sum_in_parts(jnp.exp(distance), axis)
    return jnp.log1p((leading - 1) + rest + jnp.isneginf(largest).astype(rest.dtype))


def shares(x: Array, largest: Array, distance: Array, axis: Axis) -> Array:
    """Each exponential over their sum; 0 where all entries are -inf. What rounding took from x - largest is put back.

    Comparisons beside a sum along rows take XLA's CPU backend five times as long as the arithmetic here.
    """
    weights = jnp.exp(distance)
    weights += weights * lost_in_difference(x, largest, distance)
    leading, rest = sum_in_parts(weights, axis)
    total = leading + rest
    return weights / jnp.where(total == 0, 1.0, total)
