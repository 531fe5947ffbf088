"""The beta-binomial law: successes in n trials whose probability itself varies from one series to the next."""

from typing import Any

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax._checks import nan_unless
from mathml_jax.distributions import _counts, _derived, _fit, _sums, binom
from mathml_jax.distributions._binomial import number
from mathml_jax.distributions._law import Draws, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._slopes import trigamma_drop
from mathml_jax.distributions._table import Weight, table_weight
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._rising import digamma_rise
from mathml_jax.special.log_odds import expit

law = _counts.Counts(
    __name__,
    title="beta-binomial law",
    reference='Skellam, "A probability distribution derived from the binomial distribution ...", 1948.',
    typical={"k": 3.0, "q": 0.25, "n": 10.0, "a": 2.0, "b": 3.0},
    parameters={
        "n": number("n", "number of trials"),
        "a": Parameter("a", "first shape, positive"),
        "b": Parameter("b", "second shape, positive"),
    },
    support=lambda n, a, b: (0.0, n),
)
Parameters = law.Parameters


@law
def pmf(k: Value, n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Probability that k of n trials succeed.

    .. math::

        p(k) = \binom{n}{k} \frac{B(k + a, n - k + b)}{B(a, b)}

    where :math:`n` is the number of trials.

    >>> f"{pmf(1.0, 3.0, 1.0, 1.0):.4f}"
    '0.2500'
    """
    return _weight(k, n, a, b).value()


@law
def logpmf(k: Value, n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability that k of n trials succeed.

    .. math::

        \log p(k) = \log \binom{n}{k} + \log B(k + a, n - k + b) - \log B(a, b)

    where :math:`n` is the number of trials. Large terms that cancel are never formed: they stand as Stirling's
    remainders and the deviance of a table whose rows are the trials and the shapes.
    """
    return _weight(k, n, a, b).logarithm()


@law
def cdf(k: Value, n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Probability of at most k; the sum over the shorter side, by Gauss's rule for sums.

    .. math::

        F(k) = \sum_{j \le k} p(j)

    where :math:`j` runs over the counts.

    >>> f"{cdf(1.0, 3.0, 1.0, 1.0):.4f}"
    '0.5000'
    """
    return _tails(k, n, a, b).lower


@law
def sf(k: Value, n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Probability of more than k.

    .. math::

        S(k) = \sum_{j > k} p(j)

    where :math:`j` runs over the counts.
    """
    return _tails(k, n, a, b).upper


@law
def logcdf(k: Value, n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    return _tails(k, n, a, b).log_lower


@law
def logsf(k: Value, n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows."""
    return _tails(k, n, a, b).log_upper


@law
def mean(n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Mean of the beta-binomial law.

    .. math::

        E[X] = n \frac{a}{a + b} + \mu

    where :math:`n` is the number of trials.

    >>> mean(8.0, 1.0, 3.0).item()
    2.0
    """
    return n * (a / (a + b))


@law
def mode(n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Mode of the beta-binomial law; the larger of several.

    .. math::

        \operatorname{argmax}_k p(k) = \left\lfloor \frac{(n + 1)(a - 1)}{a + b - 2} \right\rfloor

    where :math:`n` is the number of trials.

    >>> mode(8.0, 2.0, 4.0).item()
    2.0
    """
    peaked = a + b > 2
    peak = jnp.floor((n + 1) * (a - 1) / jnp.where(peaked, a + b - 2, 1.0))
    return jnp.where(peaked, jnp.clip(peak, 0.0, n), jnp.where(a >= b, n, 0.0))


@law
def var(n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Variance of the beta-binomial law.

    .. math::

        E\left[(X - E[X])^2\right] = \frac{n a b (a + b + n)}{(a + b)^2 (a + b + 1)}

    where :math:`n` is the number of trials.

    >>> var(4.0, 1.0, 1.0).item()
    2.0
    """
    s = a + b
    return n * (a / s) * (b / s) * ((s + n) / (s + 1))


@law
def skew(n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Skewness of the beta-binomial law; NaN where there is no trial.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{(a + b + 2 n)(b - a)}{a + b + 2}
        \sqrt{\frac{1 + a + b}{n a b (n + a + b)}}

    where :math:`n` is the number of trials.

    >>> skew(8.0, 2.0, 2.0).item()
    0.0
    """
    s, some = a + b, n > 0
    spread = jnp.sqrt((1 + s) / (n + s) / jnp.where(some, n, 1.0) / a / b)
    return jnp.where(some, (s + 2 * n) * ((b - a) / (s + 2)) * spread, jnp.nan)


@law
def kurtosis(n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the beta-binomial law beyond that of a normal law; NaN where there is no trial.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{s^2 (1 + s)}{n a b (s + 2)(s + 3)(s + n)} \Bigl(
        s (s - 1 + 6 n) + 3 a b (n - 2) + 6 n^2 - \frac{3 a b n (6 - n)}{s} - \frac{18 a b n^2}{s^2} \Bigr) - 3

    where :math:`n` is the number of trials and :math:`s = a + b`.

    >>> f"{kurtosis(1.0, 1.0, 1.0):.4f}"
    '-2.0000'
    """
    s = a + b
    p = a * (b / s)
    terms = s * (s - 1 + 6 * n) + 3 * p * s * (n - 2) + 6 * n * n - 3 * p * n * (6 - n) - 18 * p * n * (n / s)
    return terms * (s / (s + 2)) * ((1 + s) / (s + 3)) / jnp.where(n > 0, n, jnp.nan) / p / (s + n) - 3


entropy = _sums.entropy(law)
ppf, isf = _counts.ppf(law), _counts.isf(law)
median, interval, std, moment = (d(law) for d in (_derived.median, _derived.interval, _derived.std, _derived.moment))


@law
def rvs(key: Key[Array, ""], n: Value, a: Value, b: Value, loc: Value = 0.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the beta-binomial law: binomial ones with beta probabilities.

    .. math::

        x \sim \binom{n}{x} p^x (1 - p)^{n - x}

    where :math:`p` is a beta variable of shapes a and b, and :math:`n` the number of trials.

    >>> rvs(random.key(0), 10.0, 2.0, 3.0, size=3).shape
    (3,)
    """
    first, second = random.split(key)
    logs = random.loggamma(first, jnp.stack([a, b]), dtype=n.dtype)
    odds = logs[0] - logs[1]
    # Of the two probabilities the smaller, which rounding does not spoil.
    drawn = binom.rvs(second, n, expit(-jnp.abs(odds)))
    return jnp.where(odds < 0, drawn, n - drawn)


@law
def score(k: Value, n: Value, a: Value, b: Value, loc: Value = 0.0) -> Slopes:
    r"""Derivative of `logpmf` in the shapes.

    .. math::

        \begin{aligned}
        \frac{\partial \log p}{\partial a} &= \psi(k + a) - \psi(a) - \psi(n + a + b) + \psi(a + b), \\
        \frac{\partial \log p}{\partial b} &= \psi(n - k + b) - \psi(b) - \psi(n + a + b) + \psi(a + b)
        \end{aligned}

    where :math:`n` is the number of trials.

    >>> [slope.round(4).item() for slope in score(1.0, 1.0, 1.0, 1.0)]
    [0.5, -0.5]
    """
    both = digamma_rise(a + b, n)
    return digamma_rise(a, k) - both, digamma_rise(b, n - k) - both


@law
def fisher_information(n: Value, a: Value, b: Value, loc: Value = 0.0) -> Rows:
    r"""How much one count tells about the shapes.

    .. math::

        \begin{aligned}
        J_{aa} &= \psi'(a) - E[\psi'(X + a)] - d, \quad J_{bb} = \psi'(b) - E[\psi'(n - X + b)] - d, \\
        J_{ab} &= -d, \quad d = \psi'(a + b) - \psi'(n + a + b)
        \end{aligned}

    where :math:`n` is the number of trials and :math:`d` what both shapes share.

    >>> fisher_information(1.0, 1.0, 1.0).round(4).tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    shared = trigamma_drop(a + b, n)
    # Both shapes at once: for the second, failures are counted.
    own, other, n, loc = (jnp.stack(pair) for pair in ((a, b), (b, a), (n, n), (loc, loc)))
    aa, bb = _sums.expectation(law, lambda k, _: trigamma_drop(own, k), n, own, other, loc) - shared[None]
    return (aa, -shared), (-shared, bb)


@law
def fit(data: Array, n: Value, *, floc: Value = 0.0) -> Slopes:
    r"""The beta-binomial law under which the data are likeliest; NaN where they vary no more than binomial ones.

    .. math::

        \operatorname{argmax}_{a, b} \sum_i \log p(x_i), \qquad v > n q (1 - q)

    where :math:`n` is the number of trials behind each count :math:`x_i`, :math:`v` the variance of the counts and
    :math:`q` the share of all trials that succeeded; unless each series was one of successes or of failures alone.

    >>> data = jnp.array([0.0, 1.0, 1.0, 3.0, 4.0, 4.0])
    >>> bool(jnp.all(abs(jnp.mean(jnp.stack(score(data, 4.0, *fit(data, 4.0))), axis=1)) < 1e-4))
    True
    """
    k = data - floc
    p = jnp.mean(k) / n
    spread = jnp.var(k) / (n * p * (1 - p))
    some = (spread > 1) & jnp.any((k > 0) & (k < n)) & jnp.all((k >= 0) & (k <= n))
    total = jnp.clip((n - spread) / jnp.where(some, spread - 1, 1.0), 0.1, 1e4)
    start = jnp.where(some, jnp.log(total * jnp.stack([p, 1 - p])), 0.0)

    def mean(theta: Array, given: tuple[Array, Array]) -> Array:
        return jnp.mean(logpmf(*given, *jnp.exp(theta)))

    def slope(theta: Array, given: tuple[Array, Array]) -> Array:
        shapes = jnp.exp(theta)
        return shapes * jnp.mean(jnp.stack(score(*given, *shapes)), axis=1)

    a, b = nan_unless(some, p) * jnp.exp(_fit.maximum(mean, slope, start, (k, n)))
    return a, b


def _weight(k: Array, n: Array, a: Array, b: Array, step: Array | float = 0.0) -> Weight:
    """That of k and a step: the table's, whose factorials become gamma functions."""
    step, none = jnp.full_like(k, step), jnp.zeros_like(k)
    table = jnp.stack([jnp.stack([k, n - k]), jnp.stack([a, b])])
    high, low, height = table_weight(table, jnp.stack([jnp.stack([step, -step]), jnp.stack([none, none])]))
    return Weight(high, low, height / (1 + (k + step) / a) / (1 + (n - k - step) / b) * (1 + n / (a + b)))


def _tails(k: Array, n: Array, a: Array, b: Array) -> _sums.Tails:
    """By the smaller of both."""
    sums = _both(k, n, a, b)
    lower, upper = sums.value()
    is_lower = lower < upper
    return _sums.tails(is_lower, _sums.Sum(*(jnp.where(is_lower, *pair) for pair in sums)))


@jax.custom_jvp
def _both(k: Array, n: Array, a: Array, b: Array) -> _sums.Sum:
    """The sums up to k and from k + 1 on; of the derivative only the scales have a part."""
    return _from_ends(k, n, a, b)


def _from_ends(k: Array, n: Array, a: Array, b: Array) -> _sums.Sum:
    """The sums up to k and from k + 1 on, each from both its ends, near which its weight may lie."""
    zero, one = jnp.zeros_like(k), jnp.ones_like(k)
    counts = jnp.stack([k + 1, n - k])
    near = jnp.ceil(counts / 2)
    starts, signs = jnp.stack([k, k + 1, zero, n]), jnp.stack([-one, one, one, -one])
    n, a, b = (jnp.stack([value] * 4) for value in (n, a, b))
    found = _sums.run(lambda x: _weight(starts, n, a, b, signs * x), jnp.concatenate([near, counts - near]))
    exponent = jnp.maximum(found.exponent[:2], found.exponent[2:])
    scale = found.scale * jnp.exp(found.exponent - jnp.concatenate([exponent, exponent]))
    return _sums.Sum(exponent, scale[:2] + scale[2:])


@_both.defjvp
def _both_jvp(primals: tuple[Array, ...], tangents: tuple[Any, ...]) -> tuple[_sums.Sum, _sums.Sum]:
    """Along both shapes at once, so that what follows is linear in the tangents."""
    k, n, *shapes = primals

    def along(first: Array, second: Array) -> tuple[_sums.Sum, _sums.Sum]:
        changes = tuple(jnp.full_like(shape, part) for shape, part in zip(shapes, (first, second), strict=True))
        return jax.jvp(lambda a, b: _from_ends(k, n, a, b), tuple(shapes), changes)

    basis = jnp.eye(2, dtype=k.dtype)
    sums, slopes = jax.vmap(along, out_axes=(None, 0))(basis[0], basis[1])
    change = slopes.scale[0] * tangents[2][None] + slopes.scale[1] * tangents[3][None]
    return sums, _sums.Sum(jnp.zeros_like(change), change)


CONCEPTS = (
    family(
        law,
        {"k": (0.0, 10.0), "n": (9.0, 13.0), "a": (1.5, 4.0), "b": (1.5, 4.0)},
        data=lambda u: jnp.where(u > 5, 8.0, 0.0) + u % 2,
    ),
)
