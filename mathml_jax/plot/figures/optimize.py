"""Ways down: gradient descent at three rates and without steps, Adam in a valley, Adam without its correction."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import matplotlib.figure
import numpy as np
import optax
from matplotlib.axes import Axes

from mathml_jax.optimize import (
    adam,
    adam_no_bias_correction,
    gradient_descent,
    gradient_flow,
    quadratic,
    quadratic_gradient,
)
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, QUIET, SERIES, key, label, new_figure, say

_BOWL, _NO_SLOPE = np.diag([1.0, 8.0]), np.zeros(2)


def _path(
    optimizer: optax.GradientTransformation, slope: Callable[[Any], Any], start: tuple[float, float], steps: int
) -> np.ndarray:
    """The points that an optimiser visits, shape [steps + 1, 2]."""

    def step(carry: Any, _: None) -> tuple[Any, Any]:
        point, state = carry
        update, state = optimizer.update(slope(point), state)
        return (point + update, state), point + update

    first = jnp.array(start)
    _, visited = jax.lax.scan(step, (first, optimizer.init(first)), None, steps)
    return np.asarray(jnp.concatenate([first[None], visited]))


def _contours(ax: Axes, f: Callable[[Any], Any], x: tuple[float, float], y: tuple[float, float]) -> None:
    points = np.stack(np.meshgrid(np.linspace(*x, 81), np.linspace(*y, 61)), -1)
    heights = np.asarray(jax.jit(jnp.vectorize(f, signature="(n)->()"))(points))
    ax.contour(*np.moveaxis(points, -1, 0), heights**0.5, 12, colors=[INK], alpha=0.22, linewidths=0.8)
    ax.set(xlim=x, ylim=y)
    ax.grid(visible=False)


@drawing()
def _descent() -> matplotlib.figure.Figure:
    figure, axes = new_figure(3, 1, height=5.2, sharex=True)
    # L is 8, so that 2 / L = 0.25.
    cases = (
        (0.02, "a rate of 0.02 crawls"),
        (0.2, "0.2 arrives"),
        (0.247, "0.247, nearly 2 / L, swings"),
    )
    for ax, (rate, words), color in zip(axes[:, 0], cases, SERIES, strict=False):
        _contours(ax, lambda x: quadratic(x, _BOWL, _NO_SLOPE), (-4.4, 0.8), (-1.2, 1.2))
        path = _path(gradient_descent(rate), lambda x: quadratic_gradient(x, _BOWL, _NO_SLOPE), (-4.0, 1.0), 25)
        ax.plot(*path.T, "o-", color=color, markersize=3, linewidth=1.2)
        ax.plot(0, 0, "x", color=INK, markersize=7, markeredgewidth=2)
        ax.set_yticks([-1, 0, 1])
        ax.set_title(words, color=color)
    return figure


@drawing()
def _flow() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.9)
    ax = axes[0, 0]
    curvatures, start = np.diag([1.0, 20.0]), (-4.0, 1.0)

    def valley(x: Any) -> Any:
        return quadratic(x, curvatures, _NO_SLOPE)

    _contours(ax, valley, (-4.4, 0.8), (-1.2, 1.2))
    path = _path(gradient_descent(0.092), lambda x: quadratic_gradient(x, curvatures, _NO_SLOPE), start, 40)
    flow = np.asarray(gradient_flow(valley, jnp.array(start), jnp.linspace(0.0, 0.092 * 40, 201)))
    ax.plot(*path.T, "o-", color=SERIES[1], markersize=3, linewidth=1)
    ax.plot(*flow.T, color=SERIES[0])
    ax.plot(0, 0, "x", color=INK, markersize=8, markeredgewidth=2)
    key(ax, ["gradient flow", "gradient descent"], at=(0.98, 0.02))
    ax.set_yticks([-1, 0, 1])
    label(ax, "x₁", "x₂")
    return figure


@drawing()
def _adam() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.9)
    ax = axes[0, 0]
    curvatures = np.diag([1.0, 30.0])
    _contours(ax, lambda x: quadratic(x, curvatures, _NO_SLOPE), (-4.4, 1.0), (-1.5, 1.3))
    optimizers = {"Adam": adam(0.25), "gradient descent": gradient_descent(0.06)}
    for optimizer, color in zip(optimizers.values(), SERIES, strict=False):
        path = _path(optimizer, lambda x: quadratic_gradient(x, curvatures, _NO_SLOPE), (-4.0, 1.0), 40)
        ax.plot(*path.T, "o-", color=color, markersize=3, linewidth=1.2)
    ax.plot(0, 0, "x", color=INK, markersize=8, markeredgewidth=2)
    key(ax, list(optimizers), at=(0.98, 0.02))
    label(ax, "x₁", "x₂")
    return figure


@drawing()
def _correction() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    steps = np.arange(1, 61)
    for build, name, color in ((adam_no_bias_correction, "without", SERIES[1]), (adam, "with correction", SERIES[0])):
        path = _path(build(1.0), jnp.ones_like, (0.0, 0.0), len(steps))
        sizes = -np.diff(path[:, 0])
        ax.plot(steps, sizes, color=color, marker="o", markersize=3, linewidth=1)
        say(ax, steps[24], sizes[24], name, color, xytext=(0, 8))
    ax.axhline(0, color=QUIET, linewidth=1)
    label(ax, "step", "length of the step ÷ learning rate")
    return figure


FIGURES = (
    Figure(
        "gradient descent at three rates",
        gradient_descent,
        _descent,
        "Twenty-five steps down the same narrow bowl: the best rate lies just below the one that no longer converges.",
        "Three maps of a narrow bowl with a path of dots each: small steps stop half way, good ones reach the "
        "minimum, and long ones swing from side to side.",
    ),
    Figure(
        "gradient flow and gradient descent",
        gradient_flow,
        _flow,
        "The flow falls into the valley and runs along its floor; forty steps of gradient descent from the same start "
        "swing from wall to wall all the way.",
        "Contours of a narrow valley; from one start a smooth curve that bends into its floor and follows it to the "
        "minimum, and a zigzag of dots that narrows towards it.",
    ),
    Figure(
        "Adam in a narrow valley",
        adam,
        _adam,
        "Forty steps of both: Adam sets out at one pace in every coordinate, however steep; gradient descent "
        "swings across.",
        "Contours of a narrow valley and two paths of dots from the same start: gradient descent swings from wall to "
        "wall, Adam curves through the floor and past the minimum.",
    ),
    Figure(
        "what the bias correction is for",
        adam_no_bias_correction,
        _correction,
        "Under a steady gradient every step should have the length of the rate; without the correction the first is "
        "3.16 times as long, and later ones longer still.",
        "Length of the steps over 60 steps: level at 1 with the correction; without it from 3.2 up to a crest, then "
        "down.",
    ),
)
