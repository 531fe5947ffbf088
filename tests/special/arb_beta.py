"""The beta law and Student's in Arb's certified arithmetic, by a hypergeometric series without negative terms."""

import numpy as np
from flint import arb

from tests.special.arb_gamma import sharp


def weight(a, b, x):
    """The logarithm of x^a (1 - x)^b / (a B(a, b))."""
    return a * x.log() + b * (1 - x).log() + (a + b).lgamma() - (a + 1).lgamma() - b.lgamma()


def log_tail(a, b, x):
    return weight(a, b, x) + x.hypgeom_2f1(a + b, 1, a + 1).log()


@sharp
def log_below(a, b, x):
    """From the side on which x lies of the mean."""
    return log_tail(a, b, x) if x * (a + b) <= a else (-log_tail(b, a, 1 - x).exp()).log1p()


@sharp
def below(a, b, x):
    return log_tail(a, b, x).exp() if x * (a + b) <= a else 1 - log_tail(b, a, 1 - x).exp()


def above(a, b, x):
    return below(b, a, 1 - x)


def log_above(a, b, x):
    return log_below(b, a, 1 - x)


def density(a, b, x):
    return (weight(a, b, x) + a.log()).exp() / (x * (1 - x))


def betaln(a, b):
    return a.lgamma() + b.lgamma() - (a + b).lgamma()


def slope(function, place):
    """The derivative in one argument, by a central difference with so many bits that its error is none."""

    @sharp
    def at(*args):
        step = args[place] * arb(2) ** -70
        higher, lower = (function(*args[:place], args[place] + h, *args[place + 1 :]) for h in (step, -step))
        return (higher - lower) / (2 * step)

    return at


def student(df, t):
    half = below(df / 2, arb(0.5), df / (df + t * t)) / 2
    return half if t < 0 else 1 - half


def log_student(df, t):
    return log_below(df / 2, arb(0.5), df / (df + t * t)) - arb(2).log()


def log_student_density(df, t):
    half = ((df + 1) / 2).lgamma() - (df / 2).lgamma() - (arb.pi() * df).log() / 2
    return half - (df + 1) / 2 * (t * t / df).log1p()


def student_density(df, t):
    return log_student_density(df, t).exp()


def points(dtype, low, high, count, spread=4.0):
    """Shapes from 10^low to 10^high; x about the mean, anywhere, and near 0."""
    draw = np.random.default_rng(0)
    a, b = 10.0 ** draw.uniform(low, high, (2, 3 * count))
    mean = a / (a + b)
    about = mean + spread * draw.uniform(-1, 1, 3 * count) * np.sqrt(mean * (1 - mean) / (a + b + 1))
    tiny = 10.0 ** draw.uniform(-30 if dtype == np.float64 else -6, 0, count)
    x = np.concatenate([about[:count], draw.uniform(size=count), tiny])
    a, b, x = (v.astype(dtype) for v in (a, b, np.where(x > 0, x, 0.5)))
    y = np.maximum(1 - x, np.finfo(dtype).tiny)
    log = np.where(x < mean, a * np.log(x / mean), b * np.log(y / (1 - mean)))
    keep = (x < 1) & ~np.isnan(log) & (log > (-600 if dtype == np.float64 else -60))
    return a[keep], b[keep], x[keep]
