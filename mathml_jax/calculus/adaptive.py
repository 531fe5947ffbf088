"""Integrals of functions to a stated accuracy, however singular, peaked or long, and their derivatives."""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Bool, DTypeLike, Float, Int, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept
from mathml_jax.calculus._bisection import Integral
from mathml_jax.calculus._gauss_kronrod import NODES
from mathml_jax.calculus._leibniz import Accuracy, explicit, integral


class QuadResult(NamedTuple):
    """An integral and what is known about it.

    Attributes:
      integral: the value, of the shape of what f returns; NaN where not even three digits are certain.
      abserr: an estimate of the absolute error, entry by entry; inf beside NaN.
      neval: how many times f was evaluated, 42 for each halving.
      converged: whether every entry is as exact as was asked for, or as rounding permits.
    """

    integral: Float[Array, "..."]
    abserr: Float[Array, "..."]
    neval: Int[Array, ""]
    converged: Bool[Array, ""]


@partial(jax.jit, static_argnames=("f", "limit"))
def quad(
    f: Callable[..., Any],
    a: Real[ArrayLike, ""],
    b: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    epsabs: Real[ArrayLike, ""] = 0.0,
    epsrel: Real[ArrayLike, ""] | None = None,
    limit: int = 50,
    points: Real[ArrayLike, " k"] | None = None,
) -> QuadResult:
    r"""Integral of a function between two limits, finite or infinite, to a stated accuracy.

    .. math::

        I = \int_a^b f(x, \theta)\, dx, \qquad
        \frac{d I}{d \theta} = \int_a^b \frac{\partial f}{\partial \theta}\, dx
        + f(b, \theta) \frac{d b}{d \theta} - f(a, \theta) \frac{d a}{d \theta}

    where :math:`I` is the integral of :math:`f` over :math:`x` from :math:`a` to :math:`b`, and :math:`\theta` stands
    for `args`. The panel with the largest error is halved, again and again; Gauss's and Kronrod's points give its
    integral and its error, and Wynn's epsilon algorithm the limit of the sums where a singular point keeps them from
    it. The derivative is Leibniz's rule, in both modes and of any order; its integral is taken as this one is.

    Why it matters: a probability, a mean, a length, a work, a norm: whatever has no closed form ends here, with an
    error that tells whether to believe it.

    Args:
      f: a function of a scalar, and of `args`, to a scalar or an array, made of JAX operations; each new one is
        compiled. It is not evaluated at the limits, and a single point where it is not finite does not count.
      a: lower limit, finite or infinite. Above `b`, the integral counts negative.
      b: upper limit, finite or infinite.
      args: what else f takes: arrays and trees of arrays. They, and real arrays that f closes over, may be
        differentiated; a jump of f that moves with them goes unseen.
      epsabs: accuracy asked for, absolute.
      epsrel: accuracy asked for, relative to each entry; without it eps to the power 2/3, 4e-11 in float64. The larger
        of the two counts, but not less than 200 eps times the integral of the absolute value.
      limit: at most so many panels, and at least two.
      points: places inside where f jumps, bends or is singular; what lies between them is integrated piece by piece,
        each with its own `limit`.

    Returns:
      A `QuadResult`. A divergent integral is NaN and not converged, as is one with a limit that is NaN. What is much
      narrower than a twentieth of the interval, or far from 0 where that is infinite, may go unseen without `points`.
      A singular end other than 0 costs digits, since x cannot come near: put it at 0.

    Raises:
      TypeError: `f` does not return a real array.
      ValueError: `limit` is less than 1, or `points` has not one axis.

    References:
      Piessens et al., "QUADPACK", 1983; Wynn, "On a device for computing the e_m(S_n) transformation", 1956.

    >>> quad(lambda x: jnp.log(x) / jnp.sqrt(x), 0.0, 1.0).integral.round(8).item()
    -4.0
    """
    expect(limit >= 1, "quad", "limit to be at least 1", limit)
    dtype, (low, high), args = _entered((a, b), args)
    evaluate, closed, shape = _real_valued("quad", f, low, *args)
    accuracy = _accuracy(low.dtype, epsabs, epsrel, 2 / 3)

    @jax.jit
    def integrand(x: Array, closed: Any, args: Any) -> Array:
        return evaluate(closed, x, *args)

    def piece(a: Array, b: Array) -> QuadResult:
        return _result(integral(integrand, shape, limit, a, b, accuracy, (closed, args)))

    if points is None:
        return _left(piece(low, high), dtype)
    places = jax.lax.stop_gradient(jnp.asarray(points, low.dtype))
    expect_rank("quad", "points", places, 1)
    way = jnp.where(low <= high, 1.0, -1.0)
    inside = way * jnp.sort(way * jnp.clip(places, jnp.minimum(low, high), jnp.maximum(low, high)))
    ends = jnp.concatenate([low[None], inside, high[None]])
    pieces = jax.vmap(piece)(ends[:-1], ends[1:])
    value, error, neval = (jnp.sum(part, axis=0, dtype=part.dtype) for part in pieces[:3])
    return _left(QuadResult(value, error, neval, jnp.all(pieces.converged)), dtype)


def nquad(
    f: Callable[..., Any],
    ranges: Sequence[Any],
    args: tuple[Any, ...] = (),
    *,
    epsabs: Real[ArrayLike, ""] = 0.0,
    epsrel: Real[ArrayLike, ""] | None = None,
    limit: int = 50,
) -> QuadResult:
    r"""Integral of a function of several variables, one inside another.

    .. math::

        I = \int_{a_n}^{b_n} \cdots \int_{a_1(x_2, \ldots, x_n)}^{b_1(x_2, \ldots, x_n)}
        f(x_1, \ldots, x_n)\, d x_1 \cdots d x_n

    where :math:`I` is the integral of :math:`f` over the variables :math:`x_1` to :math:`x_n`, innermost first, each
    between its limits :math:`a_i` and :math:`b_i`, which may depend on the variables outside it. Each of the :math:`n`
    integrals is a `quad`, with its derivative.

    Why it matters: volumes, moments and probabilities of two or three variables. The work grows with the power n, at
    least 42 evaluations for every variable: beyond three, Monte Carlo wins.

    Args:
      f: a function of n scalars, and of `args`, to a scalar or an array, made of JAX operations.
      ranges: for each variable, innermost first, a pair of limits, or a function of the variables outside it, and of
        `args`, to such a pair. Each new function is compiled.
      args: what else f takes, and the functions among `ranges`; may be differentiated, as in `quad`.
      epsabs: accuracy asked for of every integral, absolute.
      epsrel: the same, relative; without it the root of eps.
      limit: at most so many panels for every integral.

    Returns:
      A `QuadResult`, `neval` for the outermost integral alone. Where inner integrals do not converge, NaN.

    Raises:
      TypeError: `f` does not return a real array.
      ValueError: `ranges` is empty, or `limit` is less than 1.

    References:
      Davis and Rabinowitz, "Methods of numerical integration", 2nd edition, 1984, chapter 5.

    >>> nquad(lambda y, x: x * y, [lambda x: (0.0, x), (0.0, 2.0)]).integral.round(6).item()
    2.0
    """
    expect(limit >= 1, "nquad", "limit to be at least 1", limit)
    expect(len(ranges) > 0, "nquad", "at least one range", len(ranges))
    functions = tuple(r if callable(r) else None for r in ranges)
    limits = tuple(None if callable(r) else tuple(r) for r in ranges)
    return _nested(f, functions, limits, args, epsabs, epsrel, limit)


@partial(jax.jit, static_argnames=("f", "functions", "limit"))
def _nested(
    f: Callable[..., Any],
    functions: tuple[Callable[..., Any] | None, ...],
    limits: tuple[tuple[ArrayLike, ArrayLike] | None, ...],
    args: tuple[Any, ...],
    epsabs: ArrayLike,
    epsrel: ArrayLike | None,
    limit: int,
) -> QuadResult:
    """The integrals from the outermost one to the innermost."""
    dtype, (x, limits), args = _entered((0.0, limits), args)
    count = len(limits)
    evaluate, closed, shape = _real_valued("nquad", f, *[x] * count, *args)
    bounds = [_bounds(limits[i], functions[i], *[x] * (count - 1 - i), *args) for i in range(count)]
    given = (args, closed, [closed for _, closed in bounds], _accuracy(x.dtype, epsabs, epsrel, 1 / 2))

    def innermost(x: Array, outside: tuple[Array, ...], given: Any) -> Array:
        return evaluate(given[1], x, *outside, *given[0])

    def around(integrand: Callable[..., Array], level: int, outside: tuple[Array, ...], given: Any) -> Integral:
        args, _, below, accuracy = given
        low, high = (jnp.asarray(end, x.dtype) for end in bounds[level][0](below[level], *outside, *args))
        return integral(jax.jit(integrand), shape, limit, low, high, accuracy, (outside, given))

    def within(integrand: Callable[..., Array], level: int) -> Callable[..., Array]:
        def value(x: Array, outside: tuple[Array, ...], given: Any) -> Array:
            found = around(integrand, level, (x, *outside), given)
            return jnp.where(found.converged, found.value, jnp.nan)

        return value

    found = around(reduce(within, range(count - 1), innermost), count - 1, (), given)
    epsabs, epsrel = given[-1]
    inside = (count - 1) * jnp.maximum(epsabs, epsrel * jnp.abs(found.value))
    return _left(_result(found._replace(error=found.error + inside)), dtype)


def _bounds(pair: Any, function: Callable[..., Any] | None, *args: Any) -> tuple[Callable[..., Any], Any]:
    """The limits of one variable as a function of what they depend on, and of the arrays beside."""
    if function is None:
        return lambda pair, *_: pair, pair
    evaluate, closed, _ = explicit(function, *args)
    return evaluate, closed


def _entered(limits: Any, args: Any) -> tuple[DTypeLike, Any, Any]:
    """The dtype of the result, and limits and real arrays among the arguments, not below float32."""
    ends, structure = jax.tree.flatten(limits)
    real = [x for x in jax.tree.leaves(args) if jnp.issubdtype(jnp.result_type(x), jnp.floating)]
    first, *rest = as_float(0.0, *ends, *(jax.lax.full_like(x, 0, shape=()) for x in real))
    wide = jax.tree.map(lambda x: widened(x) if jnp.issubdtype(jnp.result_type(x), jnp.floating) else x, args)
    return first.dtype, jax.tree.unflatten(structure, map(widened, rest[: len(ends)])), wide


def _left(result: QuadResult, dtype: DTypeLike) -> QuadResult:
    """The result in the dtype of the limits."""
    return result._replace(integral=result.integral.astype(dtype), abserr=result.abserr.astype(dtype))


def _result(found: Integral) -> QuadResult:
    return QuadResult(found.value, found.error, 2 * len(NODES) * (found.panels - 1), found.converged)


def _accuracy(dtype: DTypeLike, epsabs: ArrayLike, epsrel: ArrayLike | None, power: float) -> Accuracy:
    epsrel = float(jnp.finfo(dtype).eps) ** power if epsrel is None else epsrel
    return jnp.asarray(epsabs, dtype), jnp.asarray(epsrel, dtype)


def _real_valued(
    function: str, f: Callable[..., Any], x: Array, *args: Any
) -> tuple[Callable[..., Array], list[Any], tuple[int, ...]]:
    """The function made `explicit`, with results in the dtype of `x`, once it is known to return a real array."""
    evaluate, closed, result = explicit(f, x, *args)
    real = isinstance(result, jax.ShapeDtypeStruct) and not jnp.issubdtype(result.dtype, jnp.complexfloating)
    expect(real, function, "f to return a real array", result, TypeError)
    return lambda closed, x, *args: jnp.asarray(evaluate(closed, x, *args)).astype(x.dtype), closed, result.shape


CONCEPTS = (
    Concept(
        quad,
        example=lambda key: tuple(random.uniform(key, (2,), jnp.float64, 0.5, 2.0)),
        oracle=lambda b, rate: (1 - np.exp(-rate * b)) / rate,
        evaluate=lambda b, rate: quad(lambda x, rate: jnp.exp(-rate * x), 0.0, b, (rate,)).integral,
    ),
    # Of one variable, since every other one is one more loop to compile.
    Concept(
        nquad,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.5, 2.0),),
        oracle=lambda b: b**3,
        evaluate=lambda b: nquad(lambda x: 3 * x * x, [(0.0, b)]).integral,
    ),
)
