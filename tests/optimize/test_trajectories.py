"""Paths of optimisers: recorded, stopped, over grids, differentiated; passes over data in batches."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from jax import random

from mathml_jax import optimize
from mathml_jax.optimize import OptimizeStatus, sgd, trajectory


def half_square(x):
    return jnp.sum(x**2) / 2


@pytest.mark.parametrize(("steps", "records"), [(0, 3), (1, 100), (7, 7), (7, 3), (100, 10), (5, 1)])
def test_records_are_bounded_and_end_where_the_run_ends(steps, records):
    path = trajectory(optimize.gradient_descent(0.1), half_square, jnp.ones(2), steps, records=records)
    assert len(path.step) <= records + 1
    assert (path.step[0], path.step[-1], path.nit) == (0, steps, steps)
    np.testing.assert_allclose(path.x, np.outer(0.9 ** np.asarray(path.step), np.ones(2)), rtol=1e-13)
    np.testing.assert_allclose(path.gradient_norm, np.sqrt(2 * np.asarray(path.fun)), rtol=1e-14)


def test_stops_where_the_gradient_is_short():
    path = trajectory(optimize.gradient_descent(0.5), half_square, jnp.ones(1), 50, gtol=0.01)
    assert (path.nit, path.status, bool(path.success)) == (7, 0, True)
    assert path.x[-1, 0] == path.x[8, 0] == 0.5**7
    assert path.step[8:].tolist() == [7] * 43
    short = trajectory(optimize.gradient_descent(0.5), half_square, jnp.ones(1), 3, gtol=0.01)
    assert (short.status, bool(short.success)) == (OptimizeStatus.MAXITER, False)


def test_a_run_that_diverges_keeps_its_last_finite_point():
    path = trajectory(optimize.gradient_descent(3.0), lambda x: jnp.sum(jnp.exp(x**2)), jnp.ones(1), 20)
    assert path.status == OptimizeStatus.NOT_FINITE
    assert not path.success
    assert np.isfinite(path.x).all()
    assert np.isfinite(path.fun).all()
    assert path.nit < 20


def test_a_start_that_is_not_finite():
    path = trajectory(optimize.adam(0.1), lambda x: jnp.log(x), -1.0, 5)
    assert (path.nit, path.status) == (0, OptimizeStatus.NOT_FINITE)
    assert path.x.tolist() == [-1.0] * 6


def test_a_grid_of_rates_and_starts():
    rates, starts = jnp.array([0.1, 1.9, 2.1]), jnp.array([[1.0], [-2.0]])
    run = jax.vmap(
        jax.vmap(lambda rate, x: trajectory(optimize.gradient_descent(rate), half_square, x, 40), in_axes=(None, 0)),
        in_axes=(0, None),
    )
    path = jax.jit(run)(rates, starts)
    assert path.x.shape == (3, 2, 41, 1)
    np.testing.assert_allclose(path.x[:, 0, -1, 0], (1 - np.asarray(rates)) ** 40, rtol=1e-12)
    np.testing.assert_allclose(path.x[:, 1], -2 * path.x[:, 0], rtol=1e-14)


def test_the_rate_has_a_gradient_through_the_path():
    """Of x = (1 - r)**10, in both modes; also where the records do not divide the steps."""

    def last(rate):
        return trajectory(optimize.gradient_descent(rate), half_square, jnp.ones(1), 10, records=3).x[-1, 0]

    for slope in (jax.grad(last), jax.jacfwd(last)):
        np.testing.assert_allclose(slope(0.3), -10 * 0.7**9, rtol=1e-13)


@pytest.mark.parametrize("make", [optax.adam, optimize.adam, optimize.lion])
def test_trees_and_anybodys_optimiser(peers, make):
    start = {"a": jnp.ones(2), "b": (jnp.float32(3.0),)}
    path = trajectory(make(0.1), lambda x, c: jnp.sum((x["a"] - c) ** 2) + x["b"][0] ** 2, start, 60, 0.5)
    assert path.x["a"].shape == (61, 2)
    assert path.x["b"][0].dtype == jnp.float32
    np.testing.assert_allclose(path.x["a"][-1], 0.5, atol=0.2)


def test_batches_cover_the_data_once_in_every_pass():
    """With the rate 1 / (1 + t) on squared distances the point is the running mean of the batches."""
    data = random.normal(random.key(1), (12, 3))
    rate = lambda count: 1 / (1.0 + count)  # noqa: E731
    run = sgd(random.key(0), optimize.gradient_descent(rate), _distance, jnp.zeros(3), data, batch_size=4, epochs=3)
    assert run.x.shape == (4, 3)
    np.testing.assert_allclose(run.x[1:], np.tile(data.mean(0), (3, 1)), rtol=1e-12)
    np.testing.assert_allclose(run.fun[-1], np.var(data, axis=0).sum() / 2, rtol=1e-12)
    again = sgd(random.key(0), optimize.gradient_descent(0.1), _distance, jnp.zeros(3), data, batch_size=5)
    other = sgd(random.key(1), optimize.gradient_descent(0.1), _distance, jnp.zeros(3), data, batch_size=5)
    assert not np.allclose(again.x[-1], other.x[-1])


def test_linear_regression_by_batches():
    x = random.normal(random.key(2), (200, 3))
    y = x @ jnp.array([1.0, -2.0, 0.5])
    loss = lambda w, batch: jnp.mean((batch[0] @ w - batch[1]) ** 2)  # noqa: E731
    run = sgd(random.key(0), optimize.momentum(0.02), loss, jnp.zeros(3), (x, y), batch_size=20, epochs=40)
    np.testing.assert_allclose(run.x[-1], [1.0, -2.0, 0.5], atol=1e-6)


def _distance(x, batch):
    return jnp.mean(jnp.sum((x[None] - batch) ** 2, axis=-1)) / 2


GD = optimize.gradient_descent(0.1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trajectory(GD, half_square, {}, 3), "trajectory: expected x0 with at least one array"),
        (
            lambda: trajectory(GD, half_square, jnp.ones(2, int), 3),
            "expected parameters of a floating-point",
        ),
        (lambda: trajectory(GD, half_square, jnp.ones(2), -1), "trajectory: expected steps at least 0, got -1"),
        (lambda: trajectory(GD, half_square, jnp.ones(2), 1, records=0), "expected records at least 1, got 0"),
        (lambda: trajectory(GD, lambda x: x, jnp.ones(2), 1), "trajectory: expected"),
        (
            lambda: sgd(random.key(0), GD, _distance, jnp.ones(2), jnp.ones((3, 2)), batch_size=4),
            "sgd: expected batch_size from 1 to 3, got 4",
        ),
        (
            lambda: sgd(random.key(0), GD, _distance, jnp.ones(2), (jnp.ones((3, 2)), jnp.ones(4))),
            "sgd: expected data with one number of examples",
        ),
    ],
)
def test_bad_input(plain_types, call, message):
    with pytest.raises(ValueError, match=message):
        call()
