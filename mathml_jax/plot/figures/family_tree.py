"""The family tree of distributions: what is made of what."""

from typing import NamedTuple

import matplotlib.figure
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from mathml_jax.distributions import uniform
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, QUIET, SERIES, WIDTH, new_figure

COUNTS, UNIT, POSITIVE, REAL = SERIES[1], SERIES[3], SERIES[2], SERIES[0]
"""One colour for each support."""

HALF_WIDTH, HALF_HEIGHT = 0.47, 0.16
"""Of a box, in inches."""

COLUMNS, PITCH, TOP = (0.55, 2.3, 4.05), 0.86, 4.55


class _Law(NamedTuple):
    """A box: its column and row, counted from the upper left, and its colour."""

    column: int
    row: int
    color: str

    @property
    def center(self) -> tuple[float, float]:
        """In inches from the lower left."""
        return COLUMNS[self.column], TOP - PITCH * self.row


class _Way(NamedTuple):
    """An arrow from one law to another, and how it is done; a limit is dashed."""

    start: str
    end: str
    words: str = ""
    limit: bool = False


LAWS = {
    "bernoulli": _Law(0, 0, COUNTS),
    "uniform": _Law(1, 0, UNIT),
    "logistic": _Law(2, 0, REAL),
    "binom": _Law(0, 1, COUNTS),
    "expon": _Law(1, 1, POSITIVE),
    "laplace": _Law(2, 1, REAL),
    "poisson": _Law(0, 2, COUNTS),
    "gamma": _Law(1, 2, POSITIVE),
    "beta": _Law(2, 2, UNIT),
    "norm": _Law(0, 3, REAL),
    "chi2": _Law(1, 3, POSITIVE),
    "f": _Law(2, 3, POSITIVE),
    "lognorm": _Law(0, 4, POSITIVE),
    "t": _Law(1, 4, REAL),
    "cauchy": _Law(2, 4, REAL),
}
WAYS = (
    _Way("uniform", "bernoulli", "U < p"),
    _Way("uniform", "logistic", "logit U"),
    _Way("uniform", "expon", "−log U"),
    _Way("bernoulli", "binom", "sum of n"),
    _Way("binom", "poisson", "n → ∞", limit=True),
    _Way("poisson", "norm", "mean → ∞", limit=True),
    _Way("expon", "laplace", "X − Y"),
    _Way("expon", "gamma", "sum of a"),
    _Way("expon", "poisson", "how many"),
    _Way("gamma", "beta", "X/(X + Y)"),
    _Way("gamma", "chi2", "a = df / 2"),
    _Way("norm", "chi2", "sum of Z²"),
    _Way("norm", "lognorm", "exp Z"),
    _Way("norm", "t"),
    _Way("chi2", "t", "Z / √(V/df)"),
    _Way("chi2", "f", "V / W"),
    _Way("t", "f", "T²"),
    _Way("t", "cauchy", "df = 1"),
)


def _towards(law: _Law, other: _Law) -> tuple[float, float]:
    """Where an arrow between two boxes meets the first: the middle of a side, or a corner."""
    (x, y), right, down = law.center, np.sign(other.column - law.column), np.sign(other.row - law.row)
    return x + HALF_WIDTH * right, y - HALF_HEIGHT * down


def _draw_way(ax: Axes, way: _Way) -> None:
    start, end = LAWS[way.start], LAWS[way.end]
    a, b = _towards(start, end), _towards(end, start)
    style = (0, (3, 2)) if way.limit else "solid"
    look = {"arrowstyle": "-|>", "mutation_scale": 10, "shrinkA": 1, "shrinkB": 1, "linewidth": 1, "linestyle": style}
    ax.add_patch(FancyArrowPatch(a, b, color=INK, alpha=0.55, **look))
    middle = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    beside = {"ha": "left", "va": "center", "xytext": (4, 3)}
    if start.row == end.row:
        beside = {"ha": "center", "va": "bottom", "xytext": (0, 2)}
    elif start.column != end.column:
        beside = {"ha": "left", "va": "top", "xytext": (5, -1)}
    ax.annotate(way.words, middle, textcoords="offset points", color=QUIET, fontsize=10, **beside)


@drawing()
def _tree() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=4.75)
    ax = axes[0, 0]
    for way in WAYS:
        _draw_way(ax, way)
    for name, law in LAWS.items():
        x, y = law.center
        corner = x - HALF_WIDTH, y - HALF_HEIGHT
        box = FancyBboxPatch(
            corner, 2 * HALF_WIDTH, 2 * HALF_HEIGHT, "round,pad=0,rounding_size=0.08", facecolor=law.color, alpha=0.14
        )
        ax.add_patch(box)
        ax.annotate(name, (x, y), color=law.color, ha="center", va="center_baseline")
    for x, (words, color) in zip(
        (0.0, 1.0, 2.27, 3.43),
        (("counts", COUNTS), ("in (0, 1)", UNIT), ("positive", POSITIVE), ("all numbers", REAL)),
        strict=True,
    ):
        ax.annotate(words, (x + 0.08, 0.5), color=color, va="center")
    ax.set(xlim=(0, WIDTH), ylim=(0.3, TOP + 0.3), aspect="equal")
    ax.set_axis_off()
    return figure


FIGURES = (
    Figure(
        "the family tree of distributions",
        uniform.rvs,
        _tree,
        "From one uniform number all others are made: by taking logarithms, summing, squaring and dividing; the "
        "dashed ways are limits, and the colours say what values a law takes.",
        "Fifteen laws in three columns, joined by arrows. Uniform numbers give bernoulli (U below p), logistic (logit) "
        "and expon (minus the logarithm). Sums lead from bernoulli to binom and from expon to gamma, limits from binom "
        "to poisson and on to norm; poisson counts how many expon fit. Gammas give beta and, in a special case, chi2, "
        "which is also a sum of squared norm; norm over the root of chi2 is t, a quotient of two chi2 is f, the square "
        "of t is an f, and t with one degree of freedom is cauchy. The exponential of norm is lognorm, the difference "
        "of two expon laplace.",
    ),
)
