"""Integrals as means over random points, each with its standard error."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike, Float, Key, Real

from mathml_jax._checks import as_float, expect
from mathml_jax._concept import Concept
from mathml_jax.calculus._blocks import Moments, box, moments_of, root_or_zero, uniform
from mathml_jax.calculus._scalar import scalar_valued


class MonteCarloResult(NamedTuple):
    """An integral estimated at random points.

    Attributes:
      integral: the estimate.
      standard_error: the standard deviation that it would show over many keys.
    """

    integral: Float[Array, ""]
    standard_error: Float[Array, ""]


class ControlVariateResult(NamedTuple):
    """An integral estimated at random points, corrected by a known one.

    Attributes:
      integral: the estimate.
      standard_error: the standard deviation that it would show over many keys.
      coefficient: how much of the error of the known integral was taken off.
    """

    integral: Float[Array, ""]
    standard_error: Float[Array, ""]
    coefficient: Float[Array, ""]


@partial(jax.jit, static_argnames=("f", "n"))
def monte_carlo_integrate(
    key: Key[Array, ""], f: Callable[..., Any], a: Real[ArrayLike, "..."], b: Real[ArrayLike, "..."], n: int
) -> MonteCarloResult:
    r"""Integral over a box, as its volume times the mean of the function at random points.

    .. math::

        \int_{[a, b]} f(x)\, dx \approx V \bar f \pm V \sqrt{\frac{1}{n (n - 1)} \sum_{i=1}^n (f(x_i) - \bar f)^2},
        \qquad \bar f = \frac{1}{n} \sum_{i=1}^n f(x_i), \qquad V = \prod_j (b_j - a_j)

    where :math:`f` is the function, :math:`a` and :math:`b` are opposite corners of the box, :math:`V` its volume,
    :math:`x_i` the :math:`n` points, drawn uniformly, and :math:`\bar f` the mean; behind :math:`\pm` stands the
    standard error.

    Why it matters: the error shrinks with the root of n in any number of dimensions, where a grid of ten points a side
    would need :math:`10^d`.

    Args:
      key: a key from `jax.random.key`.
      f: a function of a point to a scalar, made of JAX operations; each new one is compiled.
      a: lower limits, shape [d], or a scalar where the points are scalars.
      b: upper limits, of the same shape, finite.
      n: number of points, an integer from 1 below :math:`2^{31}`; only 16,384 of them are in memory at a time.

    Returns:
      `integral`, negative where an odd number of the limits run backwards, and `standard_error`, NaN for one point.

    Raises:
      ValueError: `n` is no such integer, the limits have unequal shapes or more than one axis, or `f` does not return
        a scalar.

    References:
      Metropolis and Ulam, "The Monte Carlo method", 1949.

    >>> estimate = monte_carlo_integrate(jax.random.key(0), lambda x: x @ x, jnp.zeros(3), jnp.ones(3), 10_000)
    >>> bool(abs(estimate.integral - 1) < 3 * estimate.standard_error), bool(estimate.standard_error < 0.006)
    (True, True)
    """
    low, width, kind = box("monte_carlo_integrate", a, b)
    g = scalar_valued("monte_carlo_integrate", f, low)
    draw = partial(uniform, like=low)
    moments = moments_of("monte_carlo_integrate", key, draw, lambda u: g(low + u * width)[None], n)
    return _result(moments, n, jnp.prod(width), kind)


@partial(jax.jit, static_argnames=("f", "n"))
def antithetic(
    key: Key[Array, ""], f: Callable[..., Any], a: Real[ArrayLike, "..."], b: Real[ArrayLike, "..."], n: int
) -> MonteCarloResult:
    r"""Integral over a box by Monte Carlo, each random point with its mirror image.

    .. math::

        \int_{[a, b]} f(x)\, dx \approx \frac{V}{m} \sum_{i=1}^m \frac{f(x_i) + f(a + b - x_i)}{2}

    where :math:`f` is the function, :math:`a` and :math:`b` are opposite corners of the box, :math:`V` is its volume,
    and :math:`x_i` are :math:`m` points, drawn uniformly, with :math:`a + b - x_i` on the other side of the centre.

    Why it matters: where f rises along every coordinate, a value that is too high comes with one that is too low: the
    variance is less than that of as many independent points, and for a linear function it is zero.

    Args:
      key: a key from `jax.random.key`.
      f: a function of a point to a scalar, made of JAX operations; each new one is compiled.
      a: lower limits, shape [d], or a scalar where the points are scalars.
      b: upper limits, of the same shape, finite.
      n: number of points, an even integer from 2 below :math:`2^{31}`: half as many pairs.

    Returns:
      `integral`, and `standard_error`, from the spread of the pairs; NaN for one pair.

    Raises:
      ValueError: `n` is no such integer, the limits have unequal shapes or more than one axis, or `f` does not return
        a scalar.

    References:
      Hammersley and Morton, "A new Monte Carlo technique: antithetic variates", 1956.

    >>> antithetic(jax.random.key(0), lambda x: 2 * x + 1, 0.0, 1.0, 100).integral.round(5).item()
    2.0
    """
    expect(isinstance(n, int) and n % 2 == 0, "antithetic", "n to be an even integer", repr(n))
    low, width, kind = box("antithetic", a, b)
    g = scalar_valued("antithetic", f, low)

    def pair(u: Array) -> Array:
        return ((g(low + u * width) + g(low + (1 - u) * width)) / 2)[None]

    moments = moments_of("antithetic", key, partial(uniform, like=low), pair, n // 2)
    return _result(moments, n // 2, jnp.prod(width), kind)


@partial(jax.jit, static_argnames=("f", "g", "n"))
def control_variate(
    key: Key[Array, ""],
    f: Callable[..., Any],
    g: Callable[..., Any],
    g_integral: Real[ArrayLike, ""],
    a: Real[ArrayLike, "..."],
    b: Real[ArrayLike, "..."],
    n: int,
) -> ControlVariateResult:
    r"""Integral over a box by Monte Carlo, corrected by a similar function whose integral is known.

    .. math::

        \int_{[a, b]} f(x)\, dx \approx V \bar f - c\, (V \bar g - G), \qquad
        c = \frac{\sum_i (f(x_i) - \bar f)(g(x_i) - \bar g)}{\sum_i (g(x_i) - \bar g)^2}

    where :math:`f` is the function, :math:`g` the similar one with the integral :math:`G`, :math:`a` and :math:`b` are
    opposite corners of the box, :math:`V` is its volume, :math:`x_i` are the points, drawn uniformly, :math:`\bar f`
    and :math:`\bar g` the means at them, and :math:`c` the slope of the regression of f on g.

    Why it matters: the variance shrinks by the factor one minus the square of their correlation; of a correlation of
    0.99 it leaves a fiftieth.

    Args:
      key: a key from `jax.random.key`.
      f: a function of a point to a scalar, made of JAX operations; each new one is compiled.
      g: another such function.
      g_integral: the integral of `g` over the box.
      a: lower limits, shape [d], or a scalar where the points are scalars.
      b: upper limits, of the same shape, finite.
      n: number of points, an integer from 1 below :math:`2^{31}`.

    Returns:
      `integral`, off by a bias of order 1 / n, since the same points choose the slope; `standard_error`, NaN for fewer
      than three points; `coefficient`, 0 where g is constant.

    Raises:
      ValueError: `n` is no such integer, the limits have unequal shapes or more than one axis, or `f` or `g` does not
        return a scalar.

    References:
      Glynn and Szechtman, "Some new perspectives on the method of control variates", 2002.

    >>> estimate = control_variate(jax.random.key(0), lambda x: 3 * x + 1, lambda x: x, 0.5, 0.0, 1.0, 100)
    >>> estimate.integral.round(2).item(), estimate.coefficient.round(2).item()
    (2.5, 3.0)
    """
    low, width, kind = box("control_variate", a, b)
    main, aid = (scalar_valued("control_variate", function, low) for function in (f, g))

    def both(u: Array) -> Array:
        x = low + u * width
        return jnp.stack(as_float(main(x), aid(x)))

    mean, ((ff, fg), (_, gg)) = moments_of("control_variate", key, partial(uniform, like=low), both, n)
    volume = jnp.prod(width).astype(mean.dtype)
    slope = jnp.where(gg == 0, 0.0, fg / jnp.where(gg == 0, 1.0, gg))
    integral = volume * mean[0] - slope * (volume * mean[1] - as_float(g_integral).astype(mean.dtype))
    left = jnp.maximum(ff - slope * fg, 0.0)
    error = jnp.abs(volume) * root_or_zero(left / (n - 2) / n) if n > 2 else jnp.full_like(left, jnp.nan)
    return ControlVariateResult(*(part.astype(kind) for part in (integral, error, slope)))


@partial(jax.jit, static_argnames=("f", "sampler", "logpdf", "n"))
def importance_sampling(
    key: Key[Array, ""],
    f: Callable[..., Any],
    sampler: Callable[..., Any],
    logpdf: Callable[..., Any],
    n: int,
    args: tuple[Any, ...] = (),
) -> MonteCarloResult:
    r"""Integral over all of space by Monte Carlo, with more points where they matter.

    .. math::

        \int f(x)\, dx \approx \frac{1}{n} \sum_{i=1}^n \frac{f(x_i)}{q(x_i)}, \qquad x_i \sim q

    where :math:`f` is the function, :math:`x_i` are the :math:`n` points, and :math:`q` is the density that they are
    drawn from, which must not be zero where f is not.

    Why it matters: the variance is zero for a density proportional to f, which is why it is tried to come near to it;
    a density whose tails are thinner than those of f makes it infinite, and the standard error a lie.

    Args:
      key: a key from `jax.random.key`.
      f: a function of a point to a scalar, made of JAX operations; each new one is compiled.
      sampler: a function of a key, and of `args`, to one point.
      logpdf: the logarithm of its density, a function of a point, and of `args`, to a scalar.
      n: number of points, an integer from 1 below :math:`2^{31}`.
      args: parameters of the sampler and its density, which may be differentiated where the sampler may.

    Returns:
      `integral` and `standard_error`, NaN for one point.

    Raises:
      ValueError: `n` is no such integer, or `f` or `logpdf` does not return a scalar.

    References:
      Kahn and Marshall, "Methods of reducing sample size in Monte Carlo computations", 1953.

    >>> bell = lambda x: jnp.exp(-(x**2) / 2)
    >>> logpdf = lambda x: -(x**2) / 2 - jnp.log(2 * jnp.pi) / 2
    >>> importance_sampling(jax.random.key(0), bell, jax.random.normal, logpdf, 100).integral.round(4).item()
    2.5066
    """
    name = "importance_sampling"
    point = jax.eval_shape(sampler, key, *args)
    value, density = scalar_valued(name, f, point), scalar_valued(name, logpdf, point, *args)

    def ratio(x: Array) -> Array:
        top, bottom = as_float(value(x), density(x, *args))
        return (top * jnp.exp(-bottom))[None]

    def draw(key: Key[Array, ""], count: int) -> Any:
        return jax.vmap(lambda key: sampler(key, *args))(random.split(key, count))

    moments = moments_of(name, key, draw, ratio, n)
    return _result(moments, n, jnp.ones(()), moments.mean.dtype)


def _result(moments: Moments, n: int, volume: Array, dtype: DTypeLike) -> MonteCarloResult:
    mean, square = moments.mean[0], moments.products[0, 0]
    volume = volume.astype(mean.dtype)
    error = root_or_zero(square / (n - 1) / n) if n > 1 else jnp.full_like(mean, jnp.nan)
    return MonteCarloResult(*(part.astype(dtype) for part in (volume * mean, jnp.abs(volume) * error)))


def _corners(key: Key[Array, ""]) -> tuple[Array, Array]:
    low, width = random.uniform(key, (2, 2), jnp.float64, 0.5, 1.5)
    return low, low + width


def _at_random(scale: Array) -> MonteCarloResult:
    return importance_sampling(
        random.key(0),
        lambda x: scale * jnp.exp(-x),
        lambda key: random.exponential(key, (), scale.dtype),
        lambda x: -x,
        8,
    )


# The estimates of these integrands are exact, whatever the points.
CONCEPTS = (
    Concept(
        monte_carlo_integrate,
        example=_corners,
        oracle=lambda a, b: (3 * np.prod(b - a), np.zeros(())),
        evaluate=lambda a, b: monte_carlo_integrate(random.key(0), lambda x: jnp.full_like(x[0], 3), a, b, 8),
    ),
    Concept(
        antithetic,
        example=_corners,
        oracle=lambda a, b: np.prod(b - a) * np.sum(a + b) / 2,
        evaluate=lambda a, b: antithetic(random.key(0), jnp.sum, a, b, 8).integral,
    ),
    Concept(
        control_variate,
        example=_corners,
        oracle=lambda a, b: 3 * np.prod(b - a) * np.sum(a + b) / 2,
        evaluate=lambda a, b: (
            control_variate(
                random.key(0), lambda x: 3 * jnp.sum(x), jnp.sum, jnp.prod(b - a) * jnp.sum(a + b) / 2, a, b, 8
            ).integral
        ),
    ),
    Concept(
        importance_sampling,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.5, 2.0),),
        oracle=lambda scale: (scale, np.zeros(())),
        evaluate=_at_random,
    ),
)
