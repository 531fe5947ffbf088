"""Newton's step, from the secant and from the quadratic model."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.optimize import newton_step

Point = Float[Array, " n"]


def _f(x: Point) -> Float[Array, ""]:
    return jnp.sum(jnp.exp(x)) + jnp.sum(x) ** 2


def _slope(x: Point) -> Point:
    return jnp.exp(x) + 2 * jnp.sum(x)


def _hessian(x: Point) -> Float[Array, "n n"]:
    return jnp.diag(jnp.exp(x)) + 2


def _secants(x: Point, h: Float[Array, ""]) -> Point:
    columns = [(_slope(x + h * e) - _slope(x - h * e)) / (2 * h) for e in jnp.eye(len(x))]
    return jnp.linalg.solve(jnp.stack(columns, axis=1), -_slope(x))


def _along_eigenvectors(x: Point) -> Point:
    eigenvalues, vectors = jnp.linalg.eigh(_hessian(x))
    return -vectors @ ((vectors.T @ _slope(x)) / eigenvalues)


DERIVATION = Derivation(
    title="Newton's step",
    proves=newton_step,
    evaluate=lambda x: newton_step(_f, x).step,
    example=lambda key: (random.normal(key, (3,), jnp.float64),),
    steps=(
        Step(
            "At the lowest point the slope is zero. Follow secants of the slope until it would be.",
            r"s: \quad \sum_j \frac{\nabla f(x + h e_j) - \nabla f(x - h e_j)}{2 h}\, s_j = -\nabla f(x)",
            _secants,
        ),
        Step(
            "Secants become tangents: the Hessian. The same s is where the parabola that fits f best is level.",
            r"s: \quad H s = -\nabla f(x), \quad H = \nabla^2 f(x)",
            lambda x: jnp.linalg.solve(_hessian(x), -_slope(x)),
            relation="→",
            because="the definition of the second derivative",
            rate=2,
        ),
        Step(
            "Along each eigenvector it is slope over curvature, as for one variable: long where the valley is flat.",
            r"-\sum_i \frac{v_i^\top \nabla f(x)}{\lambda_i}\, v_i",
            _along_eigenvectors,
            because="the spectral theorem",
        ),
    ),
)
