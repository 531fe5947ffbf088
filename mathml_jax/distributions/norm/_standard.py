"""What the verbs of the normal law share: its arguments, its parameters, and the distance from the mean."""

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Key, Real

from mathml_jax._checks import as_broadcast, nan_unless

Value = Real[ArrayLike, "*#batch"]
Result = Float[Array, "*batch"]


class Parameters(NamedTuple):
    """The parameters of a normal law, or one number for each.

    Attributes:
      loc: the mean.
      scale: the standard deviation.
    """

    loc: Float[Array, "*batch"]
    scale: Float[Array, "*batch"]


def parameters(*values: Value) -> tuple[Array, ...]:
    """The values in one shape and dtype; the last, the scale, is NaN with derivative NaN where it is not positive."""
    *others, scale = as_broadcast(*values)
    return *others, scale * nan_unless(scale > 0, scale)


def standardized(x: Value, loc: Value, scale: Value, flat_at: tuple[float, ...] = ()) -> tuple[Array, Array]:
    """The distance of x from the mean in standard deviations, and the scale.

    `flat_at` names the infinities where the verb is constant. There x stands 60 standard deviations away, beyond all
    that a float can tell from a limit, so that the derivative in the scale is 0 and not 0 times inf.
    """
    x, loc, scale = parameters(x, loc, scale)
    distance = x - loc
    for end in flat_at:
        far = math.copysign(60.0, end) * jax.lax.stop_gradient(scale)
        distance = jnp.where(x == end, far, distance)
    return distance / scale, scale


def example(key: Key[Array, ""]) -> dict[str, Any]:
    """A value for every argument that some verb takes."""
    x, loc = random.normal(key, (2,), jnp.float64)
    q, confidence, scale = random.uniform(key, (3,), jnp.float64, 0.01, 0.99)
    data = random.normal(key, (8,), jnp.float64)
    return {
        "x": x,
        "q": q,
        "confidence": confidence,
        "loc": loc,
        "scale": 0.5 + scale,
        "order": 5,
        "data": data,
        "key": key,
    }
