"""Adaptive integration: halve the panel with the largest error, and extrapolate what singular ends leave over.

Many integrals share one loop, and their axis is the last of every array: what one step does to all panels then runs
along the memory.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

from mathml_jax.calculus._chart import Chart
from mathml_jax.calculus._extrapolation import Limit, extended_where
from mathml_jax.calculus._gauss_kronrod import NODES, Panel, gauss_kronrod

ROWS = 8
"""So many panels of an integral are read at once."""
BLOCK = 1024
"""So many integrals are taken together: their panels stay in the cache, and no block waits for the slowest of all."""


class Task(NamedTuple):
    """An integral to take: the limits in order, and the accuracy asked for."""

    low: Float[Array, "..."]
    high: Float[Array, "..."]
    epsabs: Float[Array, "..."]
    epsrel: Float[Array, "..."]


class Integral(NamedTuple):
    """A value for each component, how far off it may be, whether all are as exact as asked for, and the panels used."""

    value: Float[Array, "..."]
    error: Float[Array, "..."]
    converged: Bool[Array, "..."]
    panels: Int[Array, "..."]


class Panels(NamedTuple):
    """The panels of every integral; those that are not in use, or too narrow to halve, have no width."""

    left: Float[Array, "limit n"]
    right: Float[Array, "limit n"]
    parts: Panel


class Worst(NamedTuple):
    """The panel with the largest error, in units of the one allowed; -1 where there is none."""

    score: Float[Array, " n"]
    panel: Int[Array, " n"]

    def or_among(self, score: Array, index: Array, these: Array) -> "Worst":
        """This panel, or one of these that is worse."""
        score = jnp.where(these, score, -1.0)
        worst = jnp.max(score, axis=0)
        panel = jnp.min(jnp.where(score == worst[None], index, jnp.iinfo(index.dtype).max), axis=0)
        return Worst(jnp.maximum(worst, self.score), jnp.where(worst > self.score, panel, self.panel))


class Survey(NamedTuple):
    """What the panels say: their sums, the error of the large ones, and the worst of the large and of the small."""

    total: Panel
    rest: Float[Array, "m n"]
    large: Worst
    small: Worst


class State(NamedTuple):
    """The loop's memory: the panels, of which `used` are in use, which to halve, and which widths count as small."""

    used: Int[Array, ""]
    panels: Panels
    chosen: Int[Array, " n"]
    small: Float[Array, " n"]
    goal: Float[Array, "m n"]
    limit: Limit
    answer: Integral
    done: Bool[Array, " n"]


def integrate(f: Callable[..., Array], task: Task, args: tuple[Any, ...], components: int, limit: int) -> Integral:
    """The integral of every component of f(x, *args), with at most `limit` panels; many at once under `jax.vmap`."""

    @jax.custom_batching.custom_vmap
    def one(task: Task, args: tuple[Any, ...]) -> Integral:
        found = _together(f, jax.tree.map(lambda x: x[None], task), args, None, components, limit)
        return jax.tree.map(lambda x: x[..., 0], found)

    @one.def_vmap
    def many(size: int, batched: Any, task: Task, args: tuple[Any, ...]) -> tuple[Integral, Any]:
        task = jax.tree.map(lambda x, b: x if b else jnp.broadcast_to(x, (size,)), task, batched[0])
        axes = jax.tree.map(lambda b: 0 if b else None, batched[1])
        run = partial(_together, f, axes=axes, components=components, limit=limit)
        found = _in_blocks(run, size, task, args, batched[1])
        found = found._replace(value=found.value.T, error=found.error.T)
        return found, jax.tree.map(lambda _: True, found)

    return one(task, args)


def _in_blocks(run: Callable[..., Integral], size: int, task: Task, args: Any, batched: Any) -> Integral:
    """The integrals a block at a time, the last one filled up with the last integral."""
    blocks = -(-size // BLOCK)
    if blocks <= 1:
        return run(task, args)
    each = -(-size // blocks)
    index = jnp.minimum(jnp.arange(blocks * each), size - 1).reshape(blocks, each)

    def block(index: Array) -> Integral:
        some = jax.tree.map(lambda x, b: x[index] if b else x, args, batched)
        return run(jax.tree.map(lambda x: x[index], task), some)

    found = lax.map(block, index)
    return jax.tree.map(lambda x: jnp.moveaxis(x, 0, -2).reshape(*x.shape[1:-1], -1)[..., :size], found)


def _together(
    f: Callable[..., Array], task: Task, args: tuple[Any, ...], axes: Any, components: int, limit: int
) -> Integral:
    """Many integrals in one loop, which ends with the last of them."""
    chart = Chart.between(task.low[None], task.high[None])

    def along(x: Array, args: tuple[Any, ...]) -> Array:
        return jax.vmap(lambda x: jnp.ravel(f(x, *args)))(x)

    evaluate = jax.vmap(along, (-1, axes), -1)

    def step(s: State) -> State:
        halves = _halves(lambda x: evaluate(x, args), chart, s.panels, s.chosen)
        panels, survey = _put(s.panels, halves, s.chosen, s.used, s.small, 1 / s.goal)
        total = survey.total
        goal = _goal(total.value, total.magnitude, task)
        # Large panels go first; once they are exact enough, the sum is ready for the extrapolation, and small ones go.
        exact = jnp.all(survey.rest <= goal / 2, axis=0)
        ready = (survey.small.score > jnp.maximum(survey.large.score, 0.0)) & exact
        worst = jax.tree.map(lambda a, b: jnp.where(ready, a, b), survey.small, survey.large)
        best = extended_where((ready & ~s.done)[None], s.limit, total.value, total.error, survey.rest)
        answer = _answer(total, goal, best, task, s.used + 1)
        answer = jax.tree.map(
            lambda new, old: jnp.where(jnp.broadcast_to(s.done, new.shape), old, new), answer, s.answer
        )
        finite = jnp.all(jnp.isfinite(total.value + total.magnitude), axis=0)
        done = s.done | answer.converged | (worst.score <= 0) | ~finite
        small = jnp.where(ready, s.small / 2, s.small)
        return State(s.used + 1, panels, worst.panel, small, goal, best, answer, done)

    def going_on(s: State) -> Array:
        return ~jnp.all(s.done) & ((s.used < limit) | (s.used == 1))

    return lax.while_loop(going_on, step, _start(chart, components, limit)).answer


def _start(chart: Chart, components: int, limit: int) -> State:
    """One panel, of which nothing is known but its edges."""
    width = chart.stop - chart.start
    nothing, no = jnp.repeat(jnp.zeros_like(width), components, axis=0), jnp.zeros(width.size, bool)
    rows = -(-max(limit, 2) // ROWS) * ROWS
    edges = jnp.zeros((rows, width.size), width.dtype)
    parts = jnp.zeros((rows, components, width.size), width.dtype)
    first = jnp.zeros(width.size, jnp.int32)
    return State(
        used=jnp.ones((), jnp.int32),
        panels=Panels(edges.at[0].set(chart.start[0]), edges.at[0].set(chart.stop[0]), Panel(parts, parts, parts)),
        chosen=first,
        small=0.375 * width[0],
        goal=jnp.ones_like(nothing),
        limit=Limit.unknown(nothing),
        answer=Integral(nothing, nothing, no, first),
        done=no,
    )


def _halves(f: Callable[[Array], Array], chart: Chart, panels: Panels, chosen: Array) -> Panels:
    """The two halves of the chosen panels."""
    left, right = (jnp.take_along_axis(edge, chosen[None], axis=0, mode="clip") for edge in (panels.left, panels.right))
    middle = (left + right) / 2
    left, right = jnp.concatenate([left, middle]), jnp.concatenate([middle, right])
    half = (right - left) / 2
    t = ((left + right) / 2)[None] + half[None] * jnp.asarray(NODES, half.dtype).reshape(-1, 1, 1)
    x, density = chart(t.reshape(-1, t.shape[-1]))
    y = (f(x) * density[:, None]).reshape(*t.shape[:2], -1, t.shape[-1])
    finite = jnp.isfinite(y)
    parts = gauss_kronrod(jnp.where(finite, y, 0.0), half[:, None])
    # One node may hit a singular point; more are no accident.
    value = jnp.where(jnp.sum(~finite, axis=0) <= 1, parts.value, jnp.nan)
    # The values on both sides of where the chart changes say nothing.
    crossed = chart.crossed(left, right)
    value, error, magnitude = (
        jnp.where(crossed[:, None], instead, part)
        for instead, part in ((0.0, value), (jnp.inf, parts.error), (0.0, parts.magnitude))
    )
    start, stop = jnp.split(chart(jnp.concatenate([left, right]))[0], 2)
    eps = float(jnp.finfo(half.dtype).eps)
    narrow = jnp.abs(stop - start) < 100 * eps * jnp.maximum(jnp.abs(start), jnp.abs(stop))
    # Without a width, a panel is not halved again.
    right = jnp.where(narrow & ~crossed, left, right)
    return Panels(left, right, Panel(value, error, magnitude))


def _put(
    panels: Panels, halves: Panels, chosen: Array, used: Array, small: Array, weight: Array
) -> tuple[Panels, Survey]:
    """One half in place of a panel, the other behind the last; and the survey of all, in one go over those in use."""

    def rows(k: Array, carry: tuple[Panels, Survey]) -> tuple[Panels, Survey]:
        panels, survey = carry
        index = k * ROWS + jnp.arange(ROWS, dtype=used.dtype)[:, None]
        here, behind = index == chosen[None], index == used

        def replaced(old: Array, new: Array) -> Array:
            some = lax.dynamic_slice_in_dim(old, k * ROWS, ROWS, allow_negative_indices=False)
            first, second = (here, behind) if some.ndim == 2 else (here[:, None], behind[:, None])
            return jnp.where(first, new[:1], jnp.where(second, new[1:], some))

        def written(old: Array, new: Array) -> Array:
            return lax.dynamic_update_slice_in_dim(old, new, k * ROWS, 0, allow_negative_indices=False)

        panels = jax.tree.map(written, panels, jax.tree.map(replaced, panels, halves))
        some = jax.tree.map(lambda x: lax.dynamic_slice_in_dim(x, k * ROWS, ROWS, allow_negative_indices=False), panels)
        return panels, _surveyed(survey, some, index, small, weight)

    nothing, none = jnp.zeros_like(weight), Worst(jnp.full_like(small, -1.0), jnp.zeros_like(chosen))
    survey = Survey(Panel(nothing, nothing, nothing), nothing, none, none)
    return lax.fori_loop(0, used // ROWS + 1, rows, (panels, survey))


def _surveyed(survey: Survey, some: Panels, index: Array, small: Array, weight: Array) -> Survey:
    """The survey with some more panels."""
    width, error = some.right - some.left, some.parts.error
    score = jnp.where(width > 0, jnp.max(error * weight[None], axis=1), -1.0)
    large = width > small[None]
    return Survey(
        jax.tree.map(lambda total, part: total + jnp.sum(part, axis=0), survey.total, some.parts),
        survey.rest + jnp.sum(jnp.where(large[:, None], error, 0.0), axis=0),
        survey.large.or_among(score, index, large),
        survey.small.or_among(score, index, ~large),
    )


def _goal(value: Array, magnitude: Array, task: Task) -> Array:
    """What was asked for, or what rounding permits."""
    info = jnp.finfo(value.dtype)
    asked = jnp.maximum(task.epsabs[None], task.epsrel[None] * jnp.abs(value))
    return jnp.maximum(asked, jnp.maximum(200 * float(info.eps) * magnitude, float(info.tiny)))


def _answer(total: Panel, goal: Array, best: Limit, task: Task, panels: Array) -> Integral:
    """The sum, or its limit where that is the more exact."""
    enough = (total.error <= goal) | (best.error <= _goal(best.value, total.magnitude, task))
    converged = jnp.all(enough & jnp.isfinite(total.value + total.magnitude), axis=0)
    # What has not settled may still be far from its limit.
    off = jnp.where(converged[None], best.error, 100 * best.error)
    value = jnp.where(off < total.error, best.value, total.value)
    return Integral(value, jnp.minimum(off, total.error), converged, jnp.full(converged.shape, panels))
