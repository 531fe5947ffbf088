"""The inverses of the error function and of its complement, and the normal quantile of a logarithm."""

import math

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._normal_quantile import quantile, slope
from mathml_jax.special.error import log_ndtr, log_ndtr_derivative, ndtri

_ROOT_TWO = math.sqrt(2)


@jax.jit
def erfinv(y: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Inverse of the error function.

    .. math::

        \frac{2}{\sqrt{\pi}} \int_0^x e^{-t^2} dt = y

    where :math:`x` is the result, :math:`y` the value of the error function and :math:`t` the variable of integration.

    Why it matters: quantiles of a symmetric error around zero, without the rounding of (1 + y) / 2.

    Args:
      y: numbers from -1 to 1, any shape.

    Returns:
      Numbers of the same shape; -inf at -1, inf at 1, NaN outside. Autodiff follows the rule of `erfinv_derivative`.

    References:
      Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988.

    >>> erfinv(jnp.array([0.0, 0.5, 1.0])).round(2).tolist()
    [0.0, 0.48, inf]
    """
    y = as_float(y)
    return _erfinv(widened(y)).astype(y.dtype)


def erfinv_derivative(y: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `erfinv`.

    .. math::

        \frac{dx}{dy} = \frac{\sqrt{\pi}}{2} e^{x^2}
    """
    y = as_float(y)
    return _erfinv_slope(widened(y)).astype(y.dtype)


@jax.custom_jvp
def _erfinv(y: Array) -> Array:
    return quantile(y / 2, (1 - jnp.abs(y)) / 2) / _ROOT_TWO


@_erfinv.defjvp
def _erfinv_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return _erfinv(*primals), _erfinv_slope(*primals) * tangents[0]


def _erfinv_slope(y: Array) -> Array:
    tail = (1 - jnp.where(y < 0, -y, y)) / 2
    return slope(quantile(y / 2, tail), tail) / (2 * _ROOT_TWO)


@jax.jit
def erfcinv(y: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Inverse of the complement of the error function, exact for the smallest y.

    .. math::

        \frac{2}{\sqrt{\pi}} \int_x^\infty e^{-t^2} dt = y

    where :math:`x` is the result, :math:`y` the value of the complement and :math:`t` the variable of integration.

    Why it matters: bit-error rates ask how large a signal must be for an error of one in a trillion.

    Args:
      y: numbers from 0 to 2, any shape.

    Returns:
      Numbers of the same shape; inf at 0, -inf at 2, NaN outside. Autodiff follows the rule of `ndtri_derivative`.

    References:
      Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988.

    >>> f"{erfcinv(1e-12).item():.4f}"
    '5.0420'
    """
    y = as_float(y)
    return -ndtri(y / 2) / _ROOT_TWO


def erfcinv_derivative(y: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `erfcinv`.

    .. math::

        \frac{dx}{dy} = -\frac{\sqrt{\pi}}{2} e^{x^2}
    """
    y = as_float(y)
    p = widened(y) / 2
    return (-slope(ndtri(p), jnp.minimum(p, 1 - p)) / (2 * _ROOT_TWO)).astype(y.dtype)


@jax.jit
def ndtri_exp(y: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Point below which a standard normal variable falls with a probability whose logarithm is y.

    .. math::

        \log \Phi(x) = y

    where :math:`\Phi(x)` is the normal probability of at most :math:`x`, the result, and :math:`y` its logarithm.
    Where the probability would underflow, Newton's method inverts the logarithm itself.

    Why it matters: quantiles of probabilities too small for a float, as they come out of `log_ndtr`.

    Args:
      y: logarithms of probabilities, from -inf to 0, any shape.

    Returns:
      Quantiles of the same shape; -inf at -inf, inf at 0, NaN above. Autodiff follows the rule of
      `ndtri_exp_derivative`.

    References:
      Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988.

    >>> f"{ndtri_exp(-1e6).item():.4f}"
    '-1414.2078'
    """
    y = as_float(y)
    return _ndtri_exp(widened(y)).astype(y.dtype)


def ndtri_exp_derivative(y: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `ndtri_exp`.

    .. math::

        \frac{dx}{dy} = \frac{\Phi(x)}{\varphi(x)}
    """
    y = as_float(y)
    wide = widened(y)
    return _ndtri_exp_slope(wide, _ndtri_exp(wide)).astype(y.dtype)


@jax.custom_jvp
def _ndtri_exp(y: Array) -> Array:
    far, near_one = y < -10, y > -0.5
    direct = ndtri(jnp.exp(jnp.where(far | near_one, -1.0, y)))
    upper = -ndtri(-jnp.expm1(jnp.where(near_one, y, -1.0)))
    lower = jnp.where(y == -jnp.inf, y, _far(jnp.where(far & (y > -jnp.inf), y, -20.0)))
    return nan_unless(y <= 0, y) * jnp.where(far, lower, jnp.where(near_one, upper, direct))


@_ndtri_exp.defjvp
def _ndtri_exp_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    x = _ndtri_exp(*primals)
    return x, _ndtri_exp_slope(*primals, x) * tangents[0]


def _ndtri_exp_slope(y: Array, x: Array) -> Array:
    """The Mills ratio in the lower tail, which rounding of x hardly moves; above it, that of the probability."""
    far = y < -10
    p, tail = jnp.exp(y), jnp.where(x < 0, jnp.exp(y), -jnp.expm1(y))
    return jnp.where(far, 1 / log_ndtr_derivative(x), p * slope(jnp.where(far, -1.0, x), jnp.where(far, 0.15, tail)))


def _far(y: Array) -> Array:
    """Newton's method on the logarithm, from the leading terms of its tail."""
    square = -2 * y
    x = -jnp.sqrt(square - jnp.log(2 * math.pi * square))

    def step(_: Array, x: Array) -> Array:
        return x - (log_ndtr(x) - y) / log_ndtr_derivative(x)

    return jax.lax.fori_loop(0, 4, step, x)


CONCEPTS = (
    Concept(
        erfinv,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, -0.99, 0.99),),
        derivatives=(Derivative(erfinv_derivative, "derivative"),),
        oracle="scipy.special.erfinv",
    ),
    Concept(
        erfcinv,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.01, 1.99),),
        derivatives=(Derivative(erfcinv_derivative, "derivative"),),
        oracle="scipy.special.erfcinv",
    ),
    Concept(
        ndtri_exp,
        example=lambda key: (-10 * random.uniform(key, (5,), jnp.float64, 0.01, 3.0),),
        derivatives=(Derivative(ndtri_exp_derivative, "derivative"),),
        oracle="scipy.special.ndtri_exp",
    ),
)
