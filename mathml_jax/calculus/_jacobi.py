"""The numbers behind Gauss's rules: zeros of orthogonal polynomials and their weights, rounded but once."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

Family = Literal["legendre", "hermite", "laguerre"]

DIGITS = 60
ROOT_PI = Decimal("1.77245385090551602729816748334114518279754945612238712821380779")


class Recurrence(NamedTuple):
    r"""A Jacobi matrix: the three-term recurrence of orthonormal polynomials.

    .. math::

        \beta_{k+1} p_{k+1}(x) = (x - \alpha_k) p_k(x) - \beta_k p_{k-1}(x), \qquad p_0 = 1
    """

    alpha: Sequence[Decimal]
    beta: Sequence[Decimal]
    mass: Decimal


def recurrence(family: Family, n: int) -> Recurrence:
    """The diagonal, n long; beside it the entries 0, 1 to n; and the integral of the weight function."""
    ks = [Decimal(k) for k in range(n + 1)]
    zeros = [Decimal(0)] * n
    match family:
        case "legendre":
            return Recurrence(zeros, [k / abs(4 * k * k - 1).sqrt() for k in ks], Decimal(2))
        case "hermite":
            return Recurrence(zeros, [(k / 2).sqrt() for k in ks], ROOT_PI)
        case "laguerre":
            return Recurrence([2 * k + 1 for k in ks[:n]], ks, Decimal(1))


def evaluate(rule: Recurrence, x: Decimal) -> tuple[Decimal, Decimal]:
    r"""How far x is from the nearest zero, to first order, and the weight of a zero there.

    .. math::

        x - \frac{v^\top J v}{v^\top v} = \frac{\beta_n p_n(x) p_{n-1}(x)}{\sum_{k<n} p_k(x)^2}, \qquad
        w = \frac{\mu}{\sum_{k<n} p_k(x)^2}

    with the vector v of the polynomials at x: at a zero it is an eigenvector of the Jacobi matrix J, and its Rayleigh
    quotient squares the error of x, as a step of Newton's would.
    """
    before, p, squares = Decimal(0), Decimal(1), Decimal(0)
    for k, alpha in enumerate(rule.alpha):
        squares += p * p
        before, p = p, ((x - alpha) * p - rule.beta[k] * before) / rule.beta[k + 1]
    return rule.beta[-1] * p * before / squares, rule.mass / squares


@lru_cache(maxsize=256)
def nodes_and_weights(family: Family, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes, ascending, and weights: eigenvalues in float64, two steps in sixty digits, one rounding."""
    with localcontext() as context:
        context.prec = DIGITS
        rule = recurrence(family, n)
        beside = np.diag(np.array(rule.beta[1:-1], np.float64), 1)
        jacobi = np.diag(np.array(rule.alpha, np.float64)) + beside + beside.T
        symmetric = family != "laguerre"
        first = n // 2 if symmetric else 0
        starts = np.linalg.eigvalsh(jacobi)
        if symmetric:
            starts = (starts - starts[::-1]) / 2
        pairs = [_polished(rule, Decimal(float(x))) for x in starts[first:]]
    nodes, weights = (np.array(column, np.float64) for column in zip(*pairs, strict=True))
    if symmetric:
        nodes = np.concatenate([-nodes[::-1][: n // 2], nodes])
        weights = np.concatenate([weights[::-1][: n // 2], weights])
    return nodes, weights


def _polished(rule: Recurrence, x: Decimal) -> tuple[Decimal, Decimal]:
    for _ in range(2):
        x -= evaluate(rule, x)[0]
    return x, evaluate(rule, x)[1]
