"""Intervals against SciPy's normal law, and their coverage."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import random
from scipy.stats import norm, sem, t

from mathml_jax.stats import ci_mean, ci_mean_jacobian, ztest_1samp


@pytest.mark.parametrize("level", [1e-6, 0.5, 0.9, 0.95, 0.99, 1 - 1e-9])
@pytest.mark.parametrize("axis", [0, 1, None])
def test_against_scipy(level, axis):
    x = np.random.default_rng(0).normal(3, 2, size=(6, 50))
    n = x.size if axis is None else x.shape[axis]
    interval = ci_mean(x, level, sigma=2.0, axis=axis)
    margin = norm.isf((1 - level) / 2) * 2 / np.sqrt(n)
    np.testing.assert_allclose(interval.low, x.mean(axis) - margin, atol=8e-15)
    np.testing.assert_allclose(interval.high, x.mean(axis) + margin, atol=8e-15)


@pytest.mark.parametrize("level", [0.5, 0.95, 1 - 1e-9])
@pytest.mark.parametrize("axis", [0, None])
def test_without_a_known_deviation_it_is_students(level, axis):
    x = np.random.default_rng(0).normal(3, 2, size=(6, 5))
    n = x.size if axis is None else 6
    margin = t.isf((1 - level) / 2, n - 1) * sem(x, axis)
    np.testing.assert_allclose(ci_mean(x, level, axis=axis), [x.mean(axis) - margin, x.mean(axis) + margin], rtol=1e-12)


def test_students_jacobian_is_autodiffs():
    x, level = jnp.asarray(np.random.default_rng(1).normal(size=5)), 0.9
    autodiff = jax.jit(jax.grad(lambda x, level: ci_mean(x, level).high, (0, 1)))
    for ours, theirs in zip(ci_mean_jacobian(x, level).high, autodiff(x, level), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    slopes, widening = autodiff(jnp.full(5, 0.1), level)
    np.testing.assert_allclose(slopes, 0.2, rtol=1e-15)
    assert widening == 0


def test_students_edges():
    for x, ends in ((jnp.full(4, 0.1), [0.1, 0.1]), (jnp.ones(1), [np.nan, np.nan]), (jnp.zeros(0), [np.nan, np.nan])):
        np.testing.assert_array_equal(ci_mean(x), ends)
    np.testing.assert_array_equal(ci_mean(jnp.arange(4.0), 1.0), [-np.inf, np.inf])
    assert jnp.isnan(jnp.stack(ci_mean(jnp.arange(4.0), -0.5))).all()


@pytest.mark.parametrize("level", [1 - 1e-3, 1 - 1e-10, 1 - 2**-53])
def test_a_level_near_one_keeps_its_digits(level):
    np.testing.assert_allclose(ci_mean(jnp.zeros(1), level, sigma=1.0).high, norm.isf((1 - level) / 2), rtol=4e-15)


def test_levels_and_deviations_broadcast():
    x = jnp.zeros((4, 3))
    interval = ci_mean(x, jnp.array([0.5, 0.9, 0.99]), sigma=jnp.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(interval.high, norm.ppf([0.75, 0.95, 0.995]) * np.array([1, 2, 3]) / 2, rtol=4e-15)


@pytest.mark.parametrize(
    ("level", "sigma", "high"),
    [
        (0.0, 1.0, 0.0),
        (1.0, 1.0, np.inf),
        (-0.1, 1.0, np.nan),
        (1.1, 1.0, np.nan),
        (0.9, -1.0, np.nan),
        (0.9, 0.0, 0.0),
    ],
)
def test_edges(level, sigma, high):
    interval = ci_mean(jnp.zeros(4), level, sigma=sigma)
    np.testing.assert_array_equal(interval, [-high, high])


def test_an_empty_sample():
    assert jnp.isnan(jnp.stack(ci_mean(jnp.zeros(0), sigma=1.0))).all()


def test_covers_as_often_as_it_says():
    x = random.normal(random.key(0), (4, 100_000)) + 7
    interval = ci_mean(x, 0.9, sigma=1.0)
    covered = np.mean((interval.low <= 7) & (interval.high >= 7))
    assert abs(float(covered) - 0.9) < 4 * np.sqrt(0.09 / 100_000)


def test_holds_what_the_test_does_not_refute():
    x = jnp.asarray(np.random.default_rng(1).normal(size=20))
    interval = ci_mean(x, 0.95, sigma=1.0)
    np.testing.assert_allclose([ztest_1samp(x, end, 1.0).pvalue for end in interval], 0.05, rtol=1e-14)


def test_low_precision():
    interval = ci_mean(jnp.ones(4, jnp.bfloat16), sigma=2.0)
    assert interval.low.dtype == jnp.bfloat16
    assert abs(float(interval.high) - 2.96) < 0.01


def test_derivative_with_respect_to_sigma_is_the_quantile():
    slope = jax.grad(lambda s: ci_mean(jnp.zeros(4), 0.95, sigma=s).high)(2.0)
    np.testing.assert_allclose(slope, norm.ppf(0.975) / 2, rtol=4e-15)


def test_jacobian_of_the_level_in_the_tail():
    level = 1 - 1e-12
    _, slope = jax.jit(partial(ci_mean_jacobian, sigma=1.0))(jnp.zeros(1), level).high
    z = norm.isf((1 - level) / 2)
    np.testing.assert_allclose(slope, 0.5 / norm.pdf(z), rtol=1e-13)


def test_wrong_axis(plain_types):
    with pytest.raises(ValueError, match="ci_mean: expected axis within the 1 of x, got 1"):
        ci_mean(jnp.ones(3), sigma=1.0, axis=1)
