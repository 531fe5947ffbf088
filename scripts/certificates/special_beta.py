"""Rows of the beta function, the incomplete one, its inverse, and Student's law."""

from collections.abc import Callable
from functools import partial

import jax
import numpy as np
import scipy.special
from certificates.draws import Draw, arguments, decades, mixed, uniform
from certificates.exact import sharp, slope
from certify import Row
from flint import arb

from mathml_jax.special import beta, incomplete_beta, incomplete_beta_inverse, student

Points = Callable[[np.random.Generator, int, np.finfo], tuple[np.ndarray, ...]]


def log_tail(a: arb, b: arb, x: arb) -> arb:
    """The logarithm of I_x(a, b) by a hypergeometric series without negative terms."""
    weight = a * x.log() + b * (1 - x).log() + (a + b).lgamma() - (a + 1).lgamma() - b.lgamma()
    return weight + x.hypgeom_2f1(a + b, 1, a + 1).log()


@sharp
def below(a: arb, b: arb, x: arb) -> arb:
    """I_x(a, b), from the side on which x lies of the mean."""
    return log_tail(a, b, x).exp() if x * (a + b) <= a else 1 - log_tail(b, a, 1 - x).exp()


@sharp
def log_below(a: arb, b: arb, x: arb) -> arb:
    """Its logarithm."""
    return log_tail(a, b, x) if x * (a + b) <= a else (-log_tail(b, a, 1 - x).exp()).log1p()


def above(a: arb, b: arb, x: arb) -> arb:
    """1 - I_x(a, b)."""
    return below(b, a, 1 - x)


def log_above(a: arb, b: arb, x: arb) -> arb:
    """Its logarithm."""
    return log_below(b, a, 1 - x)


def density(a: arb, b: arb, x: arb) -> arb:
    """The derivative of I in x."""
    log_beta = a.lgamma() + b.lgamma() - (a + b).lgamma()
    return ((a - 1) * x.log() + (b - 1) * (1 - x).log() - log_beta).exp()


def betaln(a: arb, b: arb) -> tuple[arb, arb]:
    """log B(a, b), measured against 1 near its zeros."""
    value = a.lgamma() + b.lgamma() - (a + b).lgamma()
    return value, abs(value) if abs(value) > 1 else arb(1)


def slope_in_shape(place: int) -> Callable[..., arb]:
    """The derivative of I in a or b, by way of the smaller tail."""

    def at(a: arb, b: arb, x: arb) -> arb:
        lower = x * (a + b) <= a

        def tail(a: arb, b: arb, x: arb) -> arb:
            return log_tail(a, b, x).exp() if lower else -log_tail(b, a, 1 - x).exp()

        return slope(tail, place)(a, b, x)

    return at


@sharp
def quantile(a: arb, b: arb, p: arb) -> arb:
    """The x with lower tail p: Newton's iteration in the log-odds, on the logarithm of the smaller tail."""
    if p > 0.5:
        return 1 - _quantile(b, a, 1 - p)
    return _quantile(a, b, p)


def _quantile(a: arb, b: arb, p: arb, odds: arb | None = None) -> arb:
    if odds is None:
        # The line that the logarithm of the tail stays under: from there every step is one upwards.
        odds = (p.log() + a.log() + a.lgamma() + b.lgamma() - (a + b).lgamma()) / a
    for _ in range(60):
        x = arb((1 / (1 + (-odds).exp())).mid())
        missing = p.log() - log_below(a, b, x)
        step = missing * below(a, b, x) / (density(a, b, x) * x * (1 - x))
        odds = arb((odds + step).mid())
        if abs(step) < 1e-40:
            break
    return 1 / (1 + (-odds).exp())


def student_below(df: arb, t: arb) -> arb:
    """Student's distribution function."""
    half = below(df / 2, arb(0.5), df / (df + t * t)) / 2
    return half if t < 0 else 1 - half


def log_student(df: arb, t: arb) -> arb:
    """Its logarithm."""
    tail = log_below(df / 2, arb(0.5), df / (df + t * t)) - arb(2).log()
    return tail if t < 0 else (-tail.exp()).log1p()


def student_density(df: arb, t: arb) -> arb:
    """Student's density."""
    half = (((df + 1) / 2).lgamma() - (df / 2).lgamma()).exp() / (arb.pi() * df).sqrt()
    return half * (-(df + 1) / 2 * (t * t / df).log1p()).exp()


@sharp
def student_quantile(df: arb, p: arb) -> arb:
    """By way of the beta law's, y with y / (1 - y) = t^2 / df; near the centre from the centre. From SciPy's."""
    tail = p if p < 0.5 else 1 - p
    about = arb(float(scipy.special.stdtrit(float(df), float(tail))))
    odds = (about * about / df).log() if about.is_finite() and about != 0 else None
    if tail > 0.25:
        y = _quantile(arb(0.5), df / 2, 1 - 2 * tail, odds)
        size = (df * y / (1 - y)).sqrt()
    else:
        x = _quantile(df / 2, arb(0.5), 2 * tail, odds if odds is None else -odds)
        size = (df * (1 - x) / x).sqrt()
    return -size if p < 0.5 else size


def law(low: float, high: float) -> Points:
    """Shapes between two powers of ten; x about the mean, or anywhere; nothing that underflows."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        many = 20 * count
        a, b = 10.0 ** rng.uniform(low, high, (2, many))
        mean = a / (a + b)
        about = mean + rng.uniform(-8, 8, many) * np.sqrt(mean * (1 - mean) / (a + b + 1))
        x = np.where(rng.uniform(size=many) < 0.5, about, rng.uniform(size=many))
        a, b, x = (v.astype(info.dtype) for v in (a, b, x))
        with np.errstate(all="ignore"):
            deviance = a * np.log(x / mean) + b * np.log((1 - x) / (1 - mean))
            keep = (x > 0) & (x < 1) & (deviance > (-600 if info.bits == 64 else -60))
        return tuple(v[keep][:count] for v in (a, b, x))

    return draw


def positive(points: Points, least: float) -> Points:
    """Only those whose quantile is not below the smallest number: with shapes not too small, or p not too small."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        a, b, p = points(rng, 8 * count, info)
        room = -np.log(float(info.tiny)) - 20
        keep = (-np.log(p) < least * room * a) & (-np.log1p(-p) < least * room * b)
        return tuple(v[keep][:count] for v in (a, b, p))

    return draw


def mirrored(points: Points) -> Points:
    """With a and b exchanged."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        a, b, p = points(rng, count, info)
        return b, a, p

    return draw


_small, _wide = law(-1, 2), law(-3, 5)
_chances: Draw = mixed(uniform(0, 1), decades((-300, -36), 0))
_quantiles = positive(arguments(decades(-1, 2), decades(-1, 2), _chances), 0.9)
_t = arguments(mixed(decades(0, 3), decades(-1, 8)), mixed(uniform(-12, 3), uniform(-3, 3)))
_chances_of_t = arguments(mixed(decades(0, 3), decades(0.5, 8)), _chances)
_of_small, _of_wide = "a, b from 0.1 to 100", "a, b from 1e-3 to 1e5"
_of_quantiles = f"{_of_small}; p from 1e-300 (float32: 1e-36) to 1 - eps"
_of_t, _of_chances = "df from 0.1 to 1e8; t from -12 to 3", "df from 1 to 1e8; p from 1e-300 (float32: 1e-36) to 1"

Slow = partial(Row, samples=1500, goal_99=64)
inc, inv = incomplete_beta, incomplete_beta_inverse

ROWS = [
    Row(
        "special.betaln",
        beta.betaln,
        betaln,
        arguments(decades(-3, 8), decades(-3, 8)),
        "a, b from 1e-3 to 1e8",
        16,
        "eps max(1, |v|)",
    ),
    Row(
        "special.betaln_derivative",
        beta.betaln_derivative,
        lambda a, b: a.digamma() - (a + b).digamma(),
        arguments(decades(-3, 8), decades(-3, 8)),
        "a, b from 1e-3 to 1e8",
        16,
    ),
    Slow("special.betainc", inc.betainc, below, _small, _of_small, 1000),
    Slow("special.betainc, wide", inc.betainc, below, _wide, _of_wide, 1000),
    Slow("special.betainc_derivative", inc.betainc_derivative, density, _wide, _of_wide, 100),
    Slow("special.betainc, slope in a", jax.vmap(jax.grad(inc.betainc)), slope_in_shape(0), _wide, _of_wide, 300),
    Slow("special.betainc, slope in b", jax.vmap(jax.grad(inc.betainc, 1)), slope_in_shape(1), _wide, _of_wide, 300),
    Slow("special.betaincc", inc.betaincc, above, _wide, _of_wide, 1000),
    Slow("special.betaincc_derivative", inc.betaincc_derivative, lambda *z: -density(*z), _wide, _of_wide, 100),
    Slow("special.log_betainc", inc.log_betainc, log_below, _wide, _of_wide, 400),
    Slow(
        "special.log_betainc_derivative",
        inc.log_betainc_derivative,
        lambda *z: density(*z) / below(*z),
        _wide,
        _of_wide,
        400,
    ),
    Slow("special.log_betaincc", inc.log_betaincc, log_above, _wide, _of_wide, 400),
    Slow(
        "special.log_betaincc_derivative",
        inc.log_betaincc_derivative,
        lambda *z: -density(*z) / above(*z),
        _wide,
        _of_wide,
        400,
    ),
    Slow("special.betaincinv", inv.betaincinv, quantile, _quantiles, _of_quantiles, 100),
    Slow(
        "special.betaincinv_derivative",
        inv.betaincinv_derivative,
        lambda a, b, p: 1 / density(a, b, quantile(a, b, p)),
        _quantiles,
        _of_quantiles,
        1000,
    ),
    Slow(
        "special.betainccinv",
        inv.betainccinv,
        lambda a, b, q: 1 - quantile(b, a, q),
        mirrored(_quantiles),
        _of_quantiles,
        400,
    ),
    Slow(
        "special.betainccinv_derivative",
        inv.betainccinv_derivative,
        lambda a, b, q: -1 / density(b, a, quantile(b, a, q)),
        mirrored(_quantiles),
        _of_quantiles,
        1000,
    ),
    Slow("special.stdtr", student.stdtr, student_below, _t, _of_t, 100),
    Slow("special.stdtr_derivative", student.stdtr_derivative, student_density, _t, _of_t, 100),
    Slow("special.stdtr, slope in df", jax.vmap(jax.grad(student.stdtr)), slope(student_below, 0), _t, _of_t, 1000),
    Slow("special.log_stdtr", student.log_stdtr, log_student, _t, _of_t, 100),
    Slow(
        "special.log_stdtr_derivative",
        student.log_stdtr_derivative,
        lambda df, t: student_density(df, t) / student_below(df, t),
        _t,
        _of_t,
        100,
    ),
    Slow("special.stdtrit", student.stdtrit, student_quantile, _chances_of_t, _of_chances, 100, samples=300),
    Slow(
        "special.stdtrit_derivative",
        student.stdtrit_derivative,
        lambda df, p: 1 / student_density(df, student_quantile(df, p)),
        _chances_of_t,
        _of_chances,
        300,
        samples=300,
    ),
]
