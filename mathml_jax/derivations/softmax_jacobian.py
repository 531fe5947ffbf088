"""The Jacobian of softmax, by the quotient rule."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.nn import softmax_jacobian


def _p(x: Float[Array, " n"]) -> Float[Array, " n"]:
    return jnp.exp(x) / jnp.sum(jnp.exp(x))


def _difference_quotient(x: Float[Array, " n"], h: Float[Array, ""]) -> Float[Array, "n n"]:
    steps = h * jnp.eye(len(x))
    return jnp.stack([(_p(x + step) - _p(x)) / h for step in steps], axis=1)


def _quotient_rule(x: Float[Array, " n"]) -> Float[Array, "n n"]:
    e, total = jnp.exp(x), jnp.sum(jnp.exp(x))
    return (jnp.diag(e) * total - e[:, None] * e[None, :]) / total**2


def _two_fractions(x: Float[Array, " n"]) -> Float[Array, "n n"]:
    e, total = jnp.exp(x), jnp.sum(jnp.exp(x))
    return jnp.diag(e) / total - (e / total)[:, None] * (e / total)[None, :]


DERIVATION = Derivation(
    title="The Jacobian of softmax",
    proves=softmax_jacobian,
    example=lambda key: (random.normal(key, (4,), jnp.float64),),
    steps=(
        Step(
            "A derivative is the limit of a difference quotient: nudge the score of class j by h.",
            r"\frac{p_i(x + h e_j) - p_i(x)}{h}",
            _difference_quotient,
        ),
        Step(
            "Numerator and denominator both depend on the score j: the one only where i = j, the other always.",
            r"\frac{\delta_{ij} e^{x_i} \sum_k e^{x_k} - e^{x_i} e^{x_j}}{\left(\sum_k e^{x_k}\right)^2}",
            _quotient_rule,
            relation="→",
            because="the quotient rule",
            rate=1,
        ),
        Step(
            "Split the fraction, and give each factor one of the two denominators.",
            r"\delta_{ij} \frac{e^{x_i}}{\sum_k e^{x_k}}"
            r" - \frac{e^{x_i}}{\sum_k e^{x_k}} \frac{e^{x_j}}{\sum_k e^{x_k}}",
            _two_fractions,
            because="algebra of fractions",
        ),
        Step(
            "Every fraction is a probability again, and the first factor is common.",
            r"p_i (\delta_{ij} - p_j)",
            lambda x: _p(x)[:, None] * (jnp.eye(len(x)) - _p(x)[None, :]),
            because="the definition of softmax",
        ),
    ),
)
