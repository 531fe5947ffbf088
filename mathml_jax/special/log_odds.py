"""From log-odds to probabilities and back."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._rising import log1p


@jax.jit
def expit(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Probability whose log-odds are x: the logistic distribution function.

    .. math::

        p = \frac{1}{1 + e^{-x}}

    where :math:`x` is the logarithm of the odds and :math:`p` the probability. Negative x use the equal form
    :math:`e^x / (1 + e^x)`, so nothing overflows.

    Why it matters: the inverse link of logistic regression.

    Args:
      x: log-odds, any shape.

    Returns:
      Probabilities of the same shape; 0 at -inf and 1 at inf.

    References:
      Verhulst, "Notice sur la loi que la population suit dans son accroissement", 1838.

    >>> expit(jnp.log(3.0)).round(2).item()
    0.75
    """
    x = as_float(x)
    wide = widened(x)
    small = jnp.exp(jnp.where(wide >= 0, -wide, wide))
    return (jnp.where(wide >= 0, 1.0, small) / (1 + small)).astype(x.dtype)


def expit_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `expit`.

    .. math::

        \frac{dp}{dx} = p(x)\, p(-x)
    """
    x = as_float(x)
    return expit(x) * expit(-x)


@jax.jit
def logit(p: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Log-odds of a probability: the inverse of `expit`.

    .. math::

        \log \frac{p}{1 - p}

    where :math:`p` is the probability. Near one half, where the logarithm vanishes, it is taken of one plus a small
    number.

    Why it matters: the scale on which evidence adds up.

    Args:
      p: probabilities, any shape.

    Returns:
      Log-odds of the same shape; -inf at 0, inf at 1, NaN outside.

    References:
      Berkson, "Application of the logistic function to bio-assay", 1944.

    >>> logit(jnp.array([0.0, 0.5, 1.0])).tolist()
    [-inf, 0.0, inf]
    """
    p = as_float(p)
    wide = widened(p)
    middle = jnp.abs(wide - 0.5) < 0.2
    centre = jnp.where(middle, wide, 0.5)
    return jnp.where(middle, log1p((2 * centre - 1) / (1 - centre)), jnp.log(wide) - jnp.log1p(-wide)).astype(p.dtype)


def logit_derivative(p: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `logit`.

    .. math::

        \frac{d}{dp} \log \frac{p}{1 - p} = \frac{1}{p (1 - p)}
    """
    p = as_float(p)
    return 1 / (p * (1 - p))


@jax.jit
def log_expit(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Logarithm of the probability whose log-odds are x.

    .. math::

        \log p = -\log\left(1 + e^{-x}\right)

    where :math:`x` is the logarithm of the odds and :math:`p` the probability.

    Why it matters: the log-likelihood of logistic regression, finite for any score.

    Args:
      x: log-odds, any shape.

    Returns:
      Logarithms of the same shape; -inf at -inf and 0 at inf.

    References:
      Mächler, "Accurately computing log(1 - exp(-|a|))", 2012.

    >>> log_expit(-1000.0).item()
    -1000.0
    """
    x = as_float(x)
    wide = widened(x)
    low = wide < 0
    small = jnp.exp(jnp.where(low, wide, -wide))
    return (jnp.where(low, wide, 0.0) - log1p(small)).astype(x.dtype)


def log_expit_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `log_expit`.

    .. math::

        \frac{d}{dx} \log p = p(-x)
    """
    return expit(-as_float(x))


CONCEPTS = (
    Concept(
        expit,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(expit_derivative, "derivative"),),
        oracle="scipy.special.expit",
    ),
    Concept(
        logit,
        example=lambda key: (random.uniform(key, (5,), jnp.float64, 0.01, 0.99),),
        derivatives=(Derivative(logit_derivative, "derivative"),),
        oracle="scipy.special.logit",
    ),
    Concept(
        log_expit,
        example=lambda key: (2 * random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(log_expit_derivative, "derivative"),),
        oracle=lambda x: -np.logaddexp(0.0, -x),
    ),
)
