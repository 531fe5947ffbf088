"""Rows of the chapter fundamentals."""

import jax.numpy as jnp
from certificates.draws import arguments, decades, mixed, near, uniform
from certificates.exact import softmax
from certify import Row
from flint import arb

from mathml_jax import fundamentals

_growth = arguments(uniform((-350, -40), (350, 40)), uniform(0.1, 10), uniform(-2, 2))
_growth_domain = "abs(t) ≤ 350 (float32: 40), abs(rate) ≤ 2"
_logarithm = arguments(
    mixed(decades((-300, -30), (300, 30)), uniform(0.5, 2), near(1, decades(-6, -1))),
    mixed(uniform(1.01, 100), uniform(0.01, 0.99)),
)
_logarithm_domain = "x from 1e-300 to 1e300 (float32: 1e±30) and near 1, base from 0.01 to 100"
_minus_logs = arguments(mixed(decades((-300, -36), 0), uniform(0, 5), uniform(0, (700, 85))))
_minus_logs_domain = "1e-300 to 700 (float32: 1e-36 to 85)"
_within_ten = arguments(uniform(0, 10, 50))


def _logsumexp(a):
    return sum(x.exp() for x in a).log()


def _with_scale(a):
    return _logsumexp(a), max(arb(1), *map(abs, a))


ROWS = [
    Row(
        "fundamentals.exponential_growth",
        fundamentals.exponential_growth,
        lambda t, x0, rate: x0 * (rate * t).exp(),
        _growth,
        _growth_domain,
    ),
    Row(
        "fundamentals.exponential_growth_derivative",
        fundamentals.exponential_growth_derivative,
        lambda t, x0, rate: rate * x0 * (rate * t).exp(),
        _growth,
        _growth_domain,
    ),
    Row(
        "fundamentals.log_base",
        fundamentals.log_base,
        lambda x, base: x.log() / base.log(),
        _logarithm,
        _logarithm_domain,
    ),
    Row(
        "fundamentals.log_base_derivative",
        fundamentals.log_base_derivative,
        lambda x, base: 1 / (x * base.log()),
        _logarithm,
        _logarithm_domain,
    ),
    Row(
        "fundamentals.log_base_base_derivative",
        fundamentals.log_base_base_derivative,
        lambda x, base: -x.log() / (base * base.log() ** 2),
        _logarithm,
        _logarithm_domain,
    ),
    Row(
        "fundamentals.logsumexp",
        fundamentals.logsumexp,
        _with_scale,
        arguments(mixed(uniform(-10, 10, 50), uniform(-1000, 1000, 50))),
        "50 exponents, up to ±1000",
        unit="eps max(1, abs a)",
    ),
    Row(
        "fundamentals.logsumexp, of two",
        lambda d: fundamentals.logsumexp(jnp.append(-d, 0)),
        lambda d: _logsumexp([arb(0), -d[0]]),
        arguments(uniform(0, 80, 1)),
        "0 and another, 0 to 80 below",
    ),
    Row(
        "fundamentals.logsumexp_gradient",
        fundamentals.logsumexp_gradient,
        softmax,
        _within_ten,
        "50 exponents, abs(a - max) ≤ 10",
        goal=8,
        samples=100,
    ),
    Row(
        "fundamentals.log1mexp",
        fundamentals.log1mexp,
        lambda x: (-(-x).expm1()).log() if x < 1 else (-(-x).exp()).log1p(),
        _minus_logs,
        _minus_logs_domain,
    ),
    Row(
        "fundamentals.log1mexp_derivative",
        fundamentals.log1mexp_derivative,
        lambda x: 1 / x.expm1(),
        _minus_logs,
        _minus_logs_domain,
        goal=8,
    ),
]
