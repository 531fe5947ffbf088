"""Scores of predicted numbers."""

from functools import partial
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_equal_shapes, expect_option, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.stats._moments import deviations


@partial(jax.jit, static_argnames=("multioutput",))
def r2_score(
    y_true: Real[ArrayLike, "*shape"],
    y_pred: Real[ArrayLike, "*shape"],
    *,
    multioutput: Literal["uniform_average", "raw_values"] = "uniform_average",
) -> Float[Array, "..."]:
    r"""Share of the targets' variance that the predictions explain.

    .. math::

        R^2 = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2}

    where :math:`y_i` are the targets with mean :math:`\bar y` and :math:`\hat y_i` the predictions. :math:`R^2` is 1
    for perfect predictions, 0 for those no better than the mean, and has no lower end.

    Why it matters: the score of a regression that needs no unit, and for a line of least squares the square of the
    correlation.

    Args:
      y_true: targets, shape [n], or [n, k] for k outputs.
      y_pred: predictions, of the same shape.
      multioutput: "uniform_average" for the mean of the scores of the outputs, "raw_values" for all k.

    Returns:
      The score, a scalar; with "raw_values" and k outputs, shape [k]. Where the targets are constant, 1 for perfect
      predictions and 0 for others, with a gradient of 0. NaN for fewer than two samples.

    Raises:
      ValueError: the shapes differ, there are not one or two axes, or there is no such option.

    References:
      Wright, "Correlation and causation", 1921; the conventions are scikit-learn's.

    >>> r2_score(jnp.array([1.0, 3.0, 5.0, 3.0]), jnp.array([1.0, 3.0, 5.0, 5.0])).item()
    0.5
    """
    expect_option("r2_score", "multioutput", multioutput, ("uniform_average", "raw_values"))
    y_true, y_pred = as_float(y_true, y_pred)
    unexplained, total = _sums_of_squares(y_true, y_pred)
    constant = total == 0
    perfect = (unexplained == 0).astype(total.dtype)
    score = jnp.where(constant, perfect, 1 - unexplained / jnp.where(constant, 1.0, total))[0]
    score = score if y_true.shape[0] > 1 else jnp.full_like(score, jnp.nan)
    return (score if multioutput == "raw_values" else jnp.mean(score)).astype(y_true.dtype)


def r2_score_gradient(y_true: Real[ArrayLike, "*shape"], y_pred: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Gradient of `r2_score` in the predictions; of k outputs each has 1 / k of its own.

    .. math::

        \frac{\partial R^2}{\partial \hat y_i} = \frac{2 (y_i - \hat y_i)}{\sum_j (y_j - \bar y)^2}
    """
    y_true, y_pred = as_float(y_true, y_pred)
    _, total = _sums_of_squares(y_true, y_pred)
    slope = 2 * (widened(y_true) - widened(y_pred)) / jnp.where(total == 0, jnp.inf, total * max(total.size, 1))
    return slope.astype(y_true.dtype)


def _sums_of_squares(y_true: Array, y_pred: Array) -> tuple[Array, Array]:
    """What the predictions leave and what there was about the mean, of every output; the axis of the samples kept."""
    expect_equal_shapes("r2_score", y_true=y_true, y_pred=y_pred)
    expect(y_true.ndim in (1, 2), "r2_score", "y_true and y_pred with 1 or 2 axes", f"shape {y_true.shape}")
    true, pred = widened(y_true), widened(y_pred)
    total = partial(jnp.sum, axis=0, keepdims=True)
    return total((true - pred) ** 2), total(deviations(true, 0) ** 2)


def _example(key: Array) -> tuple[Array, Array]:
    """Predictions that are right but for some noise."""
    y, noise = random.normal(key, (2, 6, 2), jnp.float64)
    return y, y + 0.5 * noise


CONCEPTS = (
    Concept(
        r2_score,
        example=_example,
        derivatives=(Derivative(r2_score_gradient, "gradient", 1),),
        oracle=lambda y, p: np.mean(1 - np.mean((y - p) ** 2, 0) / np.var(y, 0)),
    ),
)
