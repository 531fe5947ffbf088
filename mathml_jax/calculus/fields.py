"""What a field does around a point: divergence, curl, Laplacian."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, widened
from mathml_jax._concept import Concept
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.calculus._variables import floating, shapes


def divergence(f: Callable[..., Any], *, batch_size: int = 4) -> Callable[..., Float[Array, ""]]:
    r"""How much more flows out of a point than into it.

    .. math::

        \nabla \cdot f(x) = \sum_i \frac{\partial f_i}{\partial x_i}(x)

    where :math:`f` is a field, that is a vector :math:`f_i` at every point :math:`x`, and :math:`\nabla \cdot f` the
    trace of its Jacobian, which is never formed: a few directions are taken at a time.

    Why it matters: the logarithm of the density along a flow changes at this rate: continuous normalizing flows and
    score matching are trained through it.

    Args:
      f: a function of one array, or one tree of arrays, to a result of the same shapes.
      batch_size: how many directions are taken at once. More are faster on wide devices, and need as much more memory.

    Returns:
      A function of the point to the divergence; for many points, `jax.vmap`.

    Raises:
      ValueError: the result of `f` has other shapes than its argument, or `batch_size` is no positive integer.

    References:
      Chen et al., "Neural ordinary differential equations", 2018, theorem 1.

    >>> divergence(lambda x: jnp.stack([x[0] ** 2, x[0] * x[1]]))(jnp.array([2.0, 3.0])).item()
    6.0
    """
    _expect_positive("divergence", batch_size)

    @jax.jit
    def derived(x: Any) -> Float[Array, ""]:
        x = floating(x)
        result = jax.eval_shape(f, x)
        same = jax.tree.structure(result) == jax.tree.structure(x) and shapes(result) == shapes(x)
        expect(same, "divergence", f"f to return the shapes of its argument, {shapes(x)}", shapes(result))
        point, unravel = ravel_pytree(x)
        _, slope = jax.linearize(lambda p: ravel_pytree(floating(f(unravel(p))))[0], point)
        return _trace(slope, point, batch_size)

    return derived


def curl(f: Callable[..., Any]) -> Callable[..., Float[Array, "..."]]:
    r"""How a field turns around a point, and about which axis.

    .. math::

        \nabla \times f = \left(
        \frac{\partial f_3}{\partial x_2} - \frac{\partial f_2}{\partial x_3},\;
        \frac{\partial f_1}{\partial x_3} - \frac{\partial f_3}{\partial x_1},\;
        \frac{\partial f_2}{\partial x_1} - \frac{\partial f_1}{\partial x_2} \right)

    where :math:`f_i` are the components of the field :math:`f` and :math:`x_i` those of the point. In the plane only
    the last entry is left, a number: positive where the field turns counter-clockwise.

    Why it matters: a field without it is a gradient: that is how to see whether forces, or a learnt score, have a
    potential.

    Args:
      f: a function of a vector of two or three entries to a vector of as many.

    Returns:
      A function of the point to the curl: a vector in space, a scalar in the plane; for many points, `jax.vmap`.

    Raises:
      ValueError: the argument or the result is no vector of two, or of three, entries.

    References:
      Apostol, "Calculus", volume 2, 2nd edition, 1969, section 12.12.

    >>> curl(lambda x: jnp.stack([-x[1], x[0]]))(jnp.array([2.0, 3.0])).item()
    2.0
    """

    def derived(x: Real[ArrayLike, "..."]) -> Float[Array, "..."]:
        x = as_float(x)
        got = x.shape, getattr(jax.eval_shape(f, x), "shape", None)
        expected = "f from a vector of 2 or 3 entries to one of as many"
        expect(got in [((n,), (n,)) for n in (2, 3)], "curl", expected, f"shapes {got[0]} and {got[1]}")
        slopes = jax.jacfwd(lambda x: as_float(f(x)))(x)
        turning = slopes - slopes.T
        if len(x) == 2:
            return turning[1, 0]
        return jnp.stack([turning[2, 1], turning[0, 2], turning[1, 0]])

    return derived


def laplacian(f: Callable[..., Any], *, batch_size: int = 4) -> Callable[..., Float[Array, ""]]:
    r"""How far a function lies below its average in a small ball: the trace of the Hessian, without the Hessian.

    .. math::

        \nabla^2 f(x) = \sum_i \frac{\partial^2 f}{\partial x_i^2}(x)

    where :math:`f` is a function of the variables :math:`x_i` and :math:`\nabla^2 f` its Laplacian at the point
    :math:`x`. The gradient is linearized once; then a few directions are taken at a time through it, and of each only
    the one entry on the diagonal is kept.

    Why it matters: heat, waves, electrons and diffusion models obey equations in it: a network that is to solve them is
    trained through its Laplacian.

    Args:
      f: a function of one array, or one tree of arrays, to a scalar.
      batch_size: how many directions are taken at once. More are faster on wide devices, and need as much more memory;
        as many as there are variables is the fast form for an accelerator.

    Returns:
      A function of the point to the Laplacian; for many points, `jax.vmap`.

    Raises:
      ValueError: `f` does not return a scalar, or `batch_size` is no positive integer.

    References:
      Griewank and Walther, "Evaluating derivatives", 2nd edition, 2008, chapter 5.

    >>> laplacian(lambda x: x[0] ** 2 * x[1])(jnp.array([2.0, 3.0])).item()
    6.0
    """
    _expect_positive("laplacian", batch_size)

    @jax.jit
    def derived(x: Any) -> Float[Array, ""]:
        x = floating(x)
        g = scalar_valued("laplacian", f, x)
        point, unravel = ravel_pytree(x)
        _, curvature = jax.linearize(jax.grad(lambda p: g(unravel(p))), point)
        return _trace(curvature, point, batch_size)

    return derived


def _expect_positive(function: str, batch_size: int) -> None:
    ok = isinstance(batch_size, int) and batch_size > 0
    expect(ok, function, "batch_size to be a positive integer", repr(batch_size))


def _trace(linear: Callable[[Array], Array], point: Float[Array, " n"], batch_size: int) -> Float[Array, ""]:
    """The sum of the diagonal of a linear map from the point's space to itself."""
    if point.size == 0:
        return jnp.zeros((), point.dtype)
    places = jnp.arange(point.size)

    # In reverse mode a direction is taken once more rather than kept: a tenth of the memory, and faster.
    @partial(jax.checkpoint, prevent_cse=False)
    def entry(i: Array) -> Array:
        return linear((places == i).astype(point.dtype))[i]

    entries = lax.map(entry, places, batch_size=min(batch_size, point.size))
    return jnp.sum(widened(entries)).astype(point.dtype)


CONCEPTS = (
    Concept(
        divergence,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        oracle=lambda x: x[1] * np.cos(x[0] * x[1]) + np.exp(x[1]) + x[0] * x[1],
        evaluate=lambda x: divergence(lambda p: jnp.stack([jnp.sin(p[0] * p[1]), jnp.exp(p[1]), jnp.prod(p)]))(x),
    ),
    Concept(
        curl,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        oracle=lambda x: np.array([x[0] * x[2], -x[1] * x[2], -x[0] * np.cos(x[0] * x[1])]),
        evaluate=lambda x: curl(lambda p: jnp.stack([jnp.sin(p[0] * p[1]), jnp.exp(p[1]), jnp.prod(p)]))(x),
    ),
    Concept(
        laplacian,
        example=lambda key: (random.normal(key, (3,), jnp.float64),),
        oracle=lambda x: np.exp(x[0]) * np.sin(x[1] * x[2]) * (1 - x[1] ** 2 - x[2] ** 2),
        evaluate=lambda x: laplacian(lambda p: jnp.exp(p[0]) * jnp.sin(p[1] * p[2]))(x),
    ),
)
