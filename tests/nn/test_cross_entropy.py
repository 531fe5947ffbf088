"""Cross-entropies of probabilities against Arb, and at probabilities 0 and 1."""

import jax
import numpy as np
import pytest
from scipy.special import rel_entr

from mathml_jax import nn
from tests.ulps import balls, each, error, ulps

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
INF, NAN = np.inf, np.nan
_slope = jax.vmap(jax.grad(nn.binary_cross_entropy))


def probabilities(dtype):
    draw = np.random.default_rng(0)
    small = 10 ** draw.uniform(-30, -1, 100)
    near_one = 1 - 10 ** draw.uniform(-6, -1, 100)
    return np.concatenate([draw.uniform(0.01, 0.99, 400), small, near_one]).astype(dtype)


@DTYPES
@pytest.mark.parametrize("label", [0.0, 1.0])
def test_binary_cross_entropy_is_arbs(dtype, label):
    p = probabilities(dtype)
    y = np.full_like(p, label)
    assert ulps(nn.binary_cross_entropy(p, y), each(lambda p: -p.log() if label else -(-p).log1p(), p)) <= 4
    slope = each(lambda p: -1 / p if label else 1 / (1 - p), p)
    assert ulps(nn.binary_cross_entropy_derivative(p, y), slope) <= 4
    assert ulps(_slope(p, y), slope) <= 4


@DTYPES
def test_binary_cross_entropy_of_soft_labels_is_arbs(dtype):
    p = probabilities(dtype)
    y = np.random.default_rng(1).uniform(0, 1, p.shape).astype(dtype)
    loss = each(lambda p, y: -y * p.log() - (1 - y) * (-p).log1p(), p, y)
    assert ulps(nn.binary_cross_entropy(p, y), loss) <= 4
    slope = each(lambda p, y: (p - y) / (p * (1 - p)), p, y)
    assert ulps(nn.binary_cross_entropy_derivative(p, y), slope) <= 4


@DTYPES
def test_categorical_cross_entropy_is_arbs(dtype):
    draw = np.random.default_rng(2)
    p, y = (draw.dirichlet(np.ones(30), 10).astype(dtype) for _ in range(2))
    terms = each(lambda p, y: -y * p.log(), p, y)
    worst = error(nn.categorical_cross_entropy(p, y), terms.sum(-1)) / np.vectorize(float)(terms.sum(-1))
    assert worst.max() <= 4 * np.finfo(dtype).eps
    assert ulps(nn.categorical_cross_entropy_gradient(p, y), -balls(y) / balls(p)) <= 0.5


def test_two_classes_are_the_binary_case():
    p, y = np.random.default_rng(3).uniform(0.1, 0.9, (2, 20))
    rows = (np.stack([a, 1 - a], axis=-1) for a in (p, y))
    np.testing.assert_allclose(nn.categorical_cross_entropy(*rows), nn.binary_cross_entropy(p, y), rtol=1e-14)


def test_the_true_probabilities_are_the_best():
    """Cross-entropy is entropy plus Kullback and Leibler's divergence."""
    p, y = np.random.default_rng(4).dirichlet(np.ones(6), (2, 20))
    excess = nn.categorical_cross_entropy(p, y) - nn.categorical_cross_entropy(y, y)
    np.testing.assert_allclose(excess, rel_entr(y, p).sum(-1), rtol=1e-12)


@pytest.mark.parametrize(
    ("p", "y", "value", "slope"),
    [
        (0.0, 0.0, 0, 1),
        (1.0, 1.0, 0, -1),
        (0.0, 1.0, INF, -INF),
        (1.0, 0.0, INF, INF),
        (0.0, 0.5, INF, -INF),
        (1e-300, 0.0, 1e-300, 1),
        (-0.1, 0.0, NAN, NAN),
        (1.1, 1.0, NAN, NAN),
        (1e30, 0.0, NAN, NAN),
        (0.5, -1.0, NAN, NAN),
        (0.5, 2.0, NAN, NAN),
        (NAN, 1.0, NAN, NAN),
        (0.5, NAN, NAN, NAN),
    ],
)
def test_edges_of_binary_cross_entropy(p, y, value, slope):
    f, derivative = nn.binary_cross_entropy, nn.binary_cross_entropy_derivative
    np.testing.assert_array_equal([f(p, y), jax.grad(f)(p, y), derivative(p, y)], [value, slope, slope])


@pytest.mark.parametrize(
    ("p", "y", "value", "slope"),
    [
        ([0.5, 0.5, 0.0], [0.0, 1.0, 0.0], np.log(2), [0, -2, 0]),
        ([0.0, 1.0], [0.0, 1.0], 0, [0, -1]),
        ([1.0, 0.0], [0.0, 1.0], INF, [0, -INF]),
        ([0.5, NAN], [1.0, 0.0], NAN, [-2, NAN]),
        ([0.5, 0.5], [2.0, -1.0], NAN, [-4, NAN]),
        ([0.5, -0.5], [1.0, 0.0], NAN, [-2, NAN]),
        ([], [], 0, []),
    ],
)
def test_edges_of_categorical_cross_entropy(p, y, value, slope):
    f, p, y = nn.categorical_cross_entropy, np.array(p), np.array(y)
    np.testing.assert_array_equal(f(p, y), value)
    np.testing.assert_array_equal(jax.grad(f)(p, y), np.array(slope, float))
    np.testing.assert_array_equal(nn.categorical_cross_entropy_gradient(p, y), np.array(slope, float))


@pytest.mark.parametrize("y", [0.0, 0.4, 1.0])
def test_slope_in_the_label(y):
    slope = jax.grad(nn.binary_cross_entropy, 1)(0.3, y)
    np.testing.assert_allclose(slope, np.log(0.7) - np.log(0.3), rtol=1e-14)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    "name",
    [
        "binary_cross_entropy",
        "binary_cross_entropy_derivative",
        "categorical_cross_entropy",
        "categorical_cross_entropy_gradient",
    ],
)
def test_unequal_shapes_are_refused(name):
    with pytest.raises(ValueError, match="expected") as info:
        getattr(nn, name)(np.ones((8, 1)), np.ones(8))
    assert info.value.args == (f"{name}: expected probabilities and labels of equal shape, got (8, 1) and (8,)",)


@pytest.mark.usefixtures("plain_types")
def test_a_scalar_has_no_classes():
    with pytest.raises(ValueError, match="expected probabilities with at least 1 axis, got shape"):
        nn.categorical_cross_entropy(0.5, 1.0)
