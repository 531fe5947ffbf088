"""Features brought to one scale."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.stats import mean, var
from mathml_jax.stats._moments import deviations, sample_size


@partial(jax.jit, static_argnames=("axis", "ddof"))
def standardize(x: Real[ArrayLike, "*shape"], *, axis: int = 0, ddof: int = 0) -> Float[Array, "*shape"]:
    r"""Shifts and scales every feature to mean 0 and variance 1.

    .. math::

        z_i = \frac{x_i - \bar x}{s}

    where :math:`x_i` are the values of one feature, :math:`\bar x` is their mean, :math:`s` their standard deviation
    and :math:`z_i` the distance from the mean in standard deviations.

    Why it matters: gradient descent crawls and distances mislead where one feature is counted in millimetres and
    another in tonnes; standardizing makes the units disappear.

    Args:
      x: the data, n values of each feature along `axis`.
      axis: the axis of the samples.
      ddof: the degrees of freedom to subtract from n in the variance; 0 as in scikit-learn.

    Returns:
      The standardized data, without unit, shaped like `x`. A constant feature becomes 0: it is divided by 1, and so is
      its gradient. NaN for no more than `ddof` samples.

    Raises:
      ValueError: `x` has no such axis.

    References:
      Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 2009, section 3.4.

    >>> standardize(jnp.array([[1.0, 5.0], [3.0, 5.0]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    x = as_float(x)
    distances, scale = _parts(widened(x), axis, ddof)
    return (distances / scale).astype(x.dtype)


def standardize_vjp(
    x: Real[ArrayLike, "*shape"], cotangent: Real[ArrayLike, "*shape"], *, axis: int = 0, ddof: int = 0
) -> Float[Array, "*shape"]:
    r"""Pulls a cotangent g of `standardize` back to the data; k is `ddof`.

    .. math::

        \frac{1}{s} \left( g_i - \bar g - z_i \frac{\sum_j z_j g_j}{n - k} \right)
    """
    x, cotangent = as_float(x, cotangent)
    g = widened(cotangent)
    distances, scale = _parts(widened(x), axis, ddof)
    z = distances / scale
    along = jnp.sum(z * g, axis, keepdims=True) / (x.shape[axis] - ddof if x.shape[axis] > ddof else jnp.nan)
    return ((g - mean(g, axis=axis, keepdims=True) - z * along) / scale).astype(x.dtype)


def _parts(x: Array, axis: int, ddof: int) -> tuple[Array, Array]:
    """The distances from the mean, and the standard deviation, or 1 where it is 0."""
    sample_size("standardize", x, axis)
    variance = var(x, axis=axis, ddof=ddof, keepdims=True)
    scale = jnp.sqrt(jnp.where(variance == 0, 1.0, variance))
    return deviations(x, axis), scale


CONCEPTS = (
    Concept(
        standardize,
        example=lambda key: (random.normal(key, (5, 2), jnp.float64),),
        derivatives=(Derivative(standardize_vjp, "vjp"),),
        oracle=lambda x: (x - x.mean(0)) / x.std(0),
    ),
)
