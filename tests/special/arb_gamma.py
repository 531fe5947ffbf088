"""The gamma functions in Arb's certified arithmetic, with as many bits as their results need."""

import numpy as np
from flint import arb, ctx


def sharp(function):
    """The function, with so many bits that its result is known to eighty."""

    def at(*args):
        before = ctx.prec
        try:
            for ctx.prec in (before, 1600, 6000):
                result = function(*args)
                if result.rel_accuracy_bits() > 80:
                    break
        finally:
            ctx.prec = before
        return result

    return at


above = sharp(lambda a, x: x.gamma_upper(a, regularized=1))
below = sharp(lambda a, x: 1 - x.gamma_upper(a, regularized=1))


def log_below(a, x):
    return below(a, x).log() if below(a, x) < 0.5 else (-above(a, x)).log1p()


def log_above(a, x):
    return above(a, x).log() if above(a, x) < 0.5 else (-below(a, x)).log1p()


def density(a, x):
    return ((a - 1) * x.log() - x - a.lgamma()).exp()


@sharp
def slope_in_shape(a, x):
    step = a * arb(2) ** -60
    higher, lower = (x.gamma_upper(a + h, regularized=1) for h in (step, -step))
    return (lower - higher) / (2 * step)


@sharp
def curve_in_shape(a, x):
    step = a * arb(2) ** -40
    higher, here, lower = (x.gamma_upper(a + h, regularized=1) for h in (step, arb(0), -step))
    return (2 * here - higher - lower) / (step * step)


def zeta(order, x):
    return (-1) ** (order + 1) * arb.fac_ui(order) * arb(order + 1).zeta(x)


def points(dtype, low, high, count, spread):
    """Shapes from 10^low to 10^high, and x so many standard deviations about them at most."""
    draw = np.random.default_rng(0)
    a = 10 ** draw.uniform(low, high, count)
    x = a + spread * np.sqrt(a) * draw.uniform(-1, 1, count)
    x = np.where(x > a / 100, x, a * 10 ** draw.uniform(-3, 1, count))
    return a.astype(dtype), x.astype(dtype)


def ulps(got, true):
    """The error of every entry in ulps of the true value."""
    size = np.abs(np.vectorize(float, otypes=[float])(true)).astype(got.dtype)
    wrong = np.vectorize(lambda g, t: abs(float(arb(float(g)) - t)), otypes=[float])(got, true)
    return wrong / np.spacing(size).astype(float)
