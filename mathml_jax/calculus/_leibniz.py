"""The integral as a function of its limits and parameters, with Leibniz's rule as its derivative."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero, zero_from_primal
from jax.extend.core import ClosedJaxpr, jaxpr_as_fun
from jaxtyping import Array, Float

from mathml_jax.calculus._bisection import Integral, Task, integrate

Accuracy = tuple[Float[Array, ""], Float[Array, ""]]
"""What is asked for, absolute and relative."""


def explicit(function: Callable[..., Any], *args: Any) -> tuple[Callable[..., Any], list[Any], Any]:
    """The function with the arrays that it closes over as one more, first argument; those arrays; its result's shape.

    They too may be differentiated and batched then.
    """
    traced, shape = jax.make_jaxpr(function, return_shape=True)(*args)

    def evaluate(closed: list[Any], *args: Any) -> Any:
        flat = jaxpr_as_fun(ClosedJaxpr(traced.jaxpr, closed))(*jax.tree.leaves(args))
        return jax.tree.unflatten(jax.tree.structure(shape), flat)

    return evaluate, list(traced.consts), shape


@partial(jax.custom_jvp, nondiff_argnums=(0, 1, 2))
def integral(
    f: Callable[..., Array],
    shape: tuple[int, ...],
    limit: int,
    a: Array,
    b: Array,
    accuracy: Accuracy,
    args: tuple[Any, ...],
) -> Integral:
    """The integral of f(x, *args), of this shape, from a to b; NaN where not even three digits are certain."""
    forward, empty = a <= b, a == b
    low, high = jnp.where(forward, a, b), jnp.where(forward, b, a)
    found = integrate(f, Task(low, high, *accuracy), args, math.prod(shape), limit)
    converged = empty | (found.converged & ~jnp.isnan(a) & ~jnp.isnan(b))
    known = converged | (found.error <= 1e-3 * jnp.abs(found.value))
    value = jnp.where(known, jnp.where(forward, found.value, -found.value), jnp.nan)
    error = jnp.where(known, found.error, jnp.inf)
    value, error = (jnp.where(empty, 0.0, x).reshape(shape) for x in (value, error))
    return Integral(value, error, converged, jnp.where(empty, 1, found.panels))


@partial(integral.defjvp, symbolic_zeros=True)
def _rule(
    f: Callable[..., Array], shape: tuple[int, ...], limit: int, primals: Any, tangents: Any
) -> tuple[Integral, Integral]:
    """The derivative in each parameter is an integral of its own, so that the rule is linear in the tangents."""
    a, b, accuracy, args = primals
    da, db, _, dargs = tangents
    found = integral(f, shape, limit, *primals)
    tangent = jnp.zeros_like(found.value)
    if not isinstance(db, SymbolicZero):
        tangent += _at(f, b, a + 1, args) * db
    if not isinstance(da, SymbolicZero):
        tangent -= _at(f, a, b - 1, args) * da
    moves = jax.tree.structure(args).flatten_up_to(dargs)
    moving = [i for i, move in enumerate(moves) if not isinstance(move, SymbolicZero)]
    if moving:
        steps = jnp.concatenate([jnp.ravel(moves[i]).astype(a.dtype) for i in moving])
        slopes = integral(_slopes(f, shape, moving), (*shape, len(steps)), limit, a, b, accuracy, args).value
        tangent += jnp.tensordot(slopes, steps, axes=1, precision="highest")
    return found, Integral(tangent, *(zero_from_primal(part) for part in found[1:]))


def _at(f: Callable[..., Array], end: Array, inside: Array, args: tuple[Any, ...]) -> Array:
    """What a finite limit contributes; an infinite one does not move, and f is asked for some point in its place."""
    finite = jnp.isfinite(end)
    inside = jnp.where(jnp.isfinite(inside), inside, 0.0)
    return jnp.where(finite, f(jnp.where(finite, end, inside), *args), 0.0)


def _slopes(f: Callable[..., Array], shape: tuple[int, ...], moving: list[int]) -> Callable[..., Array]:
    """The derivatives of f(x, *args) in some leaves of args, along a last axis."""

    @jax.jit
    def slopes(x: Array, *args: Any) -> Array:
        leaves, structure = jax.tree.flatten(args)

        def moved(varied: list[Array]) -> Array:
            replaced = dict(zip(moving, varied, strict=True))
            return f(x, *jax.tree.unflatten(structure, [replaced.get(i, leaf) for i, leaf in enumerate(leaves)]))

        jacobian = (jax.jacfwd if shape else jax.jacrev)(moved)([leaves[i] for i in moving])
        return jnp.concatenate([part.reshape(*shape, -1).astype(x.dtype) for part in jacobian], axis=-1)

    return slopes
