"""Triangles of few and of many unknowns against LAPACK's by way of NumPy and SciPy."""

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg

from mathml_jax.optimize._triangular import FEW, cholesky, solve_transposed, solve_upper, triangle


@pytest.mark.parametrize("n", [1, 3, FEW, FEW + 1])
def test_against_lapack(n):
    rng = np.random.default_rng(n)
    jac, fun = jnp.asarray(rng.normal(size=(2 * n, n))), jnp.asarray(rng.normal(size=2 * n))
    both = triangle([*jac.T, fun], n)
    upper, turned = both[:, :n], both[:, n]
    np.testing.assert_array_equal(np.tril(upper, -1), 0)
    np.testing.assert_allclose(upper.T @ upper, jac.T @ jac, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(solve_upper(upper, turned), np.linalg.lstsq(jac, fun)[0], rtol=1e-12)
    np.testing.assert_allclose(solve_transposed(upper, fun[:n]), np.linalg.solve(upper.T, fun[:n]), rtol=1e-12)
    np.testing.assert_allclose(cholesky(jac.T @ jac), scipy.linalg.cholesky(jac.T @ jac), rtol=1e-12, atol=1e-13)


def test_a_fit_of_badly_scaled_and_nearly_dependent_columns():
    """Läuchli's columns: J'J would be singular in float64."""
    tiny = 1e-9
    scale = jnp.array([1.0, 1e6, 1e-6])
    jac = jnp.vstack([jnp.ones(3), tiny * jnp.eye(3)]) * scale[None]
    both = triangle([*jac.T, jnp.array([3.0, tiny, tiny, tiny])], 3)
    np.testing.assert_allclose(solve_upper(both[:, :3], both[:, 3]) * scale, 1, rtol=1e-6)


def test_where_there_is_no_triangle():
    upper = triangle([jnp.zeros(3), jnp.array([1.0, 2.0, 2.0])], 2)
    np.testing.assert_allclose(upper, [[0, 0], [0, 3]])
    assert np.isnan(cholesky(jnp.array([[1.0, 2.0], [2.0, 1.0]]))[1, 1])
