"""Descent by signs alone."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import optax
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike, Int

from mathml_jax._concept import Concept
from mathml_jax.optimize._oracles import decaying_sums
from mathml_jax.optimize._transformation import (
    Rate,
    WeightDecay,
    averaged,
    expect_at_least_zero,
    expect_moments,
    from_rule,
    gradients_in_a_row,
    updates_of,
    zeros,
)


class LionState(NamedTuple):
    """State of `lion`.

    Attributes:
      count: number of steps taken, at which a schedule is evaluated.
      mu: moving average of the gradients, shaped like the parameters.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]
    mu: optax.Updates


def lion(
    learning_rate: Rate,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.99,
    mu_dtype: DTypeLike | None = None,
    weight_decay: Rate = 1e-3,
    mask: Any = None,
) -> optax.GradientTransformation:
    r"""The optimiser that a search over programs found: only the sign of a momentum, and a decay.

    .. math::

        \begin{aligned}
        x_t &= x_{t-1} - \alpha_t \left( \operatorname{sign}(\beta_1 m_{t-1} + (1 - \beta_1) g_t)
            + \lambda x_{t-1} \right) \\
        m_t &= \beta_2 m_{t-1} + (1 - \beta_2) g_t
        \end{aligned}

    where :math:`x_t` are the parameters after :math:`t` steps, :math:`g_t` is the gradient, :math:`m_t` its moving
    average with the decay :math:`\beta_2`, :math:`\beta_1` the weight of the past in the step, :math:`\alpha_t` the
    learning rate and :math:`\lambda` the decay of the parameters.

    Why it matters: one moment instead of two, and every parameter moves by exactly the rate, so that the rate wants
    to be three to ten times smaller than Adam's, and the decay as much larger.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      b1: weight of the past in the step, in [0, 1).
      b2: decay of the average, in [0, 1).
      mu_dtype: dtype of the average; that of the parameters unless given.
      weight_decay: the pull to zero, at least 0, or a schedule; it is multiplied by the learning rate.
      mask: which leaves decay, a tree of booleans or a function of the parameters that makes one; all unless given.

    Returns:
      An `optax.GradientTransformation`, as `adam` does; its ``update`` needs the parameters.

    Raises:
      ValueError: as `adam` does; in ``update``, the parameters are missing.

    References:
      Chen and others, "Symbolic Discovery of Optimization Algorithms", 2023, algorithm 2.

    >>> optimizer = lion(0.5)
    >>> x = jnp.zeros(2)
    >>> optimizer.update(jnp.array([3.0, -0.5]), optimizer.init(x), x)[0].tolist()
    [-0.5, 0.5]
    """
    expect_moments("lion", b1, b2)
    expect_at_least_zero("lion", weight_decay=weight_decay)

    def rule(t: Array, g: Array, m: Array) -> tuple[Array, Array]:
        del t
        return jnp.sign(averaged(g, m, b1)), averaged(g, m, b2)

    decay = WeightDecay(weight_decay, mask)
    return from_rule("lion", LionState, {"mu": zeros(mu_dtype)}, rule, learning_rate, decay)


def _lion_oracle(gradients: np.ndarray) -> np.ndarray:
    """Signs of weighted sums; the parameters decay by a fifth of the rate."""
    before = np.concatenate([np.zeros_like(gradients[:1]), 0.01 * decaying_sums(gradients, 0.99)[:-1]])
    x, changes = np.zeros_like(gradients[0]), []
    for sign in np.sign(0.9 * before + 0.1 * gradients):
        changes.append(-0.1 * (sign + 0.2 * x))
        x = x + changes[-1]
    return np.stack(changes)


CONCEPTS = (
    Concept(
        lion,
        example=gradients_in_a_row,
        oracle=_lion_oracle,
        evaluate=updates_of(lambda rate: lion(rate, weight_decay=0.2), 0.1),
    ),
)
