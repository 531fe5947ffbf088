"""The lowest point on a plane, by the conditions of Karush, Kuhn and Tucker."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.optimize import lagrange_multipliers

Matrix = Float[Array, "n n"]
Point = Float[Array, " n"]
Number = Float[Array, ""]


def _along_the_plane(a: Matrix, c: Point, d: Number) -> Array:
    """From the foot of the plane along the two directions within it to where the slope in both is zero."""
    foot = c * d / (c @ c)
    within = jnp.linalg.svd(c[None], full_matrices=True)[2][1:].T
    return foot - within @ jnp.linalg.solve(within.T @ a @ within, within.T @ a @ foot)


def _one_system(a: Matrix, c: Point, d: Number) -> Array:
    matrix = jnp.block([[a, c[:, None]], [c[None], jnp.zeros((1, 1), a.dtype)]])
    return jnp.linalg.solve(matrix, jnp.append(jnp.zeros_like(c), d))[:-1]


def _eliminated(a: Matrix, c: Point, d: Number) -> Array:
    turned = jnp.linalg.solve(a, c)
    return d / (c @ turned) * turned


def _in_code(a: Matrix, c: Point, d: Number) -> Array:
    return lagrange_multipliers(lambda x: x @ a @ x / 2, lambda x: (c @ x - d)[None], jnp.zeros_like(c)).x


def _example(key: Array) -> tuple[Matrix, Point, Number]:
    *root, c, levels = random.normal(key, (5, 3), jnp.float64)
    return jnp.stack(root) @ jnp.stack(root).T + jnp.eye(3), c, levels[0]


DERIVATION = Derivation(
    title="The lowest point on a plane",
    proves=lagrange_multipliers,
    evaluate=_in_code,
    example=_example,
    steps=(
        Step(
            "On the plane c'x = d only steps within the plane are free. Go to where the slope along them is zero; Z "
            "has such steps as columns, f is the foot of the plane.",
            r"f - Z (Z^\top A Z)^{-1} Z^\top A f, \quad f = \frac{d}{c^\top c} c, \quad c^\top Z = 0",
            _along_the_plane,
        ),
        Step(
            "No slope along the plane means that the gradient Ax is a multiple of c. Unknown point and unknown "
            "multiplier solve one linear system.",
            r"x: \quad \begin{pmatrix} A & c \\ c^\top & 0 \end{pmatrix} \begin{pmatrix} x \\ \lambda \end{pmatrix} = "
            r"\begin{pmatrix} 0 \\ d \end{pmatrix}",
            _one_system,
            because="Lagrange's multipliers",
        ),
        Step(
            "The first rows give x for every multiplier, and the last says which: how much the constraint presses.",
            r"\frac{d}{c^\top A^{-1} c} A^{-1} c",
            _eliminated,
            because="elimination",
        ),
    ),
)
