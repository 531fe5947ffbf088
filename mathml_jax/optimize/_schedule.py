"""What the schedules share: their argument, its check, and how they are shown."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import optax
from jax import random
from jaxtyping import Array, ArrayLike, Float, Int

from mathml_jax._checks import expect

Count = Int[ArrayLike, "..."] | Float[ArrayLike, "..."]


def expect_steps(function: str, least: int = 1, **numbers: int) -> None:
    """Raises ValueError for a number of steps that is too small."""
    for name, number in numbers.items():
        expect(number >= least, function, f"{name} at least {least}", number)


def rates_of(make: Callable[..., optax.Schedule], *options: Any) -> Callable[[Array], Any]:
    """A schedule's rate at many numbers of steps."""
    return lambda count: make(*options)(count)


def numbers_of_steps(key: Array) -> tuple[Array]:
    """Numbers of steps, whole or not, away from where a schedule turns."""
    return (random.uniform(key, (5,), jnp.float64, 0.5, 9.5),)
