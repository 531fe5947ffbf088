"""The Bernoulli law: one trial that succeeds or fails."""

import jax.numpy as jnp
from jax import random
from jax.scipy.special import xlogy
from jaxtyping import Array, Key

from mathml_jax.distributions import _counts, _derived
from mathml_jax.distributions._binomial import PROBABILITY, log_rest
from mathml_jax.distributions._law import Draws, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family

law = _counts.Counts(
    __name__,
    title="Bernoulli law",
    reference='Bernoulli, "Ars conjectandi", 1713.',
    typical={"k": 1.0, "q": 0.25, "p": 0.3},
    parameters={"p": PROBABILITY},
    support=lambda p: (0.0, 1.0),
)
Parameters = law.Parameters


@law
def pmf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of failure, k = 0, or success, k = 1.

    .. math::

        p(0) = 1 - p, \qquad p(1) = p

    >>> pmf(jnp.array([0.0, 1.0, 2.0]), 0.25).tolist()
    [0.75, 0.25, 0.0]
    """
    return jnp.where(k == 1, p, 1 - p)


@law
def logpmf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability of failure or success.

    .. math::

        \log p(0) = \log(1 - p), \qquad \log p(1) = \log p
    """
    success = k == 1
    return jnp.where(success, jnp.log(jnp.where(success, p, 1.0)), log_rest(jnp.where(success, 0.0, p)))


@law
def cdf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of at most k.

    .. math::

        F(0) = 1 - p, \qquad F(1) = 1

    >>> cdf(0.0, 0.25).item()
    0.75
    """
    return 1 - p


@law
def sf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of more than k.

    .. math::

        S(0) = p, \qquad S(1) = 0
    """
    return p


@law
def logcdf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(0) = \log(1 - p)
    """
    return log_rest(p)


@law
def logsf(k: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(0) = \log p

    >>> f"{logsf(0.0, 0.25):.4f}"
    '-1.3863'
    """
    return jnp.log(p)


@law
def mean(p: Value, loc: Value = 0.0) -> Result:
    r"""Mean of the Bernoulli law.

    .. math::

        E[X] = p + \mu

    >>> mean(0.25).item()
    0.25
    """
    return p


@law
def mode(p: Value, loc: Value = 0.0) -> Result:
    r"""Mode of the Bernoulli law; 0 where both are as likely.

    .. math::

        \operatorname{argmax}_k p(k) = 1 \;\text{ for } p > \tfrac{1}{2}

    >>> mode(0.75).item()
    1.0
    """
    return (p > 0.5).astype(p.dtype)


@law
def var(p: Value, loc: Value = 0.0) -> Result:
    r"""Variance of the Bernoulli law.

    .. math::

        E\left[(X - E[X])^2\right] = p (1 - p)

    >>> var(0.25).item()
    0.1875
    """
    return p * (1 - p)


@law
def skew(p: Value, loc: Value = 0.0) -> Result:
    r"""Skewness of the Bernoulli law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{1 - 2 p}{\sqrt{p (1 - p)}}

    >>> skew(0.5).item()
    0.0
    """
    return (1 - 2 * p) / jnp.sqrt(p * (1 - p))


@law
def kurtosis(p: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the Bernoulli law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{1}{p (1 - p)} - 6

    >>> kurtosis(0.5).item()
    -2.0
    """
    return 1 / (p * (1 - p)) - 6


@law
def entropy(p: Value, loc: Value = 0.0) -> Result:
    r"""Entropy of the Bernoulli law, in nats.

    .. math::

        -E[\log p(X)] = -p \log p - (1 - p) \log(1 - p)

    >>> f"{entropy(0.5):.4f}"
    '0.6931'
    """
    return -xlogy(p, p) - xlogy(1 - p, 1 - p)


ppf, isf = _counts.ppf(law), _counts.isf(law)
median, interval, std, moment = (d(law) for d in (_derived.median, _derived.interval, _derived.std, _derived.moment))


@law
def rvs(key: Key[Array, ""], p: Value, loc: Value = 0.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the Bernoulli law.

    .. math::

        x = 1 \;\text{ where } U < p

    >>> rvs(random.key(0), 0.25, size=3).shape
    (3,)
    """
    return random.bernoulli(key, p, p.shape).astype(p.dtype)


@law
def score(k: Value, p: Value, loc: Value = 0.0) -> Slopes:
    r"""Derivative of `logpmf` in the probability of success.

    .. math::

        \frac{\partial \log p}{\partial p} = \frac{k}{p} - \frac{1 - k}{1 - p}

    >>> score(1.0, 0.25).p.item()
    4.0
    """
    return (jnp.where(k == 1, 1 / p, -1 / (1 - p)),)


@law
def fisher_information(p: Value, loc: Value = 0.0) -> Rows:
    r"""How much one trial tells about the probability of success.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{p (1 - p)}

    >>> fisher_information(0.5).tolist()
    [[4.0]]
    """
    return ((1 / (p * (1 - p)),),)


@law
def fit(data: Array, *, floc: Value = 0.0) -> Slopes:
    r"""The Bernoulli law under which the data are likeliest.

    .. math::

        \hat p = \frac{1}{n} \sum_i x_i

    where :math:`n` is the number of trials and :math:`p` the probability of success.

    >>> fit(jnp.array([1.0, 0.0, 0.0, 0.0])).p.item()
    0.25
    """
    return (jnp.mean(data) - floc,)


CONCEPTS = (family(law, {"k": (0.0, 2.0), "p": (0.2, 0.8)}),)
