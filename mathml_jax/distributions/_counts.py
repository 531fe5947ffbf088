"""A family of counts: what its verbs do around their formulas, and the search for its quantiles."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax._checks import nan_unless
from mathml_jax.distributions._derived import derived
from mathml_jax.distributions._law import INF, OUTSIDE, Law, as_given, between
from mathml_jax.distributions._verbs import LOC, Parameter
from mathml_jax.special.error import ndtri

IMPOSSIBLE = {**OUTSIDE, "pmf": (0.0, 0.0), "logpmf": (-INF, -INF)}
"""The value below the support and above it; for a probability also between the integers."""
TIE = 2
"""Probabilities that differ by this many eps count as equal, so that a quantile inverts its own probability."""


class Counts(Law):
    """A family of counts; its formulas are those at loc 0, and are called with integers inside the support."""

    variable, noun = "k", "counts, any shape"
    shifts: Mapping[str, Parameter] = {"loc": LOC._replace(estimated=False)}

    def standard(self, own: list[Array]) -> list[Array]:
        """The parameters at loc 0."""
        return [*own[:-1], jnp.zeros_like(own[-1])]

    def _point(self, formula: Callable[..., Array], x: Any, *parameters: Any) -> Array:
        (wide,), own, valid = self.prepare(x, *parameters)
        exact = wide - own[-1]
        low, high = (jnp.asarray(end, exact.dtype) for end in self.support(*own[:-1]))
        count = jnp.floor(exact)
        below, above = (count < low) | (count == -INF), (count > high) | (count == INF)
        # A probability is zero between the integers; of an area nothing is left from the last count on.
        above = above | ((count < exact) if formula.__name__ in ("pmf", "logpmf") else (count == high))
        value = formula(jnp.where(below | above, jnp.floor(between(low, high)), count), *self.standard(own))
        under, over = IMPOSSIBLE[formula.__name__]
        valid = valid * nan_unless(wide == wide, wide)
        return as_given(valid * jnp.where(below, under, jnp.where(above, over, value)), x, *parameters)

    def _place(self, formula: Callable[..., Array], *parameters: Any) -> Array:
        _, own, valid = self.prepare(*parameters)
        return as_given(valid * (own[-1] + formula(*self.standard(own))), *parameters)

    def _square(self, formula: Callable[..., Array], *parameters: Any) -> Array:
        return self._number(formula, *parameters)

    def _entropy(self, formula: Callable[..., Array], *parameters: Any) -> Array:
        return self._number(formula, *parameters)

    def _draw(self, formula: Callable[..., Array], key: Any, *parameters: Any, size: Any = None) -> Array:
        _, own, valid = self.prepare(*parameters)
        shape = valid.shape if size is None else (size,) if isinstance(size, int) else size
        own, valid = [jnp.broadcast_to(a, shape) for a in own], jnp.broadcast_to(valid, shape)
        return as_given(valid * (own[-1] + formula(key, *self.standard(own), size=shape)), *parameters)

    def _slopes(self, formula: Callable[..., Any], x: Any, *parameters: Any) -> Any:
        """The score: the formula gives the slopes of the standard logpmf in the parameters that data estimate."""
        (wide,), own, valid = self.prepare(x, *parameters)
        slopes = formula(wide - own[-1], *self.standard(own))
        return self.Parameters(*(as_given(valid * slope, x, *parameters) for slope in slopes))

    def _matrix(self, formula: Callable[..., Any], *parameters: Any) -> Array:
        _, own, valid = self.prepare(*parameters)
        rows = [[jnp.broadcast_to(entry, valid.shape) for entry in row] for row in formula(*self.standard(own))]
        information = jnp.stack([jnp.stack(row, -1) for row in rows], -2)
        return as_given(valid[..., None, None] * information, *parameters)


def ppf(law: Counts) -> Callable[..., Array]:
    """The smallest count whose `cdf` reaches q, found by bisection; one below the support at 0."""

    def body(q: Any, *parameters: Any) -> Array:
        def reached(k: Array, q: Array, *standard: Array) -> Array:
            return law.verbs["cdf"](k, *standard) >= q * (1 - TIE * jnp.finfo(q.dtype).eps)

        return _quantile(law, reached, 1.0, q, *parameters)

    return derived(law, "ppf", body, "q")


def isf(law: Counts) -> Callable[..., Array]:
    """The smallest count whose `sf` is no more than q, found by bisection; one below the support at 1."""

    def body(q: Any, *parameters: Any) -> Array:
        def reached(k: Array, q: Array, *standard: Array) -> Array:
            return law.verbs["sf"](k, *standard) <= q * (1 + TIE * jnp.finfo(q.dtype).eps)

        return _quantile(law, reached, -1.0, q, *parameters)

    return derived(law, "isf", body, "q")


def _quantile(law: Counts, reached: Callable[..., Array], side: float, q: Any, *parameters: Any) -> Array:
    """A quantile from below (side 1) or from above (side -1): the ends of the support, or the search between them."""
    (level,), own, valid = law.prepare(*(stop_gradient(jnp.asarray(a)) for a in (q, *parameters)))
    *standard, loc = law.standard(own), own[-1]
    low, high = (jnp.broadcast_to(jnp.asarray(end, level.dtype), level.shape) for end in law.support(*own[:-1]))
    inside = (level > 0) & (level < 1)
    safe = jnp.where(inside & (valid == 1), level, 0.5)
    mean, var = (law.verbs[name](*standard[0]) for name in ("mean", "var"))
    guess = jnp.floor(jnp.nan_to_num(mean + side * jnp.sqrt(var) * ndtri(safe)))
    found = search(lambda k: reached(k, safe, *standard[0]) | ~(valid == 1), guess, low, high)
    lowest = level == (0.0 if side > 0 else 1.0)
    edge = jnp.where(lowest, low - 1, high)
    known = (level >= 0) & (level <= 1)
    return as_given(valid * nan_unless(known, level) * (loc + jnp.where(inside, found, edge)), q, *parameters)


def search(reached: Callable[[Array], Array], guess: Array, low: Array, high: Array) -> Array:
    """The smallest integer from `low` to `high` at which `reached` holds, as it does at all above it.

    From the guess in steps that double until the answer lies between two counts, then by halves.
    """

    def unsettled(state: tuple[Array, ...]) -> Array:
        below, above, _, _, turn = state
        return jnp.any(above - below > 1) & (turn < 160)

    def probe(state: tuple[Array, ...]) -> tuple[Array, ...]:
        below, above, at, step, turn = state
        hit = reached(at)
        below, above = jnp.where(hit, below, jnp.maximum(below, at)), jnp.where(hit, jnp.minimum(above, at), above)
        onward = jnp.where(hit, at - step, at + step)
        halfway = jnp.floor(below + (above - below) / 2)
        at = jnp.where((onward > below) & (onward < above), onward, halfway)
        return below, above, jnp.clip(at, below, above), 2 * step, turn + 1

    start = jnp.clip(guess, low, high)
    state = (low - 1, high, start, jnp.ones_like(start), jnp.zeros((), jnp.int32))
    return jax.lax.while_loop(unsettled, probe, state)[1]
