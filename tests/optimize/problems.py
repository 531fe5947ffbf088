"""Losses for the optimisers in every precision, and two optimisers side by side in one jitted scan."""

import jax
import jax.numpy as jnp
import optax
from jax import random

STEPS = 1000
DTYPES = (jnp.float64, jnp.float32, jnp.bfloat16)


def mlp(dtype):
    """A small network on fixed data: its parameters and its loss."""
    k1, k2, k3, k4 = random.split(random.key(0), 4)
    params = {
        "hidden": (random.normal(k1, (3, 8), dtype), jnp.zeros(8, dtype)),
        "output": (random.normal(k2, (8, 1), dtype), jnp.zeros(1, dtype)),
    }
    x, y = random.normal(k3, (16, 3), dtype), random.normal(k4, (16, 1), dtype)

    def loss(params):
        (w1, b1), (w2, b2) = params["hidden"], params["output"]
        return jnp.mean((jnp.tanh(x @ w1 + b1) @ w2 + b2 - y) ** 2)

    return params, loss


def valley(dtype):
    """Rosenbrock's, far from its minimum."""
    return jnp.array([-1.2, 1.0, 0.5], dtype), lambda x: jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def bowl(dtype):
    """A convex quadratic of condition number 100 that two leaves share."""
    params = {"a": jnp.array([3.0, -2.0, 1.0], dtype), "b": jnp.array([1.0], dtype)}
    curvature = jnp.array([1.0, 5.0, 20.0], dtype)
    return params, lambda p: 0.5 * jnp.sum(curvature * (p["a"] - 1) ** 2) + 50 * jnp.sum((p["b"] + 2) ** 2)


def together(problems, dtypes=DTYPES):
    """Several problems in several dtypes as one tree: for a rule that works entry by entry they do not meet."""
    params, losses = zip(*(problem(dtype) for problem in problems for dtype in dtypes), strict=True)
    return params, lambda params: tuple(jax.grad(loss)(part) for loss, part in zip(losses, params, strict=True))


def worst_ratio(ours, theirs):
    """Largest difference of two trees in eps of the dtype × the leaf's largest entry."""

    def ratio(a, b):
        scale = jnp.finfo(b.dtype).eps.astype(float) * jnp.max(jnp.abs(b)).astype(float)
        gap = jnp.max(jnp.abs(a.astype(float) - b.astype(float)))
        return jnp.where(gap == 0, 0.0, gap / scale)

    return jnp.stack(jax.tree.leaves(jax.tree.map(ratio, ours, theirs))).max()


def fed_alike(ours, theirs, params, gradient, steps=STEPS):
    """Worst ratio of the update and of every moment when both are fed the gradients along the path of `theirs`.

    Each is compiled by itself: in one program the compiler contracts the same formula in two ways, and where terms
    cancel the last digits of a term are all that is left.
    """
    moments = [name for name, value in ours.init(params)._asdict().items() if name != "count" and value is not None]

    def walk(carry, _):
        params, state = carry
        gradients = gradient(params)
        update, state = theirs.update(gradients, state, params)
        return (optax.apply_updates(params, update), state), (gradients, params)

    path = jax.jit(lambda start: jax.lax.scan(walk, start, length=steps)[1])((params, theirs.init(params)))

    def fed(optimizer):
        def step(state, given):
            update, state = optimizer.update(given[0], state, given[1])
            return state, (update, [optax.tree_utils.tree_get(state, name) for name in moments])

        return jax.jit(lambda path: jax.lax.scan(step, optimizer.init(params), path)[1])(path)

    return jnp.max(jax.vmap(worst_ratio)(fed(ours), fed(theirs)))


def running_free(ours, theirs, params, gradient, steps=STEPS):
    """Worst ratio of the parameters when each follows its own path."""

    def step(carry, _):
        (p, a), (q, b) = carry
        update_a, a = ours.update(gradient(p), a, p)
        update_b, b = theirs.update(gradient(q), b, q)
        p, q = optax.apply_updates(p, update_a), optax.apply_updates(q, update_b)
        return ((p, a), (q, b)), worst_ratio(p, q)

    start = ((params, ours.init(params)), (params, theirs.init(params)))
    return jnp.max(jax.jit(lambda start: jax.lax.scan(step, start, length=steps)[1])(start))
