"""Student's tail and centre, each by one continued fraction, and how they change with the degrees of freedom."""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference, lost_in_product, product_in_parts
from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.fundamentals._quotient import Parts, log_quotient, times_exp
from mathml_jax.special._beta_factor import denominator, drift
from mathml_jax.special._beta_weight import weight
from mathml_jax.special._rising import log1p
from mathml_jax.special._stirling import log1pmx

# log(gamma(a + 1/2) / gamma(a) / sqrt(a)) over 1 / a, in 1 / a^2; the highest power first.
GAMMA_RATIO = (929569 / 15728640, -5461 / 425984, 691 / 180224, -31 / 18432, 17 / 14336, -1 / 640, 1 / 192, -1 / 8)

_STEPS = {jnp.dtype("float64"): 10, jnp.dtype("float32"): 4}


class Side(NamedTuple):
    """Whether the tails beyond ±t were computed or the centre between; its probability, an exponential times a scale.

    `pace` is the density over the probability, times |t| / 2.
    """

    is_outer: Array
    parts: Parts
    scale: Array
    probability: Array
    pace: Array


class Shares(NamedTuple):
    """x = df / (df + t^2) and y = 1 - x, what rounding took from the smaller, and |t| over the largest that is used."""

    x: Array
    y: Array
    lost: Array
    beyond: Array


def shares(df: Array, t: Array) -> Shares:
    """Where the law of the beta is asked. Far out, the tail is a power of t, so that no square overflows."""
    most = jnp.sqrt(df) * (1e10 if t.dtype == jnp.float64 else 1e6)
    size = jnp.where(t < 0, -t, t)
    beyond = jnp.where(size > most, size / most, 1.0)
    size = jnp.minimum(size, most)
    square = size * size
    total = df + square
    x, y = df / total, square / total
    near = y < x
    z = jnp.where(near, y, x)
    product = z * total
    rest = lost_in_product(size, size, square)
    lost = rest + lost_in_difference(df, -square, total)
    left = (jnp.where(near, square, df) - product) - lost_in_product(z, total, product)
    left = left + (jnp.where(near, rest, 0.0) - z * lost)
    return Shares(x, y, jax.lax.stop_gradient(jnp.where(near, -left, left) / total), beyond)


def is_outer(a: Array, x: Array, y: Array) -> Array:
    """Whether the fraction of the tails converges in time; else that of the centre does."""
    return (drift(a, jnp.full_like(a, 0.5), x, y) >= 0) & (
        (y > 0.05) | (a * y > (2.3 if x.dtype == jnp.float64 else 1.3))
    )


@jax.jit
def student_side(df: Array, t: Array) -> Side:
    """The probability beyond ±t or between, for finite df > 0 and t other than 0."""
    a, (x, y, lost, beyond) = df / 2, shares(df, t)
    half = jnp.full_like(a, 0.5)
    outer = is_outer(a, x, y)
    near = tuple(jnp.where(outer, *pair) for pair in ((a, half), (half, a), (x, y), (y, x)))
    (high, low), height = weight(*near)
    near_a, near_b, near_x, near_y = near
    whole = (near_a + near_b) * near_x
    start = drift(*near) + near_y + 1
    factor = 1 + whole / denominator(1.0, near_a, whole, near_b * near_x, near_x, start)
    pace = near_a / factor
    change = pace * jnp.where(outer, lost, -lost) / (x * y)
    parts = _less_power((high, low + change), df, beyond)
    return Side(outer, parts, height * factor, times_exp(parts, height * factor), pace)


def rough_side(df: Array, t: Array) -> Side:
    """What `student_side` computes, to four digits, for a square of t that does not overflow."""
    a, total = df / 2, df + t * t
    half, x, y = jnp.full_like(a, 0.5), df / total, t * t / total
    outer = is_outer(a, x, y)
    near = near_a, near_b, near_x, near_y = tuple(
        jnp.where(outer, *pair) for pair in ((a, half), (half, a), (x, y), (y, x))
    )
    whole = (near_a + near_b) * near_x
    factor = 1 + whole / denominator(1.0, near_a, whole, near_b * near_x, near_x, drift(*near) + near_y + 1, 9)
    # Two steps up, three terms of the series suffice.
    n = a + 2
    gammas = ((-1 / 640 / (n * n) + 1 / 192) / (n * n) - 1 / 8) / n
    scale = (
        factor
        * jnp.sqrt(y * n / math.pi)
        * (jnp.where(outer, jnp.ones_like(a), 2 * a) * (a + 1) / ((a + 0.5) * (a + 1.5)))
    )
    exponent = gammas - a * log1p(t * t / df)
    # So that what it lacks to 1 is positive.
    probability = jnp.minimum(jnp.exp(exponent) * scale, 0.9999)
    return Side(outer, (exponent, jnp.zeros_like(a)), scale, probability, near_a / factor)


def _less_power(parts: Parts, df: Array, beyond: Array) -> Parts:
    """The parts of an exponent, less df times the logarithm of `beyond`."""
    (high, low), (log, rest) = parts, log_quotient(beyond, jnp.ones_like(beyond))
    power, more = product_in_parts(df, log)
    total = high - power
    return total, low + lost_in_difference(high, power, total) - (more + df * rest)


@jax.jit
def slope_in_df(df: Array, t: Array) -> Array:
    r"""The derivative of the logarithm of what `student_side` computes, by that in 1 / df: nothing grows with df.

    .. math::

        \log \sqrt{\tfrac{2}{\pi}}\, |t| \frac{\Gamma(a + \frac12)}{\Gamma(a) \sqrt{a}} (1 + e s)^{-a - 1/2} F,
        \qquad e = \frac{1}{a} = \frac{2}{df}, \quad s = \frac{t^2}{2}

    with the factor F of the centre, or half of e times that of the tails.
    """
    x, y, _, _ = shares(df, t)
    outer = is_outer(df / 2, x, y)
    e = 2 / df
    size = jnp.minimum(jnp.abs(t), jnp.sqrt(df) * (1e10 if t.dtype == jnp.float64 else 1e6))
    s = size * size / 2

    def smooth(e: Array) -> Array:
        u = e * s
        x, part = 1 / (1 + u), s / (1 + u)
        y = e * part
        unit = jnp.where(outer, e, 1.0)
        whole = jnp.where(outer, (1 + e / 2) * x, part + y / 2)
        products = whole, jnp.where(outer, x / 2, part), jnp.where(outer, x, y)
        start = jnp.where(outer, part - x / 2 + y, x / 2 - part + x) + 1
        found = denominator(unit, jnp.where(outer, jnp.ones_like(e), 0.5), *products, start)
        return log_gammas(e) - jnp.log1p(u) / 2 + jnp.log(jnp.where(outer, e, 1.0) + whole / found)

    _, slope = jax.jvp(smooth, (e,), (jnp.ones_like(e),))
    u = e * s
    # Of -log(1 + e s) / e.
    near, share = jnp.minimum(u, 1.0), u / (1 + u)
    power = jnp.where(u < 1, log1pmx(near) + near * share, jnp.log1p(u) - share) / e / e
    return -e * e / 2 * (slope + power)


def log_gammas(e: Array) -> Array:
    r"""The logarithm of :math:`\Gamma(a + 1/2) / (\Gamma(a) \sqrt{a})` with a = 1 / e.

    .. math::

        f(a) = f(a + n) + \frac{1}{2} \sum_{k=0}^{n-1} \log\Bigl( 1 - \frac{1}{4 (a + k + 1/2)^2} \Bigr)
    """
    many, count = e < 0.1, _STEPS[e.dtype]
    few = 1 / jnp.where(many, 1.0, e)

    def lack(a: Array) -> Array:
        return -0.25 / (a + 0.5) ** 2

    def grow(k: Array, excess: Array) -> Array:
        ratio = lack(few + k.astype(e.dtype))
        return excess + ratio + excess * ratio

    steps = jnp.log1p(jax.lax.fori_loop(1, count, grow, jnp.zeros_like(e)))
    # Where the first factor is nearly 0 it is no difference.
    low = few < 0.5
    first = jnp.where(low, jnp.log(few * (few + 1) / (few + 0.5) ** 2), jnp.log1p(lack(jnp.where(low, 1.0, few))))
    small = jnp.where(many, e, 1 / (few + count))
    return small * horner(GAMMA_RATIO, small * small) + jnp.where(many, 0.0, (first + steps) / 2)


@jax.jit
def student_density(df: Array, t: Array) -> Array:
    """The density at finite t, for finite df > 0."""
    a, (x, y, lost, beyond) = df / 2, shares(df, t)
    far = jnp.abs(t) > 1
    (high, low), height = weight(a, jnp.full_like(a, 0.5), jnp.where(far, x, 0.5), jnp.where(far, y, 0.5))
    low = low + a * lost / jnp.where(far, x, 1.0) - lost / jnp.where(far, y, 1.0) / 2
    tail = times_exp(_less_power((high, low), df, beyond), height * a / jnp.where(far, jnp.abs(t), 1.0))
    u = jnp.where(far, 0.0, t * t / df)
    centre = jnp.exp(log_gammas(1 / a) - (a + 0.5) * log1p(u)) / math.sqrt(2 * math.pi)
    return jnp.where(far, tail, centre)


@jax.jit
def log_student_density(df: Array, t: Array) -> Array:
    """The logarithm of the density, to a few eps of the larger of 1 and itself."""
    size = jnp.where(t == 0, 0.0, jnp.abs(t)) / jnp.sqrt(df)
    far = size > 1e4
    near = log1p(jnp.where(far, 1.0, size * size))
    # Far out 1 counts no longer beside the square, which may overflow.
    of_square = jnp.where(far, 2 * jnp.log(jnp.where(far, size, 1.0)) + (1 / jnp.where(far, size, 1.0)) ** 2, near)
    return log_gammas(2 / df) - math.log(2 * math.pi) / 2 - (df + 1) / 2 * of_square
