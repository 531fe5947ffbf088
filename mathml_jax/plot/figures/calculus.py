"""Slopes by differences, gradients on a map, areas by trapezoids."""

import jax
import jax.numpy as jnp
import matplotlib.figure
import numpy as np

from mathml_jax.calculus import derivative, gradient, numerical_derivative, trapezoid
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, QUIET, SERIES, key, label, new_figure, powers, say


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
def _gradient() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=3.2)
    ax = axes[0, 0]

    def height(p: jax.Array) -> jax.Array:
        return jnp.exp(-((p[0] - 1) ** 2) - p[1] ** 2) - jnp.exp(-((p[0] + 1) ** 2) - p[1] ** 2)

    fine = np.stack(np.meshgrid(np.linspace(-2.4, 2.4, 81), np.linspace(-1.6, 1.6, 61)), -1)
    coarse = np.stack(np.meshgrid(np.linspace(-2.25, 2.25, 10), np.linspace(-1.25, 1.25, 6)), -1)
    heights = np.asarray(jax.jit(jnp.vectorize(height, signature="(n)->()"))(fine))
    slopes = np.asarray(jax.jit(jnp.vectorize(gradient(height), signature="(n)->(n)"))(coarse))
    ax.contour(*np.moveaxis(fine, -1, 0), heights, 12, colors=[INK], alpha=0.25, linewidths=0.8, linestyles="solid")
    ax.quiver(*np.moveaxis(coarse, -1, 0), *np.moveaxis(slopes, -1, 0), color=SERIES[0], width=0.008, scale=14)
    for x, words in ((1, "top"), (-1, "bottom")):
        say(ax, x, 0, words, SERIES[1], ha="center", va="center", xytext=(0, 0))
    ax.set(aspect="equal", xlim=(-2.4, 2.4), ylim=(-1.6, 1.6))
    ax.grid(visible=False)
    label(ax, "x", "y")
    return figure


@drawing()
def _trapezoid() -> matplotlib.figure.Figure:
    figure, axes = new_figure(1, 2, height=2.5)
    ax, errors = axes[0]
    x, corners = np.linspace(0, np.pi, 101), np.linspace(0, np.pi, 5)
    ax.fill_between(corners, np.sin(corners), color=SERIES[0], alpha=0.25)
    ax.vlines(corners, 0, np.sin(corners), color=SERIES[0], linewidth=1)
    ax.plot(corners, np.sin(corners), "o-", color=SERIES[0], linewidth=1.6)
    ax.plot(x, np.sin(x), color=QUIET, linewidth=1.2)
    ax.set_xticks([0, np.pi / 2, np.pi], ["0", "π/2", "π"])
    ax.set_ylim(0, 1.15)
    label(ax, "x", "sin x, four trapezoids")
    counts = 2 ** np.arange(1, 7)
    area = [float(trapezoid(np.sin(np.linspace(0, np.pi, n + 1)), dx=np.pi / n)) for n in counts]
    errors.loglog(counts, 2 - np.asarray(area), "o-", color=SERIES[0], linewidth=1.2)
    say(errors, counts[2], 2 - area[2], "twice as many,\na quarter of\nthe error", SERIES[0], xytext=(-2, 6))
    powers(errors.xaxis)
    powers(errors.yaxis)
    errors.set_xticks(counts[::2], counts[::2])
    label(errors, "trapezoids", "error of the area")
    return figure


FIGURES = (
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
        "gradient on a map",
        gradient,
        _gradient,
        "The gradient points uphill at right angles to the contours, long where they are dense.",
        "Contours of a landscape with one top and one bottom, and arrows that lead from the bottom to the top.",
    ),
    Figure(
        "trapezoids under a curve",
        trapezoid,
        _trapezoid,
        "Chords replace the curve; the error falls with the square of their number.",
        "Left: an arch of the sine filled with four trapezoids. Right: the error of the area against their number on "
        "logarithmic axes, a straight line of slope −2.",
    ),
)
