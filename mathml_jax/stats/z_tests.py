"""Tests of means whose standard deviation is known."""

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect_option, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import ndtr, ndtr_derivative
from mathml_jax.stats._alternative import ALTERNATIVES, Alternative, slope_of_tail
from mathml_jax.stats._moments import Axis, sample_size
from mathml_jax.stats.descriptive import mean, mean_gradient


class ZtestResult(NamedTuple):
    """Result of a z-test.

    Attributes:
      statistic: the distance from the null hypothesis in standard errors, normal with variance one under it.
      pvalue: the probability, under the null hypothesis, of a statistic at least as extreme.
    """

    statistic: Float[Array, "..."]
    pvalue: Float[Array, "..."]


@partial(jax.jit, static_argnames=("alternative", "axis"))
def ztest_1samp(
    x: Real[ArrayLike, "..."],
    popmean: Real[ArrayLike, "..."],
    sigma: Real[ArrayLike, "..."],
    *,
    alternative: Alternative = "two-sided",
    axis: Axis = 0,
) -> ZtestResult:
    r"""Test of whether a sample of known standard deviation comes from a population of a given mean.

    .. math::

        z = \frac{\bar x - \mu}{\sigma / \sqrt n}, \quad p = 2 \Phi(-|z|)

    where :math:`\bar x` is the mean of the :math:`n` numbers, :math:`\mu` the mean under the null hypothesis,
    :math:`\sigma` the standard deviation of one number, :math:`z` the distance in standard errors, :math:`\Phi` the
    normal distribution function and :math:`p` the p-value. Against the alternative "less" it is :math:`\Phi(z)`,
    against "greater" :math:`\Phi(-z)`.

    Why it matters: the simplest test, which every other one resembles: a difference over its standard error, and the
    tail beyond it. The tail keeps its digits however small it is, and is differentiable in the data.

    Args:
      x: the sample.
      popmean: the mean under the null hypothesis, in the unit of `x`, broadcast against the sample means.
      sigma: the known standard deviation, in the unit of `x`, at least 0, broadcast against the sample means.
      alternative: the direction that counts as extreme, "two-sided", "less" or "greater" than `popmean`.
      axis: the axis or axes of the sample; None for all.

    Returns:
      A `ZtestResult`; NaN for an empty sample and a negative `sigma`. At a statistic of 0 the two-sided p-value has a
      kink, where its derivative is taken as 0.

    Raises:
      ValueError: `x` has no such axis, or there is no such alternative.

    References:
      Lehmann and Romano, "Testing Statistical Hypotheses", 2005, chapter 3.

    >>> [round(value.item(), 3) for value in ztest_1samp(jnp.array([6.0, 7.0, 5.0, 6.0]), 5.0, 1.0)]
    [2.0, 0.046]
    """
    expect_option("ztest_1samp", "alternative", alternative, ALTERNATIVES)
    x, popmean, sigma = as_float(x, popmean, sigma)
    n = sample_size("ztest_1samp", x, axis)
    centre, null, scale = jnp.broadcast_arrays(mean(widened(x), axis=axis), widened(popmean), widened(sigma))
    z = (centre - null) * math.sqrt(n) / (scale * nan_unless(scale >= 0, scale))
    match alternative:
        case "two-sided":
            p = 2 * ndtr(-z * jnp.sign(z))
        case "less":
            p = ndtr(z)
        case "greater":
            p = ndtr(-z)
    return ZtestResult(z.astype(x.dtype), p.astype(x.dtype))


def ztest_1samp_jacobian(
    x: Real[ArrayLike, " n"],
    popmean: Real[ArrayLike, ""],
    sigma: Real[ArrayLike, ""],
    *,
    alternative: Alternative = "two-sided",
) -> ZtestResult:
    r"""Jacobian of `ztest_1samp` in one sample, a `ZtestResult` of two arrays of shape [n].

    .. math::

        \frac{\partial z}{\partial x_i} = \frac{1}{\sigma \sqrt n}, \quad
        \frac{\partial p}{\partial x_i} = -2 \varphi(z) \operatorname{sign}(z) \frac{\partial z}{\partial x_i}

    with :math:`\varphi(z)` in place of the factor before the last for "less" and :math:`-\varphi(z)` for "greater".
    """
    x, popmean, sigma = as_float(x, popmean, sigma)
    z = ztest_1samp(x, popmean, sigma).statistic
    slope = mean_gradient(x) * math.sqrt(x.size) / sigma
    return ZtestResult(slope, slope_of_tail(z, alternative) * ndtr_derivative(z) * slope)


def _ztest_oracle(
    x: np.ndarray, popmean: np.ndarray, sigma: np.ndarray, *, alternative: Alternative = "two-sided"
) -> tuple[ArrayLike, ArrayLike]:
    """The same with SciPy's normal law."""
    from scipy.stats import norm

    law = norm(popmean, sigma / np.sqrt(x.size))
    tails = {"less": law.cdf(x.mean()), "greater": law.sf(x.mean())}
    return (x.mean() - law.mean()) / law.std(), tails.get(alternative, 2 * min(tails.values()))


CONCEPTS = (
    Concept(
        ztest_1samp,
        example=lambda key: (
            random.normal(key, (6,), jnp.float64),
            random.uniform(key, (), jnp.float64, minval=1.0, maxval=2.0),
            random.uniform(key, (), jnp.float64, minval=1.0, maxval=3.0),
        ),
        derivatives=(Derivative(ztest_1samp_jacobian, "jacobian"),),
        oracle=_ztest_oracle,
    ),
)
