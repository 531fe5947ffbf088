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
from mathml_jax.special import ndtri, ndtri_derivative, stdtrit, stdtrit_derivative
from mathml_jax.stats._moments import Axis, moments, root, sample_size
from mathml_jax.stats.descriptive import mean_gradient, sem, sem_gradient


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
    sigma: Real[ArrayLike, "..."] | None = None,
    axis: Axis = 0,
) -> ConfidenceInterval:
    r"""Interval that covers the true mean with a stated probability.

    .. math::

        \bar x \pm t \frac{s}{\sqrt n}, \quad F_{n-1}(t) = \frac{1 + c}{2}

    where :math:`\bar x` is the mean of the :math:`n` numbers, :math:`s` their standard deviation, :math:`c` the
    confidence level and :math:`t` the quantile at which Student's distribution function :math:`F_{n-1}` has that value.
    Where the standard deviation of one number is known, it stands in for s, and the normal law for Student's. The
    quantile is taken of the small tail :math:`(1 - c) / 2`, which keeps its digits for a level near one.

    Why it matters: a mean without its interval claims too much; of many such intervals the share c covers the truth,
    exactly for normal data, nearly for the mean of many numbers of any law.

    Args:
      x: the sample.
      confidence_level: the probability of covering, between 0 and 1, broadcast against the means.
      sigma: the standard deviation where it is known, in the unit of `x`, at least 0, broadcast against the means.
      axis: the axis or axes of the sample; None for all.

    Returns:
      A `ConfidenceInterval` in the unit of `x`; NaN for an empty sample, for a single number without `sigma`, a level
      outside [0, 1] and a negative `sigma`; at level 1 all numbers. Equal numbers without `sigma` are their own
      interval, whose derivative is that of the mean.

    Raises:
      ValueError: `x` has no such axis.

    References:
      Neyman, "Outline of a theory of statistical estimation based on the classical theory of probability", 1937.

    >>> [round(end.item(), 2) for end in ci_mean(jnp.array([4.0, 6.0, 5.0, 5.0]))]
    [3.7, 6.3]
    >>> [round(end.item(), 2) for end in ci_mean(jnp.array([4.0, 6.0, 5.0, 5.0]), sigma=2.0)]
    [3.04, 6.96]
    """
    x = as_float(x)
    n = sample_size("ci_mean", x, axis)
    start, total, squares = moments(widened(x), axis)
    if sigma is None:
        error = root(squares / (n * (n - 1) if n > 1 else jnp.nan))
    else:
        error = widened(as_float(x, sigma)[1]) / (math.sqrt(n) if n else jnp.nan)
    level = jnp.asarray(confidence_level, start.dtype)
    centre, error, level = jnp.broadcast_arrays(start + total / max(n, 1), error, level)
    p = (1 - level) / 2
    margin = (
        -(stdtrit(n - 1, p) if sigma is None else ndtri(p)) * error * nan_unless((error >= 0) & (level >= 0), error)
    )
    return ConfidenceInterval((centre - margin).astype(x.dtype), (centre + margin).astype(x.dtype))


def ci_mean_jacobian(
    x: Real[ArrayLike, " n"],
    confidence_level: Real[ArrayLike, ""] = 0.95,
    *,
    sigma: Real[ArrayLike, ""] | None = None,
) -> ConfidenceInterval:
    r"""Jacobian of `ci_mean` in one sample and in the level: for each end a pair, an array of shape [n] and a scalar.

    .. math::

        \frac{\partial}{\partial x_i} = \frac{1}{n} \pm \frac{t}{\sqrt n} \frac{x_i - \bar x}{(n - 1) s}, \quad
        \frac{\partial}{\partial c} = \pm \frac{1}{2 f_{n-1}(t)} \frac{s}{\sqrt n}

    with Student's density :math:`f`; for a known standard deviation the normal one, and the first fraction alone.
    """
    x = as_float(x)
    n, p = x.size, (1 - jnp.asarray(confidence_level, x.dtype)) / 2
    if sigma is None:
        error, slope = sem(x), stdtrit_derivative(n - 1, p)
        stretch = -stdtrit(n - 1, p) * sem_gradient(x)
    else:
        error, slope = as_float(x, sigma)[1] / math.sqrt(n), ndtri_derivative(p)
        stretch = jnp.zeros_like(x)
    sides = ConfidenceInterval(low=-jnp.ones_like(error), high=jnp.ones_like(error))
    return jax.tree.map(lambda side: (mean_gradient(x) + side * stretch, side * slope / 2 * error), sides)


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
