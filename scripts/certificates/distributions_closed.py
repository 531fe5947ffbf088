"""Rows of the chapter distributions: the continuous families in closed form, as standard laws.

The place and the unit only move the numbers; the rows of the normal law measure what they cost. A function of a large
logarithm or of a rounded shape carries their rounding: the unit then counts the logarithm of the result too.
"""

from functools import partial

from certificates.draws import arguments, decades, mixed, near, uniform
from certificates.exact import below, carried, density, sized
from certify import Row
from flint import arb

from mathml_jax import distributions as laws

_FEW = 1500
_PI, _HALF = arb.pi, arb(1) / 2
_levels = mixed(uniform(0, 1), decades((-300, -36), 0), near(1, decades((-15, -6), 0)))
_levels_domain = "q from 1e-300 (float32: 1e-36) to 1 - eps"
_grown = partial(Row, unit="eps f × (1 + abs log f)", goal=8, samples=_FEW)
_relative = partial(Row, unit="eps × (max(1, abs f))", samples=_FEW)


def _log(p, complement):
    return (-complement).log1p() if complement < 0.25 else p.log()


def _log1p(x):
    return x.log1p()


# Of each family: density, probabilities below and above, quantile of q and of the upper tail q.
TRUTH = {
    "uniform": (lambda x: arb(1), lambda x: x, lambda x: 1 - x, lambda q: q, lambda q: 1 - q),
    "cauchy": (
        lambda x: 1 / _PI() / (1 + x * x),
        lambda x: arb.atan2(arb(1), -x) / _PI(),
        lambda x: arb.atan2(arb(1), x) / _PI(),
        lambda q: -(_PI() * q).cot(),
        lambda q: (_PI() * q).cot(),
    ),
    "laplace": (
        lambda x: (-abs(x)).exp() / 2,
        lambda x: x.exp() / 2 if x < 0 else 1 - (-x).exp() / 2,
        lambda x: (-x).exp() / 2 if x > 0 else 1 - x.exp() / 2,
        lambda q: (2 * q).log() if q < _HALF else -(2 * (1 - q)).log(),
        lambda q: -(2 * q).log() if q < _HALF else (2 * (1 - q)).log(),
    ),
    "logistic": (
        lambda x: (-x).exp() / (1 + (-x).exp()) ** 2,
        lambda x: 1 / (1 + (-x).exp()),
        lambda x: 1 / (1 + x.exp()),
        lambda q: (q / (1 - q)).log(),
        lambda q: ((1 - q) / q).log(),
    ),
    "lognorm": (
        lambda x, s: density(x.log() / s) / (x * s),
        lambda x, s: below(x.log() / s),
        lambda x, s: below(-x.log() / s),
        lambda q, s: (-arb(2).sqrt() * (2 * q).erfcinv() * s).exp(),
        lambda q, s: (arb(2).sqrt() * (2 * q).erfcinv() * s).exp(),
    ),
    "weibull_min": (
        lambda x, c: c * x ** (c - 1) * (-(x**c)).exp(),
        lambda x, c: -(-(x**c)).expm1(),
        lambda x, c: (-(x**c)).exp(),
        lambda q, c: (-_log1p(-q)) ** (1 / c),
        lambda q, c: (-q.log()) ** (1 / c),
    ),
    "pareto": (
        lambda x, b: b * x ** (-b - 1),
        lambda x, b: -(-b * x.log()).expm1(),
        lambda x, b: x**-b,
        lambda q, b: (1 - q) ** (-1 / b),
        lambda q, b: q ** (-1 / b),
    ),
    "rayleigh": (
        lambda x: x * (-x * x / 2).exp(),
        lambda x: -(-x * x / 2).expm1(),
        lambda x: (-x * x / 2).exp(),
        lambda q: (-2 * _log1p(-q)).sqrt(),
        lambda q: (-2 * q.log()).sqrt(),
    ),
    "gumbel_r": (
        lambda x: (-x - (-x).exp()).exp(),
        lambda x: (-(-x).exp()).exp(),
        lambda x: -(-(-x).exp()).expm1(),
        lambda q: -(-q.log()).log(),
        lambda q: -(-_log1p(-q)).log(),
    ),
    "gumbel_l": (
        lambda x: (x - x.exp()).exp(),
        lambda x: -(-x.exp()).expm1(),
        lambda x: (-x.exp()).exp(),
        lambda q: (-_log1p(-q)).log(),
        lambda q: (-q.log()).log(),
    ),
    "halfnorm": (
        lambda x: 2 * density(x),
        lambda x: (x / arb(2).sqrt()).erf(),
        lambda x: 2 * below(-x),
        lambda q: arb(2).sqrt() * q.erfinv() if q < 0.9 else arb(2).sqrt() * (1 - q).erfcinv(),
        lambda q: arb(2).sqrt() * q.erfcinv(),
    ),
    "triang": (
        lambda x, c: 2 * x / c if x < c else 2 * (1 - x) / (1 - c),
        lambda x, c: x * x / c if x < c else 1 - (1 - x) ** 2 / (1 - c),
        lambda x, c: 1 - x * x / c if x < c else (1 - x) ** 2 / (1 - c),
        lambda q, c: (c * q).sqrt() if q < c else 1 - ((1 - c) * (1 - q)).sqrt(),
        lambda q, c: (c * (1 - q)).sqrt() if 1 - q < c else 1 - ((1 - c) * q).sqrt(),
    ),
}
"""The standard laws in ball arithmetic."""


def _window(a, b):
    return below(b) - below(a) if a + b < 0 else below(-a) - below(-b)


TRUTH["truncnorm"] = (
    lambda x, a, b: density(x) / _window(a, b),
    lambda x, a, b: _window(a, x) / _window(a, b),
    lambda x, a, b: _window(x, b) / _window(a, b),
)

_sign = mixed(uniform(-5, 5), decades(-8, 2), near(0, decades(-8, 2)))
_shape = decades(-1, 1)
_points = {
    "uniform": (mixed(uniform(0, 1), decades((-300, -36), 0)), "x from 1e-300 (float32: 1e-36) to 1"),
    "cauchy": (
        mixed(uniform(-5, 5), decades((-8, -8), (150, 18)), near(0, decades(-8, (150, 18)))),
        "x to ±1e150 (float32: ±1e18)",
    ),
    "laplace": (_sign, "x to ±100"),
    "logistic": (_sign, "x to ±100"),
    "lognorm": (decades(-3, 3), "x from 1e-3 to 1e3", uniform(0.5, 2), "s from 0.5 to 2"),
    "weibull_min": (decades((-30, -3), 1), "x from 1e-30 (float32: 1e-3) to 10", _shape, "c from 0.1 to 10"),
    "pareto": (
        mixed(uniform(1, 5), decades(0, (25, 3))),
        "x from 1 to 1e25 (float32: 1e3)",
        _shape,
        "b from 0.1 to 10",
    ),
    "rayleigh": (mixed(uniform(0, 12), decades((-150, -16), 0)), "x from 1e-150 (float32: 1e-16) to 12"),
    "gumbel_r": (uniform(-4, 80), "x from -4 to 80"),
    "gumbel_l": (uniform(-80, 4), "x from -80 to 4"),
    "halfnorm": (mixed(uniform(0, 12), decades((-300, -36), 0)), "x from 1e-300 (float32: 1e-36) to 12"),
    "triang": (uniform(0, 1), "x from 0 to 1", uniform(0.01, 0.99), "c from 0.01 to 0.99"),
}


def _rows(name):
    law = getattr(laws, name)
    draw, domain, *more = _points[name]
    shapes, shape_domain = (more[:1], f", {more[1]}") if more else ((), "")
    x, q = arguments(draw, *shapes), arguments(_levels, *shapes)
    pdf, cdf, sf, ppf, isf = TRUTH[name]
    where, levels = domain + shape_domain, _levels_domain + shape_domain
    title = f"distributions.{name}."
    return [
        _grown(title + "pdf", law.pdf, carried(pdf), x, where),
        _relative(title + "logpdf", law.logpdf, sized(lambda *v: pdf(*v).log()), x, where),
        _grown(title + "logcdf", law.logcdf, carried(lambda *v: _log(cdf(*v), sf(*v))), x, where),
        _grown(title + "logsf", law.logsf, carried(lambda *v: _log(sf(*v), cdf(*v))), x, where),
        _quantile(name, title + "ppf", law.ppf, ppf, q, levels),
        _quantile(name, title + "isf", law.isf, isf, q, levels),
    ]


def _quantile(name, title, function, exact, draw, domain):
    """In ulp where the quantile is a root or a logarithm; where it is an exponential with the rounding of that."""
    if name in ("lognorm", "weibull_min", "pareto"):
        return _grown(title, function, carried(exact), draw, domain)
    if name in ("gumbel_r", "gumbel_l"):
        # Near the zero of the quantile the error is absolute.
        return _relative(title, function, sized(exact), draw, domain)
    return Row(title, function, exact, draw, domain, goal=16, samples=_FEW)


def _in_window(rng, count, info):
    """Points, and ends that lie in the middle, in a tail, close together or far apart."""
    a, width = rng.uniform(-30, 30, count), 10.0 ** rng.uniform(-3, 1, count)
    a, b = a.astype(info.dtype), (a + width).astype(info.dtype)
    return (a + (b - a) * rng.uniform(0.01, 0.99, count).astype(info.dtype)), a, b


_window_domain = "a from -30 to 30, b - a from 0.001 to 10"
_pdf, _cdf, _sf = TRUTH["truncnorm"]
_turn = partial(Row, unit="eps f × (1 + (b - a) (abs a + abs b) + abs log f)", goal=8, samples=500)


def _turned(value, a, b):
    return value, abs(value) * (1 + (b - a) * (abs(a) + abs(b)) + abs(abs(value).log()))


ROWS = [
    *(row for name in _points for row in _rows(name)),
    _turn(
        "distributions.truncnorm.pdf",
        laws.truncnorm.pdf,
        lambda x, a, b: _turned(_pdf(x, a, b), a, b),
        _in_window,
        _window_domain,
    ),
    _turn(
        "distributions.truncnorm.logpdf",
        laws.truncnorm.logpdf,
        lambda x, a, b: (_pdf(x, a, b).log(), 1 + abs(_pdf(x, a, b).log())),
        _in_window,
        _window_domain,
    )._replace(unit="eps (1 + abs f)"),
    _turn(
        "distributions.truncnorm.logcdf",
        laws.truncnorm.logcdf,
        lambda x, a, b: _turned(_log(_cdf(x, a, b), _sf(x, a, b)), a, b),
        _in_window,
        _window_domain,
    ),
    _turn(
        "distributions.truncnorm.logsf",
        laws.truncnorm.logsf,
        lambda x, a, b: _turned(_log(_sf(x, a, b), _cdf(x, a, b)), a, b),
        _in_window,
        _window_domain,
    ),
]
