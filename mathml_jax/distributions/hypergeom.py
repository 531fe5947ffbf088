"""The hypergeometric law: how many of those drawn without replacement are of one kind."""

import jax.numpy as jnp
from jax.lax import stop_gradient
from jaxtyping import Array, Key

from mathml_jax._checks import nan_unless
from mathml_jax._rounding import product_in_parts
from mathml_jax.distributions import _counts, _derived, _sums
from mathml_jax.distributions._binomial import number
from mathml_jax.distributions._draws import log_concave
from mathml_jax.distributions._law import Draws, Result, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._table import Weight, table_weight
from mathml_jax.special._rising import log1p

law = _counts.Counts(
    __name__,
    title="hypergeometric law",
    reference='Johnson, Kemp and Kotz, "Univariate discrete distributions", third edition, 2005, chapter 6.',
    typical={"k": 3.0, "q": 0.25, "M": 20.0, "n": 8.0, "N": 6.0},
    parameters={
        "M": number("M", "size of the population"),
        "n": number("n", "number in it of the kind that counts", estimated=True),
        "N": number("N", "number of those drawn"),
    },
    support=lambda M, n, N: (jnp.maximum(0.0, N - (M - n)), jnp.minimum(n, N)),
    valid=lambda M, n, N: (n <= M) & (N <= M),
)
Parameters = law.Parameters


@law
def pmf(k: Value, M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Probability that k of the N drawn are of the kind that counts.

    .. math::

        p(k) = \binom{n}{k} \binom{M - n}{N - k} \Big/ \binom{M}{N}

    where :math:`M` is the size of the population, :math:`n` the number in it of that kind, :math:`N` the number drawn.

    >>> f"{pmf(1.0, 4.0, 2.0, 2.0):.4f}"
    '0.6667'
    """
    return _weight(k, M, n, N).value()


@law
def logpmf(k: Value, M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability that k of the N drawn are of the kind that counts.

    .. math::

        \log p(k) = \log \binom{n}{k} + \log \binom{M - n}{N - k} - \log \binom{M}{N}

    where :math:`M` is the size of the population, :math:`n` the number in it of that kind, :math:`N` the number drawn.
    Large terms that cancel are never formed: they stand as Stirling's remainders and the deviance of a table.

    >>> f"{logpmf(2.5e7, 1e8, 5e7, 5e7):.6f}"
    '-8.742985'
    """
    return _weight(k, M, n, N).logarithm()


@law
def cdf(k: Value, M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Probability of at most k; the sum over the shorter side, by Gauss's rule for sums.

    .. math::

        F(k) = \sum_{j \le k} p(j)

    where :math:`j` runs over the counts.

    >>> f"{cdf(1.0, 4.0, 2.0, 2.0):.4f}"
    '0.8333'
    """
    return _tails(k, M, n, N).lower


@law
def sf(k: Value, M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Probability of more than k: the p-value of Fisher's exact test.

    .. math::

        S(k) = \sum_{j > k} p(j)

    where :math:`j` runs over the counts.
    """
    return _tails(k, M, n, N).upper


@law
def logcdf(k: Value, M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    return _tails(k, M, n, N).log_lower


@law
def logsf(k: Value, M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows."""
    return _tails(k, M, n, N).log_upper


@law
def mean(M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Mean of the hypergeometric law.

    .. math::

        E[X] = N \frac{n}{M} + \mu

    where :math:`M` is the size of the population, :math:`n` the number in it of the kind that counts, :math:`N` the
    number drawn.

    >>> mean(20.0, 10.0, 6.0).item()
    3.0
    """
    return jnp.where(M == 0, 0.0, N * (n / jnp.where(M == 0, 1.0, M)))


@law
def mode(M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Mode of the hypergeometric law; the larger of two.

    .. math::

        \operatorname{argmax}_k p(k) = \left\lfloor \frac{(N + 1)(n + 1)}{M + 2} \right\rfloor

    where :math:`M` is the size of the population, :math:`n` the number in it of the kind that counts, :math:`N` the
    number drawn.

    >>> mode(20.0, 10.0, 6.0).item()
    3.0
    """
    return _mode(M, n, N)


@law
def var(M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Variance of the hypergeometric law.

    .. math::

        E\left[(X - E[X])^2\right] = N \frac{n}{M} \frac{M - n}{M} \frac{M - N}{M - 1}

    where :math:`M` is the size of the population, :math:`n` the number in it of the kind that counts, :math:`N` the
    number drawn.

    >>> f"{var(5.0, 2.0, 2.0):.4f}"
    '0.3600'
    """
    many = jnp.where(M > 1, M, 2.0)
    return jnp.where(M > 1, N * (n / many) * ((many - n) / many) * ((many - N) / (many - 1)), 0.0)


@law
def skew(M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Skewness of the hypergeometric law; NaN where there is only one count.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{(M - 2 n) \sqrt{M - 1} (M - 2 N)}
        {\sqrt{N n (M - n)(M - N)} (M - 2)}

    where :math:`M` is the size of the population, :math:`n` the number in it of the kind that counts, :math:`N` the
    number drawn.

    >>> skew(20.0, 10.0, 6.0).item()
    0.0
    """
    under = jnp.sqrt(N) * jnp.sqrt(n) * jnp.sqrt(M - n) * jnp.sqrt(M - N)
    # Of two the law is symmetric, of fewer there is one count.
    slant = (M - 2 * n) * ((M - 2 * N) / jnp.where(M > 2, M - 2, 1.0))
    return jnp.where(under > 0, slant * jnp.sqrt(M - 1) / jnp.where(under > 0, under, 1.0), jnp.nan)


@law
def kurtosis(M: Value, n: Value, N: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the hypergeometric law beyond that of a normal law; NaN where there is only one count.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{(M - 1) M^2 \bigl( M (M + 1) - 6 n (M - n)
        - 6 N (M - N) \bigr) + 6 N n (M - N)(M - n)(5 M - 6)}{N n (M - N)(M - n)(M - 2)(M - 3)}

    where :math:`M` is the size of the population, :math:`n` the number in it of the kind that counts, :math:`N` the
    number drawn.

    >>> f"{kurtosis(20.0, 10.0, 6.0):.4f}"
    '-0.1793'
    """
    own, drawn = n * ((M - n) / M), N * ((M - N) / M)
    some = own * drawn > 0
    many = some & (M > 3)
    both = jnp.where(some, own * (drawn / (M - 1)), jnp.nan)
    first = ((M + 1) - 6 * own - 6 * drawn) * (M / both)
    # Of three at most, there are only two counts.
    return jnp.where(many, (first + 6 * (5 * M - 6)) / jnp.where(many, (M - 2) * (M - 3), 1.0), 1 / both - 6)


entropy = _sums.entropy(law)
ppf, isf = _counts.ppf(law), _counts.isf(law)
median, interval, std, moment = (d(law) for d in (_derived.median, _derived.interval, _derived.std, _derived.moment))


@law
def rvs(key: Key[Array, ""], M: Value, n: Value, N: Value, loc: Value = 0.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the hypergeometric law, by rejection.

    .. math::

        x \sim \binom{n}{x} \binom{M - n}{N - x} \Big/ \binom{M}{N}

    where :math:`M` is the size of the population, :math:`n` the number in it of the kind that counts, :math:`N` the
    number drawn.

    >>> from jax import random
    >>> rvs(random.key(0), 20.0, 8.0, 6.0, size=3).shape
    (3,)
    """
    return log_concave(key, lambda k: _weight(k, M, n, N).logarithm(), _mode(M, n, N), *law.support(M, n, N))


@law
def fit(data: Array, M: Value, N: Value, *, floc: Value = 0.0) -> Slopes:
    r"""The number of the kind that counts under which the data are likeliest: an integer, found by bisection.

    .. math::

        \hat n = \min \left\{ n : \prod_i \frac{(n + 1)(M - n - N + x_i)}{(n + 1 - x_i)(M - n)} \le 1 \right\}

    where :math:`M` is the size of the population, :math:`N` the number drawn each time and :math:`n` the number of the
    kind that counts.

    >>> fit(jnp.array([1.0, 2.0, 3.0]), 20.0, 5.0).n.item()
    8.0
    """
    k = data - floc
    low, high = jnp.max(k, initial=0.0), jnp.min(M - N + k, initial=jnp.inf)

    def reached(n: Array) -> Array:
        return jnp.sum(log1p((k - N) / jnp.maximum(M - n, 1.0)) - log1p(-k / (n + 1))) <= 0

    guess = jnp.clip(jnp.floor(jnp.mean(k) / jnp.maximum(N, 1.0) * M), low, high)
    known = (low <= high) & jnp.all((k >= 0) & (k <= N))
    return (nan_unless(known, low) * _counts.search(reached, guess, low, high),)


def _weight(k: Array, M: Array, n: Array, N: Array, step: Array | float = 0.0) -> Weight:
    """That of k and a step."""
    step = jnp.full_like(k, step)
    table = jnp.stack([jnp.stack([k, n - k]), jnp.stack([N - k, (M - n) - (N - k)])])
    return table_weight(table, jnp.stack([jnp.stack([step, -step]), jnp.stack([-step, step])]), whole=True)


def _mode(M: Array, n: Array, N: Array) -> Array:
    """The quotient is rounded down without any rounding before."""
    product, lost = product_in_parts(N + 1, n + 1)
    quotient = jnp.floor(product / (M + 2))
    whole, less = product_in_parts(quotient, M + 2)
    return quotient + jnp.floor(((product - whole) + (lost - less)) / (M + 2))


def _tails(k: Array, M: Array, n: Array, N: Array) -> _sums.Tails:
    """The sum from k, or the count above it, away from the mode; whole numbers have no derivative."""
    k, M, n, N = map(stop_gradient, (k, M, n, N))
    low, high = law.support(M, n, N)
    is_lower = k < _mode(M, n, N)
    near, count = jnp.where(is_lower, k, k + 1), jnp.where(is_lower, k - low + 1, high - k)
    found = _sums.run(lambda x: _weight(near, M, n, N, jnp.where(is_lower, -x, x)), count)
    return _sums.tails(is_lower, found)


CONCEPTS = (family(law, {"k": (1.0, 5.0), "M": (18.0, 24.0), "n": (8.0, 12.0), "N": (6.0, 9.0)}),)
