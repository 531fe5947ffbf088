"""Landscapes with very many minima, in any number of dimensions."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_rank
from mathml_jax._concept import Concept, Derivative

_TURN = 2 * np.pi


@jax.jit
def rastrigin(x: Real[ArrayLike, " n"]) -> Float[Array, ""]:
    r"""Rastrigin's function: a bowl with a bump on every whole number, its lowest minimum 0 at the origin.

    .. math::

        f(x) = \sum_{i=1}^{n} \left( x_i^2 + 10 (1 - \cos 2 \pi x_i) \right)

    where :math:`f` is the height at the point :math:`x` with the :math:`n` coordinates :math:`x_i`.

    Why it matters: eleven minima along each of ten axes are more than can be searched; every method that only goes
    downhill ends in the one nearest its start.

    Args:
      x: the point, shape [n].

    Returns:
      The value, a scalar.

    Raises:
      ValueError: `x` has not one axis.

    References:
      Rastrigin, "Systems of Extremal Control", 1974; in this form Rudolph, "Globale Optimierung mit parallelen
      Evolutionsstrategien", 1990.

    >>> rastrigin(jnp.array([0.0, 1.0])).item()
    1.0
    """
    x = _point("rastrigin", x)
    return jnp.sum(x**2 + 20 * jnp.sin(jnp.pi * x) ** 2)


def rastrigin_gradient(x: Real[ArrayLike, " n"]) -> Float[Array, " n"]:
    r"""Gradient of `rastrigin`.

    .. math::

        \frac{\partial f}{\partial x_i} = 2 x_i + 20 \pi \sin 2 \pi x_i
    """
    x = _point("rastrigin_gradient", x)
    return 2 * x + 10 * _TURN * jnp.sin(_TURN * x)


def rastrigin_hessian(x: Real[ArrayLike, " n"]) -> Float[Array, "n n"]:
    r"""Hessian of `rastrigin`, a diagonal matrix.

    .. math::

        \frac{\partial^2 f}{\partial x_i^2} = 2 + 40 \pi^2 \cos 2 \pi x_i
    """
    x = _point("rastrigin_hessian", x)
    return jnp.diag(2 + 10 * _TURN**2 * jnp.cos(_TURN * x))


@jax.jit
def ackley(x: Real[ArrayLike, " n"]) -> Float[Array, ""]:
    r"""Ackley's function: a nearly flat plain full of holes around one deep funnel, with its tip 0 at the origin.

    .. math::

        f(x) = 20 \left( 1 - e^{-0.2 r} \right) + e - e^{c}, \qquad
        r = \sqrt{\frac{1}{n} \sum_i x_i^2}, \quad c = \frac{1}{n} \sum_i \cos 2 \pi x_i

    where :math:`f` is the height at the point :math:`x` with the :math:`n` coordinates :math:`x_i`, :math:`r` their
    root mean square, :math:`c` the mean of their cosines, and :math:`e` Euler's number.

    Why it matters: far away, where most starts lie, the gradient says nothing about where the funnel is.

    Args:
      x: the point, shape [n] with n at least 1.

    Returns:
      The value, a scalar. At the origin the funnel has a tip, and automatic differentiation gives 0.

    Raises:
      ValueError: `x` has not one axis or is empty.

    References:
      Ackley, "A Connectionist Machine for Genetic Hillclimbing", 1987.

    >>> ackley(jnp.zeros(2)).item()
    0.0
    """
    r, c = _ackley_parts(_point("ackley", x))
    return -20 * jnp.expm1(-0.2 * r) - jnp.e * jnp.expm1(c - 1)


def ackley_gradient(x: Real[ArrayLike, " n"]) -> Float[Array, " n"]:
    r"""Gradient of `ackley`; 0 at the origin, by symmetry.

    .. math::

        \frac{\partial f}{\partial x_i} = \frac{4 x_i}{n r} e^{-0.2 r} + \frac{2 \pi}{n} \sin(2 \pi x_i)\, e^{c}
    """
    x = _point("ackley_gradient", x)
    r, c = _ackley_parts(x)
    away = jnp.where(r > 0, x / jnp.where(r > 0, r, 1), 0)
    return (4 * away * jnp.exp(-0.2 * r) + _TURN * jnp.sin(_TURN * x) * jnp.exp(c)) / x.size


def ackley_hessian(x: Real[ArrayLike, " n"]) -> Float[Array, "n n"]:
    r"""Hessian of `ackley` away from the origin, with :math:`s_i = \sin 2 \pi x_i`, :math:`\delta_{ij}` 1 where i is j.

    .. math::

        \frac{\partial^2 f}{\partial x_i \partial x_j} =
            \frac{4 e^{-0.2 r}}{n r} \left( \delta_{ij} - \frac{x_i x_j}{n r^2} (1 + 0.2 r) \right)
            + \frac{4 \pi^2 e^c}{n} \left( \delta_{ij} \cos 2 \pi x_i - \frac{s_i s_j}{n} \right)
    """
    x = _point("ackley_hessian", x)
    r, c = _ackley_parts(x)
    n, one, s = x.size, jnp.eye(x.size, dtype=x.dtype), jnp.sin(_TURN * x)
    funnel = 4 * jnp.exp(-0.2 * r) / (n * r) * (one - jnp.outer(x, x) / (n * r**2) * (1 + 0.2 * r))
    holes = _TURN**2 * jnp.exp(c) / n * (jnp.diag(jnp.cos(_TURN * x)) - jnp.outer(s, s) / n)
    return funnel + holes


def _point(function: str, x: ArrayLike) -> Array:
    """A vector of floating-point coordinates, at least one."""
    x = as_float(x)
    expect_rank(function, "x", x, 1)
    expect(x.size > 0, function, "x with at least one coordinate", "none")
    return x


def _ackley_parts(x: Array) -> tuple[Array, Array]:
    """The root mean square, with a slope of 0 at the origin, and the mean of the cosines."""
    square = jnp.mean(x**2)
    r = jnp.where(square > 0, jnp.sqrt(jnp.where(square > 0, square, 1)), 0)
    return r, jnp.mean(jnp.cos(_TURN * x))


CONCEPTS = (
    Concept(
        rastrigin,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        derivatives=(Derivative(rastrigin_gradient, "gradient"), Derivative(rastrigin_hessian, "hessian")),
        oracle=lambda x: 10 * len(x) + np.sum(x**2 - 10 * np.cos(2 * np.pi * x)),
    ),
    Concept(
        ackley,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        derivatives=(Derivative(ackley_gradient, "gradient"), Derivative(ackley_hessian, "hessian")),
        oracle=lambda x: (
            20 + np.e - 20 * np.exp(-0.2 * np.sqrt(np.mean(x**2))) - np.exp(np.mean(np.cos(2 * np.pi * x)))
        ),
    ),
)
