"""How a derivative passes through a random draw: the noise stands still while the parameters move."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.calculus import chain_rule
from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.distributions import norm

Number = Float[Array, ""]
Pair = Float[Array, "2"]

DRAWS = 7


def _draws(loc: Number, scale: Number) -> Float[Array, "7"]:
    return norm.rvs(random.key(0), loc, scale, size=DRAWS)


def _average(loc: Number, scale: Number) -> Number:
    return jnp.mean(jnp.sin(_draws(loc, scale)))


def _quotients(loc: Number, scale: Number, h: Number) -> Pair:
    up = jnp.stack([_average(loc + h, scale), _average(loc, scale + h)])
    down = jnp.stack([_average(loc - h, scale), _average(loc, scale - h)])
    return (up - down) / (2 * h)


def _chain(loc: Number, scale: Number) -> Pair:
    slopes = jnp.stack(jax.jacfwd(_draws, argnums=(0, 1))(loc, scale))
    return slopes @ jnp.cos(_draws(loc, scale)) / DRAWS


def _noise(loc: Number, scale: Number) -> Pair:
    noise = norm.rvs(random.key(0), size=DRAWS)
    slope = jnp.cos(loc + scale * noise)
    return jnp.stack([jnp.mean(slope), jnp.mean(slope * noise)])


DERIVATION = Derivation(
    title="The gradient through a random draw",
    proves=norm.rvs,
    evaluate=lambda loc, scale: jnp.stack(jax.grad(_average, argnums=(0, 1))(loc, scale)),
    example=lambda key: (
        random.normal(key, (), jnp.float64),
        random.uniform(random.fold_in(key, 1), (), jnp.float64, 0.5, 2.0),
    ),
    steps=(
        Step(
            "The average of f over draws stands for its expectation. Nudge the mean, then the scale, and draw again "
            "with the same key.",
            r"\frac{A(\mu + h, \sigma) - A(\mu - h, \sigma)}{2h},\;"
            r" \frac{A(\mu, \sigma + h) - A(\mu, \sigma - h)}{2h}, \quad A = \frac{1}{m} \sum_i f(x_i), \; f = \sin",
            _quotients,
        ),
        Step(
            "Every draw moves a little, and takes f along.",
            r"\frac{1}{m} \sum_i f'(x_i) \left( \frac{\partial x_i}{\partial \mu},"
            r" \frac{\partial x_i}{\partial \sigma} \right)",
            _chain,
            relation="→",
            because=chain_rule,
            rate=2,
        ),
        Step(
            "A draw is noise that knows nothing of the parameters, stretched by the one and shifted by the other. Its "
            "slopes are 1 and the noise itself.",
            r"\frac{1}{m} \sum_i f'(\mu + \sigma \varepsilon_i)\, (1, \varepsilon_i), \quad"
            r" x_i = \mu + \sigma \varepsilon_i",
            _noise,
            because=norm.rvs,
        ),
    ),
)
