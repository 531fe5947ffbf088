"""Intervals that miss, tails that count, the numbers that carry a p-value, a line through points."""

import jax.numpy as jnp
import matplotlib.figure
import numpy as np
from jax import random

from mathml_jax.distributions import norm, t
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, QUIET, SERIES, key, label, new_figure, say
from mathml_jax.stats import ci_mean, linregress, ttest_1samp, ttest_1samp_jacobian, ttest_ind, ztest_1samp


@drawing()
def _coverage() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.8)
    ax = axes[0, 0]
    samples = random.normal(random.key(3), (60, 10), jnp.float64)
    low, high = (np.asarray(end) for end in ci_mean(samples, sigma=1.0, axis=1))
    misses = (low > 0) | (high < 0)
    for of, color in ((~misses, SERIES[0]), (misses, SERIES[1])):
        ax.vlines(np.flatnonzero(of), low[of], high[of], color=color, linewidth=2.2)
    ax.axhline(0, color=INK, linewidth=1)
    key(ax, [f"{(~misses).sum()} cover the true mean", f"{misses.sum()} miss it"], at=(0.02, 0.98))
    ax.set_ylim(-1.5, 1.9)
    ax.grid(visible=False)
    label(ax, "60 samples of 10 numbers", "95% interval for the mean")
    return figure


@drawing()
def _tails() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.6)
    ax = axes[0, 0]
    sample = np.array([101.0, 104.5, 99.0, 106.0, 103.5, 108.0, 97.5, 105.0, 103.0])
    test = ztest_1samp(sample, 100.0, 5.0)
    z, p = abs(float(test.statistic)), float(test.pvalue)
    x = np.linspace(-4, 4, 161)
    density = np.asarray(norm.pdf(x))
    ax.plot(x, density, color=SERIES[0])
    for side in (x[x <= -z], x[x >= z]):
        ax.fill_between(side, np.asarray(norm.pdf(side)), color=SERIES[1], alpha=0.7)
    ax.vlines([-z, z], 0, 0.16, color=SERIES[1], linewidth=1)
    say(ax, z, 0.16, f"z = {z:.2f}", SERIES[1], xytext=(-6, 4))
    say(ax, -z, 0.16, f"p = {p:.2f}\nboth tails", SERIES[1], ha="right", xytext=(6, 4))
    ax.set_ylim(0, 0.43)
    label(ax, "z, if the population's mean is as claimed", "density")
    return figure


@drawing()
def _null() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.8)
    ax = axes[0, 0]
    treated = np.array([12.1, 15.4, 11.8, 16.9, 13.7, 14.8])
    control = np.array([11.2, 12.0, 10.4, 12.8, 11.5, 12.3, 10.9, 11.9])
    test = ttest_ind(treated, control, equal_var=False)
    at, df = float(test.statistic), float(test.df)
    x = np.linspace(-4.6, 4.6, 185)
    density = np.asarray(t.pdf(x, df))
    ax.plot(x, norm.pdf(x), color=QUIET, linewidth=1.2, linestyle=(0, (4, 3)))
    ax.plot(x, density, color=SERIES[0])
    for side in (x[x <= -at], x[x >= at]):
        ax.fill_between(side, np.asarray(t.pdf(side, df)), color=SERIES[1], alpha=0.7)
    ax.vlines([-at, at], 0, 0.12, color=SERIES[1], linewidth=1)
    say(ax, at, 0.12, f"t = {at:.2f}", SERIES[1], xytext=(-4, 4))
    say(ax, -at, 0.12, f"p = {float(test.pvalue):.3f}\nboth tails", SERIES[1], ha="right", xytext=(12, 4))
    key(ax, [f"Student, {df:.1f} degrees", "of freedom", "normal"], [SERIES[0], SERIES[0], QUIET], at=(0.98, 0.98))
    ax.set_ylim(0, 0.45)
    label(ax, "t, if both means are the same", "density")
    return figure


@drawing()
def _carriers() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=3.0)
    ax = axes[0, 0]
    sample = np.array([0.3, 0.9, 1.1, 1.4, 1.6, 1.9, 2.1, 2.6, 5.6])
    test, slopes = ttest_1samp(sample, 0.0), np.asarray(ttest_1samp_jacobian(sample, 0.0).pvalue)
    percent = 100 * slopes / float(test.pvalue)
    ax.axhline(0, color=INK, linewidth=1)
    for of, color in ((percent < 0, SERIES[0]), (percent > 0, SERIES[1])):
        ax.vlines(sample[of], 0, percent[of], color=color, linewidth=2.2)
        ax.plot(sample[of], percent[of], "o", color=color, markersize=7)
    say(ax, sample[4], percent[0], "more of these:\nmore significant", SERIES[0], va="bottom", xytext=(30, -4))
    say(
        ax,
        sample[-1],
        percent[-1],
        "more of this one: more\nspread than evidence",
        SERIES[1],
        ha="right",
        xytext=(-10, -20),
    )
    ax.set_xlim(left=0)
    ax.margins(x=0.06, y=0.14)
    label(
        ax,
        "the nine numbers, tested against a mean of 0",
        f"change of p = {float(test.pvalue):.3f} with each (% a unit)",
    )
    return figure


@drawing()
def _line() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.8)
    ax = axes[0, 0]
    noise, places = random.split(random.key(1))
    x = np.sort(np.asarray(random.uniform(places, (24,), jnp.float64, 0, 10)))
    y = 1 + 0.5 * x + np.asarray(random.normal(noise, (24,), jnp.float64))
    fit = linregress(x, y)
    slope, intercept = float(fit.slope), float(fit.intercept)
    ax.vlines(x, intercept + slope * x, y, color=SERIES[1], linewidth=1)
    ax.plot(x, y, "o", color=SERIES[1])
    ends = np.array([0.0, 10.0])
    ax.plot(ends, intercept + slope * ends, color=SERIES[0])
    words = f"slope {slope:.2f} ± {float(fit.stderr):.2f}\nr = {float(fit.rvalue):.2f}"
    ax.annotate(words, (0.98, 0.05), xycoords="axes fraction", color=SERIES[0], ha="right", va="bottom")
    label(ax, "x", "y")
    return figure


FIGURES = (
    Figure(
        "intervals that miss",
        ci_mean,
        _coverage,
        "Of many 95% intervals about one in twenty misses the truth, and none says that it is the one.",
        "Sixty vertical intervals, nearly all crossing the line of the true mean; the few that miss it have another "
        "colour.",
    ),
    Figure(
        "two tails",
        ztest_1samp,
        _tails,
        "The p-value is the area of what would be at least as far out, on either side, if the claim were true.",
        "The standard normal density with both tails beyond the observed z shaded.",
    ),
    Figure(
        "the null density",
        ttest_ind,
        _null,
        "With few numbers the tails are Student's, heavier than the normal law's, and the p-value is their area.",
        "The density of Student's law, in the tails above a dashed normal one; both tails beyond the observed t are "
        "shaded.",
    ),
    Figure(
        "who carries the significance",
        ttest_1samp,
        _carriers,
        "The derivative of the p-value in each number: to raise the outlier further would weaken the test, as that "
        "widens the spread faster than it moves the mean.",
        "A stem on each of nine numbers: those of the bulk point down, less and less, and that of the outlier points "
        "up.",
    ),
    Figure(
        "a line of least squares",
        linregress,
        _line,
        "No other line makes the sum of the squared upright distances smaller.",
        "Two dozen points scattered about a rising line, each joined to it by an upright stroke.",
    ),
)
