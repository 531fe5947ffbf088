"""The binomial law: how many of n independent trials succeed."""

import jax.numpy as jnp
from jaxtyping import Array, Key

from mathml_jax.distributions import _counts, _derived, _sums
from mathml_jax.distributions._binomial import PROBABILITY, log_binomial, number
from mathml_jax.distributions._draws import log_concave
from mathml_jax.distributions._law import Draws, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.special._beta_tail import beta_tails

law = _counts.Counts(
    __name__,
    title="binomial law",
    reference='Bernoulli, "Ars conjectandi", 1713; Loader, "Fast and accurate computation of binomial ...", 2000.',
    typical={"k": 3.0, "q": 0.25, "n": 10.0, "p": 0.3},
    parameters={"n": number("n", "number of trials"), "p": PROBABILITY},
    support=lambda n, p: (0.0, n),
)
Parameters = law.Parameters


@law
def pmf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability that k of n trials succeed.

    .. math::

        p(k) = \binom{n}{k} p^k (1 - p)^{n - k}

    where :math:`p` without an argument is the probability of one success, :math:`n` the number of trials.

    >>> f"{pmf(1.0, 2.0, 0.5):.4f}"
    '0.5000'
    """
    value = jnp.exp(log_binomial(k, n, p, 1 - p))
    # One success too many where there is none, as its tangent: the derivative in p is right there too.
    value = jnp.where((p == 0) & (k == 1), n * p, value)
    return jnp.where((p == 1) & (k == n - 1), n * (1 - p), value)


@law
def logpmf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability that k of n trials succeed.

    .. math::

        \log p(k) = \log \binom{n}{k} + k \log p + (n - k) \log(1 - p)

    where :math:`p` without an argument is the probability of one success, :math:`n` the number of trials. Large terms
    that cancel are never formed: they stand as Stirling's remainders and the deviance of k from the mean.

    >>> f"{logpmf(5e7, 1e8, 0.5):.6f}"
    '-9.436132'
    """
    return log_binomial(k, n, p, 1 - p)


@law
def cdf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of at most k successes.

    .. math::

        F(k) = I_{1 - p}(n - k, k + 1)

    where :math:`n` is the number of trials.

    >>> f"{cdf(1.0, 2.0, 0.5):.4f}"
    '0.7500'
    """
    return beta_tails(k + 1, n - k, p, 1 - p).upper


@law
def sf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of more than k successes.

    .. math::

        S(k) = I_p(k + 1, n - k)

    where :math:`n` is the number of trials.
    """
    return beta_tails(k + 1, n - k, p, 1 - p).lower


@law
def logcdf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows.

    .. math::

        \log F(k) = \log I_{1 - p}(n - k, k + 1)

    where :math:`n` is the number of trials.
    """
    return beta_tails(k + 1, n - k, p, 1 - p).log_upper


@law
def logsf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    .. math::

        \log S(k) = \log I_p(k + 1, n - k)

    where :math:`n` is the number of trials.

    >>> f"{logsf(998.0, 1000.0, 0.5):.4f}"
    '-686.2384'
    """
    return beta_tails(k + 1, n - k, p, 1 - p).log_lower


@law
def mean(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Mean of the binomial law.

    .. math::

        E[X] = n p + \mu

    where :math:`n` is the number of trials.

    >>> mean(10.0, 0.25).item()
    2.5
    """
    return n * p


@law
def mode(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Mode of the binomial law; the larger of two.

    .. math::

        \operatorname{argmax}_k p(k) = \min\bigl( \lfloor (n + 1) p \rfloor, n \bigr)

    where :math:`n` is the number of trials.

    >>> mode(10.0, 0.25).item()
    2.0
    """
    return jnp.minimum(jnp.floor((n + 1) * p), n)


@law
def var(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Variance of the binomial law.

    .. math::

        E\left[(X - E[X])^2\right] = n p (1 - p)

    where :math:`n` is the number of trials.

    >>> var(4.0, 0.5).item()
    1.0
    """
    return n * p * (1 - p)


@law
def skew(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Skewness of the binomial law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{1 - 2 p}{\sqrt{n p (1 - p)}}

    where :math:`n` is the number of trials.

    >>> skew(10.0, 0.5).item()
    0.0
    """
    return (1 - 2 * p) / jnp.sqrt(n * p * (1 - p))


@law
def kurtosis(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the binomial law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{1 - 6 p (1 - p)}{n p (1 - p)}

    where :math:`n` is the number of trials.

    >>> kurtosis(4.0, 0.5).item()
    -0.5
    """
    return (1 - 6 * p * (1 - p)) / (n * p * (1 - p))


entropy = _sums.entropy(law)
ppf, isf = _counts.ppf(law), _counts.isf(law)
median, interval, std, moment = (d(law) for d in (_derived.median, _derived.interval, _derived.std, _derived.moment))


@law
def rvs(key: Key[Array, ""], n: Value, p: Value, loc: Value = 0.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the binomial law, by rejection.

    .. math::

        x \sim \binom{n}{x} p^x (1 - p)^{n - x}

    where :math:`n` is the number of trials and :math:`p` the probability of success.

    >>> from jax import random
    >>> rvs(random.key(0), 10.0, 0.3, size=3).shape
    (3,)
    """
    likeliest = jnp.minimum(jnp.floor((n + 1) * p), n)
    return log_concave(key, lambda k: log_binomial(k, n, p, 1 - p), likeliest, jnp.zeros_like(n), n)


@law
def score(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Slopes:
    r"""Derivative of `logpmf` in the probability of success.

    .. math::

        \frac{\partial \log p}{\partial p} = \frac{k}{p} - \frac{n - k}{1 - p}

    where :math:`n` is the number of trials.

    >>> score(3.0, 4.0, 0.5).p.item()
    4.0
    """
    # Of none at all nothing is to be divided.
    low, high = jnp.where(k == 0, 1.0, p), jnp.where(k == n, 1.0, 1 - p)
    return (k / low - (n - k) / high,)


@law
def fisher_information(n: Value, p: Value, loc: Value = 0.0) -> Rows:
    r"""How much n trials tell about the probability of success.

    .. math::

        J = E\left[s s^T\right] = \frac{n}{p (1 - p)}

    where :math:`n` is the number of trials.

    >>> fisher_information(10.0, 0.5).tolist()
    [[40.0]]
    """
    return ((n / (p * (1 - p)),),)


@law
def fit(data: Array, n: Value, *, floc: Value = 0.0) -> Slopes:
    r"""The binomial law of n trials under which the data are likeliest.

    .. math::

        \hat p = \frac{1}{n m} \sum_i x_i

    where :math:`n` is the number of trials behind each of the :math:`m` counts, and :math:`p` the probability of
    success.

    >>> fit(jnp.array([1.0, 2.0, 6.0]), 6.0).p.item()
    0.5
    """
    return ((jnp.mean(data) - floc) / n,)


CONCEPTS = (family(law, {"k": (0.0, 9.0), "n": (9.0, 15.0), "p": (0.2, 0.8)}),)
