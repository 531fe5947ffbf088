"""The logistic law: its cdf is the sigmoid."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.special import _rising

law = Law(
    __name__,
    title="logistic law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 23.',
    typical={"x": 1.5, "q": 0.25},
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the logistic law.

    .. math::

        f(x) = \frac{e^{-z}}{\sigma (1 + e^{-z})^2}

    >>> pdf(0.0).item()
    0.25
    """
    tail = jnp.exp(-_size(x))
    return tail / (1 + tail) ** 2


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -z - 2 \log(1 + e^{-z}) - \log \sigma
    """
    size = _size(x)
    return -size - 2 * jnp.log1p(jnp.exp(-size))


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \frac{1}{1 + e^{-z}}
    """
    return _below(x)


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \frac{1}{1 + e^z}
    """
    return _below(-x)


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = -\log(1 + e^{-z})
    """
    return jnp.where(x < 0, x, 0.0) - jnp.log1p(jnp.exp(-_size(x)))


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = -\log(1 + e^z)

    >>> logsf(2000.0).item()
    -2000.0
    """
    return jnp.where(x < 0, 0.0, -x) - jnp.log1p(jnp.exp(-_size(x)))


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma \log \frac{q}{1 - q}
    """
    return _quantile(q)


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu - \sigma \log \frac{q}{1 - q}
    """
    return -_quantile(q)


median, interval = _derived.median(law), _derived.interval(law)


mean, mode, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mean=(0.0, r"\mu"),
    mode=(0.0, r"\mu"),
    var=(math.pi**2 / 3, r"\frac{\pi^2}{3} \sigma^2"),
    skew=(0.0, "0"),
    kurtosis=(1.2, r"\frac{6}{5}"),
    entropy=(2.0, r"2 + \log \sigma"),
)
std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the logistic law.

    .. math::

        x = \mu + \sigma \log \frac{U}{1 - U}
    """
    return random.logistic(key, scale.shape, scale.dtype)


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \mu} = \frac{\tanh(z / 2)}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z \tanh(z / 2) - 1}{\sigma}

    >>> [slope.item() for slope in score(0.0)]
    [0.0, -1.0]
    """
    slope = jnp.expm1(-_size(x)) / (1 + jnp.exp(-_size(x)))
    return (jnp.where(x < 0, -slope, slope),)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{9 \sigma^2} \begin{pmatrix} 3 & 0 \\ 0 & 3 + \pi^2 \end{pmatrix}

    >>> fisher_information().round(3).tolist()
    [[0.333, 0.0], [0.0, 1.43]]
    """
    return (scale / 3, loc), (loc, (3 + math.pi**2) / 9 * scale)


def _start(x: Array) -> dict[str, Array]:
    return {"loc": jnp.mean(x), "scale": math.sqrt(3) / math.pi * jnp.std(x)}


fit = _fit.fit(law, _start)


def _size(x: Array) -> Array:
    # Not abs(x), whose second derivative is 0 in JAX.
    return jnp.where(x < 0, -x, x)


def _below(x: Array) -> Array:
    tail = jnp.exp(-_size(x))
    return jnp.where(x < 0, tail, 1.0) / (1 + tail)


def _quantile(q: Array) -> Array:
    low = q < 0.5
    tail = jnp.where(low, q, 1 - q)
    # Near one half the logarithm of odds near 1 is that of one plus little.
    far = tail < 1 / 3
    outer, inner = jnp.where(far, tail, 0.5), jnp.where(far, 0.5, tail)
    value = jnp.where(far, jnp.log(outer) - _rising.log1p(-outer), _rising.log1p((2 * inner - 1) / (1 - inner)))
    return jnp.where(low, value, -value)


CONCEPTS = (family(law, {"x": (-3.0, 3.0)}),)
