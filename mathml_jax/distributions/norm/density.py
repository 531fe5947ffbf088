"""The density of the normal law and its areas: pdf, cdf, sf and their logarithms."""

import math

import jax
import jax.numpy as jnp

from mathml_jax._concept import Derivative, Family
from mathml_jax.distributions.norm._standard import Result, Value, example, standardized
from mathml_jax.distributions.norm.estimation import score
from mathml_jax.special._mills import bell
from mathml_jax.special.error import log_ndtr, log_ndtr_derivative, ndtr

_ENDS = (-math.inf, math.inf)
_ROOT_TWO_PI = math.sqrt(2 * math.pi)


@jax.jit
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the normal law.

    .. math::

        f(x) = \frac{1}{\sigma \sqrt{2\pi}} e^{-z^2/2}, \qquad z = \frac{x - \mu}{\sigma}

    where :math:`f(x)` is the density at :math:`x`, :math:`\mu` the mean `loc`, :math:`\sigma` the standard deviation
    `scale` and :math:`z` the distance from the mean in standard deviations.

    Why it matters: the law of measurement errors and of sums of many small effects.

    Args:
      x: points, any shape.
      loc: mean, broadcast against `x`.
      scale: standard deviation, positive, broadcast against `x`.

    Returns:
      Densities (1 / the unit of `x`), of the broadcast shape; 0 at -inf and inf, NaN where `scale` is not positive.

    References:
      Gauss, "Theoria motus corporum coelestium", 1809.

    >>> f"{pdf(0.0):.4f}"
    '0.3989'
    """
    z, scale = standardized(x, loc, scale, flat_at=_ENDS)
    return bell(z, 1 / (_ROOT_TWO_PI * scale))


def pdf_derivative(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `pdf` in x.

    .. math::

        f'(x) = -\frac{z}{\sigma} f(x)
    """
    z, scale = standardized(x, loc, scale, flat_at=_ENDS)
    return bell(z, -z / scale / (_ROOT_TWO_PI * scale))


@jax.jit
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the normal density.

    .. math::

        \log f(x) = -\frac{z^2}{2} - \log \sigma - \frac{1}{2} \log 2\pi, \qquad z = \frac{x - \mu}{\sigma}

    where :math:`f(x)` is the density at :math:`x`, :math:`\mu` the mean `loc`, :math:`\sigma` the standard deviation
    `scale` and :math:`z` the distance from the mean in standard deviations.

    Why it matters: summed over the data it is the log-likelihood, and its square is why least squares is maximum
    likelihood.

    Args:
      x: points, any shape.
      loc: mean, broadcast against `x`.
      scale: standard deviation, positive, broadcast against `x`.

    Returns:
      Logarithms of densities, of the broadcast shape; -inf at -inf and inf, NaN where `scale` is not positive.

    References:
      Gauss, "Theoria motus corporum coelestium", 1809.

    >>> f"{logpdf(3.0, loc=1.0, scale=2.0):.4f}"
    '-2.1121'
    """
    z, scale = standardized(x, loc, scale)
    return -z * z / 2 - jnp.log(scale) - 0.5 * math.log(2 * math.pi)


def logpdf_derivative(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `logpdf` in x; `score` has those in the parameters.

    .. math::

        (\log f)'(x) = -\frac{z}{\sigma}
    """
    z, scale = standardized(x, loc, scale)
    return -z / scale


@jax.jit
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \int_{-\infty}^x f(t)\, dt = \Phi\left(\frac{x - \mu}{\sigma}\right)

    where :math:`F(x)` is the area under the density :math:`f` over every :math:`t` up to :math:`x`, :math:`\mu` the
    mean `loc`, :math:`\sigma` the standard deviation `scale` and :math:`\Phi` the standard normal case, `special.ndtr`.

    Why it matters: every statement of the form "at most x with probability p" about a normal quantity.

    Args:
      x: points, any shape.
      loc: mean, broadcast against `x`.
      scale: standard deviation, positive, broadcast against `x`.

    Returns:
      Probabilities of the broadcast shape; 0 at -inf, 1 at inf, NaN where `scale` is not positive.

    References:
      Laplace, "Théorie analytique des probabilités", 1812.

    >>> f"{cdf(1.96):.3f}"
    '0.975'
    """
    return ndtr(standardized(x, loc, scale, flat_at=_ENDS)[0])


def cdf_derivative(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `cdf` in x: the density.

    .. math::

        F'(x) = f(x)
    """
    return pdf(x, loc, scale)


@jax.jit
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where the probability itself underflows.

    .. math::

        \log F(x) = \log \Phi\left(\frac{x - \mu}{\sigma}\right)

    where :math:`F(x)` is the probability of at most :math:`x`, :math:`\mu` the mean `loc`, :math:`\sigma` the standard
    deviation `scale` and :math:`\Phi` the standard normal case.

    Why it matters: the likelihood of an observation that is only known to lie below x.

    Args:
      x: points, any shape.
      loc: mean, broadcast against `x`.
      scale: standard deviation, positive, broadcast against `x`.

    Returns:
      Logarithms of probabilities, of the broadcast shape; -inf at -inf, 0 at inf, NaN where `scale` is not positive.

    References:
      Mills, "Table of the ratio: area to bounding ordinate, for any portion of normal curve", 1926.

    >>> f"{logcdf(-40.0):.3f}"
    '-804.608'
    """
    return log_ndtr(standardized(x, loc, scale, flat_at=_ENDS[1:])[0])


def logcdf_derivative(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `logcdf` in x.

    .. math::

        (\log F)'(x) = \frac{\varphi(z)}{\sigma \Phi(z)}
    """
    z, scale = standardized(x, loc, scale)
    return log_ndtr_derivative(z) / scale


@jax.jit
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x, exact in the tail where 1 - cdf is 0.

    .. math::

        S(x) = 1 - F(x) = \Phi\left(-\frac{x - \mu}{\sigma}\right)

    where :math:`S(x)` is the survival function at :math:`x`, :math:`F(x)` the probability of at most x, :math:`\mu` the
    mean `loc`, :math:`\sigma` the standard deviation `scale` and :math:`\Phi` the standard normal case.

    Why it matters: a one-sided p-value is one call of it.

    Args:
      x: points, any shape.
      loc: mean, broadcast against `x`.
      scale: standard deviation, positive, broadcast against `x`.

    Returns:
      Probabilities of the broadcast shape; 1 at -inf, 0 at inf, NaN where `scale` is not positive.

    References:
      Laplace, "Théorie analytique des probabilités", 1812.

    >>> f"{sf(10.0).item():.4g}"
    '7.62e-24'
    """
    return ndtr(-standardized(x, loc, scale, flat_at=_ENDS)[0])


def sf_derivative(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `sf` in x.

    .. math::

        S'(x) = -f(x)
    """
    return -pdf(x, loc, scale)


@jax.jit
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where the probability itself underflows.

    .. math::

        \log S(x) = \log \Phi\left(-\frac{x - \mu}{\sigma}\right)

    where :math:`S(x)` is the probability of more than :math:`x`, :math:`\mu` the mean `loc`, :math:`\sigma` the
    standard deviation `scale` and :math:`\Phi` the standard normal case.

    Why it matters: p-values too small for a float, as in genetics and physics, and censored survival times.

    Args:
      x: points, any shape.
      loc: mean, broadcast against `x`.
      scale: standard deviation, positive, broadcast against `x`.

    Returns:
      Logarithms of probabilities, of the broadcast shape; 0 at -inf, -inf at inf, NaN where `scale` is not positive.

    References:
      Mills, "Table of the ratio: area to bounding ordinate, for any portion of normal curve", 1926.

    >>> f"{logsf(40.0):.3f}"
    '-804.608'
    """
    return log_ndtr(-standardized(x, loc, scale, flat_at=_ENDS[:1])[0])


def logsf_derivative(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `logsf` in x: minus the hazard.

    .. math::

        (\log S)'(x) = -\frac{\varphi(z)}{\sigma \Phi(-z)}
    """
    z, scale = standardized(x, loc, scale)
    return -log_ndtr_derivative(-z) / scale


CONCEPTS = (
    Family(
        verbs=(pdf, logpdf, cdf, logcdf, sf, logsf),
        example=example,
        oracle="scipy.stats.norm",
        derivatives={
            "pdf": (Derivative(pdf_derivative, "derivative"),),
            "logpdf": (Derivative(logpdf_derivative, "derivative"), Derivative(score, "gradient", argnum=(1, 2))),
            "cdf": (Derivative(cdf_derivative, "derivative"),),
            "logcdf": (Derivative(logcdf_derivative, "derivative"),),
            "sf": (Derivative(sf_derivative, "derivative"),),
            "logsf": (Derivative(logsf_derivative, "derivative"),),
        },
    ),
)
