"""From probabilities back to values: quantiles, intervals and random numbers of the normal law."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float, Key

from mathml_jax._concept import Derivative, Family
from mathml_jax.distributions._law import Interval
from mathml_jax.distributions.norm._standard import Result, Value, example, parameters
from mathml_jax.special.error import ndtri, ndtri_derivative


@jax.jit
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q: the quantile, inverse of `cdf`.

    .. math::

        F^{-1}(q) = \mu + \sigma \Phi^{-1}(q)

    where :math:`F^{-1}(q)` is the quantile at the probability :math:`q`, :math:`\mu` the mean `loc`, :math:`\sigma` the
    standard deviation `scale` and :math:`\Phi^{-1}` the standard normal case, `special.ndtri`.

    Why it matters: critical values of tests, ends of intervals, value at risk.

    Args:
      q: probabilities, any shape.
      loc: mean, broadcast against `q`.
      scale: standard deviation, positive, broadcast against `q`.

    Returns:
      Quantiles of the broadcast shape; -inf at 0, inf at 1, NaN outside [0, 1] and where `scale` is not positive.

    References:
      Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988.

    >>> f"{ppf(0.975, loc=100.0, scale=15.0):.1f}"
    '129.4'
    """
    q, loc, scale = parameters(q, loc, scale)
    return loc + scale * ndtri(q)


def ppf_derivative(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `ppf` in q.

    .. math::

        \frac{d}{dq} F^{-1}(q) = \frac{1}{f(F^{-1}(q))} = \sigma\, \frac{d}{dq} \Phi^{-1}(q)
    """
    q, loc, scale = parameters(q, loc, scale)
    return scale * ndtri_derivative(q)


@jax.jit
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q: the inverse of `sf`, exact for the smallest q.

    .. math::

        S^{-1}(q) = \mu - \sigma \Phi^{-1}(q)

    where :math:`S^{-1}(q)` is the value whose upper tail holds the probability :math:`q`, :math:`\mu` the mean `loc`,
    :math:`\sigma` the standard deviation `scale` and :math:`\Phi^{-1}` the inverse of the standard normal cdf.

    Why it matters: the critical value of a one-sided test, without the rounding of 1 - q.

    Args:
      q: probabilities, any shape.
      loc: mean, broadcast against `q`.
      scale: standard deviation, positive, broadcast against `q`.

    Returns:
      Values of the broadcast shape; inf at 0, -inf at 1, NaN outside [0, 1] and where `scale` is not positive.

    References:
      Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988.

    >>> f"{isf(1e-20):.2f}"
    '9.26'
    """
    q, loc, scale = parameters(q, loc, scale)
    return loc - scale * ndtri(q)


def isf_derivative(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `isf` in q.

    .. math::

        \frac{d}{dq} S^{-1}(q) = -\frac{1}{f(S^{-1}(q))} = -\sigma\, \frac{d}{dq} \Phi^{-1}(q)
    """
    return -ppf_derivative(q, loc, scale)


@jax.jit
def median(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Median of the normal law: by symmetry, its mean.

    .. math::

        F^{-1}(1/2) = \mu

    where :math:`F^{-1}(1/2)` is the value not exceeded with probability one half and :math:`\mu` the mean `loc`.

    Why it matters: for skewed data mean and median part, which is a first test of normality.

    Args:
      loc: mean, any shape.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Medians of the broadcast shape; NaN where `scale` is not positive.

    References:
      Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994.

    >>> median(loc=3.0).item()
    3.0
    """
    loc, scale = parameters(loc, scale)
    return jnp.where(jnp.isnan(scale), jnp.nan, loc)


@jax.jit
def interval(confidence: Value, loc: Value = 0.0, scale: Value = 1.0) -> Interval:
    r"""Interval around the median that holds the stated probability, with equal tails.

    .. math::

        [\mu - \sigma h,\; \mu + \sigma h], \qquad h = -\Phi^{-1}\left(\frac{1 - c}{2}\right)

    where :math:`c` is the probability `confidence`, :math:`\mu` the mean `loc`, :math:`\sigma` the standard deviation
    `scale` and :math:`h` half the length in standard deviations, from :math:`\Phi^{-1}`, the inverse of the standard
    normal cdf.

    Why it matters: 68, 95 and 99.7 percent of a normal quantity lie within one, two and three standard deviations.

    Args:
      confidence: probability, from 0 to 1, any shape.
      loc: mean, broadcast against `confidence`.
      scale: standard deviation, positive, broadcast against `confidence`.

    Returns:
      `low` and `high`, of the broadcast shape; NaN for a confidence outside [0, 1] or a scale that is not positive.

    References:
      Neyman, "Outline of a theory of statistical estimation based on the classical theory of probability", 1937.

    >>> [f"{end:.2f}" for end in interval(0.95)]
    ['-1.96', '1.96']
    """
    confidence, loc, scale = parameters(confidence, loc, scale)
    half = -scale * ndtri(jnp.where(confidence >= 0, (1 - confidence) / 2, jnp.nan))
    return Interval(loc - half, loc + half)


@partial(jax.jit, static_argnames="size")
def rvs(
    key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: int | tuple[int, ...] | None = None
) -> Float[Array, "..."]:
    r"""Random numbers from a normal law.

    .. math::

        x = \mu + \sigma \varepsilon

    where :math:`x` is a random number, :math:`\varepsilon` standard normal noise, :math:`\mu` the mean `loc` and
    :math:`\sigma` the standard deviation `scale`. The noise does not depend on the parameters, so derivatives pass
    through.

    Why it matters: this is the reparameterisation by which variational autoencoders learn through a random draw.

    Args:
      key: a key of `jax.random`.
      loc: mean.
      scale: standard deviation, positive, broadcast against `loc`.
      size: shape of the result, with which `loc` and `scale` broadcast; by default their own.

    Returns:
      Independent random numbers, in the unit of `loc`; NaN where `scale` is not positive.

    References:
      Kingma and Welling, "Auto-encoding variational Bayes", 2014.

    >>> rvs(random.key(0), loc=100.0, scale=15.0, size=3).shape
    (3,)
    """
    loc, scale = parameters(loc, scale)
    shape = loc.shape if size is None else (size,) if isinstance(size, int) else size
    noise = random.normal(key, shape, loc.dtype)
    return jnp.broadcast_to(loc, shape) + jnp.broadcast_to(scale, shape) * noise


CONCEPTS = (
    Family(
        verbs=(ppf, isf, median, interval, rvs),
        example=example,
        oracle="scipy.stats.norm",
        oracles={"rvs": None},
        derivatives={
            "ppf": (Derivative(ppf_derivative, "derivative"),),
            "isf": (Derivative(isf_derivative, "derivative"),),
        },
    ),
)
