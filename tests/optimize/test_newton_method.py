"""Newton's method, damped by a line search and by a radius of trust, against SciPy and the published minima."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der, rosen_hess

from mathml_jax.optimize.newton_method import newton
from mathml_jax.optimize.objectives import rosenbrock
from mathml_jax.optimize.trust_region import trust_exact
from tests.optimize.more_garbow_hillstrom import among, off, start

# How many evaluations SciPy's Newton-CG and trust-exact take to a gradient of 1e-5.
COUNTS = {
    "rosenbrock": (105, 26),
    "freudenstein_roth": (14, 9),
    "beale": (15, 8),
    "jennrich_sampson": (12, 10),
    "helical_valley": (23, 10),
    "box": (24, 17),
    "powell_singular": (23, 16),
    "wood": (837, 44),
    "brown_dennis": (14, 12),
    "variably_dimensioned": (15, 15),
    "broyden_tridiagonal": (10, 6),
    "linear_rank_1": (3, 5),
}
objective = among(COUNTS)


@pytest.mark.parametrize(("method", "which"), [(newton, 0), (trust_exact, 1)])
def test_published_minima(method, which):
    for k, (name, counts) in enumerate(COUNTS.items()):
        found = method(objective, jnp.array(start(name)), (k,))
        assert found.success, name
        assert off(name, found.fun) < 1e-3, (name, found.fun)
        assert int(found.nfev) <= 1.3 * counts[which], (name, found.nfev)
        assert found.nhev <= found.nfev


def test_rosenbrock_is_scipys():
    x = np.tile([-1.2, 1.0], 10)
    known = minimize(rosen, x, jac=rosen_der, hess=rosen_hess, method="trust-exact", options={"gtol": 1e-5})
    for method, most in ((newton, 1.4), (trust_exact, 1.1)):
        found = method(rosenbrock, jnp.array(x))
        assert found.success
        assert int(found.nfev) <= most * known.nfev
        np.testing.assert_allclose(found.fun, known.fun, atol=1e-9)
        np.testing.assert_allclose(found.hess, rosen_hess(np.asarray(found.x)), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("method", [newton, trust_exact])
def test_curvature(method):
    """Downhill from a saddle's ridge, over a plain without curvature, and twice as many digits at every step."""

    def f(x, kind):
        saddle = x[0] ** 4 - x[0] ** 2 + x[1] ** 2
        plain = jnp.sum(jnp.where(jnp.abs(x) < 1, x**2, 2 * jnp.abs(x) - 1))
        return jnp.where(kind == 0, saddle, jnp.where(kind == 1, plain, jnp.sum(jnp.exp(x) - x)))

    @jax.jit
    @jax.vmap
    def run(x, kind, maxiter):
        return method(f, x, (kind,), gtol=1e-9, maxiter=maxiter)

    starts = jnp.array([[1e-3, 1.0], [4.0, -3.0], *[[0.5, -0.5]] * 4])
    found = run(starts, jnp.array([0, 1, 2, 2, 2, 2]), jnp.array([99, 99, 1, 2, 3, 99]))
    assert found.status.tolist() == [0, 0, 1, 1, 1, 0]
    np.testing.assert_allclose(found.fun[:2], [-0.25, 0.0], atol=1e-12)
    errors = np.max(np.abs(np.asarray(found.x[2:5])), axis=1)
    assert (errors[1:] <= errors[:-1] ** 2).all()
