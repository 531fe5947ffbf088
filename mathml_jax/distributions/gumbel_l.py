"""The Gumbel law of the smallest of many."""

import math

import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._tails import GONE, log_complement, log_minus_log, log_minus_log1m

law = Law(
    __name__,
    title="Gumbel law of minima",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 22.',
    typical={"x": -1.5, "q": 0.25},
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the Gumbel law of minima.

    .. math::

        f(x) = \frac{1}{\sigma} e^{z - e^z}

    >>> f"{pdf(0.0):.4f}"
    '0.3679'
    """
    x = _bounded(x)
    return jnp.exp(x - jnp.exp(x))


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = z - e^z - \log \sigma
    """
    return x - jnp.exp(x)


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = 1 - e^{-e^z}
    """
    return -jnp.expm1(-jnp.exp(_bounded(x)))


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = e^{-e^z}
    """
    return jnp.exp(-jnp.exp(_bounded(x)))


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log\left(1 - e^{-e^z}\right)

    >>> logcdf(-2000.0).item()
    -2000.0
    """
    x = _bounded(x)
    return log_complement(jnp.exp(x), x)


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = -e^z
    """
    return -jnp.exp(x)


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma \log(-\log(1 - q))
    """
    return log_minus_log1m(q)


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu + \sigma \log(-\log q)
    """
    return log_minus_log(q)


median, interval = _derived.median(law), _derived.interval(law)


mean, mode, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mean=(-np.euler_gamma, r"\mu - \gamma \sigma"),
    mode=(0.0, r"\mu"),
    var=(math.pi**2 / 6, r"\frac{\pi^2}{6} \sigma^2"),
    skew=(-12 * math.sqrt(6) * 1.2020569031595942 / math.pi**3, r"-\frac{12 \sqrt 6\, \zeta(3)}{\pi^3}"),
    kurtosis=(2.4, r"\frac{12}{5}"),
    entropy=(1 + np.euler_gamma, r"1 + \gamma + \log \sigma"),
)
std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the Gumbel law of minima.

    .. math::

        x = \mu + \sigma \log(-\log U)
    """
    return -random.gumbel(key, scale.shape, scale.dtype)


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \mu} = \frac{e^z - 1}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z (e^z - 1) - 1}{\sigma}

    >>> [slope.item() for slope in score(0.0)]
    [0.0, -1.0]
    """
    return (-jnp.expm1(x),)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = E\left[s s^T\right] =
        \frac{1}{\sigma^2} \begin{pmatrix} 1 & 1 - \gamma \\
        1 - \gamma & \frac{\pi^2}{6} + (1 - \gamma)^2 \end{pmatrix}

    >>> fisher_information().round(3).tolist()
    [[1.0, 0.423], [0.423, 1.824]]
    """
    mixed = (1 - np.euler_gamma) * scale
    return (scale, mixed), (mixed, (math.pi**2 / 6 + (1 - np.euler_gamma) ** 2) * scale)


def _start(x: Array) -> dict[str, Array]:
    scale = math.sqrt(6) / math.pi * jnp.std(x)
    return {"loc": jnp.mean(x) + np.euler_gamma * scale, "scale": scale}


fit = _fit.fit(law, _start)


def _bounded(x: Array) -> Array:
    # Further up nothing is left of the tail, and its derivatives are 0.
    return jnp.minimum(x, math.log(GONE))


CONCEPTS = (family(law, {"x": (-3.0, 1.0)}),)
