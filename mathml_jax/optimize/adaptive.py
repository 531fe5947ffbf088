"""A rate of its own for every parameter, from the moments of the gradients so far."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import random
from jax.typing import DTypeLike
from jaxtyping import ArrayLike, Int

from mathml_jax._concept import Concept
from mathml_jax.optimize._transformation import (
    expect_at_least_zero,
    expect_decay,
    expect_like,
    step_against,
    updates_of,
)


class AdamState(NamedTuple):
    """State of `adam` and of `adam_no_bias_correction`.

    Attributes:
      count: number of steps taken.
      mu: moving average of the gradients, shaped like the parameters.
      nu: moving average of the squared gradients, shaped like the parameters.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]
    mu: optax.Updates
    nu: optax.Updates


def adam(
    learning_rate: ArrayLike | optax.Schedule,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.999,
    eps: ArrayLike = 1e-8,
    eps_root: ArrayLike = 0.0,
    mu_dtype: DTypeLike | None = None,
) -> optax.GradientTransformation:
    r"""The optimiser that divides the average gradient by its average size, both corrected for their start at zero.

    .. math::

        \begin{aligned}
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1) g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 \\
        \hat m_t &= \frac{m_t}{1 - \beta_1^t}, \quad \hat v_t = \frac{v_t}{1 - \beta_2^t} \\
        x_t &= x_{t-1} - \alpha_t \frac{\hat m_t}{\sqrt{\hat v_t + \bar\varepsilon} + \varepsilon}
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`m_t` and :math:`v_t` are its moving moments with decays
    :math:`\beta_1` and :math:`\beta_2`, :math:`x_t` the parameters, :math:`\alpha_t` the learning rate, and
    :math:`\varepsilon`, :math:`\bar\varepsilon` keep the quotient finite. Dividing by the sum of the weights so far
    makes :math:`\hat m_t` and :math:`\hat v_t` weighted averages.

    Why it matters: the default optimiser of deep learning. A step is about the learning rate in every parameter,
    whatever the scale of its gradient.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      b1: decay of the first moment, in [0, 1).
      b2: decay of the second moment, in [0, 1).
      eps: added outside the square root, at least 0.
      eps_root: added inside the square root, at least 0; above 0 the update is differentiable at a gradient of 0.
      mu_dtype: dtype of the first moment; that of the parameters unless given.

    Returns:
      An `optax.GradientTransformation`: its ``init`` takes the parameters (any pytree of floating-point arrays), its
      ``update`` the gradients and the state, and returns what to add to the parameters, and the new state.

    Raises:
      ValueError: a rate or an epsilon is negative or NaN, a decay outside [0, 1); in ``update``, the gradients have
        another tree or other shapes than the parameters.

    References:
      Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 1.

    >>> optimizer = adam(0.5)
    >>> optimizer.update(jnp.array([3.0, -0.5]), optimizer.init(jnp.zeros(2)))[0].round(3).tolist()
    [-0.5, 0.5]
    """

    def direction(m: optax.Updates, v: optax.Updates, t: ArrayLike) -> optax.Updates:
        return _quotient(_corrected(m, b1, t), _corrected(v, b2, t), eps, eps_root)

    return _from_moments("adam", direction, learning_rate, b1, b2, eps, eps_root, mu_dtype)


def adam_no_bias_correction(
    learning_rate: ArrayLike | optax.Schedule,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.999,
    eps: ArrayLike = 1e-8,
    eps_root: ArrayLike = 0.0,
    mu_dtype: DTypeLike | None = None,
) -> optax.GradientTransformation:
    r"""Adam as it is often printed: without the correction of its moments for their start at zero.

    .. math::

        \begin{aligned}
        m_t &= \beta_1 m_{t-1} + (1 - \beta_1) g_t \\
        v_t &= \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 \\
        x_t &= x_{t-1} - \alpha_t \frac{m_t}{\sqrt{v_t + \bar\varepsilon} + \varepsilon}
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`m_t` and :math:`v_t` are its moving moments with decays
    :math:`\beta_1` and :math:`\beta_2`, :math:`x_t` the parameters, :math:`\alpha_t` the learning rate, and
    :math:`\varepsilon`, :math:`\bar\varepsilon` keep the quotient finite.

    Why it matters: the first step is :math:`(1 - \beta_1) / \sqrt{1 - \beta_2}` learning rates long, 3.16 with the
    usual decays, and a thousand steps pass before the second moment has forgotten its start. Prefer `adam`.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      b1: decay of the first moment, in [0, 1).
      b2: decay of the second moment, in [0, 1).
      eps: added outside the square root, at least 0.
      eps_root: added inside the square root, at least 0.
      mu_dtype: dtype of the first moment; that of the parameters unless given.

    Returns:
      An `optax.GradientTransformation`, as `adam` does.

    Raises:
      ValueError: as `adam` does.

    References:
      Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, section 3, on why the correction is there.

    >>> optimizer = adam_no_bias_correction(0.1)
    >>> updates, state = optimizer.update(jnp.array([3.0, -0.5]), optimizer.init(jnp.zeros(2)))
    >>> [round(update, 3) for update in updates.tolist()]
    [-0.316, 0.316]
    """

    def direction(m: optax.Updates, v: optax.Updates, t: ArrayLike) -> optax.Updates:
        del t
        return _quotient(m, v, eps, eps_root)

    return _from_moments("adam_no_bias_correction", direction, learning_rate, b1, b2, eps, eps_root, mu_dtype)


def _from_moments(
    function: str,
    direction: Callable[[optax.Updates, optax.Updates, ArrayLike], optax.Updates],
    learning_rate: ArrayLike | optax.Schedule,
    b1: ArrayLike,
    b2: ArrayLike,
    eps: ArrayLike,
    eps_root: ArrayLike,
    mu_dtype: DTypeLike | None,
) -> optax.GradientTransformation:
    """The optimiser `function`: it steps against a direction made of both moments and the number of steps."""
    expect_at_least_zero(function, learning_rate=learning_rate, eps=eps, eps_root=eps_root)
    expect_decay(function, b1=b1, b2=b2)

    def init(params: optax.Params) -> AdamState:
        mu = jax.tree.map(lambda p: jnp.zeros_like(p, dtype=mu_dtype), params)
        return AdamState(jnp.zeros([], jnp.int32), mu, jax.tree.map(jnp.zeros_like, params))

    def update(
        updates: optax.Updates, state: Any, params: optax.Params | None = None
    ) -> tuple[optax.Updates, AdamState]:
        del params
        expect_like(function, updates, state.mu)
        count = optax.safe_increment(state.count)
        with jax.numpy_dtype_promotion("standard"):
            mu = jax.tree.map(lambda g, m: (1 - b1) * g + b1 * m, updates, state.mu)
            nu = jax.tree.map(lambda g, v: (1 - b2) * g**2 + b2 * v, updates, state.nu)
            updates = step_against(direction(mu, nu, count), learning_rate, state.count)
        return updates, AdamState(count, _cast_like(mu, state.mu), _cast_like(nu, state.nu))

    return optax.GradientTransformation(init, update)


def _corrected(moments: optax.Updates, decay: ArrayLike, count: ArrayLike) -> optax.Updates:
    """The moments over the sum of their weights so far, which is taken before it is cast: b2**t may round to one."""
    weight = jnp.asarray(1 - decay**count)
    return jax.tree.map(lambda m: m / weight.astype(m.dtype), moments)


def _quotient(m: optax.Updates, v: optax.Updates, eps: ArrayLike, eps_root: ArrayLike) -> optax.Updates:
    """The first moment over the root of the second."""
    return jax.tree.map(lambda m, v: m / (jnp.sqrt(v + eps_root) + eps), m, v)


def _cast_like(moments: optax.Updates, previous: optax.Updates) -> optax.Updates:
    """The moments in the dtypes they were born with."""
    return jax.tree.map(lambda new, old: new.astype(old.dtype), moments, previous)


def _weighted_moments(gradients: np.ndarray, decay: float, order: int) -> tuple[np.ndarray, np.ndarray]:
    """The uncorrected moment at every step as one weighted sum, and the sum of its weights."""
    steps = np.arange(len(gradients))
    age = steps[:, None] - steps
    weights = (1 - decay) * np.where(age >= 0, decay ** np.abs(age), 0.0)
    return weights @ gradients**order, weights.sum(1, keepdims=True)


def _adam_oracle(gradients: np.ndarray) -> np.ndarray:
    """Adam's updates from weighted averages, without a recursion."""
    (m, m_weight), (v, v_weight) = _weighted_moments(gradients, 0.9, 1), _weighted_moments(gradients, 0.999, 2)
    return -0.1 * (m / m_weight) / (np.sqrt(v / v_weight) + 1e-8)


def _uncorrected_oracle(gradients: np.ndarray) -> np.ndarray:
    """The same without the division by the weights."""
    return -0.1 * _weighted_moments(gradients, 0.9, 1)[0] / (np.sqrt(_weighted_moments(gradients, 0.999, 2)[0]) + 1e-8)


CONCEPTS = (
    Concept(
        adam,
        example=lambda key: (random.normal(key, (4, 3), jnp.float64),),
        oracle=_adam_oracle,
        evaluate=updates_of(adam, 0.1),
    ),
    Concept(
        adam_no_bias_correction,
        example=lambda key: (random.normal(key, (4, 3), jnp.float64),),
        oracle=_uncorrected_oracle,
        evaluate=updates_of(adam_no_bias_correction, 0.1),
    ),
)
