"""What a wrong probability costs: the cross-entropies of probabilities."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect_equal_shapes, expect_rank, nan_unless, widened
from mathml_jax._concept import Concept, Derivative


@jax.jit
def binary_cross_entropy(
    probabilities: Real[ArrayLike, "*shape"], labels: Real[ArrayLike, "*shape"]
) -> Float[Array, "*shape"]:
    r"""Surprise at an event of two outcomes that was given a probability.

    .. math::

        L = -y \ln p - (1 - y) \ln(1 - p)

    where :math:`p` is the probability given to outcome 1, :math:`y` the label (1 or 0, or a probability itself) and
    :math:`L` the loss in nats; :math:`0 \ln 0 = 0`.

    Why it matters: minus the log-likelihood of coin tosses; smallest where the probabilities given are the true ones.

    Args:
      probabilities: in [0, 1], any shape.
      labels: in [0, 1], the same shape; nothing is broadcast.

    Returns:
      Losses of that shape; inf where what happened had probability zero. NaN outside [0, 1].

    Raises:
      ValueError: the shapes differ.

    References:
      Good, "Rational Decisions", Journal of the Royal Statistical Society B 14, 1952.

    >>> binary_cross_entropy(jnp.exp(jnp.array([-2.0, 0.0])), jnp.array([1.0, 1.0])).round(2).tolist()
    [2.0, 0.0]
    """
    probabilities, labels = as_float(probabilities, labels)
    expect_equal_shapes("binary_cross_entropy", probabilities=probabilities, labels=labels)
    p, y = widened(probabilities), widened(labels)
    p_if_1 = jnp.where((p == 0) & (y == 0), 1.0, p)
    p_if_0 = jnp.where((p == 1) & (y == 1), 0.0, p)
    loss = -y * jnp.log(p_if_1) - (1 - y) * _log_complement(p_if_0)
    return (_defined(p, y) * loss).astype(probabilities.dtype)


def binary_cross_entropy_derivative(
    probabilities: Real[ArrayLike, "*shape"], labels: Real[ArrayLike, "*shape"]
) -> Float[Array, "*shape"]:
    r"""Derivative of `binary_cross_entropy` in the probability; 1 at p = y = 0 and -1 at p = y = 1, the limits.

    .. math::

        \frac{\partial L}{\partial p} = \frac{p - y}{p (1 - p)}
    """
    probabilities, labels = as_float(probabilities, labels)
    expect_equal_shapes("binary_cross_entropy_derivative", probabilities=probabilities, labels=labels)
    p, y = widened(probabilities), widened(labels)
    variance = p * (1 - p)
    slope = jnp.where((p == y) & (variance == 0), 1 - 2 * p, (p - y) / variance)
    return (_defined(p, y) * slope).astype(probabilities.dtype)


def _log_complement(p: Array) -> Array:
    """ln(1 - p) to the last digits; XLA's log1p alone loses some near p = 0.4 in float64."""
    small = p < 0.25
    return jnp.where(small, jnp.log1p(-jnp.where(small, p, 0.0)), jnp.log(jnp.where(small, 1.0, 1 - p)))


def _defined(p: Array, y: Array) -> Array:
    """One where p and y are probabilities, NaN elsewhere."""
    return nan_unless((p >= 0) & (p <= 1) & (y >= 0) & (y <= 1), p)


@jax.jit
def categorical_cross_entropy(
    probabilities: Real[ArrayLike, "*batch n"], labels: Real[ArrayLike, "*batch n"]
) -> Float[Array, "*batch"]:
    r"""Surprise at one of several outcomes that were given probabilities.

    .. math::

        L = -\sum_i y_i \ln p_i

    where :math:`p_i` is the probability given to class i, :math:`y_i` the label's weight on it (one-hot, or
    probabilities themselves) and :math:`L` the loss in nats; :math:`0 \ln 0 = 0`.

    Why it matters: minus the log-likelihood of a classifier, and the length of a message under a code made for the
    wrong probabilities.

    Args:
      probabilities: shape [..., n]; each row is taken as it is, not scaled to sum to one.
      labels: not negative, the same shape; nothing is broadcast.

    Returns:
      Losses, shape [...]; inf where a class that happened had probability zero. NaN for a negative entry.

    Raises:
      ValueError: the shapes differ, or there is no axis.

    References:
      Shannon, "A Mathematical Theory of Communication", 1948.

    >>> categorical_cross_entropy(jnp.array([jnp.exp(-2.0), 0.5, 0.0]), jnp.array([1.0, 0.0, 0.0])).round(2).item()
    2.0
    """
    probabilities, labels = as_float(probabilities, labels)
    expect_equal_shapes("categorical_cross_entropy", probabilities=probabilities, labels=labels)
    expect_rank("categorical_cross_entropy", "probabilities", probabilities, 1, at_least=True)
    p, y = widened(probabilities), widened(labels)
    terms = y * jnp.log(jnp.where((p == 0) & (y == 0), 1.0, p))
    return -jnp.sum(nan_unless((p >= 0) & (y >= 0), p) * terms, axis=-1).astype(probabilities.dtype)


def categorical_cross_entropy_gradient(
    probabilities: Real[ArrayLike, "*batch n"], labels: Real[ArrayLike, "*batch n"]
) -> Float[Array, "*batch n"]:
    r"""Gradient of `categorical_cross_entropy` in each row's probabilities; 0 where p and y are 0.

    .. math::

        \frac{\partial L}{\partial p_i} = -\frac{y_i}{p_i}
    """
    p, y = as_float(probabilities, labels)
    expect_equal_shapes("categorical_cross_entropy_gradient", probabilities=p, labels=y)
    return nan_unless((p >= 0) & (y >= 0), p) * jnp.where(y == 0, 0.0, -y / p)


def _binary(key: Array) -> tuple[Array, Array]:
    """Probabilities and labels, well inside (0, 1)."""
    p, y = random.uniform(key, (2, 6), jnp.float64, 0.05, 0.95)
    return p, y


def _categorical(key: Array) -> tuple[Array, Array]:
    """Two probability vectors."""
    p, y = jax.nn.softmax(random.normal(key, (2, 5), jnp.float64))
    return p, y


CONCEPTS = (
    Concept(
        binary_cross_entropy,
        example=_binary,
        derivatives=(Derivative(binary_cross_entropy_derivative, "derivative"),),
        oracle=lambda p, y: -np.log(p**y * (1 - p) ** (1 - y)),
    ),
    Concept(
        categorical_cross_entropy,
        example=_categorical,
        derivatives=(Derivative(categorical_cross_entropy_gradient, "gradient"),),
        oracle=lambda p, y: -np.log(np.prod(p**y)),
    ),
)
