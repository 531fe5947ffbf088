"""Where the normal law lies, how wide it is and what shape it has."""

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from mathml_jax._checks import expect
from mathml_jax._concept import Derivative, Family
from mathml_jax.distributions.norm._standard import Result, Value, example, parameters


def _where_valid(value: Any, scale: Any) -> Any:
    """The value, NaN where the scale is."""
    return jnp.where(jnp.isnan(scale), jnp.nan, value)


@jax.jit
def mean(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mean of the normal law.

    .. math::

        E[X] = \mu

    where :math:`E[X]` is the expectation of the normal variable :math:`X` and :math:`\mu` the mean `loc`.

    Why it matters: averages of normal data estimate it better than anything else does.

    Args:
      loc: mean, any shape.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Means of the broadcast shape; NaN where `scale` is not positive.

    References:
      Gauss, "Theoria motus corporum coelestium", 1809.

    >>> mean(loc=3.0).item()
    3.0
    """
    return _where_valid(*parameters(loc, scale))


@jax.jit
def mode(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Mode of the normal law: where its density is highest.

    .. math::

        \operatorname{argmax}_x f(x) = \mu

    where :math:`f(x)` is the density at :math:`x` and :math:`\mu` the mean `loc`.

    Why it matters: Laplace's approximation puts a normal law's mode on that of a posterior.

    Args:
      loc: mean, any shape.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Modes of the broadcast shape; NaN where `scale` is not positive.

    References:
      Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994.

    >>> mode(loc=3.0).item()
    3.0
    """
    return _where_valid(*parameters(loc, scale))


@jax.jit
def var(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Variance of the normal law.

    .. math::

        E[(X - \mu)^2] = \sigma^2

    where :math:`E` is the expectation, :math:`X` the normal variable, :math:`\mu` the mean `loc` and :math:`\sigma` the
    standard deviation `scale`.

    Why it matters: variances of independent quantities add up, standard deviations do not.

    Args:
      loc: mean, any shape.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Variances (the unit of `loc` squared) of the broadcast shape; NaN where `scale` is not positive.

    References:
      Fisher, "The correlation between relatives on the supposition of Mendelian inheritance", 1918.

    >>> var(scale=3.0).item()
    9.0
    """
    _, scale = parameters(loc, scale)
    return scale * scale


def var_derivative(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `var` in the scale.

    .. math::

        \frac{d}{d\sigma} \sigma^2 = 2\sigma
    """
    return 2 * parameters(loc, scale)[1]


@jax.jit
def std(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Standard deviation of the normal law.

    .. math::

        \sqrt{E[(X - \mu)^2]} = \sigma

    where :math:`E` is the expectation, :math:`X` the normal variable, :math:`\mu` the mean `loc` and :math:`\sigma` the
    standard deviation `scale`.

    Why it matters: the unit in which a normal quantity is surprising: beyond two of them once in twenty-two.

    Args:
      loc: mean, any shape.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Standard deviations (the unit of `loc`) of the broadcast shape; NaN where `scale` is not positive.

    References:
      Pearson, "Contributions to the mathematical theory of evolution", 1894.

    >>> std(scale=3.0).item()
    3.0
    """
    return parameters(loc, scale)[1]


@jax.jit
def skew(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Skewness of the normal law: none.

    .. math::

        E\left[\left(\frac{X - \mu}{\sigma}\right)^3\right] = 0

    where :math:`E` is the expectation, :math:`X` the normal variable, :math:`\mu` the mean `loc` and :math:`\sigma` the
    standard deviation `scale`.

    Why it matters: data whose skewness is far from 0 are not normal.

    Args:
      loc: mean, any shape.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Zeros of the broadcast shape; NaN where `scale` is not positive.

    References:
      Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994.

    >>> skew().item()
    0.0
    """
    _, scale = parameters(loc, scale)
    return _where_valid(jnp.zeros_like(scale), scale)


@jax.jit
def kurtosis(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Excess kurtosis of the normal law: none, by definition of the excess.

    .. math::

        E\left[\left(\frac{X - \mu}{\sigma}\right)^4\right] - 3 = 0

    where :math:`E` is the expectation, :math:`X` the normal variable, :math:`\mu` the mean `loc` and :math:`\sigma` the
    standard deviation `scale`.

    Why it matters: data with heavier tails, whose excess is positive, bring more outliers than normal tests expect.

    Args:
      loc: mean, any shape.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Zeros of the broadcast shape; NaN where `scale` is not positive.

    References:
      Johnson, Kotz and Balakrishnan, "Continuous univariate distributions", volume 1, 1994.

    >>> kurtosis().item()
    0.0
    """
    _, scale = parameters(loc, scale)
    return _where_valid(jnp.zeros_like(scale), scale)


@jax.jit
def entropy(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Differential entropy of the normal law, in nats.

    .. math::

        H = -\int f(x) \log f(x)\, dx = \log \sigma + \frac{1}{2} \log(2\pi e)

    where :math:`H` is the entropy, :math:`f(x)` the density at :math:`x` and :math:`\sigma` the standard deviation
    `scale`.

    Why it matters: of all laws with this variance the normal one has the most entropy, so it assumes the least.

    Args:
      loc: mean, which does not matter.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Entropies of the broadcast shape; NaN where `scale` is not positive.

    References:
      Shannon, "A mathematical theory of communication", 1948.

    >>> f"{entropy():.4f}"
    '1.4189'
    """
    _, scale = parameters(loc, scale)
    return jnp.log(scale) + 0.5 * math.log(2 * math.pi * math.e)


def entropy_derivative(loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `entropy` in the scale.

    .. math::

        \frac{dH}{d\sigma} = \frac{1}{\sigma}
    """
    return 1 / parameters(loc, scale)[1]


@partial(jax.jit, static_argnames="order")
def moment(order: int, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Expectation of a power, about zero, by Stein's recurrence.

    .. math::

        E[X^n] = \mu E[X^{n-1}] + (n - 1) \sigma^2 E[X^{n-2}]

    where :math:`E[X^n]` is the expectation of the n-th power of the normal variable :math:`X`, :math:`n` the `order`,
    :math:`\mu` the mean `loc` and :math:`\sigma` the standard deviation `scale`.

    Why it matters: the first two moments make the normal law, and all others follow from them.

    Args:
      order: power, an integer from 0.
      loc: mean, any shape.
      scale: standard deviation, positive, broadcast against `loc`.

    Returns:
      Moments (the unit of `loc` to that power) of the broadcast shape; NaN where `scale` is not positive.

    Raises:
      ValueError: `order` is no integer or negative.

    References:
      Stein, "Estimation of the mean of a multivariate normal distribution", 1981.

    >>> moment(4).item()
    3.0
    """
    expect(isinstance(order, int) and order >= 0, "moment", "order to be an integer from 0", repr(order))
    loc, scale = parameters(loc, scale)
    moments = (_where_valid(jnp.ones_like(loc), scale), _where_valid(loc, scale))

    def step(n: Any, moments: tuple[Any, Any]) -> tuple[Any, Any]:
        before, last = moments
        return last, loc * last + n.astype(loc.dtype) * scale * scale * before

    return jax.lax.fori_loop(1, order + 1, step, moments)[0]


def moment_derivative(order: int, loc: Value = 0.0, scale: Value = 1.0) -> Result:
    r"""Derivative of `moment` in the mean.

    .. math::

        \frac{\partial}{\partial \mu} E[X^n] = n E[X^{n-1}]
    """
    return order * moment(max(order - 1, 0), loc, scale)


CONCEPTS = (
    Family(
        verbs=(mean, mode, var, std, skew, kurtosis, entropy, moment),
        example=example,
        oracle="scipy.stats.norm",
        oracles={
            "mode": lambda loc, scale: loc,
            "skew": lambda loc, scale: 0.0 * loc,
            "kurtosis": lambda loc, scale: 0.0 * loc,
        },
        derivatives={
            "var": (Derivative(var_derivative, "derivative", argnum=1),),
            "entropy": (Derivative(entropy_derivative, "derivative", argnum=1),),
            "moment": (Derivative(moment_derivative, "derivative", argnum=1),),
        },
    ),
)
