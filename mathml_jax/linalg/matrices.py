"""Products of matrices."""

from functools import partial

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_option, expect_rank, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax._rounding import matrix_product


def _rows_by_columns(a: Array, b: Array) -> Array:
    """Entry (i, j) is row i of A times column j of B."""
    return matrix_product(a, b)


def _combination_of_columns(a: Array, b: Array) -> Array:
    """Column j combines the columns of A, with the weights in column j of B."""

    def combine(weights: Array) -> Array:
        return jnp.sum(a * jnp.expand_dims(weights, -2), axis=-1)

    return jax.vmap(combine, in_axes=-1, out_axes=-1)(b)


def _sum_of_outer_products(a: Array, b: Array) -> Array:
    """A column of A times the row of B that meets it is a matrix of rank one; the product is the sum of these."""

    def add(total: Array, pair: tuple[Array, Array]) -> tuple[Array, None]:
        column, row = pair
        return total + jnp.expand_dims(column, -1) * jnp.expand_dims(row, -2), None

    zero = jnp.zeros((*a.shape[:-1], b.shape[-1]), a.dtype)
    return jax.lax.scan(add, zero, (jnp.moveaxis(a, -1, 0), jnp.moveaxis(b, -2, 0)))[0]


_READINGS = {
    "rows by columns": _rows_by_columns,
    "combination of columns": _combination_of_columns,
    "sum of outer products": _sum_of_outer_products,
}


@partial(jax.jit, static_argnames="reading")
def matmul(
    a: Real[ArrayLike, "*batch m k"], b: Real[ArrayLike, "*batch k n"], *, reading: str = "rows by columns"
) -> Float[Array, "*batch m n"]:
    r"""Product of two matrices, in any of its three readings.

    .. math::

        C_{ij} = \sum_k A_{ik} B_{kj}, \qquad
        C_{\cdot j} = \sum_k B_{kj} A_{\cdot k}, \qquad
        C = \sum_k A_{\cdot k} B_{k \cdot}

    where :math:`C` is the product of :math:`A` and :math:`B`: entry by entry a row times a column; column by column a
    combination of the columns of A; as a whole a sum of outer products. The value is one, up to rounding.

    Why it matters: the work of every layer of a network. The first reading says what an entry is, the second what a
    matrix does to a vector, the third what a low rank leaves out.

    Args:
      a: matrices, shape [..., m, k].
      b: matrices, shape [..., k, n], with the same leading axes.
      reading: "rows by columns", "combination of columns" or "sum of outer products".

    Returns:
      Matrices, shape [..., m, n]; zeros where k is 0. An accelerator multiplies at full precision too.

    Raises:
      ValueError: the shapes do not fit, or `reading` is none of the three.

    References:
      Strang, "Introduction to linear algebra", 5th edition, 2016, section 2.4.

    >>> matmul(jnp.array([[1, 2], [3, 4]]), jnp.array([[5], [6]])).tolist()
    [[17.0], [39.0]]
    """
    expect_option("matmul", "reading", reading, _READINGS)
    a, b = as_float(a, b)
    expect_rank("matmul", "a", a, 2, at_least=True)
    fit = a.shape[:-2] == b.shape[:-2] and b.shape[-2:-1] == a.shape[-1:]
    expect(fit, "matmul", "a and b of shapes [..., m, k] and [..., k, n]", f"{a.shape} and {b.shape}")
    return _READINGS[reading](widened(a), widened(b)).astype(a.dtype)


def matmul_vjp(
    a: Real[ArrayLike, "*batch m k"], b: Real[ArrayLike, "*batch k n"], g: Real[ArrayLike, "*batch m n"]
) -> tuple[Float[Array, "*batch m k"], Float[Array, "*batch k n"]]:
    r"""Cotangents of both factors of `matmul` from that of the product.

    .. math::

        \bar A = G B^\top, \qquad \bar B = A^\top G
    """
    a, b, g = as_float(a, b, g)
    return matmul(g, jnp.swapaxes(b, -1, -2)), matmul(jnp.swapaxes(a, -1, -2), g)


CONCEPTS = (
    Concept(
        matmul,
        example=lambda key: (random.normal(key, (3, 4), jnp.float64), random.normal(key, (4, 2), jnp.float64)),
        derivatives=(Derivative(matmul_vjp, "vjp", argnum=(0, 1)),),
        oracle="numpy.matmul",
    ),
)
