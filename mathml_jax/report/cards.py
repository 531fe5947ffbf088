"""One card a concept: what a docstring says and what the witnesses found, ready to be set."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import starmap, zip_longest
from typing import Any

from markupsafe import Markup

from mathml_jax._compare import Comparison, Verdict, Witness
from mathml_jax._concept import Derivative
from mathml_jax._docstring import parse
from mathml_jax._examine import Examination
from mathml_jax.derivations.steps import Derivation as Derived
from mathml_jax.derivations.steps import DerivationCheck
from mathml_jax.derivations.steps import Line as CheckedLine
from mathml_jax.report.formulas import mathml
from mathml_jax.report.pictures import Picture
from mathml_jax.report.prose import definitions, inline, number, paragraphs
from mathml_jax.report.sources import code, signature


@dataclass(frozen=True)
class Row:
    """A witness and how far it stands from the reference, or why it was not heard."""

    name: str
    dtype: str
    error: str
    note: str = ""


@dataclass(frozen=True)
class DerivativeView:
    """A hand-written derivative; `verdict` is empty where all agree, `witnesses` where none could be asked."""

    name: str
    sentence: Markup
    formula: Markup
    prose: Markup
    source: Markup
    verdict: str
    ok: bool
    witnesses: tuple[Row, ...]


@dataclass(frozen=True)
class Line:
    """A line of a derivation, with the numbers that it gave."""

    says: Markup
    formula: Markup
    relation: str
    because: Markup
    numbers: tuple[str, ...]
    rate: str
    ok: bool


@dataclass(frozen=True)
class Proof:
    """A derivation and the code that it ends in."""

    title: str
    lines: tuple[Line, ...]
    ok: bool
    code: Markup


@dataclass(frozen=True)
class Card:
    """Everything a page shows of one concept."""

    name: str
    short_name: str
    home: str
    module: str
    anchor: str
    words: str
    sentence: Markup
    formula: Markup
    prose: Markup
    why: Markup
    signature: Markup
    arguments: tuple[tuple[str, Markup], ...]
    returns: Markup
    raises: tuple[tuple[str, Markup], ...]
    source: Markup
    references: Markup
    derivatives: tuple[DerivativeView, ...]
    proofs: tuple[Proof, ...]
    pictures: tuple[Picture, ...]
    values: tuple[Row, ...]
    badge: str
    failures: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing on the card failed."""
        return not self.failures


def card(examination: Examination, proofs: Iterable[Proof] = (), pictures: Iterable[Picture] = ()) -> Card:
    """The card of one examined concept."""
    concept, proofs = examination.concept, tuple(proofs)
    function, text = concept.function, parse(concept.function)
    broken = tuple(f"{proof.title}: a line of the derivation does not hold" for proof in proofs if not proof.ok)
    return Card(
        name=concept.name,
        short_name=concept.short_name,
        home=concept.name.removesuffix(concept.short_name).rstrip("."),
        module=concept.module,
        anchor=concept.name,
        words=_words(concept.name, text.sentence, text.why, text.references),
        sentence=inline(text.sentence),
        formula=_formula(text.formula),
        prose=paragraphs(text.prose),
        why=inline(text.why),
        signature=signature(function),
        arguments=definitions(text.arguments),
        returns=inline(text.returns),
        raises=definitions(text.raises),
        source=code(function),
        references=inline(text.references),
        derivatives=tuple(starmap(_derivative, zip_longest(concept.derivatives, examination.comparisons))),
        proofs=proofs,
        pictures=tuple(pictures),
        values=_values(examination),
        badge=badge(examination),
        failures=(*examination.failures, *broken),
    )


def badge(examination: Examination) -> str:
    """What was established, in few words."""
    if not examination.ok:
        return "fails"
    comparisons = examination.comparisons
    parts = []
    if comparisons:
        standing = any(comparison.verdict != Verdict.AGREE for comparison in comparisons)
        plural = "derivative" if len(comparisons) == 1 else f"{len(comparisons)} derivatives"
        verb = "agree" if len(comparisons) > 1 else "agrees"
        parts.append(f"{plural} right where autodiff is not" if standing else f"{plural} {verb}")
    if examination.oracle_error is not None:
        parts.append("value agrees")
    return ", ".join(parts) or "runs; nobody to compare with"


def _derivative(derivative: Derivative, comparison: Comparison | None) -> DerivativeView:
    text = parse(derivative.function)
    return DerivativeView(
        name=derivative.name,
        sentence=inline(text.sentence),
        formula=_formula(text.formula),
        prose=paragraphs(text.prose),
        source=code(derivative.function),
        verdict=comparison.message if comparison and comparison.verdict != Verdict.AGREE else "",
        ok=comparison is not None and comparison.ok,
        witnesses=tuple(_row(witness) for witness in comparison.witnesses) if comparison else (),
    )


def _row(witness: Witness) -> Row:
    return Row(witness.name, witness.dtype, f"{number(witness.error)} {witness.unit}", witness.note)


def _values(examination: Examination) -> tuple[Row, ...]:
    """How far the value is from its oracle, and float32 from float64."""
    rows = []
    if examination.oracle_error is not None:
        rows.append(Row(examination.oracle_name, "float64", f"{number(examination.oracle_error)} relative"))
    if examination.float32_error is not None:
        rows.append(Row("against float64", "float32", f"{number(examination.float32_error)} ulp"))
    return tuple(rows)


def _formula(latex: str) -> Markup:
    return Markup(mathml(latex, block=True)) if latex else Markup("")


def _words(*texts: str) -> str:
    """What the filter searches: names also with spaces for their dots and underscores, no markup."""
    plain = [re.sub(r":math:`[^`]*`|[`\"]", " ", text).lower() for text in texts]
    return " ".join(" ".join([*plain, re.sub(r"[._]", " ", plain[0])]).split())


def proof(derivation: Derived, check: DerivationCheck, rooms: Mapping[Any, str]) -> Proof:
    """A checked derivation, which ends in the source of what it proves; `rooms` says which functions have a card."""
    return Proof(
        title=derivation.title,
        lines=tuple(_line(line, derivation, rooms) for line in check.lines),
        ok=check.ok,
        code=code(derivation.proves),
    )


def _line(checked: CheckedLine, derivation: Derived, rooms: Mapping[Any, str]) -> Line:
    step = checked.step
    in_code = step.value is derivation.code.value
    name = Markup("<code>{}</code>").format(derivation.proves.__name__)
    tends = step.relation == "→" and checked.error > 0
    return Line(
        says=inline(step.says),
        formula=name if in_code else _formula(step.formula),
        relation=step.relation,
        because=Markup("") if in_code else _because(step.because, rooms),
        numbers=tuple(number(x, 4) for x in checked.numbers),
        rate=f"error falls as h to the {checked.error:.2f}" if tends else "",
        ok=checked.holds,
    )


def _because(rule: Any, rooms: Mapping[Any, str]) -> Markup:
    """The rule in words, or a link to the card that has it."""
    if isinstance(rule, str):
        return inline(rule)
    name = Markup("<code>{}</code>").format(rule.__name__)
    return Markup('<a href="#{}">{}</a>').format(rooms[rule], name) if rule in rooms else name
