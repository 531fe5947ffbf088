"""A function together with its derivatives in every argument."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array

Tangent = Array | SymbolicZero


def ruled(value: Callable[..., Array], slopes: Callable[..., tuple[Any, ...]]) -> jax.custom_jvp:
    """The function whose derivatives in all of its arguments are what `slopes` returns; only those asked for count."""
    function = jax.custom_jvp(value)

    @partial(function.defjvp, symbolic_zeros=True)
    def rule(primals: tuple[Array, ...], tangents: tuple[Tangent, ...]) -> tuple[Array, Array]:
        change = jnp.zeros_like(primals[-1])
        for slope, tangent in zip(slopes(*primals), tangents, strict=True):
            if not isinstance(tangent, SymbolicZero):
                change += slope * tangent
        return function(*primals), change

    return function
