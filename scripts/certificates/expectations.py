"""Quantiles, means and slopes of any law whose density, or also its tails, are known in Arb.

Means are double exponential sums on either side of the median: they converge so fast, and at ends where the density is
singular too, that a step of 1/64 leaves an error far beyond the digits of float64. That the density integrates to 1
is asserted every time.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import flint
import numpy as np
import scipy.stats
from certificates.draws import Draw
from flint import arb

Numbers = tuple[float, ...]
Ends = Callable[..., tuple[float | arb, float | arb]]
_STEP, _NOTHING = arb(1) / 64, arb(10) ** -80


class Exact(NamedTuple):
    """A standard law.

    `log_density`, `below` and `above` take x and the law's own parameters in Arb; `ends` takes them as numbers and
    returns the support; `shapes` draws them from the `domain`, and `finite` from one where four moments are finite.
    `whole` says that the law is one of counts, `elementary` that its tails are elementary, `crosses` that quantiles
    change their sign where the law is not symmetric, `slow` that few samples must do. `split` returns where the density
    has a kink, if it has one; `digits` are the bits of its logarithm that count. `without` names the verbs that are
    infinite, not unique, or take too long.
    """

    name: str
    log_density: Callable[..., arb]
    shapes: tuple[Draw, ...] = ()
    domain: str = ""
    ends: Ends = lambda *_: (0.0, np.inf)
    below: Callable[..., arb] | None = None
    above: Callable[..., arb] | None = None
    whole: bool = False
    elementary: bool = False
    crosses: bool = False
    finite: tuple[Draw, ...] = ()
    finite_domain: str = ""
    split: Callable[..., float] | None = None
    digits: int = 400
    slow: bool = False
    without: tuple[str, ...] = ()

    @property
    def scipy(self) -> Any:
        """The same family elsewhere: only to know where to look."""
        return getattr(scipy.stats, self.name)


def density(law: Exact, x: arb, shape: Sequence[arb]) -> arb:
    """The density, or the probability of a count."""
    return law.log_density(x, *shape).exp()


def tail(law: Exact, lower: bool, x: arb, *shape: arb) -> arb:
    """The probability of at most x, or of more; for counts by their sum from the near end."""
    given = law.below if lower else law.above
    if given is not None:
        return given(x, *shape)
    low, high = law.ends(*map(float, shape))
    k, total = (x, arb(0)) if lower else (x + 1, arb(0))
    while low <= k <= high:
        term = density(law, k, shape)
        total += term
        k = k - 1 if lower else k + 1
        if term < total * _NOTHING:
            break
    return total


def log_tail(law: Exact, lower: bool, x: arb, *shape: arb) -> arb:
    """The logarithm of that, by way of the other tail where that is the smaller."""
    value = tail(law, lower, x, *shape)
    if value == 0:
        return -arb("inf")
    return value.log() if value < 0.5 else (-tail(law, not lower, x, *shape)).log1p()


def quantile(law: Exact, lower: bool, level: arb, *shape: arb) -> arb:
    """Newton's iteration on the logarithm of the smaller tail, or the first count that reaches the level."""
    at = tuple(map(float, shape))
    guess = law.scipy.ppf if lower else law.scipy.isf
    low, high = law.ends(*at)
    x = float(guess(float(level), *at))
    x = arb(x if (low <= x < np.inf if law.whole else low < x < high) else float(law.scipy.median(*at)))
    if law.whole:
        return _first_count(law, lower, level, shape, x)
    if level > 0.5:
        level, lower = 1 - level, not lower
    spread = arb(float(law.scipy.isf(0.25, *at) - law.scipy.ppf(0.25, *at)))
    for _ in range(60):
        reached = tail(law, lower, x, *shape)
        step = (level.log() - reached.log()) * reached / density(law, x, shape)
        step = arb((step if lower else -step).mid())
        while not low < x + step < high:
            step = step / 2
        x = arb((x + step).mid())
        if abs(step) < abs(x) * arb(2) ** -90 or abs(x) < spread * arb(2) ** -90:
            break
    return arb(0) if abs(x) < spread * arb(2) ** -80 else x


def _first_count(law: Exact, lower: bool, level: arb, shape: Sequence[arb], k: arb) -> arb:
    def reaches(count: arb) -> bool:
        value = tail(law, lower, count, *shape)
        return not (value < level if lower else value > level)

    low, _ = law.ends(*map(float, shape))
    while not reaches(k):
        k = k + 1
    while k > low and reaches(k - 1):
        k = k - 1
    return k


@lru_cache(maxsize=64)
def nodes(law: Exact, shape: Numbers) -> list[tuple[arb, arb]]:
    """Points and their weights: the mean of a function is the weighted sum of its values."""
    exact = tuple(map(arb, shape))
    if law.whole:
        found = list(_counts(law, shape, exact))
    else:
        found = [*_half(law, shape, exact, -1), *_half(law, shape, exact, 1)]
    total = sum((weight for _, weight in found), arb(0))
    assert abs(total - 1) < arb(2) ** -64, f"{law.name}{shape}: the density integrates to {total}"
    return found


def _counts(law: Exact, shape: Numbers, exact: Sequence[arb]) -> Iterator[tuple[arb, arb]]:
    low, high = law.ends(*shape)
    k, most = arb(low), arb(0)
    while k <= high:
        weight = density(law, k, exact)
        yield k, weight
        most = max(most, weight)
        if weight < most * _NOTHING and k > law.scipy.mean(*shape):
            break
        k = k + 1


def _half(law: Exact, shape: Numbers, exact: Sequence[arb], side: int) -> list[tuple[arb, arb]]:
    """x = centre ± width u, or its like where the support ends, with u = exp(pi/2 sinh t)."""
    centre = float(law.scipy.median(*shape) if law.split is None else law.split(*shape))
    end = law.ends(*shape)[side > 0]
    tenth = float((law.scipy.isf if side > 0 else law.scipy.ppf)(0.1, *shape))
    width, room = arb(abs(tenth - centre)), abs(arb(end) - centre)
    finite = np.isfinite(float(end))

    def at(t: arb) -> tuple[arb, arb]:
        u = width * (arb.pi() / 2 * t.sinh()).exp()
        slope = u * arb.pi() / 2 * t.cosh() * _STEP
        if finite:
            rest = room / (1 + u / room)
            x, slope = arb(end) - side * rest, slope / (1 + u / room) ** 2
        else:
            x = centre + side * u
        return arb(x.mid()), arb((slope * density(law, arb(x.mid()), exact)).mid())

    found, most = [], arb(0)
    for first, sign in ((0, 1), (1, -1)):
        i = first
        while True:
            x, weight = at(sign * i * _STEP)
            found.append((x, weight))
            most, i = max(most, weight), i + 1
            if weight < most * _NOTHING and i > 32:
                break
    return found


def mean(law: Exact, shape: Numbers, function: Callable[[arb], arb]) -> arb:
    """The mean of a function."""
    return sum((weight * function(x) for x, weight in nodes(law, shape)), arb(0))


@cache
def raw_moments(law: Exact, shape: Numbers) -> list[arb]:
    """The means of the first four powers, that of the absolute third power last."""
    powers = [lambda x, k=k: x**k for k in (1, 2, 3, 4)]
    return [mean(law, shape, f) for f in (*powers, lambda x: abs(x) ** 3)]


def derivative(function: Callable[..., Any], at: Sequence[arb], place: int, step: arb) -> Any:
    """The derivative in one argument by central differences, whose error is of the fourth order in the step."""

    def moved(by: arb) -> Any:
        return function(*(v + by if i == place else v for i, v in enumerate(at)))

    near, far = ((moved(k * step) - moved(-k * step)) / (2 * k * step) for k in (1, 2))
    return (4 * near - far) / 3


def steps(law: Exact, point: Sequence[arb]) -> list[arb]:
    """For x and every parameter a step that leaves neither the support nor the digits."""
    ends = (arb(end) for end in law.ends(*map(float, point[1:])) if np.isfinite(float(end)))
    sizes = [min([abs(point[0]), *(abs(point[0] - end) for end in ends)]), *map(abs, point[1:])]
    return [arb(2) ** -(law.digits // 5) * (size if size > 0 else 1) for size in sizes]


def highest(law: Exact, shape: Numbers) -> arb:
    """The mode: by golden sections, or among the likely counts."""
    if law.whole:
        return arb(max((round(float(weight), 12), float(k)) for k, weight in nodes(law, shape))[1])
    exact, bounds = tuple(map(arb, shape)), zip(law.ends(*shape), _far(law, shape), strict=True)
    low, high = (arb(end if np.isfinite(float(end)) else float(far)) for end, far in bounds)
    share = (arb(5).sqrt() - 1) / 2
    before, flint.ctx.prec = flint.ctx.prec, 1200  # The density is flat about its mode.
    for _ in range(280):
        one, other = (arb(x.mid()) for x in (high - share * (high - low), low + share * (high - low)))
        if law.log_density(one, *exact) > law.log_density(other, *exact):
            high = other
        else:
            low = one
    flint.ctx.prec = before
    return low


def _far(law: Exact, shape: Numbers) -> tuple[float, float]:
    return law.scipy.ppf(1e-9, *shape), law.scipy.isf(1e-9, *shape)
