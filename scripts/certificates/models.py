"""Rows of the chapter models."""

from functools import partial

from certificates.draws import arguments, normal
from certificates.exact import matmul, total, transposed
from certify import Row

from mathml_jax import models
from mathml_jax.models import LinearModel

Sum = partial(Row, unit="eps Σ", samples=50)

_weights = normal(20), normal(), normal(50, 20)


def _predictions(coef, intercept, x):
    return [total([intercept, *(u * v for u, v in zip(coef, row, strict=True))]) for row in x]


def _vjp(coef, intercept, x, g):
    return [matmul(transposed(x), [[v] for v in g]), total(g)]


ROWS = [
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
