"""Rows of the incomplete beta function, its inverse, and Student's law, over many arguments at once."""

from functools import partial

import jax
import numpy as np
import scipy.special
import scipy.stats
from benchmark import Peer, Row
from benchmarks.special_gamma import _wide

from mathml_jax.special import incomplete_beta, incomplete_beta_inverse, student

SIZE = 2**17


def _shapes(low, high):
    return 10 ** np.random.default_rng(0).uniform(low, high, (2, SIZE))


def _chances():
    return np.random.default_rng(1).uniform(size=SIZE)


def _tail(dtype, goal, low, high, jax_goal=None):
    args = tuple(v.astype(dtype) for v in (*_shapes(low, high), _chances()))
    return Row(
        f"betainc, {np.dtype(dtype)}, a, b in 1e{low:g} to 1e{high:g}, {SIZE:,} numbers",
        lambda: _wide(incomplete_beta.betainc, *args),
        {
            "scipy.special": Peer(lambda: partial(scipy.special.betainc, *args), goal),
            "jax.scipy.special": Peer(lambda: _wide(jax.jit(jax.scipy.special.betainc), *args), jax_goal),
        },
    )


def _quantile(dtype, goal, low, high):
    args = tuple(v.astype(dtype) for v in (*_shapes(low, high), _chances()))
    return Row(
        f"betaincinv, {np.dtype(dtype)}, a, b in 1e{low:g} to 1e{high:g}, {SIZE:,} numbers",
        lambda: _wide(incomplete_beta_inverse.betaincinv, *args),
        {
            "scipy.special": Peer(lambda: partial(scipy.special.betaincinv, *args), goal),
            "scipy.stats.beta.ppf": Peer(lambda: partial(scipy.stats.beta.ppf, args[2], *args[:2]), goal),
        },
    )


def _student(dtype, goal, ours, name, inverse):
    df = np.random.default_rng(0).uniform(1, 100, SIZE).astype(dtype)
    at = _chances() if inverse else 2 * np.random.default_rng(1).normal(size=SIZE)
    at = at.astype(dtype)
    verb = scipy.stats.t.ppf if inverse else scipy.stats.t.cdf
    return Row(
        f"{name}, {np.dtype(dtype)}, df from 1 to 100, {SIZE:,} numbers",
        lambda: _wide(ours, df, at),
        {
            "scipy.special": Peer(lambda: partial(getattr(scipy.special, name), df, at), goal),
            f"scipy.stats.t.{verb.__name__}": Peer(lambda: partial(verb, at, df), goal),
        },
    )


ROWS = [
    _tail(np.float64, 2, -0.3, 2, 15),
    _tail(np.float64, None, -3, 5),
    _tail(np.float32, None, -0.3, 2),
    _quantile(np.float64, 2, -0.3, 2),
    _quantile(np.float32, None, -0.3, 2),
    _student(np.float64, None, student.stdtr, "stdtr", False),
    _student(np.float32, 3, student.stdtr, "stdtr", False),
    _student(np.float64, 1.2, student.stdtrit, "stdtrit", True),
    _student(np.float32, 2.5, student.stdtrit, "stdtrit", True),
]
