"""Moments of the studentized range: those of the range of normal numbers times those of one over the scale."""

import jax
import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax.special._range import DENSITY, normal_range, rule
from mathml_jax.special._range_integral import KNOWN
from mathml_jax.special._student_tail import log_gammas

_NODES = 64


@jax.jit
def range_moments(k: Array, df: Array) -> tuple[Array, ...]:
    r"""The expectations of the first four powers; inf where the integral is.

    .. math::

        E[W^m]\, E[s^{-m}], \qquad
        E[s^{-m}] = \Bigl( \frac{\nu}{2} \Bigr)^{m/2} \frac{\Gamma((\nu - m) / 2)}{\Gamma(\nu / 2)}
    """
    many = k.reshape(1, 1, -1)
    nodes, weights = rule(k, _NODES, axis=1)
    # Between these ends lies all but a rounding of the law.
    low = 2 * jnp.maximum(jnp.sqrt(2 * jnp.log(1 + (many - 1) / 60)) - 0.8, 0.0)
    low, width = stop_gradient((low, jnp.sqrt(160 + 8 * jnp.log(many)) - low))
    # Squared, so that the power with which the density begins does no harm.
    w, weights = low + width * nodes * nodes, 2 * width * nodes * weights
    density = weights * jnp.exp(normal_range(w, many, jnp.full(w.shape, DENSITY)).log)
    return tuple(
        jnp.sum(density * w**m, axis=1).reshape(k.shape) * scale for m, scale in enumerate(_of_scale(df), start=1)
    )


def _of_scale(df: Array) -> tuple[Array, ...]:
    """The expectations of the powers of one over the scale: two steps of the gamma functions are a quotient."""
    n = jnp.minimum(df, KNOWN[df.dtype])
    first, second, third, fourth = (jnp.where(n > m, n / jnp.where(n > m, n - m, 1.0), jnp.inf) for m in range(1, 5))
    mean = jnp.sqrt(first) * jnp.exp(-log_gammas(2 / jnp.where(n > 1, n - 1, 1.0)))
    return mean, second, third * mean, fourth * second
