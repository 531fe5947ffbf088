"""Rows of the chapter calculus: integrals of sampled curves, and Gauss's rules."""

from functools import partial
from itertools import accumulate, pairwise

import flint
import jax.numpy as jnp
import numpy as np
from certificates.draws import arguments, normal, uniform
from certificates.exact import total
from certify import Row
from flint import arb

from mathml_jax import calculus

Sum = partial(Row, unit="eps Σ", samples=200)
Rule = partial(Row, samples=1, goal=0.51)

ORDERS = (*range(1, 22), 32, 50, 64, 99, 127, 128)

_curve = arguments(normal(100), normal(100))
_domain = "100 points in any order"


def _ascending(n):
    """Points whose distances differ by up to a factor of ten."""
    return lambda rng, count, info: np.cumsum(rng.uniform(0.1, 1, (count, n)), axis=1)


def _areas(y, x):
    pieces = [w * v for (a, b), ends in zip(pairwise(x), pairwise(y), strict=True) for v in ends for w in [(b - a) / 2]]
    sums, sizes = accumulate(pieces), accumulate(map(abs, pieces))
    return list(zip(sums, sizes, strict=True))[1::2]


def _weights(y, x):
    left, right = [x[0], *x[:-1]], [*x[1:], x[-1]]
    # Half of each width, whose signs may differ.
    sizes = [abs(b - v) / 2 + abs(v - a) / 2 for a, v, b in zip(left, x, right, strict=True)]
    return [((b - a) / 2, size) for a, b, size in zip(left, right, sizes, strict=True)]


def _under_parabola(three, low, high):
    """The integrals of Lagrange's three polynomials."""

    def integral(p, q, s):
        whole = [u**3 / 3 - (q + s) * u**2 / 2 + q * s * u for u in (low, high)]
        return (whole[1] - whole[0]) / ((p - q) * (p - s))

    p, q, s = three
    return [integral(p, q, s), integral(q, p, s), integral(s, p, q)]


def _simpson_weights(y, x):
    """Every weight, and the sum of the absolute values of what it is added up from."""
    n = len(x)
    terms = [[] for _ in x]
    for k in range(0, n - 2, 2):
        for i, w in enumerate(_under_parabola(x[k : k + 3], x[k], x[k + 2])):
            terms[k + i].append(w)
            if i != 1:
                # Two thirds of the interval, less what may be as large.
                terms[k + i] += [(x[k + 2] - x[k]) / 3, -(x[k + 2] - x[k]) / 3]
    if n % 2 == 0:
        for i, w in enumerate(_under_parabola(x[-3:], x[-2], x[-1])):
            terms[n - 3 + i].append(w)
    return [total(t) for t in terms]


def _simpson(y, x):
    weights = _simpson_weights(y, x)
    return sum(w * v for (w, _), v in zip(weights, y, strict=True)), sum(
        size * abs(v) for (_, size), v in zip(weights, y, strict=True)
    )


def _rules(make):
    """All rules as one function of the number 1, which keeps the compiler from folding it and chooses the dtype."""

    def rules(one):
        return [one * column for n in ORDERS for column in make(n, dtype=one.dtype)]

    return rules


def _legendre(_):
    pairs = [arb.legendre_p_root(n, k, weight=True) for n in ORDERS for k in reversed(range(n))]
    return _columns(pairs)


def _columns(pairs):
    """Nodes and weights of all orders one after another, as the rules have them."""
    pairs = iter(pairs)
    found = []
    for n in ORDERS:
        of_order = [next(pairs) for _ in range(n)]
        found += [x for x, _ in of_order] + [w for _, w in of_order]
    return found


def _zero(value, slope, start):
    """The zero next to a number, enclosed by a step of interval Newton.

    Its callers raise the precision: the polynomials cancel hundreds of bits.
    """
    x = arb(start)
    for _ in range(7):
        x = arb((x - value(x) / slope(x)).mid())
    wide = arb(x, arb(2) ** -1000)
    found = x - value(x) / slope(wide)
    assert wide.contains(found), f"no zero at {start}"
    return found


@flint.ctx.workprec(2000)
def _hermite(_):
    pairs = []
    for n in ORDERS:
        for start in np.polynomial.hermite.hermgauss(n)[0]:
            x = _zero(lambda x, n=n: x.hermite_h(n), lambda x, n=n: 2 * n * x.hermite_h(n - 1), float(start))
            weight = arb(2) ** (n - 1) * arb(n).fac() * arb.pi().sqrt() / (n * x.hermite_h(n - 1)) ** 2
            pairs.append((x, weight))
    return _columns(pairs)


@flint.ctx.workprec(2000)
def _laguerre(_):
    pairs = []
    for n in ORDERS:
        for start in np.polynomial.laguerre.laggauss(n)[0]:
            x = _zero(
                lambda x, n=n: x.laguerre_l(n),
                lambda x, n=n: n * (x.laguerre_l(n) - x.laguerre_l(n - 1)) / x,
                float(start),
            )
            pairs.append((x, x / ((n + 1) * x.laguerre_l(n + 1)) ** 2))
    return _columns(pairs)


def _polynomial(c, a, b):
    powers = [(v / (k + 1), k + 1) for k, v in enumerate(reversed(c))]
    return total(v * u**k * sign for v, k in powers for u, sign in ((a, -1), (b, 1)))


def _fixed_quad(c, a, b):
    return calculus.fixed_quad(lambda x, c: jnp.polyval(c, x), a, b, (c,), 5)


_one = arguments(lambda rng, count, info: np.ones((count, 1)))
_orders = "orders 1 to 21, 32, 50, 64, 99, 127, 128: nodes and weights"
_points = arguments(normal(99), _ascending(99))
_even_points = arguments(normal(100), _ascending(100))
_spaced, _evenly_spaced = "99 points, distances 0.1 to 1", "100 points, distances 0.1 to 1"

ROWS = [
    Sum("calculus.trapezoid", calculus.trapezoid, lambda y, x: _areas(y, x)[-1], _curve, _domain),
    Sum("calculus.trapezoid_gradient", calculus.trapezoid_gradient, _weights, _curve, _domain),
    Sum("calculus.cumulative_trapezoid", calculus.cumulative_trapezoid, _areas, _curve, _domain),
    Sum("calculus.simpson, odd number", calculus.simpson, _simpson, _points, _spaced),
    Sum("calculus.simpson, even number", calculus.simpson, _simpson, _even_points, _evenly_spaced),
    Sum("calculus.simpson_gradient", calculus.simpson_gradient, _simpson_weights, _even_points, _evenly_spaced),
    Rule("calculus.gauss_legendre", _rules(calculus.gauss_legendre), _legendre, _one, _orders),
    Rule("calculus.gauss_hermite", _rules(calculus.gauss_hermite), _hermite, _one, _orders),
    Rule("calculus.gauss_laguerre", _rules(calculus.gauss_laguerre), _laguerre, _one, _orders),
    Sum(
        "calculus.fixed_quad, order 5",
        _fixed_quad,
        _polynomial,
        arguments(normal(10), uniform(-1, 0), uniform(0, 1)),
        "polynomials of degree 9, between -1 and 1",
    ),
]
