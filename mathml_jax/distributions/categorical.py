"""The categorical law: one draw among m classes."""

import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions._classes import added, exactly, log_ratio, proportions
from mathml_jax.distributions._joint import Arrays, Joint, Values, records
from mathml_jax.distributions._law import Draws, Size
from mathml_jax.distributions._verbs import Parameter

law = Joint(
    __name__,
    title="categorical law",
    reference='Murphy, "Probabilistic machine learning: an introduction", 2022, section 2.5.',
    typical={},
    parameters={"p": Parameter(r"\pi", "probability of each class, shape [m]; taken as parts of their sum")},
)
law.variable, law.noun = "k", "classes, from 0 to m - 1, any shape"
Parameters = law.Parameters


def _class_of(k: Array, p: Array) -> tuple[Array, Array]:
    """Whether k is a class, and its place among the probabilities."""
    known = (k >= 0) & (k < p.shape[-1]) & (k == jnp.floor(k))
    return known, jnp.where(known, k, 0.0).astype(jnp.int32)


@law
def pmf(k: Values, p: Values) -> Draws:
    r"""Probability of class k.

    .. math::

        p(k) = \pi_k

    Returns:
      Probabilities of the shape of `k`; 0 for what is no class.

    >>> pmf(1, jnp.array([0.25, 0.75])).item()
    0.75
    """
    known, at = _class_of(k, p)
    return jnp.where(known, proportions(p)[at], 0.0)


@law
def logpmf(k: Values, p: Values) -> Draws:
    r"""Logarithm of the probability of class k.

    .. math::

        \log p(k) = \log \pi_k

    Returns:
      Logarithms of probabilities, of the shape of `k`; -inf for what is no class.

    >>> logpmf(1, jnp.array([0.0, 1.0])).item()
    0.0
    """
    known, at = _class_of(k, p)
    return jnp.where(known, jnp.log(proportions(p)[at]), -jnp.inf)


@law
def cdf(k: Values, p: Values) -> Draws:
    r"""Probability of a class up to k.

    .. math::

        F(k) = \sum_{j \le k} \pi_j

    Returns:
      Probabilities of the shape of `k`.

    >>> cdf(1.5, jnp.array([0.25, 0.25, 0.5])).item()
    0.5
    """
    up_to = (jnp.arange(p.shape[-1], dtype=p.dtype) <= k[..., None]).astype(p.dtype)
    return jnp.sum(proportions(p) * up_to, axis=-1)


@law
def ppf(q: Values, p: Values) -> Draws:
    r"""The first class up to which the probability reaches q.

    .. math::

        F^{-1}(q) = \min \{k : F(k) \ge q\}

    Returns:
      Classes of the shape of `q`; -1 at 0, NaN outside [0, 1].

    >>> ppf(0.5, jnp.array([0.25, 0.25, 0.5])).item()
    1.0
    """
    reached = jnp.cumsum(proportions(p)) * (1 + 2 * jnp.finfo(p.dtype).eps) >= q[..., None]
    first = jnp.minimum(jnp.sum(~reached, axis=-1), p.shape[-1] - 1).astype(p.dtype)
    inside = (q >= 0) & (q <= 1)
    return jnp.where(inside, jnp.where(q == 0, -1.0, first), jnp.nan)


@law
def mode(p: Values) -> Draws:
    r"""The likeliest class, the first of several.

    .. math::

        \operatorname{argmax}_k \pi_k

    Returns:
      One class.

    >>> mode(jnp.array([0.25, 0.75])).item()
    1.0
    """
    return jnp.argmax(p, axis=-1).astype(p.dtype)


@law
def entropy(p: Values) -> Draws:
    r"""Entropy of the categorical law, in nats.

    .. math::

        -\sum_i \pi_i \log \pi_i

    Returns:
      One entropy; impossible classes add nothing.

    >>> f"{entropy(jnp.array([0.5, 0.5, 0.0])):.4f}"
    '0.6931'
    """
    parts = proportions(p)
    none = parts == 0
    # The logarithm of a part near one, from the sum of the others.
    high, low = log_ratio(added(exactly(p)), exactly(jnp.where(none, 1.0, p)))
    return jnp.sum(jnp.where(none, 0.0, parts * (high + low)), axis=-1)


@law
def rvs(key: Key[Array, ""], p: Values, *, size: Size = None) -> Draws:
    r"""Random classes: the largest of the logarithms, each with Gumbel's noise.

    .. math::

        x = \operatorname{argmax}_i (\log \pi_i - \log(-\log U_i))

    >>> rvs(random.key(0), jnp.array([0.2, 0.3, 0.5]), size=4).shape
    (4,)
    """
    shape = () if size is None else (size,) if isinstance(size, int) else size
    return random.categorical(key, jnp.log(proportions(p)), shape=shape).astype(p.dtype)


@law
def score(k: Values, p: Values) -> Arrays:
    r"""Derivative of `logpmf` in the probabilities, of which only the proportions count.

    .. math::

        \frac{\partial \log p(k)}{\partial \pi_i} = \frac{\delta_{ik}}{\pi_k} - 1

    where :math:`\delta_{ik}` is 1 for the class that was drawn and 0 for the others.

    Returns:
      A record of one array, shape [..., m].

    >>> score(1, jnp.array([0.5, 0.5])).p.tolist()
    [-1.0, 1.0]
    """
    drawn = (jnp.arange(p.shape[-1], dtype=p.dtype) == k[..., None]).astype(p.dtype)
    return (jnp.where(drawn == 0, 0.0, drawn / jnp.where(drawn == 0, 1.0, p)) - 1 / jnp.sum(p, -1, keepdims=True),)


@law
def fit(data: Values) -> Arrays:
    r"""The probabilities under which the counts of the classes are likeliest.

    .. math::

        \hat\pi_i = \frac{x_i}{\sum_j x_j}

    where :math:`x_i` is how often class i was seen and :math:`\hat\pi` the estimate of the probabilities :math:`\pi`.

    Returns:
      A record of one array, shape [..., m].

    >>> fit(jnp.array([1.0, 3.0])).p.tolist()
    [0.25, 0.75]
    """
    return (proportions(data),)


def _example(key: Array) -> dict[str, Array]:
    first, second = random.split(key)
    p = random.uniform(first, (4,), jnp.float64, 0.2, 1.0)
    k = jnp.floor(random.uniform(second, (), jnp.float64, 0.0, 4.0))
    q = random.uniform(second, (), jnp.float64, 0.05, 0.95)
    return {"k": k, "q": q, "p": p / jnp.sum(p), "data": jnp.ceil(9 * p), "key": key}


CONCEPTS = records(
    law,
    _example,
    pmf=lambda k, p: p[int(k)],
    logpmf=lambda k, p: np.log(p[int(k)]),
    cdf=lambda k, p: np.cumsum(p)[int(k)],
    ppf=lambda q, p: float(np.searchsorted(np.cumsum(p), q)),
    mode=lambda p: float(np.argmax(p)),
    entropy="scipy.stats.entropy",
    score=None,
    rvs=None,
    fit=lambda x: (x / np.sum(x),),
)
