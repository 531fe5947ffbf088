"""The bell, and the share of it to the left."""

import matplotlib.figure
import numpy as np

from mathml_jax.distributions import norm
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import SERIES, label, new_figure, powers, say

_ARROW = {"arrowstyle": "-|>", "color": SERIES[0], "linewidth": 1, "shrinkA": 0, "shrinkB": 0}


@drawing()
def _density() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    x = np.linspace(-3.8, 3.8, 153)
    density = np.asarray(norm.pdf(x))
    for reach, opacity in ((3, 0.15), (2, 0.2), (1, 0.3)):
        inside = np.abs(x) <= reach
        ax.fill_between(x[inside], density[inside], color=SERIES[0], alpha=opacity)
        share = float(norm.cdf(float(reach)) - norm.cdf(-float(reach)))
        height = 0.01 - 0.055 * reach
        ax.annotate(f"{share:.1%}", (0, height), color=SERIES[0], ha="center", va="center", fontsize=10)
        for side in (-1, 1):
            ax.annotate("", (side * reach, height), (side * 0.5, height), arrowprops=_ARROW)
    ax.plot(x, density, color=SERIES[0])
    ax.set(ylim=(-0.19, 0.43), xticks=range(-3, 4), yticks=[0, 0.1, 0.2, 0.3, 0.4])
    label(ax, "standard deviations from the mean", "density")
    return figure


@drawing()
def _share() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    x = np.linspace(-3.5, 3.5, 141)
    ax.plot(x, np.asarray(norm.cdf(x)), color=SERIES[0])
    at = float(norm.ppf(0.975))
    ax.plot([at, at, -3.5], [0, 0.975, 0.975], color=SERIES[1], linewidth=1.2, linestyle=(0, (4, 3)))
    say(ax, -3.5, 0.975, "97.5%", SERIES[1], va="top", xytext=(3, -4))
    say(ax, at, 0, f"ppf(0.975) = {at:.2f}", SERIES[1], ha="right", xytext=(-5, 5))
    ax.set_ylim(0, 1.05)
    label(ax, "x", "probability of a value up to x")
    return figure


@drawing()
def _tail() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.6)
    ax = axes[0, 0]
    x = np.linspace(0, 12, 97)
    exact, naive = np.exp(np.asarray(norm.logsf(x))), 1 - np.asarray(norm.cdf(x))
    ax.semilogy(x, exact, color=SERIES[0])
    ax.semilogy(x[naive > 0], naive[naive > 0], color=SERIES[1], linestyle=(0, (1, 1.5)), linewidth=3)
    say(ax, x[72], exact[72], "sf(x)", SERIES[0], xytext=(6, 2))
    say(ax, x[naive > 0][-1], naive[naive > 0][-1], "1 − cdf(x) ends here", SERIES[1], ha="right", xytext=(-12, -6))
    powers(ax.yaxis)
    label(ax, "x", "probability of a value beyond x")
    return figure


FIGURES = (
    Figure(
        "the normal density",
        norm.pdf,
        _density,
        "Two thirds of all values lie within one standard deviation of the mean, nearly all within three.",
        "The bell curve, shaded within one, two and three standard deviations of the mean, which hold 68.3%, 95.4% and "
        "99.7% of it.",
    ),
    Figure(
        "the normal distribution function",
        norm.cdf,
        _share,
        "Read upwards it is the cdf; read from the share back to x, the ppf.",
        "An S-shaped curve from 0 to 1; a dashed line leads from 97.5% across to the curve and down to 1.96.",
    ),
    Figure(
        "the normal tail",
        norm.sf,
        _tail,
        "Far out, one minus the cdf is rounding and then nothing; the survival function keeps its digits.",
        "Probability beyond x on a logarithmic axis: the survival function bends on down past 10⁻³⁰, while one minus "
        "the cdf stops at 10⁻¹⁶.",
    ),
)
