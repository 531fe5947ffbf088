"""The F law: the quotient of two independent estimates of one variance."""

from typing import Any, NamedTuple

import jax.numpy as jnp
from jax import random
from jax.lax import stop_gradient
from jaxtyping import Array, Key

from mathml_jax._rounding import lost_in_difference, lost_in_product, product_in_parts
from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._degrees import own_information, shared_information, slopes
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import EVEN, family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.fundamentals._quotient import log_quotient
from mathml_jax.special._beta_quantile import beta_quantile
from mathml_jax.special._beta_tail import beta_tails
from mathml_jax.special._beta_weight import weight
from mathml_jax.special._rising import log_less_digamma

law = Law(
    __name__,
    title="F law",
    reference='Fisher, "On a distribution yielding the error functions of several well known statistics", 1924.',
    typical={"x": 1.5, "q": 0.25, "dfn": 4.0, "dfd": 9.0},
    parameters={
        "dfn": Parameter("n", "number of degrees of freedom above, positive"),
        "dfd": Parameter("m", "number of degrees of freedom below, positive"),
    },
    support=lambda dfn, dfd: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the F law.

    .. math::

        f(x) = \frac{u^{n / 2} (1 - u)^{m / 2}}{(x - \mu) B(\frac{n}{2}, \frac{m}{2})}, \qquad
        u = \frac{n z}{n z + m}

    where :math:`u` is between 0 and 1.

    >>> f"{pdf(0.0, 2.0, 9.0):.2f}"
    '1.00'
    """
    # At 0 as its tangent, so that the derivative in x is right there too.
    edge = jnp.where(dfn == 2, 1 - x * (1 + 2 / dfd), 4 * x * (1 + 2 / dfd))
    return jnp.where((x == 0) & ((dfn == 2) | (dfn == 4)), edge, jnp.exp(_log_density(x, dfn, dfd)))


@law
def logpdf(x: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \frac{n}{2} \log u + \frac{m}{2} \log(1 - u) - \log B\Bigl(\frac{n}{2}, \frac{m}{2}\Bigr)
        - \log(x - \mu), \qquad u = \frac{n z}{n z + m}

    where :math:`u` is between 0 and 1. Large terms that cancel are never formed, and the rounding of u is given back.

    >>> f"{logpdf(1.0, 1e8, 1e8):.6f}"
    '7.598255'
    """
    return jnp.where((x == 0) & (dfn == 2), -x * (1 + 2 / dfd), _log_density(x, dfn, dfd))


@law
def cdf(x: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = I_u\Bigl(\frac{n}{2}, \frac{m}{2}\Bigr), \qquad u = \frac{n z}{n z + m}

    where :math:`u` is between 0 and 1.

    >>> f"{cdf(1.0, 5.0, 5.0):.2f}"
    '0.50'
    """
    u, v, _ = _shares(x, dfn, dfd)
    return beta_tails(dfn / 2, dfd / 2, u, v).lower


@law
def sf(x: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x: the p-value of an analysis of variance.

    .. math::

        S(x) = I_v\Bigl(\frac{m}{2}, \frac{n}{2}\Bigr), \qquad v = \frac{m}{n z + m}

    where :math:`v` is between 0 and 1.
    """
    u, v, _ = _shares(x, dfn, dfd)
    return beta_tails(dfn / 2, dfd / 2, u, v).upper


@law
def logcdf(x: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows."""
    u, v, _ = _shares(x, dfn, dfd)
    return beta_tails(dfn / 2, dfd / 2, u, v).log_lower


@law
def logsf(x: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows.

    >>> f"{logsf(1e4, 4.0, 400.0):.4f}"
    '-917.7307'
    """
    u, v, _ = _shares(x, dfn, dfd)
    return beta_tails(dfn / 2, dfd / 2, u, v).log_upper


@law
def ppf(q: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    u, v = beta_quantile(dfn / 2, dfd / 2, q, 1 - q)
    return _from_shares(u, v, dfn, dfd)


@law
def isf(q: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    u, v = beta_quantile(dfn / 2, dfd / 2, 1 - q, q)
    return _from_shares(u, v, dfn, dfd)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the F law; inf up to two degrees of freedom below.

    .. math::

        E[X] = \mu + \sigma \frac{m}{m - 2} \;\text{ for } m > 2

    >>> mean(5.0, jnp.array([2.0, 4.0])).tolist()
    [inf, 2.0]
    """
    return _above(dfd, 2.0, lambda m: m / (m - 2), INF)


@law
def mode(dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the F law: its lower end up to two degrees of freedom above.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \sigma \max\Bigl( \frac{n - 2}{n}, 0 \Bigr) \frac{m}{m + 2}

    >>> mode(4.0, 2.0).item()
    0.25
    """
    return jnp.maximum(1 - 2 / dfn, 0.0) * (dfd / (dfd + 2))


@law
def var(dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the F law; inf up to four degrees of freedom below.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \frac{2 m^2 (n + m - 2)}{n (m - 2)^2 (m - 4)} \;\text{ for } m > 4

    >>> var(2.0, 6.0).item()
    6.75
    """
    return _above(dfd, 4.0, lambda m: 2 * (m / (m - 2)) ** 2 * (dfn + m - 2) / dfn / (m - 4), INF)


@law
def skew(dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the F law; NaN up to six degrees of freedom below.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{(2 n + m - 2) \sqrt{8 (m - 4)}}
        {(m - 6) \sqrt{n (n + m - 2)}} \;\text{ for } m > 6

    >>> f"{skew(2.0, 8.0):.4f}"
    '7.0711'
    """

    def value(m: Array) -> Array:
        return (2 * dfn + m - 2) * jnp.sqrt(8 * (m - 4)) / (m - 6) / jnp.sqrt(dfn * (dfn + m - 2))

    return _above(dfd, 6.0, value, jnp.nan)


@law
def kurtosis(dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the F law beyond that of a normal law; NaN up to eight degrees of freedom below.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3
        = 12 \frac{n (5 m - 22) (n + m - 2) + (m - 4) (m - 2)^2}{n (m - 6) (m - 8) (n + m - 2)} \;\text{ for } m > 8

    >>> f"{kurtosis(2.0, 10.0):.4f}"
    '70.8000'
    """

    def value(m: Array) -> Array:
        own = (m - 4) / (dfn + m - 2) * (m - 2) / dfn * (m - 2)
        return 12 * (5 * m - 22 + own) / (m - 6) / (m - 8)

    return _above(dfd, 8.0, value, jnp.nan)


@law
def entropy(dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the F law, in nats.

    .. math::

        -E[\log f(X)] = \log\Bigl( \sigma \frac{m}{n} B(a, b) \Bigr) + (1 - a) \psi(a) - (1 + b) \psi(b)
        + (a + b) \psi(a + b)

    where :math:`a = n / 2` and :math:`b = m / 2`.

    >>> f"{entropy(2.0, 2.0):.4f}"
    '2.0000'
    """
    # From the density at 1 on, so that the large terms are gone.
    a, b = dfn / 2, dfd / 2
    above, below, rest = log_less_digamma(a), log_less_digamma(b), log_less_digamma(a + b)
    return a * (above - rest) + b * (below - rest) + (below - above) - _log_density(jnp.ones_like(a), dfn, dfd)


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(
    key: Key[Array, ""], dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None
) -> Draws:
    r"""Random numbers from the F law: quotients of independent gamma ones.

    .. math::

        x = \mu + \sigma \frac{g / n}{h / m}

    where :math:`g` and :math:`h` are gamma variables of shapes :math:`n / 2` and :math:`m / 2`.

    >>> rvs(random.key(0), 4.0, 9.0, size=3).shape
    (3,)
    """
    halves = jnp.stack([dfn, dfd]) / 2
    above, below = random.gamma(key, halves, halves.shape, halves.dtype) / halves
    return above / below


@law
def score(x: Value, dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \begin{aligned}
        \frac{\partial \log f}{\partial n} &= \tfrac{1}{2} \bigl( \log u + \psi(a + b) - \psi(a) + 1
        - \tfrac{n + m}{n} u \bigr), \qquad
        \frac{\partial \log f}{\partial m} = \tfrac{1}{2} \bigl( \log v + \psi(a + b) - \psi(b) + 1
        - \tfrac{n + m}{m} v \bigr), \\
        \frac{\partial \log f}{\partial \mu} &= \frac{b u - a v + 1}{x - \mu}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{b u - a v}{\sigma}
        \end{aligned}

    where :math:`a = n / 2`, :math:`b = m / 2`, :math:`u = n z / (n z + m)` and :math:`v = m / (n z + m)`.

    >>> [round(slope.item(), 4) for slope in score(1.0, 2.0, 2.0)]
    [0.1534, 0.1534, 1.0, -0.0]
    """
    (u, v, _), a, b = _shares(x, dfn, dfd), dfn / 2, dfd / 2
    above, below, bend = slopes(x, u, v, a, b)
    at_zero = (x == 0) & (dfn == 2)
    return above, below, jnp.where(at_zero, -(1 + 2 / dfd), (bend - 1) / jnp.where(at_zero, 1.0, x))


@law
def fisher_information(dfn: Value, dfd: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; about the place it is infinite up to four df above.

    .. math::

        \begin{aligned}
        J_{nn} &= \tfrac{1}{4} \bigl( \psi'(a) - \psi'(s) - \tfrac{b (s + 2)}{a s (s + 1)} \bigr), \quad
        J_{mm} = \tfrac{1}{4} \bigl( \psi'(b) - \psi'(s) - \tfrac{a (s + 2)}{b s (s + 1)} \bigr), \quad
        J_{nm} = \tfrac{1}{4} \bigl( \tfrac{s + 2}{s (s + 1)} - \psi'(s) \bigr), \\
        J_{n\mu} &= \frac{(b + 1)(a + s)}{2 (a - 1) s (s + 1) \sigma}, \quad
        J_{m\mu} = \frac{a^2}{2 b s (s + 1) \sigma}, \quad
        J_{n\sigma} = \frac{b}{2 s (s + 1) \sigma}, \quad J_{m\sigma} = \frac{-a}{2 s (s + 1) \sigma}, \\
        J_{\mu\mu} &= \frac{a^2 (b + 1)(b + 3)}{b (a - 2)(s + 1) \sigma^2}, \quad
        J_{\mu\sigma} = \frac{a (b + 1)}{(s + 1) \sigma^2}, \quad J_{\sigma\sigma} = \frac{a b}{(s + 1) \sigma^2}
        \end{aligned}

    where :math:`a = n / 2`, :math:`b = m / 2` and :math:`s = a + b`.

    >>> fisher_information(8.0, 2.0)[2:, 3].round(2).tolist()
    [1.33, 0.67]
    """
    a, b = dfn / 2, dfd / 2
    s = a + b
    nn, nm, mm = own_information(a, b) / 4, shared_information(s) / 4, own_information(b, a) / 4
    unit = 1 / (2 * s * (s + 1))
    ns, ms, spread = b * unit, -a * unit, a * b / (s + 1)
    one = jnp.where(a > 1, a - 1, 1.0)
    np_ = jnp.where(a > 1, (b + 1) * (a + s) / one * unit, jnp.nan)
    mp = jnp.where(a > 1, a * a / b * unit, jnp.nan)
    both = jnp.where(a > 1, a * (b + 1) / (s + 1), jnp.nan)
    two = jnp.where(a > 2, a - 2, 1.0)
    place = jnp.where(a > 2, a * a * (b + 1) * (b + 3) / b / two / (s + 1), INF)
    return (nn, nm, np_, ns), (nm, mm, mp, ms), (np_, mp, place, both), (ns, ms, both, spread)


def _start(data: Array) -> dict[str, Array]:
    """By mean and variance where they exist."""
    m, v = jnp.mean(data), jnp.var(data)
    below = jnp.clip(2 * m / (m - 1), 4.5, 100.0)
    excess = v * (below - 2) ** 2 * (below - 4) / (2 * below**2) - 1
    return {"dfn": jnp.clip((below - 2) / excess, 0.5, 100.0), "dfd": below}


fit = _fit.fit(law, _start, "loc", "scale")


class _Shares(NamedTuple):
    """u = n x / (n x + m) and v = 1 - u, and what rounding took from u."""

    u: Array
    v: Array
    lost: Array


def _shares(x: Array, n: Array, m: Array) -> _Shares:
    # By a power of two, so that nothing overflows and nothing is rounded.
    unit = stop_gradient(jnp.ldexp(jnp.ones_like(x), -jnp.maximum(jnp.frexp(x)[1], 0)))
    above, rest = product_in_parts(n, x * unit)
    below = m * unit
    total = above + below
    u, v = above / total, below / total
    near = above < below
    z = jnp.where(near, u, v)
    product = z * total
    left = (jnp.where(near, above, below) - product) - lost_in_product(z, total, product)
    lost = rest + lost_in_difference(above, -below, total)
    left = left + (jnp.where(near, rest, 0.0) - z * lost)
    return _Shares(u, v, stop_gradient(jnp.where(near, left, -left) / total))


def _log_density(x: Array, n: Array, m: Array) -> Array:
    """The logarithm of the standard density."""
    inside = x > 0
    y, a, b = jnp.where(inside, x, 1.0), n / 2, m / 2
    u, v, lost = _shares(y, n, m)
    (high, low), height = weight(a, b, u, v)
    more, rest = log_quotient(height * a, y)
    total = high + more
    low = low + rest + lost_in_difference(high, -more, total) + (a * (lost / u) - b * (lost / v))
    edge = jnp.where(n < 2, INF, jnp.where(n == 2, jnp.zeros_like(x), -INF))
    return jnp.where(inside, total + low, edge)


def _from_shares(u: Array, v: Array, n: Array, m: Array) -> Array:
    return jnp.where(v == 0, INF, m / n * (u / jnp.where(v == 0, 1.0, v)))


def _above(m: Array, bound: float, value: Any, otherwise: float) -> Array:
    """The value where m is above the bound."""
    return jnp.where(m > bound, value(jnp.where(m > bound, m, bound + 1)), otherwise)


def _data(uniform: Array) -> Array:
    return ppf(EVEN, 4.0, 9.0) * (1 + jnp.sum(uniform) / 100)


CONCEPTS = (family(law, {"x": (0.2, 4.0), "dfn": (4.5, 9.0), "dfd": (9.0, 20.0)}, data=_data),)
