"""log_base and logsumexp against Arb, and at their edges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from mathml_jax.fundamentals import (
    log_base,
    log_base_base_derivative,
    log_base_derivative,
    logsumexp,
    logsumexp_gradient,
)
from tests.ulps import balls, each, error, ulps

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
INF, NAN = np.inf, np.nan


@DTYPES
def test_log_base_is_arbs(dtype):
    draw = np.random.default_rng(0)
    x = np.concatenate([10 ** draw.uniform(-30, 30, 300), draw.uniform(0.7, 1.3, 100)]).astype(dtype)
    base = np.concatenate([draw.uniform(0.01, 20, 200), draw.uniform(1.01, 1.3, 100), np.full(100, 2.0)]).astype(dtype)
    assert ulps(log_base(x, base), each(lambda x, b: x.log() / b.log(), x, base)) <= 4
    assert ulps(log_base_derivative(x, base), each(lambda x, b: 1 / (x * b.log()), x, base)) <= 4
    assert ulps(log_base_base_derivative(x, base), each(lambda x, b: -x.log() / (b * b.log() ** 2), x, base)) <= 6


@pytest.mark.parametrize(
    ("x", "base", "value", "slope", "base_slope"),
    [
        (0.0, 2.0, -INF, INF, INF),
        (0.0, 0.5, INF, -INF, INF),
        (1.0, 7.0, 0, 1 / np.log(7), 0),
        (INF, 2.0, INF, 0, -INF),
        (-1.0, 2.0, NAN, NAN, NAN),
        (3.0, 1.0, NAN, NAN, NAN),
        (3.0, 0.0, NAN, NAN, NAN),
        (3.0, -2.0, NAN, NAN, NAN),
        (NAN, 2.0, NAN, NAN, NAN),
        (3.0, NAN, NAN, NAN, NAN),
    ],
)
def test_edges_of_log_base(x, base, value, slope, base_slope):
    auto = jax.grad(log_base, (0, 1))(x, base)
    np.testing.assert_array_equal(log_base(x, base), value)
    np.testing.assert_array_equal([auto[0], log_base_derivative(x, base)], [slope, slope])
    np.testing.assert_array_equal(
        np.abs([auto[1], log_base_base_derivative(x, base)]), np.abs([base_slope, base_slope])
    )


def test_laws_of_logarithms():
    x, y, a, b = np.random.default_rng(1).uniform(1.5, 9, (4, 50))
    for left, right in [
        (log_base(x * y, b), log_base(x, b) + log_base(y, b)),
        (log_base(x**y, b), y * log_base(x, b)),
        (log_base(x, b), log_base(x, a) / log_base(b, a)),
        (b ** np.asarray(log_base(x, b)), x),
    ]:
        np.testing.assert_allclose(left, right, rtol=1e-14)


@DTYPES
@pytest.mark.parametrize("n", [1, 2, 300])
@pytest.mark.parametrize(("reach", "offset"), [(1, 0.0), (80, 0.3), (10, 1000.0), (10, -1000.0)])
def test_logsumexp_is_arbs(dtype, n, reach, offset):
    a = (np.random.default_rng(n).uniform(-reach, reach, (3, n)) + offset).astype(dtype)
    weights = np.vectorize(lambda v: v.exp(), otypes=[object])(balls(a))
    total = weights.sum(-1, keepdims=True)
    bound = 4 * np.finfo(dtype).eps
    true = np.vectorize(lambda v: v.log(), otypes=[object])(total)[..., 0]
    assert error(logsumexp(a, axis=-1), true).max() <= bound * (np.abs(a).max() + np.log(n))
    assert error(logsumexp_gradient(a, axis=-1), weights / total).max() <= bound


@DTYPES
def test_a_sum_barely_above_its_largest_term_keeps_its_digits(dtype):
    a = np.array([0.0, -40.0, -41.0], dtype)
    true = sum(np.vectorize(lambda v: v.exp(), otypes=[object])(balls(a[1:]))).log1p()
    assert ulps(np.atleast_1d(logsumexp(a)), np.array([true])) <= 4


@pytest.mark.parametrize(
    ("a", "value", "gradient"),
    [
        ([-INF, -INF], -INF, [0, 0]),
        ([], -INF, []),
        ([-INF, 0.0], 0, [0, 1]),
        ([0.0, 0.0], np.log(2), [0.5, 0.5]),
        ([1e308, -1e308], 1e308, [1, 0]),
        ([-1.7e308, -1.7e308], -1.7e308, [0.5, 0.5]),
        ([NAN, 0.0], NAN, [NAN, NAN]),
    ],
)
def test_edges_of_logsumexp(a, value, gradient):
    a = jnp.array(a, float)
    np.testing.assert_array_equal(logsumexp(a), value)
    for found in (jax.grad(logsumexp)(a), logsumexp_gradient(a)):
        np.testing.assert_array_equal(found, np.array(gradient, float))


def test_infinity_prevails():
    assert logsumexp(jnp.array([INF, 0.0, -INF])) == INF
    assert np.isnan(logsumexp_gradient(jnp.array([INF, 0.0]))[0])


@pytest.mark.parametrize(("axis", "keepdims"), [(None, True), (0, False), (-1, True), ((0, 2), False)])
def test_axes_are_scipys(axis, keepdims):
    a = np.random.default_rng(2).normal(size=(2, 3, 4))
    expected = scipy.special.logsumexp(a, axis=axis, keepdims=keepdims)
    got = logsumexp(a, axis=axis, keepdims=keepdims)
    np.testing.assert_allclose(got, expected, rtol=1e-15, atol=1e-15)
    assert got.shape == np.shape(expected)
    gradient = jax.grad(lambda a: logsumexp(a, axis=axis).sum())(a)
    np.testing.assert_allclose(logsumexp_gradient(a, axis=axis), gradient, rtol=1e-14)


def test_second_derivatives_hold_at_ties():
    p = np.full(3, 1 / 3)
    np.testing.assert_allclose(jax.hessian(logsumexp)(jnp.ones(3)), np.diag(p) - np.outer(p, p), atol=1e-15)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_half_precision_is_kept(dtype):
    a = jnp.full(3000, 2.0, dtype)
    assert logsumexp(a).dtype == logsumexp_gradient(a).dtype == log_base(a, a + 1).dtype == dtype
    assert logsumexp(a) == jnp.asarray(2 + np.log(3000), dtype)
    assert logsumexp(3).dtype == log_base(8, 2).dtype == jnp.float64
