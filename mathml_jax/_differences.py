"""Derivatives by differences alone: central and one-sided quotients, Richardson-extrapolated, each with its error."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

RATIO = 4.0
"""Each step is this many times smaller than the one before: exact in binary."""


class Estimate(NamedTuple):
    """A derivative and the error that its extrapolation leaves to expect."""

    value: Float[Array, "*shape"]
    error: Float[Array, "*shape"]


class Differences(NamedTuple):
    """The derivative along one direction, seen from both sides together and from each side alone."""

    central: Estimate
    left: Estimate
    right: Estimate


def step_sizes(dtype: Any) -> Float[Array, " levels"]:
    """Steps from 1/8 downwards, until rounding outweighs truncation."""
    levels = 11 if jnp.finfo(dtype).eps < 1e-10 else 6
    return jnp.asarray(0.125 * RATIO ** -jnp.arange(levels, dtype=dtype), dtype)


def binary_scale(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The power of two next to max(1, abs(x)), so that a scaled step stays exact; 1 where x is not finite."""
    magnitude = jnp.where(jnp.isfinite(x), jnp.maximum(jnp.abs(x), 1.0), 1.0)
    return jnp.exp2(jnp.round(jnp.log2(magnitude)))


def extrapolate(
    quotients: Float[Array, " levels *shape"], noise: Float[Array, " levels *shape"], order: int
) -> Estimate:
    r"""The limit of difference quotients whose error is a series in powers of the step (Richardson, Neville's scheme).

    .. math::

        T_{k,j} = \frac{r^{pj} T_{k,j-1} - T_{k-1,j-1}}{r^{pj} - 1}

    where :math:`T_{k,0}` is the quotient at the k-th step, :math:`r` the ratio of two steps and :math:`p` the `order`,
    2 for central quotients and 1 for one-sided. The entry that differs least from its two parents, with the rounding
    `noise` of its level added, is returned; levels that are not finite take no part.
    """
    column, values, errors = quotients, [], []
    for j in range(1, min(len(quotients), 6)):
        factor = RATIO ** (order * j)
        finer = (factor * column[1:] - column[:-1]) / (factor - 1)
        spread = jnp.maximum(jnp.abs(finer - column[1:]), jnp.abs(finer - column[:-1])) + noise[j:]
        values.append(finer)
        errors.append(jnp.where(jnp.isfinite(finer) & jnp.isfinite(spread), spread, jnp.inf))
        column = finer
    table, error = jnp.concatenate(values), jnp.concatenate(errors)
    best = jnp.argmin(error, axis=0, keepdims=True)
    error = jnp.take_along_axis(error, best, 0)[0]
    value = jnp.take_along_axis(table, best, 0)[0]
    return Estimate(jnp.where(jnp.isinf(error), jnp.nan, value), error)


def along(
    g: Callable[[Array], Array],
    x: Float[Array, " n"],
    direction: Float[Array, " n"],
    each: Callable[..., Any] = jax.vmap,
) -> Differences:
    """First derivative of `g`, vector to vector, along one direction.

    At the edge of a domain, where one side is not finite, the other side's quotients stand for the central ones.
    """
    eps = jnp.finfo(x.dtype).eps
    h = step_sizes(x.dtype)
    values = each(lambda t: g(x + t * direction))(jnp.concatenate([jnp.zeros(1, x.dtype), h, -h]))
    here, ahead, behind = values[:1], values[1 : len(h) + 1], values[len(h) + 1 :]
    h = h[:, None]
    noise = eps * jnp.maximum(jnp.maximum(jnp.abs(ahead), jnp.abs(behind)), jnp.abs(here)) / h
    right = extrapolate((ahead - here) / h, eps * jnp.maximum(jnp.abs(ahead), jnp.abs(here)) / h, order=1)
    left = extrapolate((here - behind) / h, eps * jnp.maximum(jnp.abs(behind), jnp.abs(here)) / h, order=1)
    central = extrapolate((ahead - behind) / (2 * h), noise, order=2)
    side = jax.tree.map(lambda a, b: jnp.where(jnp.isfinite(right.error), a, b), right, left)
    one_sided = ~jnp.isfinite(central.error) & jnp.isfinite(here[0])
    central = jax.tree.map(lambda c, s: jnp.where(one_sided, s, c), central, side)
    return Differences(central, left, right)


def along_two(
    g: Callable[[Array], Array],
    x: Float[Array, " n"],
    first: Float[Array, " n"],
    second: Float[Array, " n"],
    each: Callable[..., Any] = jax.vmap,
) -> Estimate:
    """Second derivative of `g` along two directions, from the four corners of a shrinking parallelogram."""
    h = step_sizes(x.dtype)
    signs = jnp.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], x.dtype)
    points = (h[:, None, None] * signs[None]).reshape(-1, 2)
    values = each(lambda t: g(x + t[0] * first + t[1] * second))(points).reshape(len(h), 4, -1)
    h = h[:, None]
    mixed = (values[:, 0] - values[:, 1] - values[:, 2] + values[:, 3]) / (4 * h**2)
    noise = jnp.finfo(x.dtype).eps * jnp.max(jnp.abs(values), axis=1) / h**2
    return extrapolate(mixed, noise, order=2)
