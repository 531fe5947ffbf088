"""Rows of the chapter calculus: the elementary functions and their derivatives."""

from certificates.draws import arguments, decades, mixed, near, normal, uniform
from certify import Row
from flint import arb

from mathml_jax.calculus import elementary, exponentials, hyperbolic, trigonometric

_far = (-300, -36), (300, 36)
_small = decades((-300, -36), 0)
_edge = decades((-15, -7), 0)


def _both(draw):
    return mixed(draw, near(0, draw))


_real = arguments(mixed(_both(decades(*_far)), normal(spread=2)))
_real_domain = "abs(x) from 1e-300 to 1e300 (float32: 1e±36), and near 0"
_positive = arguments(mixed(decades(*_far), near(1, _both(_edge)), uniform(0.1, 3)))
_positive_domain = "x from 1e-300 to 1e300 (float32: 1e±36), and near 1"
_angle = arguments(mixed(_both(decades((-300, -36), (15, 7))), normal(spread=5)))
_angle_domain = "abs(x) ≤ 1e15 (float32: 1e7), and near 0"
_exponent = arguments(mixed(uniform((-708, -87), (709, 88)), normal(), _both(_small)))
_exponent_domain = "x from -708 to 709 (float32: -87 to 88), and near 0"
_bend = arguments(mixed(uniform((-710, -89), (710, 89)), normal(spread=2), _both(_small)))
_bend_domain = "abs(x) ≤ 710 (float32: 89), and near 0"
_step = arguments(mixed(uniform((-354, -43), (354, 43)), normal(spread=2), _both(_small)))
_step_domain = "abs(x) ≤ 354 (float32: 43), and near 0"
_error = arguments(mixed(uniform(-6, 6), _both(_small)))
_error_domain = "abs(x) ≤ 6, and near 0"
_bell = arguments(mixed(uniform((-26.6, -9.3), (26.6, 9.3)), _both(_small)))
_bell_domain = "abs(x) ≤ 26.6 (float32: 9.3), and near 0"
_unit = arguments(mixed(uniform(-1, 1), _both(near(1, _edge)), _both(_small)))
_unit_domain = "abs(x) < 1, near 0 and near ±1"
_above_minus_one = arguments(mixed(decades(*_far), uniform(-1, 1), near(-1, near(0, _edge)), _both(_small)))
_above_minus_one_domain = "x from -1 to 1e300 (float32: 1e36), near 0 and near -1"
_above_one = arguments(mixed(decades(0, (300, 36)), near(1, near(0, _edge)), uniform(1, 3)))
_above_one_domain = "x from 1 to 1e300 (float32: 1e36), and near 1"
_powers = arguments(
    mixed(decades((-40, -4.5), (40, 4.5)), uniform(0.5, 2)), mixed(uniform(-7, 7), _both(decades(-9, 0)))
)
_powers_domain = "x from 1e-40 to 1e40 (float32: 1e±4.5), abs(n) ≤ 7"
_growth = arguments(uniform((-100, -14), (100, 14)), decades(-2, 2))
_growth_domain = "abs(x) ≤ 100 (float32: 14), base from 0.01 to 100"


def _cbrt(x):
    return x.root(3) if x > 0 else -(-x).root(3)


def _rows(module, function, value, slope, draw, domain):
    """Rows of a function and its derivative."""
    names = function, f"{function}_derivative"
    references = value, slope
    return [
        Row(f"calculus.{name}", getattr(module, name), reference, draw, domain)
        for name, reference in zip(names, references, strict=True)
    ]


ROWS = [
    *_rows(
        elementary,
        "power",
        lambda x, n: x**n,
        lambda x, n: n * x ** (n - 1),
        _powers,
        _powers_domain,
    ),
    Row(
        "calculus.power_exponent_derivative",
        elementary.power_exponent_derivative,
        lambda x, n: x**n * x.log(),
        _powers,
        _powers_domain,
    ),
    *_rows(elementary, "sqrt", lambda x: x.sqrt(), lambda x: 1 / (2 * x.sqrt()), _positive, _positive_domain),
    *_rows(elementary, "cbrt", _cbrt, lambda x: 1 / (3 * _cbrt(x) ** 2), _real, _real_domain),
    *_rows(elementary, "reciprocal", lambda x: 1 / x, lambda x: -1 / x**2, _real, _real_domain),
    *_rows(exponentials, "exp", lambda x: x.exp(), lambda x: x.exp(), _exponent, _exponent_domain),
    *_rows(
        exponentials,
        "exponential",
        lambda x, base: base**x,
        lambda x, base: base**x * base.log(),
        _growth,
        _growth_domain,
    ),
    Row(
        "calculus.exponential_base_derivative",
        exponentials.exponential_base_derivative,
        lambda x, base: x * base ** (x - 1),
        _growth,
        _growth_domain,
    ),
    *_rows(exponentials, "expm1", lambda x: x.expm1(), lambda x: x.exp(), _exponent, _exponent_domain),
    *_rows(exponentials, "log", lambda x: x.log(), lambda x: 1 / x, _positive, _positive_domain),
    *_rows(
        exponentials,
        "log1p",
        lambda x: x.log1p(),
        lambda x: 1 / (1 + x),
        _above_minus_one,
        _above_minus_one_domain,
    ),
    Row("calculus.erf", exponentials.erf, lambda x: x.erf(), _error, _error_domain),
    Row(
        "calculus.erf_derivative",
        exponentials.erf_derivative,
        lambda x: 2 / arb.pi().sqrt() * (-x * x).exp(),
        _bell,
        _bell_domain,
    ),
    *_rows(trigonometric, "sin", lambda x: x.sin(), lambda x: x.cos(), _angle, _angle_domain),
    *_rows(trigonometric, "cos", lambda x: x.cos(), lambda x: -x.sin(), _angle, _angle_domain),
    *_rows(trigonometric, "tan", lambda x: x.tan(), lambda x: 1 + x.tan() ** 2, _angle, _angle_domain),
    *_rows(trigonometric, "arcsin", lambda x: x.asin(), lambda x: 1 / (1 - x * x).sqrt(), _unit, _unit_domain),
    *_rows(trigonometric, "arccos", lambda x: x.acos(), lambda x: -1 / (1 - x * x).sqrt(), _unit, _unit_domain),
    *_rows(trigonometric, "arctan", lambda x: x.atan(), lambda x: 1 / (1 + x * x), _real, _real_domain),
    *_rows(hyperbolic, "sinh", lambda x: x.sinh(), lambda x: x.cosh(), _bend, _bend_domain),
    *_rows(hyperbolic, "cosh", lambda x: x.cosh(), lambda x: x.sinh(), _bend, _bend_domain),
    *_rows(hyperbolic, "tanh", lambda x: x.tanh(), lambda x: 1 / x.cosh() ** 2, _step, _step_domain),
    *_rows(hyperbolic, "arcsinh", lambda x: x.asinh(), lambda x: 1 / (x * x + 1).sqrt(), _real, _real_domain),
    *_rows(
        hyperbolic,
        "arccosh",
        lambda x: x.acosh(),
        lambda x: 1 / ((x - 1) * (x + 1)).sqrt(),
        _above_one,
        _above_one_domain,
    ),
    *_rows(hyperbolic, "arctanh", lambda x: x.atanh(), lambda x: 1 / (1 - x * x), _unit, _unit_domain),
]
