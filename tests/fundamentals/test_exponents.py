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


def test_integers_become_the_default_float():
    assert exponential_growth(1, 2, 0).dtype == jnp.float64


def test_arguments_broadcast():
    assert exponential_growth(jnp.ones((3, 1)), jnp.ones(4), 0.5).shape == (3, 4)
