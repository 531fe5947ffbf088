"""The loop of the method of Levenberg and Marquardt, with the radius of trust that MINPACK chooses."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from mathml_jax.optimize._descending import dot
from mathml_jax.optimize._least_squares import LeastSquaresResult, Reached, System, arrive, nowhere, result
from mathml_jax.optimize._minimum import status_of
from mathml_jax.optimize._triangular import cholesky, solve_transposed, solve_upper

FACTOR = 100.0
"""The first step is at most so many times as long as the start, both in units of the columns."""
NEAR = 0.1
"""How far from the edge a step may end that is meant to end on it, in units of the radius."""


class _Damped(NamedTuple):
    """The point reached, the units of length, the step to be tried and its damping, and the counts.

    It is `blocked` once a step led to where the residuals are not finite, until one is short of the radius again.
    """

    reached: Reached
    scale: Float[Array, " n"]
    radius: Float[Array, ""]
    damping: Float[Array, ""]
    step: Float[Array, " n"]
    blocked: Bool[Array, ""]
    nfev: Int[Array, ""]
    status: Int[Array, ""]


class _Judgement(NamedTuple):
    """What a step gained, what it promised, the ratio of both, and what follows for radius and damping."""

    gain: Float[Array, ""]
    promise: Float[Array, ""]
    ratio: Float[Array, ""]
    radius: Float[Array, ""]
    damping: Float[Array, ""]


def damped_fits(system: System, x0: Float[Array, " n"], options: Any) -> LeastSquaresResult:
    """Each turn of the loop is one evaluation, the first one that of the start."""
    ftol, xtol, gtol, limit = options

    def turn(now: _Damped) -> _Damped:
        at, first = now.reached.x + now.step, now.nfev == 0
        fun = system.residuals(at)
        judged = _judged(now, jnp.linalg.norm(fun))
        taken = first | (judged.ratio >= 1e-4)
        there = jax.lax.cond(taken, partial(arrive, system), lambda here, *_: here, now.reached, at, fun)
        units = jnp.where(there.norms > 0, there.norms, jnp.where(first, 1.0, 0.0))
        scale = jnp.maximum(now.scale, units)
        size = jnp.linalg.norm(scale * there.x)
        radius = jnp.where(first, FACTOR * jnp.where(size > 0, size, 1.0), judged.radius)
        blocked = ~jnp.isfinite(fun).all() | (now.blocked & (now.damping > 0))
        eps = jnp.finfo(x0.dtype).eps
        small = jnp.where(first | (judged.ratio > 2), jnp.inf, jnp.maximum(jnp.abs(judged.gain), judged.promise))
        done = (small <= ftol) | (~first & (radius <= xtol * size))
        stuck = (small <= eps) | (radius <= eps * size)
        status = status_of(
            NOT_FINITE=~there.finite | (blocked & (done | stuck)),
            CONVERGED=(there.cosine <= gtol) | done,
            PRECISION=stuck,
            MAXITER=now.nfev + 1 >= limit,
        )
        z, damping = _best_step(there.upper / scale[None], there.turned, radius, judged.damping)
        return _Damped(there, scale, radius, damping, -z / scale, blocked, now.nfev + 1, status)

    zero, still = jnp.zeros((), x0.dtype), jnp.zeros_like(x0)
    start = _Damped(nowhere(system, x0), still, zero, zero, still, jnp.bool_(False), jnp.int32(0), jnp.int32(-1))
    end = jax.lax.while_loop(lambda now: now.status < 0, turn, start)
    return result(end.reached.x, end.reached.fun, end.reached.jac, end.nfev, end.reached.njev, end.status)


def _judged(now: _Damped, after: Array) -> _Judgement:
    """MINPACK's rules for the radius."""
    before, length = now.reached.length, jnp.linalg.norm(now.scale * now.step)
    comparable = 0.1 * after < before
    gain = jnp.where(comparable, 1 - (after / before) ** 2, -1.0)
    linear = (jnp.linalg.norm(dot(now.reached.upper, now.step)) / before) ** 2
    damped = now.damping * (length / before) ** 2
    promise = linear + 2 * damped
    ratio = jnp.where(promise > 0, gain / promise, 0.0)
    slope = -(linear + damped)
    shrink = jnp.where(gain >= 0, 0.5, 0.5 * slope / (slope + 0.5 * gain))
    shrink = jnp.where(comparable & (shrink >= 0.1), shrink, 0.1)
    bad, good = ~(ratio > 0.25), (now.damping == 0) | (ratio >= 0.75)
    # The first step of all may end far inside the radius.
    longest = jnp.where(now.nfev == 1, length, 10 * length)
    radius = jnp.where(bad, shrink * jnp.minimum(now.radius, longest), jnp.where(good, 2 * length, now.radius))
    damping = jnp.where(bad, now.damping / shrink, jnp.where(good, now.damping / 2, now.damping))
    return _Judgement(gain, promise, ratio, radius, jnp.where(now.nfev == 0, 0.0, damping))


class _Search(NamedTuple):
    """The least damping, the one to be tried, the step tried last, its damping and how far it is off the radius."""

    tried: Int[Array, ""]
    low: Float[Array, ""]
    ahead: Float[Array, ""]
    z: Float[Array, " n"]
    damping: Float[Array, ""]
    off: Float[Array, ""]


def _best_step(
    upper: Float[Array, "n n"], turned: Float[Array, " n"], radius: Float[Array, ""], damping: Float[Array, ""]
) -> tuple[Float[Array, " n"], Float[Array, ""]]:
    """The step to the least sum of squares within the radius, in units of the columns, and the damping it takes."""
    n, dtype = turned.size, turned.dtype
    sizes, eye = jnp.linalg.norm(upper, axis=0), jnp.eye(n, dtype=dtype)
    rounding = 8 * n * jnp.finfo(dtype).eps
    floor = jnp.maximum(rounding * jnp.max(sizes) ** 2, jnp.finfo(dtype).tiny)
    # Where columns depend on each other there is no step without damping.
    full = (jnp.abs(jnp.diagonal(upper)) > rounding * sizes).all()
    upright = jnp.where(full, upper, eye)
    slope, square = dot(turned, upper), dot(upper.T, upper)

    def measured(z: Array, factor: Array) -> tuple[Array, Array]:
        """How far off the radius a step is, and how much more damping should bring it there."""
        length = jnp.linalg.norm(z)
        w = solve_transposed(factor, z / jnp.where(length > 0, length, 1.0))
        return length - radius, (length - radius) / radius / dot(w, w)

    def goes_on(now: _Search) -> Array:
        enough = (now.off < 0) & (now.damping <= floor)
        return (now.tried < 10) & (jnp.abs(now.off) > NEAR * radius) & ~enough

    def nearer(now: _Search) -> _Search:
        damping = jnp.maximum(now.ahead, floor)
        factor = cholesky(square + damping * eye)
        z = solve_upper(factor, solve_transposed(factor, slope))
        off, more = measured(z, factor)
        low = jnp.maximum(now.low, jnp.where(off > 0, damping, 0.0))
        return _Search(now.tried + 1, low, jnp.maximum(low, damping + more), z, damping, off)

    z = solve_upper(upright, turned)
    off, more = measured(z, upright)
    inside = full & (off <= NEAR * radius)
    high = jnp.linalg.norm(slope) / radius
    low = jnp.where(full, more, 0.0)
    begin = jnp.clip(damping, low, high)
    begin = jnp.where(full, jnp.where(begin > 0, begin, high * radius / (off + radius)), 0.0)
    off = jnp.where(inside, 0.0, jnp.where(full, off, jnp.inf))
    end = jax.lax.while_loop(goes_on, nearer, _Search(jnp.int32(0), low, begin, z, jnp.zeros_like(radius), off))
    return end.z, end.damping
