"""Rows of the chapter stats."""

from functools import partial

from certificates.draws import arguments, decades, mixed, near, normal, uniform
from certificates.exact import below, density, dot, mean, quantile, total
from certify import Row
from flint import arb

from mathml_jax import stats

Sum = partial(Row, unit="eps Σ")

_off_centre = arguments(normal(1000, centre=100))
_off_centre_domain = "1000 numbers of mean 100 and variance 1"


def _sample(rng, count, info):
    """Samples whose statistic reaches as far as the p-value does not underflow."""
    x = rng.normal(size=(count, 10)) + rng.uniform(*((-7, 7) if info.bits == 64 else (-2.5, 2.5)), (count, 1))
    return x, rng.uniform(-1, 1, count), rng.uniform(0.7, 2, count)


_sample_domain = "10 numbers, statistic to ±37 (float32: ±12)"


def points(rng, count, info):
    """Straight lines of any slope, with noise."""
    x = rng.normal(size=(count, 20))
    return x, 1 + rng.uniform(-3, 3, (count, 1)) * x + rng.normal(size=x.shape)


def _var(x):
    centre = mean(x)
    return total((v - centre) ** 2 / (len(x) - 1) for v in x)


def _var_gradient(x):
    centre, size = mean(x), mean([abs(v) for v in x])
    return [(2 * (v - centre) / (len(x) - 1), 2 * (abs(v) + size) / (len(x) - 1)) for v in x]


def _statistic(x, popmean, sigma):
    root = arb(len(x)).sqrt()
    return (mean(x) - popmean) * root / sigma, (mean([abs(v) for v in x]) + abs(popmean)) * root / sigma


def _two_sided(x, popmean, sigma):
    z, size = _statistic(x, popmean, sigma)
    p = 2 * below(-abs(z))
    return [(z, size), (p, p + 2 * density(z) * size)]


def _greater(x, popmean, sigma):
    z, size = _statistic(x, popmean, sigma)
    return [(z, size), (below(-z), below(-z) + density(z) * size)]


def _interval(x, level, sigma):
    scale = sigma / arb(len(x)).sqrt()
    margin, (centre, size) = -quantile((1 - level) / 2) * scale, total(v / len(x) for v in x)
    return [(centre - margin, size + margin), (centre + margin, size + margin)]


def _ztest_slopes(x, popmean, sigma):
    z, size = _statistic(x, popmean, sigma)
    slope = 1 / (sigma * arb(len(x)).sqrt())
    p_slope = -2 * density(z) * z.sgn() * slope
    return [[(slope, slope)] * len(x), [(p_slope, abs(p_slope) * (1 + abs(z) * size))] * len(x)]


class Line:
    """The line of least squares with its errors; `_size` is that of the sums in a value."""

    def __init__(self, x, y):
        self.n, self.df = len(x), len(x) - 2
        self.x_mean, self.x_size = mean(x), mean([abs(v) for v in x])
        self.dx, self.dy = [v - self.x_mean for v in x], [v - mean(y) for v in y]
        self.dx_size, self.dy_size = ([abs(v) + mean([abs(u) for u in z]) for v in z] for z in (x, y))
        self.sxx, self.syy = dot(self.dx, self.dx)[0], dot(self.dy, self.dy)[0]
        sxy, sxy_size = dot(self.dx, self.dy)
        self.b, self.b_size = sxy / self.sxx, sxy_size / self.sxx
        self.a = mean(y) - self.b * self.x_mean
        self.a_size = mean([abs(v) for v in y]) + self.b_size * self.x_size
        root = (self.sxx * self.syy).sqrt()
        self.r, self.r_size = sxy / root, sxy_size / root
        self.e = [v - self.b * u for u, v in zip(self.dx, self.dy, strict=True)]
        self.e_size = [v + self.b_size * u for u, v in zip(self.dx_size, self.dy_size, strict=True)]
        rss = dot(self.e, self.e)[0]
        self.s = (rss / self.df / self.sxx).sqrt()
        # How much faster than its own size an error grows on its way into the residuals' sum of squares.
        self.growth = dot(map(abs, self.e), self.e_size)[0] / rss
        self.widening = (self.sxx / self.n + self.x_mean**2).sqrt()
        self.t = self.b / self.s
        self.t_growth = self.b_size / abs(self.b) + self.growth


def student_density(t, df):
    half = arb(df) / 2
    constant = (half + arb(0.5)).gamma() / ((df * arb.pi()).sqrt() * half.gamma())
    return constant * (1 + t * t / df) ** (-(half + arb(0.5)))


def _linregress(x, y):
    f = Line(x, y)
    share = f.df / (f.df + f.t**2)
    p = share.beta_lower(arb(f.df) / 2, arb(0.5), regularized=True)
    p_size = p + 2 * student_density(f.t, f.df) * abs(f.t) * f.t_growth
    wide = f.s * f.widening
    wide_size = wide * (f.growth + abs(f.x_mean) * f.x_size / f.widening**2)
    sized = [(f.b, f.b_size), (f.a, f.a_size), (f.r, f.r_size)]
    return [*sized, (p, p_size), (f.s, f.s * f.growth), (wide, wide_size)]


def _linregress_slopes(x, y):
    f = Line(x, y)
    density = student_density(f.t, f.df)
    density_growth = 1 + (f.df + 1) * f.t**2 / (f.df + f.t**2) * f.t_growth
    rows = []
    for dx, dx_size, dy, dy_size, e, e_size in zip(f.dx, f.dx_size, f.dy, f.dy_size, f.e, f.e_size, strict=True):
        b, b_size = dx / f.sxx, dx_size / f.sxx
        a_size = arb(1) / f.n + f.x_size * b_size
        r, scale = f.r * dy / f.syy, (f.sxx * f.syy).sqrt()
        r_size = dx_size / scale + f.r_size * dy_size / f.syy
        s, s_size = (v / (f.df * f.sxx * f.s) for v in (e, e_size * f.growth))
        p = -2 * density * f.t.sgn() * (b - f.t * s) / f.s
        p_size = 2 * density * (b_size + abs(f.t) * s_size) / f.s * density_growth * f.t_growth
        wide, wide_size = f.widening * s, f.widening * s_size * (1 + abs(f.x_mean) * f.x_size / f.widening**2)
        first = (b, b_size), (arb(1) / f.n - f.x_mean * b, a_size), (dx / scale - r, r_size)
        rows.append([*first, (p, p_size), (s, s_size), (wide, wide_size)])
    return [list(field) for field in zip(*rows, strict=True)]


def _sem(x):
    value = (_var(x)[0] / len(x)).sqrt()
    return value, value


def far_apart(count, *shapes, far):
    """Samples of any spread, the first one shifted, so that the p-value reaches far without underflow."""

    def draw(rng, samples, info):
        shift = rng.uniform(-1, 1, (samples, 1)) * far[info.bits]
        first, *rest = (rng.normal(size=(samples, n)) for n in shapes)
        return first + shift, *(10 ** rng.uniform(-1, 1, (samples, 1)) * x for x in rest[: count - 1])

    return draw


class Sample:
    """What a t-test takes from a sample, with the sizes of what it adds: all distances are from the first number."""

    def __init__(self, x):
        self.n, self.first = len(x), x[0]
        away = [v - x[0] for v in x]
        self.mean, self.size = x[0] + mean(away), mean([abs(v) for v in away])
        self.squares, largest = dot(away, away)[0] - self.n * mean(away) ** 2, dot(away, away)[0]
        self.growth = (largest + self.n * mean(away) ** 2) / self.squares


def student_test(difference, size, variance, growth, df):
    """Statistic and two-sided p-value, with what rounding of the terms makes of them."""
    t = difference / variance.sqrt()
    t_size = size / variance.sqrt() + abs(t) * (1 + growth / 2)
    p = (df / (df + t**2)).beta_lower(df / 2, arb(0.5), regularized=True)
    return [(t, t_size), (p, p + 2 * student_density(abs(t), df) * t_size)]


def ttest_1samp(x):
    s = Sample(x)
    variance = s.squares / (s.n * (s.n - 1))
    return student_test(s.mean, abs(s.first) + s.size, variance, s.growth, arb(s.n - 1))


def _welch(a, b):
    a, b = Sample(a), Sample(b)
    v, w = (s.squares / (s.n * (s.n - 1)) for s in (a, b))
    df = (v + w) ** 2 / (v**2 / (a.n - 1) + w**2 / (b.n - 1))
    size = abs(a.first - b.first) + a.size + b.size
    # What rounding makes of the degrees of freedom moves the p-value too, in the tail by log(1 + t^2 / df) / 2 each.
    (t, t_size), (p, p_size) = student_test(a.mean - b.mean, size, v + w, a.growth + b.growth, df)
    return [(t, t_size), (p, p_size + p * df * (1 + t**2 / df).log() * (a.growth + b.growth))]


def chisquare(counts):
    e = mean(counts)
    chi2 = sum((o - e) ** 2 for o in counts) / e
    size = sum((o - e) ** 2 + 2 * abs(o - e) * (abs(o) + e) for o in counts) / e
    shape = arb(len(counts) - 1) / 2
    p = (chi2 / 2).gamma_upper(shape, regularized=1)
    density = (chi2 / 2) ** (shape - 1) * (-chi2 / 2).exp() / shape.gamma() / 2
    return [(chi2, size), (p, p + density * size)]


def counts_of_eight(rng, count, info):
    """Counts of eight categories, whose p-value does not underflow."""
    return ((100 + rng.uniform(0, 24 if info.bits == 64 else 6, (count, 1)) * rng.normal(size=(count, 8))).clip(1),)


def pearsonr(x, y):
    f = Line(x, y)
    p = (1 - f.r**2).beta_lower(arb(f.df) / 2, arb(0.5), regularized=True)
    return [(f.r, f.r_size), (p, p + 2 * student_density(f.t, f.df) * abs(f.t) * f.t_growth)]


ROWS = [
    Sum("stats.mean", stats.mean, lambda x: total(v / len(x) for v in x), _off_centre, _off_centre_domain, samples=100),
    Sum("stats.var", partial(stats.var, ddof=1), _var, _off_centre, _off_centre_domain, samples=100),
    Sum(
        "stats.var_gradient",
        partial(stats.var_gradient, ddof=1),
        _var_gradient,
        arguments(normal(1000, centre=1)),
        "1000 numbers of mean 1 and variance 1",
        samples=10,
    ),
    Sum(
        "stats.ci_mean",
        lambda x, level, sigma: stats.ci_mean(x, level, sigma=sigma),
        _interval,
        arguments(normal(10), mixed(uniform(0.5, 1), near(1, decades((-15, -6), -1))), uniform(0.7, 2)),
        "10 numbers, levels from 1/2 to 1 - 1e-15 (float32: 1 - 1e-6)",
    ),
    Sum("stats.ztest_1samp", stats.ztest_1samp, _two_sided, _sample, _sample_domain, samples=1000),
    Sum(
        "stats.ztest_1samp, greater",
        partial(stats.ztest_1samp, alternative="greater"),
        _greater,
        _sample,
        _sample_domain,
        samples=1000,
    ),
    Sum(
        "stats.ztest_1samp_jacobian",
        stats.ztest_1samp_jacobian,
        _ztest_slopes,
        _sample,
        _sample_domain,
        samples=200,
    ),
    Sum("stats.linregress", stats.linregress, _linregress, points, "20 points, slope to ±3, noise 1", samples=300),
    Sum(
        "stats.linregress_jacobian",
        stats.linregress_jacobian,
        _linregress_slopes,
        points,
        "20 points, slope to ±3, noise 1",
        samples=50,
    ),
    Sum("stats.sem", stats.sem, _sem, _off_centre, _off_centre_domain, samples=100),
    Sum(
        "stats.ttest_1samp",
        lambda a: stats.ttest_1samp(a, 0.0)[:2],
        ttest_1samp,
        far_apart(1, 200, far={64: 20, 32: 0.8}),
        "200 numbers, p-values to 1e-260 (float32: 1e-20)",
        samples=100,
    ),
    Sum(
        "stats.ttest_ind, Welch",
        lambda a, b: stats.ttest_ind(a, b, equal_var=False)[:2],
        _welch,
        far_apart(2, 150, 90, far={64: 20, 32: 0.8}),
        "150 and 90 numbers of spreads 1 and 0.1 to 10, p-values to 1e-200 (float32: 1e-20)",
        samples=100,
    ),
    Sum(
        "stats.pearsonr",
        lambda x, y: stats.pearsonr(x, y)[:2],
        pearsonr,
        points,
        "20 points, slope to ±3, noise 1",
        samples=200,
    ),
    Sum(
        "stats.chisquare",
        stats.chisquare,
        chisquare,
        counts_of_eight,
        "eight categories of about 100, p-values to 1e-300 (float32: 1e-20)",
        samples=500,
    ),
]
