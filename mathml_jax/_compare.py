"""A hand-written derivative against autodiff, forward and reverse, and against differences: who is right?"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from mathml_jax._checks import expect, expect_option
from mathml_jax._concept import KINDS, Kind
from mathml_jax._witnesses import (
    UNTRACEABLE,
    Evidence,
    as_matrix,
    available,
    check_variables,
    contract,
    expected_shapes,
    loses_precision,
    one_by_one,
    pose,
    testify,
    variables,
)

EXACT = {"float64": 2.0**16, "float32": 2.0**10, "bfloat16": 2.0**5, "float16": 2.0**5}
"""Hand-written against autodiff, or one dtype against another: multiples of eps times the largest entry."""
DIFFERENCES = {"float64": 2.0**26, "float32": 2.0**16}
"""Anything against differences, besides ten times their own error estimate: multiples of eps times the largest entry."""
ROUNDING = 64.0
"""A derivative below this many eps of the function's own value is as good as zero."""
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


_GRAVITY = [
    Verdict.HAND_WRONG,
    Verdict.NEITHER,
    Verdict.AUTODIFF_WRONG,
    Verdict.UNDECIDED,
    Verdict.NOT_DIFFERENTIABLE,
    Verdict.AGREE,
]


@dataclass(frozen=True)
class Witness:
    """One witness's derivative and how far it stands from the reference.

    Attributes:
      name: "hand-written", "forward mode", "reverse mode", "differences".
      dtype: the dtype in which it was computed.
      values: the derivative, or None where it could not be had.
      error: the largest distance from the reference, in `unit`.
      unit: "ulp" (multiples of eps of the largest entry) or "relative" (to the largest entry).
      note: why it could not be heard, or what to know of it.
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
      witnesses: the hand-written derivative first, then autodiff, differences, and the given dtype.
    """

    verdict: Verdict
    message: str
    kind: Kind
    dtype: str
    entry: str
    witnesses: tuple[Witness, ...]

    @property
    def ok(self) -> bool:
        """Whether the hand-written derivative stands: it agrees, or autodiff alone is wrong."""
        return self.verdict in (Verdict.AGREE, Verdict.AUTODIFF_WRONG)

    def __str__(self) -> str:
        rows = [("witness", "dtype", "error", "at " + self.entry if self.entry else "first entry")]
        for w in self.witnesses:
            error = "-" if np.isnan(w.error) and w.values is None else f"{w.error:.2g} {w.unit}"
            rows.append((w.name, w.dtype, error, w.note or _show(w.values, self.entry)))
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([f"{self.kind}: {self.message}", *lines])
