"""Powers and roots, each beside its derivative."""

import jax
import jax.numpy as jnp
from jax import random
from jax.lax import stop_gradient
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax._rounding import lost_in_difference


@jax.jit
def power(x: Real[ArrayLike, "*#batch"], n: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Raises x to the power n, which need not be whole.

    .. math::

        x^n = e^{n \ln x} \quad (x > 0)

    where :math:`x` is the base and :math:`n` the exponent; a negative base takes whole exponents only.

    Why it matters: areas, volumes, learning-rate schedules and scaling laws are powers; polynomials are sums of them.

    Args:
      x: bases, any shape.
      n: exponents, broadcast against `x`.

    Returns:
      Powers of the broadcast shape; 1 for n = 0, even at x = 0, where a negative n gives inf; NaN for a negative base
      with an exponent that is not whole.

    References:
      Euler, "Introductio in analysin infinitorum", 1748.

    >>> power(jnp.array([4.0, 0.0]), 0.5).tolist()
    [2.0, 0.0]
    """
    x, n = as_broadcast(x, n)
    # The derivative of a constant is 0, at x = 0 too.
    return jnp.power(jnp.where((x == 0) & (n == 0), 1.0, x), n)


def power_derivative(x: Real[ArrayLike, "*#batch"], n: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `power` in the base, at x = 0 too; what rounding takes from n - 1 is put back.

    .. math::

        \frac{\partial}{\partial x} x^n = n x^{n-1}
    """
    x, n = as_broadcast(x, n)
    below = n - 1
    lost = lost_in_difference(n, jnp.ones_like(n), below)
    regular = (x != 0) & jnp.isfinite(x)
    slope = n * jnp.power(x, below) * jnp.where(regular, 1 + lost * jnp.log(jnp.abs(x)), 1.0)
    return jnp.where(n == 0, 0.0, slope)


def power_exponent_derivative(x: Real[ArrayLike, "*#batch"], n: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `power` in the exponent; NaN for a negative base, and at x = 0 unless n is positive, when it is 0.

    .. math::

        \frac{\partial}{\partial n} x^n = x^n \ln x
    """
    x, n = as_broadcast(x, n)
    result = jnp.power(x, n)
    slope = jnp.where((x >= 0) & (result == 0), 0.0, result * jnp.log(x))
    return slope * nan_unless((x != 0) | (n > 0), x)


@jax.jit
def sqrt(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The positive number whose square is x.

    .. math::

        \sqrt{x} = y, \qquad y^2 = x, \qquad y \ge 0

    where :math:`x` is the square and :math:`y` its root.

    Why it matters: lengths, standard deviations and the steps of Adam are roots of a sum of squares.

    Args:
      x: numbers from 0, any shape.

    Returns:
      Roots of the same shape; 0 at 0, where the derivative is inf; NaN, with its derivative, below.

    References:
      Heron of Alexandria, "Metrica", about 60.

    >>> sqrt(jnp.array([0.0, 2.25])).tolist()
    [0.0, 1.5]
    """
    return jnp.sqrt(as_float(x))


def sqrt_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `sqrt`.

    .. math::

        \frac{d}{dx} \sqrt{x} = \frac{1}{2 \sqrt{x}}
    """
    return 0.5 / sqrt(x)


@jax.jit
def cbrt(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The number whose cube is x, of the same sign.

    .. math::

        \sqrt[3]{x} = y, \qquad y^3 = x

    where :math:`x` is the cube and :math:`y` its root. A step of Newton's method takes rounding back.

    Why it matters: the side of a cube of volume x; unlike x to the power 1/3 it is defined for a negative x.

    Args:
      x: real numbers, any shape.

    Returns:
      Roots of the same shape; 0 at 0, where the derivative is inf.

    References:
      Kahan, "Computing a real cube root", 1991.

    >>> cbrt(jnp.array([-8.0, 0.0, 27.0])).tolist()
    [-2.0, 0.0, 3.0]
    """
    x = as_float(x)
    cube = widened(x)
    y = jnp.cbrt(cube)
    inside = (cube != 0) & jnp.isfinite(cube)
    safe = jnp.where(inside, y, 1.0)
    step = (safe * safe - cube / safe) / (3 * safe)
    return (y - stop_gradient(jnp.where(inside, step, 0.0))).astype(x.dtype)


def cbrt_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `cbrt`.

    .. math::

        \frac{d}{dx} \sqrt[3]{x} = \frac{1}{3 (\sqrt[3]{x})^2}
    """
    y = cbrt(x)
    return 1 / (3 * y * y)


@jax.jit
def reciprocal(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""One over x.

    .. math::

        \frac{1}{x} = x^{-1}

    where :math:`x` is any number but 0.

    Why it matters: rates become durations and precisions variances; the simplest function with a pole.

    Args:
      x: real numbers, any shape.

    Returns:
      Reciprocals of the same shape; at 0 inf of the zero's sign, with derivative -inf; 0 at ±inf.

    References:
      Barrow, "Lectiones Geometricae", 1670.

    >>> reciprocal(jnp.array([4.0, -0.5])).tolist()
    [0.25, -2.0]
    """
    return jnp.reciprocal(as_float(x))


def reciprocal_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `reciprocal`.

    .. math::

        \frac{d}{dx} \frac{1}{x} = -\frac{1}{x^2}
    """
    x = as_float(x)
    y = widened(x)
    return (-(1 / y) * (1 / y)).astype(x.dtype)


CONCEPTS = (
    Concept(
        power,
        example=lambda key: tuple(random.uniform(key, (2, 5), jnp.float64, 0.5, 3.0)),
        derivatives=(
            Derivative(power_derivative, "derivative"),
            Derivative(power_exponent_derivative, "derivative", argnum=1),
        ),
        oracle="numpy.power",
    ),
    Concept(
        sqrt,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.1, 9.0),),
        derivatives=(Derivative(sqrt_derivative, "derivative"),),
        oracle="numpy.sqrt",
    ),
    Concept(
        cbrt,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, -9.0, -0.1),),
        derivatives=(Derivative(cbrt_derivative, "derivative"),),
        oracle="numpy.cbrt",
    ),
    Concept(
        reciprocal,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.2, 5.0),),
        derivatives=(Derivative(reciprocal_derivative, "derivative"),),
        oracle="numpy.reciprocal",
    ),
)
