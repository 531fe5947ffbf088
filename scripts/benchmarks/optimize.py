"""Rows of the chapter optimize: whole updates, written to where the parameters lie."""

from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import optax
import torch
from benchmark import Peer, Row, tensor
from jax import random

from mathml_jax import nn, optimize

RATE, STEPS, SIZES = 1e-3, 300, (64, 128, 64, 10)


def _leaves():
    """Ten million numbers, in ten leaves."""
    return list(random.normal(random.key(0), (10, 1_000_000), jnp.float32))


def _donated(optimizer):
    """Parameters and state live on in the function, since a donated buffer cannot be used twice."""

    @partial(jax.jit, donate_argnums=(0, 1))
    def step(params, state, gradients):
        updates, state = optimizer.update(gradients, state, params)
        return optax.apply_updates(params, updates), state

    def make():
        params, gradients = _leaves(), _leaves()
        held = [params, optimizer.init(params)]

        def work():
            held[:] = step(*held, gradients)
            return held

        return work

    return make


def _torch_adam(**how):
    def make():
        params = [tensor(x).requires_grad_() for x in _leaves()]
        for p in params:
            p.grad = p.detach().clone()
        return torch.optim.Adam(params, lr=RATE, **how).step

    return make


def _digits():
    """A batch of 64 pictures of 8 × 8, and their labels."""
    x = random.normal(random.key(0), (64, SIZES[0]), jnp.float32)
    return x, random.randint(random.key(1), (64,), 0, SIZES[-1])


def _mlp():
    """All steps in one scan."""
    optimizer = optimize.adam(RATE)
    keys = random.split(random.key(2), len(SIZES))
    shapes = list(pairwise(SIZES))
    params = [
        (random.normal(k, (m, n), jnp.float32) / m**0.5, jnp.zeros(n)) for k, (m, n) in zip(keys, shapes, strict=False)
    ]

    def loss(params, x, y):
        for w, b in params[:-1]:
            x = nn.relu(x @ w + b)
        w, b = params[-1]
        return nn.softmax_cross_entropy_with_integer_labels(x @ w + b, y).mean()

    @jax.jit
    def train(params, x, y):
        def step(carry, _):
            params, state = carry
            value, gradients = jax.value_and_grad(loss)(params, x, y)
            updates, state = optimizer.update(gradients, state, params)
            return (optax.apply_updates(params, updates), state), value

        return jax.lax.scan(step, (params, optimizer.init(params)), length=STEPS)

    return partial(train, params, *_digits())


def _torch_mlp():
    x, y = (tensor(a) for a in _digits())
    y = y.long()
    layers = [torch.nn.Linear(m, n, device=x.device) for m, n in pairwise(SIZES)]
    model = torch.nn.Sequential(layers[0], torch.nn.ReLU(), layers[1], torch.nn.ReLU(), layers[2])
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)

    def work():
        for _ in range(STEPS):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()

    return work


FIRST_ORDER = {
    "gradient_descent": (optimize.gradient_descent, optax.sgd),
    "momentum": (optimize.momentum, partial(optax.sgd, momentum=0.9)),
    "nesterov": (optimize.nesterov, partial(optax.sgd, momentum=0.9, nesterov=True)),
    **{
        name: (getattr(optimize, name), getattr(optax, name))
        for name in (
            "adagrad",
            "rmsprop",
            "adadelta",
            "adamw",
            "nadam",
            "amsgrad",
            "adamax",
            "radam",
            "adabelief",
            "lion",
        )
    },
}


ROWS = [
    Row(
        "Adam, 10M parameters, updated in place",
        _donated(optimize.adam(RATE)),
        {
            "optax.adam": Peer(_donated(optax.adam(RATE)), 1.0),
            "torch foreach, 2 threads": Peer(_torch_adam(foreach=True), 3, threads=2),
            "torch fused, 2 threads": Peer(_torch_adam(fused=True), 0.65, threads=2),
        },
    ),
    Row(
        f"Adam, {STEPS} steps on an MLP {'-'.join(map(str, SIZES))}, batch 64",
        _mlp,
        {
            "torch fused, 1 thread": Peer(_torch_mlp, 2, threads=1),
            "torch fused, 2 threads": Peer(_torch_mlp, threads=2),
        },
    ),
    *(
        Row(
            f"{name}, 10M parameters, updated in place",
            _donated(ours(RATE)),
            {"optax": Peer(_donated(theirs(RATE)), 1.0)},
        )
        for name, (ours, theirs) in FIRST_ORDER.items()
    ),
]
