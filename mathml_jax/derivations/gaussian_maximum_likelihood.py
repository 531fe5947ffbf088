"""Why mean and root mean square are the likeliest parameters of a normal law."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.distributions import norm

Data = Float[Array, " n"]
Number = Float[Array, ""]

LOG_TWO_PI = math.log(2 * math.pi)


def _spread(x: Data) -> Number:
    return jnp.mean((x - jnp.mean(x)) ** 2)


def _written_out(x: Data, loc: Number, scale: Number) -> Number:
    return -jnp.sum((x - loc) ** 2) / (2 * scale**2) - len(x) * (jnp.log(scale) + LOG_TWO_PI / 2)


def _about_the_mean(x: Data, loc: Number, scale: Number) -> Number:
    squares = _spread(x) + (jnp.mean(x) - loc) ** 2
    return -len(x) / 2 * (squares / scale**2 + 2 * jnp.log(scale) + LOG_TWO_PI)


def _best_mean(x: Data, loc: Number, scale: Number) -> Number:
    return -len(x) / 2 * (_spread(x) / scale**2 + 2 * jnp.log(scale) + LOG_TWO_PI)


def _example(key: Array) -> tuple[Data, Number, Number]:
    data, loc = random.normal(key, (5,), jnp.float64), random.normal(random.fold_in(key, 1), (), jnp.float64)
    return data, loc, random.uniform(random.fold_in(key, 2), (), jnp.float64, 0.5, 2.0)


DERIVATION = Derivation(
    title="Maximum likelihood of the normal law",
    proves=norm.fit,
    evaluate=lambda x, loc, scale: jnp.sum(norm.logpdf(x, *norm.fit(x))),
    example=_example,
    steps=(
        Step(
            "Independent observations multiply their densities. Take any mean and any standard deviation.",
            r"\log \prod_{i=1}^n f(x_i; \mu, \sigma)",
            lambda x, loc, scale: jnp.log(jnp.prod(norm.pdf(x, loc, scale))),
            because=norm.pdf,
        ),
        Step(
            "The logarithm turns the product into a sum, and the bells into parabolas.",
            r"-\frac{1}{2\sigma^2} \sum_i (x_i - \mu)^2 - n \log \sigma - \frac{n}{2} \log 2\pi",
            _written_out,
            because=norm.logpdf,
        ),
        Step(
            "About any centre the squares are those about the mean of the data, of size v, and those of the distance "
            "between the two.",
            r"-\frac{n}{2} \left( \frac{v + (\bar{x} - \mu)^2}{\sigma^2} + 2 \log \sigma + \log 2\pi \right), \quad"
            r" v = \frac{1}{n} \sum_i (x_i - \bar{x})^2",
            _about_the_mean,
            because="the mixed term sums to zero",
        ),
        Step(
            "A square is never negative, so whatever the scale: no centre is likelier than the mean of the data.",
            r"-\frac{n}{2} \left( \frac{v}{\sigma^2} + 2 \log \sigma + \log 2\pi \right)",
            _best_mean,
            relation="≤",
            because="squares are at least 0",
        ),
        Step(
            "The logarithm lies below its tangent, here at one; they touch where the variance is v itself.",
            r"-\frac{n}{2} \left( 1 + \log v + \log 2\pi \right)",
            lambda x, loc, scale: -len(x) / 2 * (1 + jnp.log(_spread(x)) + LOG_TWO_PI),
            relation="≤",
            because="log u is at most u − 1, at u = v / σ²",
        ),
    ),
)
