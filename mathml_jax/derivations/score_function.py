"""One gradient of an expectation, two ways: move the draws, or weigh them anew."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations._area import expected
from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.distributions import norm

Number = Float[Array, ""]
Pair = Float[Array, "2"]


def _expectation(loc: Number, scale: Number) -> Number:
    return expected(lambda z: jnp.sin(loc + scale * z))


def _quotients(loc: Number, scale: Number, h: Number) -> Pair:
    up = jnp.stack([_expectation(loc + h, scale), _expectation(loc, scale + h)])
    down = jnp.stack([_expectation(loc - h, scale), _expectation(loc, scale - h)])
    return (up - down) / (2 * h)


def _moved(loc: Number, scale: Number) -> Pair:
    def slopes(z: Array) -> Array:
        slope = jnp.cos(loc + scale * z)
        return jnp.stack([slope, slope * z])

    return expected(slopes)


def _weighed(loc: Number, scale: Number) -> Pair:
    def weighed(z: Array) -> Array:
        f = jnp.sin(loc + scale * z)
        return jnp.stack([f * z, f * (z**2 - 1)])

    return expected(weighed) / scale


def _in_code(loc: Number, scale: Number) -> Pair:
    def weighed(z: Array) -> Array:
        x = loc + scale * z
        return jnp.stack([jnp.sin(x) * slope for slope in norm.score(x, loc, scale)])

    return expected(weighed)


DERIVATION = Derivation(
    title="Two gradients of one expectation",
    proves=norm.score,
    evaluate=_in_code,
    example=lambda key: (
        random.normal(key, (), jnp.float64),
        random.uniform(random.fold_in(key, 1), (), jnp.float64, 0.5, 1.5),
    ),
    steps=(
        Step(
            "How does the mean of f change with the parameters of the law? Nudge each.",
            r"\frac{m(\mu + h, \sigma) - m(\mu - h, \sigma)}{2h},\;"
            r" \frac{m(\mu, \sigma + h) - m(\mu, \sigma - h)}{2h}, \quad m = E[f(\mu + \sigma Z)], \; f = \sin",
            _quotients,
        ),
        Step(
            "The first way moves the draws, by 1 and by Z, and needs the slope of f.",
            r"E\left[ f'(\mu + \sigma Z)\, (1, Z) \right]",
            _moved,
            relation="→",
            because="differentiating under the integral sign",
            rate=2,
        ),
        Step(
            "Hand the derivative on from f to the bell, whose slope is −z times its height. The second way leaves the "
            "draws where they are and weighs them: it works for an f with no slope at all.",
            r"E\left[ f(X)\, \frac{(Z, Z^2 - 1)}{\sigma} \right], \quad X = \mu + \sigma Z",
            _weighed,
            because="integration by parts",
        ),
    ),
)
