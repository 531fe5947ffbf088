"""The linear model against NIST's certified values, NumPy and scikit-learn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sklearn.linear_model
import statsmodels.datasets

from mathml_jax.models import LinearModel, linear_fit, linear_fit_jacobian, linear_predict, linear_predict_vjp
from mathml_jax.stats import linregress
from tests.stats import nist

# NIST, Statistical Reference Datasets, Longley, "An appraisal of least squares programs", 1967; higher difficulty.
LONGLEY = [
    -3482258.63459582, 15.0618722713733, -0.358191792925910e-01, -2.02022980381683, -1.03322686717359,
    -0.511041056535807e-01, 1829.15146461355,
]  # fmt: skip


def data(n=30, p=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) * 10.0 ** np.arange(p) + 5
    return X, X @ rng.normal(size=p) + rng.normal(size=n)


def test_nist_norris():
    model = linear_fit(nist.NORRIS_X[:, None], nist.NORRIS_Y)
    np.testing.assert_allclose(model.coef, [nist.NORRIS["slope"]], rtol=2e-14)
    # What is left of 432 - 432.3.
    np.testing.assert_allclose(model.intercept, nist.NORRIS["intercept"], rtol=1e-12)


def test_nist_longley():
    longley = statsmodels.datasets.longley.load_pandas()
    model = linear_fit(longley.exog.to_numpy(), longley.endog.to_numpy())
    np.testing.assert_allclose(np.append(*model), [*LONGLEY[1:], LONGLEY[0]], rtol=1e-11)


def test_nist_wampler1():
    """A polynomial of degree five through its own values: all weights are certified to be 1."""
    x = np.arange(21.0)[:, None]
    model = linear_fit(x ** np.arange(1, 6), (x ** np.arange(6)).sum(1))
    np.testing.assert_allclose(model.coef, 1.0, rtol=1e-9)
    np.testing.assert_allclose(model.intercept, 1.0, rtol=1e-8)


def test_against_sklearn():
    X, y = data()
    ours, theirs = linear_fit(X, y), sklearn.linear_model.LinearRegression().fit(X, y)
    np.testing.assert_allclose(ours.coef, theirs.coef_, rtol=1e-11)
    np.testing.assert_allclose(ours.intercept, theirs.intercept_, rtol=1e-10)
    np.testing.assert_allclose(linear_predict(ours, X), theirs.predict(X), rtol=1e-11)


def test_residuals_are_orthogonal_to_the_features():
    X, y = data()
    residuals = np.asarray(y - linear_predict(linear_fit(X, y), X))
    np.testing.assert_allclose(residuals.sum(), 0.0, atol=1e-9)
    cosines = X.T @ residuals / np.linalg.norm(X, axis=0) / np.linalg.norm(residuals)
    np.testing.assert_allclose(cosines, 0.0, atol=1e-12)


def test_one_feature_is_a_line():
    x, y = np.random.default_rng(1).normal(size=(2, 20))
    model, line = linear_fit(x[:, None], y), linregress(x, y)
    np.testing.assert_allclose(np.append(*model), line[:2], rtol=1e-14)


def test_the_jacobian_is_the_pseudoinverse():
    X, y = data(p=3)
    jacobian = jax.jit(linear_fit_jacobian)(X, y)
    expected = np.linalg.pinv(np.column_stack([X, np.ones(len(X))]))
    for ours, row in zip(np.vstack(jacobian), expected, strict=True):
        np.testing.assert_allclose(ours, row, atol=1e-11 * np.abs(row).max(), rtol=0)


def test_differentiable_in_the_features():
    X, y = map(jnp.asarray, data(n=8, p=2))
    slope = jax.jit(jax.grad(lambda X: linear_fit(X, y).coef[0]))(X)
    step = 1e-6 * np.eye(16).reshape(16, 8, 2)
    up, down = (jax.vmap(lambda d, s=s: linear_fit(X + s * d, y).coef[0])(jnp.asarray(step)) for s in (1, -1))
    np.testing.assert_allclose(slope.ravel(), (up - down) / 2e-6, atol=1e-7 * float(jnp.abs(slope).max()), rtol=1e-6)


@pytest.mark.parametrize(
    "X",
    [
        np.ones((5, 1)) * 0.1,
        np.arange(5.0)[:, None] * np.array([1.0, 3.0]),
        np.column_stack([np.arange(5.0), np.array([1.0, 0, 0, 1, 0]), np.arange(5.0) + 0.1]),
        np.arange(6.0).reshape(3, 2) ** 2 @ np.eye(2, 3),
        np.zeros((0, 2)),
    ],
    ids=["constant", "proportional", "shifted", "more features than freedom", "empty"],
)
def test_no_single_best_model(X):
    model = linear_fit(X, np.arange(float(len(X))))
    assert model.coef.shape == (X.shape[1],)
    assert jnp.isnan(model.coef).all()
    assert jnp.isnan(model.intercept)


def test_as_many_weights_as_samples():
    X, y = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]), np.array([1.0, 4.0, 9.0])
    np.testing.assert_allclose(linear_predict(linear_fit(X, y), X), y, rtol=1e-14)


def test_features_of_unlike_units_are_not_taken_for_dependent():
    X, y = data(p=3)
    scale = np.array([1e-150, 1.0, 1e150])
    np.testing.assert_allclose(linear_fit(X * scale, y).coef * scale, linear_fit(X, y).coef, rtol=1e-10)


def test_no_features():
    model = linear_fit(np.zeros((3, 0)), np.array([1.0, 2.0, 6.0]))
    assert model.coef.shape == (0,)
    assert model.intercept == 3
    assert linear_predict(model, np.zeros((2, 0))).tolist() == [3.0, 3.0]


def test_batches():
    X, y = np.random.default_rng(2).normal(size=(4, 10, 3)), np.random.default_rng(3).normal(size=(4, 10))
    models = jax.vmap(linear_fit)(X, y)
    for i in range(4):
        np.testing.assert_allclose(models.coef[i], linear_fit(X[i], y[i]).coef, rtol=1e-12)


def test_vjp_is_autodiffs():
    X, y = map(jnp.asarray, data(p=3))
    model = LinearModel(jnp.ones(3), jnp.array(2.0))
    autodiff, _ = jax.jit(lambda model, X, y: jax.vjp(linear_predict, model, X)[1](y))(model, X, y)
    ours = linear_predict_vjp(model, X, y)
    np.testing.assert_allclose(ours.coef, autodiff.coef, rtol=1e-13)
    np.testing.assert_allclose(ours.intercept, autodiff.intercept, rtol=1e-13)


def test_dtypes():
    X, y = (jnp.asarray(v, jnp.bfloat16) for v in data(p=1))
    model = linear_fit(X, y)
    assert model.coef.dtype == model.intercept.dtype == linear_predict(model, X).dtype == jnp.bfloat16
    assert linear_fit(np.array([[0], [1], [2]]), np.array([1, 3, 5])).coef.dtype == jnp.float64


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda: linear_fit(np.ones(3), np.ones(3)), r"linear_fit: expected X with 2 axes, got shape \(3,\)"),
        (
            lambda: linear_fit(np.ones((3, 1)), np.ones((3, 1))),
            r"linear_fit: expected y with 1 axis, got shape \(3, 1\)",
        ),
        (
            lambda: linear_fit(np.ones((3, 1)), np.ones(4)),
            r"linear_fit: expected as many rows in X as entries in y, got \(3, 1\) and \(4,\)",
        ),
        (
            lambda: linear_predict(LinearModel(jnp.ones(2), jnp.ones(())), np.ones((3, 1))),
            r"linear_predict: expected coef of shape \(1,\), got \(2,\)",
        ),
    ],
)
def test_bad_input(plain_types, f, message):
    with pytest.raises(ValueError, match=message):
        f()
