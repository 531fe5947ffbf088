"""The Dirichlet law: random proportions."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax._checks import nan_unless
from mathml_jax._rounding import Parts
from mathml_jax.distributions._classes import (
    added,
    exactly,
    less,
    log_ratio,
    log_weight,
    others,
    plus,
    proportions,
    spread,
    times,
)
from mathml_jax.distributions._joint import Arrays, Joint, Values, records, xlogy
from mathml_jax.distributions._law import Draws, Size
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._rising import log_less_digamma_drop
from mathml_jax.special.gamma import digamma

law = Joint(
    __name__,
    title="Dirichlet law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous multivariate distributions", volume 1, 2000, chapter 49.',
    typical={},
    parameters={"alpha": Parameter(r"\alpha", "concentration of each class, positive, shape [..., n]")},
)
law.noun = "proportions, shape [..., n], that add up to one"
Parameters = law.Parameters


@law
def logpdf(x: Values, alpha: Values) -> Draws:
    r"""Logarithm of the density, over all entries but the last.

    .. math::

        \log f(x) = \sum_i (\alpha_i - 1) \log x_i + \log \Gamma\Big(\sum_i \alpha_i\Big) - \sum_i \log \Gamma(\alpha_i)

    Large terms that cancel are never formed: they stand as Stirling's remainders and the deviances from the means.

    Returns:
      Logarithms of densities, of shape [...]; -inf where an entry is negative or the sum is not one within a millionth.

    >>> f"{logpdf(jnp.array([0.25, 0.75]), jnp.array([1.0, 1.0])):.4f}"
    '0.0000'
    """
    inside = jnp.all(x >= 0, -1) & (jnp.abs(jnp.sum(x, -1) - 1) <= 1e-6)
    empty = inside[..., None] & (x == 0)
    regular = jnp.where(inside[..., None] & (x > 0), x, 1.0)
    high, low = _log_density(regular, exactly(jnp.ones((1,), x.dtype)), alpha)
    edges = jnp.sum(xlogy(jnp.where(empty, alpha - 1, 0.0), x), -1)
    value = jnp.where(inside, (high + low)[..., 0] + edges, -jnp.inf)
    return nan_unless(jnp.all((alpha > 0) & ~jnp.isnan(x), -1), value) * value


def _log_density(w: Array, whole: Parts, alpha: Array) -> Parts:
    """The logarithm of the density at positive parts w of a whole."""
    total = added(exactly(alpha))
    heights = added(log_ratio(times(alpha, whole), exactly(w)))
    return plus(log_weight(alpha, total, w, whole), less(heights, log_ratio(total, exactly(jnp.ones_like(total[0])))))


@law
def pdf(x: Values, alpha: Values) -> Draws:
    r"""Density over all entries but the last.

    .. math::

        f(x) = \frac{\Gamma(\sum_i \alpha_i)}{\prod_i \Gamma(\alpha_i)} \prod_i x_i^{\alpha_i - 1}

    Returns:
      Densities of shape [...]; 0 where an entry is negative or the sum is not one within a millionth.

    >>> f"{pdf(jnp.array([0.25, 0.75]), jnp.array([1.0, 2.0])):.4f}"
    '1.5000'
    """
    return jnp.exp(logpdf(x, alpha))


@law
def mean(alpha: Values) -> Draws:
    r"""Mean of the Dirichlet law.

    .. math::

        E[X_i] = \frac{\alpha_i}{\sum_j \alpha_j}

    Returns:
      Means, shape [..., n].

    >>> mean(jnp.array([1.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    return proportions(alpha)


@law
def var(alpha: Values) -> Draws:
    r"""Variance of each proportion.

    .. math::

        E\left[(X_i - E[X_i])^2\right] = \frac{m_i (1 - m_i)}{1 + \sum_j \alpha_j}

    where :math:`m` is the mean.

    Returns:
      Variances, shape [..., n].

    >>> var(jnp.array([1.0, 1.0])).round(4).tolist()
    [0.0833, 0.0833]
    """
    whole = total, _ = added(exactly(alpha))
    return proportions(alpha) * (others(alpha, whole) / total) / (1 + total)


@law
def cov(alpha: Values) -> Draws:
    r"""Covariance of the proportions.

    .. math::

        C = \frac{\operatorname{diag}(m) - m m^T}{1 + \sum_j \alpha_j}

    where :math:`C` is the covariance matrix and :math:`m` the mean.

    Returns:
      Matrices of shape [..., n, n].

    >>> cov(jnp.array([1.0, 1.0])).round(4).tolist()
    [[0.0833, -0.0833], [-0.0833, 0.0833]]
    """
    return spread(alpha) / (1 + added(exactly(alpha))[0][..., None])


@law
def entropy(alpha: Values) -> Draws:
    r"""Entropy of the Dirichlet law, in nats.

    .. math::

        -E[\log f(X)] = \sum_i \log \Gamma(\alpha_i) - \log \Gamma(a) + (a - n) \psi(a)
        - \sum_i (\alpha_i - 1) \psi(\alpha_i), \qquad a = \sum_i \alpha_i

    where :math:`a` is the sum of the concentrations and :math:`n` their number.

    Returns:
      Entropies of shape [...].

    >>> abs(entropy(jnp.array([1.0, 1.0])).item()) < 1e-6
    True
    """
    # From the density at the mean on, so that the large terms are gone.
    total = added(exactly(alpha))
    beyond = (alpha - 1) * log_less_digamma_drop(alpha, others(alpha, total))
    high, low = less(added(exactly(beyond)), _log_density(alpha, total, alpha))
    return nan_unless(jnp.all(alpha > 0, -1), high) * (high + low)[..., 0]


@law
def rvs(key: Key[Array, ""], alpha: Values, *, size: Size = None) -> Draws:
    r"""Random proportions: independent gamma variables as parts of their sum; derivatives pass through them.

    .. math::

        x_i = \frac{g_i}{\sum_j g_j}, \qquad g_i \sim \operatorname{gamma}(\alpha_i)

    where :math:`g_i` are the gamma variables.

    >>> rvs(random.key(0), jnp.array([1.0, 2.0, 3.0]), size=4).shape
    (4, 3)
    """
    shape = () if size is None else (size,) if isinstance(size, int) else size
    logs = random.loggamma(key, jnp.broadcast_to(alpha, (*shape, *alpha.shape)), dtype=alpha.dtype)
    return jax.nn.softmax(logs, axis=-1)


@law
def score(x: Values, alpha: Values) -> Arrays:
    r"""Derivative of `logpdf` in the concentrations.

    .. math::

        \frac{\partial \log f(x)}{\partial \alpha_i} = \log x_i + \psi\Big(\sum_j \alpha_j\Big) - \psi(\alpha_i)

    Returns:
      A record of one array, shape [..., n].

    >>> score(jnp.array([0.5, 0.5]), jnp.array([1.0, 1.0])).alpha.round(4).tolist()
    [0.3069, 0.3069]
    """
    return (jnp.log(x) + digamma(jnp.sum(alpha, -1, keepdims=True)) - digamma(alpha),)


def _example(key: Array) -> dict[str, Array]:
    first, second = random.split(key)
    x = random.uniform(first, (3,), jnp.float64, 0.2, 1.0)
    return {"x": x / jnp.sum(x), "alpha": random.uniform(second, (3,), jnp.float64, 0.5, 4.0), "key": key}


CONCEPTS = records(law, _example, score=None, rvs=None)
