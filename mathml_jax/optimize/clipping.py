"""Gradients cut to size before an optimiser sees them."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import ArrayLike

from mathml_jax._concept import Concept
from mathml_jax.optimize._transformation import expect_at_least_zero, gradients_in_a_row, updates_of


def clip(max_delta: ArrayLike) -> optax.GradientTransformation:
    r"""Cuts every entry of the gradients to a largest size.

    .. math::

        h_i = \min(\max(g_i, -c), c)

    where :math:`g_i` is an entry of the gradients, :math:`h_i` what becomes of it, and :math:`c` the largest size.

    Why it matters: one exploding entry no longer spoils a step; but the direction changes, unlike with
    `clip_by_global_norm`.

    Args:
      max_delta: the largest size, at least 0.

    Returns:
      An `optax.GradientTransformation` without a state, to be chained before an optimiser.

    Raises:
      ValueError: the size is negative or NaN.

    References:
      Mikolov, "Statistical Language Models Based on Neural Networks", 2012, section 3.2.2.

    >>> clip(1.0).update(jnp.array([3.0, -0.5]), optax.EmptyState())[0].tolist()
    [1.0, -0.5]
    """
    expect_at_least_zero("clip", max_delta=max_delta)

    def update(updates: optax.Updates, state: Any, params: Any = None) -> tuple[optax.Updates, Any]:
        del params

        def cut(g: ArrayLike) -> ArrayLike:
            most = jnp.asarray(max_delta, jnp.result_type(g))
            return jnp.clip(g, -most, most)

        return jax.tree.map(cut, updates), state

    return optax.GradientTransformation(lambda params: optax.EmptyState(), update)


def clip_by_global_norm(max_norm: ArrayLike) -> optax.GradientTransformation:
    r"""Shrinks all gradients together where their common length exceeds a bound.

    .. math::

        h = g \cdot \min\left( 1, \frac{c}{\lVert g \rVert} \right)

    where :math:`g` are the gradients as one vector, :math:`h` is what becomes of them, and :math:`c` the largest
    length.

    Why it matters: recurrent and very deep networks have cliffs at which a gradient is a thousand times too long;
    its direction is kept, and the step stays small.

    Args:
      max_norm: the largest length, at least 0.

    Returns:
      An `optax.GradientTransformation` without a state, to be chained before an optimiser. Gradients of 0 stay 0.

    Raises:
      ValueError: the length is negative or NaN.

    References:
      Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013, algorithm 1.

    >>> clip_by_global_norm(1.0).update({"w": jnp.array([3.0]), "b": jnp.array([4.0])}, optax.EmptyState())[0]
    {'b': Array([0.8], dtype=float64), 'w': Array([0.6], dtype=float64)}
    """
    expect_at_least_zero("clip_by_global_norm", max_norm=max_norm)

    def update(updates: optax.Updates, state: Any, params: Any = None) -> tuple[optax.Updates, Any]:
        del params
        with jax.numpy_dtype_promotion("standard"):
            squares = sum((jnp.sum(jnp.square(g)) for g in jax.tree.leaves(updates)), start=0.0)
            some = squares > 0
            length = jnp.where(some, jnp.sqrt(jnp.where(some, squares, 1)), 0)

            def shrunk(g: Any) -> Any:
                most = jnp.asarray(max_norm, g.dtype)
                return jnp.where(length < most, g, g / jnp.where(some, length, 1).astype(g.dtype) * most)

            return jax.tree.map(shrunk, updates), state

    return optax.GradientTransformation(lambda params: optax.EmptyState(), update)


CONCEPTS = (
    Concept(
        clip,
        example=gradients_in_a_row,
        oracle=lambda g: np.sign(g) * np.minimum(np.abs(g), 0.5),
        evaluate=updates_of(clip, 0.5),
    ),
    Concept(
        clip_by_global_norm,
        example=gradients_in_a_row,
        oracle=lambda g: g / np.maximum(1, np.linalg.norm(g, axis=1, keepdims=True)),
        evaluate=updates_of(clip_by_global_norm, 1.0),
    ),
)
