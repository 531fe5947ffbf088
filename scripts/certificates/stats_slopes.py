"""Rows of the slopes of the chapter stats, whose references are differentiated in each number; and of tests by them.

The sizes are those of the terms of a slope, with what rounding makes of the statistic in them.
"""

from functools import partial

import numpy as np
from certificates.draws import arguments, decades, mixed, near, normal, uniform
from certificates.exact import mean, transposed
from certificates.special_beta import student_quantile
from certificates.stats import (
    Line,
    Sample,
    chisquare,
    counts_of_eight,
    far_apart,
    pearsonr,
    points,
    student_density,
    student_test,
    ttest_1samp,
)
from certify import Row
from flint import arb

from mathml_jax import stats

Sum = partial(Row, unit="eps Σ", samples=100)


def _jacobian(function, *samples):
    """For each value of the function its derivatives, by central differences so small that their error is none."""
    step = arb(2) ** -120

    def moved(place, size):
        return [[v + size if place == (j, i) else v for i, v in enumerate(x)] for j, x in enumerate(samples)]

    def slopes(place):
        ends = (function(*moved(place, size)) for size in (step, -step))
        return [(high - low) / (2 * step) for (high, _), (low, _) in zip(*ends, strict=True)]

    return transposed([slopes((j, i)) for j, x in enumerate(samples) for i in range(len(x))])


def _sem(x):
    s = Sample(x)
    return (s.squares / (s.n * (s.n - 1))).sqrt()


def _sem_gradient(x):
    (slopes,) = _jacobian(lambda x: [(_sem(x), arb(0))], x)
    s = Sample(x)
    away = [abs(v - s.mean) for v in x]
    unit = 1 / (s.n * (s.n - 1) * _sem(x))
    return [(slope, (v + mean(away)) * unit) for slope, v in zip(slopes, away, strict=True)]


def _interval_slopes(x, level):
    n, q = len(x), -student_quantile(arb(len(x) - 1), (1 - level) / 2)
    stretch = [(q * slope, q * size) for slope, size in _sem_gradient(x)]
    rise = _sem(x) / (2 * student_density(q, n - 1))
    return [
        [[(arb(1) / n + side * v, arb(1) / n + size) for v, size in stretch], (side * rise, rise)] for side in (-1, 1)
    ]


def _known_interval_slopes(x, level, sigma):
    n, q = len(x), arb(2).sqrt() * (1 - level).erfcinv()
    rise = sigma / arb(n).sqrt() * (arb.pi() / 2).sqrt() * (q * q / 2).exp()
    return [[[arb(1) / n] * n, side * rise] for side in (-1, 1)]


def _sized_jacobian(test, samples, sizes, factor, growth):
    """That of a statistic and its p-value, whose slopes are a factor that errs by its growth times the statistic's."""
    slopes, p_slopes = _jacobian(test, *samples)
    p_sizes = [factor * (size + abs(v) * growth) for v, size in zip(slopes, sizes, strict=True)]
    return [list(zip(slopes, sizes, strict=True)), list(zip(p_slopes, p_sizes, strict=True))]


def _t_slopes(test, samples, variance_over_squares):
    """Those of a t-test with the squares of all samples together: 1 / (n error) - t away / squares, and by density."""
    taken = [Sample(x) for x in samples]
    squares, df = sum(s.squares for s in taken), sum(s.n - 1 for s in taken)
    (t, t_size), _ = test(*samples)
    error = (variance_over_squares * squares).sqrt()
    lead = [1 / (s.n * error) for s in taken for _ in range(s.n)]
    away = [abs(v - s.mean) for s, x in zip(taken, samples, strict=True) for v in x]
    sizes = [a + (abs(t) + t_size) * b / squares for a, b in zip(lead, away, strict=True)]
    growth = (df + 1) * abs(t) / (df + t * t) * t_size
    return _sized_jacobian(test, samples, sizes, 2 * student_density(t, df), growth)


def _ttest_1samp_slopes(x):
    return _t_slopes(ttest_1samp, [x], arb(1) / (len(x) * (len(x) - 1)))


def _pooled(a, b):
    a, b = Sample(a), Sample(b)
    df = arb(a.n + b.n - 2)
    variance = (a.squares + b.squares) / df * (arb(1) / a.n + arb(1) / b.n)
    size = abs(a.first - b.first) + a.size + b.size
    return student_test(a.mean - b.mean, size, variance, a.growth + b.growth, df)


def _pooled_slopes(a, b):
    n, m = len(a), len(b)
    return _t_slopes(_pooled, [a, b], (arb(1) / n + arb(1) / m) / (n + m - 2))


def _differences(a, b):
    return [u - v for u, v in zip(a, b, strict=True)]


def _ttest_rel(a, b):
    return ttest_1samp(_differences(a, b))


def _ttest_rel_slopes(a, b):
    slopes = _ttest_1samp_slopes(_differences(a, b))
    return [part for row in slopes for part in (row, [(-v, size) for v, size in row])]


def _from_stats(mean1, std1, nobs1, mean2, std2, nobs2):
    v, w, one, two = std1**2 / nobs1, std2**2 / nobs2, nobs1 - 1, nobs2 - 1
    df = (v + w) ** 2 / (v**2 / one + w**2 / two)
    return student_test(mean1 - mean2, abs(mean1) + abs(mean2), v + w, arb(1), df)


def _from_stats_pooled(mean1, std1, nobs1, mean2, std2, nobs2):
    df = nobs1 + nobs2 - 2
    variance = ((nobs1 - 1) * std1**2 + (nobs2 - 1) * std2**2) / df * (1 / nobs1 + 1 / nobs2)
    return student_test(mean1 - mean2, abs(mean1) + abs(mean2), variance, arb(1), df)


def _chisquare_slopes(counts):
    (chi2, size), _ = chisquare(counts)
    n, e, shape = sum(counts), mean(counts), arb(len(counts) - 1) / 2
    sizes = [2 * (o + e) / e + size / n for o in counts]
    density = (chi2 / 2) ** (shape - 1) * (-chi2 / 2).exp() / shape.gamma() / 2
    return _sized_jacobian(chisquare, [counts], sizes, density, abs((shape - 1) / chi2 - 0.5) * size)


def _pearsonr_slopes(x, y):
    f = Line(x, y)
    across = f.dx_size, f.dy_size, f.sxx
    along = f.dy_size, f.dx_size, f.syy
    sizes = [
        (b / (f.sxx * f.syy).sqrt() + f.r_size * a / square)
        for own, other, square in (across, along)
        for a, b in zip(own, other, strict=True)
    ]
    factor = 2 * student_density(f.t, f.df) * (arb(f.df) / (1 - f.r**2) ** 3).sqrt()
    growth = 1.5 * f.growth + (f.df + 1) * f.t**2 / (f.df + f.t**2) * f.t_growth
    return _sized_jacobian(pearsonr, [x, y], sizes, factor, growth)


def _pairs(rng, count, info):
    """Pairs with much in common, their differences shifted so that the p-value reaches far."""
    common, noise = 10 * rng.normal(size=(2, count, 20))
    return common, common + 0.1 * noise + rng.uniform(-3, 3, (count, 1))


def _summaries(rng, count, info):
    """Means, deviations and sizes whose p-value does not underflow."""
    n, m = rng.integers(2, 200, (2, count)).astype(float)
    s, t = rng.uniform(0.5, 2, (2, count))
    far = (20 if info.bits == 64 else 8) * rng.uniform(-1, 1, count) * np.sqrt(s**2 / n + t**2 / m)
    first = rng.normal(size=count)
    return first, s, n, first + far, t, m


_small = arguments(normal(20, centre=3))
_of_small = "20 numbers of mean 3 and variance 1"
_of_points = "20 points, slope to ±3, noise 1"
_of_summaries = "2 to 200 numbers of deviations from 1/2 to 2, statistic to ±20 (float32: ±8)"
_of_pairs = "20 pairs of spread 10, whose differences have spread 1 and mean to ±3"
_levels = mixed(uniform(0.5, 1), near(1, decades((-12, -5), -1)))
_from_summaries = partial(Sum, draw=_summaries, domain=_of_summaries, samples=1000)

ROWS = [
    Row(
        "stats.mean_gradient",
        stats.mean_gradient,
        lambda x: [arb(1) / len(x)] * len(x),
        _small,
        "20 numbers",
        samples=5,
    ),
    Sum("stats.sem_gradient", stats.sem_gradient, _sem_gradient, _small, _of_small),
    Sum(
        "stats.ci_mean_jacobian",
        stats.ci_mean_jacobian,
        _interval_slopes,
        arguments(normal(10, centre=3), _levels),
        "10 numbers of mean 3, levels from 1/2 to 1 - 1e-12 (float32: 1 - 1e-5)",
    ),
    Row(
        "stats.ci_mean_jacobian, known deviation",
        lambda x, level, sigma: stats.ci_mean_jacobian(x, level, sigma=sigma),
        _known_interval_slopes,
        arguments(normal(10, centre=3), _levels, uniform(0.7, 2)),
        "10 numbers, levels from 1/2 to 1 - 1e-12 (float32: 1 - 1e-5)",
        samples=500,
    ),
    Sum(
        "stats.ttest_1samp_jacobian",
        lambda a: stats.ttest_1samp_jacobian(a, 0.0),
        _ttest_1samp_slopes,
        far_apart(1, 20, far={64: 20, 32: 3}),
        "20 numbers, statistic to ±90 (float32: ±13)",
    ),
    Sum(
        "stats.ttest_ind_jacobian",
        stats.ttest_ind_jacobian,
        _pooled_slopes,
        far_apart(2, 15, 9, far={64: 20, 32: 3}),
        "15 and 9 numbers of spreads 1 and 0.1 to 10, shifted by up to 20 (float32: 3)",
    ),
    Sum("stats.ttest_rel", lambda a, b: stats.ttest_rel(a, b)[:2], _ttest_rel, _pairs, _of_pairs, samples=1000),
    Sum("stats.ttest_rel_jacobian", stats.ttest_rel_jacobian, _ttest_rel_slopes, _pairs, _of_pairs),
    _from_summaries(
        "stats.ttest_ind_from_stats",
        lambda *given: stats.ttest_ind_from_stats(*given)[:2],
        _from_stats_pooled,
    ),
    _from_summaries(
        "stats.ttest_ind_from_stats, Welch",
        lambda *given: stats.ttest_ind_from_stats(*given, equal_var=False)[:2],
        _from_stats,
    ),
    Sum(
        "stats.chisquare_jacobian",
        stats.chisquare_jacobian,
        _chisquare_slopes,
        counts_of_eight,
        "eight categories of about 100, p-values to 1e-300 (float32: 1e-20)",
    ),
    Sum("stats.pearsonr_jacobian", stats.pearsonr_jacobian, _pearsonr_slopes, points, _of_points, samples=40),
]
