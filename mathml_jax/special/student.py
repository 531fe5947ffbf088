"""Student's law: its distribution function, the logarithm of that, and the quantiles."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special
from jax import random
from jax.custom_derivatives import SymbolicZero
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.special._blocks import in_blocks
from mathml_jax.special._student_quantile import student_quantile
from mathml_jax.special._student_tail import Side, slope_in_df, student_density, student_side


@jax.jit
def stdtr(df: Real[ArrayLike, "*#shape"], t: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Probability that a variable of Student's law is at most t.

    .. math::

        F_\nu(t) = \frac{\Gamma(\frac{\nu + 1}{2})}{\sqrt{\pi \nu}\, \Gamma(\frac{\nu}{2})}
        \int_{-\infty}^t \Bigl( 1 + \frac{s^2}{\nu} \Bigr)^{-(\nu + 1)/2} ds

    where :math:`F_\nu(t)` is the probability, :math:`\nu` the number of degrees of freedom, :math:`t` the bound up to
    which :math:`s` runs, and :math:`\Gamma` the gamma function. Far from 0 a continued fraction gives the tail, near 0
    another one the centre.

    Why it matters: the p-value of every t-test; as the degrees of freedom grow, the law becomes the normal one.

    Args:
      df: degrees of freedom, positive, inf for the normal law; any shape.
      t: real numbers, of a shape that broadcasts with that of df.

    Returns:
      Probabilities of the common shape; NaN unless df > 0. Autodiff follows a rule of its own: in t the formula of
      `stdtr_derivative`, in df the derivative of the continued fraction.

    References:
      Student, "The probable error of a mean", 1908.

    >>> stdtr(1, jnp.array([-1.0, 0.0, 1.0])).round(2).tolist()
    [0.25, 0.5, 0.75]
    """
    df, t = as_broadcast(df, t)
    return _below(widened(df), widened(t))[0].astype(t.dtype)


def stdtr_derivative(df: Real[ArrayLike, "*#shape"], t: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `stdtr` in t: the density.

    .. math::

        F_\nu'(t) = \frac{\Gamma(\frac{\nu + 1}{2})}{\sqrt{\pi \nu}\, \Gamma(\frac{\nu}{2})}
        \Bigl( 1 + \frac{t^2}{\nu} \Bigr)^{-(\nu + 1)/2}
    """
    df, t = as_broadcast(df, t)
    return _density(widened(df), widened(t)).astype(t.dtype)


@jax.jit
def log_stdtr(df: Real[ArrayLike, "*#shape"], t: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Logarithm of `stdtr`, also where that underflows.

    .. math::

        \log F_\nu(t) = \log \int_{-\infty}^t \Bigl( 1 + \frac{s^2}{\nu} \Bigr)^{-(\nu + 1)/2} ds
        - \log \frac{\sqrt{\pi \nu}\, \Gamma(\frac{\nu}{2})}{\Gamma(\frac{\nu + 1}{2})}

    where :math:`F_\nu(t)` is the probability of at most :math:`t` with :math:`\nu` degrees of freedom, :math:`s` runs
    up to t, and :math:`\Gamma` is the gamma function.

    Why it matters: p-values of huge samples are below the smallest number; their logarithms are not.

    Args:
      df: degrees of freedom, positive, inf for the normal law; any shape.
      t: real numbers, of a shape that broadcasts with that of df.

    Returns:
      Logarithms of the common shape; -inf at -inf; NaN unless df > 0. Autodiff follows the rule of `stdtr`.

    References:
      Student, "The probable error of a mean", 1908.

    >>> log_stdtr(5.0, -1e200).round(1).item()
    -2300.3
    """
    df, t = as_broadcast(df, t)
    return _below(widened(df), widened(t))[1].astype(t.dtype)


def log_stdtr_derivative(df: Real[ArrayLike, "*#shape"], t: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `log_stdtr` in t: the density over the probability, neither of which is formed in the tail.

    .. math::

        \frac{d}{dt} \log F_\nu(t) = \frac{F_\nu'(t)}{F_\nu(t)}
    """
    df, t = as_broadcast(df, t)
    wide = _bounded(widened(df)), widened(t)
    return _log_slope(*wide, student_side(*_safe(*wide)), _below(*wide)[0]).astype(t.dtype)


@jax.jit
def stdtrit(df: Real[ArrayLike, "*#shape"], p: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Point below which a variable of Student's law falls with probability p: the inverse of `stdtr`.

    .. math::

        F_\nu\bigl(F_\nu^{-1}(p)\bigr) = p

    where :math:`F_\nu(t)` is the probability of at most t with :math:`\nu` degrees of freedom and :math:`p` the
    probability that is asked for. Wallace's normal approximation starts Halley's iteration, in the logarithm of the
    tail for small p and in that of the centre near 1/2.

    Why it matters: confidence intervals of means, of slopes, of everything whose variance is estimated too.

    Args:
      df: degrees of freedom, positive, inf for the normal law; any shape.
      p: probabilities, of a shape that broadcasts with that of df.

    Returns:
      Quantiles of the common shape; -inf at 0 and inf at 1; NaN outside [0, 1] and unless df > 0. Quantiles beyond the
      largest number come as about that. Autodiff follows a rule of its own, that of an implicit function.

    References:
      Wallace, "Bounds on normal approximations to Student's and the chi-square distributions", 1959.

    >>> stdtrit(jnp.array([1.0, 10.0, jnp.inf]), 0.975).round(3).tolist()
    [12.706, 2.228, 1.96]
    """
    df, p = as_broadcast(df, p)
    return in_blocks(_quantile, widened(df), widened(p)).astype(p.dtype)


def stdtrit_derivative(df: Real[ArrayLike, "*#shape"], p: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Derivative of `stdtrit` in p: one over the density at the quantile.

    .. math::

        \frac{d}{dp} F_\nu^{-1}(p) = \frac{1}{F_\nu'(t)}, \qquad t = F_\nu^{-1}(p)
    """
    df, p = as_broadcast(df, p)
    wide = widened(df), widened(p)
    return _slope(*wide, _quantile(*wide)).astype(p.dtype)


@jax.custom_jvp
def _quantile(df: Array, p: Array) -> Array:
    plain = (df > 0) & (p > 0) & (p < 1) & (p != 0.5)
    tail = jnp.where(plain, jnp.where(p < 0.5, p, 1 - p), 0.25)
    centre = jnp.where(plain, jnp.where(p < 0.5, 0.5 - p, p - 0.5), 0.25)
    size = student_quantile(jnp.where(plain, _bounded(df), 1.0), tail, centre)
    edge = jnp.where(p == 0.5, 0.0, jnp.where(p == 0, -jnp.inf, jnp.where(p == 1, jnp.full_like(p, jnp.inf), jnp.nan)))
    return jnp.where(plain, jnp.where(p < 0.5, -size, size), jnp.where(df > 0, edge, jnp.nan))


@partial(_quantile.defjvp, symbolic_zeros=True)
def _quantile_jvp(primals: Any, tangents: Any) -> tuple[Array, Array]:
    (df, p), (ddf, dp) = primals, tangents
    t = _quantile(df, p)
    change = jnp.zeros_like(t) if isinstance(dp, SymbolicZero) else dp
    if not isinstance(ddf, SymbolicZero):
        change = change - jax.jvp(lambda df: _below(df, t)[0], (df,), (ddf,))[1]
    return t, change * _slope(df, p, t)


def _slope(df: Array, p: Array, t: Array) -> Array:
    """One over the density at the quantile of p, of which t is a rounding; in the tail by the density's share of it."""
    side, tail = student_side(*_safe(_bounded(df), t)), jnp.where(p < 0.5, p, 1 - p)
    in_tail = side.is_outer & _is_plain(df, t) & (tail > 0)
    share = 2 * side.pace / jnp.where(in_tail, jnp.where(t < 0, -t, t), 1.0)
    return 1 / jnp.where(in_tail, tail * share, _density(df, t))


@jax.custom_jvp
def _below(df: Array, t: Array) -> tuple[Array, Array]:
    """The probability of at most t and its logarithm."""
    side = student_side(*_safe(_bounded(df), t))
    return _probability_and_log(side, df, t)


@partial(_below.defjvp, symbolic_zeros=True)
def _below_jvp(primals: Any, tangents: Any) -> tuple[Any, Any]:
    (df, t), (ddf, dt) = primals, tangents
    wide = _bounded(df), t
    safe = _safe(*wide)
    side = student_side(*safe)
    lower, logarithm = _probability_and_log(side, df, t)
    change, log_change = jnp.zeros_like(lower), jnp.zeros_like(lower)
    if not isinstance(dt, SymbolicZero):
        change, log_change = _density(df, t) * dt, _log_slope(*wide, side, lower) * dt
    if not isinstance(ddf, SymbolicZero):
        slope = jnp.where(_is_plain(*wide), slope_in_df(*safe), 0.0) * ddf
        away = jnp.where(side.is_outer == (t < 0), side.probability, -side.probability) / 2 * slope
        change = change + away
        in_tail = side.is_outer & (t < 0)
        log_change = log_change + jnp.where(in_tail, slope, away / jnp.where(lower > 0, lower, 1.0))
    return (lower, logarithm), (change, log_change)


def _probability_and_log(side: Side, df: Array, t: Array) -> tuple[Array, Array]:
    half = side.probability / 2
    below = jnp.where(side.is_outer, half, 0.5 - half)
    # Below -|t| and above it.
    lower = jnp.where(t < 0, below, jnp.where(side.is_outer, 1 - half, 0.5 + half))
    log_lower = jnp.where(lower > 0.75, jnp.log1p(-jnp.where(lower > 0.75, below, 0.25)), jnp.log(lower))
    high, low = side.parts
    log_tail = high + (low + jnp.log(side.scale / 2))
    logarithm = jnp.where(side.is_outer & (t < 0), log_tail, log_lower)
    edge = jnp.where(t == 0, 0.5, jnp.where(t < 0, jnp.zeros_like(t), 1.0))
    edge = jnp.where((df > 0) & ~jnp.isnan(t), edge, jnp.nan)
    plain = _is_plain(df, t)
    return jnp.where(plain, lower, edge), jnp.where(plain, logarithm, jnp.log(edge))


def _density(df: Array, t: Array) -> Array:
    bounded = _bounded(df)
    plain = (df > 0) & jnp.isfinite(t)
    density = student_density(jnp.where(plain, bounded, 1.0), jnp.where(plain, t, 0.0))
    return jnp.where(plain, density, jnp.where((df > 0) & jnp.isinf(t), jnp.zeros_like(t), jnp.nan))


def _log_slope(df: Array, t: Array, side: Side, lower: Array) -> Array:
    in_tail = side.is_outer & (t < 0) & _is_plain(df, t)
    tail = 2 * side.pace / jnp.where(in_tail, -t, 1.0)
    return jnp.where(in_tail, tail, _density(df, t) / jnp.where(lower > 0, lower, 1.0))


def _bounded(df: Array) -> Array:
    """Beyond, the law is the normal one to the last digit."""
    return jnp.minimum(df, 1e30 if df.dtype == jnp.float64 else 1e14)


def _is_plain(df: Array, t: Array) -> Array:
    return (df > 0) & jnp.isfinite(t) & (t != 0)


def _safe(df: Array, t: Array) -> tuple[Array, Array]:
    plain = _is_plain(df, t)
    return jnp.where(plain, df, 1.0), jnp.where(plain, t, 1.0)


def _example(key: Array) -> tuple[Array, Array]:
    df, t = random.split(key)
    return random.uniform(df, (3,), jnp.float64, 1.0, 30.0), 2 * random.normal(t, (3,), jnp.float64)


def _example_of_quantile(key: Array) -> tuple[Array, Array]:
    df, p = random.split(key)
    return random.uniform(df, (3,), jnp.float64, 1.0, 30.0), random.uniform(p, (3,), jnp.float64, 0.01, 0.4)


CONCEPTS = (
    Concept(
        stdtr,
        example=_example,
        derivatives=(Derivative(stdtr_derivative, "derivative", argnum=1),),
        oracle="scipy.special.stdtr",
    ),
    Concept(
        log_stdtr,
        example=_example,
        derivatives=(Derivative(log_stdtr_derivative, "derivative", argnum=1),),
        oracle=lambda df, t: np.log(scipy.special.stdtr(df, t)),
    ),
    Concept(
        stdtrit,
        example=_example_of_quantile,
        derivatives=(Derivative(stdtrit_derivative, "derivative", argnum=1),),
        oracle="scipy.special.stdtrit",
    ),
)
