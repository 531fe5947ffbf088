"""Families of laws with a parameter that moves, counts and their limit, data against a law, and digits in a tail."""

from math import factorial

import matplotlib.figure
import numpy as np
from jax import random

from mathml_jax.distributions import beta, binom, chi2, gamma, norm, poisson, t
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.laws import family, qq, stems
from mathml_jax.plot.style import SERIES, label, new_figure, powers, say


@drawing()
def _student() -> matplotlib.figure.Figure:
    return family(t, np.linspace(-5, 5, 161), df=(1, 3, 30))


@drawing()
def _gamma() -> matplotlib.figure.Figure:
    figure = family(gamma, np.linspace(0, 12, 161), a=(0.5, 1, 2, 5))
    figure.axes[0].set_ylim(0, 1)
    return figure


@drawing()
def _beta() -> matplotlib.figure.Figure:
    figure = family(beta, np.linspace(0, 1, 161), a=(0.5, 1, 2, 6), b=2)
    figure.axes[0].set_ylim(0, 3.2)
    return figure


@drawing()
def _poisson() -> matplotlib.figure.Figure:
    return family(poisson, range(21), mu=(1, 4, 10))


@drawing()
def _binom() -> matplotlib.figure.Figure:
    return family(binom, range(21), n=20, p=(0.1, 0.5, 0.8))


@drawing()
def _rare() -> matplotlib.figure.Figure:
    k, mean = np.arange(11), 3.0
    ps = [np.asarray(binom.pmf(k, n, mean / n)) for n in (6, 30)]
    names = ("6 trials", "30 trials", "without end: poisson")
    return stems(k, *ps, np.asarray(poisson.pmf(k, mean)), names=names, x_label="k", y_label="probability of k")


@drawing()
def _tails_of_data() -> matplotlib.figure.Figure:
    z = np.asarray(norm.rvs(random.key(4), size=(4, 80)))
    data = z[0] / np.sqrt(np.mean(z[1:] ** 2, axis=0))
    return qq(data, norm, x_label="quantile of the normal law", y_label="80 draws from t with df = 3")


@drawing()
def _digits() -> matplotlib.figure.Figure:
    # Loaded only when it is drawn: it takes a second.
    import scipy.stats

    figure, axes = new_figure(height=2.7)
    ax = axes[0, 0]
    df, x = 10, np.logspace(1, 5, 97)
    exact = np.log(sum((x / 2) ** k / factorial(k) for k in range(df // 2))) - x / 2
    with np.errstate(divide="ignore"):
        tails = (
            np.log(1 - scipy.stats.chi2.cdf(x, df)),
            scipy.stats.chi2.logsf(x, df),
            np.asarray(chi2.logsf(x, float(df))),
        )
    for tail, color, width in zip(tails, (SERIES[1], SERIES[2], SERIES[0]), (1.6, 4, 1.6), strict=True):
        wrong = np.nan_to_num(np.abs(tail / exact - 1), posinf=1.0)
        digits = -np.log10(np.clip(wrong, 1e-16, 1.0))
        end = len(x) if digits.all() else int(np.argmin(digits)) + 1
        ax.semilogx(x[:end], digits[:end], color=color, linewidth=width)
    say(ax, 60, 5, "log(1 − cdf)", SERIES[1], ha="right", xytext=(-6, 0))
    say(ax, 1500, 7, "SciPy's logsf\nends at 1,490", SERIES[2], xytext=(12, 0))
    say(ax, 2000, 15.4, "logsf", SERIES[0], va="top", xytext=(0, -6))
    powers(ax.xaxis)
    ax.set(yticks=[0, 4, 8, 12, 16], ylim=(-0.3, 16.6))
    label(ax, "x", "right digits of log P(X > x), chi2 with df = 10")
    return figure


FIGURES = (
    Figure(
        "Student's laws",
        t.pdf,
        _student,
        "With few degrees of freedom the tails are heavy: quantiles run away long before the ends; with thirty it is "
        "nearly a normal law.",
        "Three bells for 1, 3 and 30 degrees of freedom, the first the lowest with the heaviest tails; below them "
        "their distribution functions and the mirror images of those, the quantiles, steepest at the ends for 1.",
    ),
    Figure(
        "the shapes of the gamma law",
        gamma.pdf,
        _gamma,
        "The more waiting times are added up, the farther from zero and the nearer to a bell.",
        "Four densities on the positive numbers: for a = 0.5 infinite at zero, for 1 a falling exponential, for 2 and "
        "5 humps ever farther to the right; below them distribution functions and quantiles.",
    ),
    Figure(
        "the shapes of the beta law",
        beta.pdf,
        _beta,
        "With b = 2, a larger a pulls the share to the right.",
        "Four densities between 0 and 1: one falling from infinity, a falling line, a parabola, a hump near 0.8; below "
        "them distribution functions and quantiles.",
    ),
    Figure(
        "how often something rare happens",
        poisson.pmf,
        _poisson,
        "The mean is also the variance: the larger, the wider; quantiles climb in whole steps.",
        "Stems of the probabilities of 0 to 20 events for means of 1, 4 and 10, and staircases of the distribution "
        "functions and of the quantiles.",
    ),
    Figure(
        "how many of twenty",
        binom.pmf,
        _binom,
        "Widest where a success is as likely as a failure.",
        "Stems of the probabilities of 0 to 20 successes in 20 trials for p of 0.1, 0.5 and 0.8, and staircases of "
        "the distribution functions and of the quantiles.",
    ),
    Figure(
        "many trials, rare successes",
        binom.logpmf,
        _rare,
        "Three successes are expected each time; the more trials they are spread over, the nearer to the Poisson law.",
        "Stems of the probabilities of 0 to 10 successes for 6 trials, for 30 and for the Poisson law: the last two "
        "nearly alike, the first more pointed.",
    ),
    Figure(
        "data against a law",
        norm.ppf,
        _tails_of_data,
        "In the middle heavy-tailed data pass for normal; at both ends they leave the band in which 95 of 100 points "
        "would lie.",
        "Eighty sorted observations against normal quantiles: along the diagonal in the middle, below its band on the "
        "left and above it on the right, where the points have another colour.",
    ),
    Figure(
        "digits in the tail",
        chi2.logsf,
        _digits,
        "One minus the cdf loses a digit for each factor of ten, the logarithm of a tail ends where the tail is too "
        "small for a float; computed as a logarithm it keeps all digits.",
        "Right digits against x on a logarithmic axis: log(1 − cdf) falls from 16 to 0 at about 75, SciPy's logsf "
        "drops to 0 at 1,490, and logsf stays at about 16 up to 100,000.",
    ),
)
