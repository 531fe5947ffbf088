import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from mathml_jax.special import incomplete_gamma as room
from mathml_jax.special.incomplete_gamma import gammainc, gammaincc, log_gammainc, log_gammaincc
from tests.special import arb_gamma as arb
from tests.ulps import each

INF, NAN = np.inf, np.nan
FUNCTIONS = (gammainc, gammaincc, log_gammainc, log_gammaincc)
RANGES = ((-3, 2, 6), (2, 5, 6), (5, 8, 4))


def everything(a, x):
    """The functions, their hand-written derivatives, and P's in reverse mode, in one compilation."""
    hand = [getattr(room, f"{f.__name__}_derivative")(a, x) for f in FUNCTIONS]
    reverse = jax.grad(lambda a, x: jnp.sum(gammainc(a, x)), (0, 1))(a, x)
    return [f(a, x) for f in FUNCTIONS], hand, reverse


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_to_a_few_ulps_against_arb(dtype):
    a, x = map(np.concatenate, zip(*(arb.points(dtype, low, high, 60, w) for low, high, w in RANGES), strict=True))
    values, hand, reverse = jax.tree.map(np.asarray, jax.jit(everything)(a, x))
    p, q, density = (each(f, a, x) for f in (arb.below, arb.above, arb.density))
    logs = each(arb.log_below, a, x), each(arb.log_above, a, x)
    for got, true in zip(values, (p, q, *logs), strict=True):
        assert got.dtype == dtype
        assert np.median(arb.ulps(got, true)) <= 1.5
        assert arb.ulps(got, true).max() <= 64
    for got, true in zip(hand, (density, -density, density / p, -density / q), strict=True):
        assert arb.ulps(got, true).max() <= 64
    assert arb.ulps(reverse[0], each(arb.slope_in_shape, a, x)).max() <= 64
    assert arb.ulps(reverse[1], density).max() <= 8


def test_the_transition_at_huge_shapes():
    """P(a, a) = 1/2 + 1 / (3 sqrt(2 pi a)) + O(a^-1.5)."""
    a = 10.0 ** np.arange(6, 16)
    np.testing.assert_allclose(gammainc(a, a), 0.5 + 1 / (3 * np.sqrt(2 * np.pi * a)), rtol=1e-9)
    np.testing.assert_allclose(gammainc(a, a) + gammaincc(a, a), 1, rtol=4e-16)


@pytest.mark.parametrize(
    ("f", "reference", "a", "x"),
    [
        (log_gammaincc, arb.log_above, [0.5, 3, 1e4, 1e5, 1e-3], [1000, 1e5, 2e4, 3e5, 4000]),
        (log_gammainc, arb.log_below, [2, 100, 1e4, 3000, 600], [1e-200, 1e-5, 5e3, 1000, 1]),
    ],
)
def test_logarithms_where_the_tails_underflow(f, reference, a, x):
    a, x = np.array(a, float), np.array(x, float)
    true = each(reference, a, x)
    assert np.all(np.vectorize(float)(true) < -700)
    assert arb.ulps(np.asarray(f(a, x)), true).max() <= 4


def test_edges():
    a = np.array([0, 0, 1, 0.5, 2, 1, 0, INF, INF, -1, 1, NAN])
    x = np.array([1, 0, 0, 0, 0, INF, INF, 1, INF, 1, -1, 1])
    p, q = scipy.special.gammainc(a, x), scipy.special.gammaincc(a, x)
    with np.errstate(divide="ignore"):
        expected = p, q, np.log(p), np.log(q)
    for f, value in zip(FUNCTIONS, expected, strict=True):
        np.testing.assert_array_equal(f(a, x), value)


def test_gradients_at_the_edges():
    a, x = np.array([1.0, 2, 0.5, 3, 0, 0]), np.array([0.0, 0, 0, INF, 0.3, 5])
    e1 = scipy.special.exp1(x[4:])
    slopes = [jax.grad(gammainc), *(jax.grad(f, 1) for f in (gammainc, log_gammainc, log_gammaincc))]
    in_a, in_x, in_log_p, in_log_q = jax.jit(jax.vmap(lambda *z: [slope(*z) for slope in slopes]))(a, x)
    np.testing.assert_allclose(in_a, [0, 0, 0, 0, *-e1], rtol=1e-14)
    np.testing.assert_array_equal(in_x, [1, 0, INF, 0, 0, 0])
    np.testing.assert_array_equal(in_log_p, [INF, INF, INF, 0, 0, 0])
    hazards = np.exp(-x[4:]) / x[4:] / e1
    np.testing.assert_allclose(in_log_q, [-1, 0, -INF, -1, *-hazards], rtol=1e-14)


def test_second_derivatives():
    a, x = np.array([0.3, 1, 2.5, 20, 20, 300]), np.array([0.2, 1, 4, 17, 25, 310])
    in_x = jax.grad(gammainc, 1)
    curves = jax.jacfwd(jax.jacfwd(gammainc)), jax.grad(in_x, 0), jax.grad(in_x, 1)
    aa, ax, xx = jax.jit(jax.vmap(lambda a, x: [curve(a, x) for curve in curves]))(a, x)
    density = np.vectorize(float)(each(arb.density, a, x))
    assert np.all(arb.ulps(np.asarray(aa), each(arb.curve_in_shape, a, x)) <= 2**12)
    np.testing.assert_allclose(xx, density * ((a - 1) / x - 1), rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(ax, density * (np.log(x) - scipy.special.digamma(a)), rtol=1e-12, atol=1e-16)


def test_forward_mode_and_broadcasting():
    a, x = jnp.array([[0.7], [30.0]]), jnp.array([0.5, 25.0, 40.0])
    assert gammainc(a, x).shape == (2, 3)
    modes = [mode(log_gammaincc) for mode in (jax.jacfwd, jax.jacrev)]
    forward, reverse = jax.jit(lambda a, x: [mode(a, x) for mode in modes])(2.5, 3.5)
    np.testing.assert_allclose(forward, reverse, rtol=1e-15)


@pytest.mark.parametrize("f", FUNCTIONS)
def test_dtypes(f):
    assert jax.eval_shape(f, jnp.asarray(2.5, jnp.float16), jnp.asarray(1.5, jnp.float16)).dtype == jnp.float16
    assert jax.eval_shape(f, 2, 1).dtype == jnp.float64
    assert jax.eval_shape(f, jnp.zeros((0, 3)), 1.0).shape == (0, 3)
    assert "f64[3]" not in str(jax.make_jaxpr(f)(np.ones(3, np.float32), np.ones(3, np.float32)))
