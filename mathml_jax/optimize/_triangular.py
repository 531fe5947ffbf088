"""Triangles and their systems: of few unknowns number by number, since a call to LAPACK takes longer than many such."""

import jax.numpy as jnp
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, Float

FEW = 6
"""Up to so many unknowns the numbers are written out."""


def triangle(columns: list[Float[Array, " m"]], n: int) -> Float[Array, "n k"]:
    """The first n rows of R for k columns; with r after the columns of J, R and Q'r of a least-squares problem.

    By Gram and Schmidt's method in its modified order, which so is as stable as reflections (Björck, "Solving linear
    least squares problems by Gram-Schmidt orthogonalization", 1967).
    """
    if n > FEW:
        return jnp.linalg.qr(jnp.stack(columns, axis=1), mode="r")[:n]
    rows = []
    for i in range(n):
        first, *rest = columns
        length = jnp.linalg.norm(first)
        unit = first / jnp.where(length > 0, length, 1.0)
        shares = [jnp.sum(unit * column) for column in rest]
        rows.append(jnp.stack([jnp.zeros_like(length)] * i + [length, *shares]))
        columns = [column - unit * share for column, share in zip(rest, shares, strict=True)]
    return jnp.stack(rows)


def cholesky(a: Float[Array, "n n"]) -> Float[Array, "n n"]:
    """The upper triangle U with U'U = a; NaN where `a` is not positive definite."""
    n = len(a)
    if n > FEW:
        return jnp.linalg.cholesky(a, upper=True)
    u = [[jnp.zeros((), a.dtype)] * n for _ in range(n)]
    for i in range(n):
        square = a[i, i] - sum(u[k][i] ** 2 for k in range(i))
        # Products from here on: a quotient that several read is a kernel of its own.
        inverse = 1 / jnp.sqrt(square)
        u[i][i] = square * inverse
        for j in range(i + 1, n):
            u[i][j] = (a[i, j] - sum(u[k][i] * u[k][j] for k in range(i))) * inverse
    return jnp.stack([jnp.stack(row) for row in u])


def solve_upper(u: Float[Array, "n n"], b: Float[Array, " n"]) -> Float[Array, " n"]:
    """The x with U x = b, from the last to the first."""
    n = len(b)
    if n > FEW:
        return solve_triangular(u, b)
    x, inverse = [b[0]] * n, 1 / jnp.diagonal(u)
    for i in reversed(range(n)):
        x[i] = (b[i] - sum(u[i, k] * x[k] for k in range(i + 1, n))) * inverse[i]
    return jnp.stack(x)


def solve_transposed(u: Float[Array, "n n"], b: Float[Array, " n"]) -> Float[Array, " n"]:
    """The x with U'x = b, from the first to the last."""
    n = len(b)
    if n > FEW:
        return solve_triangular(u, b, trans=1)
    x, inverse = [b[0]] * n, 1 / jnp.diagonal(u)
    for i in range(n):
        x[i] = (b[i] - sum(u[k, i] * x[k] for k in range(i))) * inverse[i]
    return jnp.stack(x)
