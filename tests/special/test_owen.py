"""Owen's T function: SciPy and mpmath are the oracles."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
import scipy.special

from mathml_jax.special.owen import owens_t, owens_t_derivative, owens_t_slope_derivative

EPS = 2.0**-52
INF = np.inf
H, A = np.meshgrid([0.0, 1e-8, 0.1, 0.9, 2.0, 6.0, -1.5], [0.0, 1e-6, 0.3, 1.0, 1.0 + 1e-9, 4.0, 1e3, 1e9, -2.0])


def test_agrees_with_scipy():
    np.testing.assert_allclose(owens_t(H, A), scipy.special.owens_t(H, A), rtol=1e-11)


@pytest.mark.parametrize(("h", "a"), [(0.5, 0.999), (0.5, 1.001), (30.0, 0.02), (37.0, 5.0), (0.01, 99.0), (3e-7, 3e6)])
def test_right_against_mpmath(h, a):
    with mp.workdps(40):
        h_, a_ = mp.mpf(h), mp.mpf(a)
        end = min(a_, 15 / h_)
        decades = (min(end, mp.mpf(10) ** k) for k in range(-3, 9))
        points = sorted({mp.mpf(0), *decades, *(end * k / 8 for k in range(9))})
        # Of size 1, as mpmath's tolerance is absolute.
        area = mp.quad(lambda t: mp.exp(-h_ * h_ * t * t / 2) / (1 + t * t), points)
        exact = mp.exp(-h_ * h_ / 2) * area / (2 * mp.pi)
    for dtype, limit in ((np.float64, 16 * EPS), (np.float32, None)):
        if limit or exact > 1e-37:
            got = owens_t(dtype(h), dtype(a))
            assert got.dtype == dtype
            assert abs(float(got) / exact - 1) < (limit or 2e-5)


def test_edges():
    values = owens_t(np.array([INF, -INF, 0.0, 1.0, 1.0, 0.0, np.nan]), np.array([1.0, 0.0, INF, INF, -INF, 0.0, 1.0]))
    tail = scipy.special.ndtr(-1.0) / 2
    np.testing.assert_allclose(values, [0.0, 0.0, 0.25, tail, -tail, 0.0, np.nan], rtol=8 * EPS)
    assert owens_t(np.float16(0.5), np.float16(2)).dtype == jnp.float16
    assert owens_t(1, 1).dtype == jnp.float64


def test_derivatives():
    h, a = np.array([0.0, 0.0, 0.7, -3.0, 12.0, INF]), np.array([0.0, INF, 0.4, 1.7, -2.0, 1.0])
    slopes = jax.vmap(jax.grad(owens_t, (0, 1)))(h, a)
    hand = owens_t_derivative(h, a), owens_t_slope_derivative(h, a)
    np.testing.assert_allclose(slopes, hand, rtol=8 * EPS)
    assert np.all(np.isfinite(slopes))
    step, (h, a) = 1e-4, (h[2:4], a[2:4])
    in_h = (owens_t(h + step, a) - owens_t(h - step, a)) / (2 * step)
    in_a = (owens_t(h, a + step) - owens_t(h, a - step)) / (2 * step)
    np.testing.assert_allclose((in_h, in_a), (hand[0][2:4], hand[1][2:4]), rtol=1e-6)
    second = jax.hessian(owens_t, (0, 1))(0.7, 1.3)
    np.testing.assert_allclose(second[0][1], jax.grad(owens_t_derivative, 1)(0.7, 1.3), rtol=1e-12)


def test_second_derivatives_commute_at_the_edges():
    h, a = (grid.ravel() for grid in jnp.meshgrid(jnp.array([0.0, 1.0, jnp.inf]), jnp.array([0.0, 2.0, jnp.inf])))
    bent = jax.vmap(jax.hessian(owens_t, (0, 1)))(h, a)
    np.testing.assert_allclose(bent[0][1], bent[1][0], rtol=0, atol=4 * EPS)
    inside = (h == 1) & (a == 0)
    np.testing.assert_allclose(bent[0][1][inside], -np.exp(-0.5) / (2 * np.pi), rtol=4 * EPS)


def test_nothing_in_float32_is_float64_inside():
    assert "f64[3]" not in str(jax.make_jaxpr(owens_t)(np.ones(3, np.float32), np.float32(2)))
