"""The nearest point of a set: a box, a ball, the simplex."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Bool, Float, Real

from mathml_jax._checks import as_broadcast, as_float, expect, expect_rank, nan_unless, widened
from mathml_jax._concept import Concept, Derivative


@jax.jit
def projection_box(
    x: Real[ArrayLike, "..."], lower: Real[ArrayLike, "..."], upper: Real[ArrayLike, "..."]
) -> Float[Array, "..."]:
    r"""The nearest point of a box, entry by entry.

    .. math::

        p_i = \min(\max(x_i, l_i), u_i)

    where :math:`x_i` is an entry of the point, :math:`l_i` and :math:`u_i` are the least and the largest value that
    it may have, and :math:`p_i` is that of the nearest point.

    Why it matters: bounds on parameters: after every step of a descent, back into the box.

    Args:
      x: a point.
      lower: least values; -inf for none.
      upper: largest values; inf for none. All three broadcast.

    Returns:
      The nearest point; NaN where a least value is above the largest.

    References:
      Parikh and Boyd, "Proximal algorithms", 2014, section 6.2.4; optax.projections.projection_box.

    >>> projection_box(jnp.array([-1.0, 0.5, 3.0]), 0.0, 1.0).tolist()
    [0.0, 0.5, 1.0]
    """
    x, lower, upper = as_broadcast(x, lower, upper)
    return nan_unless(lower <= upper, x) * jnp.where(x < lower, lower, jnp.where(x > upper, upper, x))


def projection_box_derivative(
    x: Real[ArrayLike, "..."], lower: Real[ArrayLike, "..."], upper: Real[ArrayLike, "..."]
) -> Float[Array, "..."]:
    r"""Derivative of `projection_box` in the point; 1 on the border, as if it belonged to the inside.

    .. math::

        \frac{d p_i}{d x_i} = [l_i \le x_i \le u_i]
    """
    x, lower, upper = as_broadcast(x, lower, upper)
    return nan_unless(lower <= upper, x) * ((x >= lower) & (x <= upper)).astype(x.dtype)


@jax.jit
def projection_l2_ball(x: Real[ArrayLike, "... n"], scale: Real[ArrayLike, ""] = 1.0) -> Float[Array, "... n"]:
    r"""The nearest point of a ball around the origin.

    .. math::

        p = x \min\Bigl(1, \frac{s}{\lVert x \rVert_2}\Bigr)

    where :math:`x` is the point, :math:`s` the radius and :math:`p` the nearest point of the ball.

    Why it matters: clipping a gradient by its norm is this projection, and so is a max-norm constraint on weights.

    Args:
      x: points, shape [..., n].
      scale: the radius, not below 0.

    Returns:
      The nearest points, shape [..., n]; NaN for a negative radius.

    Raises:
      ValueError: `x` has no axis.

    References:
      Parikh and Boyd, "Proximal algorithms", 2014, section 6.5.1; optax.projections.projection_l2_ball.

    >>> projection_l2_ball(jnp.array([6.0, 8.0]), 5.0).tolist()
    [3.0, 4.0]
    """
    x, wide, scale = _prepared("projection_l2_ball", x, scale)
    inside, length = _length(wide, scale)
    return (wide * (nan_unless(scale >= 0, wide) * (jnp.where(inside, 1.0, scale) / length))).astype(x.dtype)


def projection_l2_ball_jacobian(x: Real[ArrayLike, " n"], scale: Real[ArrayLike, ""] = 1.0) -> Float[Array, "n n"]:
    r"""Jacobian of `projection_l2_ball`: outside, nothing along the radius is left; the identity inside.

    .. math::

        \frac{\partial p_i}{\partial x_j} = \frac{s}{\lVert x \rVert_2}
        \Bigl(\delta_{ij} - \frac{x_i x_j}{\lVert x \rVert_2^2}\Bigr)
    """
    x, wide, scale = _prepared("projection_l2_ball", x, scale)
    inside, length = _length(wide, scale)
    unit, eye = wide / length, jnp.eye(wide.size, dtype=wide.dtype)
    return jnp.where(inside[:, None], eye, (scale / length)[:, None] * (eye - jnp.outer(unit, unit))).astype(x.dtype)


@jax.jit
def projection_linf_ball(x: Real[ArrayLike, "..."], scale: Real[ArrayLike, ""] = 1.0) -> Float[Array, "..."]:
    r"""The nearest point of the cube of all points whose largest entry is at most the radius.

    .. math::

        p_i = \operatorname{sign}(x_i) \min(\lvert x_i \rvert, s)

    where :math:`x_i` is an entry of the point, :math:`s` the radius and :math:`p_i` the entry of the nearest point.

    Why it matters: clipping a gradient by value; the set of perturbations in adversarial training.

    Args:
      x: a point.
      scale: the radius, not below 0.

    Returns:
      The nearest point; NaN for a negative radius.

    References:
      Parikh and Boyd, "Proximal algorithms", 2014, section 6.2.4; optax.projections.projection_linf_ball.

    >>> projection_linf_ball(jnp.array([-3.0, 0.5])).tolist()
    [-1.0, 0.5]
    """
    x, scale = as_float(x, scale)
    return projection_box(x, -scale, scale)


def projection_linf_ball_derivative(x: Real[ArrayLike, "..."], scale: Real[ArrayLike, ""] = 1.0) -> Float[Array, "..."]:
    r"""Derivative of `projection_linf_ball` in the point; 1 on the border.

    .. math::

        \frac{d p_i}{d x_i} = [\lvert x_i \rvert \le s]
    """
    x, scale = as_float(x, scale)
    return nan_unless(scale >= 0, x) * (jnp.abs(x) <= scale).astype(x.dtype)


@jax.jit
def projection_simplex(x: Real[ArrayLike, "... n"], scale: Real[ArrayLike, ""] = 1.0) -> Float[Array, "... n"]:
    r"""The nearest point of the simplex: of all points with entries that are not negative and sum to a constant.

    .. math::

        p_i = \max(x_i - \tau, 0), \qquad \tau = \frac{1}{\lvert S \rvert} \Bigl(\sum_{j \in S} x_j - s\Bigr),
        \qquad S = \{j : x_j > \tau\}

    where :math:`x_i` is an entry of the point, :math:`s` the sum that is asked for, :math:`\tau` what is taken from
    every entry, :math:`S` those, with index :math:`j`, that stay positive and :math:`p_i` is the entry of the nearest
    point.

    Why it matters: probabilities from any numbers, many of them exactly 0: with s = 1 it is sparsemax, and it keeps
    mixture weights and portfolios where they belong.

    Args:
      x: points, shape [..., n], n at least 1.
      scale: the sum, not below 0.

    Returns:
      The nearest points, shape [..., n]; an entry of -inf gives 0; NaN for a negative sum.

    Raises:
      ValueError: `x` has no axis, or no entries along the last.

    References:
      Duchi et al., "Efficient projections onto the l1-ball for learning in high dimensions", 2008;
      optax.projections.projection_simplex.

    >>> projection_simplex(jnp.array([1.0, 0.5, -1.0])).tolist()
    [0.75, 0.25, 0.0]
    """
    x, wide, scale = _prepared("projection_simplex", x, scale)
    expect(x.shape[-1] > 0, "projection_simplex", "at least one entry along the last axis", f"shape {x.shape}")
    return (nan_unless(scale >= 0, wide) * _on_simplex(wide, scale)).astype(x.dtype)


def projection_simplex_jacobian(x: Real[ArrayLike, " n"], scale: Real[ArrayLike, ""] = 1.0) -> Float[Array, "n n"]:
    r"""Jacobian of `projection_simplex`.

    .. math::

        \frac{\partial p_i}{\partial x_j} = [i \in S] [j \in S]
        \Bigl(\delta_{ij} - \frac{1}{\lvert S \rvert}\Bigr)
    """
    kept = projection_simplex(x, scale) > 0
    return _centring(kept, jnp.ones(kept.shape, as_float(x).dtype))


@jax.jit
def projection_l1_ball(x: Real[ArrayLike, "... n"], scale: Real[ArrayLike, ""] = 1.0) -> Float[Array, "... n"]:
    r"""The nearest point of all those whose entries' absolute values sum to no more than the radius.

    .. math::

        p_i = \operatorname{sign}(x_i) \max(\lvert x_i \rvert - \tau, 0), \qquad
        \sum_i \max(\lvert x_i \rvert - \tau, 0) = \min(s, \lVert x \rVert_1)

    where :math:`x_i` is an entry of the point, :math:`s` the radius, :math:`\tau` what is taken from every absolute
    value, 0 inside the ball, and :math:`p_i` is the entry of the nearest point.

    Why it matters: the lasso in its first form: least squares within this ball, which sets parameters to exactly 0.

    Args:
      x: points, shape [..., n], n at least 1.
      scale: the radius, not below 0.

    Returns:
      The nearest points, shape [..., n]; NaN for a negative radius.

    Raises:
      ValueError: `x` has no axis, or no entries along the last.

    References:
      Duchi et al., "Efficient projections onto the l1-ball for learning in high dimensions", 2008;
      optax.projections.projection_l1_ball.

    >>> projection_l1_ball(jnp.array([1.0, -0.5, 0.1])).tolist()
    [0.75, -0.25, 0.0]
    """
    x, wide, scale = _prepared("projection_l1_ball", x, scale)
    expect(x.shape[-1] > 0, "projection_l1_ball", "at least one entry along the last axis", f"shape {x.shape}")
    signs, inside = jnp.where(wide < 0, -1.0, 1.0), jnp.sum(jnp.abs(wide), axis=-1, keepdims=True) <= scale
    nearest = jnp.where(inside, wide, signs * _on_simplex(signs * wide, scale))
    return (nan_unless(scale >= 0, wide) * nearest).astype(x.dtype)


def projection_l1_ball_jacobian(x: Real[ArrayLike, " n"], scale: Real[ArrayLike, ""] = 1.0) -> Float[Array, "n n"]:
    r"""Jacobian of `projection_l1_ball` outside the ball, with S the entries that stay; the identity inside.

    .. math::

        \frac{\partial p_i}{\partial x_j} = [i \in S] [j \in S]
        \Bigl(\delta_{ij} - \frac{\operatorname{sign}(x_i) \operatorname{sign}(x_j)}{\lvert S \rvert}\Bigr)
    """
    x, scale = as_float(x, scale)
    kept, inside = projection_l1_ball(x, scale) != 0, jnp.sum(jnp.abs(x)) <= scale
    return jnp.where(inside, jnp.eye(x.size, dtype=x.dtype), _centring(kept, jnp.sign(x)))


def _prepared(function: str, x: ArrayLike, scale: ArrayLike) -> tuple[Array, Array, Array]:
    """The points, the same in the dtype of sums, and the scale."""
    x, scale = as_float(x, scale)
    expect_rank(function, "x", x, 1, at_least=True)
    expect_rank(function, "scale", scale, 0)
    return x, widened(x), widened(scale)


def _length(x: Float[Array, "... n"], scale: Float[Array, ""]) -> tuple[Bool[Array, "... 1"], Float[Array, "... 1"]]:
    """Whether points are in the ball, and how long those outside are, 1 for the others."""
    largest = jnp.max(jnp.abs(x), axis=-1, keepdims=True, initial=0.0)
    unit = jax.lax.stop_gradient(jnp.where((largest > 0) & jnp.isfinite(largest), largest, 1.0))
    square = jnp.sum((x / unit) ** 2, axis=-1, keepdims=True)
    inside = (square <= (scale / unit) ** 2) | (square == 0)
    return inside, jnp.where(inside, 1.0, unit * jnp.sqrt(jnp.where(inside, 1.0, square)))


def _on_simplex(x: Float[Array, "... n"], scale: Float[Array, ""]) -> Float[Array, "... n"]:
    """The formula of `projection_simplex`, from the largest entry down, so that a common shift costs no digits."""
    x = x - jnp.max(x, axis=-1, keepdims=True)
    falling = jnp.flip(jnp.sort(x, axis=-1), axis=-1)
    count = jnp.arange(1, x.shape[-1] + 1).astype(x.dtype)
    means = (jnp.cumsum(falling, axis=-1) - scale) / jnp.broadcast_to(count, x.shape)
    size = jnp.maximum(jnp.sum(falling > means, axis=-1, keepdims=True), 1)
    threshold = jnp.take_along_axis(means, size - 1, axis=-1)
    return jnp.where(x > threshold, x - threshold, 0.0)


def _centring(kept: Bool[Array, " n"], signs: Float[Array, " n"]) -> Float[Array, "n n"]:
    """The identity on the entries that are kept, less their mean, up to signs."""
    v = jnp.where(kept, signs, 0.0)
    return jnp.diag(jnp.abs(v)) - jnp.outer(v, v) / jnp.maximum(jnp.sum(jnp.abs(v)), 1.0)


def _example(key: Array) -> tuple[Array]:
    return (2 * random.normal(key, (5,), jnp.float64),)


_OPTAX = "optax.projections."

CONCEPTS = (
    Concept(
        projection_box,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, -2.0, 2.0), -1.0, jnp.full((5,), 0.5)),
        derivatives=(Derivative(projection_box_derivative, "derivative"),),
        oracle=np.clip,
    ),
    Concept(
        projection_l2_ball,
        _example,
        derivatives=(Derivative(projection_l2_ball_jacobian, "jacobian"),),
        oracle=f"{_OPTAX}projection_l2_ball",
    ),
    Concept(
        projection_linf_ball,
        _example,
        derivatives=(Derivative(projection_linf_ball_derivative, "derivative"),),
        oracle=f"{_OPTAX}projection_linf_ball",
    ),
    Concept(
        projection_simplex,
        _example,
        derivatives=(Derivative(projection_simplex_jacobian, "jacobian"),),
        oracle=f"{_OPTAX}projection_simplex",
    ),
    Concept(
        projection_l1_ball,
        _example,
        derivatives=(Derivative(projection_l1_ball_jacobian, "jacobian"),),
        oracle=f"{_OPTAX}projection_l1_ball",
    ),
)
