"""The noncentral chi-square law: its two tails and its quantiles, with derivatives in every argument."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import _noncentral_gamma as law
from mathml_jax.special._noncentral_quantile import quantile, quantile_slopes

Numbers = Real[ArrayLike, "*#shape"]
Result = Float[Array, "*shape"]
Gradient = tuple[Result, Result, Result]


@jax.jit
def chndtr(x: Numbers, df: Numbers, nc: Numbers) -> Result:
    r"""Probability that a noncentral chi-square variable is at most x.

    .. math::

        F(x; \nu, \delta) = \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        P\Bigl( \frac{\nu}{2} + j, \frac{x}{2} \Bigr)

    where :math:`F(x; \nu, \delta)` is the probability that a sum of :math:`\nu` squares of normal variables of unit
    variance, whose means have :math:`\delta` as their sum of squares, is at most :math:`x`; :math:`P` is the
    regularised lower incomplete gamma function :math:`P(a, y)`, :math:`j` runs over the counts and :math:`e` is Euler's
    number. The sum is never formed: an integral along a path of steepest descent has every digit by a rule of 40 nodes,
    however large the noncentrality is, and the smaller tail is the one that is computed.

    Why it matters: how often a chi-square test misses an effect of a given size: one minus its power.

    Args:
      x: values, any shape.
      df: degrees of freedom, positive, broadcast against `x`.
      nc: noncentralities, zero or positive, broadcast against `x`; 0 for the central law.

    Returns:
      Probabilities of the common shape; 0 at x = 0 and 1 at inf; NaN unless x >= 0, df > 0 and nc >= 0, the last two
      finite. Autodiff follows a rule of its own, the formulas of `chndtr_gradient`.

    References:
      Temme, "Asymptotic and numerical aspects of the noncentral chi-square distribution", 1993.

    >>> f"{chndtr(7.8147, 3.0, 10.903):.4f}"  # misses of a test at the level 0.05 with three degrees of freedom
    '0.2000'
    """
    return _evaluated(law.lower, x, df, nc)


def chndtr_gradient(x: Numbers, df: Numbers, nc: Numbers) -> Gradient:
    r"""Derivatives of `chndtr` in x, df and nc: the density, an integral, and less the density for df + 2.

    .. math::

        \frac{\partial F}{\partial x} = f(x; \nu, \delta), \qquad
        \frac{\partial F}{\partial \nu} = -\frac{1}{4 \pi i} \int e^{-\frac{\nu}{2} \log t + \frac{\delta}{2} (1/t - 1)
        + \frac{x}{2} (t - 1)} \frac{\log t}{t - 1}\, dt, \qquad
        \frac{\partial F}{\partial \delta} = \frac{F(x; \nu + 2, \delta) - F(x; \nu, \delta)}{2}
        = -f(x; \nu + 2, \delta)
    """
    return _gradient(law.slopes, x, df, nc)


@jax.jit
def chndtrc(x: Numbers, df: Numbers, nc: Numbers) -> Result:
    r"""Probability that a noncentral chi-square variable exceeds x: the complement of `chndtr`, never by subtraction.

    .. math::

        S(x; \nu, \delta) = \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        Q\Bigl( \frac{\nu}{2} + j, \frac{x}{2} \Bigr)

    where :math:`S(x; \nu, \delta)` is the probability of more than :math:`x` with :math:`\nu` degrees of freedom and
    the noncentrality :math:`\delta`; :math:`Q` is the regularised upper incomplete gamma function :math:`Q(a, y)`,
    :math:`j` runs over the counts and :math:`e` is Euler's number. It is Marcum's function of radar detection.

    Why it matters: the power of a chi-square test, whose derivative in nc says what a larger sample is worth.

    Args:
      x: values, any shape.
      df: degrees of freedom, positive, broadcast against `x`.
      nc: noncentralities, zero or positive, broadcast against `x`; 0 for the central law.

    Returns:
      Probabilities of the common shape; 1 at x = 0 and 0 at inf; NaN unless x >= 0, df > 0 and nc >= 0, the last two
      finite. Autodiff follows a rule of its own, the formulas of `chndtrc_gradient`.

    References:
      Temme, "Asymptotic and numerical aspects of the noncentral chi-square distribution", 1993.

    >>> f"{chndtrc(7.8147, 3.0, 10.903):.4f}"  # the power of a test at the level 0.05 with three degrees of freedom
    '0.8000'
    """
    return _evaluated(law.upper, x, df, nc)


def chndtrc_gradient(x: Numbers, df: Numbers, nc: Numbers) -> Gradient:
    r"""Derivatives of `chndtrc` in x, df and nc: less those of `chndtr`.

    .. math::

        \nabla S = -\nabla F, \qquad \frac{\partial S}{\partial \delta} = f(x; \nu + 2, \delta)
    """
    return _gradient(law.upper_slopes, x, df, nc)


@jax.jit
def chndtrix(p: Numbers, df: Numbers, nc: Numbers) -> Result:
    r"""Point below which a noncentral chi-square variable falls with probability p: the inverse of `chndtr` in x.

    .. math::

        F(x; \nu, \delta) = p

    where :math:`x` is the quantile, :math:`F(x; \nu, \delta)` the probability of at most x with :math:`\nu` degrees of
    freedom and the noncentrality :math:`\delta`, and :math:`p` the one that is asked for. Newton's method for the
    exponent at the saddle gives the start, four steps of Halley's on the logarithm of the smaller tail the rest.

    Why it matters: the range in which the statistic of a chi-square test is expected where there is an effect.

    Args:
      p: probabilities, any shape.
      df: degrees of freedom, positive, broadcast against `p`.
      nc: noncentralities, zero or positive, broadcast against `p`.

    Returns:
      Quantiles of the common shape; 0 at p = 0 and inf at p = 1; NaN for p outside [0, 1], and unless df > 0 and
      nc >= 0, both finite. Autodiff follows the implicit function theorem, a rule of its own.

    References:
      Temme, "Asymptotic and numerical aspects of the noncentral chi-square distribution", 1993.

    >>> f"{chndtrix(0.2, 3.0, 10.903):.3f}"
    '7.815'
    """
    given = as_broadcast(p, df, nc)
    level, df, nc = map(widened, given)
    return (2 * quantile(df / 2, nc / 2, level, 1 - level)).astype(given[0].dtype)


def chndtrix_gradient(p: Numbers, df: Numbers, nc: Numbers) -> Gradient:
    r"""Derivatives of `chndtrix` in p, df and nc: those of an implicit function.

    .. math::

        \frac{\partial x}{\partial p} = \frac{1}{f(x; \nu, \delta)}, \qquad
        \frac{\partial x}{\partial \nu} = -\frac{\partial F / \partial \nu}{f(x; \nu, \delta)}, \qquad
        \frac{\partial x}{\partial \delta} = \frac{f(x; \nu + 2, \delta)}{f(x; \nu, \delta)}
    """
    given = as_broadcast(p, df, nc)
    level, df, nc = map(widened, given)
    y = quantile(df / 2, nc / 2, level, 1 - level)
    shape, noncentral, rise = quantile_slopes(df / 2, nc / 2, y)
    first, second, third = (slope.astype(given[0].dtype) for slope in (2 * rise, shape, noncentral))
    return first, second, third


def _evaluated(function: Callable[..., Array], x: ArrayLike, df: ArrayLike, nc: ArrayLike) -> Array:
    """The function of half of each."""
    given = as_broadcast(x, df, nc)
    y, a, noncentral = (widened(number) / 2 for number in given)
    return function(a, noncentral, y).astype(given[0].dtype)


def _gradient(slopes: Callable[..., law.Slopes], x: ArrayLike, df: ArrayLike, nc: ArrayLike) -> Gradient:
    given = as_broadcast(x, df, nc)
    y, a, noncentral = (widened(number) / 2 for number in given)
    in_shape, in_nc, in_y = (slope.astype(given[0].dtype) / 2 for slope in slopes(a, noncentral, y))
    return in_y, in_shape, in_nc


def _draw(low: float, high: float) -> Callable[[Array], tuple[Array, ...]]:
    """A value or a probability between two bounds, degrees of freedom and a noncentrality."""

    def example(key: Array) -> tuple[Array, ...]:
        ends = jnp.array([[low, high], [1.5, 9.0], [0.5, 9.0]], jnp.float64).T
        drawn = random.uniform(key, (3,), jnp.float64, *ends)
        return drawn[0], drawn[1], drawn[2]

    return example


CONCEPTS = (
    Concept(
        chndtr,
        example=_draw(2.0, 12.0),
        derivatives=(Derivative(chndtr_gradient, "gradient", argnum=(0, 1, 2)),),
        oracle="scipy.stats.ncx2.cdf",
    ),
    Concept(
        chndtrc,
        example=_draw(2.0, 12.0),
        derivatives=(Derivative(chndtrc_gradient, "gradient", argnum=(0, 1, 2)),),
        oracle="scipy.stats.ncx2.sf",
    ),
    Concept(
        chndtrix,
        example=_draw(0.1, 0.9),
        derivatives=(Derivative(chndtrix_gradient, "gradient", argnum=(0, 1, 2)),),
        oracle="scipy.stats.ncx2.ppf",
    ),
)
