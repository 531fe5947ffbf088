"""Every law from the uniform one: minus the logarithm of a uniform number is exponential."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.calculus import inverse_rule
from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.distributions import expon, uniform

Number = Float[Array, ""]


def _uniform(x: Number, scale: Number) -> Number:
    """The u that is sent to x."""
    return jnp.exp(-x / scale)


def _slope_there(x: Number, scale: Number) -> Number:
    return 1 / jnp.abs(inverse_rule(lambda x: _uniform(x, scale), x).derivative)


DERIVATION = Derivation(
    title="The law of −log U",
    proves=expon.pdf,
    evaluate=lambda x, scale: expon.pdf(x, 0.0, scale),
    example=lambda key: tuple(random.uniform(key, (2,), jnp.float64, 0.3, 3.0)),
    steps=(
        Step(
            "Let U be uniform and X = −σ log U. What lands between x and x + h comes from between two values of U, and "
            "its probability is their distance.",
            r"\frac{u(x) - u(x + h)}{h}, \quad u(x) = e^{-x / \sigma}",
            lambda x, scale, h: (_uniform(x, scale) - _uniform(x + h, scale)) / h,
            because=uniform.cdf,
        ),
        Step(
            "As h shrinks, this is the density of X: by how much the map squeezes U together.",
            r"\left| u'(x) \right|",
            lambda x, scale: jnp.abs(jax.grad(_uniform)(x, scale)),
            relation="→",
            because="the definition of the derivative",
        ),
        Step(
            "It is one over the slope of the map itself: where that is steep, the draws lie far apart.",
            r"\frac{1}{\left| g'(u) \right|}, \quad g(u) = -\sigma \log u, \; u = u(x)",
            _slope_there,
            because=inverse_rule,
        ),
        Step(
            "The slope of the logarithm is one over u.",
            r"\frac{u(x)}{\sigma} = \frac{1}{\sigma} e^{-x / \sigma}",
            lambda x, scale: _uniform(x, scale) / scale,
            because="the derivative of the logarithm",
        ),
    ),
)
