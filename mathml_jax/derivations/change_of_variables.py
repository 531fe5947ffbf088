"""Change of variables in an integral, from the chain rule."""

import jax.numpy as jnp
from jax import random

from mathml_jax.calculus import chain_rule, quad
from mathml_jax.derivations._area import area
from mathml_jax.derivations.steps import Derivation, Step

DERIVATION = Derivation(
    title="Change of variables",
    proves=quad,
    evaluate=lambda a, b: quad(jnp.cos, a**2, b**2)[0],
    example=lambda key: tuple(jnp.sort(random.uniform(key, (2,), jnp.float64, 0.1, 2.0))),
    steps=(
        Step(
            "The variable moves at the speed g'(t): each little width dt becomes g'(t) dt.",
            r"\int_a^b f(g(t))\, g'(t)\, dt, \quad f = \cos, \; g(t) = t^2",
            lambda a, b: area(lambda t: jnp.cos(t**2) * 2 * t, a, b),
        ),
        Step(
            "That is the derivative of F(g(t)), where F is an antiderivative of f.",
            r"\int_a^b \frac{d}{dt} F(g(t))\, dt, \quad F = \sin",
            lambda a, b: area(lambda t: chain_rule(jnp.sin, lambda t: t**2, t).composed, a, b),
            because=chain_rule,
        ),
        Step(
            "The integral of a derivative is the difference at the ends.",
            r"F(g(b)) - F(g(a))",
            lambda a, b: jnp.sin(b**2) - jnp.sin(a**2),
            because="the fundamental theorem of calculus",
        ),
        Step(
            "Read backwards, it is the integral of f between the moved ends.",
            r"\int_{g(a)}^{g(b)} f(x)\, dx",
            lambda a, b: area(jnp.cos, a**2, b**2),
            because="the fundamental theorem of calculus",
        ),
    ),
)
