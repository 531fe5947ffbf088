"""The standard law of every family in Arb, with the parameters at which its verbs are measured."""

from collections.abc import Callable
from functools import partial

import numpy as np
from certificates import (
    distributions_closed,
    distributions_laws,
    drawn_counts,
    kolmogorov,
    ncf,
    noncentral,
    noncentral_t,
    skewnorm,
    special_gamma,
    studentized_range,
    vonmises,
)
from certificates.draws import Draw, decades, uniform
from certificates.exact import below, density
from certificates.expectations import Ends, Exact
from flint import arb


def _line(*_: float) -> tuple[float, float]:
    return -np.inf, np.inf


def _unit(*_: float) -> tuple[float, float]:
    return 0.0, 1.0


def _whole(low: float, high: float) -> Draw:
    """Integers."""
    return lambda rng, count, info: rng.integers(low, high, count, endpoint=True).astype(info.dtype)


def _closed(name: str, *shapes: Draw, domain: str = "", ends: Ends = lambda *_: (0.0, np.inf), **more) -> Exact:
    """A family whose tails are written out."""
    pdf, cdf, sf = distributions_closed.TRUTH[name][:3]
    return Exact(name, lambda *v: pdf(*v).log(), shapes, domain, ends, cdf, sf, elementary=True, **more)


def _counts(name: str, log_chance: Callable[..., arb], *shapes: Draw, **more) -> Exact:
    return Exact(name, log_chance, shapes, whole=True, **more)


def _t_above(x: arb, n: arb) -> arb:
    part = _beta(n / 2, arb(1) / 2, n / (n + x * x)) / 2
    return part if x >= 0 else 1 - part


def _gennorm_above(x: arb, b: arb) -> arb:
    if x == 0:
        return arb(1) / 2
    part = special_gamma.above(1 / b, abs(x) ** b) / 2
    return part if x > 0 else 1 - part


def _log_kstwobign(x: arb) -> arb:
    return kolmogorov.density(x).log()


def _exp_log(function: Callable[..., arb], *order: int) -> Callable[..., arb]:
    """The exponential, with the arguments in another order."""
    return lambda *v: function(*(v[i] for i in order)).exp()


_MOMENTS = ("mean", "var", "std", "skew", "kurtosis", "moment")
_LOG, _beta, _few = distributions_laws.LOG_DENSITIES, distributions_laws.beta_below, decades(-0.3, 2)

LAWS = (
    Exact(
        "norm",
        lambda x: density(x).log(),
        ends=_line,
        below=below,
        above=lambda x: below(-x),
        elementary=True,
    ),
    _closed("uniform", ends=_unit, without=("mode",)),
    Exact("expon", lambda x: -x, below=lambda x: -(-x).expm1(), above=lambda x: (-x).exp(), elementary=True),
    _closed("laplace", ends=_line),
    _closed("logistic", ends=_line),
    _closed("cauchy", ends=_line, without=_MOMENTS),
    _closed("gumbel_r", ends=_line),
    _closed("gumbel_l", ends=_line),
    _closed("halfnorm"),
    _closed("lognorm", uniform(0.1, 1), domain="s from 0.1 to 1"),
    _closed("weibull_min", uniform(3, 10), domain="c from 3 to 10"),
    _closed("rayleigh", without=("fisher_information",)),
    _closed(
        "pareto",
        decades(-1, 1),
        domain="b from 0.1 to 10",
        ends=lambda _: (1.0, np.inf),
        finite=(uniform(8, 20),),
        finite_domain="b from 8 to 20",
    ),
    _closed(
        "triang",
        uniform(0.01, 0.99),
        domain="c from 0.01 to 0.99",
        ends=_unit,
        split=lambda c: c,
        without=("fisher_information",),
    ),
    _closed(
        "truncnorm",
        uniform(-5, 0.5),
        uniform(1, 5),
        domain="a from -5 to 0.5, b from 1 to 5",
        ends=lambda *window: window,
        crosses=True,
    ),
    Exact(
        "kstwobign",
        _log_kstwobign,
        below=kolmogorov.below,
        above=kolmogorov.above,
    ),
    Exact(
        "t",
        _LOG["t"],
        (_few,),
        "df from 0.5 to 100",
        _line,
        lambda x, n: _t_above(-x, n),
        _t_above,
        finite=(uniform(8, 100),),
        finite_domain="df from 8 to 100",
    ),
    Exact(
        "gamma",
        _LOG["gamma"],
        (uniform(3, 100),),
        "a from 3 to 100",
        below=lambda x, a: special_gamma.under(a, x),
        above=lambda x, a: special_gamma.above(a, x),
    ),
    Exact(
        "chi2",
        _LOG["chi2"],
        (uniform(6, 100),),
        "df from 6 to 100",
        below=lambda x, n: special_gamma.under(n / 2, x / 2),
        above=lambda x, n: special_gamma.above(n / 2, x / 2),
    ),
    Exact(
        "invgamma",
        _LOG["invgamma"],
        (_few,),
        "a from 0.5 to 100",
        below=lambda x, a: special_gamma.above(a, 1 / x),
        above=lambda x, a: special_gamma.under(a, 1 / x),
        finite=(uniform(8, 100),),
        finite_domain="a from 8 to 100",
    ),
    Exact(
        "gennorm",
        _LOG["gennorm"],
        (uniform(1.1, 4),),
        "beta from 1.1 to 4",
        _line,
        lambda x, b: _gennorm_above(-x, b),
        _gennorm_above,
    ),
    Exact(
        "beta",
        _LOG["beta"],
        (uniform(3, 100), uniform(3, 100)),
        "a and b from 3 to 100",
        _unit,
        lambda x, a, b: _beta(a, b, x),
        lambda x, a, b: _beta(b, a, 1 - x),
    ),
    Exact(
        "f",
        _LOG["f"],
        (uniform(6, 100), decades((-0.3, 0.3), 2)),
        "dfn from 6 to 100, dfd from 0.5 (float32: 2) to 100",
        below=lambda x, n, m: _beta(n / 2, m / 2, n * x / (n * x + m)),
        above=lambda x, n, m: _beta(m / 2, n / 2, m / (n * x + m)),
        finite=(uniform(6, 100), uniform(16, 100)),
        finite_domain="dfn from 6 to 100, dfd from 16 to 100",
    ),
    Exact(
        "vonmises",
        vonmises.log_density,
        (decades(-1, 2),),
        "kappa from 0.1 to 100",
        lambda _: (-arb.pi(), arb.pi()),
        vonmises.below,
        lambda x, k: vonmises.below(-x, k),
        slow=True,
    ),
    Exact(
        "skewnorm",
        skewnorm.log_density,
        (uniform(-10, 10),),
        "a from -10 to 10",
        _line,
        lambda x, a: skewnorm.log_above(-x, -a).exp(),
        lambda x, a: skewnorm.log_above(x, a).exp(),
        slow=True,
    ),
    Exact(
        "ncx2",
        lambda x, n, c: noncentral.density(x, n, c).log(),
        (uniform(6, 30), uniform(0.1, 30)),
        "df from 6 to 30, nc from 0.1 to 30",
        below=noncentral.below,
        above=noncentral.above,
        digits=300,
        slow=True,
    ),
    Exact(
        "nct",
        lambda x, n, c: noncentral_t.log_density(n, c, x),
        (uniform(8, 50), uniform(-5, 5)),
        "df from 8 to 50, nc to ±5",
        _line,
        _exp_log(noncentral_t.log_below, 1, 2, 0),
        _exp_log(noncentral_t.log_above, 1, 2, 0),
        digits=80,
        crosses=True,
        slow=True,
    ),
    Exact(
        "ncf",
        lambda x, n, m, c: ncf.density(n, m, c, x).log(),
        (uniform(6, 30), uniform(16, 50), uniform(0.1, 20)),
        "dfn from 6 to 30, dfd from 16 to 50, nc from 0.1 to 20",
        below=lambda x, n, m, c: ncf.below(n, m, c, x),
        above=lambda x, n, m, c: ncf.above(n, m, c, x),
        digits=300,
        slow=True,
    ),
    Exact(
        "studentized_range",
        lambda x, k, n: studentized_range.density_at(x, k, n).log(),
        (uniform(2, 12), uniform(8, 40)),
        "k from 2 to 12, df from 8 to 40",
        below=partial(studentized_range.averaged, studentized_range.lower),
        above=partial(studentized_range.averaged, studentized_range.upper),
        digits=100,
        without=(*_MOMENTS, "score"),
        slow=True,
    ),
    _counts(
        "bernoulli",
        lambda k, p: p.log() if k == 1 else (-p).log1p(),
        uniform(0.01, 0.99),
        domain="p from 0.01 to 0.99",
        ends=lambda _: (0, 1),
    ),
    _counts(
        "binom",
        _LOG["binom"],
        _whole(1, 100),
        uniform(0.01, 0.99),
        domain="n to 100, p from 0.01 to 0.99",
        ends=lambda n, _: (0, n),
    ),
    _counts(
        "geom",
        _LOG["geom"],
        uniform(0.05, 0.99),
        domain="p from 0.05 to 0.99",
        ends=lambda _: (1, np.inf),
    ),
    _counts(
        "nbinom",
        _LOG["nbinom"],
        uniform(0.5, 50),
        uniform(0.1, 0.99),
        domain="n from 0.5 to 50, p from 0.1 to 0.99",
    ),
    _counts(
        "poisson",
        _LOG["poisson"],
        decades(-1, 2),
        domain="mu from 0.1 to 100",
    ),
    _counts(
        "randint",
        lambda k, low, high: -(high - low).log(),
        _whole(-50, 0),
        _whole(2, 50),
        domain="low from -50 to 0, high from 2 to 50",
        ends=lambda low, high: (low, high - 1),
        without=("mode",),
    ),
    _counts(
        "hypergeom",
        drawn_counts.log_drawn,
        _whole(60, 100),
        _whole(1, 50),
        _whole(1, 50),
        domain="M from 60 to 100, n and N from 1 to 50",
        ends=lambda M, n, N: (max(0, N - M + n), min(n, N)),
    ),
    _counts(
        "betabinom",
        drawn_counts.log_varied,
        _whole(1, 100),
        uniform(0.5, 20),
        uniform(0.5, 20),
        domain="n to 100, a and b from 0.5 to 20",
        ends=lambda n, *_: (0, n),
    ),
)
