"""The distribution function of the beta law, both tails and their logarithms: the incomplete beta function."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._beta_tail import beta_density, beta_tails, rates
from mathml_jax.special._blocks import in_blocks


@jax.jit
def betainc(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], x: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Probability that a beta variable is at most x: the regularised incomplete beta function.

    .. math::

        I_x(a, b) = \frac{1}{B(a, b)} \int_0^x t^{a-1} (1 - t)^{b-1}\, dt

    where :math:`I_x(a, b)` is the probability, :math:`a` and :math:`b` are the shape parameters, :math:`x` the bound up
    to which :math:`t` runs, and :math:`B(a, b)` the integral up to 1. A continued fraction gives the smaller tail,
    Gauss's rule where both parameters are large, and a power series where one is small and x at its end; each has a
    fixed number of terms.

    Why it matters: the binomial, t and F distributions are all this one function, and so are their p-values.

    Args:
      a: positive, any shape.
      b: positive, of a shape that broadcasts with that of a.
      x: from 0 to 1, of a shape that broadcasts with the others.

    Returns:
      Probabilities of the common shape; NaN outside the domain. Autodiff follows a rule of its own: in x the formula
      of `betainc_derivative`, in a and b the derivative of the logarithm of the smaller tail.

    References:
      Didonato and Morris, "Algorithm 708: significant digit computation of the incomplete beta function ratios", 1992.

    >>> betainc(2, 3, jnp.array([0.0, 0.5, 1.0])).tolist()
    [0.0, 0.6875, 1.0]
    """
    return _evaluated(lambda *at: beta_tails(*at).lower, a, b, x)


def betainc_derivative(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], x: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `betainc` in x: the density, at 0 and 1 its limit.

    .. math::

        \frac{\partial}{\partial x} I_x(a, b) = \frac{x^{a-1} (1 - x)^{b-1}}{B(a, b)}
    """
    return _evaluated(beta_density, a, b, x)


@jax.jit
def betaincc(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], x: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Probability that a beta variable is above x: what `betainc` lacks to 1, right also where it is small.

    .. math::

        1 - I_x(a, b) = \frac{1}{B(a, b)} \int_x^1 t^{a-1} (1 - t)^{b-1}\, dt

    where :math:`I_x(a, b)` is the probability of at most :math:`x` under the shape parameters :math:`a` and :math:`b`,
    :math:`t` runs from x to 1, and :math:`B(a, b)` is the integral from 0.

    Why it matters: p-values are upper tails, and 1 - 0.99999999999999999 is 0.

    Args:
      a: positive, any shape.
      b: positive, of a shape that broadcasts with that of a.
      x: from 0 to 1, of a shape that broadcasts with the others.

    Returns:
      Probabilities of the common shape; NaN outside the domain. Autodiff follows the same rule as for `betainc`.

    References:
      Didonato and Morris, "Algorithm 708: significant digit computation of the incomplete beta function ratios", 1992.

    >>> betaincc(2, 3, jnp.array([0.0, 0.5, 1.0])).round(4).tolist()
    [1.0, 0.3125, 0.0]
    """
    return _evaluated(lambda *at: beta_tails(*at).upper, a, b, x)


def betaincc_derivative(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], x: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `betaincc` in x: less the density.

    .. math::

        \frac{\partial}{\partial x} (1 - I_x(a, b)) = -\frac{x^{a-1} (1 - x)^{b-1}}{B(a, b)}
    """
    return -betainc_derivative(a, b, x)


@jax.jit
def log_betainc(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], x: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Logarithm of `betainc`, also where that underflows.

    .. math::

        \log I_x(a, b) = \log \int_0^x t^{a-1} (1 - t)^{b-1}\, dt - \log B(a, b)

    where :math:`I_x(a, b)` is the probability of at most :math:`x` under the shape parameters :math:`a` and :math:`b`,
    :math:`t` runs up to x, and :math:`B(a, b)` is the integral up to 1.

    Why it matters: a likelihood of many far tails is a sum of these; the probabilities themselves would all be 0.

    Args:
      a: positive, any shape.
      b: positive, of a shape that broadcasts with that of a.
      x: from 0 to 1, of a shape that broadcasts with the others.

    Returns:
      Logarithms of the common shape; -inf at 0; NaN outside the domain. Autodiff follows the rule of `betainc`.

    References:
      Didonato and Morris, "Algorithm 708: significant digit computation of the incomplete beta function ratios", 1992.

    >>> log_betainc(1000.0, 2.0, 1e-3).round(3).item()
    -6900.848
    """
    return _evaluated(lambda *at: beta_tails(*at).log_lower, a, b, x)


def log_betainc_derivative(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], x: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `log_betainc` in x: the density over the lower tail, neither of which is formed.

    .. math::

        \frac{\partial}{\partial x} \log I_x(a, b) = \frac{x^{a-1} (1 - x)^{b-1}}{B(a, b)\, I_x(a, b)}
    """
    return _evaluated(lambda *at: rates(*at).of_lower, a, b, x)


@jax.jit
def log_betaincc(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], x: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Logarithm of `betaincc`, also where that underflows.

    .. math::

        \log(1 - I_x(a, b)) = \log \int_x^1 t^{a-1} (1 - t)^{b-1}\, dt - \log B(a, b)

    where :math:`I_x(a, b)` is the probability of at most :math:`x` under the shape parameters :math:`a` and :math:`b`,
    :math:`t` runs from x to 1, and :math:`B(a, b)` is the integral from 0.

    Why it matters: p-values far below the smallest number, and likelihoods of what survived.

    Args:
      a: positive, any shape.
      b: positive, of a shape that broadcasts with that of a.
      x: from 0 to 1, of a shape that broadcasts with the others.

    Returns:
      Logarithms of the common shape; -inf at 1; NaN outside the domain. Autodiff follows the rule of `betainc`.

    References:
      Didonato and Morris, "Algorithm 708: significant digit computation of the incomplete beta function ratios", 1992.

    >>> log_betaincc(2.0, 1000.0, 0.999).round(3).item()
    -6900.848
    """
    return _evaluated(lambda *at: beta_tails(*at).log_upper, a, b, x)


def log_betaincc_derivative(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], x: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `log_betaincc` in x: less the density over the upper tail, neither of which is formed.

    .. math::

        \frac{\partial}{\partial x} \log(1 - I_x(a, b)) = -\frac{x^{a-1} (1 - x)^{b-1}}{B(a, b)\, (1 - I_x(a, b))}
    """
    return _evaluated(lambda *at: -rates(*at).of_upper, a, b, x)


def _evaluated(function: Callable[..., Array], a: ArrayLike, b: ArrayLike, x: ArrayLike) -> Array:
    """The function of a, b, x and 1 - x, arrays of one shape and one wide dtype."""
    a, b, x = as_broadcast(a, b, x)
    wide = widened(x)
    return in_blocks(function, widened(a), widened(b), wide, 1 - wide).astype(x.dtype)


def _example(key: Array) -> tuple[Array, Array, Array]:
    a, b, x = random.split(key, 3)
    shapes = [random.uniform(k, (2,), jnp.float64, 0.5, 8.0) for k in (a, b)]
    return shapes[0], shapes[1], random.uniform(x, (2,), jnp.float64, 0.1, 0.9)


CONCEPTS = (
    Concept(
        betainc,
        example=_example,
        derivatives=(Derivative(betainc_derivative, "derivative", argnum=2),),
        oracle="scipy.special.betainc",
    ),
    Concept(
        betaincc,
        example=_example,
        derivatives=(Derivative(betaincc_derivative, "derivative", argnum=2),),
        oracle="scipy.special.betaincc",
    ),
    Concept(
        log_betainc,
        example=_example,
        derivatives=(Derivative(log_betainc_derivative, "derivative", argnum=2),),
        oracle=lambda a, b, x: np.log(scipy.special.betainc(a, b, x)),
    ),
    Concept(
        log_betaincc,
        example=_example,
        derivatives=(Derivative(log_betaincc_derivative, "derivative", argnum=2),),
        oracle=lambda a, b, x: np.log(scipy.special.betaincc(a, b, x)),
    ),
)
