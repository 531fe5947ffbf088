"""Rows of the chapter optimize: the objectives. `parity` holds the optimisers against optax, step by step."""

from functools import partial
from itertools import pairwise

from certificates.draws import arguments, normal
from certificates.exact import total
from certify import Row

from mathml_jax import optimize

Sum = partial(Row, unit="eps Σ", samples=200)

_bowl, _bowl_domain = arguments(normal(10), normal(10, 10), normal(10)), "10 coordinates"
_valley, _valley_domain = arguments(normal(10, spread=2)), "10 coordinates, to ±6"


def _quadratic(x, a, b):
    squares = [u * entry * v / 2 for u, row in zip(x, a, strict=True) for v, entry in zip(x, row, strict=True)]
    return total([*squares, *(-u * v for u, v in zip(b, x, strict=True))])


def _quadratic_gradient(x, a, b):
    def at(i):
        halves = [entry * v / 2 for j, v in enumerate(x) for entry in (a[i][j], a[j][i])]
        return total([*halves, -b[i]])

    return [at(i) for i in range(len(x))]


def _rosenbrock(x):
    steps = list(pairwise(x))
    # The terms inside the squares count as terms.
    value = sum(100 * (v - u * u) ** 2 + (1 - u) ** 2 for u, v in steps)
    return value, sum(100 * abs(v - u * u) * (abs(v) + u * u) + abs(1 - u) * (1 + abs(u)) for u, v in steps)


def _rosenbrock_gradient(x):
    def at(i):
        terms = []
        if i < len(x) - 1:
            terms += [-400 * x[i] * x[i + 1], 400 * x[i] ** 3, -2 + 0 * x[i], 2 * x[i]]
        if i > 0:
            terms += [200 * x[i], -200 * x[i - 1] ** 2]
        return total(terms)

    return [at(i) for i in range(len(x))]


def _rosenbrock_hessian(x):
    last = len(x) - 1

    def at(i, j):
        if abs(i - j) == 1:
            return total([-400 * x[min(i, j)]])
        if i != j:
            return total([])
        terms = [1200 * x[i] ** 2, -400 * x[i + 1], 2 + 0 * x[i]] if i < last else []
        return total([*terms, 200 + 0 * x[i]] if i else terms)

    return [[at(i, j) for j in range(len(x))] for i in range(len(x))]


ROWS = [
    Sum("optimize.quadratic", optimize.quadratic, _quadratic, _bowl, _bowl_domain),
    Sum("optimize.quadratic_gradient", optimize.quadratic_gradient, _quadratic_gradient, _bowl, _bowl_domain),
    Row(
        "optimize.quadratic_hessian",
        optimize.quadratic_hessian,
        lambda x, a, b: [[(a[i][j] + a[j][i]) / 2 for j in range(len(x))] for i in range(len(x))],
        _bowl,
        _bowl_domain,
        samples=20,
    ),
    Sum("optimize.rosenbrock", optimize.rosenbrock, _rosenbrock, _valley, _valley_domain),
    Sum("optimize.rosenbrock_gradient", optimize.rosenbrock_gradient, _rosenbrock_gradient, _valley, _valley_domain),
    Sum("optimize.rosenbrock_hessian", optimize.rosenbrock_hessian, _rosenbrock_hessian, _valley, _valley_domain),
]
