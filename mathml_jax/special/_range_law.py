"""Both tails of the studentized range, the density and the quantile, each with its derivatives and edges."""

import math
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax._checks import nan_unless
from mathml_jax.special._range import DENSITY, LOWER, UPPER
from mathml_jax.special._range_integral import Studentized, log_rest, smaller, studentized
from mathml_jax.special._ruled import total

_MOST_STEPS = 12


class Tails(NamedTuple):
    """The probabilities of at most q and of more, and their logarithms."""

    lower: Array
    upper: Array
    log_lower: Array
    log_upper: Array


class Density(NamedTuple):
    """The density and its logarithm."""

    plain: Array
    log: Array


def tails(q: Array, k: Array, df: Array) -> Tails:
    """Both, of any arguments."""
    valid, *safe = _safe(q, k, df)
    edges = (0.0, 1.0), (1.0, 0.0), (-jnp.inf, 0.0), (0.0, -jnp.inf)
    found = zip(_tails(*safe), edges, strict=True)
    return Tails(*(valid * jnp.where(q < 0, low, jnp.where(q == jnp.inf, high, f)) for f, (low, high) in found))


def density(q: Array, k: Array, df: Array) -> Density:
    """At any arguments."""
    valid, *safe = _safe(q, k, df)
    beyond, (plain, log) = (q < 0) | (q == jnp.inf), _density(*safe)
    return Density(valid * jnp.where(beyond, 0.0, plain), valid * jnp.where(beyond, -jnp.inf, log))


def quantile(lower: Array, upper: Array, k: Array, df: Array) -> Array:
    """The q with these tails, the smaller of which decides."""
    valid, _, k, df = _safe(lower, k, df)
    inside = (lower > 0) & (upper > 0)
    found = _quantile(jnp.where(inside, lower, 0.5), jnp.where(inside, upper, 0.5), k, df)
    return valid * jnp.where(inside, found, jnp.where(lower > 0, jnp.inf, jnp.zeros_like(found)))


def _safe(q: Array, k: Array, df: Array) -> tuple[Array, ...]:
    """1, or NaN where nothing is defined; and arguments that are regular everywhere, q from 0."""
    valid = (q == q) & (k >= 2) & (k < jnp.inf) & (df > 0)
    inside = valid & (q >= 0) & (q < jnp.inf)
    return nan_unless(valid, q), jnp.where(inside, q, 1.0), jnp.where(valid, k, 3.0), jnp.where(valid, df, 10.0)


def _positive(q: Array) -> Array:
    """Something so close to 0 in place of it that the law is the power with which it begins."""
    return jnp.where(q > 0, q, math.sqrt(jnp.finfo(q.dtype).tiny))


def _side(q: Array, k: Array, df: Array) -> Array:
    """Which tail is about the smaller."""
    # At about the median of the estimated scale.
    return smaller(q * jnp.exp(-0.35 / stop_gradient(df)), k)


def _with_density(q: Array, k: Array, df: Array, kind: Array) -> tuple[Studentized, Studentized]:
    """The tail and the density, in one array: one program to compile."""
    kinds = jnp.stack([kind, jnp.full_like(kind, DENSITY)])
    found = studentized(*(jnp.stack([x, x]) for x in (q, k, df)), kinds)
    return Studentized(*(x[0] for x in found)), Studentized(*(x[1] for x in found))


@jax.custom_jvp
def _tails(q: Array, k: Array, df: Array) -> Tails:
    kind = _side(q, k, df)
    return _completed(studentized(_positive(q), k, df, kind).log, q, kind)


def _completed(log_tail: Array, q: Array, kind: Array) -> Tails:
    """From the smaller tail; at 0 that is nothing."""
    log_tail = jnp.where(q == 0, -jnp.inf, jnp.minimum(log_tail, 0.0))
    tail, is_lower = jnp.exp(log_tail), kind == LOWER
    sides = (tail, 1 - tail), (log_tail, log_rest(tail))
    return Tails(*(jnp.where(is_lower, *(pair[::sign])) for pair in sides for sign in (1, -1)))


@partial(_tails.defjvp, symbolic_zeros=True)
def _tails_jvp(primals: tuple[Array, ...], tangents: tuple[Any, ...]) -> tuple[Tails, Tails]:
    (q, k, df), (d_q, d_k, d_df) = primals, tangents
    kind = _side(q, k, df)
    tail, density = _with_density(_positive(q), k, df, kind)
    found, sign = _completed(tail.log, q, kind), jnp.where(kind == LOWER, 1.0, -jnp.ones_like(q))
    small = jnp.exp(tail.log)
    # Of the smaller tail and of its logarithm.
    moved = total(q, (tail.in_k, d_k), (tail.in_df, d_df))
    change = small * moved + total(q, (sign * jnp.exp(density.log), d_q))
    in_log = moved + total(q, (sign * jnp.exp(density.log - tail.log), d_q))
    in_rest = -change / (1 - small)
    logs = (in_log, in_rest), (in_rest, in_log)
    return found, Tails(sign * change, -sign * change, *(jnp.where(kind == LOWER, *pair) for pair in logs))


@jax.custom_jvp
def _density(q: Array, k: Array, df: Array) -> Density:
    return _at_zero(studentized(_positive(q), k, df, jnp.full(q.shape, DENSITY)).log, q, k)


def _at_zero(log: Array, q: Array, k: Array) -> Density:
    nothing = (q == 0) & (k > 2)
    return Density(jnp.where(nothing, 0.0, jnp.exp(log)), jnp.where(nothing, -jnp.inf, log))


@partial(_density.defjvp, symbolic_zeros=True)
def _density_jvp(primals: tuple[Array, ...], tangents: tuple[Any, ...]) -> tuple[Density, Density]:
    (q, k, df), (d_q, d_k, d_df) = primals, tangents
    found = studentized(_positive(q), k, df, jnp.full(q.shape, DENSITY))
    change = total(q, (found.in_q, d_q), (found.in_k, d_k), (found.in_df, d_df))
    return _at_zero(found.log, q, k), Density(jnp.exp(found.log) * change, change)


def density_slopes(q: Array, k: Array, df: Array) -> Studentized:
    """The derivatives of the density's logarithm at any q > 0."""
    valid, q, k, df = _safe(q, k, df)
    found = studentized(_positive(q), k, df, jnp.full(q.shape, DENSITY))
    return Studentized(*(valid * x for x in found))


@jax.custom_jvp
def _quantile(lower: Array, upper: Array, k: Array, df: Array) -> Array:
    """By Halley's method for the logarithm of the tail in that of q, of which it is a concave function."""
    kind = jnp.where(lower < upper, jnp.full(lower.shape, LOWER), UPPER)
    wanted, sign = jnp.log(jnp.minimum(lower, upper)), jnp.where(kind == LOWER, 1.0, -jnp.ones_like(lower))
    least, most, enough = (-700.0, 690.0, 1e-7) if lower.dtype == jnp.float64 else (-80.0, 85.0, 3e-4)

    def improve(state: tuple[Array, ...]) -> tuple[Array, ...]:
        turn, at, _ = state
        tail, density = _with_density(jnp.exp(at), k, df, kind)
        pace = sign * jnp.exp(at + density.log - tail.log)
        move = jnp.clip((wanted - tail.log) / pace, -20.0, 5.0)
        bend = 1 + jnp.exp(at) * density.in_q - pace
        move = move / jnp.clip(1 + move * bend / 2, 0.5, 2.0)
        move = jnp.where(jnp.isfinite(move), move, 0.0)
        return turn + 1, jnp.clip(at + move, least, most), jnp.abs(move) < enough

    def going(state: tuple[Array, ...]) -> Array:
        return (state[0] < _MOST_STEPS) & ~jnp.all(state[2])

    start = jnp.clip(_start(wanted, k, df, kind), least, most)
    return jnp.exp(lax.while_loop(going, improve, (jnp.zeros((), jnp.int32), start, wanted != wanted))[1])


def _start(wanted: Array, k: Array, df: Array, kind: Array) -> Array:
    """About the logarithm of the quantile: by Polya's formula for a known scale, or by Bonferroni's bound."""
    power = 2 * wanted / (k - 1)
    below = jnp.log(-jnp.log1p(-jnp.exp(jnp.maximum(power, -30.0))))
    lower = math.log(2 * math.pi) + jnp.where(power < -30, power, below)
    pairs = jnp.maximum(2 * (jnp.log(k * (k - 1) / 2) - wanted), 0.2)
    square = jnp.maximum(pairs - jnp.log1p(math.pi / 2 * pairs), 0.1)
    ratio = jnp.maximum(square / df, 0.01)
    upper = jnp.log(2 * square * (1 - jnp.exp(-ratio)) / ratio) + ratio
    return jnp.where(kind == LOWER, lower, upper) / 2


@partial(_quantile.defjvp, symbolic_zeros=True)
def _quantile_jvp(primals: tuple[Array, ...], tangents: tuple[Any, ...]) -> tuple[Array, Array]:
    (lower, upper, k, df), (d_lower, d_upper, d_k, d_df) = primals, tangents
    q, is_lower = _quantile(*primals), lower < upper
    tail, density = _with_density(q, k, df, jnp.where(is_lower, jnp.full(q.shape, LOWER), UPPER))
    wanted = total(q, (jnp.where(is_lower, 1 / lower, 0.0), d_lower), (jnp.where(is_lower, 0.0, 1 / upper), d_upper))
    missing = wanted - total(q, (tail.in_k, d_k), (tail.in_df, d_df))
    return q, jnp.where(is_lower, missing, -missing) * jnp.exp(tail.log - density.log)
