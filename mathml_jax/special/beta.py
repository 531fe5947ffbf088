"""The logarithm of the beta function, right where its arguments differ by many powers of ten."""

import math

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._rising import digamma_rise, log1p, log_rising, remainder_difference
from mathml_jax.special._stirling import stirling_remainder

_FEW = 10.0


@jax.jit
def betaln(a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Logarithm of the beta function.

    .. math::

        \log B(a, b) = \log \int_0^1 t^{a-1} (1 - t)^{b-1}\, dt = \log \frac{\Gamma(a)\, \Gamma(b)}{\Gamma(a + b)}

    where :math:`B(a, b)` is the beta function of the shape parameters :math:`a` and :math:`b`, :math:`t` runs over the
    probabilities, and :math:`\Gamma` is the gamma function. For a = 1 and b = 1e8 the logarithms of the two large
    gammas agree in their first nine digits; so their quotient is taken as one function, by Stirling's formula and the
    difference of what that leaves over.

    Why it matters: it normalises the beta, F and t distributions, and counts: one over (n + 1) B(k + 1, n - k + 1) is
    the binomial coefficient.

    Args:
      a: positive, any shape.
      b: positive, of a shape that broadcasts with that of a.

    Returns:
      Logarithms, of the common shape; inf where a parameter is 0, -inf where one is inf; NaN for negative ones.

    References:
      Didonato and Morris, "Algorithm 708: significant digit computation of the incomplete beta function ratios", 1992.

    >>> betaln(1.0, jnp.array([1.0, 1e8])).round(4).tolist()
    [0.0, -18.4207]
    """
    a, b = as_broadcast(a, b)
    small, large = widened(jnp.minimum(a, b)), widened(jnp.maximum(a, b))
    inside = (small > 0) & jnp.isfinite(large)
    s, t = jnp.where(inside, small, 1.0), jnp.where(inside, large, 1.0)
    few = s < _FEW
    value = jnp.where(few, _of_few(jnp.where(few, s, 1.0), t), _of_many(jnp.where(few, _FEW, s), jnp.maximum(t, _FEW)))
    edge = jnp.where(small == 0, jnp.full_like(s, jnp.inf), -jnp.inf) * nan_unless(small >= 0, s)
    return jnp.where(inside, value, edge).astype(a.dtype)


def betaln_derivative(a: Real[ArrayLike, "*#shape"], b: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `betaln` in a; it is symmetric, so that the one in b is this with a and b exchanged.

    .. math::

        \frac{\partial}{\partial a} \log B(a, b) = \psi(a) - \psi(a + b)
        = -\sum_{k=0}^\infty \frac{b}{(a + k)(a + k + b)}
    """
    a, b = as_broadcast(a, b)
    return -digamma_rise(widened(a), widened(b)).astype(a.dtype)


def _of_few(s: Array, t: Array) -> Array:
    """For s up to 10: the gamma function at s over the rising factorial of t."""
    return (log_rising(jnp.ones_like(s), s) - jnp.log(s)) - log_rising(t, s)


def _of_many(s: Array, t: Array) -> Array:
    """For s <= t, both from 10: Stirling's formula for all three."""
    ratio = log1p(s / t)
    share = (s - 0.5) * (jnp.log(s / t) - ratio) - t * ratio
    beyond = stirling_remainder(s) - remainder_difference(t, s)
    return share + (math.log(2 * math.pi) / 2 - jnp.log(t) / 2 + beyond)


CONCEPTS = (
    Concept(
        betaln,
        example=lambda key: tuple(random.uniform(k, (4,), jnp.float64, 0.2, 20.0) for k in random.split(key)),
        derivatives=(Derivative(betaln_derivative, "derivative"),),
        oracle="scipy.special.betaln",
    ),
)
