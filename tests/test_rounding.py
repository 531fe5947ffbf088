"""Sums and products that keep what rounding takes."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax._rounding import product_in_parts, sum_in_digits

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@DTYPES
@pytest.mark.parametrize("n", [1, 10, 4096, 70_000])
@pytest.mark.parametrize("tiny", [0.0, 40.0])
def test_sum_in_digits_is_exact_sums(dtype, n, tiny):
    """One number beside many far smaller ones; a plain sum would lose most of them."""
    fractions = (2.0 ** -np.random.default_rng(n).uniform(0, tiny, (2, n))).astype(dtype)
    fractions[:, n // 2] = 1
    exact = [math.fsum(row) for row in fractions.astype(np.float64)]
    np.testing.assert_allclose(sum_in_digits(jnp.asarray(fractions), -1)[:, 0], exact, rtol=1.01 * np.finfo(dtype).eps)


def test_sum_in_digits_adds_along_any_axes_and_has_the_derivative_of_a_sum():
    x = jax.random.uniform(jax.random.key(0), (2, 3, 4))
    for axis in (None, 0, -1, (0, 2)):
        np.testing.assert_allclose(sum_in_digits(x, axis), jnp.sum(x, axis, keepdims=True), rtol=1e-15)
    np.testing.assert_array_equal(jax.grad(lambda x: sum_in_digits(x, (0, 2)).sum())(x), 1)


@DTYPES
@pytest.mark.parametrize("level", [0, 3])
def test_product_in_parts_is_exact_even_where_a_compiler_fuses_product_and_sum(dtype, level):
    draws = np.random.default_rng(0).uniform(-9, 9, (2, 200)).astype(dtype)
    near = draws[0] * draws[1]

    def difference(a, b, near):
        product, lost = product_in_parts(a, b)
        return (product - near) + lost

    compiled = jax.jit(difference, compiler_options={"xla_backend_optimization_level": level})
    triples = zip(*(x.tolist() for x in (*draws, near)), strict=True)
    exact = [float(Fraction(a) * Fraction(b) - Fraction(c)) for a, b, c in triples]
    np.testing.assert_allclose(
        compiled(*map(jnp.asarray, (*draws, near))), exact, rtol=0, atol=64 * np.finfo(dtype).eps ** 1.5
    )


def test_product_in_parts_lacks_nothing_at_infinity_and_has_the_derivative_of_a_product():
    product, lost = product_in_parts(jnp.array([np.inf, -np.inf, np.inf]), jnp.array([2.0, 2.0, 0.0]))
    np.testing.assert_array_equal(product, [np.inf, -np.inf, np.nan])
    np.testing.assert_array_equal(lost, 0)
    slopes = jax.grad(lambda a, b: sum(product_in_parts(a, b)), (0, 1))(jnp.array(3.0), jnp.array(7.0))
    assert slopes == (7, 3)
