import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import scipy.linalg

from mathml_jax.optimize.descent import gradient_descent
from mathml_jax.optimize.flow import gradient_flow
from mathml_jax.optimize.objectives import quadratic, rosenbrock


def test_the_flow_of_a_bowl_is_an_exponential():
    a, b = np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([1.0, -1.0])
    t, x0, lowest = np.linspace(0, 2, 201), np.array([3.0, 1.0]), np.linalg.solve(a, b)
    path = gradient_flow(lambda x: quadratic(x, a, b), x0, t)
    want = [lowest + scipy.linalg.expm(-a * s) @ (x0 - lowest) for s in t[::50]]
    np.testing.assert_allclose(path[::50], want, rtol=1e-8)


def test_downhill_all_the_way():
    heights = jax.vmap(rosenbrock)(gradient_flow(rosenbrock, np.array([-1.0, 1.5]), np.linspace(0, 1, 2001)))
    assert np.all(np.diff(heights) < 0)


def test_gradient_descent_tends_to_it_with_order_one():
    x0, end = jnp.array([-0.5, 0.5]), 0.02
    true = gradient_flow(rosenbrock, x0, np.linspace(0, end, 1001))[-1]

    def descended(steps):
        optimizer = gradient_descent(end / steps)

        def step(_, carry):
            x, state = carry
            updates, state = optimizer.update(jax.grad(rosenbrock)(x), state, x)
            return optax.apply_updates(x, updates), state

        return jax.lax.fori_loop(0, steps, step, (x0, optimizer.init(x0)))[0]

    errors = [np.linalg.norm(descended(steps) - true) for steps in (200, 400, 800)]
    np.testing.assert_allclose(np.log2(errors[:-1]) - np.log2(errors[1:]), 1, atol=0.05)


def test_trees_and_derivatives():
    path = gradient_flow(lambda p: (p["w"] ** 2).sum() / 2, {"w": np.ones(2)}, np.linspace(0, 1, 101))
    np.testing.assert_allclose(path["w"][-1], np.exp(-1) * np.ones(2), rtol=1e-9)
    slope = jax.grad(lambda x: gradient_flow(lambda p: p**2 / 2, x, np.linspace(0, 1, 101))[-1])(2.0)
    np.testing.assert_allclose(slope, np.exp(-1), rtol=1e-9)


@pytest.mark.usefixtures("plain_types")
def test_bad_input():
    with pytest.raises(ValueError, match=r"gradient_flow: expected f to return a scalar, got shape \(2,\)"):
        gradient_flow(lambda x: x, np.ones(2), np.arange(2.0))
