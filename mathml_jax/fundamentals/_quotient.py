r"""The logarithm of a quotient in two parts, for exponents so large that the last digit of a logarithm counts.

A power :math:`(x/y)^a` has as many wrong ulps as its exponent's error has eps: hundreds, where the exponent is in the
hundreds and right to an ulp. Carried in two parts it has a few.
"""

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mathml_jax._rounding import lost_in_difference, product_in_parts
from mathml_jax.fundamentals._polynomial import atanh_excess

_LOST_IN_LOG_TWO = 2.3190468138462996e-17

Parts = tuple[Float[Array, "*shape"], Float[Array, "*shape"]]


@jax.custom_jvp
def log_quotient(x: Float[Array, "*shape"], y: Float[Array, "*shape"]) -> Parts:
    r"""The logarithm of x over y, both positive and finite, as the sum of a number and a much smaller one.

    .. math::

        \log \frac{x}{y} = k \log 2 + 2 \operatorname{artanh} s, \qquad s = \frac{2^{-k} x - y}{2^{-k} x + y}

    where :math:`2^k` is the power of two nearest to the quotient, so that the difference is exact. Its derivative has
    its own rule: that of the plain logarithm.
    """
    exponent_x, x = _exponent_and_fraction(x)
    exponent_y, y = _exponent_and_fraction(y)
    above, below = x > math.sqrt(2) * y, y > math.sqrt(2) * x
    k = exponent_x - exponent_y + above.astype(x.dtype) - below.astype(x.dtype)
    x = jnp.where(above, x / 2, jnp.where(below, 2 * x, x))
    difference, total = x - y, x + y
    s = difference / total
    product, lost = product_in_parts(s, total)
    rest = (difference - product) - (lost + s * lost_in_difference(x, -y, total))
    # So few bits that their product with k is exact.
    bits = 15 if x.dtype == jnp.float32 else 40
    coarse = math.ldexp(round(math.ldexp(math.log(2), bits)), -bits)
    leading = k * coarse
    high = leading + 2 * s
    low = k * (math.log(2) - coarse + _LOST_IN_LOG_TWO) + lost_in_difference(leading, -2 * s, high)
    low = low + 2 * (rest / total + s * atanh_excess(s))
    return sum_of_parts(high, low)


@log_quotient.defjvp
def _log_quotient_jvp(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Parts, Parts]:
    (x, y), (dx, dy) = primals, tangents
    return log_quotient(x, y), (dx / x - dy / y, jnp.zeros_like(dx))


def sum_of_parts(high: Float[Array, "*shape"], low: Float[Array, "*shape"]) -> Parts:
    """The same sum, its first part rounded to all of it."""
    total = high + low
    return total, low - (total - high)


def times_exp(parts: Parts, factor: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The factor times the exponential, in halves: nothing underflows on the way unless the product does."""
    high, low = parts
    half = jnp.exp(high / 2)
    return (half * factor) * half * (1 + low)


def _exponent_and_fraction(x: Float[Array, "*shape"]) -> Parts:
    """The k and f, from 1 to 2, with x = 2^k f, read from the bits of the number."""
    info = jnp.finfo(x.dtype)
    integer = jnp.int32 if x.dtype == jnp.float32 else jnp.int64
    bits = jax.lax.bitcast_convert_type(x, integer)
    one = jax.lax.bitcast_convert_type(jnp.ones((), x.dtype), integer)
    fraction = jax.lax.bitcast_convert_type((bits & ((1 << info.nmant) - 1)) | one, x.dtype)
    return ((bits >> info.nmant) - (one >> info.nmant)).astype(x.dtype), fraction
