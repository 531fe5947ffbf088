"""The objectives against SciPy, and their edges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der, rosen_hess

from mathml_jax import optimize


@pytest.mark.parametrize("n", [2, 5])
def test_rosenbrock_is_scipys(n):
    x = np.random.default_rng(n).normal(size=n)
    np.testing.assert_allclose(optimize.rosenbrock(x), rosen(x), rtol=1e-15)
    np.testing.assert_allclose(jax.jit(optimize.rosenbrock_gradient)(x), rosen_der(x), rtol=1e-14, atol=1e-12)
    np.testing.assert_allclose(jax.jit(optimize.rosenbrock_hessian)(x), rosen_hess(x), rtol=1e-14)


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_coordinates_for_a_valley(n):
    x = jnp.ones(n)
    assert optimize.rosenbrock(x) == 0
    assert optimize.rosenbrock_gradient(x).tolist() == [0.0] * n
    assert optimize.rosenbrock_hessian(x).tolist() == [[0.0] * n] * n


def test_the_valley_ends_at_ones():
    x = jnp.ones(5)
    assert optimize.rosenbrock(x) == 0
    assert not jax.jit(optimize.rosenbrock_gradient)(x).any()
    assert np.linalg.eigvalsh(jax.jit(optimize.rosenbrock_hessian)(x)).min() > 0


def test_the_bowl_is_lowest_where_its_gradient_vanishes():
    a = jnp.array([[3.0, 1.0], [1.0, 2.0]])
    b = jnp.array([1.0, -1.0])
    x = jnp.asarray(np.linalg.solve(a, b))
    np.testing.assert_allclose(optimize.quadratic_gradient(x, a, b), 0.0, atol=4e-16)
    np.testing.assert_allclose(optimize.quadratic(x, a, b), -b @ x / 2, rtol=1e-15)


def test_integers_become_floats():
    assert optimize.quadratic(np.array([1, 2]), np.eye(2, dtype=int), np.array([1, 0])).item() == 1.5
    assert optimize.rosenbrock(np.array([0, 0])).dtype == jnp.float64


def test_float32_stays():
    x = jnp.ones(2, jnp.float32)
    assert optimize.rosenbrock(x).dtype == optimize.rosenbrock_gradient(x).dtype == jnp.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optimize.rosenbrock(jnp.ones((2, 2))), r"rosenbrock: expected x with 1 axis, got shape \(2, 2\)"),
        (
            lambda: optimize.quadratic(jnp.ones(2), jnp.ones((3, 3)), jnp.ones(2)),
            r"quadratic: expected a and b of shapes \(2, 2\) and \(2,\), got \(3, 3\) and \(2,\)",
        ),
    ],
)
def test_bad_shapes(plain_types, call, message):
    with pytest.raises(ValueError, match=message):
        call()
