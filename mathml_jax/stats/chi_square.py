"""Tests of counts."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import gammaincc, gammaincc_derivative
from mathml_jax.stats._moments import Axis, accurate_mean, sample_size


class ChisquareResult(NamedTuple):
    """Result of `chisquare`.

    Attributes:
      statistic: how far the counts are from what was expected.
      pvalue: the probability, under the null hypothesis, of counts at least as far off.
    """

    statistic: Float[Array, "..."]
    pvalue: Float[Array, "..."]


@partial(jax.jit, static_argnames=("axis", "sum_check"))
def chisquare(
    f_obs: Real[ArrayLike, "..."],
    f_exp: Real[ArrayLike, "..."] | None = None,
    *,
    ddof: Real[ArrayLike, "..."] = 0,
    axis: Axis = 0,
    sum_check: bool = True,
) -> ChisquareResult:
    r"""Test of whether counts come from given frequencies.

    .. math::

        \chi^2 = \sum_{i=1}^k \frac{(o_i - e_i)^2}{e_i}, \quad p = Q\Bigl(\frac{k - 1 - m}{2}, \frac{\chi^2}{2}\Bigr)

    where :math:`o_i` are the observed and :math:`e_i` the expected counts of the :math:`k` categories, :math:`m` is the
    number of parameters that were fitted to the counts, :math:`\chi^2` measures how far the two are apart, and
    :math:`Q` is the upper incomplete gamma function, the tail of the law that this measure follows for large counts;
    :math:`p` is the p-value.

    Why it matters: is the die fair, do the labels of the test set come as often as those of the training set, does the
    model's histogram fit? The oldest p-value there is.

    Args:
      f_obs: observed counts.
      f_exp: expected counts, broadcast against the observed; the same for all categories unless given.
      ddof: m, the degrees of freedom that fitting has used up, broadcast against the statistics.
      axis: the axis or axes of the categories; None for all. The others are a batch.
      sum_check: whether sums that differ, by more than the root of eps relative to the smaller, give NaN (where SciPy
        raises): the p-value means nothing then.

    Returns:
      A `ChisquareResult`. What was observed where nothing was expected gives inf and a p-value of 0, nothing there NaN;
      no degree of freedom left, or fewer, gives what SciPy gives: 0 or NaN. Where the counts are as expected the
      derivatives are 0, though the p-value of two categories has a kink there.

    Raises:
      ValueError: the counts have no such axis.

    References:
      Pearson, "On the criterion that a given system of deviations from the probable ... can be reasonably supposed to
      have arisen from random sampling", 1900.

    >>> test = chisquare(jnp.array([16, 18, 16, 14, 12, 12]))
    >>> round(test.statistic.item(), 4), round(test.pvalue.item(), 4)
    (2.0, 0.8491)
    """
    o = as_float(f_obs) if f_exp is None else as_broadcast(f_obs, f_exp)[0]
    k = sample_size("chisquare", o, axis)
    dtype, o = o.dtype, widened(o)
    e = accurate_mean(o, axis) if f_exp is None else widened(as_broadcast(f_obs, f_exp)[1])
    none = e == 0
    impossible = jnp.where(o == 0, jnp.nan, jnp.full_like(o, jnp.inf))
    statistic = jnp.sum(jnp.where(none, impossible, (o - e) ** 2 / jnp.where(none, 1.0, e)), axis)
    if f_exp is not None and sum_check:
        counted, due = jnp.sum(o, axis), jnp.sum(e, axis)
        agree = jnp.abs(counted - due) <= jnp.finfo(dtype).eps ** 0.5 * jnp.minimum(counted, due)
        statistic = statistic * nan_unless(agree, statistic)
    result = statistic, _tail(statistic, k - 1 - jnp.asarray(ddof, statistic.dtype))
    return ChisquareResult(*(part.astype(dtype) for part in result))


def chisquare_jacobian(
    f_obs: Real[ArrayLike, " k"],
    f_exp: Real[ArrayLike, " k"] | None = None,
    *,
    ddof: Real[ArrayLike, ""] = 0,
) -> ChisquareResult:
    r"""Jacobian of `chisquare` in the observed counts, a `ChisquareResult` of two arrays of shape [k].

    .. math::

        \frac{\partial \chi^2}{\partial o_i} = 2 \frac{o_i - e_i}{e_i} - \frac{\chi^2}{n}, \quad
        \frac{\partial p}{\partial o_i} = \frac{1}{2} \frac{\partial Q}{\partial x}
        \Bigl(\frac{k - 1 - m}{2}, \frac{\chi^2}{2}\Bigr) \frac{\partial \chi^2}{\partial o_i}

    where the term with the sum n of all counts is absent if the expected ones are given.
    """
    o = as_float(f_obs)
    statistic = chisquare(o, f_exp).statistic
    e = jnp.mean(o) if f_exp is None else as_float(o, f_exp)[1]
    slope = 2 * (o - e) / e - (statistic / jnp.sum(o) if f_exp is None else 0.0)
    density = gammaincc_derivative((o.size - 1 - jnp.asarray(ddof, o.dtype)) / 2, statistic / 2) / 2
    return ChisquareResult(slope, density * slope)


def _tail(statistic: Array, df: Array) -> Array:
    """The law's tail, with a derivative of 0 where it begins."""
    statistic, df = as_broadcast(statistic, df)
    none = statistic == 0
    at_once = jnp.where(df > 0, jnp.ones_like(df), jnp.nan)
    return jnp.where(none, at_once, gammaincc(df / 2, jnp.where(none, 1.0, statistic) / 2))


CONCEPTS = (
    Concept(
        chisquare,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 4.0, 20.0),),
        derivatives=(Derivative(chisquare_jacobian, "jacobian"),),
        oracle="scipy.stats.chisquare",
    ),
)
