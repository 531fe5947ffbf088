"""The normal quantile from the distance to one half and the smaller tail, and its slope."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mathml_jax.special._mills import bell, horner, mills

_ROOT_TWO_PI = math.sqrt(2 * math.pi)

# Wichura's rational functions: numerator and denominator, the highest power first.
_CENTRE = (
    (
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
    ),
    (
        5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0,
    ),
)  # fmt: skip
_TAIL = (
    (
        7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
        3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0,
    ),
)  # fmt: skip
_FAR_TAIL = (
    (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
        0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
    ),
    (
        2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0,
    ),
)  # fmt: skip


def quantile(q: Float[Array, "*shape"], tail: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Wichura's three pieces for the probability 1/2 + q, whose `tail` is 1/2 - |q|: in q, or in sqrt(-log(tail))."""
    central = jnp.abs(q) <= 0.425
    centre = q * _ratio(_CENTRE, 0.180625 - q * q)
    r = jnp.sqrt(-_log(jnp.where(central, 0.25, tail)))
    beyond = jnp.where(r <= 5, _ratio(_TAIL, r - 1.6), _ratio(_FAR_TAIL, r - 5))
    beyond = jnp.where(jnp.isinf(r), jnp.inf, beyond)
    return jnp.where(central, centre, jnp.where(q < 0, -beyond, beyond))


def slope(x: Float[Array, "*shape"], tail: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """One over the density at the quantile with that tail, of which x is a rounding: the Mills ratio over the tail.

    A Newton step from x towards the quantile, with the Mills ratio's own derivative, takes the rounding back.
    """
    size = jnp.where(x < 0, -x, x)
    ratio = mills(size)
    seen = bell(size) * ratio / _ROOT_TWO_PI
    excess = jax.lax.stop_gradient(jnp.where(seen > 0, seen / tail - 1, 0.0))
    return jnp.where(jnp.isinf(x), jnp.inf, (ratio + excess * ratio * (size * ratio - 1)) / tail)


def _ratio(coefficients: tuple[tuple[float, ...], ...], x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    numerator, denominator = coefficients
    return horner(numerator, x) / horner(denominator, x)


def _log(p: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The logarithm, also of subnormal numbers, which XLA on CPUs reads as 0: their bits are an integer that counts."""
    info = jnp.finfo(p.dtype)
    bits = jax.lax.bitcast_convert_type(p, jnp.int64 if p.dtype == jnp.float64 else jnp.int32)
    subnormal = (bits > 0) & (bits < 1 << info.nmant)
    value = jnp.log(bits.astype(p.dtype)) + (info.minexp - info.nmant) * math.log(2)
    return jnp.where(subnormal, value, jnp.log(p))
