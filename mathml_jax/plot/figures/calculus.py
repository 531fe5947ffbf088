"""Functions of one variable: secants and slopes, limits, polynomials that follow a curve, paths from their slopes."""

from typing import Any

import jax
import jax.numpy as jnp
import matplotlib.figure
import numpy as np

from mathml_jax.calculus import derivative, euler, limit, numerical_derivative, rk4, tangent_line, taylor
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, PAPER, QUIET, SERIES, key, label, new_figure, powers, say


def _wave_of_one_sign(x: jax.Array) -> jax.Array:
    return jnp.sin(x) / jnp.abs(x)


@drawing()
def _limit() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.6)
    ax = axes[0, 0]
    far, halvings = np.linspace(7.5, 0.05, 80), 0.5 ** np.arange(-1, 6)
    for side, sign, color in (("left", -1, SERIES[1]), ("right", 1, SERIES[0])):
        ax.plot(sign * far, np.sin(sign * far) / far, color=color)
        ax.plot(sign * halvings, np.sin(sign * halvings) / halvings, "o", color=color, markersize=4)
        value = float(limit(_wave_of_one_sign, 0.0, side).value)
        ax.plot(0, value, "o", color=color, markerfacecolor=PAPER, markersize=8, markeredgewidth=2)
        words = f"from the {side}: {value:.3f}".replace("-", "−")
        say(ax, 0, value, words, color, ha="right" if sign > 0 else "left", va="center", xytext=(-11 * sign, 0))
    ax.axhline(0, color=QUIET, linewidth=0.8)
    ax.set(ylim=(-1.2, 1.2), yticks=[-1, 0, 1])
    ax.grid(visible=False)
    label(ax, "x", "sin x / |x|")
    return figure


@drawing()
def _secants() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=3.0)
    ax = axes[0, 0]
    x, x0 = np.linspace(-0.25, 2.25, 51), 0.5
    ends = x[[0, -1]]
    ax.plot(x, x**2, color=SERIES[0])
    for h in (1.5, 1.0, 0.5):
        slope = ((x0 + h) ** 2 - x0**2) / h
        ax.plot(ends, x0**2 + slope * (ends - x0), color=SERIES[1], linewidth=1.2)
        ax.plot(x0 + h, (x0 + h) ** 2, "o", color=SERIES[1])
        say(ax, ends[1], x0**2 + slope * (ends[1] - x0), f"h = {h:g}: {slope:g}", SERIES[1], va="center", xytext=(7, 0))
    tangent = tangent_line(jnp.square, x0)
    ax.plot(ends, np.asarray(tangent(ends)), color=SERIES[2])
    say(
        ax,
        ends[1],
        float(tangent(ends[1])),
        f"tangent: {float(tangent.slope):g}",
        SERIES[2],
        va="center",
        xytext=(7, 0),
    )
    ax.plot(x0, x0**2, "o", color=INK, markersize=6)
    ax.set(xlim=(ends[0], ends[1] + 0.75), ylim=(-1.4, 5.2), xticks=[0, 0.5, 1, 1.5, 2], yticks=range(6))
    ax.grid(visible=False)
    label(ax, "x", "x² and lines through (0.5, 0.25), with their slopes")
    return figure


@drawing()
def _derivatives() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.6)
    ax = axes[0, 0]
    x = np.linspace(0, 2 * np.pi, 121)
    names = ("sin x", "its slope", "the slope's slope")
    for n, color in enumerate(SERIES[: len(names)]):
        ax.plot(x, np.asarray(derivative(jnp.sin, n)(x)), color=color, linewidth=2 if n == 0 else 1.6)
    key(ax, names, at=(0.36, 0.98))
    ax.set_ylim(-1.1, 1.9)
    ax.set_yticks([-1, 0, 1])
    label(ax, "x")
    return figure


@drawing()
def _differences() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.8)
    ax = axes[0, 0]
    h, x, slope = np.logspace(-15, 0, 61), 1.0, np.cos(1.0)
    forward = np.abs((np.sin(x + h) - np.sin(x)) / h - slope)
    central = np.abs((np.sin(x + h) - np.sin(x - h)) / (2 * h) - slope)
    extrapolated = float(jax.jit(lambda x: numerical_derivative(jnp.sin, x).df)(x)) - slope
    for error, color in ((forward, SERIES[1]), (central, SERIES[0])):
        ax.loglog(h[error > 0], error[error > 0], color=color, linewidth=1.6)
    ax.axhline(extrapolated, color=SERIES[2])
    say(ax, h[-1], forward[-1], "forward", SERIES[1], ha="right", xytext=(-14, 4))
    say(ax, h[50], central[50], "central", SERIES[0], va="top", xytext=(6, -2))
    say(ax, h[0], extrapolated, "extrapolated, at its own steps", SERIES[2], xytext=(0, 5))
    powers(ax.xaxis)
    powers(ax.yaxis)
    label(ax, "step h", "error of the slope of sin at 1")
    return figure


@drawing()
def _taylor() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    x, top = np.linspace(-0.6, 7.6, 124), 1.8
    ax.plot(x, np.sin(x), color=INK, alpha=0.4, linewidth=5)
    series = taylor(jnp.sin, 0.0, 11)
    for order, color in zip((1, 3, 7, 11), SERIES, strict=True):
        y = np.asarray(series._replace(coefficients=series.coefficients[: order + 1])(x))
        ax.plot(x, y, color=color, linewidth=1.6)
        end = int(np.flatnonzero(np.abs(y) <= top)[-1])
        side = {"ha": "left", "va": "top"} if y[end] > 0 else {"ha": "right", "va": "bottom", "xytext": (-8, 1)}
        say(ax, x[end], y[end], "order 1" if order == 1 else str(order), color, **side)
    ax.plot(0, 0, "o", color=INK, markersize=6)
    ax.set(ylim=(-top - 0.1, top + 0.1), yticks=[-1, 0, 1])
    label(ax, "x", "sin x and its polynomials about 0")
    return figure


def _swing(y: Any, t: Any) -> Any:
    """The slope of exp(sin t)."""
    return y * jnp.cos(t)


@drawing()
def _euler() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=3.0)
    ax = axes[0, 0]
    t, end = np.linspace(0, 6, 121), 6.0
    times, states = np.meshgrid(np.linspace(0, end, 17), np.linspace(0.25, 3.25, 9))
    slopes = np.asarray(_swing(states, times))
    along = {"angles": "xy", "pivot": "mid", "headwidth": 0, "headlength": 0, "headaxislength": 0, "width": 0.003}
    length = np.hypot(1, 1.6 * slopes)
    ax.quiver(times, states, 1 / length, slopes / length, scale=36, color=INK, alpha=0.3, **along)
    ax.plot(t, np.exp(np.sin(t)), color=INK, alpha=0.4, linewidth=5)
    for steps, words, color in ((8, "8 steps", SERIES[1]), (16, "16", SERIES[0]), (64, "64", SERIES[2])):
        nodes = np.linspace(0, end, steps + 1)
        path = np.asarray(euler(_swing, 1.0, nodes))
        ax.plot(nodes, path, "o-" if steps < 20 else "-", color=color, markersize=3.5, linewidth=1.4)
        say(ax, end, path[-1], words, color, va="center", xytext=(7, 0), fontsize=10)
    ax.set(xlim=(-0.15, 6.9), ylim=(0, 3.4), xticks=range(7), yticks=range(4))
    ax.grid(visible=False)
    label(ax, "t", "y, whose slope is y cos t")
    return figure


@drawing()
def _orders() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    counts, end = 2 ** np.arange(4, 11), 6.0
    # Steps of no length after the end, so that all paths are of one shape.
    times = end * np.minimum(np.arange(counts[-1] + 1)[None] / counts[:, None], 1.0)
    for method, words, color in (
        (euler, "Euler: half the step, half the error", SERIES[1]),
        (rk4, "Runge and Kutta:\na sixteenth", SERIES[0]),
    ):
        ends = jax.jit(jax.vmap(lambda t, method=method: method(_swing, 1.0, t)[-1]))(times)
        error = np.abs(np.asarray(ends) - np.exp(np.sin(end)))
        ax.loglog(end / counts, error, "o-", color=color, linewidth=1.2)
        say(
            ax,
            end / counts[3],
            error[3],
            words,
            color,
            ha="center" if method is euler else "left",
            va="top",
            xytext=(8, -8),
        )
    powers(ax.xaxis)
    powers(ax.yaxis)
    label(ax, "step", "error at the end of the path")
    return figure


FIGURES = (
    Figure(
        "a limit from two sides",
        limit,
        _limit,
        "At 0 it is nothing but 0 / 0; halving the distance shows where it goes, and from the two sides to two places.",
        "Two branches of a wave: from the right it rises to an open circle at 1, from the left it falls to one at −1; "
        "dots on them come closer to 0 by halves.",
    ),
    Figure(
        "secants turn into the tangent",
        tangent_line,
        _secants,
        "As h shrinks, the line through two points of the curve turns into the line that touches it in one.",
        "A parabola and four lines through one of its points: three that cut it again at a distance h of 1.5, 1 and "
        "0.5, with the slopes 2.5, 2 and 1.5, and the tangent, with the slope 1.",
    ),
    Figure(
        "derivatives of the sine",
        derivative,
        _derivatives,
        "Each curve is the slope of the one before: a quarter of a wave further on every time.",
        "Over one period the sine, its derivative and its second derivative: three waves, each shifted to the left.",
    ),
    Figure(
        "error of differences",
        numerical_derivative,
        _differences,
        "A long step errs by the curve, a short one by rounding; extrapolation from long steps avoids both.",
        "Error of the slope against the step, both logarithmic: forward and central differences fall and rise again "
        "in a V, the central one deeper; the extrapolated estimate, a level line, lies below both.",
    ),
    Figure(
        "polynomials that follow the sine",
        taylor,
        _taylor,
        "All they know of the sine is its derivatives at 0; the more of them, the further they follow it.",
        "The sine as a broad band from 0 to 7, and its Taylor polynomials of order 1, 3, 7 and 11, which leave it one "
        "after another, the last at about 5.",
    ),
    Figure(
        "steps along the tangent",
        euler,
        _euler,
        "Euler's method goes straight on in the direction of each point, overshoots the bends of the true path, in "
        "grey, and comes closer to it with smaller steps.",
        "A field of short strokes, a broad curve that follows them up and down, and three paths: of 8 and 16 steps, "
        "with corners beside the curve, and of 64, nearly on it.",
    ),
    Figure(
        "error against the step",
        rk4,
        _orders,
        "Four slopes a step instead of one, and the error falls with the fourth power of the step.",
        "Error at the end against the step, on logarithmic axes: a line of slope 1 for Euler's method and, far below, "
        "one of slope 4 for that of Runge and Kutta.",
    ),
)
