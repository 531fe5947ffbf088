"""Sine, cosine, tangent and the angles they give back, each beside its derivative."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept, Derivative


@jax.jit
def sin(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The height of a point that has gone an angle x around the unit circle.

    .. math::

        \sin x = \sum_{k=0}^\infty \frac{(-1)^k x^{2k+1}}{(2k+1)!}

    where :math:`x` is the angle in radians and :math:`k` counts the terms.

    Why it matters: waves, Fourier series and the positions that a transformer sees.

    Args:
      x: angles in radians, any shape.

    Returns:
      Heights from -1 to 1, of the same shape; NaN at ±inf.

    References:
      Euler, "Introductio in analysin infinitorum", 1748.

    >>> sin(jnp.array([0.0, jnp.pi / 6])).round(3).tolist()
    [0.0, 0.5]
    """
    return jnp.sin(as_float(x))


def sin_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `sin`.

    .. math::

        \frac{d}{dx} \sin x = \cos x
    """
    return cos(x)


@jax.jit
def cos(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""How far to the right a point is that has gone an angle x around the unit circle.

    .. math::

        \cos x = \sum_{k=0}^\infty \frac{(-1)^k x^{2k}}{(2k)!}

    where :math:`x` is the angle in radians and :math:`k` counts the terms.

    Why it matters: the cosine of the angle between two vectors is how alike they are.

    Args:
      x: angles in radians, any shape.

    Returns:
      Values from -1 to 1, of the same shape; NaN at ±inf.

    References:
      Euler, "Introductio in analysin infinitorum", 1748.

    >>> cos(jnp.array([0.0, jnp.pi / 3])).round(3).tolist()
    [1.0, 0.5]
    """
    return jnp.cos(as_float(x))


def cos_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `cos`.

    .. math::

        \frac{d}{dx} \cos x = -\sin x
    """
    return -sin(x)


@jax.jit
def tan(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The slope of a line at an angle x.

    .. math::

        \tan x = \frac{\sin x}{\cos x}

    where :math:`x` is the angle in radians.

    Why it matters: slopes from angles, and the simplest function with infinitely many poles.

    Args:
      x: angles in radians, any shape.

    Returns:
      Slopes of the same shape, large but finite next to a pole; NaN at ±inf.

    References:
      Euler, "Introductio in analysin infinitorum", 1748.

    >>> tan(jnp.pi / 4).round(3).item()
    1.0
    """
    return jnp.tan(as_float(x))


def tan_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `tan`.

    .. math::

        \frac{d}{dx} \tan x = 1 + \tan^2 x
    """
    slope = tan(x)
    return 1 + slope * slope


@jax.jit
def arcsin(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The angle whose sine is x.

    .. math::

        \operatorname{arcsin} x = \arctan \frac{x}{\sqrt{(1 - x)(1 + x)}}

    where :math:`x` is the sine. Taken so, the derivative too keeps its digits towards the ends.

    Why it matters: angles from lengths; the arcsine of a root makes the variance of a proportion constant.

    Args:
      x: sines from -1 to 1, any shape.

    Returns:
      Angles from -π/2 to π/2 radians, of the same shape. At ±1 the derivative is inf; NaN, with its derivative, beyond.

    References:
      Kahan, "Branch cuts for complex elementary functions", 1987.

    >>> arcsin(jnp.array([0.5, 1.0])).round(3).tolist()
    [0.524, 1.571]
    """
    x = as_float(x)
    y = widened(x)
    return jnp.arctan2(y, _other_side(y)).astype(x.dtype)


def arcsin_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `arcsin`.

    .. math::

        \frac{d}{dx} \operatorname{arcsin} x = \frac{1}{\sqrt{(1 - x)(1 + x)}}
    """
    x = as_float(x)
    return (1 / _other_side(widened(x))).astype(x.dtype)


@jax.jit
def arccos(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The angle whose cosine is x.

    .. math::

        \operatorname{arccos} x = \frac{\pi}{2} - \operatorname{arcsin} x

    where :math:`x` is the cosine. It is the direction of the point x to the right of the centre and
    :math:`\sqrt{(1 - x)(1 + x)}` above it, so that small angles keep their digits.

    Why it matters: the angle between two vectors from their inner product.

    Args:
      x: cosines from -1 to 1, any shape.

    Returns:
      Angles from 0 to π radians, of the same shape. At ±1 the derivative is -inf; NaN, with its derivative, beyond.

    References:
      Kahan, "Branch cuts for complex elementary functions", 1987.

    >>> arccos(jnp.array([0.5, 1.0])).round(3).tolist()
    [1.047, 0.0]
    """
    x = as_float(x)
    y = widened(x)
    return jnp.arctan2(_other_side(y), y).astype(x.dtype)


def arccos_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `arccos`.

    .. math::

        \frac{d}{dx} \operatorname{arccos} x = -\frac{1}{\sqrt{(1 - x)(1 + x)}}
    """
    return -arcsin_derivative(x)


@jax.jit
def arctan(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The angle of a line of slope x.

    .. math::

        \arctan x = \int_0^x \frac{dt}{1 + t^2}

    where :math:`x` is the slope and :math:`t` runs from 0 to it.

    Why it matters: angles from slopes, and the distribution function of Cauchy's law, whose tails have no mean.

    Args:
      x: slopes, any shape.

    Returns:
      Angles from -π/2 to π/2 radians, of the same shape; the ends at ±inf.

    References:
      Gregory, "Letter to Collins", 1671.

    >>> arctan(jnp.array([1.0, jnp.inf])).round(3).tolist()
    [0.785, 1.571]
    """
    return jnp.arctan(as_float(x))


def arctan_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `arctan`.

    .. math::

        \frac{d}{dx} \arctan x = \frac{1}{1 + x^2}
    """
    x = as_float(x)
    y = widened(x)
    return (1 / (1 + y * y)).astype(x.dtype)


def _other_side(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The second short side of a right triangle with sides 1 and x: unlike 1 - x², the product keeps its digits."""
    return jnp.sqrt((1 - x) * (1 + x))


CONCEPTS = (
    Concept(
        sin,
        example=lambda key: (3 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(sin_derivative, "derivative"),),
        oracle="numpy.sin",
    ),
    Concept(
        cos,
        example=lambda key: (3 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(cos_derivative, "derivative"),),
        oracle="numpy.cos",
    ),
    Concept(
        tan,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, -1.3, 1.3),),
        derivatives=(Derivative(tan_derivative, "derivative"),),
        oracle="numpy.tan",
    ),
    Concept(
        arcsin,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, -0.9, 0.9),),
        derivatives=(Derivative(arcsin_derivative, "derivative"),),
        oracle="numpy.arcsin",
    ),
    Concept(
        arccos,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, -0.9, 0.9),),
        derivatives=(Derivative(arccos_derivative, "derivative"),),
        oracle="numpy.arccos",
    ),
    Concept(
        arctan,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(arctan_derivative, "derivative"),),
        oracle="numpy.arctan",
    ),
)
