"""What every search for a root shares: its record, its function of scalars, and the derivative of the root."""

from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_derivatives import zero_from_primal
from jaxtyping import Array, ArrayLike, Bool, Float, Int

from mathml_jax._checks import as_float, expect_rank, widened
from mathml_jax.calculus._leibniz import explicit
from mathml_jax.calculus._scalar import scalar_valued

Scalar = Callable[..., Float[Array, ""]]
"""A scalar function of a scalar (and of what it depends on besides)."""


class RootFlag(IntEnum):
    """How a search for a root ended, in SciPy's codes.

    Attributes:
      CONVERGED: the root is known as exactly as was asked for.
      SIGN: the function has the same sign at both ends.
      MAXITER: as many steps were taken as may be, or the slope vanishes.
      NOT_FINITE: the function, or its slope, is not finite at the next point; for a bracket, it is NaN there.
    """

    CONVERGED = 0
    SIGN = -1
    MAXITER = -2
    NOT_FINITE = -3


GOES_ON = 1
"""The flag of a search under way."""


class RootResults(NamedTuple):
    """Where a search for a root ended, in SciPy's names.

    Attributes:
      root: the root, or the best point so far; NaN where the ends of a bracket have the same sign.
      iterations: how many steps were taken.
      function_calls: how many times the function, or its derivative, was evaluated.
      converged: whether `flag` is 0.
      flag: a `RootFlag`.
    """

    root: Float[Array, ""]
    iterations: Int[Array, ""]
    function_calls: Int[Array, ""]
    converged: Bool[Array, ""]
    flag: Int[Array, ""]


Run = Callable[[Scalar, tuple[Array, ...], Any], RootResults]
"""A method: function, starts and options to where it ends."""


def root_of(
    function: str, f: Callable[..., Any], starts: dict[str, ArrayLike], args: tuple[Any, ...], run: Run, options: Any
) -> RootResults:
    """What a method finds, in the dtype of the starts, differentiable in `args` and in what `f` closes over."""
    *given, _ = as_float(*starts.values(), 0.0)
    for name, start in zip(starts, given, strict=True):
        expect_rank(function, name, start, 0)
    wide = tuple(widened(start) for start in given)
    g = scalar_valued(function, lambda x, args: f(x, *args), wide[0], args)
    evaluate, closed, _ = explicit(g, wide[0], args)

    def scalar(x: Array, besides: Any) -> Array:
        return evaluate(besides[0], x, besides[1]).astype(x.dtype)

    xtol, rtol, maxiter = (jnp.asarray(option) for option in options)
    settings = (xtol.astype(wide[0].dtype), rtol.astype(wide[0].dtype), maxiter.astype(jnp.int32))
    found = _solution(scalar, run, wide, (closed, args), settings)
    return found._replace(root=found.root.astype(given[0].dtype))


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def _solution(f: Scalar, run: Run, starts: Any, given: Any, options: Any) -> RootResults:
    """Where the method ends; `given` is what the function depends on besides."""
    return run(lambda x: f(x, given), starts, options)


@_solution.defjvp
def _implicit(f: Scalar, run: Run, primals: Any, tangents: Any) -> tuple[RootResults, RootResults]:
    """The implicit function theorem: the function stays zero, so f' dx = -df."""
    given, change = primals[1], tangents[1]
    found = _solution(f, run, *primals)
    slope = jax.jvp(lambda x: f(x, given), (found.root,), (jnp.ones_like(found.root),))[1]
    turn = jax.jvp(lambda given: f(found.root, given), (given,), (change,))[1]
    return found, jax.tree.map(zero_from_primal, found)._replace(root=-turn / slope)


def flag_of(**conditions: ArrayLike) -> Int[Array, ""]:
    """The first flag whose condition holds, or that of a search under way."""
    code = jnp.int32(GOES_ON)
    for name, holds in reversed(conditions.items()):
        code = jnp.where(holds, jnp.int32(RootFlag[name]), code)
    return code


def result(root: Array, iterations: Array, function_calls: Array, flag: Array) -> RootResults:
    """The record of where a search ended."""
    return RootResults(root, iterations, function_calls, flag == RootFlag.CONVERGED, flag)


def close_enough(a: Array, b: Array, options: Any) -> Bool[Array, ""]:
    """Whether two points are one, to the tolerances asked for."""
    xtol, rtol = options[:2]
    return jnp.abs(a - b) <= xtol + rtol * jnp.abs(b)
