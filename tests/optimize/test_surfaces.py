"""The landscapes at their minima, and where they are not smooth."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax import optimize
from mathml_jax.optimize import SURFACES


@pytest.mark.parametrize(("name", "at"), [(name, at) for name, s in SURFACES.items() for at in s.minima])
def test_minima(name, at):
    x = jnp.array(at)
    assert abs(SURFACES[name].function(x)) < 1e-28
    np.testing.assert_allclose(getattr(optimize, f"{name}_gradient")(x), 0, atol=1e-12)
    assert np.linalg.eigvalsh(getattr(optimize, f"{name}_hessian")(x)).min() > 0


def test_the_saddle_has_none():
    assert np.linalg.eigvalsh(optimize.saddle_hessian(jnp.zeros(2))).tolist() == [-2.0, 2.0]


@pytest.mark.parametrize("f", [optimize.rastrigin, optimize.ackley])
def test_the_origin_is_lowest(f):
    assert f(jnp.zeros(4)) == 0
    assert jax.grad(f)(jnp.zeros(4)).tolist() == [0.0] * 4
    assert (jax.vmap(f)(jnp.asarray(np.random.default_rng(0).normal(size=(50, 4)))) > 0).all()


def test_near_the_origin_no_digits_are_lost():
    """Of Ackley's cone: 20 (1 - exp(-0.2 r)) is 4 r at first; of Rastrigin's bowl: 1 + 20 pi**2 times the square."""
    np.testing.assert_allclose(optimize.ackley(jnp.array([1e-10])), 4e-10, rtol=1e-9)
    np.testing.assert_allclose(optimize.rastrigin(jnp.array([1e-10])), (1 + 20 * np.pi**2) * 1e-20, rtol=1e-12)
    assert optimize.ackley_gradient(jnp.zeros(2)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optimize.beale(jnp.ones(3)), r"beale: expected x of shape \(2,\), got \(3,\)"),
        (lambda: optimize.himmelblau(jnp.ones((2, 2))), "himmelblau: expected x with 1 axis"),
        (lambda: optimize.ackley(jnp.ones(0)), "ackley: expected x with at least one coordinate, got none"),
    ],
)
def test_bad_shapes(plain_types, call, message):
    with pytest.raises(ValueError, match=message):
        call()
