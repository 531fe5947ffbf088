"""Errors in units in the last place, against Arb's certified balls."""

import numpy as np
from flint import arb, ctx

ctx.prec = 250


def balls(x):
    """The entries as exact Arb numbers."""
    return np.vectorize(lambda entry: arb(float(entry)), otypes=[object])(np.asarray(x))


def each(function, *arrays):
    """The function at every entry, in Arb."""
    return np.vectorize(function, otypes=[object])(*map(balls, arrays))


def error(got, true):
    """Absolute error of every entry."""
    return np.vectorize(lambda g, t: abs(float(arb(float(g)) - t)), otypes=[float])(np.asarray(got), true)


def ulps(got, true):
    """The worst error, in units in the last place of the true value in `got`'s dtype."""
    got = np.asarray(got)
    size = np.abs(np.vectorize(float, otypes=[float])(true)).astype(got.dtype)
    return np.max(error(got, true) / np.spacing(size).astype(float))
