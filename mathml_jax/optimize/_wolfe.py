"""The search along a line for a step that satisfies the strong Wolfe conditions, one evaluation after another."""

from enum import IntEnum
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Bool, Float, Int


class Outcome(IntEnum):
    """Where a search stands.

    Attributes:
      SEARCHING: the step is to be tried.
      FOUND: the step tried last satisfies both conditions.
      LOWER: it decreases the function enough, and rounding or a limit keeps the search from a better one.
      FAILED: no step was found that decreases the function enough.
      BLOCKED: the same, next to where the function is not finite; or the function is -inf.
    """

    SEARCHING = 0
    FOUND = 1
    LOWER = 2
    FAILED = 3
    BLOCKED = 4


class Rule(NamedTuple):
    """Both conditions' constants, the width of a bracket too narrow to go on, and the most steps tried."""

    c1: Float[Array, ""]
    c2: Float[Array, ""]
    xtol: Float[Array, ""]
    maxls: Int[Array, ""]


class Point(NamedTuple):
    """A step, and the function's value and slope along the line there."""

    step: Float[Array, ""]
    value: Float[Array, ""]
    slope: Float[Array, ""]

    def tilted(self, by: Array) -> "Point":
        """The same for the function less a line of that slope."""
        return Point(self.step, self.value - by * self.step, self.slope - by)


class Search(NamedTuple):
    """A search under way: between `low`, the best step so far, and `high` lies a minimum once it is `bracketed`."""

    start: Point
    low: Point
    high: Point
    step: Float[Array, ""]
    shortest: Float[Array, ""]
    longest: Float[Array, ""]
    limit: Float[Array, ""]
    width: Float[Array, ""]
    width_before: Float[Array, ""]
    bracketed: Bool[Array, ""]
    second_stage: Bool[Array, ""]
    tried: Int[Array, ""]
    blocked: Bool[Array, ""]
    outcome: Int[Array, ""]


def begin(value: Array, slope: Array, step: ArrayLike, limit: ArrayLike = jnp.inf) -> Search:
    """A search from a point with this value and this slope, negative, that will try this step first."""
    zero, endless = jnp.zeros_like(value), jnp.full_like(value, jnp.inf)
    limit = jnp.asarray(limit, value.dtype)
    start, no = Point(zero, value, slope), jnp.bool_(False)
    step = jnp.minimum(jnp.asarray(step, value.dtype), limit)
    state = (jnp.int32(0), no, jnp.int32(Outcome.SEARCHING))
    return Search(start, start, start, step, zero, 5 * step, limit, endless, endless, no, no, *state)


def advance(rule: Rule, search: Search, value: Array, slope: Array) -> Search:
    """The search after its step was tried: over, or with another step to try."""
    search = search._replace(tried=search.tried + 1)
    finite = jnp.isfinite(value) & jnp.isfinite(slope)
    trial = Point(search.step, value, slope)
    moved, shortened = _moved(rule, search, trial), _shortened(rule, search, value)
    return jax.tree.map(lambda on, back: jnp.where(finite, on, back), moved, shortened)


def _shortened(rule: Rule, search: Search, value: Array) -> Search:
    """Back to a quarter of a step to where the function is not finite, and never again beyond half of it.

    Once that is next to the best step, the search ends with this one, tried again.
    """
    best = search.low.step
    way = search.step - best
    late = search.tried >= rule.maxls
    settled = (best > 0) & (late | (way <= best / 64))
    step, limit = (jnp.where(settled, best, best + way / part) for part in (4, 2))
    over = (value == -jnp.inf) | (step == search.step) | (late & ~settled)
    outcome = jnp.where(over, Outcome.BLOCKED, Outcome.SEARCHING).astype(jnp.int32)
    limit = jnp.minimum(limit, search.limit)
    search = search._replace(step=step, shortest=step, longest=limit, limit=limit)
    return search._replace(blocked=jnp.bool_(True), outcome=outcome)


def _moved(rule: Rule, search: Search, trial: Point) -> Search:
    """The algorithm of Moré and Thuente as in MINPACK-2's dcsrch."""
    start, step = search.start, trial.step
    least = rule.c1 * start.slope
    enough = trial.value <= start.value + step * least
    second_stage = search.second_stage | (enough & (trial.slope >= 0))
    # Until a step decreases enough, it is the function less the line of least decrease that is searched.
    tilt = jnp.where(~second_stage & (trial.value <= search.low.value) & ~enough, least, 0.0)
    low, high = search.low.tilted(tilt), search.high.tilted(tilt)
    low, high, after, bracketed = _narrowed(low, high, trial.tilted(tilt), search)
    low, high = low.tilted(-tilt), high.tilted(-tilt)
    width = jnp.abs(high.step - low.step)
    slow = bracketed & (width >= 0.66 * search.width_before)
    after = jnp.where(slow, low.step + 0.5 * (high.step - low.step), after)
    shortest = jnp.where(bracketed, jnp.minimum(low.step, high.step), after + 1.1 * (after - low.step))
    longest = jnp.where(bracketed, jnp.maximum(low.step, high.step), after + 4.0 * (after - low.step))
    after = jnp.clip(after, 0.0, search.limit)
    # The last step is once more the best one, so that the search ends there.
    after = jnp.where(bracketed & _too_narrow(rule, after, shortest, longest), low.step, after)
    outcome = _outcome(rule, search, trial, enough, least, after)
    width, before = (
        jnp.where(bracketed, new, old) for new, old in ((width, search.width), (search.width, search.width_before))
    )
    return Search(
        start, low, high, after, shortest, longest, search.limit, width, before, bracketed, second_stage,
        search.tried, search.blocked, outcome,
    )  # fmt: skip


def _too_narrow(rule: Rule, step: Array, shortest: Array, longest: Array) -> Bool[Array, ""]:
    return (step <= shortest) | (step >= longest) | (longest - shortest <= rule.xtol * longest)


def _outcome(rule: Rule, search: Search, trial: Point, enough: Array, least: Array, after: Array) -> Int[Array, ""]:
    """Whether the search ends with the step just tried, and how."""
    # Where the values differ by nothing but rounding, the slopes alone tell.
    value, start = trial.value, search.start.value
    level = jnp.abs(value - start) <= 4 * jnp.finfo(value.dtype).eps * jnp.abs(start)
    found = (enough | level) & (jnp.abs(trial.slope) <= -rule.c2 * search.start.slope)
    narrow = search.bracketed & _too_narrow(rule, trial.step, search.shortest, search.longest)
    at_limit = (trial.step == search.limit) & enough & (trial.slope <= least)
    over = narrow | at_limit | (search.tried >= rule.maxls) | ~jnp.isfinite(after)
    lower = enough & (trial.value < search.start.value)
    failed = jnp.where(search.blocked, Outcome.BLOCKED, Outcome.FAILED)
    ended = jnp.where(over, jnp.where(lower, Outcome.LOWER, failed), Outcome.SEARCHING)
    return jnp.where(found, Outcome.FOUND, ended).astype(jnp.int32)


def _narrowed(low: Point, high: Point, trial: Point, search: Search) -> tuple[Point, Point, Array, Bool[Array, ""]]:
    """The two ends once a step is tried, the next step, and whether a minimum is bracketed: MINPACK-2's dcstep."""
    rises = trial.value > low.value
    turns = ~rises & (jnp.sign(trial.slope) * jnp.sign(low.slope) < 0)
    flattens = ~rises & ~turns & (jnp.abs(trial.slope) < jnp.abs(low.slope))
    steepens = ~(rises | turns | flattens)
    base, other = _chosen(rises, low, trial), _chosen(rises, trial, _chosen(steepens, high, low))
    cubic, ahead = _cubic(base, other)
    end = jnp.where(trial.step > low.step, search.longest, search.shortest)
    cubic = jnp.where(flattens & ~ahead, end, cubic)
    quadratic = jnp.where(rises, _parabola(low, trial), _secant(trial, low))
    to_cubic, to_quadratic = jnp.abs(cubic - base.step), jnp.abs(quadratic - base.step)
    nearer = jnp.where(to_cubic < to_quadratic, cubic, quadratic)
    farther = jnp.where(to_cubic > to_quadratic, cubic, quadratic)
    # No more than two thirds of the way to the other end.
    most = trial.step + 0.66 * (high.step - trial.step)
    held = jnp.where(trial.step > low.step, jnp.minimum(most, nearer), jnp.maximum(most, nearer))
    flattened = jnp.where(search.bracketed, held, jnp.clip(farther, search.shortest, search.longest))
    step = jnp.where(
        rises,
        jnp.where(to_cubic <= to_quadratic, cubic, cubic + (quadratic - cubic) / 2),
        jnp.where(turns, farther, jnp.where(flattens, flattened, jnp.where(search.bracketed, cubic, end))),
    )
    return (
        _chosen(rises, low, trial),
        _chosen(rises, trial, _chosen(turns, low, high)),
        step,
        search.bracketed | rises | turns,
    )


def _chosen(condition: Array, yes: Point, no: Point) -> Point:
    return Point(*(jnp.where(condition, a, b) for a, b in zip(yes, no, strict=True)))


def _cubic(a: Point, b: Point) -> tuple[Array, Bool[Array, ""]]:
    """The minimum of the cubic through two points, and whether it lies beyond the first, seen from the second."""
    theta = 3.0 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope
    size = jnp.maximum(jnp.abs(theta), jnp.maximum(jnp.abs(a.slope), jnp.abs(b.slope)))
    root = size * jnp.sqrt(jnp.maximum(0.0, (theta / size) ** 2 - (a.slope / size) * (b.slope / size)))
    root = jnp.where(b.step < a.step, -root, root)
    part = ((root - a.slope) + theta) / (((root - a.slope) + root) + b.slope)
    return a.step + part * (b.step - a.step), (part < 0) & (root != 0)


def _parabola(a: Point, b: Point) -> Array:
    """The minimum of the parabola through two points, with the slope at the first."""
    way = b.step - a.step
    return a.step + a.slope / ((a.value - b.value) / way + a.slope) / 2.0 * way


def _secant(a: Point, b: Point) -> Array:
    """Where the slope, were it a straight line, would vanish."""
    return a.step + a.slope / (a.slope - b.slope) * (b.step - a.step)
