"""The normal law of several dimensions: a mean vector and a covariance matrix."""

import math

import jax.numpy as jnp
import numpy as np
from jax import random
from jax.scipy.linalg import cho_solve, solve_triangular
from jaxtyping import Array, Key

from mathml_jax._rounding import matrix_product
from mathml_jax.distributions._joint import Arrays, Joint, Values, records
from mathml_jax.distributions._law import Draws, Size
from mathml_jax.distributions._verbs import Parameter

law = Joint(
    __name__,
    title="multivariate normal law",
    reference='Anderson, "An introduction to multivariate statistical analysis", 2003, chapter 2.',
    typical={},
    parameters={
        "mean": Parameter(r"\mu", "mean vector, shape [..., n], or one number for all"),
        "cov": Parameter(r"\Sigma", "covariance, positive definite, shape [..., n, n], or its diagonal, [n] or []"),
    },
)
Parameters = law.Parameters
_LOG_TWO_PI = math.log(2 * math.pi)


def _factor(cov: Array, n: int) -> Array:
    """The Cholesky factor; NaN where the covariance is not positive definite."""
    diagonal = jnp.broadcast_to(cov, (n,)) * jnp.eye(n, dtype=cov.dtype) if cov.ndim < 2 else cov
    return jnp.linalg.cholesky(diagonal)


def _dimension(mean: Array, cov: Array) -> int:
    return max(mean.shape[-1:] + cov.shape[-1:], default=1)


def _whitened(x: Array, mean: Array, cov: Array) -> tuple[Array, Array]:
    """The deviation in independent coordinates of variance one, and the Cholesky factor; NaN for a bad covariance."""
    factor, deviation = _factor(cov, x.shape[-1]), x - mean
    batch = jnp.broadcast_shapes(deviation.shape[:-1], factor.shape[:-2])
    deviation = jnp.broadcast_to(deviation, (*batch, deviation.shape[-1]))
    factor = jnp.broadcast_to(factor, (*batch, *factor.shape[-2:]))
    return solve_triangular(factor, deviation[..., None], lower=True)[..., 0], factor


def _log_root_determinant(factor: Array) -> Array:
    return jnp.sum(jnp.log(jnp.diagonal(factor, axis1=-2, axis2=-1)), -1)


@law
def logpdf(x: Values, mean: Values = 0.0, cov: Values = 1.0) -> Draws:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -\frac{1}{2} (x - \mu)^T \Sigma^{-1} (x - \mu)
        - \frac{1}{2} \log \det \Sigma - \frac{n}{2} \log 2\pi

    where :math:`n` is the dimension. The Cholesky factor of the covariance gives both the distance and the determinant.

    Returns:
      Logarithms of densities, of shape [...]; NaN where the covariance is not positive definite.

    >>> f"{logpdf(jnp.zeros(2), jnp.zeros(2), jnp.eye(2)):.4f}"
    '-1.8379'
    """
    white, factor = _whitened(x, mean, cov)
    return -jnp.sum(white**2, -1) / 2 - _log_root_determinant(factor) - x.shape[-1] / 2 * _LOG_TWO_PI


@law
def pdf(x: Values, mean: Values = 0.0, cov: Values = 1.0) -> Draws:
    r"""Density.

    .. math::

        f(x) = \frac{e^{-(x - \mu)^T \Sigma^{-1} (x - \mu) / 2}}{\sqrt{(2\pi)^n \det \Sigma}}

    where :math:`n` is the dimension.

    Returns:
      Densities of shape [...]; NaN where the covariance is not positive definite.

    >>> f"{pdf(jnp.zeros(2), jnp.zeros(2), jnp.eye(2)):.4f}"
    '0.1592'
    """
    return jnp.exp(logpdf(x, mean, cov))


@law
def entropy(mean: Values = 0.0, cov: Values = 1.0) -> Draws:
    r"""Entropy of the multivariate normal law, in nats.

    .. math::

        -E[\log f(X)] = \frac{n}{2} (1 + \log 2\pi) + \frac{1}{2} \log \det \Sigma

    where :math:`n` is the dimension.

    Returns:
      Entropies of shape [...].

    >>> f"{entropy(jnp.zeros(2), jnp.eye(2)):.4f}"
    '2.8379'
    """
    n = _dimension(mean, cov)
    return n / 2 * (1 + _LOG_TWO_PI) + _log_root_determinant(_factor(cov, n))


@law
def rvs(key: Key[Array, ""], mean: Values = 0.0, cov: Values = 1.0, *, size: Size = None) -> Draws:
    r"""Random vectors: independent noise, mixed by the Cholesky factor; derivatives pass through it.

    .. math::

        x = \mu + L \varepsilon, \qquad L L^T = \Sigma

    where :math:`L` is the lower triangular factor and :math:`\varepsilon` standard normal noise.

    Returns:
      Independent vectors, of shape [size, n].

    >>> rvs(random.key(0), jnp.zeros(2), jnp.eye(2), size=4).shape
    (4, 2)
    """
    shape = () if size is None else (size,) if isinstance(size, int) else size
    n = _dimension(mean, cov)
    batch = np.broadcast_shapes(mean.shape[:-1], cov.shape[:-2])
    noise = random.normal(key, (*shape, *batch, n), mean.dtype)
    return mean + jnp.einsum("...ij,...j->...i", _factor(cov, n), noise)


@law
def score(x: Values, mean: Values = 0.0, cov: Values = 1.0) -> Arrays:
    r"""Derivative of `logpdf` in the mean and in every entry of the covariance.

    .. math::

        \frac{\partial \log f}{\partial \mu} = s, \qquad
        \frac{\partial \log f}{\partial \Sigma} = \frac{1}{2} \left(s s^T - \Sigma^{-1}\right), \qquad
        s = \Sigma^{-1} (x - \mu)

    where :math:`s` is the deviation from the mean in units of the covariance.

    Returns:
      Derivatives of shape [..., n] and [..., n, n].

    >>> score(jnp.array([1.0, 2.0]), jnp.zeros(2), jnp.eye(2)).mean.tolist()
    [1.0, 2.0]
    """
    white, factor = _whitened(x, mean, cov)
    slope = solve_triangular(factor, white[..., None], lower=True, trans=1)[..., 0]
    inverse = cho_solve((factor, True), jnp.broadcast_to(jnp.eye(x.shape[-1], dtype=x.dtype), factor.shape))
    return slope, (slope[..., :, None] * slope[..., None, :] - inverse) / 2


@law
def fit(data: Values) -> Arrays:
    r"""The mean and the covariance under which the data are likeliest.

    .. math::

        \hat\mu = \frac{1}{m} \sum_i x_i, \qquad \hat\Sigma = \frac{1}{m} \sum_i (x_i - \hat\mu)(x_i - \hat\mu)^T

    where :math:`m` is the number of observations and :math:`\hat\Sigma` the estimate of the covariance :math:`\Sigma`.

    >>> fit(jnp.array([[0.0, 0.0], [2.0, 4.0]])).cov.tolist()
    [[1.0, 2.0], [2.0, 4.0]]
    """
    centre = jnp.mean(data, axis=0)
    deviations = data - centre
    return centre, matrix_product(deviations.T, deviations) / data.shape[0]


def _example(key: Array) -> dict[str, Array]:
    keys = random.split(key, 4)
    factor = random.normal(keys[0], (3, 3), jnp.float64)
    x, mean = random.normal(keys[1], (2, 3), jnp.float64)
    data = random.normal(keys[2], (5, 3), jnp.float64)
    return {"x": x, "mean": mean, "cov": factor @ factor.T + jnp.eye(3), "data": data, "key": key}


CONCEPTS = records(
    law,
    _example,
    score=None,
    rvs=None,
    fit=lambda x: (np.mean(x, 0), np.cov(x.T, bias=True)),
)
