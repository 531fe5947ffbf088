"""The inverse gamma law: one over a gamma number, what is believed of an unknown variance."""

import math

import jax.numpy as jnp
from jax import random
from jax.lax import stop_gradient
from jaxtyping import Array, Key

from mathml_jax._rounding import lost_in_difference, lost_in_product
from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._slopes import trigamma
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.fundamentals._quotient import log_quotient
from mathml_jax.special._gamma_tail import exponent, height
from mathml_jax.special._rising import log_less_digamma
from mathml_jax.special._stirling import stirling_remainder
from mathml_jax.special.incomplete_gamma import gammainc, gammaincc, log_gammainc, log_gammaincc
from mathml_jax.special.incomplete_gamma_inverse import gammainccinv, gammaincinv

law = Law(
    __name__,
    title="inverse gamma law",
    reference='Gelman and others, "Bayesian data analysis", third edition, 2013, appendix A.',
    typical={"x": 0.5, "q": 0.25, "a": 3.5},
    parameters={"a": Parameter("a", "shape, positive")},
    support=lambda a: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the inverse gamma law.

    .. math::

        f(x) = \frac{z^{-a - 1} e^{-1 / z}}{\sigma \Gamma(a)}

    >>> f"{pdf(1.0, 2.0):.4f}"
    '0.3679'
    """
    return jnp.exp(_log_density(x, a))


@law
def logpdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -(a + 1) \log z - \frac{1}{z} - \log\Gamma(a) - \log \sigma
    """
    return _log_density(x, a)


@law
def cdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = Q(a, 1 / z)

    >>> f"{cdf(1.0, 1.0):.4f}"
    '0.3679'
    """
    return jnp.where(x == 0, 0.0, gammaincc(a, _reciprocal(x)))


@law
def sf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = P(a, 1 / z)
    """
    return jnp.where(x == 0, 1.0, gammainc(a, _reciprocal(x)))


@law
def logcdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows.

    .. math::

        \log F(x) = \log Q(a, 1 / z)

    >>> f"{logcdf(0.001, 1.0):.1f}"
    '-1000.0'
    """
    return jnp.where(x == 0, -INF, log_gammaincc(a, _reciprocal(x)))


@law
def logsf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    .. math::

        \log S(x) = \log P(a, 1 / z)
    """
    return jnp.where(x == 0, 0.0, log_gammainc(a, _reciprocal(x)))


@law
def ppf(q: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    end = (q == 0) | (q == 1)
    return jnp.where(end, jnp.where(q == 0, jnp.zeros_like(q), INF), 1 / gammainccinv(a, jnp.where(end, 0.5, q)))


@law
def isf(q: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    end = (q == 0) | (q == 1)
    return jnp.where(end, jnp.where(q == 1, jnp.zeros_like(q), INF), 1 / gammaincinv(a, jnp.where(end, 0.5, q)))


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the inverse gamma law; inf up to a shape of one.

    .. math::

        E[X] = \mu + \frac{\sigma}{a - 1} \;\text{ for } a > 1

    >>> mean(3.0).item()
    0.5
    """
    return jnp.where(a > 1, 1 / (_beyond(a, 1.0) - 1), INF)


@law
def mode(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the inverse gamma law.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \frac{\sigma}{a + 1}

    >>> mode(3.0).item()
    0.25
    """
    return 1 / (a + 1)


@law
def var(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the inverse gamma law; inf up to a shape of two.

    .. math::

        E\left[(X - E[X])^2\right] = \frac{\sigma^2}{(a - 1)^2 (a - 2)} \;\text{ for } a > 2

    >>> var(3.0).item()
    0.25
    """
    b = _beyond(a, 2.0)
    return jnp.where(a > 2, 1 / ((b - 1) ** 2 * (b - 2)), INF)


@law
def skew(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the inverse gamma law; NaN up to a shape of three.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{4 \sqrt{a - 2}}{a - 3} \;\text{ for } a > 3

    >>> skew(6.0).round(4).item()
    2.6667
    """
    b = _beyond(a, 3.0)
    return jnp.where(a > 3, 4 * jnp.sqrt(b - 2) / (b - 3), jnp.nan)


@law
def kurtosis(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the inverse gamma law beyond that of a normal law; NaN up to a shape of four.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{6 (5 a - 11)}{(a - 3)(a - 4)} \;\text{ for } a > 4

    >>> kurtosis(5.0).item()
    42.0
    """
    b = _beyond(a, 4.0)
    return jnp.where(a > 4, 6 * (5 * b - 11) / (b - 3) / (b - 4), jnp.nan)


@law
def entropy(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the inverse gamma law, in nats.

    .. math::

        -E[\log f(X)] = a + \log\bigl( \sigma \Gamma(a) \bigr) - (1 + a) \psi(a)

    >>> f"{entropy(1.0):.4f}"
    '2.1544'
    """
    # By Stirling's formula the large terms are gone.
    return math.log(2 * math.pi) / 2 - 1.5 * jnp.log(a) + stirling_remainder(a) + (a + 1) * log_less_digamma(a)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], a: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the inverse gamma law, whose derivative in the shape is that of the quantile.

    .. math::

        x = \mu + \frac{\sigma}{g}

    where :math:`g` is a gamma variable of shape a.

    >>> rvs(random.key(0), 3.5, size=3).shape
    (3,)
    """
    return 1 / random.gamma(key, a, a.shape, a.dtype)


@law
def score(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial a} = -\log z - \psi(a), \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{1}{\sigma} \Bigl( \frac{a + 1}{z} - \frac{1}{z^2} \Bigr), \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{1}{\sigma} \Bigl( a - \frac{1}{z} \Bigr)

    >>> [round(slope.item(), 4) for slope in score(0.5, 1.0)]
    [1.2704, -0.0, -1.0]
    """
    return log_less_digamma(a) - jnp.log(x * a), (1 / x - a - 1) / x


@law
def fisher_information(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = \begin{pmatrix} \psi'(a) & -\frac{a}{\sigma} & -\frac{1}{\sigma} \\
        -\frac{a}{\sigma} & \frac{a (a + 1)(a + 3)}{\sigma^2} & \frac{a (a + 1)}{\sigma^2} \\
        -\frac{1}{\sigma} & \frac{a (a + 1)}{\sigma^2} & \frac{a}{\sigma^2} \end{pmatrix}

    >>> fisher_information(1.0)[1:].tolist()
    [[-1.0, 8.0, 2.0], [-1.0, 2.0, 1.0]]
    """
    one, both = jnp.ones_like(a), a * (a + 1)
    return (trigamma(a), -a, -one), (-a, both * (a + 3), both), (-one, both, a)


def _start(data: Array) -> dict[str, Array]:
    """Of the gamma law of one over the data, by Minka's approximation."""
    rate = 1 / data
    s = jnp.log(jnp.mean(rate)) - jnp.mean(jnp.log(rate))
    a = (3 - s + jnp.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s)
    return {"a": a, "scale": a / jnp.mean(rate)}


fit = _fit.fit(law, _start, "loc")


def _reciprocal(x: Array) -> Array:
    return 1 / jnp.where(x == 0, 1.0, x)


def _log_density(x: Array, a: Array) -> Array:
    """The logarithm of the standard density; what rounding took from 1 / x is given back."""
    inside = x >= jnp.finfo(x.dtype).tiny
    safe = jnp.where(inside, x, 1.0)
    y = 1 / safe
    product = safe * y
    lost = stop_gradient((1 - product) - lost_in_product(safe, y, product))
    high, low = exponent(a, y)
    more, rest = log_quotient(height(a) * a, safe)
    total = high + more
    low = low + rest + lost_in_difference(high, -more, total) + stop_gradient(a - y) * lost
    return jnp.where(inside, total + low, -INF)


def _beyond(a: Array, bound: float) -> Array:
    return jnp.where(a > bound, a, bound + 1)


CONCEPTS = (family(law, {"x": (0.1, 1.0), "a": (4.5, 8.0)}),)
