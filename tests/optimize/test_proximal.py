"""Proximal operators against what defines them, and the lasso against scikit-learn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize
from sklearn.linear_model import Lasso

from mathml_jax.optimize._minimum import OptimizeStatus as Status
from mathml_jax.optimize.proximal import fista, ista, prox_l1, prox_l1_derivative, prox_squared_l2

EPS = np.finfo(np.float64).eps
RNG = np.random.default_rng(0)
A = RNG.normal(size=(40, 8))
B = A @ np.array([3.0, -2.0, 0, 0, 0.5, 0, 0, 0]) + 0.1 * RNG.normal(size=40)
WEIGHT = 4.0


def fit(w, b):
    return jnp.sum((A @ w - b) ** 2) / 2


def test_operators_are_minima():
    penalties = {prox_l1: np.abs, prox_squared_l2: lambda y: y**2 / 2}
    for prox, penalty in penalties.items():
        for x, scale in [(3.0, 0.7), (-0.3, 0.7), (-5.0, 2.0), (0.0, 1.0)]:

            def objective(y, x=x, scale=scale, penalty=penalty):
                return (y - x) ** 2 / 2 + scale * penalty(y)

            best = scipy.optimize.minimize_scalar(objective, bounds=(-6, 6), method="bounded", options={"xatol": 1e-9})
            np.testing.assert_allclose(prox(x, scale), best.x, atol=1e-7)


def test_operators_at_edges():
    x = jnp.array([-jnp.inf, -1.0, -0.5, 0.0, 1.0, jnp.inf, jnp.nan])
    np.testing.assert_array_equal(prox_l1(x), [-np.inf, 0, 0, 0, 0, np.inf, np.nan])
    np.testing.assert_array_equal(prox_l1(x[1:5], 0.0), x[1:5])
    np.testing.assert_array_equal(prox_l1_derivative(x[:6]), [1, 0, 0, 0, 0, 1])
    np.testing.assert_array_equal(jax.vmap(jax.grad(prox_l1))(x[1:5]), prox_l1_derivative(x[1:5]))
    assert np.isnan(prox_l1(x, -1.0)).all()
    assert np.isnan(prox_squared_l2(x[1:5], -0.5)).all()
    assert prox_l1(jnp.ones(2, jnp.bfloat16), 0.5).dtype == jnp.bfloat16


def test_lasso():
    theirs = Lasso(alpha=WEIGHT / 40, fit_intercept=False, tol=1e-12, max_iter=10**5).fit(A, B).coef_
    length = 1 / np.linalg.norm(A, 2) ** 2
    for method in (ista, fista):
        for stepsize in (None, length):
            found = method(fit, jnp.zeros(8), WEIGHT, (B,), stepsize=stepsize, gtol=1e-9)
            assert found.success, method
            np.testing.assert_allclose(found.x, theirs, atol=1e-9)
            np.testing.assert_array_equal(found.x == 0, theirs == 0)
            np.testing.assert_allclose(found.fun, fit(theirs, B) + WEIGHT * np.abs(theirs).sum(), rtol=1e-12)
    assert fista(fit, jnp.zeros(8), 400.0, (B,)).x.tolist() == [0.0] * 8


def test_derivatives_of_the_lasso():
    """On its support it is a linear function of the data and of the weight."""

    @jax.jit
    def solution(b, weight):
        return fista(fit, jnp.zeros(8), weight, (b,), gtol=1e-10).x

    w = np.asarray(solution(B, WEIGHT))
    kept = w != 0
    gram = np.linalg.inv(A[:, kept].T @ A[:, kept])
    by_b, by_weight = np.zeros((8, 40)), np.zeros(8)
    by_b[kept], by_weight[kept] = gram @ A[:, kept].T, -gram @ np.sign(w[kept])
    for mode in (jax.jacfwd, jax.jacrev):
        for hand, autodiff in zip((by_b, by_weight), jax.jit(mode(solution, (0, 1)))(B, WEIGHT), strict=True):
            np.testing.assert_allclose(autodiff, hand, atol=1e-12)


def steep(x, c):
    """Least at c and not finite beyond 3."""
    return jnp.sum(jnp.where(x > 3, jnp.nan, (x - c) ** 2))


@pytest.mark.parametrize("method", [ista, fista])
def test_where_it_stops(method):
    run = jax.jit(jax.vmap(lambda x, c, n: method(steep, x[None], 0.0, (c,), maxiter=n)))
    found = run(jnp.array([0.0, 4.0, 0.0]), jnp.array([1.0, 1.0, 1.0]), jnp.array([500, 500, 1]))
    assert found.status.tolist() == [Status.CONVERGED, Status.NOT_FINITE, Status.MAXITER]
    np.testing.assert_allclose(found.x[:, 0], [1.0, 4.0, 1.0], atol=1e-5)
    assert method(fit, jnp.zeros(8), WEIGHT, (B,), maxiter=3).status == Status.MAXITER
    far = method(steep, jnp.zeros(1), 0.0, (5.0,), stepsize=0.45)
    assert far.status == Status.NOT_FINITE
    assert far.x[0] <= 3
    blocked = ista(steep, jnp.zeros(1), 0.0, (5.0,), gtol=1e-12, maxiter=100)
    assert not blocked.success
    assert blocked.x[0] <= 3


def test_trees_and_float32():
    start = {"w": jnp.zeros(2, jnp.float32), "b": jnp.float32(0)}
    found = fista(lambda p: jnp.sum((p["w"] - 2) ** 2) / 2 + (p["b"] + 0.5) ** 2 / 2, start, 1.0)
    np.testing.assert_allclose(found.x["w"], 1.0, rtol=1e-4)
    assert found.x["b"] == 0
    assert found.fun.dtype == found.x["w"].dtype == jnp.float32


@pytest.mark.parametrize(
    ("f", "x0", "error", "message"),
    [
        (jnp.sum, jnp.arange(3), TypeError, "expected x0 of floating-point numbers, got int"),
        (jnp.sum, [], ValueError, "expected x0 with at least one number"),
        (lambda x: x, jnp.ones(2), ValueError, r"expected f to return a scalar, got shape \(2,\)"),
    ],
)
@pytest.mark.parametrize("method", [ista, fista])
@pytest.mark.usefixtures("plain_types")
def test_bad_input(method, f, x0, error, message):
    with pytest.raises(error, match=f"{method.__name__}: {message}"):
        method(f, x0, 1.0)
