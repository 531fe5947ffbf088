"""Products with logarithms, whose limits at zero are zero: the terms of entropies and divergences."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float
from mathml_jax._concept import Concept, Derivative
from mathml_jax.fundamentals._quotient import log_quotient
from mathml_jax.special._stirling import log1pmx


@jax.jit
def xlogy(x: Real[ArrayLike, "*#shape"], y: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Product of a number and a logarithm, 0 where the number is 0.

    .. math::

        x \log y

    where :math:`x` is the factor and :math:`y` the number whose logarithm is taken.

    Why it matters: log-likelihoods of counts, in which a class never seen adds nothing however improbable it is.

    Args:
      x: factors, any shape.
      y: numbers, zero or positive, broadcast against `x`.

    Returns:
      Products of the broadcast shape; 0 where x is 0, unless y is NaN; the derivatives there are log y and 0.

    References:
      Cover and Thomas, "Elements of information theory", 2006, section 2.1.

    >>> xlogy(jnp.array([0.0, 2.0]), jnp.array([0.0, 1.0])).tolist()
    [0.0, 0.0]
    """
    x, y = as_broadcast(x, y)
    none = (x == 0) & ~jnp.isnan(y)
    safe = jnp.where(none & ((y <= 0) | (y == jnp.inf)), 1.0, y)
    return x * jnp.log(safe)


def xlogy_derivative(x: Real[ArrayLike, "*#shape"], y: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `xlogy` in y.

    .. math::

        \frac{\partial}{\partial y} x \log y = \frac{x}{y}
    """
    x, y = as_broadcast(x, y)
    return jnp.where(x == 0, 0.0, x / jnp.where(x == 0, 1.0, y))


@jax.jit
def entr(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""One term of an entropy.

    .. math::

        -x \log x

    where :math:`x` is a probability.

    Why it matters: summed over the classes it is the entropy in nats.

    Args:
      x: probabilities, any shape.

    Returns:
      Terms of the same shape; 0 at 0, with derivative inf; -inf below 0.

    References:
      Shannon, "A mathematical theory of communication", 1948.

    >>> [f"{term:.3f}" for term in entr(jnp.array([0.0, 0.5]))]
    ['0.000', '0.347']
    """
    x = as_float(x)
    inside = x > 0
    none = jnp.where(x == 0, 0.0 - _slope_at_zero(x), -jnp.inf)
    return jnp.where(jnp.isnan(x), x, jnp.where(inside, -x * jnp.log(jnp.where(inside, x, 1.0)), none))


def entr_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `entr`.

    .. math::

        \frac{d}{dx} (-x \log x) = -1 - \log x
    """
    return -1 - jnp.log(as_float(x))


@jax.custom_jvp
def _slope_at_zero(x: Array) -> Array:
    """Zero, with derivative -inf: x log x at 0."""
    return jnp.zeros_like(x)


@_slope_at_zero.defjvp
def _slope_at_zero_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return jnp.zeros_like(primals[0]), jnp.where(primals[0] == 0, -jnp.inf, jnp.zeros_like(primals[0])) * tangents[0]


@jax.jit
def rel_entr(x: Real[ArrayLike, "*#shape"], y: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""One term of a relative entropy.

    .. math::

        x \log \frac{x}{y}

    where :math:`x` is the true probability and :math:`y` the assumed one.

    Why it matters: summed over the classes it is the Kullback-Leibler divergence.

    Args:
      x: true probabilities, any shape.
      y: assumed probabilities, broadcast against `x`.

    Returns:
      Terms of the broadcast shape; 0 where x is 0 and y is not negative, inf where y is 0 and x is not or where one of
      them is negative.

    References:
      Kullback and Leibler, "On information and sufficiency", 1951.

    >>> f"{rel_entr(0.5, 0.25):.4f}"
    '0.3466'
    """
    x, y = as_broadcast(x, y)
    both, none = (x > 0) & (y > 0), (x == 0) & (y >= 0)
    p, q = jnp.where(both, x, 1.0), jnp.where(both, y, 1.0)
    value = jnp.where(both, p * _log_quotient(p, q), jnp.where(none, jnp.zeros_like(x), jnp.inf))
    return jnp.where(jnp.isnan(x) | jnp.isnan(y), jnp.nan, value)


def rel_entr_derivative(x: Real[ArrayLike, "*#shape"], y: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `rel_entr` in the assumed probability.

    .. math::

        \frac{\partial}{\partial y} x \log \frac{x}{y} = -\frac{x}{y}
    """
    x, y = as_broadcast(x, y)
    return -x / y


def _log_quotient(p: Array, q: Array) -> Array:
    """The logarithm of a quotient that neither overflows nor rounds near one."""
    finite = jnp.isfinite(p) & jnp.isfinite(q)
    high, low = log_quotient(jnp.where(finite, p, 1.0), jnp.where(finite, q, 1.0))
    return jnp.where(finite, high + low, jnp.log(p) - jnp.log(q))


@jax.jit
def kl_div(x: Real[ArrayLike, "*#shape"], y: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""One term of the divergence of measures that need not add up to one.

    .. math::

        x \log \frac{x}{y} - x + y

    where :math:`x` is the true mass and :math:`y` the assumed one. Near equality it is computed as
    :math:`-x (\log(1 + e) - e)` with :math:`e = (y - x) / x`, where nothing cancels.

    Why it matters: never negative, and convex in both arguments; for probabilities it sums up to what `rel_entr` does.

    Args:
      x: true masses, any shape.
      y: assumed masses, broadcast against `x`.

    Returns:
      Terms of the broadcast shape; y where x is 0, inf where y is 0 and x is not or where one of them is negative.

    References:
      Boyd and Vandenberghe, "Convex optimization", 2004, section 3.1.5.

    >>> f"{kl_div(1.0, 2.0):.4f}"
    '0.3069'
    """
    x, y = as_broadcast(x, y)
    near = (x > 0) & (y > x / 4) & (y < 8 * x) & (x < jnp.inf)
    p, q = jnp.where(near, x, 1.0), jnp.where(near, y, 1.0)
    apart = rel_entr(jnp.where(near, 1.0, x), jnp.where(near, 1.0, y)) + jnp.where((x >= 0) & (y >= 0), y - x, 0.0)
    return jnp.where(near, -p * log1pmx((q - p) / p), apart)


def kl_div_derivative(x: Real[ArrayLike, "*#shape"], y: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `kl_div` in the assumed mass.

    .. math::

        \frac{\partial}{\partial y} \left(x \log \frac{x}{y} - x + y\right) = \frac{y - x}{y}
    """
    x, y = as_broadcast(x, y)
    return (y - x) / y


def _pair(key: Array) -> tuple[Array, Array]:
    x, y = random.uniform(key, (2, 5), jnp.float64, 0.1, 2.0)
    return x, y


CONCEPTS = (
    Concept(
        xlogy,
        example=_pair,
        derivatives=(Derivative(xlogy_derivative, "derivative", argnum=1),),
        oracle="scipy.special.xlogy",
    ),
    Concept(
        entr,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.1, 0.9),),
        derivatives=(Derivative(entr_derivative, "derivative"),),
        oracle=lambda x: -x * np.log(x),
    ),
    Concept(
        rel_entr,
        example=_pair,
        derivatives=(Derivative(rel_entr_derivative, "derivative", argnum=1),),
        oracle="scipy.special.rel_entr",
    ),
    Concept(
        kl_div,
        example=_pair,
        derivatives=(Derivative(kl_div_derivative, "derivative", argnum=1),),
        oracle="scipy.special.kl_div",
    ),
)
