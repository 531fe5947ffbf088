"""Features on one scale."""

import jax.numpy as jnp
import matplotlib.figure
import numpy as np
from jax import random

from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import SERIES, label, new_figure
from mathml_jax.preprocessing import standardize


@drawing()
def _scales() -> matplotlib.figure.Figure:
    figure, axes = new_figure(1, 2, height=2.7)
    before, after = axes[0]
    z = random.normal(random.key(2), (80, 2), jnp.float64)
    data = np.asarray(jnp.stack([170 + 9 * z[:, 0], 70 + 12 * (0.6 * z[:, 0] + 0.8 * z[:, 1])], -1))
    dots = {"markersize": 3.5, "alpha": 0.6, "markeredgewidth": 0}
    before.plot(*data.T, "o", color=SERIES[0], **dots)
    after.plot(*np.asarray(standardize(data)).T, "o", color=SERIES[0], **dots)
    before.set(xlim=(0, 210), ylim=(0, 210), aspect="equal")
    after.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), aspect="equal", xticks=range(-3, 4), yticks=range(-3, 4))
    label(before, "height (cm)", "weight (kg)")
    label(after, "height, standardized", "weight, standardized")
    return figure


FIGURES = (
    Figure(
        "features on one scale",
        standardize,
        _scales,
        "The same eighty people twice: in units, where the cloud is small and far from zero, and in standard "
        "deviations.",
        "Left: a small cloud of points, height against weight, far from the origin. Right: the same cloud "
        "standardized, round and centred on zero.",
    ),
)
