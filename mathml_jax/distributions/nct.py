"""The noncentral t law: a shifted normal number over the root of an independent chi-square one."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Draws, Law, Result, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special import _noncentral_t_edges as special
from mathml_jax.special import _noncentral_t_law as noncentral
from mathml_jax.special._student_tail import log_gammas

law = Law(
    __name__,
    title="noncentral t law",
    reference='Johnson and Welch, "Applications of the non-central t-distribution", 1940.',
    typical={"x": 1.5, "q": 0.25, "df": 5.0, "nc": 1.0},
    parameters={
        "df": Parameter(r"\nu", "number of degrees of freedom, positive, inf for the normal law"),
        "nc": Parameter(r"\delta", "noncentrality, 0 for Student's law", lambda value: jnp.isfinite(value), "none"),
    },
)
Parameters = law.Parameters


@law
def pdf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the noncentral t law.

    .. math::

        f(x) = \frac{1}{\sigma} \int_0^\infty s\, \varphi(z s - \delta)\, g_\nu(s)\, ds

    where :math:`g_\nu` is the density of :math:`s`, the root of chi-square over its degrees of freedom.

    >>> f"{pdf(0.0, 1.0, 0.0):.4f}"
    '0.3183'
    """
    return jnp.exp(_log_density(x, df, nc))


@law
def logpdf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \int_0^\infty s\, \varphi(z s - \delta)\, g_\nu(s)\, ds - \log \sigma

    where :math:`g_\nu` is the density of :math:`s`, the root of chi-square over its degrees of freedom. Gauss's rule
    starts from the peak of the integrand, about which nothing cancels.
    """
    return _log_density(x, df, nc)


@law
def cdf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \int_0^\infty \Phi(z s - \delta)\, g_\nu(s)\, ds

    where :math:`g_\nu` is the density of :math:`s`, the root of chi-square over its degrees of freedom.

    >>> f"{cdf(1.0, 1.0, 0.0):.2f}"
    '0.75'
    """
    return special.tails(df, nc, x).lower


@law
def sf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x: the power of a one-sided t-test whose critical value is x.

    .. math::

        S(x) = \int_0^\infty \Phi(\delta - z s)\, g_\nu(s)\, ds

    where :math:`g_\nu` is the density of :math:`s`, the root of chi-square over its degrees of freedom.

    >>> f"{sf(1.7291, 19.0, 2.0):.3f}"
    '0.611'
    """
    return special.tails(df, nc, x).upper


@law
def logcdf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    return special.tails(df, nc, x).log_lower


@law
def logsf(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    >>> f"{logsf(1e100, 5.0, 0.0):.3f}"
    '-1149.042'
    """
    return special.tails(df, nc, x).log_upper


@law
def ppf(q: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return special.quantile(df, nc, q, 1 - q)


@law
def isf(q: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return special.quantile(df, nc, 1 - q, q)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the noncentral t law; NaN where there is none, from one degree of freedom down.

    .. math::

        E[X] = \mu + \sigma c \delta, \qquad
        c = \sqrt{\frac{\nu}{2}} \frac{\Gamma(\frac{\nu - 1}{2})}{\Gamma(\frac{\nu}{2})} \;\text{ for } \nu > 1

    where :math:`c` is the mean of one over s.

    >>> f"{mean(5.0, 1.0):.4f}"
    '1.1894'
    """
    return jnp.where(df > 1, _centre(df, nc), jnp.nan)


@law
def var(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the noncentral t law; inf up to two degrees of freedom, NaN up to one.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \Bigl( \frac{\nu (1 + \delta^2)}{\nu - 2} - c^2 \delta^2 \Bigr),
        \qquad c = \sqrt{\frac{\nu}{2}} \frac{\Gamma(\frac{\nu - 1}{2})}{\Gamma(\frac{\nu}{2})}
        \;\text{ for } \nu > 2

    where :math:`c` is the mean of one over s. Of the two squares of :math:`\delta` the difference of the factors is
    taken as one function.

    >>> f"{var(4.0, 0.0):.4f}"
    '2.0000'
    """
    return _above(df, 2.0, _variance(_least(df, 2.0), nc), 1.0)


@law
def skew(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the noncentral t law; NaN up to three degrees of freedom.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{c \delta}{v^{3/2}}
        \Bigl( \frac{3 \nu}{(\nu - 2)(\nu - 3)} + \delta^2 w \Bigr), \qquad
        w = \frac{\nu}{(\nu - 2)(\nu - 3)} - 2 u \;\text{ for } \nu > 3

    where :math:`v` is the variance of the standard law, and of one over s :math:`c` is the mean, :math:`u` the variance
    and :math:`c w` the third central moment.

    >>> f"{skew(5.0, 0.0):.4f}"
    '0.0000'
    """
    n = _least(df, 3.0)
    third = _centre(n, nc) * (3 * (n / (n - 2)) / (n - 3) + nc * nc * _third(n))
    return jnp.where(df > 3, third / _variance(n, nc) ** 1.5, jnp.nan)


@law
def kurtosis(df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the noncentral t law beyond that of a normal law; NaN up to four degrees of freedom.

    .. math::

        \begin{aligned}
        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 &= \frac{1}{v^2} \Bigl( \frac{6 g^2}{\nu - 4}
        + 6 \delta^2 (k + 2 c^2 w - u^2) + \delta^4 (k - 3 u^2) \Bigr) \;\text{ for } \nu > 4 \\
        k &= \frac{4 \nu u}{\nu - 3} - \frac{2 (\nu - 5) g^2}{(\nu - 3)(\nu - 4)} - 3 u^2, \qquad
        g = \frac{\nu}{\nu - 2}
        \end{aligned}

    where :math:`v` is the variance of the standard law; of one over s, :math:`c` is the mean, :math:`u` the variance,
    :math:`g = c^2 + u` the mean square, :math:`c w` the third and :math:`k` the fourth central moment.

    >>> f"{kurtosis(7.0, 0.0):.4f}"
    '2.0000'
    """
    n = _least(df, 4.0)
    square, u, g = nc * nc, _spread(n), n / (n - 2)
    fourth = 4 * n / (n - 3) * u - 2 * g * g * ((n - 5) / (n - 3)) / (n - 4) - 3 * u * u
    mixed = fourth + 2 * (g - u) * _third(n) - u * u
    excess = 6 * g * g / (n - 4) + square * (6 * mixed + square * (fourth - 3 * u * u))
    return jnp.where(df > 4, excess / _variance(n, nc) ** 2, jnp.nan)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the noncentral t law: shifted normal ones over the roots of independent gamma ones.

    .. math::

        x = \mu + \sigma \frac{u + \delta}{\sqrt{2 g / \nu}}

    where :math:`u` is normal and :math:`g` a gamma variable of shape :math:`\nu / 2`.

    >>> rvs(random.key(0), 5.0, 1.0, size=3).shape
    (3,)
    """
    normal, shape = random.split(key)
    half = noncentral.bounded(df, df)[0] / 2
    above = random.normal(normal, df.shape, df.dtype) + nc
    return above / jnp.sqrt(random.gamma(shape, half, df.shape, df.dtype) / half)


@law
def score(x: Value, df: Value, nc: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters: means of what depends on s, given the observation.

    .. math::

        \begin{aligned}
        \frac{\partial \log f}{\partial \nu} &= \frac{1}{2} \Bigl( \log \frac{\nu}{2}
        - \psi\bigl(\tfrac{\nu}{2}\bigr) + E\left[\log s^2 - s^2 + 1 \,|\, z\right] \Bigr), \\
        \frac{\partial \log f}{\partial \delta} &= E[z s - \delta \,|\, z], \\
        \frac{\partial \log f}{\partial \mu} &= \frac{w}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z w - 1}{\sigma}, \qquad w = E[s (z s - \delta) \,|\, z]
        \end{aligned}

    where :math:`s`, the root of chi-square over its degrees of freedom, has the density that the observation leaves
    it, and :math:`w` is the pull of the observation.

    >>> [round(abs(slope.item()), 4) for slope in score(0.0, 5.0, 1.0)]
    [0.0098, 1.0, 1.0509, 1.0]
    """
    n, t = noncentral.bounded(df, x)
    slopes = noncentral.density_slopes(n, nc, t, jnp.ones_like(t))
    return slopes.df, slopes.nc, slopes.t


def _start(data: Array) -> dict[str, Array]:
    """By the median, and as if there were five degrees of freedom."""
    return {"df": jnp.asarray(5.0, data.dtype), "nc": jnp.median(data)}


fit = _fit.fit(law, _start, "loc", "scale")


def _log_density(x: Array, df: Array, nc: Array) -> Array:
    n, t = noncentral.bounded(df, x)
    return noncentral.log_density(n, nc, t, jnp.ones_like(t))


def _centre(df: Array, nc: Array) -> Array:
    n = jnp.where(df > 1, noncentral.bounded(df, df)[0], 2.0)
    return nc * jnp.sqrt(n / (n - 1)) * jnp.exp(-log_gammas(2 / (n - 1)))


def _variance(df: Array, nc: Array) -> Array:
    """For df > 2 and finite."""
    return df / (df - 2) + nc * nc * _spread(df)


def _spread(df: Array) -> Array:
    """The variance of one over s, for df > 2: the square of its mean is nu / (nu - 2) times an exponential."""
    return -df / (df - 2) * jnp.expm1(2 * log_gammas(2 / (df - 2)))


def _third(df: Array) -> Array:
    """Its third central moment over its mean, for df > 3."""
    return df / (df - 2) / (df - 3) - 2 * _spread(df)


def _least(df: Array, bound: float) -> Array:
    return jnp.where(df > bound, noncentral.bounded(df, df)[0], 2 * bound)


def _above(df: Array, bound: float, value: Array, least: float) -> Array:
    """The value above the bound, inf down to the least, NaN from there."""
    return jnp.where(df > bound, value, jnp.where(df > least, jnp.full_like(df, INF), jnp.nan))


_DATA = (-0.5, 0.4, 0.9, 1.3, 1.7, 2.2, 3.0, 6.0)

CONCEPTS = (
    family(
        law,
        {"x": (-1.0, 3.0), "df": (4.5, 9.0), "nc": (0.5, 2.0)},
        data=lambda u: jnp.asarray(_DATA, u.dtype) + u / 10,
    ),
)
