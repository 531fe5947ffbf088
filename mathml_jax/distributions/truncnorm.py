"""The normal law between two ends, `a` and `b`, given in units of the scale from loc."""

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import INF, Law, Result, Rows, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._truncated import Area, area, height, log_share, moments, quantile, share
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special import _rising

law = Law(
    __name__,
    title="truncated normal law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994, chapter 13.',
    typical={"x": 0.5, "q": 0.25, "a": -1.0, "b": 2.0},
    parameters={
        "a": Parameter("a", "lower end of the standard law, below b", lambda value: value < INF, "none"),
        "b": Parameter("b", "upper end of the standard law, above a", lambda value: value > -INF, "none"),
    },
    support=lambda a, b: (a, b),
    valid=lambda a, b: a < b,
)
Parameters = law.Parameters


@law
def pdf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the truncated normal law.

    .. math::

        f(x) = \frac{\varphi(z)}{\sigma (\Phi(b) - \Phi(a))}

    >>> f"{pdf(0.0, -1.0, 1.0):.4f}"
    '0.5844'
    """
    return height(x, area(a, b))


@law
def logpdf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -\frac{z^2}{2} - \log\left(\sqrt{2 \pi}\, \sigma (\Phi(b) - \Phi(a))\right)

    where large terms that cancel are never formed: area and density are taken in units of the bell at the nearer end.

    >>> f"{logpdf(1000.0, 1000.0, jnp.inf):.4f}"
    '6.9078'
    """
    whole = area(a, b)
    return -(x - whole.edge) * (x + whole.edge) / 2 - jnp.log(whole.size)


@law
def cdf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \frac{\Phi(z) - \Phi(a)}{\Phi(b) - \Phi(a)}
    """
    return share(area(a, x), area(a, b))


@law
def sf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \frac{\Phi(b) - \Phi(z)}{\Phi(b) - \Phi(a)}
    """
    return share(area(x, b), area(a, b))


@law
def logcdf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log \frac{\Phi(z) - \Phi(a)}{\Phi(b) - \Phi(a)}
    """
    return _log(area(a, x), area(x, b), area(a, b))


@law
def logsf(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = \log \frac{\Phi(b) - \Phi(z)}{\Phi(b) - \Phi(a)}

    >>> f"{logsf(100.0, 1.0, jnp.inf):.4f}"
    '-5003.6832'
    """
    return _log(area(x, b), area(a, x), area(a, b))


@law
def ppf(q: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma \Phi^{-1}\bigl(\Phi(a) + q (\Phi(b) - \Phi(a))\bigr)

    found by Newton's method for the logarithm of the smaller of the two areas; its derivatives are those of the
    implicit function.
    """
    return quantile(q, 1 - q, a, b)


@law
def isf(q: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu + \sigma \Phi^{-1}\bigl(\Phi(b) - q (\Phi(b) - \Phi(a))\bigr)
    """
    return quantile(1 - q, q, a, b)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the truncated normal law.

    .. math::

        E[X] = \mu + \sigma \frac{\varphi(a) - \varphi(b)}{\Phi(b) - \Phi(a)}

    >>> mean(-1.0, 1.0).item()
    0.0
    """
    return moments(a, b).mean


@law
def mode(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the truncated normal law.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + \sigma \min(\max(0, a), b)

    >>> mode(1.0, 2.0).item()
    1.0
    """
    return jnp.clip(loc, a, b)


@law
def var(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the truncated normal law.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \int_a^b (t - m)^2 \frac{\varphi(t)}{\Phi(b) - \Phi(a)}\, dt

    where :math:`m` is the mean of the standard law.

    >>> f"{var(-1.0, 1.0):.4f}"
    '0.2911'
    """
    return moments(a, b).second


@law
def skew(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the truncated normal law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} =
        \frac{1}{s^3} \int_a^b (t - m)^3 \frac{\varphi(t)}{\Phi(b) - \Phi(a)}\, dt

    where :math:`m` is the mean and :math:`s` the standard deviation of the standard law.

    >>> f"{skew(0.0, jnp.inf):.4f}"
    '0.9953'
    """
    of = moments(a, b)
    return of.third / of.second**1.5


@law
def kurtosis(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the truncated normal law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 =
        \frac{1}{s^4} \int_a^b (t - m)^4 \frac{\varphi(t)}{\Phi(b) - \Phi(a)}\, dt - 3

    where :math:`m` is the mean and :math:`s` the standard deviation of the standard law.

    >>> f"{kurtosis(0.0, jnp.inf):.4f}"
    '0.8692'
    """
    of = moments(a, b)
    return of.fourth / of.second**2 - 3


@law
def entropy(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the truncated normal law, in nats.

    .. math::

        -E[\log f(X)] = \frac{1}{2} E\left[z^2\right] + \log\left(\sqrt{2 \pi}\, \sigma (\Phi(b) - \Phi(a))\right)

    >>> f"{entropy(-jnp.inf, jnp.inf):.4f}"
    '1.4189'
    """
    return moments(a, b).energy + jnp.log(area(a, b).size)


std, moment, rvs = _derived.std(law), _derived.moment(law), _derived.rvs(law)


@law
def score(x: Value, a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters, inside the support.

    .. math::

        \frac{\partial \log f}{\partial a} = \sigma f(\mu + \sigma a), \quad
        \frac{\partial \log f}{\partial b} = -\sigma f(\mu + \sigma b), \quad
        \frac{\partial \log f}{\partial \mu} = \frac{z}{\sigma}, \quad
        \frac{\partial \log f}{\partial \sigma} = \frac{z^2 - 1}{\sigma}

    >>> [slope.item() for slope in score(2.0, -jnp.inf, jnp.inf)]
    [0.0, -0.0, 2.0, 3.0]
    """
    whole = area(a, b)
    return height(a, whole), -height(b, whole), -x


@law
def fisher_information(a: Value, b: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters, were the ends of the support known.

    .. math::

        J = E\left[s s^T\right], \qquad s = \left( f(a),\, -f(b),\, z,\, z^2 - 1 \right)

    for the standard law; the entries of :math:`\mu` and :math:`\sigma` are divided by :math:`\sigma`.

    >>> fisher_information(-jnp.inf, jnp.inf).diagonal().round(3).tolist()
    [0.0, 0.0, 1.0, 2.0]
    """
    of, whole = moments(a, b), area(a, b)
    low, high, m, v = height(a, whole), -height(b, whole), of.mean, of.second
    square = m * m + v
    mixed = of.third + 3 * m * v + m**3 - m
    fourth = of.fourth + 4 * m * of.third + 6 * m * m * v + m**4 - 2 * square + 1
    rest = square - 1
    return (
        (low * low, low * high, low * m, low * rest),
        (low * high, high * high, high * m, high * rest),
        (low * m, high * m, square, mixed),
        (low * rest, high * rest, mixed, fourth),
    )


@law
def fit(data: Array, *, floc: Value = 0.0, fscale: Value = 1.0) -> Slopes:
    r"""The ends between which the data are likeliest, for known :math:`\mu` and :math:`\sigma`.

    .. math::

        \hat a = \min_i \frac{x_i - \mu}{\sigma}, \qquad \hat b = \max_i \frac{x_i - \mu}{\sigma}

    >>> [estimate.item() for estimate in fit(jnp.array([1.0, -2.0, 0.5]))]
    [-2.0, 1.0, 0.0, 1.0]
    """
    z = (data - floc) / fscale
    return jnp.min(z, initial=INF), jnp.max(z, initial=-INF), floc, fscale


def _log(part: Area, other: Area, whole: Area) -> Array:
    complement = share(other, whole)
    most = complement < 0.25
    return jnp.where(most, _rising.log1p(-jnp.where(most, complement, 0.0)), log_share(part, whole))


CONCEPTS = (family(law, {"x": (-0.8, 1.2), "a": (-2.0, -1.0), "b": (1.5, 3.0)}),)
