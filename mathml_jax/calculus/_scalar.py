"""The check that every derivative of a scalar function begins with."""

from collections.abc import Callable
from typing import Any

import jax
from jaxtyping import Array

from mathml_jax._checks import as_float, expect


def scalar_valued(function: str, f: Callable[..., Any], *args: Any) -> Callable[..., Array]:
    """The function with a floating-point result, once it is known to return a scalar."""
    result = jax.eval_shape(f, *args)
    got = jax.tree.map(lambda leaf: leaf.shape, result)
    expect(getattr(result, "shape", None) == (), function, "f to return a scalar", f"shape {got}")
    return lambda *args: as_float(f(*args))
