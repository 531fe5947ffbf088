"""A small report from invented findings: one concept that stands, one that falls where a test asks for it."""

from dataclasses import replace

import numpy as np
import pytest
from markupsafe import Markup
from numpy.typing import ArrayLike

from mathml_jax._concept import Concept, Derivative
from mathml_jax._examine import Examination
from mathml_jax._verdict import Comparison, Verdict, Witness
from mathml_jax.catalog import find
from mathml_jax.derivations import DERIVATIONS, DerivationCheck
from mathml_jax.derivations.steps import Line
from mathml_jax.report import Report
from mathml_jax.report.catches import Catch
from mathml_jax.report.pictures import Picture
from mathml_jax.report.results import Outcome


def hostile(x):
    r"""Holds <script>alert("&")</script> and `<code>`.

    .. math::

        y < x

    where :math:`x < y` and :math:`y` are numbers.
    """
    return x < 1  # a & b


def comparison(verdict=Verdict.AGREE, hand: ArrayLike = 1.0, forward: ArrayLike = 1.0, message="as told"):
    witnesses = (
        Witness("hand-written", "float64", np.asarray(hand), 1.5, "ulp"),
        Witness("forward mode", "float64", np.asarray(forward), 0.0, "ulp"),
        Witness("reverse mode", "float64", None, float("nan"), "ulp", "unavailable: a while loop"),
        Witness("differences", "float64", np.asarray(forward), 3e-12, "relative"),
        Witness("hand-written", "float32", np.asarray(hand), 0.8, "ulp"),
    )
    return Comparison(verdict, message, "gradient", "float32", "", None, witnesses)


def examination(concept, **changes):
    compared = tuple(comparison() for _ in concept.derivatives)
    return Examination(
        concept, compared, "optax.softmax_cross_entropy_with_integer_labels", 2e-16, 0.7, **{"failures": (), **changes}
    )


def proved(derivation):
    lines = tuple(Line(step, True, 1.0, (0.25, -1.5, 1e-9)) for step in derivation.steps)
    return derivation, DerivationCheck(lines, None, None, "all lines hold")


@pytest.fixture
def report():
    """Softmax and a docstring that tries to break the page."""
    softmax = find("softmax")
    picture = Picture(Markup('<svg viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'), Markup("A line."))
    right, wrong = np.array([[0.2, -0.2], [-0.2, 0.2]]), np.array([[0.2, 0.2], [0.2, 0.2]])
    return Report(
        examinations=(
            examination(softmax),
            examination(Concept(hostile, lambda key: (), (Derivative(hostile, "derivative"),))),
        ),
        proofs=tuple(proved(d) for d in DERIVATIONS if d.proves is softmax.derivatives[0].function),
        pictures=((softmax.function, picture),),
        catches=(
            Catch(comparison(Verdict.HAND_WRONG, wrong, right, "wrong at [0, 1]: 0.2 for -0.2"), Verdict.HAND_WRONG),
            Catch(comparison(Verdict.AUTODIFF_WRONG, 0.0, np.nan, "autodiff is wrong"), Verdict.AUTODIFF_WRONG),
        ),
        experiment=Outcome("Is it so?", Markup("It is."), (picture, picture), (("slope", "49.7"),)),
        seconds=1.0,
        colophon="Computed just now.",
    )


@pytest.fixture
def failing(report):
    """The same with one failure."""
    fallen = replace(report.examinations[0], failures=("softmax_jacobian: the hand-written one is <wrong>",))
    return replace(report, examinations=(fallen, report.examinations[1]))
