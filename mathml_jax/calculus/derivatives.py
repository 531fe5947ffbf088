"""Slopes of functions of one variable: exact ones by autodiff, estimated ones by differences."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, widened
from mathml_jax._concept import Concept
from mathml_jax._differences import along, binary_scale
from mathml_jax.calculus._scalar import scalar_valued


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


@partial(jax.jit, static_argnames="f")
def numerical_derivative(
    f: Callable[..., Any], x: Real[ArrayLike, "*shape"], *, initial_step: Real[ArrayLike, ""] | None = None
) -> NumericalDerivative:
    r"""The derivative of a function of one variable from its values alone, with an error estimate.

    .. math::

        f'(x) \approx \frac{r^2 D(h / r) - D(h)}{r^2 - 1}, \qquad D(h) = \frac{f(x + h) - f(x - h)}{2h}

    where :math:`f'(x)` is the derivative of :math:`f` at :math:`x` and :math:`D(h)` the central quotient with the step
    :math:`h`, whose error is a series in even powers of h. A step :math:`r` times smaller, 4 here, cancels the first of
    them; a ladder of steps cancels one after another, by Neville's scheme, until rounding takes over.

    Why it matters: the referee of every derivative, by hand or by machine, since it knows neither.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      x: points, any shape.
      initial_step: the largest step; without it an eighth of the power of two next to x, and of 1 near 0. The smallest
        is a million times smaller in float64, a thousand times in float32.

    Returns:
      `df` and `error`, both of the shape of `x`. At a kink, the mean of the slopes on both sides; where f is defined on
      one side only, that side's; NaN, with an error of inf, where f is not finite around x. What is narrower than the
      smallest step goes unseen.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Richardson, "The approximate arithmetical solution by finite differences", 1911; Ridders, "Accurate computation of
      F'(x) and F'(x) F''(x)", 1982.

    >>> estimate = numerical_derivative(jnp.sin, 0.0)
    >>> bool(abs(estimate.df - 1) <= estimate.error), bool(estimate.error < 1e-10)
    (True, True)
    """
    x = as_float(x)
    points = widened(x).ravel()
    g = scalar_valued("numerical_derivative", f, jax.ShapeDtypeStruct((), points.dtype))
    scale = binary_scale(points)
    if initial_step is not None:
        scale = jnp.full_like(points, jnp.exp2(jnp.round(jnp.log2(8 * as_float(initial_step)))))
    value, error = along(jax.vmap(g), points, scale).central
    return NumericalDerivative(*((part / scale).reshape(x.shape).astype(x.dtype) for part in (value, error)))


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
)
