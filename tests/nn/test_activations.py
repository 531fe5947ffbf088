"""Activations against Arb, at their edges, and their second derivatives at ties."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax import nn
from tests.ulps import balls, each, ulps

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
INF, NAN = np.inf, np.nan


def scores(dtype, reach):
    draw = np.random.default_rng(0)
    return np.concatenate([draw.uniform(-reach, reach, 300), 10 ** draw.uniform(-20, 0, 50), [0.0, 1.0]]).astype(dtype)


def logistic(x):
    return 1 / (1 + (-x).exp())


@DTYPES
def test_sigmoid_is_arbs(dtype):
    x = scores(dtype, 80 if dtype == np.float32 else 700)
    assert ulps(nn.sigmoid(x), each(logistic, x)) <= 4
    slope = each(lambda v: logistic(v) * logistic(-v), x)
    assert ulps(nn.sigmoid_derivative(x), slope) <= 4
    assert ulps(jax.vmap(jax.grad(nn.sigmoid))(x), slope) <= 4


def exact_softmax(x):
    """Probabilities and their logarithms; the row's own total is exact."""
    weights = np.vectorize(lambda v: v.exp(), otypes=[object])(balls(x))
    p = weights / weights.sum(axis=-1, keepdims=True)
    return p, np.vectorize(lambda v: v.log(), otypes=[object])(p)


@DTYPES
@pytest.mark.parametrize(("n", "reach"), [(2, 1), (5, 10), (33, 35), (300, 10), (300, 3)])
@pytest.mark.parametrize("offset", [0.0, 0.3, -700.0])
def test_softmax_and_its_logarithm_are_arbs(dtype, n, reach, offset):
    x = (np.random.default_rng(n).uniform(-reach, reach, (2, n)) + offset).astype(dtype)
    p, log_p = exact_softmax(x)
    assert ulps(nn.softmax(x), p) <= 8
    assert ulps(nn.log_softmax(x), log_p) <= 64  # The digits of a tiny logarithm: |x - max| eps.
    size = np.maximum(1, np.abs(x).max())
    error = np.abs((np.asarray(nn.log_softmax(x), np.longdouble) - np.vectorize(float)(log_p)).astype(float))
    assert np.all(error <= 4 * np.finfo(dtype).eps * size)


@DTYPES
def test_a_probability_near_one_keeps_the_digits_of_its_logarithm(dtype):
    x = np.array([30.0, 0.0, -1.0], dtype)
    assert ulps(nn.log_softmax(x), exact_softmax(x)[1]) <= 4


@DTYPES
def test_rounding_of_the_distance_is_put_back(dtype):
    """Scores of unlike sizes, whose difference is far from a number of the dtype."""
    x = np.array([[50.0 + 1 / 3, 1e-3, 20.1], [-1 / 3, -70.7, -1e-5]], dtype)
    assert ulps(nn.softmax(x), exact_softmax(x)[0]) <= 4


def test_softmax_ignores_a_common_shift_and_follows_the_order():
    x = jax.random.normal(jax.random.key(0), (4, 6))
    np.testing.assert_allclose(nn.softmax(x).sum(-1), 1, rtol=4e-16)
    np.testing.assert_array_equal(nn.softmax(jnp.round(x)), nn.softmax(jnp.round(x) + 1024))
    np.testing.assert_allclose(nn.softmax(x[:, ::-1])[:, ::-1], nn.softmax(x), rtol=4e-16)


@pytest.mark.parametrize(
    ("x", "p", "log_p"),
    [
        ([1000.0, -1000.0], [1, 0], [0, -2000]),
        ([-INF, 0.0, 0.0], [0, 0.5, 0.5], [-INF, -np.log(2), -np.log(2)]),
        ([-INF, -INF], [0, 0], [-INF, -INF]),
        ([5.0], [1], [0]),
        ([], [], []),
        ([NAN, 0.0], [NAN, NAN], [NAN, NAN]),
        ([INF, 0.0], [NAN, NAN], [NAN, NAN]),
        ([-1.7e308, 1.7e308], [0, 1], [-INF, 0]),
    ],
)
def test_edges_of_softmax(x, p, log_p):
    x, p = jnp.array(x, float), np.array(p, float)
    np.testing.assert_array_equal(nn.softmax(x), p)
    np.testing.assert_array_equal(nn.log_softmax(x), np.array(log_p, float))
    for jacobian in (jax.jacrev(nn.softmax), nn.softmax_jacobian):
        np.testing.assert_array_equal(jacobian(x), np.diag(p) - np.outer(p, p))
    for jacobian in (jax.jacrev(nn.log_softmax), nn.log_softmax_jacobian):
        np.testing.assert_array_equal(jacobian(x), np.eye(len(p)) - p)


@pytest.mark.parametrize("x", [[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.3, -1.0, 2.0]])
def test_second_derivatives_hold_at_ties(x):
    x = jnp.array(x)
    p = nn.softmax(x)
    hessian = jax.hessian(lambda x: nn.log_softmax(x)[0])(x)
    np.testing.assert_allclose(hessian, jnp.outer(p, p) - jnp.diag(p), atol=1e-15)


@pytest.mark.parametrize(
    ("function", "x", "value", "slope"),
    [
        ("sigmoid", 0.0, 0.5, 0.25),
        ("sigmoid", -0.0, 0.5, 0.25),
        ("sigmoid", INF, 1, 0),
        ("sigmoid", -INF, 0, 0),
        ("sigmoid", 1000.0, 1, 0),
        ("sigmoid", -1000.0, 0, 0),
        ("sigmoid", NAN, NAN, NAN),
        ("relu", 0.0, 0, 0),
        ("relu", -0.0, 0, 0),
        ("relu", 1e-300, 1e-300, 1),
        ("relu", INF, INF, 1),
        ("relu", -INF, 0, 0),
    ],
)
def test_edges_of_elementwise_functions(function, x, value, slope):
    f, derivative = getattr(nn, function), getattr(nn, f"{function}_derivative")
    np.testing.assert_array_equal([f(x), jax.grad(f)(x), derivative(x)], [value, slope, slope])


def test_relu_hands_nan_on():
    assert np.isnan(nn.relu(NAN))
    assert np.isnan(nn.relu_derivative(NAN))


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
@pytest.mark.parametrize("function", [nn.softmax, nn.log_softmax, nn.sigmoid, nn.relu])
def test_half_precision_is_kept(function, dtype):
    x = np.linspace(-3, 3, 7).astype(dtype)
    got = function(x)
    assert got.dtype == dtype
    expected = function(x.astype(np.float64))
    np.testing.assert_allclose(got.astype(np.float64), expected, rtol=2 * float(jnp.finfo(dtype).eps))


def test_integers_and_scalars_are_welcome():
    assert nn.sigmoid(0).dtype == nn.relu(np.arange(3)).dtype == nn.softmax(np.arange(3)).dtype == jnp.float64


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.softmax(1.0), "softmax: expected x with at least 1 axis, got shape ()"),
        (lambda: nn.log_softmax(1.0), "log_softmax: expected x with at least 1 axis, got shape ()"),
        (lambda: nn.softmax_jacobian(np.ones((2, 2))), "softmax_jacobian: expected x with 1 axis, got shape (2, 2)"),
        (
            lambda: nn.log_softmax_jacobian(np.ones((2, 2))),
            "log_softmax_jacobian: expected x with 1 axis, got shape (2, 2)",
        ),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(call, message):
    with pytest.raises(ValueError, match="expected") as error:
        call()
    assert error.value.args == (message,)
