"""Where a gamma quantile is, to a fifth at worst: from here two steps of fourth order lead to the last digit."""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference, product_in_parts
from mathml_jax.fundamentals._quotient import log_quotient, sum_of_parts
from mathml_jax.special._stirling import lgamma1p, stirling_remainder
from mathml_jax.special.error import ndtri


@jax.jit
def start(a: Array, p: Array, q: Array) -> tuple[Array, Array]:
    """A point near the quantile of p = 1 - q, for a > 0, and whether it is the quantile, so near to 0 it lies."""
    root, x_small = _near_zero(a, p, q)
    # The exponential decay far out, for a below 1: x = -log(q gamma(a)) + (a - 1) log x.
    y = jnp.where(a < 1, a, 0.5)
    level = -jnp.log(q) - lgamma1p(y) + jnp.log(y)
    x_decay = jnp.maximum(level, 1.0)
    for _ in range(3):
        x_decay = jnp.maximum(level + (y - 1) * jnp.log(x_decay) + (y - 1) / (x_decay + 1), 0.05)
    small = (root < 0.2 * (1 + a)) | ((a < 0.3) & (level <= 1.5))
    x = jnp.where(small, x_small, jnp.where(a < 0.3, x_decay, _normal(jnp.maximum(a, 0.3), p, q)))
    return x, root < (1e-3 if x.dtype == jnp.float64 else 0.02) * (1 + a)


def _near_zero(a: Array, p: Array, q: Array) -> tuple[Array, Array]:
    r"""The r of the power law :math:`P \approx r^a / \Gamma(a + 1)`, and the quantile as a power series in it.

    .. math::

        x = r + \frac{r^2}{a + 1} + \frac{(3a + 5) r^3}{2 (a + 1)^2 (a + 2)} + \cdots
    """
    high, low = log_quotient(p, jnp.ones_like(p))
    low += jnp.where(p > q, lost_in_difference(jnp.ones_like(q), q, p) / p, 0.0)
    ratio = high / a
    product, lost = product_in_parts(ratio, a)
    low = ((high - product) - lost + low) / a
    large = jnp.where(a < 1, 1.0, a)
    power = jnp.log(large) - 1 + (0.5 * jnp.log(2 * math.pi * large) + stirling_remainder(large)) / large
    small = jnp.where(a < 1, a, 1.0)
    shift = jnp.where(a < 1, lgamma1p(small) / small, power)
    total = ratio + shift
    high, low = sum_of_parts(total, low + lost_in_difference(ratio, -shift, total))
    r = jnp.exp(high) * (1 + low)
    # Where the series is not asked for, r may be anything.
    s = jnp.minimum(r, 1 + a) / (1 + a)
    b, c = a + 2, a + 3
    third = (3 * a + 5) / (2 * b)
    fourth = ((8 * a + 33) * a + 31) / (3 * b * c)
    fifth = ((((125 * a + 1179) * a + 3971) * a + 5661) * a + 2888) / (24 * b * b * c * (a + 4))
    return r, r * (1 + s * (1 + s * (third + s * (fourth + s * fifth))))


def _normal(a: Array, p: Array, q: Array) -> Array:
    r"""The quantile by Temme's expansion, from the normal one z.

    .. math::

        x = a \lambda(\eta + \epsilon), \qquad \lambda(\eta) - 1 - \log\lambda(\eta) = \frac{\eta^2}{2}, \quad
        \eta = \frac{z}{\sqrt a}, \quad \epsilon = \frac{1}{a \eta} \log\frac{\eta}{\lambda(\eta) - 1}
    """
    z = ndtri(jnp.minimum(p, q))
    eta = jnp.where(p <= q, z, -z) / jnp.sqrt(a)
    half = eta * eta / 2
    w = eta * (1 + eta * (-1 / 6 + eta / 36))
    w = jnp.where(eta > 1.5, jnp.log(1 + half + jnp.log(1 + half)), w)
    w = jnp.where(eta < -1, jnp.exp(-1 - half) - 1 - half, w)
    # A step of Halley's iteration, and then one along the tangent, for log(lambda).
    far = jnp.abs(eta) > 1e-2
    slope = jnp.where(far, jnp.exp(w) - 1, 1.0)
    excess = slope - w - half
    w = jnp.where(far, w - excess / (slope - excess * (slope + 1) / (2 * slope)), w)
    ratio = jnp.where(far, eta / jnp.where(far, jnp.exp(w) - 1, 1.0), 1.0)
    correction = jnp.where(far, jnp.log(ratio) / jnp.where(far, eta, 1.0), -1 / 3)
    return a * jnp.exp(w + ratio * correction / a)
