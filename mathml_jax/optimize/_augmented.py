"""The loop of the augmented Lagrangian, its record, and the derivative of where it ends."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_derivatives import zero_from_primal
from jaxtyping import Array, Bool, Float, Int

from mathml_jax._checks import as_float, expect
from mathml_jax.optimize._descending import dot
from mathml_jax.optimize._minimum import OptimizeStatus, status_of
from mathml_jax.optimize.quasi_newton import bfgs

STIFFEST = 1e12
"""The largest weight of the squared constraints: where that does not satisfy them, nothing does."""


class ConstrainedResult(NamedTuple):
    """Where a search for a minimum under constraints stopped, in SciPy's names.

    Attributes:
      x: the point, shaped as the start.
      fun: the function there.
      multipliers: those of the constraints g = 0, and those of the constraints h <= 0.
      constr_violation: the largest abs(g) or positive h; it has no derivative.
      optimality: the largest entry of the gradient of the Lagrange function; it has no derivative.
      nit: how many steps were taken, of the outer loop where there are two.
      nfev: how many times the functions were evaluated.
      status: an `OptimizeStatus`.
      success: whether `status` is 0.
    """

    x: Any
    fun: Float[Array, ""]
    multipliers: tuple[Float[Array, " p"], Float[Array, " q"]]
    constr_violation: Float[Array, ""]
    optimality: Float[Array, ""]
    nit: Int[Array, ""]
    nfev: Int[Array, ""]
    status: Int[Array, ""]
    success: Bool[Array, ""]


Parts = Callable[..., tuple[Float[Array, ""], Float[Array, " p"], Float[Array, " q"]]]
"""The function and both kinds of constraints, at a vector (and with what they depend on besides)."""


def parts_of(function: str, f: Any, g: Any, h: Any, build: Any, start: Array, args: Any) -> Parts:
    """The function and its constraints as one function of a vector and `args`; no constraint is an empty one."""

    def parts(v: Array, args: tuple[Any, ...]) -> tuple[Array, Array, Array]:
        x, none = build(v), jnp.zeros(0)
        values = f(x, *args), none if g is None else g(x, *args), none if h is None else h(x, *args)
        value, equal, unequal = (as_float(value).astype(v.dtype) for value in values)
        return value, equal, unequal

    for name, c, rank in (("f", f, 0), ("g", g, 1), ("h", h, 1)):
        found = jnp.zeros(0) if c is None else jax.eval_shape(c, build(start), *args)
        got = jax.tree.map(lambda leaf: leaf.shape, found)
        expected = f"{name} to return {'one axis' if rank else 'a scalar'}"
        expect(len(getattr(found, "shape", (0, 0))) == rank, function, expected, f"shape {got}")
    return parts


class _State(NamedTuple):
    """The point, both multipliers, the weight of the squares, how far off the constraints are, and the counts."""

    x: Float[Array, " n"]
    equal: Float[Array, " p"]
    unequal: Float[Array, " q"]
    weight: Float[Array, ""]
    violation: Float[Array, ""]
    optimality: Float[Array, ""]
    nit: Int[Array, ""]
    nfev: Int[Array, ""]
    status: Int[Array, ""]


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def augmented(parts: Parts, start: Array, given: Any, options: Any) -> ConstrainedResult:
    """Each turn of the loop is one minimum without constraints; `given` is what the functions depend on besides."""
    gtol, ctol, maxiter = options

    def turn(now: _State) -> _State:
        def lagrangian(x: Array, equal: Array, unequal: Array, weight: Array) -> Array:
            value, g, h = parts(x, given)
            force = jnp.maximum(0.0, unequal + weight * h)
            return (
                value
                + dot(equal, g)
                + weight / 2 * dot(g, g)
                + (dot(force, force) - dot(unequal, unequal)) / (2 * weight)
            )

        inner = bfgs(lagrangian, now.x, (now.equal, now.unequal, now.weight), gtol=gtol)
        _, g, h = parts(inner.x, given)
        gaps = jnp.concatenate([jnp.abs(g), jnp.abs(jnp.maximum(h, -now.unequal / now.weight))])
        violation, optimality = jnp.max(gaps, initial=0.0), jnp.max(jnp.abs(inner.jac))
        undefined = inner.status == OptimizeStatus.NOT_FINITE
        slow = violation > now.violation / 4
        weight = jnp.where(slow, 10 * now.weight, now.weight)
        status = status_of(
            NOT_FINITE=undefined | ~jnp.isfinite(violation),
            CONVERGED=(violation <= ctol) & (optimality <= gtol),
            PRECISION=weight > STIFFEST,
            MAXITER=now.nit + 1 >= maxiter,
        )
        equal, unequal = now.equal + now.weight * g, jnp.maximum(0.0, now.unequal + now.weight * h)
        counts = (now.nit + 1, now.nfev + inner.nfev, status)
        return _State(inner.x, equal, unequal, weight, violation, optimality, *counts)

    _, g, h = jax.eval_shape(parts, start, given)
    one, endless = jnp.ones((), start.dtype), jnp.full((), jnp.inf, start.dtype)
    counts = (jnp.int32(0), jnp.int32(0), jnp.int32(-1))
    begin = _State(start, jnp.zeros(g.shape, g.dtype), jnp.zeros(h.shape, h.dtype), 10 * one, endless, endless, *counts)
    end = jax.lax.while_loop(lambda now: now.status < 0, turn, begin)
    fun, g, h = parts(end.x, given)
    off = jnp.max(jnp.concatenate([jnp.abs(g), jnp.maximum(h, 0.0)]), initial=0.0)
    success = end.status == OptimizeStatus.CONVERGED
    found = (end.x, fun, (end.equal, end.unequal), off, end.optimality)
    return ConstrainedResult(*found, end.nit, end.nfev, end.status, success)


@augmented.defjvp
def _implicit(parts: Parts, primals: Any, tangents: Any) -> tuple[ConstrainedResult, ConstrainedResult]:
    """The implicit function theorem for the conditions of Karush, Kuhn and Tucker."""
    given, change = primals[1], tangents[1]
    found = augmented(parts, *primals)
    point = (found.x, *found.multipliers)
    ends = [found.x.size, found.x.size + point[1].size]

    def conditions(z: Array, given: Any) -> Array:
        x, a, b = jnp.split(z, ends)

        def lagrangian(x: Array) -> tuple[Array, tuple[Array, Array]]:
            value, g, h = parts(x, given)
            return value + dot(a, g) + dot(b, h), (g, h)

        slope, (g, h) = jax.grad(lagrangian, has_aux=True)(x)
        holds = jax.lax.stop_gradient(b + h) > 0
        return jnp.concatenate([slope, g, jnp.where(holds, h, b)])

    z = jnp.concatenate(point)
    turn = jax.jvp(lambda given: conditions(z, given), (given,), (change,))[1]
    x, equal, unequal = jnp.split(-jnp.linalg.solve(jax.jacfwd(conditions)(z, given), turn), ends)
    fun = jax.jvp(lambda x, given: parts(x, given)[0], (found.x, given), (x, change))[1]
    still = jax.tree.map(zero_from_primal, found)
    return found, still._replace(x=x, fun=fun, multipliers=(equal, unequal))


def shaped(found: ConstrainedResult, build: Callable[[Array], Any], x0: Any) -> ConstrainedResult:
    """The record in the shapes and dtypes of the start."""
    x = jax.tree.map(lambda leaf, like: leaf.astype(jnp.result_type(like)), build(found.x), x0)
    with jax.numpy_dtype_promotion("standard"):
        dtype = jnp.result_type(*jax.tree.leaves(x0))
    reals = found._replace(x=None)
    cast = jax.tree.map(lambda v: v.astype(dtype) if jnp.issubdtype(v.dtype, jnp.floating) else v, reals)
    return cast._replace(x=x)
