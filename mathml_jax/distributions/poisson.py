"""The Poisson law: how often something rare happens, where every moment is as good as another."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _counts, _derived, _sums
from mathml_jax.distributions._law import INF, Data, Draws, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._gamma_law import density, log_density
from mathml_jax.special.incomplete_gamma import gammainc, gammaincc, log_gammainc, log_gammaincc

law = _counts.Counts(
    __name__,
    title="Poisson law",
    reference='Poisson, "Recherches sur la probabilité des jugements", 1837.',
    typical={"k": 3.0, "q": 0.25, "mu": 2.5},
    parameters={"mu": Parameter(r"\lambda", "mean number of events, zero or positive", lambda value: value >= 0)},
    support=lambda mu: (0.0, INF),
)
Parameters = law.Parameters


@law
def pmf(k: Value, mu: Value, loc: Value = 0.0) -> Result:
    r"""Probability of k events.

    .. math::

        p(k) = \frac{\lambda^k}{k!} e^{-\lambda}

    >>> f"{pmf(0.0, 1.0):.4f}"
    '0.3679'
    """
    # A mean of 0: as the tangent, so that the derivative in the mean is right there too.
    none = jnp.where(k == 0, 1 - mu, jnp.where(k == 1, mu, 0.0))
    return jnp.where(mu == 0, none, density(k + 1, jnp.where(mu == 0, 1.0, mu)))


@law
def logpmf(k: Value, mu: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability of k events.

    .. math::

        \log p(k) = k \log \lambda - \lambda - \log k!

    where large terms that cancel are never formed: they stand as Stirling's remainder and the deviance of k from the
    mean.

    >>> f"{logpmf(1e8, 1e8).item():.10f}"
    '-10.1292789060'
    """
    return jnp.where(mu == 0, jnp.where(k == 0, -mu, -INF), log_density(k + 1, jnp.where(mu == 0, 1.0, mu)))


@law
def cdf(k: Value, mu: Value, loc: Value = 0.0) -> Result:
    r"""Probability of at most k events.

    .. math::

        F(k) = Q(k + 1, \lambda)

    >>> f"{cdf(0.0, 1.0):.4f}"
    '0.3679'
    """
    return gammaincc(k + 1, mu)


@law
def sf(k: Value, mu: Value, loc: Value = 0.0) -> Result:
    r"""Probability of more than k events.

    .. math::

        S(k) = P(k + 1, \lambda)
    """
    return gammainc(k + 1, mu)


@law
def logcdf(k: Value, mu: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(k) = \log Q(k + 1, \lambda)
    """
    return log_gammaincc(k + 1, mu)


@law
def logsf(k: Value, mu: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(k) = \log P(k + 1, \lambda)

    >>> f"{logsf(500.0, 1.0).item():.4f}"
    '-2618.5451'
    """
    return log_gammainc(k + 1, mu)


@law
def mean(mu: Value, loc: Value = 0.0) -> Result:
    r"""Mean of the Poisson law.

    .. math::

        E[X] = \lambda + \mu

    >>> mean(2.5).item()
    2.5
    """
    return mu


@law
def mode(mu: Value, loc: Value = 0.0) -> Result:
    r"""Mode of the Poisson law; the larger of two where the mean is an integer.

    .. math::

        \operatorname{argmax}_k p(k) = \lfloor \lambda \rfloor

    >>> mode(2.5).item()
    2.0
    """
    return jnp.floor(mu)


@law
def var(mu: Value, loc: Value = 0.0) -> Result:
    r"""Variance of the Poisson law: its mean.

    .. math::

        E\left[(X - E[X])^2\right] = \lambda

    >>> var(2.5).item()
    2.5
    """
    return mu


@law
def skew(mu: Value, loc: Value = 0.0) -> Result:
    r"""Skewness of the Poisson law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{1}{\sqrt{\lambda}}

    >>> skew(4.0).item()
    0.5
    """
    return mu**-0.5


@law
def kurtosis(mu: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the Poisson law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{1}{\lambda}

    >>> kurtosis(4.0).item()
    0.25
    """
    return 1 / mu


entropy = _sums.entropy(law)
ppf, isf = _counts.ppf(law), _counts.isf(law)
median, interval, std, moment = (d(law) for d in (_derived.median, _derived.interval, _derived.std, _derived.moment))


@law
def rvs(key: Key[Array, ""], mu: Value, loc: Value = 0.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the Poisson law.

    .. math::

        x \sim \frac{\lambda^x}{x!} e^{-\lambda}

    >>> rvs(random.key(0), 2.5, size=3).shape
    (3,)
    """
    return random.poisson(key, mu, mu.shape).astype(mu.dtype)


@law
def score(k: Value, mu: Value, loc: Value = 0.0) -> Slopes:
    r"""Derivative of `logpmf` in the mean.

    .. math::

        \frac{\partial \log p}{\partial \lambda} = \frac{k}{\lambda} - 1

    >>> score(5.0, 2.5).mu.item()
    1.0
    """
    return (jnp.where(k == 0, -1.0, (k - mu) / jnp.where(k == 0, 1.0, mu)),)


@law
def fisher_information(mu: Value, loc: Value = 0.0) -> Rows:
    r"""How much one count tells about the mean.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{\lambda}

    >>> fisher_information(4.0).tolist()
    [[0.25]]
    """
    return ((1 / mu,),)


@law
def fit(data: Data, *, floc: Value = 0.0) -> Slopes:
    r"""The Poisson law under which the data are likeliest.

    .. math::

        \hat\lambda = \frac{1}{n} \sum_i x_i

    where :math:`n` is the number of observations.

    >>> fit(jnp.array([1.0, 2.0, 6.0])).mu.item()
    3.0
    """
    return (jnp.mean(data) - floc,)


CONCEPTS = (family(law, {"k": (0.0, 6.0), "mu": (1.0, 4.0)}),)
