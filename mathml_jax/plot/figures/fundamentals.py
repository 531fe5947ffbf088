"""Growth, and the soft maximum."""

import matplotlib.figure
import numpy as np

from mathml_jax.fundamentals import exponential_growth, logsumexp
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import QUIET, SERIES, key, label, new_figure, powers, say


@drawing()
def _growth() -> matplotlib.figure.Figure:
    figure, axes = new_figure(1, 2, height=2.5)
    t = np.linspace(0, 6, 61)
    for ax, scale in zip(axes[0], ("linear", "log"), strict=True):
        ax.set_yscale(scale)
        for rate, color in zip((0.5, 0.3, -0.3), SERIES, strict=False):
            x = np.asarray(exponential_growth(t, 1.0, rate))
            ax.plot(t, x, color=color)
        label(ax, "time", "amount" if scale == "linear" else "the same, logarithmic")
    key(axes[0, 0], ["r = 0.5", "r = 0.3", "r = −0.3"])
    powers(axes[0, 1].yaxis)
    return figure


@drawing()
def _soft_maximum() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.5)
    ax = axes[0, 0]
    x = np.linspace(-5, 5, 101)
    soft = np.asarray(logsumexp(np.stack([x, np.zeros_like(x)], -1), axis=-1))
    ax.plot(x, np.maximum(x, 0), color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
    ax.plot(x, soft, color=SERIES[0])
    say(ax, -1.2, soft[38], "logsumexp(x, 0)", SERIES[0], ha="right", xytext=(0, 8))
    say(ax, 2.2, 2.2, "max(x, 0)", QUIET, xytext=(8, -12))
    label(ax, "x")
    return figure


FIGURES = (
    Figure(
        "exponential growth",
        exponential_growth,
        _growth,
        "Three rates from the same start: curves over a plain axis, straight lines over a logarithmic one.",
        "Two panels of the amount against time for rates 0.5, 0.3 and −0.3. On the left two curves rise ever faster "
        "and one decays; on the right, on a logarithmic axis, all three are straight.",
    ),
    Figure(
        "logsumexp as a soft maximum",
        logsumexp,
        _soft_maximum,
        "Of x and 0 it returns nearly the larger one, without the corner.",
        "The maximum of x and 0, with a corner at 0, and logsumexp of both, a smooth curve just above it.",
    ),
)
