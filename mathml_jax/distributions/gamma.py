"""The gamma law: waiting for several of the events that happen at a constant rate."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._slopes import trigamma
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._gamma_law import density, log_density
from mathml_jax.special._rising import log_less_digamma
from mathml_jax.special._stirling import stirling_remainder
from mathml_jax.special.incomplete_gamma import gammainc, gammaincc, log_gammainc, log_gammaincc
from mathml_jax.special.incomplete_gamma_inverse import gammainccinv, gammaincinv

law = Law(
    __name__,
    title="gamma law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 17.',
    typical={"x": 1.5, "q": 0.25, "a": 2.5},
    parameters={"a": Parameter("a", "shape, positive")},
    support=lambda a: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the gamma law.

    .. math::

        f(x) = \frac{z^{a - 1} e^{-z}}{\sigma \Gamma(a)}

    >>> f"{pdf(1.0, 2.0):.4f}"
    '0.3679'
    """
    # At 0 as its tangent, so that the derivative in x is right there too.
    edge = jnp.where(a == 1, 1 - x, x)
    return jnp.where((x == 0) & ((a == 1) | (a == 2)), edge, density(a, x))


@law
def logpdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = (a - 1) \log z - z - \log\Gamma(a) - \log \sigma

    where large terms that cancel are never formed: they stand as Stirling's remainder and the deviance of x from the
    mean.

    >>> f"{logpdf(1e8, 1e8):.8f}"
    '-10.12927891'
    """
    return jnp.where((x == 0) & (a == 1), -x, log_density(a, x))


@law
def cdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = P(a, z)

    >>> f"{cdf(1.0, 1.0):.4f}"
    '0.6321'
    """
    return gammainc(a, x)


@law
def sf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = Q(a, z)
    """
    return gammaincc(a, x)


@law
def logcdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows.

    .. math::

        \log F(x) = \log P(a, z)
    """
    return log_gammainc(a, x)


@law
def logsf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    .. math::

        \log S(x) = \log Q(a, z)

    >>> f"{logsf(1000.0, 0.5):.4f}"
    '-1004.0267'
    """
    return log_gammaincc(a, x)


@law
def ppf(q: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return gammaincinv(a, q)


@law
def isf(q: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return gammainccinv(a, q)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the gamma law.

    .. math::

        E[X] = \mu + \sigma a

    >>> mean(2.5, 1.0, 2.0).item()
    6.0
    """
    return a


@law
def mode(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the gamma law: its lower end where the shape is at most one.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \sigma \max(a - 1, 0)

    >>> mode(2.5).item()
    1.5
    """
    return jnp.maximum(a - 1, 0.0)


@law
def var(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the gamma law.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 a

    >>> var(2.5, scale=2.0).item()
    10.0
    """
    return a


@law
def skew(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the gamma law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{2}{\sqrt{a}}

    >>> skew(4.0).item()
    1.0
    """
    return 2 / jnp.sqrt(a)


@law
def kurtosis(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the gamma law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{6}{a}

    >>> kurtosis(4.0).item()
    1.5
    """
    return 6 / a


@law
def entropy(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the gamma law, in nats.

    .. math::

        -E[\log f(X)] = a + \log\Gamma(a) + (1 - a) \psi(a) + \log \sigma

    >>> f"{entropy(1.0):.4f}"
    '1.0000'
    """
    # By Stirling's formula the large terms are gone.
    return (math.log(2 * math.pi) + jnp.log(a)) / 2 + stirling_remainder(a) + (a - 1) * log_less_digamma(a)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], a: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the gamma law, whose derivative in the shape is that of the quantile.

    .. math::

        x \sim \frac{z^{a - 1} e^{-z}}{\sigma \Gamma(a)}

    >>> rvs(random.key(0), 2.5, size=3).shape
    (3,)
    """
    return random.gamma(key, a, a.shape, a.dtype)


@law
def score(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial a} = \log z - \psi(a), \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{1}{\sigma} \Bigl( 1 - \frac{a - 1}{z} \Bigr), \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z - a}{\sigma}

    >>> [round(slope.item(), 4) for slope in score(3.0, 1.0)]
    [1.6758, 1.0, 2.0]
    """
    return jnp.log(x / a) + log_less_digamma(a), (a - 1) / jnp.where((x == 0) & (a == 1), 1.0, x) - 1


@law
def fisher_information(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; about the place it is infinite up to a shape of two.

    .. math::

        J = \begin{pmatrix} \psi'(a) & \frac{1}{(a - 1) \sigma} & \frac{1}{\sigma} \\
        \frac{1}{(a - 1) \sigma} & \frac{1}{(a - 2) \sigma^2} & \frac{1}{\sigma^2} \\
        \frac{1}{\sigma} & \frac{1}{\sigma^2} & \frac{a}{\sigma^2} \end{pmatrix}

    >>> fisher_information(3.0)[1:].tolist()
    [[0.5, 1.0, 1.0], [1.0, 1.0, 3.0]]
    """
    one = jnp.ones_like(a)
    place = jnp.where(a > 2, 1 / jnp.where(a > 2, a - 2, 1.0), INF)
    shared = jnp.where(a > 1, 1 / jnp.where(a > 1, a - 1, 1.0), jnp.nan)
    both = jnp.where(a > 1, one, jnp.nan)
    return (trigamma(a), shared, one), (shared, place, both), (one, both, a)


def _start(data: Array) -> dict[str, Array]:
    """By Minka's approximation of what solves log a - digamma(a) = s."""
    s = jnp.log(jnp.mean(data)) - jnp.mean(jnp.log(data))
    a = (3 - s + jnp.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s)
    return {"a": a, "scale": jnp.mean(data) / a}


fit = _fit.fit(law, _start, "loc")

CONCEPTS = (family(law, {"x": (0.1, 6.0), "a": (2.1, 6.0)}),)
