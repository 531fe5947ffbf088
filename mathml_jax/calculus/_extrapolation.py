"""The limit of a sequence from its first terms: Wynn's epsilon algorithm, one term after another."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

PAIRS = 8
"""How many even columns of the table are kept, and as many odd ones."""
PERIOD = 4
"""Over so many terms the error must have fallen: an interior singularity moves about in its panels."""


class Table(NamedTuple):
    """The table's last ascending diagonal, even and odd columns, NaN where it is not filled; how many terms it saw."""

    even: Float[Array, "..."]
    odd: Float[Array, "..."]
    seen: Int[Array, "..."]


class Limit(NamedTuple):
    """What is known of the limit of a sequence, for many sequences at once.

    Attributes:
      value: the best estimate so far.
      error: how far off that may be; inf while there are too few terms.
      table: what the epsilon algorithm remembers.
      recent: the last three estimates, the newest first.
      off: how far off the newest may be.
      errors: the errors of the last terms themselves, the newest first.
    """

    value: Float[Array, "..."]
    error: Float[Array, "..."]
    table: Table
    recent: Float[Array, "..."]
    off: Float[Array, "..."]
    errors: Float[Array, "..."]

    @classmethod
    def unknown(cls, like: Float[Array, "..."]) -> "Limit":
        """Before the first term."""
        nan, inf = jnp.full_like(like, jnp.nan), jnp.full_like(like, jnp.inf)
        table = Table(jnp.stack([nan] * PAIRS), jnp.stack([nan] * PAIRS), jnp.zeros(like.shape, jnp.int32))
        return cls(nan, inf, table, jnp.stack([nan] * 3), inf, jnp.stack([nan] * PERIOD))


def extended(limit: Limit, term: Float[Array, "..."], error: Float[Array, "..."], rest: Float[Array, "..."]) -> Limit:
    """The limit after one more term, of which `error` is the error and `rest` what no extrapolation takes away."""
    table, value = _ascended(limit.table, term)
    off = jnp.sum(jnp.abs(value[None] - limit.recent), axis=0)
    off = jnp.maximum(off, 5 * float(jnp.finfo(term.dtype).eps) * jnp.abs(value)) + rest
    # A geometric series that diverges has a limit for the algorithm, but its errors grow.
    off = jnp.where(jnp.isnan(off) | ~(error <= 0.99 * limit.errors[-1]), jnp.inf, off)
    # One small step may be chance, so the one before counts as well.
    steady = jnp.sqrt(off) * jnp.sqrt(jnp.maximum(off, limit.off))
    better = steady < limit.error
    return Limit(
        value=jnp.where(better, value, limit.value),
        error=jnp.where(better, steady, limit.error),
        table=table,
        recent=jnp.concatenate([value[None], limit.recent[:2]]),
        off=off,
        errors=jnp.concatenate([error[None], limit.errors[:-1]]),
    )


def extended_where(ready: Bool[Array, "..."], limit: Limit, term: Array, error: Array, rest: Array) -> Limit:
    """`extended` for those sequences that are ready."""

    def advance() -> Limit:
        new = extended(limit, term, error, rest)
        return jax.tree.map(lambda a, b: jnp.where(jnp.broadcast_to(ready, a.shape), a, b), new, limit)

    return lax.cond(jnp.any(ready), advance, lambda: limit)


def _ascended(table: Table, term: Float[Array, "..."]) -> tuple[Table, Array]:
    r"""The next diagonal of the table, and its most settled entry.

    .. math::

        \epsilon_{k+1}^{(n)} = \epsilon_{k-1}^{(n+1)} + \frac{1}{\epsilon_k^{(n+1)} - \epsilon_k^{(n)}}

    Of the even columns the one counts whose last step, along the column and from the column before, is smallest.
    """
    eps = float(jnp.finfo(term.dtype).eps)

    def inverse(gap: Array, entry: Array) -> Array:
        flat = jnp.abs(gap) <= eps * jnp.abs(entry)
        return jnp.where(flat, jnp.nan, 1 / jnp.where(flat, 1.0, gap))

    def columns(k: Array, at: tuple[Array, ...]) -> tuple[Array, ...]:
        even, odd, entry, entry_before, old_odd_before, best, best_step = at
        old, old_odd = (lax.dynamic_index_in_dim(x, k, 0, False, allow_negative_indices=False) for x in (even, odd))
        gap = entry - old
        across = jnp.where(k > 0, entry - entry_before, gap)
        step = jnp.abs(gap) + jnp.abs(across)
        better = step < best_step
        odd_entry = old_odd_before + inverse(gap, entry)
        following = old + inverse(odd_entry - old_odd, odd_entry)
        best, best_step = jnp.where(better, entry, best), jnp.where(better, step, best_step)
        even, odd = (
            lax.dynamic_update_index_in_dim(x, new, k, 0, allow_negative_indices=False)
            for x, new in ((even, entry), (odd, odd_entry))
        )
        return even, odd, following, entry, old_odd, best, best_step

    start = (table.even, table.odd, term, term, jnp.zeros_like(term), term, jnp.full_like(term, jnp.inf))
    filled = jnp.minimum(jnp.max(table.seen) // 2 + 1, PAIRS)
    even, odd, *_, best, _ = lax.fori_loop(0, filled, columns, start)
    return Table(even, odd, table.seen + 1), best
