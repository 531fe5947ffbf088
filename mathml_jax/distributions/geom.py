"""The geometric law: how many independent trials it takes until one succeeds."""

import jax.numpy as jnp
from jax import random
from jax.scipy.special import xlogy
from jaxtyping import Array, Key

from mathml_jax.distributions import _counts, _derived
from mathml_jax.distributions._binomial import POSITIVE_PROBABILITY, log_rest
from mathml_jax.distributions._law import INF, Draws, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.fundamentals.logarithms import log1mexp

law = _counts.Counts(
    __name__,
    title="geometric law",
    reference='Johnson, Kemp and Kotz, "Univariate discrete distributions", third edition, 2005, chapter 5.',
    typical={"k": 3.0, "q": 0.25, "p": 0.3},
    parameters={"p": POSITIVE_PROBABILITY},
    support=lambda p: (1.0, INF),
)
Parameters = law.Parameters


@law
def pmf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability that trial k is the first to succeed.

    .. math::

        p(k) = p (1 - p)^{k - 1}

    where :math:`p` without an argument is the probability of one success.

    >>> pmf(jnp.array([0.0, 1.0, 2.0]), 0.25).tolist()
    [0.0, 0.25, 0.1875]
    """
    value = p * jnp.exp(_log_failures(k - 1, p))
    # Certain success: as its tangent, so that the derivative in p is right there too.
    return jnp.where((p == 1) & (k == 2), 1 - p, value)


@law
def logpmf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability that trial k is the first to succeed.

    .. math::

        \log p(k) = (k - 1) \log(1 - p) + \log p

    where :math:`p` without an argument is the probability of one success.
    """
    return _log_failures(k - 1, p) + jnp.log(p)


@law
def cdf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of success within k trials.

    .. math::

        F(k) = 1 - (1 - p)^k

    >>> cdf(2.0, 0.25).item()
    0.4375
    """
    return -jnp.expm1(_log_failures(k, p))


@law
def sf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability that k trials fail.

    .. math::

        S(k) = (1 - p)^k
    """
    return jnp.exp(_log_failures(k, p))


@law
def logcdf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(k) = \log\bigl( 1 - (1 - p)^k \bigr)
    """
    return log1mexp(-_log_failures(k, p))


@law
def logsf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(k) = k \log(1 - p)

    >>> f"{logsf(1e4, 0.5):.4f}"
    '-6931.4718'
    """
    return _log_failures(k, p)


@law
def mean(p: Value, loc: Value = 0.0) -> Result:
    r"""Mean of the geometric law.

    .. math::

        E[X] = \frac{1}{p} + \mu

    >>> mean(0.25).item()
    4.0
    """
    return 1 / p


@law
def mode(p: Value, loc: Value = 0.0) -> Result:
    r"""Mode of the geometric law: the first trial.

    .. math::

        \operatorname{argmax}_k p(k) = 1

    >>> mode(0.25).item()
    1.0
    """
    return jnp.ones_like(p)


@law
def var(p: Value, loc: Value = 0.0) -> Result:
    r"""Variance of the geometric law.

    .. math::

        E\left[(X - E[X])^2\right] = \frac{1 - p}{p^2}

    >>> var(0.25).item()
    12.0
    """
    return (1 - p) / p / p


@law
def skew(p: Value, loc: Value = 0.0) -> Result:
    r"""Skewness of the geometric law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{2 - p}{\sqrt{1 - p}}

    >>> skew(0.75).item()
    2.5
    """
    return (2 - p) / jnp.sqrt(1 - p)


@law
def kurtosis(p: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the geometric law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = 6 + \frac{p^2}{1 - p}

    >>> kurtosis(0.5).item()
    6.5
    """
    return 6 + p * p / (1 - p)


@law
def entropy(p: Value, loc: Value = 0.0) -> Result:
    r"""Entropy of the geometric law, in nats.

    .. math::

        -E[\log p(X)] = -\log p - \frac{1 - p}{p} \log(1 - p)

    where :math:`p` without an argument is the probability of one success.

    >>> f"{entropy(0.5):.4f}"
    '1.3863'
    """
    rest = jnp.where(p == 1, xlogy(1 - p, 1 - p), (1 - p) * log_rest(jnp.where(p == 1, 0.5, p)))
    return -jnp.log(p) - rest / p


ppf, isf = _counts.ppf(law), _counts.isf(law)
median, interval, std, moment = (d(law) for d in (_derived.median, _derived.interval, _derived.std, _derived.moment))


@law
def rvs(key: Key[Array, ""], p: Value, loc: Value = 0.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the geometric law.

    .. math::

        x = 1 + \left\lfloor \frac{\log U}{\log(1 - p)} \right\rfloor

    >>> rvs(random.key(0), 0.25, size=3).shape
    (3,)
    """
    sure = p == 1
    return 1 + jnp.where(sure, 0.0, jnp.floor(random.exponential(key, p.shape, p.dtype) / -log_rest(p)))


@law
def score(k: Value, p: Value, loc: Value = 0.0) -> Slopes:
    r"""Derivative of `logpmf` in the probability of success.

    .. math::

        \frac{\partial \log p}{\partial p} = \frac{1}{p} - \frac{k - 1}{1 - p}

    >>> score(1.0, 0.25).p.item()
    4.0
    """
    return (1 / p - (k - 1) / jnp.where(k == 1, 1.0, 1 - p),)


@law
def fisher_information(p: Value, loc: Value = 0.0) -> Rows:
    r"""How much one waiting time tells about the probability of success.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{p^2 (1 - p)}

    >>> fisher_information(0.5).tolist()
    [[8.0]]
    """
    return ((1 / (p * p * (1 - p)),),)


@law
def fit(data: Array, *, floc: Value = 0.0) -> Slopes:
    r"""The geometric law under which the data are likeliest.

    .. math::

        \hat p = \frac{n}{\sum_i x_i}

    where :math:`n` is the number of observations and :math:`p` the probability of success.

    >>> fit(jnp.array([1.0, 2.0, 3.0])).p.item()
    0.5
    """
    return (1 / (jnp.mean(data) - floc),)


def _log_failures(k: Array, p: Array) -> Array:
    """The logarithm of (1 - p)^k, at k = 0 as its tangent."""
    none, sure = k == 0, p == 1
    value = k * log_rest(jnp.where(none | sure, 0.5, p))
    return jnp.where(none, -k * p, jnp.where(sure, -INF, value))


CONCEPTS = (family(law, {"k": (1.0, 9.0), "p": (0.2, 0.7)}),)
