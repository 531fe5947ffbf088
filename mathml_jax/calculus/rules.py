"""The rules by which derivatives of composed functions come from those of their parts, with all the pieces."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, nan_unless
from mathml_jax._concept import Concept
from mathml_jax.calculus._scalar import scalar_valued, value_and_slope


class ProductRule(NamedTuple):
    """The pieces of the product rule.

    Attributes:
      left: f'(x) g(x), the change of the first factor.
      right: f(x) g'(x), the change of the second.
      derivative: their sum.
    """

    left: Any
    right: Any
    derivative: Any


@partial(jax.jit, static_argnames=("f", "g"))
def product_rule(f: Callable[..., Any], g: Callable[..., Any], x: Real[ArrayLike, "*shape"]) -> ProductRule:
    r"""The derivative of a product, from the derivatives of its factors.

    .. math::

        (f g)'(x) = f'(x)\, g(x) + f(x)\, g'(x)

    where :math:`f` and :math:`g` are the factors and :math:`x` the point.

    Why it matters: of a rectangle whose sides grow, each side adds a strip as long as the other; integration by parts
    is this rule read backwards.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      g: another.
      x: points, any shape.

    Returns:
      The two terms `left` and `right`, and their sum, `derivative`; each of the shape of `x`.

    Raises:
      ValueError: `f` or `g` does not return a scalar.

    References:
      Leibniz, "Nova methodus pro maximis et minimis", 1684.

    >>> product_rule(jnp.square, jnp.exp, 0.5).derivative.round(3).item()
    2.061
    """
    x = as_float(x)
    (f_x, df), (g_x, dg) = (value_and_slope("product_rule", h, x) for h in (f, g))
    return ProductRule(df * g_x, f_x * dg, df * g_x + f_x * dg)


class QuotientRule(NamedTuple):
    """The pieces of the quotient rule.

    Attributes:
      left: f'(x) g(x), the change of the numerator.
      right: f(x) g'(x), the change of the denominator.
      square: g(x)².
      derivative: their difference over the square.
    """

    left: Any
    right: Any
    square: Any
    derivative: Any


@partial(jax.jit, static_argnames=("f", "g"))
def quotient_rule(f: Callable[..., Any], g: Callable[..., Any], x: Real[ArrayLike, "*shape"]) -> QuotientRule:
    r"""The derivative of a quotient, from the derivatives of numerator and denominator.

    .. math::

        \left(\frac{f}{g}\right)'(x) = \frac{f'(x)\, g(x) - f(x)\, g'(x)}{g(x)^2}

    where :math:`f` is the numerator, :math:`g` the denominator and :math:`x` the point.

    Why it matters: rates, odds and averages are quotients; softmax's derivative is this rule.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      g: another.
      x: points, any shape.

    Returns:
      The two terms of the numerator, `left` and `right`, the `square` and the `derivative`; each of the shape of `x`.
      The derivative is NaN where g(x) = 0.

    Raises:
      ValueError: `f` or `g` does not return a scalar.

    References:
      Leibniz, "Nova methodus pro maximis et minimis", 1684.

    >>> quotient_rule(jnp.sin, jnp.cos, jnp.pi / 4).derivative.round(3).item()
    2.0
    """
    x = as_float(x)
    (f_x, df), (g_x, dg) = (value_and_slope("quotient_rule", h, x) for h in (f, g))
    # Not the terms over the square, which may overflow or vanish where the quotients do not.
    derivative = (df - f_x / g_x * dg) / g_x * nan_unless(g_x != 0, x)
    return QuotientRule(df * g_x, f_x * dg, g_x * g_x, derivative)


class ChainRule(NamedTuple):
    """The pieces of the chain rule.

    Attributes:
      outer: f'(g(x)), the outer slope where the inner function has arrived.
      inner: g'(x), the inner slope.
      composed: their product, the derivative of f(g(x)).
    """

    outer: Any
    inner: Any
    composed: Any


@partial(jax.jit, static_argnames=("f", "g"))
def chain_rule(f: Callable[..., Any], g: Callable[..., Any], x: Real[ArrayLike, "*shape"]) -> ChainRule:
    r"""The derivative of a function of a function: slopes multiply.

    .. math::

        (f \circ g)'(x) = f'(g(x))\, g'(x)

    where :math:`f` is the outer function, :math:`g` the inner one and :math:`x` the point.

    Why it matters: backpropagation is nothing else, applied to one layer after the other.

    Args:
      f: the outer function, from a scalar to a scalar, made of JAX operations; each new one is compiled.
      g: the inner function, likewise.
      x: points, any shape.

    Returns:
      The slopes `outer` and `inner`, and their product, `composed`; each of the shape of `x`.

    Raises:
      ValueError: `f` or `g` does not return a scalar.

    References:
      Leibniz, "Nova methodus pro maximis et minimis", 1684.

    >>> chain_rule(jnp.exp, jnp.square, 1.0).composed.round(3).item()
    5.437
    """
    g_x, inner = value_and_slope("chain_rule", g, as_float(x))
    outer = value_and_slope("chain_rule", f, g_x)[1]
    return ChainRule(outer, inner, outer * inner)


class InverseRule(NamedTuple):
    """The pieces of the inverse rule.

    Attributes:
      y: f(x), the point at which the inverse function is differentiated.
      slope: f'(x).
      derivative: one over the slope, the derivative of the inverse function at y.
    """

    y: Any
    slope: Any
    derivative: Any


@partial(jax.jit, static_argnames="f")
def inverse_rule(f: Callable[..., Any], x: Real[ArrayLike, "*shape"]) -> InverseRule:
    r"""The derivative of the inverse of a function, without knowing the inverse.

    .. math::

        (f^{-1})'(y) = \frac{1}{f'(x)}, \qquad y = f(x)

    where :math:`f` is the function, :math:`x` a point and :math:`y` its image, at which the inverse is differentiated.

    Why it matters: the derivative of a quantile is one over the density; so are logarithms and roots differentiated.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      x: points, any shape.

    Returns:
      The images `y`, the slopes of f, and the `derivative` of its inverse at y; each of the shape of `x`. NaN where
      the slope is 0: the inverse has a vertical tangent there, or there is none.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Apostol, "Calculus", volume 1, 2nd edition, 1967, section 6.20.

    >>> inverse_rule(jnp.exp, jnp.log(4.0)).derivative.round(3).item()
    0.25
    """
    y, slope = value_and_slope("inverse_rule", f, as_float(x))
    return InverseRule(y, slope, nan_unless(slope != 0, slope) / slope)


class ImplicitDerivative(NamedTuple):
    """The pieces of implicit differentiation.

    Attributes:
      along_x: the partial derivative of F in x.
      along_y: the partial derivative of F in y.
      derivative: dy/dx on the curve, minus their quotient.
    """

    along_x: Any
    along_y: Any
    derivative: Any


@partial(jax.jit, static_argnames="f")
def implicit_derivative(
    f: Callable[..., Any], x: Real[ArrayLike, "*#batch"], y: Real[ArrayLike, "*#batch"]
) -> ImplicitDerivative:
    r"""The slope of a curve that is given by an equation, at one of its points.

    .. math::

        \frac{dy}{dx} = -\frac{\partial F / \partial x}{\partial F / \partial y}, \qquad F(x, y) = 0

    where :math:`F` is the function that is constant along the curve, and :math:`x` and :math:`y` are the coordinates of
    the point.

    Why it matters: how the solution of an equation, or the minimum of a loss, moves with a parameter, without solving
    it again.

    Args:
      f: a function from two scalars to a scalar, made of JAX operations; each new one is compiled.
      x: first coordinates, any shape.
      y: second coordinates, broadcast against `x`. Whether the points lie on one curve does not matter: through each
        goes its own level curve of f.

    Returns:
      Both partial derivatives and the slope, each of the broadcast shape; the slope is NaN where the derivative in y is
      0: the curve is upright there, or crosses itself.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Krantz and Parks, "The implicit function theorem", 2002.

    >>> implicit_derivative(lambda x, y: x**2 + y**2, 3.0, 4.0).derivative.item()
    -0.75
    """
    x, y = as_broadcast(x, y)
    scalar = jax.ShapeDtypeStruct((), x.dtype)
    g = scalar_valued("implicit_derivative", f, scalar, scalar)
    one, zero = jnp.ones((), x.dtype), jnp.zeros((), x.dtype)

    def slope(dx: Array, dy: Array) -> Float[Array, "*batch"]:
        return jnp.vectorize(lambda x, y: jax.jvp(g, (x, y), (dx, dy))[1])(x, y)

    along_x, along_y = slope(one, zero), slope(zero, one)
    return ImplicitDerivative(along_x, along_y, -along_x / along_y * nan_unless(along_y != 0, x))


CONCEPTS = (
    Concept(
        product_rule,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        oracle=lambda x: (2 * x * np.exp(x), x**2 * np.exp(x), (2 * x + x**2) * np.exp(x)),
        evaluate=lambda x: product_rule(jnp.square, jnp.exp, x),
    ),
    Concept(
        quotient_rule,
        example=lambda key: (random.uniform(key, (3,), jnp.float64, 0.5, 3.0),),
        oracle=lambda x: (x * np.cos(x), np.sin(x), x**2, (x * np.cos(x) - np.sin(x)) / x**2),
        evaluate=lambda x: quotient_rule(jnp.sin, lambda t: t, x),
    ),
    Concept(
        chain_rule,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        oracle=lambda x: (np.cos(x**2), 2 * x, 2 * x * np.cos(x**2)),
        evaluate=lambda x: chain_rule(jnp.sin, jnp.square, x),
    ),
    Concept(
        inverse_rule,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        oracle=lambda x: (np.sinh(x), np.cosh(x), 1 / np.sqrt(1 + np.sinh(x) ** 2)),
        evaluate=lambda x: inverse_rule(jnp.sinh, x),
    ),
    Concept(
        implicit_derivative,
        example=lambda key: tuple(random.uniform(key, (2, 3), jnp.float64, 0.5, 2.0)),
        oracle=lambda x, y: (3 * x**2 - y, 3 * y**2 - x, (y - 3 * x**2) / (3 * y**2 - x)),
        evaluate=lambda x, y: implicit_derivative(lambda x, y: x**3 + y**3 - x * y, x, y),
    ),
)
