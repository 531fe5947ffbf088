"""Measures functions against Arb's certified balls and writes CERTIFICATE.md.

Each row names a function, a reference in ball arithmetic that shares no code with it, and a domain. Points are drawn
in the dtype under test, so that both sides see the same number; the error is counted in units in the last place (ulp)
of the exact result or, for sums, in eps times the sum of the absolute values of the terms.

    python scripts/certify.py [WORD ...]          only rows whose name contains a word; nothing is written then
    python scripts/certify.py --renew [WORD ...]  these, and what the page lacks; its other lines stay as they are
"""

import datetime
import importlib
import math
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import flint
import jax
import numpy as np
import parity
from pages import chosen, is_written, standing

from mathml_jax.catalog import CONCEPTS

ROOT = Path(__file__).parent.parent
BITS = 400
MISSED = "**missed**"
MODULES = (
    "fundamentals",
    "linalg",
    "calculus_derivatives",
    "calculus_multivariate",
    "calculus_integrals",
    "calculus_quad",
    "special",
    "special_gamma",
    "special_beta",
    "special_small",
    "optimize",
    "minimisers",
    "distributions",
    "distributions_laws",
    "drawn_counts",
    "ncf",
    "studentized_range",
    "distributions_closed",
    "kolmogorov",
    "vonmises",
    "noncentral",
    "noncentral_t",
    "skewnorm",
    "families",
    "joint",
    "probability",
    "stats",
    "stats_slopes",
    "nn_activations",
    "nn_losses",
    "nn_layers",
    "metrics",
    "preprocessing",
    "models",
)


class Row(NamedTuple):
    """One function over one domain.

    `name` is the function's dotted name, a comma and what is special about the row. `draw` makes so many samples for a
    dtype (its `np.finfo`), one array for each argument, the samples along its first axis. Samples that are mere numbers
    go into the function as one array, samples that are arrays one by one.

    `reference` takes one sample in `flint.arb` numbers, arrays as nested lists, and returns the exact result in the
    same way, a list for several. An entry is a number, whose ulp is then the unit; or a pair: the number, and the size
    that eps is to be multiplied with, such as the sum of the absolute values of its terms, which `unit` names.

    `goal` bounds the worst error in either dtype; `goal_99`, where given, the 99th percentile in float32 instead.
    """

    name: str
    function: Callable[..., Any]
    reference: Callable[..., Any]
    draw: Callable[[np.random.Generator, int, np.finfo], tuple[np.ndarray, ...]]
    domain: str
    goal: float = 4
    unit: str = "ulp"
    goal_99: float | None = None
    samples: int = 10000

    def asked(self, dtype: str) -> str:
        """The goal, as the page shows it."""
        return f"{self.goal:g}" if self.goal_99 is None or dtype == "float64" else f"99%: {self.goal_99:g}"


class Errors(NamedTuple):
    """How far one row is off in one dtype, and where it is worst."""

    median: float
    high: float
    worst: float
    at: str


def measure(row: Row, dtype: str) -> Errors:
    """Runs the function, compiled, on samples of its domain and measures every entry of every result."""
    info = np.finfo(dtype)
    drawn = row.draw(np.random.default_rng(0), row.samples, info)
    args = [a.astype(dtype) if np.issubdtype(a.dtype, np.floating) else a for a in drawn]
    samples = list(zip(*args, strict=True))
    with jax.enable_x64(dtype == "float64"):
        results = computed(row.function, args, samples)
    assert results.dtype == dtype, f"{row.name} returned {results.dtype} for {dtype}"
    errors = []
    for sample, result in zip(samples, results, strict=True):
        exact = row.reference(*map(balls, sample))
        errors.append([distance(*pair, info) for pair in zip(result, entries(exact), strict=True)])
    ordered = np.nan_to_num(errors, nan=np.inf)
    i, entry = np.unravel_index(np.argmax(ordered), ordered.shape)
    quantiles = np.quantile(ordered, [0.5, 0.99, 1.0], method="higher")
    return Errors(*quantiles.tolist(), at=place(samples[i], int(i), int(entry)))


def computed(function: Callable[..., Any], args: Sequence[np.ndarray], samples: Sequence[Any]) -> np.ndarray:
    """What the function makes of every sample, the entries of all its results along the second axis."""
    run = jax.jit(function)
    if all(a.ndim == 1 for a in args):
        return np.stack(jax.tree.leaves(run(*args)), axis=1)
    return np.stack([np.concatenate([np.ravel(x) for x in jax.tree.leaves(run(*sample))]) for sample in samples])


def balls(array: np.ndarray) -> Any:
    """The array as nested lists of exact Arb numbers; integers as they are."""
    if array.ndim:
        return [balls(a) for a in array]
    return flint.arb(float(array)) if np.issubdtype(array.dtype, np.floating) else int(array)


def entries(nested: Any) -> Iterator[Any]:
    """The entries of nested lists."""
    if isinstance(nested, list):
        for item in nested:
            yield from entries(item)
    else:
        yield nested


def distance(value: np.floating, exact: flint.arb | tuple[flint.arb, flint.arb], info: np.finfo) -> float:
    """|value - exact| in ulp, or in eps times the size beside it; 0 also where both overflow, or value is flushed."""
    truth, size = exact if isinstance(exact, tuple) else (exact, None)
    about = float(truth.mid())
    if abs(about) > info.max:
        return 0.0 if value == math.copysign(math.inf, about) else math.inf
    if value == 0 and abs(about) < info.tiny:
        return 0.0
    last_place = math.ldexp(float(info.eps), max(math.frexp(about)[1] - 1, int(info.minexp)))
    unit = flint.arb(last_place) if size is None else float(info.eps) * size
    assert truth.rad() < unit / 1000, f"the reference is not sharp: {truth}"
    return float((abs(flint.arb(float(value)) - truth) / unit).mid())


def place(sample: Sequence[np.ndarray], number: int, entry: int) -> str:
    """The worst point, or where to find it if it is too long to print."""
    numbers = [str(x) for a in sample for x in np.ravel(a)]
    return ", ".join(numbers) if len(numbers) <= 3 else f"sample {number}, entry {entry}"


def report(row: Row, dtype: str) -> str:
    """A line of the table."""
    e = measure(row, dtype)
    goal, reached = row.goal, e.worst
    if row.goal_99 is not None and dtype == "float32":
        goal, reached = row.goal_99, e.high
    met = "met" if reached <= goal else MISSED
    errors = f"{e.median:.2g} | {e.high:.2g} | {e.worst:.3g} | {e.at} | {row.asked(dtype)}"
    return f"| {row.name} | {dtype} | {row.domain} | {row.unit} | {errors} | {met} |"


def main(arguments: Sequence[str]) -> None:
    """Measures the rows and writes the page."""
    flint.ctx.prec = BITS
    path, lines = ROOT / "CERTIFICATE.md", []
    rows = [row for name in MODULES for row in importlib.import_module(f"certificates.{name}").ROWS]
    old = standing(path, arguments, 3)
    for row in rows:
        for dtype in ("float64", "float32"):
            line = old.get((row.name, dtype, row.domain), "")
            lacking = is_written(arguments) and f"| {row.asked(dtype)} |" not in line
            if chosen(row.name, arguments) or lacking:
                line = report(row, dtype)
                print(line, flush=True)
            lines += [line] if line else []
    if is_written(arguments):
        path.write_text(page(lines, unmeasured(rows)))


def unmeasured(rows: Sequence[Row]) -> list[str]:
    """The public functions and hand-written derivatives without a row."""
    measured = {row.name.split(",")[0] for row in rows}
    names = []
    for concept in CONCEPTS:
        prefix = concept.name.removesuffix(concept.short_name)
        names += [concept.name, *(prefix + derivative.name for derivative in concept.derivatives)]
    return [name for name in names if name not in measured]


PAGE = """\
# Certificate

How far functions and hand-written derivatives are from the truth, as measured against Arb's certified balls at {bits}
bits, an authority that shares no code with this library. `python scripts/certify.py` writes this page; nobody edits it.

An error is counted in units in the last place (ulp) of the exact result, a subnormal one counted like the smallest
normal number; or in eps times a size that the unit names, where Σ stands for the sum of the absolute values of the
terms. Where the exact result overflows, inf is right; where it is subnormal, so is 0, since XLA flushes subnormal
numbers. Every function runs compiled, with default optimisation, on points drawn in its own dtype.

{date}, Python {python}, jax {jax}, python-flint {flint}, on {device}. {count} rows; {missed} miss their goal.

| function | dtype | domain | unit | median | 99% | worst | worst point | goal | |
|---|---|---|---|---|---|---|---|---|---|
{rows}

Held against other authorities, by the tests alone: {unmeasured}.

{parity}"""


def page(lines: Sequence[str], unmeasured: Sequence[str]) -> str:
    """CERTIFICATE.md."""
    return PAGE.format(
        bits=BITS,
        date=datetime.date.today(),
        python=platform.python_version(),
        jax=jax.__version__,
        flint=flint.__version__,
        device=jax.devices()[0].device_kind,
        count=len(lines),
        missed=sum(MISSED in line for line in lines),
        rows="\n".join(lines),
        unmeasured=", ".join(unmeasured),
        parity=parity.table(),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
