"""What all minimisers share: derivatives by the implicit function theorem, flags, frozen lanes, trees, bad input."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.optimize import _minimum
from mathml_jax.optimize.newton_method import newton
from mathml_jax.optimize.quasi_newton import MESSAGES, OptimizeStatus, bfgs, lbfgs
from mathml_jax.optimize.trust_region import trust_exact

METHODS = [bfgs, partial(lbfgs, ftol=0.0), newton, trust_exact]
each = pytest.mark.parametrize("method", METHODS, ids=["bfgs", "lbfgs", "newton", "trust_exact"])

A = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])
B = np.array([1.0, -2.0, 0.5])


def ridge(x, b, penalty):
    return jnp.sum((A @ x - b) ** 2) / 2 + penalty * jnp.sum(x**2) / 2


def solution(b, penalty):
    """x = (A'A + penalty)⁻¹ A'b, its derivatives in b and in the penalty, and the second one in the penalty."""
    inverse = np.linalg.inv(A.T @ A + penalty * np.eye(2))
    x = inverse @ A.T @ b
    return x, inverse @ A.T, -inverse @ x, 2 * inverse @ inverse @ x


@pytest.mark.parametrize("method", METHODS[2:3])
def test_derivatives_are_those_of_ridge_regression(method):
    def found(b, penalty):
        return method(ridge, jnp.zeros(2), (b, penalty), gtol=1e-11)

    @jax.jit
    @partial(jax.vmap, in_axes=(None, 0))
    def everything(b, penalty):
        reverse = jax.jacrev(lambda b, penalty: found(b, penalty).x, argnums=(0, 1))
        forward = jax.jacfwd(lambda p: (found(b, p).fun, reverse(b, p)[1]))
        return found(b, penalty).x, *reverse(b, penalty), *forward(penalty)

    penalties = np.array([0.1, 2.0])
    x, in_b, in_penalty, envelope, second = everything(B, jnp.array(penalties))
    for k, penalty in enumerate(penalties):
        expected = solution(B, penalty)
        for got, known in zip((x, in_b, in_penalty, second), expected, strict=True):
            np.testing.assert_allclose(got[k], known, atol=1e-9)
        # Of the minimum itself only the explicit dependence counts.
        np.testing.assert_allclose(envelope[k], np.sum(expected[0] ** 2) / 2, atol=1e-9)


def test_closures_and_differences():
    """What f closes over is differentiated too; the start plays no part."""

    def least(a, x0):
        return lbfgs(lambda x: jnp.sum(jnp.cosh(x) - a * x) + x[0] * x[1] / 5, x0, ftol=0.0, gtol=1e-12).x.sum()

    a, h = jnp.array([0.5, -1.0]), 1e-5
    value = jax.jit(least)
    slope, start = jax.jit(jax.grad(least, argnums=(0, 1)))(a, jnp.zeros(2))
    differences = [(value(a + h * e, jnp.ones(2)) - value(a - h * e, jnp.ones(2))) / (2 * h) for e in np.eye(2)]
    np.testing.assert_allclose(slope, differences, rtol=1e-8)
    assert not start.any()


def test_many_parameters_are_differentiated_by_conjugate_gradients(monkeypatch):
    monkeypatch.setattr(_minimum, "DENSE", 1)

    def x(penalty):
        return lbfgs(lambda x, p: ridge(x, B, p), jnp.zeros(2), (penalty,), ftol=0.0, gtol=1e-11).x

    expected = solution(B, 0.1)[2]
    np.testing.assert_allclose(jax.jacrev(x)(0.1), expected, rtol=1e-9)
    np.testing.assert_allclose(jax.jacfwd(x)(0.1), expected, rtol=1e-9)


def edge(x, a, kind):
    """Downhill to a wall at a, of infinity or of NaN; a bowl around 3; nowhere finite; without bound."""
    bowl = jnp.sum((x - 3) ** 2)
    wall = jnp.where(jnp.any(x < a), jnp.where(kind == 0, jnp.inf, jnp.nan), jnp.sum(x))
    return jnp.where(kind == 2, bowl, jnp.where(kind == 3, jnp.nan, jnp.where(kind == 4, -jnp.exp(x[0]), wall)))


@each
def test_flags_and_frozen_lanes(method):
    """Lanes of one vmap end each for its own reason, as if alone."""
    kinds = jnp.array([0, 1, 2, 3, 4, 2])
    starts = jnp.full((6, 2), 5.0).at[5].set(3.0)
    run = jax.jit(jax.vmap(lambda x, kind: method(edge, x, (1.0, kind), maxiter=300)))
    found = run(starts, kinds)
    assert np.delete(found.status, 4).tolist() == [3, 3, 0, 3, 0]
    assert found.status[4] in (2, 3), "a norm may overflow before the function does"
    assert (found.success == (found.status == 0)).all()
    assert np.isfinite(found.x).all()
    assert np.isfinite(np.delete(found.fun, 3)).all()
    np.testing.assert_allclose(found.x[:2], 1.0, atol=0.05)
    assert (found.x[:2] >= 1).all()
    np.testing.assert_allclose(found.x[2], 3.0, atol=1e-8)
    np.testing.assert_array_equal(found.x[3], starts[3])
    assert (found.nfev[5], found.nit[5], found.nfev[3]) == (1, 0, 1)
    assert OptimizeStatus(found.status[0].item()).name == "NOT_FINITE"
    assert "not finite" in MESSAGES[found.status[0]]


@each
def test_limits_and_rounding(method):
    """Too few steps, a tolerance below rounding, a logarithm that ends within a step, a start at the minimum."""

    def f(x, kind):
        return jnp.where(kind == 0, jnp.sum(jnp.cosh(x - 1)) + 1e3, jnp.sum(x - jnp.log(x)))

    def run(x, kind, gtol, maxiter):
        return method(f, x, (kind,), gtol=gtol, maxiter=maxiter)

    x, kinds = jnp.array([[3.0, 2.0]] * 3 + [[1.0, 1.0]]), jnp.array([0, 0, 1, 1])
    found = jax.jit(jax.vmap(run))(x, kinds, jnp.array([1e-9, -1, 1e-9, 0]), jnp.array([2, 200, 200, 9]))
    assert found.status.tolist() in ([1, 2, 0, 0], [1, 0, 0, 0])
    assert found.nit[0] == 2
    np.testing.assert_allclose(found.x[1:], 1.0, atol=1e-6)


@pytest.mark.parametrize("method", [METHODS[0], METHODS[3]])
def test_trees_and_types(method):
    def loss(p):
        return jnp.sum((p["w"].astype(float) - 2) ** 2) + (p["b"].astype(float) + 1) ** 4

    found = method(loss, {"w": jnp.zeros((1, 2), jnp.float32), "b": jnp.float32(1)})
    assert (found.x["w"].dtype, found.x["w"].shape, found.jac["b"].dtype) == (jnp.float32, (1, 2), jnp.float32)
    np.testing.assert_allclose(found.x["w"], 2.0, rtol=1e-5)
    np.testing.assert_allclose(found.x["b"], -1.0, atol=0.05)
    half = method(lambda x: jnp.sum((x - 1) ** 2), jnp.zeros(2, jnp.bfloat16))
    assert (half.x.dtype, half.fun.dtype, half.x.tolist()) == (jnp.bfloat16, jnp.bfloat16, [1.0, 1.0])


@pytest.mark.usefixtures("plain_types")
@each
def test_bad_input(method):
    name = getattr(method, "func", method).__name__
    with pytest.raises(TypeError, match=f"{name}: expected x0 of floating-point numbers, got int"):
        method(jnp.sum, jnp.arange(2))
    with pytest.raises(ValueError, match=rf"{name}: expected x0 with at least one number, got shapes \[\]"):
        method(lambda x: 0.0, {})
    with pytest.raises(ValueError, match=rf"{name}: expected f to return a scalar, got shape \(2,\)"):
        method(lambda x: x, jnp.ones(2))


@pytest.mark.usefixtures("plain_types")
def test_maxcor():
    with pytest.raises(ValueError, match="lbfgs: expected maxcor to be at least 1, got 0"):
        lbfgs(jnp.sum, jnp.ones(2), maxcor=0)


def test_defaults_of_jax():
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        for method in METHODS[1:3]:
            found = method(lambda x: jnp.sum((x - jnp.arange(2)) ** 2), np.ones(2))
            assert (found.x.dtype, found.x.tolist()) == (jnp.float32, [0.0, 1.0])
