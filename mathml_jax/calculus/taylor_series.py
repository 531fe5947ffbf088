"""Functions as polynomials: Taylor's series about a point, and how far it can be off."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, expect, widened
from mathml_jax._concept import Concept
from mathml_jax.calculus._jets import NESTED, coefficients, without_rule
from mathml_jax.calculus._scalar import scalar_valued

SAMPLES = 129
"""Where `remainder_bound` looks at the function."""


class Taylor(NamedTuple):
    """A Taylor polynomial; call it to evaluate it.

    Attributes:
      x0: the point about which it is taken.
      coefficients: of the powers of the distance from `x0`, the constant first, along the last axis.
    """

    x0: Float[Array, "*shape"]
    coefficients: Float[Array, "*shape terms"]

    def __call__(self, x: Real[ArrayLike, "..."]) -> Float[Array, "..."]:
        """The polynomial at any points whose shape broadcasts with that of `x0`."""
        x, x0 = as_broadcast(x, self.x0)
        terms = jnp.broadcast_to(self.coefficients, (*x.shape, self.coefficients.shape[-1]))
        value = terms[..., -1]
        for k in reversed(range(terms.shape[-1] - 1)):
            value = value * (x - x0) + terms[..., k]
        return value


@partial(jax.jit, static_argnames=("f", "order"))
def taylor(f: Callable[..., Any], x0: Real[ArrayLike, "*shape"], order: int) -> Taylor:
    r"""The polynomial that agrees with a function at a point in its value and its first derivatives.

    .. math::

        f(x) \approx \sum_{k=0}^{n} c_k (x - x_0)^k, \qquad c_k = \frac{f^{(k)}(x_0)}{k!}

    where :math:`f` is the function, :math:`x_0` the point, :math:`n` the order and :math:`c_k` the coefficient of the
    k-th power of the distance from the point to :math:`x`: the derivative :math:`f^{(k)}` of order :math:`k` over k
    factorial. Truncated series are put through every operation of f, all orders in one pass; where an operation has no
    such rule, forward mode is nested instead, whose work doubles with every order.

    Why it matters: a machine computes sine, and an optimiser a loss, by a few terms of it; what is left out is the
    error.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      x0: points, any shape.
      order: the highest power, an integer from 0. At most 6 where f uses an operation without a rule, such as lgamma,
        tan, atan, x ** 3.0 (x ** 3 has one), a loop, a branch, or a function with a derivative of its own, such as
        relu and softplus.

    Returns:
      `x0` and `coefficients`, with one more axis of length order + 1; as a function, the polynomial. A few rules
      (log1p, expm1, tanh, logistic, atanh) are good to eps of one rather than of their value, and logistic and tanh
      lose digits where they level off, as in all of JAX's derivatives. At a kink, slopes from one side or between.

    Raises:
      ValueError: `order` is negative, no integer, or above 6 for an operation without a rule, which is named; or `f`
        does not return a scalar.

    References:
      Griewank and Walther, "Evaluating derivatives", 2nd edition, 2008, chapter 13.

    >>> taylor(jnp.exp, 0.0, 3).coefficients.round(3).tolist()
    [1.0, 1.0, 0.5, 0.167]
    >>> bool(abs(taylor(jnp.sin, 0.0, 12)(0.5) - jnp.sin(0.5)) < 1e-12)
    True
    """
    return _taylor("taylor", f, as_float(x0), order)


@partial(jax.jit, static_argnames=("f", "order"))
def remainder_bound(
    f: Callable[..., Any], x0: Real[ArrayLike, "..."], x: Real[ArrayLike, "..."], order: int
) -> Float[Array, "..."]:
    r"""How far a Taylor polynomial can be off, by Lagrange's form of the remainder.

    .. math::

        |f(x) - p_n(x)| \le \frac{|x - x_0|^{n+1}}{(n+1)!} \max_{t} |f^{(n+1)}(t)|

    where :math:`p_n` is the Taylor polynomial of :math:`f` of order :math:`n` about :math:`x_0`, :math:`x` the point
    where it is used and :math:`f^{(n+1)}` the first derivative left out, whose largest size is sought at all :math:`t`
    between the two.

    It is sought at 129 points, and one distance between neighbours times the largest slope of that derivative at these
    points is added. The bound holds if between the points that slope nowhere exceeds twice its largest size at them.
    Nothing proves that: a spike narrower than a hundredth of the interval can hide. Rounding is left out.

    Why it matters: it turns "approximately" into a number: how many terms suffice, and how far from the point.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      x0: the points about which the polynomials are taken.
      x: the points where they are used; broadcasts with `x0`.
      order: the highest power, an integer from 0; two more derivatives are taken.

    Returns:
      Bounds of the absolute error, in the shape of both; 0 where x is x0, and inf where f or a derivative is not finite
      at one of the points in between.

    Raises:
      ValueError: `order` is negative, no integer, or above 4 for an operation without a rule in `taylor`; or `f` does
        not return a scalar.

    References:
      Apostol, "Calculus", volume 1, 2nd edition, 1967, section 7.7.

    >>> bool(jnp.abs(jnp.exp(0.5) - taylor(jnp.exp, 0.0, 3)(0.5)) < remainder_bound(jnp.exp, 0.0, 0.5, 3))
    True
    """
    start, end = as_broadcast(x0, x)
    points = jnp.linspace(widened(start), widened(end), SAMPLES, axis=-1)
    series = _taylor("remainder_bound", f, points, order, beyond=2).coefficients
    left_out, slope = (jnp.max(jnp.abs(series[..., k]), axis=-1) for k in (-2, -1))
    distance = jnp.abs(widened(end) - widened(start))
    bound = (left_out + (order + 2) * slope * distance / (SAMPLES - 1)) * distance ** (order + 1)
    finite = jnp.all(jnp.isfinite(series), axis=(-2, -1))
    return jnp.where(finite, bound, jnp.inf).astype(start.dtype)


def _taylor(function: str, f: Callable[..., Any], x0: Array, order: int, beyond: int = 0) -> Taylor:
    """The polynomials about points of any shape, with so many terms beyond the order."""
    expect(isinstance(order, int) and order >= 0, function, "order to be an integer from 0", repr(order))
    points = widened(x0)
    scalar = jax.ShapeDtypeStruct((), points.dtype)
    g = scalar_valued(function, f, scalar)
    if order + beyond > NESTED:
        culprit = without_rule(g, scalar)
        expected = f"an order of at most {NESTED - beyond} for an f that uses {culprit}, which has no rule for series"
        expect(culprit is None, function, expected, order)
    series = jnp.vectorize(partial(coefficients, g, order=order + beyond), signature="()->(k)")(points)
    return Taylor(x0, series.astype(x0.dtype))


CONCEPTS = (
    Concept(
        taylor,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        oracle=lambda x: np.exp(x)[:, None] * (x[:, None] + np.arange(5)) / np.array([1.0, 1.0, 2.0, 6.0, 24.0]),
        evaluate=lambda x: taylor(lambda t: t * jnp.exp(t), x, 4).coefficients,
    ),
    Concept(
        remainder_bound,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        oracle=lambda x: (1 + np.abs(x) / 128) * np.exp(np.maximum(x, 0)) * np.abs(x) ** 3 / 6,
        evaluate=lambda x: remainder_bound(jnp.exp, 0.0, x, 2),
    ),
)
