"""Standardizing against scikit-learn, and its edges."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sklearn.preprocessing

from mathml_jax.preprocessing import standardize, standardize_vjp
from mathml_jax.stats import mean, var


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("offset", [0.0, 1e3])
def test_against_sklearn(axis, offset):
    x = np.random.default_rng(0).normal(offset, 2, size=(30, 20))
    np.testing.assert_allclose(standardize(x, axis=axis), sklearn.preprocessing.scale(x, axis=axis), atol=1e-12, rtol=0)


@pytest.mark.parametrize("ddof", [0, 1])
def test_mean_0_and_variance_1(ddof):
    z = standardize(np.random.default_rng(1).normal(7, 3, size=(50, 4)), ddof=ddof)
    np.testing.assert_allclose(mean(z, axis=0), 0.0, atol=1e-15)
    np.testing.assert_allclose(var(z, axis=0, ddof=ddof), 1.0, rtol=2e-15)


def test_units_disappear():
    x = jnp.asarray(np.random.default_rng(2).normal(size=(9, 2)))
    np.testing.assert_allclose(standardize(1e6 * x + 3), standardize(x), atol=1e-14)


def test_far_from_the_origin_in_float32():
    x = np.random.default_rng(3).normal(1e6, 1, size=(40, 1)).astype(np.float32)
    wide = x.astype(float)
    np.testing.assert_allclose(standardize(x), (wide - wide.mean()) / wide.std(), atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e10])
def test_a_constant_feature(value):
    x = jnp.stack([jnp.full(7, value), jnp.arange(7.0)], 1)
    g = jnp.asarray(np.random.default_rng(4).normal(size=(7, 2)))
    assert not standardize(x)[:, 0].any()
    (pulled,) = jax.jit(lambda x, g: jax.vjp(standardize, x)[1](g))(x, g)
    assert jnp.isfinite(pulled).all()
    np.testing.assert_allclose(pulled[:, 0], g[:, 0] - g[:, 0].mean(), atol=1e-15)
    np.testing.assert_allclose(jax.jit(standardize_vjp)(x, g), pulled, atol=1e-15)


@pytest.mark.parametrize(("axis", "ddof"), [(0, 1), (-1, 0)])
def test_vjp_is_autodiffs(ddof, axis):
    x, g = jnp.asarray(np.random.default_rng(5).normal(size=(2, 6, 5)))
    options = {"axis": axis, "ddof": ddof}
    (pulled,) = jax.jit(lambda x, g: jax.vjp(partial(standardize, **options), x)[1](g))(x, g)
    np.testing.assert_allclose(jax.jit(partial(standardize_vjp, **options))(x, g), pulled, atol=4e-15)


def test_too_few_samples():
    assert jnp.isnan(standardize(jnp.ones((1, 2)), ddof=1)).all()
    assert standardize(jnp.ones((0, 2))).shape == (0, 2)
    assert not standardize(jnp.ones((1, 2))).any()


def test_dtypes():
    assert standardize(jnp.ones((3, 2), jnp.bfloat16)).dtype == jnp.bfloat16
    assert standardize(np.array([[1], [3]])).tolist() == [[-1.0], [1.0]]


def test_wrong_axis(plain_types):
    with pytest.raises(ValueError, match="standardize: expected axis within the 2 of x, got 2"):
        standardize(jnp.ones((3, 2)), axis=2)
