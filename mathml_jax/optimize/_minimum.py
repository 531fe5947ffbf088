"""What every minimiser shares: its record, its parameters as one vector, and the derivative of where it ends."""

import math
from collections.abc import Callable
from enum import IntEnum
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_derivatives import zero_from_primal
from jaxtyping import Array, ArrayLike, Bool, Float, Int

from mathml_jax._checks import expect, widened
from mathml_jax.calculus._leibniz import explicit
from mathml_jax.calculus._scalar import scalar_valued

dot = partial(jnp.dot, precision="highest")

DENSE = 500
"""Up to so many parameters the Hessian is formed to differentiate a minimum; beyond, conjugate gradients do."""

MESSAGES = (
    "Optimization terminated successfully.",
    "Maximum number of iterations has been exceeded.",
    "Desired error not necessarily achieved due to precision loss.",
    "The function is not finite at the start or next to the last point, or has no lower bound.",
)
"""What each `OptimizeStatus` says."""


class OptimizeStatus(IntEnum):
    """Why a minimiser stopped; `MESSAGES` has a sentence for each.

    Attributes:
      CONVERGED: it arrived: the gradient, or what else the method asks, is below its tolerance.
      MAXITER: it took as many steps as it may.
      PRECISION: no step decreases the function, as when rounding leaves nothing to gain.
      NOT_FINITE: the function is not finite at the start, or next to the last point, or is -inf.
    """

    CONVERGED = 0
    MAXITER = 1
    PRECISION = 2
    NOT_FINITE = 3


class OptimizeResult(NamedTuple):
    """Where a minimiser stopped, in SciPy's names; what a method does not know is None.

    Attributes:
      x: the best point, shaped as the start.
      fun: the function there.
      nfev: how many times the function was evaluated.
      nit: how many steps were taken.
      success: whether `status` is 0.
      status: an `OptimizeStatus`.
      jac: the gradient at the point; it has no derivative, nor have the Hessian and its inverse.
      njev: how many times the gradient was evaluated.
      hess_inv: an approximation of the inverse Hessian, for the parameters in one vector.
      hess: the Hessian at the point, for the parameters in one vector.
      nhev: how many times the Hessian was evaluated.
    """

    x: Any
    fun: Float[Array, ""]
    nfev: Int[Array, ""]
    nit: Int[Array, ""]
    success: Bool[Array, ""]
    status: Int[Array, ""]
    jac: Any = None
    njev: Int[Array, ""] | None = None
    hess_inv: Float[Array, "n n"] | None = None
    hess: Float[Array, "n n"] | None = None
    nhev: Int[Array, ""] | None = None


Objective = Callable[[Float[Array, " n"]], Float[Array, ""]]
"""A scalar function of a vector."""
Run = Callable[[Objective, Float[Array, " n"], Any], OptimizeResult]
"""A method: objective, start and options to where it ends, all in vectors."""


def minimum(
    function: str, f: Callable[..., Any], x0: Any, args: tuple[Any, ...], run: Run, options: Any
) -> OptimizeResult:
    """What a method finds, in the shapes and dtypes of the start, differentiable in `args` and what `f` closes over."""
    start, build = raveled(function, x0)
    g = scalar_valued(function, lambda v, args: f(build(v), *args), start, args)
    evaluate, closed, _ = explicit(g, start, args)

    def objective(v: Array, given: tuple[list[Any], tuple[Any, ...]]) -> Array:
        return evaluate(given[0], v, given[1]).astype(v.dtype)

    def typed(option: ArrayLike) -> Array:
        return jnp.asarray(option, start.dtype if _is_real(option) else jnp.int32)

    found = _solution(objective, run, start, (closed, args), jax.tree.map(typed, options))

    def shaped(v: Array) -> Any:
        return jax.tree.map(lambda leaf, like: leaf.astype(jnp.result_type(like)), build(v), x0)

    with jax.numpy_dtype_promotion("standard"):
        dtype = jnp.result_type(*jax.tree.leaves(x0))
    rest = jax.tree.map(lambda v: v.astype(dtype) if _is_real(v) else v, found._replace(x=None, jac=None))
    return rest._replace(x=shaped(found.x), jac=None if found.jac is None else shaped(found.jac))


def _is_real(x: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(x), jnp.floating)


def raveled(function: str, x0: Any) -> tuple[Float[Array, " n"], Callable[[Array], Any]]:
    """The parameters as one vector, not below float32, and what makes a tree of such a vector."""
    leaves, structure = jax.tree.flatten(x0)
    for leaf in leaves:
        expect(_is_real(leaf), function, "x0 of floating-point numbers", jnp.result_type(leaf), TypeError)
    shapes = [jnp.shape(leaf) for leaf in leaves]
    expect(size_of(x0) > 0, function, "x0 with at least one number", f"shapes {shapes}")
    wide = [widened(jnp.asarray(leaf, jnp.result_type(leaf))) for leaf in leaves]
    with jax.numpy_dtype_promotion("standard"):
        dtype = jnp.result_type(*wide)
    ends = list(accumulate(math.prod(shape) for shape in shapes))

    def build(v: Array) -> Any:
        parts = jnp.split(v, ends[:-1])
        built = [part.reshape(leaf.shape).astype(leaf.dtype) for part, leaf in zip(parts, wide, strict=True)]
        return jax.tree.unflatten(structure, built)

    return jnp.concatenate([leaf.ravel().astype(dtype) for leaf in wide]), build


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _solution(objective: Callable[..., Array], run: Run, start: Array, given: Any, options: Any) -> OptimizeResult:
    """Where the method ends; `given` is what the objective depends on besides."""
    return run(lambda x: objective(x, given), start, options)


@_solution.defjvp
def _implicit(
    objective: Callable[..., Array], run: Run, primals: Any, tangents: Any
) -> tuple[OptimizeResult, OptimizeResult]:
    """The implicit function theorem at the minimum: the gradient stays zero, so H dx = -d(gradient)."""
    given, change = primals[1], tangents[1]
    found = _solution(objective, run, *primals)
    gradient = jax.grad(objective)

    product = jax.linearize(lambda x: gradient(x, given), found.x)[1]
    turn = jax.jvp(lambda given: gradient(found.x, given), (given,), (change,))[1]
    x = -_solve(product, turn)
    fun = jax.jvp(objective, (found.x, given), (x, change))[1]
    rest = jax.tree.map(zero_from_primal, found)
    return found, rest._replace(x=x, fun=fun)


def _solve(product: Callable[[Array], Array], b: Float[Array, " n"]) -> Float[Array, " n"]:
    """The solution of a symmetric linear system given as a function."""
    if b.size <= DENSE:
        return jnp.linalg.solve(jax.vmap(product, out_axes=1)(jnp.eye(b.size, dtype=b.dtype)), b)
    return jax.lax.custom_linear_solve(product, b, _conjugate_gradients, _conjugate_gradients, symmetric=True)


def _conjugate_gradients(product: Callable[[Array], Array], b: Float[Array, " n"]) -> Float[Array, " n"]:
    """The solution for a positive definite matrix, to rounding or in as many steps as there are unknowns, twice."""

    def goes_on(state: tuple[Array, ...]) -> Array:
        _, _, _, square, steps = state
        return (square > enough) & (steps < 2 * b.size)

    def step(state: tuple[Array, ...]) -> tuple[Array, ...]:
        x, residual, direction, square, steps = state
        image = product(direction)
        length = square / dot(direction, image)
        residual = residual - length * image
        new = dot(residual, residual)
        return x + length * direction, residual, residual + new / square * direction, new, steps + 1

    square = dot(b, b)
    enough = (4 * jnp.finfo(b.dtype).eps) ** 2 * square
    return jax.lax.while_loop(goes_on, step, (jnp.zeros_like(b), b, b, square, jnp.int32(0)))[0]


def size_of(x0: Any) -> int:
    """How many parameters there are."""
    return sum(math.prod(jnp.shape(leaf)) for leaf in jax.tree.leaves(x0))


def status_of(**conditions: ArrayLike) -> Int[Array, ""]:
    """The first status whose condition holds, or -1: the method goes on."""
    code = jnp.int32(-1)
    for name, holds in reversed(conditions.items()):
        code = jnp.where(holds, jnp.int32(OptimizeStatus[name]), code)
    return code
