r"""The logarithm of the rising factorial, relative to its size also where that is small: a quotient of gamma functions.

A difference of two values of log gamma would lose what is left for small h.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.fundamentals._polynomial import horner, horner_difference
from mathml_jax.special._stirling import log1pmx

# Stirling's series of the remainder in 1 / x^2, from the highest power down to 1 / 12.
_SERIES = (-3617 / 122400, 1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12)
# Likewise of log x - 1 / (2 x) less digamma.
_DIGAMMA = (-3617 / 8160, 1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)
_SHIFT = 10


@jax.jit
def log_rising(a: Array, h: Array) -> Array:
    r"""The logarithm of the rising factorial :math:`(a)_h`, for a > 0 and h >= 0.

    .. math::

        \log \frac{\Gamma(a + h)}{\Gamma(a)} = \log \frac{\Gamma(a + n + h)}{\Gamma(a + n)}
        - \log \prod_{k=0}^{n-1} \Bigl( 1 + \frac{h}{a + k} \Bigr)

    Both derivatives by autodiff are as right as the value: no step subtracts what is nearly equal.
    """

    def grow(k: Array, excess: Array) -> Array:
        ratio = h / (a + k.astype(a.dtype))
        return excess + ratio + excess * ratio

    excess = jax.lax.fori_loop(0, _SHIFT, grow, jnp.zeros_like(a + h))
    large = a + _SHIFT
    ratio = h / large
    growth = h * jnp.log(large + h) + large * log1pmx(ratio) - log1p(ratio) / 2
    return growth + remainder_difference(large, h) - log1p(excess)


def log1p(x: Array) -> Array:
    return jnp.where(x > 1, jnp.log(1 + jnp.where(x > 1, x, 1.0)), log1pmx(jnp.where(x > 1, 1.0, x)) + x)


def remainder_difference(x: Array, h: Array) -> Array:
    """Stirling's remainder at x + h less that at x."""
    s, t = 1 / x, 1 / (x + h)
    value, slope = horner_difference(_SERIES, s * s, t * t)
    # The remainder is s times a polynomial in s^2; t - s = -h s t.
    return -h * s * t * (value + t * (t + s) * slope)


@jax.jit
def digamma_rise(a: Array, h: Array) -> Array:
    r"""How far digamma rises from a to a + h, for a > 0 and h >= 0; every term is positive or small.

    .. math::

        \psi(a + h) - \psi(a) = \sum_{k=0}^{n-1} \frac{h}{(a + k)(a + k + h)} + \psi(a + n + h) - \psi(a + n)
    """

    def add(k: Array, total: Array) -> Array:
        low = a + k.astype(a.dtype)
        return total + h / low / (low + h)

    near = jax.lax.fori_loop(0, _SHIFT, add, jnp.zeros_like(a + h))
    return near + (log1p(h / (a + _SHIFT)) + _drop_beyond(a + _SHIFT, h))


@jax.jit
def log_less_digamma_drop(a: Array, h: Array) -> Array:
    r"""How far the logarithm less digamma falls from a to a + h, for a > 0 and h >= 0; every term is positive or small.

    .. math::

        \log a - \psi(a) - \log(a + h) + \psi(a + h)
    """

    def add(k: Array, total: Array) -> Array:
        low = a + k.astype(a.dtype)
        part = h / low / (low + h + 1)
        return total + (part / (low + h) - log1pmx(part))

    return jax.lax.fori_loop(0, _SHIFT, add, jnp.zeros_like(a + h)) + _drop_beyond(a + _SHIFT, h)


def _drop_beyond(low: Array, h: Array) -> Array:
    """The same from a large number on, by its series."""
    high = low + h
    s, t = 1 / (low * low), 1 / (high * high)
    value, slope = horner_difference(_DIGAMMA, s, t)
    # The series is s times a polynomial in s; s - t = h (low + high) s t.
    return h / low / high / 2 + h * (low + high) * s * t * (value + t * slope)


def log_less_digamma(a: Array) -> Array:
    r"""How far the logarithm lies above digamma, for a > 0; every term is positive or small.

    .. math::

        \log a - \psi(a)
    """
    few = a < _SHIFT
    small, large = jnp.where(few, a, 1.0), jnp.where(few, a + _SHIFT, a)
    steps = jax.lax.fori_loop(0, _SHIFT, lambda k, s: s + 1 / (small + k.astype(a.dtype)), jnp.zeros_like(a))
    square = 1 / large / large
    beyond = 1 / (2 * large) + square * horner(_DIGAMMA, square)
    return beyond + jnp.where(few, steps - log1p(_SHIFT / small), 0.0)
