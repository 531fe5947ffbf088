"""Newton's method for minima, damped by a line search."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Int, Real

from mathml_jax._concept import Concept
from mathml_jax.optimize._descending import Method, Stop, descend, result
from mathml_jax.optimize._minimum import Objective, OptimizeResult, dot, minimum, size_of
from mathml_jax.optimize._wolfe import Rule


@partial(jax.jit, static_argnames=("f", "norm"))
def newton(
    f: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    *,
    gtol: Real[ArrayLike, ""] = 1e-5,
    norm: float = jnp.inf,
    maxiter: Int[ArrayLike, ""] | None = None,
    c1: Real[ArrayLike, ""] = 1e-4,
    c2: Real[ArrayLike, ""] = 0.9,
) -> OptimizeResult:
    r"""The minimum of a function by Newton's method, safe from saddles and from steps that are too long.

    .. math::

        x_{t+1} = x_t - \alpha_t \sum_{i=1}^n \frac{v_i^\top \nabla f(x_t)}{\lvert \lambda_i \rvert}\, v_i

    where :math:`f` is the function, :math:`x_t` the point after :math:`t` steps, :math:`\lambda_i` are the
    :math:`n` eigenvalues of the Hessian there and :math:`v_i` its eigenvectors, and :math:`\alpha_t` is the length that
    a search finds for the strong Wolfe conditions, 1 if that fits. Where all eigenvalues are positive this is Newton's
    step; where one is negative its absolute value turns the way to a saddle or a maximum into a way down.

    Why it matters: near a minimum the number of right digits doubles with every step, and the method does not mind how
    the parameters are scaled. Each step costs a Hessian and its eigenvalues: it is for hundreds of parameters.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers.
      args: what `f` takes besides; may be differentiated, in both modes and to any order.
      gtol: the gradient's norm at which to stop.
      norm: order of that norm, as in `jnp.linalg.norm`.
      maxiter: most steps, 200 for each parameter unless given.
      c1: share of the decrease that the slope promises and a step must reach, above 0.
      c2: share of the slope that may be left, above `c1` and below 1.

    Returns:
      An `OptimizeResult` with `hess` and `nhev`. Eigenvalues that are nothing but rounding count as that rounding.
      A search turns back where the function is not finite; where no step but such ones is left, `status` is 3 and the
      last finite point is returned.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, or `x0` is empty.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 3.4; Dauphin et al., "Identifying and
      attacking the saddle point problem in high-dimensional non-convex optimization", 2014.

    >>> found = newton(lambda x: x[0] ** 4 - x[0] ** 2 + x[1] ** 2, jnp.array([0.1, 1.0]))
    >>> round(found.x[0].item() ** 2, 4), found.success.item()
    (0.5, True)
    """

    def run(g: Objective, start: Array, options: Any) -> OptimizeResult:
        rule, *limits = options

        def direction(memory: Any, x: Array, gradient: Array) -> tuple[Any, Array]:
            hessian = jax.hessian(g)(x)
            return (hessian, memory[1] + 1), -_solved(hessian, gradient)

        memory = (jnp.zeros((start.size, start.size), start.dtype), jnp.int32(0))
        method = Method(memory, lambda memory, *_: memory, direction, lambda *_: 1.0)
        end = descend(g, start, method, Rule(*rule), Stop(partial(jnp.linalg.norm, ord=norm), *limits))
        hessian, nhev = end.memory
        return result(end, hess=hessian, nhev=nhev)

    options = ((c1, c2, 1e-14, 100), gtol, -jnp.inf, 200 * size_of(x0) if maxiter is None else maxiter)
    return minimum("newton", f, x0, args, run, options)


def _solved(hessian: Float[Array, "n n"], gradient: Float[Array, " n"]) -> Float[Array, " n"]:
    """The gradient divided by the Hessian with its eigenvalues made positive."""
    eigenvalues, directions = jnp.linalg.eigh(hessian)
    stiffness = jnp.abs(eigenvalues)
    rounding = 8 * gradient.size * jnp.finfo(gradient.dtype).eps * jnp.max(stiffness)
    stiffness = jnp.maximum(stiffness, jnp.where(rounding > 0, rounding, 1.0))
    return dot(directions, dot(gradient, directions) / stiffness)


def _well(x: Array, a: Array) -> Array:
    """A convex function, least where x is log a."""
    return jnp.sum(jnp.exp(x) - a * x)


CONCEPTS = (
    Concept(
        newton,
        example=lambda key: (1 + random.uniform(key, (3,), jnp.float64),),
        oracle=lambda a: (np.log(a), np.sum(a - a * np.log(a))),
        evaluate=lambda a: newton(_well, jnp.zeros_like(a), (a,), gtol=1e-10)[:2],
    ),
)
