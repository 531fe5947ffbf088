"""Kolmogorov's law: how far an empirical distribution strays from the true one, in units of 1 over root n."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._theta import density, quantile, quantile_slope, tails


@jax.jit
def kolmogorov(y: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Probability that the scaled distance of a large sample from its law exceeds y.

    .. math::

        K(y) = 2 \sum_{k=1}^\infty (-1)^{k-1} e^{-2 k^2 y^2}
        = 1 - \frac{\sqrt{2 \pi}}{y} \sum_{k=1}^\infty e^{-(2 k - 1)^2 \pi^2 / (8 y^2)}

    where :math:`K(y)` is the probability, :math:`y` the largest distance between the empirical distribution function
    and the true one times the root of the sample's size, and :math:`k` counts the terms. The first series converges
    fast above the median, the second below it.

    Why it matters: the p-value of the Kolmogorov-Smirnov test.

    Args:
      y: real numbers, any shape.

    Returns:
      Probabilities of the same shape; 1 up to 0, and 0 at inf.

    References:
      Kolmogorov, "Sulla determinazione empirica di una legge di distribuzione", 1933.

    >>> f"{kolmogorov(1.3581):.4f}"
    '0.0500'
    """
    y = as_float(y)
    return tails(widened(y))[1].astype(y.dtype)


def kolmogorov_derivative(y: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `kolmogorov`: minus the density.

    .. math::

        K'(y) = -8 y \sum_{k=1}^\infty (-1)^{k-1} k^2 e^{-2 k^2 y^2}
        = \frac{\sqrt{2 \pi}}{y^2} \sum_{k=1}^\infty
        \Bigl( 1 - \frac{(2 k - 1)^2 \pi^2}{4 y^2} \Bigr) e^{-(2 k - 1)^2 \pi^2 / (8 y^2)}
    """
    y = as_float(y)
    return -density(widened(y)).astype(y.dtype)


@jax.jit
def kolmogi(p: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Scaled distance that a large sample exceeds with probability p: the inverse of `kolmogorov`.

    .. math::

        K\bigl(K^{-1}(p)\bigr) = p

    where :math:`K` is the probability of more than its argument, :math:`p` the probability that is asked for, and
    :math:`K^{-1}(p)` the result. Newton's iteration for the logarithm of the smaller tail has quadratic convergence.

    Why it matters: the half-width of a confidence band around an empirical distribution function.

    Args:
      p: probabilities, any shape.

    Returns:
      Distances of the same shape; inf at 0, 0 at 1, NaN outside [0, 1]. Autodiff follows a rule of its own, that of an
      implicit function.

    References:
      Kolmogorov, "Sulla determinazione empirica di una legge di distribuzione", 1933.

    >>> f"{kolmogi(0.05):.4f}"
    '1.3581'
    """
    p = as_float(p)
    wide = widened(p)
    return quantile(wide, 1 - wide).astype(p.dtype)


def kolmogi_derivative(p: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `kolmogi`: one over the slope at the quantile.

    .. math::

        \frac{d}{dp} K^{-1}(p) = \frac{1}{K'(y)}, \qquad y = K^{-1}(p)
    """
    p = as_float(p)
    wide = widened(p)
    return -quantile_slope(wide, 1 - wide, quantile(wide, 1 - wide)).astype(p.dtype)


CONCEPTS = (
    Concept(
        kolmogorov,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.4, 1.8),),
        derivatives=(Derivative(kolmogorov_derivative, "derivative"),),
        oracle="scipy.special.kolmogorov",
    ),
    Concept(
        kolmogi,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.02, 0.98),),
        derivatives=(Derivative(kolmogi_derivative, "derivative"),),
        oracle="scipy.special.kolmogi",
    ),
)
