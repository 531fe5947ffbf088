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


mean, mode, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mean=(1.0, r"\mu + \sigma"),
    mode=(0.0, r"\mu"),
    var=(1.0, r"\sigma^2"),
    skew=(2.0, "2"),
    kurtosis=(6.0, "6"),
    entropy=(1.0, r"1 + \log \sigma"),
)
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
