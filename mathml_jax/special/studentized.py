"""The studentized range: how far apart the extremes of several means lie, in units of their estimated error."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._range_law import density, tails

Numbers = Real[ArrayLike, "*#shape"]


@jax.jit
def studentized_range_cdf(q: Numbers, k: Numbers, df: Numbers) -> Float[Array, "*shape"]:
    r"""Probability that the range of k normal numbers, over an estimate of their scale, is at most q.

    .. math::

        F(q) = \int_0^\infty f_\nu(s)\; k \int_{-\infty}^\infty \varphi(y)
        \bigl( \Phi(y) - \Phi(y - q s) \bigr)^{k-1}\, dy\, ds

    where :math:`F(q)` is the probability of at most :math:`q`, :math:`k` how many numbers there are, :math:`\nu` the
    degrees of freedom of the estimate :math:`s` of their scale, :math:`f_\nu` its density, that of a chi variable over
    :math:`\sqrt\nu`, :math:`\varphi` the density and :math:`\Phi` the distribution function of the normal law, and
    :math:`y` the largest of the numbers. Two Gauss rules, one in the other, give the smaller tail, so that neither is
    a difference.

    Why it matters: Tukey's test of all differences between several means at once.

    Args:
      q: real numbers, any shape.
      k: how many numbers, from 2, not only integers; of a shape that broadcasts with that of q.
      df: degrees of freedom, positive, inf for a known scale; likewise.

    Returns:
      Probabilities of the common shape; 0 up to q = 0, 1 at inf; NaN unless k is finite, at least 2, and df > 0.
      From one degree of freedom on right to about 1e-13 of themselves for k up to 30, to 1e-9 for k up to 1000; to
      1e-7 for fewer degrees of freedom, from a quarter. Autodiff follows a rule of its own: the integrals of the
      derivatives.

    References:
      Lund and Lund, "Algorithm AS 190: probabilities and upper quantiles for the studentized range", 1983.

    >>> f"{studentized_range_cdf(3.877, 3, 10.0):.3f}, {studentized_range_cdf(3.877, 3, jnp.inf):.3f}"
    '0.950, 0.983'
    """
    given = as_broadcast(q, k, df)
    return tails(*map(widened, given)).lower.astype(given[0].dtype)


def studentized_range_cdf_derivative(q: Numbers, k: Numbers, df: Numbers) -> Float[Array, "*shape"]:
    r"""Derivative of `studentized_range_cdf` in q: the density.

    .. math::

        F'(q) = \int_0^\infty s f_\nu(s)\; k (k - 1) \int_{-\infty}^\infty \varphi(y)\, \varphi(y - q s)
        \bigl( \Phi(y) - \Phi(y - q s) \bigr)^{k-2}\, dy\, ds
    """
    given = as_broadcast(q, k, df)
    return density(*map(widened, given)).plain.astype(given[0].dtype)


@jax.jit
def studentized_range_sf(q: Numbers, k: Numbers, df: Numbers) -> Float[Array, "*shape"]:
    r"""Probability that the range of k normal numbers, over an estimate of their scale, is more than q.

    .. math::

        S(q) = \int_0^\infty f_\nu(s)\; k \int_{-\infty}^\infty \varphi(y)
        \Bigl( \Phi(y)^{k-1} - \bigl( \Phi(y) - \Phi(y - q s) \bigr)^{k-1} \Bigr)\, dy\, ds

    where :math:`S(q)` is the probability of more than :math:`q`, :math:`k` how many numbers there are, :math:`\nu` the
    degrees of freedom of the estimate :math:`s` of their scale, :math:`f_\nu` its density, :math:`\varphi` the density
    and :math:`\Phi` the distribution function of the normal law, and :math:`y` the largest of the numbers. The
    difference of the powers is formed from the ratio of their bases, so that the far tail keeps its digits.

    Why it matters: the p-value of Tukey's test, also where it is far below the rounding of 1.

    Args:
      q: real numbers, any shape.
      k: how many numbers, from 2, not only integers; of a shape that broadcasts with that of q.
      df: degrees of freedom, positive, inf for a known scale; likewise.

    Returns:
      Probabilities of the common shape; 1 up to q = 0, 0 at inf; NaN unless k is finite, at least 2, and df > 0.
      Autodiff follows the rule of `studentized_range_cdf`.

    References:
      Lund and Lund, "Algorithm AS 190: probabilities and upper quantiles for the studentized range", 1983.

    >>> f"{studentized_range_sf(30.0, 3, jnp.inf):.3e}"
    '2.164e-99'
    """
    given = as_broadcast(q, k, df)
    return tails(*map(widened, given)).upper.astype(given[0].dtype)


def studentized_range_sf_derivative(q: Numbers, k: Numbers, df: Numbers) -> Float[Array, "*shape"]:
    r"""Derivative of `studentized_range_sf` in q: minus the density.

    .. math::

        S'(q) = -F'(q)
    """
    return -studentized_range_cdf_derivative(q, k, df)


def _example(key: Array) -> tuple[Array, Array, Array]:
    q, k, df = random.split(key, 3)
    return (
        random.uniform(q, (), jnp.float64, 1.0, 6.0),
        random.uniform(k, (), jnp.float64, 2.5, 8.0),
        random.uniform(df, (), jnp.float64, 3.0, 30.0),
    )


CONCEPTS = (
    Concept(
        studentized_range_cdf,
        example=_example,
        derivatives=(Derivative(studentized_range_cdf_derivative, "derivative"),),
        oracle="scipy.stats.studentized_range.cdf",
    ),
    Concept(
        studentized_range_sf,
        example=_example,
        derivatives=(Derivative(studentized_range_sf_derivative, "derivative"),),
        oracle="scipy.stats.studentized_range.sf",
    ),
)
