"""The generalised normal law: from the Laplace law by way of the normal one to the uniform one."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import EVEN, family
from mathml_jax.distributions._slopes import trigamma
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._rising import log_rising
from mathml_jax.special._stirling import log1pmx
from mathml_jax.special.gamma import digamma, gammaln
from mathml_jax.special.incomplete_gamma import gammaincc, log_gammaincc
from mathml_jax.special.incomplete_gamma_inverse import gammainccinv

law = Law(
    __name__,
    title="generalised normal law",
    reference='Subbotin, "On the law of frequency of error", 1923.',
    typical={"x": 1.5, "q": 0.25, "beta": 1.5},
    parameters={"beta": Parameter(r"\beta", "shape, positive: 1 for the Laplace law, 2 for a normal one")},
)
Parameters = law.Parameters


@law
def pdf(x: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the generalised normal law.

    .. math::

        f(x) = \frac{\beta}{2 \sigma \Gamma(1 / \beta)} e^{-|z|^\beta}

    >>> f"{pdf(0.0, 1.0):.2f}"
    '0.50'
    """
    return jnp.exp(-_power(x, beta)) * _at_centre(beta)


@law
def logpdf(x: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \frac{\beta}{2 \sigma \Gamma(1 / \beta)} - |z|^\beta
    """
    return -_power(x, beta) - math.log(2) - gammaln(1 + 1 / beta)


@law
def cdf(x: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \tfrac{1}{2} Q\bigl( 1 / \beta, |z|^\beta \bigr) \;\text{ for } z < 0

    where the law is symmetric.

    >>> f"{cdf(0.0, 1.5):.2f}"
    '0.50'
    """
    return _below(x, beta)


@law
def sf(x: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \tfrac{1}{2} Q\bigl( 1 / \beta, |z|^\beta \bigr) \;\text{ for } z > 0

    where the law is symmetric.
    """
    return _below(-x, beta)


@law
def logcdf(x: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    return _log_below(x, beta)


@law
def logsf(x: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    >>> f"{logsf(2000.0, 1.0):.4f}"
    '-2000.6931'
    """
    return _log_below(-x, beta)


@law
def ppf(q: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return -_quantile(q, beta)


@law
def isf(q: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return _quantile(q, beta)


@law
def median(beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Median of the generalised normal law: its centre.

    .. math::

        F^{-1}\left(\tfrac{1}{2}\right) = \mu

    >>> median(1.5, 3.0).item()
    3.0
    """
    return loc


interval = _derived.interval(law)


@law
def mean(beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the generalised normal law: its centre.

    .. math::

        E[X] = \mu

    >>> mean(1.5, 3.0).item()
    3.0
    """
    return loc


@law
def mode(beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the generalised normal law: its centre.

    .. math::

        \operatorname{argmax}_x f(x) = \mu

    >>> mode(1.5, 3.0).item()
    3.0
    """
    return loc


@law
def var(beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the generalised normal law.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \frac{\Gamma(3 / \beta)}{\Gamma(1 / \beta)}

    >>> f"{var(1.0):.4f}"
    '2.0000'
    """
    return jnp.exp(log_rising(1 / beta, 2 / beta))


@law
def skew(beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the generalised normal law, which is symmetric.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = 0

    >>> skew(1.5).item()
    0.0
    """
    return jnp.zeros_like(beta)


@law
def kurtosis(beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the generalised normal law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3
        = \frac{\Gamma(5 / \beta) \Gamma(1 / \beta)}{\Gamma(3 / \beta)^2} - 3

    >>> f"{kurtosis(1.0):.4f}"
    '3.0000'
    """
    step = 2 / beta
    return jnp.exp(log_rising(3 / beta, step) - log_rising(1 / beta, step)) - 3


@law
def entropy(beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the generalised normal law, in nats.

    .. math::

        -E[\log f(X)] = \frac{1}{\beta} + \log \frac{2 \sigma \Gamma(1 / \beta)}{\beta}

    >>> f"{entropy(1.0):.4f}"
    '1.6931'
    """
    return 1 / beta + math.log(2) + gammaln(1 + 1 / beta)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], beta: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the generalised normal law: powers of gamma ones with a random sign.

    .. math::

        x = \mu \pm \sigma g^{1 / \beta}

    where :math:`g` is a gamma variable of shape :math:`1 / \beta`.

    >>> rvs(random.key(0), 1.5, size=3).shape
    (3,)
    """
    sign, gamma = random.split(key)
    power = random.gamma(gamma, 1 / beta, beta.shape, beta.dtype)
    return random.rademacher(sign, beta.shape, beta.dtype) * power ** (1 / beta)


@law
def score(x: Value, beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \beta} = \frac{\psi(1 + 1 / \beta)}{\beta^2} - |z|^\beta \log |z|, \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{\beta |z|^\beta}{\sigma z}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{\beta |z|^\beta - 1}{\sigma}

    >>> [round(slope.item(), 4) for slope in score(2.0, 1.0)]
    [-0.9635, 1.0, 1.0]
    """
    power, size = _power(x, beta), jnp.where(x == 0, 1.0, jnp.abs(x))
    slope = -beta * power / jnp.where(x == 0, 1.0, x)
    return digamma(1 + 1 / beta) / beta / beta - power * jnp.log(size), slope


@law
def fisher_information(beta: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; about the place it is infinite up to a shape of 1/2.

    .. math::

        \begin{aligned}
        J_{\beta\beta} &= c^3 \Bigl( (c + 1) \bigl( \psi'(c + 2) + \psi(c + 2)^2 \bigr) - c\, \psi(c + 1)^2 \Bigr), \\
        J_{\beta\sigma} &= \frac{c^2 \psi(c + 1) - c (c + 1) \psi(c + 2)}{\sigma}, \\
        J_{\mu\mu} &= \frac{\Gamma(2 - c)}{c^2 \Gamma(c) \sigma^2}, \quad J_{\sigma\sigma} = \frac{1}{c \sigma^2}, \quad
        J_{\beta\mu} = J_{\mu\sigma} = 0
        \end{aligned}

    where :math:`c = 1 / \beta`.

    >>> fisher_information(2.0)[1].round(4).tolist()
    [0.0, 2.0, 0.0]
    """
    c, zero = 1 / beta, jnp.zeros_like(beta)
    one, two = digamma(c + 1), digamma(c + 2)
    own = c**3 * ((c + 1) * (trigamma(c + 2) + two**2) - c * one**2)
    shared = c * c * one - c * (c + 1) * two
    inside = jnp.where(c < 2, c, 1.0)
    place = jnp.where(c < 2, jnp.exp(gammaln(2 - inside) - gammaln(inside)) / inside**2, INF)
    return (own, zero, shared), (zero, place, zero), (shared, zero, beta)


def _start(data: Array) -> dict[str, Array]:
    """By mean and standard deviation, as if between the Laplace law and the normal one."""
    return {"beta": jnp.asarray(1.5, data.dtype), "loc": jnp.mean(data), "scale": 1.2 * jnp.std(data)}


fit = _fit.fit(law, _start)


def _power(x: Array, beta: Array) -> Array:
    """|x|^beta; at 0 with the derivative 0."""
    return jnp.where(x == 0, 0.0, jnp.abs(jnp.where(x == 0, 1.0, x)) ** beta)


def _at_centre(beta: Array) -> Array:
    return jnp.exp(-gammaln(1 + 1 / beta)) / 2


def _below(x: Array, beta: Array) -> Array:
    """The probability of at most x; at 0 as its tangent."""
    tail = gammaincc(1 / beta, _power(x, beta)) / 2
    return jnp.where(x == 0, 0.5 + x * _at_centre(beta), jnp.where(x < 0, tail, 1 - tail))


def _log_below(x: Array, beta: Array) -> Array:
    log_tail = log_gammaincc(1 / beta, _power(x, beta)) - math.log(2)
    tail = jnp.exp(jnp.where(x < 0, -1.0, log_tail))
    away = jnp.where(x < 0, log_tail, log1pmx(-tail) - tail)
    return jnp.where(x == 0, 2 * x * _at_centre(beta) - math.log(2), away)


def _quantile(q: Array, beta: Array) -> Array:
    """What is exceeded with probability q; at 1/2 as its tangent."""
    centre = q == 0.5
    tail = jnp.where(centre, 0.25, jnp.where(q < 0.5, q, 1 - q))
    power = gammainccinv(1 / beta, 2 * tail)
    none = power == 0
    size = jnp.where(none, 0.0, jnp.where(none, 1.0, power) ** (1 / beta))
    return jnp.where(centre, (0.5 - q) / _at_centre(beta), jnp.where(q < 0.5, size, -size))


def _data(uniform: Array) -> Array:
    return 3 + ppf(EVEN, 1.6) * (1 + jnp.sum(uniform) / 100)


CONCEPTS = (family(law, {"x": (-2.0, 2.0), "beta": (1.2, 4.0)}, data=_data),)
