"""What a wrong number costs: the squared errors."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect_equal_shapes, widened
from mathml_jax._concept import Concept, Derivative


@jax.jit
def squared_error(predictions: Real[ArrayLike, "*shape"], targets: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Squared difference between each prediction and its target.

    .. math::

        E = (p - y)^2

    where :math:`p` is a prediction, :math:`y` its target and :math:`E` the loss.

    Why it matters: its expectation is smallest at the conditional mean, and minimising it is maximum likelihood under
    normal noise.

    Args:
      predictions: any shape.
      targets: the same shape; nothing is broadcast.

    Returns:
      Losses of that shape, in the square of the unit.

    Raises:
      ValueError: the shapes differ.

    References:
      Legendre, "Nouvelles méthodes pour la détermination des orbites des comètes", 1805.

    >>> squared_error(jnp.array([1.0, 4.0]), jnp.array([2.0, 1.0])).tolist()
    [1.0, 9.0]
    """
    predictions, targets = as_float(predictions, targets)
    expect_equal_shapes("squared_error", predictions=predictions, targets=targets)
    return jnp.square(predictions - targets)


def squared_error_derivative(
    predictions: Real[ArrayLike, "*shape"], targets: Real[ArrayLike, "*shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `squared_error` in the prediction.

    .. math::

        \frac{\partial E}{\partial p} = 2 (p - y)
    """
    predictions, targets = as_float(predictions, targets)
    expect_equal_shapes("squared_error_derivative", predictions=predictions, targets=targets)
    return 2 * (predictions - targets)


@jax.jit
def mse(predictions: Real[ArrayLike, "*shape"], targets: Real[ArrayLike, "*shape"]) -> Float[Array, ""]:
    r"""Mean squared error over all entries.

    .. math::

        L = \frac{1}{n} \sum_{i=1}^{n} (p_i - y_i)^2

    where :math:`p_i` are the predictions, :math:`y_i` the targets, :math:`n` the number of entries and :math:`L` the
    loss.

    Why it matters: the loss of regression, and it splits into squared bias, variance and noise.

    Args:
      predictions: any shape.
      targets: the same shape; nothing is broadcast.

    Returns:
      A scalar in the square of the unit; NaN where there are no entries.

    Raises:
      ValueError: the shapes differ.

    References:
      Gauss, "Theoria combinationis observationum erroribus minimis obnoxiae", 1823.

    >>> mse(jnp.array([1.0, 4.0]), jnp.array([2.0, 1.0])).item()
    5.0
    """
    predictions, targets = as_float(predictions, targets)
    expect_equal_shapes("mse", predictions=predictions, targets=targets)
    errors = widened(predictions) - widened(targets)
    return jnp.mean(jnp.square(errors)).astype(predictions.dtype)


def mse_gradient(predictions: Real[ArrayLike, "*shape"], targets: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Gradient of `mse` in the predictions.

    .. math::

        \frac{\partial L}{\partial p_i} = \frac{2}{n} (p_i - y_i)
    """
    predictions, targets = as_float(predictions, targets)
    expect_equal_shapes("mse_gradient", predictions=predictions, targets=targets)
    return 2 * (predictions - targets) / predictions.size


CONCEPTS = (
    Concept(
        squared_error,
        example=lambda key: tuple(random.normal(key, (2, 6), jnp.float64)),
        derivatives=(Derivative(squared_error_derivative, "derivative"),),
        oracle="optax.squared_error",
    ),
    Concept(
        mse,
        example=lambda key: tuple(random.normal(key, (2, 6), jnp.float64)),
        derivatives=(Derivative(mse_gradient, "gradient"),),
        oracle=lambda predictions, targets: np.linalg.norm(predictions - targets) ** 2 / predictions.size,
    ),
)
