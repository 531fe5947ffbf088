"""Least squares against SciPy on the problems of Moré, Garbow and Hillstrom, and against linear algebra."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from mathml_jax.optimize._minimum import OptimizeStatus as Status
from mathml_jax.optimize.least_squares import gauss_newton, levenberg_marquardt
from tests.optimize.more_garbow_hillstrom import PROBLEMS

EPS = np.finfo(np.float64).eps
GROUPS = {
    2: ["rosenbrock", "freudenstein_roth", "powell_badly_scaled", "brown_badly_scaled", "beale", "jennrich_sampson"],
    3: ["helical_valley", "bard", "gaussian", "meyer", "box"],
    4: ["powell_singular", "wood", "kowalik_osborne", "brown_dennis"],
}


def system(n):
    """All problems of n parameters as one function of their number, with as many residuals as the largest has."""

    def branch(name):
        def padded(x):
            r = PROBLEMS[name].residuals(x)
            r = jnp.stack(r) if isinstance(r, list) else r
            return jnp.concatenate([r, jnp.zeros(20 - r.size)])

        return padded

    return lambda x, which: jax.lax.switch(which, [branch(name) for name in GROUPS[n]], x)


@pytest.mark.parametrize("n", GROUPS)
def test_no_more_evaluations_than_scipy(n):
    r = system(n)
    both = jax.jit(lambda x, which: (r(x, which), jax.jacfwd(r)(x, which)))
    for which, name in enumerate(GROUPS[n]):
        problem = PROBLEMS[name]
        x0 = np.asarray(problem.start, float)
        f, jac = (lambda x, part=part, which=which: np.asarray(both(x, which)[part]) for part in (0, 1))
        with np.errstate(all="ignore"):
            scipys = scipy.optimize.least_squares(f, x0, jac, method="lm")
        ours = levenberg_marquardt(r, x0, (which,))
        assert ours.success, name
        assert ours.nfev.item() <= 1.3 * scipys.nfev, name
        np.testing.assert_allclose(2 * ours.cost, 2 * scipys.cost, rtol=1e-8, atol=1e-30, err_msg=name)
        assert min(abs(2 * ours.cost - least) - 1e-5 * least for least in problem.minima) <= 1e-30, name


def test_gauss_newton_says_where_it_fails():
    r = system(2)
    ends = {name: gauss_newton(r, np.asarray(PROBLEMS[name].start, float), (i,)) for i, name in enumerate(GROUPS[2])}
    arrived = {name for name, end in ends.items() if end.success}
    assert arrived >= {"rosenbrock", "beale", "brown_badly_scaled"}
    for name in arrived:
        assert min(abs(2 * ends[name].cost - least) - 1e-5 * least for least in PROBLEMS[name].minima) <= 1e-20, name
    assert ends["jennrich_sampson"].status == Status.PRECISION


TIMES = np.linspace(0.1, 2.0, 8)


def linear(p, a, b):
    return a @ jnp.concatenate([p["u"], p["v"][None]]) - b


@pytest.mark.parametrize("method", [gauss_newton, levenberg_marquardt])
def test_a_linear_fit_and_its_derivatives(method):
    rng = np.random.default_rng(0)
    a, b, da, db = (rng.normal(size=shape) for shape in ((8, 3), (8,), (8, 3), (8,)))
    start = {"u": jnp.zeros(2), "v": jnp.asarray(1.0)}

    @jax.jit
    def fit(a, b):
        return method(linear, start, (a, b))

    @jax.jit
    def closed(a, b):
        x = jnp.linalg.solve(a.T @ a, a.T @ b)
        return x, a @ x - b

    found, moved = jax.jvp(fit, (a, b), (da, db))
    (x, r), (dx, dr) = jax.jvp(closed, (a, b), (da, db))
    np.testing.assert_allclose([*found.x["u"], found.x["v"]], x, rtol=1e-12)
    np.testing.assert_allclose([*moved.x["u"], moved.x["v"]], dx, rtol=1e-11)
    np.testing.assert_allclose(moved.fun, dr, rtol=1e-11)
    np.testing.assert_allclose(moved.cost, r @ dr, rtol=1e-11)
    np.testing.assert_array_equal(found.jac, a)
    assert found.success
    assert found.nfev <= 3
    slopes = jax.grad(lambda a, b: fit(a, b).x["v"], argnums=(0, 1))(a, b)
    others = jax.grad(lambda a, b: closed(a, b)[0][2], argnums=(0, 1))(a, b)
    for slope, other in zip(slopes, others, strict=True):
        np.testing.assert_allclose(slope, other, atol=1e-12)


def test_dependent_columns():
    """The parameters are not determined; the curve is."""
    y = np.linspace(1.0, 2.0, 8)
    found = levenberg_marquardt(lambda p: (p[0] + 2 * p[1]) * TIMES + 0 * p[2] - y, jnp.ones(3))
    c = np.sum(TIMES * y) / np.sum(TIMES**2)
    assert found.success
    np.testing.assert_allclose(found.fun, c * TIMES - y, atol=1e-7)
    assert found.x[2] == 1.0


def holed(x, a):
    """Least at sqrt(a), and not finite below 1/2."""
    return jnp.stack([jnp.log(x[0] - 0.5) * 0 + x[0] ** 2 - a, 0.1 * x[0]])


@pytest.mark.parametrize("method", [gauss_newton, levenberg_marquardt])
def test_where_the_residuals_are_not_finite(method):
    run = jax.jit(jax.vmap(lambda x, a: method(holed, x[None], (a,))))
    found = run(jnp.array([3.0, 0.4, 2.0]), jnp.array([4.0, 4.0, -50.0]))
    crawls = Status.MAXITER if method is gauss_newton else Status.NOT_FINITE
    assert found.status.tolist() == [Status.CONVERGED, Status.NOT_FINITE, crawls]
    np.testing.assert_allclose(found.x[:2, 0], [1.99875, 0.4], atol=1e-5)
    assert 0.5 < found.x[2, 0] < 0.501
    assert np.isfinite(found.cost[2])
    one = method(holed, jnp.array([3.0]), (4.0,))
    assert (one.nfev, one.njev) == (found.nfev[0], found.njev[0])
    assert method(holed, jnp.array([3.0]), (4.0,), max_nfev=2).status == Status.MAXITER


def test_a_given_jacobian_and_float32():
    def jac(x, a):
        return jnp.stack([2 * x, jnp.full(1, 0.1, x.dtype)])

    given = levenberg_marquardt(holed, jnp.array([3.0]), (4.0,), jac=jac)
    plain = levenberg_marquardt(holed, jnp.array([3.0]), (4.0,))
    np.testing.assert_allclose(given.x, plain.x, rtol=4 * EPS)
    narrow = levenberg_marquardt(holed, jnp.array([3.0], jnp.float32), (jnp.float32(4.0),), ftol=1e-6, xtol=1e-6)
    assert {leaf.dtype for leaf in jax.tree.leaves(narrow)} == {np.dtype(t) for t in ("float32", "int32", "bool")}
    np.testing.assert_allclose(narrow.x, plain.x, rtol=1e-5)
    with pytest.raises(ValueError, match=r"expected jac of shape \(2, 1\), got shape \(1, 2\)"):
        levenberg_marquardt(holed, jnp.array([3.0]), (4.0,), jac=lambda x, a: jac(x, a).T)


@pytest.mark.parametrize(
    ("residuals", "x0", "error", "message"),
    [
        (lambda x: x, jnp.array([1, 2]), TypeError, "expected x0 of floating-point numbers, got int"),
        (lambda x: x, {}, ValueError, "expected x0 with at least one number"),
        (lambda x: x, jnp.zeros(0), ValueError, "expected x0 with at least one number"),
        (jnp.sum, jnp.ones(2), ValueError, r"expected residuals to return one axis, got shape \(\)"),
        (lambda x: (x, x), jnp.ones(2), ValueError, "expected residuals to return one axis"),
        (lambda x: x[:1], jnp.ones(2), ValueError, "expected at least as many residuals as parameters, got 1 and 2"),
    ],
)
@pytest.mark.parametrize("method", [gauss_newton, levenberg_marquardt])
@pytest.mark.usefixtures("plain_types")
def test_bad_input(method, residuals, x0, error, message):
    with pytest.raises(error, match=f"{method.__name__}: {message}"):
        method(residuals, x0)
