"""Rows of the chapter linalg."""

from functools import partial

import numpy as np
from certificates.draws import arguments, normal, uniform
from certificates.exact import dot, matmul, total, transposed
from certify import Row
from flint import acb_mat, arb

from mathml_jax import linalg

Sum = partial(Row, unit="eps Σ", samples=5)

_factors = arguments(normal(32, 500), normal(500, 32))
_positive = arguments(uniform(0, 1, 32, 500), uniform(0, 1, 500, 32))


def _vjp(a, b, g):
    return [matmul(g, transposed(b)), matmul(transposed(a), g)]


def _quotient(a, x):
    square = dot(x, x)[0]
    value, size = total(u * v * w for u, row in zip(x, a, strict=True) for v, w in zip(row, x, strict=True))
    return value / square, size / square


def _quotient_gradient(a, x):
    square, (rho, rho_size) = dot(x, x)[0], _quotient(a, x)
    both = [[p + q for p, q in zip(row, column, strict=True)] for row, column in zip(a, transposed(a), strict=True)]
    pairs = [(dot(row, x), v) for row, v in zip(both, x, strict=True)]
    outer = [[(u * v / square, abs(u * v) / square) for v in x] for u in x]
    return [outer, [((s - 2 * rho * v) / square, (size + 2 * rho_size * abs(v)) / square) for (s, size), v in pairs]]


def _dominant(a):
    """The largest eigenvalue and its vector of length one, the largest entry positive, as Arb encloses them."""
    values, vectors = acb_mat(a).eig(right=True)
    place = max(range(len(a)), key=lambda i: abs(float(values[i].real.mid())))
    v = [vectors[i, place].real for i in range(len(a))]
    length = dot(v, v)[0].sqrt() * max(v, key=lambda u: abs(float(u.mid()))).sgn()
    return values[place].real, [u / length for u in v]


def _power_iteration(a, start):
    value, v = _dominant(a)
    return [(value, abs(value)), [(u, arb(1)) for u in v]]


def _power_iteration_gradient(a, start):
    (_, v), (_, u) = _dominant(a), _dominant(transposed(a))
    inner = dot(u, v)[0]
    return [[(p * q / inner, 1 / abs(inner)) for q in v] for p in u]


def _one_large(rng, count, info):
    """Matrices with the eigenvalues 4, 1.5, -1 and 0.5 and not quite orthogonal vectors, and starts."""
    turn = np.linalg.qr(rng.normal(size=(count, 4, 4)))[0]
    upper = np.diag([4, 1.5, -1, 0.5]) + 0.3 * np.triu(rng.normal(size=(count, 4, 4)), 1)
    return turn @ upper @ np.swapaxes(turn, 1, 2), rng.normal(size=(count, 4))


_square = arguments(normal(12, 12), normal(12))
_of_square, _of_large = "12 × 12 numbers of either sign", "4 × 4, eigenvalues 4, 1.5, -1 and 0.5"

ROWS = [
    Sum("linalg.rayleigh_quotient", linalg.rayleigh_quotient, _quotient, _square, _of_square, samples=200),
    Sum(
        "linalg.rayleigh_quotient_gradient",
        linalg.rayleigh_quotient_gradient,
        _quotient_gradient,
        _square,
        _of_square,
        samples=50,
    ),
    Row(
        "linalg.power_iteration",
        linalg.power_iteration,
        _power_iteration,
        _one_large,
        _of_large,
        unit="eps × length or eigenvalue",
        samples=200,
    ),
    Row(
        "linalg.power_iteration_gradient",
        linalg.power_iteration_gradient,
        _power_iteration_gradient,
        _one_large,
        _of_large,
        unit="eps × length",
        samples=200,
    ),
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
