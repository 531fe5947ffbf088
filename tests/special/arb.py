"""The normal law in Arb's certified arithmetic, and errors against it in units in the last place."""

import numpy as np
from flint import arb

from tests.ulps import each, error


def density(x):
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def below(x):
    return (-x / arb(2).sqrt()).erfc() / 2


def mills(x):
    """Tail over density, for x from 0; beyond 200 by the asymptotic series, whose error is below its last term."""
    if x < 200:
        return below(-x) / density(x)
    total = term = arb(1)
    for k in range(1, 25):
        term = -term * (2 * k - 1) / (x * x)
        total += term
    return total / x


def log_below(x):
    return mills(-x).log() - x * x / 2 - (2 * arb.pi()).log() / 2 if x < 0 else (-below(-x)).log1p()


def log_slope(x):
    return 1 / mills(-x) if x < 0 else density(x) / below(x)


def quantile(p):
    """Newton's iteration on the logarithm of the smaller tail."""
    if p > 0.5:
        return -quantile(1 - p)
    z = arb(0) if p > 0.3 else -(-2 * p.log()).sqrt()
    for _ in range(12):
        z = arb((z - (log_below(z) - p.log()) / log_slope(z)).mid())
    return z


def quantile_slope(p):
    return 1 / density(quantile(p))


def ulps(got, reference, x):
    """Errors of `got` against `reference`, a function in Arb, at the numbers x, in ulps of the exact value."""
    true = each(reference, x)
    size = np.abs(np.vectorize(float, otypes=[float])(true)).astype(got.dtype)
    return error(got, true) / np.spacing(size).astype(float)
