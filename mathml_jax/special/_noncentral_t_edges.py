"""The noncentral t law at every point: what the integrals do not reach, at the edges and where nothing is valid."""

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.special import _noncentral_t_law as law


def tails(df: Array, nc: Array, t: Array) -> law.Tails:
    """The probabilities of at most t and of more with their logarithms, at the edges too."""
    plain, *inner = safe(df, nc, t)
    edges = (0.0, 1.0), (1.0, 0.0), (-jnp.inf, 0.0), (0.0, -jnp.inf)
    found = law.tails(*inner)
    return law.Tails(*(jnp.where(plain, f, edge_value(df, nc, t, *e)) for f, e in zip(found, edges, strict=True)))


def quantile(df: Array, nc: Array, lower: Array, upper: Array) -> Array:
    """The point with these tails, at the edges too."""
    plain, df_safe, nc_safe, _ = safe(df, nc, lower)
    inside = plain & (lower > 0) & (upper > 0)
    found = law.quantile(df_safe, nc_safe, jnp.where(inside, lower, 0.5), jnp.where(inside, upper, 0.5))
    nowhere = jnp.full_like(found, jnp.nan)
    edge = jnp.where(lower == 0, -jnp.inf, jnp.where(upper == 0, jnp.inf, nowhere))
    return jnp.where(inside, found, jnp.where((df > 0) & jnp.isfinite(nc), edge, nowhere))


def safe(df: Array, nc: Array, t: Array) -> tuple[Array, ...]:
    """Whether all is plain, and what is, or stands in."""
    plain = (df > 0) & jnp.isfinite(nc) & jnp.isfinite(t)
    df, t = law.bounded(jnp.where(plain, df, 1.0), jnp.where(plain, t, 0.0))
    return plain, df, jnp.where(plain, nc, 0.0), t


def edge_value(df: Array, nc: Array, t: Array, low: float, high: float) -> Array:
    nowhere = jnp.full_like(t, jnp.nan)
    edge = jnp.where(t == -jnp.inf, low, jnp.where(t == jnp.inf, high, nowhere))
    return jnp.where((df > 0) & jnp.isfinite(nc), edge, nowhere)
