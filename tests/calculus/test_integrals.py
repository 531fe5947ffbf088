import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.integrate

from mathml_jax.calculus.integrals import (
    cumulative_trapezoid,
    cumulative_trapezoid_jacobian,
    simpson,
    simpson_gradient,
    trapezoid,
    trapezoid_gradient,
)

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
    ],
)
@pytest.mark.parametrize("rule", [trapezoid, cumulative_trapezoid, simpson])
def test_agrees_with_scipy(rule, shape, points, options):
    draw = np.random.default_rng(0)
    y, x = draw.normal(size=shape), None
    if points is not None:
        x = np.cumsum(draw.uniform(size=points), axis=options.get("axis", -1) if len(points) > 1 else 0)
    got = rule(y, x, **options)
    want = getattr(scipy.integrate, rule.__name__)(y, x=x, **options)
    np.testing.assert_allclose(got, want, rtol=64 * EPS, atol=64 * EPS)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 50, 51])
@pytest.mark.parametrize("given", [True, False])
def test_simpson_for_even_and_odd_numbers(n, given):
    draw = np.random.default_rng(n)
    y, x = draw.normal(size=(2, n)), np.cumsum(draw.uniform(0.5, 1.5, size=n)) if given else None
    got, want = simpson(y, x, 0.3), scipy.integrate.simpson(y, x=x, dx=0.3)
    size = scipy.integrate.simpson(np.abs(y), x=x, dx=0.3).max(initial=EPS)
    np.testing.assert_allclose(got, want, atol=16 * EPS * size, rtol=0)


@pytest.mark.parametrize("n", [3, 4, 7, 8])
def test_simpson_is_exact_for_parabolas_and_cubics(n):
    x = np.cumsum(np.random.default_rng(0).uniform(0.5, 1.5, size=n))
    np.testing.assert_allclose(simpson(x**2, x), (x[-1] ** 3 - x[0] ** 3) / 3, rtol=16 * EPS)
    if n % 2:
        x = np.linspace(1, 3, n)
        np.testing.assert_allclose(simpson(x**3, dx=x[1] - x[0]), 20.0, rtol=16 * EPS)


def test_simpson_has_fourth_order():
    errors = [simpson(np.exp(x), x) - (np.e - 1) for x in (np.linspace(0, 1, 17), np.linspace(0, 1, 33))]
    np.testing.assert_allclose(errors[0] / errors[1], 16, rtol=1e-2)


@pytest.mark.parametrize("x", [[0, 0, 1], [0, 1, 1], [0, 0, 0], [0, 1, 2, 2], [0, 1, 1, 2], [0, 1, 0], [0, 2, 1, 3]])
def test_simpson_joins_repeated_points_by_lines(x):
    x = np.array(x, float)
    np.testing.assert_allclose(simpson(3 * x + 1, x), 1.5 * (x[-1] ** 2 - x[0] ** 2) + x[-1] - x[0], atol=8 * EPS)
    assert np.isfinite(jax.grad(simpson, argnums=1)(3 * x + 1, x)).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 8])
@pytest.mark.parametrize("given", [True, False])
def test_simpsons_gradient_is_the_weights(n, given):
    x = np.cumsum(np.random.default_rng(0).uniform(0.5, 1.5, size=n)) if given else None
    y = np.random.default_rng(1).normal(size=n)
    hand = simpson_gradient(y, x, 0.5)
    np.testing.assert_allclose(hand, jax.grad(simpson)(y, x, 0.5), rtol=16 * EPS)
    np.testing.assert_allclose(hand.sum(), 0 if n < 2 else np.ptp(x) if given else (n - 1) / 2, rtol=16 * EPS)


@pytest.mark.parametrize("options", [{}, {"initial": 0}, {"axis": 0, "initial": 0, "dx": 0.5}])
def test_cumulative_trapezoid_ends_with_the_trapezoid(options):
    y = np.random.default_rng(0).normal(size=(4, 5))
    rest = {k: v for k, v in options.items() if k != "initial"}
    areas = cumulative_trapezoid(y, **options)
    assert areas.shape == scipy.integrate.cumulative_trapezoid(y, **options).shape
    np.testing.assert_allclose(areas, scipy.integrate.cumulative_trapezoid(y, **options), atol=8 * EPS)
    np.testing.assert_allclose(np.take(np.asarray(areas), -1, rest.get("axis", -1)), trapezoid(y, **rest), atol=8 * EPS)


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("initial", [None, 0])
def test_cumulative_trapezoids_jacobian(n, initial):
    draw = np.random.default_rng(0)
    y, x = draw.normal(size=n), np.cumsum(draw.uniform(size=n))
    hand = cumulative_trapezoid_jacobian(y, x, initial=initial)
    np.testing.assert_allclose(hand, jax.jacobian(cumulative_trapezoid)(y, x, initial=initial), atol=4 * EPS)


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


def test_an_empty_axis_has_no_area():
    for rule in (trapezoid, simpson):
        np.testing.assert_array_equal(rule(np.ones((0, 2)), axis=0), np.zeros(2))


def test_dtypes():
    assert trapezoid(np.ones(4001, np.float16)) == simpson(np.ones(4001, np.float16)) == 4000
    assert simpson(np.ones(4000, np.float16)).dtype == cumulative_trapezoid(np.ones(9, np.float16)).dtype == np.float16
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


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simpson(np.ones(3), np.ones(4)), r"simpson: expected x of shape \(3,\) or that of y, got \(4,\)"),
        (lambda: simpson(1.0), r"simpson: expected y with at least 1 axis, got shape \(\)"),
        (lambda: cumulative_trapezoid(np.ones(0)), r"expected at least one point along axis, got shape \(0,\)"),
        (lambda: cumulative_trapezoid(np.ones(3), initial=1), r"expected initial to be one of None, 0, got 1"),
    ],
)
def test_bad_input_of_the_others(call, message):
    with pytest.raises(ValueError, match=message):
        call()
