"""conv2d against its formula written out in loops, SciPy's 2-D convolutions, and its edges."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.signal
from jax import random

from mathml_jax.nn import conv2d, conv2d_vjp

OPTIONS = [
    {},
    {"stride": 2},
    {"stride": (1, 3), "padding": 1},
    {"padding": "SAME"},
    {"padding": "SAME", "stride": (3, 2), "dilation": 2},
    {"padding": ((2, 0), (1, 3)), "dilation": (1, 2), "stride": 2},
    {"padding": ((4, 5), (0, 6)), "stride": 5},
    {"groups": 2, "stride": 2, "padding": 1},
    {"groups": 4, "dilation": 2, "padding": ((1, 0), (0, 2))},
]
MODES = ["cross-correlation", "convolution"]


def draw(groups=1, dtype=np.float64):
    keys = random.split(random.key(0), 2)
    shapes = (2, 7, 6, 4), (3, 2, 4 // groups, 8)
    return tuple(np.asarray(random.normal(k, s)).astype(dtype) for k, s in zip(keys, shapes, strict=True))


def both(value):
    return value if isinstance(value, tuple) else (value, value)


def terms(x, kernel, stride=1, padding=0, dilation=1, groups=1, mode="cross-correlation"):
    """Shape of the result, and each index into x, kernel and result whose product the formula adds."""
    (s, t), (d, f) = both(stride), both(dilation)
    (n, m), (rows, columns) = x.shape[1:3], kernel.shape[:2]
    if padding == "SAME":
        totals = [
            max((-(-size // step) - 1) * step + gap * (k - 1) + 1 - size, 0)
            for size, step, gap, k in ((n, s, d, rows), (m, t, f, columns))
        ]
        padding = tuple((total // 2, total - total // 2) for total in totals)
    (p, bottom), (q, right) = padding if isinstance(padding, tuple) else ((padding, padding),) * 2
    height = (n + p + bottom - d * (rows - 1) - 1) // s + 1
    width = (m + q + right - f * (columns - 1) - 1) // t + 1
    inputs, outputs = kernel.shape[2], kernel.shape[3] // groups
    found = []
    for i, j, a, b, g in itertools.product(range(height), range(width), range(rows), range(columns), range(groups)):
        u, v = s * i + d * a - p, t * j + f * b - q
        if 0 <= u < n and 0 <= v < m:
            read, write = slice(g * inputs, (g + 1) * inputs), slice(g * outputs, (g + 1) * outputs)
            entry = (a, b) if mode == "cross-correlation" else (rows - 1 - a, columns - 1 - b)
            found.append(((slice(None), u, v, read), (*entry, slice(None), write), (slice(None), i, j, write)))
    return (x.shape[0], height, width, kernel.shape[3]), found


def by_formula(x, kernel, padding="VALID", **options):
    shape, found = terms(x, kernel, padding=0 if padding == "VALID" else padding, **options)
    y = np.zeros(shape, x.dtype)
    for at_x, at_kernel, at_y in found:
        y[at_y] += x[at_x] @ kernel[at_kernel]
    return y


def vjp_by_formula(x, kernel, cotangent, padding="VALID", **options):
    _, found = terms(x, kernel, padding=0 if padding == "VALID" else padding, **options)
    x_bar, kernel_bar = np.zeros_like(x), np.zeros_like(kernel)
    for at_x, at_kernel, at_y in found:
        x_bar[at_x] += cotangent[at_y] @ kernel[at_kernel].T
        kernel_bar[at_kernel] += x[at_x].T @ cotangent[at_y]
    return x_bar, kernel_bar


def assert_near_sum(actual, function, *args, **options):
    """Within 4 eps of the sum of absolute terms."""
    wide = np.longdouble if actual[0].dtype == np.float64 else np.float64
    args = [a.astype(wide) for a in args]
    exact, size = function(*args, **options), function(*map(np.abs, args), **options)
    for a, e, s in zip(actual, *((r if isinstance(r, tuple) else (r,)) for r in (exact, size)), strict=True):
        assert (abs(np.asarray(a) - e) <= 4 * np.finfo(a.dtype).eps * s).all()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_value_and_vjp_are_the_formula(options, mode, dtype):
    x, kernel = draw(options.get("groups", 1), dtype)
    options = {**options, "mode": mode}
    y = conv2d(x, kernel, **options)
    assert_near_sum((y,), by_formula, x, kernel, **options)
    cotangent = np.asarray(random.normal(random.key(1), y.shape)).astype(dtype)
    assert_near_sum(conv2d_vjp(x, kernel, cotangent, **options), vjp_by_formula, x, kernel, cotangent, **options)


@pytest.mark.parametrize(("images", "options"), [(3, {}), (20, {"stride": 2, "padding": 1}), (2, {"groups": 2})])
def test_many_channels_of_one_sign_are_added_within_the_bound(images, options):
    """Several portions of channels, and with 20 images several loops over a few of them."""
    draw = np.random.default_rng(0)
    channels = 64 // options.get("groups", 1)
    x, kernel = (draw.uniform(0, 1, s).astype(np.float32) for s in ((images, 20, 24, 64), (3, 3, channels, 8)))
    assert_near_sum((conv2d(x, kernel, **options),), by_formula, x, kernel, **options)
    cotangent = np.ones(conv2d(x, kernel, **options).shape, np.float32)
    hand = conv2d_vjp(x, kernel, cotangent, **options)
    for h, auto in zip(hand, jax.vjp(lambda *xs: conv2d(*xs, **options), x, kernel)[1](cotangent), strict=True):
        np.testing.assert_allclose(h, auto, rtol=2e-5)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_vjp_is_autodiffs(options):
    x, kernel = draw(options.get("groups", 1))
    options = {**options, "mode": "convolution"}
    y, pullback = jax.vjp(lambda x, kernel: conv2d(x, kernel, **options), x, kernel)
    for hand, auto in zip(conv2d_vjp(x, kernel, y, **options), pullback(y), strict=True):
        np.testing.assert_allclose(hand, auto, rtol=1e-13, atol=1e-12)


@pytest.mark.parametrize(
    ("scipy_mode", "padding"), [("valid", "VALID"), ("same", "SAME"), ("full", ((2, 2), (4, 4)))], ids=str
)
@pytest.mark.parametrize(
    ("mode", "peer"), [("cross-correlation", scipy.signal.correlate2d), ("convolution", scipy.signal.convolve2d)]
)
def test_value_is_scipys(mode, peer, scipy_mode, padding):
    image, kernel = np.asarray(random.normal(random.key(2), (9, 8))), np.asarray(random.normal(random.key(3), (3, 5)))
    y = conv2d(image[None, :, :, None], kernel[:, :, None, None], mode=mode, padding=padding)
    np.testing.assert_allclose(y[0, :, :, 0], peer(image, kernel, scipy_mode), rtol=1e-13, atol=1e-14)


def test_convolutions_commute_and_cross_correlations_do_not():
    a, b = np.asarray(random.normal(random.key(4), (2, 1, 3, 3, 1)))

    def distance(mode):
        ab, ba = (np.asarray(conv2d(p, q.reshape(3, 3, 1, 1), padding=2, mode=mode)) for p, q in ((a, b), (b, a)))
        return abs(ab - ba).max()

    assert distance("convolution") <= 1e-14 < 0.1 < distance("cross-correlation")


@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
def test_half_precision_sums_in_float32(dtype):
    x, kernel = jnp.ones((1, 1, 1, 4097), dtype), jnp.ones((1, 1, 4097, 1), dtype)
    y = conv2d(x, kernel)
    assert y.dtype == dtype
    assert y.item() == jnp.asarray(4097, dtype)
    assert [c.dtype for c in conv2d_vjp(x, kernel, y)] == [dtype, dtype]


def test_integers_become_the_default_float():
    assert conv2d(np.ones((1, 2, 2, 1), int), np.ones((2, 2, 1, 1), int)).dtype == jnp.float64


def test_nothing_but_float32_without_x64(peers):
    with jax.enable_x64(False):
        y = conv2d(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)))
        assert y.dtype == conv2d_vjp(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), y)[0].dtype == jnp.float32


def test_no_images_give_no_result_and_a_gradient_of_zero():
    x, kernel = jnp.zeros((0, 5, 5, 3)), jnp.ones((3, 3, 3, 2))
    y = conv2d(x, kernel)
    assert y.shape == (0, 3, 3, 2)
    x_bar, kernel_bar = conv2d_vjp(x, kernel, y)
    assert x_bar.shape == x.shape
    np.testing.assert_array_equal(kernel_bar, jnp.zeros_like(kernel))


def test_nan_reaches_the_windows_that_hold_it_and_no_other():
    x = np.where(np.eye(4)[0] * np.eye(4)[:, :1], np.nan, 0.0)[None, :, :, None]
    assert np.argwhere(np.isnan(conv2d(x, np.ones((2, 2, 1, 1))))).tolist() == [[0, 0, 0, 0]]


X, K = np.zeros((1, 5, 5, 6)), np.zeros((3, 3, 6, 4))


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("x", "kernel", "options", "message"),
    [
        (X[0], K, {}, r"conv2d: expected x with 4 axes, got shape \(5, 5, 6\)"),
        (X, K[0], {}, r"conv2d: expected kernel with 4 axes, got shape"),
        (X, K[:, :, :5], {}, r"conv2d: expected kernel with 6 input channels .*, got shape \(3, 3, 5, 4\)"),
        (X, K, {"groups": 2}, r"conv2d: expected kernel with 3 input channels"),
        (X, K, {"groups": 4}, r"conv2d: expected groups to divide 6 input and 4 output channels, got 4"),
        (X, K, {"groups": 0}, r"conv2d: expected groups to divide"),
        (X, K, {"mode": "correlation"}, r"conv2d: expected mode to be one of .*, got 'correlation'"),
        (X, K, {"padding": "same"}, r"conv2d: expected padding to be 'SAME', 'VALID', .*, got 'same'"),
        (X, K, {"padding": -1}, r"conv2d: expected padding to be .*, got -1"),
        (X, K, {"padding": (1, 1)}, r"conv2d: expected padding to be .*, got \(1, 1\)"),
        (X, K, {"stride": 0}, r"conv2d: expected stride to be a positive integer or two of them, got 0"),
        (X, K, {"stride": 1.5}, r"conv2d: expected stride to be"),
        (X, K, {"dilation": (1, 2, 3)}, r"conv2d: expected dilation to be"),
        (X, K, {"dilation": 3}, r"conv2d: expected a window no larger than the padded image, .*, got span \(7, 7\)"),
        (X[:, :0], K, {"padding": "SAME"}, r"conv2d: expected a window no larger than the padded image"),
    ],
)
def test_bad_input_is_one_line(x, kernel, options, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        conv2d(x, kernel, **options)


@pytest.mark.usefixtures("plain_types")
def test_the_cotangent_has_the_results_shape():
    with pytest.raises(ValueError, match=r"^conv2d_vjp: expected cotangent of shape \(1, 3, 3, 4\), got shape"):
        conv2d_vjp(X, K, np.zeros((1, 5, 5, 4)))
