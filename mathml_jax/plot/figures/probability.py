"""What a positive test says."""

import matplotlib.figure
import numpy as np

from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import SERIES, label, new_figure, say
from mathml_jax.probability import bayes_theorem


@drawing()
def _positive_test() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.9)
    ax = axes[0, 0]
    ill = np.logspace(-4, 0, 81)[:-1]
    priors = np.stack([ill, 1 - ill], -1)
    for false_alarms, color in zip((0.001, 0.01, 0.1), SERIES, strict=False):
        likelihood = np.broadcast_to([0.9, false_alarms], priors.shape)
        posterior = np.asarray(bayes_theorem(priors, likelihood))[:, 0]
        ax.semilogx(ill, posterior, color=color)
        half = int(np.argmin(np.abs(posterior - 0.55)))
        say(ax, ill[half], posterior[half], f"{false_alarms:.1%}".replace(".0", ""), color, ha="right", xytext=(-4, 0))
    ax.set_xticks([1e-4, 1e-3, 1e-2, 1e-1, 1], ["0.01%", "0.1%", "1%", "10%", "100%"])
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    label(ax, "how many are ill before the test", "probability of being ill after a positive test")
    return figure


FIGURES = (
    Figure(
        "a positive test",
        bayes_theorem,
        _positive_test,
        "A test that finds 90% of the ill, at three rates of false alarms: where the illness is rare, most alarms "
        "are false.",
        "Probability of being ill after a positive test against how common the illness is, on a logarithmic axis: "
        "three S-shaped curves, for 0.1%, 1% and 10% false alarms, the last far to the right.",
    ),
)
