import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from mathml_jax import special
from mathml_jax.special._mills import mills
from tests.special import arb

INF, NAN = np.inf, np.nan


def spread(dtype):
    """The centre, both tails as far as nothing underflows, and the neighbourhood of 0."""
    draw = np.random.default_rng(0)
    left = -37.0 if dtype == np.float64 else -12.0
    tiny = 10.0 ** draw.uniform(-8, 0, 40) * draw.choice([-1, 1], 40)
    return np.concatenate([draw.uniform(left, 9, 200), draw.normal(size=200), tiny])


def far(dtype):
    draw = np.random.default_rng(1)
    return np.concatenate([spread(dtype), -(10.0 ** draw.uniform(0, 8, 200)), draw.uniform(0, 12, 100)])


def probabilities(dtype):
    draw = np.random.default_rng(2)
    tails = 10.0 ** draw.uniform(-307 if dtype == np.float64 else -37, 0, 150), 1 - 10.0 ** draw.uniform(-6, 0, 80)
    centre = 0.5 + 10.0 ** draw.uniform(-6, -0.4, 80) * draw.choice([-1, 1], 80)
    return np.concatenate([draw.uniform(size=150), *tails, centre])


def answers(f, hand, x):
    """Value, hand-written derivative, derivative in reverse and in forward mode, in one compilation."""

    def forward(x):
        return jax.jvp(f, (x,), (jnp.ones_like(x),))[1]

    def reverse(x):
        return jax.grad(lambda x: jnp.sum(f(x)))(x)

    return [np.asarray(y) for y in jax.jit(lambda x: (f(x), hand(x), reverse(x), forward(x)))(jnp.asarray(x))]


@pytest.mark.parametrize(
    ("f", "hand", "value", "slope", "points"),
    [
        (special.ndtr, special.ndtr_derivative, arb.below, arb.density, spread),
        (special.log_ndtr, special.log_ndtr_derivative, arb.log_below, arb.log_slope, far),
        (special.ndtri, special.ndtri_derivative, arb.quantile, arb.quantile_slope, probabilities),
    ],
)
def test_right_to_a_few_ulps_against_arb(f, hand, value, slope, points):
    x = points(np.float64)
    for got, reference, worst in zip(answers(f, hand, x), (value, slope, slope, slope), (8, 8, 16, 16), strict=True):
        assert arb.ulps(got, reference, x).max() <= worst
    x = points(np.float32).astype(np.float32)
    for got, reference, most in zip(answers(f, hand, x), (value, slope, slope, slope), (4, 4, 16, 16), strict=True):
        assert got.dtype == np.float32
        assert np.quantile(arb.ulps(got, reference, x), 0.99) <= most


def test_second_derivatives_do_not_cancel():
    x = far(np.float64)[::4]
    got = jax.jit(jax.vmap(jax.hessian(special.log_ndtr)))(x)
    assert arb.ulps(np.asarray(got), lambda x: -arb.log_slope(x) * (x + arb.log_slope(x)), x).max() <= 128
    p = 10.0 ** np.linspace(-140, -1, 40)
    got = jax.jit(jax.vmap(jax.hessian(special.ndtri)))(p)
    assert arb.ulps(np.asarray(got), lambda p: arb.quantile(p) * arb.quantile_slope(p) ** 2, p).max() <= 1024


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("f", "hand", "x", "value", "slope"),
    [
        (
            special.ndtr,
            special.ndtr_derivative,
            [-INF, INF, -1e30, NAN, 0],
            [0, 1, 0, NAN, 0.5],
            [0, 0, 0, NAN, (2 * np.pi) ** -0.5],
        ),
        (
            special.log_ndtr,
            special.log_ndtr_derivative,
            [-INF, INF, 50, NAN, -1e10],
            [-INF, 0, 0, NAN, -5e19],
            [INF, 0, 0, NAN, 1e10],
        ),
        (
            special.ndtri,
            special.ndtri_derivative,
            [0, 1, -0.1, 1.1, NAN],
            [-INF, INF, NAN, NAN, NAN],
            [INF, INF, NAN, NAN, NAN],
        ),
    ],
)
def test_edges(dtype, f, hand, x, value, slope):
    for got, expected in zip(answers(f, hand, np.array(x, dtype)), (value, slope, slope, slope), strict=True):
        np.testing.assert_allclose(got, np.array(expected, dtype), rtol=16 * np.finfo(dtype).eps)


@pytest.mark.parametrize("p", [np.array([5e-324, 1e-310, 2e-308]), np.array([1e-45, 1e-40], np.float32)])
def test_subnormal_probabilities_have_quantiles(p):
    np.testing.assert_allclose(special.ndtri(p), scipy.special.ndtri(p), rtol=8 * np.finfo(p.dtype).eps)
    _, hand, reverse, forward = answers(special.ndtri, special.ndtri_derivative, p)
    assert np.all([hand == INF, reverse == INF, forward == INF])


def test_tails_mirror_each_other():
    p = np.arange(1, 64) / 64
    np.testing.assert_array_equal(special.ndtri(p), -special.ndtri(1 - p))
    x = np.linspace(-8, 8, 65)
    np.testing.assert_allclose(special.ndtr(x) + special.ndtr(-x), 1, rtol=2**-52)


def test_mills_ratio_obeys_its_differential_equation():
    x = jnp.linspace(0, 8, 33)
    np.testing.assert_allclose(jax.vmap(jax.grad(mills))(x), x * mills(x) - 1, atol=64 * 2**-52)


@pytest.mark.parametrize("f", [special.ndtr, special.log_ndtr, special.ndtri])
def test_dtypes(f):
    half = f(jnp.asarray(0.25, jnp.float16))
    assert half.dtype == jnp.float16
    assert half == f(0.25).astype(jnp.float16)
    assert f(jnp.asarray(0.25, jnp.bfloat16)).dtype == jnp.bfloat16
    assert f(1).dtype == jnp.float64
    assert f(jnp.zeros((0, 3))).shape == (0, 3)
    assert "f64[3]" not in str(jax.make_jaxpr(f)(np.zeros(3, np.float32)))
    with jax.enable_x64(False):
        np.testing.assert_allclose(f(0.25), f(np.float32(0.25)), rtol=1e-6)
