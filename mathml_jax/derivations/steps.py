"""Derivations that run: every line of a proof is evaluated and held against the line before."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import random

from mathml_jax._checks import expect, expect_option
from mathml_jax._trial import UNTRACEABLE, Trial

Relation = Literal["=", "≤", "→"]

MOST_STEPS = 8
EQUAL = 1e-9
"""How far two equal lines may be apart, relative to the larger of their largest entry and 1."""
SMALL = tuple(0.125 * 0.5**k for k in range(6))
"""The values of h at which a line that tends to the next is evaluated."""
RATE = 0.2
"""How far the rate at which a limit is approached may be from the stated one."""


@dataclass(frozen=True)
class Step:
    """One line of a derivation.

    Attributes:
      says: what happens here, a sentence.
      formula: the line in LaTeX, without its relation sign.
      value: evaluates the line; takes the derivation's inputs, and a last argument named ``h`` if the line still
        depends on a small quantity that later tends to zero.
      relation: to the line before: "=", "≤" (the line before is at most this one) or "→" (the line before tends to this
        one as h tends to zero, with an error of order h to the `rate`).
      because: the rule used, in words, or the public function that is this rule's room.
      rate: for "→" only.
    """

    says: str
    formula: str
    value: Callable[..., Any]
    relation: Relation = "="
    because: str | Callable[..., Any] = ""
    rate: float | int = 1

    @property
    def takes_h(self) -> bool:
        """Whether the line still depends on h."""
        return "h" in inspect.signature(self.value).parameters


@dataclass(frozen=True)
class Derivation:
    """A proof, line by line, that ends in code: its last line is what `proves` computes.

    Attributes:
      title: what is derived.
      proves: the public function whose formula this is; called with the inputs, it must give the last line.
      example: a key to the tuple of inputs.
      steps: two to eight lines.
      evaluate: where `proves` takes or returns functions: the inputs to the value, by way of `proves`.
      code_first: the proof starts from what the code computes, as that of a bound does.
    """

    title: str
    proves: Callable[..., Any]
    example: Callable[[Any], tuple[Any, ...]]
    steps: tuple[Step, ...]
    evaluate: Callable[..., Any] | None = None
    code_first: bool = False

    @property
    def code(self) -> Step:
        """The line of the public function itself."""
        name = self.proves.__name__.replace("_", r"\_")
        says = "The code computes." if self.code_first else "And in code."
        return Step(says, rf"\mathtt{{{name}}}", self.evaluate or self.proves, because=self.proves)

    @property
    def lines(self) -> tuple[Step, ...]:
        """The steps, with the code after or before them."""
        return (self.code, *self.steps) if self.code_first else (*self.steps, self.code)


@dataclass(frozen=True)
class Line:
    """A checked line: whether its relation to the line before holds, how far off it is, and three of its numbers.

    `error` is the distance for "=", the excess for "≤" and the rate measured for "→"; 0 for the first line.
    """

    step: Step
    holds: bool
    error: float
    numbers: tuple[float, ...]


@dataclass(frozen=True)
class DerivationCheck:
    """What `check_derivation` found: the lines, the first wrong one (counted from 1) and an input that refutes it."""

    lines: tuple[Line, ...]
    first_wrong: int | None
    counterexample: tuple[Any, ...] | None
    message: str

    @property
    def ok(self) -> bool:
        """Whether every line holds."""
        return self.first_wrong is None

    def __str__(self) -> str:
        rows = [
            f"{'' if i == 0 else line.step.relation:2}{line.step.formula}"
            f"   ({', '.join(f'{x:.4g}' for x in line.numbers)}){'' if line.holds else '   <- wrong'}"
            for i, line in enumerate(self.lines)
        ]
        return "\n".join([self.message, *rows])


def check_derivation(
    derivation: Derivation | Sequence[Step],
    example: Callable[[Any], tuple[Any, ...]] | None = None,
    *,
    samples: int = 5,
    seed: int = 0,
) -> DerivationCheck:
    """Evaluates every line at drawn inputs, in float64, and tests each relation to the line before.

    Args:
      derivation: a Derivation, or the steps of one's own proof.
      example: a key to the tuple of inputs; by default a standard normal number for every argument.
      samples: how many inputs to draw.
      seed: of the draws.

    Returns:
      A DerivationCheck; printing it shows the lines with three numbers beside each. The last line of a Derivation, or
      its first, is the code that it proves.

    Raises:
      ValueError: fewer than two lines or more than eight, an unknown relation, two lines with one and the same
        computation (such a line proves nothing), an h that vanishes without "→", or no input in the domain.

    >>> square = Step("Write the square out.", "(a + b)^2", lambda a, b: (a + b) ** 2)
    >>> wrong = Step("Forget the mixed term.", "a^2 + b^2", lambda a, b: a**2 + b**2)
    >>> check_derivation([square, wrong]).message
    'line 2 is wrong: at (1, 1) it gives 2, line 1 gives 4'
    """
    proof = isinstance(derivation, Derivation)
    own = derivation.steps if proof else tuple(derivation)
    expect(2 <= len(own) <= MOST_STEPS, "check_derivation", f"2 to {MOST_STEPS} lines", len(own))
    steps, example = (derivation.lines, derivation.example) if proof else (own, example)
    _check_form(steps)
    with jax.enable_x64(True):
        trial = inputs(example or _normals(steps[0]), samples, seed)
        values = _evaluate(steps, trial)
        _refuse_repetition(steps, trial)
        checked = [_relation(steps, values, i) for i in range(len(steps))]
        lines = tuple(
            Line(step, bool(holds.all()), error, _three(value))
            for step, value, (holds, error) in zip(steps, values, checked, strict=True)
        )
        wrong = next((i for i, line in enumerate(lines) if not line.holds), None)
        if wrong is None:
            return DerivationCheck(lines, None, None, f"all {len(steps)} lines hold")
        witness, message = _refute(steps, trial, wrong)
    return DerivationCheck(lines, wrong + 1, witness, message)


def _check_form(steps: tuple[Step, ...]) -> None:
    name = "check_derivation"
    for i, (before, step) in enumerate(pairwise(steps), start=2):
        expect_option(name, f"the relation of line {i}", step.relation, ("=", "≤", "→"))
        vanishes = before.takes_h and not step.takes_h
        expect(vanishes == (step.relation == "→"), name, f"line {i} to lose h by '→' and only so", repr(step.relation))


def _normals(step: Step) -> Callable[[Any], tuple[Any, ...]]:
    """A standard normal number for every argument but h."""
    count = len(inspect.signature(step.value).parameters) - step.takes_h
    return lambda key: tuple(random.normal(key, (count,), jnp.float64))


def inputs(example: Callable[[Any], tuple[Any, ...]], samples: int, seed: int) -> Trial:
    """So many tuples of inputs, drawn by the example."""
    drawn = [example(key) for key in random.split(random.key(seed), samples)]
    return Trial.of(jax.tree.map(lambda *leaves: jnp.stack(leaves), *drawn), (), batched=True)


def _evaluate(steps: tuple[Step, ...], trial: Trial) -> list[np.ndarray]:
    """Each line's values, [samples, values of h (or one), entries]."""

    def lines(each: Callable[..., Any], *args: Any) -> list[Any]:
        return [
            each(lambda h, step=step: jnp.ravel(step.value(*args, h=h)))(jnp.array(SMALL))
            if step.takes_h
            else jnp.ravel(step.value(*args))[None]
            for step in steps
        ]

    values = [np.asarray(line) for line in trial.run(lines)]
    for i, value in enumerate(values, start=1):
        entries = values[0].shape[2]
        expect(value.shape[2] == entries, "check_derivation", f"{entries} entries in line {i}", value.shape[2])
    return values


def _refuse_repetition(steps: tuple[Step, ...], trial: Trial) -> None:
    """Raises ValueError where two lines compute the same by the same operations."""
    seen: dict[str, int] = {}
    for i, step in enumerate(steps, start=1):
        value = partial(step.value, h=jnp.array(SMALL[0])) if step.takes_h else step.value
        try:
            program = str(jax.make_jaxpr(lambda *batch, f=value: f(*trial.args(batch)))(*trial.sample))
        except UNTRACEABLE:
            continue
        before = seen.setdefault(program, i)
        expect(before == i, "check_derivation", "every line to compute something else", f"lines {before} and {i} alike")


def _relation(steps: tuple[Step, ...], values: list[np.ndarray], i: int) -> tuple[np.ndarray, float]:
    """Whether line i (from 0) keeps its relation to the line before, sample by sample, and how far off it is."""
    if i == 0:
        return np.ones(len(values[0]), bool), 0.0
    step, before, here = steps[i], values[i - 1], values[i]
    inside = ~np.any(np.isnan(before), axis=(1, 2))
    nowhere = "NaN at every input: give an example"
    expect(bool(np.any(inside)), "check_derivation", f"inputs in the domain of line {i}", nowhere)
    largest = [np.max(np.abs(v), axis=(1, 2), where=np.isfinite(v), initial=1.0) for v in (before, here)]
    scale = np.maximum(*largest)
    with np.errstate(invalid="ignore"):
        gap = np.where((before == here) | ~inside[:, None, None], 0.0, np.nan_to_num(before - here, nan=np.inf))
    if step.relation == "→":
        errors = np.clip(np.max(np.abs(gap), axis=2), 0, 1e300)
        rates = np.log2(np.maximum(errors[:, -2], 1e-300) / np.maximum(errors[:, -1], 1e-300))
        arrived = errors[:, -1] <= EQUAL * scale
        together = float(np.log2(max(errors[:, -2].sum(), 1e-300) / max(errors[:, -1].sum(), 1e-300)))
        on_time = arrived.all() or abs(together - step.rate) <= RATE
        return (arrived | (rates >= step.rate - 2 * RATE)) & on_time, together
    off = np.max(gap if step.relation == "≤" else np.abs(gap), axis=(1, 2)) / scale
    return off <= EQUAL, float(max(np.max(off), 0.0))


def _three(values: np.ndarray) -> tuple[float, ...]:
    """Three numbers of a line: entries of the first sample, or one entry of three samples; at the smallest h."""
    last = values[:, -1]
    return tuple(float(x) for x in (last[0, :3] if last.shape[1] >= 3 else last[:3, 0]))


def _refute(steps: tuple[Step, ...], trial: Trial, wrong: int) -> tuple[tuple[Any, ...], str]:
    """The simplest input, of plain numbers first and then of the drawn ones, at which the line is wrong."""
    simple = trial.simpler()
    values = _evaluate(steps, simple)
    holds = [_relation(steps, values, i)[0] for i in range(wrong + 1)]
    finite = np.isfinite(values[wrong]).all((1, 2)) & np.isfinite(values[wrong - 1]).all((1, 2))
    refuting = np.flatnonzero(~holds[wrong] & finite & np.all(holds[:wrong], axis=0))
    first = int(refuting[0]) if len(refuting) else int(np.flatnonzero(~holds[wrong])[0])
    args = simple.args([np.asarray(leaf[first]) for leaf in simple.batch])
    here, before = values[wrong][first, -1], values[wrong - 1][first, -1]
    entry = int(np.argmax(np.nan_to_num(np.abs(here - before), nan=np.inf)))
    at = ", ".join(plainly(leaf) for leaf in jax.tree.leaves(args))
    which = "it gives" if len(here) == 1 else f"its entry {entry} is"
    tends = " in the limit" if steps[wrong].relation == "→" else ""
    numbers = f"{which} {here[entry]:.6g}, line {wrong} gives {before[entry]:.6g}{tends}"
    return args, f"line {wrong + 1} is wrong: at ({at}) {numbers}"


def plainly(values: Any) -> str:
    """Numbers as a person writes them: 1, not 1.0."""
    return f"{values + 0.0:.4g}" if np.ndim(values) == 0 else f"[{', '.join(plainly(v) for v in values)}]"
