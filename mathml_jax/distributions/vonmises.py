"""The law of von Mises: the normal law of the circle. Its argument is an angle, in units of the scale."""

import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax.lax import fori_loop, stop_gradient
from jaxtyping import Array

from mathml_jax.distributions import _derived
from mathml_jax.distributions._circle import angles, log_density, place, quantile, scaled, tail, turned
from mathml_jax.distributions._law import INF, Law, Result, Rows, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special import _rising
from mathml_jax.special._bessel import cosine_mean, cosine_missing, cosine_variance, i0e

law = Law(
    __name__,
    title="law of von Mises",
    reference='Mardia and Jupp, "Directional statistics", 2000, section 3.5.4.',
    typical={"x": 1.5, "q": 0.25, "kappa": 2.0},
    parameters={
        "kappa": Parameter(
            r"\kappa",
            "concentration, from 0: uniform on the circle there, and normal with variance 1 / kappa far out",
            lambda value: (value >= 0) & (value < INF),
        )
    },
)
Parameters = law.Parameters


@law
def pdf(x: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the law of von Mises; it repeats itself after each turn of the circle.

    .. math::

        f(x) = \frac{e^{\kappa \cos z}}{2 \pi \sigma I_0(\kappa)}

    where :math:`I_0` is the modified Bessel function of order zero.

    >>> f"{pdf(0.0, 0.0):.4f}"
    '0.1592'
    """
    return scaled(kappa, place(turned(x)[1]), jnp.ones_like(x))


@law
def logpdf(x: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density; large terms that cancel are never formed.

    .. math::

        \log f(x) = -2 \kappa \sin^2 \frac{z}{2} - \log\left( 2 \pi \sigma e^{-\kappa} I_0(\kappa) \right)

    where :math:`I_0` is the modified Bessel function of order zero.

    >>> f"{logpdf(1e-4, 1e8):.4f}"
    '7.7914'
    """
    return log_density(kappa, place(turned(x)[1]))


@law
def cdf(x: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x, from one half turn before the mode on; it grows by 1 with every turn, as SciPy's does.

    .. math::

        F(x) = \int_{-\pi}^z \frac{e^{\kappa \cos t}}{2 \pi I_0(\kappa)}\, dt

    where :math:`I_0` is the modified Bessel function of order zero.

    >>> f"{cdf(0.0, 2.0):.2f}, {cdf(2 * jnp.pi, 2.0):.2f}"
    '0.50, 1.50'
    """
    turns, angle = turned(x)
    beyond = _tail(kappa, angle)
    return turns + jnp.where(angle < 0, beyond, 1 - beyond)


@law
def sf(x: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x, to one half turn behind the mode.

    .. math::

        S(x) = \int_z^\pi \frac{e^{\kappa \cos t}}{2 \pi I_0(\kappa)}\, dt

    where :math:`I_0` is the modified Bessel function of order zero.
    """
    turns, angle = turned(x)
    beyond = _tail(kappa, angle)
    return jnp.where(angle < 0, 1 - beyond, beyond) - turns


@law
def logcdf(x: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows; NaN where it is negative, more than half a turn before the mode.

    >>> f"{logcdf(-3.0, 1000.0):.4f}"
    '-1992.3486'
    """
    turns, angle = turned(x)
    return _log(turns, angle < 0, kappa, angle)


@law
def logsf(x: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows; NaN where it is negative, more than half a turn behind the mode.

    >>> f"{logsf(3.0, 1000.0):.4f}"
    '-1992.3486'
    """
    turns, angle = turned(x)
    return _log(-turns, angle >= 0, kappa, angle)


@law
def ppf(q: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Angle that is not exceeded with probability q, within half a turn of the mode, also at 0 and 1."""
    return quantile(q, kappa)


@law
def isf(q: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Angle that is exceeded with probability q, within half a turn of the mode, also at 0 and 1."""
    return -quantile(q, kappa)


@law
def median(kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Median of the law of von Mises: its mode.

    .. math::

        F^{-1}\left(\tfrac{1}{2}\right) = \mu

    >>> median(2.0, 3.0).item()
    3.0
    """
    return loc


interval = _derived.interval(law)


@law
def mean(kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the law of von Mises within half a turn of its mode, and also its mean direction.

    .. math::

        E[X] = \mu

    >>> mean(2.0, 3.0).item()
    3.0
    """
    return loc


@law
def mode(kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the law of von Mises.

    .. math::

        \operatorname{argmax}_x f(x) = \mu

    >>> mode(2.0, 3.0).item()
    3.0
    """
    return loc


@law
def var(kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the angle within half a turn of the mode.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \left( \frac{\pi^2}{3}
        + 4 \sum_{n=1}^\infty \frac{(-1)^n}{n^2} \frac{I_n(\kappa)}{I_0(\kappa)} \right)

    where :math:`I_n` is the modified Bessel function of order :math:`n`. It is found by Gauss's rule, since these terms
    cancel.

    >>> f"{var(0.0):.4f}"
    '3.2899'
    """
    return _expected(kappa, lambda t: t * t)


@law
def skew(kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the law of von Mises, which is symmetric.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = 0

    >>> skew(2.0).item()
    0.0
    """
    return jnp.zeros_like(kappa)


@law
def kurtosis(kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the angle within half a turn of the mode, beyond that of a normal law.

    >>> f"{kurtosis(0.0):.4f}"
    '-1.2000'
    """
    return _expected(kappa, lambda t: t**4) / _expected(kappa, lambda t: t * t) ** 2 - 3


@law
def entropy(kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the law of von Mises, in nats.

    .. math::

        -E[\log f(X)] = \log\left( 2 \pi \sigma e^{-\kappa} I_0(\kappa) \right) + \kappa (1 - A(\kappa))

    where :math:`I_0` is the modified Bessel function of order zero and :math:`A = I_1 / I_0` the mean of the cosine.

    >>> f"{entropy(0.0):.4f}"
    '1.8379'
    """
    return jnp.log(2 * math.pi * i0e(kappa)) + kappa * cosine_missing(kappa)


std, moment, rvs = _derived.std(law), _derived.moment(law), _derived.rvs(law)


@law
def score(x: Value, kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \kappa} = \cos z - A(\kappa), \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{\kappa \sin z}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{\kappa z \sin z - 1}{\sigma}

    where :math:`A = I_1 / I_0`, a quotient of modified Bessel functions, is the mean of the cosine.

    >>> [round(slope.item(), 4) for slope in score(jnp.pi / 2, 2.0)]
    [-0.6978, 2.0, 2.1416]
    """
    return cosine_missing(kappa) - 2 * jnp.sin(x / 2) ** 2, -kappa * jnp.sin(x)


@law
def fisher_information(kappa: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; about the scale, were the ends of the circle known.

    .. math::

        J = E\left[s s^T\right], \qquad J_{\kappa\kappa} = A'(\kappa) = 1 - \frac{A(\kappa)}{\kappa} - A(\kappa)^2,
        \quad J_{\mu\mu} = \frac{\kappa A(\kappa)}{\sigma^2}, \quad J_{\kappa\mu} = J_{\mu\sigma} = 0

    where :math:`A = I_1 / I_0`, a quotient of modified Bessel functions, is the mean of the cosine.

    >>> fisher_information(0.0).diagonal().round(3).tolist()
    [0.5, 0.0, 1.0]
    """
    zero = jnp.zeros_like(kappa)
    k, missing = kappa[..., None], cosine_missing(kappa)[..., None]
    shared = _expected(kappa, lambda t: (missing - 2 * jnp.sin(t / 2) ** 2) * (k * t * jnp.sin(t)))
    own = _expected(kappa, lambda t: (k * t * jnp.sin(t) - 1) ** 2)
    return (
        (cosine_variance(kappa), zero, shared),
        (zero, kappa * cosine_mean(kappa), zero),
        (shared, zero, own),
    )


@law
def fit(data: Array, *, fscale: Value = 1.0) -> Slopes:
    r"""The law of von Mises under which the angles are likeliest, for a known scale.

    .. math::

        \hat\mu = \sigma \operatorname{arg} \sum_i e^{i x_i / \sigma}, \qquad
        A(\hat\kappa) = \frac{1}{n} \sum_i \cos \frac{x_i - \hat\mu}{\sigma}

    where :math:`\hat\mu`, from -pi to pi times :math:`\sigma`, is the direction of the sum of all :math:`n`
    observations :math:`x_i` as unit vectors, :math:`\operatorname{arg}` the angle of a number in the plane, and
    :math:`A = I_1/I_0`, a quotient of modified Bessel functions, the mean of the cosine. The concentration
    :math:`\hat\kappa` is inf where all angles agree.

    >>> [round(estimate.item(), 4) for estimate in fit(jnp.array([0.0, 1.0, 2.0]))]
    [1.9745, 1.0, 1.0]
    """
    angle = data / fscale
    direction = jnp.arctan2(jnp.mean(jnp.sin(angle)), jnp.mean(jnp.cos(angle)))
    missing = jnp.mean(2 * jnp.sin((angle - direction) / 2) ** 2)
    return _concentration(missing), fscale * direction, fscale


def _tail(kappa: Array, angle: Array) -> Array:
    at = place(angle)
    return scaled(kappa, at, tail(kappa, at))


def _log(turns: Array, small: Array, kappa: Array, angle: Array) -> Array:
    """The logarithm of a number of turns and the tail beyond an angle, or where that is not small the rest."""
    at = place(angle)
    size = tail(kappa, at)
    none = at.rest <= 0
    log_tail = jnp.where(none, -INF, log_density(kappa, at) + jnp.log(jnp.where(none, 1.0, size)))
    beyond = scaled(kappa, at, size)
    first = jnp.where(small, log_tail, _rising.log1p(-beyond))
    more = turns + jnp.where(small, beyond, 1 - beyond)
    return jnp.where(turns == 0, first, jnp.log(jnp.where(turns == 0, 1.0, more)))


def _expected(kappa: Array, function: Callable[[Array], Array]) -> Array:
    """The expectation of an even function of the angle."""
    t, share = angles(kappa)
    return jnp.sum(share * function(t), -1)


def _concentration(missing: Array) -> Array:
    """The concentration under which the mean of the cosine lacks so much to 1; derived as the implicit function."""
    known = jnp.clip(stop_gradient(missing), jnp.finfo(missing.dtype).tiny, 1.0)
    start = (1 - known) * (2 - (1 - known) ** 2) / (known * (2 - known))

    def step(_: Array, kappa: Array) -> Array:
        lacks = jnp.where(kappa < 1, known - 1 + cosine_mean(kappa), known - cosine_missing(kappa))
        return jnp.maximum(kappa - lacks / cosine_variance(kappa), kappa / 8)

    kappa = stop_gradient(fori_loop(0, 6, step, start))
    kappa = kappa - (missing - known) / cosine_variance(kappa)
    return jnp.where(missing <= 0, INF, kappa)


def _series(kappa: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """The variance by the series of Bessel functions, in float64; SciPy takes a second for an integral."""
    import numpy as np
    from scipy.special import ive

    n = np.arange(1, 60)
    return scale**2 * (np.pi**2 / 3 + 4 * np.sum((-1.0) ** n / n**2 * ive(n, kappa)) / ive(0, kappa))


CONCEPTS = (
    family(
        law,
        {"x": (-2.5, 2.5), "kappa": (0.5, 6.0)},
        var=_series,
        std=lambda *parameters: _series(*parameters) ** 0.5,
        moment=lambda order, kappa, loc, scale: _series(kappa, loc, scale) + loc**2,
        skew=None,
        kurtosis=None,
    ),
)
