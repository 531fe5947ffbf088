"""Rows of the chapter distributions: the normal law of many numbers at once."""

from functools import partial

import jax
import numpy as np
import scipy.special
import scipy.stats
from benchmark import Peer, Row

from mathml_jax.distributions import norm

SIZE = 2**17


def _numbers(low, high):
    return np.random.default_rng(0).uniform(low, high, SIZE).astype(np.float32)


def _against_scipy(verb, standard, *ends):
    """A verb with a mean and a standard deviation, against SciPy's, and against SciPy's bare function."""
    x, loc, scale = _numbers(*ends), np.float32(1), np.float32(2)
    return Row(
        f"norm.{verb.__name__}, {SIZE:,} numbers",
        lambda: partial(verb, jax.device_put(x), loc, scale),
        {
            "scipy.stats": Peer(lambda: partial(getattr(scipy.stats.norm, verb.__name__), x, loc, scale)),
            f"scipy.special.{standard.__name__}, standard": Peer(lambda: partial(standard, x)),
        },
    )


ROWS = [
    _against_scipy(norm.ppf, scipy.special.ndtri, 0, 1),
    _against_scipy(norm.logcdf, scipy.special.log_ndtr, -20, 8),
]
