"""Quantiles of the noncentral F law from either tail, with derivatives in all arguments."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array

from mathml_jax._checks import nan_unless
from mathml_jax.fundamentals._quotient import times_exp
from mathml_jax.special._noncentral_f_law import Side, Slopes, bounded, interior, regular, side
from mathml_jax.special._noncentral_f_saddle import rough_exponent, saddle
from mathml_jax.special._normal_quantile import quantile as normal_quantile
from mathml_jax.special._ruled import Tangent

_ROUGH, _FINE = 16, 4


@jax.custom_jvp
def quantile(a: Array, b: Array, noncentral: Array, p: Array, q: Array) -> Array:
    """The x below which the noncentral F law has probability p and above which it has q."""
    tiny, exists = jnp.finfo(p.dtype).tiny, regular(a, b, noncentral)
    inside = exists & (p >= tiny) & (q >= tiny)
    given = (a, 1.0), (b, 1.0), (noncentral, 1.0), (p, 0.5), (q, 0.5)
    safe = [jnp.where(inside, value, usual) for value, usual in given]
    x = jax.lax.fori_loop(0, _FINE, lambda _, x: _halley(*safe, x), _start(*safe))
    edge = jnp.where(q == 0, jnp.inf, jnp.zeros_like(x))
    return nan_unless(exists & (p >= 0) & (q >= 0), x) * jnp.where(inside, x, edge)


@jax.jit
def _start(a: Array, b: Array, noncentral: Array, p: Array, q: Array) -> Array:
    r"""Where the exponent at the saddle is that of the normal law at its own quantile z.

    By Newton's method for its signed root in the logarithm of x, from the mean on; by halves where a step goes too far.
    """
    below = p < q
    z = normal_quantile(jnp.where(below, p, q) - 0.5, jnp.where(below, p, q))
    z = jnp.where(below, z, -z)
    mean = a + noncentral
    middle = jnp.sqrt(mean * b / (mean + b * (1 + noncentral / mean)))

    def newton(_: Array, state: tuple[Array, ...]) -> tuple[Array, ...]:
        place, low, high = state
        at = saddle(a, b, noncentral, jnp.exp(place))
        root = jnp.sqrt(jnp.maximum(-2 * rough_exponent(a, b, noncentral, at), 0.0))
        none = root == 0
        rate = jnp.where(none, middle, (a + at.growth) * jnp.abs(at.excess) / jnp.where(none, 1.0, root))
        missing = z - jnp.where(at.excess > 0, root, -root)
        low, high = jnp.where(missing > 0, place, low), jnp.where(missing > 0, high, place)
        there = place + missing / rate
        return jnp.where((there >= low) & (there <= high), there, (low + high) / 2), low, high

    most = jnp.log(bounded(jnp.full_like(z, jnp.inf)))
    start = jnp.log1p(noncentral / a), -most, most
    return jnp.exp(jax.lax.fori_loop(0, _ROUGH, newton, start)[0])


@jax.jit
def _halley(a: Array, b: Array, noncentral: Array, p: Array, q: Array, x: Array) -> Array:
    """A step of Halley's iteration in the logarithm of x on that of the smaller tail."""
    of = side(a, b, noncentral, x)
    part = times_exp(of.exponent, of.tail)
    tail = jnp.where(of.upper == (p > q), part, 1 - part)
    rate = _rate(of) / tail
    slope = jnp.where(p <= q, rate, -rate)
    newton = -jnp.log(jnp.clip(tail / jnp.minimum(p, q), 1e-10, 1e10)) / slope
    bend = (of.bends.x - slope) * newton
    change = jnp.where(jnp.abs(bend) < 1, newton / (1 + bend / 2), newton)
    return bounded(x + x * jnp.expm1(jnp.clip(change, -60.0, 60.0)))


def _rate(of: Side) -> Array:
    return times_exp(of.exponent, of.rate)


@partial(quantile.defjvp, symbolic_zeros=True)
def _quantile_jvp(primals: tuple[Array, ...], tangents: tuple[Tangent, ...]) -> tuple[Array, Array]:
    a, b, noncentral, p, q = primals
    *changes, dp, dq = tangents
    x = quantile(*primals)
    slopes, change = quantile_slopes(a, b, noncentral, x), jnp.zeros_like(x)
    if not (isinstance(dp, SymbolicZero) or isinstance(dq, SymbolicZero)):
        change += slopes.x * jnp.where(p <= q, dp, -dq)
    for slope, moved in zip(slopes[:3], changes, strict=True):
        if not isinstance(moved, SymbolicZero):
            change += slope * moved
    return x, change


def quantile_slopes(a: Array, b: Array, noncentral: Array, x: Array) -> Slopes:
    """The derivatives of the quantile, which is x, in a, b, the noncentrality and the probability."""
    inside, safe = interior(a, b, noncentral, x)
    of, ok = side(*safe), nan_unless(x >= 0, x)
    edge = jnp.where((x > 0) | (a > 1), jnp.inf, jnp.where(a == 1, jnp.exp(noncentral), 0.0))
    first, second, third = (ok * jnp.where(inside, -safe[-1] * slope / of.rate, 0.0) for slope in of.slopes[:3])
    return Slopes(first, second, third, ok * jnp.where(inside, safe[-1] / _rate(of), edge))
