"""Runs of an optimiser: the path from one start, and a pass over data in random batches."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax, random
from jaxtyping import Array, ArrayLike, Bool, Float, Int, PRNGKeyArray

from mathml_jax._checks import expect
from mathml_jax._concept import Concept
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.optimize._minimum import OptimizeStatus, status_of
from mathml_jax.optimize._transformation import expect_floating
from mathml_jax.optimize.descent import gradient_descent


class Trajectory(NamedTuple):
    """The path of an optimiser, at the start and at evenly spaced steps.

    Attributes:
      x: the points, shaped as the start with an axis of all records in front; the last is where the run ended.
      fun: the function there.
      gradient_norm: the length of the gradient there.
      step: how many steps had been taken there.
      nit: how many steps were taken in all.
      success: whether the gradient became as short as was asked, always if nothing was.
      status: an `OptimizeStatus`: CONVERGED for that, MAXITER if the steps ran out, NOT_FINITE if the function or its
        gradient was not finite at the next point.
    """

    x: Any
    fun: Float[Array, "... n"]
    gradient_norm: Float[Array, "... n"]
    step: Int[Array, "... n"]
    nit: Int[Array, "..."]
    success: Bool[Array, "..."]
    status: Int[Array, "..."]


class Epochs(NamedTuple):
    """The path of `sgd`, at the start and after every pass over the data.

    Attributes:
      x: the points, shaped as the start with an axis of one more than the epochs in front.
      fun: the loss there over all of the data.
    """

    x: Any
    fun: Float[Array, " n"]


class _State(NamedTuple):
    """Where a run is, what the optimiser remembers, and how the run goes: -1 while it goes on."""

    x: Any
    memory: Any
    fun: Array
    gradient: Any
    nit: Array
    status: Array


def trajectory(
    optimizer: optax.GradientTransformation,
    f: Callable[..., Any],
    x0: Any,
    steps: int,
    *args: Any,
    gtol: ArrayLike | None = None,
    records: int = 100,
) -> Trajectory:
    r"""The path of an optimiser down a function, from one start, as one scan.

    .. math::

        x_{t+1} = x_t + u(\nabla f(x_t))

    where :math:`x_t` is the point after :math:`t` steps, :math:`\nabla f(x_t)` the gradient of the function :math:`f`
    there, and :math:`u` what the optimiser makes of it and of all gradients before it.

    Why it matters: under `jax.vmap` the same lines draw a thousand paths, over starts and over learning rates, and
    `jax.grad` through them learns the rate.

    Args:
      optimizer: of this package or of optax.
      f: a function of one array or tree, and of `args`, to a scalar.
      x0: the start, floating-point.
      steps: how many steps at most, at least 0.
      *args: passed on to `f`.
      gtol: the run stops where the gradient is no longer than this; None to go on to the end.
      records: how many points are kept besides the start, at least 1; all, if there are no more steps.

    Returns:
      A `Trajectory`. A run that has stopped stays where it is. Where the next point is not finite, the last finite one
      is kept.

    Raises:
      ValueError: the start is empty or not floating-point, a number is too small, or `f` does not return a scalar.

    References:
      Blondel and others, "Efficient and Modular Implicit Differentiation", 2022, section 4, on the unrolled view.

    >>> path = trajectory(gradient_descent(0.25), lambda x: x**2, 1.0, 3)
    >>> path.x.tolist()
    [1.0, 0.5, 0.25, 0.125]
    """
    expect_floating("trajectory", x0)
    expect(bool(jax.tree.leaves(x0)), "trajectory", "x0 with at least one array", x0)
    expect(steps >= 0, "trajectory", "steps at least 0", steps)
    expect(records >= 1, "trajectory", "records at least 1", records)
    x0 = jax.tree.map(jnp.asarray, x0)
    slope = jax.value_and_grad(scalar_valued("trajectory", lambda x: f(x, *args), x0))
    start = _started(optimizer, slope, x0, gtol)
    every = max(1, math.ceil(steps / records))

    def chunk(state: _State, length: int) -> tuple[_State, Any]:
        state = lax.fori_loop(0, length, lambda _, s: _stepped(optimizer, slope, s, gtol), state)
        return state, _seen(state)

    whole, rest = divmod(steps, every)
    end, path = lax.scan(lambda s, _: chunk(s, every), start, length=whole)
    pieces = [jax.tree.map(lambda first: first[None], _seen(start)), path]
    if rest:
        end, last = chunk(end, rest)
        pieces.append(jax.tree.map(lambda last: last[None], last))
    x, fun, norm, step = jax.tree.map(lambda *parts: jnp.concatenate(parts), *pieces)
    over = OptimizeStatus.CONVERGED if gtol is None else OptimizeStatus.MAXITER
    status = jnp.where(end.status < 0, over, end.status)
    return Trajectory(x, fun, norm, step, end.nit, status == OptimizeStatus.CONVERGED, status)


def sgd(
    key: PRNGKeyArray,
    optimizer: optax.GradientTransformation,
    f: Callable[[Any, Any], Any],
    x0: Any,
    data: Any,
    *,
    batch_size: int = 32,
    epochs: int = 1,
) -> Epochs:
    r"""Stochastic descent: every step sees only a batch of the data, drawn anew in each pass.

    .. math::

        x_{t+1} = x_t + u(\nabla f(x_t, B_t)), \qquad \operatorname{E} \nabla f(x, B_t) = \nabla f(x, D)

    where :math:`x_t` is the point after :math:`t` steps, :math:`\nabla f` the gradient in it of the loss :math:`f`,
    :math:`B_t` the batch, :math:`D` all of the data, :math:`\operatorname{E}` the mean over the draws, and :math:`u`
    what the optimiser makes of the gradients.

    Why it matters: a step costs a batch, not the whole data, and points downhill on average; that is what lets
    networks learn from more data than fits in memory.

    Args:
      key: shuffles the data before every pass.
      optimizer: of this package or of optax.
      f: the mean loss of a point over some data, a function of both to a scalar.
      x0: the start, floating-point.
      data: an array or tree whose leaves have the examples along their first axis.
      batch_size: examples in a batch, from 1 to all; those left over are left out of the pass.
      epochs: the number of passes, at least 0.

    Returns:
      `Epochs`.

    Raises:
      ValueError: the start is empty or not floating-point, the batch larger than the data, or the leaves of the data
        disagree.

    References:
      Robbins and Monro, "A Stochastic Approximation Method", 1951.

    >>> data = jnp.arange(8.0)
    >>> rate = lambda count: 1 / (1.0 + count)
    >>> mean = lambda x, batch: jnp.mean((x - batch) ** 2) / 2
    >>> sgd(jax.random.key(0), gradient_descent(rate), mean, 0.0, data, batch_size=2).x[-1].round(6).item()
    3.5
    """
    expect_floating("sgd", x0)
    shapes = [jnp.shape(leaf) for leaf in jax.tree.leaves(data)]
    alike = len({shape[:1] for shape in shapes}) == 1 and shapes[0] != ()
    expect(alike, "sgd", "data with one number of examples", f"shapes {shapes}")
    size = shapes[0][0]
    expect(1 <= batch_size <= size, "sgd", f"batch_size from 1 to {size}", batch_size)
    x0 = jax.tree.map(jnp.asarray, x0)
    loss = scalar_valued("sgd", f, x0, data)

    def step(carry: Any, batch: Array) -> tuple[Any, None]:
        x, memory = carry
        gradient = jax.grad(loss)(x, jax.tree.map(lambda leaf: leaf[batch], data))
        update, memory = optimizer.update(gradient, memory, x)
        return (_moved(x, update), memory), None

    def epoch(carry: Any, key: Array) -> tuple[Any, Any]:
        batches = random.permutation(key, size)[: size // batch_size * batch_size].reshape(-1, batch_size)
        carry, _ = lax.scan(step, carry, batches)
        return carry, (carry[0], loss(carry[0], data))

    _, path = lax.scan(epoch, (x0, optimizer.init(x0)), random.split(key, epochs))
    return Epochs(*jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), (x0, loss(x0, data)), path))


def _started(optimizer: optax.GradientTransformation, slope: Callable[..., Any], x: Any, gtol: Any) -> _State:
    """The run before its first step."""
    fun, gradient = slope(x)
    status = _judged(fun, gradient, gtol)
    return _State(x, optimizer.init(x), fun, gradient, jnp.int32(0), status)


def _stepped(optimizer: optax.GradientTransformation, slope: Callable[..., Any], state: _State, gtol: Any) -> _State:
    """The run one step on, or unchanged if it has stopped."""
    update, memory = optimizer.update(state.gradient, state.memory, state.x)
    x = _moved(state.x, update)
    fun, gradient = slope(x)
    status = _judged(fun, gradient, gtol)
    new = _State(x, memory, fun, gradient, state.nit + 1, status)
    running, finite = state.status < 0, status != OptimizeStatus.NOT_FINITE
    kept = jax.tree.map(lambda new, old: jnp.where(running & finite, new, old), new, state)
    return kept._replace(status=jnp.where(running, status, state.status))


def _judged(fun: Array, gradient: Any, gtol: ArrayLike | None) -> Array:
    """The status at a point: -1 to go on."""
    norm = _norm(gradient)
    arrived = jnp.asarray(False) if gtol is None else norm <= jnp.asarray(gtol, norm.dtype)
    return status_of(NOT_FINITE=~(jnp.isfinite(fun) & jnp.isfinite(norm)), CONVERGED=arrived)


def _seen(state: _State) -> tuple[Any, ...]:
    """What is recorded of a state."""
    return state.x, state.fun, _norm(state.gradient), state.nit


def _moved(x: Any, update: Any) -> Any:
    """The point after an update, in its own dtypes."""
    return jax.tree.map(lambda x, u: x + u.astype(x.dtype), x, update)


def _norm(gradient: Any) -> Array:
    """The length of a tree as one vector, in the widest dtype of its leaves."""
    with jax.numpy_dtype_promotion("standard"):
        return jnp.sqrt(jnp.asarray(sum(jnp.sum(jnp.square(leaf)) for leaf in jax.tree.leaves(gradient))))


def _quadratic_path(x: np.ndarray) -> tuple[Any, ...]:
    """Gradient descent on half the squared length shrinks the point by the same factor in every step."""
    t = np.arange(5)
    norm = np.linalg.norm(x) * 0.9**t
    return 0.9 ** t[:, None] * x, norm**2 / 2, norm, t, 4, True, 0


CONCEPTS = (
    Concept(
        trajectory,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        oracle=_quadratic_path,
        evaluate=lambda x: trajectory(gradient_descent(0.1), lambda x: jnp.sum(x**2) / 2, x, 4),
    ),
    Concept(
        sgd,
        example=lambda key: (random.normal(key, (), jnp.float64), random.normal(key, (4,), jnp.float64)),
        # One batch holds all the data, so that no draw matters.
        oracle=lambda x, data: (
            np.mean(data) + (x - np.mean(data)) * 0.9 ** np.arange(3),
            np.var(data) / 2 + (x - np.mean(data)) ** 2 * 0.81 ** np.arange(3) / 2,
        ),
        evaluate=lambda x, data: sgd(
            random.key(0),
            gradient_descent(0.1),
            lambda x, batch: jnp.mean((x - batch) ** 2) / 2,
            x,
            data,
            batch_size=4,
            epochs=2,
        ),
    ),
)
