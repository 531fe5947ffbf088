r"""The smaller of the two tails of the gamma law, as an exponential times a factor that neither over- nor underflows.

Power series below, continued fraction above, Temme's expansion where they meet at large a: each with a fixed number of
terms. The exponent is carried in two parts, so that a tail of 1e-300 is as right as one of 0.1, and its logarithm
stands where the tail itself underflows.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from mathml_jax._rounding import lost_in_difference, product_in_parts
from mathml_jax.fundamentals._quotient import Parts, log_quotient, sum_of_parts
from mathml_jax.fundamentals._quotient import times_exp as times_exp
from mathml_jax.special._stirling import lgamma1p, stirling_remainder
from mathml_jax.special._temme import temme_factor

_SMALL_X = 1.7
_SMALL_A = 1.5
_LARGE_A = 16.0


class Tail(NamedTuple):
    """The smaller tail: whether it is the upper one, the exponent in two parts, and the factor."""

    upper: Bool[Array, "*shape"]
    exponent: Parts
    factor: Float[Array, "*shape"]


@jax.jit
def smaller_tail(a: Float[Array, "*shape"], x: Float[Array, "*shape"]) -> Tail:
    """The smaller of P(a, x) and Q(a, x), or one not far above 1/2, for a >= 0 and x > 0, both finite."""
    low, w = x < _SMALL_X, log_quotient(x, _centre(a))[0]
    beyond = ~low & (x >= a)
    factor = height(a) * _series_or_fraction(beyond, a, x)
    central = (a >= _LARGE_A) & (jnp.abs(w) <= 0.7)
    factor = jnp.where(central, temme_factor(jnp.where(central, a, _LARGE_A), jnp.where(central, w, 0.0)), factor)
    # For small a and x the upper tail is what the lower one lacks to 1, without a difference from 1.
    small = low & (a < _SMALL_A)
    upper = _upper_of_small(jnp.where(small, a, 1.0), jnp.where(small, x, 1.0))
    small &= upper < 0.5
    high, rest = exponent(a, x)
    parts = jnp.where(small, 0.0, high), jnp.where(small, 0.0, rest)
    return Tail(small | beyond, parts, jnp.where(small, upper, factor))


@jax.custom_jvp
def exponent(a: Float[Array, "*shape"], x: Float[Array, "*shape"]) -> Parts:
    r"""The exponent of the gamma density in two parts; its derivative has its own rule, which does not cancel.

    .. math::

        a \log\frac{x}{a} - (x - a) \;\text{ for } a \ge 1, \qquad a \log x - x \;\text{ for } a < 1
    """
    shift = jnp.where(a < 1, 0.0, a)
    high, low = log_quotient(x, _centre(a))
    power, rest = product_in_parts(a, high)
    drop = x - shift
    total = power - drop
    rest += a * low - lost_in_difference(x, shift, drop)
    return sum_of_parts(total, rest + lost_in_difference(power, drop, total))


@exponent.defjvp
def _exponent_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Parts, Parts]:
    (a, x), (da, dx) = primals, tangents
    slope = log_quotient(x, _centre(a))[0]
    change = slope * da + (a - x) / x * dx
    return exponent(a, x), (change, jnp.zeros_like(change))


def _centre(a: Array) -> Array:
    """The larger of a and 1, at 1 with the derivative of a."""
    return jnp.where(a < 1, 1.0, a)


@jax.jit
def height(a: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The factor beside the exponential in :math:`x^a e^{-x} / \Gamma(a + 1)`, for a >= 0."""
    large = _centre(a)
    stirling = jnp.exp(-stirling_remainder(large)) / (math.sqrt(2 * math.pi) * jnp.sqrt(large))
    return jnp.where(a < 1, jnp.exp(-lgamma1p(jnp.where(a < 1, a, 1.0))), stirling)


def _series_or_fraction(beyond: Array, a: Array, x: Array) -> Array:
    r"""P below, or Q beyond, over :math:`x^a e^{-x} / \Gamma(a + 1)`, from the last term to the first.

    .. math::

        1 + \frac{x}{a + 1} \Bigl( 1 + \frac{x}{a + 2} ( 1 + \cdots ) \Bigr), \qquad
        \frac{a}{x + 1 - a + f_1}, \quad f_n = \frac{n (a - n)}{x + 2n + 1 - a + f_{n+1}}

    Both are steps of one division; a loop that is told which of the two it takes costs half of two loops.
    """
    zero, one = jnp.zeros_like(x), jnp.ones_like(x)
    start = jnp.where(beyond, x + 1 - a, a)
    fraction, series = jnp.where(beyond, one, zero), jnp.where(beyond, zero, one)
    slope, inner, square = jnp.where(beyond, a, one), jnp.where(beyond, zero, x), fraction
    first, double = jnp.where(beyond, zero, a), 1 + fraction
    terms = 64 if x.dtype == jnp.float64 else 28

    def step(i: Array, f: Array) -> Array:
        n = (terms - i).astype(x.dtype)
        return (n * (slope - n * square) + first + inner * f) / (start + n * double + fraction * f)

    last = jax.lax.fori_loop(0, terms, step, series)
    return jnp.where(beyond, a / (start + last), last)


def _upper_of_small(a: Array, x: Array) -> Array:
    r"""Q(a, x) for a below 1.5 and x below 1.7.

    .. math::

        -\operatorname{expm1}(v) - a e^v \sum_{n=1}^\infty \frac{(-x)^n}{n! (a + n)}, \qquad
        v = a \log x - \log\Gamma(1 + a)
    """
    v = a * jnp.log(x) - lgamma1p(a)

    terms = 22 if x.dtype == jnp.float64 else 12

    def add(i: Array, total: Array) -> Array:
        n = (terms - i).astype(x.dtype)
        return (1 / (a + n) + total) * (-x / n)

    total = jax.lax.fori_loop(0, terms, add, jnp.zeros_like(x))
    return -jnp.expm1(v) - a * jnp.exp(v) * total
