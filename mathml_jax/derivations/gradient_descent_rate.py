"""How fast gradient descent converges on a quadratic, and when it does not."""

from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.optimize import gradient_descent

Matrix = Float[Array, "n n"]
Point = Float[Array, " n"]
Rate = Float[Array, ""]

STEPS = 6


def _step_by_step(a: Matrix, x: Point, rate: Rate) -> Point:
    for _ in range(STEPS):
        x = x - rate * (a @ x)
    return x


def _along_eigenvectors(a: Matrix, x: Point, rate: Rate) -> Point:
    eigenvalues, vectors = jnp.linalg.eigh(a)
    return vectors @ ((1 - rate * eigenvalues) ** STEPS * (vectors.T @ x))


def _in_code(a: Matrix, x: Any, rate: Rate) -> Any:
    optimizer = gradient_descent(rate)
    state = optimizer.init(x)
    for _ in range(STEPS):
        updates, state = optimizer.update(jax.grad(lambda x: x @ a @ x / 2)(x), state)
        x = optax.apply_updates(x, updates)
    return x


def _example(key: Array) -> tuple[Matrix, Point, Rate]:
    root, x = random.normal(key, (3, 3), jnp.float64), random.normal(random.fold_in(key, 1), (3,), jnp.float64)
    a = root @ root.T
    return a, x, random.uniform(random.fold_in(key, 2), (), jnp.float64, 0.2, 1.8) / jnp.linalg.eigvalsh(a)[-1]


DERIVATION = Derivation(
    title="The rate of gradient descent on a quadratic",
    proves=gradient_descent,
    evaluate=_in_code,
    example=_example,
    steps=(
        Step(
            "The slope of half x'Ax is Ax: every step takes a part of it away.",
            r"x_6, \quad x_{k+1} = x_k - \eta A x_k",
            _step_by_step,
        ),
        Step(
            "So a step is one matrix, and six steps are its sixth power.",
            r"(I - \eta A)^6 x_0",
            lambda a, x, rate: jnp.linalg.matrix_power(jnp.eye(len(x)) - rate * a, STEPS) @ x,
            because="factoring out x",
        ),
        Step(
            "Along each eigenvector of A the error shrinks by a factor of its own. All factors lie between -1 and 1 "
            "as long as the rate is below 2 over the largest eigenvalue; beyond, the steepest direction blows up.",
            r"\sum_i (1 - \eta \lambda_i)^6 (v_i^\top x_0)\, v_i",
            _along_eigenvectors,
            because="the spectral theorem",
        ),
    ),
)
