r"""The lower tail of the noncentral t law and its density, by Gauss's rule about the peak of the integrand.

With s the root of chi-square over its degrees of freedom, and u its logarithm,

.. math::

    F(t) = \int_{-\infty}^\infty \Phi(t s - \delta)\, g(u)\, du, \qquad
    g(u) = \sqrt{\frac{\nu}{\pi}}\, e^{-r(\nu / 2)} e^{\frac{\nu}{2} (\log(1 + z) - z)}, \quad z = s^2 - 1

with Stirling's remainder r. Nothing is subtracted: no tail loses its digits.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax._rounding import product_in_parts
from mathml_jax.calculus._jacobi import nodes_and_weights
from mathml_jax.special._mills import bell, mills
from mathml_jax.special._stirling import log1pmx, stirling_remainder

_ROOT_TWO_PI = math.sqrt(2 * math.pi)
_STEPS = 6
_TURN = (-4.0, 8.0)
"""Where the normal probability turns from a tail to about 1."""
_NODES = {jnp.dtype("float64"): 36, jnp.dtype("float32"): 18}
_DEPTH = {jnp.dtype("float64"): 40.0, jnp.dtype("float32"): 18.0}
"""How far the logarithm of an integrand falls until nothing is left."""


class Integral(NamedTuple):
    """An integral, an exponential times a size, and the means of some functions under its integrand."""

    exponent: Array
    size: Array
    means: tuple[Array, ...]


class _Place(NamedTuple):
    """The s of a logarithm u, its square less 1, the logarithm of that square less z, and the normal's argument."""

    s: Array
    z: Array
    bend: Array
    x: Array


def _place(nc: Array, t: Array, u: Array) -> _Place:
    excess = jnp.expm1(u)
    # Each of the two ways to x loses digits where the other does not.
    small = u < -0.5
    square = excess * (excess + 2)
    s = jnp.where(small, jnp.exp(u), 1 + excess)
    bend = jnp.where(small, 2 * u - square, log1pmx(jnp.where(small, 0.0, square)))
    return _Place(s, square, bend, jnp.where(small, t * s - nc, (t - nc) + t * excess))


def _normal(x: Array) -> tuple[Array, Array]:
    """The exponent and the size of the normal probability."""
    left = jnp.minimum(x, 0.0)
    ratio = mills(jnp.abs(x)) / _ROOT_TWO_PI
    return -left * left / 2, jnp.where(x < 0, ratio, 1 - bell(x) * ratio)


def _integrand(df: Array, nc: Array, t: Array, u: Array) -> tuple[_Place, Array, Array, Array]:
    """Its logarithm, the slope of that in u, and a curvature of it that is never negative."""
    at = _place(nc, t, u)
    exponent, size = _normal(at.x)
    hazard = jnp.where(at.x < 0, 1 / (_ROOT_TWO_PI * size), bell(at.x) / (_ROOT_TWO_PI * size))
    speed = t * at.s
    bend = jnp.maximum(hazard * (hazard + at.x), 0.0)
    value = df / 2 * at.bend + exponent + jnp.log(size)
    return at, value, hazard * speed - df * at.z, df * (at.z + 2) + bend * speed * speed


@jax.jit
def lower_tail(df: Array, nc: Array, t: Array) -> Integral:
    """The probability of at most t, and the mean of log(1 + z) - z there."""
    depth = _DEPTH[t.dtype]
    level, ends = _range(stop_gradient(df), stop_gradient(nc), stop_gradient(t), depth)
    return _summed(df, nc, t, level, ends)


def _range(df: Array, nc: Array, t: Array, depth: float) -> tuple[Array, Array]:
    """The logarithm of the integrand at about its peak, and the ends of panels that hold all that counts."""
    top = _peak(df, nc, t)
    level, _, curvature = _integrand(df, nc, t, top)[1:]
    reach = jnp.sqrt(2 * depth / df)

    def inwards(_: Array, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        def moved(u: Array) -> Array:
            value, slope = _integrand(df, nc, t, u)[1:3]
            step = (level - depth - value) / jnp.where(slope == 0, 1.0, slope)
            # Concave in s, so that from outside no step goes too far.
            return u + jnp.where(value < level - depth, jnp.log1p(jnp.maximum(step, -0.9)), 0.0)

        low, high = ends
        return moved(low), moved(high)

    # Away from where the normal probability is 1 its logarithm bends ever more.
    down, up = jnp.sqrt(2 * depth / curvature), jnp.sqrt(2 * depth / (curvature - df))
    low = -reach * (1 + reach / 2)
    # Where the curvature tells nothing: below, the normal probability alone is too small.
    least = jnp.minimum(_crossing(nc, t, -jnp.sqrt(2 * (depth - level))) - top, 0.0)
    bound = jnp.where(down < 1, jnp.log1p(-jnp.minimum(down, 0.99)), least)
    low = jnp.where(t > 0, jnp.maximum(low, bound), low)
    high = reach * jnp.exp(-top)
    start = jnp.maximum(top + low, _still(nc, t)), top + jnp.log1p(jnp.where(t < 0, jnp.minimum(high, up), high))
    low, high = jax.lax.fori_loop(0, _STEPS, inwards, start)
    return level, _panels(nc, t, low, jnp.maximum(top, low), high)


def _panels(nc: Array, t: Array, low: Array, top: Array, high: Array) -> Array:
    """The ends of four panels, in order: apart the part where the normal probability turns from 0 to 1, or back."""
    one, other = (jnp.clip(_crossing(nc, t, x), low, high) for x in _TURN)
    first, last = jnp.minimum(one, other), jnp.maximum(one, other)
    ends = jnp.minimum(first, top), jnp.clip(top, first, last), jnp.maximum(last, top), high
    # Empty ones go second: the tail, which may be long, is always the first.
    nearest = jnp.min(jnp.stack([jnp.where(end > low, end, high) for end in ends]), axis=0)
    return jnp.stack([low, *(jnp.maximum(end, nearest) for end in ends)])


def _still(nc: Array, t: Array) -> Array:
    """The u below which the normal probability no longer changes: of the integrand an exponential is left."""
    return -_DEPTH[t.dtype] - jnp.log1p(jnp.abs(t)) - jnp.log1p(jnp.abs(nc))


def _crossing(nc: Array, t: Array, x: float | Array) -> Array:
    """The u at which the normal's argument t s - nc is x; -inf where it never is, or where t s is small."""
    begun = jnp.sign(t) * (x + nc) > 0.5
    return jnp.where(begun, jnp.log(jnp.where(begun, (x + nc) / jnp.where(t == 0, 1.0, t), 1.0)), -jnp.inf)


def _peak(df: Array, nc: Array, t: Array) -> Array:
    """About where the integrand is largest, by Newton's iteration from the peak of normal density and chi law."""
    root = stationary(df, df, nc, t)
    u = jnp.log(jnp.where(t > 0, jnp.maximum(root, 1.0), jnp.minimum(root, 1.0)))

    def improve(_: Array, u: Array) -> Array:
        slope, curvature = _integrand(df, nc, t, u)[2:]
        return u + jnp.clip(slope / curvature, -1.0, 1.0)

    return jax.lax.fori_loop(0, _STEPS, improve, u)


def stationary(n: Array, df: Array, nc: Array, t: Array) -> Array:
    """The s > 0 at which n + t nc s = (df + t^2) s^2."""
    total = jnp.sqrt(df + t * t)
    half = nc / 2 * (t / total) / jnp.sqrt(n)
    root = jnp.sqrt(1 + half * half)
    rise = jnp.where(half > 0, half + root, 1 / (root + jnp.where(half > 0, 0.0, -half)))
    return jnp.sqrt(n) / total * rise


def _rule(k: Array, ends: Array) -> tuple[Array, Array]:
    """The place and the weight of node k of Gauss's rules for all panels, of which the first may be long."""
    count = _NODES[ends.dtype]
    nodes, weights = nodes_and_weights("legendre", count)
    y, weight = (jnp.asarray(a / 2, ends.dtype)[k % count] for a in (nodes + 1, weights))
    end, start = ends[k // count + 1], ends[k // count]
    below, speed = jax.lax.cond(k < count, _stretched, _even, y, end - start)
    return end - below, weight * speed


def _stretched(y: Array, length: Array) -> tuple[Array, Array]:
    """Even in the inverse hyperbolic sine of the distance: fine near the end however far the power of s reaches."""
    most = jnp.arcsinh(length)
    return jnp.sinh(most * y), most * jnp.cosh(most * y)


def _even(y: Array, length: Array) -> tuple[Array, Array]:
    return length * y, length


def _unit(df: Array) -> Array:
    return jnp.sqrt(df / math.pi) * jnp.exp(-stirling_remainder(df / 2))


def _summed(df: Array, nc: Array, t: Array, level: Array, ends: Array) -> Integral:
    def add(k: Array, sums: tuple[Array, Array]) -> tuple[Array, Array]:
        u, weight = _rule(k, ends)
        at = _place(nc, t, u)
        exponent, size = _normal(at.x)
        term = weight * size * jnp.exp(df / 2 * at.bend + exponent - level)
        return sums[0] + term, sums[1] + term * at.bend

    at, value, _, _ = _integrand(df, nc, t, stop_gradient(_still(nc, t)))
    rest = jnp.exp(value - level) / df
    whole, bent = jax.lax.fori_loop(0, 4 * _NODES[t.dtype], add, (rest, rest * (at.bend - 2 / df)))
    return Integral(level, _unit(df) * whole, (bent / whole,))


@jax.jit
def density(df: Array, nc: Array, t: Array, rise: Array) -> Integral:
    r"""The density for a rise of 1, minus the derivative of the lower tail in nc for 0; three means.

    .. math::

        \int_{-\infty}^\infty s^k \varphi(t s - \delta)\, g(u)\, du
        = \frac{h}{\sqrt{2 \pi}} \int_{-1}^\infty e^{n (\log(1 + e) - e) - A e^2 / 2}\, \frac{de}{1 + e}

    with n = df + k, s = (1 + e) times the s at the peak, and the height h there: nothing cancels. The means are those
    of x = t s - nc, of s x, and of the logarithm of s squared less z.
    """
    n, depth = df + rise, _DEPTH[t.dtype]
    peak = stationary(n, df, nc, t)
    product, lost = product_in_parts(t, peak)
    x, z = (product - nc) + lost, (peak - 1) * (peak + 1)
    a = (df + t * t) * peak * peak
    width, ends = jnp.sqrt(a + n), stop_gradient(_ends(n, a, depth))

    def add(k: Array, sums: tuple[Array, ...]) -> tuple[Array, ...]:
        u, weight = _rule(k, ends)
        e = jnp.expm1(u)
        bend = jnp.where(e < -0.5, u - e, log1pmx(jnp.where(e < -0.5, 0.0, e)))
        term = weight * width * jnp.exp(n * bend - a * e * e / 2)
        # Of the logarithm of s squared, less z: what it is at the peak, and the rest.
        more = 2 * bend - 2 * z * e - peak * peak * e * e
        return tuple(s + term * v for s, v in zip(sums, (1.0, e, e * e, more), strict=True))

    zeros = (jnp.zeros_like(t),) * 4
    whole, *rest = jax.lax.fori_loop(0, 3 * _NODES[t.dtype], add, zeros)
    first, second, more = (r / whole for r in rest)
    bent = jnp.where(z < -0.5, 2 * jnp.log(peak) - z, log1pmx(jnp.where(z < -0.5, 0.0, z)))
    shift = t * peak
    means = x + shift * first, peak * (x + (x + shift) * first + shift * second), bent + more
    size = jnp.sqrt(df / (a + n) / 2) / math.pi * whole * jnp.exp(rise * jnp.log(peak) - stirling_remainder(df / 2))
    return Integral(df / 2 * bent - x * x / 2, size, means)


def _ends(n: Array, a: Array, depth: float) -> Array:
    """The ends of three panels of the density's integral: a tail, which may be long, and both sides of the peak."""
    reach, width = jnp.sqrt(2 * depth / n), jnp.sqrt(a + n)

    def inwards(_: Array, u: Array) -> Array:
        e = jnp.expm1(u)
        value = n * (u - e) - a * e * e / 2
        slope = -e * (n + a * (1 + e))
        return u + jnp.log1p(jnp.maximum(-depth - value, 0.0) / slope)

    low = jax.lax.fori_loop(0, _STEPS, inwards, -reach * (1 + reach / 2))
    middle = jnp.maximum(low, jnp.log1p(-jnp.minimum(5 / width, 0.9)))
    high = jnp.log1p(jnp.minimum(reach * (1 + reach / 2), jnp.sqrt(2 * depth / a)))
    return jnp.stack([low, middle, jnp.zeros_like(low), high])
