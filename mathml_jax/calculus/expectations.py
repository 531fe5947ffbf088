"""Averages as integrals: expected value, entropy and squared error over a density, and the length of a curve."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Key, Real

from mathml_jax._checks import as_float, nan_unless, widened
from mathml_jax._concept import Concept
from mathml_jax.calculus._double_exponential import points
from mathml_jax.calculus._scalar import scalar_valued


@partial(jax.jit, static_argnames=("g", "pdf"))
def expected_value(
    g: Callable[..., Any],
    pdf: Callable[..., Any],
    a: Real[ArrayLike, ""] = -jnp.inf,
    b: Real[ArrayLike, ""] = jnp.inf,
    args: tuple[Any, ...] = (),
) -> Float[Array, ""]:
    r"""Mean of a function of a random variable, from the variable's density.

    .. math::

        \mathrm{E}[g(X)] = \int_a^b g(x)\, p(x)\, dx

    where :math:`X` is the random variable, :math:`p(x)` its density, which lies between :math:`a` and :math:`b`, and
    :math:`g(x)` the function. The integral takes 1,153 points that crowd towards the ends, or on the whole line towards
    0, as the rules of Takahasi and Mori have them.

    Why it matters: a mean, a variance, a risk, a price: every average over a law that is known.

    Args:
      g: a function of a scalar to a scalar, made of JAX operations; each new one is compiled.
      pdf: the density, a function of a scalar, and of `args`, to a scalar.
      a: lower limit of the density, finite or -inf.
      b: upper limit of the density, finite or inf.
      args: parameters of the density, which may be differentiated.

    Returns:
      The mean, a scalar. Points of density zero do not count, whatever g is there. NaN where the density does not add
      up to one to three digits: it has another mass, or is too narrow for the points, or too heavy at a finite end.
      The mean of g = 1 shows what was seen of it: on a finite interval, almost all digits of a smooth density whose
      standard deviation is a hundredth of the interval; else, of one that is within 100 of 0 and a fifth as wide as it
      is far. Jumps and kinks away from 0 leave few. A narrow density far out is moved to 0 by its centre first.

    Raises:
      ValueError: `g` or `pdf` does not return a scalar.

    References:
      Takahasi and Mori, "Double exponential formulas for numerical integration", 1974.

    >>> expected_value(lambda x: x, lambda x: 2 * jnp.exp(-2 * x), 0.0, jnp.inf).round(6).item()
    0.5
    """
    return _mean("expected_value", g, pdf, a, b, args)


@partial(jax.jit, static_argnames="pdf")
def differential_entropy(
    pdf: Callable[..., Any],
    a: Real[ArrayLike, ""] = -jnp.inf,
    b: Real[ArrayLike, ""] = jnp.inf,
    args: tuple[Any, ...] = (),
) -> Float[Array, ""]:
    r"""How spread out a continuous random variable is, in nats.

    .. math::

        h(X) = -\int_a^b p(x) \log p(x)\, dx

    where :math:`h(X)` is the entropy of the random variable :math:`X`, and :math:`p(x)` its density, which lies between
    :math:`a` and :math:`b`.

    Why it matters: of all densities with a given variance the normal one has the most, that of an interval the uniform
    one: to assume no more than is known is to choose the largest. Other than that of a discrete variable it may be
    negative, and changes with the unit of x.

    Args:
      pdf: the density, a function of a scalar, and of `args`, to a scalar, made of JAX operations.
      a: lower limit of the density, finite or -inf.
      b: upper limit of the density, finite or inf.
      args: parameters of the density, which may be differentiated.

    Returns:
      The entropy, a scalar. NaN where the density does not add up to one to three digits, as in `expected_value`.

    Raises:
      ValueError: `pdf` does not return a scalar.

    References:
      Shannon, "A mathematical theory of communication", 1948, section 20.

    >>> differential_entropy(lambda x: jnp.exp(-x), 0.0, jnp.inf).round(6).item()
    1.0
    """

    def surprise(x: Array) -> Array:
        p = as_float(pdf(x, *args))
        return -jnp.log(jnp.where(p == 0, 1.0, p))

    return _mean("differential_entropy", surprise, pdf, a, b, args)


@partial(jax.jit, static_argnames=("predict", "target", "pdf"))
def expected_squared_error(
    predict: Callable[..., Any],
    target: Callable[..., Any],
    pdf: Callable[..., Any],
    a: Real[ArrayLike, ""] = -jnp.inf,
    b: Real[ArrayLike, ""] = jnp.inf,
    args: tuple[Any, ...] = (),
) -> Float[Array, ""]:
    r"""Mean squared error of a prediction over all inputs, from their density.

    .. math::

        \mathrm{MSE} = \int_a^b \left( \hat y(x) - y(x) \right)^2 p(x)\, dx

    where :math:`y(x)` is the target at the input :math:`x`, :math:`\hat y(x)` the prediction, and :math:`p(x)` the
    density of the inputs, which lies between :math:`a` and :math:`b`.

    Why it matters: what the mean squared error over a sample estimates, and what a model that generalises makes small.

    Args:
      predict: a function of a scalar to a scalar, made of JAX operations; each new one is compiled.
      target: another such function.
      pdf: the density, a function of a scalar, and of `args`, to a scalar.
      a: lower limit of the density, finite or -inf.
      b: upper limit of the density, finite or inf.
      args: parameters of the density, which may be differentiated.

    Returns:
      The error (the unit of y, squared), a scalar. NaN where the density does not add up to one to three digits, as in
      `expected_value`.

    Raises:
      ValueError: `predict`, `target` or `pdf` does not return a scalar.

    References:
      Hastie, Tibshirani and Friedman, "The elements of statistical learning", 2nd edition, 2009, section 2.4.

    >>> flat = lambda x: jnp.ones_like(x)
    >>> expected_squared_error(lambda x: x - 1 / 6, lambda x: x**2, flat, 0.0, 1.0).round(6).item()
    0.005556
    """

    def square(x: Array) -> Array:
        prediction, truth = as_float(predict(x), target(x))
        return (prediction - truth) ** 2

    return _mean("expected_squared_error", square, pdf, a, b, args)


@partial(jax.jit, static_argnames="f")
def arc_length(f: Callable[..., Any], a: Real[ArrayLike, ""], b: Real[ArrayLike, ""]) -> Float[Array, ""]:
    r"""Length of the graph of a function between two limits.

    .. math::

        L = \int_a^b \sqrt{1 + f'(x)^2}\, dx

    where :math:`L` is the length, :math:`f'(x)` the slope of the function :math:`f` at :math:`x`, exact by forward
    mode, and :math:`a` and :math:`b` are the limits.

    Why it matters: a derivative inside an integral: Pythagoras on steps that shrink to nothing.

    Args:
      f: a function of a scalar to a scalar, made of JAX operations; each new one is compiled.
      a: lower limit, finite.
      b: upper limit, finite.

    Returns:
      The length (in the unit that x and f share), a scalar; negative where b is below a. Infinite slopes at the ends
      cost half the digits, kinks between them more.

    Raises:
      ValueError: `f` does not return a scalar.

    References:
      van Heuraet, "Epistola de transmutatione curvarum linearum in rectas", 1659.

    >>> arc_length(jnp.cosh, 0.0, 1.0).round(6).item()
    1.175201
    """
    start, stop = as_float(a, b)
    low, high = widened(start), widened(stop)
    g = scalar_valued("arc_length", f, jax.ShapeDtypeStruct((), low.dtype))

    def stretch(x: Array) -> Array:
        slope = jax.jvp(g, (x,), (jnp.ones_like(x),))[1]
        return jnp.hypot(jnp.ones_like(slope), slope)

    finite = nan_unless(jnp.isfinite(low) & jnp.isfinite(high), low)
    x, weight = points(low, high)
    return (finite * jnp.sum(weight * jax.vmap(stretch)(x).astype(weight.dtype))).astype(start.dtype)


def _mean(
    function: str,
    g: Callable[..., Any],
    pdf: Callable[..., Any],
    a: ArrayLike,
    b: ArrayLike,
    args: tuple[Any, ...],
) -> Array:
    """The integral of g over the density, where the density itself has the integral one."""
    start, stop = as_float(a, b, *jax.tree.leaves(args))[:2]
    low, high = widened(start), widened(stop)
    at = jax.ShapeDtypeStruct((), low.dtype)
    value, density = scalar_valued(function, g, at), scalar_valued(function, pdf, at, *args)

    x, weight = points(low, high)
    share = weight * jax.vmap(lambda x: density(x, *args))(x).astype(weight.dtype)
    # What does not count is not asked: its slope, if infinite, would spoil the others'.
    values = jax.vmap(value)(jnp.where(share == 0, x[len(x) // 2], x)).astype(weight.dtype)
    summed = nan_unless(jnp.abs(jnp.sum(share) - 1) < 1e-3, share)
    return (summed * jnp.sum(share * values)).astype(start.dtype)


def _bell(x: Array, centre: Array, scale: Array) -> Array:
    return jnp.exp(-(((x - centre) / scale) ** 2) / 2) / (scale * math.sqrt(2 * math.pi))


def _law(key: Key[Array, ""]) -> tuple[Array, Array]:
    """A centre and a scale."""
    return random.normal(key, (), jnp.float64), random.uniform(key, (), jnp.float64, 0.5, 2.0)


CONCEPTS = (
    Concept(
        expected_value,
        example=_law,
        oracle=lambda centre, scale: centre**2 + scale**2,
        evaluate=lambda centre, scale: expected_value(jnp.square, _bell, args=(centre, scale)),
    ),
    Concept(
        differential_entropy,
        example=_law,
        oracle=lambda centre, scale: np.log(2 * np.pi * np.e * scale**2) / 2,
        evaluate=lambda centre, scale: differential_entropy(_bell, args=(centre, scale)),
    ),
    Concept(
        expected_squared_error,
        example=_law,
        oracle=lambda centre, scale: 3 * scale**4 + 6 * (centre * scale) ** 2 + centre**4,
        evaluate=lambda centre, scale: expected_squared_error(jnp.square, jnp.zeros_like, _bell, args=(centre, scale)),
    ),
    Concept(
        arc_length,
        example=lambda key: (jnp.cosh, *random.normal(key, (2,), jnp.float64)),
        oracle=lambda f, a, b: np.sinh(b) - np.sinh(a),
    ),
)
