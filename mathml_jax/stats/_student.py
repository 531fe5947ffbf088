"""The two tails of Student's t, for a whole number of degrees of freedom, by way of the incomplete beta function."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

# Levels of the continued fraction that leave less than the rounding of the dtype, where it converges most slowly.
_LEVELS = {4: 12, 8: 44}


def t_two_sided(q: Float[Array, "*batch"], r2: Float[Array, "*batch"], df: int) -> Float[Array, "*batch"]:
    r"""Probability that a t variable of `df` degrees of freedom is further from 0 than t.

    .. math::

        p = I_q(a, \tfrac{1}{2}), \quad q = \frac{\nu}{\nu + t^2}, \quad r^2 = 1 - q, \quad a = \frac{\nu}{2}

    Both q and its complement come from the caller, as neither can be had from the other without losing digits. Far out
    the continued fraction gives p itself; nearer to 0, with its arguments exchanged, it gives what p lacks to 1.
    """
    a = df / 2
    far = r2 > 1.5 / (a + 2.5)
    front = _power(q, r2, a) * root(r2) * beta_constant(a)
    x, y = jnp.where(far, q, r2), jnp.where(far, r2, q)
    part = front * _fraction(x, y, jnp.where(far, a, 0.5), jnp.where(far, 0.5, a))
    return jnp.where(far, part, 1 - part)


def beta_constant(a: float) -> float:
    """1 / B(a, 1/2): the ratio of the gamma function at a + 1/2 and a, over the root of pi."""
    if a < 100:
        ratio = math.gamma(a + 0.5) / math.gamma(a)
    else:
        terms = (1, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144)
        ratio = math.sqrt(a) * sum(term / a**k for k, term in enumerate(terms))
    return ratio / math.sqrt(math.pi)


def _power(q: Array, r2: Array, a: float) -> Array:
    """q^a, near q = 1 by way of the complement; at q = 0 with a gradient of 0."""
    near = r2 < 0.1
    far = jnp.where((q > 0) & ~near, q, 1.0)
    return jnp.where(near, jnp.exp(a * jnp.log1p(-jnp.where(near, r2, 0.0))), jnp.where(q > 0, far**a, 0.0))


def root(x: Array) -> Array:
    """The square root, at 0 with a gradient of 0."""
    return jnp.where(x == 0, 0.0, jnp.sqrt(jnp.where(x == 0, 1.0, x)))


def _fraction(x: Array, y: Array, a: Array, b: Array) -> Array:
    """I_x(a, b) over its front x^a y^b / B(a, b), y = 1 - x: DiDonato and Morris's fraction, from its far end."""
    distance = a * y - b * x + 1

    def numerator(m: Array | int) -> Array:
        return (a + m - 1) * (a + b + m - 1) * m * (b - m) * (x / (a + 2 * m - 1)) ** 2

    def step(tail: Array, m: Array) -> tuple[Array, None]:
        level = m + m * (b - m) * x / (a + 2 * m - 1) + (a + m) * (distance + m * (1 + y)) / (a + 2 * m + 1)
        return level + numerator(m + 1) / tail, None

    levels = jnp.arange(_LEVELS[x.dtype.itemsize], 0, -1, dtype=x.dtype)
    tail, _ = jax.lax.scan(step, jnp.full_like(x, jnp.inf), levels)
    return 1 / (a * distance / (a + 1) + numerator(1) / tail)
