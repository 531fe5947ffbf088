"""How fast the power iteration finds an eigenvector."""

import jax
import matplotlib.figure
import numpy as np

from mathml_jax.linalg import power_iteration
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import SERIES, label, new_figure, powers, say


@drawing()
def _power_iteration() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    ratios, steps = (0.9, 0.7, 0.4), 30
    matrices = np.stack([np.diag([1.0, ratio]) for ratio in ratios])
    one_more = jax.jit(jax.vmap(lambda a, v: power_iteration(a, v, steps=1).eigenvector))
    vectors = [np.full((len(ratios), 2), 0.5**0.5)]
    for _ in range(steps):
        vectors.append(one_more(matrices, vectors[-1]))
    angles = np.asarray(vectors)
    errors = np.abs(angles[:, :, 1] / angles[:, :, 0])
    count = np.arange(steps + 1)
    for ratio, error, color in zip(ratios, errors.T, SERIES, strict=False):
        seen = error > 1e-7
        ax.semilogy(count[seen], error[seen], "o", color=color, markersize=4)
        ax.semilogy(count[seen], error[0] * ratio ** count[seen], color=color, linewidth=1)
        middle = seen.sum() // 2
        say(ax, middle, error[middle], f"ratio {ratio}", color)
    powers(ax.yaxis)
    label(ax, "step", "tangent of the angle to the eigenvector")
    return figure


FIGURES = (
    Figure(
        "power iteration",
        power_iteration,
        _power_iteration,
        "Each step shrinks the error by the ratio of the second eigenvalue to the first: dots computed, lines "
        "foretold.",
        "Angle to the eigenvector against the step, on a logarithmic axis, for ratios 0.9, 0.7 and 0.4: three straight "
        "rows of dots on their lines, the steeper the smaller the ratio.",
    ),
)
