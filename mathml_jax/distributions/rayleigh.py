"""The Rayleigh law: the length of a vector of two normal numbers."""

import math

import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._tails import log_complement, minus_log, minus_log1m
from mathml_jax.special._mills import bell

law = Law(
    __name__,
    title="Rayleigh law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 18.',
    typical={"x": 1.5, "q": 0.25},
    support=lambda: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the Rayleigh law.

    .. math::

        f(x) = \frac{z}{\sigma} e^{-z^2 / 2}

    >>> f"{pdf(1.0):.4f}"
    '0.6065'
    """
    return bell(x, x)


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \frac{z}{\sigma} - \frac{z^2}{2}
    """
    return jnp.log(x) - x * x / 2


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = 1 - e^{-z^2 / 2}
    """
    return -jnp.expm1(-x * x / 2)


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = e^{-z^2 / 2}
    """
    return bell(x)


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log\left(1 - e^{-z^2 / 2}\right)
    """
    return log_complement(x * x / 2, 2 * jnp.log(x) - math.log(2))


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = -\frac{z^2}{2}

    >>> logsf(100.0).item()
    -5000.0
    """
    return -x * x / 2


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma \sqrt{-2 \log(1 - q)}
    """
    return _root(minus_log1m(q))


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu + \sigma \sqrt{-2 \log q}
    """
    return _root(minus_log(q))


median, interval = _derived.median(law), _derived.interval(law)


mean, mode, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mean=(math.sqrt(math.pi / 2), r"\mu + \sigma \sqrt{\frac{\pi}{2}}"),
    mode=(1.0, r"\mu + \sigma"),
    var=(2 - math.pi / 2, r"\left(2 - \frac{\pi}{2}\right) \sigma^2"),
    skew=(
        2 * math.sqrt(math.pi) * (math.pi - 3) / (4 - math.pi) ** 1.5,
        r"\frac{2 \sqrt{\pi} (\pi - 3)}{(4 - \pi)^{3/2}}",
    ),
    kurtosis=((24 * math.pi - 6 * math.pi**2 - 16) / (4 - math.pi) ** 2, r"\frac{24 \pi - 6 \pi^2 - 16}{(4 - \pi)^2}"),
    entropy=(1 + np.euler_gamma / 2 - math.log(2) / 2, r"1 + \frac{\gamma}{2} + \log \frac{\sigma}{\sqrt 2}"),
)
std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the Rayleigh law.

    .. math::

        x = \mu + \sigma \sqrt{-2 \log U}
    """
    return jnp.sqrt(2 * random.exponential(key, scale.shape, scale.dtype))


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \mu} = \frac{z - 1/z}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z^2 - 2}{\sigma}

    >>> [slope.item() for slope in score(2.0)]
    [1.5, 2.0]
    """
    return (1 / x - x,)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = E\left[s s^T\right] =
        \frac{1}{\sigma^2} \begin{pmatrix} \infty & \sqrt{2 \pi} \\ \sqrt{2 \pi} & 4 \end{pmatrix}

    infinite for the shift, about which few observations at the lower end tell nearly all.

    >>> fisher_information().round(3).tolist()
    [[inf, 2.507], [2.507, 4.0]]
    """
    mixed = math.sqrt(2 * math.pi) * scale
    return (INF * scale, mixed), (mixed, 4 * scale)


@law
def fit(data: Array, *, floc: Value = 0.0) -> Slopes:
    r"""The Rayleigh law under which the data are likeliest.

    .. math::

        \hat\sigma^2 = \frac{1}{2 n} \sum_i (x_i - \mu)^2

    where :math:`n` is the number of observations above the known :math:`\mu`.

    >>> fit(jnp.array([1.0, 1.0, 4.0])).scale.round(4).item()
    1.7321
    """
    return floc, jnp.sqrt(jnp.mean((data - floc) ** 2) / 2)


def _root(t: Array) -> Array:
    endless = t == INF
    return jnp.where(endless, t, jnp.sqrt(2 * jnp.where(endless, 1.0, t)))


CONCEPTS = (family(law, {"x": (0.3, 3.0)}),)
