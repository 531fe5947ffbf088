"""The scores of predicted numbers against scikit-learn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sklearn.metrics

from mathml_jax.metrics import r2_score, r2_score_gradient
from mathml_jax.stats import linregress


@pytest.mark.parametrize("shape", [(2,), (50,), (50, 1), (50, 3)])
@pytest.mark.parametrize("multioutput", ["uniform_average", "raw_values"])
def test_against_sklearn(shape, multioutput):
    y, noise = np.random.default_rng(0).normal(size=(2, *shape))
    theirs = np.squeeze(sklearn.metrics.r2_score(y, y + 0.7 * noise, multioutput=multioutput))
    ours = r2_score(y, y + 0.7 * noise, multioutput=multioutput)
    np.testing.assert_allclose(np.squeeze(ours), theirs, atol=2e-15, rtol=0)


@pytest.mark.parametrize(("error", "score"), [(0.0, 1.0), (0.5, 0.0)])
def test_constant_targets(error, score):
    y = jnp.full(5, 0.1)
    assert r2_score(y, y + error) == score == sklearn.metrics.r2_score(y, y + error)
    assert not jax.grad(r2_score, 1)(y, y + error).any()
    assert not r2_score_gradient(y, y + error).any()


def test_one_constant_output_of_two():
    y = jnp.array([[1.0, 0.5], [2.0, 0.5], [4.0, 0.5]])
    p = y + jnp.array([[0.1, 0.2], [0.0, 0.1], [0.3, 0.0]])
    np.testing.assert_allclose(r2_score(y, p), sklearn.metrics.r2_score(y, p), rtol=1e-15)
    np.testing.assert_allclose(r2_score_gradient(y, p), jax.grad(r2_score, 1)(y, p), rtol=1e-15)


def test_the_mean_scores_nothing_and_a_line_its_squared_correlation():
    x, y = np.random.default_rng(1).normal(size=(2, 30))
    np.testing.assert_allclose(r2_score(y, np.full(30, y.mean())), 0.0, atol=1e-15)
    fit = linregress(x, y)
    np.testing.assert_allclose(r2_score(y, fit.intercept + fit.slope * x), fit.rvalue**2, rtol=1e-13)


def test_far_from_the_origin():
    y, noise = np.random.default_rng(2).normal(size=(2, 30)).astype(np.float32)
    far, predicted = y + np.float32(1e5), y + np.float32(1e5) + noise
    expected = sklearn.metrics.r2_score(far.astype(float), predicted.astype(float))
    np.testing.assert_allclose(r2_score(far, predicted), expected, rtol=4e-7)


def test_too_few_samples():
    assert jnp.isnan(r2_score(jnp.ones(1), jnp.ones(1)))
    assert jnp.isnan(r2_score(jnp.ones(0), jnp.ones(0)))


def test_dtypes():
    y = jnp.array([1.0, 2.0, 4.0], jnp.bfloat16)
    assert r2_score(y, y).dtype == r2_score_gradient(y, y).dtype == jnp.bfloat16
    assert r2_score(np.array([1, 2]), np.array([1, 3])).item() == -1.0


@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        (((3,), (3, 1)), {}, r"y_true and y_pred of equal shape, got \(3,\) and \(3, 1\)"),
        (((3, 1, 1), (3, 1, 1)), {}, r"y_true and y_pred with 1 or 2 axes, got shape \(3, 1, 1\)"),
        (((3,), (3,)), {"multioutput": "sum"}, "multioutput to be one of .*, got 'sum'"),
    ],
)
def test_bad_input(plain_types, shapes, options, message):
    with pytest.raises(ValueError, match=f"r2_score: expected {message}"):
        r2_score(*map(np.ones, shapes), **options)
