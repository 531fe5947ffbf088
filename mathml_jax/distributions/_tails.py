r"""Logarithms that the tails of several families are made of, with right derivatives where they are infinite."""

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.fundamentals.logarithms import log1mexp
from mathml_jax.special import _rising

GONE = 812.0
"""Beyond it :math:`e^{-t}` is 0 in every dtype."""


def log_complement(t: Array, log_t: Array) -> Array:
    r"""The logarithm of a probability whose complement is :math:`e^{-t}`, also where t itself underflows.

    .. math::

        \log(1 - e^{-t}) = \log t + \log \frac{1 - e^{-t}}{t}
    """
    small = t < 1
    tiny = t < jnp.finfo(t.dtype).eps
    near = jnp.where(small & ~tiny, t, 0.5)
    share = jnp.where(tiny, 1 - jnp.where(tiny, t, 0.0) / 2, -jnp.expm1(-near) / near)
    return jnp.where(small, jnp.where(small, log_t, 0.0) + jnp.log(share), log1mexp(jnp.where(small, 1.0, t)))


def minus_log(q: Array) -> Array:
    """Minus the logarithm of a probability; at 1 a zero of positive sign, for what divides by it."""
    sure = q == 1
    return jnp.where(sure, 1 - q, -jnp.log(jnp.where(sure, 0.5, q)))


def minus_log1m(q: Array) -> Array:
    """Minus the logarithm of the complement of a probability; at 0 its tangent, for what divides by it."""
    none = q == 0
    return jnp.where(none, q, -_rising.log1p(-jnp.where(none, 0.5, q)))


def log_minus_log(q: Array) -> Array:
    """The logarithm of `minus_log`; inf at 0, with derivative -inf, and -inf at 1."""
    none = q == 0
    return jnp.where(none, -jnp.log(jnp.where(none, q, 1.0)), jnp.log(minus_log(jnp.where(none, 0.5, q))))


def log_minus_log1m(q: Array) -> Array:
    """The logarithm of `minus_log1m`; -inf at 0, and inf at 1, with derivative inf."""
    sure = q == 1
    return jnp.where(sure, -jnp.log1p(-jnp.where(sure, q, 0.0)), jnp.log(minus_log1m(jnp.where(sure, 0.5, q))))
