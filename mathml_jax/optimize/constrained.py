"""Minima under constraints: by multipliers and penalties, or by going back into the set after every step."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Int, Real

from mathml_jax._concept import Concept
from mathml_jax.calculus._leibniz import explicit
from mathml_jax.optimize._augmented import ConstrainedResult, augmented, parts_of, shaped
from mathml_jax.optimize._minimum import OptimizeResult, raveled
from mathml_jax.optimize._proximal import composite_minimum, proximal_descent


@partial(jax.jit, static_argnames=("f", "g", "h"))
def augmented_lagrangian(
    f: Callable[..., Any],
    x0: Any,
    g: Callable[..., Any] | None = None,
    h: Callable[..., Any] | None = None,
    args: tuple[Any, ...] = (),
    *,
    gtol: Real[ArrayLike, ""] = 1e-5,
    ctol: Real[ArrayLike, ""] = 1e-6,
    maxiter: Int[ArrayLike, ""] = 50,
) -> ConstrainedResult:
    r"""The minimum of a function under constraints, by one minimum without constraints after another.

    .. math::

        \begin{aligned}
        L_t(x) &= f(x) + \lambda_t^\top g(x) + \frac{\rho}{2} \lVert g(x) \rVert^2
        + \frac{1}{2\rho} \lVert \max(0, \mu_t + \rho h(x)) \rVert^2 \\
        \lambda_{t+1} &= \lambda_t + \rho\, g(x_t), \qquad \mu_{t+1} = \max(0, \mu_t + \rho h(x_t))
        \end{aligned}

    where :math:`f` is the function, :math:`g` are the constraints that should be 0 and :math:`h` those that should not
    be positive, :math:`\lambda_t` and :math:`\mu_t` are their multipliers after :math:`t` rounds, which begin with 0,
    :math:`\rho` is the weight of the squares and :math:`x_t` the minimum of :math:`L_t` over :math:`x`, by `bfgs`. The
    weight grows tenfold where the constraints were not brought at least four times closer.

    Why it matters: any solver without constraints becomes one with them, and, unlike with a mere penalty, the weight
    need not go to infinity: the multipliers take over.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers; it need not satisfy the constraints.
      g: a function of the same to p numbers, or None.
      h: a function of the same to q numbers, or None.
      args: what the functions take besides; may be differentiated, in both modes and to any order.
      gtol: no entry of the gradient of the Lagrange function is larger in the end.
      ctol: no constraint is missed by more, nor a multiplier where its constraint is idle, over the weight.
      maxiter: most minima without constraints.

    Returns:
      A `ConstrainedResult`. Where the constraints contradict each other `status` is 1 or 2, where the functions are not
      finite it is 3, with the last finite point. The derivative in `args` treats constraints that hold in the end as
      equations, and needs them independent.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, `g` or `h` not one axis, or `x0` is empty.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 17.3.

    >>> found = augmented_lagrangian(lambda x: x @ x, jnp.array([3.0, 2.0]), h=lambda x: 1 - x)
    >>> found.x.round(4).tolist(), found.multipliers[1].round(3).tolist()
    ([1.0, 1.0], [2.0, 2.0])
    """
    start, build = raveled("augmented_lagrangian", x0)
    parts = parts_of("augmented_lagrangian", f, g, h, build, start, args)
    evaluate, closed, _ = explicit(parts, start, args)
    gtol, ctol = (jnp.asarray(tolerance).astype(start.dtype) for tolerance in (gtol, ctol))
    options = (gtol, ctol, jnp.asarray(maxiter).astype(jnp.int32))
    found = augmented(lambda v, given: evaluate(given[0], v, given[1]), start, (closed, args), options)
    return shaped(found, build, x0)


@partial(jax.jit, static_argnames=("f", "projection"))
def projected_gradient(
    f: Callable[..., Any],
    projection: Callable[[Any], Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    *,
    stepsize: Real[ArrayLike, ""] | None = None,
    gtol: Real[ArrayLike, ""] = 1e-5,
    maxiter: Int[ArrayLike, ""] = 10000,
) -> OptimizeResult:
    r"""The minimum of a function over a convex set: gradient descent, and after every step back into the set.

    .. math::

        x_{k+1} = P\bigl(x_k - t \nabla f(x_k)\bigr)

    where :math:`f` is the function, :math:`x_k` are the parameters after :math:`k` steps, :math:`t` is the length of
    step and :math:`P` the projection: the nearest point of the set.

    Why it matters: bounds, balls and probabilities, wherever projecting is cheap: see `projection_box`,
    `projection_l2_ball` and `projection_simplex`.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      projection: a function of the parameters to the nearest point of the set, in the same shapes; what it closes over
        may be differentiated, as `args` may.
      x0: the start, an array or a tree of arrays of floating-point numbers; it is projected first.
      args: what `f` takes besides.
      stepsize: the length of every step, at most 1 over the largest curvature of f; unless given, it begins with 1
        and is halved whenever a step decreases f less than its slope and 1/t as the curvature promise.
      gtol: stops where a step of the first length would change no parameter by more than this times that length.
      maxiter: most steps.

    Returns:
      An `OptimizeResult`; edges are as for `ista`.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, or `x0` is empty.

    References:
      Bertsekas, "Nonlinear programming", 2nd edition, 1999, section 2.3.

    >>> found = projected_gradient(lambda x: jnp.sum((x - 2) ** 2), lambda x: jnp.clip(x, 0.0, 1.0), jnp.zeros(2))
    >>> found.x.tolist()
    [1.0, 1.0]
    """

    def prox(x: Any, t: Array, weights: Any) -> Any:
        del t, weights
        return projection(x)

    run = partial(proximal_descent, accelerated=False, searched=stepsize is None)
    options = (1.0 if stepsize is None else stepsize, gtol, maxiter)
    return composite_minimum("projected_gradient", f, x0, args, prox, lambda x, _: jnp.zeros(()), (), run, options)


def _far(x: Array, a: Array) -> Array:
    """The squared distance of two points."""
    return jnp.sum((x - a) ** 2)


def _plane(x: Array, a: Array) -> Array:
    """Where the entries sum to one."""
    del a
    return jnp.sum(x)[None] - 1


def _example(key: Array) -> tuple[Array]:
    return (random.normal(key, (3,), jnp.float64),)


CONCEPTS = (
    Concept(
        augmented_lagrangian,
        _example,
        oracle=lambda a: a - (a.sum() - 1) / 3,
        evaluate=lambda a: augmented_lagrangian(_far, jnp.ones_like(a), _plane, None, (a,), gtol=1e-10, ctol=1e-11).x,
    ),
    Concept(
        projected_gradient,
        _example,
        oracle=lambda a: np.clip(a, 0.0, 0.5),
        evaluate=lambda a: projected_gradient(_far, lambda x: jnp.clip(x, 0.0, 0.5), jnp.ones_like(a), (a,)).x,
    ),
)
