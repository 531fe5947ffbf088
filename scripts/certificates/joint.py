"""Rows of the chapter distributions: the families of classes, counts, proportions and vectors.

All arguments count as they are, rounded, even where they should add up to one: the exact result is that of the formula.
"""

from functools import partial
from itertools import accumulate

import numpy as np
from certificates.draws import arguments, decades, labels, mixed, normal, uniform
from certificates.exact import absolute, carried, dot, sized, total
from certify import Row
from flint import arb, arb_mat

from mathml_jax import distributions as laws

_FEW = 300
_plain = partial(Row, samples=500)
_moment = partial(Row, samples=500, goal=8)
_right = partial(Row, samples=500, goal=0)
_logarithm = partial(Row, samples=1000, unit="eps × max(1, size)")
_grown = partial(Row, samples=1000, unit="eps f × (1 + abs log f)")
_sum = partial(Row, samples=_FEW, unit="eps Σ")
_by_cond = partial(Row, samples=_FEW, unit="eps cond Σ")
_grown_by_cond = partial(Row, samples=_FEW, unit="eps f cond Σ")
_slopes_by_cond = partial(Row, samples=_FEW, unit="eps cond × the largest term")


def _added(terms):
    return total(terms)[0]


def _risen(log):
    """The exponential, with the rounding that the logarithm brings along."""
    return carried(lambda *args: log(*args).exp())


def _proportions(p):
    whole = _added(p)
    return [v / whole for v in p]


def _spread(parts, factor):
    """What independent parts of one whole vary together: the factor times diag(parts) - parts parts^T."""
    return [[factor * u * (arb(i == j) - v) for j, v in enumerate(parts)] for i, u in enumerate(parts)]


def _entropy_of_classes(p):
    return -_added(v * v.log() for v in _proportions(p))


def _score_of_classes(k, p):
    whole = _added(p)
    return [total([(1 / v if i == k else arb(0)), -1 / whole]) for i, v in enumerate(p)]


def _first_class(q, p):
    """The first class up to which the parts reach q, by products alone, which are exact."""
    sums = list(accumulate(p))
    return arb(next(k for k, s in enumerate(sums) if s >= q * sums[-1]) if q > 0 else -1)


def _log_ways(x, n, p):
    ways = (n + 1).lgamma() - _added((v + 1).lgamma() for v in x)
    return ways + _added(v * u.log() for v, u in zip(x, _proportions(p), strict=True))


def _score_of_counts(x, n, p):
    whole = _added(p)
    return [total([v / u, -n / whole]) for v, u in zip(x, p, strict=True)]


def _pooled(data):
    return _proportions([_added(column) for column in zip(*data, strict=True)])


def _log_dirichlet(x, alpha):
    powers = _added((a - 1) * v.log() for v, a in zip(x, alpha, strict=True))
    return powers + _added(alpha).lgamma() - _added(a.lgamma() for a in alpha)


def _score_of_shares(x, alpha):
    common = _added(alpha).digamma()
    return [total([v.log(), common, -a.digamma()]) for v, a in zip(x, alpha, strict=True)]


def _entropy_of_shares(alpha):
    whole = _added(alpha)
    own = _added(a.lgamma() - (a - 1) * a.digamma() for a in alpha)
    return own - whole.lgamma() + (whole - len(alpha)) * whole.digamma()


def _cov_of_shares(alpha):
    return _spread(_proportions(alpha), 1 / (1 + _added(alpha)))


class _Normal:
    """The normal law of a covariance; `cond` is its condition number in the norm of the largest row."""

    def __init__(self, cov):
        cov = arb_mat(cov)
        self.inverse, self.size = cov.inv(), cov.nrows()
        self.log_terms = [-cov.det().log() / 2, -self.size * (2 * arb.pi()).log() / 2]
        self.largest = _norm(self.inverse)
        self.cond = _norm(cov) * self.largest

    def slope(self, x, centre):
        """The deviation from the centre, and in units of the covariance."""
        deviation = [u - v for u, v in zip(x, centre, strict=True)]
        return deviation, (self.inverse * arb_mat([[d] for d in deviation])).entries()


def _norm(a):
    return max(_added(row) for row in absolute(a.tolist()))


def _log_normal(x, centre, cov):
    law = _Normal(cov)
    log, size = total([-dot(*law.slope(x, centre))[0] / 2, *law.log_terms])
    return log, law.cond * size


def _normal_density(x, centre, cov):
    log, size = _log_normal(x, centre, cov)
    return log.exp(), log.exp() * size


def _entropy_of_vectors(centre, cov):
    law = _Normal(cov)
    entropy, size = total([arb(law.size) / 2, *(-v for v in law.log_terms)])
    return entropy, law.cond * size


def _score_of_vectors(x, centre, cov):
    law = _Normal(cov)
    slope = law.slope(x, centre)[1]
    length = max(map(abs, slope))
    first = [(s, law.cond * length) for s in slope]
    inverse = law.inverse.tolist()
    size = law.cond * (length**2 + law.largest) / 2
    return [first, [[((u * v - inverse[i][j]) / 2, size) for j, v in enumerate(slope)] for i, u in enumerate(slope)]]


def _moments(data):
    columns = list(zip(*data, strict=True))
    centre = [total(v / len(data) for v in column) for column in columns]
    away = [[v - mid for v in column] for column, (mid, _) in zip(columns, centre, strict=True)]
    shares = [[v / len(data) for v in a] for a in away]
    return [centre, [[dot(a, b) for b in away] for a in shares]]


def _sizes(low, high, classes):
    """Positive numbers from 10^low to 10^high, of any sizes or, half of the samples, of about one."""
    alike = arguments(decades(low + 1, high, 1), uniform(0.1, 1, classes))
    return mixed(decades(low, high, classes), lambda *at: np.multiply(*alike(*at)))


def _rounded_up(draw):
    return lambda *at: np.ceil(draw(*at))


def _away(rng, typical, deviation):
    """Within 8 deviations of what is typical, and positive."""
    return typical * np.exp(np.clip(rng.uniform(-8, 8, typical.shape) * deviation, -2, 2))


def _counts(high):
    """Counts, how many there are, and weights of the classes; numbers to 10^high that add up without rounding."""

    def draw(rng, count, info):
        n = np.floor(10 ** rng.uniform(0.5, min(high, np.log10(0.5 / info.eps)), count))
        p = _sizes(-4, 0, 5)(rng, count, info)
        chances = _away(rng, p, 1 / np.sqrt(n[:, None] * p / p.sum(1, keepdims=True)))
        x = rng.multinomial(n.astype(int), chances / chances.sum(1, keepdims=True))
        return x.astype(float), n, p

    return draw


def _shares(low, high):
    """Proportions about the means of concentrations from 10^low to 10^high, and these."""

    def draw(rng, count, info):
        alpha = _sizes(low, high, 4)(rng, count, info)
        x = _away(rng, alpha, 1 / np.sqrt(alpha))
        return x / x.sum(1, keepdims=True), alpha

    return draw


def _vectors(decades_of_cond):
    """Points, means and covariances with condition numbers to so many powers of ten."""

    def draw(rng, count, info):
        high = decades_of_cond[info.bits == 32] / 4
        root = np.linalg.qr(rng.normal(size=(count, 3, 3)))[0] * 10 ** rng.uniform(-high, high, (count, 1, 3))
        cov = root @ root.swapaxes(1, 2)
        centre = rng.uniform(-10, 10, (count, 3))
        x = centre + (root @ rng.normal(0, 3, (count, 3, 1)))[..., 0]
        return x, centre, (cov + cov.swapaxes(1, 2)) / 2

    return draw


def _dyadic(rng, count, info):
    """Levels, half of them sums of proportions, which are multiples of 1 / 64 and some of them 0."""
    p = rng.multinomial(64, np.full(6, 1 / 6), count) * (rng.uniform(size=(count, 6)) < 0.7) / 64
    p[:, 0] += 1 - p.sum(1)
    sums = rng.permuted(np.cumsum(p, axis=1), axis=1)[:, 0]
    return np.where(rng.uniform(size=count) < 0.5, sums, rng.uniform(0, 1, count)), p


def _rest(draw):
    """All arguments but the first."""
    return lambda *at: draw(*at)[1:]


_weights, _weights_domain = _sizes(-8, 8, 6), "6 weights from 1e-8 to 1e8"
_drawn = arguments(labels(6), _weights), _weights_domain
_counted = _counts(8), "5 weights from 1e-4 to 1, n to 1e8 (float32: 4e6), counts within 8 deviations"
_counts_law = _rest(_counts(8)), "5 weights from 1e-4 to 1, n to 1e8 (float32: 4e6)"
_shared = _shares(-3, 8), "4 concentrations from 1e-3 to 1e8, x about the means"
_concentrated = arguments(_sizes(-3, 8, 4)), "4 concentrations from 1e-3 to 1e8"
_of_normal = _vectors((1, 1)), "3 × 3 covariances of condition number (cond) to 10"
_strained = _vectors((8, 4)), "3 × 3 covariances of condition number (cond) to 1e8 (float32: 1e4)"

_FAMILIES = {
    "categorical": (
        (_plain, "pmf", lambda k, p: _proportions(p)[k], *_drawn),
        (_logarithm, "logpmf", sized(lambda k, p: _proportions(p)[k].log()), *_drawn),
        (_plain, "cdf", lambda k, p: _added(_proportions(p)[: k + 1]), *_drawn),
        (_right, "ppf", _first_class, _dyadic, "6 multiples of 1/64, levels at their sums and anywhere"),
        (_right, "mode", lambda p: arb(p.index(max(p))), arguments(labels(5, 6)), "6 weights from 0 to 4, some alike"),
        (_plain, "entropy", _entropy_of_classes, arguments(_weights), _weights_domain),
        (_sum, "score", _score_of_classes, *_drawn),
        (_plain, "fit", _proportions, arguments(_rounded_up(_sizes(0, 8, 6))), "6 counts to 1e8"),
    ),
    "multinomial": (
        (_logarithm, "logpmf", sized(_log_ways), *_counted),
        (_logarithm, "logpmf, few", sized(_log_ways), _counts(1.5), "5 weights from 1e-4 to 1, n to 30"),
        (_grown, "pmf", _risen(_log_ways), *_counted),
        (_plain, "mean", lambda n, p: [n * v for v in _proportions(p)], *_counts_law),
        (_moment, "cov", lambda n, p: _spread(_proportions(p), n), *_counts_law),
        (_sum, "score", _score_of_counts, *_counted),
        (_plain, "fit", _pooled, arguments(_rounded_up(decades(0, 6, 20, 5))), "20 times 5 counts to 1e6"),
    ),
    "dirichlet": (
        (_logarithm, "logpdf", sized(_log_dirichlet), *_shared),
        (
            _logarithm,
            "logpdf, moderate",
            sized(_log_dirichlet),
            _shares(-1, 1),
            "4 concentrations from 0.1 to 10, x about the means",
        ),
        (_grown, "pdf", _risen(_log_dirichlet), *_shared),
        (_plain, "mean", _proportions, *_concentrated),
        (_moment, "var", lambda alpha: [row[i] for i, row in enumerate(_cov_of_shares(alpha))], *_concentrated),
        (_moment, "cov", _cov_of_shares, *_concentrated),
        (_logarithm, "entropy", sized(_entropy_of_shares), *_concentrated),
        (
            _logarithm,
            "entropy, moderate",
            sized(_entropy_of_shares),
            arguments(_sizes(-1, 1, 4)),
            "4 concentrations from 0.1 to 10",
        ),
        (_sum, "score", _score_of_shares, *_shared),
    ),
    "multivariate_normal": (
        *(
            row
            for word, (draw, domain) in (("", _of_normal), (", ill-conditioned", _strained))
            for row in (
                (_grown_by_cond, f"pdf{word}", _normal_density, draw, domain),
                (_by_cond, f"logpdf{word}", _log_normal, draw, domain),
                (_by_cond, f"entropy{word}", _entropy_of_vectors, _rest(draw), domain),
                (_slopes_by_cond, f"score{word}", _score_of_vectors, draw, domain),
            )
        ),
        (
            partial(_sum, samples=20),
            "fit",
            _moments,
            arguments(normal(1000, 3, centre=3)),
            "1000 vectors of 3 numbers of mean 3 and variance 1",
        ),
    ),
}

ROWS = [
    row(f"distributions.{family}.{name}", getattr(getattr(laws, family), name.split(",")[0]), *rest)
    for family, rows in _FAMILIES.items()
    for row, name, *rest in rows
]
