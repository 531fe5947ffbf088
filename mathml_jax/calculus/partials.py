"""Slopes along one variable, several variables in turn, or any direction."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random

from mathml_jax._concept import Concept
from mathml_jax.calculus._variables import Argnum, axis_of, like, of_variables


def partial_derivative(f: Callable[..., Any], where: Any = (), argnum: Argnum = 0) -> Callable[..., Any]:
    r"""The slope of a function along one of its variables, the others held still.

    .. math::

        \frac{\partial f}{\partial x_i}(x) = \lim_{h \to 0} \frac{f(x + h e_i) - f(x)}{h}

    where :math:`f` is the function, :math:`x` the point, :math:`x_i` the variable, :math:`e_i` the unit vector along it
    and :math:`h` a step that shrinks to nothing. No step is taken: one pass of forward mode, exact to rounding.

    Why it matters: what one weight, one input, one dial does to the result when nothing else moves.

    Args:
      f: a function of arrays, or trees of arrays, to an array or tree of them.
      where: the place of the variable: its index or, as a tuple, the keys and indices that lead to it, as in
        `("w", 2, 0)`; nothing where the argument is a scalar.
      argnum: which argument of `f` holds the variables; of a tuple, the place begins with a position in that tuple.

    Returns:
      A function of the arguments of `f` to the slope, shaped like the result of `f`.

    Raises:
      ValueError: `where` does not lead to one number, or `f` has no argument `argnum`.

    References:
      Apostol, "Calculus", volume 2, 2nd edition, 1969, section 8.8.

    >>> partial_derivative(lambda x, y: x**2 * y, argnum=1)(3.0, 5.0).item()
    9.0
    >>> partial_derivative(lambda p: p["w"][0] * p["w"][1], ("w", 1))({"w": jnp.array([2.0, 3.0])}).item()
    2.0
    """

    def derived(*args: Any) -> Any:
        g, variables = of_variables("partial_derivative", f, args, argnum)
        return jax.jvp(g, (variables,), (axis_of("partial_derivative", where, variables),))[1]

    return derived


def mixed_partial(f: Callable[..., Any], *where: Any, argnum: Argnum = 0) -> Callable[..., Any]:
    r"""The slope of a slope: a function differentiated along several of its variables, one after another.

    .. math::

        \frac{\partial^2 f}{\partial x_j \partial x_i}(x)
        = \frac{\partial}{\partial x_j} \frac{\partial f}{\partial x_i}(x)

    where :math:`f` is the function, :math:`x` the point and :math:`x_i`, :math:`x_j` are two variables, or one twice;
    more of them give higher orders. The order in which they are taken does not matter where the result is continuous
    (Schwarz's theorem).

    Why it matters: an interaction: how much the effect of one variable depends on another.

    Args:
      f: a function of arrays, or trees of arrays, to an array or tree of them.
      where: the places of the variables, as in `partial_derivative`. The work doubles with each.
      argnum: which argument of `f` holds the variables; of a tuple, each place begins with a position in that tuple.

    Returns:
      A function of the arguments of `f` to the mixed slope, shaped like the result of `f`; with no place, f itself.

    Raises:
      ValueError: one of `where` does not lead to one number, or `f` has no argument `argnum`.

    References:
      Apostol, "Calculus", volume 2, 2nd edition, 1969, section 8.23.

    >>> mixed_partial(lambda x, y: x**2 * y**3, 0, 1, argnum=(0, 1))(3.0, 2.0).item()
    72.0
    """

    def slope_of(g: Callable[[Any], Any], axis: Any) -> Callable[[Any], Any]:
        return lambda variables: jax.jvp(g, (variables,), (axis,))[1]

    def derived(*args: Any) -> Any:
        g, variables = of_variables("mixed_partial", f, args, argnum)
        for place in where:
            g = slope_of(g, axis_of("mixed_partial", place, variables))
        return g(variables)

    return derived


def directional_derivative(f: Callable[..., Any], v: Any, argnum: Argnum = 0) -> Callable[..., Any]:
    r"""How fast a function changes for somebody who moves through its variables with a given velocity.

    .. math::

        D_v f(x) = \lim_{h \to 0} \frac{f(x + h v) - f(x)}{h} = \nabla f(x) \cdot v

    where :math:`D_v f` is the derivative of :math:`f` along :math:`v` at the point :math:`x`, :math:`\nabla f` the
    gradient and :math:`h` a step that shrinks to nothing. The velocity is taken as it is: twice as long, twice the
    result. For the slope per unit of length, divide it by its length first.

    Why it matters: the gradient's meaning: of all directions of one length, the slope is largest along the gradient.

    Args:
      f: a function of arrays, or trees of arrays, to an array or tree of them; then D is the Jacobian times v.
      v: the velocity, shaped like the variables; of any length.
      argnum: which argument of `f` holds the variables; of a tuple, all of those arguments do.

    Returns:
      A function of the arguments of `f` to the slope, shaped like the result of `f`. One pass of forward mode.

    Raises:
      ValueError: `v` does not fit the variables, or `f` has no argument `argnum`.

    References:
      Apostol, "Calculus", volume 2, 2nd edition, 1969, section 8.6.

    >>> directional_derivative(lambda x: x[0] ** 2 + x[1], jnp.array([3.0, 4.0]))(jnp.array([1.0, 0.0])).item()
    10.0
    """

    def derived(*args: Any) -> Any:
        g, variables = of_variables("directional_derivative", f, args, argnum)
        return jax.jvp(g, (variables,), (like("directional_derivative", v=v, variables=variables),))[1]

    return derived


def _bump(p: Any) -> Any:
    return jnp.exp(p[0]) * p[1] ** 3


CONCEPTS = (
    Concept(
        partial_derivative,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        oracle=lambda x: 3 * np.exp(x[0]) * x[1] ** 2,
        evaluate=lambda x: partial_derivative(_bump, 1)(x),
    ),
    Concept(
        mixed_partial,
        example=lambda key: (random.normal(key, (2,), jnp.float64),),
        oracle=lambda x: 6 * np.exp(x[0]) * x[1],
        evaluate=lambda x: mixed_partial(_bump, 1, 0, 1)(x),
    ),
    Concept(
        directional_derivative,
        example=lambda key: tuple(random.normal(key, (2, 2), jnp.float64)),
        oracle=lambda x, v: np.exp(x[0]) * x[1] ** 2 * (x[1] * v[0] + 3 * v[1]),
        evaluate=lambda x, v: directional_derivative(_bump, v)(x),
    ),
)
