"""Rows of Kolmogorov's law: the function, its inverse, and the family."""

from functools import partial

import jax
from certificates.draws import arguments, decades, mixed, near, uniform
from certify import Row
from flint import arb

from mathml_jax.distributions import kstwobign
from mathml_jax.special import kolmogorov_limit as special


def upper(y: arb) -> arb:
    """The series of the upper tail; its terms alternate, so that none is needed beyond one of 400 bits."""
    return 2 * sum(((-1) ** (k - 1) * (-2 * k * k * y * y).exp() for k in range(1, 40)), arb(0))


def lower(y: arb) -> arb:
    """The series of the lower tail."""
    unit = arb.pi() ** 2 / (8 * y * y)
    return (2 * arb.pi()).sqrt() / y * sum(((-unit * n * n).exp() for n in range(1, 80, 2)), arb(0))


def density(y: arb) -> arb:
    """The slope of the lower tail."""
    if y > 0.8:
        return 8 * y * sum(((-1) ** (k - 1) * k * k * (-2 * k * k * y * y).exp() for k in range(1, 40)), arb(0))
    w = arb.pi() ** 2 / (4 * y * y)
    terms = ((n * n * w - 1) * (-w * n * n / 2).exp() for n in range(1, 80, 2))
    return (2 * arb.pi()).sqrt() / (y * y) * sum(terms, arb(0))


def below(y: arb) -> arb:
    """Probability of at most y."""
    return lower(y) if y < 0.8 else 1 - upper(y)


def above(y: arb) -> arb:
    """Probability of more."""
    return 1 - lower(y) if y < 0.8 else upper(y)


def log_below(y: arb) -> arb:
    """The logarithm of the one."""
    return lower(y).log() if y < 0.8 else (-upper(y)).log1p()


def log_above(y: arb) -> arb:
    """The logarithm of the other."""
    return (-lower(y)).log1p() if y < 0.8 else upper(y).log()


def log_density(y: arb) -> tuple[arb, arb]:
    """Beside the larger of its size and 1."""
    value = density(y).log()
    return value, max(abs(value), arb(1))


def quantile(p: arb, rest: arb) -> arb:
    """The y exceeded with probability p: Newton's iteration in the logarithm of the smaller tail."""
    far = p < 0.5
    y = ((2 / p).log() / 2).sqrt() if far else arb.pi() / (8 * ((2 * arb.pi()).sqrt() / rest).log()).sqrt()
    for _ in range(30):
        tail, sign = (above(y), 1) if far else (below(y), -1)
        missing = (log_above(y) - p.log()) if far else (log_below(y) - rest.log())
        step = sign * missing * tail / density(y)
        y = arb((y + step).mid())
        if abs(step) < 1e-60:
            break
    return y


def slope(p: arb, rest: arb) -> arb:
    """Its derivative in p."""
    return -1 / density(quantile(p, rest))


_y = arguments(mixed(uniform((0.042, 0.14), 1.2), uniform(0.8, (18, 6.4))))
_any = arguments(decades((-2, -2), 2))
_chances = arguments(mixed(uniform(0, 1), decades((-300, -36), 0), near(1, decades((-15, -6), -1))))
_of_y, _of_p = "y from 0.042 to 18 (float32: 0.14 to 6.4)", "p from 1e-300 (float32: 1e-36) to 1 - eps"
_of_any = "y from 0.01 to 100"
Slow = partial(Row, samples=2000)

ROWS = [
    Slow("special.kolmogorov", special.kolmogorov, above, _y, _of_y, 8),
    Slow("special.kolmogorov_derivative", special.kolmogorov_derivative, lambda y: -density(y), _y, _of_y, 16),
    Slow("special.kolmogi", special.kolmogi, lambda p: quantile(p, 1 - p), _chances, _of_p, 8),
    Slow("special.kolmogi_derivative", special.kolmogi_derivative, lambda p: slope(p, 1 - p), _chances, _of_p, 16),
    Slow("distributions.kstwobign.cdf", kstwobign.cdf, below, _y, _of_y, 8),
    Slow("distributions.kstwobign.pdf", kstwobign.pdf, density, _y, _of_y, 16),
    Slow("distributions.kstwobign.logcdf", kstwobign.logcdf, log_below, _any, _of_any, 8),
    Slow("distributions.kstwobign.logsf", kstwobign.logsf, log_above, _any, _of_any, 8),
    Slow("distributions.kstwobign.logpdf", kstwobign.logpdf, log_density, _any, _of_any, 4, "eps × max(1, size)"),
    Slow("distributions.kstwobign.ppf", kstwobign.ppf, lambda q: quantile(1 - q, q), _chances, _of_p, 8),
    Slow(
        "distributions.kstwobign.ppf, slope",
        jax.vmap(jax.grad(kstwobign.ppf)),
        lambda q: -slope(1 - q, q),
        _chances,
        _of_p,
        16,
    ),
]
