"""Squared errors against Arb, and their edges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax import nn
from tests.ulps import balls, each, ulps

LOSSES = pytest.mark.parametrize("name", ["squared_error", "mse"])


def numbers(dtype):
    draw = np.random.default_rng(0)
    return tuple((draw.normal(0, 10, 300) * 10 ** draw.uniform(-3, 3, 300)).astype(dtype) for _ in range(2))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_are_arbs(dtype):
    p, y = numbers(dtype)
    assert ulps(nn.squared_error(p, y), each(lambda p, y: (p - y) ** 2, p, y)) <= 2
    assert ulps(nn.squared_error_derivative(p, y), each(lambda p, y: 2 * (p - y), p, y)) <= 0.5
    assert ulps(nn.mse(p, y), sum((balls(p) - balls(y)) ** 2) / len(p)) <= 8
    assert ulps(nn.mse_gradient(p, y), each(lambda p, y: 2 * (p - y) / 300, p, y)) <= 2


def test_mse_is_the_mean_of_the_squared_errors():
    p, y = numbers(np.float64)
    np.testing.assert_allclose(nn.mse(p, y), nn.squared_error(p, y).mean(), rtol=1e-15)


@pytest.mark.parametrize(
    ("p", "y", "value", "slope"),
    [
        (1e155, 0.0, np.inf, 2e155),
        (np.inf, 0.0, np.inf, np.inf),
        (np.inf, np.inf, np.nan, np.nan),
        (np.nan, 0.0, np.nan, np.nan),
        (3.0, 3.0, 0.0, 0.0),
    ],
)
@LOSSES
def test_edges(name, p, y, value, slope):
    loss = getattr(nn, name)
    derivative = nn.squared_error_derivative if name == "squared_error" else nn.mse_gradient
    np.testing.assert_array_equal([loss(p, y), jax.grad(loss)(p, y), derivative(p, y)], [value, slope, slope])


def test_the_mean_of_nothing_is_nan():
    assert np.isnan(nn.mse(np.ones(0), np.ones(0)))
    assert nn.mse_gradient(np.ones(0), np.ones(0)).shape == (0,)


def test_half_precision_is_summed_in_single():
    """Four thousand squares of 1 would stop at 2048 in float16."""
    p = jnp.ones(4000, jnp.float16)
    assert nn.mse(p, 0 * p) == 1
    assert nn.mse(p, 0 * p).dtype == jnp.float16


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("name", ["squared_error", "squared_error_derivative", "mse", "mse_gradient"])
def test_unequal_shapes_are_refused(name):
    with pytest.raises(ValueError, match="expected") as error:
        getattr(nn, name)(np.ones((8, 1)), np.ones(8))
    assert error.value.args == (f"{name}: expected predictions and targets of equal shape, got (8, 1) and (8,)",)
