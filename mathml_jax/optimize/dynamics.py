"""How fast a loss goes down, and from which learning rate on it does not."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept, Derivative

_dot = partial(jnp.dot, precision="highest")


def lr_stability_limit(
    hessian: Real[ArrayLike, "n n"] | Callable[[Array], Array],
    start: Real[ArrayLike, " n"] | None = None,
    *,
    steps: int = 100,
) -> Float[Array, ""]:
    r"""The learning rate from which gradient descent diverges: two over the largest curvature.

    .. math::

        \alpha_{\max} = \frac{2}{\lambda_{\max}(H)}

    where :math:`\alpha_{\max}` is the limit and :math:`\lambda_{\max}` the largest eigenvalue of the Hessian :math:`H`,
    found by power iteration; if a negative one is larger in size, the iteration goes on with the Hessian shifted by it.

    Why it matters: along the direction of largest curvature a step multiplies the error by
    :math:`1 - \alpha \lambda_{\max}`. Large networks trained at a fixed rate come to sit right at this edge.

    Args:
      hessian: a symmetric matrix, shape [n, n], or a function that multiplies it by a vector, as
        ``lambda v: hvp(f, x, v)`` does without forming it.
      start: a vector to start from, shape [n]; a random one unless given, needed with a function.
      steps: number of multiplications.

    Returns:
      A scalar: inf where no curvature is positive, since no rate converges to a saddle or diverges on a plane.

    Raises:
      ValueError: the matrix is not square, or the start is missing or does not fit.

    References:
      LeCun, Simard and Pearlmutter, "Automatic Learning Rate Maximization by On-Line Estimation of the Hessian's
      Eigenvectors", 1993; Cohen and others, "Gradient Descent on Neural Networks Typically Occurs at the Edge of
      Stability", 2021.

    >>> lr_stability_limit(jnp.diag(jnp.array([1.0, 10.0]))).round(4).item()
    0.2
    """
    largest = _largest_curvature(hessian, start, steps)[0]
    return jnp.where(largest > 0, 2 / jnp.where(largest > 0, largest, 1), jnp.inf)


def lr_stability_limit_gradient(
    hessian: Real[ArrayLike, "n n"], start: Real[ArrayLike, " n"] | None = None, *, steps: int = 100
) -> Float[Array, "n n"]:
    r"""Gradient of `lr_stability_limit` in the entries of the Hessian, :math:`v` the eigenvector of length 1.

    .. math::

        \frac{\partial \alpha_{\max}}{\partial H} = -\frac{2}{\lambda_{\max}^2} v v^\top
    """
    largest, v = _largest_curvature(hessian, start, steps)
    return -2 / largest**2 * jnp.outer(v, v)


@partial(jax.jit, static_argnames="nesterov")
def quadratic_rate(
    curvatures: Real[ArrayLike, " n"],
    learning_rate: Real[ArrayLike, ""],
    momentum: Real[ArrayLike, ""] = 0.0,
    nesterov: bool = False,
) -> Float[Array, ""]:
    r"""What theory says an error shrinks by in every step on a quadratic, by gradient descent with momentum.

    .. math::

        \rho = \max_{\lambda} |z|, \qquad z^2 - (1 + \beta - \alpha \lambda) z + \beta = 0

    where :math:`\rho` is the factor, :math:`z` runs over the roots for every curvature :math:`\lambda`, :math:`\alpha`
    is the learning rate and :math:`\beta` the momentum; with Nesterov's look ahead the middle term is
    :math:`(1 + \beta) (1 - \alpha \lambda)` and the last :math:`\beta (1 - \alpha \lambda)`. Without momentum the
    factor is the largest :math:`|1 - \alpha \lambda|`.

    Why it matters: with condition number k the best rate of gradient descent gives (k - 1) / (k + 1); the best
    momentum gives the same with the root of k.

    Args:
      curvatures: the eigenvalues of the Hessian, shape [n].
      learning_rate: the step size, a scalar.
      momentum: the fraction of the velocity that stays, from 0 to 1, a scalar.
      nesterov: whether the velocity looks ahead.

    Returns:
      A scalar; the error grows where it exceeds 1.

    Raises:
      ValueError: `curvatures` has not one axis or is empty.

    References:
      Polyak, "Some methods of speeding up the convergence of iteration methods", 1964; Goh, "Why Momentum Really
      Works", 2017.

    >>> quadratic_rate(jnp.array([1.0, 10.0]), 2 / 11).round(6).item()
    0.818182
    """
    curvatures, rate, beta = as_float(curvatures, learning_rate, momentum)
    expect_rank("quadratic_rate", "curvatures", curvatures, 1)
    expect(curvatures.size > 0, "quadratic_rate", "curvatures with at least one entry", "none")
    shrink = 1 - rate * curvatures
    b, c = ((1 + beta) * shrink, beta * shrink) if nesterov else (beta + shrink, beta)
    square = b**2 - 4 * c
    real, complex_ = square >= 0, square < 0
    larger = (jnp.abs(b) + jnp.sqrt(jnp.where(real, square, 0))) / 2
    return jnp.max(jnp.where(complex_, jnp.sqrt(jnp.where(complex_, c, 1)), larger))


@jax.jit
def convergence_rate(errors: Real[ArrayLike, " n"]) -> Float[Array, ""]:
    r"""What a measured error shrinks by in every step: the slope of a straight line through its logarithms.

    .. math::

        \log e_t \approx \log c + t \log \rho

    where :math:`e_t` is the error after :math:`t` steps, :math:`\rho` the factor and :math:`c` a constant, both by
    least squares.

    Why it matters: a straight line on a logarithmic plot is linear convergence, and its slope is to be compared with
    what `quadratic_rate` promises.

    Args:
      errors: sizes of the error at consecutive steps, shape [n]; those that are 0 or not finite are left out.

    Returns:
      A scalar; NaN where fewer than two errors are left.

    Raises:
      ValueError: `errors` has not one axis.

    References:
      Nocedal and Wright, "Numerical Optimization", 2006, section 2.2.

    >>> convergence_rate(jnp.array([3.0, 1.5, 0.75, 0.375])).round(6).item()
    0.5
    """
    errors = as_float(errors)
    expect_rank("convergence_rate", "errors", errors, 1)
    used = jnp.isfinite(errors) & (errors > 0)
    weight = used.astype(errors.dtype)
    y, t = jnp.log(jnp.where(used, errors, 1)), jnp.arange(errors.size, dtype=errors.dtype)
    middle = jnp.sum(weight * t) / jnp.sum(weight)
    return jnp.exp(jnp.sum(weight * (t - middle) * y) / jnp.sum(weight * (t - middle) ** 2))


@jax.jit
def convergence_order(errors: Real[ArrayLike, " n"]) -> Float[Array, " n-2"]:
    r"""The power by which a measured error shrinks: 1 for gradient descent, 2 for Newton's method.

    .. math::

        q_t = \frac{\log(e_{t+1} / e_t)}{\log(e_t / e_{t-1})}

    where :math:`e_t` is the error after :math:`t` steps and :math:`q_t` the power between three of them.

    Why it matters: with the power 2 the number of right digits doubles in every step.

    Args:
      errors: sizes of the error at consecutive steps, shape [n].

    Returns:
      Shape [n - 2]; not finite where an error is 0 or two are equal.

    Raises:
      ValueError: `errors` has not one axis.

    References:
      Nocedal and Wright, "Numerical Optimization", 2006, section 2.2.

    >>> convergence_order(jnp.array([1e-1, 1e-2, 1e-4, 1e-8])).round(6).tolist()
    [2.0, 2.0]
    """
    errors = as_float(errors)
    expect_rank("convergence_order", "errors", errors, 1)
    fall = jnp.diff(jnp.log(errors))
    return fall[1:] / fall[:-1]


def _largest_curvature(hessian: Any, start: Any, steps: int) -> tuple[Array, Array]:
    """The largest eigenvalue, and its eigenvector of length 1."""
    product: Callable[[Array], Array]
    if callable(hessian):
        expect(start is not None, "lr_stability_limit", "a start, as the Hessian is a function", None)
        product, v = cast(Any, hessian), widened(as_float(start))
    else:
        matrix = widened(as_float(hessian))
        square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1]
        expect(square, "lr_stability_limit", "a square matrix", f"shape {matrix.shape}")
        v = random.normal(random.key(0), matrix.shape[:1], matrix.dtype) if start is None else as_float(start)
        product, v = partial(_dot, matrix), v.astype(matrix.dtype)
        expect(v.shape == matrix.shape[:1], "lr_stability_limit", f"a start of shape {matrix.shape[:1]}", v.shape)
    dominant = _iterated(product, v, jnp.zeros((), v.dtype), steps)
    shift = jnp.minimum(_dot(dominant, product(dominant)), 0)
    # Random again: the first iteration has left only the direction of the negative eigenvalue.
    top = _iterated(product, jnp.where(shift < 0, v, dominant), shift, steps)
    return _dot(top, product(top)), top


def _iterated(product: Callable[[Array], Array], v: Array, shift: Array, steps: int) -> Array:
    """The dominant eigenvector of the shifted matrix."""

    def unit(v: Array) -> Array:
        length = jnp.sqrt(_dot(v, v))
        return v / jnp.where(length > 0, length, 1)

    return lax.fori_loop(0, steps, lambda _, v: unit(product(v) - shift * v), unit(v))


def _symmetric(key: Array) -> tuple[Array]:
    """A symmetric matrix whose largest eigenvalue stands out."""
    a = random.normal(key, (3, 3), jnp.float64)
    return (a + a.T + 6 * jnp.outer(jnp.ones(3), jnp.ones(3)) + jnp.diag(jnp.arange(3.0)),)


def _radius(curvatures: np.ndarray, rate: np.ndarray, momentum: np.ndarray) -> np.floating:
    """Spectral radius of the two-step recursion, from its companion matrices."""
    b = 1 + momentum - rate * curvatures
    companions = [[[x, -momentum], [1.0, 0.0]] for x in b]
    return np.abs(np.linalg.eigvals(np.array(companions))).max()


CONCEPTS = (
    Concept(
        lr_stability_limit,
        example=_symmetric,
        derivatives=(Derivative(lr_stability_limit_gradient, "gradient"),),
        oracle=lambda h, steps: 2 / np.linalg.eigvalsh(h)[-1],
        options={"steps": 30},
    ),
    Concept(
        quadratic_rate,
        example=lambda key: (
            random.uniform(key, (3,), jnp.float64, 0.5, 5.0),
            random.uniform(key, (), jnp.float64, 0.05, 0.2),
            jnp.float64(0.5),
        ),
        oracle=_radius,
    ),
    Concept(
        convergence_rate,
        example=lambda key: (random.uniform(key, (6,), jnp.float64, 0.1, 1.0),),
        oracle=lambda e: np.exp(np.polyfit(np.arange(len(e)), np.log(e), 1)[0]),
    ),
    Concept(
        convergence_order,
        example=lambda key: (jnp.cumprod(random.uniform(key, (5,), jnp.float64, 0.1, 0.8)),),
        oracle=lambda e: np.log(e[2:] / e[1:-1]) / np.log(e[1:-1] / e[:-2]),
    ),
)
