"""Rows of the law of von Mises, against integrals in ball arithmetic."""

from collections.abc import Callable
from functools import partial

import flint
import jax
import numpy as np
from certificates.draws import arguments, decades, mixed, uniform
from certificates.exact import sharp
from certify import Row
from flint import acb, arb

from mathml_jax.distributions import vonmises

_about = partial(Row, unit="eps × max(1, size)", goal=4, samples=2000)
_few = partial(Row, goal=1000, goal_99=64, samples=200)


def _bessel(k: arb) -> arb:
    return k.bessel_i(0, scaled=True)


def _mean(k: arb) -> arb:
    return k.bessel_i(1, scaled=True) / _bessel(k)


def log_density(x: arb, k: arb) -> arb:
    return -2 * k * (x / 2).sin() ** 2 - (2 * arb.pi() * _bessel(k)).log()


def _area(x: arb, k: arb, weight: Callable[[acb], acb] = lambda t: acb(1)) -> arb:
    """The integral of the density, times a weight, from |x| to pi, over the density at x."""
    before, flint.ctx.prec = flint.ctx.prec, 140
    try:
        x, high = abs(x), arb.pi()
        # Beyond it nothing is left.
        end = (x / 2).sin() ** 2 + 60 / k
        high = high if end >= 1 else 2 * end.sqrt().asin()
        level = 2 * (x / 2).sin() ** 2
        return acb.integral(lambda t, _: weight(t) * (k * (level - 2 * (t / 2).sin() ** 2)).exp(), x, high).real
    finally:
        flint.ctx.prec = before


def _tail(x: arb, k: arb) -> arb:
    return log_density(x, k).exp() * _area(x, k)


def below(x: arb, k: arb) -> arb:
    """The probability of at most x, for x from -pi to pi."""
    return _tail(x, k) if x < 0 else 1 - _tail(x, k)


def log_below(x: arb, k: arb) -> arb:
    """Its logarithm."""
    return log_density(x, k) + _area(x, k).log() if x < 0 else (-_tail(x, k)).log1p()


def _slope(x: arb, k: arb) -> tuple[arb, arb]:
    """The derivative of the probability in the concentration; near the mode, where it is 0, beside its terms."""
    density, mean = log_density(x, k).exp(), _mean(k)
    value = density * _area(x, k, lambda t: t.cos() - acb(mean))
    return (value if x < 0 else -value), max(abs(value), (1 - mean) * _tail(x, k))


def quantile(q: arb, k: arb) -> arb:
    """Newton's iteration on the logarithm of the smaller tail, after bisection in float64."""
    if q > 0.5:
        return -quantile(1 - q, k)
    if q == 0.5:
        return arb(0)
    flat = q / log_density(arb.pi(), k).exp()
    if flat < 1e-25:
        return flat - arb.pi()
    target, concentration = float(q.log()), float(k)
    nodes, weights = np.polynomial.legendre.leggauss(100)
    top = float(-(2 * arb.pi() * _bessel(k)).log())

    def log_tail(rest: float) -> float:
        width = min(rest, 12 / np.sqrt(concentration) if concentration > 0 else rest)
        t = np.pi - rest + width * (nodes + 1) / 2
        level = 2 * concentration * np.sin((np.pi - rest) / 2) ** 2
        falls = np.exp(level - 2 * concentration * np.sin(t / 2) ** 2)
        return float(top - level + np.log(np.sum(weights * falls) * width / 2))

    low, high = -700.0, float(np.log(np.pi))
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if log_tail(np.exp(middle)) < target else (low, middle)
    rest = arb(float(np.exp(low)))
    for _ in range(6):
        z = arb.pi() - rest
        area = _area(z, k)
        excess = log_density(z, k) + area.log() - q.log()
        rest = arb((rest - excess * area).mid())
        if abs(excess) < 1e-25:
            break
    return rest - arb.pi()


def _near_mode(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
    """Angles within some deviations of the mode, or anywhere on the circle; concentrations from 1e-3 to 1e8."""
    kappa = 10 ** rng.uniform(-3, 8, count)
    near = rng.normal(size=count) * 4 / np.sqrt(kappa + 0.2)
    x = np.where(rng.uniform(size=count) < 0.6, near, rng.uniform(-3.14, 3.14, count))
    return np.clip(x, -3.14, 3.14), kappa


def _above_underflow(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
    """Of these the ones whose tail does not underflow."""
    x, kappa = (a.astype(info.dtype) for a in _near_mode(rng, 4 * count, info))
    keep = 2.0 * kappa * np.sin(x / 2) ** 2 < (650 if info.bits == 64 else 70)
    return x[keep][:count], kappa[keep][:count]


_levels = mixed(uniform(0.001, 0.999), decades((-290, -35), 0))
_kappa = "kappa from 1e-3 to 1e8"

ROWS = [
    _about(
        "distributions.vonmises.logpdf",
        vonmises.logpdf,
        lambda x, k: (lambda value: (value, max(abs(value), arb(1))))(log_density(x, k)),
        _near_mode,
        f"x on the circle, half of them near the mode, {_kappa}",
    ),
    *(
        _few(f"distributions.vonmises.{name}", function, reference, _above_underflow, f"above underflow, {_kappa}")
        for name, function, reference in (
            ("pdf", vonmises.pdf, lambda x, k: log_density(x, k).exp()),
            ("cdf", vonmises.cdf, below),
            ("sf", vonmises.sf, lambda x, k: below(-x, k)),
        )
    ),
    *(
        _few(f"distributions.vonmises.{name}", function, reference, _near_mode, f"x on the circle, {_kappa}")
        for name, function, reference in (
            ("logcdf", vonmises.logcdf, log_below),
            ("logsf", vonmises.logsf, lambda x, k: log_below(-x, k)),
        )
    ),
    *(
        _few(
            f"distributions.vonmises.{name}",
            function,
            reference,
            arguments(_levels, decades(-3, 8)),
            f"q from 1e-290 (float32: 1e-35) to 0.999, {_kappa}",
        )
        for name, function, reference in (
            ("ppf", vonmises.ppf, quantile),
            ("isf", vonmises.isf, lambda q, k: -quantile(q, k)),
        )
    ),
    _few(
        "distributions.vonmises.cdf, slope in kappa",
        jax.vmap(jax.grad(vonmises.cdf, 1)),
        _slope,
        _above_underflow,
        f"above underflow, {_kappa}",
        unit="eps × max(size, (1 - A) × tail)",
    ),
    _few(
        "distributions.vonmises.entropy",
        vonmises.entropy,
        lambda k: (lambda value: (value, max(abs(value), arb(1))))(
            (2 * arb.pi() * _bessel(k)).log() + k * (1 - _mean(k))
        ),
        arguments(decades(-3, 8)),
        _kappa,
        unit="eps × max(1, size)",
    ),
    *(
        _few(
            f"distributions.vonmises.fisher_information, {name}",
            lambda k, i=i: vonmises.fisher_information(k)[..., i, i],
            sharp(reference),
            arguments(decades(-3, 8)),
            _kappa,
        )
        for name, i, reference in (
            ("concentration", 0, lambda k: 1 - _mean(k) / k - _mean(k) ** 2),
            ("place", 1, lambda k: k * _mean(k)),
        )
    ),
]
