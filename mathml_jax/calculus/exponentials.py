"""Exponentials, their logarithms and the error function, each beside its derivative."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.lax import stop_gradient
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax._rounding import lost_in_difference, product_in_parts
from mathml_jax.calculus.elementary import power, power_derivative


@jax.jit
def exp(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The exponential function, which is its own derivative.

    .. math::

        e^x = \sum_{k=0}^\infty \frac{x^k}{k!}

    where :math:`x` is the exponent and :math:`k` counts the terms.

    Why it matters: it turns sums into products; softmax and every density of the exponential family are built on it.

    Args:
      x: real numbers, any shape.

    Returns:
      Exponentials of the same shape; 0 at -inf.

    References:
      Euler, "Introductio in analysin infinitorum", 1748.

    >>> exp(jnp.array([0.0, 1.0])).round(3).tolist()
    [1.0, 2.718]
    """
    return jnp.exp(as_float(x))


def exp_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `exp`.

    .. math::

        \frac{d}{dx} e^x = e^x
    """
    return exp(x)


@jax.jit
def exponential(x: Real[ArrayLike, "*#batch"], base: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Raises a positive base to the power x.

    .. math::

        a^x = e^{x \ln a}

    where :math:`a` is the base and :math:`x` the exponent.

    Why it matters: doubling, half-lives and bits: growth by the same factor in every step.

    Args:
      x: exponents, any shape.
      base: positive, broadcast against `x`.

    Returns:
      Powers of the broadcast shape; NaN where the base is not positive.

    References:
      Euler, "Introductio in analysin infinitorum", 1748.

    >>> exponential(jnp.array([-1.0, 3.0]), 2.0).tolist()
    [0.5, 8.0]
    """
    x, base = as_broadcast(x, base)
    return power(base, x) * nan_unless(base > 0, base)


def exponential_derivative(x: Real[ArrayLike, "*#batch"], base: Real[ArrayLike, "*#batch"]) -> Float[Array, "*batch"]:
    r"""Derivative of `exponential` in the exponent.

    .. math::

        \frac{\partial}{\partial x} a^x = a^x \ln a
    """
    x, base = as_broadcast(x, base)
    return exponential(x, base) * jnp.log(base)


def exponential_base_derivative(
    x: Real[ArrayLike, "*#batch"], base: Real[ArrayLike, "*#batch"]
) -> Float[Array, "*batch"]:
    r"""Derivative of `exponential` in the base.

    .. math::

        \frac{\partial}{\partial a} a^x = x a^{x-1}
    """
    x, base = as_broadcast(x, base)
    return power_derivative(base, x) * nan_unless(base > 0, base)


@jax.jit
def expm1(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The exponential minus one, with every digit where x is small.

    .. math::

        e^x - 1 = \sum_{k=1}^\infty \frac{x^k}{k!}

    where :math:`x` is the exponent and :math:`k` counts the terms. Around 0 a step of Newton's method towards
    :math:`\ln(1 + y) = x`, with :math:`y` the result, takes rounding back.

    Why it matters: compound interest at a small rate, the bend of ELU, and one minus a probability near one.

    Args:
      x: real numbers, any shape.

    Returns:
      Results of the same shape; -1 at -inf. The derivative does not vanish before the exponential does.

    References:
      Kahan, "Branch cuts for complex elementary functions", 1987.

    >>> expm1(1e-20).item()
    1e-20
    """
    x = as_float(x)
    y = widened(x)
    near = jnp.abs(y) < 1
    small = jnp.where(near, y, 0.0)
    about = jnp.expm1(small)
    about -= stop_gradient((1 + about) * (log1p(about) - small))
    return jnp.where(near, about, jnp.exp(y) - 1).astype(x.dtype)


def expm1_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `expm1`.

    .. math::

        \frac{d}{dx} (e^x - 1) = e^x
    """
    return exp(x)


@jax.jit
def log(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The natural logarithm: the exponent that gives x.

    .. math::

        \ln x = \int_1^x \frac{dt}{t}

    where :math:`x` is the number and :math:`t` runs from 1 to it: the area under the hyperbola.

    Why it matters: products become sums, so the logarithm of a likelihood is what one maximises.

    Args:
      x: numbers from 0, any shape.

    Returns:
      Logarithms of the same shape; -inf at 0, where the derivative is inf; NaN, with its derivative, below.

    References:
      Napier, "Mirifici Logarithmorum Canonis Descriptio", 1614.

    >>> log(jnp.array([0.0, 1.0, 10.0])).round(3).tolist()
    [-inf, 0.0, 2.303]
    """
    x = as_float(x)
    return jnp.log(x) * nan_unless(x >= 0, x)


def log_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `log`, for x from 0 on.

    .. math::

        \frac{d}{dx} \ln x = \frac{1}{x}
    """
    x = as_float(x)
    return nan_unless(x >= 0, x) / jnp.abs(x)


@jax.jit
def log1p(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The logarithm of one plus x, with every digit where x is small.

    .. math::

        \ln(1 + x) \approx \ln u + \frac{(1 + x) - u}{u}

    where :math:`x` is the number and :math:`u` one plus x as rounded; the second term is what rounding took.

    Why it matters: returns, likelihoods of rare events, and softplus.

    Args:
      x: numbers from -1, any shape.

    Returns:
      Logarithms of the same shape; -inf at -1, where the derivative is inf; NaN, with its derivative, below.

    References:
      Goldberg, "What every computer scientist should know about floating-point arithmetic", 1991.

    >>> log1p(1e-20).item()
    1e-20
    """
    x = as_float(x)
    y = widened(x)
    rounded = 1 + y
    lost = lost_in_difference(y, -jnp.ones_like(y), rounded)
    value = jnp.log(rounded) + lost / jnp.where(rounded == 0, 1.0, rounded)
    return (value * nan_unless(y >= -1, y)).astype(x.dtype)


def log1p_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `log1p`, for x from -1 on.

    .. math::

        \frac{d}{dx} \ln(1 + x) = \frac{1}{1 + x}
    """
    x = as_float(x)
    return nan_unless(x >= -1, x) / jnp.abs(1 + x)


@jax.jit
def erf(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""The error function: the share of a bell curve within x of its centre.

    .. math::

        \operatorname{erf}(x) = \frac{2}{\sqrt{\pi}} \int_0^x e^{-t^2}\, dt

    where :math:`x` is the distance, in units of the bell's standard deviation times the root of 2, and :math:`t` runs
    over the half of the bell to one side.

    Why it matters: an elementary integrand whose integral is not; normal probabilities and the activation GELU use it.

    Args:
      x: real numbers, any shape.

    Returns:
      Values from -1 to 1, of the same shape.

    References:
      Glaisher, "On a class of definite integrals", 1871.

    >>> erf(jnp.array([0.0, 1.0])).round(4).tolist()
    [0.0, 0.8427]
    """
    x = as_float(x)
    y = widened(x)
    # In float32 XLA loses 5 ulps beyond 3.
    far = jnp.where(y < 0, jax.lax.erfc(-y) - 1, 1 - jax.lax.erfc(y))
    return jnp.where(jnp.abs(y) < 1, jax.lax.erf(y), far).astype(x.dtype)


def erf_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `erf`; what rounding takes from the square is put back.

    .. math::

        \frac{d}{dx} \operatorname{erf}(x) = \frac{2}{\sqrt{\pi}} e^{-x^2}
    """
    x = as_float(x)
    y = widened(x)
    square, lost = product_in_parts(y, y)
    return (2 / math.sqrt(math.pi) * jnp.exp(-square) * (1 - lost)).astype(x.dtype)


CONCEPTS = (
    Concept(
        exp,
        example=lambda key: (random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(exp_derivative, "derivative"),),
        oracle="numpy.exp",
    ),
    Concept(
        exponential,
        example=lambda key: tuple(random.uniform(key, (2, 5), jnp.float64, 0.5, 3.0)),
        derivatives=(
            Derivative(exponential_derivative, "derivative"),
            Derivative(exponential_base_derivative, "derivative", argnum=1),
        ),
        oracle=lambda x, base: np.power(base, x),
    ),
    Concept(
        expm1,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(expm1_derivative, "derivative"),),
        oracle="numpy.expm1",
    ),
    Concept(
        log,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.1, 9.0),),
        derivatives=(Derivative(log_derivative, "derivative"),),
        oracle="numpy.log",
    ),
    Concept(
        log1p,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, -0.9, 9.0),),
        derivatives=(Derivative(log1p_derivative, "derivative"),),
        oracle="numpy.log1p",
    ),
    Concept(
        erf,
        example=lambda key: (random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(erf_derivative, "derivative"),),
        oracle="scipy.special.erf",
    ),
)
