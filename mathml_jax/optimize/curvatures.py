"""What the second derivatives at a point say: Newton's step, curvature, the kind of a critical point, convexity."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Bool, Float, Int, Real

from mathml_jax._checks import as_float, expect, expect_rank, nan_unless, widened
from mathml_jax._concept import Concept
from mathml_jax._differences import binary_scale
from mathml_jax.optimize._hessians import CriticalPointKind as CriticalPointKind
from mathml_jax.optimize._hessians import bend, kind_of, of_vector, tolerance_for


class NewtonStep(NamedTuple):
    """Newton's step and what it is made of.

    Attributes:
      step: what to add to the point, shaped like it.
      gradient: shaped like the point.
      hessian: the second derivatives, one row and one column for each coordinate.
      predicted_change: how much the quadratic model changes; negative in a step towards a minimum.
    """

    step: Float[Array, "*shape"]
    gradient: Float[Array, "*shape"]
    hessian: Float[Array, "n n"]
    predicted_change: Float[Array, ""]


class Curvature(NamedTuple):
    """How a function bends at a point.

    Attributes:
      smallest: the smallest eigenvalue of the Hessian, negative where the function bends down.
      largest: the largest eigenvalue, the "sharpness": descent at a rate above 2 / largest diverges.
      condition_number: the largest absolute eigenvalue over the smallest.
    """

    smallest: Float[Array, ""]
    largest: Float[Array, ""]
    condition_number: Float[Array, ""]


class Convexity(NamedTuple):
    """The evidence for or against convexity.

    Attributes:
      is_convex: whether no point speaks against it, which is no proof.
      smallest_eigenvalue: the smallest eigenvalue of the Hessian at any of the points.
      point: where it was found.
      direction: along which the function bends by it, of length one, shaped like the point.
    """

    is_convex: Bool[Array, ""]
    smallest_eigenvalue: Float[Array, ""]
    point: Float[Array, "*shape"]
    direction: Float[Array, "*shape"]


@partial(jax.jit, static_argnames="f")
def newton_step(f: Callable[..., Any], x: Real[ArrayLike, "*shape"], args: tuple[Any, ...] = ()) -> NewtonStep:
    r"""The step to where the quadratic model of a function is level, and its pieces.

    .. math::

        d = -H^{-1} g, \qquad m(d) - m(0) = \tfrac{1}{2} g^\top d

    where :math:`g` is the gradient and :math:`H` the Hessian of the function at the point, :math:`d` the step, and
    :math:`m(d) = f(x) + g^\top d + \tfrac{1}{2} d^\top H d` the quadratic model of the function :math:`f` around the
    point :math:`x`.

    Why it matters: on a quadratic function it arrives in one step, whatever the condition number; near a critical point
    every step doubles the number of right digits. It goes to saddles and maxima as readily as to minima.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x: the point, of the shape that `f` takes.
      args: what `f` takes besides.

    Returns:
      A `NewtonStep`; `step` and `predicted_change` are NaN where the Hessian is singular.

    Raises:
      ValueError: `f` does not return a scalar, or `x` is empty.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 2.2.

    >>> newton_step(lambda x: x[0] ** 2 + 3 * x[1] ** 2 - 6 * x[1], jnp.array([5.0, 5.0])).step.tolist()
    [-5.0, -4.0]
    """
    x = as_float(x)
    point = widened(x)
    g = of_vector("newton_step", f, point, args)
    gradient, hessian = jax.grad(g)(point.ravel()), jax.hessian(g)(point.ravel())
    step = -jnp.linalg.solve(hessian, gradient)
    step = step * nan_unless(jnp.isfinite(step).all(), step)
    change = 0.5 * jnp.dot(gradient, step, precision="highest")
    pieces = NewtonStep(step.reshape(x.shape), gradient.reshape(x.shape), hessian, change)
    return jax.tree.map(lambda leaf: leaf.astype(x.dtype), pieces)


@partial(jax.jit, static_argnames="f")
def curvature(f: Callable[..., Any], x: Real[ArrayLike, "*shape"], args: tuple[Any, ...] = ()) -> Curvature:
    r"""How sharply and how unevenly a function bends at a point.

    .. math::

        \lambda_1 \le \ldots \le \lambda_n, \qquad
        \kappa = \frac{\max_i \lvert \lambda_i \rvert}{\min_i \lvert \lambda_i \rvert}

    where :math:`\lambda_1` to :math:`\lambda_n` are the eigenvalues of the Hessian, the second derivatives along its
    :math:`n` eigenvectors, and :math:`\kappa` is the condition number.

    Why it matters: the largest eigenvalue limits the learning rate and the smallest sets the pace at that rate: descent
    on a bowl needs about :math:`\kappa` steps a digit. A negative one shows a way down out of a saddle.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x: the point, of the shape that `f` takes.
      args: what `f` takes besides.

    Returns:
      A `Curvature`. The condition number is inf for a singular Hessian, NaN for one that is zero; in floating point a
      singular one may show as about 1 / eps. NaN where the function is not finite.

    Raises:
      ValueError: `f` does not return a scalar, or `x` is empty.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 3.3; Cohen et al., "Gradient descent on
      neural networks typically occurs at the edge of stability", 2021.

    >>> [value.item() for value in curvature(lambda x: x[0] ** 2 - 5 * x[1] ** 2, jnp.zeros(2))]
    [-10.0, 2.0, 5.0]
    """
    x = as_float(x)
    point = widened(x)
    g = of_vector("curvature", f, point, args)
    eigenvalues = jnp.linalg.eigvalsh(jax.hessian(g)(point.ravel()))
    sizes = jnp.abs(eigenvalues)
    found = Curvature(eigenvalues[0], eigenvalues[-1], jnp.max(sizes) / jnp.min(sizes))
    return jax.tree.map(lambda leaf: leaf.astype(x.dtype), found)


@partial(jax.jit, static_argnames="f")
def classify_critical_point(
    f: Callable[..., Any],
    x: Real[ArrayLike, "*shape"],
    args: tuple[Any, ...] = (),
    *,
    tolerance: Real[ArrayLike, ""] | None = None,
) -> Int[Array, ""]:
    r"""Whether a point is a minimum, a maximum or a saddle, by the signs of the Hessian's eigenvalues.

    .. math::

        f(x + d) \approx f(x) + \tfrac{1}{2} \sum_{i=1}^n \lambda_i (v_i^\top d)^2, \qquad \nabla f(x) = 0

    where :math:`\lambda_i` are the eigenvalues of the Hessian of :math:`f` at the point :math:`x`, :math:`v_i` its
    eigenvectors, :math:`n` their number and :math:`d` a small step. If all eigenvalues are positive, every step leads
    up; if all are negative, down; if they differ in sign, some lead up and others down; if one is zero, higher
    derivatives decide.

    Why it matters: of all points where the gradient vanishes, the share of minima falls exponentially with the number
    of variables; what slows training down is mostly saddles.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x: the point, of the shape that `f` takes.
      args: what `f` takes besides.
      tolerance: a distance in units of max(abs(x), 1), the cube root of eps unless given. The point counts as critical
        where Newton's step is no longer than this, and an eigenvalue as zero where its own change over this distance is
        as large as itself, so that its sign is not settled.

    Returns:
      A code of `CriticalPointKind`: NONE 0 (the gradient does not vanish, or is not finite), MINIMUM 1, SADDLE 2,
      MAXIMUM 3, DEGENERATE 4 (an eigenvalue is zero, whatever the others).

    Raises:
      ValueError: `f` does not return a scalar, or `x` is empty.

    References:
      Milnor, "Morse theory", 1963, section 2; Dauphin et al., "Identifying and attacking the saddle point problem in
      high-dimensional non-convex optimization", 2014.

    >>> CriticalPointKind(classify_critical_point(lambda x: x[0] ** 2 - x[1] ** 2, jnp.zeros(2))).name
    'SADDLE'
    """
    point = widened(as_float(x))
    g = of_vector("classify_critical_point", f, point, args)
    # A power of two: scaling rounds nothing.
    scale = binary_scale(point.ravel())

    def scaled(y: Array) -> Array:
        return g(scale * y)

    y = point.ravel() / scale
    return kind_of(scaled, y, bend(scaled, y), tolerance_for(point, tolerance))


@partial(jax.jit, static_argnames="f")
def is_convex_on(f: Callable[..., Any], points: Real[ArrayLike, "k ..."], args: tuple[Any, ...] = ()) -> Convexity:
    r"""Looks for a point where a function bends down, which a convex function does nowhere.

    .. math::

        \lambda_{\min} = \min_{x \in S} \; \min_{\lVert v \rVert = 1} v^\top H(x)\, v

    where :math:`\lambda_{\min}` is the smallest eigenvalue of the Hessian :math:`H(x)` at any point :math:`x` of the
    sample :math:`S`, and :math:`v` a direction. A negative one proves that f is not convex. One that is not negative
    proves nothing between the points.

    Why it matters: in a convex loss every local minimum is global, and descent finds it from every start.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      points: the sample, shape [k, ...], say `random.uniform(key, (k, n), minval=lower, maxval=upper)` over a box.
      args: what `f` takes besides.

    Returns:
      A `Convexity` with its evidence. An eigenvalue below 0 by no more than rounding does not speak against convexity.
      Where f is not finite at a point, that point is the evidence, with the eigenvalue NaN.

    Raises:
      ValueError: `f` does not return a scalar, or there are no points.

    References:
      Boyd and Vandenberghe, "Convex optimization", 2004, section 3.1.4.

    >>> found = is_convex_on(lambda x: x**3, jnp.array([-1.0, 0.0, 2.0]))
    >>> found.is_convex.item(), found.smallest_eigenvalue.item(), found.point.item()
    (False, -6.0, -1.0)
    """
    points = as_float(points)
    expect_rank("is_convex_on", "points", points, 1, at_least=True)
    expect(len(points) > 0, "is_convex_on", "at least one point", f"shape {points.shape}")
    sample = widened(points)
    g = of_vector("is_convex_on", f, sample[0], args)
    at = jax.vmap(partial(bend, g))(sample.reshape(len(sample), -1))
    worst = jnp.argmin(at.eigenvalues[:, 0])
    at = jax.tree.map(lambda leaf: leaf[worst], at)
    direction = at.directions[:, 0].reshape(points.shape[1:]).astype(points.dtype)
    smallest = at.eigenvalues[0]
    return Convexity(smallest >= -at.rounding, smallest.astype(points.dtype), points[worst], direction)


def _bowl(x: Array, a: Array) -> Array:
    """A quadratic function with a quartic added."""
    return 0.5 * jnp.dot(x, jnp.dot(a, x, precision="highest"), precision="highest") + jnp.sum(x**4)


def _example(key: Array) -> tuple[Array, Array]:
    """A point and a matrix."""
    x, *a = random.normal(key, (4, 3), jnp.float64)
    return x, jnp.stack(a)


def _second(x: np.ndarray, a: np.ndarray) -> np.ndarray:
    """The Hessian of the bowl."""
    return (a + a.T) / 2 + 12 * np.diag(x**2)


def _curvature_oracle(x: np.ndarray, a: np.ndarray) -> tuple[np.floating, ...]:
    eigenvalues = np.linalg.eigvalsh(_second(x, a))
    return eigenvalues[0], eigenvalues[-1], np.linalg.cond(_second(x, a))


CONCEPTS = (
    Concept(
        newton_step,
        example=_example,
        oracle=lambda x, a: -np.linalg.solve(_second(x, a), (a + a.T) @ x / 2 + 4 * x**3),
        evaluate=lambda x, a: newton_step(_bowl, x, (a,)).step,
    ),
    Concept(
        curvature,
        example=_example,
        oracle=_curvature_oracle,
        evaluate=lambda x, a: curvature(_bowl, x, (a,)),
    ),
    Concept(
        classify_critical_point,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        oracle=lambda a: {0: 3, 3: 1}.get(int(np.sum(a > 0)), 2),
        evaluate=lambda a: classify_critical_point(lambda x, a: jnp.sum(a * x**2), jnp.zeros_like(a), (a,)),
    ),
    Concept(
        is_convex_on,
        example=_example,
        oracle=lambda x, a: np.linalg.eigvalsh(_second(x, a))[0],
        evaluate=lambda x, a: is_convex_on(_bowl, jnp.stack([x, 2 * x]), (a,)).smallest_eigenvalue,
    ),
)
