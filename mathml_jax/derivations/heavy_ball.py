"""Momentum as a ball that rolls in a bowl with friction."""

from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.optimize import momentum

Number = Float[Array, ""]

STEPS = 8


def _difference_equation(x: Number, c: Number, rate: Number, beta: Number) -> Array:
    before, now = x, x - rate * c * x
    for _ in range(STEPS - 1):
        before, now = now, now - rate * c * now + beta * (now - before)
    return now


def _matrix_power(x: Number, c: Number, rate: Number, beta: Number) -> Array:
    matrix = jnp.stack([jnp.stack([1 + beta - rate * c, -beta]), jnp.array([1.0, 0.0])])
    return (jnp.linalg.matrix_power(matrix, STEPS) @ jnp.stack([x, x]))[0]


def _oscillation(x: Number, c: Number, rate: Number, beta: Number) -> Array:
    """The ball before its push stood still, at the same place."""
    turn = jnp.arccos((1 + beta - rate * c) / (2 * jnp.sqrt(beta)))
    swing = (1 - rate * c - jnp.sqrt(beta) * jnp.cos(turn)) / (jnp.sqrt(beta) * jnp.sin(turn))
    return beta ** (STEPS / 2) * x * (jnp.cos(STEPS * turn) + swing * jnp.sin(STEPS * turn))


def _in_code(x: Any, c: Number, rate: Number, beta: Number) -> Any:
    optimizer = momentum(rate, beta)
    state = optimizer.init(x)
    for _ in range(STEPS):
        update, state = optimizer.update(jax.grad(lambda x: c * x**2 / 2)(x), state)
        x = optax.apply_updates(x, update)
    return x


def _example(key: Array) -> tuple[Number, ...]:
    x = random.normal(key, (), jnp.float64)
    c, rate, beta = random.uniform(random.fold_in(key, 1), (3,), jnp.float64, 0.4, 0.9)
    return x, c, rate, beta


DERIVATION = Derivation(
    title="Momentum is a damped oscillator",
    proves=momentum,
    evaluate=_in_code,
    example=_example,
    steps=(
        Step(
            "In a parabola of curvature c the force is -cx. Without the velocity's name, momentum is one equation "
            "for the place: the acceleration is the force less a friction.",
            r"x_8, \quad x_{t+1} - x_t = \beta (x_t - x_{t-1}) - \alpha c x_t, \quad x_{-1} = x_0",
            _difference_equation,
        ),
        Step(
            "Place now and place before, together, are multiplied by one matrix in every step.",
            r"\left( \begin{pmatrix} 1 + \beta - \alpha c & -\beta \\ 1 & 0 \end{pmatrix}^{8} "
            r"\begin{pmatrix} x_0 \\ x_0 \end{pmatrix} \right)_1",
            _matrix_power,
            because="writing two steps as one system",
        ),
        Step(
            "With enough momentum its eigenvalues are a complex pair of the size of the root of beta, whatever the "
            "curvature: the ball swings, and every direction dies out at the same pace.",
            r"\beta^{4} x_0 (\cos 8 \varphi + s \sin 8 \varphi), \quad "
            r"\cos \varphi = \frac{1 + \beta - \alpha c}{2 \sqrt{\beta}}, \quad "
            r"s = \frac{1 - \alpha c - \sqrt{\beta} \cos \varphi}{\sqrt{\beta} \sin \varphi}",
            _oscillation,
            because="the roots of the characteristic polynomial",
        ),
    ),
)
