"""The uniform law on integers: a fair die with any number of sides."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _counts, _derived
from mathml_jax.distributions._law import Draws, Result, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._stirling import log1pmx

law = _counts.Counts(
    __name__,
    title="uniform law on integers",
    reference='Johnson, Kemp and Kotz, "Univariate discrete distributions", third edition, 2005, chapter 6.',
    typical={"k": 3.0, "q": 0.25, "low": 1.0, "high": 7.0},
    parameters={
        "low": Parameter("a", "smallest integer", lambda value: value == jnp.floor(value), "none", whole=True),
        "high": Parameter("b", "first integer above", lambda value: value == jnp.floor(value), "none", whole=True),
    },
    support=lambda low, high: (low, high - 1),
    valid=lambda low, high: low < high,
)
Parameters = law.Parameters


@law
def pmf(k: Value, low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Probability of the integer k.

    .. math::

        p(k) = \frac{1}{b - a}

    >>> pmf(4.0, 1.0, 9.0).item()
    0.125
    """
    return 1 / (high - low)


@law
def logpmf(k: Value, low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of the probability of the integer k.

    .. math::

        \log p(k) = -\log(b - a)
    """
    return -jnp.log(high - low)


@law
def cdf(k: Value, low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Probability of at most k.

    .. math::

        F(k) = \frac{k - a + 1}{b - a}

    >>> cdf(4.0, 1.0, 9.0).item()
    0.5
    """
    return (k - low + 1) / (high - low)


@law
def sf(k: Value, low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Probability of more than k.

    .. math::

        S(k) = \frac{b - 1 - k}{b - a}
    """
    return (high - 1 - k) / (high - low)


@law
def logcdf(k: Value, low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(k) = \log \frac{k - a + 1}{b - a}
    """
    return _log_share(high - 1 - k, high - low)


@law
def logsf(k: Value, low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(k) = \log \frac{b - 1 - k}{b - a}
    """
    return _log_share(k - low + 1, high - low)


@law
def mean(low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Mean of the uniform law on integers.

    .. math::

        E[X] = \frac{a + b - 1}{2} + \mu

    >>> mean(1.0, 7.0).item()
    3.5
    """
    return (low + high - 1) / 2


@law
def mode(low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Mode of the uniform law on integers: the smallest of all, which are equally likely.

    .. math::

        \operatorname{argmax}_k p(k) = a

    >>> mode(1.0, 7.0).item()
    1.0
    """
    return low


@law
def var(low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Variance of the uniform law on integers.

    .. math::

        E\left[(X - E[X])^2\right] = \frac{(b - a)^2 - 1}{12}

    >>> var(0.0, 5.0).item()
    2.0
    """
    width = high - low
    return (width - 1) * (width + 1) / 12


@law
def skew(low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Skewness of the uniform law on integers, which is symmetric; NaN where there is only one.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = 0

    >>> skew(1.0, 7.0).item()
    0.0
    """
    return jnp.where(high - low > 1, jnp.zeros_like(high), jnp.nan)


@law
def kurtosis(low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Kurtosis of the uniform law on integers beyond that of a normal law; NaN where there is only one.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = -\frac{6}{5} \frac{(b - a)^2 + 1}{(b - a)^2 - 1}

    >>> kurtosis(0.0, 2.0).item()
    -2.0
    """
    width = jnp.where(high - low > 1, high - low, jnp.nan)
    return -6 * (width**2 + 1) / (5 * (width - 1) * (width + 1))


@law
def entropy(low: Value, high: Value, loc: Value = 0.0) -> Result:
    r"""Entropy of the uniform law on integers, in nats.

    .. math::

        -E[\log p(X)] = \log(b - a)

    >>> f"{entropy(0.0, 2.0):.4f}"
    '0.6931'
    """
    return jnp.log(high - low)


ppf, isf = _counts.ppf(law), _counts.isf(law)
median, interval, std, moment = (d(law) for d in (_derived.median, _derived.interval, _derived.std, _derived.moment))


@law
def rvs(key: Key[Array, ""], low: Value, high: Value, loc: Value = 0.0, *, size: Size = None) -> Draws:
    r"""Random integers, all equally likely.

    .. math::

        x = a + \lfloor (b - a) U \rfloor

    >>> rvs(random.key(0), 1.0, 7.0, size=3).shape
    (3,)
    """
    return jnp.minimum(low + jnp.floor((high - low) * random.uniform(key, low.shape, low.dtype)), high - 1)


@law
def fit(data: Array, *, floc: Value = 0.0) -> Slopes:
    r"""The uniform law on integers under which the data are likeliest.

    .. math::

        \hat a = \min_i x_i, \qquad \hat b = \max_i x_i + 1

    >>> [end.item() for end in fit(jnp.array([1.0, 2.0, 6.0]))]
    [1.0, 7.0]
    """
    return jnp.min(data, initial=jnp.inf) - floc, jnp.max(data, initial=-jnp.inf) + 1 - floc


def _log_share(rest: Array, width: Array) -> Array:
    """The logarithm of what the rest leaves of the whole."""
    return log1pmx(-rest / width) - rest / width


CONCEPTS = (family(law, {"k": (0.0, 5.0), "low": (-3.0, 1.0), "high": (5.0, 9.0)}),)
