"""The positive quantile of Student's law: Halley's iteration in the logarithms of t and of a probability."""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.special._beta_quantile import log_of_share, third_order
from mathml_jax.special._student_tail import Side, rough_side, student_side
from mathml_jax.special.error import ndtri

_MOST_STEPS = 14


class _State(NamedTuple):
    step: Array
    t: Array
    before: Array
    side: Side


@jax.jit
def student_quantile(df: Array, tail: Array, centre: Array) -> Array:
    """The t beyond which lies `tail`, and between 0 and which `centre`, the two making 1/2; both positive."""
    info = jnp.finfo(tail.dtype)
    least, most = float(info.tiny), float(info.max) / 4
    far = tail < 0.25
    wanted = 2 * jnp.where(far, tail, centre)
    enough = 3e-4 if tail.dtype == jnp.float64 else 3e-2

    def improved(t: Array, side: Side) -> Array:
        missing, pace = _what_is_missing(side, far, wanted)
        # The logarithm of t times the density changes by 1 - fall with log t, and that by the turn.
        odds = df / t / t
        fall = (df + 1) / (1 + odds)
        turn = jnp.where(jnp.isfinite(odds), -2 * fall * (odds / (1 + odds)), 0.0)
        move = third_order(missing / pace, pace, 1 - fall - pace, turn)
        return jnp.clip(t * jnp.exp(jnp.clip(move, -20.0, 80.0)), least, most)

    def improve(state: _State) -> _State:
        # The first step is by the rough side.
        moves = plain | (state.step > 0)
        now = jnp.where(moves, improved(state.t, state.side), state.t)
        return _State(state.step + 1, now, jnp.where(moves, state.t, -1.0), student_side(df, now))

    def going(state: _State) -> Array:
        missing, _ = _what_is_missing(state.side, far, wanted)
        unsettled = jnp.any((jnp.abs(missing) >= enough) & (state.t != state.before))
        return (state.step == 0) | (unsettled & (state.step < _MOST_STEPS))

    start = jnp.clip(jnp.exp(jnp.minimum(_log_start(df, tail, centre), math.log(most))), least, most)
    # The first step needs few digits; but its squares must not over- or underflow.
    plain = (df > 0.5) & (start > 2 * math.sqrt(least)) & (start < math.sqrt(most) / 2)
    rough = rough_side(jnp.where(plain, df, 1.0), jnp.where(plain, start, 1.0))
    state = jax.lax.while_loop(going, improve, _State(jnp.zeros((), jnp.int32), start, start, rough))
    return improved(state.t, state.side)


def _what_is_missing(side: Side, far: Array, wanted: Array) -> tuple[Array, Array]:
    """The logarithm of both tails, or of the centre, less that of the one that is wanted; its derivative in log t."""
    same = side.is_outer == far
    other = jnp.where(same, 0.5, 1 - side.probability)
    seen = jnp.where(same, side.probability, other)
    high, low = side.parts
    logarithm = jnp.where(same, high + low, 0.0) + jnp.log(jnp.where(same, side.scale, other))
    pace = 2 * jnp.where(same, side.pace, side.pace * (side.probability / other))
    return log_of_share(seen, wanted, logarithm - jnp.log(wanted)), jnp.where(far, -pace, pace)


def _log_start(df: Array, tail: Array, centre: Array) -> Array:
    r"""By Wallace's normal approximation; with few degrees of freedom from the exact quantiles for one and for two.

    .. math::

        t_1 = \frac{\cos \pi q}{\sin \pi q}, \qquad t_2 = \frac{2 c}{\sqrt{2 q (1 - q)}}

    with the tail q and the centre c. In the tail log t is linear in 1 / df, and near 0 almost. The cotangent is a
    polynomial times what it is near its pole and its zero.
    """
    z = ndtri(tail) * ((8 * df + 3) / (8 * df + 1))
    q, square = z * z / df, tail * tail
    falls = (1 + 2 * tail) / math.pi * (1 + square * (0.71 + 0.9 * square))
    few, odd = df < 3, jnp.sqrt(tail / (2 * (1 - tail)))
    slope = jnp.where(few, 2 * (1 - 1 / df) * jnp.log(odd / falls), q / 2)
    return (
        jnp.where(few, jnp.ones_like(df), 0.5) * jnp.log(jnp.where(few, 2 * centre * falls / tail, -df * jnp.expm1(-q)))
        + slope
    )
