"""Rows of the inverses of the error function, of log-odds, entropies and counts of ways, and of the named tails."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np
from certificates import special_beta, special_gamma
from certificates.draws import arguments, decades, mixed, near, uniform
from certificates.exact import density, sized
from certify import Row
from flint import arb, fmpz

from mathml_jax.special import combinatorics, entropies, error_inverses, log_odds, tails

Univariate = partial(Row, goal=16, goal_99=4)
Slow = partial(Row, goal=1000, goal_99=64, samples=500)
ROOT = arb(2).sqrt()


def _normal_quantile_of_log(y: arb) -> arb:
    """The x whose normal probability is e^y, by Newton's iteration on that logarithm, upwards from below."""
    if y > -700:
        return -ROOT * (2 * y.exp()).erfcinv() if y < -0.7 else ROOT * (-2 * y.expm1()).erfcinv()
    x = -(-2 * y).sqrt()
    for _ in range(60):
        tail = (-x / ROOT).erfc() / 2
        x = arb((x + (y - tail.log()) * tail / density(x)).mid())
    return x


def _choose(n: arb, k: arb) -> arb:
    return ((n + 1).lgamma() - (k + 1).lgamma() - (n - k + 1).lgamma()).exp()


def _shares(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
    """Pairs of positive numbers, half of them nearly equal."""
    x = 10 ** rng.uniform(-5, 5, count)
    close = x * (1 + 10 ** rng.uniform(-7, -0.5, count) * rng.choice([-1, 1], count))
    return x, np.where(rng.uniform(size=count) < 0.5, close, 10 ** rng.uniform(-5, 5, count))


def _integers(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
    """Pairs of integers of either sign with a factor in common, some of them zero."""
    factor = rng.integers(1, 1000, count)
    a, b = (factor * rng.integers(-1000, 1000, (2, count))).astype(np.int32)
    return np.where(rng.uniform(size=count) < 0.02, 0, a), np.where(rng.uniform(size=count) < 0.02, 0, b)


def _counts(most: int, *names: str) -> Callable[..., tuple[np.ndarray, ...]]:
    """Numbers n of things and k of those that are taken; a probability or a mean, where one is named."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        n = rng.integers(1, most, count).astype(float)
        k = np.floor(rng.uniform(0, 1, count) * n)
        p = np.clip((k + 0.5 + rng.normal(size=count) * 3 * np.sqrt(k + 1)) / (n + 1), 0.01, 0.99)
        values: dict[str, Any] = {
            "n": n,
            "k": k,
            "p": p,
            "m": np.maximum(k + 3 * np.sqrt(k + 1) * rng.normal(size=count), 0.1),
        }
        return tuple(values[name] for name in names)

    return draw


def _near_one(low: float, high: float) -> Callable[..., tuple[np.ndarray, ...]]:
    """Numbers of degrees of freedom, and a quotient about 1."""

    def draw(rng: np.random.Generator, count: int, info: np.finfo) -> tuple[np.ndarray, ...]:
        n, m = 10 ** rng.uniform(low, high, (2, count))
        return n, m, np.exp(rng.uniform(-2, 2, count) * np.sqrt(1 / n + 1 / m))

    return draw


_chi = special_gamma.shapes(-1, 3, 5)
_chances = uniform(1e-3, 0.999)
_inner = arguments(mixed(uniform(-1, 1), decades((-300, -36), 0), near(1, decades((-15, -7), -0.5))))
_open = arguments(mixed(uniform(0, 2), decades((-300, -36), 0), near(1, decades((-15, -7), -0.5))))
_share = arguments(mixed(uniform(0, 1), decades((-300, -36), 0), near(1, decades((-15, -7), -0.5))))
_logs = arguments(mixed(uniform(-700, 0), near(0, decades(2, (9, 6))), near(0, decades((-15, -7), 0))))
_reals = arguments(mixed(uniform((-700, -80), 40), near(0, decades(-5, 1))))
_logs_domain = "-1e9 (float32: -1e6) to -1e-15 (float32: -1e-7)"
_counts_domain = "up to 1,000 things"


def _chi_square(tail: Callable[[arb, arb], arb]) -> Callable[[arb, arb], arb]:
    return lambda v, x: tail(v / 2, x / 2)


def _f(tail: Callable[[arb, arb, arb], arb]) -> Callable[[arb, arb, arb], arb]:
    return lambda n, m, x: tail(n / 2, m / 2, n * x / (n * x + m))


def _f_quantile(n: arb, m: arb, p: arb) -> arb:
    u = special_beta.quantile(n / 2, m / 2, p)
    return m * u / (n * (1 - u))


ROWS = [
    Univariate("special.erfinv", error_inverses.erfinv, lambda y: y.erfinv(), _inner, "-1 to 1, near 0 and 1"),
    Univariate(
        "special.erfinv_derivative",
        error_inverses.erfinv_derivative,
        lambda y: arb.pi().sqrt() / 2 * (y.erfinv() ** 2).exp(),
        _inner,
        "-1 to 1, near 0 and 1",
    ),
    Univariate("special.erfcinv", error_inverses.erfcinv, lambda y: y.erfcinv(), _open, "0 to 2, near 0 and 1"),
    Univariate(
        "special.erfcinv_derivative",
        error_inverses.erfcinv_derivative,
        lambda y: -arb.pi().sqrt() / 2 * (y.erfcinv() ** 2).exp(),
        _open,
        "0 to 2, near 0 and 1",
    ),
    Univariate(
        "special.ndtri_exp",
        error_inverses.ndtri_exp,
        sized(_normal_quantile_of_log),
        _logs,
        _logs_domain,
        unit="eps × max(1, size)",
        samples=500,
    ),
    Univariate(
        "special.ndtri_exp_derivative",
        error_inverses.ndtri_exp_derivative,
        lambda y: y.exp() / density(_normal_quantile_of_log(y)),
        _logs,
        _logs_domain,
        samples=500,
    ),
    Univariate("special.expit", log_odds.expit, lambda x: 1 / (1 + (-x).exp()), _reals, "-700 (float32: -80) to 40"),
    Univariate(
        "special.expit_derivative",
        log_odds.expit_derivative,
        lambda x: 1 / ((1 + x.exp()) * (1 + (-x).exp())),
        arguments(uniform((-700, -80), (700, 80))),
        "±700 (float32: ±80)",
    ),
    Univariate(
        "special.log_expit",
        log_odds.log_expit,
        lambda x: -(-x).exp().log1p(),
        _reals,
        "-700 (float32: -80) to 40",
    ),
    Univariate(
        "special.log_expit_derivative",
        log_odds.log_expit_derivative,
        lambda x: 1 / (1 + x.exp()),
        _reals,
        "-700 (float32: -80) to 40",
    ),
    Univariate(
        "special.logit",
        log_odds.logit,
        sized(lambda p: (p / (1 - p)).log()),
        _share,
        "0 to 1, near both",
        unit="eps × max(1, size)",
    ),
    Univariate("special.logit_derivative", log_odds.logit_derivative, lambda p: 1 / (p * (1 - p)), _share, "0 to 1"),
    Univariate(
        "special.xlogy",
        entropies.xlogy,
        lambda x, y: x * y.log(),
        arguments(uniform(-9, 9), decades((-30, -30), 30)),
        "x from -9 to 9, y from 1e-30 to 1e30",
    ),
    Row(
        "special.xlogy_derivative",
        entropies.xlogy_derivative,
        lambda x, y: x / y,
        arguments(uniform(-9, 9), decades((-30, -30), 30)),
        "x from -9 to 9, y from 1e-30 to 1e30",
    ),
    Univariate(
        "special.entr",
        entropies.entr,
        lambda x: -x * x.log(),
        arguments(mixed(uniform(0, 3), decades(-30, 5))),
        "1e-30 to 1e5",
    ),
    Row(
        "special.entr_derivative",
        entropies.entr_derivative,
        sized(lambda x: -1 - x.log()),
        arguments(mixed(uniform(0, 3), decades(-30, 5))),
        "1e-30 to 1e5",
        unit="eps × max(1, size)",
    ),
    Univariate(
        "special.rel_entr",
        entropies.rel_entr,
        lambda x, y: x * (x / y).log(),
        _shares,
        "1e-5 to 1e5, and nearly equal",
    ),
    Univariate(
        "special.rel_entr_derivative",
        entropies.rel_entr_derivative,
        lambda x, y: -x / y,
        _shares,
        "1e-5 to 1e5, and nearly equal",
    ),
    Univariate(
        "special.kl_div",
        entropies.kl_div,
        lambda x, y: x * (x / y).log() - x + y,
        _shares,
        "1e-5 to 1e5, and nearly equal",
    ),
    Univariate(
        "special.kl_div_derivative",
        entropies.kl_div_derivative,
        lambda x, y: (y - x) / y,
        _shares,
        "1e-5 to 1e5, and nearly equal",
    ),
    Univariate(
        "special.factorial",
        combinatorics.factorial,
        lambda n: (n + 1).gamma(),
        arguments(uniform(0, (170, 33))),
        "0 to 170 (float32: 33)",
    ),
    Univariate(
        "special.comb", combinatorics.comb, _choose, _counts(1000, "n", "k"), "up to 1,000 things (float32: 100)"
    ),
    Univariate(
        "special.perm",
        combinatorics.perm,
        lambda n, k: ((n + 1).lgamma() - (n - k + 1).lgamma()).exp(),
        _counts(30, "n", "k"),
        "up to 30 things",
    ),
    Row(
        "special.gcd",
        lambda a, b: jnp.astype(combinatorics.gcd(a, b), float),
        lambda a, b: arb(fmpz(a).gcd(fmpz(b))),
        _integers,
        "integers to ±1e6 with a factor in common",
        goal=0,
    ),
    Slow("special.chdtr", tails.chdtr, _chi_square(special_gamma.under), _chi, "v from 0.1 to 1e3"),
    Slow("special.chdtrc", tails.chdtrc, _chi_square(special_gamma.above), _chi, "v from 0.1 to 1e3"),
    Slow(
        "special.chdtri",
        tails.chdtri,
        lambda v, p: 2 * special_gamma.quantile(v / 2, p, lower=False),
        arguments(decades(0, 3), _chances),
        "v from 1 to 1e3, p from 1e-3 to 0.999",
    ),
    Slow("special.fdtr", tails.fdtr, _f(special_beta.below), _near_one(0, 3), "1 to 1e3 degrees of freedom"),
    Slow("special.fdtrc", tails.fdtrc, _f(special_beta.above), _near_one(0, 3), "1 to 1e3 degrees of freedom"),
    Slow(
        "special.fdtri",
        tails.fdtri,
        _f_quantile,
        arguments(decades(0, 2), decades(0, 2), _chances),
        "1 to 100 degrees of freedom, p from 1e-3 to 0.999",
    ),
    Slow(
        "special.bdtr",
        tails.bdtr,
        lambda k, n, p: special_beta.above(k + 1, n - k, p),
        _counts(1000, "k", "n", "p"),
        _counts_domain,
    ),
    Slow(
        "special.bdtrc",
        tails.bdtrc,
        lambda k, n, p: special_beta.below(k + 1, n - k, p),
        _counts(1000, "k", "n", "p"),
        _counts_domain,
    ),
    Slow("special.pdtr", tails.pdtr, lambda k, m: special_gamma.above(k + 1, m), _counts(1000, "k", "m"), "k to 1,000"),
    Slow(
        "special.pdtrc", tails.pdtrc, lambda k, m: special_gamma.under(k + 1, m), _counts(1000, "k", "m"), "k to 1,000"
    ),
]
