"""What both methods for least squares share: their record, residuals that take a vector, and the derivative."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_derivatives import zero_from_primal
from jaxtyping import Array, Bool, Float, Int

from mathml_jax._checks import as_float, expect
from mathml_jax.calculus._leibniz import explicit
from mathml_jax.optimize._descending import dot
from mathml_jax.optimize._minimum import OptimizeStatus, raveled
from mathml_jax.optimize._triangular import triangle


class LeastSquaresResult(NamedTuple):
    """Where a method for least squares stopped, in SciPy's names.

    Attributes:
      x: the best point, shaped as the start.
      cost: half the sum of the squared residuals there.
      fun: the residuals there.
      jac: their Jacobian, for the parameters in one vector.
      grad: the gradient of the cost, shaped as the start.
      optimality: its largest entry; it has no derivative.
      nfev: how many times the residuals were evaluated.
      njev: how many times their Jacobian was evaluated.
      status: an `OptimizeStatus`.
      success: whether `status` is 0.
    """

    x: Any
    cost: Float[Array, ""]
    fun: Float[Array, " m"]
    jac: Float[Array, "m n"]
    grad: Any
    optimality: Float[Array, ""]
    nfev: Int[Array, ""]
    njev: Int[Array, ""]
    status: Int[Array, ""]
    success: Bool[Array, ""]


class System(NamedTuple):
    """The residuals and their Jacobian, functions of a vector (and of what they depend on besides)."""

    residuals: Callable[..., Float[Array, " m"]]
    jacobian: Callable[..., Float[Array, "m n"]]


Run = Callable[[System, Float[Array, " n"], Any], LeastSquaresResult]
"""A method: residuals, start and options to where it ends, all in vectors."""


def least(
    function: str,
    residuals: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...],
    jac: Callable[..., Any] | None,
    run: Run,
    options: Any,
) -> LeastSquaresResult:
    """What a method finds, in the shapes and dtypes of the start, differentiable in `args` and what is closed over."""
    start, build = raveled(function, x0)
    like = jax.eval_shape(residuals, build(start), *args)
    got = jax.tree.map(lambda leaf: leaf.shape, like)
    expect(len(getattr(like, "shape", ())) == 1, function, "residuals to return one axis", f"shape {got}")
    m, n = like.shape[0], start.size
    expect(m >= n, function, "at least as many residuals as parameters", f"{m} and {n}")
    r, closed, _ = explicit(lambda v, args: as_float(residuals(build(v), *args)), start, args)

    def fun(v: Array, given: Any) -> Array:
        return r(given[0], v, given[2]).astype(v.dtype)

    if jac is None:
        system, besides = System(fun, jax.jacfwd(fun)), []
    else:
        slopes, besides, like = explicit(lambda v, args: as_float(jac(build(v), *args)), start, args)
        expect(like.shape == (m, n), function, f"jac of shape {(m, n)}", f"shape {like.shape}")
        system = System(fun, lambda v, given: slopes(given[1], v, given[2]).astype(v.dtype))
    *tolerances, limit = (jnp.asarray(option) for option in options)
    # A tolerance that is not 0 can always be reached.
    least_one = 4 * jnp.finfo(start.dtype).eps
    reachable = [jnp.where(t > 0, jnp.maximum(t.astype(start.dtype), least_one), 0.0) for t in tolerances]
    options = (*reachable, limit.astype(jnp.int32))
    found = _solution(system, run, start, (closed, besides, args), options)

    def shaped(v: Array) -> Any:
        return jax.tree.map(lambda leaf, like: leaf.astype(jnp.result_type(like)), build(v), x0)

    with jax.numpy_dtype_promotion("standard"):
        dtype = jnp.result_type(*jax.tree.leaves(x0))
    rest = {name: getattr(found, name).astype(dtype) for name in ("cost", "fun", "jac", "optimality")}
    return found._replace(x=shaped(found.x), grad=shaped(found.grad), **rest)


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _solution(system: System, run: Run, start: Array, given: Any, options: Any) -> LeastSquaresResult:
    """Where the method ends; `given` is what the residuals depend on besides."""
    return run(System(*(partial(_at, f, given) for f in system)), start, options)


def _at(f: Callable[..., Array], given: Any, x: Array) -> Array:
    return f(x, given)


@_solution.defjvp
def _implicit(system: System, run: Run, primals: Any, tangents: Any) -> tuple[LeastSquaresResult, LeastSquaresResult]:
    """The implicit function theorem at the minimum: the gradient of the cost stays zero, so H dx = -d(gradient)."""
    given, change = primals[1], tangents[1]
    found = _solution(system, run, *primals)

    def cost(x: Array, given: Any) -> Array:
        return jnp.sum(system.residuals(x, given) ** 2) / 2

    def described(x: Array, given: Any) -> tuple[Array, ...]:
        fun, jac = system.residuals(x, given), system.jacobian(x, given)
        return cost(x, given), fun, jac, dot(fun, jac)

    gradient = jax.grad(cost)
    turn = jax.jvp(lambda given: gradient(found.x, given), (given,), (change,))[1]
    x = -jnp.linalg.solve(jax.hessian(cost)(found.x, given), turn)
    rest = jax.tree.map(zero_from_primal, found)
    names = ("cost", "fun", "jac", "grad")
    moved = dict(zip(names, jax.jvp(described, (found.x, given), (x, change))[1], strict=True))
    return found, rest._replace(x=x, **moved)


def result(x: Array, fun: Array, jac: Array, nfev: Array, njev: Array, status: Array) -> LeastSquaresResult:
    """The record of where a method ended."""
    grad = dot(fun, jac)
    success = status == OptimizeStatus.CONVERGED
    return LeastSquaresResult(x, dot(fun, fun) / 2, fun, jac, grad, jnp.max(jnp.abs(grad)), nfev, njev, status, success)


class Reached(NamedTuple):
    """A point, and what the residuals and the Jacobian there say: how long the columns are, the largest cosine."""

    x: Float[Array, " n"]
    fun: Float[Array, " m"]
    jac: Float[Array, "m n"]
    upper: Float[Array, "n n"]
    turned: Float[Array, " n"]
    norms: Float[Array, " n"]
    cosine: Float[Array, ""]
    njev: Int[Array, ""]

    @property
    def finite(self) -> Bool[Array, ""]:
        return jnp.isfinite(self.norms).all() & jnp.isfinite(self.length)

    @property
    def length(self) -> Float[Array, ""]:
        return jnp.linalg.norm(self.fun)


def nowhere(system: System, x0: Float[Array, " n"]) -> Reached:
    """What is known before the first evaluation."""
    shape = jax.eval_shape(system.residuals, x0).shape
    fun, jac = jnp.zeros(shape, x0.dtype), jnp.zeros((*shape, x0.size), x0.dtype)
    upper, turned = jnp.zeros((x0.size, x0.size), x0.dtype), jnp.zeros_like(x0)
    return Reached(x0, fun, jac, upper, turned, turned, jnp.zeros((), x0.dtype), jnp.int32(0))


def arrive(system: System, now: Reached, at: Array, fun: Array) -> Reached:
    jac = system.jacobian(at)
    both = triangle([*jac.T, fun], at.size)
    upper, turned = both[:, :-1], both[:, -1]
    norms = jnp.linalg.norm(upper, axis=0)
    product = norms * jnp.linalg.norm(fun)
    cosines = jnp.abs(dot(turned, upper)) / jnp.where(product > 0, product, 1.0)
    return Reached(at, fun, jac, upper, turned, norms, jnp.max(cosines), now.njev + 1)
