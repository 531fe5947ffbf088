"""How far to go along a direction: the steps that make descent certain to arrive."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Bool, Float, Int, Real

from mathml_jax._checks import expect
from mathml_jax._concept import Concept
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.optimize._minimum import raveled
from mathml_jax.optimize._wolfe import Outcome, Rule, Search, advance, begin


class LineSearchResult(NamedTuple):
    """Where a line search stopped, in SciPy's names.

    Attributes:
      alpha: the step, in units of the direction; NaN where none was found, and so is the rest.
      new_fval: the function at the new point.
      old_fval: the function at the old one.
      new_slope: the derivative along the direction at the new point.
      nfev: how many times the function and its slope were evaluated.
      success: whether the conditions hold.
    """

    alpha: Float[Array, ""]
    new_fval: Float[Array, ""]
    old_fval: Float[Array, ""]
    new_slope: Float[Array, ""]
    nfev: Int[Array, ""]
    success: Bool[Array, ""]


@partial(jax.jit, static_argnames="f")
def armijo(
    f: Callable[..., Any],
    xk: Any,
    pk: Any,
    args: tuple[Any, ...] = (),
    *,
    c1: Real[ArrayLike, ""] = 1e-4,
    alpha0: Real[ArrayLike, ""] = 1.0,
    shrink: Real[ArrayLike, ""] = 0.5,
    maxiter: Int[ArrayLike, ""] = 50,
) -> LineSearchResult:
    r"""The longest of ever shorter steps that decreases the function enough.

    .. math::

        \alpha = \max \{ \alpha_0 \tau^k : f(x + \alpha_0 \tau^k p) \le f(x) + c_1 \alpha_0 \tau^k \nabla f(x)^\top p,
        \; k = 0, 1, \ldots \}

    where :math:`\alpha` is the step from the point :math:`x` along the direction :math:`p`, :math:`f` the function,
    :math:`\alpha_0` the step tried first, :math:`\tau` the factor that shortens it :math:`k` times, and :math:`c_1` the
    share of the decrease promised by the slope that must be reached.

    Why it matters: the simplest way to choose a learning rate at every step. That the function goes down is not enough
    to arrive at a minimum; that it goes down in proportion to the step is.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      xk: the point, an array or a tree of arrays of floating-point numbers.
      pk: the direction, shaped like it, downhill.
      args: what `f` takes besides.
      c1: in (0, 1).
      alpha0: above 0.
      shrink: in (0, 1).
      maxiter: most steps tried.

    Returns:
      A `LineSearchResult`. A step to where the function is not finite is too long. NaN, and no success, where no step
      is short enough or the direction does not lead down.

    Raises:
      TypeError: `xk` has other than floating-point numbers.
      ValueError: `xk` is empty, `pk` is not shaped like it, or `f` does not return a scalar.

    References:
      Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966; Nocedal and
      Wright, "Numerical optimization", 2nd edition, 2006, algorithm 3.1.

    >>> armijo(lambda x: x**4, 1.0, -4.0).alpha.item()
    0.25
    """
    phi, like = _along("armijo", f, xk, pk, args)
    zero = jnp.zeros_like(like)
    old, slope = phi(zero)

    def enough(alpha: Array, value: Array) -> Array:
        return jnp.isfinite(value) & (value <= old + c1 * alpha * slope)

    def tries(state: tuple[Array, ...]) -> Array:
        alpha, value, _, tried = state
        return (slope < 0) & (tried < maxiter) & ~((tried > 0) & enough(alpha, value))

    def shorter(state: tuple[Array, ...]) -> tuple[Array, ...]:
        alpha = jnp.where(state[3] == 0, alpha0, shrink * state[0]).astype(like.dtype)
        return alpha, *phi(alpha), state[3] + 1

    alpha, value, new_slope, tried = jax.lax.while_loop(tries, shorter, (zero, old, slope, jnp.int32(0)))
    success = (slope < 0) & enough(alpha, value)
    return _record(success, alpha, value, old, new_slope, tried)


@partial(jax.jit, static_argnames="f")
def strong_wolfe(
    f: Callable[..., Any],
    xk: Any,
    pk: Any,
    args: tuple[Any, ...] = (),
    *,
    c1: Real[ArrayLike, ""] = 1e-4,
    c2: Real[ArrayLike, ""] = 0.9,
    alpha0: Real[ArrayLike, ""] = 1.0,
    amax: Real[ArrayLike, ""] = jnp.inf,
    maxiter: Int[ArrayLike, ""] = 100,
) -> LineSearchResult:
    r"""A step that decreases the function enough and leaves little of the slope.

    .. math::

        \phi(\alpha) \le \phi(0) + c_1 \alpha \phi'(0), \qquad
        \lvert \phi'(\alpha) \rvert \le c_2 \lvert \phi'(0) \rvert, \qquad \phi(\alpha) = f(x + \alpha p)

    where :math:`\phi` is the function :math:`f` along the line from the point :math:`x` in the direction :math:`p`,
    :math:`\alpha` the step, and :math:`c_1 < c_2` are the shares of the slope that a step must make use of and may
    leave. The search grows the step until a minimum is bracketed, then narrows the bracket by cubic and quadratic
    interpolation, as in MINPACK-2.

    Why it matters: the second condition keeps steps from being too short, and makes what a quasi-Newton method learns
    from them a positive curvature.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      xk: the point, an array or a tree of arrays of floating-point numbers.
      pk: the direction, shaped like it, downhill.
      args: what `f` takes besides.
      c1: above 0.
      c2: above `c1` and below 1; small values ask for a minimum along the line.
      alpha0: the step tried first, above 0.
      amax: no step is longer.
      maxiter: most steps tried.

    Returns:
      A `LineSearchResult`. A step to where the function is not finite is too long. NaN, and no success, where there is
      no such step up to `amax`, rounding hides it, or the direction does not lead down.

    Raises:
      TypeError: `xk` has other than floating-point numbers.
      ValueError: `xk` is empty, `pk` is not shaped like it, or `f` does not return a scalar.

    References:
      Moré and Thuente, "Line search algorithms with guaranteed sufficient decrease", 1994.

    >>> found = strong_wolfe(lambda x: (x - 3) ** 2, 0.0, 1.0, c2=0.1)
    >>> round(found.alpha.item(), 6), found.nfev.item()
    (3.0, 3)
    """
    phi, like = _along("strong_wolfe", f, xk, pk, args)
    old, slope = phi(jnp.zeros_like(like))
    least, most, narrow = (jnp.asarray(number, like.dtype) for number in (c1, c2, 1e-14))
    rule = Rule(least, most, narrow, jnp.asarray(maxiter, jnp.int32))

    def tries(state: tuple[Search, Array, Array, Array]) -> Array:
        return (slope < 0) & (state[0].outcome == Outcome.SEARCHING)

    def tried(state: tuple[Search, Array, Array, Array]) -> tuple[Search, Array, Array, Array]:
        alpha = state[0].step
        value, new_slope = phi(alpha)
        return advance(rule, state[0], value, new_slope), alpha, value, new_slope

    start = begin(old, slope, alpha0, amax)
    search, alpha, value, new_slope = jax.lax.while_loop(tries, tried, (start, like, old, slope))
    return _record(search.outcome == Outcome.FOUND, alpha, value, old, new_slope, search.tried)


def _along(
    function: str, f: Callable[..., Any], xk: Any, pk: Any, args: tuple[Any, ...]
) -> tuple[Callable[[Array], tuple[Array, Array]], Float[Array, ""]]:
    """The function and its slope along the line, and a number in the dtype of the steps."""
    x, build = raveled(function, xk)
    shapes, wanted = (jax.tree.map(jnp.shape, tree) for tree in (pk, xk))
    expect(shapes == wanted, function, f"pk shaped like xk, {wanted}", shapes)
    p = raveled(function, pk)[0].astype(x.dtype)
    g = scalar_valued(function, lambda v: f(build(v), *args), x)

    def phi(alpha: Array) -> tuple[Array, Array]:
        value, slope = jax.jvp(g, (x + alpha * p,), (p,))
        return value.astype(x.dtype), slope.astype(x.dtype)

    return phi, x[0]


def _record(success: Array, alpha: Array, value: Array, old: Array, slope: Array, tried: Array) -> LineSearchResult:
    alpha, value, slope = (jnp.where(success, number, jnp.nan) for number in (alpha, value, slope))
    return LineSearchResult(alpha, value, old, slope, tried + 1, success)


def _bowl(x: Array, a: Array) -> Array:
    return jnp.sum(a * x**2)


CONCEPTS = (
    # The steps that decrease a x² by a quarter of what the slope promises are those up to 3 / (4 a).
    Concept(
        armijo,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.6, 0.9),),
        oracle=lambda a: (1.0, 0.5)[int(a > 0.75)],
        evaluate=lambda a: armijo(_bowl, jnp.ones_like(a), -2 * a, (a,), c1=0.25).alpha,
    ),
    Concept(
        strong_wolfe,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.6, 0.9),),
        oracle=lambda a: 1 / (2 * a),
        evaluate=lambda a: strong_wolfe(_bowl, jnp.ones_like(a), -2 * a, (a,), c2=1e-3).alpha,
    ),
)
