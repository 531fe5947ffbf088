"""Paths from their slopes: differential equations, step by step."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept

Slope = Callable[[Any, Array], Any]
Step = Callable[[Slope, Any, Array, Array], Any]


@partial(jax.jit, static_argnames="f")
def euler(f: Callable[..., Any], y0: Any, t: Real[ArrayLike, " n"], args: tuple[Any, ...] = ()) -> Any:
    r"""The path whose slope is given, by steps along the tangent.

    .. math::

        y_{k+1} = y_k + h_k f(y_k, t_k), \qquad h_k = t_{k+1} - t_k

    where :math:`y_k` is the state at the time :math:`t_k`, :math:`f(y, t)` the slope of the path at any state
    :math:`y` and time :math:`t`, and :math:`h_k` the step after the :math:`k`-th time. The error at the end is
    proportional to the step.

    Why it matters: gradient descent is this method on the downhill slope, and a residual network has it for a layer.

    Args:
      f: the slope, a function of the state, of a scalar time and of `args`, with a result like the state.
      y0: the state at the first time, any pytree of arrays.
      t: times, shape [n], in the order in which they are to be visited.
      args: further arguments of `f`, which may be differentiated.

    Returns:
      The states at all times, shaped like `y0` with an axis of n in front. Where the slope falls with the state by more
      than 2 per step, the path oscillates and explodes.

    Raises:
      ValueError: `t` has not one axis, or `f` returns a tree or shapes other than those of `y0`.

    References:
      Euler, "Institutiones calculi integralis", 1768.

    >>> euler(lambda y, t: y, 1.0, jnp.array([0.0, 0.5, 1.0])).tolist()
    [1.0, 1.5, 2.25]
    """

    def step(slope: Slope, y: Any, t: Array, h: Array) -> Any:
        return _moved(y, h, slope(y, t))

    return _path("euler", step, f, y0, t, args)


@partial(jax.jit, static_argnames="f")
def rk4(f: Callable[..., Any], y0: Any, t: Real[ArrayLike, " n"], args: tuple[Any, ...] = ()) -> Any:
    r"""The path whose slope is given, by the classical method of Runge and Kutta.

    .. math::

        y_{k+1} = y_k + \frac{h_k}{6} (s_1 + 2 s_2 + 2 s_3 + s_4), \qquad
        \begin{aligned}
        s_1 &= f(y_k, t_k), & s_2 &= f(y_k + \tfrac{h_k}{2} s_1, t_k + \tfrac{h_k}{2}), \\
        s_3 &= f(y_k + \tfrac{h_k}{2} s_2, t_k + \tfrac{h_k}{2}), & s_4 &= f(y_k + h_k s_3, t_k + h_k)
        \end{aligned}

    where :math:`y_k` is the state at the time :math:`t_k`, :math:`f(y, t)` the slope of the path at any state
    :math:`y` and time :math:`t`, :math:`h_k = t_{k+1} - t_k` the step after the :math:`k`-th time, and :math:`s_i` are
    four slopes: at the start, twice in the middle, at the end. The error at the end is proportional to the fourth power
    of the step; where f depends on the time alone, the step is Simpson's rule.

    Why it matters: half the step costs twice the work and divides the error by sixteen, which is why it has been the
    first choice for a century.

    Args:
      f: the slope, a function of the state, of a scalar time and of `args`, with a result like the state.
      y0: the state at the first time, any pytree of arrays.
      t: times, shape [n], in the order in which they are to be visited.
      args: further arguments of `f`, which may be differentiated.

    Returns:
      The states at all times, shaped like `y0` with an axis of n in front. Where the slope falls with the state by more
      than 2.78 per step, the path explodes.

    Raises:
      ValueError: `t` has not one axis, or `f` returns a tree or shapes other than those of `y0`.

    References:
      Kutta, "Beitrag zur näherungsweisen Integration totaler Differentialgleichungen", 1901.

    >>> rk4(lambda y, t: y, 1.0, jnp.linspace(0.0, 1.0, 11))[-1].round(5).item()
    2.71828
    """

    def step(slope: Slope, y: Any, t: Array, h: Array) -> Any:
        s1 = slope(y, t)
        s2 = slope(_moved(y, h / 2, s1), t + h / 2)
        s3 = slope(_moved(y, h / 2, s2), t + h / 2)
        s4 = slope(_moved(y, h, s3), t + h)
        return _moved(y, h, jax.tree.map(lambda a, b, c, d: (a + 2 * b + 2 * c + d) / 6, s1, s2, s3, s4))

    return _path("rk4", step, f, y0, t, args)


def _moved(y: Any, h: Array, slope: Any) -> Any:
    """The state after a step along a slope."""
    return jax.tree.map(lambda a, b: a + h * b, y, slope)


def _path(function: str, step: Step, f: Callable[..., Any], y0: Any, t: ArrayLike, args: tuple[Any, ...]) -> Any:
    """The states at all times; state and time share one dtype, so that the slope may mix them."""
    leaves, tree = jax.tree.flatten(y0)
    times, *leaves = as_float(t, *leaves, 0.0)[:-1]
    expect_rank(function, "t", times, 1)
    start = jax.tree.unflatten(tree, [widened(leaf) for leaf in leaves])
    seconds = widened(times)
    result = jax.eval_shape(f, start, jax.ShapeDtypeStruct((), seconds.dtype), *args)
    got, wanted = (jax.tree.map(jnp.shape, state) for state in (result, start))
    expect(got == wanted, function, f"f to return a state like y0, of shape {wanted}", got)

    def slope(y: Any, t: Array) -> Any:
        return jax.tree.map(lambda s: jnp.asarray(s, seconds.dtype), f(y, t, *args))

    def advance(y: Any, interval: tuple[Array, Array]) -> tuple[Any, Any]:
        following = step(slope, y, *interval)
        return following, following

    _, path = jax.lax.scan(advance, start, (seconds[:-1], jnp.diff(seconds)))
    return jax.tree.map(
        lambda first, rest: jnp.concatenate([first[None], rest])[: len(times)].astype(times.dtype), start, path
    )


CONCEPTS = (
    Concept(
        euler,
        example=lambda key: (
            lambda y, t: t - y,
            random.normal(key, (2,), jnp.float64),
            jnp.arange(5, dtype=jnp.float64) / 4,
        ),
        # The polygon y = t - 1 + c (1 - h)^k, in closed form.
        oracle=lambda f, y0, t: t[:, None] - 1 + 0.75 ** np.arange(5)[:, None] * (y0 + 1),
    ),
    Concept(
        rk4,
        example=lambda key: (
            lambda y, t: -y,
            random.normal(key, (2,), jnp.float64),
            jnp.arange(5, dtype=jnp.float64) / 4,
        ),
        # Each step multiplies by the first terms of the exponential series.
        oracle=lambda f, y0, t: np.polyval([1 / 6144, -1 / 384, 1 / 32, -1 / 4, 1], 1.0) ** np.arange(5)[:, None] * y0,
    ),
)
