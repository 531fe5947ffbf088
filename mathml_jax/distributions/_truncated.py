r"""Areas under the bell :math:`e^{-x^2/2}` between two ends, their quantiles, and the moments of what lies there.

An area is taken in units of the bell at the end nearer to 0, the `edge`, so that it neither underflows in the tails nor
loses digits between ends that are close together.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array

from mathml_jax.special._mills import mills

REACH = 40.0
"""How far from the nearer end nothing is left of an area."""
_STEPS = 6
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_FINE, _FINE_WEIGHTS = np.polynomial.legendre.leggauss(56)


def _rule(nodes: np.ndarray, weights: np.ndarray, like: Array) -> tuple[Array, Array]:
    """Gauss's rule for the unit interval along a last axis of its own."""
    shape = (*(1,) * like.ndim, -1)
    return jnp.asarray((nodes + 1) / 2, like.dtype).reshape(shape), jnp.asarray(weights / 2, like.dtype).reshape(shape)


class Area(NamedTuple):
    """An area: the distance of the nearer end from 0 (0 if that lies between), the size there, and the width."""

    edge: Array
    size: Array
    width: Array


def tail(start: Array, width: Array) -> Array:
    r"""An area on one side of 0.

    .. math::

        \int_0^w e^{-a t - t^2/2}\, dt = m(a) - e^{-a w - w^2/2} m(a + w)

    By Gauss's rule where the difference would cancel.
    """
    far = width > REACH
    width = jnp.where(far, REACH, jnp.where(far, 0.0, width))
    drop = width * (start + width / 2)
    narrow = drop < 2
    step, rest = jnp.where(narrow, width, 0.0), jnp.where(narrow, REACH, width)
    nodes, weights = _rule(_NODES, _WEIGHTS, step)
    at = step[..., None] * nodes
    near = step * jnp.sum(weights * jnp.exp(-at * (start[..., None] + at / 2)), -1)
    wide = mills(start) - jnp.exp(-rest * (start + rest / 2)) * mills(start + rest)
    return jnp.where(narrow, near, wide)


def turned(low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Whether the interval is mirrored so that its nearer end comes first, and both ends then."""
    mirrored = low + high < 0
    return mirrored, jnp.where(mirrored, -high, low), jnp.where(mirrored, -low, high)


def area(low: Array, high: Array) -> Area:
    """The area between two ends."""
    _, near, far = turned(low, high)
    across = near < 0
    start = jnp.where(across, 1.0, near)
    width = jnp.where(across, 1.0, far - jnp.where(across, 0.0, near))
    left, right = (jnp.where(across, jnp.clip(end, -REACH, REACH), 0.5) for end in (-near, far))
    both = math.sqrt(math.pi / 2) * (lax.erf(left * math.sqrt(0.5)) + lax.erf(right * math.sqrt(0.5)))
    size = jnp.where(across, both, tail(start, width))
    return Area(jnp.where(across, 0.0, near), size, high - low)


def log_share(part: Area, whole: Area) -> Array:
    """The logarithm of the ratio of two areas."""
    # An empty area grows as its width does.
    size = jnp.where(part.size == 0, part.width, part.size)
    return jnp.log(size) - jnp.log(whole.size) - (part.edge - whole.edge) * (part.edge + whole.edge) / 2


def share(part: Area, whole: Area) -> Array:
    """The ratio of two areas."""
    return jnp.exp(-(part.edge - whole.edge) * (part.edge + whole.edge) / 2) * (part.size / whole.size)


def height(x: Array, whole: Area) -> Array:
    """The bell at x over an area."""
    return jnp.exp(-(x - whole.edge) * (x + whole.edge) / 2) / whole.size


@jax.custom_jvp
def quantile(p: Array, rest: Array, low: Array, high: Array) -> Array:
    """The point between two ends below which the share p of the area lies, and above it the `rest`."""
    mirrored, near, far = turned(low, high)
    below, above = jnp.where(mirrored, rest, p), jnp.where(mirrored, p, rest)
    sure = (p <= 0) | (rest <= 0)
    below, above = jnp.where(sure, 0.5, below), jnp.where(sure, 0.5, above)
    size, across = area(low, high).size, near < 0
    # From 0 to the left where that holds the quantile; otherwise from the nearer end, or from 0, upwards.
    left = across & (below * size < tail(jnp.zeros_like(near), jnp.where(across, -near, 1.0)))
    start = jnp.where(across, 0.0, near)
    width = jnp.where(left, -near, far - start)
    target = size * jnp.where(left, below, above)
    rising = ~across & (below < 0.5)
    up = _from_end(start, width, target)
    distance = jnp.where(rising, _from_start(start, size * below), up)
    x = jnp.where(left, -distance, start + distance)
    inside = jnp.clip(jnp.where(mirrored, -x, x), low, high)
    return jnp.where(p <= 0, low, jnp.where(rest <= 0, high, inside))


@quantile.defjvp
def _quantile_jvp(primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Array, Array]:
    p, rest, low, high = primals
    x, whole = quantile(*primals), area(low, high)
    # An end is not moved by the other one, however high the bell there is beside it.
    by_low = rest * _rise(jnp.where(rest > 0, x, low), low)
    by_high = p * _rise(jnp.where(p > 0, x, high), high)
    moved = by_low * tangents[2] + by_high * tangents[3]
    return x, tangents[0] / height(x, whole) + moved


def _rise(x: Array, end: Array) -> Array:
    """The bell at an end over that at x."""
    there = x == end
    x, end = jnp.where(there, 0.0, x), jnp.where(there, 0.0, end)
    return jnp.exp((x - end) * (x + end) / 2)


def _from_start(start: Array, target: Array) -> Array:
    """The width over which an area reaches the target, by Newton's method for its logarithm, from below."""

    def step(_: Array, width: Array) -> Array:
        size = tail(start, width)
        return width - jnp.log(size / target) * size * jnp.exp(width * (start + width / 2))

    return lax.fori_loop(0, _STEPS, step, target)


def _from_end(start: Array, width: Array, target: Array) -> Array:
    """How far from the start the rest of an area is the target, by Newton's method for its logarithm, from above."""
    width = jnp.minimum(width, REACH)
    end, drop = start + width, width * (start + width / 2)
    # An upper bound: the area that goes on forever, with the larger Mills ratio of the start.
    beyond = target + jnp.exp(-drop) * mills(end)
    y = jnp.maximum(-jnp.log(beyond / mills(start)), 0)
    guess = 2 * y / jnp.maximum(start + jnp.sqrt(start * start + 2 * y), jnp.finfo(y.dtype).tiny)
    # Another: from the end inwards the bell grows by no more than an exponential.
    inwards = jnp.logaddexp(jnp.log(end) + jnp.log(target) + drop, 0) / end
    guess = jnp.clip(guess, 0, jnp.maximum(width - inwards, 0))

    def step(_: Array, at: Array) -> Array:
        left = tail(start + at, width - at)
        rest = jnp.where(left > 0, left, target)
        move = rest * (jnp.log(rest / target) - at * (start + at / 2))
        return jnp.clip(at + jnp.where(left > 0, move, 0), 0, width)

    return lax.fori_loop(0, _STEPS, step, guess)


class Moments(NamedTuple):
    """Mean, the next three central moments, and the mean of half the square beyond that of the edge."""

    mean: Array
    second: Array
    third: Array
    fourth: Array
    energy: Array


def moments(low: Array, high: Array) -> Moments:
    """The moments of the law whose density is the bell between two ends, by Gauss's rule: none is a difference."""
    mirrored, near, far = turned(low, high)
    across = near < 0
    start = jnp.where(near < -11.0, -11.0, near)
    edge = jnp.where(across, 0.0, start)
    # Beyond it the bell has fallen by e^-60.
    enough = jnp.where(across, 11.0 - start, 120 / (edge + jnp.sqrt(edge * edge + 120)))
    far_away = far - start > enough
    width = jnp.where(far_away, enough, jnp.where(far_away, 0.0, far) - start)
    nodes, weights = _rule(_FINE, _FINE_WEIGHTS, width)
    t = width[..., None] * nodes
    energy = (start[..., None] - edge[..., None]) * (start[..., None] + edge[..., None]) / 2
    energy = energy + t * (start[..., None] + t / 2)
    weights = weights * jnp.exp(-energy)
    weights = weights / jnp.sum(weights, -1, keepdims=True)
    centre = jnp.sum(weights * t, -1, keepdims=True)
    second, third, fourth = (jnp.sum(weights * (t - centre) ** n, -1) for n in (2, 3, 4))
    sign = jnp.where(mirrored, -1.0, 1.0).astype(t.dtype)
    mean = sign * (start + centre[..., 0])
    return Moments(mean, second, sign * third, fourth, jnp.sum(weights * energy, -1))
