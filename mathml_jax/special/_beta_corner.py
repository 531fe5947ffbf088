"""The beta law where one parameter and the tail's end are small: there both tails are made of differences from 1."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference, lost_in_product
from mathml_jax.fundamentals._quotient import Parts, log_quotient
from mathml_jax.special._rising import log_rising
from mathml_jax.special._stirling import lgamma1p


class Corner(NamedTuple):
    """The tail as an exponential, in two parts, times a scale; what it lacks to 1; its logarithm's derivative."""

    high: Array
    low: Array
    scale: Array
    rest: Array
    pace: Array


def corner(a: Array, b: Array, x: Array, high: Array, low: Array, height: Array) -> Corner:
    r"""The lower tail for a < 0.3, x < 0.05 and b x < 2.3; `high`, `low` and `height` are those of its weight.

    .. math::

        I_x = e^v (1 + a S), \qquad v = a \log x + \log \frac{\Gamma(a + b)}{\Gamma(1 + a) \Gamma(b)}, \qquad
        S = \sum_{n=1}^\infty \frac{(1 - b)_n x^n}{n! (a + n)}
    """
    v, rest = _in_parts(a, x, log_rising(b, a) - lgamma1p(a))

    def add(i: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        term, total = carry
        n = (i + 1).astype(x.dtype)
        term = term * ((n - b) * x) / n
        return term, total + term / (a + n)

    terms = 28 if x.dtype == jnp.float64 else 16
    _, total = jax.lax.fori_loop(0, terms, add, (jnp.ones_like(x), jnp.zeros_like(x)), unroll=2)
    more = a * total
    pace = a * height * jnp.exp((high - v) + (low - rest)) / (1 + more)
    return Corner(v, rest, 1 + more, -jnp.expm1(v) - jnp.exp(v) * more, pace)


def _in_parts(a: Array, x: Array, more: Array) -> Parts:
    """a log x, and what is added to it, in two parts."""
    high, low = log_quotient(x, jnp.ones_like(x))
    info = jnp.finfo(a.dtype)
    power = jax.lax.reduce_precision(a * high, info.nexp, info.nmant - 1)
    total = power + more
    return total, lost_in_difference(power, -more, total) + (lost_in_product(a, high, power) + a * low)
