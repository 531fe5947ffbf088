"""Times the library against what a user would otherwise reach for, and writes BENCHMARKS.md.

Contenders of a row run in turn, in one process, in an order that changes from round to round; a number is the ratio of
medians, the peer's time over ours, so that above 1 ours is faster. Three such runs are made, and their median counts.

    python scripts/benchmark.py [WORD ...]          only rows whose name contains a word; nothing is written then
    python scripts/benchmark.py --renew [WORD ...]  these, and what the page lacks; its other lines stay as they are
"""

import datetime
import importlib
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import torch
from pages import chosen, is_written, standing

ROOT = Path(__file__).parent.parent
MODULES = (
    "calculus_multivariate",
    "calculus_monte_carlo",
    "quadrature",
    "special_gamma",
    "special_beta",
    "optimize",
    "minimisers",
    "least_squares",
    "nn",
    "distributions",
    "stats_tests",
)
DEVICE = "cuda" if jax.default_backend() == "gpu" and torch.cuda.is_available() else "cpu"
RUNS = 3
SECONDS = 1.5
"""How long each contender is timed in a run, at least four times."""
PAUSE = 0.01
"""Seconds between contenders, in which torch's idle threads stop spinning: they would slow down whoever comes next."""
NEARLY = 0.85
"""A goal counts as met from this part of it upwards: two runs of one thing differ by as much."""


class Peer(NamedTuple):
    """Somebody else's way to do the same work, and how many times faster than it ours is meant to be."""

    make: Callable[[], Callable[[], Any]]
    goal: float | None = None
    threads: int | None = None


class Row(NamedTuple):
    """One piece of work: what it is, ours, and the peers.

    Each `make` prepares and returns what is timed. Where that is a `functools.partial` of a jitted function, the memory
    it needs is reported too.
    """

    name: str
    ours: Callable[[], Callable[[], Any]]
    peers: Mapping[str, Peer]


def tensor(x: Any) -> torch.Tensor:
    """The array for torch, on the device where JAX computes."""
    return torch.tensor(np.asarray(x), device=DEVICE)


def finished(work: Callable[[], Any]) -> float:
    """Seconds until the result of `work` is there."""
    start = time.perf_counter()
    jax.block_until_ready(work())
    if DEVICE == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def race(row: Row) -> list[str]:
    """Runs the contenders in turn and returns a line of the table for each peer."""
    ours = row.ours()
    first = finished(ours)
    works = {"": ours, **{name: peer.make() for name, peer in row.peers.items()}}
    ratios = [timed(row, works) for _ in range(RUNS)]
    lines = []
    for name, peer in row.peers.items():
        ratio = statistics.median(run[name] for run in ratios)
        goal = "" if peer.goal is None else f"{peer.goal:g}"
        met = "" if peer.goal is None else "met" if ratio >= NEARLY * peer.goal else "**missed**"
        memory = f"{scratch(ours)} | {scratch(works[name])}"
        lines.append(f"| {row.name} | {name} | {ratio:.2f} | {goal} | {met} | {first:.2f} | {memory} |")
    return lines


def timed(row: Row, works: Mapping[str, Callable[[], Any]]) -> dict[str, float]:
    """One run: the median time of each contender over that of ours."""
    times: dict[str, list[float]] = {name: [] for name in works}
    shuffled = random.Random(0)
    start = time.perf_counter()
    while len(times[""]) < 4 or time.perf_counter() - start < SECONDS * len(works):
        for name in shuffled.sample(list(works), len(works)):
            time.sleep(PAUSE)
            with threads(row.peers[name].threads if name else None):
                times[name].append(finished(works[name]))
    # The first round only warms up.
    medians = {name: statistics.median(taken[1:]) for name, taken in times.items()}
    return {name: median / medians[""] for name, median in medians.items()}


def scratch(work: Callable[[], Any]) -> str:
    """MiB that a jitted function of fixed arguments needs beside them and its results; nothing for other work."""
    if not isinstance(work, partial) or not hasattr(work.func, "lower"):
        return ""
    program = work.func.lower(*work.args, **work.keywords).compile()
    return f"{program.memory_analysis().temp_size_in_bytes / 2**20:.0f}"


class threads:
    """torch with this many threads, inside a with statement."""

    def __init__(self, count: int | None) -> None:
        self.count, self.before = count, torch.get_num_threads()

    def __enter__(self) -> None:
        if self.count:
            torch.set_num_threads(self.count)

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self.before)


def import_time() -> float:
    """Seconds that a fresh interpreter needs for the import once JAX is there, the best of five."""
    program = "import jax, time; start = time.perf_counter(); import mathml_jax; print(time.perf_counter() - start)"
    run = [sys.executable, "-c", program]
    return min(float(subprocess.run(run, check=True, capture_output=True, text=True).stdout) for _ in range(5))


def main(arguments: Sequence[str]) -> None:
    """Times the rows and writes the page."""
    path, lines = ROOT / "BENCHMARKS.md", []
    rows = [row for name in MODULES for row in importlib.import_module(f"benchmarks.{name}").ROWS]
    old = standing(path, arguments, 2)
    for row in rows:
        found = [old[key] for peer in row.peers if (key := (row.name, peer)) in old]
        lacking = is_written(arguments) and len(found) < len(row.peers)
        if chosen(row.name, arguments) or lacking:
            found = race(row)
            print(*found, sep="\n", flush=True)
        lines += found
    if is_written(arguments):
        path.write_text(page(lines, import_time()))


PAGE = """\
# Benchmarks

Time of a peer over ours: above 1, ours is faster. Contenders run in turn in one process, shuffled in every round; each
number is a ratio of medians, and the median of {runs} such runs. A goal counts as met from {nearly:.0%} of it upwards.
Scratch is the memory that a compiled JAX function needs beside its arguments and results. In float32
where the row does not say otherwise. `python scripts/benchmark.py` writes this page; nobody edits it.

{date}, Python {python}, jax {jax}, torch {torch}, on {platform} ({device}), {cores} cores.

| work | peer | ratio | goal | | our first call, s | our scratch, MiB | the peer's |
|---|---|---|---|---|---|---|---|
{rows}

`import mathml_jax` takes {extra:.0f} ms beyond `import jax` (goal: at most 50).
"""


def page(lines: list[str], extra: float) -> str:
    """BENCHMARKS.md."""
    device = jax.devices()[0]
    return PAGE.format(
        runs=RUNS,
        nearly=NEARLY,
        date=datetime.date.today(),
        python=platform.python_version(),
        jax=jax.__version__,
        torch=torch.__version__,
        platform=device.platform,
        device=device.device_kind,
        cores=os.cpu_count(),
        rows="\n".join(lines),
        extra=1000 * extra,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
