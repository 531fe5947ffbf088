"""What scores and informations are made of: differences of digamma and trigamma that do not cancel."""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.fundamentals._polynomial import horner, horner_difference
from mathml_jax.special.gamma import polygamma

# Of trigamma less 1 / x + 1 / (2 x^2), over 1 / x^3, in 1 / x^2.
_TRIGAMMA = (-3617 / 510, 7 / 6, -691 / 2730, 5 / 66, -1 / 30, 1 / 42, -1 / 30, 1 / 6)
_SHIFT = 10


def trigamma_drop(a: Array, h: Array) -> Array:
    r"""How far trigamma falls from a to a + h, for a > 0 and h >= 0.

    .. math::

        \psi'(a) - \psi'(a + h) = \sum_{k=0}^\infty \frac{h (2 a + 2 k + h)}{(a + k)^2 (a + k + h)^2}
    """

    def part(low: Array) -> Array:
        high = low + h
        return (h / low) * (1 + low / high) / low / high

    few = a < _SHIFT
    small, low = jnp.where(few, a, 1.0), jnp.where(few, a + _SHIFT, a)
    near = jax.lax.fori_loop(0, _SHIFT, lambda k, s: s + part(small + k.astype(a.dtype)), jnp.zeros_like(a))
    rest = trigamma_rest_drop(low, h)
    return h / low / (low + h) + part(low) / 2 + rest + jnp.where(few, near, 0.0)


def trigamma_rest(a: Array) -> Array:
    """What trigamma exceeds 1 / a + 1 / (2 a^2) by, for a from 10 on."""
    return horner(_TRIGAMMA, 1 / (a * a)) / a**3


def trigamma_rest_drop(a: Array, h: Array) -> Array:
    """How far that falls from a to a + h."""
    s, t = 1 / a, 1 / (a + h)
    value, slope = horner_difference(_TRIGAMMA, s * s, t * t)
    return h * s * t * ((s * s + s * t + t * t) * value + t**3 * (s + t) * slope)


def trigamma(a: Array) -> Array:
    """The second derivative of the logarithm of gamma."""
    return polygamma(1, a)
