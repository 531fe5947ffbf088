"""The two tails of the noncentral F law, their logarithms and the density, with the rule for the derivatives.

All in a and b, half the degrees of freedom above and below, half the noncentrality, and x.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._checks import nan_unless
from mathml_jax.fundamentals._quotient import Parts, times_exp
from mathml_jax.special._noncentral_f_sums import integrals
from mathml_jax.special._ruled import ruled
from mathml_jax.special._stirling import log1pmx


class Slopes(NamedTuple):
    """Derivatives in a, b, the noncentrality and x."""

    a: Array
    b: Array
    noncentral: Array
    x: Array


class Side(NamedTuple):
    """The smaller tail and the density, all in units of the exponential of `exponent`.

    Attributes:
      upper: whether the upper tail is the one.
      exponent: a logarithm in two parts.
      tail: the smaller tail.
      rate: the density times x.
      slopes: the derivatives of the lower tail; the last one in the logarithm of x, which is the rate.
      bends: the derivatives of the logarithm of the rate, likewise.
    """

    upper: Array
    exponent: Parts
    tail: Array
    rate: Array
    slopes: Slopes
    bends: Slopes


@jax.jit
def side(a: Array, b: Array, noncentral: Array, x: Array) -> Side:
    """For positive and finite a, b and x; of the sums, which are at fixed u, those at fixed x."""
    upper, u, exponent, sums = integrals(a, b, noncentral, x)
    rate, ahead = sums.rate, sums.ahead / sums.rate
    slopes = Slopes(sums.tail_in_a + rate / a, sums.tail_in_b - rate / b, -sums.after, rate)
    pace = b / (a * x + b) * (a + noncentral * ahead) - u * b
    bends = Slopes(sums.rate_in_a / rate + pace / a, sums.rate_in_b / rate - pace / b, ahead - 1, pace)
    return Side(upper, exponent, sums.tail, rate, slopes, bends)


def regular(a: Array, b: Array, noncentral: Array) -> Array:
    """Whether the law exists."""
    return (a > 0) & (a < jnp.inf) & (b > 0) & (b < jnp.inf) & (noncentral >= 0) & (noncentral < jnp.inf)


def bounded(x: Array) -> Array:
    """Away from what would over- or underflow on the way."""
    info = jnp.finfo(x.dtype)
    return jnp.clip(x, 1e12 * info.tiny, 1e-12 * info.max)


def interior(a: Array, b: Array, noncentral: Array, x: Array) -> tuple[Array, tuple[Array, ...]]:
    """Where all is regular, and arguments that are so everywhere."""
    inside = regular(a, b, noncentral) & (x > 0) & (x < jnp.inf)
    given = (a, 1.0), (b, 1.0), (noncentral, 1.0), (bounded(x), 2.0)
    return inside, tuple(jnp.where(inside, value, usual) for value, usual in given)


def _defined(a: Array, b: Array, noncentral: Array, x: Array) -> Array:
    """One where the law exists, NaN elsewhere."""
    return nan_unless(regular(a, b, noncentral) & (x >= 0), x)


def tails(a: Array, b: Array, noncentral: Array, x: Array) -> tuple[Array, Array]:
    """The lower tail and the upper one: the smaller is computed, the other is what it lacks to 1."""
    inside, safe = interior(a, b, noncentral, x)
    of = side(*safe)
    part = times_exp(of.exponent, of.tail)
    ok, below = _defined(a, b, noncentral, x), (x > 0).astype(x.dtype)
    lower, upper = jnp.where(of.upper, 1 - part, part), jnp.where(of.upper, part, 1 - part)
    return ok * jnp.where(inside, lower, below), ok * jnp.where(inside, upper, 1 - below)


def log_tails(a: Array, b: Array, noncentral: Array, x: Array) -> tuple[Array, Array]:
    """The logarithms of both tails."""
    inside, safe = interior(a, b, noncentral, x)
    of = side(*safe)
    direct = of.exponent[0] + (of.exponent[1] + jnp.log(of.tail))
    part = times_exp(of.exponent, of.tail)
    rest = log1pmx(-part) - part
    ok, zero = _defined(a, b, noncentral, x), jnp.zeros_like(x)
    lower, upper = jnp.where(of.upper, rest, direct), jnp.where(of.upper, direct, rest)
    lower = jnp.where(inside, lower, jnp.where(x > 0, zero, -jnp.inf))
    return ok * lower, ok * jnp.where(inside, upper, jnp.where(x > 0, -jnp.inf, zero))


def plain_density(a: Array, b: Array, noncentral: Array, x: Array) -> Array:
    """The derivative of the lower tail in x, at 0 as its limit."""
    inside, safe = interior(a, b, noncentral, x)
    of = side(*safe)
    value = times_exp(of.exponent, of.rate) / safe[-1]
    return _defined(a, b, noncentral, x) * jnp.where(inside, value, jnp.exp(_log_at_edge(a, noncentral, x)))


def plain_log_density(a: Array, b: Array, noncentral: Array, x: Array) -> Array:
    """The logarithm of the density."""
    inside, safe = interior(a, b, noncentral, x)
    of = side(*safe)
    value = of.exponent[0] + (of.exponent[1] + (jnp.log(of.rate) - jnp.log(safe[-1])))
    return _defined(a, b, noncentral, x) * jnp.where(inside, value, _log_at_edge(a, noncentral, x))


def _log_at_edge(a: Array, noncentral: Array, x: Array) -> Array:
    """At 0 and inf."""
    at_zero = jnp.where(a < 1, jnp.inf, jnp.where(a == 1, -noncentral, -jnp.inf))
    return jnp.where(x == jnp.inf, -jnp.inf, at_zero)


def _slopes(a: Array, b: Array, noncentral: Array, x: Array) -> Slopes:
    """Those of the lower tail; that in x at 0 as the limit."""
    inside, safe = interior(a, b, noncentral, x)
    of = side(*safe)
    unit = _defined(a, b, noncentral, x) * jnp.where(inside, times_exp(of.exponent, jnp.ones_like(x)), 0.0)
    edge = jnp.where(inside, 0.0, jnp.exp(_log_at_edge(a, noncentral, x)))
    first, second, third, last = (unit * slope for slope in of.slopes)
    return Slopes(first, second, third, last / safe[-1] + edge)


def lower_slopes(a: Array, b: Array, noncentral: Array, x: Array) -> Slopes:
    """Those of the lower tail."""
    return _slopes(a, b, noncentral, x)


def upper_slopes(a: Array, b: Array, noncentral: Array, x: Array) -> Slopes:
    """Those of the upper tail."""
    return Slopes(*(-slope for slope in _slopes(a, b, noncentral, x)))


def log_slopes(a: Array, b: Array, noncentral: Array, x: Array) -> tuple[Slopes, Slopes]:
    """Those of the logarithms of the lower tail and of the upper one."""
    inside, safe = interior(a, b, noncentral, x)
    of, ok = side(*safe), _defined(a, b, noncentral, x)
    direct = 1 / of.tail
    rest = times_exp(of.exponent, jnp.ones_like(x)) / (1 - times_exp(of.exponent, of.tail))
    lower, upper = jnp.where(of.upper, rest, direct), jnp.where(of.upper, -direct, -rest)
    parts = *of.slopes[:3], of.slopes.x / safe[-1]
    below = [ok * jnp.where(inside, part * lower, 0.0) for part in parts]
    above = [ok * jnp.where(inside, part * upper, 0.0) for part in parts]
    # At 0 the logarithm of the lower tail falls without bound.
    below[3] = jnp.where(x == 0, jnp.inf, below[3])
    above[3] = above[3] - jnp.where(inside, 0.0, jnp.exp(_log_at_edge(a, noncentral, x)))
    return Slopes(*below), Slopes(*above)


def log_density_slopes(a: Array, b: Array, noncentral: Array, x: Array) -> Slopes:
    """Those of the logarithm of the density."""
    inside, safe = interior(a, b, noncentral, x)
    of, ok = side(*safe).bends, _defined(a, b, noncentral, x)
    # At 0 for a = 1 as the tangent of the density there; far up as -(b + 1) / x.
    tangent = jnp.where(a == 1, (1 + 1 / b) * (noncentral - 1), jnp.inf)
    in_x = jnp.where(inside, (of.x - 1) / safe[-1], jnp.where(x == 0, tangent, 0.0))
    edges = -jnp.inf, 0.0, -1.0
    first, second, third = (ok * jnp.where(inside, s, edge) for s, edge in zip(of[:3], edges, strict=True))
    return Slopes(first, second, third, ok * in_x)


def _density_slopes(a: Array, b: Array, noncentral: Array, x: Array) -> Slopes:
    height = plain_density(a, b, noncentral, x)
    first, second, third, last = log_density_slopes(a, b, noncentral, x)
    # At 0 for a = 2 the density rises along a line.
    start = jnp.where((x == 0) & (a == 2), 4 * (1 + 1 / b) * jnp.exp(-noncentral), 0.0)
    none = height == 0
    first, second, third = (jnp.where(none, 0.0, height * slope) for slope in (first, second, third))
    return Slopes(first, second, third, jnp.where(none, start, height * last))


density = ruled(plain_density, _density_slopes)
log_density = ruled(plain_log_density, log_density_slopes)
lower = ruled(lambda *at: tails(*at)[0], lower_slopes)
upper = ruled(lambda *at: tails(*at)[1], upper_slopes)
log_lower = ruled(lambda *at: log_tails(*at)[0], lambda *at: log_slopes(*at)[0])
log_upper = ruled(lambda *at: log_tails(*at)[1], lambda *at: log_slopes(*at)[1])
