"""Learning rates that follow half a wave, under optax's names."""

import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, ArrayLike

from mathml_jax._checks import as_float, expect
from mathml_jax._concept import Concept
from mathml_jax.optimize._schedule import Count, expect_steps, numbers_of_steps, rates_of


def cosine_decay_schedule(
    init_value: ArrayLike, decay_steps: int, alpha: ArrayLike = 0.0, exponent: ArrayLike = 1.0
) -> optax.Schedule:
    r"""A rate that falls along half a wave: slowly, fast, slowly.

    .. math::

        \alpha_t = \alpha_0 \left( (1 - a) \left( \frac{1 + \cos(\pi t / T)}{2} \right)^p + a \right)

    where :math:`\alpha_t` is the rate after :math:`t` steps, :math:`\alpha_0` the first, :math:`a` the fraction of it
    that is left from :math:`T` steps on, and :math:`p` an exponent, usually 1.

    Why it matters: half of the steps are taken near the full rate and the last ones near none, without a moment to
    choose; the common schedule of large networks.

    Args:
      init_value: the first rate.
      decay_steps: the steps until the fall has ended, above 0.
      alpha: the fraction of the first rate that is left.
      exponent: of the wave.

    Returns:
      A function of the number of steps taken to the rate, as `constant_schedule` returns.

    Raises:
      ValueError: the number of steps is not above 0.

    References:
      Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017, equation 5.

    >>> cosine_decay_schedule(1.0, 10)(jnp.array([0, 5, 20])).round(6).tolist()
    [1.0, 0.5, 0.0]
    """
    expect_steps("cosine_decay_schedule", decay_steps=decay_steps)

    def schedule(count: Count) -> Array:
        t = as_float(count)
        wave = (1 + jnp.cos(jnp.pi * jnp.minimum(t, decay_steps) / decay_steps)) / 2
        start, rest, p = (jnp.asarray(x, t.dtype) for x in (init_value, alpha, exponent))
        return start * ((1 - rest) * wave**p + rest)

    return schedule


def warmup_cosine_decay_schedule(
    init_value: ArrayLike,
    peak_value: ArrayLike,
    warmup_steps: int,
    decay_steps: int,
    end_value: ArrayLike = 0.0,
    exponent: ArrayLike = 1.0,
) -> optax.Schedule:
    r"""A rate that rises in a line and falls along half a wave.

    .. math::

        \alpha_t = \begin{cases}
            \alpha_0 + (\alpha_W - \alpha_0)\, t / W & t < W \\
            \alpha_T + (\alpha_W - \alpha_T) \left( \tfrac{1}{2} + \tfrac{1}{2} \cos\left(
                \pi \frac{t - W}{T - W} \right) \right)^p & t \ge W
        \end{cases}

    where :math:`\alpha_t` is the rate after :math:`t` steps, :math:`\alpha_0` the first, :math:`\alpha_W` the highest,
    after :math:`W` steps, :math:`\alpha_T` the last, from :math:`T` steps on, and :math:`p` an exponent, usually 1.

    Why it matters: Adam's first steps divide by averages of very few gradients; a warm-up keeps them short.

    Args:
      init_value: the first rate.
      peak_value: the highest rate.
      warmup_steps: the steps to the highest rate, at least 0.
      decay_steps: all steps, those of the warm-up included, above `warmup_steps`.
      end_value: the last rate.
      exponent: of the wave.

    Returns:
      A function of the number of steps taken to the rate, as `constant_schedule` returns.

    Raises:
      ValueError: the warm-up is negative or no shorter than the whole.

    References:
      Goyal and others, "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017, section 2.2.

    >>> warmup_cosine_decay_schedule(0.0, 1.0, 10, 30)(jnp.array([0, 5, 10, 20, 30])).round(6).tolist()
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    expect_steps("warmup_cosine_decay_schedule", 0, warmup_steps=warmup_steps)
    expect(decay_steps > warmup_steps, "warmup_cosine_decay_schedule", "decay_steps above warmup_steps", decay_steps)

    def schedule(count: Count) -> Array:
        t = as_float(count)
        start, peak, end, p = (jnp.asarray(x, t.dtype) for x in (init_value, peak_value, end_value, exponent))
        rising = start + (peak - start) * (t / max(warmup_steps, 1))
        turn = jnp.clip((t - warmup_steps) / (decay_steps - warmup_steps), 0, 1)
        falling = end + (peak - end) * ((1 + jnp.cos(jnp.pi * turn)) / 2) ** p
        return jnp.where(t < warmup_steps, rising, falling)

    return schedule


def cosine_onecycle_schedule(
    transition_steps: int,
    peak_value: ArrayLike,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> optax.Schedule:
    r"""One cycle: half a wave up to the highest rate, half a wave down to almost nothing.

    .. math::

        \alpha_t = \begin{cases}
            \frac{\alpha}{d} + \left( \alpha - \frac{\alpha}{d} \right) \frac{1 - \cos(\pi t / W)}{2} & t < W \\
            \frac{\alpha}{d e} + \left( \alpha - \frac{\alpha}{d e} \right)
                \tfrac{1}{2} \left( 1 + \cos\left( \pi \frac{t - W}{T - W} \right) \right) & t \ge W
        \end{cases}

    where :math:`\alpha_t` is the rate after :math:`t` of :math:`T` steps, :math:`\alpha` the highest, after :math:`W`
    steps, :math:`d` what the first is smaller by, and :math:`e` how much smaller still the last is.

    Why it matters: a rate so high that it would diverge if it stayed regularises; some networks train in a tenth of
    the steps.

    Args:
      transition_steps: all steps, above 0.
      peak_value: the highest rate.
      pct_start: the fraction of the steps that the rise takes, from 0 to 1.
      div_factor: the highest rate over the first.
      final_div_factor: the first rate over the last.

    Returns:
      A function of the number of steps taken to the rate, as `constant_schedule` returns.

    Raises:
      ValueError: the number of steps is not above 0.

    References:
      Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018.

    >>> cosine_onecycle_schedule(10, 1.0, pct_start=0.5, div_factor=5.0)(jnp.array([0, 5, 10])).round(3).tolist()
    [0.2, 1.0, 0.0]
    """
    expect_steps("cosine_onecycle_schedule", transition_steps=transition_steps)
    top, last = int(pct_start * transition_steps), int(transition_steps)

    def schedule(count: Count) -> Array:
        t = as_float(count)
        peak = jnp.asarray(peak_value, t.dtype)
        first, end = peak / div_factor, peak / (div_factor * final_div_factor)
        rising = first + (peak - first) * (1 - jnp.cos(jnp.pi * t / max(top, 1))) / 2
        turn = jnp.clip((t - top) / max(last - top, 1), 0, 1)
        falling = end + (peak - end) * (1 + jnp.cos(jnp.pi * turn)) / 2
        return jnp.where(t < top, rising, falling)

    return schedule


CONCEPTS = (
    Concept(
        cosine_decay_schedule,
        numbers_of_steps,
        oracle=lambda t: np.cos(np.pi * np.minimum(t, 8) / 16) ** 2,
        evaluate=rates_of(cosine_decay_schedule, 1.0, 8),
    ),
    Concept(
        warmup_cosine_decay_schedule,
        numbers_of_steps,
        oracle=lambda t: np.where(t < 3, t / 3, np.cos(np.pi * (t - 3) / 14) ** 2),
        evaluate=rates_of(warmup_cosine_decay_schedule, 0.0, 1.0, 3, 10),
    ),
    Concept(
        cosine_onecycle_schedule,
        numbers_of_steps,
        oracle=lambda t: np.where(
            t < 3, 0.5 + 0.5 * np.sin(np.pi * t / 6) ** 2, 0.05 + 0.95 * np.cos(np.pi * (t - 3) / 14) ** 2
        ),
        evaluate=rates_of(cosine_onecycle_schedule, 10, 1.0, 0.3, 2.0, 10.0),
    ),
)
