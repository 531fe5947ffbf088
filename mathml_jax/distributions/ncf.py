"""The noncentral F law: the statistic of an analysis of variance where the null hypothesis is false."""

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Law, Result, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special import _noncentral_f_law as noncentral
from mathml_jax.special._noncentral_f_quantile import quantile

law = Law(
    __name__,
    title="noncentral F law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 30.',
    typical={"x": 2.5, "q": 0.25, "dfn": 4.0, "dfd": 9.0, "nc": 3.0},
    parameters={
        "dfn": Parameter("n", "number of degrees of freedom above, positive"),
        "dfd": Parameter("m", "number of degrees of freedom below, positive"),
        "nc": Parameter(r"\delta", "noncentrality, the sum of the squared means, zero or positive", lambda nc: nc >= 0),
    },
    support=lambda dfn, dfd, nc: (0.0, INF),
    valid=lambda dfn, dfd, nc: (dfn < INF) & (dfd < INF) & (nc < INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the noncentral F law.

    .. math::

        f(x) = \frac{1}{x - \mu} \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        \frac{u^{n / 2 + j} (1 - u)^{m / 2}}{B(\frac{n}{2} + j, \frac{m}{2})}, \qquad u = \frac{n z}{n z + m}

    where :math:`j` runs over the counts, :math:`e` is Euler's number, and :math:`u` is between 0 and 1.

    >>> f"{pdf(0.0, 2.0, 9.0, 0.0):.2f}"
    '1.00'
    """
    return noncentral.density(dfn / 2, dfd / 2, nc / 2, x)


@law
def logpdf(x: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        \frac{u^{n / 2 + j} (1 - u)^{m / 2}}{B(\frac{n}{2} + j, \frac{m}{2})} - \log(x - \mu), \qquad
        u = \frac{n z}{n z + m}

    where :math:`j` runs over the counts, :math:`e` is Euler's number, and :math:`u` is between 0 and 1. Neither the sum
    nor large terms that cancel are formed: the exponent of an integral at its saddle, and a factor of moderate size.

    >>> f"{logpdf(5.0, 3.0, 1e8, 1e4):.3f}"
    '-4625.320'
    """
    return noncentral.log_density(dfn / 2, dfd / 2, nc / 2, x)


@law
def cdf(x: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        I_u\Bigl( \frac{n}{2} + j, \frac{m}{2} \Bigr), \qquad u = \frac{n z}{n z + m}

    where :math:`j` runs over the counts, :math:`e` is Euler's number, and :math:`u` is between 0 and 1.

    >>> f"{cdf(3.0984, 3.0, 20.0, 12.0):.4f}"
    '0.2454'
    """
    return noncentral.lower(dfn / 2, dfd / 2, nc / 2, x)


@law
def sf(x: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x: the power of an analysis of variance whose critical value is x.

    .. math::

        S(x) = \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        I_v\Bigl( \frac{m}{2}, \frac{n}{2} + j \Bigr), \qquad v = \frac{m}{n z + m}

    where :math:`j` runs over the counts, :math:`e` is Euler's number, and :math:`v` is between 0 and 1.

    >>> f"{sf(3.0984, 3.0, 20.0, 12.0):.4f}"
    '0.7546'
    """
    return noncentral.upper(dfn / 2, dfd / 2, nc / 2, x)


@law
def logcdf(x: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    return noncentral.log_lower(dfn / 2, dfd / 2, nc / 2, x)


@law
def logsf(x: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    >>> f"{logsf(1e4, 4.0, 400.0, 3.0):.4f}"
    '-889.4726'
    """
    return noncentral.log_upper(dfn / 2, dfd / 2, nc / 2, x)


@law
def ppf(q: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return quantile(dfn / 2, dfd / 2, nc / 2, q, 1 - q)


@law
def isf(q: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return quantile(dfn / 2, dfd / 2, nc / 2, 1 - q, q)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the noncentral F law; inf up to two degrees of freedom below.

    .. math::

        E[X] = \mu + \sigma \frac{m}{m - 2} \frac{n + \delta}{n} \;\text{ for } m > 2

    >>> mean(5.0, jnp.array([2.0, 4.0]), 5.0).tolist()
    [inf, 4.0]
    """
    return _above(dfd, 2.0, lambda m: m / (m - 2) * ((dfn + nc) / dfn), INF)


@law
def var(dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the noncentral F law; inf up to four degrees of freedom below.

    .. math::

        E\left[(X - E[X])^2\right] = 2 \sigma^2 \Bigl( \frac{m}{n} \Bigr)^2
        \frac{(n + \delta)^2 + (m - 2)(n + 2 \delta)}{(m - 2)^2 (m - 4)} \;\text{ for } m > 4

    >>> var(2.0, 6.0, 0.0).item()
    6.75
    """
    return _above(dfd, 4.0, lambda m: 2 * (m / (m - 2) / dfn) ** 2 * _spread(dfn, m, nc) / (m - 4), INF)


@law
def skew(dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the noncentral F law; NaN up to six degrees of freedom below.

    .. math::

        \begin{aligned}
        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} &= \frac{\sqrt{8 (m - 4)}}{m - 6}
        \frac{2 w^3 + 3 r w (n + 2 \delta) + r^2 (n + 3 \delta)}{(w^2 + r (n + 2 \delta))^{3/2}}
        \;\text{ for } m > 6, \\
        r &= m - 2, \qquad w = n + \delta
        \end{aligned}

    where :math:`r` and :math:`w` are short for these sums.

    >>> f"{skew(2.0, 8.0, 0.0):.4f}"
    '7.0711'
    """

    def value(m: Array) -> Array:
        r, w, spread = m - 2, dfn + nc, _spread(dfn, m, nc)
        third = w * (2 * w * w + 3 * r * (dfn + 2 * nc)) + r * r * (dfn + 3 * nc)
        return jnp.sqrt(8 * (m - 4) / spread) / (m - 6) * (third / spread)

    return _above(dfd, 6.0, value, jnp.nan)


@law
def kurtosis(dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the noncentral F law beyond that of a normal law; NaN up to eight degrees of freedom below.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{12}{(m - 6)(m - 8)} \Bigl( 5 m - 22
        + \frac{(m - 4)(m - 2)^2 (n + 4 \delta)(n + m - 2)}{((n + \delta)^2 + (m - 2)(n + 2 \delta))^2} \Bigr)
        \;\text{ for } m > 8

    >>> f"{kurtosis(2.0, 10.0, 0.0):.4f}"
    '70.8000'
    """

    def value(m: Array) -> Array:
        r, spread = m - 2, _spread(dfn, m, nc)
        own = (m - 4) * (r * (dfn + 4 * nc) / spread) * (r * (dfn + r) / spread)
        return 12 * (5 * m - 22 + own) / (m - 6) / (m - 8)

    return _above(dfd, 8.0, value, jnp.nan)


std, moment, rvs = _derived.std(law), _derived.moment(law), _derived.rvs(law)


@law
def score(x: Value, dfn: Value, dfd: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters: means of what depends on the count j, given the observation.

    .. math::

        \begin{aligned}
        \frac{\partial \log f}{\partial n} &= \tfrac{1}{2} E\left[ \log u + \psi(s + j) - \psi\bigl( \tfrac{n}{2} + j
        \bigr) \,|\, z \right] + \frac{p}{n}, \qquad
        \frac{\partial \log f}{\partial m} = \tfrac{1}{2} E\left[ \log v + \psi(s + j) \,|\, z \right]
        - \tfrac{1}{2} \psi\bigl( \tfrac{m}{2} \bigr) - \frac{p}{m}, \\
        \frac{\partial \log f}{\partial \delta} &= \frac{E[j \,|\, z]}{\delta} - \frac{1}{2}, \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{1 - p}{x - \mu}, \qquad
        \frac{\partial \log f}{\partial \sigma} = -\frac{p}{\sigma}, \\
        s &= \frac{n + m}{2}, \qquad v = 1 - u, \qquad
        p = v \Bigl( \frac{n}{2} + E[j \,|\, z] \Bigr) - u \frac{m}{2}, \qquad u = \frac{n z}{n z + m}
        \end{aligned}

    where :math:`j` is the count of the mixture with the distribution that the observation leaves it, and :math:`u` and
    :math:`v` are between 0 and 1; all means are integrals along one path.

    >>> [round(abs(slope.item()), 4) for slope in score(1.0, 2.0, 2.0, 0.0)][3:]
    [1.0, 0.0]
    """
    first, second, third, slope = noncentral.log_density_slopes(dfn / 2, dfd / 2, nc / 2, x)
    return first / 2, second / 2, third / 2, slope


def _start(data: Array) -> dict[str, Array]:
    """As if there were ten degrees of freedom below and three above, by the median."""
    three = jnp.asarray(3.0, data.dtype)
    return {"dfn": three, "dfd": 10 * jnp.ones_like(three), "nc": jnp.clip(3 * jnp.median(data) - 3, 0.5, 1e3)}


fit = _fit.fit(law, _start, "loc", "scale")


def _spread(n: Array, m: Array, nc: Array) -> Array:
    """What variance, skewness and kurtosis have in common."""
    w = n + nc
    return w * w + (m - 2) * (n + 2 * nc)


def _above(m: Array, bound: float, value, otherwise: float) -> Array:
    """The value where m is above the bound."""
    return jnp.where(m > bound, value(jnp.where(m > bound, m, bound + 1)), otherwise)


_DATA = (0.5, 0.9, 1.2, 1.5, 1.8, 2.1, 2.5, 2.9, 3.5, 4.4, 7.0)

CONCEPTS = (
    family(
        law,
        {"x": (0.5, 6.0), "dfn": (4.5, 9.0), "dfd": (9.0, 20.0), "nc": (0.5, 6.0)},
        data=lambda u: jnp.asarray(_DATA, u.dtype) + jnp.sum(u) / 1000,
    ),
)
