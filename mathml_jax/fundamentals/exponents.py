"""Growth and decay at a constant relative rate."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast
from mathml_jax._concept import Concept, Derivative
from mathml_jax._rounding import product_in_parts


@jax.jit
def exponential_growth(
    t: Real[ArrayLike, "*#batch"], x0: Real[ArrayLike, "*#batch"], rate: Real[ArrayLike, "*#batch"]
) -> Float[Array, "*batch"]:
    r"""Amount after time t of what grows at a constant relative rate.

    .. math::

        x(t) = x_0 e^{r t}

    where :math:`x(t)` is the amount at time :math:`t`, :math:`x_0` the amount at time 0 and :math:`r` the rate per unit
    of time; a negative rate is decay. What rounding takes from the exponent is put back.

    Why it matters: the solution of the simplest differential equation, :math:`x' = r x`; interest, populations,
    radioactive decay and the loss of a well-conditioned gradient descent all follow it.

    Args:
      t: time, any shape.
      x0: amount at time 0, broadcast against `t`.
      rate: relative growth per unit of time (1 / the unit of `t`), broadcast against `t`.

    Returns:
      Amounts in the unit of `x0`, of the broadcast shape.

    References:
      Malthus, "An Essay on the Principle of Population", 1798.

    >>> exponential_growth(2.0, 100.0, jnp.log(3.0)).round(2).item()
    900.0
    """
    t, x0, rate = as_broadcast(t, x0, rate)
    # The exponent's rounding would become a relative error of the amount that grows with the exponent.
    exponent, lost = product_in_parts(rate, t)
    return x0 * (jnp.exp(exponent) * (1 + lost))


def exponential_growth_derivative(
    t: Real[ArrayLike, "*#batch"], x0: Real[ArrayLike, "*#batch"], rate: Real[ArrayLike, "*#batch"]
) -> Float[Array, "*batch"]:
    r"""Derivative of `exponential_growth` in time.

    .. math::

        x'(t) = r x(t)
    """
    return rate * exponential_growth(t, x0, rate)


CONCEPTS = (
    Concept(
        exponential_growth,
        example=lambda key: tuple(random.normal(key, (3, 5), jnp.float64)),
        derivatives=(Derivative(exponential_growth_derivative, "derivative"),),
        oracle=lambda t, x0, rate: x0 * np.power(np.e, rate * t),
    ),
)
