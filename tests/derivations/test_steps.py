"""Derivations hold as they stand, and fail wherever one line is perturbed."""

import dataclasses

import jax.numpy as jnp
import pytest
from jax import random

from mathml_jax.derivations import DERIVATIONS, Derivation, Step, check_derivation


def perturbed(step: Step, by: float) -> Step:
    def value(*args, **small):
        exact = step.value(*args, **small)
        return exact + by * (1 + jnp.abs(exact))

    def with_h(*args, h):
        return value(*args, h=h)

    return dataclasses.replace(step, value=with_h if step.takes_h else value)


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.title)
def test_every_line_holds(derivation):
    check = check_derivation(derivation)
    assert check.ok, str(check)
    assert len(check.lines) == len(derivation.steps) + 1


@pytest.mark.parametrize(
    ("derivation", "line"),
    [pytest.param(d, i, id=f"{d.title}, line {i + 1}") for d in DERIVATIONS for i in range(len(d.steps))],
)
def test_one_perturbed_line_is_found(derivation, line):
    steps = list(derivation.steps)
    below = line + 1 < len(steps) and steps[line + 1].relation == "≤"
    steps[line] = perturbed(steps[line], 1e3 if below else -1e3 if steps[line].relation == "≤" else -1e-4)
    check = check_derivation(dataclasses.replace(derivation, steps=tuple(steps)))
    number = line + 1 + derivation.code_first
    assert check.first_wrong in (number, number + 1)
    assert check.counterexample is not None


SQUARE = Step("Square the sum.", "(a + b)^2", lambda a, b: (a + b) ** 2)
QUOTIENT = Step("Nudge a by h.", r"\frac{(a + h)^2 - a^2}{h}", lambda a, h: ((a + h) ** 2 - a**2) / h)


def test_the_simplest_input_refutes():
    check = check_derivation([SQUARE, Step("Forget 2ab.", "a^2 + b^2", lambda a, b: a**2 + b**2)])
    assert check.first_wrong == 2
    assert [float(a) for a in check.counterexample] == [1, 1]
    assert check.message == "line 2 is wrong: at (1, 1) it gives 2, line 1 gives 4"
    assert "<- wrong" in str(check)


@pytest.mark.parametrize(
    ("limit", "rate", "ok"),
    [
        (lambda a: 2 * a, 1, True),
        (lambda a: 2 * a, 2, False),
        (lambda a: 3 * a, 1, False),
        (lambda a: 2 * a + 1e-6, 1, True),
        (lambda a: 2 * a + 1e-2, 1, False),
    ],
)
def test_limits_are_approached_at_their_rate(limit, rate, ok):
    assert check_derivation([QUOTIENT, Step("Let h vanish.", "2a", limit, "→", rate=rate)]).ok == ok


@pytest.mark.parametrize(("shift", "ok"), [(0.0, True), (0.5, True), (-0.5, False)])
def test_inequalities(shift, ok):
    steps = [
        Step("The logarithm", r"\log a", lambda a: jnp.log(a)),
        Step("stays below its tangent.", "a - 1", lambda a: a - 1 + shift, "≤"),
    ]
    assert check_derivation(steps, lambda key: (random.uniform(key, (), jnp.float64, 0.1, 5.0),)).ok == ok


def test_the_code_is_the_last_line():
    double = Step("Twice", "2a", lambda a: 2 * a)
    summed = Step("is a plus a.", "a + a", lambda a: a + a)

    def tripled(a):
        return 3 * a

    derivation = Derivation("Twice", tripled, lambda key: (random.normal(key, (), jnp.float64),), (double, summed))
    assert check_derivation(derivation).first_wrong == 3


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([SQUARE], "expected 2 to 8 lines, got 1"),
        ([SQUARE] * 9, "expected 2 to 8 lines, got 9"),
        ([SQUARE, Step("Again.", "(a + b)^2", lambda a, b: (a + b) ** 2)], "lines 1 and 2 alike"),
        ([QUOTIENT, Step("Drop h.", "2a", lambda a: 2 * a)], "line 2 to lose h by '→' and only so"),
        ([SQUARE, Step("Stack.", "(a, b)", lambda a, b: jnp.stack([a, b]))], "1 entries in line 2, got 2"),
        ([Step("", "", lambda a: jnp.log(-jnp.exp(a))), Step("", "", lambda a: a)], "in the domain of line 1"),
    ],
)
def test_malformed_derivations_are_refused(steps, message):
    with pytest.raises(ValueError, match="check_derivation: expected") as error:
        check_derivation(steps)
    assert message in str(error.value)


@pytest.mark.usefixtures("plain_types")
def test_an_unknown_relation_is_refused():
    with pytest.raises(ValueError, match="expected the relation of line 2 to be one of"):
        check_derivation([SQUARE, Step("Compare.", "a", lambda a, b: a, "<")])
