"""Random counts from any law whose probabilities are log-concave, by rejection."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array

ROUNDS = 200
"""Each takes at least a fifth of what is left; after so many nothing is."""


def log_concave(key: Array, logpmf: Callable[[Array], Array], mode: Array, low: Array, high: Array) -> Array:
    r"""Counts from `low` to `high`, drawn below a bound that needs the mode m and its probability p alone.

    .. math::

        p(m + x) \le p \min\bigl( 1, e^{w - p |x|} \bigr), \qquad w = 1 + \tfrac{p}{2}

    Devroye, "A simple generator for discrete log-concave distributions", 1987.
    """
    top = logpmf(mode)
    height = jnp.exp(top)
    w = 1 + height / 2

    def unfinished(state: tuple[Array, ...]) -> Array:
        return ~jnp.all(state[1]) & (state[3] < ROUNDS)

    def attempt(state: tuple[Array, ...]) -> tuple[Array, ...]:
        key, done, drawn, turn = state
        key, *keys = random.split(key, 6)
        which, flat, level = (random.uniform(k, mode.shape, mode.dtype) for k in keys[:3])
        far = w + random.exponential(keys[3], mode.shape, mode.dtype)
        distance = jnp.where(which <= w / (1 + w), flat * w, far)
        k = mode + random.rademacher(keys[4], mode.shape, mode.dtype) * jnp.round(distance / height)
        share = jnp.exp(logpmf(jnp.clip(k, low, high)) - top)
        taken = (level * jnp.exp(jnp.minimum(w - distance, 0.0)) <= share) & (k >= low) & (k <= high)
        return key, done | taken, jnp.where(taken & ~done, k, drawn), turn + 1

    state = (key, jnp.zeros(mode.shape, bool), mode, jnp.zeros((), jnp.int32))
    return jax.lax.while_loop(unfinished, attempt, state)[2]
