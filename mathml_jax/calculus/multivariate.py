"""Slopes of functions of many variables."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.flatten_util import ravel_pytree
from jaxtyping import Array

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept
from mathml_jax._differences import Estimate, along, binary_scale
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.calculus.derivatives import NumericalDerivative


def gradient(f: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    r"""The gradient of a function of many variables: the direction in which it grows fastest, exact to rounding.

    .. math::

        \nabla f(x) = \left(\frac{\partial f}{\partial x_1}, \ldots, \frac{\partial f}{\partial x_n}\right)

    where :math:`\nabla f(x)` holds the slopes of :math:`f` at :math:`x` along each of its :math:`n` variables
    :math:`x_i`. Reverse mode gets all of them for a few times the work of f itself, however many there are.

    Why it matters: what every network is trained by: a step against it makes the loss smaller.

    Args:
      f: a function of arrays, or trees of arrays, to a scalar.
      argnum: which of its arguments holds the variables.

    Returns:
      A function of the arguments of `f` to the gradient, shaped like the variables; integers count as real numbers.

    Raises:
      ValueError: `f` does not return a scalar; a vector has a Jacobian.

    References:
      Griewank and Walther, "Evaluating derivatives", 2nd edition, 2008.

    >>> gradient(lambda p: p["w"] ** 2 + 3 * p["b"])({"w": 2, "b": 5})["w"].item()
    4.0
    """

    def derived(*args: Any) -> Any:
        variables = jax.tree.map(as_float, args[argnum])

        def varied(variables: Any) -> Any:
            return f(*args[:argnum], variables, *args[argnum + 1 :])

        return jax.grad(scalar_valued("gradient", varied, variables))(variables)

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
    x = jax.tree.map(as_float, x)
    point, unravel = ravel_pytree(jax.tree.map(widened, x))
    g = scalar_valued("numerical_gradient", f, unravel(point))
    scale = binary_scale(point)

    def along_axis(direction: Array) -> Estimate:
        return along(lambda t: g(unravel(t))[None], point, direction).central

    def like_x(part: Array) -> Any:
        return jax.tree.map(lambda leaf, old: leaf.astype(old.dtype), unravel(part[:, 0] / scale), x)

    value, error = jax.vmap(along_axis)(jnp.diag(scale))
    return NumericalDerivative(like_x(value), like_x(error))


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
)
