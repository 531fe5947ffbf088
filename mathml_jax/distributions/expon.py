"""The exponential law: waiting for what happens at a constant rate."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import INF, Data, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.fundamentals.logarithms import log1mexp

law = Law(
    __name__,
    title="exponential law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 19.',
    typical={"x": 1.5, "q": 0.25},
    support=lambda: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the exponential law.

    .. math::

        f(x) = \frac{1}{\sigma} e^{-z}

    >>> f"{pdf(0.0, scale=2.0):.4f}"
    '0.5000'
    """
    return jnp.exp(-x)


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -z - \log \sigma
    """
    return -x


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = 1 - e^{-z}

    >>> f"{cdf(1e-20).item():.3g}"
    '1e-20'
    """
    return -jnp.expm1(-x)


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = e^{-z}
    """
    return jnp.exp(-x)


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log\left(1 - e^{-z}\right)
    """
    return log1mexp(x)


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = -z

    >>> logsf(2000.0).item()
    -2000.0
    """
    return -x


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu - \sigma \log(1 - q)
    """
    return -jnp.log1p(-q)


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu - \sigma \log q
    """
    return -jnp.log(q)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the exponential law.

    .. math::

        E[X] = \mu + \sigma

    >>> mean(loc=1.0, scale=2.0).item()
    3.0
    """
    return scale


@law
def mode(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the exponential law: its lower end.

    .. math::

        \operatorname{argmax}_x f(x) = \mu

    >>> mode(loc=1.0).item()
    1.0
    """
    return loc


@law
def var(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the exponential law.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2

    >>> var(scale=3.0).item()
    9.0
    """
    return scale


@law
def skew(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the exponential law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = 2

    >>> skew().item()
    2.0
    """
    return 2 * scale


@law
def kurtosis(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the exponential law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = 6

    >>> kurtosis().item()
    6.0
    """
    return 6 * scale


@law
def entropy(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the exponential law, in nats.

    .. math::

        -E[\log f(X)] = 1 + \log \sigma

    >>> entropy().item()
    1.0
    """
    return scale


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the exponential law.

    .. math::

        x = \mu - \sigma \log U

    >>> rvs(random.key(0), scale=2.0, size=3).shape
    (3,)
    """
    return random.exponential(key, scale.shape, scale.dtype)


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \mu} = \frac{1}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z - 1}{\sigma}

    >>> [slope.item() for slope in score(3.0)]
    [1.0, 2.0]
    """
    return (-jnp.ones_like(x),)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters, were the ends of the support known.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{\sigma^2} \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}

    >>> fisher_information(scale=2.0).tolist()
    [[0.25, 0.0], [0.0, 0.25]]
    """
    return (scale, loc), (loc, scale)


@law
def fit(data: Data) -> Slopes:
    r"""The exponential law under which the data are likeliest.

    .. math::

        \hat\mu = \min_i x_i, \qquad \hat\sigma = \frac{1}{n} \sum_i (x_i - \hat\mu)

    where :math:`n` is the number of observations.

    >>> [estimate.item() for estimate in fit(jnp.array([1.0, 2.0, 6.0]))]
    [1.0, 2.0]
    """
    return jnp.min(data, initial=INF), jnp.mean(data) - jnp.min(data, initial=INF)


CONCEPTS = (family(law, {"x": (0.1, 3.0)}),)
