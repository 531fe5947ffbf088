"""The hyperbolic functions and their inverses, each beside its derivative."""

import math

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.calculus.exponentials import expm1, log1p


@jax.jit
def sinh(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The odd half of the exponential.

    .. math::

        \sinh x = \frac{e^x - e^{-x}}{2}

    where :math:`x` is a real number.

    Why it matters: with cosh it solves every equation in which the second derivative is the function itself.

    Args:
      x: real numbers, any shape.

    Returns:
      Values of the same shape; it overflows only where the result does.

    References:
      Lambert, "Mémoire sur quelques propriétés remarquables des quantités transcendantes", 1761.

    >>> sinh(jnp.array([0.0, jnp.log(2.0)])).round(3).tolist()
    [0.0, 0.75]
    """
    x = as_float(x)
    y = widened(x)
    size = _size(y)
    half = _half_exponential(size)
    far = half - jnp.exp(-size) / 2
    small = expm1(jnp.where(size < 1, y, 0.0))
    near = (small + small / (1 + small)) / 2
    return jnp.where(size < 1, near, jnp.where(y < 0, -far, far)).astype(x.dtype)


def sinh_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `sinh`.

    .. math::

        \frac{d}{dx} \sinh x = \cosh x
    """
    return cosh(x)


@jax.jit
def cosh(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The even half of the exponential.

    .. math::

        \cosh x = \frac{e^x + e^{-x}}{2}

    where :math:`x` is a real number.

    Why it matters: the shape of a hanging chain, and, by its logarithm, a loss between square and absolute value.

    Args:
      x: real numbers, any shape.

    Returns:
      Values from 1, of the same shape; it overflows only where the result does.

    References:
      Lambert, "Mémoire sur quelques propriétés remarquables des quantités transcendantes", 1761.

    >>> cosh(jnp.array([0.0, jnp.log(2.0)])).round(3).tolist()
    [1.0, 1.25]
    """
    x = as_float(x)
    size = _size(widened(x))
    return (_half_exponential(size) + jnp.exp(-size) / 2).astype(x.dtype)


def cosh_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `cosh`.

    .. math::

        \frac{d}{dx} \cosh x = \sinh x
    """
    return sinh(x)


@jax.jit
def tanh(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""A smooth step from -1 to 1.

    .. math::

        \tanh x = \frac{\sinh x}{\cosh x} = \frac{-t}{2 + t}, \qquad t = e^{-2x} - 1 \quad (x \ge 0)

    where :math:`x` is a real number and :math:`t`, from -1 to 0, is taken by `expm1`; a negative x changes the sign.

    Why it matters: the classic activation, and the gate that keeps the state of a recurrent network bounded.

    Args:
      x: real numbers, any shape.

    Returns:
      Values from -1 to 1, of the same shape. The derivative does not vanish before the exponential does.

    References:
      Lambert, "Mémoire sur quelques propriétés remarquables des quantités transcendantes", 1761.

    >>> tanh(jnp.array([0.0, jnp.log(2.0)])).round(3).tolist()
    [0.0, 0.6]
    """
    x = as_float(x)
    y = widened(x)
    t = expm1(-2 * _size(y))
    step = t / (2 + t)
    return jnp.where(y < 0, step, -step).astype(x.dtype)


def tanh_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `tanh`; unlike :math:`1 - \tanh^2 x` it keeps its digits where x is large.

    .. math::

        \frac{d}{dx} \tanh x = \frac{1}{\cosh^2 x} = \frac{4q}{(1 + q)^2}, \qquad q = e^{-2 \lvert x \rvert}
    """
    x = as_float(x)
    size = _size(widened(x))
    q = jnp.exp(-2 * size)
    # In the tail q may be subnormal where four times q is not.
    tail = (2 / math.e) ** 2 * jnp.exp(2 * (1 - size))
    return jnp.where(size > 20, tail, 4 * q / ((1 + q) * (1 + q))).astype(x.dtype)


@jax.jit
def arcsinh(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The number whose hyperbolic sine is x.

    .. math::

        \operatorname{arsinh} x = \ln\left(x + \sqrt{x^2 + 1}\right)

    where :math:`x` is a real number. Where x is so large that its square could overflow, it is the logarithm of 2x.

    Why it matters: a logarithmic scale that takes zero and negative numbers.

    Args:
      x: real numbers, any shape.

    Returns:
      Values of the same shape.

    References:
      Kahan, "Branch cuts for complex elementary functions", 1987.

    >>> arcsinh(jnp.sinh(jnp.array([0.0, 2.0]))).round(3).tolist()
    [0.0, 2.0]
    """
    x = as_float(x)
    y = widened(x)
    size = _size(y)
    far = _log_of_double(size)
    large = _is_large(size)
    return jnp.where(large, jnp.where(y < 0, -far, far), jnp.arcsinh(jnp.where(large, 0.0, y))).astype(x.dtype)


def arcsinh_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `arcsinh`.

    .. math::

        \frac{d}{dx} \operatorname{arsinh} x = \frac{1}{\sqrt{x^2 + 1}}
    """
    x = as_float(x)
    y = widened(x)
    size = _size(y)
    large = _is_large(size)
    return (1 / jnp.where(large, size, jnp.sqrt(jnp.where(large, 0.0, y) ** 2 + 1))).astype(x.dtype)


@jax.jit
def arccosh(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The number from 0 on whose hyperbolic cosine is x.

    .. math::

        \operatorname{arcosh} x = \ln\left(x + \sqrt{(x - 1)(x + 1)}\right)

    where :math:`x` is at least 1. Where x is so large that its square could overflow, it is the logarithm of 2x.

    Why it matters: the distance of two points in hyperbolic space, in which trees are embedded.

    Args:
      x: numbers from 1, any shape.

    Returns:
      Values of the same shape; 0 at 1, where the derivative is inf; NaN, with its derivative, below 1.

    References:
      Kahan, "Branch cuts for complex elementary functions", 1987.

    >>> arccosh(jnp.cosh(jnp.array([0.0, 2.0]))).round(3).tolist()
    [0.0, 2.0]
    """
    x = as_float(x)
    y = widened(x)
    large = _is_large(y)
    value = jnp.where(large, _log_of_double(y), jnp.arccosh(jnp.where(large, 2.0, y)))
    return (value * nan_unless(y >= 1, y)).astype(x.dtype)


def arccosh_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `arccosh`, for x from 1 on.

    .. math::

        \frac{d}{dx} \operatorname{arcosh} x = \frac{1}{\sqrt{(x - 1)(x + 1)}}
    """
    x = as_float(x)
    y = widened(x)
    large = _is_large(y)
    near = jnp.where(large, 2.0, y)
    root = jnp.where(large, y, jnp.sqrt((near - 1) * (near + 1)))
    return (nan_unless(y >= 1, y) / root).astype(x.dtype)


@jax.jit
def arctanh(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The number whose hyperbolic tangent is x.

    .. math::

        \operatorname{artanh} x = \frac{\ln(1 + x) - \ln(1 - x)}{2}

    where :math:`x` lies between -1 and 1.

    Why it matters: Fisher's z, which makes a correlation nearly normal.

    Args:
      x: numbers from -1 to 1, any shape.

    Returns:
      Values of the same shape; ±inf at ±1, where the derivative is inf; NaN, with its derivative, beyond.

    References:
      Fisher, "On the probable error of a coefficient of correlation deduced from a small sample", 1921.

    >>> arctanh(jnp.tanh(0.5)).round(3).item(), arctanh(-1.0).item()
    (0.5, -inf)
    """
    x = as_float(x)
    y = widened(x)
    return ((log1p(y) - log1p(-y)) / 2).astype(x.dtype)


def arctanh_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `arctanh`, for x from -1 to 1.

    .. math::

        \frac{d}{dx} \operatorname{artanh} x = \frac{1}{(1 - x)(1 + x)}
    """
    x = as_float(x)
    y = widened(x)
    size = _size(y)
    return (nan_unless(size <= 1, y) / (jnp.abs(1 - size) * (1 + size))).astype(x.dtype)


def _size(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The absolute value; not `jnp.abs`, whose derivative at 0 is 0."""
    return jnp.where(x < 0, -x, x)


def _half_exponential(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Half of e^x, where e^x itself may overflow; x - 1 is exact for every x from 1 on, unlike x - ln 2."""
    large = x >= 1
    return jnp.where(large, math.e / 2, 0.5) * jnp.exp(x - jnp.where(large, 1.0, 0.0))


def _is_large(x: Float[Array, "*shape"]) -> Array:
    """Whether one beside the square of x is below its last digit."""
    return x > 2 / jnp.finfo(x.dtype).eps ** 0.5


def _log_of_double(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The logarithm of 2x where x is large, and no NaN in the derivative elsewhere."""
    return jnp.log(jnp.where(_is_large(x), x, 1.0)) + math.log(2)


CONCEPTS = (
    Concept(
        sinh,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(sinh_derivative, "derivative"),),
        oracle="numpy.sinh",
    ),
    Concept(
        cosh,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(cosh_derivative, "derivative"),),
        oracle="numpy.cosh",
    ),
    Concept(
        tanh,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(tanh_derivative, "derivative"),),
        oracle="numpy.tanh",
    ),
    Concept(
        arcsinh,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(arcsinh_derivative, "derivative"),),
        oracle="numpy.arcsinh",
    ),
    Concept(
        arccosh,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 1.1, 9.0),),
        derivatives=(Derivative(arccosh_derivative, "derivative"),),
        oracle="numpy.arccosh",
    ),
    Concept(
        arctanh,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, -0.9, 0.9),),
        derivatives=(Derivative(arctanh_derivative, "derivative"),),
        oracle="numpy.arctanh",
    ),
)
