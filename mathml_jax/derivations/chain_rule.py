"""The chain rule: slopes multiply."""

import jax.numpy as jnp
from jax import random

from mathml_jax.calculus import chain_rule
from mathml_jax.derivations.steps import Derivation, Step

DERIVATION = Derivation(
    title="The chain rule",
    proves=chain_rule,
    evaluate=lambda x: chain_rule(jnp.sin, jnp.exp, x).composed,
    example=lambda key: (random.normal(key, (), jnp.float64),),
    steps=(
        Step(
            "Nudge x by h and see how far f(g(x)) moves.",
            r"\frac{f(g(x + h)) - f(g(x))}{h}, \quad f = \sin, \; g = \exp",
            lambda x, h: (jnp.sin(jnp.exp(x + h)) - jnp.sin(jnp.exp(x))) / h,
        ),
        Step(
            "First the inner function moves, by k; then the outer one, because its input has moved by k.",
            r"\frac{f(g(x) + k) - f(g(x))}{k} \cdot \frac{k}{h}, \quad k = g(x + h) - g(x)",
            lambda x, h: (
                (jnp.sin(jnp.exp(x) + (jnp.exp(x + h) - jnp.exp(x))) - jnp.sin(jnp.exp(x)))
                / (jnp.exp(x + h) - jnp.exp(x))
                * ((jnp.exp(x + h) - jnp.exp(x)) / h)
            ),
            because="multiplying by k / k",
        ),
        Step(
            "As h vanishes so does k, and each quotient becomes a slope.",
            r"f'(g(x))\, g'(x)",
            lambda x: jnp.cos(jnp.exp(x)) * jnp.exp(x),
            relation="→",
            because="the definition of the derivative, twice",
        ),
    ),
)
