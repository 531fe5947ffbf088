"""What a step of gradient descent gains at least, and why the rate must stay below 2 / L."""

from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.optimize import gradient_descent

Matrix = Float[Array, "m n"]
Point = Float[Array, " n"]
Rate = Float[Array, ""]


def _f(a: Matrix, x: Point) -> Float[Array, ""]:
    """A convex function that is no quadratic; no slope of its gradient exceeds the largest eigenvalue of A'A."""
    return jnp.sum(jnp.log(jnp.cosh(a @ x)))


def _slope(a: Matrix, x: Point) -> Point:
    return a.T @ jnp.tanh(a @ x)


def _steepest(a: Matrix) -> Float[Array, ""]:
    return jnp.linalg.eigvalsh(a.T @ a)[-1]


def _after_one_step(a: Matrix, x: Point, rate: Rate) -> Float[Array, ""]:
    optimizer = gradient_descent(rate)
    updates, _ = optimizer.update(jax.grad(_f, argnums=1)(a, x), optimizer.init(x))
    moved: Any = optax.apply_updates(x, updates)
    return _f(a, moved)


def _quadratic_bound(a: Matrix, x: Point, rate: Rate) -> Float[Array, ""]:
    step = -rate * _slope(a, x)
    return _f(a, x) + _slope(a, x) @ step + _steepest(a) / 2 * step @ step


def _collected(a: Matrix, x: Point, rate: Rate) -> Float[Array, ""]:
    return _f(a, x) - rate * (1 - rate * _steepest(a) / 2) * jnp.sum(_slope(a, x) ** 2)


def _example(key: Array) -> tuple[Matrix, Point, Rate]:
    a, x = random.normal(key, (3, 2), jnp.float64), random.normal(random.fold_in(key, 1), (2,), jnp.float64)
    return a, x, random.uniform(random.fold_in(key, 2), (), jnp.float64, 0.2, 1.8) / _steepest(a)


DERIVATION = Derivation(
    title="What a step of gradient descent gains, and the limit 2 / L",
    proves=gradient_descent,
    evaluate=_after_one_step,
    code_first=True,
    example=_example,
    steps=(
        Step(
            "One step goes against the slope, as far as the rate says.",
            r"f(x - \eta \nabla f(x))",
            lambda a, x, rate: _f(a, x - rate * _slope(a, x)),
            because="the definition of gradient descent",
        ),
        Step(
            "Where no curvature exceeds L, the parabola of curvature L that touches at x lies above f.",
            r"f(x) + \nabla f(x)^\top s + \frac{L}{2} \lvert s \rvert^2, \quad s = -\eta \nabla f(x)",
            _quadratic_bound,
            relation="≤",
            because="Taylor's theorem with the largest curvature in its remainder",
        ),
        Step(
            "Insert the step and collect: a gain from the slope, a loss from the curvature.",
            r"f(x) - \eta \Bigl(1 - \frac{\eta L}{2}\Bigr) \lvert \nabla f(x) \rvert^2",
            _collected,
            because="algebra",
        ),
        Step(
            "The bracket is positive as long as the rate stays below 2 / L: then no step goes up.",
            r"f(x), \quad 0 < \eta < \frac{2}{L}",
            lambda a, x, rate: _f(a, x),
            relation="≤",
            because="a square is not negative",
        ),
    ),
)
