"""The law of the studentized range: of the largest difference between k means, in units of their estimated error."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import INF, Draws, Law, Result, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special import _range_law as special
from mathml_jax.special._range_integral import KNOWN
from mathml_jax.special._range_moments import range_moments
from mathml_jax.special.error import ndtri

law = Law(
    __name__,
    title="law of the studentized range",
    reference='Tukey, "The problem of multiple comparisons", 1953.',
    typical={"x": 3.0, "q": 0.25, "k": 3.0, "df": 10.0},
    parameters={
        "k": Parameter("k", "how many numbers there are, at least 2", lambda value: (value >= 2) & (value < INF)),
        "df": Parameter(r"\nu", "number of degrees of freedom, positive, inf for a known scale"),
    },
    support=lambda k, df: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the studentized range.

    .. math::

        f(x) = \frac{1}{\sigma} \int_0^\infty s f_\nu(s)\; k (k - 1) \int_{-\infty}^\infty \varphi(y)\,
        \varphi(y - z s) \bigl( \Phi(y) - \Phi(y - z s) \bigr)^{k-2}\, dy\, ds

    where :math:`s` is the estimate of the scale, here with the density :math:`f_\nu`, and :math:`y` the largest number.

    >>> f"{pdf(2.0, 2.0, jnp.inf):.4f}"
    '0.2076'
    """
    return special.density(x, k, df).plain


@law
def logpdf(x: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \int_0^\infty s f_\nu(s)\, p_k(z s)\, ds - \log \sigma

    where :math:`s` is the estimate of the scale, here with the density :math:`f_\nu`, and :math:`p_k` the density of
    the range of k standard normal numbers.
    """
    return special.density(x, k, df).log


@law
def cdf(x: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \int_0^\infty f_\nu(s)\; k \int_{-\infty}^\infty \varphi(y)
        \bigl( \Phi(y) - \Phi(y - z s) \bigr)^{k-1}\, dy\, ds

    where :math:`s` is the estimate of the scale, here with the density :math:`f_\nu`, and :math:`y` the largest number.
    """
    return special.tails(x, k, df).lower


@law
def sf(x: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x: the p-value of Tukey's test.

    .. math::

        S(x) = \int_0^\infty f_\nu(s)\; k \int_{-\infty}^\infty \varphi(y)
        \Bigl( \Phi(y)^{k-1} - \bigl( \Phi(y) - \Phi(y - z s) \bigr)^{k-1} \Bigr)\, dy\, ds

    where :math:`s` is the estimate of the scale, here with the density :math:`f_\nu`, and :math:`y` the largest number.
    """
    return special.tails(x, k, df).upper


@law
def logcdf(x: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    return special.tails(x, k, df).log_lower


@law
def logsf(x: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    >>> f"{logsf(100.0, 3.0, jnp.inf):.4f}"
    '-2503.3860'
    """
    return special.tails(x, k, df).log_upper


@law
def ppf(q: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q: the inverse of `cdf`.

    .. math::

        F\bigl( F^{-1}(q) \bigr) = q

    found by Halley's method for the logarithm of the smaller tail; its derivatives are those of the implicit function.

    >>> f"{ppf(0.95, 3.0, 10.0):.3f}"
    '3.877'
    """
    return special.quantile(q, 1 - q, k, df)


@law
def isf(q: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q: the inverse of `sf`, the critical value of Tukey's test.

    .. math::

        S\bigl( S^{-1}(q) \bigr) = q

    >>> f"{isf(0.01, 5.0, 20.0):.3f}"
    '5.293'
    """
    return special.quantile(1 - q, q, k, df)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the studentized range; inf up to one degree of freedom.

    .. math::

        E[X] = \mu + \sigma \sqrt{\tfrac{\nu}{2}}\, \frac{\Gamma((\nu - 1) / 2)}{\Gamma(\nu / 2)}\, d_k

    where :math:`d_k` is the mean range of k standard normal numbers.

    >>> f"{mean(2.0, jnp.inf):.4f}"
    '1.1284'
    """
    return range_moments(k, df)[0]


@law
def var(k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the studentized range; inf up to two degrees of freedom, NaN up to one.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \bigl( m_2 - m_1^2 \bigr) \;\text{ for } \nu > 2

    where :math:`m_j` is the mean of the j-th power of the standard variable.

    >>> f"{var(2.0, jnp.inf):.4f}"
    '0.7268'
    """
    first, second, *_ = range_moments(k, df)
    return second - first * first


@law
def skew(k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the studentized range; NaN up to three degrees of freedom.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}}
        = \frac{m_3 - 3 m_1 m_2 + 2 m_1^3}{(m_2 - m_1^2)^{3/2}} \;\text{ for } \nu > 3

    where :math:`m_j` is the mean of the j-th power of the standard variable.

    >>> f"{skew(2.0, jnp.inf):.4f}"
    '0.9953'
    """
    first, second, third, _ = range_moments(k, df)
    v = second - first * first
    return jnp.where(df > 3, (third - first * (3 * second - 2 * first * first)) / v**1.5, jnp.nan)


@law
def kurtosis(k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the studentized range beyond that of a normal law; NaN up to four degrees of freedom.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3
        = \frac{m_4 - 4 m_1 m_3 + 6 m_1^2 m_2 - 3 m_1^4}{(m_2 - m_1^2)^2} - 3 \;\text{ for } \nu > 4

    where :math:`m_j` is the mean of the j-th power of the standard variable.

    >>> f"{kurtosis(2.0, jnp.inf):.4f}"
    '0.8692'
    """
    first, second, third, fourth = range_moments(k, df)
    v = second - first * first
    about_mean = fourth - first * (4 * third - 3 * first * (2 * second - first * first))
    return jnp.where(df > 4, about_mean / (v * v) - 3, jnp.nan)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the studentized range: the largest of k normal numbers, then the smallest, over a scale.

    .. math::

        x = \mu + \sigma \frac{y - t}{\sqrt{2 g / \nu}}, \qquad
        \Phi(y) = U^{1/k}, \qquad \Phi(t) = \Phi(y) \bigl( 1 - V^{1/(k-1)} \bigr)

    where :math:`y` is the largest number, :math:`t` the smallest, :math:`V` another uniform random number, and
    :math:`g` a gamma variable of shape :math:`\nu / 2`. There need be no k of them, so k may be any number from 2 on.

    >>> rvs(random.key(0), 3.0, 10.0, size=3).shape
    (3,)
    """
    largest, smallest, shape = random.split(key, 3)
    least = jnp.finfo(k.dtype).eps / 4
    above, below = (random.exponential(key, k.shape, k.dtype) + least for key in (largest, smallest))
    beyond, first = -jnp.expm1(-above / k), -jnp.expm1(-below / (k - 1))
    ends = ndtri(jnp.stack([beyond, (1 - beyond) * first]))
    half = jnp.minimum(df, KNOWN[df.dtype]) / 2
    return -jnp.sum(ends, axis=0) / jnp.sqrt(random.gamma(shape, half, df.shape, df.dtype) / half)


@law
def score(x: Value, k: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters: means of what depends on s and y, given the observation.

    .. math::

        \begin{aligned}
        \frac{\partial \log f}{\partial k} &= \frac{1}{k} + \frac{1}{k - 1} + E[\log B \,|\, z], \\
        \frac{\partial \log f}{\partial \nu} &= \frac{1}{2} \Bigl( \log \frac{\nu}{2}
        - \psi\bigl(\tfrac{\nu}{2}\bigr) + E\left[\log s^2 - s^2 + 1 \,|\, z\right] \Bigr), \\
        \frac{\partial \log f}{\partial \mu} &= \frac{w}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z w - 1}{\sigma}, \\
        w &= E\Bigl[ s \Bigl( \frac{z s}{2} - (k - 2) \frac{\varphi(y) + \varphi(y - z s)}{2 B} \Bigr) \Big|\, z \Bigr]
        \end{aligned}

    where :math:`s` is the estimate of the scale, :math:`y` the largest number, :math:`B = \Phi(y) - \Phi(y - z s)` the
    probability between the largest and the smallest, and :math:`w` the pull of the observation.

    >>> [round(slope.item(), 4) for slope in score(2.0, 2.0, jnp.inf)][2:]
    [1.0, 1.0]
    """
    slopes = special.density_slopes(x, k, df)
    return slopes.in_k, slopes.in_df, slopes.in_q


CONCEPTS = (
    family(
        law,
        {"x": (4.2, 6.0), "k": (2.5, 6.0), "df": (5.0, 20.0)},
        # SciPy's moments are good to eight digits.
        **dict.fromkeys(("mean", "var", "std", "skew", "kurtosis", "moment")),
    ),
)
