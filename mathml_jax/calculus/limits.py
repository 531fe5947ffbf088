"""Where a function goes near a point or far out: limits with their errors, continuity, L'Hôpital's rule."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Bool, Float, Real

from mathml_jax._checks import as_float, expect, expect_option, widened
from mathml_jax._concept import Concept
from mathml_jax._differences import Estimate, binary_scale
from mathml_jax.calculus._jets import NESTED, coefficients
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.calculus._sequences import destination, tolerance

Side = Literal["both", "left", "right"]


class Limit(NamedTuple):
    """A limit taken from a function's values.

    Attributes:
      value: the estimate; inf or -inf where the function grows beyond all bounds, NaN where no limit was found.
      error: how far off it may be; 0 beside an infinite value, inf beside NaN.
    """

    value: Any
    error: Any


@partial(jax.jit, static_argnames=("f", "side"))
def limit(f: Callable[..., Any], x0: Real[ArrayLike, "*shape"], side: Side = "both") -> Limit:
    r"""The number that a function of one variable approaches, whatever it does at the point itself.

    .. math::

        \lim_{x \to x_0} f(x) = L

    where :math:`f` is the function, :math:`x` comes ever closer to the point :math:`x_0`, and :math:`L` is the limit.
    The distance is halved again and again; the values, far from the limit still, are extrapolated.

    Why it matters: derivatives, integrals and the sum of a series are limits; so is what remains of 0 / 0.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      x0: points, any shape; inf and -inf too.
      side: "left" comes from below, "right" from above; "both" asks that they agree. Towards ±inf there is but one.

    Returns:
      `value` and `error`, both of the shape of `x0`. ±inf at a pole whose sides agree, and where f grows at least like
      a logarithm. NaN, with an error of inf, where no limit is found: f swings (sin(1/x) at 0), its sides differ
      (sign(x) and 1/x at 0), it is not defined on both (sqrt at 0), or is too slow (1/ln x at 0). The distances go from
      half the scale of x0, at least 1, down to 2⁻²⁰ of it (float32: 2⁻¹¹): what happens beyond goes unseen.

    Raises:
      ValueError: `f` does not return a scalar, or `side` is none of the three.

    References:
      Cauchy, "Cours d'analyse", 1821; Wynn, "On a device for computing the e_m(S_n) transformation", 1956.

    >>> limit(lambda x: (1 - jnp.cos(x)) / x**2, 0.0).value.round(9).item()
    0.5
    >>> limit(lambda n: (1 + 1 / n) ** n, jnp.inf).value.round(6).item()
    2.718282
    """
    return _limit("limit", f, x0, side)


@partial(jax.jit, static_argnames=("f", "side"))
def is_continuous(f: Callable[..., Any], x0: Real[ArrayLike, "*shape"], side: Side = "both") -> Bool[Array, "*shape"]:
    r"""Whether a function of one variable has its limit for its value.

    .. math::

        \lim_{x \to x_0} f(x) = f(x_0)

    where :math:`f` is the function, :math:`x` comes ever closer to the point :math:`x_0`, and :math:`f(x_0)` is the
    value there.

    Why it matters: a continuous function on a closed interval has a minimum, and a zero between two signs.

    Args:
      f: a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      x0: points, any shape.
      side: "both", or "left" or "right" at the end of a domain.

    Returns:
      Truth values of the shape of `x0`; False where `limit` finds none or the value is not finite. A jump smaller than
      the root of the dtype's eps, relative to the value or to 1, goes unseen.

    Raises:
      ValueError: `f` does not return a scalar, or `side` is none of the three.

    References:
      Bolzano, "Rein analytischer Beweis des Lehrsatzes", 1817.

    >>> is_continuous(jnp.floor, jnp.array([1.5, 2.0])).tolist()
    [True, False]
    """
    value, error = _limit("is_continuous", f, x0, side)
    here = jnp.vectorize(lambda x: as_float(f(x)).astype(x.dtype))(as_float(x0))
    return jnp.isfinite(here) & (abs(here - value) <= error + tolerance(here, 0.5))


@partial(jax.jit, static_argnames=("f", "g", "order"))
def lhopital(
    f: Callable[..., Any], g: Callable[..., Any], x0: Real[ArrayLike, "*shape"], order: int = 4
) -> Float[Array, "*shape"]:
    r"""The limit of a quotient whose numerator and denominator vanish together, by L'Hôpital's rule.

    .. math::

        \lim_{x \to x_0} \frac{f(x)}{g(x)} = \frac{f^{(k)}(x_0)}{g^{(k)}(x_0)}

    where :math:`f` and :math:`g` are numerator and denominator, :math:`x` comes ever closer to the point :math:`x_0`,
    and :math:`k` is the first order at which not both derivatives vanish, 0 included: the quotient of the first terms
    of two Taylor series.

    Why it matters: exact to rounding where `limit` must extrapolate, and it says why the limit is what it is.

    Args:
      f: the numerator, a function from a scalar to a scalar, made of JAX operations; each new one is compiled.
      g: the denominator, likewise.
      x0: points, any shape, where both functions are smooth.
      order: the highest order looked at, from 0 to 6.

    Returns:
      Limits of the shape of `x0`. ±inf where g vanishes to a higher order than f and both sides agree on the sign; NaN
      where they do not, and where all derivatives up to `order` vanish. Derivatives below 64 roundings of the largest
      count as zero.

    Raises:
      ValueError: `f` or `g` does not return a scalar, or `order` is no integer from 0 to 6.

    References:
      L'Hôpital, "Analyse des infiniment petits", 1696.

    >>> lhopital(lambda x: 1 - jnp.cos(x), jnp.square, 0.0).item()
    0.5
    """
    expect(isinstance(order, int) and 0 <= order <= NESTED, "lhopital", "order to be an integer from 0 to 6", order)
    x0 = as_float(x0)
    points = widened(x0)
    over, under = (_leading_terms(scalar_valued("lhopital", h, _number(points)), points, order) for h in (f, g))
    first = jnp.argmax((over != 0) | (under != 0), axis=-1, keepdims=True)
    a, b = (jnp.take_along_axis(terms, first, -1)[..., 0] for terms in (over, under))
    # Below the pole's order stands the sign that g takes on both sides, if it is the same.
    later = jnp.argmax(under != 0, axis=-1, keepdims=True)
    even = ((later - first) % 2 == 0)[..., 0]
    pole = jnp.sign(a * jnp.take_along_axis(under, later, -1)[..., 0]) * jnp.inf
    return jnp.where(b != 0, a / b, jnp.where(even, pole, jnp.nan)).astype(x0.dtype)


def _limit(function: str, f: Callable[..., Any], x0: ArrayLike, side: Side) -> Limit:
    """The limit, with the name of the function that asks for it."""
    expect_option(function, "side", side, ("both", "left", "right"))
    x0 = as_float(x0)
    points = widened(x0)
    g = jnp.vectorize(scalar_valued(function, f, _number(points)))
    signs = {"left": [-1], "right": [1], "both": [-1, 1]}[side]
    value, error = _agreed(destination(g(_approach(points, signs)).astype(points.dtype)))
    error = jnp.where(jnp.isfinite(value), error + float(jnp.finfo(x0.dtype).eps) * abs(value), error)
    return Limit(value.astype(x0.dtype), error.astype(x0.dtype))


def _number(x: Array) -> jax.ShapeDtypeStruct:
    return jax.ShapeDtypeStruct((), x.dtype)


def _approach(x0: Float[Array, "*shape"], signs: list[int]) -> Float[Array, "terms sides ..."]:
    """Points whose distance from x0 halves every time; towards ±inf, points that double."""
    terms = 20 if jnp.finfo(x0.dtype).eps < 1e-10 else 11
    h = (0.5 ** jnp.arange(1, terms + 1, dtype=x0.dtype)).reshape(-1, 1, *[1] * x0.ndim)
    side = jnp.asarray(signs, x0.dtype).reshape(1, -1, *[1] * x0.ndim)
    x0 = x0[None, None]
    return jnp.where(jnp.isinf(x0), jnp.sign(x0) / (side * side * h), x0 + side * h * binary_scale(x0))


def _agreed(sides: Estimate) -> Estimate:
    """The better of the estimates from both sides where they agree, NaN elsewhere; a single one as it is."""
    value, error = sides
    gap = jnp.where(value[0] == value[-1], 0.0, abs(value[0] - value[-1]))
    bound = jnp.where(jnp.isfinite(gap), error[0] + error[-1] + tolerance(value[0], 0.5), 0.0)
    same = gap <= bound
    return Estimate(
        jnp.where(same, jnp.where(error[0] <= error[-1], value[0], value[-1]), jnp.nan),
        jnp.where(same, jnp.minimum(error[0], error[-1]) + gap, jnp.inf),
    )


def _leading_terms(f: Callable[[Array], Array], x: Float[Array, "*shape"], order: int) -> Float[Array, "*shape terms"]:
    """Taylor's coefficients, zero where rounding alone kept them from it."""
    terms = jnp.vectorize(lambda x: coefficients(f, x, order), signature="()->(k)")(x)
    largest = jnp.max(abs(terms), axis=-1, keepdims=True)
    rounding = 64 * jnp.finfo(x.dtype).eps * jnp.maximum(1, abs(x))[..., None]
    return jnp.where(abs(terms) <= rounding * largest, 0.0, terms)


CONCEPTS = (
    Concept(
        limit,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.5, 2.0),),
        oracle=np.log,
        evaluate=lambda a: limit(lambda x: (a**x - 1) / x, 0 * a).value,
    ),
    Concept(
        is_continuous,
        example=lambda key: (random.uniform(key, (2,), jnp.float64, 0.1, 0.9),),
        oracle=lambda x0: x0 != x0[0],
        evaluate=lambda x0: is_continuous(lambda x: jnp.where(x < x0[0], x, x + 1), x0),
    ),
    Concept(
        lhopital,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.5, 2.0),),
        oracle=lambda a: a**2 / 2,
        evaluate=lambda a: lhopital(lambda x: 1 - jnp.cos(a * x), jnp.square, 0 * a),
    ),
)
