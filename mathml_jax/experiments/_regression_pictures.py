"""The pictures of the linear regression: the fit, what it leaves, how fast it comes, the way there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mathml_jax.plot.style import INK, QUIET, SERIES, house_style, key, label, new_figure, powers, say

if TYPE_CHECKING:
    from mathml_jax.experiments.linear_regression import Data, Result

CAPTIONS = {
    "fit": "The slope is the answer: flipper and mass, both less what the bill foretells of them, one dot a penguin.",
    "residuals": "What the fit leaves: most Chinstraps weigh less than it says, for it knows nothing of species.",
    "convergence": "How far each loss lies above the least possible one; no gradient descent is slower than the "
    "dashed line.",
    "surface": "The way to the minimum over two of four weights, on contours of the loss with the rest at their best.",
}

ALTS = {
    "fit": "Scatter of body mass in kilograms against flipper length in millimetres, both adjusted for the bill: "
    "three overlapping clouds, one a species, and a straight line that rises through them.",
    "residuals": "Scatter of residuals in grams against fitted mass in kilograms: a cloud of heavy penguins of one "
    "species, and one of light penguins of two species, both around zero.",
    "convergence": "Loss above its least value against the step, on a logarithmic axis: gradient descent falls in a "
    "straight line below the pace of theory; Adam swings and falls.",
    "surface": "Elliptic contours of the loss over the weights of flipper and bill length: gradient descent bends "
    "down to the minimum without a detour, Adam overshoots and comes back.",
}

_MOST_POINTS = 600


@house_style()
def figures(result: Result) -> dict[str, Figure]:
    """The figures by name; `CAPTIONS` and `ALTS` have a sentence for each."""
    return {
        "fit": _fit(result),
        "residuals": _residuals(result),
        "convergence": _convergence(result),
        "surface": _surface(result),
    }


def _fit(result: Result) -> Figure:
    data = result.data
    bill = np.column_stack([data.features[:, 1:], np.ones(len(data.mass))])
    x, y = (v - bill @ np.linalg.lstsq(bill, v)[0] for v in (data.features[:, 0], data.mass))
    shift, rise = data.features[:, 0].mean(), data.mass.mean()
    figure, axes = new_figure(height=3.1)
    ax = axes[0, 0]
    _clouds(ax, data, x + shift, y + rise, at=(0.02, 0.98))
    ends = np.array([x.min(), x.max()])
    slope = result.summary["grams_per_mm"]
    ax.plot(ends + shift, slope / 1000 * ends + rise, color=INK)
    say(ax, ends[0] + shift, slope / 1000 * ends[0] + rise, f"{slope:.0f} g per mm", xytext=(16, -2))
    label(ax, "flipper length (mm), the bill held alike", "body mass (kg), the bill held alike")
    return figure


def _residuals(result: Result) -> Figure:
    data = result.data
    fitted = data.standardized @ result.exact[:3] + result.exact[3]
    figure, axes = new_figure(height=2.9)
    ax = axes[0, 0]
    ax.axhline(0, color=QUIET, linewidth=1)
    _clouds(ax, data, fitted, 1000 * (data.mass - fitted), at=(0.02, 0.02))
    ax.set_ylim(bottom=-1400)
    label(ax, "fitted body mass (kg)", "measured less fitted mass (g)")
    return figure


def _clouds(ax: Axes, data: Data, x: np.ndarray, y: np.ndarray, at: tuple[float, float]) -> None:
    names = np.unique(data.species)
    for name, color in zip(names, SERIES, strict=False):
        of = data.species == name
        ax.plot(x[of], y[of], "o", color=color, alpha=0.55, markersize=4, markeredgewidth=0)
    key(ax, [str(name) for name in names], at=at)


def _convergence(result: Result) -> Figure:
    figure, axes = new_figure(height=2.9)
    ax = axes[0, 0]
    ax.set_yscale("log")
    pace = np.max(np.abs(1 - result.config.learning_rate * np.linalg.eigvalsh(result.data.hessian))) ** 2
    done = result.summary["steps_done"]
    steps = np.arange(done + 1)
    shown = np.unique(np.linspace(0, done, _MOST_POINTS).astype(int))
    with np.errstate(all="ignore"):
        for (name, road), color in zip(result.roads.items(), SERIES, strict=False):
            excess = _excess(result, road.weights)
            seen = shown[np.isfinite(excess[shown]) & (excess[shown] > 1e-30) & (excess[shown] < 1e30)]
            ax.plot(steps[seen], excess[seen], color=color)
            if name == "gradient descent":
                bound = excess[0] * pace ** steps[seen]
                ax.plot(steps[seen], bound, color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
    names = [*result.roads, "bound for gradient descent"]
    key(ax, names, [*SERIES[:2], QUIET], at=(0.99 if pace < 1 else 0.02, 0.98))
    powers(ax.yaxis)
    label(ax, "step", "loss above the least possible (kg²)")
    return figure


def _surface(result: Result) -> Figure:
    figure, axes = new_figure(height=3.4)
    ax = axes[0, 0]
    grams = 1000 * result.exact[:2]
    # A path that diverges leaves the picture; its points beyond a tonne are not drawn.
    tame = {name: road.weights[(np.abs(road.weights) < 1000).all(1), :2] for name, road in result.roads.items()}
    paths = {name: 1000 * weights for name, weights in tame.items()}
    near = [np.clip(path, grams - 3000, grams + 3000) for path in paths.values()]
    corners = np.concatenate([grams[None], *near])
    margin = 0.1 * np.ptp(corners, axis=0) + 50
    (left, low), (right, high) = corners.min(0) - margin, corners.max(0) + margin
    u, v = np.meshgrid(np.linspace(left, right, 60), np.linspace(low, high, 60))
    curvature = _profile(result)
    away = np.stack([u - grams[0], v - grams[1]], -1) / 1000
    excess = np.einsum("ijk,kl,ijl->ij", away, curvature, away) / 2
    ax.contour(u, v, np.sqrt(excess), 12, colors=[INK], alpha=0.22, linewidths=0.8)
    for path, color in zip(paths.values(), SERIES, strict=False):
        path = _thinned(path, 0.008 * (right - left))
        ax.plot(*path.T, color=color, marker="o", markersize=2.5, linewidth=1.2)
    ax.plot(*grams, "x", color=INK, markersize=8, markeredgewidth=2)
    ax.set(xlim=(left, right), ylim=(low, high))
    ax.grid(visible=False)
    key(ax, list(paths))
    label(ax, "flipper (g per standard deviation)", "bill length (g per standard deviation)")
    return figure


def _thinned(path: np.ndarray, least: float) -> np.ndarray:
    """The points of a path without those that are hardly apart."""
    length = np.append(0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
    return path[np.unique(length // least, return_index=True)[1]]


def _profile(result: Result) -> np.ndarray:
    """Curvature over the first two weights with the others at their best: a Schur complement."""
    h = result.data.hessian
    return h[:2, :2] - h[:2, 2:] @ np.linalg.solve(h[2:, 2:], h[2:, :2])


def _excess(result: Result, weights: np.ndarray) -> np.ndarray:
    """Loss less its least value: a quadratic form, exact where the difference of two losses would cancel."""
    away = weights - result.exact
    return np.einsum("ij,jk,ik->i", away, result.data.hessian, away) / 2
