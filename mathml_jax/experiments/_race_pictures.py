"""The pictures of the race: the paths, the heights, and a film of both."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mathml_jax.plot.style import INK, PAPER, QUIET, SERIES, house_style, key, label, new_figure, powers

if TYPE_CHECKING:
    from mathml_jax.experiments.optimizer_race import Result

CAPTIONS = {
    "paths": "Every path from the same start at its own best rate, the quickest first: the number of steps to the goal "
    "stands above, a dash where the goal was not reached.",
    "losses": "The height above the minimum at every step, each among all the others.",
}

ALTS = {
    "paths": "A grid of small maps of one landscape, each with the path of one optimiser from the same start to the "
    "minimum or towards it.",
    "losses": "A grid of small plots on logarithmic axes: the loss of one optimiser against the step in colour, those "
    "of all others behind it in grey.",
}

_COLUMNS = 3
_FRAMES = 48
_IN_THE_FILM = 4


@house_style()
def figures(result: Result) -> dict[str, Figure]:
    """The figures by name; `CAPTIONS` and `ALTS` have a sentence for each."""
    return {"paths": _paths(result), "losses": _losses(result)}


@house_style()
def films(result: Result) -> dict[str, bytes]:
    """The quickest four side by side on one map, as an animated GIF."""
    names = result.ranking[:_IN_THE_FILM]
    if not names:
        return {}
    longest = max([run.steps for run in map(result.runs.get, names) if run and np.isfinite(run.steps)], default=np.inf)
    last = int(min(1.2 * longest + 5, result.config.steps))
    figure, axes = new_figure(height=3.4)
    figure.set_facecolor(PAPER)
    ax = axes[0, 0]
    _contours(ax, result, 100)
    lines = []
    for name, color in zip(names, SERIES, strict=False):
        (line,) = ax.plot([], [], color=color, linewidth=1.5)
        (head,) = ax.plot([], [], "o", color=color, markersize=7)
        lines.append((result.runs[name].path, line, head))
    key(ax, names)
    canvas, frames = FigureCanvasAgg(figure), []
    for step in np.unique(np.linspace(0, last, _FRAMES).astype(int)):
        for path, line, head in lines:
            line.set_data(*path[: step + 1].T)
            head.set_data(*path[step : step + 1].T)
        ax.set_title(f"step {step}", color=QUIET)
        canvas.draw()
        frames.append(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("P", palette=Image.Palette.ADAPTIVE))
    film = io.BytesIO()
    pauses = [80] * (len(frames) - 1) + [1500]
    frames[0].save(film, "GIF", save_all=True, append_images=frames[1:], duration=pauses, loop=0, optimize=True)
    return {"race.gif": film.getvalue()}


def _grid(result: Result, height: float) -> tuple[Figure, dict[str, Axes]]:
    """Small axes for every entrant, the quickest first."""
    names = result.ranking
    rows = max(1, -(-len(names) // _COLUMNS))
    figure, axes = new_figure(rows, _COLUMNS, height=height * rows, sharex=True, sharey=True)
    for ax in axes.flat[len(names) :]:
        ax.set_axis_off()
    return figure, dict(zip(names, axes.flat, strict=False))


def _paths(result: Result) -> Figure:
    figure, cells = _grid(result, 1.35)
    for name, ax in cells.items():
        run = result.runs[name]
        _contours(ax, result, 50)
        ax.plot(*run.path.T, color=SERIES[0], linewidth=1.2)
        ax.plot(*run.path[0], "o", color=SERIES[0], markersize=3)
        ax.set_xticks([])
        ax.set_yticks([])
        steps = f"{run.steps:.0f}" if np.isfinite(run.steps) else "–"
        ax.set_title(f"{name} {steps}", fontsize=8.5, color=INK)
    return figure


def _contours(ax: Axes, result: Result, points: int) -> None:
    (left, right), (low, high) = result.surface.domain
    grid = np.stack(np.meshgrid(np.linspace(left, right, points), np.linspace(low, high, points)), -1)
    with jax.enable_x64(True):
        heights = np.asarray(jax.jit(jnp.vectorize(result.surface.function, signature="(n)->()"))(grid))
    ax.contour(*np.moveaxis(grid, -1, 0), np.log1p(heights), 12, colors=[INK], alpha=0.22, linewidths=0.6)
    ax.plot(*np.transpose(result.surface.minima), "x", color=INK, markersize=5, markeredgewidth=1.5)
    ax.set(xlim=(left, right), ylim=(low, high))
    ax.grid(visible=False)


def _losses(result: Result) -> Figure:
    figure, cells = _grid(result, 1.25)
    steps = np.arange(result.config.steps + 1)
    curves = {name: np.maximum(run.loss, 1e-16) for name, run in result.runs.items()}
    for name, ax in cells.items():
        ax.set_yscale("log")
        for other, curve in curves.items():
            if other != name:
                ax.plot(steps, curve, color=QUIET, alpha=0.15, linewidth=0.7)
        ax.plot(steps, curves[name], color=SERIES[0], linewidth=1.4)
        ax.axhline(result.config.tolerance, color=QUIET, linewidth=0.7, linestyle=(0, (4, 3)))
        label(ax)
        ax.set_title(name, fontsize=8.5, color=INK)
        ax.tick_params(labelsize=8)
        powers(ax.yaxis)
    return figure
