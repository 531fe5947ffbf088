"""Quantiles of the beta law: the inverses of the incomplete beta function and of its complement."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._beta_quantile import beta_quantile
from mathml_jax.special._beta_tail import beta_density
from mathml_jax.special._blocks import in_blocks


@jax.jit
def betaincinv(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], p: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Point below which a beta variable falls with probability p: the inverse of `betainc`.

    .. math::

        I_x(a, b) = p

    where :math:`I_x(a, b)` is the probability of at most :math:`x` under the shape parameters :math:`a` and :math:`b`,
    and :math:`p` the probability that is asked for. Halley's iteration runs in the log-odds of x on the logarithm of
    the smaller tail, a concave function between two straight lines, and stops when all is found or after 12 steps.

    Why it matters: exact intervals of proportions (Clopper and Pearson), and credible ones.

    Args:
      a: positive, any shape.
      b: positive, of a shape that broadcasts with that of a.
      p: probabilities, of a shape that broadcasts with the others.

    Returns:
      Quantiles of the common shape; NaN outside the domain. Quantiles below the smallest normal number come as about
      that. Autodiff follows a rule of its own, that of an implicit function.

    References:
      Halley, "Methodus nova accurata et facilis inveniendi radices aequationum quarumcumque generaliter", 1694.

    >>> betaincinv(2, 3, jnp.array([0.0, 0.6875, 1.0])).round(6).tolist()
    [0.0, 0.5, 1.0]
    """
    a, b, p = as_broadcast(a, b, p)
    wide = widened(p)
    return _quantile(a, b, wide, 1 - wide).astype(p.dtype)


def betaincinv_derivative(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], p: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `betaincinv` in p: one over the density at the quantile.

    .. math::

        \frac{\partial x}{\partial p} = B(a, b)\, x^{1 - a} (1 - x)^{1 - b}
    """
    a, b, p = as_broadcast(a, b, p)
    wide = widened(p)
    return _slope(a, b, wide, 1 - wide).astype(p.dtype)


@jax.jit
def betainccinv(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], q: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Point above which a beta variable falls with probability q: the inverse of `betaincc`.

    .. math::

        1 - I_x(a, b) = q

    where :math:`I_x(a, b)` is the probability of at most :math:`x` under the shape parameters :math:`a` and :math:`b`,
    and :math:`q` the probability above x, which may be far smaller than what 1 - q could show.

    Why it matters: critical values at levels such as 1e-20, which genome-wide tests ask for.

    Args:
      a: positive, any shape.
      b: positive, of a shape that broadcasts with that of a.
      q: probabilities, of a shape that broadcasts with the others.

    Returns:
      Quantiles of the common shape; NaN outside the domain. Autodiff follows the same rule as for `betaincinv`.

    References:
      Halley, "Methodus nova accurata et facilis inveniendi radices aequationum quarumcumque generaliter", 1694.

    >>> betainccinv(2, 3, jnp.array([0.0, 0.3125, 1.0])).round(6).tolist()
    [1.0, 0.5, 0.0]
    """
    a, b, q = as_broadcast(a, b, q)
    wide = widened(q)
    return _quantile(a, b, 1 - wide, wide).astype(q.dtype)


def betainccinv_derivative(
    a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"], q: Real[ArrayLike, "*#shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `betainccinv` in q: less one over the density at the quantile.

    .. math::

        \frac{\partial x}{\partial q} = -B(a, b)\, x^{1 - a} (1 - x)^{1 - b}
    """
    a, b, q = as_broadcast(a, b, q)
    wide = widened(q)
    return -_slope(a, b, 1 - wide, wide).astype(q.dtype)


def _quantile(a: Array, b: Array, p: Array, q: Array) -> Array:
    return in_blocks(lambda *at: beta_quantile(*at)[0], widened(a), widened(b), p, q)


@jax.jit
def _slope(a: Array, b: Array, p: Array, q: Array) -> Array:
    shapes = widened(a), widened(b)
    return 1 / beta_density(*shapes, *beta_quantile(*shapes, p, q))


def _example(key: Array) -> tuple[Array, Array, Array]:
    a, b, p = random.split(key, 3)
    shapes = [random.uniform(k, (2,), jnp.float64, 0.7, 8.0) for k in (a, b)]
    return shapes[0], shapes[1], random.uniform(p, (2,), jnp.float64, 0.05, 0.95)


CONCEPTS = (
    Concept(
        betaincinv,
        example=_example,
        derivatives=(Derivative(betaincinv_derivative, "derivative", argnum=2),),
        oracle="scipy.special.betaincinv",
    ),
    Concept(
        betainccinv,
        example=_example,
        derivatives=(Derivative(betainccinv_derivative, "derivative", argnum=2),),
        oracle="scipy.special.betainccinv",
    ),
)
