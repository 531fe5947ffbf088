"""Functions to minimise, with hand-written gradients and Hessians."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_rank
from mathml_jax._concept import Concept, Derivative


@jax.jit
def quadratic(x: Real[ArrayLike, " n"], a: Real[ArrayLike, "n n"], b: Real[ArrayLike, " n"]) -> Float[Array, ""]:
    r"""The quadratic bowl.

    .. math::

        f(x) = \tfrac{1}{2} x^\top A x - b^\top x

    where :math:`f` is the height at the point :math:`x`, :math:`A` the matrix of curvatures and :math:`b` the downhill
    slope at the origin. For a positive definite :math:`A` the minimum lies where :math:`A x = b`.

    Why it matters: every smooth loss is this one near a minimum, so here an optimiser shows its rate of convergence.

    Args:
      x: the point, shape [n].
      a: a square matrix, shape [n, n]; only its symmetric part counts.
      b: shape [n].

    Returns:
      The value, a scalar.

    Raises:
      ValueError: `x` has not one axis, or `a` and `b` do not fit it.

    References:
      Shewchuk, "An Introduction to the Conjugate Gradient Method Without the Agonizing Pain", 1994, section 3.

    >>> quadratic(jnp.array([1.0, 2.0]), jnp.eye(2), jnp.array([1.0, 0.0])).item()
    1.5
    """
    x, a, b = _fitting(x, a, b)
    return 0.5 * _dot(x, _dot(a, x)) - _dot(b, x)


def quadratic_gradient(
    x: Real[ArrayLike, " n"], a: Real[ArrayLike, "n n"], b: Real[ArrayLike, " n"]
) -> Float[Array, " n"]:
    r"""Gradient of `quadratic` in x.

    .. math::

        \nabla f(x) = \tfrac{1}{2} (A + A^\top) x - b
    """
    x, a, b = _fitting(x, a, b)
    return 0.5 * (_dot(a, x) + _dot(x, a)) - b


def quadratic_hessian(
    x: Real[ArrayLike, " n"], a: Real[ArrayLike, "n n"], b: Real[ArrayLike, " n"]
) -> Float[Array, "n n"]:
    r"""Hessian of `quadratic` in x.

    .. math::

        \nabla^2 f(x) = \tfrac{1}{2} (A + A^\top)
    """
    _, a, _ = _fitting(x, a, b)
    return 0.5 * (a + a.T)


@jax.jit
def rosenbrock(x: Real[ArrayLike, " n"]) -> Float[Array, ""]:
    r"""Rosenbrock's curved valley, whose minimum 0 lies at (1, ..., 1).

    .. math::

        f(x) = \sum_{i=1}^{n-1} \left( 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2 \right)

    where :math:`f` is the height at the point :math:`x` and :math:`n` its number of coordinates.

    Why it matters: descending into the valley is easy and following its flat, bent floor is not; a standard trial of
    optimisers since 1960.

    Args:
      x: the point, shape [n].

    Returns:
      The value, a scalar; 0 for fewer than two coordinates.

    Raises:
      ValueError: `x` has not one axis.

    References:
      Rosenbrock, "An automatic method for finding the greatest or least value of a function", 1960.

    >>> rosenbrock(jnp.array([-1.0, 1.0])).item()
    4.0
    """
    x = _point("rosenbrock", x)
    return jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_gradient(x: Real[ArrayLike, " n"]) -> Float[Array, " n"]:
    r"""Gradient of `rosenbrock`, whose last coordinate lacks the first two terms, its first the third.

    .. math::

        \frac{\partial f}{\partial x_i} = -400 x_i (x_{i+1} - x_i^2) - 2 (1 - x_i) + 200 (x_i - x_{i-1}^2)
    """
    x = _point("rosenbrock", x)
    rise = x[1:] - x[:-1] ** 2
    return jnp.zeros_like(x).at[:-1].add(-400 * x[:-1] * rise - 2 * (1 - x[:-1])).at[1:].add(200 * rise)


def rosenbrock_hessian(x: Real[ArrayLike, " n"]) -> Float[Array, "n n"]:
    r"""Hessian of `rosenbrock`, whose diagonal lacks the first three terms at its end, the 200 at its start.

    .. math::

        \frac{\partial^2 f}{\partial x_i^2} = 1200 x_i^2 - 400 x_{i+1} + 2 + 200, \quad
        \frac{\partial^2 f}{\partial x_i \partial x_{i+1}} = -400 x_i
    """
    x = _point("rosenbrock", x)
    diagonal = jnp.zeros_like(x).at[:-1].add(1200 * x[:-1] ** 2 - 400 * x[1:] + 2).at[1:].add(200)
    beside = jnp.diag(-400 * x[:-1], 1)[: x.size, : x.size]
    return jnp.diag(diagonal) + beside + beside.T


def _dot(a: Array, b: Array) -> Array:
    """A product at full precision on every device."""
    return jnp.dot(a, b, precision="highest")


def _fitting(x: ArrayLike, a: ArrayLike, b: ArrayLike) -> tuple[Array, Array, Array]:
    """The arguments of `quadratic` as floating-point arrays that fit each other."""
    x, a, b = as_float(x, a, b)
    expect_rank("quadratic", "x", x, 1)
    wanted, got = ((x.size, x.size), (x.size,)), (a.shape, b.shape)
    expect(got == wanted, "quadratic", f"a and b of shapes {wanted[0]} and {wanted[1]}", f"{got[0]} and {got[1]}")
    return x, a, b


def _point(function: str, x: ArrayLike) -> Array:
    """A vector of floating-point coordinates."""
    x = as_float(x)
    expect_rank(function, "x", x, 1)
    return x


def _quadratic_example(key: Array) -> tuple[Array, Array, Array]:
    """A point, a matrix that is not symmetric, a slope."""
    x, *a, b = random.normal(key, (5, 3), jnp.float64)
    return x, jnp.stack(a), b


CONCEPTS = (
    Concept(
        quadratic,
        example=_quadratic_example,
        derivatives=(Derivative(quadratic_gradient, "gradient"), Derivative(quadratic_hessian, "hessian")),
        oracle=lambda x, a, b: np.einsum("i,ij,j", x, a, x) / 2 - np.sum(b * x),
    ),
    Concept(
        rosenbrock,
        example=lambda key: (random.normal(key, (4,), jnp.float64),),
        derivatives=(Derivative(rosenbrock_gradient, "gradient"), Derivative(rosenbrock_hessian, "hessian")),
        oracle="scipy.optimize.rosen",
    ),
)
