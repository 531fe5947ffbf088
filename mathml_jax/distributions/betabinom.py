"""The beta-binomial law: successes in n trials whose probability itself varies from one series to the next."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _counts, _derived, _fit, _sums, binom
from mathml_jax.distributions._binomial import number
from mathml_jax.distributions._law import Draws, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._slopes import trigamma_drop
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._beta_tail import log_beta_density
from mathml_jax.special._rising import digamma_rise

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
    return jnp.exp(_log_probability(k, n, a, b))


@law
def logpmf(k: Value, n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability that k of n trials succeed.

    .. math::

        \log p(k) = \log \binom{n}{k} + \log B(k + a, n - k + b) - \log B(a, b)

    where :math:`n` is the number of trials. It is evaluated by Bayes's rule, as the likelihood times the prior over the
    posterior at the mean of that, so that large terms that cancel are never formed.
    """
    return _log_probability(k, n, a, b)


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
    r"""Skewness of the beta-binomial law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{(a + b + 2 n)(b - a)}{a + b + 2}
        \sqrt{\frac{1 + a + b}{n a b (n + a + b)}}

    where :math:`n` is the number of trials.

    >>> skew(8.0, 2.0, 2.0).item()
    0.0
    """
    s = a + b
    return (s + 2 * n) * ((b - a) / (s + 2)) * jnp.sqrt((1 + s) / (n + s) / n / a / b)


@law
def kurtosis(n: Value, a: Value, b: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the beta-binomial law beyond that of a normal law.

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
    return terms * (s / (s + 2)) * ((1 + s) / (s + 3)) / n / p / (s + n) - 3


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
    return binom.rvs(second, n, random.beta(first, a, b, n.shape, n.dtype))


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
    aa = _sums.expectation(law, lambda k, _: trigamma_drop(a, k), n, a, b, loc) - shared
    bb = _sums.expectation(law, lambda k, _: trigamma_drop(b, n - k), n, a, b, loc) - shared
    return (aa, -shared), (-shared, bb)


def _log_probability(k: Array, n: Array, a: Array, b: Array) -> Array:
    total = a + b + n
    x, y = (k + a) / total, (n - k + b) / total
    # All three at once: one kernel to compile. The binomial probability is a beta density too, but for n + 1.
    above, below = jnp.stack([k + 1, a, k + a]), jnp.stack([n - k + 1, b, n - k + b])
    likelihood, prior, posterior = log_beta_density(above, below, jnp.stack([x] * 3), jnp.stack([y] * 3))
    return likelihood - jnp.log(n + 1) + prior - posterior


def _tails(k: Array, n: Array, a: Array, b: Array) -> _sums.Tails:
    zero = jnp.zeros_like(n)
    return _sums.tails(lambda k: _log_probability(k, n, a, b), k, zero, n, n * (a / (a + b)))


def _start(data: Array, n: Array) -> dict[str, Array]:
    """By mean and variance."""
    p, v = jnp.mean(data) / n, jnp.var(data)
    spread = v / (n * p * (1 - p))
    total = jnp.clip((n - spread) / (spread - 1), 0.1, 100.0)
    total = jnp.where(spread > 1, total, 100.0)
    return {"a": p * total, "b": (1 - p) * total}


fit = _fit.fit(law, _start, "loc")

CONCEPTS = (
    family(
        law, {"k": (0.0, 10.0), "n": (9.0, 13.0), "a": (1.5, 4.0), "b": (1.5, 4.0)}, data=lambda u: 9 * (u > 5) + u % 2
    ),
)
