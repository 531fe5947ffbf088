"""How many numbers a statistic is made of, their mean, and what is left of them without it."""

import math
import operator
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from mathml_jax._checks import expect

Axis = int | tuple[int, ...] | None

_SHORT = 1024
"""Up to so many numbers are added one after another: beyond, rounding would pile up."""


class Moments(NamedTuple):
    """What makes up the mean, and the sum of squares about it; the axes of the numbers are gone.

    Attributes:
      start: a number near the mean, a constant for autodiff.
      total: the sum of what the numbers have beyond it; a compiler may make a product of a quotient by their count,
        which rounds, so that differences of means are taken before the division.
      squares: the sum of the squared distances from the mean.
    """

    start: Array
    total: Array
    squares: Array


def sample_size(function: str, x: Array, axis: Axis) -> int:
    """The number of entries that one statistic of `x` along `axis` is made of; raises ValueError for a wrong axis."""
    got = [operator.index(a) for a in _axes(x, axis)]
    expect(all(-x.ndim <= a < x.ndim for a in got), function, f"axis within the {x.ndim} of x", axis)
    expect(len({a % x.ndim for a in got}) == len(got), function, "each axis once", axis)
    return math.prod(x.shape[a] for a in got)


def accurate_mean(x: Array, axis: Axis) -> Array:
    """The mean, axes kept: a rounded one, which autodiff may take as a constant, plus the mean of what it leaves."""
    rounded = jnp.mean(x, axis, keepdims=True)
    centre = jax.lax.stop_gradient(jnp.where(jnp.isfinite(rounded), rounded, 0.0))
    return centre + jnp.mean(x - centre, axis, keepdims=True)


def deviations(x: Array, axis: Axis) -> Array:
    """The numbers less their mean, right even where the mean's own rounding is as large; 0 for equal numbers."""
    left = x - accurate_mean(x, axis)
    return left - jnp.mean(left, axis, keepdims=True)


def moments(x: Array, axis: Axis) -> Moments:
    r"""The mean and the sum of squares about it, in one pass over few numbers; equal numbers have exactly 0.

    .. math::

        \sum_i (x_i - \bar x)^2 = \sum_i y_i^2 - \tfrac{1}{n} \Bigl( \sum_i y_i \Bigr)^2, \qquad y_i = x_i - x_1

    Nothing cancels but a factor of n + 1 at worst, as the square of the first distance is one of the sum's own.
    """
    axes = tuple(a % x.ndim for a in _axes(x, axis))
    n = math.prod(x.shape[a] for a in axes)
    if n == 0:
        return Moments(*(jnp.mean(x, axes),) * 3)
    first = tuple(slice(0, 1) if a in axes else slice(None) for a in range(x.ndim))
    start = x[first] if n <= _SHORT else accurate_mean(x, axes)
    start = jax.lax.stop_gradient(jnp.where(jnp.isfinite(start), start, 0.0))
    total, squares = _sums(x - start, axes)
    squares = squares - total * (total / n)
    # Rounding of the sums of equal distances may leave less than nothing.
    return Moments(jnp.squeeze(start, axes), total, jnp.where(squares < 0, 0.0, squares))


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def _sums(x: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """The sums of numbers and of their squares, few of them side by side: two sums would need x in memory."""
    if math.prod(x.shape[a] for a in axes) > _SHORT:
        return jnp.sum(x, axes), jnp.sum(x * x, axes)
    zero = np.zeros((), x.dtype)
    return jax.lax.reduce((x, x * x), (zero, zero), lambda a, b: (a[0] + b[0], a[1] + b[1]), axes)


@_sums.defjvp
def _sums_jvp(axes: tuple[int, ...], primals: tuple[Array], tangents: tuple[Array]) -> tuple[Any, Any]:
    (x,), (dx,) = primals, tangents
    return _sums(x, axes), (jnp.sum(dx, axes), 2 * jnp.sum(x * dx, axes))


def root(x: Array) -> Array:
    """The square root, at 0 with a gradient of 0."""
    return jnp.where(x == 0, 0.0, jnp.sqrt(jnp.where(x == 0, 1.0, x)))


def _axes(x: Array, axis: Axis) -> tuple[int, ...]:
    return tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
