"""What decides how a descent ends: the start and the rate, the schedule, the curvature, the penalty."""

import jax
import jax.numpy as jnp
import matplotlib.figure
import numpy as np

from mathml_jax.optimize import (
    cosine_decay_schedule,
    cosine_onecycle_schedule,
    gradient_descent,
    lr_stability_limit,
    noam_schedule,
    prox_l1,
    prox_squared_l2,
    quadratic,
    trajectory,
    warmup_cosine_decay_schedule,
)
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, QUIET, SERIES, key, label, new_figure, powers, say


@drawing()
def _basins() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=3.3)
    ax = axes[0, 0]
    rates, starts = jnp.linspace(0.02, 1.6, 160), jnp.linspace(-2.2, 2.2, 240)

    def end(rate: jax.Array, start: jax.Array) -> jax.Array:
        path = trajectory(gradient_descent(rate), lambda x: (x**2 - 1) ** 2 / 4, start, 300, records=1)
        settled = path.gradient_norm[-1] < 1e-6
        return jnp.where(settled, jnp.where(path.x[-1] > 0, 1, 0), 2)

    ends = np.asarray(jax.jit(jax.vmap(jax.vmap(end, (None, 0)), (0, None)))(rates, starts))
    for which, color in enumerate((SERIES[0], SERIES[1], QUIET)):
        alpha = 0.3 if which == 2 else 0.85
        ax.contourf(starts, rates, ends == which, levels=[0.5, 1.5], colors=[color], alpha=alpha)
    ax.axhline(1, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    say(ax, -2.15, 1.0, "2 / L", INK)
    ax.grid(visible=False)
    label(ax, "start", "learning rate")
    return figure


@drawing()
def _schedules() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    steps = np.arange(1001)
    schedules = {
        "cosine": cosine_decay_schedule(1.0, 1000),
        "warm-up and cosine": warmup_cosine_decay_schedule(0.0, 1.0, 100, 1000),
        "one cycle": cosine_onecycle_schedule(1000, 1.0),
        "Noam": noam_schedule(1, 100, 10.0),
    }
    for schedule, color in zip(schedules.values(), SERIES, strict=True):
        ax.plot(steps, np.asarray(schedule(steps)), color=color)
    key(ax, list(schedules), at=(0.98, 0.98))
    label(ax, "step", "learning rate ÷ its highest")
    return figure


@drawing()
def _edge() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.8)
    ax = axes[0, 0]
    ax.set_yscale("log")
    curvatures, nothing = jnp.diag(jnp.array([1.0, 8.0])), jnp.zeros(2)
    limit = float(lr_stability_limit(curvatures))
    rates = jnp.linspace(0.02, 1.25 * limit, 200)

    def losses(rate: jax.Array) -> jax.Array:
        path = trajectory(
            gradient_descent(rate), lambda x: quadratic(x, curvatures, nothing), jnp.ones(2), 40, records=2
        )
        return path.fun

    found = np.asarray(jax.jit(jax.vmap(losses))(rates))
    for column, color, words, lift in ((1, SERIES[1], "after 20 steps", 8), (2, SERIES[0], "after 40", -18)):
        ax.plot(rates, found[:, column], color=color)
        say(ax, rates[60], found[60, column], words, color, xytext=(0, lift))
    ax.axvline(limit, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
    say(ax, limit, found[0, 1], "2 / L", xytext=(-34, 30))
    ax.set_ylim(1e-11, 1e4)
    powers(ax.yaxis)
    label(ax, "learning rate", "loss")
    return figure


@drawing()
def _proximal() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    x = np.linspace(-3, 3, 241)
    ax.plot(x, x, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
    for operator, color in ((prox_l1, SERIES[0]), (prox_squared_l2, SERIES[1])):
        ax.plot(x, np.asarray(operator(x, 1.0)), color=color)
    key(ax, ["of |x|: exact zeros", "of x² / 2: all smaller"])
    label(ax, "before", "after")
    return figure


FIGURES = (
    Figure(
        "which minimum, by start and rate",
        trajectory,
        _basins,
        "Where gradient descent ends on a double well: in the left minimum, in the right one, or in neither "
        "(grey): short steps divide the starts cleanly, long ones leap across, and above the limit nothing settles.",
        "A map over start and learning rate in two colours and grey: two halves at small rates, interleaved bands "
        "above, grey where nothing settles.",
    ),
    Figure(
        "four schedules",
        warmup_cosine_decay_schedule,
        _schedules,
        "A thousand steps of four schedules: the rise keeps the first steps short, the fall ends in ever smaller ones.",
        "Four curves of the learning rate against the step: one falls along half a wave, two rise first, the last "
        "rises in a line and falls like one over a root.",
    ),
    Figure(
        "the edge of stability",
        lr_stability_limit,
        _edge,
        "The loss after so many steps at every learning rate: best a little below two over the largest curvature, and "
        "lost beyond it.",
        "Two valleys of the loss against the learning rate on a logarithmic axis that meet at a dashed line and rise "
        "steeply beyond it.",
    ),
    Figure(
        "two proximal operators",
        prox_l1,
        _proximal,
        "The penalty on the size moves everything by the same amount and cuts what is smaller to 0; the penalty on the "
        "square shrinks all in proportion.",
        "Two lines through 0: one flat between -1 and 1 and parallel to the diagonal beyond, one at half its slope.",
    ),
)
