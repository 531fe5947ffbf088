"""Rows of the chapter calculus."""

from functools import partial
from itertools import pairwise

from certificates.draws import arguments, normal
from certificates.exact import total
from certify import Row

from mathml_jax import calculus

Sum = partial(Row, unit="eps Σ", samples=200)

_curve = arguments(normal(100), normal(100))
_domain = "100 points in any order"


def _area(y, x):
    widths = [(b - a) / 2 for a, b in pairwise(x)]
    return total(w * v for w, ends in zip(widths, pairwise(y), strict=True) for v in ends)


def _weights(y, x):
    left, right = [x[0], *x[:-1]], [*x[1:], x[-1]]
    # Half of each width, whose signs may differ.
    sizes = [abs(b - v) / 2 + abs(v - a) / 2 for a, v, b in zip(left, x, right, strict=True)]
    return [((b - a) / 2, size) for a, b, size in zip(left, right, sizes, strict=True)]


ROWS = [
    Sum("calculus.trapezoid", calculus.trapezoid, _area, _curve, _domain),
    Sum("calculus.trapezoid_gradient", calculus.trapezoid_gradient, _weights, _curve, _domain),
]
