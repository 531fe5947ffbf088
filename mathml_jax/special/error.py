"""The normal law's distribution function, its logarithm and its inverse, right in both tails."""

import math

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._mills import bell, horner, mills

_ROOT_TWO_PI = math.sqrt(2 * math.pi)

# Wichura's rational functions: numerator and denominator, the highest power first.
_CENTRE = (
    (
        2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
        13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
    ),
    (
        5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0,
    ),
)  # fmt: skip
_TAIL = (
    (
        7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
        3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
        0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0,
    ),
)  # fmt: skip
_FAR_TAIL = (
    (
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
        0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
    ),
    (
        2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0,
    ),
)  # fmt: skip


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
    x = widened(p)
    return _slope(x, _quantile(x)).astype(p.dtype)


@jax.custom_jvp
def _quantile(p: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """Wichura's three pieces: in p - 1/2 around the centre, in sqrt(-log(tail)) beyond."""
    q = p - 0.5
    central = jnp.abs(q) <= 0.425
    centre = q * _ratio(_CENTRE, 0.180625 - q * q)
    r = jnp.sqrt(-_log(jnp.where(central, 0.25, jnp.where(q < 0, p, 1 - p))))
    tail = jnp.where(r <= 5, _ratio(_TAIL, r - 1.6), _ratio(_FAR_TAIL, r - 5))
    tail = jnp.where(jnp.isinf(r), jnp.inf, tail)
    return jnp.where(central, centre, jnp.where(q < 0, -tail, tail))


@_quantile.defjvp
def _quantile_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (p,), (dp,) = primals, tangents
    x = _quantile(p)
    return x, _slope(p, x) * dp


def _slope(p: Float[Array, "*shape"], x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """One over the density at the quantile of p, of which x is a rounding: the Mills ratio over the tail.

    A Newton step from x towards the quantile, with the Mills ratio's own derivative, takes the rounding back.
    """
    size, tail = jnp.where(x < 0, -x, x), jnp.where(x < 0, p, 1 - p)
    ratio = mills(size)
    seen = bell(size) * ratio / _ROOT_TWO_PI
    excess = jax.lax.stop_gradient(jnp.where(seen > 0, seen / tail - 1, 0.0))
    return jnp.where(jnp.isinf(x), jnp.inf, (ratio + excess * ratio * (size * ratio - 1)) / tail)


def _ratio(coefficients: tuple[tuple[float, ...], ...], x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    numerator, denominator = coefficients
    return horner(numerator, x) / horner(denominator, x)


def _log(p: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The logarithm, also of subnormal numbers, which XLA on CPUs reads as 0: their bits are an integer that counts."""
    info = jnp.finfo(p.dtype)
    bits = jax.lax.bitcast_convert_type(p, jnp.int64 if p.dtype == jnp.float64 else jnp.int32)
    subnormal = (bits > 0) & (bits < 1 << info.nmant)
    value = jnp.log(bits.astype(p.dtype)) + (info.minexp - info.nmant) * math.log(2)
    return jnp.where(subnormal, value, jnp.log(p))


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
