"""The schedules against optax's, number by number, and where they stop."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from mathml_jax import optimize

T = np.arange(0, 40)
CASES = {
    "constant_schedule": [{"value": 0.1}],
    "piecewise_constant_schedule": [
        {"init_value": 1.0},
        {"init_value": 0.3, "boundaries_and_scales": {20: 0.5, 5: 0.1}},
    ],
    "exponential_decay": [
        {"init_value": 1.0, "transition_steps": 7, "decay_rate": 0.3},
        {"init_value": 1.0, "transition_steps": 7, "decay_rate": 0.3, "transition_begin": 3, "staircase": True},
        {"init_value": 1.0, "transition_steps": 7, "decay_rate": 0.3, "end_value": 0.1},
        {"init_value": 1.0, "transition_steps": 7, "decay_rate": 1.5, "end_value": 2.0},
    ],
    "polynomial_schedule": [
        {"init_value": 1.0, "end_value": 0.1, "power": 1, "transition_steps": 30},
        {"init_value": 0.0, "end_value": 2.0, "power": 3.5, "transition_steps": 10, "transition_begin": 4},
    ],
    "cosine_decay_schedule": [
        {"init_value": 0.1, "decay_steps": 30},
        {"init_value": 0.1, "decay_steps": 30, "alpha": 0.2, "exponent": 1.7},
    ],
    "warmup_cosine_decay_schedule": [
        {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 6, "decay_steps": 30},
        {"init_value": 0.5, "peak_value": 1.0, "warmup_steps": 6, "decay_steps": 30, "end_value": 0.2, "exponent": 2.0},
    ],
    "cosine_onecycle_schedule": [
        {"transition_steps": 30, "peak_value": 2.0},
        {"transition_steps": 30, "peak_value": 1.0, "pct_start": 0.5, "div_factor": 5.0, "final_div_factor": 2.0},
    ],
}


@pytest.mark.parametrize(("name", "options"), [(name, o) for name, options in CASES.items() for o in options])
def test_optaxs_numbers(peers, name, options):
    ours, theirs = (getattr(home, name)(**options) for home in (optimize, optax))
    expected = np.array([float(theirs(jnp.float64(t))) for t in T])
    np.testing.assert_allclose(jax.jit(ours)(T), expected, rtol=1e-14, atol=1e-16)
    np.testing.assert_allclose(ours(3), expected[3], rtol=1e-14)


def test_noam_is_highest_at_the_end_of_its_warm_up():
    rates = optimize.noam_schedule(512, 10)(T)
    assert rates.argmax() == 9
    np.testing.assert_allclose(
        rates[np.array([0, 9, 39])], 512**-0.5 * np.array([10**-1.5, 10**-0.5, 40**-0.5]), rtol=1e-14
    )


def test_a_warm_up_of_no_steps_begins_at_the_top():
    assert optimize.warmup_cosine_decay_schedule(0.0, 1.0, 0, 10)(0) == 1


def test_an_optimiser_follows_it():
    x = jnp.ones(1)
    optimizer = optimize.gradient_descent(optimize.polynomial_schedule(1.0, 0.0, 1.0, 2))
    first, state = optimizer.update(x, optimizer.init(x))
    second, state = optimizer.update(x, state)
    third, _ = optimizer.update(x, state)
    assert [first.item(), second.item(), third.item()] == [-1.0, -0.5, 0.0]


@pytest.mark.parametrize("schedule", [optimize.cosine_decay_schedule(1.0, 10), optimize.noam_schedule(4, 4)])
def test_float32_counts_give_float32_rates(schedule):
    assert schedule(jnp.float32(3)).dtype == jnp.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optimize.cosine_decay_schedule(1.0, 0), "expected decay_steps at least 1, got 0"),
        (lambda: optimize.polynomial_schedule(1.0, 0.0, 1.0, -1), "expected transition_steps at least 1, got -1"),
        (lambda: optimize.exponential_decay(1.0, 1, 0.5, -1), "expected transition_begin at least 0, got -1"),
        (lambda: optimize.warmup_cosine_decay_schedule(0.0, 1.0, 9, 9), "expected decay_steps above warmup_steps"),
        (lambda: optimize.piecewise_constant_schedule(1.0, {3: -0.1}), "expected factors at least 0"),
        (lambda: optimize.noam_schedule(0, 4), "noam_schedule: expected model_size at least 1, got 0"),
    ],
)
def test_bad_options(plain_types, call, message):
    with pytest.raises(ValueError, match=message):
        call()
