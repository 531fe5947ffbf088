"""Derivatives by differences alone: central and one-sided quotients, Richardson-extrapolated, each with its error."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

RATIO = 4.0
"""Each step is this many times smaller than the one before: exact in binary."""


Numbers = Any
"""Arrays of JAX, or of NumPy where there is no reason to compile."""


class Estimate(NamedTuple):
    """A derivative and the error that its extrapolation leaves to expect."""

    value: Numbers
    error: Numbers


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


def extrapolate(quotients: Numbers, noise: Numbers, order: int) -> Estimate:
    r"""The limit of difference quotients whose error is a series in powers of the step (Richardson, Neville's scheme).

    .. math::

        T_{k,j} = \frac{r^{pj} T_{k,j-1} - T_{k-1,j-1}}{r^{pj} - 1}

    where :math:`T_{k,0}` is the quotient at the k-th step, :math:`r` the ratio of two steps and :math:`p` the `order`,
    2 for central quotients and 1 for one-sided. The entry that differs least from its two parents, with the rounding
    `noise` of its level added, is returned; levels that are not finite take no part.
    """
    return smallest(tableau(quotients, noise, order))


def tableau(quotients: Numbers, noise: Numbers, order: int) -> Estimate:
    """Neville's scheme as in `extrapolate`; the best entry of every level, whose smallest step is that of the level."""
    xp = quotients.__array_namespace__()
    column, values, errors = quotients, [], []
    for j in range(1, min(len(quotients), 6)):
        factor = RATIO ** (order * j)
        finer = (factor * column[1:] - column[:-1]) / (factor - 1)
        spread = xp.maximum(abs(finer - column[1:]), abs(finer - column[:-1])) + noise[j:]
        spread = xp.where(xp.isfinite(finer) & xp.isfinite(spread), spread, xp.inf)
        above = ((j, 0), *[(0, 0)] * (quotients.ndim - 1))
        values.append(xp.pad(finer, above))
        errors.append(xp.pad(spread, above, constant_values=xp.inf))
        column = finer
    return smallest(Estimate(xp.stack(values), xp.stack(errors)))


def smallest(estimates: Estimate) -> Estimate:
    """The estimate with the smallest error along the first axis; NaN where every error is infinite."""
    xp = estimates.error.__array_namespace__()
    best = xp.argmin(estimates.error, axis=0, keepdims=True)
    value, error = (xp.take_along_axis(part, best, 0)[0] for part in estimates)
    return Estimate(xp.where(xp.isinf(error), xp.nan, value), error)


def settled(levels: Estimate, steps: Numbers) -> Estimate:
    """The estimate with the smallest error among those that no finer step contradicts, along the first axis.

    A step that is too coarse to see a feature of the function may agree with its neighbours by accident. Of the finer
    steps, rounding takes digits, but their errors say so.
    """
    xp = steps.__array_namespace__()
    fine, coarse = Estimate(*(part[None] for part in levels)), Estimate(*(part[:, None] for part in levels))
    finer = (steps[None] < steps[:, None]) & xp.isfinite(fine.error)
    contradicted = xp.any(finer & ~(abs(fine.value - coarse.value) <= fine.error + coarse.error), axis=1)
    return smallest(Estimate(levels.value, xp.where(contradicted, xp.inf, levels.error)))


def stations(dtype: Any) -> Float[Array, " stations"]:
    """Where a function is asked along a direction: here, ahead and behind."""
    h = step_sizes(dtype)
    return jnp.concatenate([jnp.zeros(1, dtype), h, -h])


def corners(dtype: Any) -> Float[Array, "stations 2"]:
    """Where a function is asked along two directions: the four corners of a shrinking parallelogram."""
    signs = jnp.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype)
    return (step_sizes(dtype)[:, None, None] * signs[None]).reshape(-1, 2)


def slopes(values: Numbers) -> Differences:
    """First derivatives from a function's values at the `stations`, NumPy's or JAX's, along the first axis.

    At the edge of a domain, where one side is not finite, the other side's quotients stand for the central ones.
    """
    xp, eps = values.__array_namespace__(), float(jnp.finfo(values.dtype).eps)
    count = len(values) // 2
    here, ahead, behind = values[:1], values[1 : count + 1], values[count + 1 :]
    h = xp.asarray(step_sizes(values.dtype)).reshape(-1, *[1] * (values.ndim - 1))
    right_noise, left_noise = (eps * xp.maximum(abs(side), abs(here)) / h for side in (ahead, behind))
    right = extrapolate((ahead - here) / h, right_noise, order=1)
    left = extrapolate((here - behind) / h, left_noise, order=1)
    central = extrapolate((ahead - behind) / (2 * h), xp.maximum(right_noise, left_noise), order=2)
    one_sided = ~xp.isfinite(central.error) & xp.isfinite(here[0])
    side = (xp.where(xp.isfinite(right.error), a, b) for a, b in zip(right, left, strict=True))
    central = Estimate(*(xp.where(one_sided, s, c) for s, c in zip(side, central, strict=True)))
    return Differences(central, left, right)


def curvature(values: Numbers) -> Estimate:
    """Mixed second derivatives from a function's values at the `corners`, NumPy's or JAX's, along the first axis."""
    xp, eps = values.__array_namespace__(), float(jnp.finfo(values.dtype).eps)
    values = values.reshape(-1, 4, *values.shape[1:])
    h = xp.asarray(step_sizes(values.dtype)).reshape(-1, *[1] * (values.ndim - 2))
    mixed = (values[:, 0] - values[:, 1] - values[:, 2] + values[:, 3]) / (4 * h**2)
    return extrapolate(mixed, eps * xp.max(abs(values), axis=1) / h**2, order=2)


def along(g: Callable[[Array], Array], x: Float[Array, " n"], direction: Float[Array, " n"]) -> Differences:
    """First derivative of `g`, vector to vector, along one direction."""
    return slopes(jax.vmap(lambda t: g(x + t * direction))(stations(x.dtype)))
