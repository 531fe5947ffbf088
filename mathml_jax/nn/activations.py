"""The bends between the layers of a network, and softmax, which turns scores into probabilities."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect_rank, widened
from mathml_jax._concept import Concept, Derivative


@jax.jit
def softmax(x: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch n"]:
    r"""Turns any real scores into a probability vector.

    .. math::

        p_i = \frac{e^{x_i}}{\sum_j e^{x_j}}

    where :math:`x_i` is the score of class i and :math:`p_i` its probability. Adding a constant to every score changes
    nothing, so the largest is subtracted first and nothing overflows.

    Why it matters: the last layer of every classifier, and the weights of attention.

    Args:
      x: scores ("logits"), shape [..., n].

    Returns:
      Probabilities, shape [..., n]; the last axis sums to one. A row of -inf only gives zeros.

    Raises:
      ValueError: `x` has no axis.

    References:
      Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    >>> softmax(jnp.array([0.0, jnp.log(3.0)])).round(2).tolist()
    [0.25, 0.75]
    """
    x = as_float(x)
    expect_rank("softmax", "x", x, 1, at_least=True)
    scores = widened(x)
    largest = jnp.max(scores, axis=-1, keepdims=True, initial=-jnp.inf)
    weights = jnp.exp(scores - jnp.where(jnp.isneginf(largest), 0.0, jax.lax.stop_gradient(largest)))
    total = jnp.sum(weights, axis=-1, keepdims=True)
    return (weights / jnp.where(total == 0, 1.0, total)).astype(x.dtype)


def softmax_jacobian(x: Real[ArrayLike, " n"]) -> Float[Array, "n n"]:
    r"""Jacobian of `softmax` at one vector of scores.

    .. math::

        \frac{\partial p_i}{\partial x_j} = p_i(\delta_{ij} - p_j)
    """
    p = softmax(x)
    return jnp.diag(p) - jnp.outer(p, p)


CONCEPTS = (
    Concept(
        softmax,
        example=lambda key: (random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(softmax_jacobian, "jacobian"),),
        oracle="scipy.special.softmax",
    ),
)
