"""The Pareto law: a tail that falls as a power, whatever the unit."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax._checks import expect
from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value, as_given
from mathml_jax.distributions._record import family
from mathml_jax.distributions._tails import log_complement, minus_log1m
from mathml_jax.distributions._verbs import Parameter

law = Law(
    __name__,
    title="Pareto law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 20.',
    typical={"x": 1.5, "q": 0.25, "b": 2.5},
    parameters={"b": Parameter(r"\alpha", "power with which the tail falls, positive")},
    support=lambda b: (1.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the Pareto law.

    .. math::

        f(x) = \frac{\alpha}{\sigma z^{\alpha + 1}}

    >>> pdf(1.0, 2.0).item()
    2.0
    """
    return b * x**-b / x


@law
def logpdf(x: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \frac{\alpha}{\sigma} - (\alpha + 1) \log z
    """
    return jnp.log(b) - (b + 1) * jnp.log(x)


@law
def cdf(x: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = 1 - z^{-\alpha}
    """
    return -jnp.expm1(-b * jnp.log(x))


@law
def sf(x: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = z^{-\alpha}
    """
    return x**-b


@law
def logcdf(x: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log(1 - z^{-\alpha})
    """
    y = jnp.log(x)
    return log_complement(b * y, jnp.log(b) + jnp.log(y))


@law
def logsf(x: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = -\alpha \log z

    >>> f"{logsf(1e200, 3.0):.2f}"
    '-1381.55'
    """
    return -b * jnp.log(x)


@law
def ppf(q: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma (1 - q)^{-1/\alpha}
    """
    # Where q is small the logarithm keeps its digits, where it is large the power keeps more.
    low = q < 0.5
    near = jnp.exp(minus_log1m(jnp.where(low, q, 0.5)) / b)
    return jnp.where(low, near, _root(jnp.where(low, 0.5, 1 - q), b))


@law
def isf(q: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu + \sigma q^{-1/\alpha}
    """
    return _root(q, b)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the Pareto law.

    .. math::

        E[X] = \mu + \frac{\alpha \sigma}{\alpha - 1}

    for :math:`\alpha > 1`; otherwise infinite.

    >>> mean(3.0).item()
    1.5
    """
    return jnp.where(b > 1, b / (jnp.where(b > 1, b, 2.0) - 1), INF)


@law
def mode(b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the Pareto law.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \sigma

    >>> mode(3.0, scale=2.0).item()
    2.0
    """
    return scale


@law
def var(b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the Pareto law.

    .. math::

        E\left[(X - E[X])^2\right] = \frac{\alpha \sigma^2}{(\alpha - 1)^2 (\alpha - 2)}

    for :math:`\alpha > 2`; otherwise infinite.

    >>> var(3.0).item()
    0.75
    """
    safe = jnp.where(b > 2, b, 3.0)
    return jnp.where(b > 2, safe / (safe - 1) ** 2 / (safe - 2), INF)


@law
def skew(b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the Pareto law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} =
        \frac{2 (1 + \alpha)}{\alpha - 3} \sqrt{1 - \frac{2}{\alpha}}

    for :math:`\alpha > 3`; otherwise NaN.

    >>> f"{skew(4.0):.4f}"
    '7.0711'
    """
    safe = jnp.where(b > 3, b, 4.0)
    return jnp.where(b > 3, 2 * (1 + safe) / (safe - 3) * jnp.sqrt((safe - 2) / safe), jnp.nan)


@law
def kurtosis(b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the Pareto law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 =
        \frac{6 (\alpha^3 + \alpha^2 - 6 \alpha - 2)}{\alpha (\alpha - 3) (\alpha - 4)}

    for :math:`\alpha > 4`; otherwise NaN.

    >>> f"{kurtosis(5.0):.2f}"
    '70.80'
    """
    safe = jnp.where(b > 4, b, 5.0)
    cubic = ((safe + 1) * safe - 6) * safe - 2
    return jnp.where(b > 4, 6 * cubic / safe / (safe - 3) / (safe - 4), jnp.nan)


@law
def entropy(b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the Pareto law, in nats.

    .. math::

        -E[\log f(X)] = 1 + \frac{1}{\alpha} + \log \frac{\sigma}{\alpha}

    >>> entropy(1.0).item()
    2.0
    """
    return 1 + 1 / b - jnp.log(b)


def _moment(order: int, b: Value, loc: Value, scale: Value) -> Array:
    expect(order in range(5), "pareto.moment", "an order from 0 to 4", order)
    _, (power, place, unit), valid = law.prepare(b, loc, scale)
    exists = power > order
    safe = jnp.where(exists, power, order + 1.0)
    terms = [math.comb(order, n) * place ** (order - n) * unit**n * (safe / (safe - n)) for n in range(order + 1)]
    return as_given(valid * jnp.where(exists, sum(terms), INF), b, loc, scale)


std, moment = _derived.std(law), _derived.derived(law, "moment", _moment, "order")


@law
def rvs(key: Key[Array, ""], b: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the Pareto law.

    .. math::

        x = \mu + \sigma U^{-1/\alpha}
    """
    return jnp.exp(random.exponential(key, b.shape, b.dtype) / b)


@law
def score(x: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \alpha} = \frac{1}{\alpha} - \log z, \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{\alpha + 1}{\sigma z}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{\alpha}{\sigma}

    >>> [slope.item() for slope in score(1.0, 2.0)]
    [0.5, 3.0, 2.0]
    """
    return 1 / b - jnp.log(x), -(b + 1) / x


@law
def fisher_information(b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters, were the end of the support known.

    .. math::

        J = E\left[s s^T\right] = \begin{pmatrix} \frac{1}{\alpha^2} & \frac{1}{\sigma (\alpha + 1)} & 0 \\
        \frac{1}{\sigma (\alpha + 1)} & \frac{\alpha (\alpha + 1)^2}{\sigma^2 (\alpha + 2)} &
        \frac{\alpha^2}{\sigma^2} \\
        0 & \frac{\alpha^2}{\sigma^2} & \frac{\alpha^2}{\sigma^2} \end{pmatrix}

    >>> fisher_information(1.0).diagonal().round(3).tolist()
    [1.0, 1.333, 1.0]
    """
    mixed, place = 1 / (b + 1), (b + 1) ** 2 * (b / (b + 2))
    return (1 / b / b, mixed, loc), (mixed, place, b * b), (loc, b * b, b * b)


@law
def fit(data: Array, *, floc: Value = 0.0) -> Slopes:
    r"""The Pareto law under which the data are likeliest.

    .. math::

        \hat\sigma = \min_i (x_i - \mu), \qquad
        \frac{1}{\hat\alpha} = \frac{1}{n} \sum_i \log \frac{x_i - \mu}{\hat\sigma}

    where :math:`n` is the number of observations.

    >>> f"{fit(jnp.array([1.0, 1.0, math.exp(3.0)])).b:.4f}"
    '1.0000'
    """
    above = data - floc
    least = jnp.min(above, initial=INF)
    return 1 / jnp.mean(jnp.log(above / least)), floc, least


def _root(q: Array, b: Array) -> Array:
    none = q == 0
    return jnp.where(none, -jnp.log(jnp.where(none, q, 1.0)), jnp.where(none, 0.5, q) ** (-1 / b))


CONCEPTS = (family(law, {"x": (1.2, 4.0), "b": (4.5, 6.0)}),)
