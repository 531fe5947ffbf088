import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.integrate

from mathml_jax.calculus import trapezoid, trapezoid_gradient

EPS = 2.0**-52


@pytest.mark.parametrize(
    ("shape", "points", "options"),
    [
        ((7,), None, {}),
        ((7,), None, {"dx": 0.25}),
        ((7,), (7,), {}),
        ((3, 7), (7,), {}),
        ((3, 7), (3, 7), {}),
        ((7, 3), (7,), {"axis": 0}),
        ((2, 7, 3), (2, 7, 3), {"axis": 1}),
        ((2, 7, 3), None, {"axis": -2, "dx": 2.0}),
        ((1,), None, {}),
        ((0, 2), None, {"axis": 0}),
    ],
)
def test_agrees_with_scipy(shape, points, options):
    draw = np.random.default_rng(0)
    y, x = draw.normal(size=shape), None if points is None else draw.normal(size=points)
    got = trapezoid(y, x, **options)
    np.testing.assert_allclose(got, scipy.integrate.trapezoid(y, x, **options), rtol=16 * EPS, atol=16 * EPS)


def test_exact_for_lines_second_order_for_curves_spectral_for_periods():
    x = np.array([0.0, 0.3, 1.1, 2.0])
    np.testing.assert_allclose(trapezoid(3 * x + 1, x), 8.0, rtol=4 * EPS)
    errors = []
    for n in (64, 128):
        x = np.linspace(0, 1, n + 1)
        errors.append(trapezoid(np.exp(x), x) - (np.e - 1))
    np.testing.assert_allclose(errors[0] / errors[1], 4, rtol=1e-3)
    x = np.linspace(0, 2 * np.pi, 33)
    np.testing.assert_allclose(trapezoid(np.exp(np.cos(x)), x), 2 * np.pi * np.i0(1), rtol=8 * EPS)


@pytest.mark.parametrize("n", [0, 1, 2, 5])
@pytest.mark.parametrize("given", [True, False])
def test_gradient_is_the_weights(n, given):
    x = np.cumsum(np.random.default_rng(0).uniform(size=n)) if given else None
    y = np.random.default_rng(1).normal(size=n)
    hand = trapezoid_gradient(y, x, 0.5)
    np.testing.assert_allclose(hand, jax.grad(trapezoid)(y, x, 0.5), rtol=4 * EPS)
    np.testing.assert_allclose(hand @ y, trapezoid(y, x, 0.5), rtol=8 * EPS, atol=8 * EPS)


def test_dtypes():
    assert trapezoid(np.ones(4001, np.float16)) == 4000
    assert trapezoid(np.arange(3)).dtype == jnp.float64
    with jax.enable_x64(False):
        assert jax.eval_shape(trapezoid, np.arange(3)).dtype == jnp.float32


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("y", "x", "axis", "message"),
    [
        ((), None, -1, r"trapezoid: expected y with at least 1 axis, got shape \(\)"),
        ((3,), (4,), -1, r"trapezoid: expected x of shape \(3,\) or that of y, got \(4,\)"),
        ((3,), None, 1, r"trapezoid: expected axis of a y with shape \(3,\), got 1"),
    ],
)
def test_bad_input(y, x, axis, message):
    with pytest.raises(ValueError, match=message):
        trapezoid(np.ones(y), None if x is None else np.ones(x), axis=axis)
