"""The part of CERTIFICATE.md on optimisers: each against its twin in optax, step by step along optax's own path."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

sys.path.append(str(Path(__file__).resolve().parent.parent))

from tests.optimize import problems
from tests.optimize.test_parity import OPTIONS, PAIRS, pair

GOAL = 8
HEAD = """\
## Optimisers beside optax's

Both are fed the same gradients along the path that the optimiser of optax takes in {steps} steps, on a bowl, in
Rosenbrock's valley and in a small network. The number is the worst distance of any update or moment at any step, in eps
of the dtype times the largest entry of its leaf; the goal is {goal}. Let run free down the valley, each on its own
path, the points come apart as far as the last column says: a valley is chaotic, and that distance is only shown.

| optimiser | float64 | float32 | bfloat16 | free, float32 | |
|---|---|---|---|---|---|
"""


def table() -> str:
    """The section."""
    with jax.enable_x64(True):
        return HEAD.format(steps=f"{problems.STEPS:,}", goal=GOAL) + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    """A line for each optimiser, as it is and with other options."""
    for name, case in PAIRS.items():
        shapes = (problems.bowl, problems.valley, problems.mlp)
        worst = [_fed(case, shapes, dtype) for dtype in problems.DTYPES]
        free = float(problems.running_free(*pair(case), *problems.together((problems.valley,), (jnp.float32,))))
        yield _line(name, worst, f"{free:.3g}")
    for name, case in OPTIONS.items():
        # A centred square is all rounding where gradients are large and alike: those of the network are small.
        shapes = (problems.mlp,) * 2 if "centered" in case[3] else (problems.bowl,) * 2
        yield _line(name, [_fed(case, shapes, jnp.float64)], "")


def _fed(case: Any, shapes: Any, dtype: Any) -> float:
    return float(problems.fed_alike(*pair(case), *problems.together(shapes, (dtype,))))


def _line(name: str, worst: list[float], free: str) -> str:
    cells = [f"{x:.2g}" for x in worst] + [""] * (3 - len(worst))
    return f"| {name} | {' | '.join(cells)} | {free} | {'met' if max(worst) <= GOAL else '**missed**'} |"


if __name__ == "__main__":
    print(table())
