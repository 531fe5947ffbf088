"""The gamma law's two tails and their logarithms: right to the last digits however small they are."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._gamma_law import density, log_lower, log_upper, lower, shares, upper


@jax.jit
def gammainc(a: Real[ArrayLike, "*#batch"], x: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Probability that a gamma variable of shape a is at most x: the regularised lower incomplete gamma function.

    .. math::

        P(a, x) = \frac{1}{\Gamma(a)} \int_0^x t^{a - 1} e^{-t}\, dt

    where :math:`P(a, x)` is the share that the integral up to :math:`x` has of the whole, the gamma function
    :math:`\Gamma(a)` at :math:`a`; :math:`t` runs over all numbers up to x and :math:`e` is Euler's number. The smaller
    of the two tails is computed, by a power series below, a continued fraction above and Temme's expansion where they
    meet; the other is its complement to 1.

    Why it matters: the distribution function of the gamma, chi-square, Erlang and Poisson laws, hence the p-value of
    every chi-square test.

    Args:
      a: shapes, from 0 to inf, broadcast against `x`.
      x: bounds, from 0 to inf.

    Returns:
      Probabilities of the broadcast shape: 0 at x = 0 and at a = inf, 1 at x = inf and at a = 0; NaN for a negative
      argument and where both are 0 or both inf. Autodiff follows a rule of its own, `gammainc_derivative` in x and
      forward mode through the series in a, so that reverse mode stores no loop.

    References:
      Temme, "The asymptotic expansion of the incomplete gamma functions", 1979; Gil, Segura and Temme, "Efficient and
      accurate algorithms for the computation and inversion of the incomplete gamma function ratios", 2012.

    >>> gammainc(jnp.array([1.0, 2.0]), 1.0).round(4).tolist()
    [0.6321, 0.2642]
    """
    return _evaluated(lower, a, x)


def gammainc_derivative(a: Real[ArrayLike, "*#batch"], x: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `gammainc` in x: the gamma density.

    .. math::

        \frac{\partial P}{\partial x} = \frac{x^{a - 1} e^{-x}}{\Gamma(a)}
    """
    return _evaluated(density, a, x)


@jax.jit
def gammaincc(a: Real[ArrayLike, "*#batch"], x: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Probability that a gamma variable of shape a exceeds x: the complement of `gammainc`, never by subtraction.

    .. math::

        Q(a, x) = \frac{1}{\Gamma(a)} \int_x^\infty t^{a - 1} e^{-t}\, dt

    where :math:`Q(a, x)` is the share that the integral from :math:`x` on has of the whole, the gamma function
    :math:`\Gamma(a)` at :math:`a`; :math:`t` runs over all numbers beyond x and :math:`e` is Euler's number.

    Why it matters: the p-value of a chi-square test with 2a degrees of freedom is Q at half the statistic, down to
    1e-300.

    Args:
      a: shapes, from 0 to inf, broadcast against `x`.
      x: bounds, from 0 to inf.

    Returns:
      Probabilities of the broadcast shape: 1 at x = 0 and at a = inf, 0 at x = inf and at a = 0; NaN for a negative
      argument and where both are 0 or both inf. Autodiff follows a rule of its own, as that of `gammainc`.

    References:
      Temme, "The asymptotic expansion of the incomplete gamma functions", 1979.

    >>> print(f"{gammaincc(0.5, 600.0).item():.6g}")  # chi-square with one degree of freedom, beyond 1200
    6.09957e-263
    """
    return _evaluated(upper, a, x)


def gammaincc_derivative(a: Real[ArrayLike, "*#batch"], x: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `gammaincc` in x: less the gamma density.

    .. math::

        \frac{\partial Q}{\partial x} = -\frac{x^{a - 1} e^{-x}}{\Gamma(a)}
    """
    return -gammainc_derivative(a, x)


@jax.jit
def log_gammainc(a: Real[ArrayLike, "*#batch"], x: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Logarithm of `gammainc`, also where the probability itself underflows.

    .. math::

        \log P(a, x) = a \log x - x - \log\Gamma(a + 1) + \log \sum_{n=0}^\infty \frac{x^n}{(a + 1) \cdots (a + n)}

    where :math:`P(a, x)` is the probability that a gamma variable of shape :math:`a` is at most :math:`x`,
    :math:`\Gamma(a + 1)` the gamma function and :math:`n` counts the terms of the power series.

    Why it matters: likelihoods of waiting times that are only known to be short, whose gradient would else vanish with
    the probability.

    Args:
      a: shapes, from 0 to inf, broadcast against `x`.
      x: bounds, from 0 to inf.

    Returns:
      Logarithms of probabilities, of the broadcast shape: -inf at x = 0, where the derivative in x is inf, and at
      a = inf; 0 at x = inf and at a = 0. NaN where `gammainc` is NaN. Autodiff follows a rule of its own, as there.

    References:
      NIST, "Digital Library of Mathematical Functions", section 8.11, 2010.

    >>> round(log_gammainc(2.0, 1e-200).item(), 6)
    -921.727184
    """
    return _evaluated(log_lower, a, x)


def log_gammainc_derivative(a: Real[ArrayLike, "*#batch"], x: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `log_gammainc` in x: the density over the probability.

    .. math::

        \frac{\partial}{\partial x} \log P(a, x) = \frac{x^{a - 1} e^{-x}}{\Gamma(a) P(a, x)}
    """
    return _evaluated(lambda a, x: shares(a, x)[0], a, x)


@jax.jit
def log_gammaincc(a: Real[ArrayLike, "*#batch"], x: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Logarithm of `gammaincc`, also where the probability itself underflows.

    .. math::

        \log Q(a, x) = a \log x - x - \log\Gamma(a) - \log\Bigl(
        x + 1 - a + \frac{1 (a - 1)}{x + 3 - a + \frac{2 (a - 2)}{x + 5 - a + \cdots}} \Bigr)

    where :math:`Q(a, x)` is the probability that a gamma variable of shape :math:`a` exceeds :math:`x` and
    :math:`\Gamma(a)` the gamma function, the integral over all x.

    Why it matters: survival times that are only known to be long; p-values beyond 1e-308, and the order of tests among
    them.

    Args:
      a: shapes, from 0 to inf, broadcast against `x`.
      x: bounds, from 0 to inf.

    Returns:
      Logarithms of probabilities, of the broadcast shape: -inf at x = inf, where the derivative in x is -1, and at
      a = 0; 0 at x = 0 and at a = inf. NaN where `gammaincc` is NaN. Autodiff follows a rule of its own, as there.

    References:
      NIST, "Digital Library of Mathematical Functions", section 8.9, 2010.

    >>> round(log_gammaincc(0.5, 1000.0).item(), 6)  # chi-square with one degree of freedom, beyond 2000
    -1004.026742
    """
    return _evaluated(log_upper, a, x)


def log_gammaincc_derivative(a: Real[ArrayLike, "*#batch"], x: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `log_gammaincc` in x: less the hazard rate of the gamma law.

    .. math::

        \frac{\partial}{\partial x} \log Q(a, x) = -\frac{x^{a - 1} e^{-x}}{\Gamma(a) Q(a, x)}
    """
    return _evaluated(lambda a, x: -shares(a, x)[1], a, x)


def _evaluated(function: Callable[[Array, Array], Array], a: ArrayLike, x: ArrayLike) -> Array:
    """The function of arrays of one shape and one wide dtype."""
    a, x = as_broadcast(a, x)
    return function(widened(a), widened(x)).astype(x.dtype)


def _example(key: Array) -> tuple[Array, Array]:
    """Shapes from 1/2 to 50, and x within three standard deviations of the mean."""
    one, two = random.split(key)
    a = 0.5 * 100 ** random.uniform(one, (5,), jnp.float64)
    return a, a * jnp.exp(random.uniform(two, (5,), jnp.float64, -3.0, 3.0) / jnp.sqrt(a + 1))


CONCEPTS = (
    Concept(
        gammainc,
        example=_example,
        derivatives=(Derivative(gammainc_derivative, "derivative", argnum=1),),
        oracle="scipy.special.gammainc",
    ),
    Concept(
        gammaincc,
        example=_example,
        derivatives=(Derivative(gammaincc_derivative, "derivative", argnum=1),),
        oracle="scipy.special.gammaincc",
    ),
    Concept(
        log_gammainc,
        example=_example,
        derivatives=(Derivative(log_gammainc_derivative, "derivative", argnum=1),),
        oracle=lambda a, x: np.log(scipy.special.gammainc(a, x)),
    ),
    Concept(
        log_gammaincc,
        example=_example,
        derivatives=(Derivative(log_gammaincc_derivative, "derivative", argnum=1),),
        oracle=lambda a, x: np.log(scipy.special.gammaincc(a, x)),
    ),
)
