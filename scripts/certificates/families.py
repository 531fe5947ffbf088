"""Rows of the chapter distributions: the verbs of every family that have no row of their own elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import jax
import numpy as np
from certificates.draws import Draw, arguments, decades, mixed, near, uniform
from certificates.exact import carried, sized
from certificates.exact_laws import LAWS
from certificates.expectations import (
    Exact,
    derivative,
    highest,
    log_tail,
    mean,
    nodes,
    quantile,
    raw_moments,
    steps,
    tail,
)
from certify import Row
from flint import arb, arb_mat

import mathml_jax.distributions

Points = Callable[..., tuple[np.ndarray, ...]]
Sized = tuple[arb, arb]
_ELSEWHERE = (
    "distributions",
    "distributions_closed",
    "distributions_laws",
    "drawn_counts",
    "kolmogorov",
    "ncf",
    "noncentral",
    "noncentral_t",
    "skewnorm",
    "studentized_range",
    "vonmises",
)
_MODULES = [import_module(f"certificates.{name}") for name in _ELSEWHERE]
_WITH_ROWS = {row.name.split(",")[0] for module in _MODULES for row in module.ROWS}
_NOTHING = arb(10) ** -60
_SHARES = mixed(uniform(0.001, 0.999), decades((-30, -20), 0))
_LEVELS = mixed(_SHARES, near(1, decades((-12, -6), -1)))
_AT_POINTS = "x at levels from 1e-30 (float32: 1e-20) to 1 - that"
_CARRIED, _PLACED = "eps f × (1 + abs log f)", "eps (abs loc + scale max(1, size))"
_INCOMPLETE = {"goal": 1000, "goal_99": 64}


def _points(law: Exact) -> Points:
    """Points where a tail is as likely as a level says, or the median where those are no normal numbers inside."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        shapes = [s(rng, count, info).astype(info.dtype) for s in law.shapes]
        numbers = [s.astype(float) for s in shapes]
        level = mixed(uniform(0.001, 1), decades((-30, -20), 0))(rng, count, info)
        x = np.where(np.arange(count) % 2, law.scipy.ppf(level, *numbers), law.scipy.isf(level, *numbers))
        x = x.astype(info.dtype).astype(float)
        low, high = np.array([law.ends(*s) for s in zip(*numbers, strict=True)] or [law.ends()]).T
        inside = (
            (low <= x) & (x <= high) & np.isfinite(x) if law.whole else (low < x) & (x < high) & (abs(x) > info.tiny)
        )
        return np.where(inside, x, law.scipy.median(*numbers)), *shapes

    return draw


def _moved(shapes: Sequence[Draw], whole: bool) -> Points:
    """Parameters with a place, and for continuous laws a unit."""
    if whole:
        return arguments(*shapes, lambda rng, count, info: rng.integers(-10, 10, count).astype(info.dtype))
    return arguments(*shapes, uniform(-10, 10), decades(-2, 2))


def _numbers(shape: Sequence[arb]) -> tuple[float, ...]:
    return tuple(float(v.mid()) for v in shape)


def _apart(law: Exact, at: Sequence[arb]) -> tuple[tuple[float, ...], arb, arb]:
    """The shapes as numbers, the place and the unit."""
    *shape, loc, scale = (*at, arb(1)) if law.whole else at
    return _numbers(shape), loc, scale


def _central(law: Exact, shape: tuple[float, ...]) -> tuple[arb, arb, arb, arb]:
    """Mean, variance, skewness, excess kurtosis."""
    first, second, third, fourth, _ = raw_moments(law, shape)
    variance = second - first**2
    skewed = (third - 3 * first * second + 2 * first**3) / variance ** (arb(3) / 2)
    heavy = (fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4) / variance**2
    return first, variance, skewed, heavy - 3


def _moments(law: Exact) -> dict[str, tuple[Callable[..., Any], str]]:
    def central(pick: Callable[..., Any]) -> Callable[..., Any]:
        def at(*args: arb) -> Any:
            shape, loc, scale = _apart(law, args)
            return pick(loc, scale, *_central(law, shape))

        return at

    def third(*args: arb) -> Sized:
        shape, loc, scale = _apart(law, args)
        one, two, three, _, size = raw_moments(law, shape)
        value = loc**3 + 3 * loc**2 * scale * one + 3 * loc * scale**2 * two + scale**3 * three
        return value, abs(loc) ** 3 + 3 * scale * loc**2 * abs(one) + 3 * abs(loc) * scale**2 * two + scale**3 * size

    return {
        "mean": (
            central(lambda loc, b, m, v, *_: (loc + b * m, abs(loc) + b * (abs(m) + v.sqrt()))),
            "eps (abs loc + scale (abs mean + σ))",
        ),
        "var": (central(lambda _, b, m, v, *__: b * b * v), "ulp"),
        "std": (central(lambda _, b, m, v, *__: b * v.sqrt()), "ulp"),
        "skew": (central(lambda _, b, m, v, s, k: (s, max(arb(1), abs(s)))), "eps × max(1, size)"),
        "kurtosis": (central(lambda _, b, m, v, s, k: (k, max(arb(1), abs(k)))), "eps × max(1, size)"),
        "moment": (third, "eps Σ"),
    }


def _entropy(law: Exact) -> Callable[..., Sized]:
    def at(*args: arb) -> Sized:
        shape, _, scale = _apart(law, args)
        exact = tuple(map(arb, shape))
        value = scale.log() - mean(law, shape, lambda x: law.log_density(x, *exact))
        return value, max(arb(1), abs(value))

    return at


def _placed(law: Exact, standard: Callable[..., arb]) -> Callable[..., Sized]:
    """A quantile of the standard law brought to its place."""

    def at(*args: arb) -> Sized:
        shape, loc, scale = _apart(law, args)
        value = standard(shape)
        return loc + scale * value, abs(loc) + scale * max(abs(value), arb(1))

    return at


def _interval(law: Exact) -> Callable[..., list[arb]]:
    def at(confidence: arb, *shape: arb) -> list[arb]:
        rest = (1 - confidence) / 2
        return [quantile(law, lower, rest, *shape) for lower in (True, False)]

    return at


def _scores(law: Exact, module: Any) -> Callable[..., list[arb]]:
    """The slopes of the logarithm of the density in what data estimate, at loc 0 and scale 1."""
    names = (law.scipy.shapes or "").split(", ")
    places = [i for i, name in enumerate(names, 1) if law.shapes and name in module.Parameters._fields]

    def at(*point: arb) -> list[arb]:
        by = steps(law, point)
        found = [derivative(law.log_density, point, i, by[i]) for i in places]
        if law.whole:
            return found
        rise = derivative(law.log_density, point, 0, by[0])
        return [*found, -rise, -1 - point[0] * rise]

    return at


def _conditioned(law: Exact, functions: Callable[..., list[arb]]) -> Callable[..., list[Sized]]:
    """Every result beside its own size and what rounding of the arguments does to it."""

    def row(*point: arb) -> arb_mat:
        return arb_mat([functions(*point)])

    def at(*point: arb) -> list[Sized]:
        values, by = functions(*point), steps(law, point)
        sizes = [abs(v) + _NOTHING for v in values]
        for i in range(int(law.whole), len(point)):
            turns = derivative(row, point, i, by[i]).entries()
            sizes = [size + abs(point[i] * turn) for size, turn in zip(sizes, turns, strict=True)]
        return list(zip(values, sizes, strict=True))

    return at


def _information(law: Exact, module: Any) -> Callable[..., list[Sized]]:
    """The means of the products of scores."""
    scores = _scores(law, module)

    def at(*args: arb) -> list[Sized]:
        shape, _, scale = _apart(law, args)
        exact = tuple(map(arb, shape))
        rows = [(weight, scores(x, *exact)) for x, weight in nodes(law, shape)]
        count = len(rows[0][1])
        own = count if law.whole else count - 2
        table = [[sum((w * s[i] * s[j] for w, s in rows), arb(0)) for j in range(count)] for i in range(count)]
        units = [arb(1) if i < own else scale for i in range(count)]
        return [
            (table[i][j] / units[i] / units[j], (table[i][i] * table[j][j]).sqrt() / units[i] / units[j])
            for i in range(count)
            for j in range(count)
        ]

    return at


def _flat(matrix: Callable[..., jax.Array]) -> Callable[..., tuple[jax.Array, ...]]:
    """The entries of a matrix as so many results."""

    def at(*args: jax.Array) -> tuple[jax.Array, ...]:
        value = matrix(*args)
        return tuple(value.reshape(*value.shape[:-2], -1).T)

    return at


def _row(
    law: Exact, verb: str, reference: Callable[..., Any], draw: Points, domain: str, samples: int, **more: Any
) -> list[Row]:
    """The row, or none where the family has no such verb or another module has its row."""
    name, module = f"distributions.{law.name}.{verb}", getattr(mathml_jax.distributions, law.name)
    if verb in law.without or name in _WITH_ROWS or not hasattr(module, verb):
        return []
    function = getattr(module, verb)
    if verb == "moment":
        function = partial(function, 3)
    if verb == "fisher_information":
        function = _flat(function)
    where = f"{domain}, {law.domain}" if law.domain else domain
    return [
        Row(
            name, function, reference, draw, where, samples=samples // 8 if law.slow else samples, **{"goal": 16} | more
        )
    ]


def _of_points(law: Exact) -> Iterator[list[Row]]:
    """The verbs that take x."""
    row = partial(_row, law, draw=_points(law), domain=_AT_POINTS, samples=100)
    for verb in ("pdf", "pmf"):
        yield row(verb, carried(lambda *point: law.log_density(*point).exp()), unit=_CARRIED)
    for verb in ("logpdf", "logpmf"):
        yield row(verb, sized(law.log_density), unit="eps × max(1, size)", goal=4)
    for verb, lower in (("cdf", True), ("sf", False)):
        for name, exact in ((verb, partial(tail, law, lower)), (f"log{verb}", partial(log_tail, law, lower))):
            yield row(name, carried(exact), unit=_CARRIED) if law.elementary else row(name, exact, **_INCOMPLETE)
    scores = _scores(law, getattr(mathml_jax.distributions, law.name))
    yield row("score", _conditioned(law, scores), unit="eps (abs f + Σ abs(v df/dv))", goal=64 if law.slow else 16)


def _of_levels(law: Exact) -> Iterator[list[Row]]:
    """The quantiles."""
    # Nearer to 1 the level of a count may be a tie: probabilities that differ by two eps count as equal.
    levels, end = (_SHARES, "0.999") if law.whole else (_LEVELS, "1 - eps")
    domain = f"q from 1e-30 (float32: 1e-20) to {end}"
    for verb, lower in (("ppf", True), ("isf", False)):
        exact, draw = partial(quantile, law, lower), arguments(levels, *law.shapes)
        bounds = {"unit": "eps × max(1, size)"} | _INCOMPLETE if law.crosses else _INCOMPLETE
        yield _row(law, verb, sized(exact) if law.crosses else exact, draw, domain, 100, **bounds)
    draw = arguments(mixed(uniform(0.5, 1), near(1, decades(-6, -1))), *law.shapes)
    yield _row(law, "interval", _interval(law), draw, "confidence from 0.5 to 1 - 1e-6", 50, **_INCOMPLETE)


def _of_parameters(law: Exact) -> Iterator[list[Row]]:
    """The verbs that take parameters alone."""
    domain = "loc to ±10" if law.whole else "loc to ±10, scale from 0.01 to 100"
    row = partial(_row, law, draw=_moved(law.shapes, law.whole), domain=domain, samples=20)
    middle = _placed(law, lambda shape: quantile(law, True, arb(1) / 2, *map(arb, shape)))
    yield row("median", middle, unit=_PLACED, **_INCOMPLETE)
    yield row("mode", _placed(law, lambda shape: highest(law, shape)), unit=_PLACED)
    yield row("entropy", _entropy(law), unit="eps × max(1, size)")
    information = _information(law, getattr(mathml_jax.distributions, law.name))
    yield row("fisher_information", information, unit="eps root of Iᵢᵢ Iⱼⱼ", goal=16 if law.elementary else 64)
    if law.finite:
        law = law._replace(shapes=law.finite, domain=law.finite_domain)
    for verb, (reference, unit) in _moments(law).items():
        goal = 64 if verb in ("skew", "kurtosis") else 16
        yield _row(law, verb, reference, _moved(law.shapes, law.whole), domain, 20, unit=unit, goal=goal)


ROWS = [row for law in LAWS for kind in (_of_points, _of_levels, _of_parameters) for rows in kind(law) for row in rows]
