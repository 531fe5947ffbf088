"""The binomial coefficient between its powers, which other families are made of."""

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.distributions._law import INF
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._beta_tail import log_beta_density
from mathml_jax.special._stirling import log1pmx

PROBABILITY = Parameter("p", "probability of success, from 0 to 1", lambda value: (value >= 0) & (value <= 1), "logit")
POSITIVE_PROBABILITY = PROBABILITY._replace(
    meaning="probability of success, positive, at most 1", valid=lambda value: (value > 0) & (value <= 1)
)


def number(symbol: str, meaning: str, estimated: bool = False) -> Parameter:
    """A parameter that is an integer from 0 on."""
    return Parameter(symbol, f"{meaning}, an integer from 0", _counts, "none", estimated, whole=True)


def _counts(value: Array) -> Array:
    return (value >= 0) & (value == jnp.floor(value)) & (value < INF)


def log_rest(p: Array) -> Array:
    """The logarithm of 1 - p, to the last digits where XLA's is not."""
    return log1pmx(-p) - p


def log_binomial(k: Array, n: Array, p: Array, q: Array) -> Array:
    r"""The logarithm of :math:`\binom{n}{k} p^k q^{n - k}` with q = 1 - p, for real k between 0 and n.

    The edges in p are tangents, so that the derivative in p is right there too.
    """
    inside = (p > 0) & (q > 0)
    value = log_beta_density(k + 1, n - k + 1, jnp.where(inside, p, 0.5), jnp.where(inside, q, 0.5)) - jnp.log(n + 1)
    none, all = jnp.where(k == 0, -n * p, -INF), jnp.where(k == n, -n * q, -INF)
    return jnp.where(inside, value, jnp.where(p <= 0, none, all))
