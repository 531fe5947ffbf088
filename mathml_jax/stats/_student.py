"""What Student's law says of an estimate: how extreme it is, and the interval about it."""

import jax.numpy as jnp
from jaxtyping import Array, ArrayLike

from mathml_jax._checks import as_broadcast, nan_unless
from mathml_jax.special import stdtr, stdtrit
from mathml_jax.stats._alternative import Alternative
from mathml_jax.stats.intervals import ConfidenceInterval


def standardized(difference: Array, error: Array) -> Array:
    """The difference in standard errors; without error infinite, with a derivative of 0, or NaN without difference."""
    none = error == 0
    endless = jnp.where(difference > 0, jnp.full_like(difference, jnp.inf), -jnp.inf)
    endless = jnp.where(difference == 0, jnp.nan, endless)
    return jnp.where(none, endless, difference / jnp.where(none, 1.0, error))


def tail(t: Array, df: ArrayLike, alternative: Alternative) -> Array:
    """The p-value of a statistic, each tail by itself; at 0 the two-sided one has a kink, and there a slope of 0."""
    match alternative:
        case "two-sided":
            return 2 * stdtr(df, -t * jnp.sign(t))
        case "less":
            return stdtr(df, t)
        case "greater":
            return stdtr(df, -t)


def _within(estimate: Array, error: Array, df: Array, confidence_level: ArrayLike = 0.95) -> ConfidenceInterval:
    estimate, margin = _estimate_and_margin(estimate, error, df, confidence_level, 2)
    return ConfidenceInterval(estimate - margin, estimate + margin)


def _below(estimate: Array, error: Array, df: Array, confidence_level: ArrayLike = 0.95) -> ConfidenceInterval:
    estimate, margin = _estimate_and_margin(estimate, error, df, confidence_level, 1)
    return ConfidenceInterval(_endless(-jnp.inf, estimate + margin), estimate + margin)


def _above(estimate: Array, error: Array, df: Array, confidence_level: ArrayLike = 0.95) -> ConfidenceInterval:
    estimate, margin = _estimate_and_margin(estimate, error, df, confidence_level, 1)
    return ConfidenceInterval(estimate - margin, _endless(jnp.inf, estimate - margin))


INTERVALS = {"two-sided": _within, "less": _below, "greater": _above}
"""From estimate, standard error, degrees of freedom and level to what no test against the alternative refutes."""


def _estimate_and_margin(estimate: Array, error: Array, df: Array, level: ArrayLike, sides: int) -> tuple[Array, Array]:
    estimate, error, df, level = as_broadcast(estimate, error, df, jnp.asarray(level, estimate.dtype))
    return estimate, -stdtrit(df, (1 - level) / sides) * error * nan_unless(level >= 0, level)


def _endless(end: float, other: Array) -> Array:
    """The open end of an interval, if there is one at all."""
    return jnp.where(jnp.isnan(other), jnp.nan, jnp.full_like(other, end))
