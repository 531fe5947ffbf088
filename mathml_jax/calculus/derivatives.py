"""Slopes of functions of one variable: exact ones by autodiff, estimated ones by differences."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_option, widened
from mathml_jax._concept import Concept
from mathml_jax.calculus._analytic import obstacle
from mathml_jax.calculus._quotients import METHODS, slope
from mathml_jax.calculus._scalar import scalar_valued, value_and_slope


class NumericalDerivative(NamedTuple):
    """A derivative taken by differences.

    Attributes:
      df: the estimate, an array or, for a gradient, a tree like the argument.
      error: how far off it may be, entry by entry.
    """

    df: Any
    error: Any


def derivative(f: Callable[..., Any], n: int = 1) -> Callable[..., Float[Array, "..."]]:
    r"""The n-th derivative of a function of one variable, exact to rounding.

    .. math::

        f^{(n)}(x) = \lim_{h \to 0} \frac{f^{(n-1)}(x + h) - f^{(n-1)}(x)}{h}, \qquad f^{(0)}(x) = f(x)

    where :math:`f^{(n)}(x)` is the n-th derivative of :math:`f` at :math:`x`, :math:`n` the order and :math:`h` a step
    that shrinks to nothing. No step is taken: forward mode applies the chain rule to every operation of f, n times.

    Why it matters: the slope says where to go, the curvature how far; Taylor's series needs all the others.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations.
      n: order, an integer from 0. The work doubles with every order.

    Returns:
      A function of an array, of any shape, to the derivatives at its entries.

    Raises:
      ValueError: `n` is no integer or negative, or `f` does not return a scalar.

    References:
      Wengert, "A simple automatic derivative evaluation program", 1964.

    >>> derivative(lambda x: x**3, n=2)(jnp.array([1.0, 2.0])).tolist()
    [6.0, 12.0]
    """
    expect(isinstance(n, int) and n >= 0, "derivative", "n to be an integer from 0", repr(n))

    def slope_of(g: Callable[[Array], Array]) -> Callable[[Array], Array]:
        return lambda x: jax.jvp(g, (x,), (jnp.ones_like(x),))[1]

    def derived(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
        x = as_float(x)
        g = scalar_valued("derivative", f, jax.ShapeDtypeStruct((), x.dtype))
        for _ in range(n):
            g = slope_of(g)
        return jnp.vectorize(g)(x)

    return derived


@partial(jax.jit, static_argnames=("f", "method"))
def numerical_derivative(
    f: Callable[..., Any],
    x: Real[ArrayLike, "*shape"],
    *,
    method: str = "richardson",
    initial_step: Real[ArrayLike, ""] | None = None,
) -> NumericalDerivative:
    r"""The derivative of a function of one variable from its values alone, with an error estimate.

    .. math::

        f'(x) \approx \frac{f(x + h) - f(x)}{h}, \quad D(h) = \frac{f(x + h) - f(x - h)}{2h}, \quad
        \frac{r^2 D(h / r) - D(h)}{r^2 - 1}, \quad \frac{\operatorname{Im} f(x + i h)}{h}

    where :math:`f'(x)` is the derivative of :math:`f` at :math:`x`, :math:`h` a step and :math:`i^2 = -1`. In order:
    the forward quotient; the central one, :math:`D(h)`; Richardson's extrapolation, which cancels the error of D with a
    step :math:`r` times smaller, and by a whole ladder of steps one power of h after another; and the complex step,
    which subtracts nothing, so that its step can be tiny.

    Why it matters: the referee of every derivative, by hand or by machine, since it knows neither.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      x: points, any shape.
      method: "richardson", "forward", "central", or "complex step", for analytic functions: those whose operations all
        go through complex numbers, with no absolute value, conjugate, real part, comparison or maximum among them.
      initial_step: the step, rounded to a power of two; Richardson's ladder goes down from it. Without it the step
        suits the method, and is tried at two scales: that of x, and where x is small, that of 1.

    Returns:
      `df` and `error`, both of the shape of `x`. At a kink, the mean of the slopes on both sides; where f is finite on
      one side only, Richardson's is that side's; NaN, with an error of inf, where f is not finite around x. What is
      narrower than the steps goes unseen: Richardson's smallest is 2⁻⁴⁹ of the scale in float64, 2⁻²³ in float32.

    Raises:
      ValueError: `f` does not return a scalar, `method` is none of the four, or "complex step" meets an operation that
        is not analytic.

    References:
      Richardson, "The approximate arithmetical solution by finite differences", 1911; Ridders, "Accurate computation of
      F'(x) and F'(x) F''(x)", 1982; Squire and Trapp, "Using complex variables to estimate derivatives", 1998.

    >>> estimate = numerical_derivative(jnp.sin, 0.0)
    >>> bool(abs(estimate.df - 1) <= estimate.error), bool(estimate.error < 1e-10)
    (True, True)
    """
    expect_option("numerical_derivative", "method", method, METHODS)
    x = as_float(x)
    points = widened(x).ravel()
    g = scalar_valued("numerical_derivative", f, jax.ShapeDtypeStruct((), points.dtype))
    if method == "complex step":
        real = jax.ShapeDtypeStruct((), points.dtype)
        found = obstacle(f, jax.eval_shape(jax.lax.complex, real, real))
        expect(not found, "numerical_derivative", "f to be analytic for the complex step", found)
    largest = None if initial_step is None else as_float(initial_step).astype(points.dtype)
    df, error = slope(method, jnp.vectorize(lambda x: g(x).astype(x.dtype)), points, largest)
    # The last digit of the slope itself is unsure too.
    error += float(jnp.finfo(x.dtype).eps) * jnp.where(jnp.isfinite(df), abs(df), 0.0)
    return NumericalDerivative(*(part.reshape(x.shape).astype(x.dtype) for part in (df, error)))


class TangentLine(NamedTuple):
    """The line slope · x + intercept; called with points, it gives its heights there.

    Attributes:
      slope: its slope.
      intercept: its height at 0.
    """

    slope: Any
    intercept: Any

    def __call__(self, x: ArrayLike) -> Array:
        """The height of the line at x."""
        slope, intercept, x = as_float(self.slope, self.intercept, x)
        return slope * x + intercept


@partial(jax.jit, static_argnames="f")
def tangent_line(f: Callable[..., Any], x0: Real[ArrayLike, "*shape"]) -> TangentLine:
    r"""The line that touches the graph of a function of one variable.

    .. math::

        t(x) = f(x_0) + f'(x_0) (x - x_0)

    where :math:`t(x)` is the height of the line at :math:`x`, and :math:`f(x_0)` and :math:`f'(x_0)` the value and the
    slope of :math:`f` at the point where they touch.

    Why it matters: near the point, no line is closer to f; Newton's method and gradient descent follow it.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      x0: points of contact, any shape.

    Returns:
      `slope` and `intercept`, the height at 0, both of the shape of `x0`. Called with x, the result is t(x).

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Leibniz, "Nova methodus pro maximis et minimis", 1684.

    >>> line = tangent_line(lambda x: x**2, 3.0)
    >>> line.slope.item(), line.intercept.item(), line(4.0).item()
    (6.0, -9.0, 15.0)
    """
    x0 = as_float(x0)
    value, slope = value_and_slope("tangent_line", f, x0)
    return TangentLine(slope, value - slope * x0)


CONCEPTS = (
    Concept(
        derivative,
        example=lambda key: (random.normal(key, (5,), jnp.float64),),
        oracle=lambda x: (x + 4) * np.exp(x),
        evaluate=lambda x: derivative(lambda t: t * jnp.exp(t), n=4)(x),
    ),
    Concept(
        numerical_derivative,
        example=lambda key: (random.normal(key, (5,), jnp.float64),),
        oracle=lambda x: (x + 1) * np.exp(x),
        evaluate=lambda x: numerical_derivative(lambda t: t * jnp.exp(t), x).df,
    ),
    Concept(
        tangent_line,
        example=lambda key: (random.normal(key, (5,), jnp.float64),),
        oracle=lambda x0: ((x0 + 1) * np.exp(x0), -(x0**2) * np.exp(x0)),
        evaluate=lambda x0: tangent_line(lambda t: t * jnp.exp(t), x0),
    ),
)
