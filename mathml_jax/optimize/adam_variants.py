"""What others made of Adam: another second moment, or a warm-up of its own."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import optax
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike, Int

from mathml_jax._concept import Concept
from mathml_jax.optimize._oracles import decaying_sums
from mathml_jax.optimize._transformation import (
    Rate,
    averaged,
    debiased,
    expect_moments,
    from_rule,
    gradients_in_a_row,
    looked_ahead,
    updates_of,
    zeros,
)
from mathml_jax.optimize.adaptive import AdamState


class AmsgradState(NamedTuple):
    """State of `amsgrad`.

    Attributes:
      count: number of steps taken.
      mu: moving average of the gradients, shaped like the parameters.
      nu: moving average of the squared gradients, shaped like the parameters.
      nu_max: the largest that average has been, shaped like the parameters.
    """

    count: Int[ArrayLike, ""]  # pyright: ignore[reportIncompatibleMethodOverride]
    mu: optax.Updates
    nu: optax.Updates
    nu_max: optax.Updates


def amsgrad(
    learning_rate: Rate,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.999,
    eps: ArrayLike = 1e-8,
    eps_root: ArrayLike = 0.0,
    mu_dtype: DTypeLike | None = None,
    bias_correction_mu: bool = True,
    bias_correction_nu: bool = True,
) -> optax.GradientTransformation:
    r"""Adam that divides by the largest second moment so far, so that its rates never grow.

    .. math::

        \begin{aligned}
        \tilde v_t &= \max(\tilde v_{t-1}, \hat v_t) \\
        x_t &= x_{t-1} - \alpha_t \frac{\hat m_t}{\sqrt{\tilde v_t + \bar\varepsilon} + \varepsilon}
        \end{aligned}

    where :math:`x_t` are the parameters after :math:`t` steps, :math:`\alpha_t` is the learning rate,
    :math:`\hat m_t` and :math:`\hat v_t` are the corrected moments of `adam`, :math:`\tilde v_t` is the largest second
    moment so far, and :math:`\varepsilon`, :math:`\bar\varepsilon` keep the quotient finite. The paper's has no
    corrections.

    Why it matters: Adam forgets a rare large gradient and may walk away from the minimum of a convex problem; with
    the maximum its convergence is proved.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      b1: decay of the first moment, in [0, 1).
      b2: decay of the second moment, in [0, 1).
      eps: added outside the square root, at least 0.
      eps_root: added inside the square root, at least 0.
      mu_dtype: dtype of the first moment; that of the parameters unless given.
      bias_correction_mu: whether the first moment is corrected for its start at zero; not in the paper.
      bias_correction_nu: whether the second moment is, before the maximum; not in the paper.

    Returns:
      An `optax.GradientTransformation`, as `adam` does.

    Raises:
      ValueError: as `adam` does.

    References:
      Reddi, Kale and Kumar, "On the Convergence of Adam and Beyond", 2018, algorithm 2.

    >>> optimizer = amsgrad(0.5)
    >>> optimizer.update(jnp.array([3.0, -0.5]), optimizer.init(jnp.zeros(2)))[0].round(3).tolist()
    [-0.5, 0.5]
    """
    expect_moments("amsgrad", b1, b2, eps, eps_root)

    def rule(t: Array, g: Array, m: Array, v: Array, largest: Array) -> tuple[Array, Array, Array, Array]:
        m, v = averaged(g, m, b1), averaged(g**2, v, b2)
        largest = jnp.maximum(largest, debiased(v, b2, t) if bias_correction_nu else v)
        m_hat = debiased(m, b1, t) if bias_correction_mu else m
        return m_hat / (jnp.sqrt(largest + eps_root) + eps), m, v, largest

    moments = {"mu": zeros(mu_dtype), "nu": jnp.zeros_like, "nu_max": jnp.zeros_like}
    return from_rule("amsgrad", AmsgradState, moments, rule, learning_rate)


def adamax(
    learning_rate: Rate, b1: ArrayLike = 0.9, b2: ArrayLike = 0.999, eps: ArrayLike = 1e-8
) -> optax.GradientTransformation:
    r"""Adam with the largest gradient of late in place of the root mean square.

    .. math::

        \begin{aligned}
        u_t &= \max(\beta_2 u_{t-1}, |g_t| + \varepsilon) \\
        x_t &= x_{t-1} - \alpha_t \frac{\hat m_t}{u_t}
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`u_t` its decaying maximum with the decay
    :math:`\beta_2`, :math:`\hat m_t` the corrected first moment of `adam`, :math:`x_t` are the parameters and
    :math:`\alpha_t` is the learning rate. The paper has no :math:`\varepsilon`, and divides 0 by 0 where the gradient
    has always been 0.

    Why it matters: Adam in the infinity norm: no step is ever longer than its rate, and the second moment needs no
    correction.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      b1: decay of the first moment, in [0, 1).
      b2: decay of the maximum, in [0, 1).
      eps: added to the size of the gradient, at least 0.

    Returns:
      An `optax.GradientTransformation`, as `adam` does; the maximum is ``nu`` in its state.

    Raises:
      ValueError: as `adam` does.

    References:
      Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, algorithm 2.

    >>> optimizer = adamax(0.5)
    >>> optimizer.update(jnp.array([3.0, -0.5]), optimizer.init(jnp.zeros(2)))[0].round(3).tolist()
    [-0.5, 0.5]
    """
    expect_moments("adamax", b1, b2, eps)

    def rule(t: Array, g: Array, m: Array, u: Array) -> tuple[Array, Array, Array]:
        m, u = averaged(g, m, b1), jnp.maximum(jnp.abs(g) + eps, b2 * u)
        return debiased(m, b1, t) / u, m, u

    return from_rule("adamax", AdamState, {"mu": jnp.zeros_like, "nu": jnp.zeros_like}, rule, learning_rate)


def radam(
    learning_rate: Rate,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.999,
    eps: ArrayLike = 1e-8,
    eps_root: ArrayLike = 0.0,
    threshold: ArrayLike = 5.0,
    *,
    nesterov: bool = False,
) -> optax.GradientTransformation:
    r"""Adam that warms up by itself: it trusts its second moment only as far as that has been averaged.

    .. math::

        \begin{aligned}
        \rho_\infty &= \frac{2}{1 - \beta_2} - 1, \qquad
        \rho_t = \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t} \\
        r_t &= \sqrt{\frac{(\rho_t - 4) (\rho_t - 2) \rho_\infty}{(\rho_\infty - 4) (\rho_\infty - 2) \rho_t}} \\
        x_t &= x_{t-1} - \alpha_t r_t \frac{\hat m_t}{\sqrt{\hat v_t + \bar\varepsilon} + \varepsilon}
        \end{aligned}

    where :math:`x_t` are the parameters after :math:`t` steps, :math:`\alpha_t` is the learning rate,
    :math:`\hat m_t` and :math:`\hat v_t` are the corrected moments of `adam`, the second with the decay
    :math:`\beta_2`, :math:`\rho_t` is the number of gradients that an average of equal weights would need for the
    same variance, :math:`\rho_\infty` its limit, :math:`r_t` the correction of the rate, and :math:`\varepsilon`,
    :math:`\bar\varepsilon` keep the quotient finite. While :math:`\rho_t` is below the threshold the step is
    :math:`\alpha_t \hat m_t`.

    Why it matters: Adam's first steps divide by an average of very few squares, which may be far too small; a warm-up
    of the rate, chosen by hand, is the usual remedy.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      b1: decay of the first moment, in [0, 1).
      b2: decay of the second moment, in [0, 1).
      eps: added outside the square root, at least 0.
      eps_root: added inside the square root, at least 0.
      threshold: from which :math:`\rho_t` on to divide; the paper's is just above 4.
      nesterov: whether the first moment looks ahead, as in `nadam`.

    Returns:
      An `optax.GradientTransformation`, as `adam` does.

    Raises:
      ValueError: as `adam` does.

    References:
      Liu and others, "On the Variance of the Adaptive Learning Rate and Beyond", 2020, algorithm 2.

    >>> optimizer = radam(0.5)
    >>> optimizer.update(jnp.array([3.0, -0.5]), optimizer.init(jnp.zeros(2)))[0].round(3).tolist()
    [-1.5, 0.25]
    """
    expect_moments("radam", b1, b2, eps, eps_root)

    def rule(t: Array, g: Array, m: Array, v: Array) -> tuple[Array, Array, Array]:
        m, v = averaged(g, m, b1), averaged(g**2, v, b2)
        m_hat = looked_ahead(g, m, b1, t) if nesterov else debiased(m, b1, t)
        most = 2.0 / (1.0 - b2) - 1.0
        rho = most - 2 * t * b2**t / (1 - b2**t)
        far = rho >= threshold
        shrunk = (rho - 4.0) * (rho - 2.0) * most / ((most - 4.0) * (most - 2.0) * rho)
        r = jnp.sqrt(jnp.where(far, shrunk, 1.0)).astype(m.dtype)
        return jnp.where(far, r * m_hat / (jnp.sqrt(debiased(v, b2, t) + eps_root) + eps), m_hat), m, v

    return from_rule("radam", AdamState, {"mu": jnp.zeros_like, "nu": jnp.zeros_like}, rule, learning_rate)


def adabelief(
    learning_rate: Rate,
    b1: ArrayLike = 0.9,
    b2: ArrayLike = 0.999,
    eps: ArrayLike = 1e-16,
    eps_root: ArrayLike = 1e-16,
    *,
    nesterov: bool = False,
) -> optax.GradientTransformation:
    r"""Adam that divides by how far the gradients stray from their average, not by their size.

    .. math::

        \begin{aligned}
        s_t &= \beta_2 s_{t-1} + (1 - \beta_2) (g_t - m_t)^2 + \bar\varepsilon \\
        x_t &= x_{t-1} - \alpha_t \frac{\hat m_t}{\sqrt{s_t / (1 - \beta_2^t)} + \varepsilon}
        \end{aligned}

    where :math:`g_t` is the gradient at step :math:`t`, :math:`m_t` its moving average, :math:`\hat m_t` the same
    corrected for its start at zero, :math:`s_t` the moving average of the squared surprise with the decay
    :math:`\beta_2`, :math:`x_t` are the parameters, :math:`\alpha_t` is the learning rate, and :math:`\varepsilon`,
    :math:`\bar\varepsilon` keep the quotient finite.

    Why it matters: where the gradients agree the step is long, as momentum's would be; where they contradict each
    other it is short, as Adam's.

    Args:
      learning_rate: the step size, at least 0, or a schedule: a function of the number of steps taken.
      b1: decay of the first moment, in [0, 1).
      b2: decay of the second moment, in [0, 1).
      eps: added outside the square root, at least 0.
      eps_root: added to the second moment at every step, at least 0.
      nesterov: whether the first moment looks ahead, as in `nadam`.

    Returns:
      An `optax.GradientTransformation`, as `adam` does; the squared surprise is ``nu`` in its state.

    Raises:
      ValueError: as `adam` does.

    References:
      Zhuang and others, "AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed Gradients", 2020,
      algorithm 2.

    >>> optimizer = adabelief(0.9)
    >>> optimizer.update(jnp.array([3.0, -0.5]), optimizer.init(jnp.zeros(2)))[0].round(3).tolist()
    [-1.0, 1.0]
    """
    expect_moments("adabelief", b1, b2, eps, eps_root)

    def rule(t: Array, g: Array, m: Array, s: Array) -> tuple[Array, Array, Array]:
        m = averaged(g, m, b1)
        s = averaged((g - m) ** 2, s, b2) + eps_root
        m_hat = looked_ahead(g, m, b1, t) if nesterov else debiased(m, b1, t)
        return m_hat / (jnp.sqrt(debiased(s, b2, t)) + eps), m, s

    return from_rule("adabelief", AdamState, {"mu": jnp.zeros_like, "nu": jnp.zeros_like}, rule, learning_rate)


def _averages(values: np.ndarray, decay: float, corrected: bool = True) -> np.ndarray:
    """The weighted average of all values so far, at every step."""
    weights = decaying_sums(np.ones((len(values), 1)), decay) if corrected else 1 / (1 - decay)
    return decaying_sums(values, decay) / weights


def _adamax_oracle(gradients: np.ndarray) -> np.ndarray:
    """The decaying maximum from a table of every gradient at every age."""
    age = np.subtract.outer(np.arange(len(gradients)), np.arange(len(gradients)))
    faded = np.where(age >= 0, 0.999 ** np.abs(age), 0.0)[..., None] * (np.abs(gradients) + 1e-8)
    return -0.1 * _averages(gradients, 0.9) / faded.max(axis=1)


def _radam_oracle(gradients: np.ndarray) -> np.ndarray:
    """With a decay of 0.9 the second moment is trusted from the fifth step on."""
    t = np.arange(1, len(gradients) + 1)[:, None]
    rho = 19 - 2 * t * 0.9**t / (1 - 0.9**t)
    r = np.sqrt(np.maximum((rho - 4) * (rho - 2) * 19 / (15 * 17 * rho), 0))
    average = _averages(gradients, 0.9)
    return -0.1 * np.where(t >= 5, r * average / (np.sqrt(_averages(gradients**2, 0.9)) + 1e-8), average)


CONCEPTS = (
    Concept(
        amsgrad,
        example=gradients_in_a_row,
        oracle=lambda g: (
            -0.1 * _averages(g, 0.9) / (np.sqrt(np.maximum.accumulate(_averages(g**2, 0.999), axis=0)) + 1e-8)
        ),
        evaluate=updates_of(amsgrad, 0.1),
    ),
    Concept(adamax, example=gradients_in_a_row, oracle=_adamax_oracle, evaluate=updates_of(adamax, 0.1)),
    Concept(
        radam,
        example=gradients_in_a_row,
        oracle=_radam_oracle,
        evaluate=updates_of(lambda rate: radam(rate, b2=0.9, threshold=4.0), 0.1),
    ),
    Concept(
        adabelief,
        example=gradients_in_a_row,
        oracle=lambda g: (
            -0.1 * _averages(g, 0.9) / np.sqrt(_averages((g - _averages(g, 0.9, corrected=False)) ** 2, 0.999))
        ),
        evaluate=updates_of(adabelief, 0.1),
    ),
)
