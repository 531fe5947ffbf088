"""Rows of the chapter fundamentals."""

from certify import Row

from mathml_jax import fundamentals


def _growth(rng, count):
    return rng.uniform(-20, 20, count), rng.uniform(0.1, 10, count), rng.uniform(-2, 2, count)


ROWS = [
    Row(
        "exponential_growth",
        fundamentals.exponential_growth,
        lambda t, x0, rate: x0 * (rate * t).exp(),
        _growth,
        "t in [-20, 20], abs(rate) ≤ 2",
        4,
    ),
]
