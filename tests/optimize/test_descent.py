"""Gradient descent against optax, and where it converges."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from mathml_jax.optimize import gradient_descent, quadratic_gradient


@pytest.mark.parametrize(("rate", "converges"), [(1.99, True), (2.01, False)])
def test_two_over_the_curvature_is_the_limit(rate, converges):
    a, b = jnp.diag(jnp.array([0.1, 1.0])), jnp.zeros(2)
    optimizer = gradient_descent(rate)

    def step(_, carry):
        x, state = carry
        updates, state = optimizer.update(quadratic_gradient(x, a, b), state, x)
        return x + updates, state

    x, state = jax.lax.fori_loop(0, 1000, step, (jnp.ones(2), optimizer.init(jnp.ones(2))))
    assert state.count == 1000
    assert (jnp.abs(x).max() < 1) == converges


def test_chains_masks_and_empty_trees(peers):
    gradients = {"w": jnp.array([3.0, 4.0]), "frozen": jnp.array([1.0])}
    optimizer = optax.masked(
        optax.chain(optax.clip_by_global_norm(1.0), gradient_descent(0.5), optax.scale(2.0)),
        {"w": True, "frozen": False},
    )
    updates, _ = optimizer.update(gradients, optimizer.init(gradients))
    np.testing.assert_allclose(updates["w"], [-0.6, -0.8], rtol=4e-16)
    assert updates["frozen"] == 1
    for empty in ({}, {"frozen": None}, ()):
        optimizer = gradient_descent(0.1)
        assert optimizer.update(empty, optimizer.init(empty), empty)[0] == empty


def test_a_traced_rate():
    def moved(rate):
        optimizer = gradient_descent(rate)
        return optimizer.update(jnp.ones(2), optimizer.init(jnp.ones(2)))[0].sum()

    assert jax.jit(jax.grad(moved))(0.1) == -2


@pytest.mark.parametrize("rate", [-0.1, float("nan"), np.float32(-1.0)])
def test_bad_rate(plain_types, rate):
    with pytest.raises(ValueError, match=f"gradient_descent: expected learning_rate at least 0, got {rate}"):
        gradient_descent(rate)


def test_bad_gradients(plain_types):
    optimizer = gradient_descent(0.1)
    state = optimizer.init(jnp.ones(2))
    with pytest.raises(ValueError, match="gradient_descent: expected gradients with the shapes of the parameters"):
        optimizer.update(jnp.ones(3), state, jnp.ones(2))
    with pytest.raises(ValueError, match="gradient_descent: expected gradients with the tree of the parameters"):
        optimizer.update((jnp.ones(2),), state, jnp.ones(2))
