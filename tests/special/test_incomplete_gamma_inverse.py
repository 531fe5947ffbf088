import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from mathml_jax.special.incomplete_gamma_inverse import (
    gammainccinv,
    gammainccinv_derivative,
    gammaincinv,
    gammaincinv_derivative,
)
from tests.special import arb_gamma as arb
from tests.ulps import balls

INF, NAN = np.inf, np.nan
LOWER, UPPER = (gammaincinv, gammaincinv_derivative), (gammainccinv, gammainccinv_derivative)


def problems(dtype):
    """Shapes, and tails from the middle to as far as neither they nor the quantiles underflow."""
    draw = np.random.default_rng(0)
    a = 10 ** draw.uniform(-3, 5, 150)
    least = (-np.log10(np.finfo(dtype).tiny) - 8) * np.minimum(a, 1)
    far = 10 ** (-least * draw.uniform(size=150))
    return a.astype(dtype), np.where(draw.uniform(size=150) < 0.5, far, draw.uniform(1e-2, 0.99, 150)).astype(dtype)


def exact(a, size, x, lower):
    """The quantile and the density there, by Newton's iteration in log x from x."""
    if size > 0.5:
        size, lower = 1 - size, not lower
    tail, sign = (arb.below, 1) if lower else (arb.above, -1)
    for _ in range(3):
        t = tail(a, x)
        x = arb.arb((x * (sign * (size.log() - t.log()) * t / (x * arb.density(a, x))).exp()).mid())
    return x, arb.density(a, x)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("functions", "lower"), [(LOWER, True), (UPPER, False)])
def test_right_to_a_few_ulps_against_arb(dtype, functions, lower):
    a, size = problems(dtype)
    x, slope = map(np.asarray, jax.jit(lambda a, p: [f(a, p) for f in functions])(a, size))
    sound = (x > np.finfo(dtype).tiny) & (np.abs(slope) < np.finfo(dtype).max)
    assert np.mean(sound) > 0.85
    a, size, x, slope = a[sound], size[sound], x[sound], slope[sound]
    true = [exact(*sample, lower) for sample in zip(*map(balls, (a, size, x)), strict=True)]
    quantiles, densities = (np.array(part, object) for part in zip(*true, strict=True))
    assert np.median(arb.ulps(x, quantiles)) <= 1
    assert arb.ulps(x, quantiles).max() <= 64
    assert arb.ulps(np.abs(slope), 1 / densities).max() <= 64


def _slopes(f):
    return lambda a, p: jax.grad(lambda p: jnp.sum(f(a, p)))(p)


@pytest.mark.parametrize(
    ("f", "tail"), [(gammaincinv, scipy.special.gammainc), (gammainccinv, scipy.special.gammaincc)]
)
def test_round_trip(f, tail):
    a, p = (z.ravel() for z in np.meshgrid([0.05, 0.5, 1, 3, 40, 1e4], [1e-10, 1e-3, 0.2, 0.5, 0.8, 1 - 1e-10]))
    np.testing.assert_allclose(tail(a, f(a, p)), p, rtol=1e-12)


def test_the_farthest_tails():
    a, tails = np.array([3.0, 50.0, 1e4]), np.array([1e-300, 1e-200, 2.0**-53, 1 - 2.0**-53])[:, None]
    np.testing.assert_allclose(gammaincinv(a, tails), scipy.special.gammaincinv(a, tails), rtol=1e-12)
    np.testing.assert_allclose(gammainccinv(a, tails), scipy.special.gammainccinv(a, tails), rtol=1e-12)


def test_edges():
    a = np.array([2, 1, 0.5, 2, 0, 2, 2, -1, INF, 2])
    p = np.array([0, 0, 0, 1, 0.5, -0.1, 1.1, 0.5, 0.5, NAN])
    value = [0, 0, 0, INF, 0, NAN, NAN, NAN, NAN, NAN]
    np.testing.assert_array_equal(gammaincinv(a, p), value)
    np.testing.assert_array_equal(gammainccinv(a, 1 - p), value)
    np.testing.assert_array_equal(_slopes(gammaincinv)(a, p), [INF, 1, 0, INF, 0, NAN, NAN, NAN, NAN, NAN])


def test_derivatives_in_the_shape():
    a, p = np.array([0.2, 0.5, 1, 3, 30, 5000]), np.array([0.6, 1e-3, 0.3, 1 - 1e-9, 0.5, 0.01])
    x = np.asarray(gammaincinv(a, p))
    expected = [-float(arb.slope_in_shape(*z) / arb.density(*z)) for z in zip(*map(balls, (a, x)), strict=True)]
    modes = [jax.vmap(mode(gammaincinv)) for mode in (jax.jacfwd, jax.grad)]
    forward, reverse = jax.jit(lambda a, p: [mode(a, p) for mode in modes])(a, p)
    np.testing.assert_allclose(forward, expected, rtol=1e-13)
    np.testing.assert_allclose(reverse, forward, rtol=1e-14)


def test_second_derivatives():
    """x'' = -x'^2 ((a - 1) / x - 1), from x' = 1 / density."""
    a, p = 2.5, 0.05
    x, slope = gammaincinv(a, p), gammaincinv_derivative(a, p)
    np.testing.assert_allclose(jax.jit(jax.hessian(gammaincinv, 1))(a, p), -(slope**2) * ((a - 1) / x - 1), rtol=1e-12)


@pytest.mark.parametrize("f", [gammaincinv, gammainccinv])
def test_dtypes(f):
    assert jax.eval_shape(f, jnp.asarray(2.5, jnp.float16), jnp.asarray(0.25, jnp.float16)).dtype == jnp.float16
    assert jax.eval_shape(f, 2, 0).dtype == jnp.float64
    assert jax.eval_shape(f, jnp.zeros((0, 3)), 0.5).shape == (0, 3)
    assert "f64[3]" not in str(jax.make_jaxpr(f)(np.ones(3, np.float32), np.full(3, 0.5, np.float32)))
