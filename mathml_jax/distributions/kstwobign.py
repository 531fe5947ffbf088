"""Kolmogorov's law: the largest distance between a large sample's distribution function and the true one."""

import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Law, Result, Rows, Slopes, Value
from mathml_jax.distributions._record import EVEN, family
from mathml_jax.special import _theta

law = Law(
    __name__,
    title="Kolmogorov law",
    reference='Kolmogorov, "Sulla determinazione empirica di una legge di distribuzione", 1933.',
    typical={"x": 1.0, "q": 0.25},
    support=lambda: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the Kolmogorov law.

    .. math::

        f(x) = \frac{8 z}{\sigma} \sum_{k=1}^\infty (-1)^{k-1} k^2 e^{-2 k^2 z^2}

    where :math:`k` counts the terms; below the median another series of the same function converges faster.

    >>> f"{pdf(1.0):.4f}"
    '1.0719'
    """
    return _theta.density(x)


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \frac{8 z}{\sigma} + \log \sum_{k=1}^\infty (-1)^{k-1} k^2 e^{-2 k^2 z^2}

    where :math:`k` counts the terms.
    """
    return _theta.log_density(x)


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \frac{\sqrt{2 \pi}}{z} \sum_{k=1}^\infty e^{-(2 k - 1)^2 \pi^2 / (8 z^2)}

    where :math:`k` counts the terms.

    >>> f"{cdf(1.3581):.4f}"
    '0.9500'
    """
    return _theta.tails(x)[0]


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = 2 \sum_{k=1}^\infty (-1)^{k-1} e^{-2 k^2 z^2}

    where :math:`k` counts the terms.
    """
    return _theta.tails(x)[1]


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows.

    >>> f"{logcdf(0.01):.3f}"
    '-12331.481'
    """
    return _theta.log_tails(x)[0]


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    >>> f"{logsf(100.0):.4f}"
    '-19999.3069'
    """
    return _theta.log_tails(x)[1]


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return _theta.quantile(1 - q, q)


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return _theta.quantile(q, 1 - q)


median, interval = _derived.median(law), _derived.interval(law)
mean, mode, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mean=(math.sqrt(math.pi / 2) * math.log(2), r"\mu + \sigma \sqrt{\frac{\pi}{2}} \log 2"),
    mode=(0.735467907916572, r"\mu + 0.7354679 \sigma"),
    var=(0.06777320396386508, r"\sigma^2 \Bigl( \frac{\pi^2}{12} - \frac{\pi}{2} \log^2 2 \Bigr)"),
    skew=(0.8604261371436683, "0.8604261"),
    kurtosis=(0.8816189679105237, "0.8816190"),
    entropy=(0.0008903226544026737, r"0.0008903 + \log \sigma"),
)
std, moment, rvs = _derived.std(law), _derived.moment(law), _derived.rvs(law)


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters, inside the support.

    .. math::

        \frac{\partial \log f}{\partial \mu} = -\frac{g}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = -\frac{1 + z g}{\sigma}, \qquad
        g = \frac{1}{z} - 4 z \frac{\sum_k (-1)^{k-1} k^4 e^{-2 k^2 z^2}}{\sum_k (-1)^{k-1} k^2 e^{-2 k^2 z^2}}

    where :math:`g` is the slope of the logarithm of the standard density and :math:`k` counts the terms from 1 on.

    >>> [round(slope.item(), 3) for slope in score(2.0)]
    [7.5, 14.0]
    """
    return (_theta.side(x).slope / x,)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; the numbers are integrals of the squared score.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{\sigma^2}
        \begin{pmatrix} 24.82670 & 15.84436 \\ 15.84436 & 12.07698 \end{pmatrix}

    >>> fisher_information().round().tolist()
    [[25.0, 16.0], [16.0, 12.0]]
    """
    mixed = 15.844355043582162 * scale
    return (24.826697861158831 * scale, mixed), (mixed, 12.07698260181722 * scale)


def _start(data: Array) -> dict[str, Array]:
    """By mean and standard deviation; loc stays below the data."""
    scale = jnp.std(data) / math.sqrt(0.06777320396386508)
    loc = jnp.minimum(jnp.mean(data) - math.sqrt(math.pi / 2) * math.log(2) * scale, jnp.min(data) - 0.1 * scale)
    return {"loc": loc, "scale": scale}


fit = _fit.fit(law, _start)


def _data(uniform: Array) -> Array:
    return 3 + ppf(EVEN) * (1 + jnp.sum(uniform) / 100)


def _density(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    """By the series of both sides, in NumPy: SciPy's is right to ten digits."""
    z, k = np.asarray((x - loc) / scale)[..., None], np.arange(1, 12)
    above = 8 * z * (-1.0) ** (k - 1) * k**2 * np.exp(-2 * (k * z) ** 2)
    energy = ((2 * k - 1) * np.pi / z) ** 2 / 4
    below = np.sqrt(2 * np.pi) / z**2 * (energy - 1) * np.exp(-energy / 2)
    return np.where(z > 0.8, above, below).sum(-1) / scale


def _expectation(function: Callable[[np.ndarray], np.ndarray]) -> float:
    """Under the standard law, by Gauss's rule."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    at = 3 * (nodes + 1)
    return float(np.sum(3 * weights * _density(at) * function(at)))


def _central(n: int) -> float:
    mean = _expectation(lambda x: x)
    return _expectation(lambda x: (x - mean) ** n)


CONCEPTS = (
    family(
        law,
        {"x": (0.5, 1.6)},
        data=_data,
        pdf=_density,
        logpdf=lambda x, loc, scale: np.log(_density(x, loc, scale)),
        mean=lambda loc, scale: loc + scale * _expectation(lambda x: x),
        var=lambda loc, scale: scale**2 * _central(2),
        std=lambda loc, scale: scale * np.sqrt(_central(2)),
        skew=lambda loc, scale: _central(3) / _central(2) ** 1.5 + 0 * loc,
        kurtosis=lambda loc, scale: _central(4) / _central(2) ** 2 - 3 + 0 * loc,
        entropy=lambda loc, scale: np.log(scale) - _expectation(lambda x: np.log(_density(x) + 1e-300)),
        moment=lambda order, loc, scale: (loc + scale * _expectation(lambda x: x)) ** 2 + scale**2 * _central(2),
    ),
)
