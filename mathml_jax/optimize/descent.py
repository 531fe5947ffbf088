"""Steps along the negative gradient."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import optax
from jax import random
from jaxtyping import ArrayLike, Int

from mathml_jax._concept import Concept
from mathml_jax.optimize._transformation import expect_at_least_zero, expect_like, step_against, updates_of


class DescentState(NamedTuple):
    """State of `gradient_descent`.

    Attributes:
      count: number of steps taken, at which a schedule is evaluated.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]


def gradient_descent(learning_rate: ArrayLike | optax.Schedule) -> optax.GradientTransformation:
    r"""The optimiser that steps along the negative gradient, the direction of steepest descent.

    .. math::

        x_{t+1} = x_t - \alpha_t \nabla f(x_t)

    where :math:`x_t` are the parameters after :math:`t` steps, :math:`f` is the loss and :math:`\alpha_t` the learning
    rate.

    Why it matters: every optimiser of deep learning is this line with a better direction or a better rate. Where the
    curvature is at most L it converges for every rate below 2 / L.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.

    Returns:
      An `optax.GradientTransformation`: its ``init`` takes the parameters (any pytree of floating-point arrays), its
      ``update`` the gradients and the state, and returns what to add to the parameters, and the new state.

    Raises:
      ValueError: the learning rate is negative or NaN; in ``update``, the gradients have another tree or other shapes
        than the parameters, if those are given.

    References:
      Cauchy, "Méthode générale pour la résolution des systèmes d'équations simultanées", 1847.

    >>> optimizer = gradient_descent(0.5)
    >>> optimizer.update(jnp.array([2.0, -4.0]), optimizer.init(jnp.zeros(2)))[0].tolist()
    [-1.0, 2.0]
    """
    expect_at_least_zero("gradient_descent", learning_rate=learning_rate)

    def init(params: optax.Params) -> DescentState:
        del params
        return DescentState(jnp.zeros([], jnp.int32))

    def update(
        updates: optax.Updates, state: Any, params: optax.Params | None = None
    ) -> tuple[optax.Updates, DescentState]:
        if params is not None:
            expect_like("gradient_descent", updates, params)
        count = optax.safe_increment(state.count)
        return step_against(updates, learning_rate, state.count), DescentState(count)

    return optax.GradientTransformation(init, update)


CONCEPTS = (
    Concept(
        gradient_descent,
        example=lambda key: (random.normal(key, (4, 3), jnp.float64),),
        oracle=lambda gradients: -0.1 * gradients / np.arange(1, len(gradients) + 1)[:, None],
        evaluate=updates_of(gradient_descent, lambda count: 0.1 / (1 + count)),
    ),
)
