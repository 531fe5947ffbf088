"""The Laplace law: two exponential laws back to back."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.special import _rising

law = Law(
    __name__,
    title="Laplace law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 24.',
    typical={"x": 1.5, "q": 0.25},
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the Laplace law.

    .. math::

        f(x) = \frac{1}{2 \sigma} e^{-\lvert z \rvert}

    whose derivative at its peak is taken as 0, between those of its two sides.

    >>> pdf(0.0).item()
    0.5
    """
    return jnp.exp(-jnp.abs(x)) / 2


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -\lvert z \rvert - \log(2 \sigma)
    """
    return -jnp.abs(x) - math.log(2)


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \begin{cases} \frac12 e^z & z < 0 \\ 1 - \frac12 e^{-z} & z \ge 0 \end{cases}
    """
    return _below(x)


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \begin{cases} 1 - \frac12 e^z & z < 0 \\ \frac12 e^{-z} & z \ge 0 \end{cases}
    """
    return _below(-x)


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \begin{cases} z - \log 2 & z < 0 \\ \log(1 - \frac12 e^{-z}) & z \ge 0 \end{cases}
    """
    return _log_below(x)


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = \begin{cases} \log(1 - \frac12 e^z) & z < 0 \\ -z - \log 2 & z \ge 0 \end{cases}

    >>> f"{logsf(2000.0).item():.4f}"
    '-2000.6931'
    """
    return _log_below(-x)


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) =
        \begin{cases} \mu + \sigma \log(2 q) & q < \frac12 \\
        \mu - \sigma \log(2 (1 - q)) & q \ge \frac12 \end{cases}
    """
    return _quantile(q)


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) =
        \begin{cases} \mu - \sigma \log(2 q) & q < \frac12 \\
        \mu + \sigma \log(2 (1 - q)) & q \ge \frac12 \end{cases}
    """
    return -_quantile(q)


median, interval = _derived.median(law), _derived.interval(law)


mean, mode, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mean=(0.0, r"\mu"),
    mode=(0.0, r"\mu"),
    var=(2.0, r"2 \sigma^2"),
    skew=(0.0, "0"),
    kurtosis=(3.0, "3"),
    entropy=(1 + math.log(2), r"1 + \log(2 \sigma)"),
)
std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the Laplace law.

    .. math::

        x = F^{-1}(U)
    """
    return random.laplace(key, scale.shape, scale.dtype)


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \mu} = \frac{\operatorname{sign} z}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{\lvert z \rvert - 1}{\sigma}

    >>> [slope.item() for slope in score(3.0)]
    [1.0, 2.0]
    """
    return (-jnp.sign(x),)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{\sigma^2} \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}

    >>> fisher_information(scale=2.0).tolist()
    [[0.25, 0.0], [0.0, 0.25]]
    """
    return (scale, loc), (loc, scale)


@law
def fit(data: Array) -> Slopes:
    r"""The Laplace law under which the data are likeliest.

    .. math::

        \hat\mu = \operatorname{median}_i x_i, \qquad \hat\sigma = \frac{1}{n} \sum_i \lvert x_i - \hat\mu \rvert

    where :math:`n` is the number of observations.

    >>> [estimate.item() for estimate in fit(jnp.array([1.0, 2.0, 6.0, 2.0]))]
    [2.0, 1.25]
    """
    middle = jnp.median(data)
    return middle, jnp.mean(jnp.abs(data - middle))


def _below(x: Array) -> Array:
    # Not abs(x): its derivative at 0 is 0 in JAX.
    tail = jnp.exp(-jnp.where(x < 0, -x, x)) / 2
    return jnp.where(x < 0, tail, 1 - tail)


def _log_below(x: Array) -> Array:
    low = x < 0
    tail = jnp.exp(-jnp.where(low, 0.0, x)) / 2
    return jnp.where(low, x - math.log(2), _rising.log1p(-tail))


def _quantile(q: Array) -> Array:
    low = q < 0.5
    tail = jnp.log(2 * jnp.where(low, q, 1 - q))
    return jnp.where(low, tail, -tail)


CONCEPTS = (family(law, {"x": (0.1, 3.0)}),)
