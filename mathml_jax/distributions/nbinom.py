"""The negative binomial law: how many trials fail before the n-th succeeds; counts more spread than Poisson's."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _counts, _derived, _fit, _sums
from mathml_jax.distributions._binomial import POSITIVE_PROBABILITY
from mathml_jax.distributions._law import INF, Draws, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._slopes import trigamma_drop
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._beta_tail import beta_tails, log_beta_density
from mathml_jax.special._rising import digamma_rise

law = _counts.Counts(
    __name__,
    title="negative binomial law",
    reference='Johnson, Kemp and Kotz, "Univariate discrete distributions", third edition, 2005, chapter 5.',
    typical={"k": 3.0, "q": 0.25, "n": 4.5, "p": 0.6},
    parameters={"n": Parameter("n", "number of successes, positive, not only integers"), "p": POSITIVE_PROBABILITY},
    support=lambda n, p: (0.0, INF),
)
Parameters = law.Parameters


@law
def pmf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of k failures before success number n.

    .. math::

        p(k) = \frac{\Gamma(n + k)}{\Gamma(n)\, k!} p^n (1 - p)^k

    where :math:`p` without an argument is the probability of one success, :math:`n` the number of successes.

    >>> f"{pmf(1.0, 2.0, 0.5):.4f}"
    '0.2500'
    """
    # Certain success: as its tangent, so that the derivative in p is right there too.
    return jnp.where((p == 1) & (k == 1), n * (1 - p), jnp.exp(_log_probability(k, n, p)))


@law
def logpmf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability of k failures before success number n.

    .. math::

        \log p(k) = \log \frac{\Gamma(n + k)}{\Gamma(n)\, k!} + n \log p + k \log(1 - p)

    where :math:`p` without an argument is the probability of one success, :math:`n` the number of successes. Large
    terms that cancel are never formed.

    >>> f"{logpmf(1e8, 1e8, 0.5):.6f}"
    '-10.475852'
    """
    return _log_probability(k, n, p)


@law
def cdf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of at most k failures.

    .. math::

        F(k) = I_p(n, k + 1)

    where :math:`n` is the number of successes.

    >>> f"{cdf(1.0, 2.0, 0.5):.4f}"
    '0.5000'
    """
    return beta_tails(n, k + 1, p, 1 - p).lower


@law
def sf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Probability of more than k failures.

    .. math::

        S(k) = I_{1 - p}(k + 1, n)

    where :math:`n` is the number of successes.
    """
    return beta_tails(n, k + 1, p, 1 - p).upper


@law
def logcdf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows.

    .. math::

        \log F(k) = \log I_p(n, k + 1)

    where :math:`n` is the number of successes.
    """
    return beta_tails(n, k + 1, p, 1 - p).log_lower


@law
def logsf(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    .. math::

        \log S(k) = \log I_{1 - p}(k + 1, n)

    where :math:`n` is the number of successes.

    >>> f"{logsf(1e4, 1.0, 0.5):.4f}"
    '-6932.1650'
    """
    return beta_tails(n, k + 1, p, 1 - p).log_upper


@law
def mean(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Mean of the negative binomial law.

    .. math::

        E[X] = n \frac{1 - p}{p} + \mu

    where :math:`n` is the number of successes.

    >>> mean(2.0, 0.25).item()
    6.0
    """
    return n * ((1 - p) / p)


@law
def mode(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Mode of the negative binomial law; the larger of two.

    .. math::

        \operatorname{argmax}_k p(k) = \max\left( \lfloor (n - 1) \tfrac{1 - p}{p} \rfloor, 0 \right)

    where :math:`n` is the number of successes.

    >>> mode(2.0, 0.25).item()
    3.0
    """
    return jnp.floor(jnp.maximum(n - 1, 0.0) * ((1 - p) / p))


@law
def var(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Variance of the negative binomial law.

    .. math::

        E\left[(X - E[X])^2\right] = n \frac{1 - p}{p^2}

    where :math:`n` is the number of successes.

    >>> var(2.0, 0.5).item()
    4.0
    """
    return n * ((1 - p) / p / p)


@law
def skew(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Skewness of the negative binomial law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{2 - p}{\sqrt{n (1 - p)}}

    where :math:`n` is the number of successes.

    >>> skew(1.0, 0.75).item()
    2.5
    """
    return (2 - p) / jnp.sqrt(n * (1 - p))


@law
def kurtosis(n: Value, p: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the negative binomial law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{6}{n} + \frac{p^2}{n (1 - p)}

    where :math:`n` is the number of successes.

    >>> kurtosis(1.0, 0.5).item()
    6.5
    """
    return (6 + p * p / (1 - p)) / n


entropy = _sums.entropy(law)
ppf, isf = _counts.ppf(law), _counts.isf(law)
median, interval, std, moment = (d(law) for d in (_derived.median, _derived.interval, _derived.std, _derived.moment))


@law
def rvs(key: Key[Array, ""], n: Value, p: Value, loc: Value = 0.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the negative binomial law: Poisson ones whose mean is a gamma number.

    .. math::

        x \sim \frac{\lambda^x}{x!} e^{-\lambda}, \qquad \lambda = \frac{1 - p}{p} g

    where :math:`g` is a gamma variable of shape :math:`n`, the number of successes, :math:`p` the probability of one
    and :math:`\lambda` the mean.

    >>> rvs(random.key(0), 4.5, 0.6, size=3).shape
    (3,)
    """
    first, second = random.split(key)
    rate = random.gamma(first, n, n.shape, n.dtype) * ((1 - p) / p)
    return random.poisson(second, rate, n.shape).astype(n.dtype)


@law
def score(k: Value, n: Value, p: Value, loc: Value = 0.0) -> Slopes:
    r"""Derivative of `logpmf` in the parameters.

    .. math::

        \frac{\partial \log p}{\partial n} = \log p + \psi(n + k) - \psi(n), \qquad
        \frac{\partial \log p}{\partial p} = \frac{n}{p} - \frac{k}{1 - p}

    where :math:`p` without an argument is the probability of one success, :math:`n` the number of successes.

    >>> [slope.item() for slope in score(1.0, 1.0, 0.5)]
    [0.3068528194400547, 0.0]
    """
    return jnp.log(p) + digamma_rise(n, k), n / p - k / jnp.where(k == 0, 1.0, 1 - p)


@law
def fisher_information(n: Value, p: Value, loc: Value = 0.0) -> Rows:
    r"""How much one count tells about the parameters.

    .. math::

        J = \begin{pmatrix} \psi'(n) - E[\psi'(n + X)] & -\frac{1}{p} \\
        -\frac{1}{p} & \frac{n}{p^2 (1 - p)} \end{pmatrix}

    where :math:`n` is the number of successes.

    >>> fisher_information(1.0, 0.5)[1].tolist()
    [-2.0, 8.0]
    """
    own = _sums.expectation(law, lambda k, _: trigamma_drop(n, k), n, p, loc)
    return (own, -1 / p), (-1 / p, n / (p * p * (1 - p)))


def _log_probability(k: Array, n: Array, p: Array) -> Array:
    sure = p == 1
    safe = jnp.where(sure, 0.5, p)
    value = log_beta_density(n, k + 1, safe, 1 - safe) + jnp.log(safe / (n + k))
    return jnp.where(sure, jnp.where(k == 0, n * (p - 1), -INF), value)


def _start(data: Array) -> dict[str, Array]:
    """By mean and variance."""
    m, v = jnp.mean(data), jnp.var(data)
    p = jnp.clip(m / v, 0.01, 0.99)
    return {"n": m * p / (1 - p), "p": p}


fit = _fit.fit(law, _start, "loc")

CONCEPTS = (family(law, {"k": (0.0, 8.0), "n": (2.0, 6.0), "p": (0.3, 0.7)}, data=lambda u: u**3 / 20),)
