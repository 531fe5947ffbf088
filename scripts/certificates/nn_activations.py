"""Rows of the chapter nn: activations, and softmax."""

from certificates.draws import arguments, decades, mixed, near, normal, uniform
from certificates.exact import logistic, softmax
from certify import Row
from flint import arb

from mathml_jax import nn

_scores = arguments(mixed(uniform((-720, -90), (720, 90)), uniform(-5, 5), decades(-20, 0), near(0, decades(-20, 0))))
_scores_domain = "abs(x) ≤ 720 (float32: 90), and near 0"
_close = arguments(mixed(uniform(-5, 5, 100), uniform(-710, -700, 100)))
_close_domain = "100 scores, abs(x - max) ≤ 10"
_wide = arguments(mixed(uniform(-100, 100, 100), uniform(-1000, 1000, 100), normal(100)))
_wide_domain = "100 scores, to ±1, ±100 and ±1000"
_few = arguments(mixed(uniform(-100, 100, 10), normal(10)))
_few_domain = "10 scores, to ±1 and ±100"


def _softmax_jacobian(x):
    p = softmax(x)
    return [[(p[i] * ((i == j) - q), p[i] * ((i == j) + q)) for j, q in enumerate(p)] for i in range(len(p))]


def _log_softmax(x):
    size = max(arb(1), *map(abs, x))
    return [(p.log(), size) for p in softmax(x)]


def _log_softmax_jacobian(x):
    p = softmax(x)
    return [[((i == j) - q, (i == j) + q) for j, q in enumerate(p)] for i in range(len(p))]


ROWS = [
    Row("nn.relu", nn.relu, lambda x: x if x > 0 else arb(0), _scores, _scores_domain),
    Row("nn.relu_derivative", nn.relu_derivative, lambda x: arb(x > 0), _scores, _scores_domain),
    Row("nn.sigmoid", nn.sigmoid, logistic, _scores, _scores_domain),
    Row(
        "nn.sigmoid_derivative",
        nn.sigmoid_derivative,
        lambda x: logistic(x) * logistic(-x),
        _scores,
        _scores_domain,
    ),
    Row("nn.softmax, close", nn.softmax, softmax, _close, _close_domain, goal=8, samples=1000),
    Row("nn.softmax, wide", nn.softmax, softmax, _wide, _wide_domain, samples=1000),
    Row(
        "nn.softmax, long",
        nn.softmax,
        softmax,
        arguments(uniform(-5, 5, 4096)),
        "4096 scores, abs(x - max) ≤ 10",
        goal=8,
        samples=4,
    ),
    Row("nn.softmax_jacobian", nn.softmax_jacobian, _softmax_jacobian, _few, _few_domain, unit="eps Σ", samples=100),
    Row(
        "nn.log_softmax",
        nn.log_softmax,
        _log_softmax,
        _wide,
        _wide_domain,
        unit="eps max(1, abs x)",
        samples=200,
    ),
    Row(
        "nn.log_softmax_jacobian",
        nn.log_softmax_jacobian,
        _log_softmax_jacobian,
        _few,
        _few_domain,
        unit="eps Σ",
        samples=100,
    ),
]
