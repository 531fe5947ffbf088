"""Rows of the gamma functions, complete and incomplete."""

from collections.abc import Callable
from functools import partial

import jax
import numpy as np
import scipy.special
from certificates.draws import arguments, decades, mixed, near, uniform
from certificates.exact import sharp, sized, slope
from certify import Row
from flint import arb

from mathml_jax.special import gamma, incomplete_gamma, incomplete_gamma_inverse


@sharp
def above(a: arb, x: arb) -> arb:
    """Q(a, x)."""
    return x.gamma_upper(a, regularized=1)


@sharp
def under(a: arb, x: arb) -> arb:
    """P(a, x)."""
    return 1 - x.gamma_upper(a, regularized=1)


def log_under(a: arb, x: arb) -> arb:
    """The logarithm of P."""
    p = under(a, x)
    return p.log() if p < 0.5 else (-above(a, x)).log1p()


def log_above(a: arb, x: arb) -> arb:
    """The logarithm of Q."""
    q = above(a, x)
    return q.log() if q < 0.5 else (-under(a, x)).log1p()


def density(a: arb, x: arb) -> arb:
    """The gamma density."""
    return ((a - 1) * x.log() - x - a.lgamma()).exp()


def quantile(a: arb, size: arb, lower: bool) -> arb:
    """Newton's iteration in log x, on the logarithm of the tail, from SciPy's quantile."""
    if (size > 0.5) is True:
        size, lower = 1 - size, not lower
    root = (((size if lower else 1 - size).log() + (a + 1).lgamma()) / a).exp()
    if root < 1e-18:
        return root + root * root / (a + 1)
    guess = scipy.special.gammaincinv if lower else scipy.special.gammainccinv
    x = arb(float(guess(float(a), float(size))))
    tail, sign = (under, 1) if lower else (above, -1)
    for _ in range(6):
        t = tail(a, x)
        x = arb((x * (sign * (size.log() - t.log()) * t / (x * density(a, x))).exp()).mid())
    return x


def zeta(order: int, x: arb) -> arb:
    """The derivative of digamma of some order, for positive x."""
    return (-1) ** (order + 1) * arb.fac_ui(order) * arb(order + 1).zeta(x)


def shapes(low: float, high: float, width: float | None) -> Callable[..., tuple[np.ndarray, ...]]:
    """Shapes a from 10^low to 10^high; x likewise, or where `width` is given so many standard deviations about a."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        a = decades(low, high)(rng, count, info)
        if width is None:
            return a, decades(low, high)(rng, count, info)
        x = a + width * np.sqrt(a) * rng.uniform(-1, 1, count)
        return a, np.where(x > a / 100, x, a * 10 ** rng.uniform(-3, 1, count))

    return draw


def normal(draw: Callable[..., tuple[np.ndarray, ...]]) -> Callable[..., tuple[np.ndarray, ...]]:
    """The same draws, but x = a where the lower tail is no normal number: derivatives of the tail are made from it."""

    def drawn(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        a, x = draw(rng, count, info)
        height = a * np.log(x) - x - scipy.special.gammaln(a + 1)
        return a, np.where(height > np.log(info.tiny), x, a)

    return drawn


_positive = arguments(
    mixed(decades(-10, 10), uniform(0.01, 5), near(1, decades((-9, -5), -1)), near(2, decades(-5, 0)))
)
_positive_domain = "1e-10 to 1e10, and near 1 and 2"
_negative = arguments(uniform(-30, 0))
_eps = "eps × max(1, size)"
Univariate = partial(Row, goal=16, goal_99=4)
Incomplete = partial(Row, goal=1000, goal_99=64, samples=2000)


def _reflected(x: arb) -> arb:
    return (arb.pi() / abs((arb.pi() * x).sin())).log() - (1 - x).lgamma()


def _log_slope(tail: Callable[[arb, arb], arb], sign: int) -> Callable[[arb, arb], arb]:
    return lambda a, x: sign * density(a, x) / tail(a, x)


_FUNCTIONS = (
    ("gammainc", incomplete_gamma.gammainc, under),
    ("gammainc_derivative", incomplete_gamma.gammainc_derivative, density),
    ("gammaincc", incomplete_gamma.gammaincc, above),
    ("gammaincc_derivative", incomplete_gamma.gammaincc_derivative, lambda a, x: -density(a, x)),
    ("log_gammainc", incomplete_gamma.log_gammainc, log_under),
    ("log_gammainc_derivative", incomplete_gamma.log_gammainc_derivative, _log_slope(under, 1)),
    ("log_gammaincc", incomplete_gamma.log_gammaincc, log_above),
    ("log_gammaincc_derivative", incomplete_gamma.log_gammaincc_derivative, _log_slope(above, -1)),
)
_IN_SHAPE = jax.vmap(jax.grad(incomplete_gamma.gammainc))
_slope_in_shape = slope(lambda a, x: -x.gamma_upper(a, regularized=1), 0)
_DOMAINS = (
    ("", shapes(-3, 2, None), "a, x in 1e-3 to 100"),
    (", large", shapes(-3, 5, 6), "a in 1e-3 to 1e5, x within 6 deviations"),
    (", very large", shapes(5, 8, 4), "a in 1e5 to 1e8, x within 4 deviations"),
)
_INVERSES = (
    ("gammaincinv", incomplete_gamma_inverse.gammaincinv, incomplete_gamma_inverse.gammaincinv_derivative, True),
    ("gammainccinv", incomplete_gamma_inverse.gammainccinv, incomplete_gamma_inverse.gammainccinv_derivative, False),
)
_inverse_domain = "a in 1e-3 to 1e5, 1e-300 (float32: 1e-36) to 1 - eps, no quantile subnormal"


def _shapes_and_tails(rng: np.random.Generator, count: int, info: np.finfo, lower: bool) -> tuple[np.ndarray, ...]:
    """Shapes, and lower or upper tails so large that neither they nor the quantiles underflow."""
    a = decades(-3, 5)(rng, count, info)
    least = np.maximum(1.0, -np.log10(info.tiny) - 8) * np.minimum(a, 1.0)
    sizes = mixed(uniform(0, 1), near(1, decades((-15, -6), -1)))(rng, count, info)
    far = 10.0 ** (-least * rng.uniform(size=count))
    sizes = np.where(rng.uniform(size=count) < 0.5, far, sizes)
    room = np.maximum(10.0**-least, info.eps)
    return a, np.clip(sizes, 10.0**-least, 1 - info.eps) if lower else np.clip(sizes, info.tiny, 1 - room)


def _inverse_slope(a: arb, size: arb, lower: bool) -> arb:
    return (1 if lower else -1) / density(a, quantile(a, size, lower))


ROWS = [
    Univariate("special.gammaln", gamma.gammaln, lambda x: x.lgamma(), _positive, _positive_domain),
    Univariate(
        "special.gammaln_derivative",
        gamma.gammaln_derivative,
        sized(lambda x: x.digamma()),
        _positive,
        _positive_domain,
        unit=_eps,
    ),
    Univariate("special.gammaln, negative", gamma.gammaln, sized(_reflected), _negative, "-30 to 0", unit=_eps),
    Univariate("special.digamma", gamma.digamma, sized(lambda x: x.digamma()), _positive, _positive_domain, unit=_eps),
    Univariate(
        "special.digamma, negative",
        gamma.digamma,
        sized(lambda x: x.digamma()),
        _negative,
        "-30 to 0",
        unit=_eps,
    ),
    Univariate("special.digamma_derivative", gamma.digamma_derivative, partial(zeta, 1), _positive, _positive_domain),
    Univariate("special.polygamma, n = 2", partial(gamma.polygamma, 2), partial(zeta, 2), _positive, _positive_domain),
    Univariate(
        "special.polygamma_derivative, n = 2",
        partial(gamma.polygamma_derivative, 2),
        partial(zeta, 3),
        arguments(decades(-8, 8)),
        "1e-8 to 1e8",
    ),
    *(
        Incomplete(f"special.{name}{suffix}", function, reference, draw, domain)
        for name, function, reference in _FUNCTIONS
        for suffix, draw, domain in _DOMAINS
    ),
    *(
        Incomplete(f"special.gammainc, derivative in a{suffix}", _IN_SHAPE, _slope_in_shape, draw, domain, goal_99=300)
        for suffix, draw, domain in ((s, normal(draw), f"{domain}, no tail subnormal") for s, draw, domain in _DOMAINS)
    ),
    *(
        Incomplete(name, function, reference, partial(_shapes_and_tails, lower=lower), _inverse_domain, samples=1000)
        for word, value, slope, lower in _INVERSES
        for name, function, reference in (
            (f"special.{word}", value, partial(quantile, lower=lower)),
            (f"special.{word}_derivative", slope, partial(_inverse_slope, lower=lower)),
        )
    ),
]
