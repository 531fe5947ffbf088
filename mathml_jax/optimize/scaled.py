"""A rate of its own for every parameter, from the size of its gradients so far."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, ArrayLike, Int

from mathml_jax._concept import Concept
from mathml_jax.optimize._oracles import decaying_sums
from mathml_jax.optimize._transformation import (
    Rate,
    averaged,
    debiased,
    expect_at_least_zero,
    expect_decay,
    from_rule,
    gradients_in_a_row,
    updates_of,
)


class AdagradState(NamedTuple):
    """State of `adagrad`.

    Attributes:
      count: number of steps taken, at which a schedule is evaluated.
      sum_of_squares: of all gradients so far, shaped like the parameters.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]
    sum_of_squares: optax.Updates


class RMSPropState(NamedTuple):
    """State of `rmsprop`.

    Attributes:
      count: number of steps taken.
      nu: moving average of the squared gradients, shaped like the parameters.
      mu: moving average of the gradients, if the squares are centred; else None.
      trace: the velocity, if there is momentum; else None.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]
    nu: optax.Updates
    mu: optax.Updates | None = None
    trace: optax.Updates | None = None


class AdadeltaState(NamedTuple):
    """State of `adadelta`.

    Attributes:
      count: number of steps taken, at which a schedule is evaluated.
      e_g: moving average of the squared gradients, shaped like the parameters.
      e_x: moving average of the squared directions, shaped like the parameters.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]
    e_g: optax.Updates
    e_x: optax.Updates


def adagrad(
    learning_rate: Rate,
    initial_accumulator_value: ArrayLike = 0.1,
    eps: ArrayLike = 1e-7,
    *,
    eps_in_sqrt: bool = True,
) -> optax.GradientTransformation:
    r"""The optimiser that divides each gradient by the root of the sum of all its squares.

    .. math::

        \begin{aligned}
        s_t &= s_{t-1} + g_t^2 \\
        x_t &= x_{t-1} - \alpha_t \frac{g_t}{\sqrt{s_t + \varepsilon}}
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`s_t` the sum of its squares, :math:`x_t` are the
    parameters, :math:`\alpha_t` is the learning rate, and :math:`\varepsilon` keeps the quotient finite.

    Why it matters: a parameter that is seldom touched still moves far when it is, as for rare words. The steps shrink
    like one over the root of their number, which convex problems like and deep networks do not.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      initial_accumulator_value: what the sum begins with, at least 0; the paper's is 0.
      eps: added to the sum, at least 0.
      eps_in_sqrt: whether `eps` stands under the root, as in optax, or behind it, as in the paper.

    Returns:
      An `optax.GradientTransformation`, as `gradient_descent` does. Where the sum is 0, nothing moves.

    Raises:
      ValueError: a rate or an epsilon is negative or NaN; otherwise as `gradient_descent`.

    References:
      Duchi, Hazan and Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011.

    >>> optimizer = adagrad(1.0, initial_accumulator_value=0.0, eps=0.0)
    >>> updates, state = optimizer.update(jnp.array(3.0), optimizer.init(jnp.array(0.0)))
    >>> round(optimizer.update(jnp.array(4.0), state)[0].item(), 6)
    -0.8
    """
    expect_at_least_zero("adagrad", initial_accumulator_value=initial_accumulator_value, eps=eps)

    def rule(t: Array, g: Array, s: Array) -> tuple[Array, Array]:
        del t
        s = g**2 + s
        some = jnp.where(s > 0, s, 1)
        return jnp.where(s > 0, g / _root(some, eps, eps_in_sqrt), 0), s

    moments = {"sum_of_squares": lambda p: jnp.full_like(p, initial_accumulator_value)}
    return from_rule("adagrad", AdagradState, moments, rule, learning_rate)


def rmsprop(
    learning_rate: Rate,
    decay: ArrayLike = 0.9,
    eps: ArrayLike = 1e-8,
    initial_scale: ArrayLike = 0.0,
    eps_in_sqrt: bool = True,
    centered: bool = False,
    momentum: ArrayLike | None = None,
    nesterov: bool = False,
    bias_correction: bool = False,
) -> optax.GradientTransformation:
    r"""The optimiser that divides each gradient by its root mean square of late.

    .. math::

        \begin{aligned}
        v_t &= \beta v_{t-1} + (1 - \beta) g_t^2 \\
        x_t &= x_{t-1} - \alpha_t \frac{g_t}{\sqrt{v_t + \varepsilon}}
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`v_t` the moving average of its squares with the decay
    :math:`\beta`, :math:`x_t` are the parameters, :math:`\alpha_t` is the learning rate, and :math:`\varepsilon` keeps
    the quotient finite. Centred, the square of the average gradient is taken away from :math:`v_t` under the root; with
    momentum, the steps are not taken but added to a velocity.

    Why it matters: `adagrad` that forgets, so that its steps do not die out; with momentum and the corrections for a
    start at zero it is Adam.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      decay: decay of the averages, in [0, 1).
      eps: keeps the quotient finite, at least 0.
      initial_scale: what the average of the squares begins with, at least 0.
      eps_in_sqrt: whether `eps` stands under the root, as in optax and TensorFlow, or behind it, as in PyTorch.
      centered: whether to divide by the deviation from the average gradient instead.
      momentum: the fraction of the velocity that stays, in [0, 1); None for no velocity.
      nesterov: whether the velocity looks ahead.
      bias_correction: whether the averages are corrected for their start at zero.

    Returns:
      An `optax.GradientTransformation`, as `gradient_descent` does.

    Raises:
      ValueError: a rate or an epsilon is negative or NaN, a decay outside [0, 1); otherwise as `gradient_descent`.

    References:
      Tieleman and Hinton, "Lecture 6.5: rmsprop", Neural Networks for Machine Learning, 2012; centred in Graves,
      "Generating Sequences With Recurrent Neural Networks", 2013.

    >>> optimizer = rmsprop(0.1, decay=0.75, eps=0.0)
    >>> optimizer.update(jnp.array([3.0, -0.5]), optimizer.init(jnp.zeros(2)))[0].round(3).tolist()
    [-0.2, 0.2]
    """
    expect_at_least_zero("rmsprop", learning_rate=learning_rate, eps=eps, initial_scale=initial_scale)
    expect_decay("rmsprop", decay=decay, **({} if momentum is None else {"momentum": momentum}))
    moments = {"nu": lambda p: jnp.full_like(p, initial_scale)}
    moments |= {"mu": jnp.zeros_like} if centered else {}
    moments |= {} if momentum is None else {"trace": jnp.zeros_like}

    def rule(t: Array, g: Array, v: Array, *others: Array) -> tuple[Array, ...]:
        m, *velocity = others if centered else (None, *others)
        v = averaged(g**2, v, decay)
        spread = debiased(v, decay, t) if bias_correction else v
        if m is not None:
            m = averaged(g, m, decay)
            spread = spread - (debiased(m, decay, t) if bias_correction else m) ** 2
        step = g / _root(spread, eps, eps_in_sqrt)
        after = (v,) if m is None else (v, m)
        if momentum is None:
            return step, *after
        rate = jnp.asarray(learning_rate(t - 1) if callable(learning_rate) else learning_rate, step.dtype)
        u = jnp.subtract(momentum * velocity[0], rate * step)
        return jnp.negative(momentum * u - rate * step if nesterov else u), *after, u

    return from_rule("rmsprop", RMSPropState, moments, rule, 1.0 if momentum is not None else learning_rate)


def adadelta(learning_rate: Rate = 1.0, rho: ArrayLike = 0.9, eps: ArrayLike = 1e-6) -> optax.GradientTransformation:
    r"""The optimiser without a rate: each step is as long as the steps of late have been.

    .. math::

        \begin{aligned}
        s_t &= \rho s_{t-1} + (1 - \rho) g_t^2 \\
        d_t &= \frac{\sqrt{u_{t-1} + \varepsilon}}{\sqrt{s_t + \varepsilon}} g_t \\
        u_t &= \rho u_{t-1} + (1 - \rho) d_t^2 \\
        x_t &= x_{t-1} - \alpha_t d_t
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`d_t` the direction, :math:`s_t` and :math:`u_t` are the
    moving averages of their squares with the decay :math:`\rho`, :math:`x_t` are the parameters, :math:`\alpha_t` is
    the learning rate, and :math:`\varepsilon` is what gets the first steps going.

    Why it matters: the direction has the units of the parameters, not those of their gradient's inverse, so that
    :math:`\alpha_t = 1` is a fair rate in any units.

    Args:
      learning_rate: a factor of the direction, at least 0, or a schedule: a function of the number of steps taken.
      rho: decay of the averages, in [0, 1).
      eps: added under both roots, at least 0.

    Returns:
      An `optax.GradientTransformation`, as `gradient_descent` does.

    Raises:
      ValueError: the rate or the epsilon is negative or NaN, the decay outside [0, 1); otherwise as
        `gradient_descent`.

    References:
      Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012, algorithm 1.

    >>> optimizer = adadelta(rho=0.75, eps=1e-6)
    >>> round(optimizer.update(jnp.array(3.0), optimizer.init(jnp.array(0.0)))[0].item(), 6)
    -0.002
    """
    expect_decay("adadelta", rho=rho)
    expect_at_least_zero("adadelta", eps=eps)

    def rule(t: Array, g: Array, s: Array, u: Array) -> tuple[Array, Array, Array]:
        del t
        s = averaged(g**2, s, rho)
        d = jnp.sqrt(u + eps) / jnp.sqrt(s + eps) * g
        return d, s, averaged(d**2, u, rho)

    return from_rule("adadelta", AdadeltaState, {"e_g": jnp.zeros_like, "e_x": jnp.zeros_like}, rule, learning_rate)


def _root(square: Array, eps: ArrayLike, inside: bool) -> Array:
    """The root of a square, kept from zero by an epsilon inside or behind it."""
    return jnp.sqrt(square + eps) if inside else jnp.sqrt(square) + eps


def _adadelta_oracle(gradients: np.ndarray) -> np.ndarray:
    """The directions one by one, each from the averages over all those before it."""
    seen, directions = 0.1 * decaying_sums(gradients**2, 0.9), np.zeros_like(gradients)
    for t in range(len(gradients)):
        before = 0.1 * decaying_sums(directions**2, 0.9)[t - 1] if t else 0.0
        directions[t] = np.sqrt((before + 1e-6) / (seen[t] + 1e-6)) * gradients[t]
    return -directions


CONCEPTS = (
    Concept(
        adagrad,
        example=gradients_in_a_row,
        oracle=lambda g: -0.1 * g / np.sqrt(0.1 + 1e-7 + np.cumsum(g**2, axis=0)),
        evaluate=updates_of(adagrad, 0.1),
    ),
    Concept(
        rmsprop,
        example=gradients_in_a_row,
        oracle=lambda g: -0.1 * g / np.sqrt(0.1 * decaying_sums(g**2, 0.9) + 1e-8),
        evaluate=updates_of(rmsprop, 0.1),
    ),
    Concept(adadelta, example=gradients_in_a_row, oracle=_adadelta_oracle, evaluate=updates_of(adadelta)),
)
