"""Where a function is level: minima, maxima and saddles, found by Newton's method on the gradient."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Bool, Float, Int, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept
from mathml_jax._differences import binary_scale
from mathml_jax.optimize._hessians import CriticalPointKind, Scalar, bend, kind_of, of_vector, tolerance_for, walk


class CriticalPoint(NamedTuple):
    """One point where the gradient vanishes.

    Attributes:
      point: where; NaN where none was found, and so is the rest.
      value: the function there.
      gradient_norm: Euclidean length of the gradient that is left; it has no derivative.
      eigenvalues: of the Hessian, ascending.
      kind: a `CriticalPointKind`.
      converged: whether Newton's method arrived.
    """

    point: Float[Array, "*shape"]
    value: Float[Array, ""]
    gradient_norm: Float[Array, ""]
    eigenvalues: Float[Array, " n"]
    kind: Int[Array, ""]
    converged: Bool[Array, ""]


class CriticalPoints(NamedTuple):
    """The points where the gradient vanishes, each once, and as many rows as there were starts.

    Attributes:
      points: where; NaN in rows to spare.
      values: the function there.
      gradient_norms: Euclidean length of the gradient that is left.
      eigenvalues: of the Hessian, ascending.
      kinds: a `CriticalPointKind` for each; 0 in rows to spare.
      counts: how many starts arrived there: the size of the basin.
      valid: whether the row holds a point; those that do come first.
    """

    points: Float[Array, "k ..."]
    values: Float[Array, " k"]
    gradient_norms: Float[Array, " k"]
    eigenvalues: Float[Array, "k n"]
    kinds: Int[Array, " k"]
    counts: Int[Array, " k"]
    valid: Bool[Array, " k"]


@partial(jax.jit, static_argnames=("f", "steps"))
def critical_point(
    f: Callable[..., Any],
    x0: Real[ArrayLike, "*shape"],
    args: tuple[Any, ...] = (),
    *,
    steps: int = 100,
    tolerance: Real[ArrayLike, ""] | None = None,
) -> CriticalPoint:
    r"""The point where a function is level that Newton's method reaches from one start, differentiable in `args`.

    .. math::

        \nabla f(x^*, \theta) = 0, \qquad \frac{\partial x^*}{\partial \theta} = -H^{-1}
        \frac{\partial \nabla f}{\partial \theta}

    where :math:`f` is the function, :math:`x^*` the point, :math:`\theta` what else the function depends on, and
    :math:`H` the Hessian of f in x at the point. The derivative is that of the implicit function theorem, in forward
    and reverse mode and to any order; the path that Newton's method took plays no part.

    Why it matters: a fitted model is a critical point of its loss, and this says how it answers to its data and its
    penalties: sensitivities, influence functions, gradients of hyperparameters.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, of the shape that `f` takes.
      args: what `f` takes besides.
      steps: most steps taken, an integer from 1.
      tolerance: as for `critical_points`, in units of max(abs(x0), 1).

    Returns:
      A `CriticalPoint`: a minimum, a maximum or a saddle, whichever Newton's method meets; NaN, and not `converged`,
      where it meets none. At a degenerate point the derivative need not exist, and what is returned means nothing.

    Raises:
      ValueError: `f` does not return a scalar, `x0` is empty, or `steps` is no integer from 1.

    References:
      Krantz and Parks, "The implicit function theorem", 2002.

    >>> critical_point(lambda x, a: x**4 / 4 - a * x, 1.0, (8.0,)).point.round(6).item()
    2.0
    """
    _expect_steps("critical_point", steps)
    x0 = as_float(x0)
    start = widened(x0)
    scale = binary_scale(start).ravel()
    g = of_vector("critical_point", f, start, args)
    reach = tolerance_for(start, tolerance)

    def scaled(y: Array) -> Array:
        return g(scale * y)

    y = jax.lax.custom_root(jax.grad(scaled), start.ravel() / scale, lambda _, y: walk(scaled, y, steps), _solve_linear)
    found = _described(scaled, y, scale, reach)
    return _cast(found._replace(point=found.point.reshape(x0.shape)), x0)


@partial(jax.jit, static_argnames=("f", "steps"))
def critical_points(
    f: Callable[..., Any],
    starts: Real[ArrayLike, "k ..."],
    args: tuple[Any, ...] = (),
    *,
    bounds: tuple[ArrayLike, ArrayLike] | None = None,
    steps: int = 100,
    tolerance: Real[ArrayLike, ""] | None = None,
) -> CriticalPoints:
    r"""The points where a function is level: its minima, maxima and saddles, from many starts at once.

    .. math::

        \nabla f(x^*) = 0, \qquad x_{t+1} = x_t - H(x_t)^{-1} \nabla f(x_t)

    where :math:`x^*` is a critical point of :math:`f`, :math:`x_t` a walk after :math:`t` of Newton's steps, and
    :math:`H` the Hessian. Unlike a descent, Newton's method on the gradient is drawn to saddles and maxima too. A step
    is cut to the size of the starts, shortened where f is not finite, and leaves out the directions in which H
    vanishes.

    Why it matters: the map of a loss: where training can end, where it slows down, and which basin is wide. What no
    start reaches is not on it.

    Args:
      f: a function of a point and of `args` to a scalar, made of JAX operations; each new one is compiled.
      starts: where to begin, shape [k, ...], say `random.uniform(key, (k, n), minval=lower, maxval=upper)`. In every
        coordinate the largest of them is the unit of length.
      args: what `f` takes besides.
      bounds: the lowest and the highest corner of a box; points outside are left out.
      steps: most steps taken from a start, an integer from 1.
      tolerance: a walk has arrived where Newton's next step is at most this many units; points within four times as
        many are one; an eigenvalue whose own change over this distance is as large as itself counts as zero. The cube
        root of eps unless given: 6e-6 in float64, 5e-3 in float32.

    Returns:
      `CriticalPoints`: k rows, those that hold a point first, by their values, equal ones in the order of the starts.
      A continuum of critical points gives a row for every place reached, all degenerate; so does a function that is
      flat to rounding, as exp is where it underflows: `bounds` keep such places out. For derivatives in `args` hand a
      row to `critical_point`.

    Raises:
      ValueError: `f` does not return a scalar, there are no starts, `steps` is no integer from 1, or `bounds` are not
        two corners.

    References:
      Dauphin et al., "Identifying and attacking the saddle point problem in high-dimensional non-convex optimization",
      2014; Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, chapter 11.

    >>> found = critical_points(lambda x: x**3 - 3 * x, jnp.array([-2.0, 0.5, 1.5, 3.0]))
    >>> found.points[found.valid].round(6).tolist(), found.kinds.tolist(), found.counts.tolist()
    ([1.0, -1.0], [1, 3, 0, 0], [3, 1, 0, 0])
    """
    _expect_steps("critical_points", steps)
    starts = as_float(starts)
    expect_rank("critical_points", "starts", starts, 1, at_least=True)
    expect(len(starts) > 0, "critical_points", "at least one start", f"shape {starts.shape}")
    begin = widened(starts)
    g = of_vector("critical_points", f, begin[0], args)
    begin, reach = begin.reshape(len(begin), -1), tolerance_for(begin, tolerance)
    scale = _unit(begin)

    def scaled(y: Array) -> Array:
        return g(scale * y)

    ends = jax.vmap(lambda y: walk(scaled, y, steps))(begin / scale[None])
    if bounds is not None:
        corners = _corners(bounds, starts.shape[1:], begin.dtype)
        ends = jnp.where(_inside(ends * scale[None], corners, 4 * reach * scale)[:, None], ends, jnp.nan)
    rows = jax.vmap(lambda y: _described(scaled, y, scale, reach))(ends)
    counts = _basins(ends, rows.converged, 4 * reach)
    order = _by_value(jnp.where(counts > 0, rows.value, jnp.nan), reach)
    rows = _cast(rows._replace(point=rows.point.reshape(starts.shape)), starts)
    return _kept(rows, counts, order)


def _expect_steps(function: str, steps: Any) -> None:
    expect(isinstance(steps, int) and steps >= 1, function, "steps to be an integer from 1", repr(steps))


def _unit(starts: Float[Array, "k n"]) -> Float[Array, " n"]:
    """The power of two next to the largest start in every coordinate, so that scaling rounds nothing; 1 for 0."""
    largest = jnp.max(jnp.where(jnp.isfinite(starts), jnp.abs(starts), 0.0), axis=0)
    return jnp.exp2(jnp.round(jnp.log2(jnp.where(largest > 0, largest, 1.0))))


def _solve_linear(matvec: Callable[[Array], Array], b: Float[Array, " n"]) -> Float[Array, " n"]:
    """The solution of a linear system given as a function."""
    columns = jax.vmap(matvec, out_axes=1)(jnp.eye(b.size, dtype=b.dtype))
    return jnp.linalg.solve(columns, b)


def _described(g: Scalar, y: Float[Array, " n"], scale: Float[Array, " n"], tolerance: Array) -> CriticalPoint:
    """All there is to know of the point where a walk ended in units of `scale`, or NaN if it is not critical."""
    at = bend(g, y)
    kind = kind_of(g, y, at, tolerance)
    converged = kind != CriticalPointKind.NONE
    norm = jnp.linalg.norm(jax.lax.stop_gradient(at.gradient / scale))
    eigenvalues = jnp.linalg.eigvalsh(at.hessian / scale[:, None] / scale[None, :])
    x, value, norm, eigenvalues = (jnp.where(converged, v, jnp.nan) for v in (scale * y, at.value, norm, eigenvalues))
    return CriticalPoint(x, value, norm, eigenvalues, kind, converged)


def _corners(bounds: Any, shape: tuple[int, ...], dtype: Any) -> tuple[Array, Array]:
    """The lowest and the highest corner as flat vectors."""
    two = isinstance(bounds, tuple | list) and len(bounds) == 2
    expect(two, "critical_points", "bounds to be a lowest and a highest corner", repr(bounds))
    lower, upper = (jnp.asarray(corner, dtype) for corner in bounds)
    fit = all(corner.shape in ((), shape) for corner in (lower, upper))
    expect(fit, "critical_points", f"bounds of shape () or {shape}", f"{lower.shape} and {upper.shape}")
    return jnp.broadcast_to(lower, shape).ravel(), jnp.broadcast_to(upper, shape).ravel()


def _inside(x: Float[Array, "k n"], corners: tuple[Array, Array], slack: Float[Array, " n"]) -> Bool[Array, " k"]:
    lower, upper = corners
    return jnp.all((x >= (lower - slack)[None]) & (x <= (upper + slack)[None]), axis=1)


def _basins(ends: Float[Array, "k n"], arrived: Bool[Array, " k"], distance: Array) -> Int[Array, " k"]:
    """How many starts end where this one does, told to the first of them; 0 for the others."""

    def lead(state: tuple[Array, Array]) -> tuple[Array, Array]:
        left, counts = state
        first = jnp.argmax(left)
        reach = distance * jnp.maximum(1.0, jnp.max(jnp.abs(ends[first])))
        near = left & (jnp.max(jnp.abs(ends - ends[first][None]), axis=1) <= reach)
        return left & ~near, counts.at[first].set(jnp.sum(near, dtype=jnp.int32))

    # Ends at most once for every start, for the first is always near itself.
    return jax.lax.while_loop(lambda state: state[0].any(), lead, (arrived, jnp.zeros(len(ends), jnp.int32)))[1]


def _by_value(values: Float[Array, " k"], tolerance: Array) -> Int[Array, " k"]:
    """The order of the values, NaN last, where those that differ by rounding only are equal."""
    grain = tolerance * jnp.max(jnp.where(jnp.isnan(values), 0.0, jnp.abs(values)))
    return jnp.argsort(jnp.round(values / jnp.where(grain > 0, grain, 1.0)), stable=True)


def _kept(rows: CriticalPoint, counts: Int[Array, " k"], order: Int[Array, " k"]) -> CriticalPoints:
    """The rows in order, blank where they hold no point of their own."""
    valid = counts > 0

    def keep(leaf: Array, blank: ArrayLike = jnp.nan) -> Array:
        mask = valid.reshape(-1, *(1,) * (leaf.ndim - 1))
        return jnp.where(mask, leaf, jnp.asarray(blank, leaf.dtype))[order]

    point, value, norm, eigenvalues = (keep(leaf) for leaf in rows[:4])
    return CriticalPoints(point, value, norm, eigenvalues, keep(rows.kind, 0), counts[order], valid[order])


def _cast(found: CriticalPoint, like: Array) -> CriticalPoint:
    """The record in the dtype of the starts."""
    return jax.tree.map(
        lambda leaf: leaf.astype(like.dtype) if jnp.issubdtype(leaf.dtype, jnp.floating) else leaf, found
    )


def _double_well_points(depth: Array) -> tuple[Array, Array]:
    """Two minima and a saddle between them."""
    starts = jnp.asarray([[-2.0, 1.0], [2.0, 1.0], [0.1, 1.0]], depth.dtype)
    found = critical_points(lambda x, depth: (x[0] ** 2 - depth) ** 2 + x[1] ** 2, starts, (depth,))
    return found.points, found.kinds


CONCEPTS = (
    Concept(
        critical_point,
        example=lambda key: (1 + random.uniform(key, (2,), jnp.float64),),
        oracle=lambda a: np.array([np.log(a[0]), np.log(a[1])]),
        evaluate=lambda a: critical_point(lambda x, a: jnp.sum(jnp.exp(x) - a * x), jnp.zeros_like(a), (a,)).point,
    ),
    Concept(
        critical_points,
        example=lambda key: (1 + random.uniform(key, (), jnp.float64),),
        oracle=lambda a: (np.array([[-(a**0.5), 0], [a**0.5, 0], [0, 0]]), np.array([1, 1, 2])),
        evaluate=_double_well_points,
    ),
)
