"""Why Adam divides its moments by one minus a power of the decay."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.optimize import adam

Gradients = Float[Array, "t n"]
Decay = Float[Array, ""]


def _recursion(g: Gradients, b: Decay) -> Array:
    m = jnp.zeros_like(g[0])
    for gradient in g:
        m = b * m + (1 - b) * gradient
    return m


def _weights(g: Gradients, b: Decay) -> Array:
    return (1 - b) * b ** jnp.arange(len(g) - 1, -1, -1, dtype=g.dtype)


def _corrected_in_code(g: Gradients, b: Decay) -> Array:
    """The second moment off, the step is the first moment alone."""
    optimizer = adam(1.0, b1=b, b2=0.0, eps=1.0, eps_root=0.0)

    state, update = optimizer.init(g[0]), None
    for gradient in g:
        update, state = optimizer.update(gradient, state)
    return -jnp.asarray(update) * (jnp.abs(g[-1]) + 1)


DERIVATION = Derivation(
    title="Adam's bias correction",
    proves=adam,
    evaluate=_corrected_in_code,
    example=lambda key: (
        random.normal(key, (6, 3), jnp.float64),
        random.uniform(random.fold_in(key, 1), (), jnp.float64, 0.3, 0.95),
    ),
    steps=(
        Step(
            "A moving average ought to be an average: gradients weighted by their age, over the sum of the weights.",
            r"\frac{\sum_{i \le t} \beta^{t - i} g_i}{\sum_{i \le t} \beta^{t - i}}",
            lambda g, b: jnp.sum(_weights(g, b)[:, None] * g, axis=0) / jnp.sum(_weights(g, b)),
        ),
        Step(
            "The sum of the weights is a geometric series.",
            r"\frac{1 - \beta}{1 - \beta^t} \sum_{i \le t} \beta^{t - i} g_i",
            lambda g, b: (1 - b) / (1 - b ** len(g)) * sum(b ** (len(g) - 1 - i) * x for i, x in enumerate(g)),
            because="the geometric series",
        ),
        Step(
            "The sum is what the recursion has gathered from its start at zero: only the division was missing.",
            r"\frac{m_t}{1 - \beta^t}, \quad m_t = \beta m_{t-1} + (1 - \beta) g_t, \quad m_0 = 0",
            lambda g, b: _recursion(g, b) / (1 - b ** len(g)),
            because="unrolling the recursion",
        ),
    ),
)
