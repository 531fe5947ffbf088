"""From what was found to one self-contained HTML file."""

import base64
import hashlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from pathlib import Path

import jinja2
from markupsafe import Markup

from mathml_jax.plot import write_files
from mathml_jax.report.cards import Card, card, proof
from mathml_jax.report.opening import Caught, Room, Tally, Topic, nan_caught, sign_caught, tally
from mathml_jax.report.prose import breakable, inline
from mathml_jax.report.results import Outcome, Report, functions
from mathml_jax.report.typeface import typeface

_FONT = "url-of-the-font"


@dataclass(frozen=True)
class Page:
    """Everything the templates show."""

    tally: Tally
    topics: tuple[Topic, ...]
    failures: tuple[tuple[str, str, str], ...]
    sign: Caught | None
    nan: Caught | None
    experiment: Outcome | None
    colophon: str


def page(report: Report) -> Page:
    """Sorts the cards into topics and rooms, and sets the first screen."""
    rooms = {function: e.concept.name for e in report.examinations for function in functions(e.concept)}
    cards = tuple(
        card(
            examination,
            [proof(d, check, rooms) for d, check in report.proofs if d.proves in functions(examination.concept)],
            [p for function, p in report.pictures if function is examination.concept.function],
        )
        for examination in report.examinations
    )
    names = {c.anchor for c in cards}
    return Page(
        tally=tally(report.examinations),
        topics=_topics(cards),
        failures=tuple((name, name if name in names else "", message) for name, message in report.failures),
        sign=sign_caught(report.catches[0].comparison) if report.ok else None,
        nan=nan_caught(report.catches[1].comparison) if report.ok else None,
        experiment=report.experiment,
        colophon=report.colophon,
    )


def _topics(cards: Iterable[Card]) -> tuple[Topic, ...]:
    """Cards of one module, or of one distribution, are a room; rooms of one folder are a topic."""
    rooms = [
        Room(room.rpartition(".")[2], f"room-{room}", _first_line(room), tuple(group))
        for room, group in groupby(cards, lambda c: ".".join(c.module.split(".")[:3]))
    ]
    grouped = groupby(rooms, lambda room: room.cards[0].module.split(".")[1])
    return tuple(
        Topic(name, f"topic-{name}", _first_line(f"mathml_jax.{name}"), tuple(group)) for name, group in grouped
    )


def _first_line(module: str) -> Markup:
    return inline((sys.modules[module].__doc__ or "").strip().partition("\n")[0])


def render(report: Report) -> str:
    """The page as one string: fonts, styles, scripts and pictures inside."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_resource),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"prose": lambda text: inline(str(text)), "breakable": breakable}
    script = _resource("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    text = environment.get_template("page.html.j2").render(
        page=page(report),
        style=Markup(_resource("style.css")),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
    )
    return text.replace(_FONT, typeface(text))


def write(report: Report, path: str | os.PathLike[str]) -> Path:
    """Writes the page in one stroke: the file is there whole, or as it was before."""
    path = Path(path)
    write_files(path.parent, {path.name: render(report).encode()})
    return path


def _resource(name: str) -> str:
    return (files("mathml_jax.report") / "templates" / name).read_text(encoding="utf-8")
