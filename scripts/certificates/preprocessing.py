"""Rows of the chapter preprocessing."""

from functools import partial

from certificates.draws import arguments, normal
from certificates.exact import mean
from certify import Row

from mathml_jax import preprocessing

Sum = partial(Row, unit="eps Σ", samples=50)


def _standardized(x):
    """Distances over the standard deviation, each with the size of the terms of its distance."""
    centre, size = mean(x), mean([abs(v) for v in x])
    scale = mean([(v - centre) ** 2 for v in x]).sqrt()
    return [((v - centre) / scale, (abs(v) + size) / scale) for v in x], scale


def _vjp(x, g):
    z, scale = _standardized(x)
    centre, size = mean(g), mean([abs(v) for v in g])
    along = mean([u * v for (u, _), v in zip(z, g, strict=True)])
    along_size = mean([u * abs(v) for (_, u), v in zip(z, g, strict=True)])
    return [
        ((v - centre - u * along) / scale, (abs(v) + size + u_size * along_size) / scale)
        for (u, u_size), v in zip(z, g, strict=True)
    ]


ROWS = [
    Sum(
        "preprocessing.standardize",
        preprocessing.standardize,
        lambda x: _standardized(x)[0],
        arguments(normal(100, centre=3)),
        "100 numbers of mean 3 and variance 1",
    ),
    Sum(
        "preprocessing.standardize_vjp",
        preprocessing.standardize_vjp,
        _vjp,
        arguments(normal(100, centre=3), normal(100)),
        "100 numbers of mean 3 and variance 1",
    ),
]
