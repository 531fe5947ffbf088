"""Rows of the chapter models."""

from functools import partial

from certificates.draws import arguments, normal
from certificates.exact import dot, matmul, mean, total, transposed
from certify import Row
from flint import arb, arb_mat

from mathml_jax import models
from mathml_jax.models import LinearModel

Sum = partial(Row, unit="eps Σ", samples=50)

_of_fit = "30 samples of 4 features of mean 1 and variance 1"
_weights = normal(20), normal(), normal(50, 20)


def _predictions(coef, intercept, x):
    return [total([intercept, *(u * v for u, v in zip(coef, row, strict=True))]) for row in x]


def _vjp(coef, intercept, x, g):
    return [matmul(transposed(x), [[v] for v in g]), total(g)]


def _rows(x):
    """What multiplies the targets, by the normal equation: a row for each weight, and one for the intercept."""
    columns = transposed(x)
    means = [mean(c) for c in columns]
    away = [[v - m for v in c] for c, m in zip(columns, means, strict=True)]
    weights = (arb_mat(away) * arb_mat(transposed(away))).solve(arb_mat(away)).tolist()
    return [*weights, [arb(1) / len(x) - dot(means, c)[0] for c in transposed(weights)]]


def _linear_fit(x, y):
    return [dot(row, y) for row in _rows(x)]


def _linear_fit_jacobian(x, y):
    return [[(v, dot(row, row)[0].sqrt()) for v in row] for row in _rows(x)]


ROWS = [
    Sum("models.linear_fit", models.linear_fit, _linear_fit, arguments(normal(30, 4, centre=1), normal(30)), _of_fit),
    Sum(
        "models.linear_fit_jacobian",
        models.linear_fit_jacobian,
        _linear_fit_jacobian,
        arguments(normal(30, 4, centre=1), normal(30)),
        _of_fit,
        unit="eps × length of the row",
    ),
    Sum(
        "models.linear_predict",
        lambda coef, intercept, x: models.linear_predict(LinearModel(coef, intercept), x),
        _predictions,
        arguments(*_weights),
        "20 features",
    ),
    Sum(
        "models.linear_predict_vjp",
        lambda coef, intercept, x, g: models.linear_predict_vjp(LinearModel(coef, intercept), x, g),
        _vjp,
        arguments(*_weights, normal(50)),
        "20 features of 50 samples",
    ),
]
