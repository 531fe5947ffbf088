import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax import linalg

EPS = 2.0**-52


def symmetric(values, seed=0):
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values),) * 2))[0]
    return (turn * values) @ turn.T, turn


START = np.array([1.0, -0.3, 0.7])


@pytest.mark.parametrize("values", [[3.0, 1.0, -0.5], [-3.0, 1.0, 0.5], [3e-160, 1e-160, 0.0], [3e150, 1e150, 1e149]])
def test_dominant_pair_agrees_with_lapack(values):
    a, turn = symmetric(values)
    eigenvalue, v = linalg.power_iteration(a, START)
    np.testing.assert_allclose(eigenvalue, values[0], rtol=16 * EPS)
    np.testing.assert_allclose(v, turn[:, 0] * np.sign(turn[np.argmax(np.abs(turn[:, 0])), 0]), atol=16 * EPS)


def test_error_of_the_eigenvalue_shrinks_by_the_squared_ratio():
    a, _ = symmetric([1.0, 0.5, 0.1])
    errors = [1.0 - float(linalg.power_iteration(a, START, steps=steps).eigenvalue) for steps in (8, 9, 10)]
    np.testing.assert_allclose(np.divide(errors[1:], errors[:-1]), 0.25, rtol=1e-3)


def test_gradient_of_a_symmetric_matrix_is_v_v():
    a, turn = symmetric([3.0, 1.0, -0.5])
    v = turn[:, 0]
    np.testing.assert_allclose(linalg.power_iteration_gradient(a, START), np.outer(v, v), atol=16 * EPS)


def test_gradient_of_any_matrix_agrees_with_lapack():
    a = np.array([[2.0, 1.0, 0.0], [0.5, 3.0, 1.0], [0.0, 0.2, 1.0]])
    h = 1e-5
    dominant = lambda a: max(np.linalg.eigvals(a).real, key=abs)  # noqa: E731
    differences = [
        [(dominant(a + h * e) - dominant(a - h * e)) / (2 * h) for e in row] for row in np.eye(9).reshape(3, 3, 3, 3)
    ]
    np.testing.assert_allclose(linalg.power_iteration_gradient(a, START, steps=200), differences, atol=1e-9)


def test_power_iteration_at_the_edges():
    zero = linalg.power_iteration(np.zeros((3, 3)), START)
    assert zero.eigenvalue == 0
    np.testing.assert_allclose(np.sum(zero.eigenvector**2), 1, rtol=4 * EPS)
    assert np.all(np.isfinite(jax.grad(lambda a: linalg.power_iteration(a, START).eigenvalue)(jnp.zeros((3, 3)))))
    assert np.isnan(linalg.power_iteration(np.eye(3), np.zeros(3)).eigenvalue)
    assert linalg.power_iteration(np.eye(2, dtype=np.float16), np.ones(2, np.float16)).eigenvector.dtype == np.float16
    whole = linalg.power_iteration(np.array([[2, 0], [0, 1]]), np.array([1, 1])).eigenvalue
    np.testing.assert_allclose(whole, 2.0, rtol=4 * EPS)


def test_rayleigh_quotient_lies_between_the_eigenvalues_and_is_stationary_at_eigenvectors():
    a, turn = symmetric([3.0, 1.0, -0.5])
    for x in np.random.default_rng(0).normal(size=(20, 3)):
        assert -0.5 <= linalg.rayleigh_quotient(a, x) <= 3.0
    for value, v in zip([3.0, 1.0, -0.5], turn.T, strict=True):
        np.testing.assert_allclose(linalg.rayleigh_quotient(a, 1e200 * v), value, rtol=16 * EPS)
        np.testing.assert_allclose(linalg.rayleigh_quotient_gradient(a, v)[1], 0, atol=16 * EPS)
    assert np.isnan(linalg.rayleigh_quotient(a, np.zeros(3)))


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("function", "a", "x", "options", "message"),
    [
        (
            linalg.power_iteration,
            (2, 3),
            (3,),
            {},
            r"power_iteration: expected a square matrix a and a vector start of its size",
        ),
        (linalg.power_iteration, (3,), (3,), {}, r"power_iteration: expected a with 2 axes, got shape \(3,\)"),
        (
            linalg.power_iteration,
            (3, 3),
            (3,),
            {"steps": -1},
            r"power_iteration: expected steps to be an integer from 0, got -1",
        ),
        (linalg.rayleigh_quotient, (3, 3), (2,), {}, r"rayleigh_quotient: .* got \(3, 3\) and \(2,\)"),
    ],
)
def test_bad_input(function, a, x, options, message):
    with pytest.raises(ValueError, match=message):
        function(np.ones(a), np.ones(x), **options)
