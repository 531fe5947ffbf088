"""The positive quantile of Student's law: Halley's iteration in the logarithms of t and of a probability."""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.special._beta_quantile import log_of_share, third_order
from mathml_jax.special._student_tail import student_side
from mathml_jax.special.error import ndtri

_MOST_STEPS = 10


class _State(NamedTuple):
    step: Array
    t: Array
    done: Array


def student_quantile(df: Array, tail: Array, centre: Array) -> Array:
    """The t beyond which lies `tail`, and between 0 and which `centre`, the two making 1/2; both positive."""
    info = jnp.finfo(tail.dtype)
    least, most = float(info.tiny), float(info.max) / 4
    far = tail < 0.25
    wanted = 2 * jnp.where(far, tail, centre)
    log_wanted = jnp.log(wanted)
    enough = 3e-4 if tail.dtype == jnp.float64 else 3e-2

    def improve(state: _State) -> _State:
        t = state.t
        missing, pace = _what_is_missing(df, t, far, wanted, log_wanted)
        # The logarithm of t times the density changes by 1 - fall with log t, and that by the turn.
        odds = df / t / t
        fall = (df + 1) / (1 + odds)
        turn = jnp.where(jnp.isfinite(odds), -2 * fall * (odds / (1 + odds)), 0.0)
        move = third_order(missing / pace, pace, 1 - fall - pace, turn)
        now = jnp.clip(t * jnp.exp(jnp.clip(move, -20.0, 80.0)), least, most)
        return _State(state.step + 1, now, (jnp.abs(missing) < enough) | (now == t))

    def going(state: _State) -> Array:
        return (state.step < _MOST_STEPS) & ~jnp.all(state.done)

    start = jnp.clip(jnp.exp(jnp.minimum(_log_start(df, tail, centre), math.log(most))), least, most)
    return jax.lax.while_loop(going, improve, _State(jnp.zeros((), jnp.int32), start, jnp.zeros(df.shape, bool))).t


def _what_is_missing(df: Array, t: Array, far: Array, wanted: Array, log_wanted: Array) -> tuple[Array, Array]:
    """The logarithm of both tails, or of the centre, less the one that is wanted, and its derivative in log t."""
    side = student_side(df, t)
    same = side.is_outer == far
    other = jnp.where(same, 0.5, 1 - side.probability)
    seen = jnp.where(same, side.probability, other)
    high, low = side.parts
    logarithm = jnp.where(same, high + low, 0.0) + jnp.log(jnp.where(same, side.scale, other))
    pace = 2 * jnp.where(same, side.pace, side.pace * (side.probability / other))
    return log_of_share(seen, wanted, logarithm - log_wanted), jnp.where(far, -pace, pace)


def _log_start(df: Array, tail: Array, centre: Array) -> Array:
    r"""By Wallace's normal approximation; with few degrees of freedom from the exact quantiles for one and for two.

    .. math::

        t_1 = \frac{\sin \pi c}{\cos \pi c}, \qquad t_2 = \frac{2 c}{\sqrt{2 q (1 - q)}}

    with the tail q and the centre c. In the tail log t is linear in 1 / df, and near 0 almost.
    """
    z = ndtri(tail) * ((8 * df + 3) / (8 * df + 1))
    q = z * z / df
    near_normal = (jnp.log(df) + q + jnp.log(-jnp.expm1(-q))) / 2
    of_one = jnp.log(jnp.sin(math.pi * centre) / jnp.sin(math.pi * tail))
    of_two = jnp.log(2 * centre) - jnp.log(2 * tail * (1 - tail)) / 2
    few = of_one + 2 * (of_two - of_one) * (1 - 1 / df)
    return jnp.where(df < 3, few, near_normal)
