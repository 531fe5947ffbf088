"""Straight lines through data, and what is known of their coefficients."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect_equal_shapes, expect_option, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import stdtr_derivative
from mathml_jax.stats._alternative import ALTERNATIVES, Alternative, slope_of_tail
from mathml_jax.stats._moments import accurate_mean, deviations, root, sample_size
from mathml_jax.stats._student import standardized, tail
from mathml_jax.stats.descriptive import mean


class LinregressResult(NamedTuple):
    """Result of `linregress`.

    Attributes:
      slope: slope of the line.
      intercept: value of the line at 0.
      rvalue: Pearson's correlation coefficient.
      pvalue: the probability, if the true slope is 0, of a slope at least as extreme.
      stderr: standard error of the slope.
      intercept_stderr: standard error of the intercept.
    """

    slope: Float[Array, "*batch"]
    intercept: Float[Array, "*batch"]
    rvalue: Float[Array, "*batch"]
    pvalue: Float[Array, "*batch"]
    stderr: Float[Array, "*batch"]
    intercept_stderr: Float[Array, "*batch"]


@partial(jax.jit, static_argnames=("alternative", "axis"))
def linregress(
    x: Real[ArrayLike, "*shape"], y: Real[ArrayLike, "*shape"], *, alternative: Alternative = "two-sided", axis: int = 0
) -> LinregressResult:
    r"""Line of least squares through points, with the test of whether it rises at all.

    .. math::

        \begin{aligned}
        b &= \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}{\sum_i (x_i - \bar x)^2}, \quad a = \bar y - b \bar x \\
        s_b &= \sqrt{\frac{\sum_i (y_i - a - b x_i)^2}{(n - 2) \sum_i (x_i - \bar x)^2}}, \quad t = \frac{b}{s_b}
        \end{aligned}

    where :math:`x_i, y_i` are the :math:`n` points with means :math:`\bar x, \bar y`, :math:`b` is the slope, :math:`a`
    the intercept, :math:`s_b` the standard error of the slope and :math:`t` the statistic, which follows Student's law
    with n - 2 degrees of freedom where the true slope is 0 and the errors are normal.

    Why it matters: the oldest model that learns from data, and still the first to try; its p-value is the t-test of a
    correlation.

    Args:
      x: where the points lie, n along `axis`.
      y: their heights, of the same shape.
      alternative: the direction of the slope that counts as extreme, "two-sided", "less" or "greater" than 0.
      axis: the axis of the points; the others are a batch.

    Returns:
      A `LinregressResult`. Equal `x` give NaN, equal `y` no correlation and no p-value; points on a line have the
      p-value 0. Two points leave no freedom for an error: their line passes for exact, with errors and p-value 0, or
      p-value 1 where it is flat, whatever the alternative. At a slope of 0 the two-sided p-value has a kink, where its
      derivative is taken as 0, and so are those of the errors and the p-value where all points lie on a line.

    Raises:
      ValueError: `x` and `y` differ in shape, have no such axis, or there is no such alternative.

    References:
      Galton, "Regression towards mediocrity in hereditary stature", 1886; Draper and Smith, "Applied Regression
      Analysis", 1998, chapter 1.

    >>> fit = linregress(jnp.arange(4.0), jnp.array([1.0, 3.0, 5.0, 8.0]))
    >>> round(fit.slope.item(), 6), round(fit.pvalue.item(), 6)
    (2.3, 0.005623)
    """
    expect_option("linregress", "alternative", alternative, ALTERNATIVES)
    x, y = as_float(x, y)
    expect_equal_shapes("linregress", x=x, y=y)
    n = sample_size("linregress", x, axis)
    line = _line(widened(x), widened(y), axis)
    stderr = root(line.rss / _freedom(n) / line.sxx)
    intercept_stderr = stderr * jnp.sqrt(line.sxx / n + line.x_mean**2)
    pvalue = _pvalue(line.slope, stderr, n, alternative)
    result = line.slope, line.intercept, line.rvalue, pvalue, stderr, intercept_stderr
    return LinregressResult(*(jnp.squeeze(value, axis).astype(x.dtype) for value in result))


def linregress_jacobian(
    x: Real[ArrayLike, " n"], y: Real[ArrayLike, " n"], *, alternative: Alternative = "two-sided"
) -> LinregressResult:
    r"""Jacobian of `linregress` in the heights y, a `LinregressResult` of arrays of shape [n].

    .. math::

        \begin{aligned}
        \frac{\partial b}{\partial y_i} &= \frac{x_i - \bar x}{S_{xx}}, \quad
        \frac{\partial a}{\partial y_i} = \frac{1}{n} - \bar x \frac{\partial b}{\partial y_i}, \quad
        \frac{\partial r}{\partial y_i} = \frac{x_i - \bar x}{\sqrt{S_{xx} S_{yy}}} - r \frac{y_i - \bar y}{S_{yy}} \\
        \frac{\partial s_b}{\partial y_i} &= \frac{e_i}{(n - 2) S_{xx} s_b}, \quad
        \frac{\partial s_a}{\partial y_i} = \sqrt{\tfrac{1}{n} S_{xx} + \bar x^2} \frac{\partial s_b}{\partial y_i} \\
        \frac{\partial p}{\partial y_i} &= -2 f_{n-2}(t) \operatorname{sign}(t) \frac{\partial t}{\partial y_i}, \quad
        \frac{\partial t}{\partial y_i} = \frac{1}{s_b} \left( \frac{\partial b}{\partial y_i}
        - t \frac{\partial s_b}{\partial y_i} \right)
        \end{aligned}

    with the residuals :math:`e_i`, the sums of squares :math:`S_{xx}, S_{yy}` and the density :math:`f` of Student's t.
    """
    x, y = as_float(x, y)
    n, df = x.size, _freedom(x.size)
    fit, line = linregress(x, y), _line(x, y, 0)
    # Where all points lie on the line, an infinite error makes the derivatives that divide by it 0.
    error = jnp.where(fit.stderr == 0, jnp.inf, fit.stderr)
    slope = line.dx / line.sxx
    stderr = line.residuals / (df * line.sxx * error)
    t = fit.slope / error
    return LinregressResult(
        slope=slope,
        intercept=1 / n - mean(x) * slope,
        rvalue=line.dx / jnp.sqrt(line.sxx * line.syy) - fit.rvalue * line.dy / line.syy,
        pvalue=slope_of_tail(t, alternative) * stdtr_derivative(df, t) * (slope - t * stderr) / error,
        stderr=stderr,
        intercept_stderr=jnp.sqrt(line.sxx / n + mean(x) ** 2) * stderr,
    )


class _Line(NamedTuple):
    """The line of least squares and the sums it is made of, the points' axis kept."""

    x_mean: Array
    dx: Array
    dy: Array
    residuals: Array
    sxx: Array
    syy: Array
    rss: Array
    slope: Array
    intercept: Array
    rvalue: Array


def _line(x: Array, y: Array, axis: int) -> _Line:
    """Deviations from the means first, their products second, so that nothing large cancels."""
    total = partial(jnp.sum, axis=axis, keepdims=True)
    x_mean, y_mean = accurate_mean(x, axis), accurate_mean(y, axis)
    dx, dy = deviations(x, axis), deviations(y, axis)
    sxx, sxy, syy = total(dx**2), total(dx * dy), total(dy**2)
    slope = sxy / sxx
    # Two points have none, not even those of rounding.
    residuals = 0 * slope * dx if x.shape[axis] == 2 else dy - slope * dx
    return _Line(
        x_mean=x_mean,
        dx=dx,
        dy=dy,
        residuals=residuals,
        sxx=sxx,
        syy=syy,
        rss=total(residuals**2),
        slope=slope,
        intercept=y_mean - slope * x_mean,
        rvalue=jnp.clip(sxy / (jnp.sqrt(sxx) * jnp.sqrt(syy)), -1, 1),
    )


def _freedom(n: int) -> int:
    """The degrees of freedom of the residuals; 1 where there are none, so that their sum of 0 may be divided."""
    return max(n - 2, 1)


def _pvalue(slope: Array, stderr: Array, n: int, alternative: Alternative) -> Array:
    """The tail of Student's law beyond the slope in standard errors."""
    if n <= 2:
        return jnp.where(slope == 0, 1.0, 0 * slope)
    return tail(standardized(slope, stderr), n - 2, alternative)


def _example(key: Array) -> tuple[Array, Array]:
    """Points about a line of slope 1/2."""
    x, noise = random.normal(key, (2, 8), jnp.float64)
    return x, 0.5 * x + noise


def _oracle(x: np.ndarray, y: np.ndarray) -> tuple[ArrayLike, ...]:
    """SciPy's, whose tuple lacks its last field."""
    from scipy.stats import linregress

    fit: Any = linregress(x, y)
    return *fit, fit.intercept_stderr


CONCEPTS = (
    Concept(
        linregress,
        example=_example,
        derivatives=(Derivative(linregress_jacobian, "jacobian", 1),),
        oracle=_oracle,
    ),
)
