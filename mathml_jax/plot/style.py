"""One look for every picture: few lines, large words, four colours that are told apart by colour-blind readers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

INK, PAPER = "#1c1d22", "#fffffe"
"""Words and lines, and what lies under them. No other artist may use these values: `svg` hands them to the page."""

SERIES = ("#2746c8", "#c4500b", "#0b7a6b", "#9a2f8f")
"""The colours of the data on light paper; `SERIES_ON_DARK` has their twins."""

SERIES_ON_DARK = ("#9db0ff", "#ff9f5c", "#4fcbb6", "#e493da")
INK_ON_DARK, PAPER_ON_DARK = "#e9e7e2", "#15161a"

QUIET = (INK, 0.65)
FAINT = (INK, 0.15)

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

WIDTH = 4.6
"""Inches; words of 11 points then read well on the 390 pixels of a phone."""

_SETTINGS: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": QUIET,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.labelcolor": QUIET,
    "axes.labelsize": 11,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=SERIES),
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.unicode_minus": True,
    "axes.xmargin": 0.02,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.facecolor": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 11,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "lines.linewidth": 2.0,
    "lines.markersize": 5,
    "lines.solid_capstyle": "round",
    "mathtext.default": "regular",
    "patch.linewidth": 0,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "mathml_jax",
    "text.color": INK,
    "xtick.color": QUIET,
    "xtick.labelsize": 10,
    "xtick.major.size": 3,
    "xtick.minor.size": 0,
    "ytick.color": QUIET,
    "ytick.labelsize": 10,
    "ytick.major.size": 0,
    "ytick.minor.size": 0,
}
_RESET: Any = {k: v for k, v in matplotlib.rcParamsDefault.items() if not k.startswith(("backend", "date", "webagg"))}


@contextmanager
def house_style() -> Iterator[None]:
    """The house's settings for as long as the block (or the decorated function) runs, whatever matplotlibrc says."""
    with matplotlib.rc_context(_RESET | _SETTINGS):
        yield


@house_style()
def new_figure(rows: int = 1, columns: int = 1, *, height: float = 2.9, **options: Any) -> tuple[Figure, np.ndarray]:
    """An empty figure of the house's width and its axes, [rows, columns]."""
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def on(ax: Axes | None, *, height: float = 2.9) -> tuple[Figure, Axes]:
    """The axes to draw on, or those of a new figure."""
    if ax is None:
        figure, axes = new_figure(height=height)
        return figure, axes[0, 0]
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure, ax


def label(ax: Axes, x: str = "", y: str = "") -> None:
    """Names both axes; the vertical one above its top, where the name is read without turning the head."""
    ax.set_xlabel(x)
    ax.set_title(y, color=QUIET, fontsize=11)


def say(ax: Axes, x: Any, y: Any, words: str, color: Any = INK, **options: Any) -> None:
    """Words at a point of the data, in the colour of what they name."""
    ax.annotate(words, (x, y), **{"xytext": (4, 4), "textcoords": "offset points", "color": color, **options})


def key(
    ax: Axes, names: Sequence[str], colors: Sequence[Any] = SERIES, *, at: tuple[float, float] = (0.02, 0.98)
) -> None:
    """The names of the series in their colours, one below the other, where they cannot stand beside their data.

    Args:
      ax: the axes.
      names: one word or two for each series.
      colors: the colours of the series.
      at: a corner in fractions of the axes: the words run down from the upper half, up from the lower, and to the left
        from the right half.
    """
    down, left = at[1] > 0.5, at[0] > 0.5
    for i, (name, color) in enumerate(zip(names, colors, strict=False)):
        lift = -14 * i if down else 14 * (len(names) - 1 - i)
        place = {"xycoords": "axes fraction", "textcoords": "offset points", "xytext": (0, lift)}
        ax.annotate(name, at, **place, color=color, ha="right" if left else "left", va="top" if down else "bottom")


def powers(axis: Any) -> None:
    """Labels of a logarithmic axis in plain words: 0.01, 1, 100, and powers of ten beyond."""
    axis.set_major_formatter(lambda value, _: _power(value))
    axis.set_minor_formatter(NullFormatter())


def _power(value: float) -> str:
    """A power of ten for readers.

    >>> _power(100.0), _power(0.01), _power(1e-12)
    ('100', '0.01', '10⁻¹²')
    """
    if 1e-3 <= value <= 1e4:
        return f"{value:g}"
    return "10" + f"{round(np.log10(value))}".translate(_SUPERSCRIPTS) if value > 0 else ""
