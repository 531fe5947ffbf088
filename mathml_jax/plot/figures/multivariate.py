"""Functions of two variables: slopes on a map, slices through a surface, the plane and the parabola that touch it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import matplotlib.figure
import numpy as np
from matplotlib.axes import Axes

from mathml_jax.calculus import directional_derivative, gradient, quadratic_model, tangent_plane
from mathml_jax.optimize import CriticalPointKind, critical_points
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, PAPER, QUIET, SERIES, key, label, new_figure, say

Scalar = Callable[[Any], Any]


def _grid(x: tuple[float, float], y: tuple[float, float], columns: int, rows: int) -> np.ndarray:
    """Points in rows, shape [rows, columns, 2]."""
    return np.stack(np.meshgrid(np.linspace(*x, columns), np.linspace(*y, rows)), -1)


def _heights(f: Scalar, points: np.ndarray) -> np.ndarray:
    return np.asarray(jax.jit(jnp.vectorize(f, signature="(n)->()"))(points))


def _map(ax: Axes, points: np.ndarray, heights: np.ndarray, levels: Any, color: Any = INK, alpha: float = 0.25) -> None:
    style = {"linewidths": 0.8 if color == INK else 1.4, "linestyles": "solid"}
    ax.contour(*np.moveaxis(points, -1, 0), heights, levels, colors=[color], alpha=alpha, **style)
    low, high = points[0, 0], points[-1, -1]
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    ax.grid(visible=False)


def _hills(p: Any) -> Any:
    return jnp.exp(-((p[0] - 1) ** 2) - p[1] ** 2) - jnp.exp(-((p[0] + 1) ** 2) - p[1] ** 2)


@drawing()
def _gradient() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=3.2)
    ax = axes[0, 0]
    fine, coarse = _grid((-2.4, 2.4), (-1.6, 1.6), 81, 61), _grid((-2.25, 2.25), (-1.25, 1.25), 10, 6)
    slopes = np.asarray(jax.jit(jnp.vectorize(gradient(_hills), signature="(n)->(n)"))(coarse))
    _map(ax, fine, _heights(_hills, fine), 12)
    ax.quiver(*np.moveaxis(coarse, -1, 0), *np.moveaxis(slopes, -1, 0), color=SERIES[0], width=0.008, scale=14)
    for x, words in ((1, "top"), (-1, "bottom")):
        say(ax, x, 0, words, SERIES[1], ha="center", va="center", xytext=(0, 0))
    ax.set(aspect="equal", yticks=[-1, 0, 1])
    label(ax, "x", "y")
    return figure


def _hill(p: Any) -> Any:
    return jnp.exp(-(p[0] ** 2) - p[1] ** 2 / 2)


def _seen(places: np.ndarray, heights: Any) -> tuple[Any, Any]:
    """Where points land on the paper, from how far right, how far back and how high they are."""
    right, back = np.moveaxis(places, -1, 0)
    return right + 0.4 * back, 1.7 * heights + 0.34 * back


def _surface(ax: Axes, f: Scalar, origin: np.ndarray, axes: np.ndarray, places: np.ndarray) -> None:
    """Slices along the first of the axes, from the back to the front; each hides what lies behind it."""
    heights = _heights(f, origin + places @ axes)
    for i in reversed(range(len(places))):
        x, y = _seen(places[i], heights[i])
        ax.fill_between(x, y, _seen(places[i], 0.0)[1], facecolor=PAPER, linewidth=0, zorder=-i)
        ax.plot(x, y, color=INK, linewidth=0.8, alpha=0.4, zorder=-i)
    ax.set_axis_off()


@drawing()
def _slice() -> matplotlib.figure.Figure:
    figure, axes = new_figure(2, 1, height=4.4, height_ratios=[1.25, 1])
    surface, slopes = axes[:, 0]
    at, turn = np.array([-0.55, -0.6]), np.deg2rad(-20)
    along = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    slope = jax.jit(jax.vmap(lambda v: directional_derivative(_hill, v)(at)))
    here, steep = float(_hill(at)), float(slope(along[:1])[0])
    places = _grid((-1.7, 2.7), (0.0, 2.8), 56, 12)
    _surface(surface, _hill, at, along, places)
    cut = _seen(places[0], _heights(_hill, at + places[0] @ along))
    surface.fill_between(*cut, color=SERIES[0], alpha=0.2, zorder=2)
    surface.plot(*cut, color=SERIES[0], zorder=2)
    ends = np.array([[-0.8, 0.0], [0.8, 0.0]])
    surface.plot(*_seen(ends, here + steep * ends[:, 0]), color=SERIES[1], zorder=3)
    surface.plot(*_seen(np.zeros(2), here), "o", color=INK, zorder=4)
    _all_directions(slopes, np.asarray(gradient(_hill)(at)), slope, turn)
    return figure


def _all_directions(ax: Axes, uphill: np.ndarray, slope: Callable[[Any], Any], turn: float) -> None:
    """The slope in every direction, and in that of the slice."""
    way, angles = np.arctan2(uphill[1], uphill[0]), np.linspace(-np.pi, np.pi, 61)
    marked = (
        (np.array([turn - way]), "this slice", "right", SERIES[1]),
        (np.zeros(1), "along the gradient", "center", SERIES[2]),
    )
    around = jax.jit(lambda angles: slope(jnp.stack([jnp.cos(way + angles), jnp.sin(way + angles)], -1)))
    ax.plot(np.rad2deg(angles), np.asarray(around(angles)), color=QUIET, linewidth=1.4)
    for angle, words, side, color in marked:
        x, y = np.rad2deg(angle), np.asarray(around(angle))
        ax.plot(x, y, "o", color=color)
        say(ax, x[0], y[0], words, color, ha=side, xytext=(-6, 4) if side == "right" else (0, 6))
    ax.set(ylim=(-0.9, 1.1), xticks=range(-180, 181, 90), yticks=[-0.5, 0, 0.5])
    label(ax, "direction, in degrees from the gradient", "slope")


@drawing()
def _plane() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.5)
    ax = axes[0, 0]
    places = _grid((-2.2, 2.2), (-2.2, 2.2), 50, 17)
    at = np.array([0.4, places[6, 0, 1]])
    plane = tangent_plane(_hill, at)
    _surface(ax, _hill, np.zeros(2), np.eye(2), places)
    ax.plot(*_seen(places[6], _heights(_hill, places[6])), color=INK, linewidth=1.6, zorder=2)
    patch = _grid((at[0] - 0.7, at[0] + 0.7), (places[4, 0, 1], places[8, 0, 1]), 2, 5)
    x, y = _seen(patch, _heights(plane, patch))
    corners = [0, 0, -1, -1], [0, -1, -1, 0]
    ax.fill(x[corners], y[corners], color=SERIES[1], alpha=0.25, zorder=2)
    ax.plot(x.T, y.T, color=SERIES[1], linewidth=1.4, zorder=3)
    say(ax, x[-1, 0], y[-1, 0], "f(x₀) + ∇f(x₀) · (x − x₀)", SERIES[1], va="center", xytext=(8, 0))
    ax.plot(*_seen(at, float(plane.value)), "o", color=INK, markersize=6, zorder=4)
    return figure


def _valley(p: Any) -> Any:
    return (1 - p[0]) ** 2 + 2 * (p[1] - p[0] ** 2) ** 2


@drawing()
def _model() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=3.1)
    ax = axes[0, 0]
    at = np.array([-0.6, -0.2])
    model = quadratic_model(_valley, at)
    points = _grid((-1.8, 1.9), (-1.7, 1.8), 86, 71)
    levels = float(model.value) + 0.8 * np.arange(-3, 3)
    _map(ax, points, _heights(_valley, points), levels, alpha=0.5)
    _map(ax, points, _heights(model, points), levels, SERIES[0], 0.9)
    lowest = at - np.linalg.solve(model.hessian, model.gradient)
    ax.annotate("", lowest, at, arrowprops={"arrowstyle": "-|>", "color": SERIES[1], "linewidth": 1.6, "shrinkB": 0})
    ax.plot(*at, "o", color=INK, markersize=6)
    ax.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    key(ax, ["the function", "its model", "Newton's step"], [QUIET, *SERIES], at=(0.02, 0.02))
    label(ax, "x", "y")
    return figure


def _himmelblau(p: Any) -> Any:
    return (p[0] ** 2 + p[1] - 11) ** 2 + (p[0] + p[1] ** 2 - 7) ** 2


@drawing()
def _level_points() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=3.3)
    ax = axes[0, 0]
    points = _grid((-5.3, 5.3), (-4.7, 4.7), 91, 81)
    heights = _heights(_himmelblau, points)
    found = critical_points(_himmelblau, _grid((-4.5, 4.5), (-4.5, 4.5), 6, 6).reshape(-1, 2))
    label(ax, "x")
    kinds, values = np.asarray(found.kinds), np.asarray(found.values)
    _map(ax, points, heights, [4, 35, 140, 250, 400])
    _map(ax, points, heights, values[kinds == CriticalPointKind.SADDLE], alpha=0.6)
    marks = (("minima", "left", "o"), ("saddles", "center", "X"), ("maximum", "right", "^"))
    for kind, (words, side, marker), color in zip((1, 2, 3), marks, SERIES, strict=False):
        places = np.asarray(found.points)[kinds == kind]
        ax.plot(*places.T, marker, color=color, markersize=8)
        ax.set_title(f"{len(places)} {words}", loc=side, color=color)
    return figure


FIGURES = (
    Figure(
        "gradient on a map",
        gradient,
        _gradient,
        "The gradient points uphill at right angles to the contours, long where they are dense.",
        "Contours of a landscape with one top and one bottom, and arrows that lead from the bottom to the top.",
    ),
    Figure(
        "a slice through a hill",
        directional_derivative,
        _slice,
        "Cut the hill open along a direction, and the slope of the cut is the derivative in that direction: steepest "
        "along the gradient, none at right angles to it.",
        "A hill drawn in slices, open in front where it is cut through a point on its side, with the tangent of the "
        "cut there. Below, the slope against the direction: a wave that is highest at 0 degrees from the gradient and "
        "zero at 90, with a dot for the slice at about −49 degrees.",
    ),
    Figure(
        "a plane on a hill",
        tangent_plane,
        _plane,
        "The tangent plane touches the hill at one point and lies along it there, whichever way one walks.",
        "A hill drawn in slices, and on its side a slanting square of straight lines, one of which touches the slice "
        "at a dot.",
    ),
    Figure(
        "a parabola in a valley",
        quadratic_model,
        _model,
        "Around the dot the contours of function and model run together; the model is lowest at the tip of the arrow, "
        "and there Newton's method goes next.",
        "Contours of a bent valley and, at the same heights, ellipses that follow them near a point on the left wall; "
        "an arrow leads from the point to the middle of the ellipses.",
    ),
    Figure(
        "all level points of a landscape",
        critical_points,
        _level_points,
        "Newton's method from 36 starts finds every point where Himmelblau's function is level; the dark contours, at "
        "the heights of the saddles, cross themselves there.",
        "A map with four minima in four basins, a saddle on each of the passes between them and round the one maximum "
        "in the middle.",
    ),
)
