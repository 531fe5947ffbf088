"""Runs all that the report shows: comparisons, oracles, derivations, figures, the two catches, the experiment."""

import datetime
import multiprocessing
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import groupby
from time import perf_counter
from typing import Any

import jax
from markupsafe import Markup

from mathml_jax import plot
from mathml_jax._checks import expect_option
from mathml_jax._concept import Concept
from mathml_jax._examine import Examination, examine, examine_together
from mathml_jax._quick import compile_quickly
from mathml_jax.catalog import TOPICS
from mathml_jax.derivations import DERIVATIONS, Derivation, DerivationCheck, check_derivation
from mathml_jax.experiments import linear_regression
from mathml_jax.report.catches import Catch, catches
from mathml_jax.report.pictures import Picture, picture
from mathml_jax.report.prose import inline, number

Room = tuple[Concept, ...]
Examined = Callable[[], tuple[Examination, ...]]
Progress = Callable[[str, int, int], None]
"""Told what comes next, how many parts are done, and how many there are."""


@dataclass(frozen=True)
class Outcome:
    """The experiment: what was asked, what was found, the pictures and the figures of merit."""

    question: str
    answer: Markup
    pictures: tuple[Picture, ...]
    summary: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes:
      examinations: every concept with its comparisons and its oracle, in the order of the catalogue.
      proofs: every derivation and its check, line by line.
      pictures: the drawn figures, each beside the function that it shows.
      catches: the two mistakes that have to be caught, a wrong sign and autodiff's NaN; none where that raised.
      experiment: the outcome of the experiment; None where only some topics were asked for, or where it raised.
      seconds: how long everything took.
      colophon: with what, on what and when it was made.
      raised: every other part that raised an exception, by name, and which.
    """

    examinations: tuple[Examination, ...]
    proofs: tuple[tuple[Derivation, DerivationCheck], ...]
    pictures: tuple[tuple[Callable[..., Any], Picture], ...]
    catches: tuple[Catch, ...]
    experiment: Outcome | None
    seconds: float
    colophon: str
    raised: tuple[tuple[str, str], ...] = ()

    @property
    def failures(self) -> tuple[tuple[str, str], ...]:
        """What failed, by name, and how."""
        return (
            *(
                (e.concept.name, failure.removeprefix(f"{e.concept.name}: "))
                for e in self.examinations
                for failure in e.failures
            ),
            *self.raised,
            *((derivation.title, check.message) for derivation, check in self.proofs if not check.ok),
            *(("compare", f"misses a planted mistake: {c.comparison.message}") for c in self.catches if not c.ok),
        )

    @property
    def ok(self) -> bool:
        """Whether everything stands."""
        return not self.failures


def build(topics: Collection[str] = (), progress: Progress | None = None, processes: int = 1) -> Report:
    """Runs everything, or what belongs to some topics; a part that raises an exception is a failure like any other.

    Args:
      topics: the chapters to show; none means all of them and the experiment.
      progress: called before each part with its name, the number of parts done and the number of all parts.
      processes: how many others may examine concepts while this one does the rest; below two, none.

    Returns:
      A Report; `ok` says whether everything stands.

    Raises:
      ValueError: a topic that there is not.
    """
    for topic in topics:
        expect_option("report", "topic", topic, tuple(TOPICS))
    concepts = [c for topic, group in TOPICS.items() if not topics or topic in topics for c in group]
    shown = {id(function) for concept in concepts for function in functions(concept)}
    proofs = [d for d in DERIVATIONS if id(d.proves) in shown]
    figures = [f for f in plot.FIGURES if id(f.concept) in shown]
    parts = _Parts(progress, 1 + len(concepts) + len(proofs) + len(figures) + (not topics))
    start = perf_counter()
    with _examinations(concepts, processes) as examined:
        found = {
            "catches": parts.run("two planted mistakes", catches) or (),
            "proofs": tuple((d, check) for d in proofs if (check := parts.run(d.title, check_derivation, d))),
            "pictures": tuple((f.concept, drawn) for f in figures if (drawn := parts.run(f.name, _drawn, f))),
            "experiment": None if topics else parts.run("linear regression", _experiment),
            "examinations": tuple(e for room, get in examined for e in parts.room(room, get)),
        }
    seconds = perf_counter() - start
    return Report(**found, seconds=seconds, colophon=_colophon(seconds), raised=tuple(parts.raised))


class _Parts:
    """Runs one part after another, tells how far it is, and notes what raised an exception."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.progress, self.total, self.done = progress, total, 0
        self.raised: list[tuple[str, str]] = []

    def run(self, name: str, part: Callable[..., Any], *args: Any) -> Any:
        if self.progress:
            self.progress(name, self.done, self.total)
        self.done += 1
        result, raised = _tried(part, *args)
        if raised:
            self.raised.append((name, raised))
        return result

    def room(self, room: Room, get: Examined) -> tuple[Examination, ...]:
        """The examinations of a room, each of which is a part; where its process died, what that raised."""
        if self.progress:
            self.progress(room[0].name, self.done, self.total)
        self.done += len(room)
        found, raised = _tried(get)
        return found or tuple(_alone(concept, None, raised) for concept in room)


def _tried(part: Callable[..., Any], *args: Any) -> tuple[Any, str]:
    """What a part returned, or None and what it raised, in one line."""
    try:
        return part(*args), ""
    except Exception as error:
        return None, f"raised {type(error).__name__}: {error}".splitlines()[0].rstrip(": ")


@contextmanager
def _examinations(concepts: Collection[Concept], processes: int) -> Iterator[list[tuple[Room, Examined]]]:
    """Every room and how to get its examinations: from other processes, where they are worth their start."""
    rooms = [tuple(room) for _, room in groupby(concepts, lambda concept: concept.module)]
    processes = min(processes, len(rooms) // 4)
    if processes < 2:
        yield [(room, partial(_examined, room)) for room in rooms]
        return
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), compile_quickly)
    try:
        yield [(room, pool.submit(_examined, room).result) for room in rooms]
    finally:
        pool.shutdown(cancel_futures=True)


def _examined(room: Room) -> tuple[Examination, ...]:
    """The examinations of a room; where one raises, they are made one by one, and that holds the exception alone."""
    together, _ = _tried(examine_together, room)
    return together or tuple(_alone(concept, *_tried(examine, concept)) for concept in room)


def _alone(concept: Concept, examination: Examination | None, raised: str) -> Examination:
    return examination or Examination(concept, (), "", None, None, (f"{concept.name}: {raised}",))


def functions(concept: Concept) -> tuple[Callable[..., Any], ...]:
    """The function of a concept and its hand-written derivatives."""
    return (concept.function, *(derivative.function for derivative in concept.derivatives))


def _drawn(figure: plot.Figure) -> Picture:
    return picture(figure.draw(), figure.caption, figure.alt)


def _experiment() -> Outcome:
    """The experiment as it ships, with its pictures."""
    result = linear_regression.run(linear_regression.Config())
    drawn = linear_regression.figures(result)
    captions, alts = linear_regression.CAPTIONS, linear_regression.ALTS
    return Outcome(
        question=result.question,
        answer=inline(result.answer),
        pictures=tuple(picture(figure, captions[name], alts[name]) for name, figure in drawn.items()),
        summary=tuple((name.replace("_", " "), _shown(value)) for name, value in result.summary.items()),
    )


def _shown(value: Any) -> str:
    return number(float(value), 4) if isinstance(value, (int, float)) else str(value)


def _colophon(seconds: float) -> str:
    made = datetime.datetime.now().astimezone().strftime("%d %B %Y").lstrip("0")
    return (
        f"Computed in {seconds:.0f} seconds on {made} by mathml_jax {version('mathml-jax')} with jax {jax.__version__}"
        f" on {jax.devices()[0].platform}; every number and every badge is a result of that run. Set in STIX Two Math"
        " (SIL Open Font License 1.1). This page asks the network for nothing."
    )
