"""The half-normal law: the size of a normal number."""

import math

import jax.numpy as jnp
from jax import lax, random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.special import _rising
from mathml_jax.special._mills import bell
from mathml_jax.special.error import log_ndtr, ndtr, ndtri

law = Law(
    __name__,
    title="half-normal law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 13.',
    typical={"x": 1.5, "q": 0.25},
    support=lambda: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the half-normal law.

    .. math::

        f(x) = \frac{1}{\sigma} \sqrt{\frac{2}{\pi}}\, e^{-z^2 / 2}

    >>> f"{pdf(0.0):.4f}"
    '0.7979'
    """
    return bell(x, math.sqrt(2 / math.pi))


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \frac{1}{2} \log \frac{2}{\pi \sigma^2} - \frac{z^2}{2}
    """
    return math.log(2 / math.pi) / 2 - x * x / 2


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = 2 \Phi(z) - 1

    >>> f"{cdf(1.96):.3f}"
    '0.950'
    """
    return _within(x)


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = 2 \Phi(-z)
    """
    return 2 * ndtr(-x)


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log(2 \Phi(z) - 1)
    """
    high = x > 1
    far = _rising.log1p(-2 * ndtr(-jnp.where(high, x, 1.0)))
    return jnp.where(high, far, jnp.log(_within(jnp.where(high, 1.0, x))))


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = \log(2 \Phi(-z))

    >>> f"{logsf(100.0).item():.4f}"
    '-5004.8311'
    """
    high = x > 0.5
    near = _rising.log1p(-_within(jnp.where(high, 0.5, x)))
    return jnp.where(high, math.log(2) + log_ndtr(-jnp.where(high, x, 0.5)), near)


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma \Phi^{-1}\left(\frac{1 + q}{2}\right)
    """
    high = q > 0.5
    near = math.sqrt(2) * lax.erf_inv(jnp.where(high, 0.5, q))
    return jnp.where(high, -ndtri((1 - jnp.where(high, q, 0.5)) / 2), near)


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu - \sigma \Phi^{-1}\left(\frac{q}{2}\right)
    """
    return -ndtri(q / 2)


median, interval = _derived.median(law), _derived.interval(law)


mean, mode, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mean=(math.sqrt(2 / math.pi), r"\mu + \sigma \sqrt{\frac{2}{\pi}}"),
    mode=(0.0, r"\mu"),
    var=(1 - 2 / math.pi, r"\left(1 - \frac{2}{\pi}\right) \sigma^2"),
    skew=(math.sqrt(2) * (4 - math.pi) / (math.pi - 2) ** 1.5, r"\frac{\sqrt 2 (4 - \pi)}{(\pi - 2)^{3/2}}"),
    kurtosis=(8 * (math.pi - 3) / (math.pi - 2) ** 2, r"\frac{8 (\pi - 3)}{(\pi - 2)^2}"),
    entropy=(0.5 + math.log(math.pi / 2) / 2, r"\frac{1}{2} + \frac{1}{2} \log \frac{\pi \sigma^2}{2}"),
)
std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the half-normal law.

    .. math::

        x = \mu + \sigma \lvert \varepsilon \rvert

    where :math:`\varepsilon` is a standard normal random number.
    """
    return jnp.abs(random.normal(key, scale.shape, scale.dtype))


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \mu} = \frac{z}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z^2 - 1}{\sigma}

    >>> [slope.item() for slope in score(2.0)]
    [2.0, 3.0]
    """
    return (-x,)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters, were the end of the support known.

    .. math::

        J = E\left[s s^T\right] =
        \frac{1}{\sigma^2} \begin{pmatrix} 1 & \sqrt{2 / \pi} \\ \sqrt{2 / \pi} & 2 \end{pmatrix}

    >>> fisher_information().round(3).tolist()
    [[1.0, 0.798], [0.798, 2.0]]
    """
    mixed = math.sqrt(2 / math.pi) * scale
    return (scale, mixed), (mixed, 2 * scale)


@law
def fit(data: Array) -> Slopes:
    r"""The half-normal law under which the data are likeliest.

    .. math::

        \hat\mu = \min_i x_i, \qquad \hat\sigma^2 = \frac{1}{n} \sum_i (x_i - \hat\mu)^2

    where :math:`n` is the number of observations.

    >>> [round(estimate.item(), 4) for estimate in fit(jnp.array([1.0, 3.0, 3.0, 5.0]))]
    [1.0, 2.4495]
    """
    least = jnp.min(data, initial=INF)
    return least, jnp.sqrt(jnp.mean((data - least) ** 2))


def _within(x: Array) -> Array:
    return lax.erf(x * math.sqrt(0.5))


CONCEPTS = (family(law, {"x": (0.1, 3.0)}),)
