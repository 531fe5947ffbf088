"""The pictures of the species: the differences, how far out they lie, which bird carries the significance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import numpy as np
from matplotlib.figure import Figure

from mathml_jax.distributions import norm, t
from mathml_jax.plot.style import QUIET, SERIES, house_style, key, label, new_figure, powers, say

if TYPE_CHECKING:
    from mathml_jax.experiments.species import Result

CAPTIONS = {
    "differences": "Every difference of means with its interval, in standard deviations of a bird: two of twelve "
    "intervals hold 0.",
    "null": "Where the difference in flippers lies under the density that it would follow if there were none: on a "
    "logarithmic axis, as p-values of 1e-100 show on no other.",
    "slopes": "Which bird carries the significance: by how much the p-value moves for a millimetre more of this bird's "
    "flipper; beyond where a line crosses 0, a bird on the side of the evidence weakens it.",
}

ALTS = {
    "differences": "Twelve horizontal intervals in four groups, most of them far from the line at zero; those for bill "
    "depth and body mass of Adelie and Chinstrap cross it.",
    "null": "The density of Student's law on a logarithmic axis, falling steeply from 0, with three marked points: one "
    "at 6 standard errors and two beyond 20.",
    "slopes": "Dots on two straight lines, one a species: the slope of the p-value against the length of a flipper.",
}


@house_style()
def figures(result: Result) -> dict[str, Figure]:
    """The figures by name; `CAPTIONS` and `ALTS` have a sentence for each."""
    with jax.enable_x64(True):
        return {"differences": _differences(result), "null": _null(result), "slopes": _slopes(result)}


def _differences(result: Result) -> Figure:
    figure, axes = new_figure(height=4.3)
    ax = axes[0, 0]
    ax.vlines(0, -15, 0.6, color=QUIET, linewidth=1)
    pairs = list(dict.fromkeys((c.first, c.second) for c in result.comparisons))
    names = list(dict.fromkeys(c.measurement for c in result.comparisons))
    for c in result.comparisons:
        y = -4 * names.index(c.measurement) - pairs.index((c.first, c.second))
        spread = np.sqrt(np.mean([np.var(v, ddof=1) for v in c.values]))
        color = SERIES[pairs.index((c.first, c.second))]
        ax.plot([c.low / spread, c.high / spread], [y, y], color=color, linewidth=2.5)
        ax.plot(c.difference / spread, y, "o", color=color, markersize=6)
    ax.set_yticks([-4 * i - 1 for i in range(len(names))], [_spoken(name) for name in names])
    ax.grid(visible=False, axis="y")
    ax.set_ylim(-4 * len(names) + 1.3, 3.8)
    key(ax, [f"{first} less {second}" for first, second in pairs], at=(0.99, 0.99))
    label(ax, "difference of means (standard deviations)")
    return figure


def _null(result: Result) -> Figure:
    figure, axes = new_figure(height=3.1)
    ax = axes[0, 0]
    ax.set_yscale("log")
    shown = [c for c in result.comparisons if c.measurement == "flipper_length_mm"]
    far = max(abs(c.statistic) for c in shown)
    x = np.linspace(0, 1.08 * far, 200)
    near = x[x < 20]
    ax.plot(near, norm.pdf(near), color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
    say(ax, near[-1], float(norm.pdf(near[-1])), "normal law", QUIET, ha="right", xytext=(-8, 0))
    for c, color in zip(shown, SERIES, strict=False):
        ax.plot(x, t.pdf(x, c.df), color=color, linewidth=1.6)
        at, height = abs(c.statistic), float(t.pdf(abs(c.statistic), c.df))
        ax.plot(at, height, "o", color=color, markersize=8)
    key(ax, [f"{c.first}, {c.second}: p = {_power_of_ten(c.pvalue)}" for c in shown], at=(0.99, 0.98))
    ax.set_yticks(10.0 ** -np.arange(0, 120, 20))
    powers(ax.yaxis)
    label(ax, "standard errors from no difference (flipper)", "density under the null hypothesis")
    return figure


def _slopes(result: Result) -> Figure:
    figure, axes = new_figure(height=3.1)
    ax = axes[0, 0]
    c = result.closest
    ax.axhline(0, color=QUIET, linewidth=1)
    for name, values, slopes, color in zip((c.first, c.second), c.values, result.slopes, SERIES, strict=False):
        percent, first = 100 * slopes / c.pvalue, np.argmin(values)
        ax.plot(values, percent, "o", color=color, alpha=0.45, markersize=6, markeredgewidth=0)
        say(ax, values[first], percent[first], name, color, xytext=(10, -4))
    ax.texts[0].set_position((0, 9))
    ax.margins(x=0.04, y=0.12)
    label(ax, "flipper length (mm)", f"change of p = {_power_of_ten(c.pvalue)} with a millimetre (%)")
    return figure


def _spoken(measurement: str) -> str:
    return measurement.rpartition("_")[0].replace("_", " ")


def _power_of_ten(p: float) -> str:
    """A small number for readers.

    >>> _power_of_ten(1e-7), _power_of_ten(2.3e-110)
    ('10⁻⁷', '2·10⁻¹¹⁰')
    """
    mantissa, _, exponent = f"{p:.0e}".partition("e")
    power = "10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return power if mantissa == "1" else f"{mantissa}·{power}"
