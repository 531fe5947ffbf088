r"""Sums over the counts of a law, by Gauss's rule for sums: a few terms stand for very many.

The interval is cut into pieces whose lengths double from either end, so that a rule of few nodes fits every one,
however long the whole is: no more nodes than so many times the logarithm of the length.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax.distributions._counts import Counts
from mathml_jax.distributions._derived import derived
from mathml_jax.distributions._law import as_given
from mathml_jax.distributions._table import Weight
from mathml_jax.fundamentals._quotient import times_exp

Term = Callable[[Array], Array]


class Sum(NamedTuple):
    """A sum: a scale times an exponential."""

    exponent: Array
    scale: Array

    def value(self) -> Array:
        """The sum itself."""
        return times_exp((self.exponent, jnp.zeros_like(self.scale)), self.scale)

    def logarithm(self) -> Array:
        """Its logarithm."""
        some = self.scale > 0
        return jnp.where(some, self.exponent + jnp.log(jnp.where(some, self.scale, 1.0)), -jnp.inf)


@cache
def _rules(pieces: int, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Nodes and weights that sum polynomials over :math:`0, \dots, 2^j - 1` exactly, for every j.

    They are the eigenvalues of the recurrence of Gram's polynomials (Golub and Welsch).
    """
    places, weights = np.zeros((pieces, nodes)), np.zeros((pieces, nodes))
    for j in range(pieces):
        size = 2.0**j
        count = int(min(size, nodes))
        k = np.arange(1.0, count)
        side = k * np.sqrt((1 - (k / size) ** 2) / (4 * k * k - 1)) / 2
        values, vectors = np.linalg.eigh(np.diag(side, 1) + np.diag(side, -1))
        places[j, :count] = size * values + (size - 1) / 2
        weights[j, :count] = size * vectors[0] ** 2
    return places, weights


def total(term: Term, *intervals: tuple[Array, Array]) -> Array:
    """The sum of a smooth term over the integers of disjoint intervals, whose weight lies near the ends of each."""
    like = intervals[0][0]
    pieces, nodes = (50, 16) if like.dtype == jnp.float64 else (24, 9)
    places, weights = (jnp.asarray(a, like.dtype) for a in _rules(pieces, nodes))
    halves = [half for low, high in intervals for half in _halves(stop_gradient(low), stop_gradient(high))]

    def add(j: Array, sum: Array) -> Array:
        size = jnp.ldexp(jnp.ones((), like.dtype), j)
        place, weight = (row[j].reshape(-1, *(1,) * like.ndim) for row in (places, weights))
        ats, shares = [], []
        for end, sign, full, rest in halves:
            # As many doubling pieces as fit, then the rest by its binary digits, the largest first.
            larger = jnp.floor(rest / (2 * size)) * 2 * size
            for start, there in ((size - 1, size < full), (full - 1 + larger, rest - larger >= size)):
                at = end[None] + sign * (jnp.broadcast_to(start, like.shape)[None] + place)
                ats.append(jnp.where(there[None], at, end[None]))
                shares.append(jnp.where(there[None], weight, 0.0))
        share = jnp.concatenate(shares)
        values = jax.vmap(term)(jnp.concatenate(ats))
        return sum + jnp.sum(jnp.where(share > 0, values, 0.0) * share, axis=0)

    most = jnp.max(jnp.stack([full for _, _, full, _ in halves]), initial=1.0)

    def add_if_any(j: Array, sum: Array) -> Array:
        return jax.lax.cond(jnp.ldexp(jnp.ones((), like.dtype), j) <= most, add, lambda _, sum: sum, j, sum)

    return jax.lax.fori_loop(0, pieces, add_if_any, jnp.zeros_like(like))


def _halves(low: Array, high: Array) -> list[tuple[Any, ...]]:
    """Both halves of an interval: the end, the direction, the power of two that doubling pieces reach, and the rest."""
    count = jnp.maximum(high - low + 1, 0.0)
    found = []
    for half, end, sign in ((jnp.ceil(count / 2), low, 1.0), (jnp.floor(count / 2), high, -1.0)):
        full = jnp.ldexp(jnp.ones_like(half), jnp.frexp(half + 1)[1] - 1)
        found.append((end, sign, full, half - (full - 1)))
    return found


class Tails(NamedTuple):
    """The probabilities of at most k and of more, and their logarithms."""

    lower: Array
    upper: Array
    log_lower: Array
    log_upper: Array


def tails(is_lower: Array, found: Sum) -> Tails:
    """Both, of the lower one or the upper one, which is not to be much more than half of all."""
    tail, log_tail = found.value(), found.logarithm()
    # XLA's log1p loses 128 ulps near -0.4.
    log_rest = jnp.where(tail < 0.25, jnp.log1p(-jnp.minimum(tail, 0.25)), jnp.log(1 - jnp.minimum(tail, 0.999)))
    lower, upper = (jnp.where(is_lower, *pair) for pair in ((tail, 1 - tail), (1 - tail, tail)))
    return Tails(lower, upper, jnp.where(is_lower, log_tail, log_rest), jnp.where(is_lower, log_rest, log_tail))


def run(term: Callable[[Array], Weight], count: Array) -> Sum:
    """The sum of so many smooth terms, as far as they matter; each is known by its distance from the first.

    The first few one by one, then in pieces each as long as all before it, then in those that still fit at the end. It
    is a loop without a derivative in reverse mode.
    """
    pieces, nodes, few = (50, 16, 16) if count.dtype == jnp.float64 else (24, 9, 8)
    places, weights = (jnp.asarray(rows, count.dtype) for rows in _rules(pieces, nodes))
    single = jnp.arange(nodes, dtype=count.dtype).reshape(-1, *(1,) * count.ndim)

    def unfinished(state: tuple[Array, Sum]) -> Array:
        return jnp.any(state[0] < count)

    def add(state: tuple[Array, Sum]) -> tuple[Array, Sum]:
        done, (top, total) = state
        left = count - done
        short = (done == 0) | (left <= few)
        power = jnp.where(short, 0, jnp.frexp(jnp.minimum(done, left))[1] - 1)
        place, weight = (jnp.moveaxis(rows[power], -1, 0) for rows in (places, weights))
        alone = ((single < few) & (single < left[None])).astype(weight.dtype)
        place, weight = jnp.where(short[None], single, place), jnp.where(short[None], alone, weight)
        there = weight > 0
        high, low, height = jax.vmap(term)(jnp.where(there, done[None] + place, 0.0))
        high = jnp.where(there, high, top[None])
        above = jnp.maximum(top, jnp.max(stop_gradient(high), axis=0))
        part = jnp.sum(jnp.where(there, weight * height * jnp.exp((high - above[None]) + low), 0.0), axis=0)
        total = total * jnp.exp(top - above) + part
        ended = part <= jnp.finfo(part.dtype).eps / 16 * total
        size = jnp.where(short, jnp.minimum(left, few), jnp.ldexp(jnp.ones_like(left), power))
        return jnp.where(ended, count, done + size), Sum(above, total)

    none, lowest = jnp.zeros_like(count), jnp.full_like(count, jnp.finfo(count.dtype).min / 4)
    return jax.lax.while_loop(unfinished, add, (none, Sum(lowest, none)))[1]


def expectation(law: Counts, function: Callable[[Array, Array], Array], *parameters: Array) -> Array:
    """The expectation of a smooth function of the count and its `logpmf` under the standard law of these parameters."""

    def term(k: Array) -> Array:
        likelihood = law.formulas["logpmf"](k, *parameters)
        none = likelihood == -jnp.inf
        return jnp.where(none, 0.0, jnp.exp(likelihood) * function(k, jnp.where(none, 0.0, likelihood)))

    mean, deviation = law.verbs["mean"](*parameters), jnp.sqrt(law.verbs["var"](*parameters))
    low, high = (jnp.broadcast_to(jnp.asarray(end, mean.dtype), mean.shape) for end in law.support(*parameters[:-1]))
    high = jnp.minimum(high, jnp.floor(mean + 60 * deviation + 60))
    middle = jnp.clip(law.verbs["mode"](*parameters), low, high)
    return total(term, (low, middle), (middle + 1, high))


def entropy(law: Counts) -> Callable[..., Array]:
    """The expectation of less `logpmf`."""

    def body(*parameters: Any) -> Array:
        _, own, valid = law.prepare(*parameters)
        return as_given(valid * expectation(law, lambda _, likelihood: -likelihood, *law.standard(own)), *parameters)

    return derived(law, "entropy", body)
