"""A rate of its own for every parameter, from the moments of the gradients so far."""

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
    debiased,
    expect_at_least_zero,
    expect_moments,
    from_rule,
    gradients_in_a_row,
    looked_ahead,
    updates_of,
    zeros,
)


class AdamState(NamedTuple):
    """State of `adam` and of its kin.

    Attributes:
      count: number of steps taken.
      mu: moving average of the gradients, shaped like the parameters.
      nu: moving average of the squared gradients, shaped like the parameters.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]
    mu: optax.Updates
    nu: optax.Updates


def adam(
    learning_rate: Rate,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.999,
    eps: ArrayLike = 1e-8,
    eps_root: ArrayLike = 0.0,
    mu_dtype: DTypeLike | None = None,
    *,
    nesterov: bool = False,
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
      nesterov: whether the first moment looks ahead, as in `nadam`.

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

    return _adam("adam", learning_rate, b1, b2, eps, eps_root, mu_dtype, nesterov)


def adam_no_bias_correction(
    learning_rate: Rate,
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

    expect_moments("adam_no_bias_correction", b1, b2, eps, eps_root)

    def rule(t: Array, g: Array, m: Array, v: Array) -> tuple[Array, Array, Array]:
        del t
        m, v = averaged(g, m, b1), averaged(g**2, v, b2)
        return m / (jnp.sqrt(v + eps_root) + eps), m, v

    moments = {"mu": zeros(mu_dtype), "nu": jnp.zeros_like}
    return from_rule("adam_no_bias_correction", AdamState, moments, rule, learning_rate)


def adamw(
    learning_rate: Rate,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.999,
    eps: ArrayLike = 1e-8,
    eps_root: ArrayLike = 0.0,
    mu_dtype: DTypeLike | None = None,
    weight_decay: Rate = 1e-4,
    mask: Any = None,
    *,
    nesterov: bool = False,
    decay_times_rate: bool = True,
) -> optax.GradientTransformation:
    r"""Adam with a pull of the parameters to zero that does not pass through the moments.

    .. math::

        x_t = x_{t-1} - \alpha_t \left( \frac{\hat m_t}{\sqrt{\hat v_t + \bar\varepsilon} + \varepsilon}
            + \lambda x_{t-1} \right)

    where :math:`x_t` are the parameters after :math:`t` steps, :math:`\alpha_t` is the learning rate, :math:`\lambda`
    the decay, and the quotient is the direction of `adam`: :math:`\hat m_t` and :math:`\hat v_t` are the corrected
    moments, :math:`\varepsilon` and :math:`\bar\varepsilon` keep it finite.

    Why it matters: a penalty on the squared length, once its gradient is divided by :math:`\sqrt{\hat v_t}`, pulls
    least where the gradients are large. Decoupled, the pull is the same for all, and transformers are trained so.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      b1: decay of the first moment, in [0, 1).
      b2: decay of the second moment, in [0, 1).
      eps: added outside the square root, at least 0.
      eps_root: added inside the square root, at least 0.
      mu_dtype: dtype of the first moment; that of the parameters unless given.
      weight_decay: the pull, at least 0, or a schedule.
      mask: which leaves decay, a tree of booleans or a function of the parameters that makes one; all unless given.
      nesterov: whether the first moment looks ahead, as in `nadam`.
      decay_times_rate: whether the pull is multiplied by the learning rate, as optax and PyTorch do; the paper's is
        not: its pull follows only the schedule's shape.

    Returns:
      An `optax.GradientTransformation`, as `adam` does; its ``update`` needs the parameters.

    Raises:
      ValueError: as `adam` does; in ``update``, the parameters are missing.

    References:
      Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, algorithm 2.

    >>> optimizer = adamw(0.1, weight_decay=0.5)
    >>> x = jnp.array([2.0])
    >>> optimizer.update(jnp.array([3.0]), optimizer.init(x), x)[0].round(3).tolist()
    [-0.2]
    """
    expect_at_least_zero("adamw", weight_decay=weight_decay)
    decay = WeightDecay(weight_decay, mask, decay_times_rate)
    return _adam("adamw", learning_rate, b1, b2, eps, eps_root, mu_dtype, nesterov, decay)


def nadam(
    learning_rate: Rate,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.999,
    eps: ArrayLike = 1e-8,
    eps_root: ArrayLike = 0.0,
    mu_dtype: DTypeLike | None = None,
) -> optax.GradientTransformation:
    r"""Adam with Nesterov's look ahead: the first moment as it will be after one more such gradient.

    .. math::

        x_t = x_{t-1} - \frac{\alpha_t}{\sqrt{\hat v_t + \bar\varepsilon} + \varepsilon} \left(
            \frac{\beta_1 m_t}{1 - \beta_1^{t+1}} + \frac{(1 - \beta_1) g_t}{1 - \beta_1^t} \right)

    where :math:`x_t` are the parameters after :math:`t` steps, :math:`\alpha_t` is the learning rate, :math:`g_t` the
    gradient, :math:`m_t` its moving average with the decay :math:`\beta_1`, :math:`\hat v_t` the corrected second
    moment of `adam`, and :math:`\varepsilon`, :math:`\bar\varepsilon` keep the quotient finite. The paper's algorithm
    multiplies :math:`\hat v_t` by the second decay as well; nobody else does, nor does this.

    Why it matters: the gradient at hand counts a little more than in Adam, as it does in Nesterov's momentum.

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
      Dozat, "Incorporating Nesterov Momentum into Adam", 2016, algorithm 2.

    >>> optimizer = nadam(0.1)
    >>> optimizer.update(jnp.array([3.0]), optimizer.init(jnp.zeros(1)))[0].round(3).tolist()
    [-0.147]
    """
    return _adam("nadam", learning_rate, b1, b2, eps, eps_root, mu_dtype, nesterov=True)


def _adam(
    function: str,
    learning_rate: Rate,
    b1: ArrayLike,
    b2: ArrayLike,
    eps: ArrayLike,
    eps_root: ArrayLike,
    mu_dtype: DTypeLike | None,
    nesterov: bool,
    decay: WeightDecay | None = None,
) -> optax.GradientTransformation:
    """Adam under the name `function`: with or without a look ahead and a decay."""
    expect_moments(function, b1, b2, eps, eps_root)

    def rule(t: Array, g: Array, m: Array, v: Array) -> tuple[Array, Array, Array]:
        m, v = averaged(g, m, b1), averaged(g**2, v, b2)
        m_hat = looked_ahead(g, m, b1, t) if nesterov else debiased(m, b1, t)
        return m_hat / (jnp.sqrt(debiased(v, b2, t) + eps_root) + eps), m, v

    return from_rule(function, AdamState, {"mu": zeros(mu_dtype), "nu": jnp.zeros_like}, rule, learning_rate, decay)


def _oracle(gradients: np.ndarray, corrected: bool = True, ahead: bool = False) -> np.ndarray:
    """Adam's updates from weighted averages, without a recursion."""
    ones = np.ones((len(gradients), 1))
    m, v = decaying_sums(gradients, 0.9), decaying_sums(gradients**2, 0.999)
    m_weights, v_weights = decaying_sums(ones, 0.9), decaying_sums(ones, 0.999)
    if not corrected:
        m_weights, v_weights = 10.0, 1000.0
    average = m / m_weights
    if ahead:
        average = 0.9 * m / (1 + 0.9 * m_weights) + gradients / m_weights
    return -0.1 * average / (np.sqrt(v / v_weights) + 1e-8)


def _decayed_oracle(gradients: np.ndarray) -> np.ndarray:
    """Every parameter shrinks by a fifth of the rate before Adam's update is added."""
    x, changes = np.zeros_like(gradients[0]), []
    for update in _oracle(gradients):
        changes.append(update - 0.02 * x)
        x = x + changes[-1]
    return np.stack(changes)


CONCEPTS = (
    Concept(adam, example=gradients_in_a_row, oracle=_oracle, evaluate=updates_of(adam, 0.1)),
    Concept(
        adam_no_bias_correction,
        example=gradients_in_a_row,
        oracle=lambda gradients: _oracle(gradients, corrected=False),
        evaluate=updates_of(adam_no_bias_correction, 0.1),
    ),
    Concept(
        adamw,
        example=gradients_in_a_row,
        oracle=_decayed_oracle,
        evaluate=updates_of(lambda rate: adamw(rate, weight_decay=0.2), 0.1),
    ),
    Concept(
        nadam,
        example=gradients_in_a_row,
        oracle=lambda gradients: _oracle(gradients, ahead=True),
        evaluate=updates_of(nadam, 0.1),
    ),
)
