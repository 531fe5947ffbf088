"""The loop of the method of Gauss and Newton."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from mathml_jax.optimize._descending import dot
from mathml_jax.optimize._least_squares import LeastSquaresResult, Reached, System, arrive, nowhere, result
from mathml_jax.optimize._minimum import status_of


class _Halved(NamedTuple):
    """The point reached, the step from there to be tried, whether it is a whole one, and the counts."""

    reached: Reached
    step: Float[Array, " n"]
    whole: Bool[Array, ""]
    nfev: Int[Array, ""]
    status: Int[Array, ""]


def linear_fits(system: System, x0: Float[Array, " n"], options: Any) -> LeastSquaresResult:
    """Each turn of the loop is one evaluation, the first one that of the start."""
    ftol, xtol, gtol, limit = options

    def turn(now: _Halved) -> _Halved:
        here, first = now.reached, now.nfev == 0
        at = here.x + now.step
        fun = system.residuals(at)
        gain = 1 - (jnp.linalg.norm(fun) / here.length) ** 2
        promise = -2 * dot(here.fun, dot(here.jac, now.step)) / here.length**2
        taken = first | (gain >= 1e-4 * promise)
        there = jax.lax.cond(taken, partial(arrive, system), lambda here, *_: here, here, at, fun)
        short = jnp.linalg.norm(now.step) <= xtol * jnp.linalg.norm(here.x)
        status = status_of(
            NOT_FINITE=~there.finite | (~jnp.isfinite(fun).all() & short),
            CONVERGED=(there.cosine <= gtol) | (~first & now.whole & ((taken & (gain <= ftol)) | short)),
            PRECISION=~first & short,
            MAXITER=now.nfev + 1 >= limit,
        )
        step = jnp.where(taken, -jnp.linalg.lstsq(there.jac, there.fun)[0], now.step / 2)
        return _Halved(there, step, taken, now.nfev + 1, status)

    start = _Halved(nowhere(system, x0), jnp.zeros_like(x0), jnp.bool_(True), jnp.int32(0), jnp.int32(-1))
    end = jax.lax.while_loop(lambda now: now.status < 0, turn, start)
    return result(end.reached.x, end.reached.fun, end.reached.jac, end.nfev, end.reached.njev, end.status)
