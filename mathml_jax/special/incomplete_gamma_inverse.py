"""Quantiles of the gamma law, from either tail, with derivatives in the probability and in the shape."""

import math
from functools import partial

import jax
import jax.numpy as jnp
from jax import random
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.fundamentals._quotient import times_exp
from mathml_jax.special._gamma_law import Tangent, tails_inside
from mathml_jax.special._gamma_start import start
from mathml_jax.special._gamma_tail import exponent, height


@jax.jit
def gammaincinv(a: Real[ArrayLike, "*#batch"], p: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Point below which a gamma variable of shape a falls with probability p: the inverse of `gammainc` in x.

    .. math::

        P(a, x) = p, \qquad P(a, x) = \frac{1}{\Gamma(a)} \int_0^x t^{a - 1} e^{-t}\, dt

    where :math:`x` is the quantile, :math:`P(a, x)` the probability that a gamma variable of shape :math:`a` is at most
    x, :math:`p` the one that is asked for, :math:`\Gamma(a)` the gamma function, :math:`t` runs over all numbers up to
    x and :math:`e` is Euler's number. Temme's expansion gives the start, two steps of Householder's iteration on the
    logarithm of the smaller tail the rest.

    Why it matters: critical values of chi-square tests, confidence intervals for variances and for Poisson rates.

    Args:
      a: shapes, from 0 on, broadcast against `p`.
      p: probabilities.

    Returns:
      Quantiles of the broadcast shape: 0 at p = 0, inf at p = 1; 0 at a = 0 for p below 1. NaN for p outside [0, 1],
      and for a negative or infinite a. Autodiff follows the implicit function theorem, a rule of its own.

    References:
      Gil, Segura and Temme, "Efficient and accurate algorithms for the computation and inversion of the incomplete
      gamma function ratios", 2012.

    >>> round(2 * gammaincinv(0.5, 0.95).item(), 3)  # chi-square with one degree of freedom
    3.841
    """
    a, p = as_broadcast(a, p)
    wide = widened(p)
    return _quantile(widened(a), wide, 1 - wide).astype(p.dtype)


def gammaincinv_derivative(a: Real[ArrayLike, "*#batch"], p: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `gammaincinv` in p: one over the gamma density at the quantile.

    .. math::

        \frac{\partial x}{\partial p} = \Gamma(a) x^{1 - a} e^x
    """
    a, p = as_broadcast(a, p)
    y, wide = widened(a), widened(p)
    return _slope(y, wide, 1 - wide, _quantile(y, wide, 1 - wide)).astype(p.dtype)


@jax.jit
def gammainccinv(a: Real[ArrayLike, "*#batch"], q: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Point that a gamma variable of shape a exceeds with probability q: the inverse of `gammaincc` in x.

    .. math::

        Q(a, x) = q, \qquad Q(a, x) = \frac{1}{\Gamma(a)} \int_x^\infty t^{a - 1} e^{-t}\, dt

    where :math:`x` is the quantile, :math:`Q(a, x)` the probability that a gamma variable of shape :math:`a` exceeds x,
    :math:`q` the one that is asked for, :math:`\Gamma(a)` the gamma function, :math:`t` runs over all numbers beyond x
    and :math:`e` is Euler's number.

    Why it matters: the statistic that a p-value stands for, also a p-value of 1e-300.

    Args:
      a: shapes, from 0 on, broadcast against `q`.
      q: probabilities of the upper tail.

    Returns:
      Quantiles of the broadcast shape: inf at q = 0, 0 at q = 1; 0 at a = 0 for q above 0. NaN for q outside [0, 1],
      and for a negative or infinite a. Autodiff follows the implicit function theorem, a rule of its own.

    References:
      Gil, Segura and Temme, "Efficient and accurate algorithms for the computation and inversion of the incomplete
      gamma function ratios", 2012.

    >>> round(2 * gammainccinv(0.5, 1e-300).item(), 3)  # chi-square with one degree of freedom
    1373.873
    """
    a, q = as_broadcast(a, q)
    wide = widened(q)
    return _quantile(widened(a), 1 - wide, wide).astype(q.dtype)


def gammainccinv_derivative(a: Real[ArrayLike, "*#batch"], q: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `gammainccinv` in q: less one over the gamma density at the quantile.

    .. math::

        \frac{\partial x}{\partial q} = -\Gamma(a) x^{1 - a} e^x
    """
    a, q = as_broadcast(a, q)
    y, wide = widened(a), widened(q)
    return -_slope(y, 1 - wide, wide, _quantile(y, 1 - wide, wide)).astype(q.dtype)


@jax.custom_jvp
def _quantile(a: Array, p: Array, q: Array) -> Array:
    """The x with P(a, x) = p and Q(a, x) = q, by the smaller of the two."""
    tiny = jnp.finfo(p.dtype).tiny
    inside = (a > 0) & (a < jnp.inf) & (p >= tiny) & (q >= tiny)
    b, s, t = (jnp.where(inside, z, w) for z, w in ((a, 1.0), (p, 0.5), (q, 0.5)))
    x, final = start(b, s, t)

    # From a fifth off, one step leads to 5e-6, and the next to the last digit.
    x = jax.lax.fori_loop(0, 2, lambda _, x: jnp.where(final, x, _householder(b, s, t, x)), x)
    edge = jnp.where(q == 0, jnp.inf, jnp.zeros_like(x))
    return nan_unless((a >= 0) & (a < jnp.inf) & (p >= 0) & (q >= 0), x) * jnp.where(inside, x, edge)


@jax.jit
def _householder(a: Array, p: Array, q: Array, x: Array) -> Array:
    r"""A step of Householder's iteration of fourth order in log x, on the logarithm L of the smaller tail.

    .. math::

        L'' = L' (a - x - L')

    is why it costs no more than Newton's: the derivatives of any order follow from the first.
    """
    x = jnp.clip(x, jnp.finfo(x.dtype).tiny, jnp.finfo(x.dtype).max)
    excess, slope = _excess(a, p, q, x)
    newton = -jnp.log(jnp.clip(1 + excess, 1e-10, 1e10)) / slope
    second = a - x - slope
    third = second * (second - slope) - x
    bend = second * newton
    change = newton * (1 + bend / 2) / (1 + bend + third * newton * newton / 6)
    return x + x * jnp.expm1(jnp.clip(jnp.where(jnp.abs(bend) < 1, change, newton), -2.0, 2.0))


@jax.jit
def _excess(a: Array, p: Array, q: Array, x: Array) -> tuple[Array, Array]:
    """By which share the smaller tail at x is too large, and its logarithm's derivative in log x."""
    lower = p <= q
    tail = jnp.where(lower, *tails_inside(a, x))
    rate = times_exp(exponent(a, x), height(a) * a) / tail
    return tail / jnp.where(lower, p, q) - 1, jnp.where(lower, rate, -rate)


@partial(_quantile.defjvp, symbolic_zeros=True)
def _quantile_jvp(primals: tuple[Array, ...], tangents: tuple[Tangent, ...]) -> tuple[Array, Array]:
    (a, p, q), (da, dp, dq) = primals, tangents
    x = _quantile(a, p, q)
    change = jnp.zeros_like(x)
    if not (isinstance(dp, SymbolicZero) or isinstance(dq, SymbolicZero)):
        change += _slope(a, p, q, x) * jnp.where(p <= q, dp, -dq)
    if not isinstance(da, SymbolicZero):
        change += _slope_in_shape(a, p, q, x) * da
    return x, change


def _slope(a: Array, p: Array, q: Array, x: Array) -> Array:
    """One over the density at the quantile of p, of which x is a rounding: the density's share of the smaller tail.

    For large a the rounding counts; a Newton step from x to the quantile takes it back.
    """
    sound, b, s, t, y = _sound(a, p, q, x)
    excess, rate = _excess(b, s, t, y)
    back = jax.lax.stop_gradient(jnp.where(b < 1, 0.0, excess / rate * (b - 1 - y - rate)))
    density = jnp.minimum(s, t) * (jnp.abs(rate) / y) * (1 - back)
    edge = jnp.where((x < 1) & (a <= 1), jnp.where(a < 1, jnp.inf, jnp.ones_like(x)), 0.0)
    return nan_unless(x >= 0, x) / jnp.where(sound, density, edge)


def _slope_in_shape(a: Array, p: Array, q: Array, x: Array) -> Array:
    """How fast the quantile grows with a: as the smaller tail does in a, over the density."""
    sound, b, s, t, y = _sound(a, p, q, x)

    def tail(b: Array) -> Array:
        return jnp.where(s <= t, *tails_inside(b, y))

    size, in_a = jax.jvp(tail, (b,), (jnp.ones_like(b),))
    _, rate = _excess(b, s, t, y)
    return nan_unless(x >= 0, x) * jnp.where(sound, -in_a / size * y / rate, 0.0)


def _sound(a: Array, p: Array, q: Array, x: Array) -> tuple[Array, ...]:
    """Where no argument is at an edge; and a, p, q, x there, the median of a = 1 elsewhere."""
    sound = (a > 0) & (a < jnp.inf) & (x >= jnp.finfo(x.dtype).tiny) & (x < jnp.inf) & (jnp.minimum(p, q) > 0)
    return sound, *(jnp.where(sound, z, w) for z, w in ((a, 1.0), (p, 0.5), (q, 0.5), (x, math.log(2))))


def _example(key: Array) -> tuple[Array, Array]:
    """Shapes from 1/2 to 50, and probabilities."""
    one, two = random.split(key)
    return 0.5 * 100 ** random.uniform(one, (5,), jnp.float64), random.uniform(two, (5,), jnp.float64, 0.01, 0.99)


CONCEPTS = (
    Concept(
        gammaincinv,
        example=_example,
        derivatives=(Derivative(gammaincinv_derivative, "derivative", argnum=1),),
        oracle="scipy.special.gammaincinv",
    ),
    Concept(
        gammainccinv,
        example=_example,
        derivatives=(Derivative(gammainccinv_derivative, "derivative", argnum=1),),
        oracle="scipy.special.gammainccinv",
    ),
)
