"""Where a sequence goes: to a number, by extrapolation and with its error; to infinity; or nowhere.

The sequences run along the first axis, their terms taken at points whose distance from the limit halves every time.
"""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float

from mathml_jax._differences import Estimate, smallest

Terms = Float[Array, "terms *batch"]


def destination(terms: Terms) -> Estimate:
    """The limit of the sequence; ±inf, with error 0, if it grows beyond all bounds; NaN, with error inf, if neither."""
    value, error = extrapolated(terms)
    found = (error <= tolerance(value, 0.25)) & _approached(terms, value, error)
    up, down = _escapes(terms), _escapes(-terms)
    value = jnp.where(up, jnp.inf, jnp.where(down, -jnp.inf, jnp.where(found, value, jnp.nan)))
    return Estimate(value, jnp.where(up | down, 0.0, jnp.where(found, error, jnp.inf)))


def tolerance(value: Array, power: float) -> Array:
    """A power of eps, relative to the value or to 1."""
    return jnp.finfo(value.dtype).eps ** power * jnp.maximum(1, abs(value))


def extrapolated(terms: Terms) -> Estimate:
    r"""The limit by that entry of two triangles of extrapolations which differs least from those around it.

    .. math::

        T_{k,j} = \frac{2^j T_{k,j-1} - T_{k-1,j-1}}{2^j - 1}, \qquad
        \varepsilon_{k,j+1} = \varepsilon_{k-1,j-1} + \frac{1}{\varepsilon_{k,j} - \varepsilon_{k-1,j}}

    The first, Richardson's, is made for errors in whole powers of the distance; the second, Wynn's, for any powers and,
    nearly, for logarithms. An entry must agree with both its neighbours in its column and with the two entries that it
    comes from. Twice the largest difference, with rounding, is its error.
    """
    size = abs(terms)

    def richardson(carry: tuple[Array, Array], factor: Array) -> tuple[tuple[Array, Array], Estimate]:
        column, size = carry
        finer = (factor * column - _above(column)) / (factor - 1)
        size = jnp.maximum(size, _above(size))
        return (finer, size), _judged(finer, size, column)

    def wynn(carry: tuple[Array, Array, Array], _: None) -> tuple[tuple[Array, Array, Array], Estimate]:
        before, column, size = carry
        odd = _above(before) + 1 / (column - _above(column))
        even = _above(column) + 1 / (odd - _above(odd))
        size = jnp.maximum(size, _above(jnp.maximum(size, _above(size))))
        return (odd, even, size), _judged(even, size, column)

    plain = _judged(terms, size, terms)
    powers = lax.scan(richardson, (terms, size), 2.0 ** jnp.arange(1, 9, dtype=terms.dtype))[1]
    any_power = lax.scan(wynn, (jnp.zeros_like(terms), terms, size), None, length=5)[1]
    entries = [jnp.concatenate([a[None], b, c]) for a, b, c in zip(plain, powers, any_power, strict=True)]
    return smallest(Estimate(*(part.reshape(-1, *terms.shape[1:]) for part in entries)))


def _above(column: Array) -> Array:
    """The entries one term earlier."""
    return jnp.concatenate([jnp.full_like(column[:1], jnp.nan), column[:-1]])


def _judged(column: Array, size: Array, parents: Array) -> Estimate:
    """The entries of a column and their errors; `size` is that of the terms they come from."""
    step = abs(column - _above(column))
    next_step = jnp.concatenate([step[1:], jnp.full_like(step[:1], jnp.nan)])
    # The two entries from which a term of the plain sequence comes are itself and the one before.
    from_parents = jnp.maximum(abs(column - parents), abs(column - _above(parents)))
    spread = jnp.maximum(jnp.maximum(step, next_step), from_parents)
    error = 2 * (spread + jnp.finfo(column.dtype).eps * size)
    return Estimate(column, jnp.where(jnp.isfinite(column + error), error, jnp.inf))


def _approached(terms: Terms, limit: Array, error: Array) -> Bool[Array, "*batch"]:
    """Whether four terms in a row come twice as close as others: what only swings about a number has no limit."""
    away = abs(terms - limit[None])
    farthest = jnp.max(jnp.where(jnp.isfinite(away), away, 0.0), axis=0)
    row = jnp.maximum(jnp.maximum(away[3:], away[2:-1]), jnp.maximum(away[1:-2], away[:-3]))
    return jnp.min(jnp.where(jnp.isnan(row), jnp.inf, row), axis=0) <= farthest / 2 + error


def _escapes(terms: Terms) -> Bool[Array, "*batch"]:
    """Whether the last half of the terms rises ever faster, or as fast as a logarithm; or the last three are inf."""
    half = len(terms) // 2
    steps = jnp.diff(terms[half:], axis=0)
    slack = 1 - jnp.finfo(terms.dtype).eps ** 0.4
    rising = jnp.all((steps[:1] > 0) & (steps[1:] >= slack * steps[:-1]), axis=0)
    vast = (terms[-1] > 0) & (terms[-1] > 1.5 * terms[half])
    return (rising & vast) | jnp.all(jnp.isposinf(terms[-3:]), axis=0)
