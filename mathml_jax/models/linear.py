"""The linear model: a weighted sum of the features."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.stats import mean
from mathml_jax.stats._moments import deviations


class LinearModel(NamedTuple):
    """A linear model.

    Attributes:
      coef: the weights of the features, shape [p].
      intercept: the prediction where all features are 0.
    """

    coef: Float[Array, "..."]
    intercept: Float[Array, "..."]


@jax.jit
def linear_fit(X: Real[ArrayLike, "n p"], y: Real[ArrayLike, " n"]) -> LinearModel:
    r"""The linear model of least squares, by the normal equation.

    .. math::

        \tilde X^\top \tilde X w = \tilde X^\top \tilde y, \quad b = \bar y - \bar x^\top w

    where :math:`\tilde X` and :math:`\tilde y` are the features and targets less their means :math:`\bar x` and
    :math:`\bar y`, :math:`w` are the weights and :math:`b` is the intercept. The equation is solved without forming it:
    with :math:`\tilde X = Q R`, an orthonormal and a triangular factor, it reads :math:`R w = Q^\top \tilde y`, and the
    condition number is not squared.

    Why it matters: the one model whose best weights have a formula, and the yardstick for every other.

    Args:
      X: features, shape [n, p].
      y: targets, shape [n].

    Returns:
      A `LinearModel`, its weights in the unit of `y` per unit of the feature. NaN where no single set of weights is
      best: a feature is constant or, to rounding, a combination of the others, or there are not more samples than
      features.

    Raises:
      ValueError: `X` has not two axes, `y` not one, or their lengths differ.

    References:
      Golub, "Numerical methods for solving linear least squares problems", 1965.

    >>> model = linear_fit(jnp.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 2.0]]), jnp.array([1.0, 3.0, 0.0, 1.0]))
    >>> [round(w, 4) for w in (*model.coef.tolist(), model.intercept.item())]
    [2.0, -1.0, 1.0]
    """
    X, y = _samples(X, y)
    wide, targets = widened(X), widened(y)
    x_mean, y_mean = mean(wide, axis=0), mean(targets)
    Q, R = _qr(deviations(wide, 0))
    coef = solve_triangular(R, _dot(Q.T, deviations(targets, 0)))
    return LinearModel(coef.astype(X.dtype), (y_mean - _dot(x_mean, coef)).astype(X.dtype))


def linear_fit_jacobian(X: Real[ArrayLike, "n p"], y: Real[ArrayLike, " n"]) -> LinearModel:
    r"""Jacobian of `linear_fit` in the targets: a `LinearModel` of shapes [p, n] and [n], whatever the targets are.

    .. math::

        \frac{\partial w}{\partial y} = (\tilde X^\top \tilde X)^{-1} \tilde X^\top = R^{-1} Q^\top, \quad
        \frac{\partial b}{\partial y_i} = \frac{1}{n} - \sum_j \bar x_j \frac{\partial w_j}{\partial y_i}
    """
    X, y = _samples(X, y)
    x_mean = mean(X, axis=0)
    Q, R = _qr(deviations(X, 0))
    coef = solve_triangular(R, Q.T)
    return LinearModel(coef, 1 / y.size - _dot(x_mean, coef))


@jax.jit
def linear_predict(model: LinearModel, X: Real[ArrayLike, "n p"]) -> Float[Array, " n"]:
    r"""Predictions of a linear model.

    .. math::

        \hat y = X w + b

    where :math:`X` are the features, one sample a row, :math:`w` the weights, :math:`b` is the intercept and
    :math:`\hat y` are the predictions.

    Why it matters: the last layer of most networks, and the whole of the simplest.

    Args:
      model: weights of shape [p] and a scalar intercept.
      X: features, shape [n, p].

    Returns:
      Predictions, shape [n], in the unit of the intercept.

    Raises:
      ValueError: `X` has not two axes, or not as many features as the model has weights.

    References:
      Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 2009, section 2.3.

    >>> linear_predict(LinearModel(jnp.array([2.0]), jnp.array(1.0)), jnp.array([[1.0], [3.0]])).tolist()
    [3.0, 7.0]
    """
    coef, intercept, X = as_float(*model, X)
    expect_rank("linear_predict", "X", X, 2)
    expect(coef.shape == X.shape[1:], "linear_predict", f"coef of shape {X.shape[1:]}", f"{coef.shape}")
    return (_dot(widened(X), widened(coef)) + widened(intercept)).astype(X.dtype)


def linear_predict_vjp(model: LinearModel, X: Real[ArrayLike, "n p"], cotangent: Real[ArrayLike, " n"]) -> LinearModel:
    r"""Pulls a cotangent g of `linear_predict` back to the weights and the intercept.

    .. math::

        X^\top g, \quad \sum_i g_i
    """
    _, _, X, g = as_float(*model, X, cotangent)
    wide, g = widened(X), widened(g)
    return LinearModel(_dot(wide.T, g).astype(X.dtype), jnp.sum(g).astype(X.dtype))


def _samples(X: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """Features and targets that fit each other."""
    X, y = as_float(X, y)
    expect_rank("linear_fit", "X", X, 2)
    expect_rank("linear_fit", "y", y, 1)
    expect(X.shape[0] == y.size, "linear_fit", "as many rows in X as entries in y", f"{X.shape} and {y.shape}")
    return X, y


def _qr(X: Array) -> tuple[Array, Array]:
    """The factors of centred features; R is NaN where a column lies, to rounding, among those before it."""
    n, p = X.shape
    if n <= p:
        return jnp.full_like(X, jnp.nan), jnp.full((p, p), jnp.nan, X.dtype)
    Q, R = jnp.linalg.qr(X)
    lengths = jnp.sqrt(jnp.sum(X**2, 0))
    dependent = jnp.abs(jnp.diag(R)) <= n * jnp.finfo(X.dtype).eps * lengths
    return Q, jnp.where(jnp.any(dependent), jnp.nan, R)


def _dot(a: Array, b: Array) -> Array:
    """A product at full precision on every device."""
    return jnp.dot(a, b, precision="highest")


def _fit_example(key: Array) -> tuple[Array, Array]:
    """Three features and targets unlike any weighted sum of them."""
    *X, y = random.normal(key, (4, 7), jnp.float64)
    return jnp.stack(X, 1), y


def _predict_example(key: Array) -> tuple[LinearModel, Array]:
    """A model of three weights, and five samples."""
    values = random.normal(key, (6, 3), jnp.float64)
    return LinearModel(values[0], values[0, 0] + 1), values[1:]


def _lstsq(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ArrayLike]:
    """NumPy's solution with a column of ones."""
    solution = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), y)[0]
    return solution[:-1], solution[-1]


CONCEPTS = (
    Concept(
        linear_fit,
        example=_fit_example,
        derivatives=(Derivative(linear_fit_jacobian, "jacobian", 1),),
        oracle=_lstsq,
    ),
    Concept(
        linear_predict,
        example=_predict_example,
        derivatives=(Derivative(linear_predict_vjp, "vjp"),),
        oracle=lambda model, X: np.sum(X * model[0], 1) + model[1],
    ),
)
