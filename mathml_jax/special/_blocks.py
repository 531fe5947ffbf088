"""Long elementwise computations over many numbers, a block at a time."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.lax import platform_dependent
from jaxtyping import Array

_BLOCK = 2**15


def in_blocks(function: Callable[..., Any], *arrays: Array) -> Any:
    """An elementwise function of arrays of one shape; on a CPU, where they are long, one block after another.

    What the steps hand on to each other then stays near the processor: an allocation beyond 32 MiB is mapped anew at
    every call, which can take as long as the computation. An accelerator takes all at once.
    """
    shape, size = arrays[0].shape, arrays[0].size
    if size <= _BLOCK:
        return function(*arrays)

    def blocked(*arrays: Array) -> Any:
        count = -(-size // _BLOCK)
        filled = (jnp.pad(x.ravel(), (0, count * _BLOCK - size), mode="edge") for x in arrays)
        results = jax.lax.map(lambda block: function(*block), tuple(x.reshape(count, _BLOCK) for x in filled))
        return jax.tree.map(lambda x: x.ravel()[:size].reshape(shape), results)

    return platform_dependent(*arrays, cpu=blocked, default=function)
