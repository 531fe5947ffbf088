"""The two tails of the gamma law and their logarithms at all edges, with the rule for their derivatives."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array

from mathml_jax._checks import nan_unless
from mathml_jax.fundamentals._quotient import times_exp
from mathml_jax.special._gamma_tail import exponent, height, smaller_tail
from mathml_jax.special._stirling import log1pmx

Function = Callable[[Array, Array], Array]
Tangent = Array | SymbolicZero


def _ruled(value: Function, slope: Function) -> jax.custom_jvp:
    """The function of a and x with its derivative in x; in a, forward mode through its loops stands."""
    function = jax.custom_jvp(value)

    @partial(function.defjvp, symbolic_zeros=True)
    def rule(primals: tuple[Array, Array], tangents: tuple[Tangent, Tangent]) -> tuple[Array, Array]:
        (a, x), (da, dx) = primals, tangents
        change = jnp.zeros_like(x)
        if not isinstance(da, SymbolicZero):
            change += jax.jvp(lambda a: value(a, x), (a,), (jnp.ones_like(a),))[1] * da
        if not isinstance(dx, SymbolicZero):
            change += slope(a, x) * dx
        return function(a, x), change

    return function


def _interior(a: Array, x: Array) -> tuple[Array, Array, Array]:
    """Where both tails are computed, and a and x there, 1 elsewhere."""
    inside = (a >= 0) & (a < jnp.inf) & (x >= jnp.finfo(x.dtype).tiny) & (x < jnp.inf)
    return inside, jnp.where(inside, a, 1.0), jnp.where(inside, x, 1.0)


def _defined(a: Array, x: Array) -> Array:
    """One where the tails exist, NaN elsewhere."""
    ok = (a >= 0) & (x >= 0) & ((a > 0) | (x > 0)) & ((a < jnp.inf) | (x < jnp.inf))
    return nan_unless(ok, x)


def tails_inside(a: Array, x: Array) -> tuple[Array, Array]:
    """P and Q for positive and finite arguments: the smaller one is computed, the other is what it lacks to 1."""
    tail = smaller_tail(a, x)
    part = times_exp(tail.exponent, tail.factor)
    return jnp.where(tail.upper, 1 - part, part), jnp.where(tail.upper, part, 1 - part)


def tails(a: Array, x: Array) -> tuple[Array, Array]:
    """P and Q."""
    inside, y, z = _interior(a, x)
    p, q = tails_inside(y, z)
    below = ((x == jnp.inf) | (a == 0)).astype(x.dtype)
    return _defined(a, x) * jnp.where(inside, p, below), _defined(a, x) * jnp.where(inside, q, 1 - below)


def log_tails(a: Array, x: Array) -> tuple[Array, Array]:
    """The logarithms of P and Q."""
    inside, y, z = _interior(a, x)
    tail = smaller_tail(y, z)
    high, low = tail.exponent
    direct = high + (low + jnp.log(tail.factor))
    part = times_exp(tail.exponent, tail.factor)
    # XLA's log1p loses 128 ulps near -0.4.
    rest = log1pmx(-part) - part
    below, zero = (x == jnp.inf) | (a == 0), jnp.zeros_like(x)
    p = jnp.where(inside, jnp.where(tail.upper, rest, direct), jnp.where(below, zero, -jnp.inf))
    q = jnp.where(inside, jnp.where(tail.upper, direct, rest), jnp.where(below, -jnp.inf, zero))
    return _defined(a, x) * p, _defined(a, x) * q


def density(a: Array, x: Array) -> Array:
    """The gamma density. At x = 0 the power counts alone; at inf, and for a = 0 or inf, nothing is left."""
    inside, y, z = _interior(a, x)
    edge = jnp.where((x < 1) & (a <= 1) & (a > 0), jnp.where(a < 1, jnp.inf, jnp.ones_like(x)), 0.0)
    return _defined(a, x) * jnp.where(inside, times_exp(exponent(y, z), height(y) * (y / z)), edge)


def log_density(a: Array, x: Array) -> Array:
    """The logarithm of `density`, also where that underflows."""
    inside, y, z = _interior(a, x)
    high, low = exponent(y, z)
    edge = jnp.where((x < 1) & (a <= 1) & (a > 0), jnp.where(a < 1, jnp.inf, jnp.zeros_like(x)), -jnp.inf)
    return _defined(a, x) * jnp.where(inside & (a > 0), high + (low + jnp.log(height(y) * (y / z))), edge)


def shares(a: Array, x: Array) -> tuple[Array, Array]:
    """The density over P and over Q, over the smaller of them without the exponential of either."""
    inside, y, z = _interior(a, x)
    # The limit where a is 0 and so is the density.
    y = jnp.where(y == 0, 1e-30, y)
    tail = smaller_tail(y, z)
    high, low = exponent(y, z)
    rate = height(y) * (y / z)
    direct = times_exp((high - tail.exponent[0], low - tail.exponent[1]), rate / tail.factor)
    rest = times_exp((high, low), rate) / (1 - times_exp(tail.exponent, tail.factor))
    p, q = jnp.where(tail.upper, rest, direct), jnp.where(tail.upper, direct, rest)
    below = jnp.where((x == jnp.inf) | (a == 0), jnp.zeros_like(x), jnp.inf)
    above = jnp.where(x == jnp.inf, 1.0, density(a, x))
    return _defined(a, x) * jnp.where(inside & (a > 0), p, below), _defined(a, x) * jnp.where(inside, q, above)


lower = _ruled(lambda a, x: tails(a, x)[0], density)
upper = _ruled(lambda a, x: tails(a, x)[1], lambda a, x: -density(a, x))
log_lower = _ruled(lambda a, x: log_tails(a, x)[0], lambda a, x: shares(a, x)[0])
log_upper = _ruled(lambda a, x: log_tails(a, x)[1], lambda a, x: -shares(a, x)[1])
