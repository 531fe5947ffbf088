"""The normal law's distribution function, its logarithm and its inverse, right in both tails."""

import math

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._mills import bell, mills
from mathml_jax.special._normal_quantile import quantile, slope

_ROOT_TWO_PI = math.sqrt(2 * math.pi)


@jax.jit
def ndtr(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Probability that a standard normal variable is at most x.

    .. math::

        \Phi(x) = \frac{1}{\sqrt{2\pi}} \int_{-\infty}^x e^{-t^2/2}\, dt

    where :math:`\Phi(x)` is the area to the left of :math:`x` under the bell :math:`e^{-t^2/2}`, taken over every
    :math:`t` up to x. Beside the tail stands the bell times the Mills ratio, so that the far left keeps every digit.

    Why it matters: the p-value of every z-test, and what sums of many small effects come to.

    Args:
      x: real numbers, any shape.

    Returns:
      Probabilities of the same shape; 0 at -inf, 1 at inf. An accelerator or a CPU that flushes subnormal numbers
      gives 0 where the result is subnormal (x below -37.5, in float32 below -12.9).

    References:
      Shepherd and Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc(x)", 1981.

    >>> ndtr(jnp.array([0.0, 1.96])).round(3).tolist()
    [0.5, 0.975]
    """
    x = as_float(x)
    y = widened(x)
    # Not abs(x): its derivative at 0 is 0 in JAX.
    size = jnp.where(y < 0, -y, y)
    tail = bell(size) * (mills(size) / _ROOT_TWO_PI)
    return jnp.where(y < 0, tail, 1 - tail).astype(x.dtype)


def ndtr_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `ndtr`: the standard normal density.

    .. math::

        \Phi'(x) = \varphi(x) = \frac{1}{\sqrt{2\pi}} e^{-x^2/2}
    """
    x = as_float(x)
    return (bell(widened(x)) / _ROOT_TWO_PI).astype(x.dtype)


@jax.jit
def log_ndtr(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Logarithm of `ndtr`, also where the probability itself underflows.

    .. math::

        \log \Phi(x) = -\frac{x^2}{2} + \log \frac{m(-x)}{\sqrt{2\pi}} \;\text{ for } x < 0, \qquad
        m(y) = e^{y^2/2} \int_y^\infty e^{-t^2/2}\, dt

    where :math:`\Phi(x)` is the normal probability of at most :math:`x` and :math:`m(y)` the Mills ratio at
    :math:`y`, the tail beyond y over the density there, with :math:`t` running over the tail. For x ≥ 0 it is the
    logarithm of one minus the tail.

    Why it matters: likelihoods of censored data and of probit regression, whose gradient would else vanish with the
    probability.

    Args:
      x: real numbers, any shape.

    Returns:
      Logarithms of probabilities, of the same shape; -inf at -inf, where the derivative is inf, and 0 at inf.

    References:
      Mills, "Table of the ratio: area to bounding ordinate, for any portion of normal curve", 1926.

    >>> log_ndtr(-1e8).item()
    -5000000000000019.0
    """
    x = as_float(x)
    y = widened(x)
    # Far out only the square counts; a finite bound keeps 0 / 0 out of the derivative.
    size = jnp.minimum(jnp.where(y < 0, -y, y), 1e30)
    ratio = mills(size) / _ROOT_TWO_PI
    tail = bell(size) * ratio
    left = jnp.where(y < 0, -y, 0)
    near = jnp.log(jnp.where(y < 0, ratio, 1 - tail)) - left * left / 2
    # XLA's log1p loses 128 ulps near -0.4, so it is asked from -0.25 on.
    return jnp.where(y > 0.7, jnp.log1p(-tail), near).astype(x.dtype)


def log_ndtr_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `log_ndtr`.

    .. math::

        \frac{d}{dx} \log \Phi(x) = \frac{\varphi(x)}{\Phi(x)} = \frac{1}{m(-x)}
    """
    x = as_float(x)
    y = widened(x)
    below = 1 / mills(jnp.where(y < 0, -y, 0))
    return jnp.where(y < 0, below, ndtr_derivative(y) / ndtr(y)).astype(x.dtype)


@jax.jit
def ndtri(p: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Point below which a standard normal variable falls with probability p: the inverse of `ndtr`.

    .. math::

        \Phi(\Phi^{-1}(p)) = p

    where :math:`\Phi(x)` is the normal probability of at most x, and :math:`p` the probability that is asked for.

    Why it matters: critical values and confidence intervals (:math:`\Phi^{-1}(0.975)` is the famous 1.96), and normal
    random numbers from uniform ones.

    Args:
      p: probabilities, any shape.

    Returns:
      Quantiles of the same shape; -inf at 0 and inf at 1, both with derivative inf; NaN outside [0, 1]. A subnormal
      p has its own quantile. Autodiff follows a rule of its own, the formula of `ndtri_derivative`: rational functions
      that fit the values to the last digit fit the slopes less well.

    References:
      Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988.

    >>> ndtri(jnp.array([0.5, 0.975, 1.0])).round(2).tolist()
    [0.0, 1.96, inf]
    """
    p = as_float(p)
    return _quantile(widened(p)).astype(p.dtype)


def ndtri_derivative(p: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `ndtri`, by the Mills ratio m: one over the density would lose digits in the tails.

    .. math::

        \frac{d}{dp} \Phi^{-1}(p) = \frac{1}{\varphi(x)} = \frac{m(\lvert x \rvert)}{\min(p, 1 - p)},
        \qquad x = \Phi^{-1}(p)
    """
    p = as_float(p)
    q = widened(p)
    x = _quantile(q)
    return slope(x, jnp.where(x < 0, q, 1 - q)).astype(p.dtype)


@jax.custom_jvp
def _quantile(p: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    q = p - 0.5
    return quantile(q, jnp.where(q < 0, p, 1 - p))


@_quantile.defjvp
def _quantile_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (p,), (dp,) = primals, tangents
    x = _quantile(p)
    return x, slope(x, jnp.where(x < 0, p, 1 - p)) * dp


CONCEPTS = (
    Concept(
        ndtr,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(ndtr_derivative, "derivative"),),
        oracle="scipy.special.ndtr",
    ),
    Concept(
        log_ndtr,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(log_ndtr_derivative, "derivative"),),
        oracle="scipy.special.log_ndtr",
    ),
    Concept(
        ndtri,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.01, 0.99),),
        derivatives=(Derivative(ndtri_derivative, "derivative"),),
        oracle="scipy.special.ndtri",
    ),
)
