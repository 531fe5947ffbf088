"""Slopes of functions of many variables."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept
from mathml_jax._differences import Estimate, along, binary_scale
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.calculus._variables import Argnum, floating, inner, of_variables
from mathml_jax.calculus.derivatives import NumericalDerivative


def gradient(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    r"""The gradient of a function of many variables: the direction in which it grows fastest, exact to rounding.

    .. math::

        \nabla f(x) = \left(\frac{\partial f}{\partial x_1}, \ldots, \frac{\partial f}{\partial x_n}\right)

    where :math:`\nabla f(x)` holds the slopes of :math:`f` at :math:`x` along each of its :math:`n` variables
    :math:`x_i`. Reverse mode gets all of them for a few times the work of f itself, however many there are.

    Why it matters: what every network is trained by: a step against it makes the loss smaller.

    Args:
      f: a function of arrays, or trees of arrays, to a scalar.
      argnum: which of its arguments holds the variables; of a tuple, all of those arguments do.

    Returns:
      A function of the arguments of `f` to the gradient, shaped like the variables; integers count as real numbers.

    Raises:
      ValueError: `f` does not return a scalar (a vector has a `jacobian`), or has no argument `argnum`.

    References:
      Griewank and Walther, "Evaluating derivatives", 2nd edition, 2008.

    >>> gradient(lambda p: p["w"] ** 2 + 3 * p["b"])({"w": 2, "b": 5})["w"].item()
    4.0
    """

    def derived(*args: Any) -> Any:
        g, variables = of_variables("gradient", f, args, argnum)
        return jax.grad(scalar_valued("gradient", g, variables))(variables)

    return derived


@partial(jax.jit, static_argnames="f")
def numerical_gradient(f: Callable[..., Any], x: Any) -> NumericalDerivative:
    r"""The gradient of a function of many variables from its values alone, with an error estimate.

    .. math::

        \frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}

    where :math:`f` is the function, :math:`x` the point, :math:`e_i` the unit vector along the variable :math:`x_i` and
    :math:`h` a step, which shrinks and is extrapolated to zero as in `numerical_derivative`.

    Why it matters: before trusting a gradient, one looks at the function on both sides. It costs two calls of f a
    variable and step, which is why networks are not trained by it.

    Args:
      f: a function of one array, or one tree of arrays, to a scalar, made of JAX operations; each new one is
        compiled.
      x: the point.

    Returns:
      `df` and `error`, both shaped like `x`.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Richardson, "The approximate arithmetical solution by finite differences", 1911.

    >>> numerical_gradient(lambda x: x[0] * x[1], jnp.array([2.0, 3.0])).df.round(6).tolist()
    [3.0, 2.0]
    """
    x = floating(x)
    point, unravel = ravel_pytree(jax.tree.map(widened, x))
    g = scalar_valued("numerical_gradient", f, unravel(point))
    scale = binary_scale(point)

    def along_axis(direction: Array) -> Estimate:
        return along(lambda t: g(unravel(t))[None], point, direction).central

    def like_x(part: Array) -> Any:
        return jax.tree.map(lambda leaf, old: leaf.astype(old.dtype), unravel(part[:, 0] / scale), x)

    value, error = jax.vmap(along_axis)(jnp.diag(scale))
    return NumericalDerivative(like_x(value), like_x(error))


def jacobian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    r"""The Jacobian of a function: the slope of each of its results along each of its variables, exact to rounding.

    .. math::

        J_{ij}(x) = \frac{\partial f_i}{\partial x_j}(x)

    where :math:`f_i` is the i-th result of :math:`f`, :math:`x_j` the j-th variable and :math:`J` the Jacobian. Forward
    mode takes it column by column, one for each variable; reverse mode row by row, one for each result. The fewer are
    taken: forward mode where there are at most as many variables as results.

    Why it matters: it is the function under a microscope, a matrix: Newton's method inverts it, and its determinant
    says how a change of variables stretches space.

    Args:
      f: a function of arrays, or trees of arrays, to an array or tree of them.
      argnum: which of its arguments holds the variables; of a tuple, all of those arguments do.

    Returns:
      A function of the arguments of `f` to the Jacobian: the result's axes first, then the variables'; for trees, a
      tree like the result whose leaves are trees like the variables.

    Raises:
      ValueError: `f` has no argument `argnum`.

    References:
      Griewank and Walther, "Evaluating derivatives", 2nd edition, 2008.

    >>> jacobian(lambda x: jnp.stack([x[0] * x[1], x[0] + x[1]]))(jnp.array([2.0, 3.0])).tolist()
    [[3.0, 2.0], [1.0, 1.0]]
    """

    def derived(*args: Any) -> Any:
        g, variables = of_variables("jacobian", f, args, argnum)
        inputs, outputs = (sum(x.size for x in jax.tree.leaves(t)) for t in (variables, jax.eval_shape(g, variables)))
        return (jax.jacfwd if inputs <= outputs else jax.jacrev)(g)(variables)

    return derived


class TotalDerivative(NamedTuple):
    """A derivative along a path, with the pieces of which it is the sum.

    Attributes:
      derivative: the sum of the partial derivatives times the velocities.
      partials: the slope of the function along each variable, a tree like the variables.
      velocities: how fast each variable moves, a tree like the variables.
    """

    derivative: Float[Array, ""]
    partials: Any
    velocities: Any


def total_derivative(f: Callable[..., Any], path: Callable[..., Any], t: Real[ArrayLike, ""]) -> TotalDerivative:
    r"""How fast a function changes along a path, and which variable contributes what.

    .. math::

        \frac{d}{dt} f(x(t)) = \sum_i \frac{\partial f}{\partial x_i} \frac{dx_i}{dt}

    where :math:`f` is a function of the variables :math:`x_i` and :math:`x(t)` their place at the time :math:`t`. A
    function that also depends on time itself has it as one variable more, whose velocity is one.

    Why it matters: the chain rule of many variables. With the loss for f and the weights for the path, it is the speed
    at which training descends.

    Args:
      f: a function of one array, or one tree of arrays, to a scalar.
      path: a function of a scalar to the variables of `f`.
      t: the time; for many, `jax.vmap`.

    Returns:
      `derivative`, a scalar, and its pieces `partials` and `velocities`, shaped like the variables.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Apostol, "Calculus", volume 2, 2nd edition, 1969, section 8.15.

    >>> total_derivative(lambda x: x[0] * x[1], lambda t: jnp.stack([t, t**2]), 2.0).derivative.item()
    12.0
    """
    t = as_float(t)
    place, velocities = jax.jvp(lambda t: floating(path(t)), (t,), (jnp.ones_like(t),))
    partials = jax.grad(scalar_valued("total_derivative", f, place))(place)
    return TotalDerivative(inner(partials, velocities), partials, velocities)


CONCEPTS = (
    Concept(
        gradient,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        oracle=lambda x: np.array([2 * x[0] * x[1], x[0] ** 2 + np.cos(x[1])]),
        evaluate=lambda x: gradient(lambda p: p[0] ** 2 * p[1] + jnp.sin(p[1]))(x),
    ),
    Concept(
        numerical_gradient,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        oracle=lambda x: np.array([2 * x[0] * x[1], x[0] ** 2 + np.cos(x[1])]),
        evaluate=lambda x: numerical_gradient(lambda p: p[0] ** 2 * p[1] + jnp.sin(p[1]), x).df,
    ),
    Concept(
        jacobian,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        oracle=lambda x: np.array([[x[1], x[0]], [np.cos(x[0]), 0], [0, 2 * x[1]]]),
        evaluate=lambda x: jacobian(lambda p: jnp.stack([p[0] * p[1], jnp.sin(p[0]), p[1] ** 2]))(x),
    ),
    Concept(
        total_derivative,
        example=lambda key: (random.normal(key, (), jnp.float64),),
        oracle=lambda t: (5 * t**4, np.array([2 * t**4, t**2]), np.array([1.0, 3 * t**2])),
        evaluate=lambda t: total_derivative(lambda p: p[0] ** 2 * p[1], lambda t: jnp.stack([t, t**3]), t),
    ),
)
