"""Lagrange's multipliers against closed forms and SciPy's eigenvectors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.optimize._minimum import OptimizeStatus as Status
from mathml_jax.optimize.multipliers import kkt_residuals, lagrange_multipliers

RNG = np.random.default_rng(0)
S = np.cov(RNG.normal(size=(4, 30)) * np.array([[3.0], [2.0], [1.0], [0.5]]))


def spread(w, s):
    return -w @ s @ w / 2


def unit(w, s):
    return (w @ w - 1)[None] / 2


def test_principal_components():
    """The multiplier is the eigenvalue; its slope in the covariance is the outer product of the direction."""

    @jax.jit
    def component(s, start):
        found = lagrange_multipliers(spread, unit, start, (s,))
        return found.multipliers[0][0], found

    eigenvalues, directions = np.linalg.eigh(S)
    for value, direction in zip(eigenvalues, directions.T, strict=True):
        (multiplier, found), slope = jax.value_and_grad(component, has_aux=True)(S, direction + 0.05)
        assert found.success
        assert found.constr_violation <= 1e-12
        np.testing.assert_allclose(multiplier, value, rtol=1e-12)
        np.testing.assert_allclose(np.abs(found.x @ direction), 1.0, rtol=1e-12)
        np.testing.assert_allclose(slope, np.outer(direction, direction), atol=1e-10)


def test_largest_entropy():
    """With a given mean it is exponential in the values; forward over reverse agrees with differences."""
    values = np.arange(1.0, 7.0)

    def constraints(p, mean):
        return jnp.stack([p.sum() - 1, values @ p - mean])

    @jax.jit
    def die(mean):
        found = lagrange_multipliers(lambda p, mean: jnp.sum(p * jnp.log(p)), constraints, jnp.full(6, 1 / 6), (mean,))
        return found.x, found

    p, found = die(4.5)
    ratios = p[1:] / p[:-1]
    np.testing.assert_allclose(ratios, ratios[0], rtol=1e-12)
    np.testing.assert_allclose(p[5], 0.34749, atol=1e-5)
    assert found.success
    slope = jax.jit(jax.jacfwd(lambda m: die(m)[0]))(4.5)
    np.testing.assert_allclose(slope, (die(4.5 + 1e-5)[0] - die(4.5 - 1e-5)[0]) / 2e-5, rtol=1e-8)
    np.testing.assert_allclose(found.multipliers[0][1], -np.log(ratios[0]), rtol=1e-10)


def test_no_solution():
    """Constraints that nothing satisfies, and functions that are not finite."""
    found = lagrange_multipliers(lambda x: x @ x, lambda x: (x @ x + 1)[None], jnp.ones(2))
    assert not found.success
    assert found.status != Status.CONVERGED
    nowhere = lagrange_multipliers(lambda x: jnp.sum(jnp.sqrt(x)), lambda x: x.sum()[None], -jnp.ones(2))
    assert nowhere.status == Status.NOT_FINITE
    np.testing.assert_array_equal(nowhere.x, [-1.0, -1.0])


def test_conditions():
    """The first problem of the kind in Nocedal and Wright, and a point that misses every condition."""

    def f(x):
        return (x[0] - 1.5) ** 2 + (x[1] - 0.5) ** 4

    def h(x):
        return jnp.array([[1, 1], [1, -1], [-1, 1], [-1, -1]], float) @ x - 1

    good = kkt_residuals(f, None, h, jnp.array([1.0, 0.0]), (jnp.zeros(0), jnp.array([0.75, 0.25, 0.0, 0.0])))
    np.testing.assert_allclose(jnp.concatenate(good), 0.0, atol=1e-15)
    bad = kkt_residuals(f, lambda x: x[:1], h, jnp.array([2.0, 0.0]), (jnp.ones(1), jnp.array([0.0, -1.0, 0.0, 0.0])))
    assert bad.equality.tolist() == [2.0]
    assert bad.inequality.tolist() == [1.0, 1.0, 0.0, 0.0]
    assert bad.dual.tolist() == [0.0, -1.0, 0.0, 0.0]
    assert bad.complementarity.tolist() == [0.0, -1.0, 0.0, 0.0]
    np.testing.assert_allclose(bad.stationarity, [1 + 1 - 1, -0.5 + 1], atol=1e-15)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: lagrange_multipliers(jnp.sum, lambda x: x, jnp.arange(2)),
            TypeError,
            "lagrange_multipliers: expected x0 of floating-point numbers",
        ),
        (
            lambda: lagrange_multipliers(jnp.sum, jnp.sum, jnp.ones(2)),
            ValueError,
            r"lagrange_multipliers: expected g to return one axis, got shape \(\)",
        ),
        (
            lambda: lagrange_multipliers(lambda x: x, lambda x: x, jnp.ones(2)),
            ValueError,
            r"lagrange_multipliers: expected f to return a scalar, got shape \(2,\)",
        ),
        (
            lambda: kkt_residuals(jnp.sum, None, lambda x: x, jnp.ones(2), (jnp.ones(1), jnp.ones(2))),
            ValueError,
            r"kkt_residuals: expected multipliers of g of shape \(0,\), got shape \(1,\)",
        ),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
