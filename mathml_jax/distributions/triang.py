"""The triangular law: from its lower end up to the mode and down again, by straight lines."""

import math

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import INF, Law, Result, Rows, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special import _rising

law = Law(
    __name__,
    title="triangular law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 26.',
    typical={"x": 0.5, "q": 0.25, "c": 0.4},
    parameters={"c": Parameter("m", "mode of the standard law, from 0 to 1", lambda m: (m >= 0) & (m <= 1), "logit")},
    support=lambda c: (0.0, 1.0),
)
Parameters = law.Parameters


@law
def pdf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the triangular law.

    .. math::

        f(x) = \frac{2}{\sigma} \begin{cases} z / m & z < m \\ (1 - z) / (1 - m) & z \ge m \end{cases}

    >>> pdf(0.5, 0.5).item()
    2.0
    """
    rising, up, down = _sides(x, c)
    return 2 * jnp.where(rising, x / up, (1 - x) / down)


@law
def logpdf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) =
        \log \frac{2}{\sigma} + \log \begin{cases} z / m & z < m \\ (1 - z) / (1 - m) & z \ge m \end{cases}
    """
    rising, up, down = _sides(x, c)
    below, above = jnp.where(rising, x, 0.5), jnp.where(rising, 0.5, 1 - x)
    return math.log(2) + jnp.where(rising, jnp.log(below) - jnp.log(up), jnp.log(above) - jnp.log(down))


@law
def cdf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \begin{cases} z^2 / m & z < m \\ 1 - (1 - z)^2 / (1 - m) & z \ge m \end{cases}

    where nothing that nearly cancels is subtracted.
    """
    return _areas(x, c)[0]


@law
def sf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \begin{cases} 1 - z^2 / m & z < m \\ (1 - z)^2 / (1 - m) & z \ge m \end{cases}
    """
    return _areas(x, c)[1]


@law
def logcdf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \begin{cases} 2 \log z - \log m & z < m \\ \log(1 - S(x)) & z \ge m \end{cases}
    """
    rising, up, _ = _sides(x, c)
    near = 2 * jnp.log(jnp.where(rising, x, 0.5)) - jnp.log(up)
    return jnp.where(rising, near, _log(*(jnp.where(rising, 0.5, area) for area in _areas(x, c))))


@law
def logsf(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = \begin{cases} \log(1 - F(x)) & z < m \\ 2 \log(1 - z) - \log(1 - m) & z \ge m \end{cases}
    """
    rising, _, down = _sides(x, c)
    below, above = (jnp.where(rising, area, 0.5) for area in _areas(x, c))
    near = _log(above, below)
    return jnp.where(rising, near, 2 * _rising.log1p(-jnp.where(rising, 0.5, x)) - jnp.log(down))


@law
def ppf(q: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) =
        \mu + \sigma \begin{cases} \sqrt{m q} & q < m \\ 1 - \sqrt{(1 - m) (1 - q)} & q \ge m \end{cases}
    """
    rising, up, down = _sides(q, c)
    root = jnp.sqrt(down) * jnp.sqrt(jnp.where(rising, 0.5, 1 - q))
    below = jnp.sqrt(up) * jnp.sqrt(jnp.where(rising, q, 0.5))
    return jnp.where(rising, below, (c + q * down) / (1 + root))


@law
def isf(q: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) =
        \mu + \sigma \begin{cases} 1 - \sqrt{(1 - m) q} & q \le 1 - m \\ \sqrt{m (1 - q)} & q > 1 - m \end{cases}
    """
    rising, up, down = _sides(1 - q, c)
    root = jnp.sqrt(down) * jnp.sqrt(jnp.where(rising, 0.5, q))
    below = jnp.sqrt(up) * jnp.sqrt(jnp.where(rising, 1 - q, 0.5))
    return jnp.where(rising, below, (c + (1 - q) * down) / (1 + root))


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the triangular law.

    .. math::

        E[X] = \mu + \frac{1 + m}{3} \sigma

    >>> mean(0.5).item()
    0.5
    """
    return (1 + c) / 3


@law
def mode(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the triangular law.

    .. math::

        \operatorname{argmax}_x f(x) = \mu + m \sigma

    >>> mode(0.25, scale=2.0).item()
    0.5
    """
    return c


@law
def var(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the triangular law.

    .. math::

        E\left[(X - E[X])^2\right] = \frac{1 - m + m^2}{18} \sigma^2

    >>> f"{var(0.0):.4f}"
    '0.0556'
    """
    return (1 - c + c * c) / 18


@law
def skew(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the triangular law.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} =
        \frac{\sqrt 2 (1 - 2 m) (1 + m) (2 - m)}{5 (1 - m + m^2)^{3/2}}

    >>> f"{skew(0.0):.4f}"
    '0.5657'
    """
    return math.sqrt(2) * (1 - 2 * c) * (1 + c) * (2 - c) / 5 / (1 - c + c * c) ** 1.5


@law
def kurtosis(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the triangular law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = -\frac{3}{5}

    >>> round(kurtosis(0.5).item(), 5)
    -0.6
    """
    return -0.6 * scale


@law
def entropy(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the triangular law, in nats.

    .. math::

        -E[\log f(X)] = \frac{1}{2} + \log \frac{\sigma}{2}

    >>> f"{entropy(0.5):.4f}"
    '-0.1931'
    """
    return (0.5 - math.log(2)) * scale


std, moment, rvs = _derived.std(law), _derived.moment(law), _derived.rvs(law)


@law
def score(x: Value, c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial m} = -\frac{1}{m}, \quad
        \frac{\partial \log f}{\partial \mu} = -\frac{1}{\sigma z}, \quad
        \frac{\partial \log f}{\partial \sigma} = -\frac{2}{\sigma}

    for :math:`z < m`, inside the support; above it they are :math:`1 / (1 - m)`, :math:`1 / (\sigma (1 - z))` and
    :math:`(2 z - 1) / (\sigma (1 - z))`.

    >>> [slope.item() for slope in score(0.25, 0.5)]
    [-2.0, -4.0, -2.0]
    """
    rising, up, down = _sides(x, c)
    return jnp.where(rising, -1 / up, 1 / down), jnp.where(rising, 1 / x, -1 / (1 - x))


@law
def fisher_information(c: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters.

    .. math::

        J = E\left[s s^T\right] = \begin{pmatrix} \frac{1}{m (1 - m)} & \frac{2}{\sigma m (1 - m)} &
        \frac{2}{\sigma (1 - m)} \\
        \frac{2}{\sigma m (1 - m)} & \infty & \infty \\ \frac{2}{\sigma (1 - m)} & \infty & \infty \end{pmatrix}

    infinite for shift and scale, about which few observations near the ends tell nearly all.

    >>> fisher_information(0.5)[0].tolist()
    [4.0, 8.0, 4.0]
    """
    endless = jnp.full_like(c, INF)
    shape, place, stretch = 1 / c / (1 - c), 2 / c / (1 - c), 2 / (1 - c)
    return (shape, place, stretch), (place, endless, endless), (stretch, endless, endless)


@law
def fit(data: Array, *, floc: Value = 0.0, fscale: Value = 1.0) -> Slopes:
    r"""The triangular law under which the data are likeliest.

    .. math::

        \hat m = \operatorname{argmax}_m
        \Bigl( \sum_{z_i < m} \log \frac{z_i}{m} + \sum_{z_i \ge m} \log \frac{1 - z_i}{1 - m} \Bigr)

    where :math:`z_i` are the observations in units of the known :math:`\sigma`, from the known :math:`\mu` on. The
    maximum stands at one of them.

    >>> fit(jnp.array([0.125, 0.25, 0.5])).c.item()
    0.125
    """
    z = jnp.sort((data - floc) / fscale)
    below, above = jnp.log(z), jnp.log(1 - z)
    number = jnp.arange(1.0, z.size + 1, dtype=z.dtype)
    # The likeliest mode is one of the observations.
    left = jnp.cumsum(below) - number * below
    right = jnp.cumsum(above[::-1])[::-1] - (z.size + 1 - number) * above
    return z[jnp.argmax(left + right)], floc, fscale


def _sides(x: Array, c: Array) -> tuple[Array, Array, Array]:
    """Whether x lies on the rising side, and the lengths of both sides, 1 for the one on which it does not lie."""
    rising = (x < c) | (c == 1)
    return rising, jnp.where(rising, c, 1.0), jnp.where(rising, 1.0, 1 - c)


def _areas(x: Array, c: Array) -> tuple[Array, Array]:
    rising, up, down = _sides(x, c)
    rest = x * (1 - x)
    below = jnp.where(rising, x * (x / up), ((x - c) + rest) / down)
    above = jnp.where(rising, ((c - x) + rest) / up, (1 - x) * ((1 - x) / down))
    return below, above


def _log(p: Array, complement: Array) -> Array:
    small = p < 0.5
    far = jnp.log(jnp.where(small, p, 0.5))
    return jnp.where(small, far, _rising.log1p(-jnp.where(small, 0.5, complement)))


CONCEPTS = (family(law, {"x": (0.05, 0.95), "c": (0.2, 0.8)}),)
