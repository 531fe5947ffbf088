"""The bends between the layers of a network, and softmax, which turns scores into probabilities."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.lax import stop_gradient
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect_rank, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.fundamentals._exponentials import log_total, shares


@jax.jit
def softmax(x: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch n"]:
    r"""Turns any real scores into a probability vector.

    .. math::

        p_i = \frac{e^{x_i}}{\sum_j e^{x_j}}

    where :math:`x_i` is the score of class i and :math:`p_i` its probability. Adding a constant to every score changes
    nothing, so the largest is subtracted first and nothing overflows; what rounding takes from that difference is put
    back into the weights.

    Why it matters: the last layer of every classifier, and the weights of attention.

    Args:
      x: scores ("logits"), shape [..., n].

    Returns:
      Probabilities, shape [..., n]; the last axis sums to one. A row of -inf only gives zeros, with gradient zero; a
      row with inf gives NaN.

    Raises:
      ValueError: `x` has no axis.

    References:
      Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.

    >>> softmax(jnp.array([0.0, jnp.log(3.0)])).round(2).tolist()
    [0.25, 0.75]
    """
    x = as_float(x)
    expect_rank("softmax", "x", x, 1, at_least=True)
    scores = widened(x)
    largest, distance = _below_largest(scores)
    return shares(scores, largest, distance, axis=-1).astype(x.dtype)


def softmax_jacobian(x: Real[ArrayLike, " n"]) -> Float[Array, "n n"]:
    r"""Jacobian of `softmax` at one vector of scores.

    .. math::

        \frac{\partial p_i}{\partial x_j} = p_i(\delta_{ij} - p_j)
    """
    p = softmax(x)
    expect_rank("softmax_jacobian", "x", p, 1)
    return jnp.diag(p) - jnp.outer(p, p)


@jax.jit
def log_softmax(x: Real[ArrayLike, "*batch n"]) -> Float[Array, "*batch n"]:
    r"""Logarithm of `softmax`, where the probabilities themselves would vanish.

    .. math::

        \ell_i = x_i - \ln \sum_j e^{x_j}

    where :math:`x_i` is the score of class i and :math:`\ell_i` the logarithm of its probability. It is computed on the
    scores' distances below the largest one, so that a probability near one keeps a logarithm accurate in every digit.

    Why it matters: likelihoods are products of probabilities, and only their logarithms survive a long product.

    Args:
      x: scores ("logits"), shape [..., n].

    Returns:
      Log-probabilities, shape [..., n], none above zero. A row of -inf only gives -inf, with the identity as
      Jacobian; a row with inf gives NaN.

    Raises:
      ValueError: `x` has no axis.

    References:
      Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and softmax functions", IMA Journal of
      Numerical Analysis 41, 2021.

    >>> log_softmax(jnp.array([0.0, 1000.0])).tolist()
    [-1000.0, 0.0]
    """
    x = as_float(x)
    expect_rank("log_softmax", "x", x, 1, at_least=True)
    largest, distance = _below_largest(widened(x))
    return (distance - log_total(largest, distance, axis=-1)).astype(x.dtype)


def log_softmax_jacobian(x: Real[ArrayLike, " n"]) -> Float[Array, "n n"]:
    r"""Jacobian of `log_softmax` at one vector of scores.

    .. math::

        \frac{\partial \ell_i}{\partial x_j} = \delta_{ij} - p_j
    """
    p = softmax(x)
    expect_rank("log_softmax_jacobian", "x", p, 1)
    return jnp.eye(p.size, dtype=p.dtype) - p[None, :]


@jax.jit
def sigmoid(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Turns a real score into a probability.

    .. math::

        \sigma(x) = \frac{1}{1 + e^{-x}}

    where :math:`x` is the score, the logarithm of the odds, and :math:`\sigma(x)` the probability. Negative scores use
    the equal form :math:`e^x / (1 + e^x)`, so nothing overflows.

    Why it matters: logistic regression, binary classifiers, and the gates of recurrent networks.

    Args:
      x: scores, any shape.

    Returns:
      Probabilities of the same shape; 0 at -inf and 1 at inf.

    References:
      Verhulst, "Notice sur la loi que la population suit dans son accroissement", 1838.

    >>> sigmoid(jnp.log(3.0)).round(2).item()
    0.75
    """
    x = as_float(x)
    scores = widened(x)
    # Not -|x|, whose derivative at 0 is a convention.
    small = jnp.exp(jnp.where(scores >= 0, -scores, scores))
    return (jnp.where(scores >= 0, 1.0, small) / (1 + small)).astype(x.dtype)


def sigmoid_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `sigmoid`; unlike :math:`\sigma(x)(1 - \sigma(x))` it keeps its digits where x is large.

    .. math::

        \sigma'(x) = \sigma(x)\, \sigma(-x)
    """
    x = as_float(x)
    return sigmoid(x) * sigmoid(-x)


@jax.jit
def relu(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Passes positive numbers on and stops the others.

    .. math::

        r(x) = \max(x, 0)

    where :math:`x` is the input of a unit and :math:`r(x)` its output.

    Why it matters: the cheapest bend that lets a network be more than one linear map, and its slope does not fade.

    Args:
      x: inputs, any shape.

    Returns:
      Outputs of the same shape. At the kink, x = 0, the derivative is 0 by convention.

    References:
      Nair and Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", 2010.

    >>> relu(jnp.array([-2.0, 0.0, 3.0])).tolist()
    [0.0, 0.0, 3.0]
    """
    x = as_float(x)
    return jnp.where(x <= 0, 0.0, x)


def relu_derivative(x: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `relu`: the unit step, with 0 at the kink by convention.

    .. math::

        r'(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}
    """
    return jnp.heaviside(as_float(x), 0.0)


def _below_largest(scores: Array) -> tuple[Array, Array]:
    """The largest score of each row, and how far each score lies below it (a row of -inf: below 0)."""
    largest = stop_gradient(jnp.max(scores, axis=-1, keepdims=True, initial=-jnp.inf))
    return largest, scores - jnp.where(jnp.isneginf(largest), 0.0, largest)


CONCEPTS = (
    Concept(
        softmax,
        example=lambda key: (random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(softmax_jacobian, "jacobian"),),
        oracle="scipy.special.softmax",
    ),
    Concept(
        log_softmax,
        example=lambda key: (random.normal(key, (5,), jnp.float64),),
        derivatives=(Derivative(log_softmax_jacobian, "jacobian"),),
        oracle="scipy.special.log_softmax",
    ),
    Concept(
        sigmoid,
        example=lambda key: (4 * random.normal(key, (6,), jnp.float64),),
        derivatives=(Derivative(sigmoid_derivative, "derivative"),),
        oracle="scipy.special.expit",
    ),
    Concept(
        relu,
        example=lambda key: (
            jnp.array([-1.0, 1.0] * 3, jnp.float64) * random.uniform(key, (6,), jnp.float64, 0.1, 3.0),
        ),
        derivatives=(Derivative(relu_derivative, "derivative"),),
        oracle=lambda x: np.maximum(x, 0),
    ),
)
