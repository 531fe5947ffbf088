"""Rows of the chapter stats: many tests at once."""

from functools import partial

import jax
import numpy as np
import scipy.stats
from benchmark import Peer, Row
from benchmarks.special_gamma import _wide

from mathml_jax import stats

TESTS = 100_000


def _samples(dtype, axis, count=2):
    shape = (TESTS, 50) if axis == 1 else (50, TESTS)
    return np.random.default_rng(0).normal(size=(count, *shape)).astype(dtype)


def _welch(dtype, axis, goal):
    a, b = _samples(dtype, axis)
    options = {"axis": axis, "equal_var": False}
    return Row(
        f"stats.ttest_ind, Welch, {np.dtype(dtype)}, {TESTS:,} tests of 50 and 50 along axis {axis}",
        lambda: _wide(partial(stats.ttest_ind, **options), a, b),
        {"scipy.stats": Peer(lambda: partial(scipy.stats.ttest_ind, a, b, **options), goal)},
    )


def _one(name, dtype, *args, **options):
    ours, theirs = getattr(stats, name), getattr(scipy.stats, name)
    return Row(
        f"stats.{name}, {np.dtype(dtype)}, {TESTS:,} tests of 50",
        lambda: _wide(jax.jit(lambda *args: ours(*args, axis=1, **options)[:2]), *args),
        {"scipy.stats": Peer(lambda: partial(theirs, *args, axis=1, **options))},
    )


ROWS = [
    _welch(np.float64, 1, 5),
    _welch(np.float32, 1, 4),
    _welch(np.float64, 0, None),
    _welch(np.float32, 0, None),
    _one("ttest_1samp", np.float64, _samples(np.float64, 1, 1)[0], 0.1),
    _one("pearsonr", np.float64, *_samples(np.float64, 1)),
    _one("chisquare", np.float64, 20 + _samples(np.float64, 1, 1)[0]),
]
