"""The noncentral F law: its two tails and its quantiles, with derivatives in every argument."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import _noncentral_f_law as law
from mathml_jax.special._noncentral_f_quantile import quantile, quantile_slopes

Numbers = Real[ArrayLike, "*#shape"]
Result = Float[Array, "*shape"]
Gradient = tuple[Result, Result, Result, Result]


@jax.jit
def ncfdtr(dfn: Numbers, dfd: Numbers, nc: Numbers, f: Numbers) -> Result:
    r"""Probability that a variable of the noncentral F law is at most f.

    .. math::

        F(x; n, m, \delta) = \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        I_u\Bigl( \frac{n}{2} + j, \frac{m}{2} \Bigr), \qquad u = \frac{n x}{n x + m}

    where :math:`F(x; n, m, \delta)` is the probability that the mean of :math:`n` squares of normal variables of unit
    variance, whose means have :math:`\delta` as their sum of squares, is at most :math:`x` times the mean of :math:`m`
    squares of such variables of mean 0; :math:`I_u` is the regularised incomplete beta function at the share :math:`u`,
    :math:`j` runs over the counts and :math:`e` is Euler's number. The sum is never formed: an integral along a path of
    steepest descent has every digit by a rule of 80 nodes, however large the noncentrality is, and the smaller tail is
    the one that is computed.

    Why it matters: how often an analysis of variance misses an effect of a given size: one minus its power.

    Args:
      dfn: degrees of freedom above, positive, any shape.
      dfd: degrees of freedom below, positive, broadcast against `dfn`.
      nc: noncentralities, zero or positive, broadcast against `dfn`; 0 for the central law.
      f: values, broadcast against `dfn`.

    Returns:
      Probabilities of the common shape; 0 at f = 0 and 1 at inf; NaN unless f >= 0, dfn > 0, dfd > 0 and nc >= 0, the
      last three finite. Right to the last digits from one degree of freedom on, to 1e-7 where both have only 0.1.
      Autodiff follows a rule of its own, the formulas of `ncfdtr_gradient`.

    References:
      Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 30.

    >>> f"{ncfdtr(3.0, 20.0, 12.0, 3.0984):.4f}"  # misses of a test at the level 0.05 with four groups of six
    '0.2454'
    """
    return _evaluated(law.lower, dfn, dfd, nc, f)


def ncfdtr_gradient(dfn: Numbers, dfd: Numbers, nc: Numbers, f: Numbers) -> Gradient:
    r"""Derivatives of `ncfdtr` in its arguments: integrals of the kind of the probability, the last one the density.

    .. math::

        \begin{aligned}
        \frac{\partial F}{\partial n} &= \frac{x}{n} \frac{\partial F}{\partial x}
        - \frac{1}{4 \pi i} \int e^{\phi(t)} \frac{\log t}{t - 1}\, dt, \qquad
        \frac{\partial F}{\partial m} = -\frac{x}{m} \frac{\partial F}{\partial x}
        - \frac{1}{4 \pi i} \int e^{\phi(t)} \log\Bigl( \frac{1 - u t}{1 - u} \Bigr) \frac{dt}{t - 1}, \\
        \frac{\partial F}{\partial \delta} &= -\frac{1}{4 \pi i} \int e^{\phi(t)} \frac{dt}{t}, \qquad
        \frac{\partial F}{\partial x} = \frac{1}{2 \pi i x} \int e^{\phi(t)} \Bigl( \frac{n}{2} + \frac{\delta}{2 t}
        \Bigr) \frac{dt}{t}, \qquad
        \phi(t) = -\frac{n}{2} \log t - \frac{m}{2} \log \frac{1 - u t}{1 - u} + \frac{\delta}{2} \Bigl( \frac{1}{t}
        - 1 \Bigr)
        \end{aligned}
    """
    return _gradient(law.lower_slopes, dfn, dfd, nc, f)


@jax.jit
def ncfdtrc(dfn: Numbers, dfd: Numbers, nc: Numbers, f: Numbers) -> Result:
    r"""Probability that a variable of the noncentral F law exceeds f: the complement of `ncfdtr`, never by subtraction.

    .. math::

        S(x; n, m, \delta) = \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        I_v\Bigl( \frac{m}{2}, \frac{n}{2} + j \Bigr), \qquad v = \frac{m}{n x + m}

    where :math:`S(x; n, m, \delta)` is the probability of more than :math:`x` with :math:`n` degrees of freedom above,
    :math:`m` below and the noncentrality :math:`\delta`; :math:`I_v` is the regularised incomplete beta function at the
    share :math:`v`, :math:`j` runs over the counts and :math:`e` is Euler's number.

    Why it matters: the power of an analysis of variance, whose derivative in nc says what a larger sample is worth.

    Args:
      dfn: degrees of freedom above, positive, any shape.
      dfd: degrees of freedom below, positive, broadcast against `dfn`.
      nc: noncentralities, zero or positive, broadcast against `dfn`; 0 for the central law.
      f: values, broadcast against `dfn`.

    Returns:
      Probabilities of the common shape; 1 at f = 0 and 0 at inf; NaN unless f >= 0, dfn > 0, dfd > 0 and nc >= 0, the
      last three finite. Autodiff follows a rule of its own, the formulas of `ncfdtrc_gradient`.

    References:
      Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 30.

    >>> f"{ncfdtrc(3.0, 20.0, 12.0, 3.0984):.4f}"  # the power of a test at the level 0.05 with four groups of six
    '0.7546'
    """
    return _evaluated(law.upper, dfn, dfd, nc, f)


def ncfdtrc_gradient(dfn: Numbers, dfd: Numbers, nc: Numbers, f: Numbers) -> Gradient:
    r"""Derivatives of `ncfdtrc` in its arguments: less those of `ncfdtr`.

    .. math::

        \nabla S = -\nabla F
    """
    return _gradient(law.upper_slopes, dfn, dfd, nc, f)


@jax.jit
def ncfdtri(dfn: Numbers, dfd: Numbers, nc: Numbers, p: Numbers) -> Result:
    r"""Point below which a variable of the noncentral F law falls with probability p: the inverse of `ncfdtr` in f.

    .. math::

        F(x; n, m, \delta) = p

    where :math:`x` is the quantile, :math:`F(x; n, m, \delta)` the probability of at most x with :math:`n` degrees of
    freedom above, :math:`m` below and the noncentrality :math:`\delta`, and :math:`p` the one that is asked for.
    Newton's method for the exponent at the saddle gives the start, four steps of Halley's on the logarithm of the
    smaller tail the rest.

    Why it matters: the range in which the statistic of an analysis of variance is expected where there is an effect.

    Args:
      dfn: degrees of freedom above, positive, any shape.
      dfd: degrees of freedom below, positive, broadcast against `dfn`.
      nc: noncentralities, zero or positive, broadcast against `dfn`.
      p: probabilities, broadcast against `dfn`.

    Returns:
      Quantiles of the common shape; 0 at p = 0 and inf at p = 1; NaN for p outside [0, 1], and unless dfn > 0, dfd > 0
      and nc >= 0, all finite. Autodiff follows the implicit function theorem, a rule of its own.

    References:
      Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 30.

    >>> f"{ncfdtri(3.0, 20.0, 12.0, 0.5):.3f}"
    '4.810'
    """
    given = as_broadcast(dfn, dfd, nc, p)
    dfn, dfd, nc, level = map(widened, given)
    return quantile(dfn / 2, dfd / 2, nc / 2, level, 1 - level).astype(given[0].dtype)


def ncfdtri_gradient(dfn: Numbers, dfd: Numbers, nc: Numbers, p: Numbers) -> Gradient:
    r"""Derivatives of `ncfdtri` in its arguments: those of an implicit function.

    .. math::

        \frac{\partial x}{\partial p} = \Bigl( \frac{\partial F}{\partial x} \Bigr)^{-1}, \qquad
        \frac{\partial x}{\partial \theta} = -\frac{\partial F}{\partial \theta}
        \Bigl( \frac{\partial F}{\partial x} \Bigr)^{-1} \;\text{ for } \theta = n, m, \delta
    """
    given = as_broadcast(dfn, dfd, nc, p)
    dfn, dfd, nc, level = map(widened, given)
    own = dfn / 2, dfd / 2, nc / 2
    first, second, third, rise = quantile_slopes(*own, quantile(*own, level, 1 - level))
    slopes = first / 2, second / 2, third / 2, rise
    return _as_given(slopes, given[0])


def _as_given(slopes: Gradient, like: Array) -> Gradient:
    first, second, third, last = (slope.astype(like.dtype) for slope in slopes)
    return first, second, third, last


def _evaluated(function: Callable[..., Array], dfn: ArrayLike, dfd: ArrayLike, nc: ArrayLike, f: ArrayLike) -> Array:
    """The function of half of the parameters."""
    given = as_broadcast(dfn, dfd, nc, f)
    dfn, dfd, nc, x = map(widened, given)
    return function(dfn / 2, dfd / 2, nc / 2, x).astype(given[0].dtype)


def _gradient(
    slopes: Callable[..., law.Slopes], dfn: ArrayLike, dfd: ArrayLike, nc: ArrayLike, f: ArrayLike
) -> Gradient:
    given = as_broadcast(dfn, dfd, nc, f)
    dfn, dfd, nc, x = map(widened, given)
    first, second, third, last = slopes(dfn / 2, dfd / 2, nc / 2, x)
    return _as_given((first / 2, second / 2, third / 2, last), given[0])


def _complement(dfn: Any, dfd: Any, nc: Any, f: Any) -> Any:
    """By SciPy's family."""
    # Not at the top: it takes a second, which every import of the topic would take.
    import scipy.stats

    return scipy.stats.ncf.sf(f, dfn, dfd, nc)


def _draw(low: float, high: float) -> Callable[[Array], tuple[Array, ...]]:
    """Degrees of freedom, a noncentrality, and a value or a probability between two bounds."""

    def example(key: Array) -> tuple[Array, ...]:
        ends = jnp.array([[1.5, 9.0], [4.0, 20.0], [0.5, 9.0], [low, high]], jnp.float64).T
        drawn = random.uniform(key, (4,), jnp.float64, *ends)
        return drawn[0], drawn[1], drawn[2], drawn[3]

    return example


CONCEPTS = (
    Concept(
        ncfdtr,
        example=_draw(0.3, 5.0),
        derivatives=(Derivative(ncfdtr_gradient, "gradient", argnum=(0, 1, 2, 3)),),
        oracle="scipy.special.ncfdtr",
    ),
    Concept(
        ncfdtrc,
        example=_draw(0.3, 5.0),
        derivatives=(Derivative(ncfdtrc_gradient, "gradient", argnum=(0, 1, 2, 3)),),
        oracle=_complement,
    ),
    Concept(
        ncfdtri,
        example=_draw(0.1, 0.9),
        derivatives=(Derivative(ncfdtri_gradient, "gradient", argnum=(0, 1, 2, 3)),),
        oracle="scipy.special.ncfdtri",
    ),
)
