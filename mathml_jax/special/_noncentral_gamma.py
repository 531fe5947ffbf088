"""The two tails of the noncentral gamma law, their logarithms and the density, with the rule for the derivatives."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._checks import nan_unless
from mathml_jax.fundamentals._quotient import Parts, times_exp
from mathml_jax.special._marcum import integrals, saddle
from mathml_jax.special._ruled import ruled
from mathml_jax.special._stirling import log1pmx


class Side(NamedTuple):
    """The smaller tail and the density of the noncentral gamma law, all in units of the exponential of `exponent`.

    Attributes:
      upper: whether the upper tail is the one.
      exponent: a logarithm in two parts.
      tail: the smaller tail.
      rate: the derivative of the lower tail in the logarithm of y: the density times y.
      after: the density for a shape larger by 1, less the derivative of the lower tail in the noncentrality.
      in_shape: the derivative of the lower tail in the shape.
      rate_in_shape: that of the rate.
    """

    upper: Array
    exponent: Parts
    tail: Array
    rate: Array
    after: Array
    in_shape: Array
    rate_in_shape: Array


@jax.jit
def side(a: Array, noncentral: Array, y: Array) -> Side:
    """For positive and finite a and y; a small shape by way of the next one, whose path is shorter."""
    small = a < 0.5
    b = jnp.where(small, a + 1, a)
    sums, at = integrals(b, noncentral, y), saddle(b, noncentral, y)
    upper = at.excess > 0
    # The density for the shape b; the one for a smaller by 1 by its recurrence, whose terms are all positive.
    density, density_in_shape = sums.rate / y, sums.rate_in_shape / y
    rate = a * density + noncentral * sums.after
    rate_in_shape = density + a * density_in_shape + noncentral * sums.after_in_shape
    return Side(
        upper,
        at.exponent,
        sums.tail + jnp.where(small, jnp.where(upper, -density, density), 0.0),
        jnp.where(small, rate, sums.rate),
        jnp.where(small, density, sums.after),
        sums.tail_in_shape + jnp.where(small, density_in_shape, 0.0),
        jnp.where(small, rate_in_shape, sums.rate_in_shape),
    )


def interior(a: Array, noncentral: Array, y: Array) -> tuple[Array, ...]:
    """Where all is regular, and arguments that are so everywhere."""
    inside = (a > 0) & (a < jnp.inf) & (noncentral >= 0) & (noncentral < jnp.inf) & (y > 0) & (y < jnp.inf)
    # Below, one over y would overflow.
    y = jnp.maximum(y, 1e4 * jnp.finfo(y.dtype).tiny)
    return inside, *(jnp.where(inside, value, usual) for value, usual in ((a, 1.0), (noncentral, 1.0), (y, 2.0)))


def _defined(a: Array, noncentral: Array, y: Array) -> Array:
    """One where the law exists, NaN elsewhere."""
    ok = (a > 0) & (a < jnp.inf) & (noncentral >= 0) & (noncentral < jnp.inf) & (y >= 0)
    return nan_unless(ok, y)


def tails(a: Array, noncentral: Array, y: Array) -> tuple[Array, Array]:
    """The lower tail and the upper one: the smaller is computed, the other is what it lacks to 1."""
    inside, *safe = interior(a, noncentral, y)
    of = side(*safe)
    part = times_exp(of.exponent, of.tail)
    ok, below = _defined(a, noncentral, y), (y > 0).astype(y.dtype)
    lower, upper = jnp.where(of.upper, 1 - part, part), jnp.where(of.upper, part, 1 - part)
    return ok * jnp.where(inside, lower, below), ok * jnp.where(inside, upper, 1 - below)


def log_tails(a: Array, noncentral: Array, y: Array) -> tuple[Array, Array]:
    """The logarithms of both tails."""
    inside, *safe = interior(a, noncentral, y)
    of = side(*safe)
    direct = of.exponent[0] + (of.exponent[1] + jnp.log(of.tail))
    part = times_exp(of.exponent, of.tail)
    rest = log1pmx(-part) - part
    ok, zero = _defined(a, noncentral, y), jnp.zeros_like(y)
    lower, upper = jnp.where(of.upper, rest, direct), jnp.where(of.upper, direct, rest)
    lower = jnp.where(inside, lower, jnp.where(y > 0, zero, -jnp.inf))
    return ok * lower, ok * jnp.where(inside, upper, jnp.where(y > 0, -jnp.inf, zero))


def plain_density(a: Array, noncentral: Array, y: Array) -> Array:
    """The derivative of the lower tail in y, at 0 as its limit."""
    inside, *safe = interior(a, noncentral, y)
    of = side(*safe)
    value = times_exp(of.exponent, of.rate) / safe[-1]
    return _defined(a, noncentral, y) * jnp.where(inside, value, jnp.exp(_log_at_edge(a, noncentral, y)))


def plain_log_density(a: Array, noncentral: Array, y: Array) -> Array:
    """The logarithm of the density."""
    inside, *safe = interior(a, noncentral, y)
    of = side(*safe)
    value = of.exponent[0] + (of.exponent[1] + (jnp.log(of.rate) - jnp.log(safe[-1])))
    return _defined(a, noncentral, y) * jnp.where(inside, value, _log_at_edge(a, noncentral, y))


def _log_at_edge(a: Array, noncentral: Array, y: Array) -> Array:
    """At 0 and inf; for a = 1 as the tangent at 0."""
    at_zero = jnp.where(a < 1, jnp.inf, jnp.where(a == 1, y * (noncentral - 1) - noncentral, -jnp.inf))
    return jnp.where(y == jnp.inf, -jnp.inf, at_zero)


class Slopes(NamedTuple):
    """Derivatives in the shape, the noncentrality and y."""

    shape: Array
    noncentral: Array
    y: Array


def slopes(a: Array, noncentral: Array, y: Array) -> Slopes:
    """Those of the lower tail; that in y at 0 as the limit."""
    inside, *safe = interior(a, noncentral, y)
    of = side(*safe)
    unit = _defined(a, noncentral, y) * jnp.where(inside, times_exp(of.exponent, jnp.ones_like(y)), 0.0)
    edge = jnp.where(inside, 0.0, jnp.exp(_log_at_edge(a, noncentral, y)))
    return Slopes(unit * of.in_shape, -unit * of.after, unit * of.rate / safe[-1] + edge)


def upper_slopes(a: Array, noncentral: Array, y: Array) -> Slopes:
    """Those of the upper tail."""
    return Slopes(*(-slope for slope in slopes(a, noncentral, y)))


def log_slopes(a: Array, noncentral: Array, y: Array) -> tuple[Slopes, Slopes]:
    """Those of the logarithms of the lower tail and of the upper one."""
    inside, *safe = interior(a, noncentral, y)
    of, ok = side(*safe), _defined(a, noncentral, y)
    direct = 1 / of.tail
    rest = times_exp(of.exponent, jnp.ones_like(y)) / (1 - times_exp(of.exponent, of.tail))
    lower, upper = jnp.where(of.upper, rest, direct), jnp.where(of.upper, -direct, -rest)
    parts = of.in_shape, -of.after, of.rate / safe[-1]
    below = [ok * jnp.where(inside, part * lower, 0.0) for part in parts]
    above = [ok * jnp.where(inside, part * upper, 0.0) for part in parts]
    # At 0 the logarithm of the lower tail falls without bound; far up that of the upper one falls as -y.
    below[2] = jnp.where(y == 0, jnp.inf, below[2])
    edge = jnp.where(y == jnp.inf, -1.0, -jnp.exp(_log_at_edge(a, noncentral, y)))
    above[2] = above[2] + jnp.where(inside, 0.0, edge)
    return Slopes(*below), Slopes(*above)


def log_density_slopes(a: Array, noncentral: Array, y: Array) -> Slopes:
    """Those of the logarithm of the density."""
    inside, *safe = interior(a, noncentral, y)
    b, c, z = safe
    of, ok = side(*safe), _defined(a, noncentral, y)
    after = z * of.after / of.rate
    # At 0 for the shape 1, as the tangent of the density there.
    shape = jnp.where(inside, of.rate_in_shape / of.rate, -jnp.inf)
    in_y = jnp.where(inside, (b - 1 + c * after) / z - 1, jnp.where(a == 1, noncentral - 1, jnp.inf))
    return Slopes(ok * shape, ok * jnp.where(inside, after - 1, -1.0), ok * in_y)


def _density_slopes(a: Array, noncentral: Array, y: Array) -> Slopes:
    height = plain_density(a, noncentral, y)
    return Slopes(*(jnp.where(height == 0, 0.0, height * part) for part in log_density_slopes(a, noncentral, y)))


density = ruled(plain_density, _density_slopes)
log_density = ruled(plain_log_density, log_density_slopes)
lower = ruled(lambda *at: tails(*at)[0], slopes)
upper = ruled(lambda *at: tails(*at)[1], upper_slopes)
log_lower = ruled(lambda *at: log_tails(*at)[0], lambda *at: log_slopes(*at)[0])
log_upper = ruled(lambda *at: log_tails(*at)[1], lambda *at: log_slopes(*at)[1])
