"""Attention: every query looks up the values whose keys it resembles."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random
from jaxtyping import Array, ArrayLike, Bool, Float, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax._rounding import matrix_product
from mathml_jax.nn.activations import softmax


@partial(jax.jit, static_argnames=("is_causal", "precision"))
def attention_weights(
    query: Real[ArrayLike, "*batch t d"],
    key: Real[ArrayLike, "*batch s d"],
    *,
    mask: Bool[ArrayLike, "..."] | None = None,
    bias: Real[ArrayLike, "..."] | None = None,
    is_causal: bool = False,
    scale: Real[ArrayLike, ""] | None = None,
    precision: lax.PrecisionLike = None,
) -> Float[Array, "*batch t s"]:
    r"""How much each query attends to each key.

    .. math::

        P_{ij} = \frac{e^{S_{ij}}}{\sum_l e^{S_{il}}}, \qquad S = \frac{Q K^\top}{\sqrt{d}} + B

    where :math:`P` holds the weights, :math:`S` the scores, the rows of :math:`Q` are the queries and those of
    :math:`K` the keys, d is their length, and :math:`B` is the bias, minus infinity wherever the mask forbids. The
    inner product of d independent entries has variance d: its root keeps the scores of order one.

    Why it matters: a table of who listens to whom, the part of a transformer that one can look at.

    Args:
      query: shape [..., T, d].
      key: shape [..., S, d], with the same leading axes.
      mask: True where a query may attend, broadcast to [..., T, S].
      bias: added to the scores, broadcast to [..., T, S].
      is_causal: whether query i attends to keys 0 to i only.
      scale: what the inner products are multiplied by; without it, 1 / sqrt(d).
      precision: of the inner products, as in `jax.lax`.

    Returns:
      Shape [..., T, S]; every row sums to one. A query that may attend to nothing, by mask or by a bias of -inf, has
      zeros, and so are its gradients.

    Raises:
      ValueError: shapes that do not match.
      TypeError: a mask that is not boolean.

    References:
      Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate", 2015; Vaswani et al.,
      "Attention Is All You Need", 2017.

    >>> attention_weights(jnp.ones((2, 1)), jnp.ones((2, 1)), is_causal=True).tolist()
    [[1.0, 0.0], [0.5, 0.5]]
    """
    query, key = as_float(query, key)
    scores = _scores("attention_weights", query, key, mask, bias, is_causal, scale, precision)
    return softmax(scores).astype(query.dtype)


@partial(jax.jit, static_argnames=("is_causal", "precision"))
def attention_weights_vjp(
    query: Real[ArrayLike, "*batch t d"],
    key: Real[ArrayLike, "*batch s d"],
    cotangent: Real[ArrayLike, "*batch t s"],
    *,
    mask: Bool[ArrayLike, "..."] | None = None,
    bias: Real[ArrayLike, "..."] | None = None,
    is_causal: bool = False,
    scale: Real[ArrayLike, ""] | None = None,
    precision: lax.PrecisionLike = None,
) -> tuple[Float[Array, "*batch t d"], Float[Array, "*batch s d"]]:
    r"""Cotangents of the queries and keys of `attention_weights`.

    .. math::

        \bar S_{ij} = P_{ij} \Bigl(\bar P_{ij} - \sum_l P_{il} \bar P_{il}\Bigr), \qquad
        \bar Q = \frac{\bar S K}{\sqrt{d}}, \qquad \bar K = \frac{\bar S^\top Q}{\sqrt{d}}
    """
    query, key, cotangent = as_float(query, key, cotangent)
    scores = _scores("attention_weights_vjp", query, key, mask, bias, is_causal, scale, precision)
    _expect_cotangent("attention_weights_vjp", cotangent, scores.shape)
    return _through_scores(query, key, softmax(scores), widened(cotangent), scale, precision)


@partial(jax.jit, static_argnames=("is_causal", "precision"))
def scaled_dot_product_attention(
    query: Real[ArrayLike, "*batch t d"],
    key: Real[ArrayLike, "*batch s d"],
    value: Real[ArrayLike, "*batch s e"],
    *,
    mask: Bool[ArrayLike, "..."] | None = None,
    bias: Real[ArrayLike, "..."] | None = None,
    is_causal: bool = False,
    scale: Real[ArrayLike, ""] | None = None,
    precision: lax.PrecisionLike = None,
) -> Float[Array, "*batch t e"]:
    r"""Gives each query the mean of the values, weighted by how well their keys match it.

    .. math::

        O = \operatorname{softmax}\Bigl(\frac{Q K^\top}{\sqrt{d}} + B\Bigr) V

    where the rows of :math:`Q`, :math:`K` and :math:`V` are the queries, keys and values, those of :math:`O` the
    results, d is the length of a query, softmax acts on each row, and :math:`B` is the bias, minus infinity wherever
    the mask forbids.

    Why it matters: the layer of transformers; any two places of a sequence are one step apart, and all are
    computed at once.

    Args:
      query: shape [..., T, d]; with heads, [batch, heads, T, d].
      key: shape [..., S, d], with the same leading axes.
      value: shape [..., S, e], with the same leading axes.
      mask: True where a query may attend, broadcast to [..., T, S].
      bias: added to the scores, broadcast to [..., T, S].
      is_causal: whether query i attends to keys 0 to i only.
      scale: what the inner products are multiplied by; without it, 1 / sqrt(d).
      precision: of the products, as in `jax.lax`.

    Returns:
      Shape [..., T, e]. A query that may attend to nothing, by mask or by a bias of -inf, gets zeros, and so are its
      gradients.

    Raises:
      ValueError: shapes that do not match.
      TypeError: a mask that is not boolean.

    References:
      Vaswani et al., "Attention Is All You Need", 2017, equation 1.

    >>> scaled_dot_product_attention(jnp.zeros((1, 2)), jnp.ones((2, 2)), jnp.array([[1.0], [3.0]])).tolist()
    [[2.0]]
    """
    query, key, value = as_float(query, key, value)
    scores = _scores("scaled_dot_product_attention", query, key, mask, bias, is_causal, scale, precision)
    _expect_values("scaled_dot_product_attention", key, value)
    return matrix_product(softmax(scores), widened(value), precision).astype(query.dtype)


@partial(jax.jit, static_argnames=("is_causal", "precision"))
def scaled_dot_product_attention_vjp(
    query: Real[ArrayLike, "*batch t d"],
    key: Real[ArrayLike, "*batch s d"],
    value: Real[ArrayLike, "*batch s e"],
    cotangent: Real[ArrayLike, "*batch t e"],
    *,
    mask: Bool[ArrayLike, "..."] | None = None,
    bias: Real[ArrayLike, "..."] | None = None,
    is_causal: bool = False,
    scale: Real[ArrayLike, ""] | None = None,
    precision: lax.PrecisionLike = None,
) -> tuple[Float[Array, "*batch t d"], Float[Array, "*batch s d"], Float[Array, "*batch s e"]]:
    r"""Cotangents of the queries, keys and values of `scaled_dot_product_attention`.

    .. math::

        \bar V = P^\top \bar O, \qquad \bar P = \bar O V^\top, \qquad
        \bar S_{ij} = P_{ij} \Bigl(\bar P_{ij} - \sum_l P_{il} \bar P_{il}\Bigr), \qquad
        \bar Q = \frac{\bar S K}{\sqrt{d}}, \qquad \bar K = \frac{\bar S^\top Q}{\sqrt{d}}

    where :math:`P` and :math:`S` are the weights and scores of `attention_weights`.
    """
    query, key, value, cotangent = as_float(query, key, value, cotangent)
    scores = _scores("scaled_dot_product_attention_vjp", query, key, mask, bias, is_causal, scale, precision)
    _expect_values("scaled_dot_product_attention_vjp", key, value)
    _expect_cotangent("scaled_dot_product_attention_vjp", cotangent, (*query.shape[:-1], value.shape[-1]))
    weights, cotangent = softmax(scores), widened(cotangent)
    weights_bar = matrix_product(cotangent, widened(value).mT, precision)
    value_bar = matrix_product(weights.mT, cotangent, precision).astype(value.dtype)
    return *_through_scores(query, key, weights, weights_bar, scale, precision), value_bar


def _scores(
    function: str,
    query: Array,
    key: Array,
    mask: ArrayLike | None,
    bias: ArrayLike | None,
    is_causal: bool,
    scale: ArrayLike | None,
    precision: lax.PrecisionLike,
) -> Array:
    expect_rank(function, "query", query, 2, at_least=True)
    expect_rank(function, "key", key, 2, at_least=True)
    match = query.shape[:-2] == key.shape[:-2] and query.shape[-1] == key.shape[-1] > 0
    expect(match, function, "query [..., T, d] and key [..., S, d]", f"shapes {query.shape} and {key.shape}")
    scores = matrix_product(widened(query), widened(key).mT, precision)
    scores = scores * _scale(query, scale).astype(scores.dtype)
    if bias is not None:
        scores = scores + _fitted(function, "bias", jnp.asarray(bias, scores.dtype), scores.shape)
    if mask is not None:
        allowed = jnp.asarray(mask)
        expect(allowed.dtype == bool, function, "mask of booleans", allowed.dtype, TypeError)
        scores = jnp.where(_fitted(function, "mask", allowed, scores.shape), scores, -jnp.inf)
    if is_causal:
        past = jnp.tril(jnp.ones(scores.shape[-2:], bool))
        scores = jnp.where(jnp.broadcast_to(past, scores.shape), scores, -jnp.inf)
    return scores


def _scale(query: Array, scale: ArrayLike | None) -> Array:
    return jnp.asarray(1 / np.sqrt(query.shape[-1]) if scale is None else scale)


def _through_scores(
    query: Array, key: Array, weights: Array, weights_bar: Array, scale: ArrayLike | None, precision: lax.PrecisionLike
) -> tuple[Array, Array]:
    """Cotangents of the queries and keys, from that of the weights."""
    scores_bar = weights * (weights_bar - jnp.sum(weights * weights_bar, axis=-1, keepdims=True))
    scores_bar = scores_bar * _scale(query, scale).astype(scores_bar.dtype)
    query_bar = matrix_product(scores_bar, widened(key), precision)
    key_bar = matrix_product(scores_bar.mT, widened(query), precision)
    return query_bar.astype(query.dtype), key_bar.astype(key.dtype)


def _fitted(function: str, name: str, x: Array, shape: tuple[int, ...]) -> Array:
    fits = x.ndim <= len(shape) and all(n in (1, m) for n, m in zip(x.shape[::-1], shape[::-1], strict=False))
    expect(fits, function, f"{name} that broadcasts to {shape}", f"shape {x.shape}")
    return jnp.broadcast_to(x, shape)


def _expect_values(function: str, key: Array, value: Array) -> None:
    expect_rank(function, "value", value, 2, at_least=True)
    match = key.shape[:-1] == value.shape[:-1]
    expect(match, function, "key [..., S, d] and value [..., S, e]", f"shapes {key.shape} and {value.shape}")


def _expect_cotangent(function: str, cotangent: Array, shape: tuple[int, ...]) -> None:
    expect(cotangent.shape == shape, function, f"cotangent of shape {shape}", f"shape {cotangent.shape}")


def _weights(query: np.ndarray, key: np.ndarray) -> np.ndarray:
    weights = np.exp(np.einsum("...td,...sd->...ts", query, key) / np.sqrt(query.shape[-1]))
    return weights / weights.sum(axis=-1, keepdims=True)


CONCEPTS = (
    Concept(
        attention_weights,
        example=lambda key: (
            random.normal(key, (2, 3, 5), jnp.float64),
            random.normal(random.fold_in(key, 1), (2, 4, 5), jnp.float64),
        ),
        derivatives=(Derivative(attention_weights_vjp, "vjp", (0, 1)),),
        oracle=_weights,
    ),
    Concept(
        scaled_dot_product_attention,
        example=lambda key: (
            random.normal(key, (2, 3, 5), jnp.float64),
            random.normal(random.fold_in(key, 1), (2, 4, 5), jnp.float64),
            random.normal(random.fold_in(key, 2), (2, 4, 2), jnp.float64),
        ),
        derivatives=(Derivative(scaled_dot_product_attention_vjp, "vjp", (0, 1, 2)),),
        oracle=lambda query, key, value: _weights(query, key) @ value,
    ),
)
