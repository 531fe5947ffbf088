"""Intervals that cover the true value with a stated probability."""

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import ndtri, ndtri_derivative
from mathml_jax.stats._moments import Axis, sample_size
from mathml_jax.stats.descriptive import mean, mean_gradient


class ConfidenceInterval(NamedTuple):
    """An interval estimate.

    Attributes:
      low: the lower end.
      high: the upper end.
    """

    low: Float[Array, "..."]
    high: Float[Array, "..."]


@partial(jax.jit, static_argnames=("axis",))
def ci_mean(
    x: Real[ArrayLike, "..."],
    confidence_level: Real[ArrayLike, "..."] = 0.95,
    *,
    sigma: Real[ArrayLike, "..."],
    axis: Axis = 0,
) -> ConfidenceInterval:
    r"""Interval that covers the true mean with a stated probability, for a known standard deviation.

    .. math::

        \bar x \pm \Phi^{-1}\left(\frac{1 + c}{2}\right) \frac{\sigma}{\sqrt n}

    where :math:`\bar x` is the mean of the :math:`n` numbers, :math:`c` the confidence level, :math:`\Phi^{-1}` the
    normal quantile and :math:`\sigma` the standard deviation of one number. The quantile is taken of the small tail
    :math:`(1 - c) / 2`, which keeps its digits for a level near one.

    Why it matters: a mean without its interval claims too much; of many such intervals the share c covers the truth,
    exactly for normal data, nearly for the mean of many numbers of any law.

    Args:
      x: the sample.
      confidence_level: the probability of covering, between 0 and 1, broadcast against the means.
      sigma: the known standard deviation, in the unit of `x`, at least 0, broadcast against the means.
      axis: the axis or axes of the sample; None for all.

    Returns:
      A `ConfidenceInterval` in the unit of `x`; NaN for an empty sample, a level outside [0, 1] and a negative `sigma`;
      at level 1 all numbers.

    Raises:
      ValueError: `x` has no such axis.

    References:
      Neyman, "Outline of a theory of statistical estimation based on the classical theory of probability", 1937.

    >>> [round(end.item(), 2) for end in ci_mean(jnp.array([4.0, 6.0, 5.0, 5.0]), sigma=2.0)]
    [3.04, 6.96]
    """
    x, sigma = as_float(x, sigma)
    n = sample_size("ci_mean", x, axis)
    wide = widened(x)
    level = jnp.asarray(confidence_level, wide.dtype)
    centre, level, scale = jnp.broadcast_arrays(mean(wide, axis=axis), level, widened(sigma))
    scale = scale * nan_unless((scale >= 0) & (level >= 0), scale) / math.sqrt(n)
    margin = -ndtri((1 - level) / 2) * scale
    return ConfidenceInterval((centre - margin).astype(x.dtype), (centre + margin).astype(x.dtype))


def ci_mean_jacobian(
    x: Real[ArrayLike, " n"], confidence_level: Real[ArrayLike, ""] = 0.95, *, sigma: Real[ArrayLike, ""]
) -> ConfidenceInterval:
    r"""Jacobian of `ci_mean` in one sample and in the level: for each end a pair, an array of shape [n] and a scalar.

    .. math::

        \frac{\partial}{\partial x_i} = \frac{1}{n}, \quad
        \frac{\partial}{\partial c} = \pm \frac{1}{2 \varphi(z)} \frac{\sigma}{\sqrt n}, \quad
        z = \Phi^{-1}\left(\frac{1 + c}{2}\right)
    """
    x, sigma = as_float(x, sigma)
    level = jnp.asarray(confidence_level, x.dtype)
    slope = ndtri_derivative((1 - level) / 2) / 2 * sigma / math.sqrt(x.size)
    return jax.tree.map(lambda end: (mean_gradient(x), end), ConfidenceInterval(low=-slope, high=slope))


def _ci_mean_oracle(x: np.ndarray, confidence_level: np.ndarray, *, sigma: float) -> tuple[ArrayLike, ArrayLike]:
    """SciPy's central interval of the normal law of the mean."""
    from scipy.stats import norm

    return norm.interval(confidence_level, np.mean(x), sigma / np.sqrt(np.size(x)))


CONCEPTS = (
    Concept(
        ci_mean,
        example=lambda key: (
            random.normal(key, (6,), jnp.float64),
            random.uniform(key, (), jnp.float64, minval=0.5, maxval=0.9),
        ),
        derivatives=(Derivative(ci_mean_jacobian, "jacobian", (0, 1)),),
        oracle=_ci_mean_oracle,
        options={"sigma": 2.0},
    ),
)
