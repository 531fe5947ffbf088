"""The uniform law: from `loc` to `loc + scale`, every value as dense as the next."""

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Key

from mathml_jax.distributions import _derived
from mathml_jax.distributions._law import Draws, Law, Result, Rows, Size, Slopes, Value
from mathml_jax.distributions._record import family
from mathml_jax.special import _rising

law = Law(
    __name__,
    title="uniform law",
    reference='Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 2, 1995, chapter 26.',
    typical={"x": 0.3, "q": 0.25},
    support=lambda: (0.0, 1.0),
)
Parameters = law.Parameters


@law
def pdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Density of the uniform law.

    .. math::

        f(x) = \frac{1}{\sigma}

    >>> pdf(1.0, scale=4.0).item()
    0.25
    """
    return scale + 0 * x


@law
def logpdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of the density.

    .. math::

        \log f(x) = -\log \sigma
    """
    return 0 * x


@law
def cdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of at most x.

    .. math::

        F(x) = z
    """
    return x


@law
def sf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Probability of more than x.

    .. math::

        S(x) = 1 - z
    """
    return 1 - x


@law
def logcdf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `cdf`.

    .. math::

        \log F(x) = \log z
    """
    return jnp.log(x)


@law
def logsf(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Logarithm of `sf`.

    .. math::

        \log S(x) = \log(1 - z)
    """
    return _rising.log1p(-x)


@law
def ppf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is not exceeded with probability q.

    .. math::

        F^{-1}(q) = \mu + \sigma q
    """
    return q


@law
def isf(q: Value, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Value that is exceeded with probability q.

    .. math::

        S^{-1}(q) = \mu + \sigma (1 - q)
    """
    return 1 - q


median, interval = _derived.median(law), _derived.interval(law)


mean, var, skew, kurtosis, entropy = _derived.numbers(
    law,
    mean=(0.5, r"\mu + \frac{\sigma}{2}"),
    var=(1 / 12, r"\frac{\sigma^2}{12}"),
    skew=(0.0, "0"),
    kurtosis=(-1.2, r"-\frac{6}{5}"),
    entropy=(0.0, r"\log \sigma"),
)


@law
def mode(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Middle of the modes of the uniform law: every value is one.

    .. math::

        \operatorname{argmax}_x f(x) = \left\{ x : \mu \le x \le \mu + \sigma \right\}

    >>> mode(loc=1.0, scale=4.0).item()
    3.0
    """
    return scale / 2


std, moment = _derived.std(law), _derived.moment(law)


@law
def rvs(key: Key[Array, ""], loc: Value = 0.0, scale: Value = 1.0, *, size: Size = None) -> Draws:
    r"""Random numbers from the uniform law.

    .. math::

        x = \mu + \sigma U
    """
    return random.uniform(key, scale.shape, scale.dtype)


@law
def score(x: Value, loc: Value = 0.0, scale: Value = 1.0) -> Slopes:
    r"""Derivative of `logpdf` in the parameters, inside the support.

    .. math::

        \frac{\partial \log f}{\partial \mu} = 0, \qquad
        \frac{\partial \log f}{\partial \sigma} = -\frac{1}{\sigma}

    >>> [slope.item() for slope in score(0.5, scale=2.0)]
    [-0.0, -0.5]
    """
    return (0 * x,)


@law
def fisher_information(loc: Value = 0.0, scale: Value = 1.0) -> Rows:
    r"""How much one observation tells about the parameters, were the ends of the support known.

    .. math::

        J = E\left[s s^T\right] = \frac{1}{\sigma^2} \begin{pmatrix} 0 & 0 \\ 0 & 1 \end{pmatrix}

    >>> fisher_information(scale=2.0).tolist()
    [[0.0, 0.0], [0.0, 0.25]]
    """
    return (loc, loc), (loc, scale)


@law
def fit(data: Array) -> Slopes:
    r"""The uniform law under which the data are likeliest.

    .. math::

        \hat\mu = \min_i x_i, \qquad \hat\sigma = \max_i x_i - \min_i x_i

    >>> [estimate.item() for estimate in fit(jnp.array([1.0, 2.0, 6.0]))]
    [1.0, 5.0]
    """
    low, high = jnp.min(data, initial=jnp.inf), jnp.max(data, initial=-jnp.inf)
    return low, high - low


CONCEPTS = (family(law, {"x": (0.05, 0.95)}),)
