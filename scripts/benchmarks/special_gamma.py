"""Rows of the incomplete gamma function and its inverse, over many arguments at once."""

from functools import partial

import jax
import numpy as np
import scipy.special
from benchmark import Peer, Row

from mathml_jax.special import incomplete_gamma, incomplete_gamma_inverse

SIZE = 2**17


def _arguments(dtype, low, high):
    """Shapes between two powers of ten and gamma variables of these shapes."""
    rng = np.random.default_rng(0)
    a = 10 ** rng.uniform(low, high, SIZE)
    return a.astype(dtype), np.maximum(rng.gamma(a), 1e-30).astype(dtype)


def _tail(dtype, goal, low, high, jax_goal=None):
    args = _arguments(dtype, low, high)
    return Row(
        f"gammainc, {np.dtype(dtype)}, a in 1e{low} to 1e{high}, {SIZE:,} numbers",
        lambda: _wide(incomplete_gamma.gammainc, *args),
        {
            "scipy.special": Peer(lambda: partial(scipy.special.gammainc, *args), goal),
            "jax.scipy.special": Peer(lambda: _wide(jax.jit(jax.scipy.special.gammainc), *args), jax_goal),
        },
    )


def _quantile(dtype, goal, low, high):
    a, _ = _arguments(dtype, low, high)
    p = np.random.default_rng(1).uniform(size=SIZE).astype(dtype)
    return Row(
        f"gammaincinv, {np.dtype(dtype)}, a in 1e{low} to 1e{high}, {SIZE:,} numbers",
        lambda: _wide(incomplete_gamma_inverse.gammaincinv, a, p),
        {"scipy.special": Peer(lambda: partial(scipy.special.gammaincinv, a, p), goal)},
    )


def _wide(function, *args):
    """The work with float64 switched on, the arguments already on the device."""
    with jax.enable_x64(True):
        on_device = jax.device_put(args)

    def work():
        with jax.enable_x64(True):
            return function(*on_device)

    return work


ROWS = [
    _tail(np.float64, 1.2, -3, 2, 20),
    _tail(np.float64, 1.2, -1, 5),
    _tail(np.float32, None, -1, 2),
    _quantile(np.float64, 1.5, -0.3, 2),
    _quantile(np.float32, None, -0.3, 2),
]
