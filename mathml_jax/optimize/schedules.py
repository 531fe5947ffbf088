"""Learning rates that change: each a function of the number of steps taken, under optax's names."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, ArrayLike

from mathml_jax._checks import as_float, expect
from mathml_jax._concept import Concept
from mathml_jax.optimize._schedule import Count, expect_steps, numbers_of_steps, rates_of


def constant_schedule(value: ArrayLike) -> optax.Schedule:
    r"""A rate that stays.

    .. math::

        \alpha_t = \alpha

    where :math:`\alpha_t` is the rate after :math:`t` steps and :math:`\alpha` the value.

    Why it matters: what theory assumes, and what every other schedule is compared with.

    Args:
      value: the rate.

    Returns:
      A function of the number of steps taken, an integer or an array of them, to the rate; under jit too.

    References:
      Robbins and Monro, "A Stochastic Approximation Method", 1951, on why a noisy gradient needs more than this.

    >>> constant_schedule(0.1)(1000).item()
    0.1
    """

    def schedule(count: Count) -> Array:
        t = as_float(count)
        return jnp.broadcast_to(jnp.asarray(value, t.dtype), t.shape)

    return schedule


def piecewise_constant_schedule(
    init_value: ArrayLike, boundaries_and_scales: Mapping[int, float] | None = None
) -> optax.Schedule:
    r"""A rate that drops in steps.

    .. math::

        \alpha_t = \alpha_0 \prod_{b \le t} s_b

    where :math:`\alpha_t` is the rate after :math:`t` steps, :math:`\alpha_0` the first, and :math:`s_b` the factor
    that comes into force after :math:`b` steps.

    Why it matters: residual networks were trained so, divided by ten whenever the loss had settled into its noise.

    Args:
      init_value: the first rate.
      boundaries_and_scales: numbers of steps to factors, at least 0.

    Returns:
      A function of the number of steps taken to the rate, as `constant_schedule` returns.

    Raises:
      ValueError: a factor is negative.

    References:
      He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2016, section 3.4.

    >>> piecewise_constant_schedule(1.0, {10: 0.5, 20: 0.1})(jnp.array([9, 10, 25])).tolist()
    [1.0, 0.5, 0.05]
    """
    drops = dict(sorted((boundaries_and_scales or {}).items()))
    expect(all(scale >= 0 for scale in drops.values()), "piecewise_constant_schedule", "factors at least 0", drops)

    def schedule(count: Count) -> Array:
        t = as_float(count)
        rate = jnp.broadcast_to(jnp.asarray(init_value, t.dtype), t.shape)
        for boundary, scale in drops.items():
            rate = jnp.where(t >= boundary, rate * scale, rate)
        return rate

    return schedule


def exponential_decay(
    init_value: ArrayLike,
    transition_steps: int,
    decay_rate: ArrayLike,
    transition_begin: int = 0,
    staircase: bool = False,
    end_value: ArrayLike | None = None,
) -> optax.Schedule:
    r"""A rate that falls by the same factor in every stretch of steps.

    .. math::

        \alpha_t = \alpha_0\, r^{t / T}

    where :math:`\alpha_t` is the rate after :math:`t` steps, :math:`\alpha_0` the first, and :math:`r` the factor for
    :math:`T` steps.

    Why it matters: a rate that must end a thousand times smaller passes every size on the way for equally long.

    Args:
      init_value: the first rate.
      transition_steps: the steps in a stretch, above 0.
      decay_rate: the factor for a stretch, above 0.
      transition_begin: the number of steps before the decay begins, at least 0.
      staircase: whether the rate falls only at the end of a stretch.
      end_value: what the rate does not fall below (for a factor above 1: does not exceed).

    Returns:
      A function of the number of steps taken to the rate, as `constant_schedule` returns.

    Raises:
      ValueError: the stretch is not above 0, or the beginning is negative.

    References:
      Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 8.3.1.

    >>> exponential_decay(1.0, 10, 0.5)(jnp.array([0, 10, 20])).tolist()
    [1.0, 0.5, 0.25]
    """
    expect_steps("exponential_decay", transition_steps=transition_steps)
    expect_steps("exponential_decay", 0, transition_begin=transition_begin)

    def schedule(count: Count) -> Array:
        t = as_float(count) - transition_begin
        stretches = t / transition_steps
        power = jnp.power(jnp.asarray(decay_rate, t.dtype), jnp.floor(stretches) if staircase else stretches)
        rate = jnp.asarray(init_value, t.dtype) * jnp.where(t <= 0, 1, power)
        if end_value is None:
            return rate
        end = jnp.asarray(end_value, t.dtype)
        return jnp.where(jnp.asarray(decay_rate) < 1, jnp.maximum(rate, end), jnp.minimum(rate, end))

    return schedule


def polynomial_schedule(
    init_value: ArrayLike, end_value: ArrayLike, power: ArrayLike, transition_steps: int, transition_begin: int = 0
) -> optax.Schedule:
    r"""A rate that goes from one value to another along a power; a straight line for the power 1.

    .. math::

        \alpha_t = \alpha_T + (\alpha_0 - \alpha_T) \left( 1 - \frac{t}{T} \right)^p

    where :math:`\alpha_t` is the rate after :math:`t` steps, :math:`\alpha_0` the first, :math:`\alpha_T` the last,
    from :math:`T` steps on, and :math:`p` the power.

    Why it matters: with the power 1 it is the linear warm-up and the linear decay by which language models are tuned.

    Args:
      init_value: the first rate.
      end_value: the last rate.
      power: above 0; above 1 the rate changes fastest at first.
      transition_steps: the steps from the first rate to the last, above 0.
      transition_begin: the number of steps before the change begins, at least 0.

    Returns:
      A function of the number of steps taken to the rate, as `constant_schedule` returns.

    Raises:
      ValueError: the number of steps is not above 0, or the beginning is negative.

    References:
      Devlin and others, "BERT: Pre-training of Deep Bidirectional Transformers", 2019, appendix A.2.

    >>> polynomial_schedule(1.0, 0.0, 2.0, 10)(jnp.array([0, 5, 20])).tolist()
    [1.0, 0.25, 0.0]
    """
    expect_steps("polynomial_schedule", transition_steps=transition_steps)
    expect_steps("polynomial_schedule", 0, transition_begin=transition_begin)

    def schedule(count: Count) -> Array:
        t = as_float(count)
        left = (transition_steps - jnp.clip(t - transition_begin, 0, transition_steps)) / transition_steps
        start, end, p = (jnp.asarray(x, t.dtype) for x in (init_value, end_value, power))
        return (start - end) * left**p + end

    return schedule


def noam_schedule(model_size: int, warmup_steps: int, scale: ArrayLike = 1.0) -> optax.Schedule:
    r"""The schedule of the first transformer: up in a line, down as one over the root of the steps.

    .. math::

        \alpha_t = s\, d^{-1/2} \min\left( t^{-1/2},\; t\, W^{-3/2} \right), \qquad t \ge 1

    where :math:`\alpha_t` is the rate of step number :math:`t`, :math:`d` the size of the model's vectors, :math:`W`
    the steps of the warm-up and :math:`s` a factor. The function takes the number of steps already taken, t - 1.

    Why it matters: wider layers add up more terms, so their steps must be shorter; and it never has to know when the
    training will end.

    Args:
      model_size: the size of the model's vectors, above 0.
      warmup_steps: the steps of the warm-up, above 0.
      scale: a factor.

    Returns:
      A function of the number of steps taken to the rate, as `constant_schedule` returns.

    Raises:
      ValueError: a size or a number of steps is not above 0.

    References:
      Vaswani and others, "Attention Is All You Need", 2017, equation 3; named after Noam Shazeer.

    >>> noam_schedule(16, 4)(jnp.array([0, 3, 15])).tolist()
    [0.03125, 0.125, 0.0625]
    """
    expect_steps("noam_schedule", model_size=model_size, warmup_steps=warmup_steps)

    def schedule(count: Count) -> Array:
        t = as_float(count) + 1
        height = jnp.asarray(scale, t.dtype) * model_size**-0.5
        return height * jnp.minimum(1 / jnp.sqrt(t), t * warmup_steps**-1.5)

    return schedule


CONCEPTS = (
    Concept(
        constant_schedule, numbers_of_steps, oracle=lambda t: 0.1 + 0 * t, evaluate=rates_of(constant_schedule, 0.1)
    ),
    Concept(
        piecewise_constant_schedule,
        numbers_of_steps,
        oracle=lambda t: np.select([t >= 10, t >= 5], [0.01, 0.1], 1.0),
        evaluate=rates_of(piecewise_constant_schedule, 1.0, {5: 0.1, 10: 0.1}),
    ),
    Concept(
        exponential_decay,
        numbers_of_steps,
        oracle=lambda t: np.exp(t / 5 * np.log(0.5)),
        evaluate=rates_of(exponential_decay, 1.0, 5, 0.5),
    ),
    Concept(
        polynomial_schedule,
        numbers_of_steps,
        oracle=lambda t: np.polyval([-0.9 / 8, 1.0], np.minimum(t, 8)),
        evaluate=rates_of(polynomial_schedule, 1.0, 0.1, 1.0, 8),
    ),
    Concept(
        noam_schedule,
        numbers_of_steps,
        oracle=lambda t: np.where(t < 3, (t + 1) / 32, 0.25 / np.sqrt(t + 1)),
        evaluate=rates_of(noam_schedule, 16, 4),
    ),
)
