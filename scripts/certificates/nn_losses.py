"""Rows of the chapter nn: losses."""

from certificates.draws import arguments, decades, labels, mixed, near, normal, shares, uniform
from certificates.exact import logistic, softmax, total
from certify import Row
from flint import arb

from mathml_jax import nn

_chances = mixed(uniform(0, 1), decades((-300, -30), 0), near(1, decades((-15, -7), -0.5)))
_binary = arguments(_chances, mixed(labels(2), uniform(0, 1)))
_binary_domain = "p from 1e-300 (float32: 1e-30) to 1 - eps, labels hard and soft"
_categorical = arguments(shares(30), shares(30))
_categorical_domain = "30 classes, soft labels"
_scores = mixed(uniform((-700, -80), (700, 80)), uniform(-5, 5), decades(-20, 0))
_hard, _soft = arguments(_scores, labels(2)), arguments(_scores, uniform(0, 1))
_scores_domain = "abs(x) ≤ 700 (float32: 80)"
_rows = mixed(uniform(-10, 10, 50), uniform(-1000, 1000, 50), normal(50))
_integer, _dense = arguments(_rows, labels(50)), arguments(_rows, shares(50))
_rows_domain = "50 scores, to ±1, ±10 and ±1000"
_pairs = arguments(*[mixed(normal(), decades(-3, 3))] * 2)
_pairs_domain = "numbers from 1e-3 to 1e3"
_samples = arguments(normal(300), normal(300))
_samples_domain = "300 numbers"


def _binary_cross_entropy(p, y):
    return -y * p.log() - (1 - y) * (-p).log1p()


def _sigmoid_loss(x, y):
    return y * (-x).exp().log1p() + (1 - y) * x.exp().log1p()


def _sigmoid_slope(x, y):
    up, down = (1 - y) * logistic(x), y * logistic(-x)
    return up - down, up + down


def _size(x):
    return max(arb(1), *map(abs, x))


def _dense_loss(x, y):
    return -sum(v * p.log() for v, p in zip(y, softmax(x), strict=True)), _size(x)


def _dense_gradient(x, y):
    whole = sum(y)
    return [(p * whole - v, p * whole + v) for v, p in zip(y, softmax(x), strict=True)]


def _mse(p, y):
    return total((a - b) ** 2 / len(p) for a, b in zip(p, y, strict=True))


ROWS = [
    Row("nn.binary_cross_entropy", nn.binary_cross_entropy, _binary_cross_entropy, _binary, _binary_domain),
    Row(
        "nn.binary_cross_entropy_derivative",
        nn.binary_cross_entropy_derivative,
        lambda p, y: (p - y) / (p * (1 - p)),
        _binary,
        _binary_domain,
    ),
    Row(
        "nn.categorical_cross_entropy",
        nn.categorical_cross_entropy,
        lambda p, y: total(-v * q.log() for q, v in zip(p, y, strict=True)),
        _categorical,
        _categorical_domain,
        unit="eps Σ",
        samples=500,
    ),
    Row(
        "nn.categorical_cross_entropy_gradient",
        nn.categorical_cross_entropy_gradient,
        lambda p, y: [-v / q for q, v in zip(p, y, strict=True)],
        _categorical,
        _categorical_domain,
        samples=100,
    ),
    Row("nn.sigmoid_binary_cross_entropy", nn.sigmoid_binary_cross_entropy, _sigmoid_loss, _hard, _scores_domain),
    Row(
        "nn.sigmoid_binary_cross_entropy, soft labels",
        nn.sigmoid_binary_cross_entropy,
        _sigmoid_loss,
        _soft,
        _scores_domain,
    ),
    Row(
        "nn.sigmoid_binary_cross_entropy_derivative",
        nn.sigmoid_binary_cross_entropy_derivative,
        lambda x, y: _sigmoid_slope(x, y)[0],
        _hard,
        _scores_domain,
    ),
    Row(
        "nn.sigmoid_binary_cross_entropy_derivative, soft labels",
        nn.sigmoid_binary_cross_entropy_derivative,
        _sigmoid_slope,
        _soft,
        _scores_domain,
        unit="eps Σ",
    ),
    Row(
        "nn.softmax_cross_entropy",
        nn.softmax_cross_entropy,
        _dense_loss,
        _dense,
        _rows_domain,
        unit="eps max(1, abs x)",
        samples=500,
    ),
    Row(
        "nn.softmax_cross_entropy_gradient",
        nn.softmax_cross_entropy_gradient,
        _dense_gradient,
        _dense,
        _rows_domain,
        unit="eps Σ",
        samples=200,
    ),
    Row(
        "nn.softmax_cross_entropy_with_integer_labels",
        nn.softmax_cross_entropy_with_integer_labels,
        lambda x, y: (-softmax(x)[y].log(), _size(x)),
        _integer,
        _rows_domain,
        unit="eps max(1, abs x)",
        samples=500,
    ),
    Row(
        "nn.softmax_cross_entropy_with_integer_labels_gradient",
        nn.softmax_cross_entropy_with_integer_labels_gradient,
        lambda x, y: [(p - (i == y), p + (i == y)) for i, p in enumerate(softmax(x))],
        _integer,
        _rows_domain,
        unit="eps Σ",
        samples=200,
    ),
    Row("nn.squared_error", nn.squared_error, lambda p, y: (p - y) ** 2, _pairs, _pairs_domain),
    Row("nn.squared_error_derivative", nn.squared_error_derivative, lambda p, y: 2 * (p - y), _pairs, _pairs_domain),
    Row("nn.mse", nn.mse, _mse, _samples, _samples_domain, unit="eps Σ", samples=200),
    Row(
        "nn.mse_gradient",
        nn.mse_gradient,
        lambda p, y: [2 * (a - b) / len(p) for a, b in zip(p, y, strict=True)],
        _samples,
        _samples_domain,
        samples=20,
    ),
]
