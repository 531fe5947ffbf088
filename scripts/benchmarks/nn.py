"""Rows of the chapter nn."""

from functools import partial

import jax
import jax.numpy as jnp
import optax
import torch
from benchmark import Peer, Row, tensor
from jax import lax, random

from mathml_jax import nn

F = torch.nn.functional


def _normal(*shape, seed=0):
    return random.normal(random.key(seed), shape, jnp.float32)


def _with(function, *draws):
    """A contender: the function, compiled, of drawn arguments."""
    return lambda: partial(jax.jit(function), *(draw() for draw in draws))


def _torch(function, *draws, threads=(1, 2), goal=None):
    """torch's contenders, one for each number of threads; the goal is against the best of them, the last."""

    def make():
        args = [tensor(draw()) for draw in draws]
        return lambda: function(*args)

    peers = [f"torch, {n} thread{'s' if n > 1 else ''}" for n in threads]
    goals = [None] * (len(threads) - 1) + [goal]
    return {name: Peer(make, goal, n) for name, goal, n in zip(peers, goals, threads, strict=True)}


_scores = partial(_normal, 8192, 4096)


def _labels():
    return random.randint(random.key(1), (8192,), 0, 4096)


def _training(loss):
    """Value and gradient of the mean of a loss over the batch."""
    return jax.value_and_grad(lambda x, y: loss(x, y).mean())


def _torch_cross_entropy(x, y):
    x = x.detach().requires_grad_()
    value = F.cross_entropy(x, y.long())
    return value, torch.autograd.grad(value, x)


_images = partial(_normal, 32, 56, 56, 64)
_pooled = partial(_normal, 32, 28, 28, 64, seed=1)
_kernel = partial(_normal, 3, 3, 64, 64, seed=1)


def _channels_first(draw):
    """torch's own order of the axes."""
    return lambda: jnp.moveaxis(draw(), -1, 1)


def _forward_and_backward(pool):
    def both(x, y_bar):
        y, pullback = jax.vjp(pool, x)
        return y, pullback(y_bar)

    return both


def _reduce_window(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def _torch_max_pool(x, y_bar):
    x = x.detach().requires_grad_()
    y = F.max_pool2d(x, 2)
    return y, torch.autograd.grad(y, x, y_bar)


def _lax_conv(x, kernel):
    return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


_heads = [partial(_normal, 4, 8, 512, 64, seed=seed) for seed in range(3)]
_tokens = [lambda draw=draw: jnp.swapaxes(draw(), 1, 2) for draw in _heads]
_pool_peers = {
    "lax.reduce_window": Peer(_with(_forward_and_backward(_reduce_window), _images, _pooled), 5),
    **_torch(_torch_max_pool, _channels_first(_images), _channels_first(_pooled)),
}

ROWS = [
    Row(
        "softmax cross-entropy, integer labels, 8192 × 4096, forward and backward",
        _with(_training(nn.softmax_cross_entropy_with_integer_labels), _scores, _labels),
        {
            **_torch(_torch_cross_entropy, _scores, _labels, goal=2),
            "optax": Peer(_with(_training(optax.softmax_cross_entropy_with_integer_labels), _scores, _labels), 1.0),
        },
    ),
    Row(
        "softmax, 8192 × 4096, forward",
        _with(nn.softmax, _scores),
        {**_torch(lambda x: x.softmax(-1), _scores), "jax.nn": Peer(_with(jax.nn.softmax, _scores))},
    ),
    Row(
        "max_pool 2 × 2, 32 × 64 × 56 × 56, forward and backward by autodiff",
        _with(_forward_and_backward(nn.max_pool), _images, _pooled),
        _pool_peers,
    ),
    Row(
        "max_pool 2 × 2, 32 × 64 × 56 × 56, forward and hand-written backward",
        _with(lambda x, y_bar: (nn.max_pool(x), nn.max_pool_vjp(x, y_bar)), _images, _pooled),
        _pool_peers,
    ),
    Row(
        "conv 3 × 3, 32 × 64 × 56 × 56, forward",
        _with(partial(nn.conv2d, padding="SAME"), _images, _kernel),
        {
            "lax.conv NHWC": Peer(_with(_lax_conv, _images, _kernel), 1.0),
            **_torch(
                partial(F.conv2d, padding=1),
                _channels_first(_images),
                lambda: jnp.transpose(_kernel(), (3, 2, 0, 1)),
            ),
        },
    ),
    Row(
        "attention, batch 4, 8 heads, 512 × 64, forward",
        _with(nn.scaled_dot_product_attention, *_heads),
        {
            **_torch(F.scaled_dot_product_attention, *_heads),
            "jax.nn": Peer(_with(jax.nn.dot_product_attention, *_tokens)),
        },
    ),
]
