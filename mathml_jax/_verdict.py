"""From what the witnesses say to a verdict."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from mathml_jax._concept import Kind
from mathml_jax._witnesses import Evidence

EXACT = {"float64": 2.0**16, "float32": 2.0**10, "bfloat16": 2.0**4, "float16": 2.0**6}
"""Hand-written against autodiff, or one dtype against a wider one: multiples of eps times the largest entry."""
DIFFERENCES = {"float64": 2.0**26, "float32": 2.0**16}
"""Anything against differences, besides ten times their own error: multiples of eps times the largest entry."""
ROUNDING = 64.0
"""A derivative below this many eps of the function's own value is as good as zero."""
CONVERGED = 1e-2
"""Differences whose own error is above this part of their largest entry are not heard."""
KINK = 1e-3
"""One-sided differences that disagree by more than this part of the largest entry are a kink."""


class Verdict(StrEnum):
    """What `compare` finds."""

    AGREE = "agree"
    HAND_WRONG = "the hand-written one is wrong"
    AUTODIFF_WRONG = "autodiff is wrong or NaN here"
    NEITHER = "neither is right"
    UNDECIDED = "undecided"
    NOT_DIFFERENTIABLE = "not differentiable here"
    LOST = "right in float64, lost in the given dtype"


# Of many entries the gravest verdict speaks for all.
_GRAVITY = (
    Verdict.HAND_WRONG,
    Verdict.NEITHER,
    Verdict.AUTODIFF_WRONG,
    Verdict.UNDECIDED,
    Verdict.NOT_DIFFERENTIABLE,
    Verdict.AGREE,
)


@dataclass(frozen=True)
class Witness:
    """One witness's derivative and how far it stands from the reference.

    Attributes:
      name: "hand-written", "forward mode", "reverse mode" or "differences".
      dtype: the dtype in which it was computed.
      values: the derivative at the sample that decided, or None where it cannot be shown.
      error: the largest distance from the reference over all samples, in `unit`; NaN where it could not be heard.
      unit: "ulp" (eps times the largest entry, or the function's own value where that is larger) or "relative".
      note: why it could not be heard.
    """

    name: str
    dtype: str
    values: np.ndarray | None
    error: float
    unit: str
    note: str = ""


@dataclass(frozen=True)
class Comparison:
    """The verdict of `compare` and what led to it; printing it shows a small table.

    Attributes:
      verdict: one of `Verdict`.
      message: the verdict in one line, with the amount and the entry.
      kind: the kind of derivative.
      dtype: the dtype in which the arguments were given.
      entry: the entry of the derivative that decided, such as "[1, 2]"; "" where none stands out.
      index: the same as an index into each witness's `values`, or None.
      witnesses: hand-written, autodiff in both modes, differences; then the hand-written one in the given dtype.
    """

    verdict: Verdict
    message: str
    kind: Kind
    dtype: str
    entry: str
    index: tuple[int, ...] | None
    witnesses: tuple[Witness, ...]

    @property
    def ok(self) -> bool:
        """Whether the hand-written derivative stands: it agrees, or autodiff alone is wrong."""
        return self.verdict in (Verdict.AGREE, Verdict.AUTODIFF_WRONG)

    def __str__(self) -> str:
        header = ("witness", "dtype", "error", f"at {self.entry}" if self.entry else "value")
        rows = [header, *((w.name, w.dtype, _amount(w), w.note or self._shown(w)) for w in self.witnesses)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join([f"{self.kind}: {self.message}", *lines])

    def _shown(self, witness: Witness) -> str:
        if witness.values is None or self.index is None:
            return ""
        return f"{witness.values[self.index]:.10g}"


def _amount(witness: Witness) -> str:
    return "" if np.isnan(witness.error) else f"{witness.error:.2g} {witness.unit}"


class Finding(NamedTuple):
    """The gravest entry: its verdict, where it is, what each witness says there, and how far each is off at worst.

    `direction` is None where only the oblique direction shows it. `scale` is the largest entry of each sample's
    derivative; `errors` are relative to it, or to the function's own value where that is larger, over the entries
    `counted`: those with a derivative. `exact` says whether the reference is no difference quotient.
    """

    verdict: Verdict
    sample: int
    direction: int | None
    result: int
    values: dict[str, float]
    errors: dict[str, float]
    scale: np.ndarray
    counted: np.ndarray
    exact: bool


def judge(evidence: Evidence, dtype: str) -> Finding:
    """Weighs the evidence entry by entry."""
    eps = float(np.finfo(dtype).eps)
    seen, noise = evidence.differences
    floor = ROUNDING * eps * evidence.size[:, None, None]
    heard = noise <= CONVERGED * _largest(np.where(np.isfinite(noise), seen, 0.0)) + 64 * floor
    autodiff = {m: w for m, w in (("forward", evidence.forward), ("reverse", evidence.reverse)) if w is not None}
    hand = evidence.hand
    if hand is None:
        hand = next(iter(autodiff.values()), seen)

    scale = np.median([_largest(w) for w in [hand, *autodiff.values(), np.where(heard, seen, 0.0)]], axis=0)
    exact = EXACT[dtype] * eps * scale + floor
    loose = DIFFERENCES[dtype] * eps * scale + 10 * np.where(heard, noise, 0.0) + floor
    alike = _all([_within(hand, w, exact) for w in autodiff.values()], seen.shape)
    hand_fits = _within(hand, seen, loose)
    autodiff_fits = _all([_within(w, seen, loose) for w in autodiff.values()], seen.shape)

    verdicts = np.full(seen.shape, Verdict.UNDECIDED, dtype=object)
    verdicts[alike] = Verdict.AGREE
    verdicts[heard & ~hand_fits & ~autodiff_fits] = Verdict.NEITHER
    verdicts[heard & ~hand_fits & autodiff_fits] = Verdict.HAND_WRONG
    verdicts[heard & hand_fits & ~autodiff_fits] = Verdict.AUTODIFF_WRONG
    if evidence.hand is None:
        verdicts[heard & ~autodiff_fits] = Verdict.AUTODIFF_WRONG
    verdicts[_kinked(evidence, scale, floor)] = Verdict.NOT_DIFFERENTIABLE

    gravest = next((v for v in _GRAVITY if np.any(verdicts == v)), Verdict.AGREE)
    reference = _reference(gravest, hand, autodiff, seen)
    counted = verdicts != Verdict.NOT_DIFFERENTIABLE
    scale = np.where(scale == 0, 1.0, scale)
    witnesses = {"hand": hand, **autodiff, "differences": np.where(heard, seen, reference)}
    unit = np.maximum(scale, evidence.size[:, None, None])
    errors = {name: _worst(distance(w, reference) / unit, counted) for name, w in witnesses.items()}
    apart = (hand, seen if reference is hand else reference)
    if gravest == Verdict.NOT_DIFFERENTIABLE:
        apart = (evidence.left.value, evidence.right.value)
    candidates = verdicts == gravest
    if gravest == Verdict.AGREE:
        candidates[:, -1] = False
    sample, direction, result = _locate(candidates, distance(*apart))
    said = {**witnesses, "reference": reference, "left": evidence.left.value, "right": evidence.right.value}
    at = (sample, -1 if direction is None else direction, result)
    values = {name: float(w[at]) for name, w in said.items()} if seen.size else {}
    return Finding(gravest, sample, direction, result, values, errors, scale, counted, reference is not seen)


def _largest(values: np.ndarray) -> np.ndarray:
    finite = np.where(np.isfinite(values), np.abs(values), 0.0)
    return np.max(finite, axis=(1, 2), keepdims=True, initial=0.0)


def _worst(errors: np.ndarray, counted: np.ndarray) -> float:
    return float(np.max(errors, initial=0.0, where=counted)) if counted.any() or not counted.size else float("nan")


def _within(a: np.ndarray, b: np.ndarray, tolerance: np.ndarray) -> np.ndarray:
    return distance(a, b) <= tolerance


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Zero where both are the same, NaN and infinities included; infinite where only one is finite."""
    with np.errstate(invalid="ignore"):
        apart = np.nan_to_num(np.abs(a - b), nan=np.inf)
    return np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, apart)


def _all(conditions: list[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    return np.logical_and.reduce(conditions) if conditions else np.ones(shape, bool)


def _kinked(evidence: Evidence, scale: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Where the slopes from the left and from the right have both converged, to different values."""
    (left, left_error), (right, right_error) = evidence.left, evidence.right
    with np.errstate(invalid="ignore"):
        steeper = np.maximum(np.maximum(np.abs(left), np.abs(right)), scale)
        kinked = np.abs(left - right) > KINK * steeper + 10 * (left_error + right_error) + 64 * floor
    # Smooth along every axis and yet not differentiable: only the oblique direction shows it, and it excuses all.
    return kinked | (kinked[:, -1:] & ~kinked[:, :-1].any(axis=1, keepdims=True))


def _reference(verdict: Verdict, hand: np.ndarray, autodiff: dict[str, np.ndarray], seen: np.ndarray) -> np.ndarray:
    if verdict == Verdict.AUTODIFF_WRONG:
        return hand
    if verdict in (Verdict.NEITHER, Verdict.NOT_DIFFERENTIABLE, Verdict.UNDECIDED) or not autodiff:
        return seen
    return autodiff.get("reverse", autodiff.get("forward", seen))


def _locate(candidates: np.ndarray, apart: np.ndarray) -> tuple[int, int | None, int]:
    """Sample, direction and entry of the candidate farthest off; the oblique direction only where no axis is one."""
    oblique = candidates.shape[1] - 1
    on_axes = candidates & (apart > 0) & (np.arange(oblique + 1) < oblique)[None, :, None]
    chosen = on_axes if on_axes.any() else candidates
    if not chosen.any():
        return 0, None, 0
    sample, direction, result = map(int, np.unravel_index(np.argmax(np.where(chosen, apart, -1.0)), chosen.shape))
    return sample, None if direction == oblique else direction, result
