"""The Weibull law: the life of what fails at its weakest part."""

import math

import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived, _fit
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._tails import GONE, log_complement, minus_log, minus_log1m
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.distributions._weibull_moments import log_mean, shape_of_moments
from mathml_jax.special.gamma import digamma, gammaln

law = Law(
    __name__,
    title="Weibull law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 21.',
    typical={"x": 1.5, "q": 0.25, "c": 1.8},
    parameters={"c": Parameter("k", "shape, positive")},
    support=lambda c: (0.0, INF),
)
Parameters = law.Parameters


@law
def pdf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the Weibull law.

    .. math::

        f(x) = \frac{k}{\sigma} z^{k - 1} e^{-z^k}

    >>> pdf(0.0, 1.0).item()
    1.0
    """
    near, power = _power(x, c)
    even = (near == 0) & (c == 1)
    # The height between two halves: no product on the way underflows unless the density does.
    half = jnp.exp(-power / 2)
    return (half * (c * jnp.where(even, 1.0, near) ** (c - 1))) * half


@law
def logpdf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log \frac{k}{\sigma} + (k - 1) \log z - z^k
    """
    even = (x == 0) & (c == 1)
    return jnp.log(c) + (c - 1) * jnp.log(jnp.where(even, 1.0, x)) - x**c


@law
def cdf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = 1 - e^{-z^k}
    """
    return -jnp.expm1(-_power(x, c)[1])


@law
def sf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = e^{-z^k}
    """
    return jnp.exp(-_power(x, c)[1])


@law
def logcdf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log\left(1 - e^{-z^k}\right)

    >>> f"{logcdf(1e-300, 3.0):.3f}"
    '-2072.327'
    """
    # At 0 the logarithm alone: the power may be infinitely steep there.
    nothing = x == 0
    inner = jnp.where(nothing, 1.0, x)
    return jnp.where(nothing, c * jnp.log(x), log_complement(_power(inner, c)[1], c * jnp.log(inner)))


@law
def logsf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = -z^k

    >>> logsf(50.0, 2.0).item()
    -2500.0
    """
    return -(x**c)


@law
def ppf(q: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma \left(-\log(1 - q)\right)^{1/k}
    """
    return _root(minus_log1m(q), c)


@law
def isf(q: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu + \sigma \left(-\log q\right)^{1/k}
    """
    return _root(minus_log(q), c)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the Weibull law.

    .. math::

        E[X] = \mu + \sigma \Gamma\left(1 + \tfrac1k\right)

    >>> round(mean(0.5).item(), 5)
    2.0
    """
    return jnp.exp(log_mean(1 / c))


@law
def mode(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the Weibull law.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \sigma \left(1 - \tfrac1k\right)^{1/k}

    for :math:`k > 1`; otherwise the lower end :math:`\mu`.

    >>> f"{mode(2.0):.4f}"
    '0.7071'
    """
    inner = c > 1
    shape = jnp.where(inner, c, 2.0)
    return jnp.where(inner, (1 - 1 / shape) ** (1 / shape), 0.0)


@law
def var(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the Weibull law.

    .. math::

        E\left[(X - E[X])^2\right] =
        \sigma^2 \left( \Gamma\left(1 + \tfrac2k\right) - \Gamma\left(1 + \tfrac1k\right)^2 \right)

    >>> round(var(0.5).item(), 4)
    20.0
    """
    return jnp.exp(log_mean(1 / c)) ** 2 * shape_of_moments(1 / c)[0]


@law
def skew(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the Weibull law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} =
        \frac{\Gamma_3 - 3 \Gamma_2 \Gamma_1 + 2 \Gamma_1^3}{(\Gamma_2 - \Gamma_1^2)^{3/2}}

    where :math:`\Gamma_n` is :math:`\Gamma(1 + n / k)`, with :math:`k` the shape `c`.

    >>> round(skew(1.0).item(), 4)
    2.0
    """
    return shape_of_moments(1 / c)[1]


@law
def kurtosis(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the Weibull law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 =
        \frac{\Gamma_4 - 4 \Gamma_3 \Gamma_1 + 6 \Gamma_2 \Gamma_1^2 - 3 \Gamma_1^4}{(\Gamma_2 - \Gamma_1^2)^2} - 3

    where :math:`\Gamma_n` is :math:`\Gamma(1 + n / k)`, with :math:`k` the shape `c`.

    >>> round(kurtosis(1.0).item(), 4)
    6.0
    """
    return shape_of_moments(1 / c)[2]


@law
def entropy(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the Weibull law, in nats.

    .. math::

        -E[\log f(X)] = \gamma \left(1 - \tfrac1k\right) + \log \frac{\sigma}{k} + 1

    >>> entropy(1.0).item()
    1.0
    """
    return np.euler_gamma * (1 - 1 / c) - jnp.log(c) + 1


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], c: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the Weibull law.

    .. math::

        x = \mu + \sigma \left(-\log U\right)^{1/k}
    """
    return random.exponential(key, c.shape, c.dtype) ** (1 / c)


@law
def score(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial k} = \frac1k + (1 - z^k) \log z, \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{k z^k - k + 1}{\sigma z}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{k (z^k - 1)}{\sigma}

    >>> [slope.item() for slope in score(1.0, 2.0)]
    [0.5, 1.0, -0.0]
    """
    power = x**c
    return 1 / c + (1 - power) * jnp.log(x), ((c - 1) - c * power) / x


@law
def fisher_information(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = E\left[s s^T\right] = \begin{pmatrix} \frac{\pi^2 / 6 + (1 - \gamma)^2}{k^2} &
        -\frac{\Gamma(2 - 1/k) (1 + \psi(1 - 1/k))}{\sigma} & \frac{\gamma - 1}{\sigma} \\
        \cdot & \frac{(k - 1)^2 \Gamma(1 - 2/k)}{\sigma^2} & \frac{k^2 \Gamma(2 - 1/k)}{\sigma^2} \\
        \cdot & \cdot & \frac{k^2}{\sigma^2} \end{pmatrix}

    a symmetric matrix. The entry of :math:`\mu` is infinite for :math:`k \le 2`, where few observations at the lower
    end tell nearly all about it.

    >>> [round(entry, 3) for entry in fisher_information(3.0).diagonal().tolist()]
    [0.203, 10.716, 9.0]
    """
    shape = (math.pi**2 / 6 + (1 - np.euler_gamma) ** 2) / c / c
    mixed = (np.euler_gamma - 1) * scale
    wide, steep = c > 2, c > 1
    safe, high = jnp.where(wide, c, 3.0), jnp.where(steep, c, 3.0)
    curved = jnp.where(wide, (safe - 1) ** 2 * jnp.exp(gammaln(1 - 2 / safe)), jnp.where(c == 1, jnp.ones_like(c), INF))
    gamma = jnp.exp(gammaln(2 - 1 / high))
    edge = jnp.where(c == 1, jnp.zeros_like(c), -INF)
    leaning = jnp.where(steep, -gamma * (1 + digamma(1 - 1 / high)), edge)
    stretched = jnp.where(steep, high**2 * gamma, edge)
    return (shape, leaning, mixed), (leaning, curved, stretched), (mixed, stretched, c * c)


def _start(x: Array) -> dict[str, Array]:
    y = jnp.log(x)
    c = math.pi / math.sqrt(6) / jnp.std(y)
    return {"c": c, "scale": jnp.exp(jnp.mean(y) + np.euler_gamma / c)}


fit = _fit.fit(law, _start, "loc")


def _power(x: Array, c: Array) -> tuple[Array, Array]:
    """The number and its power; 1 and `GONE` where the power is so large that nothing is left of the tail."""
    gone = c * jnp.log(x) > math.log(GONE)
    near = jnp.where(gone, 1.0, x)
    return near, jnp.where(gone, GONE, near**c)


def _root(t: Array, c: Array) -> Array:
    endless = t == INF
    return jnp.where(endless, t, jnp.where(endless, 1.0, t) ** (1 / c))


CONCEPTS = (family(law, {"x": (0.2, 2.0), "c": (0.8, 3.0)}),)
