"""The multinomial law: how many of n independent draws fall into each class."""

import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Key

from mathml_jax._checks import nan_unless
from mathml_jax.distributions._classes import added, exactly, log_weight, plus, proportions, scaled, spread
from mathml_jax.distributions._joint import Arrays, Joint, Values, records
from mathml_jax.distributions._law import Draws, Size
from mathml_jax.distributions._verbs import Parameter

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

    Large terms that cancel are never formed: they stand as Stirling's remainders and the deviances from the means.

    Returns:
      Logarithms of probabilities, of shape [...]; -inf where counts are not integers, negative or do not add up to n.

    >>> f"{logpmf(jnp.array([1.0, 1.0]), 2.0, jnp.array([0.5, 0.5])):.4f}"
    '-0.6931'
    """
    n, p, count = n[..., None], scaled(p), added(exactly(x))
    possible = (x >= 0) & (x == jnp.floor(x)) & ((x == 0) | (p != 0)) & (count[0] == n)
    weight = log_weight(x, exactly(n), jnp.where(p == 0, 1.0, p), added(exactly(p)))
    # Zero, but for its derivatives: the weight takes for granted that the counts add up to n.
    beyond = (n - count[0] - count[1]) * (jnp.log(jnp.maximum(n, 1.0)) - 1)
    high, low = plus(weight, exactly(beyond))
    value = jnp.where(jnp.all(possible, -1), (high + low)[..., 0], -jnp.inf)
    return nan_unless(jnp.all((p >= 0) & ~jnp.isnan(x + n), -1), value) * value


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
    return n[..., None, None] * spread(p)


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
