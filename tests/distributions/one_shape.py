"""Verbs of a family at points of any shape by one program: each shape, and each of Python's numbers, is one of its own.

All that a family's tests ask of a verb is compiled once in a process, whatever the number of points.
"""

import inspect
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np

SIZE = 64


def values(verb, *args):
    """A verb at broadcast arguments, in float64 by rows of one length, as NumPy arrays of their shape."""
    points = np.broadcast_arrays(*(np.asarray(a, float) for a in args))
    shape, size = points[0].shape, points[0].size
    rows = zip(*(np.resize(p, (-(-size // SIZE), SIZE)) for p in points), strict=True)

    def whole(*parts):
        return np.concatenate(parts)[:size].reshape((*shape, *parts[0].shape[1:]))

    return jax.tree.map(whole, *(verb(*row) for row in rows))


class OneShape:
    """A family each of whose verbs is one program; loc and scale are arguments like any other."""

    def __init__(self, law):
        self.law = law

    def __getattr__(self, name):
        verb = getattr(self.law, name)

        def everywhere(*args):
            bound = inspect.signature(verb).bind(*args)
            bound.apply_defaults()
            return values(verb, *bound.args)

        return verb if name in ("rvs", "fit", "moment") else everywhere


def slopes(verb, *args):
    """The derivatives of a verb in each of its arguments, one array for each."""
    return np.stack(values(_pulled_back(verb), *args))


@cache
def _pulled_back(verb):
    return jax.jit(lambda *args: jax.vjp(verb, *args)[1](jnp.ones(SIZE)))
