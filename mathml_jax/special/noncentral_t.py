"""The noncentral t law: Student's statistic where the null hypothesis is false."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special import _noncentral_t_law as law
from mathml_jax.special._noncentral_t_edges import edge_value, quantile, safe, tails

Numbers = Real[ArrayLike, "*#shape"]


@jax.jit
def nctdtr(df: Numbers, nc: Numbers, t: Numbers) -> Float[Array, "*shape"]:
    r"""Probability that a variable of the noncentral t law is at most t.

    .. math::

        F(t) = P\left( \frac{Z + \delta}{\sqrt{V / \nu}} \le t \right)
        = \int_0^\infty \Phi(t s - \delta)\, g_\nu(s)\, ds

    where :math:`F(t)` is the probability :math:`P` of at most :math:`t`, :math:`Z` a standard normal variable,
    :math:`\delta` the noncentrality, :math:`V` an independent chi-square variable with :math:`\nu` degrees of
    freedom, :math:`g_\nu` the density of :math:`s = \sqrt{V / \nu}`, and :math:`\Phi` the normal probability. Gauss's
    rule about the peak of the integrand gives the smaller tail, so that neither is a difference.

    Why it matters: the power of a t-test, and the sample size that a power takes.

    Args:
      df: degrees of freedom, positive, inf for the normal law; any shape.
      nc: noncentralities, any real numbers, broadcast against `df`.
      t: real numbers, broadcast against the others.

    Returns:
      Probabilities of the common shape; NaN unless df > 0. Right to about 1e-13 of themselves, also with few
      degrees of freedom. Autodiff follows a rule of its own: the integrals of the derivatives.

    References:
      Johnson and Welch, "Applications of the non-central t-distribution", 1940.

    >>> f"{nctdtr(10.0, 2.0, 1.812):.4f}"
    '0.4137'
    """
    given = as_broadcast(df, nc, t)
    return _below(*map(widened, given)).astype(given[0].dtype)


def nctdtr_derivative(df: Numbers, nc: Numbers, t: Numbers) -> Float[Array, "*shape"]:
    r"""Derivative of `nctdtr` in t: the density.

    .. math::

        F'(t) = \int_0^\infty s\, \varphi(t s - \delta)\, g_\nu(s)\, ds
    """
    given = as_broadcast(df, nc, t)
    df, nc, t = map(widened, given)
    plain, *inner = safe(df, nc, t)
    density = jnp.exp(law.log_density(*inner, jnp.ones_like(t)))
    return jnp.where(plain, density, edge_value(df, nc, t, 0.0, 0.0)).astype(given[0].dtype)


@jax.jit
def nctdtrit(df: Numbers, nc: Numbers, p: Numbers) -> Float[Array, "*shape"]:
    r"""Point below which a variable of the noncentral t law falls with probability p: the inverse of `nctdtr`.

    .. math::

        F\bigl(F^{-1}(p)\bigr) = p

    where :math:`F` is the probability of at most its argument, for so many degrees of freedom and that noncentrality,
    :math:`p` the probability that is asked for, and :math:`F^{-1}(p)` the result, by Newton's iteration for the
    logarithm of the smaller tail.

    Why it matters: confidence intervals of standardised effects, tolerance limits of a normal law.

    Args:
      df: degrees of freedom, positive, inf for the normal law; any shape.
      nc: noncentralities, any real numbers, broadcast against `df`.
      p: probabilities, broadcast against the others.

    Returns:
      Quantiles of the common shape; -inf at 0 and inf at 1; NaN outside [0, 1] and unless df > 0. Quantiles
      beyond 1e130 (float32: 1e14) come as about that. Autodiff follows the rule of an implicit function.

    References:
      Johnson and Welch, "Applications of the non-central t-distribution", 1940.

    >>> f"{nctdtrit(10.0, 2.0, 0.95):.4f}"
    '4.3575'
    """
    given = as_broadcast(df, nc, p)
    df, nc, p = map(widened, given)
    return quantile(df, nc, p, 1 - p).astype(given[0].dtype)


def nctdtrit_derivative(df: Numbers, nc: Numbers, p: Numbers) -> Float[Array, "*shape"]:
    r"""Derivative of `nctdtrit` in p: one over the density at the quantile.

    .. math::

        \frac{d}{dp} F^{-1}(p) = \frac{1}{F'(t)}, \qquad t = F^{-1}(p)
    """
    given = as_broadcast(df, nc, p)
    df, nc, p = map(widened, given)
    return (1 / nctdtr_derivative(df, nc, quantile(df, nc, p, 1 - p))).astype(given[0].dtype)


def _below(df: Array, nc: Array, t: Array) -> Array:
    return tails(df, nc, t).lower


def _example(low: float, high: float):
    def example(key: Array) -> tuple[Array, ...]:
        ranges = (2.0, 20.0), (-2.0, 3.0), (low, high)
        keys = random.split(key, 3)
        return tuple(random.uniform(k, (2,), jnp.float64, *ends) for k, ends in zip(keys, ranges, strict=True))

    return example


CONCEPTS = (
    Concept(
        nctdtr,
        example=_example(-2.0, 4.0),
        derivatives=(Derivative(nctdtr_derivative, "derivative", argnum=2),),
        oracle="scipy.special.nctdtr",
    ),
    Concept(
        nctdtrit,
        example=_example(0.05, 0.95),
        derivatives=(Derivative(nctdtrit_derivative, "derivative", argnum=2),),
        oracle="scipy.special.nctdtrit",
    ),
)
