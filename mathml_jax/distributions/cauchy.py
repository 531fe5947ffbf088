"""The Cauchy law: tails so heavy that no mean exists."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family

law = Law(
    __name__,
    title="Cauchy law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 16.',
    typical={"x": 1.5, "q": 0.25},
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the Cauchy law.

    .. math::

        f(x) = \frac{1}{\pi \sigma (1 + z^2)}

    >>> f"{pdf(0.0):.4f}"
    '0.3183'
    """
    return 1 / (math.pi * (1 + x * x))


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -\log(\pi \sigma) - \log(1 + z^2)

    >>> f"{logpdf(1e200):.4f}"
    '-922.1788'
    """
    # Beyond 1 by the inverse, whose square does not overflow.
    size = jnp.where(x < 0, -x, x)
    far = size > 1
    large, small = jnp.where(far, size, 1.0), jnp.where(far, 0.0, size)
    outer = 2 * jnp.log(large) + jnp.log1p((1 / large) ** 2)
    return -math.log(math.pi) - jnp.where(far, outer, jnp.log1p(small * small))


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \frac{1}{2} + \frac{1}{\pi} \arctan z

    computed as the angle of the point :math:`(-z, 1)`, so that the far tail keeps every digit.

    >>> f"{cdf(-1e20).item():.4g}"
    '3.183e-21'
    """
    return jnp.arctan2(scale, -x) / math.pi


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \frac{1}{2} - \frac{1}{\pi} \arctan z
    """
    return jnp.arctan2(scale, x) / math.pi


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log\left(\frac{1}{2} + \frac{1}{\pi} \arctan z\right)
    """
    return _log_below(x)


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = \log\left(\frac{1}{2} - \frac{1}{\pi} \arctan z\right)
    """
    return _log_below(-x)


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma \tan\left(\pi \left(q - \tfrac12\right)\right)
    """
    return _quantile(q)


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu - \sigma \tan\left(\pi \left(q - \tfrac12\right)\right)
    """
    return -_quantile(q)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the Cauchy law.

    .. math::

        E[X] = \int_{-\infty}^\infty x f(x)\, dx

    which diverges: no mean exists. The average of many draws is as uncertain as one draw.

    >>> mean().item()
    nan
    """
    return jnp.nan * scale


mode, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mode=(0.0, r"\mu"),
    var=(jnp.nan, r"\infty - \infty"),
    skew=(jnp.nan, r"\infty - \infty"),
    kurtosis=(jnp.nan, r"\infty - \infty"),
    entropy=(math.log(4 * math.pi), r"\log(4 \pi \sigma)"),
)
std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the Cauchy law.

    .. math::

        x = \mu + \sigma \tan\left(\pi \left(U - \tfrac12\right)\right)
    """
    return random.cauchy(key, scale.shape, scale.dtype)


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \mu} = \frac{2 z}{\sigma (1 + z^2)}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z^2 - 1}{\sigma (1 + z^2)}

    >>> [slope.item() for slope in score(0.0)]
    [0.0, -1.0]
    """
    far = jnp.abs(x) > 1
    large, small = jnp.where(far, x, 1.0), jnp.where(far, 0.0, x)
    return (-2 * jnp.where(far, 1 / (large + 1 / large), small / (1 + small * small)),)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{2 \sigma^2} \begin{pmatrix} 1 & 0 \\ 0 & 1 \end{pmatrix}

    >>> fisher_information().tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """
    return (scale / 2, loc), (loc, scale / 2)


def _start(x: Array) -> dict[str, Array]:
    low, middle, high = jnp.quantile(x, jnp.asarray((0.25, 0.5, 0.75), x.dtype))
    return {"loc": middle, "scale": (high - low) / 2}


fit = _fit.fit(law, _start)


def _log_below(x: Array) -> Array:
    high = x > 1
    below = jnp.arctan2(jnp.ones_like(x), -jnp.where(high, 0.0, x)) / math.pi
    above = jnp.arctan2(jnp.ones_like(x), jnp.where(high, x, 1.0)) / math.pi
    return jnp.where(high, jnp.log1p(-above), jnp.log(below))


def _quantile(q: Array) -> Array:
    low, high = q < 0.25, q > 0.75
    tail = jnp.where(low, q, jnp.where(high, 1 - q, 0.25))
    far = 1 / jnp.tan(math.pi * tail)
    near = jnp.tan(math.pi * (jnp.where(low | high, 0.5, q) - 0.5))
    return jnp.where(low, -far, jnp.where(high, far, near))


CONCEPTS = (family(law, {"x": (-3.0, 3.0)}),)
