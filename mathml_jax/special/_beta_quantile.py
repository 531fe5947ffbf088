"""The point of the beta law below which lies a given probability: Halley's iteration in the log-odds."""

import math
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array

from mathml_jax.fundamentals._polynomial import atanh_excess
from mathml_jax.special._beta_factor import drift
from mathml_jax.special._beta_tail import beta_density, beta_side, beta_tails
from mathml_jax.special._stirling import stirling_remainder
from mathml_jax.special.error import ndtri

Point = tuple[Array, Array]

_MOST_STEPS = 12


class _State(NamedTuple):
    step: Array
    odds: Array
    x: Array
    y: Array
    done: Array


@jax.custom_jvp
def beta_quantile(a: Array, b: Array, p: Array, q: Array) -> Point:
    """The x with lower tail p and upper tail q, and y = 1 - x; derivatives are those of an implicit function."""
    inside = (a > 0) & (b > 0) & jnp.isfinite(a + b) & (p > 0) & (q > 0)
    a, b = jnp.where(inside, a, 1.0), jnp.where(inside, b, 1.0)
    lower = p <= q
    shapes = jnp.where(lower, a, b), jnp.where(lower, b, a)
    target = jnp.where(inside, jnp.where(lower, p, q), 0.5)
    near, far = _solve(*shapes, target)
    x, y = jnp.where(lower, near, far), jnp.where(lower, far, near)
    end = jnp.where((q == 0) & (p > 0), jnp.ones_like(x), jnp.nan)
    end = jnp.where((p == 0) & (q > 0) & (a > 0) & (b > 0), 0.0, end)
    return jnp.where(inside, x, end), jnp.where(inside, y, 1 - end)


@partial(beta_quantile.defjvp, symbolic_zeros=True)
def _beta_quantile_jvp(primals: Any, tangents: Any) -> tuple[Point, Point]:
    (a, b, p, q), dp = primals, tangents[2]
    x, y = beta_quantile(a, b, p, q)
    density = beta_density(a, b, x, y)
    dx = jnp.zeros_like(x) if isinstance(dp, SymbolicZero) else dp / density
    varied = {i: tangent for i, tangent in enumerate(tangents[:2]) if not isinstance(tangent, SymbolicZero)}
    if varied:
        at = {i: primals[i] for i in varied}
        _, moved = jax.jvp(lambda at: beta_tails(at.get(0, a), at.get(1, b), x, y).lower, (at,), (varied,))
        # At the ends, where the density may be 0, the shapes do not count.
        inside = (p > 0) & (q > 0)
        dx = dx - jnp.where(inside, moved / jnp.where(inside, density, 1.0), 0.0)
    return (x, y), (dx, -dx)


@jax.jit
def _solve(a: Array, b: Array, p: Array) -> Point:
    """The point with lower tail p <= 1/2, or where its odds under- or overflow, the last one that does not.

    The log-odds are bounded on either side, as each tail is at most its first term; in between the logarithm of the
    tail is concave.
    """
    log_p, log_a, log_b = jnp.log(p), jnp.log(a), jnp.log(b)
    total = a + b
    log_beta = (a - 0.5) * log_a + (b - 0.5) * log_b - (total - 0.5) * jnp.log(total) + math.log(2 * math.pi) / 2
    log_beta = log_beta + (stirling_remainder(a) + stirling_remainder(b) - stirling_remainder(total))
    bound = -math.log(float(jnp.finfo(p.dtype).tiny)) - 1
    least = jnp.clip((log_p + (log_a + log_beta)) / a, -bound, bound)
    most = jnp.clip(-(jnp.log1p(-p) + (log_b + log_beta)) / b, -bound, bound)
    start = _start(a, b, p, least, most)
    enough = 3e-4 if p.dtype == jnp.float64 else 3e-2

    def improve(state: _State) -> _State:
        missing, pace = _what_is_missing(a, b, state.x, state.y, p, log_p)
        bend = drift(a, b, state.x, state.y) - pace
        move = third_order(missing / pace, pace, bend, -(a + b) * state.x * state.y)
        now = jnp.clip(state.odds + move, least, most)
        # At the end of what the dtype holds there is nowhere to go.
        done = (jnp.abs(missing) < enough) | ((now == state.odds) & (jnp.abs(now) == bound))
        move = jnp.where(jnp.abs(move) > 0.1, now - state.odds, move)
        return _State(state.step + 1, now, *_moved(state.x, state.y, move), done)

    def going(state: _State) -> Array:
        return (state.step < _MOST_STEPS) & ~jnp.all(state.done)

    state = _State(jnp.zeros((), jnp.int32), start, _logistic(start), _logistic(-start), jnp.zeros(p.shape, bool))
    last = jax.lax.while_loop(going, improve, state)
    return last.x, last.y


def third_order(newton: Array, pace: Array, bend: Array, turn: Array) -> Array:
    r"""Householder's step of third order for the logarithm f of a probability, from Newton's.

    .. math::

        -r \frac{1 - r g / 2}{1 - r g + r^2 (g^2 + \kappa - h g) / 6}, \qquad r = \frac{f}{h}

    with the first derivative h of f (the pace), that of log h (the bend g), and the second one of the logarithm of the
    density (the turn).
    """
    first = newton * bend
    over, under = 1 - first / 2, 1 - first + newton * newton * (bend * bend + turn - pace * bend) / 6
    usable = (over > 0.2) & (under > 0.2)
    return -newton * jnp.where(usable, jnp.clip(over / jnp.where(usable, under, 1.0), 0.5, 2.0), 1.0)


def _start(a: Array, b: Array, p: Array, least: Array, most: Array) -> Array:
    """By the first two terms of either tail, or by the normal law where both shapes are large enough and x is not far.

    In the log-odds w the lower tail is e^(a w) / (a B) less a (a + b) / (a + 1) e^w times that; so the upper one.
    """
    from_left, from_right = (a + b) / (a + 1) * jnp.exp(least), (a + b) / (b + 1) * jnp.exp(-most)
    left = from_left < from_right
    power = jnp.where(left, least + jnp.minimum(from_left, 1.0), most - jnp.minimum(from_right, 1.0))
    normal = (jnp.minimum(a, b) >= 0.8) & (jnp.minimum(from_left, from_right) > 0.05)
    return jnp.clip(jnp.where(normal, _near_normal(a, b, p), power), least, most)


def _what_is_missing(a: Array, b: Array, x: Array, y: Array, p: Array, log_p: Array) -> Point:
    """The logarithm of the lower tail less the one that is wanted, and its derivative in the log-odds."""
    side = beta_side(a, b, x, y)
    pace = jnp.where(side.is_lower, side.pace, side.pace * (side.tail / side.rest))
    lower = jnp.where(side.is_lower, side.tail, side.rest)
    high, low = side.parts
    log_lower = jnp.where(side.is_lower, high + low, 0.0) + jnp.log(jnp.where(side.is_lower, side.scale, side.rest))
    return log_of_share(lower, p, log_lower - log_p), pace


def log_of_share(seen: Array, wanted: Array, otherwise: Array) -> Array:
    """log(seen / wanted); close by from the quotient, whose digits are finer than those of large logarithms."""
    share = seen / wanted - 1
    close = (jnp.abs(share) < 0.2) & (wanted > 8 * jnp.finfo(wanted.dtype).tiny)
    s = jnp.where(close, share / (2 + share), 0.0)
    return jnp.where(close, 2 * (s + s * atanh_excess(s)), otherwise)


def _logistic(x: Array) -> Array:
    return 1 / (1 + jnp.exp(-x))


def _moved(x: Array, y: Array, change: Array) -> Point:
    """x and 1 - x when the log-odds change; each keeps its own digits."""
    # Whichever shrinks does: nothing overflows.
    shrink = jnp.exp(-jnp.abs(change))
    x, y = jnp.where(change < 0, x * shrink, x), jnp.where(change < 0, y, y * shrink)
    return x / (x + y), y / (x + y)


def _near_normal(a: Array, b: Array, p: Array) -> Array:
    """Log-odds by the normal law, as Abramowitz and Stegun have it in 26.5.22."""
    z = -ndtri(p)
    bend = (z * z - 3) / 6
    left, right = 1 / jnp.maximum(2 * a - 1, 0.3), 1 / jnp.maximum(2 * b - 1, 0.3)
    h = 2 / (left + right)
    w = z * jnp.sqrt(jnp.maximum(h + bend, 0.1)) / h - (right - left) * (bend + 5 / 6 - 2 / (3 * h))
    return jnp.log(a / b) - 2 * w
