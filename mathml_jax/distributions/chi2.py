"""The chi-square law: the sum of the squares of independent standard normal numbers, a gamma law of scale two."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit, gamma
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter

law = Law(
    __name__,
    title="chi-square law",
    reference='Pearson, "On the criterion that a given system of deviations from the probable ...", 1900.',
    typical={"x": 1.5, "q": 0.25, "df": 3.0},
    parameters={"df": Parameter(r"\nu", "number of degrees of freedom, positive")},
    support=lambda df: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the chi-square law.

    .. math::

        f(x) = \frac{(z / 2)^{\nu / 2 - 1} e^{-z / 2}}{2 \sigma \Gamma(\nu / 2)}

    >>> f"{pdf(0.0, 2.0):.2f}"
    '0.50'
    """
    return gamma.pdf(x, df / 2, loc, 2 * scale)


@law
def logpdf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \Bigl(\frac{\nu}{2} - 1\Bigr) \log\frac{z}{2} - \frac{z}{2} - \log\Gamma\Bigl(\frac{\nu}{2}\Bigr)
        - \log(2 \sigma)
    """
    return gamma.logpdf(x, df / 2, loc, 2 * scale)


@law
def cdf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = P\Bigl(\frac{\nu}{2}, \frac{z}{2}\Bigr)

    >>> f"{cdf(3.8414588, 1.0):.4f}"
    '0.9500'
    """
    return gamma.cdf(x, df / 2, loc, 2 * scale)


@law
def sf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x: the p-value of a chi-square test.

    .. math::

        S(x) = Q\Bigl(\frac{\nu}{2}, \frac{z}{2}\Bigr)
    """
    return gamma.sf(x, df / 2, loc, 2 * scale)


@law
def logcdf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows.

    .. math::

        \log F(x) = \log P\Bigl(\frac{\nu}{2}, \frac{z}{2}\Bigr)
    """
    return gamma.logcdf(x, df / 2, loc, 2 * scale)


@law
def logsf(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    .. math::

        \log S(x) = \log Q\Bigl(\frac{\nu}{2}, \frac{z}{2}\Bigr)

    >>> f"{logsf(2000.0, 1.0):.4f}"
    '-1004.0267'
    """
    return gamma.logsf(x, df / 2, loc, 2 * scale)


@law
def ppf(q: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return gamma.ppf(q, df / 2, loc, 2 * scale)


@law
def isf(q: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return gamma.isf(q, df / 2, loc, 2 * scale)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the chi-square law.

    .. math::

        E[X] = \mu + \sigma \nu

    >>> mean(3.0, 1.0, 2.0).item()
    7.0
    """
    return df


@law
def mode(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the chi-square law: its lower end up to two degrees of freedom.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \sigma \max(\nu - 2, 0)

    >>> mode(3.0).item()
    1.0
    """
    return jnp.maximum(df - 2, 0.0)


@law
def var(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the chi-square law.

    .. math::

        E\left[(X - E[X])^2\right] = 2 \sigma^2 \nu

    >>> var(3.0).item()
    6.0
    """
    return 2 * df


@law
def skew(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the chi-square law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \sqrt{\frac{8}{\nu}}

    >>> skew(2.0).item()
    2.0
    """
    return jnp.sqrt(8 / df)


@law
def kurtosis(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the chi-square law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = \frac{12}{\nu}

    >>> kurtosis(3.0).item()
    4.0
    """
    return 12 / df


@law
def entropy(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the chi-square law, in nats.

    .. math::

        -E[\log f(X)] = \frac{\nu}{2} + \log\Bigl( 2 \sigma \Gamma\Bigl(\frac{\nu}{2}\Bigr) \Bigr)
        + \Bigl( 1 - \frac{\nu}{2} \Bigr) \psi\Bigl(\frac{\nu}{2}\Bigr)

    >>> f"{entropy(2.0):.4f}"
    '1.6931'
    """
    return gamma.entropy(df / 2, loc, 2 * scale)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], df: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the chi-square law: gamma ones of shape half the degrees of freedom, times two.

    .. math::

        x = \mu + 2 \sigma g

    where :math:`g` is a gamma variable of shape :math:`\nu / 2`.

    >>> rvs(random.key(0), 3.0, size=3).shape
    (3,)
    """
    return 2 * random.gamma(key, df / 2, df.shape, df.dtype)


@law
def score(x: Value, df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial \nu} = \frac{1}{2} \Bigl( \log\frac{z}{2}
        - \psi\Bigl(\frac{\nu}{2}\Bigr) \Bigr), \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{1}{2 \sigma} \Bigl( 1 - \frac{\nu - 2}{z} \Bigr), \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z - \nu}{2 \sigma}

    >>> [round(slope.item(), 4) for slope in score(6.0, 2.0)]
    [0.8379, 0.5, 2.0]
    """
    slopes = gamma.score(x, df / 2, loc, 2 * scale)
    return slopes.a / 2, -slopes.loc


@law
def fisher_information(df: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; about the place it is infinite up to df = 4.

    .. math::

        J = \begin{pmatrix} \frac{1}{4} \psi'(\frac{\nu}{2}) & \frac{1}{2 (\nu - 2) \sigma} & \frac{1}{2 \sigma} \\
        \frac{1}{2 (\nu - 2) \sigma} & \frac{1}{2 (\nu - 4) \sigma^2} & \frac{1}{2 \sigma^2} \\
        \frac{1}{2 \sigma} & \frac{1}{2 \sigma^2} & \frac{\nu}{2 \sigma^2} \end{pmatrix}

    >>> fisher_information(6.0)[1:].tolist()
    [[0.125, 0.25, 0.5], [0.5, 0.5, 3.0]]
    """
    information = gamma.fisher_information(df / 2, loc, 2 * scale)
    factors = (0.5, 1.0, 2.0)
    return tuple(tuple(information[..., i, j] * a * b for j, b in enumerate(factors)) for i, a in enumerate(factors))


def _start(data: Array) -> dict[str, Array]:
    return {"df": jnp.mean(data)}


fit = _fit.fit(law, _start, "loc", "scale")

CONCEPTS = (family(law, {"x": (0.2, 10.0), "df": (4.1, 9.0)}),)
