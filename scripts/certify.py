"""Measures every function against Arb's certified balls and writes CERTIFICATE.md.

Each row names a function, a reference in ball arithmetic that shares no code with it, and a domain. Points are drawn
in the dtype under test, so that both sides see the same number; the error is counted in units in the last place (ulp)
of the reference, or, for sums, in eps times the sum of the absolute terms.

    python scripts/certify.py [WORD ...]     only rows whose name contains a word; nothing is written then
"""

import datetime
import importlib
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import flint
import jax
import jax.numpy as jnp
import numpy as np

ROOT = Path(__file__).parent.parent
BITS = 400
MODULES = ("fundamentals",)


class Row(NamedTuple):
    """One function over one domain.

    `reference` takes one sample as `flint.arb` numbers (nested lists for arrays) and returns the exact result, an arb
    or nested lists of them; where `sums` is true it returns a pair: the result, and the sum of the absolute values of
    its terms. `draw` makes so many samples as float64 arrays with a leading axis. `goal` is in the unit of the row.
    """

    name: str
    function: Callable[..., Any]
    reference: Callable[..., Any]
    draw: Callable[[np.random.Generator, int], tuple[np.ndarray, ...]]
    domain: str
    goal: float
    sums: bool = False
    samples: int = 2000


class Errors(NamedTuple):
    """How far one row is off in one dtype, and where it is worst."""

    median: float
    high: float
    worst: float
    at: str


def balls(array: np.ndarray) -> Any:
    """The array as nested lists of exact Arb numbers; infinities and NaN as Arb has them."""
    return flint.arb(float(array)) if array.ndim == 0 else [balls(a) for a in array]


def measure(row: Row, dtype: str) -> Errors:
    """Runs the function, compiled and vmapped, on samples of its domain and measures every entry of every result."""
    drawn = row.draw(np.random.default_rng(0), row.samples)
    args = [np.asarray(a, dtype) if np.issubdtype(a.dtype, np.floating) else a for a in drawn]
    with jax.enable_x64(dtype == "float64"):
        results = np.asarray(jax.jit(jax.vmap(row.function))(*map(jnp.asarray, args)))
    assert results.dtype == dtype, f"{row.name} returned {results.dtype} for {dtype}"
    errors, places = [], []
    for i, result in enumerate(results):
        sample = [balls(a[i]) if np.issubdtype(a.dtype, np.floating) else a[i] for a in args]
        exact = row.reference(*sample)
        exact, size = exact if row.sums else (exact, None)
        for entry, (value, truth, terms) in enumerate(zip(result.ravel(), flat(exact), flat(size), strict=False)):
            errors.append(distance(value, truth, terms, dtype))
            places.append((i, entry))
    ordered = np.array(errors)
    i, entry = places[int(np.argmax(np.nan_to_num(ordered, nan=np.inf)))]
    return Errors(*np.quantile(ordered, [0.5, 0.99, 1.0], method="higher"), at=point([a[i] for a in args], entry))


def flat(nested: Any) -> Sequence[Any]:
    """Nested lists as one list; None as endlessly many."""
    if nested is None:
        return [None] * 10**6
    return [x for item in nested for x in flat(item)] if isinstance(nested, list | tuple) else [nested]


def distance(value: np.floating, truth: flint.arb, terms: flint.arb | None, dtype: str) -> float:
    """|value - truth| in ulp of the truth, or in eps times the sum of the terms; 0 where both are the same infinity."""
    info = np.finfo(dtype)
    if not truth.is_finite():
        return 0.0 if str(float(truth.mid() if truth.is_finite() else truth)) == str(float(value)) else np.inf
    if not np.isfinite(value):
        return 0.0 if float(abs(truth)) > float(info.max) and value * np.sign(float(truth)) > 0 else np.inf
    apart = float(abs(flint.arb(float(value)) - truth).mid())
    if terms is not None:
        return apart / (float(info.eps) * float(terms)) if apart else 0.0
    return apart / float(np.spacing(np.abs(np.asarray(float(truth), dtype)).clip(info.tiny)))


def point(args: Sequence[np.ndarray], entry: int) -> str:
    """The worst point, readable: all of it where it is short."""
    if all(a.ndim == 0 for a in args):
        return ", ".join(f"{float(a):.6g}" for a in args)
    return f"entry {entry}"


def main(words: Sequence[str]) -> None:
    """Measures the rows and writes the page."""
    flint.ctx.prec = BITS
    rows = [row for name in MODULES for row in importlib.import_module(f"certificates.{name}").ROWS]
    lines, missed = [], 0
    for row in rows:
        if words and not any(word in row.name for word in words):
            continue
        for dtype in ("float64", "float32"):
            e = measure(row, dtype)
            met = e.worst <= row.goal
            missed += not met
            unit = "eps Σ" if row.sums else "ulp"
            lines.append(
                f"| {row.name} | {dtype} | {row.domain} | {e.median:.2g} | {e.high:.2g} | {e.worst:.2g} | {e.at} "
                f"| {row.goal:g} {unit} | {'met' if met else '**missed**'} |"
            )
            print(lines[-1], flush=True)
    if not words:
        (ROOT / "CERTIFICATE.md").write_text(page(lines, missed))


PAGE = """\
# Certificate

How far every function and every hand-written derivative is from the truth, as measured against Arb's certified balls at
{bits} bits, an authority that shares no code with this library. `python scripts/certify.py` writes this page; nobody
edits it.

Errors are in units in the last place (ulp) of the exact result, a subnormal result counted like the smallest normal
one; or, where the unit is eps Σ, in multiples of eps times the sum of the absolute values of the terms. Every function
runs compiled, with default optimisation, on points drawn in its own dtype.

{date}, Python {python}, jax {jax}, python-flint {flint}, on {device}. {count} rows; {missed} miss their goal.

| function | dtype | domain | median | 99% | worst | worst point | goal | |
|---|---|---|---|---|---|---|---|---|
{rows}
"""


def page(lines: list[str], missed: int) -> str:
    """CERTIFICATE.md."""
    return PAGE.format(
        bits=BITS,
        date=datetime.date.today(),
        python=platform.python_version(),
        jax=jax.__version__,
        flint=flint.__version__,
        device=jax.devices()[0].device_kind,
        count=len(lines),
        missed=missed,
        rows="\n".join(lines),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
