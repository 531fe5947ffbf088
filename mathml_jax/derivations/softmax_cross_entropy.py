"""Cross-entropy through softmax: the gradient is the prediction minus the label."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.nn import softmax_cross_entropy_gradient, softmax_jacobian

Scores = Float[Array, " n"]
Labels = Float[Array, " n"]


def _p(x: Scores) -> Scores:
    return jnp.exp(x) / jnp.sum(jnp.exp(x))


def _difference_quotient(x: Scores, y: Labels, h: Float[Array, ""]) -> Scores:
    def loss(x: Scores) -> Float[Array, ""]:
        return -jnp.sum(y * jnp.log(_p(x)))

    return jnp.stack([(loss(x + step) - loss(x)) / h for step in h * jnp.eye(len(x))])


def _chain_rule(x: Scores, y: Labels) -> Scores:
    return -(y / _p(x)) @ softmax_jacobian(x)


def _inserted(x: Scores, y: Labels) -> Scores:
    p = _p(x)
    return -jnp.sum((y / p * p)[:, None] * (jnp.eye(len(x)) - p[None, :]), axis=0)


def _summed_apart(x: Scores, y: Labels) -> Scores:
    return -y + _p(x) * jnp.sum(y)


def _example(key: Array) -> tuple[Scores, Labels]:
    scores, other_scores = random.normal(key, (2, 4), jnp.float64)
    return scores, _p(other_scores)


DERIVATION = Derivation(
    title="Cross-entropy through softmax",
    proves=softmax_cross_entropy_gradient,
    example=_example,
    steps=(
        Step(
            "Nudge the score of class j by h and see how the loss changes.",
            r"\frac{L(x + h e_j) - L(x)}{h}, \quad L(x) = -\sum_k y_k \log p_k(x)",
            _difference_quotient,
        ),
        Step(
            "The score j moves every probability, and the loss depends on each through a logarithm.",
            r"-\sum_k \frac{y_k}{p_k} \frac{\partial p_k}{\partial x_j}",
            _chain_rule,
            relation="→",
            because="the chain rule",
        ),
        Step(
            "Insert the Jacobian of softmax.",
            r"-\sum_k \frac{y_k}{p_k} p_k (\delta_{kj} - p_j)",
            _inserted,
            because=softmax_jacobian,
        ),
        Step(
            "The probabilities cancel; the delta picks out one label, the rest is a sum of labels.",
            r"-y_j + p_j \sum_k y_k",
            _summed_apart,
            because="summing over a Kronecker delta",
        ),
        Step(
            "The labels sum to one: prediction minus label.",
            r"p_j - y_j",
            lambda x, y: _p(x) - y,
            because="labels are probabilities",
        ),
    ),
)
