"""Attention against mpmath and jax.nn, masks, and rows that may attend to nothing."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import scipy.special
from jax import random

from mathml_jax.nn import (
    attention_weights,
    attention_weights_vjp,
    scaled_dot_product_attention,
    scaled_dot_product_attention_vjp,
)

SHAPES = ((2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 2), (2, 3, 4, 2))


def draw(dtype=np.float64):
    keys = random.split(random.key(0), 4)
    return [np.asarray(random.normal(k, s)).astype(dtype) for k, s in zip(keys, SHAPES, strict=True)]


MASK = np.asarray(random.bernoulli(random.key(7), 0.7, (3, 4, 6))) | np.eye(4, 6, dtype=bool)
BIAS = np.asarray(random.normal(random.key(8), (2, 1, 4, 6)))
OPTIONS = [
    {},
    {"is_causal": True},
    {"mask": MASK},
    {"bias": BIAS},
    {"scale": 0.7},
    {"mask": MASK[0], "bias": BIAS, "is_causal": True, "scale": 2.0},
]


def by_mpmath(query, key, value):
    """Weights, results, and the sums of their absolute terms, those inside the exponentials included."""
    with mpmath.workdps(40):
        q, k, v = (mpmath.matrix(a.tolist()) for a in (query, key, value))
        root = mpmath.sqrt(q.cols)
        rows, columns = range(q.rows), range(k.rows)
        inner = [[[q[i, c] * k[j, c] / root for c in range(q.cols)] for j in columns] for i in rows]
        size = [[1 + 2 * mpmath.fsum(inner[i][j], absolute=True) for j in columns] for i in rows]
        e = [[mpmath.exp(mpmath.fsum(inner[i][j])) for j in columns] for i in rows]
        p = [[e[i][j] / mpmath.fsum(e[i]) for j in columns] for i in rows]
        o = [[mpmath.fsum(p[i][j] * v[j, c] for j in columns) for c in range(v.cols)] for i in rows]
        bound = [
            [mpmath.fsum(p[i][j] * size[i][j] * abs(v[j, c]) for j in columns) for c in range(v.cols)] for i in rows
        ]
        weight_bound = [[p[i][j] * max(size[i]) for j in columns] for i in rows]
        return tuple(np.array(m, float) for m in (p, o, weight_bound, bound))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("spread", [1, 10])
def test_values_are_mpmaths(dtype, spread):
    query, key, value, _ = (a[0, 0] for a in draw(dtype))
    query = query * dtype(spread)
    p, o, p_bound, o_bound = by_mpmath(query, key, value)
    eps = np.finfo(dtype).eps
    assert (abs(np.asarray(attention_weights(query, key)) - p) <= 4 * eps * p_bound).all()
    assert (abs(np.asarray(scaled_dot_product_attention(query, key, value)) - o) <= 4 * eps * o_bound).all()


def by_scipy(query, key, value, mask=True, bias=0, is_causal=False, scale=None):
    scores = np.einsum("...td,...sd->...ts", query, key) * (scale or 1 / np.sqrt(5)) + bias
    scores = np.where(mask & (np.tri(4, 6, dtype=bool) | (not is_causal)), scores, -np.inf)
    return scipy.special.softmax(scores, -1) @ value


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "+".join(o))
def test_value_is_scipys_and_vjp_is_autodiffs(options):
    *args, cotangent = draw()
    o, pullback = jax.vjp(lambda *args: scaled_dot_product_attention(*args, **options), *args)
    np.testing.assert_allclose(o, by_scipy(*args, **options), rtol=0, atol=2e-15)
    hand = scaled_dot_product_attention_vjp(*args, cotangent, **options)
    for by_hand, auto in zip(hand, pullback(cotangent), strict=True):
        np.testing.assert_allclose(by_hand, auto, rtol=0, atol=1e-14)


def test_options_mean_what_they_mean_in_jax_nn(peers):
    query, key, value, _ = draw(np.float32)
    options = {"bias": BIAS.astype(np.float32), "mask": MASK[None], "is_causal": True, "scale": 0.3}
    swapped = (jnp.swapaxes(np.pad(a, ((0, 0),) * 3 + ((0, 5 - a.shape[-1]),)), 1, 2) for a in (query, key, value))
    expected = jnp.swapaxes(jax.nn.dot_product_attention(*swapped, **options), 1, 2)[..., :2]
    np.testing.assert_allclose(scaled_dot_product_attention(query, key, value, **options), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("options", [OPTIONS[0], OPTIONS[-1]], ids=lambda o: "+".join(o))
def test_weights_sum_to_one_and_give_the_result(options):
    query, key, value, _ = draw()
    p = np.asarray(attention_weights(query, key, **options))
    np.testing.assert_allclose(p.sum(-1), 1, rtol=4e-16)
    o = scaled_dot_product_attention(query, key, value, **options)
    np.testing.assert_allclose(p @ value, o, rtol=0, atol=4e-16)
    p_bar = np.asarray(random.normal(random.key(5), p.shape))
    auto = jax.vjp(lambda *args: attention_weights(*args, **options), query, key)[1](p_bar)
    for by_hand, expected in zip(attention_weights_vjp(query, key, p_bar, **options), auto, strict=True):
        np.testing.assert_allclose(by_hand, expected, rtol=0, atol=1e-14)


def test_the_order_of_the_keys_is_of_no_account():
    query, key, value, _ = draw()
    order = np.array([3, 1, 5, 0, 4, 2])
    shuffled = scaled_dot_product_attention(query, key[:, :, order], value[:, :, order])
    np.testing.assert_allclose(shuffled, scaled_dot_product_attention(query, key, value), rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "options",
    [
        {"mask": np.arange(4)[:, None] != 1},
        {"bias": np.where(np.arange(4)[:, None] != 1, 0.0, -np.inf)},
        {"bias": np.where(np.arange(4)[:, None] != 1, 0.0, -np.inf), "is_causal": True, "mask": MASK},
    ],
    ids=lambda o: "+".join(o),
)
def test_a_query_that_may_attend_to_nothing_has_zeros_and_no_gradient(options):
    *args, cotangent = draw(np.float32)
    o, pullback = jax.vjp(lambda *args: scaled_dot_product_attention(*args, **options), *args)
    assert (np.asarray(o)[..., 1, :] == 0).all()
    assert (np.asarray(attention_weights(*args[:2], **options))[..., 1, :] == 0).all()
    hand = scaled_dot_product_attention_vjp(*args, cotangent, **options)
    for by_hand, auto in zip(hand, pullback(cotangent), strict=True):
        assert np.isfinite(by_hand).all()
        np.testing.assert_allclose(by_hand, auto, rtol=0, atol=16 * np.finfo(np.float32).eps)
    assert (np.asarray(hand[0])[..., 1, :] == 0).all()


def test_the_gradient_of_a_bias_of_minus_infinity_is_finite():
    query, key, value, cotangent = draw()
    bias = np.where((np.arange(4) == 1)[:, None] | (np.eye(4, 6, 1) == 1), -np.inf, BIAS)
    bias_bar = jax.vjp(lambda b: scaled_dot_product_attention(query, key, value, bias=b), bias)[1](cotangent)[0]
    assert np.isfinite(bias_bar).all()
    assert (np.asarray(bias_bar)[bias == -np.inf] == 0).all()


def test_a_causal_query_sees_nothing_of_the_future():
    query, key, value, _ = draw()
    o = scaled_dot_product_attention(query, key, value, is_causal=True)
    np.testing.assert_array_equal(o[..., 0, :], value[..., 0, :])
    later = scaled_dot_product_attention(query, key + (np.arange(6) > 2)[:, None], value, is_causal=True)
    np.testing.assert_array_equal(o[..., :3, :], later[..., :3, :])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_a_thousand_stay_finite(dtype):
    query, key = np.array([[1000.0], [-1000.0]], dtype), np.array([[1.0], [-1.0], [1.0]], dtype)
    value = np.array([[1.0], [2.0], [3.0]], dtype)
    assert scaled_dot_product_attention(query, key, value).tolist() == [[2.0], [2.0]]
    assert all(np.isfinite(c).all() for c in scaled_dot_product_attention_vjp(query, key, value, value[:2]))


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
def test_half_precision_is_rounded_once(dtype):
    args = [jnp.asarray(a).astype(dtype) for a in draw()]
    wide = [a.astype(jnp.float32) for a in args]
    for narrow, expected in zip(
        (scaled_dot_product_attention(*args[:3]), *scaled_dot_product_attention_vjp(*args)),
        (scaled_dot_product_attention(*wide[:3]), *scaled_dot_product_attention_vjp(*wide)),
        strict=True,
    ):
        assert narrow.dtype == dtype
        np.testing.assert_array_equal(narrow, expected.astype(dtype))


def test_edges_of_shape_and_type(peers):
    two, none = jnp.ones((2, 2)), jnp.ones((0, 2))
    assert scaled_dot_product_attention(two, none, none).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert scaled_dot_product_attention(none, two, two).shape == (0, 2)
    ones = np.ones((2, 2), int)
    assert scaled_dot_product_attention(ones, ones, ones).dtype == jnp.float64
    with jax.enable_x64(False):
        assert scaled_dot_product_attention(ones, ones, ones, bias=np.zeros((2, 2)), scale=2).dtype == jnp.float32


Q, K, V = np.zeros((2, 4, 5)), np.zeros((2, 6, 5)), np.zeros((2, 6, 3))


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("args", "options", "error", "message"),
    [
        ((Q[0, 0], K, V), {}, ValueError, r"query with at least 2 axes, got shape \(5,\)"),
        ((Q, K[..., :4], V), {}, ValueError, r"query \[..., T, d\] and key \[..., S, d\], got shapes .* \(2, 6, 4\)"),
        ((Q, K[0], V), {}, ValueError, r"query \[..., T, d\] and key \[..., S, d\], got shapes"),
        ((Q, K, V[:, :5]), {}, ValueError, r"key \[..., S, d\] and value \[..., S, e\], got shapes .* \(2, 5, 3\)"),
        ((Q, K, V), {"mask": np.ones((4, 6))}, TypeError, r"mask of booleans, got float64"),
        ((Q, K, V), {"mask": np.ones((4, 5), bool)}, ValueError, r"mask that broadcasts to \(2, 4, 6\), got shape"),
        ((Q, K, V), {"bias": np.ones((1, 2, 4, 6))}, ValueError, r"bias that broadcasts to \(2, 4, 6\), got shape"),
    ],
)
def test_bad_input_is_one_line(args, options, error, message):
    with pytest.raises(error, match=f"^scaled_dot_product_attention: expected {message}"):
        scaled_dot_product_attention(*args, **options)


@pytest.mark.usefixtures("plain_types")
def test_the_cotangent_has_the_results_shape():
    with pytest.raises(ValueError, match=r"^scaled_dot_product_attention_vjp: expected cotangent of shape \(2, 4, 3\)"):
        scaled_dot_product_attention_vjp(Q, K, V, V)
