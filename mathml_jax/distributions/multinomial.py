"""The multinomial law: how many of n independent draws fall into each class."""

import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions._joint import Arrays, Joint, Values, proportions, records, xlogy
from mathml_jax.distributions._law import Draws, Size
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special.gamma import gammaln

law = Joint(
    __name__,
    title="multinomial law",
    reference='Johnson, Kotz and Balakrishnan, "Discrete multivariate distributions", 1997, chapter 35.',
    typical={},
    parameters={
        "n": Parameter("n", "number of draws, a positive integer", estimated=False),
        "p": Parameter(r"\pi", "probability of each class, shape [..., m]; taken as parts of their sum"),
    },
)
law.noun = "counts of each class, shape [..., m]"
Parameters = law.Parameters


@law
def logpmf(x: Values, n: Values, p: Values) -> Draws:
    r"""Logarithm of the probability of the counts.

    .. math::

        \log p(x) = \log n! - \sum_i \log x_i! + \sum_i x_i \log \pi_i

    Returns:
      Logarithms of probabilities, of shape [...]; -inf where counts are not integers, negative or do not add up to n.

    >>> f"{logpmf(jnp.array([1.0, 1.0]), 2.0, jnp.array([0.5, 0.5])):.4f}"
    '-0.6931'
    """
    possible = jnp.all((x >= 0) & (x == jnp.floor(x)), -1) & (jnp.sum(x, -1) == n)
    x = jnp.where(possible[..., None], x, 0.0)
    ways = gammaln(jnp.where(possible, n, 0.0) + 1) - jnp.sum(gammaln(x + 1), -1)
    return jnp.where(possible, ways + jnp.sum(xlogy(x, proportions(p)), -1), -jnp.inf)


@law
def pmf(x: Values, n: Values, p: Values) -> Draws:
    r"""Probability of the counts.

    .. math::

        p(x) = \frac{n!}{\prod_i x_i!} \prod_i \pi_i^{x_i}

    Returns:
      Probabilities of shape [...]; 0 where counts are not integers, negative or do not add up to n.

    >>> f"{pmf(jnp.array([1.0, 1.0]), 2.0, jnp.array([0.5, 0.5])):.4f}"
    '0.5000'
    """
    return jnp.exp(logpmf(x, n, p))


@law
def mean(n: Values, p: Values) -> Draws:
    r"""Mean of the multinomial law.

    .. math::

        E[X_i] = n \pi_i

    Returns:
      Means of each class, shape [..., m].

    >>> mean(10.0, jnp.array([0.25, 0.75])).tolist()
    [2.5, 7.5]
    """
    return n[..., None] * proportions(p)


@law
def cov(n: Values, p: Values) -> Draws:
    r"""Covariance of the counts: what one class gains the others lose.

    .. math::

        C = n \left(\operatorname{diag}(\pi) - \pi \pi^T\right)

    where :math:`C` is the covariance matrix.

    Returns:
      Matrices of shape [..., m, m].

    >>> cov(4.0, jnp.array([0.5, 0.5])).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    parts = proportions(p)
    same = parts[..., None, :] * jnp.eye(p.shape[-1], dtype=p.dtype)
    return n[..., None, None] * (same - parts[..., None, :] * parts[..., :, None])


@law
def rvs(key: Key[Array, ""], n: Values, p: Values, *, size: Size = None) -> Draws:
    r"""Random counts: a binomial one for each class, of the draws that those before it have left.

    .. math::

        X_i \sim \operatorname{binom}\left(n - \sum_{j < i} x_j,\; \frac{\pi_i}{1 - \sum_{j < i} \pi_j}\right)

    >>> int(rvs(random.key(0), 10.0, jnp.array([0.2, 0.3, 0.5])).sum())
    10
    """
    shape = () if size is None else (size,) if isinstance(size, int) else size
    return random.multinomial(key, n, proportions(p), shape=(*shape, *p.shape) if shape else None, dtype=p.dtype)


@law
def score(x: Values, n: Values, p: Values) -> Arrays:
    r"""Derivative of `logpmf` in the probabilities, of which only the proportions count.

    .. math::

        \frac{\partial \log p(x)}{\partial \pi_i} = \frac{x_i}{\pi_i} - n

    Returns:
      A record of one array, shape [..., m].

    >>> score(jnp.array([1.0, 1.0]), 2.0, jnp.array([0.25, 0.75])).p.round(2).tolist()
    [2.0, -0.67]
    """
    total = jnp.sum(p, axis=-1, keepdims=True)
    return (jnp.where(x == 0, 0.0, x / jnp.where(x == 0, 1.0, p)) - n[..., None] / total,)


@law
def fit(data: Values) -> Arrays:
    r"""The probabilities under which the counts are likeliest.

    .. math::

        \hat\pi_i = \frac{\sum_j x_{ji}}{\sum_{j, k} x_{jk}}

    where :math:`k` runs over the classes and :math:`\hat\pi` is the estimate of the probabilities :math:`\pi`.

    >>> fit(jnp.array([[1.0, 3.0], [2.0, 2.0]])).p.tolist()
    [0.375, 0.625]
    """
    return (proportions(jnp.sum(data.reshape(-1, data.shape[-1]), axis=0)),)


def _example(key: Array) -> dict[str, Array]:
    p = random.uniform(key, (3,), jnp.float64, 0.2, 1.0)
    x = jnp.floor(random.uniform(key, (3,), jnp.float64, 0.0, 5.0))
    return {"x": x, "n": jnp.sum(x), "p": p / jnp.sum(p), "data": jnp.stack([x + 1, x]), "key": key}


CONCEPTS = records(
    law, _example, score=None, rvs=None, mean=lambda n, p: n * p, fit=lambda x: (np.sum(x, 0) / np.sum(x),)
)
