"""Landscapes to get lost in: standard trials of optimisers, with hand-written gradients and Hessians."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_rank
from mathml_jax._concept import Concept, Derivative
from mathml_jax.optimize.objectives import rosenbrock


class Surface(NamedTuple):
    """A function of two coordinates, and what is known of it.

    Attributes:
      function: the function of a point of shape [2].
      minima: the lowest points, to the digits of a float64.
      domain: lowest and highest value of each coordinate that are usually looked at.
      start: a point from which the way down is worth seeing.
    """

    function: Callable[[Any], Array]
    minima: tuple[tuple[float, float], ...]
    domain: tuple[tuple[float, float], tuple[float, float]]
    start: tuple[float, float]


@jax.jit
def himmelblau(x: Real[ArrayLike, "2"]) -> Float[Array, ""]:
    r"""Himmelblau's function, with four minima of the same height 0.

    .. math::

        f(x) = (x_1^2 + x_2 - 11)^2 + (x_1 + x_2^2 - 7)^2

    where :math:`f` is the height at the point :math:`x` with the coordinates :math:`x_1` and :math:`x_2`. One minimum
    lies at (3, 2).

    Why it matters: which of the minima a method finds depends on its start, and a map of that is a fractal for some.

    Args:
      x: the point, shape [2].

    Returns:
      The value, a scalar.

    Raises:
      ValueError: `x` has not the shape [2].

    References:
      Himmelblau, "Applied Nonlinear Programming", 1972.

    >>> himmelblau(jnp.array([3.0, 2.0])).item()
    0.0
    """
    u, v = _himmelblau_parts("himmelblau", x)[1]
    return u**2 + v**2


def himmelblau_gradient(x: Real[ArrayLike, "2"]) -> Float[Array, "2"]:
    r"""Gradient of `himmelblau`, with :math:`u = x_1^2 + x_2 - 11` and :math:`v = x_1 + x_2^2 - 7`.

    .. math::

        \nabla f = (4 x_1 u + 2 v,\; 2 u + 4 x_2 v)
    """
    (x1, x2), (u, v) = _himmelblau_parts("himmelblau_gradient", x)
    return jnp.stack([4 * x1 * u + 2 * v, 2 * u + 4 * x2 * v])


def himmelblau_hessian(x: Real[ArrayLike, "2"]) -> Float[Array, "2 2"]:
    r"""Hessian of `himmelblau`, with :math:`u = x_1^2 + x_2 - 11` and :math:`v = x_1 + x_2^2 - 7`.

    .. math::

        \nabla^2 f = \begin{pmatrix}
            4 u + 8 x_1^2 + 2 & 4 (x_1 + x_2) \\
            4 (x_1 + x_2) & 4 v + 8 x_2^2 + 2
        \end{pmatrix}
    """
    (x1, x2), (u, v) = _himmelblau_parts("himmelblau_hessian", x)
    return _symmetric(4 * u + 8 * x1**2 + 2, 4 * (x1 + x2), 4 * v + 8 * x2**2 + 2)


@jax.jit
def beale(x: Real[ArrayLike, "2"]) -> Float[Array, ""]:
    r"""Beale's function: flat almost everywhere, steep at the corners, its minimum 0 at (3, 1/2).

    .. math::

        f(x) = \sum_{i=1}^{3} \left( c_i - x_1 (1 - x_2^i) \right)^2, \qquad c = (1.5,\; 2.25,\; 2.625)

    where :math:`f` is the height at the point :math:`x` with the coordinates :math:`x_1` and :math:`x_2`, and
    :math:`c_i` are three constants.

    Why it matters: one learning rate cannot serve both the plateau and the walls.

    Args:
      x: the point, shape [2].

    Returns:
      The value, a scalar.

    Raises:
      ValueError: `x` has not the shape [2].

    References:
      Beale, "On an Iterative Method for Finding a Local Minimum of a Function of More than One Variable", 1958.

    >>> beale(jnp.array([3.0, 0.5])).item()
    0.0
    """
    return jnp.sum(_beale_parts("beale", x)[2] ** 2)


def beale_gradient(x: Real[ArrayLike, "2"]) -> Float[Array, "2"]:
    r"""Gradient of `beale`, with :math:`r_i = c_i - x_1 (1 - x_2^i)`.

    .. math::

        \nabla f = 2 \sum_{i=1}^{3} r_i \left( x_2^i - 1,\; i x_1 x_2^{i-1} \right)
    """
    x1, x2, residuals, powers, i = _beale_parts("beale_gradient", x)
    slopes = jnp.stack([x2 * powers - 1, i * x1 * powers])
    return 2 * jnp.sum(residuals[None] * slopes, axis=1)


def beale_hessian(x: Real[ArrayLike, "2"]) -> Float[Array, "2 2"]:
    r"""Hessian of `beale`, with :math:`r_i = c_i - x_1 (1 - x_2^i)` and its slopes :math:`p_i = x_2^i - 1` and
    :math:`q_i = i x_1 x_2^{i-1}`.

    .. math::

        \nabla^2 f = 2 \sum_{i=1}^{3} \begin{pmatrix} p_i^2 & p_i q_i + i r_i x_2^{i-1} \\
            p_i q_i + i r_i x_2^{i-1} & q_i^2 + i (i - 1) r_i x_1 x_2^{i-2} \end{pmatrix}
    """
    x1, x2, residuals, powers, i = _beale_parts("beale_hessian", x)
    p, q = x2 * powers - 1, i * x1 * powers
    before = jnp.stack([jnp.zeros_like(x2), jnp.ones_like(x2), x2])
    mixed = jnp.sum(p * q + i * residuals * powers)
    last = jnp.sum(q**2 + i * (i - 1) * residuals * x1 * before)
    return 2 * _symmetric(jnp.sum(p**2), mixed, last)


@jax.jit
def booth(x: Real[ArrayLike, "2"]) -> Float[Array, ""]:
    r"""Booth's function, a tilted bowl of condition number 9, its minimum 0 at (1, 3).

    .. math::

        f(x) = (x_1 + 2 x_2 - 7)^2 + (2 x_1 + x_2 - 5)^2

    where :math:`f` is the height at the point :math:`x` with the coordinates :math:`x_1` and :math:`x_2`.

    Why it matters: a quadratic whose axes are not those of the coordinates, where a rate for each coordinate does not
    help.

    Args:
      x: the point, shape [2].

    Returns:
      The value, a scalar.

    Raises:
      ValueError: `x` has not the shape [2].

    References:
      Jamil and Yang, "A literature survey of benchmark functions for global optimisation problems", 2013, number 17.

    >>> booth(jnp.array([1.0, 3.0])).item()
    0.0
    """
    x1, x2 = _pair("booth", x)
    return (x1 + 2 * x2 - 7) ** 2 + (2 * x1 + x2 - 5) ** 2


def booth_gradient(x: Real[ArrayLike, "2"]) -> Float[Array, "2"]:
    r"""Gradient of `booth`.

    .. math::

        \nabla f = (10 x_1 + 8 x_2 - 34,\; 8 x_1 + 10 x_2 - 38)
    """
    x1, x2 = _pair("booth_gradient", x)
    return jnp.stack([10 * x1 + 8 * x2 - 34, 8 * x1 + 10 * x2 - 38])


def booth_hessian(x: Real[ArrayLike, "2"]) -> Float[Array, "2 2"]:
    r"""Hessian of `booth`, the same everywhere.

    .. math::

        \nabla^2 f = \begin{pmatrix} 10 & 8 \\ 8 & 10 \end{pmatrix}
    """
    x1, _ = _pair("booth_hessian", x)
    return jnp.array([[10.0, 8.0], [8.0, 10.0]], x1.dtype)


@jax.jit
def saddle(x: Real[ArrayLike, "2"]) -> Float[Array, ""]:
    r"""The saddle: a valley along one axis, a ridge along the other, no minimum.

    .. math::

        f(x) = x_1^2 - x_2^2

    where :math:`f` is the height at the point :math:`x` with the coordinates :math:`x_1` and :math:`x_2`.

    Why it matters: in many dimensions nearly all points with a gradient of 0 are saddles; noise and momentum leave
    them, Newton's method is drawn to them.

    Args:
      x: the point, shape [2].

    Returns:
      The value, a scalar.

    Raises:
      ValueError: `x` has not the shape [2].

    References:
      Dauphin and others, "Identifying and attacking the saddle point problem in high-dimensional non-convex
      optimization", 2014.

    >>> saddle(jnp.array([1.0, 2.0])).item()
    -3.0
    """
    x1, x2 = _pair("saddle", x)
    return x1**2 - x2**2


def saddle_gradient(x: Real[ArrayLike, "2"]) -> Float[Array, "2"]:
    r"""Gradient of `saddle`.

    .. math::

        \nabla f = (2 x_1,\; -2 x_2)
    """
    x1, x2 = _pair("saddle_gradient", x)
    return jnp.stack([2 * x1, -2 * x2])


def saddle_hessian(x: Real[ArrayLike, "2"]) -> Float[Array, "2 2"]:
    r"""Hessian of `saddle`, the same everywhere.

    .. math::

        \nabla^2 f = \begin{pmatrix} 2 & 0 \\ 0 & -2 \end{pmatrix}
    """
    x1, _ = _pair("saddle_hessian", x)
    return jnp.diag(jnp.array([2.0, -2.0], x1.dtype))


SURFACES: Mapping[str, Surface] = {
    "rosenbrock": Surface(rosenbrock, ((1.0, 1.0),), ((-2.0, 2.0), (-1.0, 3.0)), (-1.2, 1.0)),
    "himmelblau": Surface(
        himmelblau,
        (
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
        ((-5.0, 5.0), (-5.0, 5.0)),
        (-0.5, -1.0),
    ),
    "beale": Surface(beale, ((3.0, 0.5),), ((-4.5, 4.5), (-4.5, 4.5)), (1.0, 1.5)),
    "booth": Surface(booth, ((1.0, 3.0),), ((-10.0, 10.0), (-10.0, 10.0)), (-8.0, -5.0)),
    "saddle": Surface(saddle, (), ((-2.0, 2.0), (-2.0, 2.0)), (-1.5, 0.01)),
}
"""Every function of two coordinates by name, with its minima, its domain and a start."""


def _pair(function: str, x: ArrayLike) -> tuple[Array, Array]:
    """The two coordinates of a point."""
    x = as_float(x)
    expect_rank(function, "x", x, 1)
    expect(x.shape == (2,), function, "x of shape (2,)", x.shape)
    return x[0], x[1]


def _symmetric(a: Array, b: Array, c: Array) -> Array:
    """A symmetric matrix of two rows."""
    return jnp.stack([jnp.stack([a, b]), jnp.stack([b, c])])


def _himmelblau_parts(function: str, x: ArrayLike) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """The coordinates, and the two terms that are squared."""
    x1, x2 = _pair(function, x)
    return (x1, x2), (x1**2 + x2 - 11, x1 + x2**2 - 7)


def _beale_parts(function: str, x: ArrayLike) -> tuple[Array, Array, Array, Array, Array]:
    """The coordinates, the three terms that are squared, the powers 0 to 2 of the second coordinate, and 1, 2, 3."""
    x1, x2 = _pair(function, x)
    powers = jnp.stack([jnp.ones_like(x2), x2, x2**2])
    residuals = jnp.array([1.5, 2.25, 2.625], x1.dtype) - x1 * (1 - x2 * powers)
    return x1, x2, residuals, powers, jnp.arange(1, 4, dtype=x1.dtype)


def _record(name: str, gradient: Callable[..., Array], hessian: Callable[..., Array], oracle: Any) -> Concept:
    """The concept of a surface."""
    return Concept(
        SURFACES[name].function,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        derivatives=(Derivative(gradient, "gradient"), Derivative(hessian, "hessian")),
        oracle=oracle,
    )


CONCEPTS = (
    _record(
        "himmelblau",
        himmelblau_gradient,
        himmelblau_hessian,
        lambda x: np.sum((x**2 + x[::-1] - [11, 7]) ** 2),
    ),
    _record(
        "beale",
        beale_gradient,
        beale_hessian,
        lambda x: sum((c - x[0] + x[0] * x[1] ** i) ** 2 for i, c in ((1, 1.5), (2, 2.25), (3, 2.625))),
    ),
    _record("booth", booth_gradient, booth_hessian, lambda x: np.sum((np.array([[1, 2], [2, 1]]) @ x - [7, 5]) ** 2)),
    _record("saddle", saddle_gradient, saddle_hessian, lambda x: (x[0] - x[1]) * (x[0] + x[1])),
)
