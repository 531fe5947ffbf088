"""The directions in which a test looks."""

from typing import Literal

import jax.numpy as jnp
from jaxtyping import Array

Alternative = Literal["two-sided", "less", "greater"]
ALTERNATIVES: tuple[Alternative, ...] = ("two-sided", "less", "greater")


def slope_of_tail(t: Array, alternative: Alternative) -> Array:
    """The derivative of a p-value in its statistic, in densities; 0 at the kink of the two-sided one."""
    return {"two-sided": -2 * jnp.sign(t), "less": jnp.ones_like(t), "greater": -jnp.ones_like(t)}[alternative]
