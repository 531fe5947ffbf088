"""Points that fill a box more evenly than chance does, and integrals by them."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike, Float, Key, Real

from mathml_jax._checks import expect
from mathml_jax._concept import Concept
from mathml_jax.calculus._blocks import box, root_or_zero
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.calculus.monte_carlo import MonteCarloResult

BITS = 30
# Joe and Kuo's primitive polynomials, as the bits of their coefficients, and first direction numbers, for the
# dimensions from the second on.
DIRECTIONS = (
    (0b11, (1,)), (0b111, (1, 3)), (0b1011, (1, 3, 1)), (0b1101, (1, 1, 1)), (0b10011, (1, 1, 3, 3)),
    (0b11001, (1, 3, 5, 13)), (0b100101, (1, 1, 5, 5, 17)), (0b101001, (1, 1, 5, 5, 5)),
    (0b101111, (1, 1, 7, 11, 19)), (0b110111, (1, 1, 5, 1, 1)), (0b111011, (1, 1, 1, 3, 11)),
    (0b111101, (1, 3, 5, 5, 31)), (0b1000011, (1, 3, 3, 9, 7, 49)), (0b1011011, (1, 1, 1, 15, 21, 21)),
    (0b1100001, (1, 3, 1, 13, 27, 49)), (0b1100111, (1, 1, 1, 15, 7, 5)), (0b1101101, (1, 3, 1, 15, 13, 25)),
    (0b1110011, (1, 1, 5, 5, 19, 61)), (0b10000011, (1, 3, 7, 11, 23, 15, 103)),
    (0b10001001, (1, 3, 7, 13, 13, 15, 69)),
)  # fmt: skip
MOST_DIMENSIONS = len(DIRECTIONS) + 1


@partial(jax.jit, static_argnames=("n", "d", "dtype"))
def sobol(
    n: int, d: int, *, key: Key[Array, ""] | None = None, dtype: DTypeLike | None = None
) -> Float[Array, "{n} {d}"]:
    r"""The first points of Sobol's sequence, which fill the unit cube evenly.

    .. math::

        x_{ij} = \frac{g_0(i)\, v_{0j} \oplus g_1(i)\, v_{1j} \oplus \cdots \oplus g_{29}(i)\, v_{29,j}}{2^{30}}, \qquad
        g(i) = i \oplus \lfloor i / 2 \rfloor

    where :math:`x_{ij}` is the :math:`j`-th coordinate of the i-th point, :math:`v_{kj}` are integers of thirty bits,
    the direction numbers of Joe and Kuo, :math:`g_k(i)` is the :math:`k`-th bit of the Gray code :math:`g(i)`, and
    :math:`\oplus` is addition without carry, the exclusive or. Of the first :math:`2^m` points, every interval
    :math:`[l 2^{-m}, (l + 1) 2^{-m})` of each coordinate holds one.

    Why it matters: in the mean over such points the error of a smooth integrand falls nearly as 1 / n, not as the root;
    searches over hyperparameters and renderers draw from it.

    Args:
      n: number of points, an integer from 0 to :math:`2^{30}`; static. Only powers of two are in balance.
      d: number of coordinates, an integer from 1 to 21; static.
      key: a key from `jax.random.key` scrambles the points: each alone is then uniform, and together they are as even
        as before (Matoušek's linear scramble and a random shift). Without it they are SciPy's.
      dtype: of the result; without it the default float.

    Returns:
      Points in [0, 1), shape [n, d]; in float32 the first 24 bits of each coordinate.

    Raises:
      ValueError: `n` or `d` is out of its range.

    References:
      Sobol', "On the distribution of points in a cube and the approximate evaluation of integrals", 1967; Joe and Kuo,
      "Constructing Sobol sequences with better two-dimensional projections", 2008.

    >>> sobol(4, 2).tolist()
    [[0.0, 0.0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    """
    expect(isinstance(n, int) and 0 <= n <= 2**BITS, "sobol", f"n to be an integer from 0 to 2**{BITS}", repr(n))
    ok = isinstance(d, int) and 1 <= d <= MOST_DIMENSIONS
    expect(ok, "sobol", f"d to be an integer from 1 to {MOST_DIMENSIONS}", repr(d))
    vectors, shift = jnp.asarray(_direction_numbers(d)), jnp.zeros(d, jnp.uint32)
    if key is not None:
        vectors, shift = _scrambled(key, vectors)
    index = jnp.arange(n, dtype=jnp.uint32)
    gray = index ^ (index >> 1)

    def add(k: Array, x: Array) -> Array:
        return x ^ ((gray >> k) & 1)[:, None] * vectors[k][None]

    x = jax.lax.fori_loop(jnp.uint32(0), jnp.uint32(max(n - 1, 0).bit_length()), add, jnp.broadcast_to(shift, (n, d)))
    kind = jnp.result_type(dtype or float)
    kept = min(BITS, jnp.finfo(kind).nmant + 1)
    return (x >> (BITS - kept)).astype(kind) * 2.0**-kept


@partial(jax.jit, static_argnames=("f", "n", "replicates"))
def quasi_monte_carlo_integrate(
    key: Key[Array, ""],
    f: Callable[..., Any],
    a: Real[ArrayLike, "..."],
    b: Real[ArrayLike, "..."],
    n: int,
    replicates: int = 8,
) -> MonteCarloResult:
    r"""Integral over a box, as its volume times the mean of the function at scrambled points of Sobol's.

    .. math::

        \int_{[a, b]} f(x)\, dx \approx \bar I \pm \sqrt{\frac{1}{r (r - 1)} \sum_{j=1}^r (I_j - \bar I)^2}, \qquad
        I_j = \frac{V}{n} \sum_{i=1}^n f(x_{ij})

    where :math:`f` is the function, :math:`a` and :math:`b` are opposite corners of the box, :math:`V` is its volume,
    :math:`x_{ij}` are the :math:`n` points of the :math:`j`-th scramble, :math:`I_j` is the integral by them, and
    :math:`\bar I` the mean over all :math:`r` scrambles, whose spread gives the standard error behind :math:`\pm`.

    Why it matters: for a smooth function of few variables a thousand points do what a million random ones do.

    Args:
      key: a key from `jax.random.key`.
      f: a function of a point to a scalar, made of JAX operations; each new one is compiled.
      a: lower limits, shape [d], or a scalar where the points are scalars; d is at most 21.
      b: upper limits, of the same shape, finite.
      n: number of points in a scramble, a power of two to :math:`2^{30}`, all in memory at a time.
      replicates: number of scrambles, an integer from 1.

    Returns:
      `integral`, and `standard_error`, which is that of a few estimates: an interval takes Student's quantile for
      replicates - 1. NaN for one scramble.

    Raises:
      ValueError: `n` or `replicates` is no such integer, the limits have unequal shapes, more than one axis or too many
        coordinates, or `f` does not return a scalar.

    References:
      Owen, "Randomly permuted (t, m, s)-nets and (t, s)-sequences", 1995.

    >>> quasi_monte_carlo_integrate(jax.random.key(0), lambda x: x**2, 0.0, 3.0, 1024).integral.round(4).item()
    9.0
    """
    name = "quasi_monte_carlo_integrate"
    ok = isinstance(n, int) and n > 0 and n & (n - 1) == 0
    expect(ok, name, "n to be a power of two", repr(n))
    ok = isinstance(replicates, int) and replicates >= 1
    expect(ok, name, "replicates to be an integer from 1", repr(replicates))
    low, width, kind = box(name, a, b)
    g = scalar_valued(name, f, low)

    def estimate(key: Key[Array, ""]) -> Array:
        points = sobol(n, max(low.size, 1), key=key, dtype=low.dtype).reshape(n, *low.shape)
        return jnp.mean(jax.vmap(lambda u: g(low + u * width))(points))

    means = jax.lax.map(estimate, random.split(key, replicates))
    volume = jnp.prod(width).astype(means.dtype)
    spread = root_or_zero(jnp.var(means, ddof=1) / replicates) if replicates > 1 else jnp.full_like(means[0], jnp.nan)
    return MonteCarloResult(*(part.astype(kind) for part in (volume * jnp.mean(means), jnp.abs(volume) * spread)))


@lru_cache(maxsize=MOST_DIMENSIONS)
def _direction_numbers(d: int) -> np.ndarray:
    r"""The direction numbers, shape [30, d], by the recurrence of each coordinate's polynomial of degree s.

    .. math::

        m_k = 2^s m_{k-s} \oplus m_{k-s} \oplus \bigoplus_{j=1}^{s-1} 2^j c_j m_{k-j}, \qquad v_k = 2^{29-k} m_k

    """
    columns = [[1] * BITS]
    for polynomial, first in DIRECTIONS[: d - 1]:
        m, degree = list(first), len(first)
        for k in range(degree, BITS):
            m.append(m[k - degree])
            for j in range(1, degree + 1):
                m[k] ^= (polynomial >> (degree - j) & 1) * m[k - j] << j
        columns.append(m)
    return np.array([[m[k] << (BITS - 1 - k) for m in columns] for k in range(BITS)], np.uint32)


def _scrambled(key: Key[Array, ""], vectors: Array) -> tuple[Array, Array]:
    """Direction numbers times random lower triangular matrices of bits, the leading bit first; and a random shift."""
    d = vectors.shape[1]
    for_matrix, for_shift = random.split(key)
    places = jnp.arange(BITS - 1, -1, -1, dtype=jnp.uint32)
    # Row r of the matrix, as an integer: random bits above the r-th, and that one itself.
    above = random.bits(for_matrix, (d, BITS), jnp.uint32) & (jnp.uint32(2**BITS - 1) << (places + 1))[None]
    rows = (above | (jnp.uint32(1) << places)[None]) & jnp.uint32(2**BITS - 1)
    parity = jax.lax.population_count(rows[None] & vectors[:, :, None]) & 1
    shift = random.bits(for_shift, (d,), jnp.uint32) >> (32 - BITS)
    return jnp.sum(parity << places[None, None], axis=-1, dtype=jnp.uint32), shift


CONCEPTS = (
    Concept(
        sobol,
        example=lambda key: (random.uniform(key, (), jnp.float64),),
        oracle=lambda scale: scale * np.array([[0, 0, 0], [4, 4, 4], [6, 2, 2], [2, 6, 6], [3, 3, 5]]) / 8,
        evaluate=lambda scale: scale * sobol(5, 3, dtype=scale.dtype),
    ),
    Concept(
        quasi_monte_carlo_integrate,
        example=lambda key: tuple(jnp.cumsum(random.uniform(key, (2, 2), jnp.float64, 0.5, 1.5), axis=0)),
        # Exact, whatever the points.
        oracle=lambda a, b: 3 * np.prod(b - a),
        evaluate=lambda a, b: (
            quasi_monte_carlo_integrate(random.key(0), lambda x: jnp.full_like(x[0], 3), a, b, 4, 2).integral
        ),
    ),
)
