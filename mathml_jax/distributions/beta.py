"""The beta law: what is known about a probability after so many successes and failures."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._slopes import trigamma, trigamma_drop
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._beta_tail import beta_density, log_beta_density
from mathml_jax.special._rising import digamma_rise, log_less_digamma
from mathml_jax.special._stirling import log1pmx
from mathml_jax.special.incomplete_beta import betainc, betaincc, log_betainc, log_betaincc
from mathml_jax.special.incomplete_beta_inverse import betainccinv, betaincinv

law = Law(
    __name__,
    title="beta law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 25.',
    typical={"x": 0.4, "q": 0.25, "a": 2.0, "b": 3.0},
    parameters={"a": Parameter("a", "first shape, positive"), "b": Parameter("b", "second shape, positive")},
    support=lambda a, b: (0.0, 1.0),
)
Parameters = law.Parameters


@law
def pdf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the beta law.

    .. math::

        f(x) = \frac{z^{a - 1} (1 - z)^{b - 1}}{\sigma B(a, b)}

    >>> f"{pdf(0.5, 2.0, 2.0):.2f}"
    '1.50'
    """
    value = beta_density(a, b, x, 1 - x)
    # At the ends as its tangent, so that the derivative in x is right there too.
    for end, p, q in ((x, a, b), (1 - x, b, a)):
        value = jnp.where((end == 0) & (p == 1), q - q * (q - 1) * end, value)
        value = jnp.where((end == 0) & (p == 2), q * (q + 1) * end, value)
    return value


@law
def logpdf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = (a - 1) \log z + (b - 1) \log(1 - z) - \log B(a, b) - \log \sigma

    where large terms that cancel are never formed: they stand as Stirling's remainders and the deviance of x from the
    mean.

    >>> f"{logpdf(0.5, 1e8, 1e8):.6f}"
    '9.331123'
    """
    value = log_beta_density(a, b, x, 1 - x)
    for end, p, q in ((x, a, b), (1 - x, b, a)):
        value = jnp.where((end == 0) & (p == 1), jnp.log(q) - (q - 1) * end, value)
    return value


@law
def cdf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = I_z(a, b)

    >>> f"{cdf(0.5, 2.0, 3.0):.4f}"
    '0.6875'
    """
    return betainc(a, b, x)


@law
def sf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = I_{1 - z}(b, a)
    """
    return betaincc(a, b, x)


@law
def logcdf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows.

    .. math::

        \log F(x) = \log I_z(a, b)

    >>> f"{logcdf(0.01, 500.0, 3.0):.4f}"
    '-2290.8631'
    """
    return log_betainc(a, b, x)


@law
def logsf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    .. math::

        \log S(x) = \log I_{1 - z}(b, a)
    """
    return log_betaincc(a, b, x)


@law
def ppf(q: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return betaincinv(a, b, q)


@law
def isf(q: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return betainccinv(a, b, q)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the beta law.

    .. math::

        E[X] = \mu + \sigma \frac{a}{a + b}

    >>> mean(1.0, 3.0).item()
    0.25
    """
    return a / (a + b)


@law
def mode(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the beta law: an end where one shape is at most one, NaN where that leaves several.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \sigma \frac{a - 1}{a + b - 2}

    >>> mode(2.0, jnp.array([4.0, 0.5])).tolist()
    [0.25, 1.0]
    """
    inner = (a > 1) & (b > 1)
    peak = (a - 1) / jnp.where(inner, a + b - 2, 1.0)
    falls, rises = (a <= 1) & (b >= 1) & (a < b), (a >= 1) & (b <= 1) & (a > b)
    return jnp.where(inner, peak, jnp.where(falls, 0.0, jnp.where(rises, jnp.ones_like(peak), jnp.nan)))


@law
def var(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the beta law.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \frac{a b}{(a + b)^2 (a + b + 1)}

    >>> var(1.0, 1.0, 0.0, 12.0).item()
    12.0
    """
    total = a + b
    return (a / total) * (b / total) / (total + 1)


@law
def skew(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the beta law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{2 (b - a) \sqrt{a + b + 1}}{(a + b + 2) \sqrt{a b}}

    >>> skew(2.0, 2.0).item()
    0.0
    """
    total = a + b
    return 2 * (b - a) * jnp.sqrt(total + 1) / ((total + 2) * jnp.sqrt(a) * jnp.sqrt(b))


@law
def kurtosis(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the beta law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = 6 \frac{(a - b)^2 (a + b + 1) - a b (a + b + 2)}
        {a b (a + b + 2) (a + b + 3)}

    >>> f"{kurtosis(1.0, 1.0):.4f}"
    '-1.2000'
    """
    total = a + b
    return 6 * (((a - b) / a) * ((a - b) / b) * (total + 1) / (total + 2) - 1) / (total + 3)


@law
def entropy(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the beta law, in nats.

    .. math::

        -E[\log f(X)] = \log\bigl( \sigma B(a, b) \bigr) + (a - 1) \bigl( \psi(a + b) - \psi(a) \bigr)
        + (b - 1) \bigl( \psi(a + b) - \psi(b) \bigr)

    >>> bool(abs(entropy(1.0, 1.0)) < 1e-6)
    True
    """
    # From the density at the mean on, so that the large terms are gone.
    total = a + b
    rest = log_less_digamma(total)
    beyond = (a - 1) * (log_less_digamma(a) - rest) + (b - 1) * (log_less_digamma(b) - rest)
    return beyond - log_beta_density(a, b, a / total, b / total)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the beta law: the share of one gamma number in the sum of two.

    .. math::

        x = \mu + \sigma \frac{g}{g + h}

    where :math:`g` and :math:`h` are gamma variables of shapes a and b.

    >>> rvs(random.key(0), 2.0, 3.0, size=3).shape
    (3,)
    """
    return random.beta(key, a, b, a.shape, a.dtype)


@law
def score(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \begin{aligned}
        \frac{\partial \log f}{\partial a} &= \log z + \psi(a + b) - \psi(a), \qquad
        \frac{\partial \log f}{\partial b} = \log(1 - z) + \psi(a + b) - \psi(b), \\
        \frac{\partial \log f}{\partial \mu} &= -\frac{g}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = -\frac{1 + z g}{\sigma}, \qquad
        g = \frac{a - 1}{z} - \frac{b - 1}{1 - z}
        \end{aligned}

    where :math:`g` is the slope of the standard density's logarithm.

    >>> [round(slope.item(), 4) for slope in score(0.5, 1.0, 1.0)]
    [0.3069, 0.3069, -0.0, -1.0]
    """
    low = (a - 1) / jnp.where((x == 0) & (a == 1), 1.0, x)
    high = (b - 1) / jnp.where((x == 1) & (b == 1), 1.0, 1 - x)
    return jnp.log(x) + digamma_rise(a, b), log1pmx(-x) - x + digamma_rise(b, a), low - high


@law
def fisher_information(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; about place and scale it is infinite for shapes up to two.

    .. math::

        \begin{aligned}
        J_{aa} &= \psi'(a) - \psi'(s), \quad J_{ab} = -\psi'(s), \quad J_{bb} = \psi'(b) - \psi'(s), \\
        J_{a\mu} &= \frac{s - 1}{(a - 1) \sigma}, \quad J_{b\mu} = -\frac{s - 1}{(b - 1) \sigma}, \quad
        J_{a\sigma} = \frac{1}{\sigma}, \quad J_{b\sigma} = -\frac{a}{(b - 1) \sigma}, \\
        J_{\mu\mu} &= \frac{(s - 1)(s - 2)(s - 4)}{(a - 2)(b - 2) \sigma^2}, \quad
        J_{\mu\sigma} = \frac{(s - 1)(s - 2)}{(b - 2) \sigma^2}, \quad
        J_{\sigma\sigma} = \frac{a (s - 1)}{(b - 2) \sigma^2}
        \end{aligned}

    where :math:`s = a + b`.

    >>> fisher_information(3.0, 3.0)[2].tolist()
    [2.5, -2.5, 40.0, 20.0]
    """
    s = a + b
    places, scales = (a > 2) & (b > 2), b > 2
    p, q = jnp.where(a > 2, a - 2, 1.0), jnp.where(b > 2, b - 2, 1.0)
    place = jnp.where(places, (s - 1) * (s - 2) * (s - 4) / (p * q), INF)
    both = jnp.where(places, (s - 1) * (s - 2) / q, jnp.nan)
    spread = jnp.where(scales, a * (s - 1) / q, INF)
    ap = jnp.where(places, (s - 1) / (p + 1), jnp.nan)
    bp = jnp.where(places, -(s - 1) / (q + 1), jnp.nan)
    ab, one, bs = -trigamma(s), jnp.ones_like(a), jnp.where(scales, -a / (q + 1), jnp.nan)
    aa, bb = trigamma_drop(a, b), trigamma_drop(b, a)
    return (aa, ab, ap, one), (ab, bb, bp, bs), (ap, bp, place, both), (one, bs, both, spread)


def _start(data: Array) -> dict[str, Array]:
    """By mean and variance."""
    m, v = jnp.mean(data), jnp.var(data)
    total = jnp.maximum(m * (1 - m) / v - 1, 1e-2)
    return {"a": m * total, "b": (1 - m) * total}


fit = _fit.fit(law, _start, "loc", "scale")

CONCEPTS = (family(law, {"x": (0.05, 0.95), "a": (2.2, 6.0), "b": (2.2, 6.0)}),)
