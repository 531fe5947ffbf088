"""What the noncentral chi-square law has no closed form for: its mode, its entropy and its Fisher information."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax.special._noncentral_gamma import Slopes, log_density, log_density_slopes, side

_ROUNDS = 12


@jax.custom_jvp
def mode(a: Array, noncentral: Array) -> Array:
    r"""Where the noncentral gamma density is greatest, for a >= 1 and at most one from 1 on; otherwise 0.

    There :math:`y = a - 1 + \lambda f_{a+1}(y) / f_a(y)`, solved by Newton's method from above, which never oversteps.
    """
    inner = (a > 1) | ((a == 1) & (noncentral > 1))
    a, noncentral = jnp.where(inner, a, 2.0), jnp.where(inner, noncentral, 1.0)

    def newton(_: Array, y: Array) -> Array:
        quotient = _quotient(a, noncentral, y)
        pace = noncentral * (1 - quotient * (noncentral * quotient + a - 1) / y) - 1
        return y - (a - 1 + noncentral * quotient - y) / pace

    return jnp.where(inner, lax.fori_loop(0, _ROUNDS, newton, a - 1 + noncentral), 0.0)


def _quotient(a: Array, noncentral: Array, y: Array) -> Array:
    """The density for a shape larger by 1 over the density."""
    of = side(a, noncentral, y)
    return y * of.after / of.rate


@mode.defjvp
def _mode_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
    (a, noncentral), (da, dc) = primals, tangents
    y = mode(a, noncentral)
    inner = y > 0
    b, c, z = (jnp.where(inner, value, usual) for value, usual in ((a, 2.0), (noncentral, 0.0), (y, 1.0)))
    quotient = _quotient(b, c, z)
    bend = log_density_slopes(b + 1, c, z).shape - log_density_slopes(b, c, z).shape
    change = (1 + c * quotient * bend) * da + z * (1 - quotient) * dc
    return y, jnp.where(inner, change / (1 - c * (1 - quotient)), 0.0)


def expectation(
    function: Callable[[Array, Array, Slopes], Array], a: Array, noncentral: Array, power: float = 0.0
) -> Array:
    r"""The mean of a function of y, of the logarithm of the density and of its slopes, under the noncentral gamma law.

    By the trapezoidal rule in :math:`\tau` with :math:`y = \lambda w^2 + a w`, :math:`\log w = \beta \sinh \tau`. The
    step is a part of the law's width in its middle; the lower end is where :math:`y^a` is gone, or that over `power`
    more powers of y: far away for small a.
    """
    nodes, part = (128, 4.0) if a.dtype == jnp.float64 else (96, 4.0)
    ends = (-600.0, 40.0) if a.dtype == jnp.float64 else (-70.0, 20.0)
    b, c = stop_gradient(a), stop_gradient(noncentral)
    stretch = part / jnp.sqrt(b + 2 * c + 1)
    least = jnp.where(b > power, jnp.maximum(b - power, 0.1), b)
    step = jnp.maximum(jnp.arcsinh((40 / least + 1) / stretch), 1.7) * (2 / nodes)

    def add(k: Array, sum: Array) -> Array:
        at = (k.astype(a.dtype) - (nodes - 1) / 2) * step
        w = jnp.exp(jnp.clip(stretch * jnp.sinh(at), *ends))
        y = (c * w + b) * w
        rise = (2 * c * w + b) * w * stretch * jnp.cosh(at) * step
        height, slopes = log_density(a, noncentral, y), log_density_slopes(a, noncentral, y)
        weight = jnp.exp(height) * rise
        there = weight > 0
        return sum + jnp.where(there, weight * function(y, jnp.where(there, height, 0.0), slopes), 0.0)

    zero = jax.eval_shape(lambda: function(a, a, Slopes(a, a, a)))
    return lax.fori_loop(0, nodes, add, jnp.zeros(zero.shape, zero.dtype))
