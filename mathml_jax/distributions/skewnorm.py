"""The skew-normal law: a normal law whose one side is pressed down."""

import math

import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Key

from mathml_jax.calculus._jacobi import nodes_and_weights
from mathml_jax.distributions import _derived, _fit, _skew
from mathml_jax.distributions._law import INF, Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import EVEN, family
from mathml_jax.distributions._verbs import Parameter
from mathml_jax.special._mills import bell
from mathml_jax.special.entropies import entr
from mathml_jax.special.error import log_ndtr, ndtr

law = Law(
    __name__,
    title="skew-normal law",
    reference='Azzalini, "A class of distributions which includes the normal ones", 1985.',
    typical={"x": 1.5, "q": 0.25, "a": 2.0},
    parameters={"a": Parameter("a", "skewness parameter, any real number", lambda value: jnp.abs(value) < INF, "none")},
)
Parameters = law.Parameters


@law
def pdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the skew-normal law.

    .. math::

        f(x) = \frac{2}{\sigma} \varphi(z) \Phi(a z)

    >>> f"{pdf(0.0, 3.0):.4f}"
    '0.3989'
    """
    return bell(x, 2 / math.sqrt(2 * math.pi) * ndtr(a * x))


@law
def logpdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = \log 2 - \log\bigl(\sqrt{2 \pi}\, \sigma\bigr) - \frac{z^2}{2} + \log \Phi(a z)
    """
    return math.log(2 / math.pi) / 2 - x * x / 2 + log_ndtr(a * x)


@law
def cdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = \Phi(z) - 2 T(z, a)

    where :math:`T` is Owen's function, `special.owens_t`. In the thin tail the difference is an integral of its own.

    >>> f"{cdf(0.0, 1.0):.4f}"
    '0.2500'
    """
    return _skew.above(-x, -a)


@law
def sf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = \Phi(-z) + 2 T(z, a)

    where :math:`T` is Owen's function, `special.owens_t`.
    """
    return _skew.above(x, a)


@law
def logcdf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`, also where that underflows.

    >>> f"{logcdf(-40.0, 3.0):.4f}"
    '-8011.9239'
    """
    return _skew.log_above(-x, -a)


@law
def logsf(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`, also where that underflows."""
    return _skew.log_above(x, a)


@law
def ppf(q: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return _skew.quantile(q, a)


@law
def isf(q: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    return -_skew.quantile(q, -a)


median, interval = _derived.median(law), _derived.interval(law)


@law
def mean(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the skew-normal law.

    .. math::

        E[X] = \mu + \sigma \sqrt{\frac{2}{\pi}} \delta

    where :math:`\delta = a / \sqrt{1 + a^2}`.

    >>> f"{mean(1.0):.4f}"
    '0.5642'
    """
    return math.sqrt(2 / math.pi) * _delta(a)


@law
def mode(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the skew-normal law.

    .. math::

        z = a \frac{\varphi(a z)}{\Phi(a z)}

    >>> f"{mode(1.0):.4f}"
    '0.5061'
    """
    return _skew.mode(a)


@law
def var(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the skew-normal law.

    .. math::

        E\left[(X - E[X])^2\right] = \sigma^2 \left( 1 - \frac{2}{\pi} \delta^2 \right)

    where :math:`\delta = a / \sqrt{1 + a^2}`.

    >>> f"{var(1.0):.4f}"
    '0.6817'
    """
    return 1 - 2 / math.pi * _delta(a) ** 2


@law
def skew(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the skew-normal law, between -1 and 1.

    .. math::

        \frac{E[(X - E[X])^3]}{E[(X - E[X])^2]^{3/2}} = \frac{4 - \pi}{2} \frac{m^3}{(1 - m^2)^{3/2}}

    where :math:`m` is the mean of the standard law.

    >>> f"{skew(1.0):.4f}"
    '0.1369'
    """
    m = math.sqrt(2 / math.pi) * _delta(a)
    return (4 - math.pi) / 2 * (m / jnp.sqrt(1 - m * m)) ** 3


@law
def kurtosis(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Kurtosis of the skew-normal law beyond that of a normal law.

    .. math::

        \frac{E[(X - E[X])^4]}{E[(X - E[X])^2]^2} - 3 = 2 (\pi - 3) \frac{m^4}{(1 - m^2)^2}

    where :math:`m` is the mean of the standard law.

    >>> f"{kurtosis(1.0):.4f}"
    '0.0617'
    """
    square = 2 / math.pi * _delta(a) ** 2
    return 2 * (math.pi - 3) * (square / (1 - square)) ** 2


@law
def entropy(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Entropy of the skew-normal law, in nats: what the sign tells is lost, but for its own entropy.

    .. math::

        -E[\log f(X)] = \log\bigl(\sqrt{2 \pi e}\, \sigma\bigr) - \log 2
        + 2 \int_0^\infty \varphi(t) \bigl( -\Phi(a t) \log \Phi(a t) - \Phi(-a t) \log \Phi(-a t) \bigr)\, dt

    found by Gauss's rule.

    >>> f"{entropy(0.0):.4f}"
    '1.4189'
    """
    nodes, weights = (jnp.asarray(v, a.dtype).reshape((*(1,) * a.ndim, -1)) for v in nodes_and_weights("legendre", 48))
    width = (9.5 / jnp.maximum(jnp.abs(a), 1.0))[..., None]
    t = width * (nodes + 1) / 2
    p, q = ndtr(a[..., None] * t), ndtr(-a[..., None] * t)
    of_sign = jnp.sum(weights * width * bell(t) * (entr(p) + entr(q)), -1) / math.sqrt(2 * math.pi)
    return 0.5 + math.log(math.pi / 2) / 2 + of_sign


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], a: Value, loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the skew-normal law: a normal one and the absolute value of another.

    .. math::

        x = \mu + \sigma \left( \delta |u| + \sqrt{1 - \delta^2}\, v \right)

    where :math:`u` and :math:`v` are normal random numbers and :math:`\delta = a / \sqrt{1 + a^2}`.

    >>> rvs(random.key(0), 2.0, size=3).shape
    (3,)
    """
    u, v = random.normal(key, (2, *a.shape), a.dtype)
    return _delta(a) * jnp.abs(u) + v / jnp.sqrt(1 + a * a)


@law
def score(x: Value, a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters.

    .. math::

        \frac{\partial \log f}{\partial a} = z r, \qquad
        \frac{\partial \log f}{\partial \mu} = \frac{z - a r}{\sigma}, \qquad
        \frac{\partial \log f}{\partial \sigma} = \frac{z^2 - a z r - 1}{\sigma}

    where :math:`r = \varphi(a z) / \Phi(a z)`.

    >>> [round(slope.item(), 4) for slope in score(2.0, 0.0)]
    [1.5958, 2.0, 3.0]
    """
    r = _skew.hazard(a * x)
    return x * r, a * r - x


@law
def fisher_information(a: Value, loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters; singular at a = 0.

    .. math::

        J = E\left[s s^T\right] = \begin{pmatrix}
        c_2 & \frac{1}{\sigma}\bigl(\sqrt{\tfrac{2}{\pi}} (1 + a^2)^{-3/2} - a c_1\bigr) & -\frac{a c_2}{\sigma} \\
        \cdot & \frac{1 + a^2 c_0}{\sigma^2} &
        \frac{1}{\sigma^2}\bigl(\sqrt{\tfrac{2}{\pi}} \frac{a (1 + 2 a^2)}{(1 + a^2)^{3/2}} + a^2 c_1\bigr) \\
        \cdot & \cdot & \frac{2 + a^2 c_2}{\sigma^2} \end{pmatrix}

    where :math:`c_n` is the expectation of :math:`z^n \varphi(a z)^2 / \Phi(a z)^2`, found by the trapezoidal rule.

    >>> fisher_information(0.0).diagonal().round(4).tolist()
    [0.6366, 1.0, 2.0]
    """
    zero, one, two = _squares(a)
    root = 1 / jnp.sqrt(1 + a * a)
    mean = math.sqrt(2 / math.pi) * root
    in_place = mean * root * root - a * one
    both = mean * a * (1 + (a * root) ** 2) + a * (a * one)
    return (two, in_place, -a * two), (in_place, 1 + a * (a * zero), both), (-a * two, both, 2 + a * (a * two))


def _start(data: Array) -> dict[str, Array]:
    """By moments, with the skewness kept inside the range of the law."""
    mean, deviation = jnp.mean(data), jnp.std(data)
    third = jnp.clip(jnp.mean(((data - mean) / deviation) ** 3), -0.9, 0.9)
    power = jnp.abs(third) ** (2 / 3)
    delta = jnp.sqrt(math.pi / 2 * power / (power + ((4 - math.pi) / 2) ** (2 / 3)))
    delta = jnp.clip(delta, 0.2, 0.995) * jnp.where(third < 0, -jnp.ones_like(third), 1.0)
    scale = deviation / jnp.sqrt(1 - 2 / math.pi * delta**2)
    return {"a": delta / jnp.sqrt(1 - delta**2), "loc": mean - math.sqrt(2 / math.pi) * delta * scale, "scale": scale}


fit = _fit.fit(law, _start)


def _delta(a: Array) -> Array:
    """a over the root of 1 + a^2."""
    large = jnp.abs(a) > 1
    inverse = 1 / jnp.where(large, a, 1.0)
    small = jnp.where(large, 0.0, a)
    far = jnp.sign(a) / jnp.sqrt(1 + inverse * inverse)
    return jnp.where(large, far, small / jnp.sqrt(1 + small * small))


def _squares(a: Array) -> tuple[Array, ...]:
    """The expectations of powers 0, 1 and 2 of x times the square of the hazard at a x."""
    spread = jnp.sqrt(1 + 2 * a * a)
    u = jnp.asarray(np.arange(-40, 41) * 0.34, a.dtype).reshape((*(1,) * a.ndim, -1))
    weights = 0.34 / math.pi / math.sqrt(2 * math.pi) * bell(u) / ndtr((a / spread)[..., None] * u)
    return tuple(jnp.sum(weights * u**n, -1) / spread ** (n + 1) for n in range(3))


def _data(uniform: Array) -> Array:
    return 3 + ppf(EVEN, 2.0) * (1 + jnp.sum(uniform) / 100)


CONCEPTS = (family(law, {"x": (-1.5, 2.0), "a": (0.5, 3.0)}, data=_data),)
