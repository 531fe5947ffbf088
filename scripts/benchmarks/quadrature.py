"""Rows of the chapter calculus: many integrals at once, against one after another."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from benchmark import Peer, Row
from scipy import integrate

from mathml_jax import calculus

PEAKS, CURVES, NODES = 10_000, 100_000, 21
EPSREL = float(np.finfo(np.float32).eps) ** (2 / 3)


def _parameters(count):
    """How narrow each peak is, and where it stands."""
    rng = np.random.default_rng(0)
    return rng.uniform(10, 100, count).astype(np.float32), rng.uniform(0.2, 0.8, count).astype(np.float32)


def _peak(x, c, w):
    return 1 / (c**-2 + (x - w) ** 2)


def _adaptive():
    def area(c, w):
        return calculus.quad(_peak, jnp.float32(0), jnp.float32(1), (c, w)).integral

    return partial(jax.jit(jax.vmap(area)), *map(jnp.asarray, _parameters(PEAKS)))


def _loop(f, count, **accuracy):
    """SciPy's quad on Python's own numbers, which are faster than NumPy's."""

    def make():
        columns = [column.tolist() for column in _parameters(count)]
        return lambda: [integrate.quad(f, 0.0, 1.0, args=pair, **accuracy)[0] for pair in zip(*columns, strict=True)]

    return make


def _smooth(x, c, w):
    return 1 / (1 + (c * (x - w) / 32) ** 2)


def _fixed():
    def area(c, w):
        return calculus.fixed_quad(_smooth, jnp.float32(0), jnp.float32(1), (c, w), n=NODES)

    return partial(jax.jit(jax.vmap(area)), *map(jnp.asarray, _parameters(CURVES)))


def _numpy():
    c, w = (column[:, None] for column in _parameters(CURVES))
    nodes, weights = (column.astype(np.float32) for column in np.polynomial.legendre.leggauss(NODES))
    return lambda: _smooth((nodes + 1) / 2, c, w) @ weights / 2


ROWS = [
    Row(
        f"{PEAKS:,} adaptive integrals of peaks",
        _adaptive,
        {"scipy.integrate.quad in a loop, as exact": Peer(_loop(_peak, PEAKS, epsabs=0, epsrel=EPSREL), 20)},
    ),
    Row(
        f"{CURVES:,} integrals by Gauss's rule of {NODES} points",
        _fixed,
        {
            "scipy.integrate.quad in a loop": Peer(_loop(_smooth, CURVES), 60),
            "NumPy, vectorised": Peer(_numpy, 1.5),
        },
    ),
]
