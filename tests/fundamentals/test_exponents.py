"""exponential_growth against mpmath, and its edges."""

import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from mathml_jax.fundamentals import exponential_growth


@pytest.mark.parametrize("t", [0.0, 1e-300, 1.5, -3.0, 700.0])
def test_value_is_mpmaths(t):
    expected = float(mpmath.mpf(2) * mpmath.exp(mpmath.mpf(t)))
    np.testing.assert_allclose(exponential_growth(t, 2.0, 1.0), expected, rtol=1e-15)


@pytest.mark.parametrize(("t", "amount"), [(np.inf, np.inf), (-np.inf, 0.0), (800.0, np.inf), (-800.0, 0.0)])
def test_edges(t, amount):
    assert exponential_growth(t, 2.0, 1.0) == amount


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_narrow_dtypes_are_kept(dtype):
    grown = exponential_growth(jnp.asarray(1.0, dtype), jnp.asarray(2.0, dtype), jnp.asarray(1.0, dtype))
    assert grown.dtype == dtype
    assert abs(float(grown) / (2 * np.e) - 1) <= 2 * float(jnp.finfo(dtype).eps)


def test_integers_become_the_default_float():
    assert exponential_growth(1, 2, 0).dtype == jnp.float64


def test_arguments_broadcast():
    assert exponential_growth(jnp.ones((3, 1)), jnp.ones(4), 0.5).shape == (3, 4)
