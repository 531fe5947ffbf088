"""Areas under curves: rectangles, trapezoids, well-chosen points, points by chance and points that spread evenly."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import matplotlib.figure
import numpy as np
from jax import random
from matplotlib.axes import Axes

from mathml_jax.calculus import gauss_legendre, monte_carlo_integrate, quad, riemann_sum, sobol, trapezoid
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import QUIET, SERIES, label, new_figure, powers, say


def _rectangles(ax: Axes, heights: np.ndarray, edges: np.ndarray) -> None:
    ax.stairs(heights, edges, fill=True, color=SERIES[0], alpha=0.25)
    ax.vlines(edges, 0, np.append(heights, heights[-1]), color=SERIES[0], linewidth=0.8, alpha=0.6)
    ax.stairs(heights, edges, baseline=None, color=SERIES[0], linewidth=1.2)


@drawing()
def _riemann() -> matplotlib.figure.Figure:
    figure, axes = new_figure(2, 2, height=4.0)
    x = np.linspace(0, 1, 41)
    for ax, n in zip(axes.flat, (4, 8, 16), strict=False):
        edges = np.linspace(0, 1, n + 1)
        _rectangles(ax, np.exp(edges[:-1]), edges)
        ax.plot(x, np.exp(x), color=QUIET, linewidth=1.2)
        ax.set(ylim=(0, 2.9), yticks=[0, 1, 2], xticks=[0, 0.5, 1], xticklabels=["0", "0.5", "1"])
        ax.set_title(f"{n} rectangles: {float(riemann_sum(jnp.exp, 0.0, 1.0, n, 'left')):.3f}")
    ax, counts = axes[1, 1], (4, 8, 16, 32, 64)
    for rule, color in (("left", SERIES[0]), ("midpoint", SERIES[1])):
        errors = [abs(float(riemann_sum(jnp.exp, 0.0, 1.0, n, rule)) - np.e + 1) for n in counts]
        ax.loglog(counts, errors, "o-", color=color, linewidth=1.2)
        say(ax, counts[2], errors[2], rule, color)
    powers(ax.xaxis)
    powers(ax.yaxis)
    ax.set_xticks(counts[::2], counts[::2])
    ax.set_xlim(3.4, 75)
    ax.set_title("error, by their number", color=QUIET)
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


@drawing()
def _gauss() -> matplotlib.figure.Figure:
    figure, axes = new_figure(2, 1, height=4.2, sharex=True)
    areas, rows = axes[:, 0]
    nodes, weights = map(np.asarray, gauss_legendre(6))
    x = np.linspace(-1, 1, 81)
    edges = np.append(0, np.cumsum(weights)) - 1
    _rectangles(areas, np.exp(nodes), edges)
    areas.plot(x, np.exp(x), color=QUIET, linewidth=1.2)
    areas.plot(nodes, np.exp(nodes), "o", color=SERIES[1])
    areas.set(ylim=(0, 2.9), yticks=[0, 1, 2])
    areas.set_title("eˣ, rectangles as wide as the weights", color=QUIET)
    for n in range(1, 17):
        dots = {"markersize": 3.5, "markeredgewidth": 0, "alpha": 1 if n == len(nodes) else 0.55}
        rows.plot(gauss_legendre(n).nodes, np.full(n, n), "o", color=SERIES[1], **dots)
    rows.set(xticks=[-1, -0.5, 0, 0.5, 1], yticks=[1, 6, 11, 16])
    rows.grid(visible=False)
    label(rows, "x", "nodes, by their number")
    return figure


def _bell(x: jax.Array) -> jax.Array:
    return jnp.exp(-jnp.sum(x**2))


@drawing()
def _chance() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.9)
    ax = axes[0, 0]
    counts, corner = 4 ** np.arange(2, 6), np.ones(2)
    keys, exact = random.split(random.key(0), 24), np.pi / 4 * math.erf(1) ** 2
    found = [
        jax.vmap(lambda key, n=int(n): monte_carlo_integrate(key, _bell, 0 * corner, corner, n))(keys) for n in counts
    ]
    estimates = np.asarray([estimate.integral for estimate in found])
    errors = np.mean([estimate.standard_error for estimate in found], axis=1)
    between = np.geomspace(0.75 * counts[0], counts[-1] / 0.75, 41)
    band = np.exp(np.polyval(np.polyfit(np.log(counts), np.log(errors), 1), np.log(between)))
    for reach in (2, 1):
        ax.fill_between(between, -reach * band, reach * band, color=SERIES[0], alpha=0.15)
    say(ax, counts[2], -2 * errors[2], "twice the standard error", SERIES[0], ha="center", va="top", xytext=(8, -10))
    beside = counts[:, None] * np.linspace(0.85, 1.18, len(keys))
    dots = {"markersize": 3.5, "markeredgewidth": 0, "alpha": 0.7}
    ax.semilogx(beside.ravel(), (estimates - exact).ravel(), "o", color=SERIES[1], **dots)
    ax.set_xticks(counts, counts)
    ax.grid(axis="x", visible=False)
    ax.set_yticks([-0.1, 0, 0.1])
    label(ax, "random points", "error of the integral")
    return figure


@drawing()
def _evenly() -> matplotlib.figure.Figure:
    figure, axes = new_figure(1, 2, height=2.5)
    squares = (
        (random.uniform(random.key(1), (256, 2), jnp.float64), "256 random points", SERIES[1]),
        (sobol(256, 2, key=random.key(0)), "256 of Sobol's", SERIES[0]),
    )
    for ax, (points, words, color) in zip(axes[0], squares, strict=True):
        ax.plot(*np.asarray(points).T, "o", color=color, markersize=2.6)
        ax.set(aspect="equal", xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        ax.set_title(words, color=color)
    return figure


@drawing()
def _adaptive() -> matplotlib.figure.Figure:
    figure, axes = new_figure(2, 1, height=3.8, sharex=True)
    curve, gaps = axes[:, 0]
    seen: list[float] = []

    def peak(x: jax.Array) -> jax.Array:
        jax.debug.callback(lambda x: seen.append(float(x)), x)
        return _peak(x)

    quad(peak, 0.0, 1.0).integral.block_until_ready()
    jax.effects_barrier()
    points = np.sort(seen)
    curve.plot(points, _peak(points), color=SERIES[0], linewidth=1.6)
    curve.set(ylim=(-0.05, 1.1), yticks=[0, 0.5, 1])
    label(curve, "", "a peak 0.002 wide")
    dots = {"markersize": 3, "markeredgewidth": 0, "alpha": 0.7}
    gaps.semilogy(points[1:], np.diff(points), "o", color=SERIES[1], **dots)
    powers(gaps.yaxis)
    label(gaps, "x", f"distance between neighbours of {len(points)} points")
    return figure


def _peak(x: Any) -> Any:
    return 1 / (1 + ((x - 0.3) / 1e-3) ** 2)


FIGURES = (
    Figure(
        "rectangles under a curve",
        riemann_sum,
        _riemann,
        "As high as the curve at their left ends, the rectangles fall short of e − 1 = 1.718, half as far with twice "
        "as many; as high as in the middle, a quarter.",
        "Three panels of the exponential between 0 and 1 over 4, 8 and 16 rectangles, whose areas are 1.512, 1.613 and "
        "1.665. In the fourth the error against their number, on logarithmic axes: a line of slope −1 for left ends, a "
        "lower one of slope −2 for midpoints.",
    ),
    Figure(
        "trapezoids under a curve",
        trapezoid,
        _trapezoid,
        "Chords replace the curve; the error falls with the square of their number.",
        "Left: an arch of the sine filled with four trapezoids. Right: the error of the area against their number on "
        "logarithmic axes, a straight line of slope −2.",
    ),
    Figure(
        "nodes of Gauss",
        gauss_legendre,
        _gauss,
        "Six heights at well-chosen places give the area to twelve digits; the nodes crowd towards the ends, where "
        "their rectangles are narrow.",
        "Above, the exponential between −1 and 1 and six rectangles, wide in the middle and narrow at the ends, each "
        "crossed by the curve at a dot. Below, the nodes of 1 to 16 points in rows that fan out towards both ends.",
    ),
    Figure(
        "where an adaptive rule looks",
        quad,
        _adaptive,
        "It halves where the error is, so that its points lie tens of thousands of times closer together at the peak "
        "than far from it.",
        "Above, a curve that is flat but for one narrow peak at 0.3. Below, the distance between neighbouring points "
        "of evaluation on a logarithmic axis: steps down from both sides to the peak.",
    ),
    Figure(
        "the error of chance",
        monte_carlo_integrate,
        _chance,
        "Four times as many points halve the error, as the standard error foretells: about two of three results lie in "
        "the dark band, nearly all in the light one.",
        "Errors of 24 estimates each from 16, 64, 256 and 1024 random points, scattered about zero in a band of one "
        "and a wider one of two standard errors, which narrow to the right like a funnel.",
    ),
    Figure(
        "chance and evenness",
        sobol,
        _evenly,
        "Chance leaves gaps and clusters; Sobol's points know of each other and fill the square.",
        "Two squares of 256 points each: on the left random ones in clumps, on the right scrambled points of Sobol's "
        "sequence at even distances.",
    ),
)
