"""Pictures of probability laws: density, distribution function and quantiles, stems of counts, and the QQ plot."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from mathml_jax._checks import expect
from mathml_jax.plot.style import INK, QUIET, SERIES, WIDTH, house_style, key, label, on
from mathml_jax.special import betaincinv

_BAND = 0.12
_SEEN = 0.004
"""The part of the highest stem below which there is nothing to see."""


@house_style()
def family(law: ModuleType, x: ArrayLike, **parameters: Any) -> Figure:
    """Density (or probabilities), distribution function and quantiles of a law, one curve for each parameter.

    Args:
      law: a module of `distributions`, such as `distributions.t`.
      x: where, in ascending order, shape [n]; for a law of counts every count from the first to the last.
      **parameters: a number for each parameter that stays, and for one that moves a sequence of two to four; several
        that move do so together, and must be equally many.

    Returns:
      The figure: the density above, the distribution function and its inverse below.

    Raises:
      ValueError: no parameter moves, or there are more than four values, or not equally many.

    >>> from mathml_jax.distributions import poisson
    >>> [ax.get_title("left") for ax in family(poisson, range(12), mu=(1.0, 4.0)).axes]
    ['pmf: P(X = k)', 'cdf: P(X ≤ k)', 'ppf: k at probability q']
    """
    x = np.asarray(x, float)
    settings = _settings(parameters)
    counts = hasattr(law, "pmf")
    variable = "k" if counts else "x"
    figure = Figure(figsize=(WIDTH, 4.3), layout="constrained")
    axes = figure.subplot_mosaic([["density"] * 2, ["cdf", "ppf"]], height_ratios=(1.25, 1))
    q = np.linspace(0, 1, 202)[1:-1]
    for i, (setting, color) in enumerate(zip(settings, SERIES, strict=False)):
        if counts:
            p = np.asarray(law.pmf(x, **setting))
            seen = p > _SEEN * np.max(p)
            _stems(axes["density"], (x + _apart(i, len(settings)))[seen], p[seen], color)
        else:
            axes["density"].plot(x, np.asarray(law.pdf(x, **setting)), color=color)
        style = {"color": color, "linewidth": 1.6, "drawstyle": "steps-post" if counts else "default"}
        axes["cdf"].plot(x, np.asarray(law.cdf(x, **setting)), **style)
        axes["ppf"].plot(q, _within(np.asarray(law.ppf(q, **setting)), x[0], x[-1]), **style)
    _names_above(axes["density"], [_name(setting, parameters) for setting in settings])
    axes["cdf"].set(ylim=(-0.02, 1.02), yticks=[0, 0.5, 1])
    axes["ppf"].set(ylim=(x[0], x[-1]), xlim=(-0.02, 1.02), xticks=[0, 0.5, 1])
    label(axes["density"], "", "pmf: P(X = k)" if counts else "pdf: density")
    label(axes["cdf"], variable, f"cdf: P(X ≤ {variable})")
    label(axes["ppf"], "q", f"ppf: {variable} at probability q")
    return figure


@house_style()
def stems(
    k: ArrayLike,
    *ps: ArrayLike,
    names: Sequence[str] = (),
    x_label: str = "",
    y_label: str = "",
    ax: Axes | None = None,
) -> Figure:
    """The probabilities of counts, each a dot on a stem.

    Args:
      k: the counts, shape [n].
      *ps: one series of probabilities each, shape [n]; at most four, side by side.
      names: what the series are called.
      x_label: the name of the counts.
      y_label: the name of the probabilities.
      ax: the axes to draw on; none means a new figure.

    Returns:
      The figure; its stems begin at zero.

    Raises:
      ValueError: a series is not as long as `k`, there are more than four, or not as many names as series.

    >>> len(stems(range(3), [0.25, 0.5, 0.25]).axes)
    1
    """
    k, series = np.asarray(k, float), [np.asarray(p) for p in ps]
    expect(1 <= len(series) <= len(SERIES), "stems", f"one to {len(SERIES)} series", len(series))
    expect(all(p.shape == k.shape for p in series), "stems", f"series of shape {k.shape}", [p.shape for p in series])
    expect(len(names) in (0, len(series)), "stems", f"{len(series)} names", len(names))
    figure, ax = on(ax)
    for i, (p, color) in enumerate(zip(series, SERIES, strict=False)):
        _stems(ax, k + _apart(i, len(series)), p, color)
    key(ax, names, at=(0.98, 0.98))
    label(ax, x_label, y_label)
    return figure


@house_style()
def qq(
    data: ArrayLike,
    law: ModuleType,
    *,
    confidence: float = 0.95,
    x_label: str = "",
    y_label: str = "",
    ax: Axes | None = None,
    **parameters: Any,
) -> Figure:
    """The sorted data against the quantiles of a law: on the diagonal where they follow it.

    Args:
      data: the sample, any shape; NaN is left out.
      law: a continuous law, a module of `distributions`.
      confidence: how often each point of a sample that does follow the law lies in the band.
      x_label: the name of the law's quantiles.
      y_label: the name of the data, with their unit.
      ax: the axes to draw on; none means a new figure.
      **parameters: those of the law.

    Returns:
      The figure. The band and the diagonal come from the law of the i-th smallest of n uniform numbers, which is
      beta(i, n + 1 - i); points outside have another colour.

    Raises:
      ValueError: there are fewer than two observations.

    >>> from mathml_jax.distributions import norm
    >>> [len(line.get_xdata()) for line in qq([0.3, -1.0, 1.0, 9.0], norm).axes[0].lines]
    [2, 3, 1]
    """
    sample = np.sort(np.asarray(data, float).ravel())
    sample = sample[~np.isnan(sample)]
    expect(len(sample) >= 2, "qq", "at least two observations", len(sample))
    rank = np.arange(1.0, len(sample) + 1)
    tails = np.array([0.5, (1 - confidence) / 2, (1 + confidence) / 2])[:, None]
    levels = np.asarray(betaincinv(rank, rank[::-1].copy(), np.broadcast_to(tails, (3, len(sample)))))
    middle, low, high = (np.asarray(law.ppf(level, **parameters)) for level in levels)
    figure, ax = on(ax)
    ax.fill_between(middle, low, high, color=INK, alpha=_BAND)
    ax.plot(middle[[0, -1]], middle[[0, -1]], color=QUIET, linewidth=1)
    inside = (low <= sample) & (sample <= high)
    for which, color in ((inside, SERIES[0]), (~inside, SERIES[1])):
        ax.plot(middle[which], sample[which], "o", color=color, markersize=4, markeredgewidth=0)
    label(ax, x_label or "quantile of the law", y_label or "observation")
    return figure


def _settings(parameters: dict[str, Any]) -> list[dict[str, float]]:
    """One set of parameters for each curve."""
    sizes = {np.size(value) for value in parameters.values() if np.ndim(value)}
    ok = len(sizes) == 1 and 2 <= min(sizes) <= len(SERIES)
    expect(ok, "family", f"parameters that take two to {len(SERIES)} values together", parameters)
    count = sizes.pop()
    return [
        {name: float(np.broadcast_to(value, (count,))[i]) for name, value in parameters.items()} for i in range(count)
    ]


def _name(setting: dict[str, float], parameters: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in setting.items() if np.ndim(parameters[name]))


def _names_above(ax: Axes, names: Sequence[str]) -> None:
    """The names of the series side by side on the line of the title, where no curve runs."""
    words: list[Artist] = [
        TextArea(name, textprops={"color": color}) for name, color in zip(names, SERIES, strict=False)
    ]
    row = HPacker(children=words, pad=0, sep=9)
    place = {"bbox_to_anchor": (1, 1), "bbox_transform": ax.transAxes, "borderpad": 0.38}
    ax.add_artist(AnchoredOffsetbox("lower right", child=row, pad=0, frameon=False, **place))


def _within(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """The values, cut a little beyond the frame."""
    margin = 0.1 * (high - low)
    return np.clip(values, low - margin, high + margin)


def _apart(i: int, count: int) -> float:
    """How far series i of several stands from the middle of its count."""
    return 0.2 * (i - (count - 1) / 2)


def _stems(ax: Axes, k: np.ndarray, p: np.ndarray, color: str) -> None:
    ax.vlines(k, 0, p, color=color, linewidth=1.4)
    ax.plot(k, p, "o", color=color, markersize=3.5, markeredgewidth=0)
    ax.grid(axis="x", visible=False)
    ax.xaxis.set_major_locator(MaxNLocator("auto", integer=True))
