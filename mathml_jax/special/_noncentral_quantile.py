"""Quantiles of the noncentral gamma law from either tail, with derivatives in all arguments."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array

from mathml_jax._checks import nan_unless
from mathml_jax.fundamentals._quotient import times_exp
from mathml_jax.special._noncentral_gamma import Side, Slopes, interior, side
from mathml_jax.special._normal_quantile import quantile as normal_quantile
from mathml_jax.special._ruled import Tangent
from mathml_jax.special._stirling import log1pmx

_ROUGH, _FINE = 10, 4


@jax.custom_jvp
def quantile(a: Array, noncentral: Array, p: Array, q: Array) -> Array:
    """The y below which the noncentral gamma law has probability p and above which it has q."""
    tiny = jnp.finfo(p.dtype).tiny
    regular = (a > 0) & (a < jnp.inf) & (noncentral >= 0) & (noncentral < jnp.inf)
    inside = regular & (p >= tiny) & (q >= tiny)
    given = ((a, 1.0), (noncentral, 1.0), (p, 0.5), (q, 0.5))
    b, c, s, t = (jnp.where(inside, value, usual) for value, usual in given)
    y = jax.lax.fori_loop(0, _FINE, lambda _, y: _halley(b, c, s, t, y), _start(b, c, s, t))
    edge = jnp.where(q == 0, jnp.inf, jnp.zeros_like(y))
    return nan_unless(regular & (p >= 0) & (q >= 0), y) * jnp.where(inside, y, edge)


@jax.jit
def _start(a: Array, noncentral: Array, p: Array, q: Array) -> Array:
    r"""Where the exponent at the saddle is that of the normal law at its own quantile z.

    .. math::

        a (w - 1 - \log w) + \lambda (w - 1)^2 = \tfrac{z^2}{2}, \qquad y = \lambda w^2 + a w

    by Newton's method in the logarithm of w: from above for w > 1, from near 1 otherwise.
    """
    below = p < q
    z = jnp.abs(normal_quantile(jnp.where(below, p, q) - 0.5, jnp.where(below, p, q)))
    reach = jnp.minimum((z * z + z * jnp.sqrt(z * z + 4 * a)) / (2 * a), z / jnp.sqrt(2 * noncentral + a * 1e-6))
    log_w = jnp.where(below, -z / jnp.sqrt(a + 2 * noncentral), jnp.log1p(reach))

    def newton(_: Array, log_w: Array) -> Array:
        excess = jnp.expm1(log_w)
        near = excess > -0.5
        curve = jnp.where(near, log1pmx(jnp.where(near, excess, 0.0)), log_w - excess)
        missing = a * curve - noncentral * excess * excess + z * z / 2
        slope = excess * (a + 2 * noncentral * (1 + excess))
        return log_w + jnp.where(slope == 0, 0.0, missing / jnp.where(slope == 0, 1.0, slope))

    w = jnp.exp(jax.lax.fori_loop(0, _ROUGH, newton, log_w))
    return (noncentral * w + a) * w


@jax.jit
def _halley(a: Array, noncentral: Array, p: Array, q: Array, y: Array) -> Array:
    """A step of Halley's iteration in log y on the logarithm of the smaller tail."""
    info = jnp.finfo(y.dtype)
    y = jnp.clip(y, 1e4 * info.tiny, info.max)
    of, tail = _asked(a, noncentral, p, q, y)
    rate = _rate(of) / tail
    slope = jnp.where(p <= q, rate, -rate)
    newton = -jnp.log(jnp.clip(tail / jnp.minimum(p, q), 1e-10, 1e10)) / slope
    bend = (a + noncentral * (y * of.after / of.rate) - y - slope) * newton
    change = jnp.where(jnp.abs(bend) < 1, newton / (1 + bend / 2), newton)
    return y + y * jnp.expm1(jnp.clip(change, -60.0, 60.0))


def _rate(of: Side) -> Array:
    return times_exp(of.exponent, of.rate)


def _asked(a: Array, noncentral: Array, p: Array, q: Array, y: Array) -> tuple[Side, Array]:
    """All at y, and the tail on the side of the smaller probability."""
    of = side(a, noncentral, y)
    part = times_exp(of.exponent, of.tail)
    return of, jnp.where(of.upper == (p > q), part, 1 - part)


@partial(quantile.defjvp, symbolic_zeros=True)
def _quantile_jvp(primals: tuple[Array, ...], tangents: tuple[Tangent, ...]) -> tuple[Array, Array]:
    (a, noncentral, p, q), (da, dc, dp, dq) = primals, tangents
    y = quantile(*primals)
    slopes, change = quantile_slopes(a, noncentral, y), jnp.zeros_like(y)
    if not (isinstance(dp, SymbolicZero) or isinstance(dq, SymbolicZero)):
        change += slopes.y * jnp.where(p <= q, dp, -dq)
    if not isinstance(da, SymbolicZero):
        change += slopes.shape * da
    if not isinstance(dc, SymbolicZero):
        change += slopes.noncentral * dc
    return y, change


def quantile_slopes(a: Array, noncentral: Array, y: Array) -> Slopes:
    """The derivatives of the quantile, which is y, in the shape, the noncentrality and the probability."""
    inside, b, c, z = interior(a, noncentral, y)
    of, ok = side(b, c, z), nan_unless(y >= 0, y)
    edge = jnp.where((y > 0) | (a > 1), jnp.inf, jnp.where(a == 1, jnp.exp(noncentral), 0.0))
    in_shape, in_noncentral = -z * of.in_shape / of.rate, z * of.after / of.rate
    return Slopes(
        ok * jnp.where(inside, in_shape, 0.0),
        ok * jnp.where(inside, in_noncentral, 0.0),
        ok * jnp.where(inside, z / _rate(of), edge),
    )
