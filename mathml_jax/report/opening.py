"""The first screen: what was caught, how the derivatives stand, where everything is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from mathml_jax._compare import Comparison
from mathml_jax.report.cards import Card
from mathml_jax.report.prose import number

_VISIBLY_WRONG = 1e-6


@dataclass(frozen=True)
class Cell:
    """An entry of a matrix written by hand; where it is wrong, the right value too."""

    value: str
    right: str
    bad: bool


@dataclass(frozen=True)
class Caught:
    """A catch: rows of cells, or a row a witness, and the verdict."""

    rows: tuple[Any, ...]
    message: str


@dataclass(frozen=True)
class Testimony:
    """What one witness says."""

    name: str
    value: str
    bad: bool


@dataclass(frozen=True)
class Tally:
    """The one computed line."""

    agree: int
    fail: int
    worst: str
    where: str
    anchor: str


def sign_caught(comparison: Comparison) -> Caught:
    """The matrix with its wrong entries lit."""
    hand, forward = (np.asarray(w.values) for w in comparison.witnesses[:2])
    wrong = np.abs(hand - forward) > _VISIBLY_WRONG * np.max(np.abs(forward))
    rows = tuple(
        tuple(Cell(_entry(h), _entry(f), bool(bad)) for h, f, bad in zip(*row, strict=True))
        for row in zip(hand, forward, wrong, strict=True)
    )
    return Caught(rows, _message(comparison))


def nan_caught(comparison: Comparison) -> Caught:
    """What each witness says where autodiff gives NaN."""
    values = [(w.name, float(np.ravel(w.values)[0])) for w in comparison.witnesses if w.values is not None]
    rows = tuple(Testimony(name, _plain(value), bool(np.isnan(value))) for name, value in values)
    return Caught(rows, _message(comparison))


def _message(comparison: Comparison) -> str:
    return re.sub(r"\bnan\b", "NaN", re.sub(r"(?<!\w)-(?=\d)", "−", comparison.message))


def _entry(x: float) -> str:
    return f"{x:+.2f}".replace("-", "−")


def _plain(x: float) -> str:
    return "0" if abs(x) < 1e-12 else number(x, 3)


def tally(examinations: Iterable[Any]) -> Tally:
    """Counts the hand-written derivatives and finds the worst error among those in ulps."""
    examinations = tuple(examinations)
    # An examination that raised an exception has no comparisons: all its derivatives fail.
    pairs = [
        (e.concept, d, c) for e in examinations for d, c in zip(e.concept.derivatives, e.comparisons, strict=False)
    ]
    agree = sum(comparison.ok for *_, comparison in pairs)
    fail = sum(len(e.concept.derivatives) for e in examinations) - agree
    errors = [
        (w.error, concept, derivative)
        for concept, derivative, comparison in pairs
        for w in comparison.witnesses[:1]
        if w.unit == "ulp" and np.isfinite(w.error)
    ]
    if not errors:
        return Tally(agree, fail, "", "", "")
    error, concept, derivative = max(errors, key=lambda entry: entry[0])
    return Tally(agree, fail, f"{number(error)} ulp", derivative.name, concept.name)


@dataclass(frozen=True)
class Room:
    """A module: its name, its sentence, its cards."""

    name: str
    anchor: str
    sentence: Markup
    cards: tuple[Card, ...]

    @property
    def ok(self) -> bool:
        """Whether every card stands."""
        return all(card.ok for card in self.cards)


@dataclass(frozen=True)
class Topic:
    """A chapter and its rooms."""

    name: str
    anchor: str
    sentence: Markup
    rooms: tuple[Room, ...]
