"""Owen's T function: the normal law of the plane over a wedge, from which skew and bivariate laws are made."""

import math

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax._rounding import product_in_parts
from mathml_jax.special._mills import bell
from mathml_jax.special._wedge import half, wedges

_ROOT_TWO_PI = math.sqrt(2 * math.pi)


@jax.jit
def owens_t(h: Real[ArrayLike, "*#batch"], a: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Probability that X > h and 0 < Y < a X, for two independent standard normal variables.

    .. math::

        T(h, a) = \frac{1}{2\pi} \int_0^a \frac{e^{-h^2 (1 + t^2)/2}}{1 + t^2}\, dt

    where :math:`T(h, a)` is the probability, :math:`h` the distance of a vertical line from the origin, :math:`a` the
    slope of a line through it and :math:`t` runs over the slopes up to a. Gauss's rule sums it, for slopes above 1
    what lies beyond them: nothing cancels.

    Why it matters: the distribution function of the skew-normal law, and of two correlated normal variables.

    Args:
      h: distances, real, any shape.
      a: slopes, real, broadcast against `h`.

    Returns:
      Probabilities of the broadcast shape, even in h and odd in a; 0 for an infinite h, and for an infinite a half the
      tail beyond h. Autodiff follows the formulas of `owens_t_derivative` and `owens_t_slope_derivative`.

    References:
      Owen, "Tables for computing bivariate normal probabilities", 1956.

    >>> f"{owens_t(0.0, 1.0):.4f}"
    '0.1250'
    """
    h, a = as_broadcast(h, a)
    return _owens_t(widened(h), widened(a)).astype(h.dtype)


def owens_t_derivative(h: Real[ArrayLike, "*#batch"], a: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `owens_t` in h.

    .. math::

        \frac{\partial T}{\partial h} = -\varphi(h) \Bigl( \Phi(a h) - \frac{1}{2} \Bigr)
    """
    h, a = as_broadcast(h, a)
    return _in_distance(widened(h), widened(a)).astype(h.dtype)


def owens_t_slope_derivative(h: Real[ArrayLike, "*#batch"], a: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `owens_t` in a.

    .. math::

        \frac{\partial T}{\partial a} = \frac{e^{-h^2 (1 + a^2)/2}}{2 \pi (1 + a^2)}
    """
    h, a = as_broadcast(h, a)
    return _in_slope(widened(h), widened(a)).astype(h.dtype)


def _in_distance(h: Array, a: Array) -> Array:
    nowhere = jnp.isinf(h)
    h = jnp.where(nowhere, 0.0, h)
    return jnp.where(nowhere, 0.0, bell(h, -half(_finite(a) * h) / _ROOT_TWO_PI))


def _in_slope(h: Array, a: Array) -> Array:
    slope = _finite(a)
    one_more = jnp.where(jnp.isinf(a), 0.0, 1 / (2 * math.pi) / (1 + slope * slope))
    product, lost = product_in_parts(slope, jnp.clip(h, -60.0, 60.0))
    # The square of the product wants the digits that its rounding lost.
    rest = jax.lax.stop_gradient(jnp.where(jnp.abs(product) < 60, product * lost, 0.0))
    return bell(h, bell(product, one_more * jnp.exp(-rest)))


def _finite(a: Array) -> Array:
    """The slope, as far as its square is finite."""
    large = math.sqrt(jnp.finfo(a.dtype).max)
    return jnp.clip(a, -large, large)


@jax.custom_jvp
def _owens_t(h: Array, a: Array) -> Array:
    distance, slope = jnp.abs(h), jnp.abs(a)
    size = bell(distance, wedges(distance, slope).owen)
    return jnp.where(a < 0, -size, size)


@_owens_t.defjvp
def _owens_t_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    return _owens_t(*primals), _in_distance(*primals) * tangents[0] + _in_slope(*primals) * tangents[1]


CONCEPTS = (
    Concept(
        owens_t,
        example=lambda key: tuple(1.5 * random.normal(key, (2, 5), jnp.float64)),
        derivatives=(
            Derivative(owens_t_derivative, "derivative"),
            Derivative(owens_t_slope_derivative, "derivative", argnum=1),
        ),
        oracle="scipy.special.owens_t",
    ),
)
