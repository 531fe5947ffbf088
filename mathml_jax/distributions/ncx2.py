"""The noncentral chi-square law: the sum of the squares of independent normal numbers whose means are not zero."""

import itertools
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from mathml_jax.distributions import _derived, _fit, _noncentral
from mathml_jax.distributions._law import INF, Law, Result, Rows, Slopes, Value
from mathml_jax.distributions._record import EVEN, family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special import _noncentral_gamma as gamma
from mathml_jax.special._noncentral_quantile import quantile

law = Law(
    __name__,
    title="noncentral chi-square law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 29.',
    typical={"x": 4.5, "q": 0.25, "df": 3.0, "nc": 2.0},
    parameters={
        "df": Parameter(r"\nu", "number of degrees of freedom, positive"),
        "nc": Parameter(r"\delta", "noncentrality, the sum of the squared means, zero or positive", lambda nc: nc >= 0),
    },
    support=lambda df, nc: (0.0, INF),
    valid=lambda df, nc: (df < INF) & (nc < INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the noncentral chi-square law.

    .. math::

        f(x) = \frac{1}{2 \sigma} \Bigl( \frac{z}{\delta} \Bigr)^{(\nu - 2) / 4} e^{-(z + \delta) / 2}
        I_{\nu / 2 - 1}\bigl( \sqrt{\delta z} \bigr)

    where :math:`I_{\nu / 2 - 1}` is the modified Bessel function of the first kind of that order.

    >>> f"{pdf(0.0, 2.0, 0.0):.2f}"
    '0.50'
    """
    return gamma.density(df / 2, nc / 2, x / 2) / 2


@law
def logpdf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \frac{\nu - 2}{4} \log \frac{z}{\delta} - \frac{z + \delta}{2}
        + \log I_{\nu / 2 - 1}\bigl( \sqrt{\delta z} \bigr) - \log(2 \sigma)

    where :math:`I_{\nu / 2 - 1}` is the modified Bessel function of the first kind of that order. Large terms that
    cancel are never formed: the exponent of an integral at its saddle, and a factor of moderate size.

    >>> f"{logpdf(1e8, 3.0, 1e8):.4f}"
    '-10.8224'
    """
    return gamma.log_density(df / 2, nc / 2, x / 2) - jnp.log(2 * scale)


@law
def cdf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        P\Bigl( \frac{\nu}{2} + j, \frac{z}{2} \Bigr)

    where :math:`j` runs over the counts.

    >>> f"{cdf(7.8147, 3.0, 10.903):.4f}"
    '0.2000'
    """
    return gamma.lower(df / 2, nc / 2, x / 2)


@law
def sf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x: the power of a chi-square test.

    .. math::

        S(x) = \sum_{j=0}^\infty e^{-\delta / 2} \frac{(\delta / 2)^j}{j!}
        Q\Bigl( \frac{\nu}{2} + j, \frac{z}{2} \Bigr)

    where :math:`j` runs over the counts.

    >>> f"{sf(7.8147, 3.0, 10.903):.4f}"
    '0.8000'
    """
    return gamma.upper(df / 2, nc / 2, x / 2)


@law
def logcdf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    return gamma.log_lower(df / 2, nc / 2, x / 2)


@law
def logsf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    >>> f"{logsf(4000.0, 1.0, 4.0):.4f}"
    '-1880.5430'
    """
    return gamma.log_upper(df / 2, nc / 2, x / 2)


@law
def ppf(q: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return 2 * quantile(df / 2, nc / 2, q, 1 - q)


@law
def isf(q: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return 2 * quantile(df / 2, nc / 2, 1 - q, q)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the noncentral chi-square law.

    .. math::

        E[X] = \mu + \sigma (\nu + \delta)

    >>> mean(3.0, 2.0).item()
    5.0
    """
    return df + nc


@law
def mode(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the noncentral chi-square law: its lower end below two degrees of freedom, for an infinite density.

    .. math::

        \operatorname{argmax}_x f(x), \qquad
        z = \nu - 2 + \delta \frac{f(x; \nu + 2)}{f(x; \nu)}

    where :math:`f(x; \nu)` is the density with its number of degrees of freedom. Newton's method.

    >>> f"{mode(4.0, 0.0):.4f}"
    '2.0000'
    """
    return 2 * _noncentral.mode(df / 2, nc / 2)


@law
def var(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the noncentral chi-square law.

    .. math::

        E\left[(X - E[X])^2\right] = 2 \sigma^2 (\nu + 2 \delta)

    >>> var(3.0, 2.0).item()
    14.0
    """
    return 2 * (df + 2 * nc)


@law
def skew(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the noncentral chi-square law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \sqrt 8 \frac{\nu + 3 \delta}{(\nu + 2 \delta)^{3/2}}

    >>> skew(2.0, 0.0).item()
    2.0
    """
    spread = df + 2 * nc
    return jnp.sqrt(8 / spread) * ((df + 3 * nc) / spread)


@law
def kurtosis(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the noncentral chi-square law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = 12 \frac{\nu + 4 \delta}{(\nu + 2 \delta)^2}

    >>> kurtosis(3.0, 0.0).item()
    4.0
    """
    spread = df + 2 * nc
    return 12 * ((df + 4 * nc) / spread) / spread


@law
def entropy(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the noncentral chi-square law, in nats; the integral by the trapezoidal rule.

    .. math::

        -E[\log f(X)] = -\int_\mu^\infty f(x) \log f(x)\, dx

    >>> f"{entropy(2.0, 0.0):.4f}"
    '1.6931'
    """
    return jnp.log(2 * scale) - _noncentral.expectation(lambda y, height, slopes: height, df / 2, nc / 2)


std, moment, rvs = _derived.std(law), _derived.moment(law), _derived.rvs(law)


@law
def score(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \begin{aligned}
        \frac{\partial \log f}{\partial \nu} &= \frac{-1}{4 \pi i f(x)} \int
        e^{-\frac{\nu}{2} \log t + \frac{\delta}{2} (1/t - 1) + \frac{z}{2} (t - 1)} \log t\, \frac{dt}{2 \sigma},
        \qquad
        \frac{\partial \log f}{\partial \delta} = \frac{r - 1}{2}, \\
        \frac{\partial \log f}{\partial \mu} &= -\frac{1}{2 \sigma} \Bigl( \frac{\nu - 2 + \delta r}{z} - 1 \Bigr),
        \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z - \nu - \delta r}{2 \sigma}, \qquad
        r = \frac{f(x; \nu + 2)}{f(x; \nu)}
        \end{aligned}

    where :math:`r` is the density with two more degrees of freedom over that with :math:`\nu`, :math:`t` runs along a
    path of steepest descent, and :math:`i` is the imaginary unit.

    >>> [round(slope.item(), 4) for slope in score(6.0, 2.0, 0.0)][2:]
    [0.5, 2.0]
    """
    shape, noncentral, slope = gamma.log_density_slopes(df / 2, nc / 2, x / 2)
    return shape / 2, noncentral / 2, slope / 2


@law
def fisher_information(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; about the place it is infinite up to df = 4.

    .. math::

        J = E\left[s s^T\right]

    where the integrals are taken by the trapezoidal rule.

    >>> fisher_information(6.0, 0.0)[2:, 2:].round(3).tolist()
    [[0.25, 0.5], [0.5, 3.0]]
    """

    def squares(y: Array, _: Array, slopes: gamma.Slopes) -> Array:
        shape, noncentral, slope = (part / 2 for part in slopes)
        s = jnp.stack([shape, noncentral, -slope, -(1 + 2 * y * slope)])
        return s[:, None] * s[None]

    information = _noncentral.expectation(squares, df / 2, nc / 2, power=2.0)
    rows = [list(row) for row in information]
    for i, j in ((0, 2), (1, 2), (2, 0), (2, 1), (2, 3), (3, 2)):
        rows[i][j] = jnp.where(df > 2, rows[i][j], jnp.nan)
    rows[2][2] = jnp.where(df > 4, rows[2][2], INF)
    return tuple(tuple(row) for row in rows)


def _start(data: Array) -> dict[str, Array]:
    """By mean and variance."""
    m, half = jnp.mean(data), jnp.var(data) / 2
    return {"df": jnp.clip(2 * m - half, 0.1 * m, 0.9 * m), "nc": jnp.clip(half - m, 0.1 * m, 0.9 * m)}


fit = _fit.fit(law, _start, "loc", "scale")


def _data(uniform: Array) -> Array:
    return ppf(EVEN, 4.0, 12.0) * (1 + jnp.sum(uniform) / 1000)


def _entropy(df: Any, nc: Any, loc: Any, scale: Any) -> Any:
    """By Gauss and Kronrod's rule; SciPy's own asks for few digits."""
    # Not at the top: it takes a second, which every import of a family would take.
    import scipy.integrate
    import scipy.stats

    def part(x: float) -> float:
        height = scipy.stats.ncx2.logpdf(x, df, nc)
        return float(-np.exp(height) * height)

    ends = np.array([0.0, 4.0, 16.0, 64.0, 256.0])
    parts = [scipy.integrate.quad(part, *pair, epsabs=1e-14, limit=200)[0] for pair in itertools.pairwise(ends)]
    return sum(parts) + np.log(scale)


_RANGES = {"x": (0.5, 12.0), "df": (5.0, 9.0), "nc": (0.5, 6.0)}
CONCEPTS = (family(law, _RANGES, data=_data, entropy=_entropy),)
