"""Areas under smooth curves, for the lines of proofs about integrals and expectations."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


def area(f: Callable[[Array], Array], a: Float[Array, ""], b: Float[Array, ""]) -> Float[Array, ""]:
    """The integral of f from a to b: Gauss's rule with 24 nodes."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    return (b - a) / 2 * (f((a + b) / 2 + (b - a) / 2 * nodes) @ weights)


def area_from_zero(f: Callable[[Array], Array]) -> Float[Array, ""]:
    """The integral of f from 0 to infinity: trapezoids over the logarithm of the variable."""
    width = 0.25
    nodes = np.exp(np.arange(-36.0, 12.0, width))
    return width * jnp.sum(nodes * f(jnp.asarray(nodes)))


def expected(f: Callable[[Array], Array]) -> Float[Array, "..."]:
    """The expectation of f, whose last axis is that of its argument, under the standard normal law: 48 Gauss nodes."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(48)
    return f(jnp.asarray(nodes)) @ (weights / weights.sum())
