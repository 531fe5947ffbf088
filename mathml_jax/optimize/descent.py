"""Steps along the negative gradient, and along a decaying sum of them."""

from typing import NamedTuple

import numpy as np
import optax
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike, Int

from mathml_jax._concept import Concept
from mathml_jax.optimize._oracles import decaying_sums
from mathml_jax.optimize._transformation import (
    Rate,
    expect_decay,
    from_rule,
    gradients_in_a_row,
    updates_of,
    zeros,
)


class DescentState(NamedTuple):
    """State of `gradient_descent`.

    Attributes:
      count: number of steps taken, at which a schedule is evaluated.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]


def gradient_descent(learning_rate: Rate) -> optax.GradientTransformation:
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
    >>> optimizer.update(np.array([2.0, -4.0]), optimizer.init(np.zeros(2)))[0].tolist()
    [-1.0, 2.0]
    """
    return from_rule("gradient_descent", DescentState, {}, lambda t, g: (g,), learning_rate)


class MomentumState(NamedTuple):
    """State of `momentum` and of `nesterov`.

    Attributes:
      count: number of steps taken, at which a schedule is evaluated.
      trace: the velocity, a decaying sum of the gradients, shaped like the parameters.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]
    trace: optax.Updates


def momentum(
    learning_rate: Rate, decay: ArrayLike = 0.9, accumulator_dtype: DTypeLike | None = None
) -> optax.GradientTransformation:
    r"""The optimiser that rolls like a heavy ball: the gradients accelerate it, friction slows it down.

    .. math::

        \begin{aligned}
        v_t &= \beta v_{t-1} + g_t \\
        x_t &= x_{t-1} - \alpha_t v_t
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`v_t` the velocity, which keeps the fraction
    :math:`\beta` from step to step, :math:`x_t` are the parameters and :math:`\alpha_t` is the learning rate.

    Why it matters: along a valley the gradients add up, to 1 / (1 - decay) of them, and across it they cancel. With
    the best decay a quadratic of condition number k takes about the root of k steps where gradient descent takes k.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      decay: the fraction of the velocity that stays, in [0, 1).
      accumulator_dtype: dtype of the velocity; that of the parameters unless given.

    Returns:
      An `optax.GradientTransformation`, as `gradient_descent` does; `optax.sgd` with ``momentum=decay``.

    Raises:
      ValueError: the learning rate is negative or NaN, the decay outside [0, 1); otherwise as `gradient_descent`.

    References:
      Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.

    >>> optimizer = momentum(0.5, decay=0.5)
    >>> updates, state = optimizer.update(np.array(1.0), optimizer.init(np.array(0.0)))
    >>> optimizer.update(np.array(1.0), state)[0].item()
    -0.75
    """
    expect_decay("momentum", decay=decay)

    def rule(t: Array, g: Array, v: Array) -> tuple[Array, Array]:
        del t
        v = g + decay * v
        return v, v

    return from_rule("momentum", MomentumState, {"trace": zeros(accumulator_dtype)}, rule, learning_rate)


def nesterov(
    learning_rate: Rate, decay: ArrayLike = 0.9, accumulator_dtype: DTypeLike | None = None
) -> optax.GradientTransformation:
    r"""Momentum that looks ahead: it corrects the velocity by the gradient where the ball is about to be.

    .. math::

        \begin{aligned}
        v_t &= \beta v_{t-1} + g_t \\
        x_t &= x_{t-1} - \alpha_t (g_t + \beta v_t)
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`v_t` the velocity, which keeps the fraction
    :math:`\beta` from step to step, :math:`x_t` are the parameters and :math:`\alpha_t` is the learning rate. The
    parameters kept here are the ones looked ahead to, at which the gradient is wanted.

    Why it matters: on convex functions it reaches the best rate that any method of gradients alone can have; the
    plain heavy ball may circle forever.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      decay: the fraction of the velocity that stays, in [0, 1).
      accumulator_dtype: dtype of the velocity; that of the parameters unless given.

    Returns:
      An `optax.GradientTransformation`, as `gradient_descent` does; `optax.sgd` with ``nesterov=True``.

    Raises:
      ValueError: the learning rate is negative or NaN, the decay outside [0, 1); otherwise as `gradient_descent`.

    References:
      Nesterov, "A method of solving a convex programming problem with convergence rate O(1/k^2)", 1983; in this form
      Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep learning", 2013.

    >>> optimizer = nesterov(0.5, decay=0.5)
    >>> optimizer.update(np.array(1.0), optimizer.init(np.array(0.0)))[0].item()
    -0.75
    """
    expect_decay("nesterov", decay=decay)

    def rule(t: Array, g: Array, v: Array) -> tuple[Array, Array]:
        del t
        v = g + decay * v
        return g + decay * v, v

    return from_rule("nesterov", MomentumState, {"trace": zeros(accumulator_dtype)}, rule, learning_rate)


CONCEPTS = (
    Concept(
        gradient_descent,
        example=gradients_in_a_row,
        oracle=lambda gradients: -0.1 * gradients / np.arange(1, len(gradients) + 1)[:, None],
        evaluate=updates_of(gradient_descent, lambda count: 0.1 / (1 + count)),
    ),
    Concept(
        momentum,
        example=gradients_in_a_row,
        oracle=lambda g: -0.1 * decaying_sums(g, 0.9),
        evaluate=updates_of(momentum, 0.1),
    ),
    Concept(
        nesterov,
        example=gradients_in_a_row,
        oracle=lambda g: -0.1 * (g + 0.9 * decaying_sums(g, 0.9)),
        evaluate=updates_of(nesterov, 0.1),
    ),
)
