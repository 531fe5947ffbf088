"""The pictures that every learner needs: lines, points, logarithmic axes, histograms, bars, panels."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from mathml_jax._checks import expect, expect_option
from mathml_jax.plot.style import PAPER, SERIES, house_style, label, new_figure, on, powers, say

Log = Literal["", "x", "y", "xy"]


@house_style()
def line(
    x: ArrayLike,
    *ys: ArrayLike,
    names: Sequence[str] = (),
    log: Log = "",
    x_label: str = "",
    y_label: str = "",
    ax: Axes | None = None,
) -> Figure:
    """Curves of one or several series over the same x, each named at its end.

    Args:
      x: where, shape [n].
      *ys: one series each, shape [n]; at most four.
      names: what the series are called.
      log: the axes on which equal factors take equal room.
      x_label: the name of x, with its unit.
      y_label: the name of y, with its unit.
      ax: the axes to draw on; none means a new figure.

    Returns:
      The figure.

    Raises:
      ValueError: a series is not as long as `x`, there are more than four, or not as many names as series.

    >>> len(line([1, 2, 3], [1, 4, 9], [1, 8, 27], names=("squares", "cubes"), log="y").axes)
    1
    """
    x, series = np.asarray(x), [np.asarray(y) for y in ys]
    expect(1 <= len(series) <= len(SERIES), "line", f"one to {len(SERIES)} series", len(series))
    expect(all(y.shape == x.shape for y in series), "line", f"series of shape {x.shape}", [y.shape for y in series])
    expect(len(names) in (0, len(series)), "line", f"{len(series)} names", len(names))
    expect_option("line", "log", log, ("", "x", "y", "xy"))
    figure, ax = on(ax)
    for y, color, name in zip(series, SERIES, names or [""] * len(series), strict=False):
        ax.plot(x, y, color=color)
        say(ax, x[-1], y[-1], name, color, xytext=(0, 6), ha="right")
    _scales(ax, log)
    label(ax, x_label, y_label)
    return figure


@house_style()
def scatter(
    x: ArrayLike, y: ArrayLike, *, log: Log = "", x_label: str = "", y_label: str = "", ax: Axes | None = None
) -> Figure:
    """One point for each pair of values.

    Args:
      x: the horizontal coordinates, shape [n].
      y: the vertical coordinates, shape [n].
      log: the axes on which equal factors take equal room.
      x_label: the name of x, with its unit.
      y_label: the name of y, with its unit.
      ax: the axes to draw on; none means a new figure.

    Returns:
      The figure.

    Raises:
      ValueError: `x` and `y` differ in shape.

    >>> len(scatter([1, 2, 3], [2, 1, 3]).axes)
    1
    """
    x, y = np.asarray(x), np.asarray(y)
    expect(x.shape == y.shape, "scatter", "x and y of equal shape", f"{x.shape} and {y.shape}")
    expect_option("scatter", "log", log, ("", "x", "y", "xy"))
    figure, ax = on(ax)
    ax.plot(x, y, "o", color=SERIES[0], alpha=0.6, markeredgewidth=0, markersize=4.5)
    _scales(ax, log)
    label(ax, x_label, y_label)
    return figure


@house_style()
def histogram(
    values: ArrayLike, *, bins: int | str | Sequence[int | float] = "auto", x_label: str = "", ax: Axes | None = None
) -> Figure:
    """How many values fall into each of the intervals.

    Args:
      values: the sample, any shape; NaN is left out.
      bins: their number, their edges, or one of NumPy's rules.
      x_label: the name of the values, with their unit.
      ax: the axes to draw on; none means a new figure.

    Returns:
      The figure; its bars begin at zero.

    >>> len(histogram([1.0, 2.0, 2.0, 3.0], bins=3).axes[0].patches)
    3
    """
    sample = np.asarray(values).ravel()
    figure, ax = on(ax)
    ax.hist(sample[~np.isnan(sample)], bins, color=SERIES[0], edgecolor=PAPER, linewidth=0.8)
    ax.grid(axis="x", visible=False)
    label(ax, x_label, "count")
    return figure


@house_style()
def stacked_bars(
    categories: Sequence[str], parts: Mapping[str, ArrayLike], *, y_label: str = "", ax: Axes | None = None
) -> Figure:
    """Bars made of parts, named beside the last bar.

    Args:
      categories: one word a bar.
      parts: the heights of each part in every bar, from the bottom up, at least 0; at most four parts.
      y_label: the name of the heights, with their unit.
      ax: the axes to draw on; none means a new figure.

    Returns:
      The figure; its bars begin at zero.

    Raises:
      ValueError: there are more than four parts, a part has not one height for each category, or one is negative.

    >>> len(stacked_bars(["a", "b"], {"yes": [3, 1], "no": [1, 2]}).axes[0].patches)
    4
    """
    heights = {name: np.asarray(values, float) for name, values in parts.items()}
    expect(1 <= len(heights) <= len(SERIES), "stacked_bars", f"one to {len(SERIES)} parts", len(heights))
    figure, ax = on(ax)
    bottom = np.zeros(len(categories))
    for (name, height), color in zip(heights.items(), SERIES, strict=False):
        ok = height.shape == bottom.shape and bool(np.all(height >= 0))
        expect(ok, "stacked_bars", f"{len(categories)} heights of at least 0 for {name!r}", height.tolist())
        ax.bar(categories, height, 0.7, bottom, color=color, edgecolor=PAPER, linewidth=0.8)
        say(ax, len(categories) - 0.6, bottom[-1] + height[-1] / 2, name, color, va="center", xytext=(2, 0))
        bottom += height
    ax.set_xlim(-0.5, len(categories) - 0.1 + 0.09 * max(map(len, heights)))
    ax.grid(axis="x", visible=False)
    label(ax, "", y_label)
    return figure


@house_style()
def panel(*draw: Callable[[Axes], Any], columns: int = 2, height: float = 1.9) -> Figure:
    """Several small pictures in one: two in a row, the last one wide where the rows do not come out even.

    Args:
      *draw: functions that draw on the axes they are given.
      columns: pictures in a row.
      height: inches for each row.

    Returns:
      The figure.

    Raises:
      ValueError: there is nothing to draw, or no column.

    >>> waves = [lambda ax, n=n: line(np.arange(9), np.sin(n * np.arange(9)), ax=ax) for n in range(5)]
    >>> len(panel(*waves).axes)
    5
    """
    expect(len(draw) >= 1 and columns >= 1, "panel", "at least one picture and one column", (len(draw), columns))
    rows = -(-len(draw) // columns)
    figure, axes = new_figure(rows, columns, height=height * rows)
    grid, last = axes[0, 0].get_gridspec(), len(draw) - 1
    for ax in axes.ravel()[last:]:
        ax.remove()
    places = [*axes.ravel()[:last], figure.add_subplot(grid[last // columns, last % columns :])]
    for function, ax in zip(draw, places, strict=True):
        function(ax)
    return figure


def _scales(ax: Axes, log: Log) -> None:
    if "x" in log:
        ax.set_xscale("log")
        powers(ax.xaxis)
    if "y" in log:
        ax.set_yscale("log")
        powers(ax.yaxis)
