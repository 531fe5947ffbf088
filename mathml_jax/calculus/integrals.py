"""Areas under curves from their values at a few points."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Key, Real

from mathml_jax._checks import as_float, expect, expect_option, expect_rank, widened
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
    widths, y = _widths_and_values("trapezoid", y, x, dx, axis)
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
    widths, y = _widths_and_values("trapezoid_gradient", y, x, dx, axis)
    return (jnp.pad(widths, (0, 1)) + jnp.pad(widths, (1, 0)))[: len(y)] / 2


@partial(jax.jit, static_argnames=("axis", "initial"))
def cumulative_trapezoid(
    y: Real[ArrayLike, "..."],
    x: Real[ArrayLike, "..."] | None = None,
    dx: Real[ArrayLike, ""] = 1.0,
    axis: int = -1,
    initial: int | None = None,
) -> Float[Array, "..."]:
    r"""Area under a curve that is straight between its points, from the first of them up to each.

    .. math::

        A_k = \sum_{i=0}^{k} \frac{y_i + y_{i+1}}{2} (x_{i+1} - x_i)

    where :math:`y_i` is the value of the curve at the point :math:`x_i`, and :math:`A_k` the area up to the point
    behind the :math:`k`-th.

    Why it matters: an antiderivative from measurements: the way from speeds, a distribution function from a density.

    Args:
      y: values along `axis`, at least one.
      x: points, of the shape of `y` or one-dimensional along `axis`; without it they are `dx` apart.
      dx: distance between points, where `x` is not given.
      axis: the axis along which to integrate.
      initial: 0 puts the empty area in front.

    Returns:
      Areas (the unit of y times that of x), of the shape of `y`, but one fewer along `axis` without `initial`.

    Raises:
      ValueError: `y` has no point along `axis`, `x` does not fit it, or `initial` is neither None nor 0.

    References:
      Davis and Rabinowitz, "Methods of numerical integration", 2nd edition, 1984, section 2.1.

    >>> cumulative_trapezoid(jnp.array([1.0, 2.0, 3.0]), initial=0).tolist()
    [0.0, 1.5, 4.0]
    """
    expect_option("cumulative_trapezoid", "initial", initial, (None, 0))
    widths, y = _widths_and_values("cumulative_trapezoid", y, x, dx, axis)
    expect(y.shape[-1] > 0, "cumulative_trapezoid", "at least one point along axis", f"shape {y.shape}")
    areas = jnp.cumsum(widened(widths) * widened(y[..., 1:] + y[..., :-1]) / 2, axis=-1)
    if initial is not None:
        areas = jnp.pad(areas, [(0, 0)] * (y.ndim - 1) + [(1, 0)])
    return jnp.moveaxis(areas, -1, axis).astype(y.dtype)


def cumulative_trapezoid_jacobian(
    y: Real[ArrayLike, " n"],
    x: Real[ArrayLike, " n"] | None = None,
    dx: Real[ArrayLike, ""] = 1.0,
    axis: int = -1,
    initial: int | None = None,
) -> Float[Array, "m n"]:
    r"""Jacobian of `cumulative_trapezoid` in y, for one curve: the weights of the rule up to each point.

    .. math::

        \frac{\partial A_k}{\partial y_i} = \frac{h_{i-1}\, [i \le k + 1] + h_i\, [i \le k]}{2}, \qquad
        h_i = x_{i+1} - x_i, \qquad h_{-1} = h_n = 0
    """
    widths, y = _widths_and_values("cumulative_trapezoid_jacobian", y, x, dx, axis)
    reached = jnp.tril(jnp.broadcast_to(widths, (len(widths), len(widths))))
    weights = (jnp.pad(reached, ((0, 0), (1, 0))) + jnp.pad(reached, ((0, 0), (0, 1)))) / 2
    return weights if initial is None else jnp.pad(weights, ((1, 0), (0, 0)))


@partial(jax.jit, static_argnames="axis")
def simpson(
    y: Real[ArrayLike, "..."],
    x: Real[ArrayLike, "..."] | None = None,
    dx: Real[ArrayLike, ""] = 1.0,
    axis: int = -1,
) -> Float[Array, "..."]:
    r"""Area under a curve that is a parabola through each three of its points.

    .. math::

        \int_{x_0}^{x_2} y(x)\, dx \approx \frac{h_0 + h_1}{6} \left( \left(2 - \frac{h_1}{h_0}\right) y_0
        + \frac{(h_0 + h_1)^2}{h_0 h_1} y_1 + \left(2 - \frac{h_0}{h_1}\right) y_2 \right), \qquad h_i = x_{i+1} - x_i

    where :math:`y(x)` is the curve, :math:`y_i` its value at the point :math:`x_i` and :math:`h_i` the distance to the
    next; equal distances give the famous weights 1, 4, 1 over three. Of an even number of points, the last interval
    takes the parabola through the last three (Cartwright); of two, the trapezoid.

    Why it matters: exact for parabolas, and with equal distances for cubics: twice as many points divide the error by
    sixteen.

    Args:
      y: values along `axis`, at least one axis.
      x: points, of the shape of `y` or one-dimensional along `axis`; without it they are `dx` apart.
      dx: distance between points, where `x` is not given.
      axis: the axis along which to integrate.

    Returns:
      Areas (the unit of y times that of x), of the shape of `y` without `axis`; 0 for fewer than two points. Where a
      point repeats there is no parabola, and its neighbours are joined by straight lines; SciPy's weights then do
      not add up to the length of the interval.

    Raises:
      ValueError: `y` is a scalar, or `x` does not fit it.

    References:
      Cartwright, "Simpson's rule cumulative integration with MS Excel and irregularly-spaced data", 2017.

    >>> simpson(jnp.array([0.0, 1.0, 4.0, 9.0])).item()
    9.0
    """
    widths, y = _widths_and_values("simpson", y, x, dx, axis)
    h, values = widened(widths), widened(y)
    n = y.shape[-1]
    pairs = (n - 1) // 2
    weights = _parabola(h[..., : 2 * pairs : 2], h[..., 1 : 2 * pairs : 2])
    area = sum(jnp.sum(w * values[..., i : i + 2 * pairs : 2], axis=-1) for i, w in enumerate(weights))
    if n > 0 and n % 2 == 0:
        last = _last_interval(h)
        area = area + jnp.sum(last * values[..., n - last.shape[-1] :], axis=-1)
    return jnp.asarray(area, y.dtype)


def simpson_gradient(
    y: Real[ArrayLike, " n"],
    x: Real[ArrayLike, " n"] | None = None,
    dx: Real[ArrayLike, ""] = 1.0,
    axis: int = -1,
) -> Float[Array, " n"]:
    r"""Gradient of `simpson` in y, for one curve: the weights of the rule.

    .. math::

        w_{2k} = \frac{h_{2k} + h_{2k+1}}{6} \left(2 - \frac{h_{2k+1}}{h_{2k}}\right)
        + \frac{h_{2k-2} + h_{2k-1}}{6} \left(2 - \frac{h_{2k-2}}{h_{2k-1}}\right), \qquad
        w_{2k+1} = \frac{(h_{2k} + h_{2k+1})^3}{6 h_{2k} h_{2k+1}}

    A term is missing where its points are; those of the last interval are added for an even number of points.
    """
    h, y = _widths_and_values("simpson_gradient", y, x, dx, axis)
    n = len(y)
    pairs = (n - 1) // 2
    weights = jnp.zeros_like(y)
    for i, part in enumerate(_parabola(h[: 2 * pairs : 2], h[1 : 2 * pairs : 2])):
        weights = weights.at[i : i + 2 * pairs : 2].add(part)
    if n > 0 and n % 2 == 0:
        last = _last_interval(h)
        weights = weights.at[n - len(last) :].add(last)
    return weights


def _parabola(left: Array, right: Array) -> tuple[Array, Array, Array]:
    """The weights of three points, whose distances are given."""
    whole, flat = left + right, (left == 0) | (right == 0)
    h0, h1 = (jnp.where(flat, 1.0, h) for h in (left, right))
    return (
        jnp.where(flat, left / 2, whole * (2 - h1 / h0) / 6),
        jnp.where(flat, whole / 2, whole * whole * (whole / (h0 * h1)) / 6),
        jnp.where(flat, right / 2, whole * (2 - h0 / h1) / 6),
    )


def _last_interval(widths: Array) -> Array:
    """The weights of the last three points, along the last axis, for the interval between the last two alone."""
    h1 = widths[..., -1:]
    if widths.shape[-1] == 1:
        return jnp.concatenate([h1 / 2, h1 / 2], axis=-1)
    left = widths[..., -2:-1]
    flat = (left == 0) | (left + h1 == 0)
    h0 = jnp.where(flat, 1.0, left)
    whole = jnp.where(flat, 1.0, h0 + h1)
    curved = (-h1 * h1 * h1 / (6 * h0 * whole), h1 * (h1 + 3 * h0) / (6 * h0), h1 * (2 * h1 + 3 * h0) / (6 * whole))
    straight = (jnp.zeros_like(h1), h1 / 2, h1 / 2)
    weights = [jnp.where(flat, line, curve) for line, curve in zip(straight, curved, strict=True)]
    return jnp.concatenate(weights, axis=-1)


def _widths_and_values(
    function: str, y: ArrayLike, x: ArrayLike | None, dx: ArrayLike, axis: int
) -> tuple[Array, Array]:
    """The distances between points and the values, in one shape but for their number, both with `axis` last."""
    y, points = as_float(y, dx if x is None else x)
    expect_rank(function, "y", y, 1, at_least=True)
    expect(-y.ndim <= axis < y.ndim, function, f"axis of a y with shape {y.shape}", axis)
    n = y.shape[axis]
    y = jnp.moveaxis(y, axis, -1)
    if x is None:
        widths = points
    else:
        ok = points.shape == (n,) or points.shape == jnp.moveaxis(y, -1, axis).shape
        expect(ok, function, f"x of shape ({n},) or that of y", points.shape)
        widths = jnp.diff(points if points.ndim == 1 else jnp.moveaxis(points, axis, -1))
    return jnp.broadcast_to(widths, (*y.shape[:-1], max(n - 1, 0))), y


def _curve(key: Key[Array, ""]) -> tuple[Array, Array]:
    """Seven values at ascending points."""
    return random.normal(key, (7,), jnp.float64), jnp.cumsum(0.1 + random.uniform(key, (7,), jnp.float64))


def _even_curve(key: Key[Array, ""]) -> tuple[Array, Array]:
    """Six of them."""
    y, x = _curve(key)
    return y[1:], x[1:]


CONCEPTS = (
    Concept(
        trapezoid,
        example=_curve,
        derivatives=(Derivative(trapezoid_gradient, "gradient"),),
        oracle="scipy.integrate.trapezoid",
    ),
    Concept(
        cumulative_trapezoid,
        example=_curve,
        derivatives=(Derivative(cumulative_trapezoid_jacobian, "jacobian"),),
        oracle="scipy.integrate.cumulative_trapezoid",
    ),
    Concept(
        simpson,
        example=_even_curve,
        derivatives=(Derivative(simpson_gradient, "gradient"),),
        oracle="scipy.integrate.simpson",
    ),
)
