"""What a wrong score costs: the cross-entropies of logits, accurate where the probabilities would be 0 or 1."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.lax import broadcasted_iota, stop_gradient
from jaxtyping import Array, ArrayLike, Float, Integer, Real

from mathml_jax._checks import as_float, expect, expect_equal_shapes, expect_rank, nan_unless, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.nn.activations import log_softmax, sigmoid, softmax


@jax.jit
def sigmoid_binary_cross_entropy(
    logits: Real[ArrayLike, "*shape"], labels: Real[ArrayLike, "*shape"]
) -> Float[Array, "*shape"]:
    r"""Surprise at an event of two outcomes, given the score of outcome 1.

    .. math::

        L = -y \ln \sigma(x) - (1 - y) \ln \sigma(-x), \qquad \sigma(x) = \frac{1}{1 + e^{-x}}

    where :math:`x` is the score, :math:`\sigma(x)` the probability of outcome 1, :math:`y` the label (1 or 0, or a
    probability itself) and :math:`L` the loss in nats. It is computed as
    :math:`(1 - y) x + \ln(1 + e^{-x})` for a positive score, as its mirror image for a negative one.

    Why it matters: the loss of logistic regression, and of each class where several may be right at once.

    Args:
      logits: scores, any shape.
      labels: in [0, 1], the same shape; nothing is broadcast.

    Returns:
      Losses of that shape, finite for every finite score; 0 at a score of inf with label 1 and at -inf with label 0.
      NaN for a label outside [0, 1].

    Raises:
      ValueError: the shapes differ.

    References:
      Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 20, 1958.

    >>> sigmoid_binary_cross_entropy(jnp.array([100.0, 100.0]), jnp.array([1.0, 0.0])).round(2).tolist()
    [0.0, 100.0]
    """
    logits, labels = as_float(logits, labels)
    expect_equal_shapes("sigmoid_binary_cross_entropy", logits=logits, labels=labels)
    x, y = widened(logits), widened(labels)
    # Not |x|, whose derivative at 0 is a convention.
    size = jnp.where(x >= 0, x, -x)
    wrong = jnp.where(x >= 0, 1 - y, y)
    excess = wrong * jnp.where((wrong == 0) & jnp.isinf(x), 0.0, size)
    defined = nan_unless((y >= 0) & (y <= 1), y)
    return (defined * (excess + jnp.log1p(jnp.exp(-size)))).astype(logits.dtype)


def sigmoid_binary_cross_entropy_derivative(
    logits: Real[ArrayLike, "*shape"], labels: Real[ArrayLike, "*shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `sigmoid_binary_cross_entropy` in the score: :math:`\sigma(x) - y`, with digits near zero.

    .. math::

        \frac{\partial L}{\partial x} = (1 - y)\, \sigma(x) - y\, \sigma(-x)
    """
    x, y = as_float(logits, labels)
    expect_equal_shapes("sigmoid_binary_cross_entropy_derivative", logits=x, labels=y)
    slope = (1 - y) * sigmoid(x) - y * sigmoid(-x)
    return nan_unless((y >= 0) & (y <= 1), y) * slope


@jax.jit
def softmax_cross_entropy(
    logits: Real[ArrayLike, "*batch n"], labels: Real[ArrayLike, "*batch n"]
) -> Float[Array, "*batch"]:
    r"""Surprise at one of several outcomes, given a score for each.

    .. math::

        L = -\sum_i y_i \ln p_i, \qquad p_i = \frac{e^{x_i}}{\sum_j e^{x_j}}

    where :math:`x_i` is the score of class i, :math:`p_i` its probability, :math:`y_i` the label's weight on it
    (one-hot, or probabilities) and :math:`L` the loss in nats; :math:`0 \ln 0 = 0`.

    Why it matters: the loss of every classifier, and its gradient is as simple as a loss can have.

    Args:
      logits: scores, shape [..., n]; -inf masks a class.
      labels: not negative, the same shape; nothing is broadcast.

    Returns:
      Losses, shape [...]; inf where a masked class happened. A row of -inf only gives 0, with gradient zero; a row with
      inf or a negative label gives NaN.

    Raises:
      ValueError: the shapes differ, or there is no axis.

    References:
      Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    >>> softmax_cross_entropy(jnp.array([1.0, 1001.0]), jnp.array([1.0, 0.0])).round(2).item()
    1000.0
    """
    logits, labels = as_float(logits, labels)
    expect_equal_shapes("softmax_cross_entropy", logits=logits, labels=labels)
    expect_rank("softmax_cross_entropy", "logits", logits, 1, at_least=True)
    y = widened(labels)
    surprise = -log_softmax(widened(logits))
    never = jnp.isposinf(surprise)
    surprise = jnp.where(never & ((y == 0) | jnp.all(never, axis=-1, keepdims=True)), 0.0, surprise)
    return jnp.sum(nan_unless(y >= 0, y) * y * surprise, axis=-1).astype(logits.dtype)


def softmax_cross_entropy_gradient(
    logits: Real[ArrayLike, "*batch n"], labels: Real[ArrayLike, "*batch n"]
) -> Float[Array, "*batch n"]:
    r"""Gradient of `softmax_cross_entropy` in each row's scores; p - y where the labels sum to one.

    .. math::

        \frac{\partial L}{\partial x_i} = p_i \sum_j y_j - y_i
    """
    x, y = as_float(logits, labels)
    expect_equal_shapes("softmax_cross_entropy_gradient", logits=x, labels=y)
    y = nan_unless(y >= 0, y) * y
    slope = softmax(x) * jnp.sum(y, axis=-1, keepdims=True) - y
    return jnp.where(jnp.all(jnp.isneginf(x), axis=-1, keepdims=True), 0.0 * y, slope)


@jax.jit
def softmax_cross_entropy_with_integer_labels(
    logits: Real[ArrayLike, "*batch n"], labels: Integer[ArrayLike, "*batch"]
) -> Float[Array, "*batch"]:
    r"""Surprise at the class that happened, given a score for each class.

    .. math::

        L = \ln \sum_j e^{x_j} - x_y = \ln\Bigl(1 + \sum_{j \ne y} e^{x_j - x_y}\Bigr)

    where :math:`x_j` is the score of class j, :math:`y` the class that happened and :math:`L` the loss in nats. The
    second form keeps the digits of a small loss; in code the largest score takes the part of :math:`x_y` inside the
    sum, so that nothing overflows.

    Why it matters: `softmax_cross_entropy` for labels as they are stored, without their one-hot copies.

    Args:
      logits: scores, shape [..., n]; -inf masks a class.
      labels: classes from 0 to n - 1, integers of shape [...].

    Returns:
      Losses, shape [...]; inf where a masked class happened, NaN for a label outside 0 to n - 1. A row of -inf only
      gives 0, with gradient zero; a row with inf gives NaN.

    Raises:
      TypeError: the labels are not integers.
      ValueError: `labels` has not the shape of `logits` without its last axis, or `logits` has no axis.

    References:
      Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    >>> softmax_cross_entropy_with_integer_labels(jnp.array([1.0, 1001.0]), 0).round(2).item()
    1000.0
    """
    logits = as_float(logits)
    x = widened(logits)
    label, defined = _labels("softmax_cross_entropy_with_integer_labels", x, labels)
    largest = stop_gradient(jnp.max(x, axis=-1, keepdims=True, initial=-jnp.inf))
    masked = jnp.isneginf(largest)
    largest = jnp.where(masked, 0.0, largest)
    lead = jnp.where(masked, 0.0, jnp.take_along_axis(x, label, axis=-1, mode="clip") - largest)
    # The label's own term leaves the sum, e^(x_y - m) - 1 enters instead: total - 1 without the cancellation.
    shift = jnp.where(_is_label(x, label), jnp.inf, largest)
    others = jnp.sum(jnp.exp(x - shift), axis=-1, keepdims=True) + jnp.expm1(lead)
    return jnp.squeeze(defined * (jnp.log1p(others) - lead), -1).astype(logits.dtype)


def softmax_cross_entropy_with_integer_labels_gradient(
    logits: Real[ArrayLike, "*batch n"], labels: Integer[ArrayLike, "*batch"]
) -> Float[Array, "*batch n"]:
    r"""Gradient of `softmax_cross_entropy_with_integer_labels` in each row's scores.

    .. math::

        \frac{\partial L}{\partial x_i} = p_i - \delta_{iy}
    """
    x = as_float(logits)
    label, defined = _labels("softmax_cross_entropy_with_integer_labels_gradient", x, labels)
    slope = softmax(x) - _is_label(x, label).astype(x.dtype)
    return defined * jnp.where(jnp.all(jnp.isneginf(x), axis=-1, keepdims=True), 0.0, slope)


def _labels(function: str, logits: Array, labels: ArrayLike) -> tuple[Array, Array]:
    """The labels with a last axis of one, and a factor: one where they name a class, NaN elsewhere."""
    labels = jnp.asarray(labels)
    expect(jnp.issubdtype(labels.dtype, jnp.integer), function, "integer labels", labels.dtype, TypeError)
    expect_rank(function, "logits", logits, 1, at_least=True)
    expect(labels.shape == logits.shape[:-1], function, f"labels of shape {logits.shape[:-1]}", labels.shape)
    label = labels.astype(jnp.result_type(int))[..., None]
    defined = nan_unless((label >= 0) & (label < logits.shape[-1]), logits)
    return jnp.clip(label, -1, logits.shape[-1]).astype(jnp.int32), defined


def _is_label(logits: Array, label: Array) -> Array:
    """Which entries are the labels' own."""
    return broadcasted_iota(jnp.int32, logits.shape, logits.ndim - 1) == label


def _scores(key: Array) -> Array:
    return 2 * random.normal(key, (5,), jnp.float64)


CONCEPTS = (
    Concept(
        sigmoid_binary_cross_entropy,
        example=lambda key: (2 * random.normal(key, (6,), jnp.float64), random.uniform(key, (6,), jnp.float64)),
        derivatives=(Derivative(sigmoid_binary_cross_entropy_derivative, "derivative"),),
        oracle=lambda x, y: y * np.log1p(np.exp(-x)) + (1 - y) * np.log1p(np.exp(x)),
    ),
    Concept(
        softmax_cross_entropy,
        example=lambda key: (_scores(key), jax.nn.softmax(random.normal(key, (5,), jnp.float64))),
        derivatives=(Derivative(softmax_cross_entropy_gradient, "gradient"),),
        oracle="optax.softmax_cross_entropy",
    ),
    Concept(
        softmax_cross_entropy_with_integer_labels,
        example=lambda key: (_scores(key), random.randint(key, (), 0, 5, jnp.int32)),
        derivatives=(Derivative(softmax_cross_entropy_with_integer_labels_gradient, "gradient"),),
        oracle="optax.softmax_cross_entropy_with_integer_labels",
    ),
)
