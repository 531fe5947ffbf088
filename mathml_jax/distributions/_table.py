r"""The probability of a table of two rows and two columns whose margins are given, in saddle-point form.

.. math::

    \frac{r_1!\, r_2!\, c_1!\, c_2!}{t!\, \prod_{ij} o_{ij}!}
    = h \exp\Bigl( -\sum_{ij} o_{ij} \log\frac{o_{ij} t}{r_i c_j} \Bigr)

The hypergeometric law is such a table, and the beta-binomial law one whose second row is not whole. The factorials
agree in all their digits but the last; of the saddle-point form no two large terms cancel.
"""

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference, product_in_parts
from mathml_jax.fundamentals._quotient import Parts, log_quotient, sum_of_parts, times_exp
from mathml_jax.special._stirling import lgamma1p, stirling_remainder


class Weight(NamedTuple):
    """A probability: an exponential, its exponent in two parts, times a height without large logarithms."""

    high: Array
    low: Array
    height: Array

    def value(self) -> Array:
        """The probability itself."""
        return times_exp((self.high, self.low), self.height)

    def logarithm(self) -> Array:
        """Its logarithm."""
        return self.high + (self.low + jnp.log(self.height))


def table_weight(table: Array, shift: Array, whole: bool = False) -> Weight:
    r"""That of a table and a shift, [2, 2, ...], no cell of their sum negative; of integers where it is `whole`.

    Of a factorial this takes Stirling's formula away, :math:`x! = x^x e^{-x} \sqrt{2\pi x}\, e^{\delta(x)}`, and
    below 1 only the power and the exponential, unless the table is whole.
    """
    # A count of millions has few digits for the place between two integers.
    table, lost = _sum(table, shift)
    above, left = table[:, 0] + table[:, 1], table[0] + table[1]
    every = jnp.concatenate([above, left, *table, (above[0] + above[1])[None]])
    large = every > 0 if whole else every >= 1
    small = jnp.zeros_like(every) if whole else _small(jnp.where(large, 0.5, every))
    rest = jnp.where(large, stirling_remainder(jnp.where(large, every, 1.0)), small)
    square = jnp.where(large, 2 * math.pi * every, 1.0)
    height = jnp.sqrt(jnp.prod(square[:4] / square[4:8], axis=0) / square[8])
    high, low = deviance(table, lost)
    remainder = jnp.sum(rest[:4], axis=0) - jnp.sum(rest[4:], axis=0)
    return Weight(*sum_of_parts(-high, remainder - low), height)


def _small(x: Array) -> Array:
    """The logarithm of a factorial without its power and exponential, from 0 to 1."""
    some = x > 0
    return lgamma1p(x) + jnp.where(some, x - x * jnp.log(jnp.where(some, x, 1.0)), 0.0)


@jax.custom_jvp
def deviance(table: Array, lost: Array) -> Parts:
    """The sum of the cells, each times the logarithm of how much it exceeds what the margins let expect.

    What a cell is said to have lost to rounding counts too.
    """
    high, low = _log_excess(table)
    products, cut = product_in_parts(table, high)
    rows, rows_lost = _sum(*products)
    total, total_lost = _sum(*rows)
    small = jnp.sum(cut + table * low + lost * high, axis=(0, 1)) + jnp.sum(rows_lost, axis=0)
    return sum_of_parts(total, small + total_lost)


@deviance.defjvp
def _deviance_jvp(primals: tuple[Array, ...], tangents: tuple[Array, ...]) -> tuple[Parts, Parts]:
    high, low = _log_excess(primals[0])
    change = jnp.sum((high + low) * tangents[0], axis=(0, 1))
    return deviance(*primals), (change, jnp.zeros_like(change))


def _log_excess(table: Array) -> Parts:
    """The logarithms of the cells over what is expected of them, every rounding on the way given back; 0 where none."""
    (columns, columns_lost), (rows, rows_lost) = _sum(*table), _sum(*jnp.swapaxes(table, 0, 1))
    total, total_lost = _sum(*rows)
    share, total_lost = columns / total[None], total_lost + jnp.sum(rows_lost, axis=0)
    whole, cut = product_in_parts(share, jnp.stack([total, total]))
    gap = ((columns - whole) - cut) + (columns_lost - share * total_lost[None])
    expected, less = product_in_parts(rows[:, None], share[None])
    some = table > 0
    safe = jnp.where(some, expected, 1.0)
    high, low = log_quotient(jnp.where(some, table, 1.0), safe)
    more = (less + rows_lost[:, None] * share[None]) / safe + (gap / jnp.where(columns > 0, columns, 1.0))[None]
    return jnp.where(some, high, 0.0), jnp.where(some, low - more, 0.0)


def _sum(a: Array, b: Array) -> Parts:
    total = a + b
    return total, lost_in_difference(a, -b, total)
