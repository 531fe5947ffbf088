"""The lognormal law: what comes of many small factors."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._mills import bell
from mathml_jax.special.error import log_ndtr, ndtr, ndtri

law = Law(
    __name__,
    title="lognormal law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 14.',
    typical={"x": 1.5, "q": 0.25, "s": 0.5},
    parameters={"s": Parameter(r"\tau", "standard deviation of the logarithm, positive")},
    support=lambda s: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the lognormal law.

    .. math::

        f(x) = \frac{1}{\sqrt{2 \pi}\, \tau \sigma z} e^{-(\log z)^2 / (2 \tau^2)}

    >>> f"{pdf(1.0, 1.0):.4f}"
    '0.3989'
    """
    nothing = x == 0
    positive = jnp.where(nothing, 1.0, x)
    height = 1 / (math.sqrt(2 * math.pi) * s)
    return jnp.where(nothing, 0.0, bell(jnp.log(positive) / s, height) / positive)


@law
def logpdf(x: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -\frac{(\log z)^2}{2 \tau^2} - \log z - \log\left(\sqrt{2 \pi}\, \tau \sigma\right)
    """
    y = jnp.log(x)
    return -y * (y / s / s / 2 + 1) - jnp.log(s) - math.log(2 * math.pi) / 2


@law
def cdf(x: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \Phi\left(\frac{\log z}{\tau}\right)
    """
    return _area(x, s, 1.0)


@law
def sf(x: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \Phi\left(-\frac{\log z}{\tau}\right)
    """
    return _area(x, s, -1.0)


@law
def logcdf(x: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log \Phi\left(\frac{\log z}{\tau}\right)
    """
    return log_ndtr(jnp.log(x) / s)


@law
def logsf(x: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = \log \Phi\left(-\frac{\log z}{\tau}\right)

    >>> f"{logsf(1e50, 0.5):.3f}"
    '-26515.849'
    """
    nothing = x == 0
    return jnp.where(nothing, 0.0, log_ndtr(-jnp.log(jnp.where(nothing, 1.0, x)) / s))


@law
def ppf(q: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma e^{\tau \Phi^{-1}(q)}
    """
    return _quantile(q, s)


@law
def isf(q: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu + \sigma e^{-\tau \Phi^{-1}(q)}
    """
    sure = q == 1
    return jnp.where(sure, jnp.sqrt(1 - jnp.where(sure, q, 0.0)), jnp.exp(-s * ndtri(jnp.where(sure, 0.5, q))))


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the lognormal law.

    .. math::

        E[X] = \mu + \sigma e^{\tau^2 / 2}

    >>> f"{mean(1.0):.4f}"
    '1.6487'
    """
    return jnp.exp(s * s / 2)


@law
def mode(s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the lognormal law.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \sigma e^{-\tau^2}

    >>> f"{mode(1.0):.4f}"
    '0.3679'
    """
    return jnp.exp(-s * s)


@law
def var(s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the lognormal law.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 e^{\tau^2} \left(e^{\tau^2} - 1\right)

    >>> f"{var(1.0):.4f}"
    '4.6708'
    """
    return jnp.exp(s * s) * jnp.expm1(s * s)


@law
def skew(s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the lognormal law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \left(e^{\tau^2} + 2\right) \sqrt{e^{\tau^2} - 1}

    >>> f"{skew(1.0):.4f}"
    '6.1849'
    """
    return (jnp.exp(s * s) + 2) * jnp.sqrt(jnp.expm1(s * s))


@law
def kurtosis(s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the lognormal law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = w^4 + 2 w^3 + 3 w^2 - 6

    where :math:`w` is :math:`e^{\tau^2}`.

    >>> f"{kurtosis(1.0):.2f}"
    '110.94'
    """
    w = jnp.exp(s * s)
    return jnp.expm1(s * s) * (w**3 + 3 * w**2 + 6 * w + 6)


@law
def entropy(s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the lognormal law, in nats.

    .. math::

        -E[\log f(X)] = \frac{1}{2} + \log\left(\sqrt{2 \pi}\, \tau \sigma\right)

    >>> f"{entropy(1.0):.4f}"
    '1.4189'
    """
    return 0.5 + math.log(2 * math.pi) / 2 + jnp.log(s)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], s: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the lognormal law.

    .. math::

        x = \mu + \sigma e^{\tau \varepsilon}

    where :math:`\varepsilon` is a standard normal random number.
    """
    return jnp.exp(s * random.normal(key, s.shape, s.dtype))


@law
def score(x: Value, s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \tau} = \frac{y^2 / \tau^2 - 1}{\tau}, \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{1 + y / \tau^2}{\sigma z}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{y}{\sigma \tau^2}

    where :math:`y` is :math:`\log z`.

    >>> [slope.item() for slope in score(1.0, 0.5)]
    [-2.0, 1.0, -0.0]
    """
    y = jnp.log(x)
    return (y / s) ** 2 / s - 1 / s, -(1 + y / s / s) / x


@law
def fisher_information(s: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{\tau^2} \begin{pmatrix} 2 & -2 \tau v / \sigma & 0 \\
        -2 \tau v / \sigma & (1 + \tau^2) v^4 / \sigma^2 & v / \sigma^2 \\
        0 & v / \sigma^2 & 1 / \sigma^2 \end{pmatrix}

    where :math:`v` is :math:`e^{\tau^2 / 2}`.

    >>> fisher_information(1.0).diagonal().round(3).tolist()
    [2.0, 14.778, 1.0]
    """
    v = jnp.exp(s * s / 2)
    precision = 1 / s / s
    skewed = -2 * v / s
    mixed, place = v * precision, (1 + precision) * v**4
    return (2 * precision, skewed, loc), (skewed, place, mixed), (loc, mixed, precision)


@law
def fit(data: Array, *, floc: Value = 0.0) -> Slopes:
    r"""The lognormal law under which the data are likeliest.

    .. math::

        \hat\sigma = e^{m}, \qquad \hat\tau^2 = \frac{1}{n} \sum_i \left( \log(x_i - \mu) - m \right)^2

    where :math:`m` is the mean of the logarithms of the :math:`n` observations above the known :math:`\mu`.

    >>> f"{fit(jnp.array([1.0, 2.0, 4.0])).scale:.4f}"
    '2.0000'
    """
    y = jnp.log(data - floc)
    return jnp.std(y), floc, jnp.exp(jnp.mean(y))


def _area(x: Array, s: Array, side: float) -> Array:
    nothing = x == 0
    z = jnp.log(jnp.where(nothing, 1.0, x)) / s
    return jnp.where(nothing, 0.5 - side / 2, ndtr(side * z))


def _quantile(q: Array, s: Array) -> Array:
    # A root at 0: the value 0 with the derivative inf.
    none = q == 0
    return jnp.where(none, jnp.sqrt(jnp.where(none, q, 1.0)), jnp.exp(s * ndtri(jnp.where(none, 0.5, q))))


CONCEPTS = (family(law, {"x": (0.3, 3.0), "s": (0.4, 1.5)}),)
