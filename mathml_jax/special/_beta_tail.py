"""Both tails of the beta law and their logarithms, by region, with one rule for the derivatives."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference
from mathml_jax.fundamentals._quotient import Parts, log_quotient, times_exp
from mathml_jax.special._beta_corner import Corner, corner
from mathml_jax.special._beta_factor import drift, fraction, quadrature
from mathml_jax.special._beta_weight import weight


class Tails(NamedTuple):
    """What is on either side of x, and the logarithms."""

    lower: Array
    upper: Array
    log_lower: Array
    log_upper: Array


class Side(NamedTuple):
    """The side that is computed: whether it is the lower one; the tail, as an exponential times a scale; the rest to 1.

    `pace` is the derivative of the tail's logarithm in the log-odds of x, away from the other side; `density` that of
    the law in x.
    """

    is_lower: Array
    parts: Parts
    scale: Array
    tail: Array
    rest: Array
    pace: Array
    density: Array

    def logarithm(self) -> Array:
        """That of the tail."""
        high, low = self.parts
        return high + (low + jnp.log(self.scale))


@jax.custom_jvp
def beta_tails(a: Array, b: Array, x: Array, y: Array) -> Tails:
    """The tails of the beta law at x, where y = 1 - x; neither is a difference from 1 where it is small.

    Derivatives in a and b come from those of the logarithm of the computed tail, that in x from the density.
    """
    inside, *safe = _interior(a, b, x, y)
    return _on_both_sides(beta_side(*safe), inside, a, b, x, y)


@partial(beta_tails.defjvp, symbolic_zeros=True)
def _beta_tails_jvp(primals: Any, tangents: Any) -> tuple[Tails, Tails]:
    inside, *safe = _interior(*primals)
    side, change, changes = None, None, None
    for place, tangent in enumerate(tangents[:2]):
        if not isinstance(tangent, SymbolicZero):
            side, slope = _with_slope(place, *safe)
            part = jnp.where(inside, slope, 0.0) * tangent
            change = part if change is None else change + part
    side = side or beta_side(*safe)
    if change is not None:
        lower, upper = _sort(side.is_lower, change, -change)
        logs = _sort(side.is_lower, change, -change * (side.tail / side.rest))
        changes = Tails(lower * side.tail, upper * side.tail, *logs)
    if not isinstance(tangents[2], SymbolicZero):
        density, of_lower, of_upper = (slope * tangents[2] for slope in _rates(side, inside, *primals))
        along = Tails(density, -density, of_lower, -of_upper)
        changes = along if changes is None else Tails(*map(jnp.add, changes, along))
    return _on_both_sides(side, inside, *primals), changes or Tails(*[jnp.zeros_like(side.tail)] * 4)


@partial(jax.jit, static_argnums=0)
def _with_slope(place: int, a: Array, b: Array, x: Array, y: Array) -> tuple[Side, Array]:
    """And the derivative of the computed tail's logarithm in the shape at this place."""

    def logarithm(shape: Array) -> tuple[Array, Side]:
        side = beta_side(*((shape, b) if place == 0 else (a, shape)), x, y)
        return side.logarithm(), side

    _, slope, side = jax.jvp(logarithm, ((a, b)[place],), (jnp.ones_like(x),), has_aux=True)
    return side, slope


def _on_both_sides(side: Side, inside: Array, a: Array, b: Array, x: Array, y: Array) -> Tails:
    plain, logs = (side.tail, side.rest), (_logarithm(side), _log_of(side.rest, side.tail))
    found = Tails(*_sort(side.is_lower, *plain), *_sort(side.is_lower, *logs))
    zero = (x <= 0) | ((x < 1) & ((b == 0) | jnp.isinf(a)))
    lower = jnp.where(zero, jnp.zeros_like(x), 1.0)
    bad = (a < 0) | (b < 0) | (x < 0) | (y < 0) | ((a == 0) & (b == 0)) | (jnp.isinf(a) & jnp.isinf(b))
    lower = jnp.where(bad | jnp.isnan(a + b + x + y), jnp.nan, lower)
    edges = Tails(lower, 1 - lower, jnp.log(lower), jnp.log(1 - lower))
    return Tails(*(jnp.where(inside, value, edge) for value, edge in zip(found, edges, strict=True)))


def beta_density(a: Array, b: Array, x: Array, y: Array) -> Array:
    r"""The density :math:`x^{a - 1} y^{b - 1} / B(a, b)`, at the ends as its limit."""
    inside, *safe = _interior(a, b, x, y)
    exponent, height = weight(*safe)
    return _with_edges(_density(exponent, height, safe[0], safe[2], safe[3]), inside, a, b, x, y)


def log_beta_density(a: Array, b: Array, x: Array, y: Array) -> Array:
    """The logarithm of the density, to a few eps of the larger of 1 and itself."""
    inside, *safe = _interior(a, b, x, y)
    (total, low), height = weight(*safe)
    for over, under in ((height * safe[0], safe[2]), (jnp.ones_like(x), safe[3])):
        high, rest = log_quotient(over, under)
        before, total = total, total + high
        low = low + rest + lost_in_difference(before, -high, total)
    edge = _with_edges(jnp.ones_like(total), inside, a, b, x, y)
    return jnp.where(inside, total + low, jnp.log(edge))


def _density(exponent: Parts, height: Array, a: Array, x: Array, y: Array) -> Array:
    """From the weight."""
    return times_exp(exponent, height * a / jnp.maximum(x, y)) / jnp.minimum(x, y)


def _with_edges(density: Array, inside: Array, a: Array, b: Array, x: Array, y: Array) -> Array:
    edge = jnp.where(x <= 0, _at_end(a, b), jnp.where(y <= 0, _at_end(b, a), 0.0))
    defined = (a > 0) & (b > 0) & (x >= 0) & (y >= 0)
    return jnp.where(inside, density, jnp.where(defined, edge, jnp.nan))


def _at_end(a: Array, b: Array) -> Array:
    return jnp.where(a < 1, jnp.inf, jnp.where(a == 1, b, 0.0))


class Rates(NamedTuple):
    """The density, and its shares of the lower tail and of the upper one."""

    density: Array
    of_lower: Array
    of_upper: Array


def rates(a: Array, b: Array, x: Array, y: Array) -> Rates:
    """The derivatives in x of the tails and, but for the sign of the upper one's, of their logarithms."""
    inside, *safe = _interior(a, b, x, y)
    return _rates(beta_side(*safe), inside, a, b, x, y)


def _rates(side: Side, inside: Array, a: Array, b: Array, x: Array, y: Array) -> Rates:
    density = _with_edges(side.density, inside, a, b, x, y)
    pace = side.pace / jnp.where(inside, x * y, 1.0)
    lower, upper = _sort(side.is_lower, pace, pace * (side.tail / side.rest))
    at_start, at_end = jnp.where(x <= 0, jnp.inf, density), jnp.where(y <= 0, jnp.inf, density)
    return Rates(density, jnp.where(inside, lower, at_start), jnp.where(inside, upper, at_end))


def _interior(a: Array, b: Array, x: Array, y: Array) -> tuple[Array, ...]:
    """Where all is regular, and arguments that are so everywhere."""
    inside = (a > 0) & (b > 0) & jnp.isfinite(a + b) & (x > 0) & (y > 0)
    safe = (jnp.where(inside, value, usual) for value, usual in ((a, 1.0), (b, 1.0), (x, 0.5), (y, 0.5)))
    return inside, *safe


@jax.jit
def beta_side(a: Array, b: Array, x: Array, y: Array) -> Side:
    """The smaller tail, or in a corner, where that is made of differences from 1, the other."""
    is_lower, cornered = _choice(a, b, x, y)
    a, b = _sort(is_lower, a, b)
    x, y = _sort(is_lower, x, y)
    (high, low), height = weight(a, b, x, y)
    factor = _factor(cornered, a, b, x, y)
    usual = Corner(high, low, height * factor, jnp.zeros_like(x), a / factor)
    few = _only(cornered, (a, b, x, high, low, height), (1.0, 1.0, 0.04, 0.0, 0.0, 0.0))
    found = jax.lax.cond(jnp.any(cornered), corner, lambda *_: usual, *few)
    found = Corner(*(jnp.where(cornered, new, old) for new, old in zip(found, usual, strict=True)))
    tail = times_exp((found.high, found.low), found.scale)
    rest = jnp.where(cornered, found.rest, 1 - tail)
    density = _density((high, low), height, a, x, y)
    return Side(is_lower, (found.high, found.low), found.scale, tail, rest, found.pace, density)


def _choice(a: Array, b: Array, x: Array, y: Array) -> tuple[Array, Array]:
    """Whether the lower tail is computed, as where x lies below the mean or in its corner; whether in a corner."""
    end, reach = 0.05, 2.3 if x.dtype == jnp.float64 else 1.3
    low = (x < end) & (b * x < reach) & (a < 1.5)
    up = ~low & (y < end) & (a * y < reach) & (b < 1.5)
    is_lower = (low | (drift(a, b, x, y) >= 0)) & ~up
    return is_lower, (low | up) & (jnp.where(is_lower, a, b) < 0.3)


def _factor(cornered: Array, a: Array, b: Array, x: Array, y: Array) -> Array:
    """How many times its weight the tail is; by quadrature where both shapes are large, if there is such an element."""
    arguments = a, b, x, y
    large = jnp.minimum(a, b) > (100 if x.dtype == jnp.float64 else 60)
    factor = fraction(*_only(~large & ~cornered, arguments, (1.0, 1.0, 0.5, 0.5)))
    many = _only(large, arguments, (200.0, 200.0, 0.4, 0.6))
    return jnp.where(large, jax.lax.cond(jnp.any(large), quadrature, lambda *_: factor, *many), factor)


def _only(where: Array, arguments: tuple[Array, ...], usual: tuple[float, ...]) -> tuple[Array, ...]:
    """The arguments there, elsewhere some that do no harm."""
    return tuple(jnp.where(where, value, other) for value, other in zip(arguments, usual, strict=True))


def _sort(is_lower: Array, this: Array, other: Array) -> tuple[Array, Array]:
    return jnp.where(is_lower, this, other), jnp.where(is_lower, other, this)


def _logarithm(side: Side) -> Array:
    return jnp.where(side.tail > 0.1, _log_of(side.tail, side.rest), side.logarithm())


def _log_of(tail: Array, rest: Array) -> Array:
    # XLA's log1p loses 128 ulps near -0.4, so it is asked from -0.25 on.
    return jnp.where(rest < 0.25, jnp.log1p(-jnp.minimum(rest, 0.5)), jnp.log(tail))
