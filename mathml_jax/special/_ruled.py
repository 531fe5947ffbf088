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
        return function(*primals), total(primals[-1], *zip(slopes(*primals), tangents, strict=True))

    return function


def total(like: Array, *products: tuple[Array, Tangent]) -> Array:
    """The sum of slopes times tangents; a slope whose tangent is known to be 0 is never computed."""
    return sum((s * t for s, t in products if not isinstance(t, SymbolicZero)), jnp.zeros_like(like))
