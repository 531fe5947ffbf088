r"""The weight of the beta law in saddle-point form: an exponential in two parts, and a height without large logarithms.

.. math::

    \frac{x^a y^b}{a B(a, b)}
    = h(a, b)\, \Bigl( \frac{x (a + b)}{a} \Bigr)^a \Bigl( \frac{y (a + b)}{b} \Bigr)^b, \qquad x + y = 1

An ulp of the exponent would be hundreds of ulps of the weight; and for a, b = 1e8 the logarithms of :math:`x^a` and of
B(a, b) agree in their first eight digits.
"""

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax.lax import reduce_precision
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference, lost_in_product
from mathml_jax.fundamentals._quotient import Parts, log_quotient
from mathml_jax.special._stirling import lgamma1p, stirling_remainder


@jax.custom_jvp
def exponent(a: Array, b: Array, x: Array, y: Array) -> Parts:
    r"""The logarithm of the weight over its height, in two parts; below 1, a parameter's own power is left out.

    .. math::

        a \log\frac{x (a + b)}{\max(a, 1)} + b \log\frac{y (a + b)}{\max(b, 1)} - a [a < 1] - b [b < 1]
    """
    (high_x, low_x), (high_y, low_y) = _log_ratios(a, b, x, y)
    # A bit less than the dtype holds: a compiler that fused product and sum would round them in one place but not in
    # another, and the parts would not belong together.
    info = jnp.finfo(a.dtype)
    power_x, power_y = (reduce_precision(p, info.nexp, info.nmant - 1) for p in (a * high_x, b * high_y))
    both = power_x + power_y
    below = jnp.where(a < 1, a, 0.0) + jnp.where(b < 1, b, 0.0)
    total = both - below
    lost = lost_in_product(a, high_x, power_x) + lost_in_product(b, high_y, power_y)
    lost = lost + lost_in_difference(power_x, -power_y, both) + lost_in_difference(both, below, total)
    return total, lost + (a * low_x + b * low_y)


@exponent.defjvp
def _exponent_jvp(primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Parts, Parts]:
    (a, b, x, y), (da, db, dx, dy) = primals, tangents
    (high_x, low_x), (high_y, low_y) = _log_ratios(a, b, x, y)
    change = (high_x + low_x) * da + (high_y + low_y) * db + a / x * dx + b / y * dy
    return exponent(a, b, x, y), (change, jnp.zeros_like(change))


@jax.custom_jvp
def _log_ratios(a: Array, b: Array, x: Array, y: Array) -> tuple[Parts, Parts]:
    """The logarithms of x and y over their shares of a + b, every rounding on the way given back in the low parts.

    The smaller of x and y is taken as exact, the larger as one minus it.
    """
    centre_a, centre_b, total = jnp.where(a < 1, 1.0, a), jnp.where(b < 1, 1.0, b), a + b
    lost = lost_in_difference(a, -b, total)
    gap = jax.lax.stop_gradient(jnp.where(x < y, (1 - y) - x, (1 - x) - y))
    ratios = []
    for z, other, centre in ((x, y, centre_a), (y, x, centre_b)):
        share = centre / total
        product = share * total
        excess = (product - centre) + (lost_in_product(share, total, product) + share * lost)
        high, low = log_quotient(z, share)
        ratios.append((high, low + excess / centre + jnp.where(z < other, 0.0, gap / z)))
    return ratios[0], ratios[1]


@_log_ratios.defjvp
def _log_ratios_jvp(primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Any, Any]:
    (a, b, x, y), (da, db, dx, dy) = primals, tangents
    total = (da + db) / (a + b)
    change_x = dx / x + total - jnp.where(a < 1, 0.0, da / a)
    change_y = dy / y + total - jnp.where(b < 1, 0.0, db / b)
    zero = jnp.zeros_like(change_x)
    return _log_ratios(a, b, x, y), ((change_x, zero), (change_y, zero))


@jax.jit
def weight(a: Array, b: Array, x: Array, y: Array) -> tuple[Parts, Array]:
    r"""The exponent and the height, by Stirling's formula and what it leaves over; that joins the exponent.

    .. math::

        h = \sqrt{\frac{b}{2\pi a (a + b)}}\; e^{\delta(a + b) - \delta(a) - \delta(b)} \;\text{ for } a, b \ge 1
    """
    high, low = exponent(a, b, x, y)
    scale = stirling_remainder(a + b) - _log_scale(a) - _log_scale(b)
    total = high + scale
    low = low + lost_in_difference(high, -scale, total)
    high = total + low
    over = jnp.where(a < 1, 1.0, jnp.sqrt(2 * math.pi * a))
    under = jnp.where(b < 1, math.sqrt(2 * math.pi) * b, jnp.sqrt(b))
    return (high, low - (high - total)), under / (over * jnp.sqrt(a + b))


def _log_scale(a: Array) -> Array:
    """Stirling's remainder, or below 1 the logarithm of gamma at a + 1."""
    return jnp.where(a < 1, lgamma1p(jnp.where(a < 1, a, 0.5)), stirling_remainder(jnp.where(a < 1, 1.0, a)))
