"""Newton's method for minima, within a region in which its quadratic model is trusted."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Bool, Float, Int, Real

from mathml_jax._concept import Concept
from mathml_jax.optimize._minimum import Objective, OptimizeResult, OptimizeStatus, dot, minimum, size_of, status_of

NEAR = 0.1
"""How far from the edge a step may end that is meant to end on it, in units of the radius."""


@partial(jax.jit, static_argnames="f")
def trust_exact(
    f: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    *,
    initial_trust_radius: Real[ArrayLike, ""] = 1.0,
    max_trust_radius: Real[ArrayLike, ""] = 1000.0,
    eta: Real[ArrayLike, ""] = 0.15,
    gtol: Real[ArrayLike, ""] = 1e-5,
    maxiter: Int[ArrayLike, ""] | None = None,
) -> OptimizeResult:
    r"""The minimum of a function by Newton's method with Levenberg's damping, chosen by a radius of trust.

    .. math::

        p = -(H + \sigma I)^{-1} g, \qquad \sigma \ge \max(0, -\lambda_1), \qquad
        \sigma (\Delta - \lVert p \rVert) = 0

    where :math:`g` is the gradient and :math:`H` the Hessian at the point reached, :math:`p` the step and
    :math:`\sigma` the damping, a multiple of the identity :math:`I` without which the step would be longer than the
    radius :math:`\Delta`, or the smallest eigenvalue :math:`\lambda_1` of H would lead up. So the step goes to the
    smallest value of the quadratic model within the radius. The radius is doubled where the function decreases as the
    model says, and divided by four where it does not.

    Why it matters: the most reliable way down for hundreds of parameters: it leaves saddles along the direction in
    which the function bends down, and needs no positive definite Hessian.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers.
      args: what `f` takes besides; may be differentiated, in both modes and to any order.
      initial_trust_radius: the radius at the start, above 0.
      max_trust_radius: the radius never grows beyond this.
      eta: a step is taken where f decreases by more than this share of what the model says, from 0 to 1/4.
      gtol: the Euclidean norm of the gradient at which to stop.
      maxiter: most steps tried, 200 for each parameter unless given.

    Returns:
      An `OptimizeResult` with `hess` and `nhev`; `nit` counts the steps tried, as SciPy does. The radius shrinks where
      the function is not finite; where no step but such ones is left, `status` is 3 and the last finite point is
      returned.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, or `x0` is empty.

    References:
      Moré and Sorensen, "Computing a trust region step", 1983; Conn, Gould and Toint, "Trust-region methods", 2000,
      chapter 7.

    >>> found = trust_exact(lambda x: x[0] ** 4 - x[0] ** 2 + x[1] ** 2, jnp.array([0.0, 1.0]))
    >>> round(found.x[0].item() ** 2, 4), found.success.item()
    (0.5, True)
    """
    limit = 200 * size_of(x0) if maxiter is None else maxiter
    return minimum("trust_exact", f, x0, args, _run, (initial_trust_radius, max_trust_radius, eta, gtol, limit))


class _State(NamedTuple):
    """The point reached, what is known there, the step to be tried and how much it should gain, and the counts."""

    x: Float[Array, " n"]
    value: Float[Array, ""]
    gradient: Float[Array, " n"]
    hessian: Float[Array, "n n"]
    radius: Float[Array, ""]
    step: Float[Array, " n"]
    gain: Float[Array, ""]
    at_edge: Bool[Array, ""]
    nfev: Int[Array, ""]
    nhev: Int[Array, ""]
    status: Int[Array, ""]


def _run(f: Objective, x0: Float[Array, " n"], options: Any) -> OptimizeResult:
    """Each turn of the loop is one evaluation, the first one that of the start."""
    value_and_gradient = jax.value_and_grad(f)
    radius, largest, eta, gtol, maxiter = options

    def arrive(now: _State, at: Array, value: Array, gradient: Array) -> _State:
        return now._replace(x=at, value=value, gradient=gradient, hessian=jax.hessian(f)(at), nhev=now.nhev + 1)

    def turn(now: _State) -> _State:
        at, first = now.x + now.step, now.nfev == 0
        value, gradient = value_and_gradient(at)
        finite = jnp.isfinite(value) & jnp.isfinite(gradient).all()
        # Gains that are nothing but rounding agree.
        rounding = 10 * jnp.finfo(x0.dtype).eps * jnp.abs(now.value)
        ratio = jnp.where(finite, (now.value - value + rounding) / (now.gain + rounding), -jnp.inf)
        longer = jnp.where((ratio > 0.75) & now.at_edge, jnp.minimum(2 * now.radius, largest), now.radius)
        radius = jnp.where(first, now.radius, jnp.where(ratio < 0.25, now.radius / 4, longer))
        now = now._replace(radius=radius, nfev=now.nfev + 1)
        taken = first | (ratio > eta)
        now = jax.lax.cond(taken, arrive, lambda now, *_: now, now, at, value, gradient)
        step, gain, at_edge = _best_step(now.hessian, now.gradient, radius)
        nowhere = jnp.all(now.x + step == now.x) | ~(gain > 0)
        status = status_of(
            NOT_FINITE=~finite & (first | nowhere | (value == -jnp.inf)) | ~jnp.isfinite(gain),
            CONVERGED=jnp.linalg.norm(now.gradient) <= gtol,
            PRECISION=nowhere,
            MAXITER=now.nfev > maxiter,
        )
        return now._replace(step=step, gain=gain, at_edge=at_edge, status=status)

    zero, still = jnp.zeros((), x0.dtype), jnp.zeros_like(x0)
    counts = (jnp.int32(0), jnp.int32(0), jnp.int32(-1))
    flat = jnp.zeros((x0.size, x0.size), x0.dtype)
    start = _State(x0, zero, still, flat, radius, still, zero, jnp.bool_(False), *counts)
    end = jax.lax.while_loop(lambda now: now.status < 0, turn, start)
    found = (end.x, end.value, end.nfev, end.nfev - 1, end.status == OptimizeStatus.CONVERGED, end.status)
    return OptimizeResult(*found, jac=end.gradient, njev=end.nfev, hess=end.hessian, nhev=end.nhev)


def _best_step(
    hessian: Float[Array, "n n"], gradient: Float[Array, " n"], radius: Float[Array, ""]
) -> tuple[Float[Array, " n"], Float[Array, ""], Bool[Array, ""]]:
    """Where the model is smallest within the radius, by how much, and whether that is at the edge."""
    eigenvalues, directions = jnp.linalg.eigh(hessian)
    slopes = dot(gradient, directions)
    lowest = jnp.maximum(0.0, -eigenvalues[0])
    inside = jnp.linalg.norm(_damped(eigenvalues, slopes, lowest)) <= radius
    shift = jnp.where(inside, lowest, _damping(eigenvalues, slopes, jnp.where(inside, jnp.inf, radius), lowest))
    step = _damped(eigenvalues, slopes, shift)
    # Where the model bends down and its slope does not lead to the edge, the direction of the bend does.
    rounding = 8 * slopes.size * jnp.finfo(slopes.dtype).eps * jnp.max(jnp.abs(eigenvalues))
    level = inside & (eigenvalues[0] < -rounding)
    way = jnp.sqrt(jnp.maximum(0.0, radius**2 - jnp.sum(step**2)))
    step = step.at[0].add(jnp.where(level, jnp.where(step[0] < 0, -way, way), 0.0))
    gain = -jnp.sum(step * (slopes + eigenvalues * step / 2))
    return dot(directions, step), gain, ~inside | level


def _damped(eigenvalues: Float[Array, " n"], slopes: Float[Array, " n"], shift: Array) -> Float[Array, " n"]:
    """The step along each eigenvector, and none along one where the function is level."""
    level = slopes == 0
    return jnp.where(level, 0.0, -slopes / jnp.where(level, 1.0, eigenvalues + shift))


def _damping(eigenvalues: Array, slopes: Array, radius: Array, lowest: Array) -> Float[Array, ""]:
    """The damping that makes a step as long as the radius, by Newton's method for 1 / length, almost linear in it."""

    def goes_on(state: tuple[Array, ...]) -> Array:
        tried, shift, _, _ = state
        off = jnp.linalg.norm(_damped(eigenvalues, slopes, shift)) - radius
        return (tried < 50) & (jnp.abs(off) > NEAR * radius)

    def nearer(state: tuple[Array, ...]) -> tuple[Array, ...]:
        tried, shift, low, high = state
        step = _damped(eigenvalues, slopes, shift)
        length, bend = jnp.linalg.norm(step), jnp.sum(step * _damped(eigenvalues, -step, shift))
        low, high = jnp.where(length > radius, shift, low), jnp.where(length > radius, high, shift)
        ahead = shift + length**2 / bend * (length - radius) / radius
        ahead = jnp.where((ahead > low) & (ahead < high), ahead, (low + high) / 2)
        return tried + 1, ahead, low, high

    highest = jnp.linalg.norm(slopes) / radius + lowest
    begin = jnp.where(lowest > 0, lowest + 0.01 * (highest - lowest), 0.0)
    return jax.lax.while_loop(goes_on, nearer, (jnp.int32(0), begin, lowest, highest))[1]


def _well(x: Array, a: Array) -> Array:
    """A convex function, least where x is log a."""
    return jnp.sum(jnp.exp(x) - a * x)


CONCEPTS = (
    Concept(
        trust_exact,
        example=lambda key: (1 + random.uniform(key, (3,), jnp.float64),),
        oracle=lambda a: (np.log(a), np.sum(a - a * np.log(a))),
        evaluate=lambda a: trust_exact(_well, jnp.zeros_like(a), (a,), gtol=1e-10)[:2],
    ),
)
