"""The logarithm of the gamma function and its derivatives, right to a few ulps from 1e-300 to 1e300."""

import math
from fractions import Fraction
from functools import partial

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.special._stirling import lgamma1p, stirling_remainder

# x^2 (log(x) - 1 / (2 x) - digamma(x)), interpolated at Chebyshev nodes in 1 - 3.5 / (x + 0.75), x from 1.
_DIGAMMA_DOUBLE = (
    1.5026958530995583e-12, 2.300569939842757e-12, -7.609299298656787e-12, -2.0709819717715635e-11,
    -1.1284301298720584e-11, 2.958263694655915e-11, 1.3564519681368533e-10, 3.433134625310124e-10,
    3.9071803515719064e-10, -1.0940130190063822e-09, -6.029643270748913e-09, -1.5235010466865956e-08,
    1.240913409985845e-08, 1.2297517614050443e-07, 6.566069165599765e-07, -1.4392725744659797e-06,
    -3.460877737637128e-06, -5.655828926711162e-05, 0.0005530384597330897, -0.0019605035131602857,
    0.0025085931385250677, 0.08229289319179546,
)  # fmt: skip
_DIGAMMA_SINGLE = (
    -4.5596961e-10, 8.23794338e-08, 6.67176554e-07, -1.4033058e-06, -3.4645371e-06, -5.65711847e-05, 0.00055303891,
    -0.0019605019, 0.00250859313, 0.0822928932,
)  # fmt: skip


@jax.jit
def gammaln(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Logarithm of the absolute value of the gamma function.

    .. math::

        \log\lvert\Gamma(x)\rvert, \qquad \Gamma(x) = \int_0^\infty t^{x - 1} e^{-t}\, dt
        = \sqrt{2\pi}\, x^{x - 1/2} e^{-x + \delta(x)}

    where :math:`\Gamma(x)` is the gamma function at :math:`x`, :math:`t` runs over the positive numbers, :math:`e` is
    Euler's number and :math:`\delta(x)` what Stirling's formula lacks. Below 2.5, where the formula cancels, a
    polynomial with the zeros 1 and 2 stands in.

    Why it matters: factorials and binomial coefficients that overflow have logarithms; every log-likelihood of counts
    is made of them.

    Args:
      x: real numbers, any shape.

    Returns:
      Logarithms of the same shape; inf at 0, at the negative integers, at inf and -inf.

    References:
      NIST, "Digital Library of Mathematical Functions", section 5.11, 2010.

    >>> gammaln(jnp.array([5.0, 0.5])).round(4).tolist()  # log 24, log sqrt(pi)
    [3.1781, 0.5724]
    """
    x = as_float(x)
    y = widened(x)
    negative = y < 0
    value = _gammaln(jnp.where(negative, 1 - y, y))
    # Reflection; where y is an integer, or so large that it must be one, the sine is 0.
    turn = jnp.where(negative & (y > -jnp.inf), y - jnp.round(y), 0.0)
    sine = jnp.sin(math.pi * jnp.where(turn < 0, -turn, turn))
    mirrored = jnp.log(math.pi / sine) - value
    return jnp.where(y == -jnp.inf, jnp.inf, jnp.where(negative, mirrored, value)).astype(x.dtype)


def gammaln_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `gammaln`: the digamma function.

    .. math::

        \frac{d}{dx} \log\Gamma(x) = \psi(x)
    """
    return digamma(x)


@jax.jit
def digamma(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Digamma function: the derivative of the logarithm of gamma.

    .. math::

        \psi(x) = \frac{\Gamma'(x)}{\Gamma(x)} = \psi(x + 1) - \frac{1}{x} = \psi(1 - x) - \frac{\pi}{\tan \pi x}

    where :math:`\psi(x)` is the function at :math:`x`, :math:`\Gamma(x)` the gamma function and :math:`\pi` half a
    turn. From 1 on it is log(x) - 1 / (2x) less an interpolated rest; the two rules lead there from below.

    Why it matters: the score of the gamma, beta and Dirichlet laws, and the mean of a gamma variable's logarithm.

    Args:
      x: real numbers, any shape.

    Returns:
      Values of the same shape; -inf at 0, inf at inf, NaN at the negative integers and at -inf.

    References:
      NIST, "Digital Library of Mathematical Functions", sections 5.5 and 5.11, 2010.

    >>> digamma(jnp.array([1.0, 2.0])).round(4).tolist()  # less Euler's constant, and 1 more
    [-0.5772, 0.4228]
    """
    x = as_float(x)
    y = widened(x)
    negative = y < 0
    z = jnp.where(negative, 1 - y, y)
    small = z < 1
    w = jnp.where(small, z + 1, z)
    rest = horner(_DIGAMMA_DOUBLE if y.dtype == jnp.float64 else _DIGAMMA_SINGLE, 1 - 3.5 / (w + 0.75)) / w / w
    value = jnp.log(w) - 0.5 / w - rest - jnp.where(small, 1 / jnp.where(small, z, 1.0), 0.0)
    turn = jnp.where(negative, y - jnp.round(y), 0.25)
    mirrored = nan_unless(turn != 0, y) * (value - math.pi / jnp.tan(math.pi * turn))
    return jnp.where(negative, mirrored, value).astype(x.dtype)


def digamma_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `digamma`: the trigamma function.

    .. math::

        \psi'(x) = \sum_{k=0}^\infty \frac{1}{(x + k)^2}
    """
    return polygamma(1, x)


@partial(jax.jit, static_argnums=0)
def polygamma(n: int, x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of order n of the digamma function.

    .. math::

        \psi^{(n)}(x) = (-1)^{n + 1} n! \sum_{k=0}^\infty \frac{1}{(x + k)^{n + 1}}

    where :math:`\psi^{(n)}(x)` is the function of order :math:`n` at :math:`x` and :math:`k` counts the terms. The
    first 10 + n terms are added one by one, the others by the Euler-Maclaurin formula; nothing cancels.

    Why it matters: trigamma, n = 1, is the Fisher information of the gamma law's shape, and the variance of a gamma
    variable's logarithm.

    Args:
      n: the order, an integer from 0 on; 0 is `digamma`.
      x: real numbers, any shape.

    Returns:
      Values of the same shape; of infinite size at 0, NaN at the negative integers if n is even, else inf.

    Raises:
      ValueError: n is negative.

    References:
      NIST, "Digital Library of Mathematical Functions", section 5.15, 2010.

    >>> round(polygamma(1, 1.0).item(), 6)  # pi^2 / 6
    1.644934
    """
    expect(n >= 0, "polygamma", "an order n >= 0", n)
    if n == 0:
        return digamma(x)
    x = as_float(x)
    y = widened(x)
    negative = y < 0
    sign = -1.0 if n % 2 == 0 else 1.0
    value = sign * _factorial_zeta(n, jnp.where(negative, 1 - y, y))
    turn = jnp.where(negative, y - jnp.round(y), 0.25)
    cotangent = 1 / jnp.tan(math.pi * turn)
    mirrored = -sign * value - math.pi ** (n + 1) * horner(_cotangent_derivative(n), cotangent)
    return jnp.where(negative, mirrored, value).astype(x.dtype)


def polygamma_derivative(n: int, x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `polygamma` in x: the next order.

    .. math::

        \frac{d}{dx} \psi^{(n)}(x) = \psi^{(n + 1)}(x)
    """
    return polygamma(n + 1, x)


def _gammaln(x: Array) -> Array:
    """For x >= 0."""
    near, low = x < 2.5, x < 1.5
    y = jnp.where(near, jnp.where(low, x, x - 1), 1.0)
    small = lgamma1p(y) - jnp.where(low, jnp.log(jnp.where(low, x, 1.0)), 0.0)
    z = jnp.where(near | (x == jnp.inf), 2.5, x)
    large = (z - 0.5) * (jnp.log(z) - 1) + 0.5 * (math.log(2 * math.pi) - 1) + stirling_remainder(z)
    # At inf the slope is inf too.
    return jnp.where(near, small, jnp.where(x < jnp.inf, large, x * x))


def _factorial_zeta(n: int, x: Array) -> Array:
    r"""Sum of n! / (x + k)^(n + 1) over k from 0, for n >= 1 and x >= 0: so many terms, then Euler and Maclaurin's

    .. math::

        \frac{(n - 1)!}{y^n} + \frac{n!}{2 y^{n + 1}} + \sum_j \frac{B_{2j} (2j + n - 1)!}{(2j)!\, y^{n + 2j}}
    """
    terms = 10 + n
    near = x < terms
    y = 1 / jnp.where(near, x + terms, x)
    bernoulli = _bernoulli(20)
    tail = [float(bernoulli[j] * math.factorial(j + n - 1) / math.factorial(j)) for j in range(20, 1, -2)]
    rest = y**n * (horner((*tail, 0.0), y * y) + math.factorial(n) / 2 * y + math.factorial(n - 1))
    first = [math.factorial(n) * (1 / (x + k)) ** (n + 1) for k in reversed(range(terms))]
    return rest + jnp.where(near, sum(first[1:], first[0]), 0.0)


def _bernoulli(count: int) -> list[Fraction]:
    """Bernoulli's numbers up to an index, by their recurrence."""
    numbers = [Fraction(1)]
    for m in range(1, count + 1):
        numbers.append(-sum((math.comb(m + 1, k) * b for k, b in enumerate(numbers)), Fraction(0)) / (m + 1))
    return numbers


def _cotangent_derivative(n: int) -> tuple[float, ...]:
    """The derivative of order n of the cotangent, as a polynomial in it, the highest power first."""
    powers = [0, 1]
    for _ in range(n):
        slope = [k * c for k, c in enumerate(powers)][1:]
        powers = [-(a + b) for a, b in zip([*slope, 0, 0], [0, 0, *slope], strict=True)]
    return tuple(float(c) for c in reversed(powers))


def _example(key: Array) -> tuple[Array]:
    """Numbers from 0.1 to 1000."""
    return (0.1 * 10 ** random.uniform(key, (5,), jnp.float64, 0.0, 4.0),)


CONCEPTS = (
    Concept(
        gammaln,
        example=_example,
        derivatives=(Derivative(gammaln_derivative, "derivative"),),
        oracle="scipy.special.gammaln",
    ),
    Concept(
        digamma,
        example=_example,
        derivatives=(Derivative(digamma_derivative, "derivative"),),
        oracle="scipy.special.digamma",
    ),
    Concept(
        polygamma,
        example=lambda key: (1, *_example(key)),
        derivatives=(Derivative(polygamma_derivative, "derivative", argnum=1),),
        oracle="scipy.special.polygamma",
    ),
)
