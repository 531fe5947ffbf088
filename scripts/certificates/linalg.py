"""Rows of the chapter linalg."""

from functools import partial

from certificates.draws import arguments, normal, uniform
from certificates.exact import matmul, transposed
from certify import Row

from mathml_jax import linalg

Sum = partial(Row, unit="eps Σ", samples=5)

_factors = arguments(normal(32, 500), normal(500, 32))
_positive = arguments(uniform(0, 1, 32, 500), uniform(0, 1, 500, 32))


def _vjp(a, b, g):
    return [matmul(g, transposed(b)), matmul(transposed(a), g)]


ROWS = [
    Sum("linalg.matmul", linalg.matmul, matmul, _factors, "500 terms of either sign"),
    Sum("linalg.matmul, positive", linalg.matmul, matmul, _positive, "500 terms from 0 to 1"),
    Sum(
        "linalg.matmul, combination of columns",
        partial(linalg.matmul, reading="combination of columns"),
        matmul,
        _factors,
        "500 terms of either sign",
    ),
    Sum(
        "linalg.matmul, sum of outer products",
        partial(linalg.matmul, reading="sum of outer products"),
        matmul,
        _factors,
        "500 terms of either sign",
    ),
    Sum(
        "linalg.matmul_vjp",
        linalg.matmul_vjp,
        _vjp,
        arguments(normal(20, 10), normal(10, 30), normal(20, 30)),
        "20 or 30 terms of either sign",
    ),
]
