"""Eigenvalues and eigenvectors: the directions that a matrix only stretches."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Key, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept, Derivative

_dot = partial(jnp.dot, precision="highest")


class Eigenpair(NamedTuple):
    """A direction that a matrix keeps, and by how much it stretches it.

    Attributes:
      eigenvalue: the factor.
      eigenvector: the direction, of length one.
    """

    eigenvalue: Float[Array, ""]
    eigenvector: Float[Array, " n"]


def _square_and_vector(function: str, a: ArrayLike, x: ArrayLike, name: str) -> tuple[Array, Array]:
    a, x = as_float(a, x)
    expect_rank(function, "a", a, 2)
    fit = a.shape == (*x.shape, *x.shape)
    expect(fit, function, f"a square matrix a and a vector {name} of its size", f"{a.shape} and {x.shape}")
    return a, x


def _scaled(v: Float[Array, " n"]) -> Float[Array, " n"]:
    """The vector over its largest entry, so that no square overflows; zero stays zero."""
    largest = jax.lax.stop_gradient(jnp.max(jnp.abs(v), initial=0.0))
    return v / jnp.where(largest == 0, 1.0, largest)


def _unit(v: Float[Array, " n"], otherwise: ArrayLike) -> Float[Array, " n"]:
    """The vector at length one, and `otherwise` where it is zero."""
    v = _scaled(v)
    square = _dot(v, v)
    return jnp.where(square == 0, otherwise, v / jnp.sqrt(jnp.where(square == 0, 1.0, square)))


@partial(jax.jit, static_argnames="steps")
def power_iteration(a: Real[ArrayLike, "n n"], start: Real[ArrayLike, " n"], *, steps: int = 100) -> Eigenpair:
    r"""The eigenvalue that is largest in absolute value, and its eigenvector, by multiplying again and again.

    .. math::

        v_{k+1} = \frac{A v_k}{\lVert A v_k \rVert}, \qquad \lambda = v^\top A v

    where :math:`A` is the matrix, :math:`v_k` the vector after :math:`k` steps, :math:`v` the last of them, and
    :math:`\lambda` the eigenvalue. In each step the error shrinks by the ratio of the second largest eigenvalue to the
    largest; for a symmetric matrix that of the eigenvalue shrinks by its square.

    Why it matters: PageRank is this iteration on the matrix of the web, and the largest eigenvalue of a loss's Hessian
    sets the largest learning rate that does not diverge.

    Args:
      a: a real square matrix, shape [n, n], whose dominant eigenvalue is real and simple.
      start: a vector that is not orthogonal to the eigenvector, shape [n]; a random one will do.
      steps: number of multiplications.

    Returns:
      `eigenvalue` and `eigenvector`, whose largest entry is positive; NaN for a start of zero. Where two eigenvalues
      are equally large in absolute value, the iteration does not settle.

    Raises:
      ValueError: `a` is not square, or `start` is not of its size.

    References:
      von Mises and Pollaczek-Geiringer, "Praktische Verfahren der Gleichungsauflösung", 1929.

    >>> power_iteration(jnp.array([[2.0, 1.0], [1.0, 2.0]]), jnp.array([1.0, 0.0])).eigenvalue.round(6).item()
    3.0
    """
    a, start = _square_and_vector("power_iteration", a, start, "start")
    expect(isinstance(steps, int) and steps >= 0, "power_iteration", "steps to be an integer from 0", repr(steps))
    matrix = widened(a)

    def step(_: Any, v: Array) -> Array:
        return _unit(_dot(matrix, v), otherwise=v)

    v = jax.lax.fori_loop(0, steps, step, _unit(widened(start), otherwise=jnp.nan))
    v = v * jnp.sign(v[jnp.argmax(jnp.abs(v))])
    return Eigenpair(_dot(v, _dot(matrix, v)).astype(a.dtype), v.astype(a.dtype))


def power_iteration_gradient(
    a: Real[ArrayLike, "n n"], start: Real[ArrayLike, " n"], *, steps: int = 100
) -> Float[Array, "n n"]:
    r"""Gradient, in the matrix, of the eigenvalue that `power_iteration` finds.

    .. math::

        \frac{\partial \lambda}{\partial A} = \frac{u v^\top}{u^\top v}, \qquad
        A v = \lambda v, \qquad A^\top u = \lambda u

    For a symmetric matrix :math:`u = v`, and the gradient is :math:`v v^\top`.
    """
    v = power_iteration(a, start, steps=steps).eigenvector
    u = power_iteration(jnp.transpose(as_float(a)), start, steps=steps).eigenvector
    return jnp.outer(u, v) / _dot(u, v)


@jax.jit
def rayleigh_quotient(a: Real[ArrayLike, "n n"], x: Real[ArrayLike, " n"]) -> Float[Array, ""]:
    r"""How much a matrix stretches along a direction: the best guess at an eigenvalue, given a vector.

    .. math::

        \rho(x) = \frac{x^\top A x}{x^\top x}

    where :math:`\rho(x)` is the quotient of the matrix :math:`A` at the vector :math:`x`. For a symmetric matrix it
    lies between the smallest and the largest eigenvalue, reaches both, and is stationary at every eigenvector.

    Why it matters: an eigenvector with error e gives an eigenvalue with error of order e squared.

    Args:
      a: a real square matrix, shape [n, n].
      x: a vector that is not zero, shape [n]; its length does not matter.

    Returns:
      A scalar; NaN where `x` is zero.

    Raises:
      ValueError: `a` is not square, or `x` is not of its size.

    References:
      Rayleigh, "The theory of sound", 1877.

    >>> rayleigh_quotient(jnp.diag(jnp.array([1.0, 3.0])), jnp.array([1.0, 1.0])).item()
    2.0
    """
    a, x = _square_and_vector("rayleigh_quotient", a, x, "x")
    y = _scaled(widened(x))
    return (_dot(y, _dot(widened(a), y)) / _dot(y, y)).astype(a.dtype)


def rayleigh_quotient_gradient(
    a: Real[ArrayLike, "n n"], x: Real[ArrayLike, " n"]
) -> tuple[Float[Array, "n n"], Float[Array, " n"]]:
    r"""Gradient of `rayleigh_quotient` in the matrix and in the vector.

    .. math::

        \frac{\partial \rho}{\partial A} = \frac{x x^\top}{x^\top x}, \qquad
        \frac{\partial \rho}{\partial x} = \frac{(A + A^\top) x - 2 \rho x}{x^\top x}
    """
    a, x = as_float(a, x)
    square = _dot(x, x)
    slope = _dot(a, x) + _dot(jnp.transpose(a), x) - 2 * rayleigh_quotient(a, x) * x
    return jnp.outer(x, x) / square, slope / square


def _example(key: Key[Array, ""]) -> tuple[Array, Array]:
    """A matrix with the eigenvalues 4, 1.5, -1 and 0.5, and a start."""
    turn = jnp.linalg.qr(random.normal(key, (4, 4), jnp.float64))[0]
    upper = jnp.diag(jnp.array([4.0, 1.5, -1.0, 0.5], jnp.float64)) + 0.3 * jnp.triu(jnp.ones_like(turn), 1)
    return turn @ upper @ turn.T, random.normal(key, (4,), jnp.float64)


CONCEPTS = (
    Concept(
        power_iteration,
        example=_example,
        derivatives=(Derivative(power_iteration_gradient, "gradient"),),
        oracle=lambda a, start: max(np.linalg.eigvals(a).real, key=abs),
        evaluate=lambda a, start: power_iteration(a, start).eigenvalue,
    ),
    Concept(
        rayleigh_quotient,
        example=_example,
        derivatives=(Derivative(rayleigh_quotient_gradient, "gradient", argnum=(0, 1)),),
        oracle=lambda a, x: x @ a @ x / (x @ x),
    ),
)
