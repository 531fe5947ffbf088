"""The normal law's parameters from data: maximum likelihood, its score and its information."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Derivative, Family
from mathml_jax.distributions.norm._standard import Parameters, Value, example, parameters, standardized


@jax.jit
def fit(data: Real[ArrayLike, "*shape"]) -> Parameters:
    r"""The normal law under which the data are likeliest.

    .. math::

        \hat\mu = \frac{1}{n} \sum_i x_i, \qquad \hat\sigma = \sqrt{\frac{1}{n} \sum_i (x_i - \hat\mu)^2}

    where :math:`x_i` is one of :math:`n` observations, :math:`\hat\mu` the estimate of the mean and :math:`\hat\sigma`
    that of the standard deviation, with n and not n - 1 below: maximum likelihood is a little too narrow.

    Why it matters: maximum likelihood in closed form, against which every numerical fit can be tried.

    Args:
      data: observations, any shape.

    Returns:
      `loc` and `scale`, in the unit of the data; a scale of 0, with derivative 0, for constant data, NaN for none.

    References:
      Fisher, "On the mathematical foundations of theoretical statistics", 1922.

    >>> [estimate.item() for estimate in fit(jnp.array([1.0, 3.0, 5.0, 7.0, 9.0]))]
    [5.0, 2.8284271247461903]
    """
    data = as_float(data)
    x = widened(data).ravel()
    loc = jnp.mean(x)
    variance = jnp.mean((x - loc) ** 2)
    scale = jnp.where(variance == 0, 0.0, jnp.sqrt(jnp.where(variance == 0, 1.0, variance)))
    return Parameters(loc.astype(data.dtype), scale.astype(data.dtype))


def fit_jacobian(data: Real[ArrayLike, "*shape"]) -> Parameters:
    r"""Jacobian of `fit`: how much one observation moves each estimate.

    .. math::

        \frac{\partial \hat\mu}{\partial x_i} = \frac{1}{n}, \qquad
        \frac{\partial \hat\sigma}{\partial x_i} = \frac{x_i - \hat\mu}{n \hat\sigma}
    """
    data = as_float(data)
    loc, scale = fit(data)
    share = jnp.full_like(data, 1 / max(data.size, 1))
    return Parameters(share, share * (data - loc) / jnp.where(scale == 0, 1.0, scale))


@jax.jit
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Parameters:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \mu} = \frac{z}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z^2 - 1}{\sigma}, \qquad z = \frac{x - \mu}{\sigma}

    where :math:`f` is the density at the observation :math:`x`, :math:`\mu` the mean `loc`, :math:`\sigma` the standard
    deviation `scale` and :math:`z` the distance from the mean in standard deviations.

    Why it matters: summed over the data it is zero at the maximum of the likelihood, and its mean is zero at the truth.

    Args:
      x: observations, any shape.
      loc: mean, broadcast against `x`.
      scale: standard deviation, positive, broadcast against `x`.

    Returns:
      The derivatives in `loc` and in `scale`, of the broadcast shape; NaN where `scale` is not positive.

    References:
      Fisher, "Theory of statistical estimation", 1925.

    >>> [slope.item() for slope in score(3.0, loc=1.0, scale=2.0)]
    [0.5, 0.0]
    """
    z, scale = standardized(x, loc, scale)
    return Parameters(z / scale, (z - 1) * (z + 1) / scale)


@jax.jit
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Float[Array, "*batch 2 2"]:
    r"""How much one observation tells about the mean and the standard deviation.

    .. math::

        I = E\left[s s'\right] = \begin{pmatrix} 1/\sigma^2 & 0 \\ 0 & 2/\sigma^2 \end{pmatrix}

    where :math:`I` is the information, :math:`s` the `score`, :math:`s'` its transpose, :math:`E` the expectation under
    the law itself and :math:`\sigma` the standard deviation `scale`.

    Why it matters: no unbiased estimator of n observations has a variance below the inverse of n times it.

    Args:
      loc: mean, which does not matter.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      A matrix for each pair of parameters, in the order `loc`, `scale`: shape [..., 2, 2]; NaN where `scale` is not
      positive.

    References:
      Fisher, "Theory of statistical estimation", 1925.

    >>> fisher_information(scale=2.0).tolist()
    [[0.25, 0.0], [0.0, 0.5]]
    """
    _, scale = parameters(loc, scale)
    once = (1 / scale) ** 2
    return jnp.stack([jnp.stack([once, 0 * scale], -1), jnp.stack([0 * scale, 2 * once], -1)], -2)


CONCEPTS = (
    Family(
        verbs=(fit, score, fisher_information),
        example=example,
        oracle="scipy.stats.norm",
        oracles={
            "score": lambda x, loc, scale: ((x - loc) / scale**2, ((x - loc) ** 2 - scale**2) / scale**3),
            "fisher_information": lambda loc, scale: np.diag([1.0, 2.0]) / scale**2,
        },
        derivatives={"fit": (Derivative(fit_jacobian, "jacobian"),)},
    ),
)
