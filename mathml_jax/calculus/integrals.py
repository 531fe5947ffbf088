"""Areas under curves from their values at a few points."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept, Derivative


@partial(jax.jit, static_argnames="axis")
def trapezoid(
    y: Real[ArrayLike, "..."],
    x: Real[ArrayLike, "..."] | None = None,
    dx: Real[ArrayLike, ""] = 1.0,
    axis: int = -1,
) -> Float[Array, "..."]:
    r"""Area under a curve that is straight between its points.

    .. math::

        \int_{x_0}^{x_n} y(x)\, dx \approx \sum_i \frac{y_i + y_{i+1}}{2} (x_{i+1} - x_i)

    where :math:`y(x)` is the curve and :math:`y_i` its value at the point :math:`x_i`, the i-th of :math:`n + 1`. Twice
    as many points divide the error by four where the curve is smooth.

    Why it matters: the area under an ROC curve is computed so, and of a smooth periodic curve it gets all digits.

    Args:
      y: values along `axis`, at least one axis.
      x: points, of the shape of `y` or one-dimensional along `axis`; without it they are `dx` apart.
      dx: distance between points, where `x` is not given.
      axis: the axis along which to integrate.

    Returns:
      Areas (the unit of y times that of x), of the shape of `y` without `axis`; 0 for fewer than two points. Where the
      points run backwards, the area counts negative.

    Raises:
      ValueError: `y` is a scalar, or `x` does not fit it.

    References:
      Trefethen and Weideman, "The exponentially convergent trapezoidal rule", 2014.

    >>> trapezoid(jnp.array([1.0, 2.0, 3.0]), x=jnp.array([4.0, 6.0, 8.0])).item()
    8.0
    """
    widths, y = _widths_and_values(y, x, dx, axis)
    area = jnp.sum(widened(widths) * widened(y[..., 1:] + y[..., :-1]) / 2, axis=-1)
    return area.astype(y.dtype)


def trapezoid_gradient(
    y: Real[ArrayLike, " n"],
    x: Real[ArrayLike, " n"] | None = None,
    dx: Real[ArrayLike, ""] = 1.0,
    axis: int = -1,
) -> Float[Array, " n"]:
    r"""Gradient of `trapezoid` in y, for one curve: the weights of the rule.

    .. math::

        w_i = \frac{x_{i+1} - x_{i-1}}{2}, \qquad w_0 = \frac{x_1 - x_0}{2}, \qquad w_n = \frac{x_n - x_{n-1}}{2}
    """
    widths, y = _widths_and_values(y, x, dx, axis)
    return (jnp.pad(widths, (0, 1)) + jnp.pad(widths, (1, 0)))[: len(y)] / 2


def _widths_and_values(y: ArrayLike, x: ArrayLike | None, dx: ArrayLike, axis: int) -> tuple[Array, Array]:
    """The distances between points and the values, in one shape but for their number, both with `axis` last."""
    y, points = as_float(y, dx if x is None else x)
    expect_rank("trapezoid", "y", y, 1, at_least=True)
    expect(-y.ndim <= axis < y.ndim, "trapezoid", f"axis of a y with shape {y.shape}", axis)
    n = y.shape[axis]
    y = jnp.moveaxis(y, axis, -1)
    if x is None:
        widths = points
    else:
        ok = points.shape == (n,) or points.shape == jnp.moveaxis(y, -1, axis).shape
        expect(ok, "trapezoid", f"x of shape ({n},) or that of y", points.shape)
        widths = jnp.diff(points if points.ndim == 1 else jnp.moveaxis(points, axis, -1))
    return jnp.broadcast_to(widths, (*y.shape[:-1], max(n - 1, 0))), y


CONCEPTS = (
    Concept(
        trapezoid,
        example=lambda key: (
            random.normal(key, (7,), jnp.float64),
            jnp.cumsum(random.uniform(key, (7,), jnp.float64)),
        ),
        derivatives=(Derivative(trapezoid_gradient, "gradient"),),
        oracle="scipy.integrate.trapezoid",
    ),
)
