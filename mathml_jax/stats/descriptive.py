"""Where the numbers lie and how far they spread."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.stats._moments import Axis, accurate_mean, deviations, root, sample_size


@partial(jax.jit, static_argnames=("axis", "keepdims"))
def mean(x: Real[ArrayLike, "..."], *, axis: Axis = None, keepdims: bool = False) -> Float[Array, "..."]:
    r"""The average.

    .. math::

        \bar x = \frac{1}{n} \sum_{i=1}^n x_i

    where :math:`x_i` are the :math:`n` numbers and :math:`\bar x` is the point they balance on. The mean of what is
    left after subtracting the rounded mean repairs its rounding, so that equal numbers have exactly themselves as their
    mean.

    Why it matters: the estimate of an expected value, the loss over a batch, and the number with the least sum of
    squared distances to the data.

    Args:
      x: numbers, any shape.
      axis: the axis or axes to average over, all of them unless given.
      keepdims: whether to keep the averaged axes, with length one.

    Returns:
      The means, in the unit of `x`; NaN where there are no numbers.

    Raises:
      ValueError: `x` has no such axis.

    References:
      Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983.

    >>> mean(jnp.array([1.0, 2.0, 6.0])).item()
    3.0
    """
    x = as_float(x)
    sample_size("mean", x, axis)
    result = accurate_mean(widened(x), axis)
    return (result if keepdims else jnp.squeeze(result, axis)).astype(x.dtype)


def mean_gradient(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Gradient of the `mean` of all numbers.

    .. math::

        \frac{\partial \bar x}{\partial x_i} = \frac{1}{n}
    """
    x = as_float(x)
    return jnp.full_like(x, 1 / max(x.size, 1))


@partial(jax.jit, static_argnames=("axis", "ddof", "keepdims"))
def var(x: Real[ArrayLike, "..."], *, axis: Axis = None, ddof: int = 0, keepdims: bool = False) -> Float[Array, "..."]:
    r"""The average squared distance from the mean.

    .. math::

        s^2 = \frac{1}{n - k} \sum_{i=1}^n (x_i - \bar x)^2

    where :math:`x_i` are the :math:`n` numbers, :math:`\bar x` is their mean, and :math:`k` the degrees of freedom that
    the mean has used up: with one, :math:`s^2` is an unbiased estimate of a variance from a sample. The mean comes
    first and the squares second: the difference of two sums of squares would cancel.

    Why it matters: the spread that every standard error, z-score and test of means is measured in.

    Args:
      x: numbers, any shape.
      axis: the axis or axes to take the variance along, all of them unless given.
      ddof: the degrees of freedom to subtract from the count; 0 as in NumPy, 1 for a sample.
      keepdims: whether to keep these axes, with length one.

    Returns:
      The variances, in the squared unit of `x`; exactly 0, with a gradient of 0, for equal numbers; NaN for no more
      than `ddof` numbers.

    Raises:
      ValueError: `x` has no such axis.

    References:
      Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983.

    >>> var(jnp.array([1.0, 2.0, 6.0]), ddof=1).item()
    7.0
    """
    x = as_float(x)
    n = sample_size("var", x, axis)
    squares = jnp.sum(deviations(widened(x), axis) ** 2, axis, keepdims=keepdims)
    return (squares / (n - ddof if n > ddof else jnp.nan)).astype(x.dtype)


def var_gradient(x: Real[ArrayLike, "*shape"], *, ddof: int = 0) -> Float[Array, "*shape"]:
    r"""Gradient of the `var` of all numbers; the mean's own movement cancels.

    .. math::

        \frac{\partial s^2}{\partial x_i} = \frac{2 (x_i - \bar x)}{n - k}
    """
    x = as_float(x)
    freedom = x.size - ddof if x.size > ddof else jnp.nan
    return (2 * deviations(widened(x), None) / freedom).astype(x.dtype)


@partial(jax.jit, static_argnames=("axis", "ddof", "keepdims"))
def sem(x: Real[ArrayLike, "..."], *, axis: Axis = 0, ddof: int = 1, keepdims: bool = False) -> Float[Array, "..."]:
    r"""Standard error of the mean: how far the mean of a sample is from the true one, give or take.

    .. math::

        \frac{s}{\sqrt n}, \quad s^2 = \frac{1}{n - k} \sum_{i=1}^n (x_i - \bar x)^2

    where :math:`x_i` are the :math:`n` numbers, :math:`\bar x` is their mean, :math:`s` their standard deviation and
    :math:`k` the degrees of freedom that the mean has used up.

    Why it matters: the unit in which every test of means counts; four times the data halve it.

    Args:
      x: numbers, any shape.
      axis: the axis or axes of the sample, the first unless given, as in SciPy; None for all.
      ddof: the degrees of freedom to subtract from the count.
      keepdims: whether to keep these axes, with length one.

    Returns:
      The standard errors, in the unit of `x`; exactly 0 for equal numbers, where the derivative is taken as 0; NaN for
      no more than `ddof` numbers.

    Raises:
      ValueError: `x` has no such axis.

    References:
      Student, "The probable error of a mean", 1908.

    >>> sem(jnp.array([1.0, 2.0, 6.0, 3.0])).round(4).item()
    1.0801
    """
    x = as_float(x)
    n = sample_size("sem", x, axis)
    return root(var(widened(x), axis=axis, ddof=ddof, keepdims=keepdims) / max(n, 1)).astype(x.dtype)


def sem_gradient(x: Real[ArrayLike, " n"], *, ddof: int = 1) -> Float[Array, " n"]:
    r"""Gradient of the `sem` of one sample, 0 for equal numbers.

    .. math::

        \frac{\partial}{\partial x_i} \frac{s}{\sqrt n} = \frac{x_i - \bar x}{(n - k) \sqrt n s}
    """
    x = as_float(x)
    error = sem(x, ddof=ddof)
    return var_gradient(x, ddof=ddof) / (2 * max(x.size, 1) * jnp.where(error == 0, 1.0, error))


CONCEPTS = (
    Concept(
        mean,
        example=lambda key: (1 + random.normal(key, (7,), jnp.float64),),
        derivatives=(Derivative(mean_gradient, "gradient"),),
        oracle="numpy.mean",
    ),
    Concept(
        var,
        example=lambda key: (random.normal(key, (7,), jnp.float64),),
        derivatives=(Derivative(var_gradient, "gradient"),),
        oracle="numpy.var",
        options={"ddof": 1},
    ),
    Concept(
        sem,
        example=lambda key: (random.normal(key, (7,), jnp.float64),),
        derivatives=(Derivative(sem_gradient, "gradient"),),
        oracle="scipy.stats.sem",
    ),
)
