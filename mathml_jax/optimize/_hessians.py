"""What the gradient and the Hessian at a point say: whether it is critical, and of which kind."""

from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Int

from mathml_jax._checks import expect
from mathml_jax.calculus._scalar import scalar_valued

Scalar = Callable[[Array], Array]
"""A scalar function of a vector."""

_dot = partial(jnp.dot, precision="highest")


class CriticalPointKind(IntEnum):
    """What a point is, by the signs of the Hessian's eigenvalues.

    Attributes:
      NONE: not a critical point.
      MINIMUM: all eigenvalues are positive.
      SADDLE: some are positive, the others negative.
      MAXIMUM: all are negative.
      DEGENERATE: one of them vanishes, and the second derivatives alone do not decide.
    """

    NONE = 0
    MINIMUM = 1
    SADDLE = 2
    MAXIMUM = 3
    DEGENERATE = 4


class Bend(NamedTuple):
    """A function at a point: value, gradient, Hessian, and the Hessian's eigenvalues (ascending) and eigenvectors."""

    value: Float[Array, ""]
    gradient: Float[Array, " n"]
    hessian: Float[Array, "n n"]
    eigenvalues: Float[Array, " n"]
    directions: Float[Array, "n n"]

    @property
    def slopes(self) -> Float[Array, " n"]:
        """The gradient along each eigenvector."""
        return _dot(self.gradient, self.directions)

    @property
    def rounding(self) -> Float[Array, ""]:
        """What is left of an eigenvalue 0 after rounding."""
        return 8 * self.gradient.size * jnp.finfo(self.gradient.dtype).eps * jnp.max(jnp.abs(self.eigenvalues))


class Walk(NamedTuple):
    """How many steps were taken, from where, to where, and how long the step wanted to be."""

    steps: Int[Array, ""]
    base: Float[Array, " n"]
    x: Float[Array, " n"]
    length: Float[Array, ""]


def of_vector(function: str, f: Callable[..., Any], like: Array, args: tuple[Any, ...]) -> Scalar:
    """The function of a flat vector, once it is known to return a scalar at points `like` this one."""
    expect(like.size > 0, function, "points with at least one coordinate", f"shape {like.shape}")
    g = scalar_valued(function, lambda x: f(x, *args), jax.ShapeDtypeStruct(like.shape, like.dtype))
    return lambda v: g(v.reshape(like.shape))


def tolerance_for(x: Array, tolerance: ArrayLike | None) -> Array:
    """The given tolerance, or the cube root of eps."""
    return jnp.asarray(jnp.finfo(x.dtype).eps ** (1 / 3) if tolerance is None else tolerance, x.dtype)


def bend(g: Scalar, x: Float[Array, " n"]) -> Bend:
    """The function at a point; the Hessian is all NaN where it, the gradient or the value is not finite."""

    def slope(x: Array) -> tuple[Array, tuple[Array, Array]]:
        value, gradient = jax.value_and_grad(g)(x)
        return gradient, (value, gradient)

    hessian, (value, gradient) = jax.jacfwd(slope, has_aux=True)(x)
    finite = jnp.isfinite(value) & jnp.isfinite(gradient).all() & jnp.isfinite(hessian).all()
    hessian = jnp.where(finite, hessian, jnp.nan)
    return Bend(value, gradient, hessian, *jnp.linalg.eigh(hessian))


def kind_of(g: Scalar, x: Float[Array, " n"], at: Bend, tolerance: Array) -> Int[Array, ""]:
    """The kind of a point whose coordinates are of size one; the tolerance is in units of max(1, abs(x)).

    It is critical where Newton's step is at most `tolerance` along every eigenvector; there is no step to speak of
    along one where eigenvalue and slope are rounding: tiny, and the slope another one nearby. An eigenvalue counts as
    zero where its own change over the distance `tolerance` along its eigenvector is as large as the eigenvalue.
    """

    def along(direction: Array, step: Array) -> tuple[Array, Array]:
        """The slope along a direction and its derivative, a step away."""
        gradient, change = jax.jvp(jax.grad(g), (x + step * direction,), (direction,))
        return _dot(direction, gradient), _dot(direction, change)

    size = jnp.maximum(1.0, jnp.max(jnp.abs(x)))
    steps = jnp.stack([-tolerance * size, tolerance * size])
    nearby = jax.vmap(jax.vmap(along, (1, None)), (None, 0))(at.directions, steps)
    slope_change, change = (
        jnp.max(jnp.abs(there - here[None]), axis=0)
        for there, here in zip(nearby, (at.slopes, at.eigenvalues), strict=True)
    )
    slopes, stiffness = jnp.abs(at.slopes), jnp.abs(at.eigenvalues)
    flat = (stiffness <= at.rounding) & (slopes <= jnp.minimum(at.rounding * size, 8 * slope_change))
    critical = jnp.all((slopes <= tolerance * size * stiffness) | flat)
    zero = stiffness <= jnp.fmax(change, at.rounding)
    return _code(critical, zero, at.eigenvalues)


def _code(critical: Array, zero: Array, eigenvalues: Array) -> Int[Array, ""]:
    """The kind, by the signs of the eigenvalues."""
    kinds = CriticalPointKind
    up, down = jnp.all(eigenvalues > 0), jnp.all(eigenvalues < 0)
    kind = jnp.where(up, kinds.MINIMUM, jnp.where(down, kinds.MAXIMUM, kinds.SADDLE))
    kind = jnp.where(jnp.any(zero), kinds.DEGENERATE, kind)
    return jnp.where(critical, kind, kinds.NONE).astype(jnp.int32)


def walk(g: Scalar, start: Float[Array, " n"], steps: int) -> Float[Array, " n"]:
    """Where Newton's method on the gradient ends, in coordinates of size one.

    A step is at most one long, a quarter of it where it leads to a point at which the function is not finite, and
    nothing along eigenvectors whose eigenvalue is nothing but rounding.
    """
    close = jnp.sqrt(jnp.finfo(start.dtype).eps)

    def goes_on(now: Walk) -> Array:
        return (now.steps < steps) & (now.length > close * jnp.maximum(1.0, jnp.max(jnp.abs(now.x))))

    def step(now: Walk) -> Walk:
        at = bend(g, now.x)
        # Not NaN <= rounding: where the function is not finite, neither is the step.
        stiff = ~(jnp.abs(at.eigenvalues) <= at.rounding)
        along = jnp.where(stiff, at.slopes / jnp.where(stiff, at.eigenvalues, 1.0), 0.0)
        length = jnp.linalg.norm(along)
        ahead = now.x - _dot(at.directions, along / jnp.maximum(length, 1.0))
        back = now.base + (now.x - now.base) / 4
        fine = jnp.isfinite(length)
        base, x = jnp.where(fine, now.x, now.base), jnp.where(fine, ahead, back)
        return Walk(now.steps + 1, base, x, jnp.where(fine, length, jnp.linalg.norm(back - now.base)))

    return jax.lax.while_loop(goes_on, step, Walk(jnp.int32(0), start, start, jnp.full((), jnp.inf, start.dtype))).x
