"""The door: what every public function does with its arguments before the mathematics begins."""

from collections.abc import Collection
from typing import Any, overload

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike


def expect(condition: bool, function: str, expected: str, got: Any, error: type[Exception] = ValueError) -> None:
    """Raises `error` with the one wording of the house unless `condition` holds.

    >>> expect(False, "mse", "predictions and targets of equal shape", "(8, 1) and (8,)")
    Traceback (most recent call last):
      ...
    ValueError: mse: expected predictions and targets of equal shape, got (8, 1) and (8,)
    """
    if not condition:
        raise error(f"{function}: expected {expected}, got {got}")


def expect_option(function: str, name: str, value: Any, allowed: Collection[Any]) -> None:
    """Raises ValueError unless the option `name` has one of the `allowed` values."""
    choices = ", ".join(repr(choice) for choice in allowed)
    expect(value in allowed, function, f"{name} to be one of {choices}", repr(value))


def expect_rank(function: str, name: str, x: Array, rank: int, *, at_least: bool = False) -> None:
    """Raises ValueError unless the array `x` has `rank` axes (or at least as many)."""
    ok = x.ndim >= rank if at_least else x.ndim == rank
    axes = f"{rank} {'axis' if rank == 1 else 'axes'}"
    expect(ok, function, f"{name} with {'at least ' if at_least else ''}{axes}", f"shape {x.shape}")


def expect_equal_shapes(function: str, **arrays: Array) -> None:
    """Raises ValueError unless all `arrays` have one shape: losses never broadcast in silence."""
    shapes = [x.shape for x in arrays.values()]
    got = " and ".join(str(shape) for shape in shapes)
    expect(len(set(shapes)) == 1, function, f"{' and '.join(arrays)} of equal shape", got)


@overload
def as_float(x: ArrayLike, /) -> Array: ...
@overload
def as_float(x: ArrayLike, y: ArrayLike, /, *arrays: ArrayLike) -> tuple[Array, ...]: ...
def as_float(*arrays: ArrayLike) -> Array | tuple[Array, ...]:
    """Converts to arrays of one floating-point dtype; integers and booleans become the default float.

    One argument gives one array, several give a tuple. Python scalars adapt to the arrays beside them.

    >>> as_float(1, jnp.float32(2))
    (Array(1., dtype=float32), Array(2., dtype=float32))
    """
    with jax.numpy_dtype_promotion("standard"):
        dtype = jnp.result_type(*arrays)
        if not jnp.issubdtype(dtype, jnp.inexact):
            dtype = jnp.result_type(float)
        converted = tuple(jnp.asarray(x, dtype) for x in arrays)
    return converted[0] if len(converted) == 1 else converted


def as_broadcast(*arrays: ArrayLike) -> tuple[Array, ...]:
    """Converts as `as_float` does, then broadcasts to one shape."""
    # A number beside them, so that a single array comes back in a tuple too.
    return tuple(jnp.broadcast_arrays(*as_float(*arrays, 0.0)[:-1]))


def nan_unless(condition: Array, like: Array) -> Array:
    """One where the condition holds, NaN elsewhere: a factor, so that the derivatives become NaN too."""
    return jnp.where(condition, jnp.ones((), like.dtype), jnp.nan)


def widened(x: Array) -> Array:
    """The array in which sums are taken: float32 for float16 and bfloat16, otherwise unchanged."""
    return x.astype(jnp.float32) if x.dtype.itemsize < 4 else x
