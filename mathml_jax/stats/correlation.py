"""How closely two quantities go together."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import random
from jax.tree_util import Partial
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, expect, expect_equal_shapes, expect_option, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import ndtri, stdtr_derivative
from mathml_jax.stats._alternative import ALTERNATIVES, Alternative, slope_of_tail
from mathml_jax.stats._moments import Axis, deviations, root, sample_size
from mathml_jax.stats._student import standardized, tail
from mathml_jax.stats.intervals import ConfidenceInterval


class PearsonRResult(NamedTuple):
    """Result of `pearsonr`.

    Attributes:
      statistic: Pearson's correlation coefficient, from -1 to 1.
      pvalue: the probability, for independent normal quantities, of a coefficient at least as extreme.
      confidence_interval: called with a `confidence_level`, 0.95 unless given, the `ConfidenceInterval` of the
        coefficient by Fisher's transformation, one-sided where the alternative is.
    """

    statistic: Float[Array, "..."]
    pvalue: Float[Array, "..."]
    confidence_interval: Callable[..., ConfidenceInterval]


class PearsonRSlopes(NamedTuple):
    """How a correlation answers to each number.

    Attributes:
      statistic: derivatives of the coefficient, in x and in y.
      pvalue: derivatives of the p-value, in x and in y.
    """

    statistic: Any
    pvalue: Any


@partial(jax.jit, static_argnames=("alternative", "axis"))
def pearsonr(
    x: Real[ArrayLike, "*shape"],
    y: Real[ArrayLike, "*shape"],
    *,
    alternative: Alternative = "two-sided",
    axis: Axis = 0,
) -> PearsonRResult:
    r"""Pearson's correlation, with the test of whether there is any.

    .. math::

        r = \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}{\sqrt{\sum_i (x_i - \bar x)^2 \sum_i (y_i - \bar y)^2}}, \quad
        t = r \sqrt{\frac{n - 2}{1 - r^2}}, \quad p = 2 F_{n-2}(-|t|)

    where :math:`x_i, y_i` are the :math:`n` pairs with means :math:`\bar x, \bar y`, :math:`r` is the cosine of the
    angle between what is left of them without the means, and :math:`t` follows Student's law, with the distribution
    function :math:`F_{n-2}`, where the two are independent and one is normal; :math:`p` is the p-value. What r lacks to
    1 is the squared distance between the two directions, which loses no digits where the points nearly lie on a line.

    Why it matters: the first look at whether a feature says anything of a target; its square is the share of the
    variance that a line explains.

    Args:
      x: one quantity.
      y: the other, of the same shape.
      alternative: the direction that counts as extreme, a correlation "less" or "greater" than 0, or "two-sided".
      axis: the axis or axes of the pairs; None for all. The others are a batch.

    Returns:
      A `PearsonRResult`; NaN where `x` or `y` are equal numbers, or one is NaN or infinite. Two pairs have a
      coefficient of 1 or -1 and a p-value of 1, whatever the alternative; the interval of no more than three pairs is
      from -1 to 1. Points on a line have an infinite t, whose derivative is taken as 0; at a coefficient of 0 the
      two-sided p-value has a kink, where its derivative is taken as 0.

    Raises:
      ValueError: `x` and `y` differ in shape, have no such axis or fewer than two pairs, or there is no such
        alternative.

    References:
      Fisher, "Frequency distribution of the values of the correlation coefficient in samples from an indefinitely large
      population", 1915.

    >>> test = pearsonr(jnp.arange(5.0), jnp.array([1.0, 3.0, 2.0, 5.0, 4.0]))
    >>> round(test.statistic.item(), 3), round(test.pvalue.item(), 4)
    (0.8, 0.1041)
    >>> [round(end.item(), 2) for end in test.confidence_interval()]
    [-0.28, 0.99]
    """
    expect_option("pearsonr", "alternative", alternative, ALTERNATIVES)
    x, y = as_float(x, y)
    expect_equal_shapes("pearsonr", x=x, y=y)
    n = sample_size("pearsonr", x, axis)
    expect(n >= 2, "pearsonr", "at least two pairs", n)
    (u, _), (v, _) = _direction(widened(x), axis), _direction(widened(y), axis)
    cosine = jnp.sum(u * v, axis, keepdims=True)
    if n == 2:
        r = jnp.sign(jnp.squeeze(cosine, axis))
        z, p = r, jnp.where(jnp.isnan(r), r, 1.0)
    else:
        r, sine = jnp.clip(jnp.squeeze(cosine, axis), -1, 1), root(jnp.sum((v - cosine * u) ** 2, axis))
        tangent = standardized(r, sine)
        z, p = jnp.arcsinh(tangent), tail(math.sqrt(n - 2) * tangent, n - 2, alternative)
    if n <= 3:
        z, error = jnp.zeros_like(r), jnp.full_like(r, jnp.inf)
    else:
        error = jnp.full_like(r, 1 / math.sqrt(n - 3))
    result = r, p, Partial(_INTERVALS[alternative], z, error)
    return PearsonRResult(*jax.tree.map(lambda part: part.astype(x.dtype), result))


def pearsonr_jacobian(
    x: Real[ArrayLike, " n"], y: Real[ArrayLike, " n"], *, alternative: Alternative = "two-sided"
) -> PearsonRSlopes:
    r"""Jacobian of `pearsonr` in both samples: for each value a pair of arrays.

    .. math::

        \frac{\partial r}{\partial x_i} = \frac{v_i - r u_i}{\lVert x - \bar x \rVert}, \quad
        \frac{\partial r}{\partial y_i} = \frac{u_i - r v_i}{\lVert y - \bar y \rVert}, \quad
        \frac{\partial p}{\partial r} = -2 f_{n-2}(t) \operatorname{sign}(t) \frac{\sqrt{n - 2}}{(1 - r^2)^{3/2}}

    with the deviations of length one :math:`u = (x - \bar x) / \lVert x - \bar x \rVert` and :math:`v` likewise, and
    the density :math:`f` of Student's law, its factor 1 for "less" and -1 for "greater".
    """
    x, y = as_float(x, y)
    (u, length), (v, other) = _direction(x, None), _direction(y, None)
    df, r = x.size - 2, jnp.sum(u * v)
    across, back = v - r * u, u - r * v
    sine = jnp.sqrt(jnp.sum(across**2))
    t = math.sqrt(df) * r / sine
    density = slope_of_tail(t, alternative) * stdtr_derivative(df, t) * math.sqrt(df) / sine**3
    slopes = across / jnp.squeeze(length), back / jnp.squeeze(other)
    return PearsonRSlopes(slopes, (density * slopes[0], density * slopes[1]))


def _direction(x: Array, axis: Axis) -> tuple[Array, Array]:
    """The deviations from the mean over their length, and that length, axes kept; no square overflows."""
    away = deviations(x, axis)
    largest = jnp.max(jnp.abs(away), axis, keepdims=True)
    unit = jax.lax.stop_gradient(jnp.where((largest > 0) & jnp.isfinite(largest), largest, 1.0))
    length = jnp.sqrt(jnp.sum((away / unit) ** 2, axis, keepdims=True))
    return away / unit / length, length * unit


def _within(z: Array, error: Array, confidence_level: ArrayLike = 0.95) -> ConfidenceInterval:
    z, margin = _centre_and_margin(z, error, confidence_level, 2)
    return ConfidenceInterval(jnp.tanh(z - margin), jnp.tanh(z + margin))


def _below(z: Array, error: Array, confidence_level: ArrayLike = 0.95) -> ConfidenceInterval:
    z, margin = _centre_and_margin(z, error, confidence_level, 1)
    return ConfidenceInterval(jnp.full_like(z, -1.0), jnp.tanh(z + margin))


def _above(z: Array, error: Array, confidence_level: ArrayLike = 0.95) -> ConfidenceInterval:
    z, margin = _centre_and_margin(z, error, confidence_level, 1)
    return ConfidenceInterval(jnp.tanh(z - margin), jnp.full_like(z, 1.0))


_INTERVALS = {"two-sided": _within, "less": _below, "greater": _above}


def _centre_and_margin(z: Array, error: Array, level: ArrayLike, sides: int) -> tuple[Array, Array]:
    z, error, level = as_broadcast(z, error, jnp.asarray(level, z.dtype))
    return z, -ndtri((1 - level) / sides) * error * nan_unless(level >= 0, level)


def _example(key: Array) -> tuple[Array, Array]:
    x, noise = random.normal(key, (2, 7), jnp.float64)
    return x, x + noise


CONCEPTS = (
    Concept(
        pearsonr,
        example=_example,
        derivatives=(Derivative(pearsonr_jacobian, "jacobian", (0, 1)),),
        oracle="scipy.stats.pearsonr",
        evaluate=lambda x, y: pearsonr(x, y)[:2],
    ),
)
