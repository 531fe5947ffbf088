"""Where gradient descent diverges, and how fast methods converge: measured against theory."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax import calculus, optimize
from mathml_jax.optimize import convergence_order, convergence_rate, lr_stability_limit, quadratic_rate, trajectory

CURVATURES = jnp.array([1.0, 4.0, 25.0])


def bowl(x):
    return jnp.sum(CURVATURES * x**2) / 2


def test_measured_divergence_lies_at_the_limit():
    """Just below two over the largest curvature the loss falls, just above it grows."""
    limit = lr_stability_limit(lambda v: calculus.hvp(bowl, jnp.zeros(3), v), jnp.ones(3))
    np.testing.assert_allclose(limit, 2 / 25, rtol=1e-12)
    run = jax.vmap(lambda rate: trajectory(optimize.gradient_descent(rate), bowl, jnp.ones(3), 2000).fun[-1])
    below, above = run(limit * jnp.array([0.999, 1.001]))
    assert below < 1
    assert above > 100


@pytest.mark.parametrize(
    ("diagonal", "expected"),
    [([1.0, 10.0], 0.2), ([-20.0, 10.0], 0.2), ([-20.0, -1.0], np.inf), ([0.0, 0.0], np.inf), ([3.0], 2 / 3)],
)
def test_the_largest_curvature_is_the_largest_positive_one(diagonal, expected):
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(len(diagonal),) * 2))[0]
    hessian = turn @ np.diag(diagonal) @ turn.T
    np.testing.assert_allclose(lr_stability_limit(jnp.asarray(hessian)), expected, rtol=1e-10)


def test_the_limit_of_a_network_is_that_of_its_hessian():
    x = jnp.linspace(-1.0, 1.0, 12).reshape(4, 3)
    loss = lambda w: jnp.mean((jnp.tanh(x @ w) - 0.5) ** 2)  # noqa: E731
    w = jnp.array([0.1, -0.2, 0.3])
    expected = 2 / np.linalg.eigvalsh(jax.hessian(loss)(w))[-1]
    np.testing.assert_allclose(lr_stability_limit(jax.hessian(loss)(w), steps=500), expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("rate", "decay", "make"),
    [
        (0.05, 0.0, lambda rate, decay: optimize.gradient_descent(rate)),
        (0.03, 0.8, optimize.momentum),
        (0.03, 0.5, optimize.nesterov),
        (2 / 26, 0.0, lambda rate, decay: optimize.gradient_descent(rate)),
    ],
)
def test_measured_rates_are_those_of_theory(rate, decay, make):
    path = trajectory(make(rate, decay), bowl, jnp.ones(3), 400, records=400)
    errors = jnp.linalg.norm(path.x, axis=1)
    measured = convergence_rate(jnp.where(errors > 1e-12, errors, 0)[20:])
    theory = quadratic_rate(CURVATURES, rate, decay, nesterov=make is optimize.nesterov)
    np.testing.assert_allclose(measured, theory, rtol=0.01)


def test_the_best_momentum_takes_the_root_of_the_condition_number():
    k = 100.0
    plain = quadratic_rate(jnp.array([1.0, k]), 2 / (1 + k))
    ball = quadratic_rate(jnp.array([1.0, k]), (2 / (1 + np.sqrt(k))) ** 2, ((np.sqrt(k) - 1) / (np.sqrt(k) + 1)) ** 2)
    np.testing.assert_allclose([plain, ball], [(k - 1) / (k + 1), (np.sqrt(k) - 1) / (np.sqrt(k) + 1)], rtol=1e-7)


def test_adam_without_its_correction_leaps_at_first():
    start, loss = jnp.array([1.0]), lambda x: jnp.sum(x**2) / 2
    first = [
        float(abs(trajectory(make(0.01), loss, start, 1).x[1, 0] - 1))
        for make in (optimize.adam, optimize.adam_no_bias_correction)
    ]
    np.testing.assert_allclose(first, [0.01, 0.01 * 0.1 / np.sqrt(0.001)], rtol=1e-6)


def test_small_steps_follow_the_flow():
    """The distance to the gradient flow at the same time halves with the rate."""
    end = optimize.gradient_flow(bowl, jnp.ones(3), jnp.linspace(0.0, 0.4, 401))[-1]
    gaps = [
        jnp.linalg.norm(trajectory(optimize.gradient_descent(0.4 / n), bowl, jnp.ones(3), n).x[-1] - end)
        for n in (40, 80)
    ]
    np.testing.assert_allclose(gaps[0] / gaps[1], 2, rtol=0.05)


def test_the_order_of_newtons_method_is_two():
    errors = [1.0]
    for _ in range(4):
        errors.append(errors[-1] ** 2 / (2 * (1.0 + errors[-1])))
    orders = convergence_order(jnp.array(errors))
    np.testing.assert_allclose(orders[-1], 2, rtol=0.1)


@pytest.mark.parametrize(
    ("errors", "expected"),
    [([1.0, 0.5, np.nan, 0.125, 0.0], 0.5), ([1.0], np.nan), ([0.0, 0.0], np.nan), ([2.0, 2.0, 2.0], 1.0)],
)
def test_errors_that_say_nothing_are_left_out(errors, expected):
    np.testing.assert_allclose(convergence_rate(jnp.array(errors)), expected, rtol=1e-14)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lr_stability_limit(jnp.ones((2, 3))), r"expected a square matrix, got shape \(2, 3\)"),
        (lambda: lr_stability_limit(lambda v: v), "expected a start, as the Hessian is a function"),
        (lambda: quadratic_rate(jnp.zeros(0), 0.1), "expected curvatures with at least one entry"),
        (lambda: convergence_rate(jnp.float64(1.0)), "expected errors with 1 axis"),
    ],
)
def test_bad_input(plain_types, call, message):
    with pytest.raises(ValueError, match=message):
        call()
