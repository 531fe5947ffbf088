"""Every first-order optimiser against optax's, fed the same gradients, step by step, and let run free."""

import jax.numpy as jnp
import numpy as np
import optax
import pytest

from mathml_jax import optimize
from tests.optimize import problems

SCHEDULE = optax.cosine_decay_schedule(0.1, problems.STEPS)
SLOW = optax.cosine_decay_schedule(2e-3, problems.STEPS)
PAIRS = {
    "gradient_descent": (optimize.gradient_descent, optax.sgd, 1e-3, {}),
    "momentum": (optimize.momentum, lambda rate: optax.sgd(rate, momentum=0.9), 1e-4, {}),
    "nesterov": (optimize.nesterov, lambda rate: optax.sgd(rate, momentum=0.9, nesterov=True), 1e-4, {}),
    "adagrad": (optimize.adagrad, optax.adagrad, 0.1, {}),
    "rmsprop": (optimize.rmsprop, optax.rmsprop, 0.01, {}),
    "adadelta": (optimize.adadelta, optax.adadelta, 1.0, {}),
    "adam": (optimize.adam, optax.adam, 0.01, {}),
    "adamw": (optimize.adamw, optax.adamw, 0.01, {}),
    "nadam": (optimize.nadam, optax.nadam, 0.01, {}),
    "amsgrad": (optimize.amsgrad, optax.amsgrad, 0.01, {}),
    "adamax": (optimize.adamax, optax.adamax, 0.01, {}),
    "radam": (optimize.radam, optax.radam, 0.01, {}),
    "adabelief": (optimize.adabelief, optax.adabelief, 0.01, {}),
    "lion": (optimize.lion, optax.lion, 0.001, {}),
}
OPTIONS = {
    "adam, other decays": (optimize.adam, optax.adam, 0.1, {"b1": 0.5, "b2": 0.9}),
    "adam without memory": (optimize.adam, optax.adam, 0.1, {"b1": 0.0, "b2": 0.0}),
    "adam, epsilons": (optimize.adam, optax.adam, 0.1, {"eps": 0.1, "eps_root": 1e-3}),
    "adam, a schedule": (optimize.adam, optax.adam, SCHEDULE, {"nesterov": True}),
    "adamw, a mask": (optimize.adamw, optax.adamw, SLOW, {"weight_decay": 0.5, "mask": (True, False)}),
    "adamw, scheduled decay": (optimize.adamw, optax.adamw, 1e-3, {"weight_decay": SCHEDULE, "nesterov": True}),
    "adagrad from zero": (optimize.adagrad, optax.adagrad, SCHEDULE, {"initial_accumulator_value": 0.0}),
    "rmsprop, eps outside": (optimize.rmsprop, optax.rmsprop, 0.01, {"eps_in_sqrt": False, "bias_correction": True}),
    "rmsprop, centred": (optimize.rmsprop, optax.rmsprop, 0.01, {"centered": True, "initial_scale": 1.0, "eps": 0.1}),
    "rmsprop, centred with momentum": (
        optimize.rmsprop,
        optax.rmsprop,
        SCHEDULE,
        {"centered": True, "momentum": 0.9, "nesterov": True, "eps": 0.1},
    ),
    "adadelta": (optimize.adadelta, optax.adadelta, SCHEDULE, {"rho": 0.5, "eps": 1e-3}),
    "amsgrad as printed": (
        optimize.amsgrad,
        optax.amsgrad,
        0.1,
        {"bias_correction_mu": False, "bias_correction_nu": False},
    ),
    "adamax": (optimize.adamax, optax.adamax, SCHEDULE, {"b1": 0.5, "b2": 0.9, "eps": 1e-3}),
    "radam as printed": (optimize.radam, optax.radam, 1e-3, {"threshold": 4.0, "b2": 0.9, "nesterov": True}),
    "adabelief": (optimize.adabelief, optax.adabelief, SCHEDULE, {"eps": 1e-3, "eps_root": 1e-8, "nesterov": True}),
    "lion": (optimize.lion, optax.lion, SCHEDULE, {"b1": 0.5, "weight_decay": 0.1, "mask": (False, True)}),
}


def pair(case):
    ours, theirs, rate, options = case
    return ours(rate, **options), theirs(rate, **options)


@pytest.mark.parametrize("case", PAIRS.values(), ids=PAIRS)
def test_every_step_is_optaxs(peers, case):
    """On a bowl, in a valley, in a network; in float64, float32 and bfloat16."""
    everything = problems.together((problems.bowl, problems.valley, problems.mlp))
    assert problems.fed_alike(*pair(case), *everything) <= 8


@pytest.mark.parametrize("case", OPTIONS.values(), ids=OPTIONS)
def test_options_are_optaxs(peers, case):
    """On a bowl; a centred square is all rounding where gradients are large and alike, so those in a network."""
    problem = problems.mlp if "centered" in case[3] else problems.bowl
    both = problems.together((problem, problem), (jnp.float64,))
    assert problems.fed_alike(*pair(case), *both) <= 8


@pytest.mark.parametrize("name", ["gradient_descent", "momentum", "nesterov", "adam"])
def test_a_free_run_on_a_bowl_stays_with_optaxs(peers, name):
    assert problems.running_free(*pair(PAIRS[name]), *problems.together((problems.bowl,))) <= 16


def test_another_formula_is_noticed(peers):
    pair = optimize.adam_no_bias_correction(0.01), optax.adam(0.01)
    assert problems.fed_alike(*pair, *problems.together((problems.valley,), (jnp.float64,))) > 1e12


def test_decay_as_in_the_paper():
    """Not multiplied by the rate, but by its schedule if the decay has it too."""
    x, g = jnp.array([2.0]), jnp.array([3.0])
    printed = optimize.adamw(0.1, weight_decay=0.05, decay_times_rate=False)
    scaled = optimize.adamw(0.1, weight_decay=0.5)
    moved = [optimizer.update(g, optimizer.init(x), x)[0] for optimizer in (printed, scaled)]
    np.testing.assert_allclose(*moved, rtol=1e-15)


def test_adagrad_as_in_the_paper():
    optimizer = optimize.adagrad(1.0, initial_accumulator_value=0.0, eps=1.0, eps_in_sqrt=False)
    update, _ = optimizer.update(jnp.array([3.0, 0.0]), optimizer.init(jnp.zeros(2)))
    assert update.tolist() == [-0.75, 0.0]


@pytest.mark.parametrize("make", [optimize.adamw, optimize.lion])
def test_a_decay_wants_the_parameters(plain_types, make):
    optimizer = make(0.1)
    with pytest.raises(ValueError, match=f"{make.__name__}: expected the parameters in update, for the weight decay"):
        optimizer.update(jnp.ones(2), optimizer.init(jnp.ones(2)))


@pytest.mark.parametrize("case", PAIRS.values(), ids=PAIRS)
def test_bad_input(plain_types, case):
    make = case[0]
    with pytest.raises(ValueError, match=f"{make.__name__}: expected learning_rate at least 0, got -0.1"):
        make(-0.1)
    optimizer = make(0.1)
    with pytest.raises(ValueError, match=f"{make.__name__}: expected parameters of a floating-point dtype, got int32"):
        optimizer.init({"w": jnp.ones(2, jnp.int32)})
    x = jnp.ones(2)
    with pytest.raises(ValueError, match=f"{make.__name__}: expected gradients with the shapes"):
        optimizer.update(jnp.ones(3), optimizer.init(x), x)
    for empty in ({}, {"frozen": None}, ()):
        assert optimizer.update(empty, optimizer.init(empty), empty)[0] == empty
