"""Rows of the chapter distributions: counts drawn without replacement, and with a probability that varies.

The references are quotients of factorials and gamma functions, and of tails sums of them from the near end.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
from certificates.distributions_laws import log_beta, log_choose
from certificates.exact import sized
from certify import Row
from flint import arb

from mathml_jax.distributions import betabinom, hypergeom

Points = Callable[[np.random.Generator, int, np.finfo], tuple[np.ndarray, ...]]
_about = partial(Row, unit="eps × max(1, size)", samples=2000)
_tail = partial(Row, goal=16, samples=300)


def log_drawn(k: arb, M: arb, n: arb, N: arb) -> arb:
    return log_choose(n, k) + log_choose(M - n, N - k) - log_choose(M, N)


def log_varied(k: arb, n: arb, a: arb, b: arb) -> arb:
    return log_choose(n, k) + log_beta(k + a, n - k + b) - log_beta(a, b)


def _drawn_step(j: int, M: arb, n: arb, N: arb) -> arb:
    """How much likelier the next count is."""
    return (n - j) * (N - j) / ((j + 1) * (M - n - N + j + 1))


def _varied_step(j: int, n: arb, a: arb, b: arb) -> arb:
    return (n - j) * (j + a) / ((j + 1) * (n - j - 1 + b))


def _sum(log_chance: Callable[..., arb], step: Callable[..., arb], first: int, last: int, law: tuple[arb, ...]) -> arb:
    """The chances of the counts from the first to the last."""
    term = total = log_chance(arb(first), *law).exp()
    for j in range(first, last):
        term = term * step(j, *law)
        total += term
    return total


def _integer(x: arb) -> int:
    return round(float(x))


def _drawn(k: arb, M: arb, n: arb, N: arb, below: bool) -> arb:
    low, high = max(0, _integer(N - M + n)), _integer(min(n, N))
    ends = (low, _integer(k)) if below else (_integer(k) + 1, high)
    return _sum(log_drawn, _drawn_step, *ends, (M, n, N))


def _varied(k: arb, n: arb, a: arb, b: arb, below: bool) -> arb:
    ends = (0, _integer(k)) if below else (_integer(k) + 1, _integer(n))
    return _sum(log_varied, _varied_step, *ends, (n, a, b))


def _logarithm(tail: Callable[..., arb], below: bool) -> Callable[..., arb]:
    """Of the tail, or where that is most of all, of what the other leaves."""

    def at(*args: arb) -> arb:
        value = tail(*args, below)
        return value.log() if value < 0.5 else (-tail(*args, not below)).log1p()

    return at


def _whole(rng: np.random.Generator, count: int, high: float, info: np.finfo) -> np.ndarray:
    """Counts of any size that the dtype holds, each power of ten as likely as the next."""
    return np.floor(10 ** rng.uniform(0.5, min(high, np.log10(0.5 / info.eps)), count))


def _spread(rng: np.random.Generator, mean: np.ndarray, deviation: np.ndarray, ends: tuple[Any, Any]) -> np.ndarray:
    """Counts within 8 deviations of the mean, one in five anywhere; never the last."""
    low, high = ends
    k = mean + rng.uniform(-8, 8, len(mean)) * deviation
    anywhere = low + (high - low) * rng.uniform(size=len(mean))
    return np.clip(np.floor(np.where(rng.uniform(size=len(mean)) < 0.2, anywhere, k)), low, high - 1)


def _drawing(high: float) -> Points:
    """A count, the population, those of the kind in it and those drawn."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        M = _whole(rng, count, high, info)
        n, N = (1 + np.floor((M - 2) * rng.uniform(size=count) ** rng.integers(1, 4, count)) for _ in range(2))
        mean = N * (n / M)
        deviation = np.sqrt(mean * (1 - n / M) * (1 - N / M))
        return _spread(rng, mean, deviation, (np.maximum(0, N - M + n), np.minimum(n, N))), M, n, N

    return draw


def _varying(high: float, shapes: float) -> Points:
    """A count, the trials and both shapes."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        largest = min(shapes, np.log10(0.5 / info.eps))
        n, (a, b) = _whole(rng, count, high, info), 10 ** rng.uniform(-3, largest, (2, count))
        p = a / (a + b)
        deviation = np.sqrt(n * p * (1 - p) * (a + b + n) / (a + b + 1))
        return _spread(rng, n * p, deviation, (0 * n, n)), n, a, b

    return draw


def _slope(k: arb, n: arb, a: arb, b: arb) -> tuple[arb, arb]:
    """That of the log-probability in the first shape, beside its largest term."""
    terms = ((k + a).digamma() - a.digamma(), (n + a + b).digamma() - (a + b).digamma())
    return terms[0] - terms[1], max(*terms, arb(1))


_HIGH = "1e8 (float32: 4e6)"
_SHAPES = f"n to {{}}, shapes from 1e-3 to {_HIGH}"
_LAWS = (
    ("hypergeom", hypergeom, log_drawn, _drawn, _drawing, "populations to {}"),
    ("betabinom", betabinom, log_varied, _varied, lambda n: _varying(n, 8), _SHAPES),
)

ROWS = [
    *(
        _about(
            f"distributions.{name}.logpmf",
            law.logpmf,
            sized(log_chance),
            draw(8),
            domain.format(_HIGH),
            goal=4,
        )
        for name, law, log_chance, _, draw, domain in _LAWS
    ),
    *(
        _tail(
            f"distributions.{name}.{verb}",
            getattr(law, verb),
            _logarithm(tail, below) if verb.startswith("log") else partial(tail, below=below),
            draw(3),
            domain.format("1000"),
        )
        for name, law, _, tail, draw, domain in _LAWS
        for verb, below in (("cdf", True), ("sf", False), ("logcdf", True), ("logsf", False))
    ),
    Row(
        "distributions.betabinom.logpmf, slope in a",
        jax.vmap(jax.grad(betabinom.logpmf, 2)),
        _slope,
        _varying(4, 4),
        "n to 1e4, shapes from 1e-3 to 1e4",
        unit="eps × max(1, larger term)",
        goal=64,
        samples=2000,
    ),
]
