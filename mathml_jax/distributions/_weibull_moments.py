r"""Mean, variance, skewness and kurtosis of the Weibull law, in the inverse h of its shape.

All are made of gamma functions at 1 + h, 1 + 2h, ... For small h these nearly cancel, so that what is left of them is
summed as a series in h, after the first poles of the gamma function are taken out.
"""

import jax.numpy as jnp
import numpy as np
import scipy.special
from jaxtyping import Array
from numpy.polynomial import Polynomial

from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.fundamentals.logarithms import log1mexp
from mathml_jax.special.gamma import gammaln

_SMALL = 1.0
_POLES = np.arange(1.0, 11.0)
_ORDERS = np.arange(38, 1, -1)
_ZETA = scipy.special.zeta(_ORDERS.astype(float), len(_POLES) + 1.0) * (-1.0) ** _ORDERS / _ORDERS
# Of (e^x - 1 - x - x^2 / 2) / x^3.
_EXCESS = tuple((1 / scipy.special.factorial(np.arange(17, 2, -1))).tolist())


def log_mean(h: Array) -> Array:
    r"""The logarithm of :math:`\Gamma(1 + h)`."""
    return gammaln(1 + h)


def shape_of_moments(h: Array) -> tuple[Array, Array, Array]:
    """The variance over the squared mean, the skewness, and the excess kurtosis."""
    small = h < _SMALL
    near, far = _near(jnp.where(small, h, _SMALL)), _far(jnp.where(small, 1.0, h))
    share, skew, kurtosis = (jnp.where(small, a, b) for a, b in zip(near, far, strict=True))
    return share, skew, kurtosis


def _sum(h: Array, power: int, *weights: int) -> Array:
    r"""The sum of weights times :math:`\log\Gamma(1 + n h)`, n = 1, 2, ..., over a power of h.

    The powers of h up to that one cancel, but for itself.
    """
    own = [w * (n + 1.0) ** _ORDERS for n, w in enumerate(weights)]
    series = horner(tuple((_ZETA * sum(own))[: len(_ORDERS) + 2 - power].tolist()), h)
    above, below = Polynomial((1.0,)), Polynomial((1.0,))
    for n, w in enumerate(weights, 1):
        above, below = above * Polynomial((1, n)) ** max(-w, 0), below * Polynomial((1, n)) ** max(w, 0)
    rest = np.trim_zeros((above - below).coef[power:], "b")
    s = h[None] / jnp.asarray(_POLES, h.dtype).reshape(-1, *(1,) * h.ndim)
    share = s**power * horner(tuple(rest[::-1].tolist()), s) / horner(tuple(below.coef[::-1].tolist()), s)
    return series + jnp.log1p(share).sum(0) / h**power


def _excess(x: Array) -> Array:
    """e^x less the first three terms of its series, over the cube."""
    far = x > 1
    large = jnp.where(far, x, 1.0)
    direct = (jnp.expm1(large) - large - large**2 / 2) / large**3
    return jnp.where(far, direct, horner(_EXCESS, jnp.where(far, 1.0, x)))


def _near(h: Array) -> tuple[Array, Array, Array]:
    # From there on nothing changes but the variance.
    least = jnp.maximum(h, jnp.finfo(h.dtype).eps / 8)
    square = least * least
    two, third, fourth = _sum(least, 2, -2, 1), least * _sum(least, 3, 3, -3, 1), square * _sum(least, 4, -4, 6, -4, 1)
    three, four = 3 * two + third, 6 * two + 4 * third + fourth
    cube2, cube3, cube4 = (square * d**3 * _excess(square * d) for d in (two, three, four))
    var = two + square * two * two / 2 + square * cube2
    # The squares of two, three and four, where they cancel.
    squares3 = 3 * two * (two + third) + third * third / 2
    squares4 = 3 * two * two + 6 * (2 * two + third) * third + (6 * two + 4 * third + fourth / 2) * fourth
    skewed = third / least + least * (squares3 + cube3 - 3 * cube2)
    heavy = fourth / square + squares4 + cube4 - 4 * cube3 + 6 * cube2
    return h * h * var, skewed / var**1.5, heavy / var**2 - 3


def _far(h: Array) -> tuple[Array, Array, Array]:
    one = gammaln(1 + h)
    two, three, four = (gammaln(1 + n * h) - n * one for n in (2, 3, 4))
    log_var = two + log1mexp(two)
    skew = jnp.exp(three - 1.5 * log_var) - 3 * jnp.exp(two - 1.5 * log_var) + 2 * jnp.exp(-1.5 * log_var)
    heavy = jnp.exp(four - 2 * log_var) - 4 * jnp.exp(three - 2 * log_var)
    return jnp.exp(log_var), skew, heavy + 6 * jnp.exp(two - 2 * log_var) - 3 * jnp.exp(-2 * log_var) - 3
