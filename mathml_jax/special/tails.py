"""The tails of the classical laws by Cephes's short names: chi-square, F, binomial and Poisson."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, nan_unless, widened
from mathml_jax._concept import Concept
from mathml_jax.special._beta_quantile import beta_quantile
from mathml_jax.special._beta_tail import Tails, beta_tails
from mathml_jax.special.incomplete_gamma import gammainc, gammaincc
from mathml_jax.special.incomplete_gamma_inverse import gammainccinv

Numbers = Real[ArrayLike, "*#shape"]


@jax.jit
def chdtr(v: Numbers, x: Numbers) -> Float[Array, "*shape"]:
    r"""Probability that a chi-square variable is at most x.

    .. math::

        P\left(\tfrac{v}{2}, \tfrac{x}{2}\right)

    where :math:`v` is the number of degrees of freedom, :math:`x` the value, and :math:`P` the regularised lower
    incomplete gamma function.

    Why it matters: how well a variance is known.

    Args:
      v: degrees of freedom, positive, any shape.
      x: values, broadcast against `v`.

    Returns:
      Probabilities of the common shape; NaN unless v > 0 and x >= 0.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{chdtr(2.0, 2.0):.4f}"
    '0.6321'
    """
    v, x = as_broadcast(v, x)
    return gammainc(v / 2, x / 2)


@jax.jit
def chdtrc(v: Numbers, x: Numbers) -> Float[Array, "*shape"]:
    r"""Probability that a chi-square variable is more than x.

    .. math::

        Q\left(\tfrac{v}{2}, \tfrac{x}{2}\right)

    where :math:`v` is the number of degrees of freedom, :math:`x` the value, and :math:`Q` the regularised upper
    incomplete gamma function.

    Why it matters: the p-value of every chi-square test.

    Args:
      v: degrees of freedom, positive, any shape.
      x: values, broadcast against `v`.

    Returns:
      Probabilities of the common shape; NaN unless v > 0 and x >= 0.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{chdtrc(1.0, 3.841):.3f}"
    '0.050'
    """
    v, x = as_broadcast(v, x)
    return gammaincc(v / 2, x / 2)


@jax.jit
def chdtri(v: Numbers, p: Numbers) -> Float[Array, "*shape"]:
    r"""Value that a chi-square variable exceeds with probability p: the inverse of `chdtrc`.

    .. math::

        Q\left(\tfrac{v}{2}, \tfrac{x}{2}\right) = p

    where :math:`x` is the result, :math:`v` the number of degrees of freedom, :math:`p` the probability and
    :math:`Q` the regularised upper incomplete gamma function.

    Why it matters: critical values of chi-square tests.

    Args:
      v: degrees of freedom, positive, any shape.
      p: probabilities, broadcast against `v`.

    Returns:
      Values of the common shape; inf at 0, 0 at 1, NaN outside [0, 1] or unless v > 0.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{chdtri(1.0, 0.05):.3f}"
    '3.841'
    """
    v, p = as_broadcast(v, p)
    return 2 * gammainccinv(v / 2, p)


def _f_tails(dfn: Numbers, dfd: Numbers, x: Numbers) -> Tails:
    """Both tails by the shares that the two estimates of the variance have, neither of them as one minus the other."""
    given = as_broadcast(dfn, dfd, x)
    n, m, ratio = map(widened, given)
    inside = (ratio > 0) & (ratio < jnp.inf)
    product = n * jnp.where(inside, ratio, 1.0)
    u = jnp.where(inside, product / (product + m), (ratio > 0).astype(n.dtype))
    v = jnp.where(inside, m / (product + m), (ratio <= 0).astype(n.dtype))
    valid = nan_unless((n > 0) & (m > 0) & (ratio >= 0), n)
    return Tails(*((valid * tail).astype(given[0].dtype) for tail in beta_tails(n / 2, m / 2, u, v)))


@jax.jit
def fdtr(dfn: Numbers, dfd: Numbers, x: Numbers) -> Float[Array, "*shape"]:
    r"""Probability that the quotient of two estimates of one variance is at most x.

    .. math::

        I_u\left(\tfrac{n}{2}, \tfrac{m}{2}\right), \qquad u = \frac{n x}{n x + m}

    where :math:`I` is the regularised incomplete beta function, :math:`n` the number of degrees of freedom `dfn`
    above, :math:`m` that of `dfd` below, and :math:`x` the quotient; :math:`u` is the share of the variance above.

    Why it matters: comparing two variances.

    Args:
      dfn: degrees of freedom above, positive, any shape.
      dfd: degrees of freedom below, positive, broadcast against `dfn`.
      x: values, broadcast against the others.

    Returns:
      Probabilities of the common shape; NaN unless both numbers are positive and x >= 0.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{fdtr(2.0, 2.0, 1.0):.2f}"
    '0.50'
    """
    return _f_tails(dfn, dfd, x).lower


@jax.jit
def fdtrc(dfn: Numbers, dfd: Numbers, x: Numbers) -> Float[Array, "*shape"]:
    r"""Probability that the quotient of two estimates of one variance is more than x.

    .. math::

        I_v\left(\tfrac{m}{2}, \tfrac{n}{2}\right), \qquad v = \frac{m}{n x + m}

    where :math:`I` is the regularised incomplete beta function, :math:`n` the number of degrees of freedom `dfn`
    above, :math:`m` that of `dfd` below, and :math:`x` the quotient; :math:`v` is the share of the variance below.

    Why it matters: the p-value of every analysis of variance.

    Args:
      dfn: degrees of freedom above, positive, any shape.
      dfd: degrees of freedom below, positive, broadcast against `dfn`.
      x: values, broadcast against the others.

    Returns:
      Probabilities of the common shape; NaN unless both numbers are positive and x >= 0.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{fdtrc(2.0, 10.0, 4.103):.3f}"
    '0.050'
    """
    return _f_tails(dfn, dfd, x).upper


@jax.jit
def fdtri(dfn: Numbers, dfd: Numbers, p: Numbers) -> Float[Array, "*shape"]:
    r"""Value that the quotient of two estimates of one variance exceeds with probability 1 - p: the inverse of `fdtr`.

    .. math::

        I_u\left(\tfrac{n}{2}, \tfrac{m}{2}\right) = p, \qquad u = \frac{n x}{n x + m}

    where :math:`I` is the regularised incomplete beta function, :math:`n` the number of degrees of freedom `dfn`
    above, :math:`m` that of `dfd` below, and :math:`x` the result; :math:`p` is the probability and :math:`u` the
    share of the variance above.

    Why it matters: critical values in the analysis of variance.

    Args:
      dfn: degrees of freedom above, positive, any shape.
      dfd: degrees of freedom below, positive, broadcast against `dfn`.
      p: probabilities, broadcast against the others.

    Returns:
      Values of the common shape; 0 at 0, inf at 1, NaN outside [0, 1] or unless both numbers are positive.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{fdtri(2.0, 10.0, 0.95):.3f}"
    '4.103'
    """
    given = as_broadcast(dfn, dfd, p)
    n, m, q = map(widened, given)
    u, v = beta_quantile(n / 2, m / 2, q, 1 - q)
    return (m / n * (u / v)).astype(given[0].dtype)


def _binomial_tails(k: Numbers, n: Numbers, p: Numbers) -> Tails:
    """At most k successes (the upper tail in p), for k >= 0, and more; from n on there are no more."""
    given = as_broadcast(k, n, p)
    count, trials, chance = map(widened, given)
    count, trials = jnp.floor(count), jnp.floor(trials)
    valid = nan_unless((count >= 0) & (count <= trials) & (chance >= 0) & (chance <= 1), chance)
    inside = count < trials
    at, rest = jnp.where(inside, count + 1, 1.0), jnp.where(inside, trials - count, 1.0)
    tails = beta_tails(at, rest, chance, 1 - chance)
    certain = (0.0, 1.0, -jnp.inf, 0.0)
    return Tails(
        *((valid * jnp.where(inside, t, c)).astype(given[0].dtype) for t, c in zip(tails, certain, strict=True))
    )


@jax.jit
def bdtr(k: Numbers, n: Numbers, p: Numbers) -> Float[Array, "*shape"]:
    r"""Probability of at most k successes in n trials.

    .. math::

        \sum_{j=0}^{k} \binom{n}{j} p^j (1 - p)^{n - j} = I_{1 - p}(n - k, k + 1)

    where :math:`I` is the regularised incomplete beta function, :math:`k` the count, :math:`n` the number of trials
    and :math:`p` the probability of success; :math:`j` runs over the counts.

    Why it matters: exact tests of a proportion.

    Args:
      k: counts, any shape; what lies between two integers counts as the lower one.
      n: numbers of trials, integers, broadcast against `k`.
      p: probabilities of success, broadcast against the others.

    Returns:
      Probabilities of the common shape; NaN unless 0 <= k <= n and 0 <= p <= 1.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{bdtr(1.0, 4.0, 0.5):.4f}"
    '0.3125'
    """
    return _binomial_tails(k, n, p).upper


@jax.jit
def bdtrc(k: Numbers, n: Numbers, p: Numbers) -> Float[Array, "*shape"]:
    r"""Probability of more than k successes in n trials.

    .. math::

        \sum_{j=k+1}^{n} \binom{n}{j} p^j (1 - p)^{n - j} = I_p(k + 1, n - k)

    where :math:`I` is the regularised incomplete beta function, :math:`k` the count, :math:`n` the number of trials
    and :math:`p` the probability of success; :math:`j` runs over the counts.

    Why it matters: how surprising so many successes are.

    Args:
      k: counts, any shape; what lies between two integers counts as the lower one.
      n: numbers of trials, integers, broadcast against `k`.
      p: probabilities of success, broadcast against the others.

    Returns:
      Probabilities of the common shape; 1 for k below 0, NaN unless k <= n and 0 <= p <= 1.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{bdtrc(1.0, 4.0, 0.5):.4f}"
    '0.6875'
    """
    k, n, p = as_broadcast(k, n, p)
    more = _binomial_tails(jnp.maximum(k, 0), n, p).lower
    return jnp.where((k < 0) & ~jnp.isnan(more), 1.0, more)


@jax.jit
def pdtr(k: Numbers, m: Numbers) -> Float[Array, "*shape"]:
    r"""Probability of at most k events where m are expected.

    .. math::

        e^{-m} \sum_{j=0}^{k} \frac{m^j}{j!} = Q(k + 1, m)

    where :math:`k` is the count, :math:`m` the mean and :math:`Q` the regularised upper incomplete gamma function;
    :math:`j` runs over the counts.

    Why it matters: how rare so few counts are.

    Args:
      k: counts, any shape; what lies between two integers counts as the lower one.
      m: means, zero or positive, broadcast against `k`.

    Returns:
      Probabilities of the common shape; NaN unless k >= 0 and m >= 0.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{pdtr(0.0, 1.0):.4f}"
    '0.3679'
    """
    k, m = as_broadcast(k, m)
    return gammaincc(jnp.floor(k) + 1, m) * nan_unless(k >= 0, m)


@jax.jit
def pdtrc(k: Numbers, m: Numbers) -> Float[Array, "*shape"]:
    r"""Probability of more than k events where m are expected.

    .. math::

        e^{-m} \sum_{j=k+1}^{\infty} \frac{m^j}{j!} = P(k + 1, m)

    where :math:`k` is the count, :math:`m` the mean and :math:`P` the regularised lower incomplete gamma function;
    :math:`j` runs over the counts.

    Why it matters: how rare so many counts are.

    Args:
      k: counts, any shape; what lies between two integers counts as the lower one.
      m: means, zero or positive, broadcast against `k`.

    Returns:
      Probabilities of the common shape; NaN unless k >= 0 and m >= 0.

    References:
      Moshier, "Methods and programs for mathematical functions", 1989.

    >>> f"{pdtrc(0.0, 1.0):.4f}"
    '0.6321'
    """
    k, m = as_broadcast(k, m)
    return gammainc(jnp.floor(k) + 1, m) * nan_unless(k >= 0, m)


def _draw(*ranges: tuple[float, float], whole: int = 0):
    """Arguments within ranges, the first few of them integers."""

    def example(key: Array) -> tuple[Array, ...]:
        keys = random.split(key, len(ranges))
        drawn = [random.uniform(k, (), jnp.float64, *ends) for k, ends in zip(keys, ranges, strict=True)]
        return tuple(jnp.floor(a) if i < whole else a for i, a in enumerate(drawn))

    return example


_CHI, _F = (1.0, 9.0), ((1.0, 9.0), (2.0, 20.0))
CONCEPTS = (
    Concept(chdtr, example=_draw(_CHI, (0.5, 9.0)), oracle="scipy.special.chdtr"),
    Concept(chdtrc, example=_draw(_CHI, (0.5, 9.0)), oracle="scipy.special.chdtrc"),
    Concept(chdtri, example=_draw(_CHI, (0.1, 0.9)), oracle="scipy.special.chdtri"),
    Concept(fdtr, example=_draw(*_F, (0.5, 4.0)), oracle="scipy.special.fdtr"),
    Concept(fdtrc, example=_draw(*_F, (0.5, 4.0)), oracle="scipy.special.fdtrc"),
    Concept(fdtri, example=_draw(*_F, (0.1, 0.9)), oracle="scipy.special.fdtri"),
    Concept(bdtr, example=_draw((0.0, 9.0), (9.0, 20.0), (0.1, 0.9), whole=2), oracle="scipy.stats.binom.cdf"),
    Concept(bdtrc, example=_draw((0.0, 9.0), (9.0, 20.0), (0.1, 0.9), whole=2), oracle="scipy.stats.binom.sf"),
    Concept(pdtr, example=_draw((0.0, 9.0), (0.5, 9.0), whole=1), oracle="scipy.special.pdtr"),
    Concept(pdtrc, example=_draw((0.0, 9.0), (0.5, 9.0), whole=1), oracle="scipy.special.pdtrc"),
)
