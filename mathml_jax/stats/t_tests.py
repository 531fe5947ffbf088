"""Student's tests of means whose standard deviation has to be estimated too."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import random
from jax.tree_util import Partial
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, expect_equal_shapes, expect_option, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import stdtr_derivative
from mathml_jax.stats._alternative import ALTERNATIVES, Alternative, slope_of_tail
from mathml_jax.stats._moments import Axis, deviations, moments, root, sample_size
from mathml_jax.stats._student import INTERVALS, standardized, tail
from mathml_jax.stats.intervals import ConfidenceInterval


class TtestResult(NamedTuple):
    """Result of a t-test.

    Attributes:
      statistic: the distance from the null hypothesis in estimated standard errors.
      pvalue: the probability, under the null hypothesis, of a statistic at least as extreme.
      df: degrees of freedom of the law of Student that the statistic then follows.
      confidence_interval: called with a `confidence_level`, 0.95 unless given, the `ConfidenceInterval` of the mean or
        of the difference of means, one-sided where the alternative is.
    """

    statistic: Float[Array, "..."]
    pvalue: Float[Array, "..."]
    df: Float[Array, "..."]
    confidence_interval: Callable[..., ConfidenceInterval]


class TtestSlopes(NamedTuple):
    """How a t-test answers to each number.

    Attributes:
      statistic: derivatives of the statistic.
      pvalue: derivatives of the p-value: which observation carries the significance.
    """

    statistic: Any
    pvalue: Any


@partial(jax.jit, static_argnames=("axis", "alternative"))
def ttest_1samp(
    a: Real[ArrayLike, "..."],
    popmean: Real[ArrayLike, "..."],
    *,
    axis: Axis = 0,
    alternative: Alternative = "two-sided",
) -> TtestResult:
    r"""Test of whether a sample comes from a normal population of a given mean, its standard deviation unknown.

    .. math::

        t = \frac{\bar x - \mu}{s / \sqrt n}, \quad s^2 = \frac{1}{n - 1} \sum_{i=1}^n (x_i - \bar x)^2, \quad
        p = 2 F_{n-1}(-|t|)

    where :math:`\bar x` is the mean of the :math:`n` numbers :math:`x_i`, :math:`\mu` the mean under the null
    hypothesis, :math:`s` the estimated standard deviation of one number, :math:`t` the distance in standard errors,
    :math:`F_{n-1}` the distribution function of Student's law and :math:`p` the p-value. Against the alternative "less"
    it is :math:`F_{n-1}(t)`, against "greater" :math:`F_{n-1}(-t)`.

    Why it matters: the z-test for those who do not know the standard deviation, which is everybody. The tail keeps its
    digits down to 1e-300, and its derivative says which observation carries the significance.

    Args:
      a: the sample.
      popmean: the mean under the null hypothesis, in the unit of `a`, broadcast against the sample means.
      axis: the axis or axes of the sample; None for all.
      alternative: the direction that counts as extreme, "two-sided", "less" or "greater" than `popmean`.

    Returns:
      A `TtestResult`; NaN for fewer than two numbers and where one of them is NaN or infinite (SciPy's `nan_policy` is
      left out). Equal numbers have an infinite statistic, with a derivative of 0, or NaN where they are `popmean`. At a
      statistic of 0 the two-sided p-value has a kink, where its derivative is taken as 0.

    Raises:
      ValueError: `a` has no such axis, or there is no such alternative.

    References:
      Student, "The probable error of a mean", 1908.

    >>> test = ttest_1samp(jnp.array([6.0, 7.0, 5.0, 6.0]), 5.0)
    >>> round(test.statistic.item(), 3), round(test.pvalue.item(), 4)
    (2.449, 0.0917)
    >>> [round(end.item(), 2) for end in test.confidence_interval(0.9)]
    [5.04, 6.96]
    """
    expect_option("ttest_1samp", "alternative", alternative, ALTERNATIVES)
    a, popmean = as_float(a, popmean)
    n = sample_size("ttest_1samp", a, axis)
    (start, total, squares), null = moments(widened(a), axis), widened(popmean)
    error = root(squares / (n * (n - 1) if n > 1 else jnp.nan))
    start, total, error, null = jnp.broadcast_arrays(start, total, error, null)
    difference, mean = (n * (start - null) + total) / max(n, 1), start + total / max(n, 1)
    df = jnp.full_like(error, n - 1 if n else jnp.nan)
    return _result(difference, mean, error, df, alternative, a.dtype)


def ttest_1samp_jacobian(
    a: Real[ArrayLike, " n"], popmean: Real[ArrayLike, ""], *, alternative: Alternative = "two-sided"
) -> TtestSlopes:
    r"""Jacobian of `ttest_1samp` in one sample: of its statistic and of its p-value, two arrays of shape [n].

    .. math::

        \frac{\partial t}{\partial x_i} = \frac{\sqrt n}{n s} - \frac{t (x_i - \bar x)}{(n - 1) s^2}, \quad
        \frac{\partial p}{\partial x_i} = -2 f_{n-1}(t) \operatorname{sign}(t) \frac{\partial t}{\partial x_i}

    with the density :math:`f` of Student's law, its factor 1 in place of :math:`-2 \operatorname{sign}(t)` for "less"
    and -1 for "greater". A number moves the mean and the spread: far out on the side of the evidence, a still larger
    one weakens it.
    """
    a, popmean = as_float(a, popmean)
    n, t = a.size, ttest_1samp(a, popmean).statistic
    away = deviations(a, None)
    squares = jnp.sum(away**2)
    slope = jnp.sqrt((n - 1) / (n * squares)) - t * away / squares
    return TtestSlopes(slope, slope_of_tail(t, alternative) * stdtr_derivative(n - 1, t) * slope)


@partial(jax.jit, static_argnames=("axis", "equal_var", "alternative"))
def ttest_ind(
    a: Real[ArrayLike, "..."],
    b: Real[ArrayLike, "..."],
    *,
    axis: Axis = 0,
    equal_var: bool = True,
    alternative: Alternative = "two-sided",
) -> TtestResult:
    r"""Test of whether two independent samples come from normal populations of one mean.

    .. math::

        t = \frac{\bar a - \bar b}{s_d}, \quad
        s_d^2 = \frac{S_a + S_b}{n_a + n_b - 2} \left( \frac{1}{n_a} + \frac{1}{n_b} \right), \quad p = 2 F_\nu(-|t|)

    where :math:`\bar a, \bar b` are the means of the :math:`n_a, n_b` numbers in each sample, :math:`S_a, S_b` their
    sums of squares about these means, :math:`s_d` is the standard error of the difference, :math:`t` the distance in
    standard errors, :math:`F_\nu` the distribution function of Student's law with :math:`\nu = n_a + n_b - 2` degrees
    of freedom and :math:`p` the p-value. Welch's test does not take the variances to be equal: with
    :math:`v_a = S_a / (n_a (n_a - 1))` and :math:`v_b` likewise, :math:`s_d^2 = v_a + v_b` and
    :math:`1 / \nu = w^2 / (n_a - 1) + (1 - w)^2 / (n_b - 1)`, where :math:`w = v_a / (v_a + v_b)`.

    Why it matters: treatment against control, new model against old. Welch's test costs next to nothing where the
    variances are equal and is right where they are not.

    Args:
      a: the first sample.
      b: the second sample, in the unit of `a`.
      axis: the axis or axes of the samples; None for all. The others are a batch.
      equal_var: whether the populations are taken to have one variance; if not, the test is Welch's.
      alternative: the direction that counts as extreme, a mean of `a` "less" or "greater" than that of `b`, or
        "two-sided".

    Returns:
      A `TtestResult`; NaN for an empty sample, for two single numbers, for a single one in Welch's test, and where a
      number is NaN or infinite (SciPy's `nan_policy` is left out). Equal numbers in both samples have an infinite
      statistic, with a derivative of 0, or NaN where the means are equal too. At a statistic of 0 the two-sided p-value
      has a kink, where its derivative is taken as 0.

    Raises:
      ValueError: a sample has no such axis, or there is no such alternative.

    References:
      Welch, "The generalization of 'Student's' problem when several different population variances are involved", 1947.

    >>> test = ttest_ind(jnp.array([4.0, 5.0, 6.0]), jnp.array([7.0, 9.0, 11.0]), equal_var=False)
    >>> round(test.statistic.item(), 3), round(test.df.item(), 3), round(test.pvalue.item(), 4)
    (-3.098, 2.941, 0.0548)
    """
    expect_option("ttest_ind", "alternative", alternative, ALTERNATIVES)
    a, b = as_float(a, b)
    n, m = sample_size("ttest_ind", a, axis), sample_size("ttest_ind", b, axis)
    one, two = moments(widened(a), axis), moments(widened(b), axis)
    difference = (n * m * (one.start - two.start) + (m * one.total - n * two.total)) / max(n * m, 1)
    error, df = _error_of_difference(one.squares, two.squares, n, m, equal_var)
    return _result(difference, difference, error, df, alternative, a.dtype)


def ttest_ind_jacobian(
    a: Real[ArrayLike, " n"], b: Real[ArrayLike, " m"], *, alternative: Alternative = "two-sided"
) -> TtestSlopes:
    r"""Jacobian of `ttest_ind` with equal variances in both samples: for each value a pair of arrays.

    .. math::

        \frac{\partial t}{\partial a_i} = \frac{1}{n_a s_d} - \frac{t (a_i - \bar a)}{S_a + S_b}, \quad
        \frac{\partial t}{\partial b_i} = -\frac{1}{n_b s_d} - \frac{t (b_i - \bar b)}{S_a + S_b}, \quad
        \frac{\partial p}{\partial t} = -2 f_\nu(t) \operatorname{sign}(t)

    with the density :math:`f` of Student's law, its factor as that of `ttest_1samp_jacobian`.
    """
    a, b = as_float(a, b)
    t, df = ttest_ind(a, b).statistic, a.size + b.size - 2
    away = deviations(a, None), deviations(b, None)
    squares = jnp.sum(away[0] ** 2) + jnp.sum(away[1] ** 2)
    error = jnp.sqrt(squares / df * (1 / a.size + 1 / b.size))
    slopes = 1 / (a.size * error) - t * away[0] / squares, -1 / (b.size * error) - t * away[1] / squares
    density = slope_of_tail(t, alternative) * stdtr_derivative(df, t)
    return TtestSlopes(slopes, (density * slopes[0], density * slopes[1]))


@partial(jax.jit, static_argnames=("axis", "alternative"))
def ttest_rel(
    a: Real[ArrayLike, "*shape"],
    b: Real[ArrayLike, "*shape"],
    *,
    axis: Axis = 0,
    alternative: Alternative = "two-sided",
) -> TtestResult:
    r"""Test of whether the differences within pairs come from a normal population of mean zero.

    .. math::

        t = \frac{\bar d}{s / \sqrt n}, \quad d_i = a_i - b_i, \quad p = 2 F_{n-1}(-|t|)

    where :math:`a_i, b_i` are the :math:`n` pairs, :math:`\bar d` is the mean of their differences and :math:`s` the
    standard deviation of one, :math:`t` the distance in standard errors, :math:`F_{n-1}` the distribution function of
    Student's law and :math:`p` the p-value: the test of one sample, that of the differences.

    Why it matters: before and after, left and right, two models on the same data sets. What all members of a pair share
    cancels, and with it most of the noise.

    Args:
      a: the first of each pair.
      b: the second of each pair, of the same shape.
      axis: the axis or axes of the pairs; None for all. The others are a batch.
      alternative: the direction that counts as extreme, a mean difference "less" or "greater" than 0, or "two-sided".

    Returns:
      A `TtestResult`, as that of `ttest_1samp` for the differences and 0.

    Raises:
      ValueError: `a` and `b` differ in shape, have no such axis, or there is no such alternative.

    References:
      Student, "The probable error of a mean", 1908.

    >>> round(ttest_rel(jnp.array([3.0, 5.0, 4.0]), jnp.array([1.0, 2.0, 3.0])).pvalue.item(), 4)
    0.0742
    """
    expect_option("ttest_rel", "alternative", alternative, ALTERNATIVES)
    a, b = as_float(a, b)
    expect_equal_shapes("ttest_rel", a=a, b=b)
    sample_size("ttest_rel", a, axis)
    result = ttest_1samp(widened(a) - widened(b), 0.0, axis=axis, alternative=alternative)
    return jax.tree.map(lambda x: x.astype(a.dtype), result)


def ttest_rel_jacobian(
    a: Real[ArrayLike, " n"], b: Real[ArrayLike, " n"], *, alternative: Alternative = "two-sided"
) -> TtestSlopes:
    r"""Jacobian of `ttest_rel` in both samples: for each value a pair of arrays.

    .. math::

        \frac{\partial t}{\partial a_i} = -\frac{\partial t}{\partial b_i} = \frac{\partial t}{\partial d_i}
    """
    a, b = as_float(a, b)
    slopes = ttest_1samp_jacobian(a - b, 0.0, alternative=alternative)
    return TtestSlopes(*((slope, -slope) for slope in slopes))


@partial(jax.jit, static_argnames=("equal_var", "alternative"))
def ttest_ind_from_stats(
    mean1: Real[ArrayLike, "*#shape"],
    std1: Real[ArrayLike, "*#shape"],
    nobs1: Real[ArrayLike, "*#shape"],
    mean2: Real[ArrayLike, "*#shape"],
    std2: Real[ArrayLike, "*#shape"],
    nobs2: Real[ArrayLike, "*#shape"],
    *,
    equal_var: bool = True,
    alternative: Alternative = "two-sided",
) -> TtestResult:
    r"""The test of `ttest_ind` from what a paper prints: means, standard deviations and sizes.

    .. math::

        t = \frac{m_1 - m_2}{s_d}, \quad s_d^2 = \frac{(n_1 - 1) s_1^2 + (n_2 - 1) s_2^2}{n_1 + n_2 - 2}
        \left( \frac{1}{n_1} + \frac{1}{n_2} \right)

    where :math:`m_1, m_2` are the means of the samples, :math:`s_1, s_2` their standard deviations, :math:`n_1, n_2`
    their sizes, :math:`s_d` is the standard error of the difference and :math:`t` the distance in standard errors. In
    Welch's test :math:`s_d^2 = s_1^2 / n_1 + s_2^2 / n_2`.

    Why it matters: a published table can be tested without its data, and a study that is still to be made can be
    planned: the p-value is differentiable in all six numbers.

    Args:
      mean1: the mean of the first sample.
      std1: its standard deviation, with n - 1 in the denominator.
      nobs1: its size.
      mean2: the mean of the second sample.
      std2: its standard deviation.
      nobs2: its size.
      equal_var: whether the populations are taken to have one variance; if not, the test is Welch's.
      alternative: the direction that counts as extreme, a first mean "less" or "greater" than the second, or
        "two-sided".

    Returns:
      A `TtestResult` of the broadcast shape, with the edges of `ttest_ind`.

    Raises:
      ValueError: there is no such alternative.

    References:
      Welch, "The generalization of 'Student's' problem when several different population variances are involved", 1947.

    >>> round(ttest_ind_from_stats(5.0, 1.0, 3, 9.0, 2.0, 3, equal_var=False).pvalue.item(), 4)
    0.0548
    """
    expect_option("ttest_ind_from_stats", "alternative", alternative, ALTERNATIVES)
    given = as_broadcast(mean1, std1, nobs1, mean2, std2, nobs2)
    mean1, std1, nobs1, mean2, std2, nobs2 = map(widened, given)
    # A single number has no deviation, whatever is given for it.
    one, two = (jnp.where(n == 1, 0.0, (n - 1) * s**2) for n, s in ((nobs1, std1), (nobs2, std2)))
    error, df = _error_of_difference(one, two, nobs1, nobs2, equal_var)
    return _result(mean1 - mean2, mean1 - mean2, error, df, alternative, given[0].dtype)


def _error_of_difference(one: Array, two: Array, n: Any, m: Any, equal_var: bool) -> tuple[Array, Array]:
    """Standard error and degrees of freedom, from the sums of squares of samples of n and m numbers."""
    n, m = jnp.asarray(n, one.dtype), jnp.asarray(m, one.dtype)
    if equal_var:
        df = jnp.broadcast_to(jnp.where((n > 0) & (m > 0), n + m - 2, jnp.nan), one.shape)
        return root((one + two) / df * (1 / n + 1 / m)), df
    # The sum of squares of a single number is 0, its variance 0 / 0.
    first, second = one / (n - 1) / n, two / (m - 1) / m
    total = first + second
    some = total > 0
    share, rest = (jnp.where(some, part / jnp.where(some, total, 1.0), 1.0) for part in (first, second))
    freedom = 1 / (share**2 / jnp.where(some, n - 1, 2.0) + rest**2 / jnp.where(some, m - 1, 2.0))
    return root(total), jnp.where((n > 0) & (m > 0), freedom, jnp.nan)


def _result(
    difference: Array, estimate: Array, error: Array, df: Array, alternative: Alternative, dtype: Any
) -> TtestResult:
    t = standardized(difference, error)
    result = t, tail(t, df, alternative), df, Partial(INTERVALS[alternative], estimate, error, df)
    return TtestResult(*jax.tree.map(lambda x: x.astype(dtype), result))


def _two(key: Array) -> tuple[Array, Array]:
    """Two samples, their means apart."""
    a, b = random.normal(key, (2, 6), jnp.float64)
    return a, b + 1


CONCEPTS = (
    Concept(
        ttest_1samp,
        example=lambda key: (random.normal(key, (6,), jnp.float64), random.uniform(key, (), jnp.float64, 1.0, 2.0)),
        derivatives=(Derivative(ttest_1samp_jacobian, "jacobian"),),
        oracle="scipy.stats.ttest_1samp",
        evaluate=lambda a, popmean: ttest_1samp(a, popmean)[:2],
    ),
    Concept(
        ttest_ind,
        example=_two,
        derivatives=(Derivative(ttest_ind_jacobian, "jacobian", (0, 1)),),
        oracle="scipy.stats.ttest_ind",
        evaluate=lambda a, b: ttest_ind(a, b)[:2],
    ),
    Concept(
        ttest_rel,
        example=_two,
        derivatives=(Derivative(ttest_rel_jacobian, "jacobian", (0, 1)),),
        oracle="scipy.stats.ttest_rel",
        evaluate=lambda a, b: ttest_rel(a, b)[:2],
    ),
    Concept(
        ttest_ind_from_stats,
        example=lambda key: tuple(random.uniform(key, (6,), jnp.float64, 2.0, 9.0)),
        oracle="scipy.stats.ttest_ind_from_stats",
        options={"equal_var": False},
        evaluate=lambda *stats, **options: ttest_ind_from_stats(*stats, **options)[:2],
    ),
)
