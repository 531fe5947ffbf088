"""A hand-written derivative against autodiff, forward and reverse, and against differences: who is right?"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from mathml_jax._checks import expect, expect_option
from mathml_jax._concept import KINDS, Kind
from mathml_jax._layout import Layout, contract, expected_shapes
from mathml_jax._trial import Trial, variables
from mathml_jax._verdict import EXACT, ROUNDING, Comparison, Finding, Verdict, Witness, distance, judge
from mathml_jax._witnesses import (
    MODES,
    UNAVAILABLE,
    Answers,
    Evidence,
    Problem,
    collect,
    loses_precision,
    pose,
    silent,
    testify,
)

_NAMES = {"hand": "hand-written", "forward": "forward mode", "reverse": "reverse mode", "differences": "differences"}


def compare(
    f: Callable[..., Any],
    df: Callable[..., Any] | None,
    *args: Any,
    kind: Kind = "gradient",
    argnum: int | tuple[int, ...] = 0,
    batched: bool = False,
) -> Comparison:
    r"""Asks four witnesses for the derivative of `f` at `args` and says who is right.

    The witnesses are the hand-written `df`, autodiff in forward and in reverse mode, and central differences,
    Richardson-extrapolated, all in float64; then `df` once more in the dtype of the arguments. Where the slopes from
    the left and from the right disagree, nobody is blamed. Where `f` casts to float32 inside, draws random numbers or
    does not run in float64, everything happens in float32 and the message says so. The caller's x64 setting stays.

    Args:
      f: a function of arrays or pytrees of arrays; other arguments (functions, strings, integers, keys) stay fixed.
      df: the hand-written derivative, with the arguments of `f` (kind "vjp": and the cotangent last); None asks only
        whether autodiff and differences agree.
      *args: where to compare.
      kind: what `df` returns: "gradient" (`f` scalar; the shape of the argument), "jacobian" (the axes of the result
        first, then those of the argument), "hessian" (`f` scalar; the argument's axes twice), "derivative" (`f`
        elementwise; the shape of the result), "vjp" (the shape of the argument). Pytrees nest as those of jax.grad,
        jax.jacobian and jax.hessian.
      argnum: the argument, or the tuple of arguments, that varies.
      batched: whether every array carries a leading axis of samples, compared together in one compilation.

    Returns:
      A Comparison: `verdict`, `message`, `witnesses`; printing it shows a small table.

    Raises:
      ValueError: an unknown kind, an argnum out of range, or a result whose shape the kind does not allow.
      TypeError: variables that are not real floating-point arrays, or tracers: this is an eager tool.

    >>> print(compare(lambda x: x @ x, lambda x: -2 * x, jnp.array([1.0, 3.0])).message)
    the hand-written one is wrong: -6 instead of 6 at [1]
    """
    expect_option("compare", "kind", kind, KINDS)
    leaves = jax.tree.leaves(args)
    expect(not any(isinstance(a, Tracer) for a in leaves), "compare", "concrete arrays", "a tracer", TypeError)
    numbers = (argnum,) if isinstance(argnum, int) else argnum
    expect(all(-len(args) <= i < len(args) for i in numbers), "compare", f"argnum below {len(args)}", argnum)
    argnum = tuple(i % len(args) for i in numbers) if isinstance(argnum, tuple) else argnum % len(args)
    given = Trial.of(args, argnum, batched)
    with jax.enable_x64(True):
        trial = given.cast("float64")
        reason = loses_precision(lambda *batch: f(*trial.args(batch)), *trial.sample)
        if not reason:
            return _compare(f, df, trial, given, kind, argnum)
    return _compare(f, df, given.cast("float32"), given, kind, argnum, f" (float32 witness: {reason})")


def assert_derivative(
    f: Callable[..., Any],
    df: Callable[..., Any],
    *args: Any,
    kind: Kind = "gradient",
    argnum: int | tuple[int, ...] = 0,
) -> None:
    """Raises AssertionError, with the table of witnesses, unless the hand-written derivative is right.

    Takes what `compare` takes. Where autodiff alone is wrong, or NaN, the hand-written one stands: nothing is raised.

    >>> assert_derivative(jnp.sin, jnp.cos, jnp.array(2.0))
    """
    comparison = compare(f, df, *args, kind=kind, argnum=argnum)
    if not comparison.ok:
        raise AssertionError(str(comparison))


def _compare(
    f: Callable[..., Any],
    df: Callable[..., Any] | None,
    trial: Trial,
    given: Trial,
    kind: Kind,
    argnum: int | tuple[int, ...],
    remark: str = "",
) -> Comparison:
    result, variable = trial.shapes(f), variables(trial.args(trial.sample), argnum)
    _check_kind(kind, jax.tree.leaves(result), jax.tree.leaves(variable))
    dtypes = [leaf.dtype for leaf in jax.tree.leaves(variables(given.args(given.sample), argnum))]
    own = min(dtypes, key=lambda dtype: dtype.itemsize).name
    if kind == "vjp":
        cotangent = _cotangent(result, len(trial.batch[0]))
        trial, given = trial.append(cotangent), given.append(jax.tree.map(lambda c: c.astype(own), cotangent))
    expected = expected_shapes(kind, result, variable)
    found = expected if df is None else [leaf.shape for leaf in jax.tree.leaves(trial.shapes(df))]
    hand = df if found == expected else None

    def problem(df: Callable[..., Any] | None, *args: Any) -> Problem:
        return pose(f, df, args, kind, argnum, result)

    def answers(heard: frozenset[str]) -> Answers:
        return trial.run(lambda each, *args: testify(problem(hand, *args), kind, heard, each))

    dtype = str(jnp.result_type(*jax.tree.leaves(variable)))
    reasons: dict[str, str] = {}
    try:
        evidence = collect(answers(MODES))
    except UNAVAILABLE:
        reasons = silent(lambda *batch: problem(None, *trial.args(batch)), kind, *trial.sample)
        if not reasons:
            raise
        evidence = collect(answers(MODES - set(reasons)))
    finding = judge(evidence, dtype)
    layout = Layout(kind, expected, result, variable)
    names = [name for name in _NAMES if name != "hand" or df is not None]
    witnesses = [_witness(name, evidence, finding, layout, dtype, reasons) for name in names]
    verdict, message = finding.verdict, _message(finding, witnesses, layout)
    if found != expected:
        verdict, wanted, got = Verdict.HAND_WRONG, *(", ".join(map(str, shapes)) for shapes in (expected, found))
        message = f"{verdict}: shape {got} instead of {wanted}"

    if np.finfo(dtype).bits > jnp.finfo(own).bits and evidence.hand is not None:
        with jax.enable_x64(given.x64):
            narrow = given.run(lambda _, *args: _hand_alone(problem(hand, *args), kind))
        last, lost = _in_given_dtype(np.asarray(narrow, np.float64), evidence, finding, layout, dtype, own)
        witnesses.append(last)
        if lost and verdict in (Verdict.AGREE, Verdict.AUTODIFF_WRONG):
            verdict, message = Verdict.LOST, f"right in {dtype}, lost in {own}: off by {last.error:.2g} ulp"
    where = finding.direction, finding.result
    return Comparison(
        verdict, message + remark, kind, own, layout.label(*where), layout.place(*where), tuple(witnesses)
    )


def _check_kind(kind: Kind, result: list[Any], variable: list[Any]) -> None:
    shapes = ", ".join(str(leaf.shape) for leaf in result)
    if kind in ("gradient", "hessian"):
        scalar = len(result) == 1 and result[0].shape == ()
        expect(scalar, "compare", f"a scalar function for kind={kind!r}", f"a result of shape {shapes}")
    if kind == "derivative":
        single = len(result) == len(variable) == 1
        expect(
            single, "compare", "one array in and one out for kind='derivative'", f"{len(variable)} and {len(result)}"
        )
        fits = np.broadcast_shapes(variable[0].shape, result[0].shape) == result[0].shape
        expect(fits, "compare", "an elementwise function for kind='derivative'", f"{variable[0].shape} to {shapes}")
    for leaf in result:
        real = jnp.issubdtype(leaf.dtype, jnp.floating)
        expect(real, "compare", "a real floating-point result", leaf.dtype, TypeError)


def _cotangent(result: Any, samples: int) -> Any:
    """Weights of the result's entries for kind "vjp": random, so that no error can hide, and always the same."""
    random = np.random.default_rng(0)
    return jax.tree.map(lambda leaf: jnp.asarray(random.standard_normal((samples, *leaf.shape)), leaf.dtype), result)


def _hand_alone(problem: Problem, kind: Kind) -> Any:
    """The hand-written derivative along every direction, no other witness asked."""
    assert problem.derivative is not None
    return contract(problem.derivative, kind, problem.x.size)


def _witness(
    name: str, evidence: Evidence, finding: Finding, layout: Layout, dtype: str, reasons: dict[str, str]
) -> Witness:
    answers = evidence.differences.value if name == "differences" else getattr(evidence, name)
    if answers is None:
        note = f"unavailable: {reasons[name]}" if name in reasons else "of another shape"
        return Witness(_NAMES[name], dtype, None, float("nan"), "ulp", note)
    values = layout.shaped(answers[finding.sample])
    if name == "differences" or not finding.exact:
        return Witness(_NAMES[name], dtype, values, finding.errors[name], "relative")
    return Witness(_NAMES[name], dtype, values, finding.errors[name] / float(np.finfo(dtype).eps), "ulp")


def _in_given_dtype(
    narrow: np.ndarray, evidence: Evidence, finding: Finding, layout: Layout, dtype: str, own: str
) -> tuple[Witness, bool]:
    """The hand-written derivative in the dtype of the arguments against itself in `dtype`; and whether it is lost."""
    eps, size = float(jnp.finfo(own).eps), evidence.size[:, None, None]
    assert evidence.hand is not None
    off = distance(narrow, evidence.hand)
    # What is zero but for rounding in the wider dtype cannot be asked for in the narrower one.
    nothing = finding.scale <= ROUNDING * float(np.finfo(dtype).eps) * size
    bound = EXACT[own] * eps * finding.scale + np.where(nothing, ROUNDING * eps * size, 0.0)
    error = np.max(off / (eps * finding.scale), initial=0.0, where=finding.counted & ~nothing)
    witness = Witness(_NAMES["hand"], own, layout.shaped(narrow[finding.sample]), float(error), "ulp")
    return witness, bool(np.any(off > bound, where=finding.counted))


def _message(finding: Finding, witnesses: list[Witness], layout: Layout) -> str:
    verdict, values = finding.verdict, finding.values
    label = layout.label(finding.direction, finding.result)
    where = (
        " along an oblique direction"
        if finding.direction is None and layout.columns > 1
        else f" at {label}"
        if label
        else ""
    )
    said = {name: f"{values[key]:.6g}" for key, name in _NAMES.items() if key in values}
    match verdict:
        case Verdict.AGREE:
            worst = max(
                (w for w in witnesses if w.unit == "ulp" and not w.note), key=lambda w: w.error, default=witnesses[-1]
            )
            return (
                f"agree within {worst.error:.2g} {worst.unit}, differences within {finding.errors['differences']:.1g}"
            )
        case Verdict.HAND_WRONG:
            return f"{verdict}: {values['hand']:.6g} instead of {values['reference']:.6g}{where}"
        case Verdict.NOT_DIFFERENTIABLE:
            return f"{verdict}: slope {values['left']:.6g} from the left, {values['right']:.6g} from the right{where}"
        case _:
            return f"{verdict}: {', '.join(f'{name} {value}' for name, value in said.items())}{where}"
