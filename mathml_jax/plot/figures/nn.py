"""The bends of a network, and its losses."""

import matplotlib.figure
import numpy as np
from matplotlib.patches import Rectangle

from mathml_jax.nn import (
    categorical_cross_entropy,
    mse,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_binary_cross_entropy,
    sigmoid_derivative,
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, QUIET, SERIES, key, label, new_figure, powers, say


@drawing()
def _temperature() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.8)
    ax = axes[0, 0]
    scores, temperatures = np.array([3.0, 2.0, 1.0, 0.0]), np.logspace(-1, 2, 91)
    p = np.asarray(softmax(scores / temperatures[:, None]))
    for i, color in enumerate(SERIES):
        ax.semilogx(temperatures, p[:, i], color=color)
        say(ax, temperatures[0], 0.62 - 0.11 * i, f"score {scores[i]:.0f}", color)
    ax.axhline(0.25, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
    powers(ax.xaxis)
    label(ax, "temperature T", "probability softmax(scores / T)")
    return figure


@drawing()
def _sigmoid() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.5)
    ax = axes[0, 0]
    x = np.linspace(-6, 6, 121)
    ax.plot(x, np.asarray(sigmoid(x)), color=SERIES[0])
    ax.plot(x, np.asarray(sigmoid_derivative(x)), color=SERIES[1], linewidth=1.6)
    say(ax, 1.5, float(sigmoid(1.5)), "sigmoid", SERIES[0], ha="right", xytext=(-8, 2))
    say(ax, 1.2, 0.18, "its derivative", SERIES[1], xytext=(8, 2))
    label(ax, "x")
    return figure


@drawing()
def _relu() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.5)
    ax = axes[0, 0]
    x = np.linspace(-2, 2, 81)
    ax.plot(x, np.asarray(relu(x)), color=SERIES[0])
    for side in (x[x < 0], x[x > 0]):
        ax.plot(side, np.asarray(relu_derivative(side)), color=SERIES[1], linewidth=1.6)
    ax.plot(0, float(relu_derivative(0.0)), "o", color=SERIES[1])
    say(ax, 1.6, 1.6, "relu", SERIES[0], ha="right", xytext=(-8, 2))
    say(ax, 2, 1, "its slope", SERIES[1], ha="right", va="top", xytext=(0, -6))
    label(ax, "x")
    return figure


@drawing()
def _cross_entropy() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.8)
    ax = axes[0, 0]
    p = np.linspace(0.003, 1, 200)
    loss = np.asarray(categorical_cross_entropy(np.stack([p, 1 - p], -1), np.broadcast_to([1.0, 0.0], (200, 2))))
    ax.plot(p, loss, color=SERIES[0])
    ax.plot(p, (1 - p) ** 2, color=SERIES[1], linewidth=1.6)
    key(ax, ["cross-entropy, −log p", "squared error, (1 − p)²"], at=(0.98, 0.98))
    ax.set_ylim(0, 5)
    label(ax, "probability p given to the true class", "loss")
    return figure


@drawing()
def _logistic_loss() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.6)
    ax = axes[0, 0]
    logits = np.linspace(-5, 5, 101)
    for y, color, at, side in ((1.0, SERIES[0], 15, "left"), (0.0, SERIES[1], 85, "right")):
        loss = np.asarray(sigmoid_binary_cross_entropy(logits, np.full_like(logits, y)))
        ax.plot(logits, loss, color=color)
        say(ax, logits[at], loss[at], f"label {y:.0f}", color, ha=side, xytext=(8 if side == "left" else -8, 2))
    label(ax, "logit", "loss")
    return figure


@drawing()
def _p_minus_y() -> matplotlib.figure.Figure:
    figure, axes = new_figure(1, 2, height=2.5, sharey=True)
    logits, y = np.array([2.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0])
    slopes = np.asarray(softmax_cross_entropy_gradient(logits, y))
    for ax, heights, name in zip(axes[0], (slopes + y, slopes), ("probabilities p", "gradient p − y"), strict=True):
        ax.bar(["2", "1, true", "0"], heights, 0.6, color=[SERIES[0], SERIES[1], SERIES[0]])
        for i, height in enumerate(heights):
            text = f"{height:.2f}".replace("-", "−")
            side = {"va": "bottom", "xytext": (0, 2)} if height > 0 else {"va": "top", "xytext": (0, -2)}
            say(ax, i, height, text, QUIET, ha="center", **side)
        ax.axhline(0, color=QUIET, linewidth=1)
        ax.spines["bottom"].set_visible(False)
        ax.set(ylim=(-1, 1), yticks=[-1, 0, 1])
        ax.grid(axis="x", visible=False)
        label(ax, "logit", name)
    return figure


@drawing()
def _squares() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.9)
    ax = axes[0, 0]
    targets, predictions = np.array([1.6, 1.1, 3.6, 2.6, 4.4]), np.array([1.0, 1.75, 2.5, 3.25, 4.0])
    x = np.arange(1.0, 6.0) * 1.4
    for place, target, prediction in zip(x, targets, predictions, strict=True):
        side = abs(target - prediction)
        ax.add_patch(Rectangle((place, min(target, prediction)), side, side, facecolor=SERIES[1], alpha=0.35))
    ax.plot(x, predictions, color=SERIES[0])
    ax.plot(x, targets, "o", color=SERIES[1])
    error = float(mse(predictions, targets))
    ax.add_patch(Rectangle((7.3, 1.3), error**0.5, error**0.5, facecolor=INK, alpha=0.3))
    say(ax, 7.3, 1.3, f"mean {error:.2f}", INK, va="top", xytext=(-4, -4))
    key(ax, ["predictions", "targets"])
    ax.set(aspect="equal", xlim=(0.9, 9.4), ylim=(0.4, 5.2), xticks=[])
    return figure


FIGURES = (
    Figure(
        "softmax under temperature",
        softmax,
        _temperature,
        "Cold, the largest score takes all; hot, all are equally likely.",
        "Probabilities of four scores against the temperature on a logarithmic axis: they fan in from 1 and 0 on the"
        " left to a quarter each on the right.",
    ),
    Figure(
        "sigmoid",
        sigmoid,
        _sigmoid,
        "Any number becomes a probability; the slope is steepest in the middle, a quarter, and dies away on both "
        "sides.",
        "An S-shaped curve from 0 to 1 and its derivative, a hump of height one quarter.",
    ),
    Figure(
        "relu",
        relu,
        _relu,
        "Nothing below zero, everything above; the slope jumps from 0 to 1, and at the corner it is taken as 0.",
        "A line that is level at zero and rises from there, and its derivative, a step from 0 to 1 with a dot at 0.",
    ),
    Figure(
        "the mean of the squares",
        mse,
        _squares,
        "Each error as the side of a square; the loss is the mean of their areas.",
        "Five points beside a line of predictions, a square on each vertical distance, and one grey square of the "
        "mean area.",
    ),
    Figure(
        "cross-entropy and squared error",
        categorical_cross_entropy,
        _cross_entropy,
        "Sure and wrong costs without limit under cross-entropy, and no more than 1 under the squared error.",
        "Loss against the probability given to the true class: cross-entropy falls from far above 5 to 0, the "
        "squared error from 1 to 0.",
    ),
    Figure(
        "loss of a logit",
        sigmoid_binary_cross_entropy,
        _logistic_loss,
        "On the wrong side the loss grows like the logit, on the right side it fades to nothing.",
        "Two mirrored curves of the loss against the logit, for label 1 and for label 0, that cross at zero.",
    ),
    Figure(
        "the gradient is p − y",
        softmax_cross_entropy,
        _p_minus_y,
        "Each class is pushed down by the probability it was given; the true one is lifted by what it lacks.",
        "Bars of three probabilities, 0.67, 0.24 and 0.09, and of the gradient: the same, but for the true class, "
        "which is 1 less.",
    ),
)
