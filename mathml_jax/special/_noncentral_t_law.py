"""Both tails of the noncentral t law with their derivatives in everything, its density, and the quantiles."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.special import _noncentral_t_tail as rule
from mathml_jax.special._beta_quantile import log_of_share
from mathml_jax.special._rising import log1p, log_less_digamma
from mathml_jax.special.error import ndtri

_MOST_STEPS = 25


class Tails(NamedTuple):
    """The probabilities of at most t and of more, and their logarithms."""

    lower: Array
    upper: Array
    log_lower: Array
    log_upper: Array


class Slopes(NamedTuple):
    """The derivatives of a logarithm."""

    df: Array
    nc: Array
    t: Array


def bounded(df: Array, t: Array) -> tuple[Array, Array]:
    """Beyond, the law is that of a normal variable, and t too large for its square."""
    double = t.dtype == jnp.float64
    most = 1e140 if double else 1e15
    return jnp.minimum(df, 1e30 if double else 1e14), jnp.clip(t, -most, most)


def _half_log_less_digamma(df: Array) -> Array:
    """What the logarithm of the chi law's constant changes by with df."""
    return log_less_digamma(df / 2) / 2


@jax.custom_jvp
def log_density(df: Array, nc: Array, t: Array, rise: Array) -> Array:
    """The logarithm of the density (rise 1), or of minus the derivative of the lower tail in nc (rise 0)."""
    found = rule.density(df, nc, t, rise)
    return found.exponent + jnp.log(found.size)


@log_density.defjvp
def _log_density_jvp(primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Array, Array]:
    slopes = density_slopes(*primals)
    change = slopes.df * tangents[0] + slopes.nc * tangents[1] + slopes.t * tangents[2]
    return log_density(*primals), change


def density_slopes(df: Array, nc: Array, t: Array, rise: Array) -> Slopes:
    """The derivatives of `log_density`: means under its integrand."""
    x, slow, bend = rule.density(df, nc, t, rise).means
    return Slopes(_half_log_less_digamma(df) + bend / 2, x, -slow)


@jax.custom_jvp
def tails(df: Array, nc: Array, t: Array) -> Tails:
    """Both, the smaller by its integral; for finite t."""
    return _completed(df, nc, t)[0]


def _completed(df: Array, nc: Array, t: Array) -> tuple[Tails, Array, Array]:
    """The tails, the logarithm of the one that was integrated, and its derivative in df."""
    turned = t > nc
    sign = jnp.where(turned, -jnp.ones_like(t), 1.0)
    found = rule.lower_tail(df, sign * nc, sign * t)
    log_tail = found.exponent + jnp.log(found.size)
    tail = jnp.exp(found.exponent) * found.size
    rest, log_rest = 1 - tail, log1p(-jnp.minimum(tail, 0.999))
    lower, upper = jnp.where(turned, rest, tail), jnp.where(turned, tail, rest)
    logs = jnp.where(turned, log_rest, log_tail), jnp.where(turned, log_tail, log_rest)
    return Tails(lower, upper, *logs), log_tail, _half_log_less_digamma(df) + found.means[0] / 2


@tails.defjvp
def _tails_jvp(primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Tails, Tails]:
    (df, nc, t), (d_df, d_nc, d_t) = primals, tangents
    value, log_tail, in_df = _completed(df, nc, t)
    one = jnp.ones_like(t)
    in_t, in_nc = (jnp.exp(log_density(df, nc, t, k) - log_tail) for k in (one, 0 * one))
    # Of the logarithm of the lower tail, or minus that of the upper one.
    turned = t > nc
    change = in_t * d_t - in_nc * d_nc + jnp.where(turned, -in_df, in_df) * d_df
    small = jnp.where(turned, value.upper, value.lower)
    odds = small / (1 - small)
    log_lower = jnp.where(turned, odds * change, change)
    log_upper = -jnp.where(turned, change, odds * change)
    return value, Tails(small * change, -small * change, log_lower, log_upper)


@jax.custom_jvp
def quantile(df: Array, nc: Array, lower: Array, upper: Array) -> Array:
    """The t with these tails, the smaller of which decides: Newton's iteration in asinh(t) and the tail's logarithm."""
    turned = upper < lower
    sign = jnp.where(turned, -jnp.ones_like(lower), 1.0)
    p = jnp.minimum(lower, upper)
    log_p, nc, one = jnp.log(p), sign * nc, jnp.ones_like(p)
    most = jnp.arcsinh(1e130 if p.dtype == jnp.float64 else 1e14)

    def improve(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        step, y, _ = state
        t = jnp.sinh(y)
        found = tails(df, nc, t)
        missing = log_of_share(found.lower, p, found.log_lower - log_p)
        slope = jnp.exp(log_density(df, nc, t, one) - found.log_lower) * jnp.cosh(y)
        move = jnp.clip(-missing / slope, -50.0, 50.0)
        small = 1e-9 if p.dtype == jnp.float64 else 1e-4
        return step + 1, jnp.clip(y + move, -most, most), jnp.abs(missing) < small

    def going(state: tuple[Array, Array, Array]) -> Array:
        return (state[0] < _MOST_STEPS) & ~jnp.all(state[2])

    z = jnp.minimum(ndtri(p), 0.0)
    spread = jnp.sqrt(df * jnp.expm1(jnp.minimum(z * z / df, 2 * most - 4)))
    start = jnp.arcsinh(nc - spread * jnp.sqrt(1 + nc * nc / (2 * df)))
    return sign * jnp.sinh(jax.lax.while_loop(going, improve, (jnp.zeros((), jnp.int32), start, p != p))[1])


@quantile.defjvp
def _quantile_jvp(primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Array, Array]:
    df, nc, lower, upper = primals
    t = quantile(*primals)
    turned = upper < lower
    _, moved = jax.jvp(lambda df, nc: _chosen(tails(df, nc, t), turned), (df, nc), (tangents[0], tangents[1]))
    wanted = jnp.where(turned, -tangents[3] / upper, tangents[2] / lower)
    return t, (wanted - jnp.where(turned, -moved, moved)) * slope_of_quantile(df, nc, lower, upper, t)


def _chosen(found: Tails, upper: Array) -> Array:
    return jnp.where(upper, found.log_upper, found.log_lower)


def slope_of_quantile(df: Array, nc: Array, lower: Array, upper: Array, t: Array) -> Array:
    """The smaller tail over the density: one over the derivative of its logarithm."""
    log_tail = _chosen(tails(df, nc, t), upper < lower)
    return jnp.exp(log_tail - log_density(df, nc, t, jnp.ones_like(t)))
