r"""How many times its weight a tail of the beta law is, below the mean: by continued fraction, or by quadrature.

.. math::

    F(a, b, x) = \frac{a B(a, b)}{x^a (1 - x)^b} I_x(a, b) = {}_2F_1(a + b, 1; a + 1; x)
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference, lost_in_product
from mathml_jax.calculus.gauss import gauss_legendre
from mathml_jax.fundamentals._polynomial import atanh_excess


def drift(a: Array, b: Array, x: Array, y: Array) -> Array:
    """a y - b x without the rounding of its terms: a + b times how far the mean lies above x."""
    left, right = a * y, b * x
    lost = lost_in_product(a, y, left) - lost_in_product(b, x, right) + lost_in_difference(left, right, left - right)
    gap = jax.lax.stop_gradient(jnp.where(x < y, a * ((1 - y) - x), -b * ((1 - x) - y)))
    return (left - right) + (lost + gap)


def fraction(a: Array, b: Array, x: Array, y: Array) -> Array:
    r"""The factor by a continued fraction.

    .. math::

        F = 1 + \frac{(a + b) x}{f_0}
    """
    whole = (a + b) * x
    return 1 + whole / denominator(1.0, a, whole, b * x, x, drift(a, b, x, y) + y + 1)


def denominator(
    unit: Array | float, a: Array, whole: Array, part: Array, x: Array, start: Array, steps: int | None = None
) -> Array:
    r"""The f_0 of the fraction of F(a + 1, b, x), two of its steps in one, from the last to the first.

    .. math::

        f_n = \beta_n + \frac{\alpha_{n+1}}{f_{n+1}}, \qquad f_0 \approx a + 1 - (a + b) x

    The arguments are a and (a + b) x in some unit, and b x in none, so that with the unit 1 / a all are finite and
    smooth as a goes to infinity; `start` is a - (a + b) x + y + 1. Without a number of steps it is right to the last
    digits.
    """
    steps = steps or (42 if x.dtype == jnp.float64 else 20)
    double = 2 * unit

    def step(i: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        n = (steps - i).astype(x.dtype)
        rest, after = carry
        here = 1 / (a + n * double)
        bend = n * (part - n * x) * here
        over = (a + n * unit) * here * (whole + n * x * unit) * bend
        under = n + bend * unit + (a + (n + 1) * unit) * (start + n * (2 - x)) * after
        return over / (under + rest), here

    last = 1 / (a + (steps + 1) * double)
    rest, after = jax.lax.fori_loop(0, steps, step, (jnp.zeros_like(x), last), unroll=2)
    return (a + unit) * after * start + rest


def quadrature(a: Array, b: Array, x: Array, y: Array) -> Array:
    r"""The factor by Gauss's nodes, for large a and b, where the integrand is nearly half a bell.

    .. math::

        F = \frac{a}{y} \int_0^{1} (1 - u)^{a - 1} \Bigl( 1 + \frac{x u}{y} \Bigr)^{b - 1} du
    """
    double = x.dtype == jnp.float64
    nodes, weights = gauss_legendre(26 if double else 14, dtype=x.dtype)
    odds = x / y
    slope = (drift(a, b, x, y) - (y - x)) / y
    bend = (a - 1) + 0.6 * (b - 1) * odds * odds
    depth = 35.0 if double else 18.0
    reach = jax.lax.stop_gradient(2 * depth / (slope + jnp.sqrt(slope * slope + 2 * depth * bend)))

    def add(i: Array, total: Array) -> Array:
        u = reach * (1 + nodes[i]) / 2
        fall = (a - 1) * _log1pmx(-u) + (b - 1) * _log1pmx(u * odds) - u * slope
        return total + weights[i] * jnp.exp(fall)

    return a / y * (reach / 2) * jax.lax.fori_loop(0, len(nodes), add, jnp.zeros_like(x), unroll=2)


def _log1pmx(x: Array) -> Array:
    """log(1 + x) - x, right where x is between -1/2 and 1; beyond, the integrand is too small to count."""
    s = x / (2 + x)
    return s * (2 * atanh_excess(s) - x)
