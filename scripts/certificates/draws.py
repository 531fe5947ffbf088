"""Where the samples come from: each function makes a drawer of samples for one argument.

A bound that is a pair holds the one for float64 and the one for float32.
"""

from collections.abc import Callable

import numpy as np

Bound = float | tuple[float, float]
Draw = Callable[[np.random.Generator, int, np.finfo], np.ndarray]


def arguments(*draws: Draw) -> Callable[[np.random.Generator, int, np.finfo], tuple[np.ndarray, ...]]:
    """One drawer for each argument, independent of each other."""
    return lambda rng, count, info: tuple(draw(rng, count, info) for draw in draws)


def uniform(low: Bound, high: Bound, *shape: int) -> Draw:
    """Numbers between two bounds."""
    return lambda rng, count, info: rng.uniform(_at(low, info), _at(high, info), (count, *shape))


def normal(*shape: int, centre: float = 0.0, spread: float = 1.0) -> Draw:
    """Numbers about a centre."""
    return lambda rng, count, info: rng.normal(centre, spread, (count, *shape))


def decades(low: Bound, high: Bound, *shape: int) -> Draw:
    """Positive numbers, each power of ten as likely as the next."""
    exponents = uniform(low, high, *shape)
    return lambda rng, count, info: 10.0 ** exponents(rng, count, info)


def near(point: float, draw: Draw) -> Draw:
    """A point less what is drawn."""
    return lambda rng, count, info: point - draw(rng, count, info)


def mixed(*draws: Draw) -> Draw:
    """As many samples of each drawer, shuffled."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> np.ndarray:
        samples = np.concatenate([draw(rng, -(-count // len(draws)), info) for draw in draws])
        return rng.permutation(samples)[:count]

    return draw


def labels(classes: int, *shape: int) -> Draw:
    """Integers from 0 on."""
    return lambda rng, count, info: rng.integers(0, classes, (count, *shape), dtype=np.int32)


def shares(n: int) -> Draw:
    """Probability vectors."""
    return lambda rng, count, info: rng.dirichlet(np.ones(n), count)


def _at(bound: Bound, info: np.finfo) -> float:
    return bound[info.bits == 32] if isinstance(bound, tuple) else bound
