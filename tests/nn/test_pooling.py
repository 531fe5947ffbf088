"""max_pool and avg_pool against their formulas written out in loops, ties, padding and edges."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import random

from mathml_jax.nn import avg_pool, avg_pool_vjp, max_pool, max_pool_vjp

OPTIONS = [
    {},
    {"window": 3, "stride": 1},
    {"window": 2, "stride": 3},
    {"window": (7, 6)},
    {"window": 4, "stride": 2},
    {"window": 3, "stride": 2, "padding": "SAME"},
    {"window": 2, "padding": 1},
    {"window": (5, 3), "stride": (2, 1), "padding": ((4, 1), (0, 2))},
]


def draw(ties=False, dtype=np.float64):
    x = random.randint(random.key(0), (2, 7, 6, 3), 0, 3) if ties else random.normal(random.key(0), (2, 7, 6, 3))
    return np.asarray(x).astype(dtype)


def both(value):
    return value if isinstance(value, tuple) else (value, value)


def windows(x, window=2, stride=None, padding=0):
    """Shape of the result, and each window: its place, and where its entries that lie in the image stand."""
    (k, w), (s, t), (n, m) = both(window), both(window if stride is None else stride), x.shape[1:3]
    if padding == "SAME":
        totals = [max((-(-size // step) - 1) * step + span - size, 0) for size, step, span in ((n, s, k), (m, t, w))]
        padding = tuple((total // 2, total - total // 2) for total in totals)
    (p, bottom), (q, right) = padding if isinstance(padding, tuple) else ((padding, padding),) * 2
    height, width = (n + p + bottom - k) // s + 1, (m + q + right - w) // t + 1
    places = [
        ((i, j), slice(max(s * i - p, 0), max(s * i - p + k, 0)), slice(max(t * j - q, 0), max(t * j - q + w, 0)))
        for i, j in itertools.product(range(height), range(width))
    ]
    return (x.shape[0], height, width, x.shape[3]), k * w, places


def max_by_formula(x, cotangent=None, **options):
    """The result, or for a cotangent what each first maximum receives."""
    shape, _, places = windows(x, **options)
    y, x_bar = np.zeros(shape, x.dtype), np.zeros_like(x)
    for ((i, j), rows, columns), n, c in itertools.product(places, range(shape[0]), range(shape[3])):
        entries = x[n, rows, columns, c]
        y[n, i, j, c] = entries.max()
        if cotangent is not None:
            a, b = np.unravel_index(entries.argmax(), entries.shape)
            x_bar[n, rows, columns, c][a, b] += cotangent[n, i, j, c]
    return y if cotangent is None else x_bar


def mean_by_formula(x, cotangent=None, count_include_pad=True, **options):
    """The result, or for a cotangent the sum of the shares that each entry receives."""
    shape, size, places = windows(x, **options)
    y, x_bar = np.zeros(shape, x.dtype), np.zeros_like(x)
    for (i, j), rows, columns in places:
        entries = x[:, rows, columns]
        count = size if count_include_pad else entries[0, :, :, 0].size
        y[:, i, j] = entries.sum((1, 2)) / count
        if cotangent is not None:
            x_bar[:, rows, columns] += cotangent[:, i, j][:, None, None] / count
    return y if cotangent is None else x_bar


def near_sum(actual, function, *args, **options):
    """Whether `actual` is within 4 eps of the sum of absolute terms."""
    args = [a.astype(np.longdouble if actual.dtype == np.float64 else np.float64) for a in args]
    bound = 4 * np.finfo(actual.dtype).eps * function(*map(np.abs, args), **options)
    return (abs(np.asarray(actual) - function(*args, **options)) <= bound).all()


def autodiff(function, x, cotangent, **options):
    return jax.vjp(lambda x: function(x, **options), x)[1](cotangent)[0]


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_max_pool_and_both_gradients_are_the_formula(options, ties):
    x = draw(ties)
    y = max_pool(x, **options)
    np.testing.assert_array_equal(y, max_by_formula(x, **options))
    cotangent = np.asarray(random.randint(random.key(1), y.shape, -9, 9)).astype(float)
    expected = max_by_formula(x, cotangent, **options)
    np.testing.assert_array_equal(max_pool_vjp(x, cotangent, **options), expected)
    np.testing.assert_array_equal(autodiff(max_pool, x, cotangent, **options), expected)


@pytest.mark.parametrize("options", OPTIONS[-5:] + [{**o, "count_include_pad": False} for o in OPTIONS[-3:]], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_avg_pool_and_both_gradients_are_the_formula(options, dtype):
    x = draw(dtype=dtype)
    y = avg_pool(x, **options)
    assert near_sum(y, mean_by_formula, x, **options)
    cotangent = np.asarray(random.normal(random.key(1), y.shape)).astype(dtype)

    def formula(cotangent, **options):
        return mean_by_formula(x.astype(cotangent.dtype), cotangent, **options)

    assert near_sum(avg_pool_vjp(x, cotangent, **options), formula, cotangent, **options)
    assert near_sum(autodiff(avg_pool, x, cotangent, **options), formula, cotangent, **options)


@pytest.mark.parametrize("window", [2, 4])
@pytest.mark.parametrize("padding", [0, 1])
def test_a_window_of_minus_infinity_only_hands_on_nothing(window, padding):
    x = np.where(np.tri(8, dtype=bool), -np.inf, np.arange(64.0).reshape(8, 8))[None, :, :, None]
    options = {"window": window, "stride": 1, "padding": padding}
    y = max_pool(x, **options)
    np.testing.assert_array_equal(y, max_by_formula(x, **options))
    assert np.isneginf(y[0, -1, 0, 0])
    ones = np.ones(y.shape)
    expected = max_by_formula(x, np.isfinite(y).astype(float), **options)
    for x_bar in (max_pool_vjp(x, ones, **options), autodiff(max_pool, x, ones, **options)):
        np.testing.assert_array_equal(x_bar, expected)


@pytest.mark.parametrize("function", [max_pool, avg_pool])
@pytest.mark.parametrize("window", [2, 4])
@pytest.mark.parametrize("padding", ["VALID", "SAME"])
def test_nan_reaches_the_windows_that_hold_it_and_no_other(function, window, padding):
    x = jnp.zeros((1, 8, 8, 1)).at[0, 3, 2, 0].set(jnp.nan)
    where = np.argwhere(np.isnan(function(x, window=window, padding=padding)))
    assert where.tolist() == [[0, 3 // window, 2 // window, 0]]


def test_a_window_with_nan_hands_on_nothing():
    x = jnp.arange(8.0).reshape(1, 2, 4, 1).at[0, 0, 0, 0].set(jnp.nan)
    assert max_pool_vjp(x, jnp.ones((1, 1, 2, 1))).ravel().tolist() == [0, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(("function", "vjp"), [(max_pool, max_pool_vjp), (avg_pool, avg_pool_vjp)])
@pytest.mark.parametrize("dtype", [jnp.float16, jnp.bfloat16])
def test_half_precision_stays_and_sums_in_float32(function, vjp, dtype):
    x = jnp.ones((1, 70, 70, 1), dtype)
    y = function(x, window=70)
    assert (y.dtype, y.item()) == (dtype, 1)
    assert vjp(x, y, window=70).dtype == dtype


def test_half_precision_cotangents_are_summed_in_float32():
    x = jnp.zeros((1, 5001, 1, 1), jnp.float16).at[0, 2500].set(1)
    options = {"window": (5001, 1), "stride": 1, "padding": ((2500, 2500), (0, 0))}
    assert max_pool_vjp(x, jnp.ones_like(x), **options).max() == np.float16(5001)


@pytest.mark.parametrize(("function", "vjp"), [(max_pool, max_pool_vjp), (avg_pool, avg_pool_vjp)])
def test_edges_of_shape_and_type(function, vjp, peers):
    empty = jnp.zeros((0, 4, 4, 2))
    assert function(empty).shape == (0, 2, 2, 2)
    assert vjp(empty, jnp.zeros((0, 2, 2, 2))).shape == empty.shape
    assert function(np.ones((1, 2, 2, 1), int)).dtype == jnp.float64
    with jax.enable_x64(False):
        x = np.ones((1, 4, 4, 1))
        assert function(x).dtype == vjp(x, function(x)).dtype == jnp.float32


@pytest.mark.parametrize("function", [max_pool, avg_pool])
def test_lists_are_tuples(function):
    x = draw()
    y = function(x, window=[3, 2], stride=[2, 1], padding=[(1, 0), [0, 1]])
    np.testing.assert_array_equal(y, function(x, window=(3, 2), stride=(2, 1), padding=((1, 0), (0, 1))))


X = np.zeros((1, 5, 5, 2))


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("function", [max_pool, avg_pool])
@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (X[0], {}, r"expected x with 4 axes, got shape \(5, 5, 2\)"),
        (X, {"window": 0}, r"expected window to be a positive integer or two of them, got 0"),
        (X, {"window": (2, 2, 1)}, r"expected window to be a positive integer or two of them, got \(2, 2, 1\)"),
        (X, {"window": 6}, r"expected a window no larger than the padded image, \(5, 5\) .*, got span \(6, 6\)"),
        (X, {"stride": -1}, r"expected stride to be a positive integer or two of them, got -1"),
        (X, {"padding": "FULL"}, r"expected padding to be 'SAME', 'VALID', .*, got 'FULL'"),
        (X, {"padding": 2}, r"expected padding less than the window, \(2, 2\), got \(\(2, 2\), \(2, 2\)\)"),
    ],
)
def test_bad_input_is_one_line(function, x, options, message):
    with pytest.raises(ValueError, match=f"^{function.__name__}: {message}"):
        function(x, **options)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("vjp", [max_pool_vjp, avg_pool_vjp])
def test_the_cotangent_has_the_results_shape(vjp):
    with pytest.raises(ValueError, match=r"_vjp: expected cotangent of shape \(1, 2, 2, 2\), got shape"):
        vjp(X, X)
