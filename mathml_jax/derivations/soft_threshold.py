"""The proximal operator of the absolute value."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.optimize import prox_l1

Number = Float[Array, ""]


def _lowest_candidate(x: Number, c: Number) -> Array:
    candidates = jnp.stack([jnp.maximum(x - c, 0), jnp.zeros_like(x), jnp.minimum(x + c, 0)])
    heights = (candidates - x) ** 2 / 2 + c * jnp.abs(candidates)
    return candidates[jnp.argmin(heights)]


def _by_cases(x: Number, c: Number) -> Array:
    return jnp.where(x > c, x - c, 0) + jnp.where(x < -c, x + c, 0)


DERIVATION = Derivation(
    title="Soft thresholding",
    proves=prox_l1,
    example=lambda key: (
        2 * random.normal(key, (), jnp.float64),
        random.uniform(random.fold_in(key, 1), (), jnp.float64, 0.2, 1.5),
    ),
    steps=(
        Step(
            "Stay close to x, but pay for being away from 0. Right of 0 the height is level at x - c, left of it at "
            "x + c; the kink at 0 is the third candidate.",
            r"\operatorname{argmin}_{y \in \{\max(x - c, 0),\, 0,\, \min(x + c, 0)\}} "
            r"\tfrac{1}{2} (y - x)^2 + c |y|",
            _lowest_candidate,
        ),
        Step(
            "The parabolas lie on their own side of 0 only where x is farther than c from it; otherwise the kink wins, "
            "since there the slopes on both sides point up.",
            r"\begin{cases} x - c & x > c \\ 0 & |x| \le c \\ x + c & x < -c \end{cases}",
            _by_cases,
            because="a convex function is lowest where 0 lies between its slopes",
        ),
        Step(
            "Shrink by c towards 0, and stop there: whatever is smaller vanishes.",
            r"\operatorname{sign}(x) \max(|x| - c, 0)",
            lambda x, c: jnp.sign(x) * jnp.maximum(jnp.abs(x) - c, 0),
            because="symmetry",
        ),
    ),
)
