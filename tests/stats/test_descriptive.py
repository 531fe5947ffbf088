"""Mean and variance: exact sums, NIST's certified values, and the edges."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from mathml_jax.stats import mean, mean_gradient, sem, sem_gradient, var, var_gradient
from tests.stats import nist

AXES = pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), ()])


def exact(x):
    """Mean, deviations and their sum of squares in rational arithmetic."""
    numbers = [Fraction(float(v)) for v in x]
    centre = sum(numbers) / len(numbers)
    deviations = [v - centre for v in numbers]
    return float(centre), np.array(deviations, float), float(sum(d**2 for d in deviations))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e4, -1e7])
def test_against_rational_arithmetic(dtype, offset):
    x = (np.random.default_rng(0).normal(size=1000) + offset).astype(dtype)
    centre, deviations, squares = exact(x)
    eps = np.finfo(dtype).eps
    assert abs(float(mean(x)) - centre) <= 2 * eps * np.mean(np.abs(x))
    assert abs(float(var(x, ddof=1)) - squares / 999) <= 8 * eps * squares / 999
    slopes = 2 * deviations / 1000
    np.testing.assert_allclose(var_gradient(x), slopes, atol=2 * eps * np.abs(slopes).max(), rtol=0)


@pytest.mark.parametrize("offset", [1e6, 1e7])
def test_nist_numacc(offset):
    x, centre = nist.numacc(offset)
    np.testing.assert_allclose(mean(x), centre, rtol=1e-15)
    # What the data themselves lose in being rounded bounds the digits of the deviation.
    np.testing.assert_allclose(jnp.sqrt(var(x, ddof=1)), 0.1, rtol=offset * 1e-15)


@AXES
@pytest.mark.parametrize("keepdims", [False, True])
def test_axes_are_numpys(axis, keepdims):
    x = np.random.default_rng(1).normal(size=(3, 4, 5))
    np.testing.assert_allclose(mean(x, axis=axis, keepdims=keepdims), x.mean(axis, keepdims=keepdims), rtol=1e-14)
    if axis != ():
        ours, numpys = var(x, axis=axis, ddof=1, keepdims=keepdims), x.var(axis, ddof=1, keepdims=keepdims)
        np.testing.assert_allclose(ours, numpys, rtol=4e-15)


@pytest.mark.parametrize("value", [0.1, -1e-300, 1e150, 3.0])
@pytest.mark.parametrize("n", [1, 3, 10, 4097])
def test_equal_numbers(value, n):
    x = jnp.full(n, value)
    assert mean(x) == value
    assert var(x) == 0
    assert not jax.grad(var)(x).any()
    assert not var_gradient(x).any()


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_narrow_dtypes_sum_in_float32(dtype):
    x = jnp.ones(5000, dtype).at[0].set(3)
    assert mean(x) == dtype(1.0004)
    assert mean(x).dtype == var(x).dtype == dtype
    assert (jax.grad(mean)(x) == dtype(1 / 5000)).all()


def test_integers_and_scalars():
    assert mean(np.array([1, 2])).item() == 1.5
    assert mean(3) == 3
    assert var(3) == 0


def test_too_few_numbers():
    assert jnp.isnan(mean(jnp.zeros(0)))
    assert jnp.isnan(mean(jnp.zeros((2, 0)), axis=1)).all()
    assert mean(jnp.zeros((0, 2)), axis=1).shape == (0,)
    assert jnp.isnan(var(jnp.zeros(0)))
    assert jnp.isnan(var(jnp.array([1.0, 2.0]), ddof=2))
    assert mean_gradient(jnp.zeros(0)).shape == (0,)


@pytest.mark.parametrize(
    ("x", "expected"),
    [([1.0, np.inf], np.inf), ([-np.inf, 0.0], -np.inf), ([np.inf, -np.inf], np.nan), ([np.nan], np.nan)],
)
def test_numbers_that_are_not_finite(x, expected):
    np.testing.assert_equal(float(mean(np.array(x))), expected)
    assert jnp.isnan(var(np.array(x)))


def test_law_of_total_variance():
    x = jnp.asarray(np.random.default_rng(2).normal(size=(4, 9)))
    np.testing.assert_allclose(var(x), mean(var(x, axis=1)) + var(mean(x, axis=1)), rtol=2e-15)


@pytest.mark.parametrize(("axis", "ddof"), [(0, 1), (1, 0), (None, 1)])
def test_standard_errors_are_scipys(axis, ddof):
    x = np.random.default_rng(3).normal(size=(6, 5))
    np.testing.assert_allclose(sem(x, axis=axis, ddof=ddof), scipy.stats.sem(x, axis=axis, ddof=ddof), rtol=4e-15)


def test_edges_of_standard_errors():
    equal = jnp.full(3, 0.1)
    assert sem(equal) == 0
    assert not jax.jit(jax.grad(sem))(equal).any()
    assert not sem_gradient(equal).any()
    assert jnp.isnan(sem(jnp.ones(1)))
    assert jnp.isnan(sem(jnp.zeros(0)))
    assert sem(jnp.ones((4, 2)), keepdims=True).shape == (1, 2)


@pytest.mark.parametrize("f", [mean, var, sem])
@pytest.mark.parametrize("axis", [2, (0, 0), (0, -2)])
def test_wrong_axis(plain_types, f, axis):
    with pytest.raises(ValueError, match=f"^{f.__name__}: expected .*axis"):
        f(jnp.ones((2, 2)), axis=axis)
