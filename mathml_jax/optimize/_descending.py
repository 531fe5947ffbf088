"""The loop of every method that searches along one direction after another."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Int

from mathml_jax.optimize._minimum import Objective, OptimizeResult, OptimizeStatus, dot, status_of
from mathml_jax.optimize._wolfe import Outcome, Rule, Search, advance, begin


class Method(NamedTuple):
    """What tells one method from another.

    Attributes:
      memory: what it knows at the start.
      learn: memory, step and change of the gradient to memory.
      direction: memory, point and gradient to memory and where to search.
      first_step: the `State` and the slope along the new direction to the first step tried along it.
    """

    memory: Any
    learn: Callable[[Any, Array, Array], Any]
    direction: Callable[[Any, Array, Array], tuple[Any, Array]]
    first_step: Callable[["State", Array], ArrayLike]


class Stop(NamedTuple):
    """When to stop: a gradient of that norm, a relative decrease in one step no larger, so many steps."""

    norm: Callable[[Array], Array]
    gtol: Float[Array, ""]
    ftol: Float[Array, ""]
    maxiter: Int[Array, ""]


class State(NamedTuple):
    """The point reached, the function there and at the point `before`, the search from here, and the counts."""

    x: Float[Array, " n"]
    value: Float[Array, ""]
    gradient: Float[Array, " n"]
    before: Float[Array, ""]
    memory: Any
    direction: Float[Array, " n"]
    search: Search
    nit: Int[Array, ""]
    nfev: Int[Array, ""]
    status: Int[Array, ""]


def descend(f: Objective, x0: Float[Array, " n"], method: Method, rule: Rule, stop: Stop) -> State:
    """Where the method ends. Each turn of the loop is one evaluation, the first one that of the start."""
    value_and_gradient = jax.value_and_grad(f)

    def turn(now: State) -> State:
        at = now.x + now.search.step * now.direction
        value, gradient = value_and_gradient(at)
        slope = jnp.where(jnp.isfinite(gradient).all(), dot(gradient, now.direction), jnp.nan)
        first = now.nfev == 0
        now = now._replace(nfev=now.nfev + 1, search=advance(rule, now.search, value, slope))
        arrived = first | (now.search.outcome != Outcome.SEARCHING)
        return jax.lax.cond(arrived, partial(_arrive, method, stop), lambda now, *_: now, now, at, value, gradient)

    zero, still = jnp.zeros((), x0.dtype), jnp.zeros_like(x0)
    counts = (jnp.int32(0), jnp.int32(0), jnp.int32(-1))
    start = State(x0, zero, still, zero, method.memory, still, begin(zero, zero, zero), *counts)
    return jax.lax.while_loop(lambda now: now.status < 0, turn, start)


def _arrive(method: Method, stop: Stop, now: State, at: Array, value: Array, gradient: Array) -> State:
    """The end of a search: where to go on from and in which direction, or why no more."""
    first, outcome = now.nfev == 1, now.search.outcome
    better = ~first & ((outcome == Outcome.FOUND) | (outcome == Outcome.LOWER))
    learnt = method.learn(now.memory, at - now.x, gradient - now.gradient)
    memory = _where(better, learnt, now.memory)
    # As if the step before had been half as long as the gradient.
    before = jnp.where(first, value + jnp.linalg.norm(gradient) / 2, now.value)
    stuck = ~first & (~better | (at == now.x).all())
    x, value, gradient, before = _where(first | better, (at, value, gradient, before), now[:4])
    undefined = first & ~(jnp.isfinite(value) & jnp.isfinite(gradient).all())
    nit = now.nit + better.astype(jnp.int32)
    now = now._replace(x=x, value=value, gradient=gradient, before=before, nit=nit)
    scale = jnp.maximum(1.0, jnp.maximum(jnp.abs(now.before), jnp.abs(now.value)))
    status = status_of(
        NOT_FINITE=undefined | (~first & (outcome == Outcome.BLOCKED)),
        CONVERGED=(stop.norm(now.gradient) <= stop.gtol) | (better & (now.before - now.value <= stop.ftol * scale)),
        PRECISION=stuck,
        MAXITER=now.nit >= stop.maxiter,
    )
    memory, direction = method.direction(memory, now.x, now.gradient)
    slope = dot(direction, now.gradient)
    # Rounding may turn a direction uphill.
    down = slope < 0
    direction = jnp.where(down, direction, -now.gradient)
    slope = jnp.where(down, slope, -dot(now.gradient, now.gradient))
    now = now._replace(memory=memory, direction=direction, status=status)
    return now._replace(search=begin(now.value, slope, method.first_step(now, slope)))


def _where(condition: Array, yes: Any, no: Any) -> Any:
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), yes, no)


def result(state: State, **more: Any) -> OptimizeResult:
    """The record of where a method ended."""
    success = state.status == OptimizeStatus.CONVERGED
    counts = (state.nfev, state.nit, success, state.status)
    return OptimizeResult(state.x, state.value, *counts, jac=state.gradient, njev=state.nfev, **more)
