"""Cross-entropies of logits against Arb, at infinite and masked logits, and where the loss is tiny."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from mathml_jax import nn
from tests.ulps import balls, each, error, ulps

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
INF, NAN = np.inf, np.nan
integer = nn.softmax_cross_entropy_with_integer_labels
integer_gradient = nn.softmax_cross_entropy_with_integer_labels_gradient
sigmoid_loss, sigmoid_slope = nn.sigmoid_binary_cross_entropy, nn.sigmoid_binary_cross_entropy_derivative


def scores(dtype, reach):
    draw = np.random.default_rng(0)
    return np.concatenate([draw.uniform(-reach, reach, 300), 10 ** draw.uniform(-20, 0, 50), [0.0, 1.0]]).astype(dtype)


@DTYPES
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_sigmoid_loss_is_arbs(dtype, label):
    x = scores(dtype, 80 if dtype == np.float32 else 700)
    y = np.full_like(x, label)
    sign = -1 if label else 1
    assert ulps(sigmoid_loss(x, y), each(lambda x: (sign * x).exp().log1p(), x)) <= 4
    slope = each(lambda x: sign / (1 + (-sign * x).exp()), x)
    assert ulps(sigmoid_slope(x, y), slope) <= 4
    assert ulps(jax.vmap(jax.grad(sigmoid_loss))(x, y), slope) <= 4


@DTYPES
def test_sigmoid_loss_of_soft_labels_is_arbs(dtype):
    x = scores(dtype, 80)
    y = np.random.default_rng(1).uniform(0, 1, x.shape).astype(dtype)
    assert ulps(sigmoid_loss(x, y), each(lambda x, y: (1 - y) * x + (-x).exp().log1p(), x, y)) <= 4
    slope = each(lambda x, y: 1 / (1 + (-x).exp()) - y, x, y)
    assert error(sigmoid_slope(x, y), slope).max() <= 2 * np.finfo(dtype).eps


def exact_loss(x, labels):
    """Minus the logarithm of the label's probability, and the probabilities."""
    weights = np.vectorize(lambda v: v.exp(), otypes=[object])(balls(x))
    p = weights / weights.sum(axis=-1, keepdims=True)
    return np.array([-row[label].log() for row, label in zip(p, labels, strict=True)]), p


@DTYPES
@pytest.mark.parametrize(("n", "reach"), [(2, 1), (5, 10), (33, 35), (300, 10)])
@pytest.mark.parametrize("offset", [0.0, -700.0])
def test_softmax_losses_are_arbs(dtype, n, reach, offset):
    draw = np.random.default_rng(n)
    x = (draw.uniform(-reach, reach, (6, n)) + offset).astype(dtype)
    labels = np.concatenate([draw.integers(0, n, 3), x[3:].argmax(-1)])
    loss, p = exact_loss(x, labels)
    hot = np.eye(n, dtype=dtype)[labels]
    bound = 4 * np.finfo(dtype).eps * np.maximum(1, np.abs(x).max())
    for got in (integer(x, labels), nn.softmax_cross_entropy(x, hot)):
        assert error(got, loss).max() <= bound
        assert ulps(got, loss) <= 64  # Even the digits of a tiny loss, up to |x - max| eps.
    for got in (integer_gradient(x, labels), nn.softmax_cross_entropy_gradient(x, hot)):
        assert error(got, p - balls(hot)).max() <= 4 * np.finfo(dtype).eps


@DTYPES
@pytest.mark.parametrize("x", [[30.0, 0.0, -1.0], [5.0, 4.0, -3.0], [0.0, 16.0, 16.0]])
def test_a_small_loss_keeps_its_digits(dtype, x):
    x, label = np.array(x, dtype), int(np.argmax(x))
    loss, _ = exact_loss(x[None], [label])
    assert ulps(np.atleast_1d(integer(x, label)), loss) <= 4
    assert ulps(np.atleast_1d(nn.softmax_cross_entropy(x, np.eye(3, dtype=dtype)[label])), loss) <= 4


def test_optax_agrees(peers):
    draw = np.random.default_rng(5)
    x, y = 3 * draw.normal(size=(7, 4)), draw.uniform(size=(7, 4))
    labels = draw.integers(0, 4, 7)
    for name, target in [
        ("sigmoid_binary_cross_entropy", y),
        ("softmax_cross_entropy", y),
        ("softmax_cross_entropy_with_integer_labels", labels),
    ]:
        np.testing.assert_allclose(getattr(nn, name)(x, target), getattr(optax, name)(x, target), rtol=1e-14)


def test_two_classes_are_the_binary_case():
    x, labels = scores(np.float64, 50), np.random.default_rng(6).integers(0, 2, 352)
    pairs = np.stack([np.zeros_like(x), x], axis=-1)
    np.testing.assert_allclose(integer(pairs, labels), sigmoid_loss(x, labels), rtol=1e-14)


@pytest.mark.parametrize(
    ("x", "y", "value", "slope"),
    [
        (0.0, 0.0, np.log(2), 0.5),
        (-0.0, 1.0, np.log(2), -0.5),
        (0.0, 0.25, np.log(2), 0.25),
        (1000.0, 0.0, 1000, 1),
        (1000.0, 1.0, 0, 0),
        (-1000.0, 1.0, 1000, -1),
        (INF, 1.0, 0, 0),
        (-INF, 0.0, 0, 0),
        (INF, 0.0, INF, 1),
        (-INF, 1.0, INF, -1),
        (-INF, 0.5, INF, -0.5),
        (NAN, 1.0, NAN, NAN),
        (0.0, NAN, NAN, NAN),
        (0.0, -1.0, NAN, NAN),
        (0.0, 2.0, NAN, NAN),
    ],
)
def test_edges_of_the_sigmoid_loss(x, y, value, slope):
    got = [sigmoid_loss(x, y), jax.grad(sigmoid_loss)(x, y), sigmoid_slope(x, y)]
    np.testing.assert_array_equal(got, [value, slope, slope])


ROWS = [
    ([1000.0, -1000.0], 0, 0, [0, 0]),
    ([1000.0, -1000.0], 1, 2000, [1, -1]),
    ([0.0, 0.0, -INF], 0, np.log(2), [-0.5, 0.5, 0]),
    ([0.0, 0.0, -INF], 2, INF, [0.5, 0.5, -1]),
    ([0.0, -INF], 0, 0, [0, 0]),
    ([-INF, -INF, -INF], 1, 0, [0, 0, 0]),
    ([NAN, 0.0], 1, NAN, [NAN, NAN]),
    ([INF, 0.0], 0, NAN, [NAN, NAN]),
]


@pytest.mark.parametrize(("x", "label", "value", "slope"), ROWS)
def test_edges_of_the_softmax_losses(x, label, value, slope):
    x, hot = np.array(x), np.eye(len(x))[label]
    dense, dense_gradient = nn.softmax_cross_entropy, nn.softmax_cross_entropy_gradient
    for f, gradient, target in [(integer, integer_gradient, label), (dense, dense_gradient, hot)]:
        np.testing.assert_array_equal(f(x, target), value)
        np.testing.assert_array_equal(jax.grad(f)(x, target), slope)
        np.testing.assert_array_equal(gradient(x, target), slope)


@pytest.mark.parametrize("label", [-1, 2, 2**31, 2**32, -(2**40), np.uint8(255), np.int8(-128), np.uint64(2**63)])
def test_a_label_out_of_range_gives_nan(label):
    x = np.zeros(2)
    for got in (integer(x, label), jax.grad(integer)(x, label), integer_gradient(x, label)):
        assert np.isnan(got).all()


def test_a_small_integer_dtype_names_every_class():
    """An int8 label among more classes than int8 can count."""
    np.testing.assert_allclose(integer(np.zeros(300), np.int8(127)), np.log(300), rtol=1e-15)


def test_negative_labels_give_nan():
    x, y = np.zeros(2), np.array([2.0, -1.0])
    assert np.isnan(nn.softmax_cross_entropy(x, y))
    assert np.isnan(jax.grad(nn.softmax_cross_entropy)(x, y)).all()
    assert np.isnan(nn.softmax_cross_entropy_gradient(x, y)).all()


def test_labels_need_not_sum_to_one():
    x, counts = np.array([0.3, -1.0, 2.0]), np.array([2.0, 0.0, 5.0])
    gradient = nn.softmax_cross_entropy_gradient(x, counts)
    np.testing.assert_allclose(gradient, jax.grad(nn.softmax_cross_entropy)(x, counts), rtol=1e-14)


@pytest.mark.parametrize("x", [[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.3, -1.0, 2.0]])
def test_second_derivatives_hold_at_ties(x):
    x = jnp.array(x)
    p = nn.softmax(x)
    for hessian in (jax.hessian(integer)(x, 1), jax.hessian(nn.softmax_cross_entropy)(x, jnp.array([0.0, 1.0, 0.0]))):
        np.testing.assert_allclose(hessian, jnp.diag(p) - jnp.outer(p, p), atol=1e-15)
    for y in (0.0, 1.0):
        slope = nn.sigmoid_derivative(x[0])
        np.testing.assert_allclose(jax.grad(jax.grad(sigmoid_loss))(x[0], y), slope, rtol=1e-15)


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
@pytest.mark.parametrize(
    ("f", "gradient", "target"),
    [
        (sigmoid_loss, sigmoid_slope, np.eye(6)[1]),
        (nn.softmax_cross_entropy, nn.softmax_cross_entropy_gradient, np.eye(6)[1]),
        (integer, integer_gradient, np.array(1)),
    ],
)
def test_half_precision_is_kept(dtype, f, gradient, target):
    x = np.linspace(-3, 3, 6).astype(dtype)
    y = target if f is integer else target.astype(dtype)
    got, expected = f(x, y), f(x.astype(np.float64), target)
    assert got.dtype == gradient(x, y).dtype == dtype
    np.testing.assert_allclose(got.astype(np.float64), expected, rtol=2 * float(jnp.finfo(dtype).eps))


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    "name",
    [
        "sigmoid_binary_cross_entropy",
        "sigmoid_binary_cross_entropy_derivative",
        "softmax_cross_entropy",
        "softmax_cross_entropy_gradient",
    ],
)
def test_unequal_shapes_are_refused(name):
    with pytest.raises(ValueError, match="expected") as info:
        getattr(nn, name)(np.ones((8, 1)), np.ones(8))
    assert info.value.args == (f"{name}: expected logits and labels of equal shape, got (8, 1) and (8,)",)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("function", [integer, integer_gradient])
@pytest.mark.parametrize(
    ("x", "labels", "kind", "message"),
    [
        (np.ones((3, 2)), np.ones(3), TypeError, "integer labels, got float64"),
        (np.ones((3, 2)), np.ones(3, bool), TypeError, "integer labels, got bool"),
        (np.ones((3, 2)), np.ones((3, 1), int), ValueError, r"labels of shape \(3,\), got \(3, 1\)"),
        (np.ones(3), np.ones(3, int), ValueError, r"labels of shape \(\), got \(3,\)"),
        (1.0, 0, ValueError, r"logits with at least 1 axis, got shape \(\)"),
    ],
)
def test_bad_labels_are_refused(function, x, labels, kind, message):
    with pytest.raises(kind, match=f"^{function.__name__}: expected {message}"):
        function(x, labels)


def test_a_scalar_has_no_classes(plain_types):
    with pytest.raises(ValueError, match="softmax_cross_entropy: expected logits with at least 1 axis"):
        nn.softmax_cross_entropy(0.5, 1.0)
