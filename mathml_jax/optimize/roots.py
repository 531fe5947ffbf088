"""Where a function of one variable vanishes."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Int, Real

from mathml_jax._concept import Concept
from mathml_jax.optimize._brackets import halving, interpolating
from mathml_jax.optimize._roots import GOES_ON, Scalar, close_enough, flag_of, result, root_of
from mathml_jax.optimize._roots import RootFlag as RootFlag
from mathml_jax.optimize._roots import RootResults as RootResults


@partial(jax.jit, static_argnames="f")
def bisection(
    f: Callable[..., Any],
    a: Real[ArrayLike, ""],
    b: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    xtol: Real[ArrayLike, ""] = 2e-12,
    rtol: Real[ArrayLike, ""] = 4 * 2.0**-52,
    maxiter: Int[ArrayLike, ""] = 100,
) -> RootResults:
    r"""A root between two points where the function has opposite signs, by halving.

    .. math::

        m = \frac{a + b}{2}, \qquad \lvert m - x^* \rvert \le \frac{b - a}{2}

    where :math:`a` and :math:`b` are the ends of the interval, :math:`x^*` is a root between them and :math:`m` the
    middle, which takes the place of the end where the function has its sign. Every step gains one binary digit.

    Why it matters: it cannot fail: what has a change of sign is found.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      a: one end.
      b: the other.
      args: what `f` takes besides; may be differentiated, in both modes and to any order.
      xtol: how far the root may be off.
      rtol: the same in proportion to the root.
      maxiter: most steps.

    Returns:
      `RootResults`; the root is NaN, and the `flag` -1, where both ends have the same sign. Where `f` is NaN the search
      stops and the `flag` is -3.

    Raises:
      ValueError: `f` does not return a scalar, or `a` or `b` is none.

    References:
      Press et al., "Numerical recipes", 3rd edition, 2007, section 9.1; scipy.optimize.bisect.

    >>> bisection(lambda x: x**3 - 8, 0.0, 3.0).root.round(6).item()
    2.0
    """
    return root_of("bisection", f, {"a": a, "b": b}, args, halving, (xtol, rtol, maxiter))


@partial(jax.jit, static_argnames="f")
def chandrupatla(
    f: Callable[..., Any],
    a: Real[ArrayLike, ""],
    b: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    xtol: Real[ArrayLike, ""] = 2e-12,
    rtol: Real[ArrayLike, ""] = 4 * 2.0**-52,
    maxiter: Int[ArrayLike, ""] = 100,
) -> RootResults:
    r"""A root between two points where the function has opposite signs, by inverse quadratic interpolation or halving.

    .. math::

        x = \frac{f_b f_c\, a}{(f_a - f_b)(f_a - f_c)} + \frac{f_a f_c\, b}{(f_b - f_a)(f_b - f_c)}
        + \frac{f_a f_b\, c}{(f_c - f_a)(f_c - f_b)}

    where :math:`a`, :math:`b` and :math:`c` are the last three points, a root between the first two of them,
    :math:`f_a`, :math:`f_b` and :math:`f_c` the function there and :math:`x` the next point: where a parabola through
    the three, with x as a function of f, meets zero. The middle is taken instead where that parabola would turn between
    the points.

    Why it matters: as safe as `bisection` and, near the root, nearly as fast as Newton's method, without a derivative:
    what to use where a change of sign is known.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      a: one end.
      b: the other.
      args: what `f` takes besides; may be differentiated, in both modes and to any order.
      xtol: how far the root may be off.
      rtol: the same in proportion to the root.
      maxiter: most steps.

    Returns:
      `RootResults`; edges are as for `bisection`.

    Raises:
      ValueError: `f` does not return a scalar, or `a` or `b` is none.

    References:
      Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function without
      using derivatives", 1997; scipy.optimize.elementwise.find_root.

    >>> found = chandrupatla(lambda x: x**3 - 8, 0.0, 3.0)
    >>> found.root.round(6).item(), found.iterations.item() < 12
    (2.0, True)
    """
    return root_of("chandrupatla", f, {"a": a, "b": b}, args, interpolating, (xtol, rtol, maxiter))


@partial(jax.jit, static_argnames="f")
def newton_root(
    f: Callable[..., Any],
    x0: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    xtol: Real[ArrayLike, ""] = 1.48e-8,
    rtol: Real[ArrayLike, ""] = 0.0,
    maxiter: Int[ArrayLike, ""] = 50,
) -> RootResults:
    r"""A root by Newton's method: along the tangent to where it meets zero, again and again.

    .. math::

        x_{t+1} = x_t - \frac{f(x_t)}{f'(x_t)}

    where :math:`f` is the function, :math:`f'` its derivative and :math:`x_t` the point after :math:`t` steps. At a
    simple root the number of right digits doubles with every step, once they are close.

    Why it matters: the fastest simple way to a root, if the start is a good one; from a poor one it may go anywhere.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start.
      args: what `f` takes besides; may be differentiated, in both modes and to any order.
      xtol: the last step is no longer than this.
      rtol: the same in proportion to the root.
      maxiter: most steps.

    Returns:
      `RootResults`. Where the slope vanishes the `flag` is -2; where the next point's value or slope is not finite it
      is -3; both times the last finite point is returned.

    Raises:
      ValueError: `f` does not return a scalar, or `x0` is none.

    References:
      Press et al., "Numerical recipes", 3rd edition, 2007, section 9.4; scipy.optimize.newton.

    >>> found = newton_root(lambda x, a: x**3 - a, 1.5, (8.0,))
    >>> found.root.round(6).item(), found.iterations.item() < 7
    (2.0, True)
    """

    return root_of("newton_root", f, {"x0": x0}, args, _tangents, (xtol, rtol, maxiter))


@partial(jax.jit, static_argnames="f")
def secant(
    f: Callable[..., Any],
    x0: Real[ArrayLike, ""],
    x1: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    xtol: Real[ArrayLike, ""] = 1.48e-8,
    rtol: Real[ArrayLike, ""] = 0.0,
    maxiter: Int[ArrayLike, ""] = 50,
) -> RootResults:
    r"""A root by the secant method: Newton's, with the slope between the last two points.

    .. math::

        x_{t+1} = x_t - f(x_t) \frac{x_t - x_{t-1}}{f(x_t) - f(x_{t-1})}

    where :math:`f` is the function and :math:`x_t` the point after :math:`t` steps. At a simple root the number of
    right digits grows 1.6 times with every step, once they are close.

    Why it matters: no derivative, one evaluation a step: often the cheapest way to a root from a good start.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: one point to begin with.
      x1: another.
      args: what `f` takes besides; may be differentiated, in both modes and to any order.
      xtol: the last step is no longer than this.
      rtol: the same in proportion to the root.
      maxiter: most steps.

    Returns:
      `RootResults`; edges are as for `newton_root`.

    Raises:
      ValueError: `f` does not return a scalar, or `x0` or `x1` is none.

    References:
      Press et al., "Numerical recipes", 3rd edition, 2007, section 9.2; scipy.optimize.newton.

    >>> secant(lambda x: x**3 - 8, 1.0, 3.0).root.round(6).item()
    2.0
    """
    return root_of("secant", f, {"x0": x0, "x1": x1}, args, _secants, (xtol, rtol, maxiter))


class _Tangent(NamedTuple):
    """The point to be tried, the one before, and the counts."""

    x: Float[Array, ""]
    before: Float[Array, ""]
    iterations: Int[Array, ""]
    function_calls: Int[Array, ""]
    flag: Int[Array, ""]


def _tangents(f: Scalar, starts: tuple[Array, ...], options: Any) -> RootResults:
    """Each turn of the loop is one evaluation with its slope."""

    def turn(now: _Tangent) -> _Tangent:
        value, slope = jax.jvp(f, (now.x,), (jnp.ones_like(now.x),))
        exact, level = value == 0, slope == 0
        ahead = jnp.where(exact | level, now.x, now.x - value / jnp.where(level, 1.0, slope))
        finite = jnp.isfinite(value) & (exact | jnp.isfinite(slope))
        iterations = now.iterations + (finite & ~exact).astype(jnp.int32)
        flag = flag_of(
            NOT_FINITE=~finite,
            CONVERGED=exact | (~level & close_enough(ahead, now.x, options)),
            MAXITER=level | (iterations >= options[2]),
        )
        root = jnp.where(finite, ahead, now.before)
        return _Tangent(root, now.x, iterations, now.function_calls + 2, flag)

    x = starts[0]
    end = jax.lax.while_loop(_goes_on, turn, _Tangent(x, x, jnp.int32(0), jnp.int32(0), jnp.int32(GOES_ON)))
    return result(end.x, end.iterations, end.function_calls, end.flag)


class _Secant(NamedTuple):
    """The point to be tried, the last two and the function there, and the counts."""

    x: Float[Array, ""]
    last: Float[Array, ""]
    value: Float[Array, ""]
    before: Float[Array, ""]
    value_before: Float[Array, ""]
    iterations: Int[Array, ""]
    flag: Int[Array, ""]


def _secants(f: Scalar, starts: tuple[Array, ...], options: Any) -> RootResults:
    """Each turn of the loop is one evaluation, the first two of them at the starts."""

    def turn(now: _Secant) -> _Secant:
        value, calls = f(now.x), now.iterations + 1
        begun, finite = calls > 1, jnp.isfinite(value)
        level = begun & (value == now.value)
        step = value * (now.x - now.last) / jnp.where(level, 1.0, value - now.value)
        ahead = jnp.where(begun, jnp.where((value == 0) | level, now.x, now.x - step), starts[1])
        flag = flag_of(
            NOT_FINITE=~finite,
            CONVERGED=(value == 0) | (begun & ~level & close_enough(ahead, now.x, options)),
            MAXITER=level | (calls >= options[2] + 2),
        )
        ahead = jnp.where(finite, jnp.where(value == 0, now.x, ahead), now.last)
        return _Secant(ahead, now.x, value, now.last, now.value, calls, flag)

    x, zero = starts[0], jnp.zeros_like(starts[0])
    end = jax.lax.while_loop(_goes_on, turn, _Secant(x, x, zero, x, zero, jnp.int32(0), jnp.int32(GOES_ON)))
    return result(end.x, jnp.minimum(end.iterations - 1, options[2]), end.iterations, end.flag)


def _goes_on(now: Any) -> Array:
    return now.flag == GOES_ON


def _cubic(x: Array, a: Array) -> Array:
    """It has the cube root of a for its only root."""
    return x**3 - a


def _example(key: Array) -> tuple[Array]:
    return (1 + random.uniform(key, (), jnp.float64),)


CONCEPTS = (
    Concept(bisection, _example, oracle=np.cbrt, evaluate=lambda a: bisection(_cubic, 0 * a, 1 + a, (a,)).root),
    Concept(chandrupatla, _example, oracle=np.cbrt, evaluate=lambda a: chandrupatla(_cubic, 0 * a, 1 + a, (a,)).root),
    Concept(newton_root, _example, oracle=np.cbrt, evaluate=lambda a: newton_root(_cubic, a, (a,)).root),
    Concept(secant, _example, oracle=np.cbrt, evaluate=lambda a: secant(_cubic, a, 1 + a, (a,)).root),
)
