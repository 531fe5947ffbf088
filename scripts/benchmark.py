"""Times the library against what a user would otherwise reach for, and writes BENCHMARKS.md.

Contenders of a row run in turn, in one process; a number is the ratio of medians, the peer's time over ours, so that
above 1 ours is faster. Three such runs are made, and their median counts.

    python scripts/benchmark.py [WORD ...]     only rows whose name contains a word; nothing is written then
"""

import datetime
import importlib
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import torch

ROOT = Path(__file__).parent.parent
MODULES: tuple[str, ...] = ()
RUNS = 3
SECONDS = 1.5
"""How long each contender is timed in a run, at least three times."""
NEARLY = 0.85
"""A goal counts as met from this part of it upwards: two runs of one thing differ by as much."""


class Peer(NamedTuple):
    """Somebody else's way to do the same work, and how many times faster than it ours is meant to be."""

    make: Callable[[], Callable[[], Any]]
    goal: float | None = None
    threads: int | None = None


class Row(NamedTuple):
    """One piece of work: what it is, ours, and the peers; each `make` prepares and returns what is timed."""

    name: str
    ours: Callable[[], Callable[[], Any]]
    peers: Mapping[str, Peer]


def finished(work: Callable[[], Any]) -> float:
    """Seconds until the result of `work` is there."""
    start = time.perf_counter()
    jax.block_until_ready(work())
    return time.perf_counter() - start


def race(row: Row) -> Iterator[tuple[str, Peer, float, float]]:
    """Runs the contenders in turn; yields each peer with the ratio of the medians, and our first call in seconds."""
    ours = row.ours()
    first = finished(ours)
    contenders = {name: peer.make() for name, peer in row.peers.items()}
    ratios: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(RUNS):
        times: dict[str, list[float]] = {"": [], **{name: [] for name in contenders}}
        for name, work in contenders.items():
            with threads(row.peers[name].threads):
                finished(work)
        start = time.perf_counter()
        while len(times[""]) < 3 or time.perf_counter() - start < SECONDS * len(times):
            times[""].append(finished(ours))
            for name, work in contenders.items():
                with threads(row.peers[name].threads):
                    times[name].append(finished(work))
        for name in contenders:
            ratios[name].append(statistics.median(times[name]) / statistics.median(times[""]))
    for name, peer in row.peers.items():
        yield name, peer, statistics.median(ratios[name]), first


class threads:
    """torch with this many threads, inside a with statement."""

    def __init__(self, count: int | None) -> None:
        self.count, self.before = count, torch.get_num_threads()

    def __enter__(self) -> None:
        if self.count:
            torch.set_num_threads(self.count)

    def __exit__(self, *_: object) -> None:
        torch.set_num_threads(self.before)


def import_time(statement: str) -> float:
    """Seconds that a fresh interpreter needs for an import, the best of five."""
    program = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
    run = [sys.executable, "-c", program]
    return min(float(subprocess.run(run, check=True, capture_output=True, text=True).stdout) for _ in range(5))


def main(words: Sequence[str]) -> None:
    """Times the rows and writes the page."""
    rows = [row for name in MODULES for row in importlib.import_module(f"benchmarks.{name}").ROWS]
    lines = []
    for row in rows:
        if words and not any(word in row.name for word in words):
            continue
        for name, peer, ratio, first in race(row):
            met = "" if peer.goal is None else "met" if ratio >= NEARLY * peer.goal else "**missed**"
            goal = "" if peer.goal is None else f"{peer.goal:g}"
            lines.append(f"| {row.name} | {name} | {ratio:.2f} | {goal} | {met} | {first:.2f} |")
            print(lines[-1], flush=True)
    if not words:
        extra = import_time("import jax, mathml_jax") - import_time("import jax")
        (ROOT / "BENCHMARKS.md").write_text(page(lines, extra))


PAGE = """\
# Benchmarks

Time of a peer over ours: above 1, ours is faster. Contenders run in turn in one process, after a warm-up; each number
is a ratio of medians, and the median of {runs} such runs. A goal counts as met from {nearly:.0%} of it upwards.
`python scripts/benchmark.py` writes this page; nobody edits it.

{date}, Python {python}, jax {jax}, torch {torch}, on {platform} ({device}), {cores} cores.

| work | peer | ratio | goal | | our first call, s |
|---|---|---|---|---|---|
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
