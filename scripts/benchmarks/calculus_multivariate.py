"""Rows of the chapter calculus: second derivatives of a network of 100 inputs."""

from functools import partial

import jax
import jax.numpy as jnp
from benchmark import Peer, Row
from jax import random

from mathml_jax import calculus


def _normal(*shape, seed):
    return random.normal(random.key(seed), shape, jnp.float32)


def _network(weights, x):
    for w in weights:
        x = jnp.tanh(x @ w / jnp.sqrt(jnp.float32(len(w))))
    return jnp.sum(x)


def _drawn():
    sizes = [(100, 256), (256, 256), (256, 1)]
    weights = [_normal(*shape, seed=seed) for seed, shape in enumerate(sizes)]
    return weights, _normal(256, 100, seed=3), _normal(256, 100, seed=4)


def _at_each(function):
    """A contender: the function of a network, a point and a direction, at all points."""

    def every(weights, points, directions):
        return jax.vmap(lambda x, v: function(partial(_network, weights), x, v))(points, directions)

    return lambda: partial(jax.jit(every), *_drawn())


def _trained(function):
    """A contender: the gradient, in the weights, of the mean square of such a function."""

    def loss(weights, points, directions):
        at = jax.vmap(lambda x, v: function(partial(_network, weights), x, v))
        return jnp.mean(at(points, directions) ** 2)

    return lambda: partial(jax.jit(jax.grad(loss)), *_drawn())


def _laplacian(f, x, v):
    return calculus.laplacian(f)(x)


def _trace(f, x, v):
    return jnp.trace(jax.hessian(f)(x))


def _wide(f, x, v):
    return calculus.laplacian(f, batch_size=100)(x)


ROWS = [
    Row(
        "laplacian, network 100-256-256-1, batch 256",
        _at_each(_laplacian),
        {"trace(hessian)": Peer(_at_each(_trace), 1 / 1.6), "batch_size=100": Peer(_at_each(_wide))},
    ),
    Row(
        "gradient through the laplacian, network 100-256-256-1, batch 256",
        _trained(_laplacian),
        {"trace(hessian)": Peer(_trained(_trace), 1.0)},
    ),
    Row(
        "hvp, network 100-256-256-1, batch 256",
        _at_each(calculus.hvp),
        {"the gradient alone": Peer(_at_each(lambda f, x, v: jax.grad(f)(x)), 1 / 3)},
    ),
]
