"""Curvature: the Hessian, its products with vectors, and the flat and the quadratic model that slopes make."""

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Float

from mathml_jax._concept import Concept
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.calculus._variables import Argnum, floating, inner, like, of_variables


def hessian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    r"""The Hessian of a function of many variables: all its second derivatives, exact to rounding.

    .. math::

        H_{ij}(x) = \frac{\partial^2 f}{\partial x_i \partial x_j}(x)

    where :math:`H` is the symmetric matrix of the second derivatives of :math:`f` along the variables :math:`x_i` and
    :math:`x_j` at the point :math:`x`. It is the Jacobian of the gradient: forward mode over reverse mode, one column
    for each variable, each for a few times the work of f.

    Why it matters: its eigenvalues tell a valley from a saddle and how long a step may be; Newton's method inverts it.

    Args:
      f: a function of arrays, or trees of arrays, to a scalar.
      argnum: which of its arguments holds the variables; of a tuple, all of those arguments do.

    Returns:
      A function of the arguments of `f` to the Hessian: the variables' axes twice; for trees, a tree of trees.

    Raises:
      ValueError: `f` does not return a scalar, or has no argument `argnum`.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, chapter 8.

    >>> hessian(lambda x: x[0] ** 2 * x[1])(jnp.array([2.0, 3.0])).tolist()
    [[6.0, 4.0], [4.0, 0.0]]
    """

    def derived(*args: Any) -> Any:
        g, variables = of_variables("hessian", f, args, argnum)
        return jax.jacfwd(jax.grad(scalar_valued("hessian", g, variables)))(variables)

    return derived


def hvp(f: Callable[..., Any], x: Any, v: Any) -> Any:
    r"""The Hessian times a vector, without the Hessian: how the gradient changes along a direction.

    .. math::

        H(x)\, v = \lim_{h \to 0} \frac{\nabla f(x + h v) - \nabla f(x)}{h}

    where :math:`H(x)` is the Hessian of :math:`f` at :math:`x`, :math:`v` the vector, :math:`\nabla f` the gradient and
    :math:`h` a step that shrinks to nothing. Forward mode through the gradient takes no step, and costs two to
    three times the gradient, however many variables there are.

    Why it matters: curvature for a million weights, whose Hessian would fill a terabyte: conjugate gradients and
    Lanczos ask for nothing else.

    Args:
      f: a function of one array, or one tree of arrays, to a scalar.
      x: the point.
      v: the vector, shaped like `x`.

    Returns:
      The product, shaped like `x`.

    Raises:
      ValueError: `f` does not return a scalar, or `v` does not fit `x`.

    References:
      Pearlmutter, "Fast exact multiplication by the Hessian", 1994.

    >>> hvp(lambda x: x[0] ** 2 * x[1], jnp.array([2.0, 3.0]), jnp.array([1.0, 10.0])).tolist()
    [46.0, 4.0]
    """
    x = floating(x)
    slope = jax.grad(scalar_valued("hvp", f, x))
    return jax.jvp(slope, (x,), (like("hvp", v=v, x=x),))[1]


class TangentPlane(NamedTuple):
    """The flat function that touches another at a point; call it to evaluate it.

    Attributes:
      x0: the point.
      value: the function there.
      gradient: its slopes there, a tree like `x0`.
    """

    x0: Any
    value: Float[Array, ""]
    gradient: Any

    def __call__(self, x: Any) -> Float[Array, ""]:
        """The height of the plane over a point shaped like `x0`."""
        return self.value + inner(self.gradient, _step("tangent_plane", self.x0, x))


def tangent_plane(f: Callable[..., Any], x0: Any) -> TangentPlane:
    r"""The plane that touches a surface: the best flat model of a function near a point.

    .. math::

        L(x) = f(x_0) + \nabla f(x_0) \cdot (x - x_0)

    where :math:`f` is the function, :math:`x_0` the point of contact, :math:`\nabla f` the gradient and :math:`L` the
    plane over any other point :math:`x`. It is off by no more than the square of the distance times half the largest
    curvature on the way.

    Why it matters: gradient descent believes in this plane for one short step at a time.

    Args:
      f: a function of one array, or one tree of arrays, to a scalar.
      x0: the point of contact.

    Returns:
      `x0`, `value` and `gradient`; as a function, the plane. For many points, `jax.vmap` it.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Apostol, "Calculus", volume 2, 2nd edition, 1969, section 8.12.

    >>> plane = tangent_plane(lambda x: x[0] ** 2 + x[1], jnp.array([1.0, 0.0]))
    >>> plane(jnp.array([2.0, 5.0])).item()
    8.0
    """
    x0 = floating(x0)
    return TangentPlane(x0, *jax.value_and_grad(scalar_valued("tangent_plane", f, x0))(x0))


class QuadraticModel(NamedTuple):
    """The parabola that touches a function at a point with the same curvature; call it to evaluate it.

    Attributes:
      x0: the point.
      value: the function there.
      gradient: its slopes there, a tree like `x0`.
      hessian: its second derivatives there, the axes of `x0` twice.
    """

    x0: Any
    value: Float[Array, ""]
    gradient: Any
    hessian: Any

    def __call__(self, x: Any) -> Float[Array, ""]:
        """The model at a point shaped like `x0`."""
        step = _step("quadratic_model", self.x0, x)
        pulled = jax.tree.map(lambda _, row: _contract(row, step), step, self.hessian)
        return self.value + inner(self.gradient, step) + inner(pulled, step) / 2


def quadratic_model(f: Callable[..., Any], x0: Any) -> QuadraticModel:
    r"""The quadratic function with the same value, slopes and curvature as another at a point: Taylor's second order.

    .. math::

        q(x) = f(x_0) + \nabla f(x_0) \cdot (x - x_0) + \tfrac{1}{2} (x - x_0)^\top H(x_0)\, (x - x_0)

    where :math:`f` is the function, :math:`x_0` the point, :math:`\nabla f` the gradient, :math:`H` the Hessian and
    :math:`q` the model at any other point :math:`x`; :math:`\top` transposes. Its error shrinks with the cube of the
    distance.

    Why it matters: Newton's step jumps to where this model is lowest, and a trust region is where it is believed.

    Args:
      f: a function of one array, or one tree of arrays, to a scalar.
      x0: the point.

    Returns:
      `x0`, `value`, `gradient` and `hessian`; as a function, the model. For many points, `jax.vmap` it.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 2.2.

    >>> model = quadratic_model(lambda x: x[0] ** 2 * x[1], jnp.array([1.0, 1.0]))
    >>> model(jnp.array([2.0, 2.0])).item()
    7.0
    """
    x0 = floating(x0)
    g = scalar_valued("quadratic_model", f, x0)
    value, slopes = jax.value_and_grad(g)(x0)
    return QuadraticModel(x0, value, slopes, jax.jacfwd(jax.grad(g))(x0))


def _step(function: str, x0: Any, x: Any) -> Any:
    """The way from one point to another of the same shapes."""
    return jax.tree.map(jnp.subtract, like(function, x=x, x0=x0), x0)


def _contract(row: Any, step: Any) -> Array:
    """One row of blocks of a Hessian times a step."""
    blocks = zip(jax.tree.leaves(row), jax.tree.leaves(step), strict=True)
    return reduce(jnp.add, [jnp.tensordot(block, part, part.ndim, precision="highest") for block, part in blocks])


def _wave(p: Any) -> Any:
    return jnp.sin(p[0]) * p[1] ** 2


def _wave_gradient(x: Any) -> Any:
    return np.array([np.cos(x[0]) * x[1] ** 2, 2 * np.sin(x[0]) * x[1]])


def _wave_hessian(x: Any) -> Any:
    mixed = 2 * np.cos(x[0]) * x[1]
    return np.array([[-np.sin(x[0]) * x[1] ** 2, mixed], [mixed, 2 * np.sin(x[0])]])


CONCEPTS = (
    Concept(
        hessian,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        oracle=_wave_hessian,
        evaluate=lambda x: hessian(_wave)(x),
    ),
    Concept(
        hvp,
        example=lambda key: tuple(random.normal(key, (2, 2), jnp.float64)),
        oracle=lambda x, v: _wave_hessian(x) @ v,
        evaluate=lambda x, v: hvp(_wave, x, v),
    ),
    Concept(
        tangent_plane,
        example=lambda key: tuple(random.normal(key, (2, 2), jnp.float64)),
        oracle=lambda x0, x: np.sin(x0[0]) * x0[1] ** 2 + _wave_gradient(x0) @ (x - x0),
        evaluate=lambda x0, x: tangent_plane(_wave, x0)(x),
    ),
    Concept(
        quadratic_model,
        example=lambda key: tuple(random.normal(key, (2, 2), jnp.float64)),
        oracle=lambda x0, x: (
            np.sin(x0[0]) * x0[1] ** 2 + (_wave_gradient(x0) + _wave_hessian(x0) @ (x - x0) / 2) @ (x - x0)
        ),
        evaluate=lambda x0, x: quadratic_model(_wave, x0)(x),
    ),
)
