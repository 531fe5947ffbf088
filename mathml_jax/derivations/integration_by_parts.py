"""Integration by parts, from the product rule."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.calculus import product_rule, quad
from mathml_jax.derivations._area import area
from mathml_jax.derivations.steps import Derivation, Step

Number = Float[Array, ""]


def _u(x: Array) -> Array:
    return x**2 + 1


def _v(x: Array) -> Array:
    return jnp.sin(2 * x)


def _rearranged(x: Array) -> Array:
    return 2 * x * _v(x) + _u(x) * 2 * jnp.cos(2 * x) - 2 * x * _v(x)


DERIVATION = Derivation(
    title="Integration by parts",
    proves=quad,
    evaluate=lambda a, b: quad(lambda x: _u(x) * 2 * jnp.cos(2 * x), a, b)[0],
    code_first=True,
    example=lambda key: tuple(jnp.sort(random.uniform(key, (2,), jnp.float64, -2.0, 2.0))),
    steps=(
        Step(
            "One factor, u, is simple once differentiated; the other, v', once integrated.",
            r"\int_a^b u\, v'\, dx, \quad u = x^2 + 1, \; v = \sin 2x",
            lambda a, b: area(lambda x: _u(x) * 2 * jnp.cos(2 * x), a, b),
        ),
        Step(
            "Add and subtract u'v: the first two terms are the derivative of a product.",
            r"\int_a^b \bigl( (u v)' - u' v \bigr)\, dx",
            lambda a, b: area(_rearranged, a, b),
            because=product_rule,
        ),
        Step(
            "The integral of a derivative is the difference at the ends.",
            r"\bigl[ u v \bigr]_a^b - \int_a^b u' v\, dx",
            lambda a, b: _u(b) * _v(b) - _u(a) * _v(a) - area(lambda x: 2 * x * _v(x), a, b),
            because="the fundamental theorem of calculus",
        ),
        Step(
            "What is left is simpler; a second round would finish it.",
            r"\Bigl[ (x^2 + 1) \sin 2x + x \cos 2x - \tfrac12 \sin 2x \Bigr]_a^b",
            lambda a, b: _closed(b) - _closed(a),
            because="integration by parts, once more",
        ),
    ),
)


def _closed(x: Number) -> Number:
    return (x**2 + 1) * jnp.sin(2 * x) + x * jnp.cos(2 * x) - jnp.sin(2 * x) / 2
