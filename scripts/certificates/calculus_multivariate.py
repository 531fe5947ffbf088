"""Rows of the chapter calculus: Taylor coefficients."""

from functools import partial

import jax.numpy as jnp
from certificates.draws import arguments, decades, uniform
from certify import Row
from flint import arb

from mathml_jax import calculus

ORDER = 12
Series = partial(Row, samples=1000)


def _coefficients(f):
    return lambda x: jnp.unstack(calculus.taylor(f, x, ORDER).coefficients, axis=-1)


def _exp(x):
    return [x.exp() / arb(k).fac() for k in range(ORDER + 1)]


def _log(x):
    return [x.log(), *((-1) ** (k + 1) / (k * x**k) for k in range(1, ORDER + 1))]


def _root(x):
    terms = [x.sqrt()]
    for k in range(ORDER):
        terms.append(terms[-1] * (arb(1) / 2 - k) / ((k + 1) * x))
    return terms


def _sine(x):
    turns = (x.sin(), x.cos(), -x.sin(), -x.cos())
    return [(turns[k % 4] / arb(k).fac(), 1 / arb(k).fac()) for k in range(ORDER + 1)]


_tens = arguments(decades(-1, 1)), "[0.1, 10], order 12"
_twenties = arguments(uniform(-20, 20)), "[-20, 20], order 12"

ROWS = [
    Series("calculus.taylor, exp", _coefficients(jnp.exp), _exp, *_twenties, 8),
    Series("calculus.taylor, log", _coefficients(jnp.log), _log, *_tens, 12),
    Series("calculus.taylor, sqrt", _coefficients(jnp.sqrt), _root, *_tens, 32),
    Series("calculus.taylor, sin", _coefficients(jnp.sin), _sine, *_twenties, 4, unit="eps / k!"),
]
