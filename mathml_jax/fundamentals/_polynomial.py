"""Polynomials by Horner's rule, and the one that logarithms are made of."""

import jax.numpy as jnp
from jaxtyping import Array, Float

# (atanh(s) / s - 1) / s^2 in 18 s^2 - 1, for s from -1/3 to 1/3.
_ATANH_DOUBLE = (
    1.1849727261535981e-15, 2.1904842814570203e-14, 4.0448141298823156e-13, 7.605324368130047e-12,
    1.4462802273296146e-10, 2.7894275739693437e-09, 5.478864161373126e-08, 1.102676962053141e-06,
    2.2965916142981062e-05, 0.0005037076771230056, 0.012053781263145888, 0.34490532229515763,
)  # fmt: skip
_ATANH_SINGLE = (
    5.50062682e-08, 1.10687398e-06, 2.29658345e-05, 0.000503706102, 0.0120537813, 0.344905322,
)  # fmt: skip


def horner(coefficients: tuple[float, ...], x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """The polynomial with these coefficients, the highest power first."""
    total = jnp.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


def horner_difference(
    coefficients: tuple[float, ...], x: Float[Array, "*shape"], y: Float[Array, "*shape"]
) -> tuple[Float[Array, "*shape"], Float[Array, "*shape"]]:
    """The polynomial at x, and the slope of its chord from x to y, which loses nothing where they are close."""
    value, slope = jnp.full_like(x, coefficients[0]), jnp.zeros_like(x)
    for coefficient in coefficients[1:]:
        value, slope = coefficient + x * value, value + y * slope
    return value, slope


def atanh_excess(s: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""How much larger than its argument artanh is, as a share, for s from -1/3 to 1/3.

    .. math::

        \frac{\operatorname{artanh} s}{s} - 1
    """
    square = s * s
    coefficients = _ATANH_DOUBLE if s.dtype == jnp.float64 else _ATANH_SINGLE
    return square * horner(coefficients, 18 * square - 1)
