r"""Mean, variance, skewness and kurtosis of the Weibull law, in the inverse h of its shape.

All are made of gamma functions at 1 + h, 1 + 2h, ... For small h these nearly cancel, so that what is left of them is
summed as a series in h.
"""

import jax.numpy as jnp
import numpy as np
import scipy.special
from jaxtyping import Array

from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.fundamentals.logarithms import log1mexp
from mathml_jax.special.gamma import gammaln

_ORDERS = np.arange(27, 1, -1)
_ZETA = scipy.special.zeta(_ORDERS.astype(float)) * (-1.0) ** _ORDERS / _ORDERS
_SMALL = 1 / 16
# Of (e^x - 1 - x) / x^2.
_EXCESS = tuple((1 / scipy.special.factorial(np.arange(14, 1, -1))).tolist())


def log_mean(h: Array) -> Array:
    r"""The logarithm of :math:`\Gamma(1 + h)`."""
    return gammaln(1 + h)


def shape_of_moments(h: Array) -> tuple[Array, Array, Array]:
    """The logarithm of the variance over the squared mean, the skewness, and the excess kurtosis."""
    small = h < _SMALL
    near, far = _near(jnp.where(small, h, _SMALL)), _far(jnp.where(small, 1.0, h))
    log_var, skew, kurtosis = (jnp.where(small, a, b) for a, b in zip(near, far, strict=True))
    return log_var, skew, kurtosis


def _series(h: Array, *weights: float) -> Array:
    r"""The sum of weights times :math:`\log\Gamma(1 + n h)`, n = 1, 2, ..., without the terms in h; over h squared."""
    powers = sum(w * (n + 1.0) ** _ORDERS for n, w in enumerate(weights))
    return horner(tuple((_ZETA * powers).tolist()), h)


def _near(h: Array) -> tuple[Array, Array, Array]:
    square = h * h
    two, three, four = (_series(h, *w) for w in ((-2.0, 1.0), (-3.0, 0.0, 1.0), (-4.0, 0.0, 0.0, 1.0)))
    # Over h cubed: the terms in h squared cancel. Likewise over h to the fourth.
    third, fourth = (_series(h, *w) for w in ((3.0, -3.0, 1.0), (-4.0, 6.0, -4.0, 1.0)))
    more2, more3, more4 = (d * d * horner(_EXCESS, square * d) for d in (two, three, four))
    var = two + square * more2
    third = third / h + h * (more3 - 3 * more2)
    fourth = fourth / square + more4 - 4 * more3 + 6 * more2
    return jnp.log(square * var), third / var**1.5, fourth / var**2 - 3


def _far(h: Array) -> tuple[Array, Array, Array]:
    one = gammaln(1 + h)
    two, three, four = (gammaln(1 + n * h) - n * one for n in (2, 3, 4))
    log_var = two + log1mexp(two)
    skew = jnp.exp(three - 1.5 * log_var) - 3 * jnp.exp(two - 1.5 * log_var) + 2 * jnp.exp(-1.5 * log_var)
    heavy = jnp.exp(four - 2 * log_var) - 4 * jnp.exp(three - 2 * log_var)
    return log_var, skew, heavy + 6 * jnp.exp(two - 2 * log_var) - 3 * jnp.exp(-2 * log_var) - 3
