"""What every derivative of a scalar function begins with: a check, and the slope of a function of one variable."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mathml_jax._checks import as_float, expect


def scalar_valued(function: str, f: Callable[..., Any], *args: Any) -> Callable[..., Array]:
    """The function with a floating-point result, once it is known to return a scalar."""
    result = jax.eval_shape(f, *args)
    got = jax.tree.map(lambda leaf: leaf.shape, result)
    expect(getattr(result, "shape", None) == (), function, "f to return a scalar", f"shape {got}")
    return lambda *args: as_float(f(*args))


def value_and_slope(
    function: str, f: Callable[..., Any], x: Float[Array, "*shape"]
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """The values and the slopes of a function from a scalar to a scalar at every entry of `x`, by forward mode."""
    g = scalar_valued(function, f, jax.ShapeDtypeStruct((), x.dtype))
    return jnp.vectorize(lambda x: jax.jvp(g, (x,), (jnp.ones_like(x),)))(x)
