"""Logarithms in any base, and the logarithm of a sum of exponentials."""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.lax import stop_gradient
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax._rounding import Axis
from mathml_jax.fundamentals._exponentials import log_total, shares
from mathml_jax.fundamentals._quotient import log_quotient


@jax.jit
def log_base(x: Real[ArrayLike, "*#batch"], base: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""The power to which a base must be raised to give x.

    .. math::

        \log_b x = \frac{\ln x}{\ln b}

    where :math:`x` is the number and :math:`b` the base. Every logarithm is a multiple of every other, so one
    table of them is enough, and in all of them products become sums and powers products.

    Why it matters: bits (base 2), decibels and orders of magnitude (base 10) and nats (base e) measure one thing in
    different units, and this is the exchange rate.

    Args:
      x: numbers, any shape.
      base: positive and not 1, broadcast against `x`.

    Returns:
      Logarithms of the broadcast shape: -inf at x = 0 for a base above 1, inf below 1. NaN for a negative x, and for a
      base that is not positive or is 1.

    References:
      Napier, "Mirifici Logarithmorum Canonis Descriptio", 1614; Briggs, "Arithmetica Logarithmica", 1624.

    >>> log_base(jnp.array([8.0, 0.5]), 2.0).round(2).tolist()
    [3.0, -1.0]
    """
    x, base = as_broadcast(x, base)
    return _defined(x, base) * (jnp.log(x) / jnp.log(base))


def log_base_derivative(x: Real[ArrayLike, "*#batch"], base: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `log_base` in its first argument.

    .. math::

        \frac{\partial}{\partial x} \log_b x = \frac{1}{x \ln b}
    """
    x, base = as_broadcast(x, base)
    return _defined(x, base) / x / jnp.log(base)


def log_base_base_derivative(x: Real[ArrayLike, "*#batch"], base: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `log_base` in the base.

    .. math::

        \frac{\partial}{\partial b} \log_b x = -\frac{\log_b x}{b \ln b}
    """
    x, base = as_broadcast(x, base)
    inside = (x > 0) & (x < jnp.inf) & (base > 0) & (base < jnp.inf)
    one = jnp.ones_like(x)
    (ln_x, less_x), (ln_b, less_b) = (log_quotient(jnp.where(inside, y, 2.0).astype(x.dtype), one) for y in (x, base))
    # With what the roundings of both logarithms took.
    slope = (ln_x + (less_x - 2 * less_b * (ln_x / ln_b))) / ln_b / (base * ln_b)
    return -jnp.where(inside, _defined(x, base) * slope, log_base(x, base) / (base * jnp.log(base)))


def _defined(x: Array, base: Array) -> Array:
    """One where the logarithm exists, NaN elsewhere."""
    return nan_unless((x >= 0) & (base > 0) & (base != 1), x)


@partial(jax.jit, static_argnames=("axis", "keepdims"))
def logsumexp(a: Real[ArrayLike, "..."], *, axis: Axis = None, keepdims: bool = False) -> Float[Array, "..."]:
    r"""Logarithm of a sum of exponentials, where the exponentials themselves would overflow or vanish.

    .. math::

        \ln \sum_j e^{a_j} = m + \ln\Bigl(1 + \sum_{j \ne k} e^{a_j - m}\Bigr), \qquad m = a_k = \max_j a_j

    where :math:`a_j` are the exponents and :math:`m` is the largest of them, found at :math:`k`. No exponential exceeds
    one, and a sum barely above its largest term keeps its digits.

    Why it matters: adding probabilities that are held as logarithms; the normaliser of every softmax, mixture and
    hidden Markov model; a smooth maximum.

    Args:
      a: exponents, any shape.
      axis: the axis or axes to sum over; None means all.
      keepdims: keep the axes summed over, with length one.

    Returns:
      Logarithms, of the shape of `a` without `axis`. -inf where every exponent is -inf or there is none, with
      gradient zero; inf where one is inf, with gradient NaN.

    References:
      Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax functions", IMA Journal of
      Numerical Analysis 41, 2021.

    >>> logsumexp(jnp.array([1000.0, 1000.0])).round(3).item()
    1000.693
    """
    a = as_float(a)
    exponents = widened(a)
    largest, distance = _below_largest(exponents, axis)
    total = largest + log_total(largest, distance, axis)
    return (total if keepdims else jnp.squeeze(total, axis)).astype(a.dtype)


def logsumexp_gradient(a: Real[ArrayLike, "..."], *, axis: Axis = None) -> Float[Array, "..."]:
    r"""Gradient of `logsumexp` in its exponents: their softmax.

    .. math::

        \frac{\partial}{\partial a_i} \ln \sum_j e^{a_j} = \frac{e^{a_i}}{\sum_j e^{a_j}}
    """
    a = as_float(a)
    exponents = widened(a)
    largest, distance = _below_largest(exponents, axis)
    return shares(exponents, largest, distance, axis).astype(a.dtype)


@jax.jit
def log1mexp(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Logarithm of the complement of a probability that is known by its logarithm.

    .. math::

        \ln\left(1 - e^{-x}\right)

    where :math:`x` is minus the logarithm of the probability. Where little is left of one, the difference is taken
    first; where much is left, the logarithm near one.

    Why it matters: tails that underflow are kept as logarithms, and so must be their complements.

    Args:
      x: numbers from 0 to inf, any shape.

    Returns:
      Logarithms of the same shape; -inf at 0, NaN below it, -0.0 at inf.

    References:
      Mächler, "Accurately computing log(1 - exp(-|a|))", 2012.

    >>> f"{log1mexp(1e-20).item():.4f}"
    '-46.0517'
    """
    x = as_float(x)
    wide = widened(x)
    # XLA's log1p loses digits below -0.29, so the change is at log 4 instead of log 2.
    much = wide > math.log(4.0)
    near_one = jnp.log1p(-jnp.exp(-jnp.where(much, wide, 2.0)))
    return jnp.where(much, near_one, jnp.log(-jnp.expm1(-jnp.where(much, 1.0, wide)))).astype(x.dtype)


def log1mexp_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `log1mexp`.

    .. math::

        \frac{d}{dx} \ln\left(1 - e^{-x}\right) = \frac{1}{e^x - 1}
    """
    return 1 / jnp.expm1(as_float(x))


def _below_largest(a: Array, axis: Axis) -> tuple[Array, Array]:
    """The largest entry, and how far each entry lies below it (below the nearest finite number, were it infinite)."""
    limits = jnp.finfo(a.dtype)
    largest = stop_gradient(jnp.max(a, axis=axis, keepdims=True, initial=-jnp.inf))
    return largest, a - jnp.clip(largest, limits.min, limits.max)


CONCEPTS = (
    Concept(
        log_base,
        example=lambda key: tuple(random.uniform(key, (2, 5), jnp.float64, 1.5, 9.0)),
        derivatives=(
            Derivative(log_base_derivative, "derivative"),
            Derivative(log_base_base_derivative, "derivative", argnum=1),
        ),
        oracle=lambda x, base: np.log2(x) / np.log2(base),
    ),
    Concept(
        logsumexp,
        example=lambda key: (3 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(logsumexp_gradient, "gradient"),),
        oracle="scipy.special.logsumexp",
    ),
    Concept(
        log1mexp,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.01, 4.0),),
        derivatives=(Derivative(log1mexp_derivative, "derivative"),),
        oracle=lambda x: np.log(-np.expm1(-x)),
    ),
)
