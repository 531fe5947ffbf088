"""The minimum of a function of one number in an interval, without derivatives."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Int, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept
from mathml_jax.optimize._minimum import Objective, OptimizeResult, OptimizeStatus, minimum, status_of

GOLDEN = (5**0.5 - 1) / 2


@partial(jax.jit, static_argnames="f")
def golden_section(
    f: Callable[..., Any],
    a: Real[ArrayLike, ""],
    b: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    xatol: Real[ArrayLike, ""] | None = None,
    maxiter: Int[ArrayLike, ""] = 500,
) -> OptimizeResult:
    r"""The minimum in an interval that is cut by the golden section, again and again.

    .. math::

        x_1 = b - \tau (b - a), \qquad x_2 = a + \tau (b - a), \qquad \tau = \frac{\sqrt{5} - 1}{2}

    where :math:`a` and :math:`b` are the ends of the interval, and :math:`x_1` and :math:`x_2` the points within at
    which the function is known. Beyond the higher of the two the interval is cut off. By the choice of :math:`\tau` the
    other one is again where a point is wanted, so that each cut costs one evaluation.

    Why it matters: it needs nothing but comparisons, and of all methods that need no more it is certain to narrow a
    minimum down fastest: five evaluations for every digit.

    Args:
      f: a function of a number and of `args` to a scalar, made of JAX operations; each new one is compiled.
      a: one end.
      b: the other end.
      args: what `f` takes besides; may be differentiated where the minimum lies within and f is twice differentiable.
      xatol: how long an interval to end with; the root of eps times the larger of abs(a) and abs(b) unless given, since
        a difference of this size in x hardly shows in f.
      maxiter: most cuts.

    Returns:
      An `OptimizeResult` with the better of the last two points. Of several minima one is found. Where f is NaN the
      other side is kept; `status` is 3 where even the best value is not finite.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Kiefer, "Sequential minimax search for a maximum", 1953.

    >>> round(golden_section(lambda x: abs(x - 0.3), 0.0, 1.0).x.item(), 6)
    0.3
    """

    def run(g: Objective, start: Array, options: Any) -> OptimizeResult:
        a, b, xatol, maxiter = options
        first = (b - GOLDEN * (b - a), a + GOLDEN * (b - a))
        values = tuple(jax.vmap(lambda x: g(x[None]))(jnp.stack(first)))

        def goes_on(state: tuple[Array, ...]) -> Array:
            a, b, *_, cuts = state
            return (b - a > xatol) & (cuts < maxiter)

        def cut(state: tuple[Array, ...]) -> tuple[Array, ...]:
            a, b, left, right, at_left, at_right, cuts = state
            go_left = (at_left < at_right) | jnp.isnan(at_right)
            a, b = jnp.where(go_left, a, left), jnp.where(go_left, right, b)
            new = jnp.where(go_left, b - GOLDEN * (b - a), a + GOLDEN * (b - a))
            value = g(new[None])
            points = jnp.where(go_left, new, right), jnp.where(go_left, left, new)
            heights = jnp.where(go_left, value, at_right), jnp.where(go_left, at_left, value)
            return a, b, *points, *heights, cuts + 1

        state = (a, b, *first, *values, jnp.int32(0))
        a, b, left, right, at_left, at_right, cuts = jax.lax.while_loop(goes_on, cut, state)
        better = (at_left < at_right) | jnp.isnan(at_right)
        x, value = jnp.where(better, left, right), jnp.where(better, at_left, at_right)
        return _result(x, value, cuts + 2, cuts, b - a <= xatol)

    x, interval = _interval(a, b, xatol)
    return minimum("golden_section", f, x, args, run, (*interval, maxiter))


@partial(jax.jit, static_argnames="f")
def brent(
    f: Callable[..., Any],
    a: Real[ArrayLike, ""],
    b: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    xatol: Real[ArrayLike, ""] | None = None,
    maxiter: Int[ArrayLike, ""] = 500,
) -> OptimizeResult:
    r"""The minimum in an interval by parabolas where they are to be trusted, by the golden section elsewhere.

    .. math::

        u = x - \frac{(x - w)^2 (f(x) - f(v)) - (x - v)^2 (f(x) - f(w))}
        {2 \left( (x - w) (f(x) - f(v)) - (x - v) (f(x) - f(w)) \right)}

    where :math:`f` is the function, :math:`x` the best point so far, :math:`w` and :math:`v` are the second and the
    third best, and :math:`u` is the minimum of the parabola through them, to be tried next. Where it lies outside the
    interval, or would not at least halve the last step but one, the larger part of the interval is cut by the golden
    section instead.

    Why it matters: as safe as the golden section and, where the function is smooth, several times faster; the standard
    method for one parameter.

    Args:
      f: a function of a number and of `args` to a scalar, made of JAX operations; each new one is compiled.
      a: one end.
      b: the other end.
      args: what `f` takes besides; may be differentiated where the minimum lies within and f is twice differentiable.
      xatol: accuracy of x, beside the root of eps relative to x; unless given, the root of eps times the larger of
        abs(a) and abs(b).
      maxiter: most evaluations.

    Returns:
      An `OptimizeResult`, evaluation for evaluation that of SciPy's bounded minimize_scalar. The ends themselves are
      not evaluated. Of several minima one is found. `status` is 3 where even the best value is not finite.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      Brent, "Algorithms for minimization without derivatives", 1973, chapter 5.

    >>> found = brent(lambda x: x * jnp.log(x), 0.1, 1.0)
    >>> round(found.x.item(), 6), found.nfev.item() < 15
    (0.367879, True)
    """

    def run(g: Objective, start: Array, options: Any) -> OptimizeResult:
        a, b, xatol, maxiter = options
        x = a + (1 - GOLDEN) * (b - a)
        value, zero = g(x[None]), jnp.zeros_like(x)
        bracket = _Bracket(a, b, x, x, x, value, value, value, zero, zero, jnp.int32(1))
        root = jnp.sqrt(jnp.finfo(x.dtype).eps)

        def goes_on(now: _Bracket) -> Array:
            tolerance = root * jnp.abs(now.x) + xatol / 3
            return _is_wide(now, tolerance) & (now.nfev < maxiter)

        def step(now: _Bracket) -> _Bracket:
            tolerance = root * jnp.abs(now.x) + xatol / 3
            move, before = _move(now, tolerance)
            # A point closer than this would tell nothing new.
            u = now.x + jnp.where(move >= 0, jnp.maximum(move, tolerance), jnp.minimum(move, -tolerance))
            return _updated(now, u, g(u[None]))._replace(move=move, move_before=before)

        end = jax.lax.while_loop(goes_on, step, bracket)
        arrived = ~_is_wide(end, root * jnp.abs(end.x) + xatol / 3)
        return _result(end.x, end.at_x, end.nfev, end.nfev - 1, arrived)

    x, interval = _interval(a, b, xatol)
    return minimum("brent", f, x, args, run, (*interval, maxiter))


class _Bracket(NamedTuple):
    """The interval from a to b, the three best points within and their values, and the last two moves."""

    a: Float[Array, ""]
    b: Float[Array, ""]
    x: Float[Array, ""]
    w: Float[Array, ""]
    v: Float[Array, ""]
    at_x: Float[Array, ""]
    at_w: Float[Array, ""]
    at_v: Float[Array, ""]
    move: Float[Array, ""]
    move_before: Float[Array, ""]
    nfev: Int[Array, ""]


def _is_wide(now: _Bracket, tolerance: Array) -> Array:
    return jnp.abs(now.x - (now.a + now.b) / 2) > 2 * tolerance - (now.b - now.a) / 2


def _move(now: _Bracket, tolerance: Array) -> tuple[Array, Array]:
    """How far to go from x, and the move that the next parabola but one has to halve."""
    x, middle = now.x, (now.a + now.b) / 2
    r, q = (x - now.w) * (now.at_x - now.at_v), (x - now.v) * (now.at_x - now.at_w)
    top, bottom = (x - now.v) * q - (x - now.w) * r, 2 * (q - r)
    top, bottom = jnp.where(bottom > 0, -top, top), jnp.abs(bottom)
    within = (top > bottom * (now.a - x)) & (top < bottom * (now.b - x))
    fits = (jnp.abs(now.move_before) > tolerance) & within & (jnp.abs(top) < jnp.abs(bottom * now.move_before / 2))
    parabola = top / jnp.where(fits, bottom, 1.0)
    inwards = jnp.where(middle >= x, tolerance, -tolerance)
    at_end = (x + parabola - now.a < 2 * tolerance) | (now.b - x - parabola < 2 * tolerance)
    larger = jnp.where(x >= middle, now.a - x, now.b - x)
    move = jnp.where(fits, jnp.where(at_end, inwards, parabola), (1 - GOLDEN) * larger)
    return move, jnp.where(fits, now.move, larger)


def _updated(now: _Bracket, u: Array, value: Array) -> _Bracket:
    """The bracket once a new point is known; its value NaN counts as too high."""
    best = value <= now.at_x
    second = ~best & ((value <= now.at_w) | (now.w == now.x))
    third = ~best & ~second & ((value <= now.at_v) | (now.v == now.x) | (now.v == now.w))
    right = u >= now.x
    a = jnp.where(best & right, now.x, jnp.where(~best & ~right, u, now.a))
    b = jnp.where(best & ~right, now.x, jnp.where(~best & right, u, now.b))
    x, at_x = jnp.where(best, u, now.x), jnp.where(best, value, now.at_x)
    w, at_w = (
        jnp.where(best, old, jnp.where(second, new, same))
        for old, new, same in ((now.x, u, now.w), (now.at_x, value, now.at_w))
    )
    v, at_v = (
        jnp.where(best | second, old, jnp.where(third, new, same))
        for old, new, same in ((now.w, u, now.v), (now.at_w, value, now.at_v))
    )
    return _Bracket(a, b, x, w, v, at_x, at_w, at_v, now.move, now.move_before, now.nfev + 1)


def _interval(a: ArrayLike, b: ArrayLike, xatol: ArrayLike | None) -> tuple[Array, tuple[Array, Array, ArrayLike]]:
    """A number in the dtype of the ends; and the ends, in order, and the tolerance, not below float32."""
    a, b = as_float(a, b)
    low, high = widened(jnp.minimum(a, b)), widened(jnp.maximum(a, b))
    root = jnp.sqrt(jnp.finfo(low.dtype).eps)
    return a, (low, high, root * jnp.maximum(jnp.abs(low), jnp.abs(high)) if xatol is None else xatol)


def _result(x: Array, value: Array, nfev: Array, nit: Array, arrived: Array) -> OptimizeResult:
    status = status_of(NOT_FINITE=~jnp.isfinite(value), CONVERGED=arrived, MAXITER=True)
    return OptimizeResult(x[None], value, nfev, nit, status == OptimizeStatus.CONVERGED, status)


def _well(x: Array, a: Array) -> Array:
    """A convex function, least where x is log a."""
    return jnp.exp(x) - a * x


def _example(key: Array) -> tuple[Array]:
    return (1 + random.uniform(key, (), jnp.float64),)


def _least(a: np.ndarray) -> Any:
    return a - a * np.log(a)


CONCEPTS = (
    Concept(
        golden_section,
        example=_example,
        oracle=_least,
        evaluate=lambda a: golden_section(_well, jnp.zeros_like(a), jnp.ones_like(a), (a,)).fun,
    ),
    Concept(
        brent,
        example=_example,
        oracle=_least,
        evaluate=lambda a: brent(_well, jnp.zeros_like(a), jnp.ones_like(a), (a,)).fun,
    ),
)
