"""The loop of every descent whose steps end with a proximal operator, and the derivative of where it ends."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_derivatives import zero_from_primal
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Bool, Float, Int

from mathml_jax.calculus._leibniz import explicit
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.optimize._descending import dot
from mathml_jax.optimize._minimum import OptimizeResult, OptimizeStatus, raveled, status_of


class Composite(NamedTuple):
    """A smooth function, the proximal operator of another with a length of step, and that other one."""

    smooth: Callable[..., Float[Array, ""]]
    prox: Callable[..., Float[Array, " n"]]
    penalty: Callable[..., Float[Array, ""]]


class Options(NamedTuple):
    """The length of step to begin with, the change of the parameters over it at which to stop, and the most steps."""

    stepsize: Float[Array, ""]
    gtol: Float[Array, ""]
    maxiter: Int[Array, ""]


Run = Callable[[Composite, Float[Array, " n"], Options], OptimizeResult]
"""A method: functions, start and options to where it ends."""


def composite_minimum(
    function: str,
    f: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...],
    prox: Callable[[Any, Array, Any], Any],
    penalty: Callable[[Any, Any], Array],
    weights: Any,
    run: Run,
    options: tuple[Any, Any, Any],
) -> OptimizeResult:
    """What a method finds, in the shapes and dtypes of the start, differentiable in `args` and in `weights`."""
    start, build = raveled(function, x0)
    smooth, closed, _ = explicit(scalar_valued(function, lambda v, args: f(build(v), *args), start, args), start, args)
    near, besides, _ = explicit(lambda v, t, w: ravel_pytree(prox(build(v), t, w))[0], start, start[0], weights)
    composite = Composite(
        lambda v, given: smooth(given[0], v, given[2]).astype(v.dtype),
        lambda v, t, given: near(given[1], v, t, given[3]).astype(v.dtype),
        lambda v, given: penalty(build(v), given[3]).astype(v.dtype),
    )
    stepsize, gtol, maxiter = (jnp.asarray(option) for option in options)
    settings = Options(stepsize.astype(start.dtype), gtol.astype(start.dtype), maxiter.astype(jnp.int32))
    found = _solution(composite, run, start, (closed, besides, args, weights), settings)
    x = jax.tree.map(lambda leaf, like: leaf.astype(jnp.result_type(like)), build(found.x), x0)
    with jax.numpy_dtype_promotion("standard"):
        dtype = jnp.result_type(*jax.tree.leaves(x0))
    return found._replace(x=x, fun=found.fun.astype(dtype))


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _solution(composite: Composite, run: Run, start: Array, given: Any, options: Options) -> OptimizeResult:
    """Where the method ends; `given` is what the functions depend on besides."""
    smooth, prox, penalty = composite
    bound = Composite(lambda x: smooth(x, given), lambda x, t: prox(x, t, given), lambda x: penalty(x, given))
    return run(bound, start, options)


@_solution.defjvp
def _implicit(composite: Composite, run: Run, primals: Any, tangents: Any) -> tuple[OptimizeResult, OptimizeResult]:
    """The implicit function theorem at the end, which one more step would not change."""
    given, change = primals[1], tangents[1]
    found = _solution(composite, run, *primals)
    smooth, prox, penalty = composite

    def moved(x: Array, given: Any) -> Array:
        return x - prox(x - jax.grad(smooth)(x, given), jnp.ones((), x.dtype), given)

    turn = jax.jvp(lambda given: moved(found.x, given), (given,), (change,))[1]
    x = -jnp.linalg.solve(jax.jacfwd(moved)(found.x, given), turn)

    def total(x: Array, given: Any) -> Array:
        return smooth(x, given) + penalty(x, given)

    fun = jax.jvp(total, (found.x, given), (x, change))[1]
    return found, jax.tree.map(zero_from_primal, found)._replace(x=x, fun=fun)


class _State(NamedTuple):
    """The point reached and the smooth function there, where the gradient was taken, and the counts."""

    x: Float[Array, " n"]
    at_x: Float[Array, ""]
    y: Float[Array, " n"]
    value: Float[Array, ""]
    gradient: Float[Array, " n"]
    inertia: Float[Array, ""]
    stepsize: Float[Array, ""]
    blocked: Bool[Array, ""]
    nit: Int[Array, ""]
    nfev: Int[Array, ""]
    njev: Int[Array, ""]
    status: Int[Array, ""]


def proximal_descent(
    composite: Composite, x0: Float[Array, " n"], options: Options, *, accelerated: bool, searched: bool
) -> OptimizeResult:
    """Each turn of the loop tries one step; where lengths are searched, half of it is next if it was too long."""
    f, prox, _ = composite
    value_and_gradient = jax.value_and_grad(f)

    def taken(now: _State, x: Array, at_x: Array) -> _State:
        inertia = (1 + jnp.sqrt(1 + 4 * now.inertia**2)) / 2
        y = x + (now.inertia - 1) / inertia * (x - now.x) if accelerated else x
        value, gradient = value_and_gradient(y)
        return now._replace(
            x=x, at_x=at_x, y=y, value=value, gradient=gradient, inertia=inertia, nit=now.nit + 1, njev=now.njev + 1
        )

    def shortened(now: _State, x: Array, at_x: Array) -> _State:
        return now._replace(stepsize=now.stepsize / 2, blocked=~jnp.isfinite(at_x))

    def turn(now: _State) -> _State:
        x = prox(now.y - now.stepsize * now.gradient, now.stepsize)
        at_x, step = f(x), x - now.y
        model = now.value + dot(now.gradient, step) + dot(step, step) / (2 * now.stepsize)
        rounding = 10 * jnp.finfo(x.dtype).eps * jnp.abs(now.value)
        fits = jnp.isfinite(at_x) & (at_x <= model + rounding) if searched else jnp.isfinite(at_x)
        # A short step may change nothing but for rounding: the first length tells whether there is nowhere to go.
        length = options.stepsize
        ahead = prox(now.y - length * now.gradient, length) if searched else x
        change, still = jnp.max(jnp.abs(ahead - now.y)), jnp.all(step == 0)
        after = jax.lax.cond(fits, taken, shortened, now, x, at_x)
        undefined = ~(jnp.isfinite(after.value) & jnp.isfinite(after.gradient).all())
        arrived = fits & (change <= length * options.gtol)
        status = status_of(
            NOT_FINITE=undefined | (after.blocked & (still | (not searched)) & ~arrived),
            CONVERGED=arrived,
            PRECISION=still,
            MAXITER=fits & (after.nit >= options.maxiter),
        )
        return after._replace(nfev=now.nfev + 1 + fits.astype(jnp.int32), status=status)

    start = prox(x0, jnp.zeros((), x0.dtype))
    value, gradient = value_and_gradient(start)
    one, zero = jnp.ones((), x0.dtype), jnp.int32(0)
    status = status_of(NOT_FINITE=~(jnp.isfinite(value) & jnp.isfinite(gradient).all()), MAXITER=options.maxiter <= 0)
    counts = (jnp.bool_(False), zero, zero + 1, zero + 1, status)
    begin = _State(start, value, start, value, gradient, one, options.stepsize, *counts)
    end = jax.lax.while_loop(lambda now: now.status < 0, turn, begin)
    fun, success = end.at_x + composite.penalty(end.x), end.status == OptimizeStatus.CONVERGED
    return OptimizeResult(end.x, fun, end.nfev, end.nit, success, end.status, njev=end.njev)
