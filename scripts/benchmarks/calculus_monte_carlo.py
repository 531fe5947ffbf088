"""Rows of the chapter calculus: many integrals at once, and one of many points, whose memory is that of a block."""

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import scipy.integrate
from benchmark import Peer, Row
from jax import random

from mathml_jax import calculus

INTEGRALS, NODES = 100_000, 21
POINTS, DIMENSIONS = 10_000_000, 4


def _parameters():
    return np.random.default_rng(0).uniform(0.5, 2.0, (2, INTEGRALS)).astype(np.float32)


def _damped(x, p, q):
    return jnp.exp(-p * x * x) / (1 + q * x)


def _ours():
    def one(p, q):
        return calculus.fixed_quad(_damped, 0.0, 2.0, (p, q), NODES)

    return partial(jax.jit(jax.vmap(one)), *map(jnp.asarray, _parameters()))


def _scipy():
    pairs = _parameters().T.tolist()

    def damped(x, p, q):
        return math.exp(-p * x * x) / (1 + q * x)

    return lambda: [scipy.integrate.quad(damped, 0.0, 2.0, pair)[0] for pair in map(tuple, pairs)]


def _numpy():
    p, q = _parameters()[:, :, None]
    nodes, weights = (column.astype(np.float32) for column in np.polynomial.legendre.leggauss(NODES))
    x = 1 + nodes
    return lambda: (np.exp(-p * x * x) / (1 + q * x)) @ weights


def _bell(x):
    return jnp.exp(-jnp.sum(x * x))


def _streamed():
    def integral(key, a, b):
        return calculus.monte_carlo_integrate(key, _bell, a, b, POINTS)

    return partial(jax.jit(integral), random.key(0), jnp.zeros(DIMENSIONS), jnp.ones(DIMENSIONS))


def _at_once():
    def mean(key):
        values = jax.vmap(_bell)(random.uniform(key, (POINTS, DIMENSIONS)))
        return jnp.mean(values), jnp.std(values) / POINTS**0.5

    return partial(jax.jit(mean), random.key(0))


def _numpy_points():
    draw = np.random.default_rng(0)

    def work():
        x = draw.random((POINTS, DIMENSIONS), np.float32)
        values = np.exp(-np.sum(x * x, axis=1))
        return values.mean(), values.std() / POINTS**0.5

    return work


ROWS = [
    Row(
        "100,000 integrals by 21 nodes",
        _ours,
        {"scipy.integrate.quad in a loop": Peer(_scipy, 60), "NumPy, the same nodes": Peer(_numpy, 1.5)},
    ),
    Row(
        "Monte Carlo, 10,000,000 points of 4 dimensions",
        _streamed,
        {"jax.vmap over all points": Peer(_at_once, 1), "NumPy": Peer(_numpy_points, 1)},
    ),
]
