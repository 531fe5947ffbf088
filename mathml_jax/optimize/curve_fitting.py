"""A curve through points: its parameters, and how certain they are."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.scipy.linalg import solve_triangular
from jaxtyping import Array, ArrayLike, Float, Int, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept
from mathml_jax.optimize._descending import dot
from mathml_jax.optimize._triangular import solve_upper, triangle
from mathml_jax.optimize.least_squares import levenberg_marquardt


class CurveFit(NamedTuple):
    """A fitted curve, in SciPy's names.

    Attributes:
      popt: the parameters; NaN where the fit did not succeed.
      pcov: the covariance of their errors, for small errors; inf where the points do not determine all of them.
    """

    popt: Float[Array, " n"]
    pcov: Float[Array, "n n"]


@partial(jax.jit, static_argnames=("f", "absolute_sigma"))
def curve_fit(
    f: Callable[..., Any],
    xdata: Any,
    ydata: Real[ArrayLike, " m"],
    p0: Real[ArrayLike, " n"],
    sigma: Real[ArrayLike, "..."] | None = None,
    absolute_sigma: bool = False,
    *,
    ftol: Real[ArrayLike, ""] = 1.49012e-8,
    xtol: Real[ArrayLike, ""] = 1.49012e-8,
    gtol: Real[ArrayLike, ""] = 0.0,
    max_nfev: Int[ArrayLike, ""] | None = None,
) -> CurveFit:
    r"""The parameters with which a curve passes closest to points, by least squares, and their covariance.

    .. math::

        \sum_{i=1}^m \frac{(y_i - f(x_i, \hat\beta))^2}{\sigma_i^2}
        = \min_\beta \sum_{i=1}^m \frac{(y_i - f(x_i, \beta))^2}{\sigma_i^2}, \qquad
        \operatorname{cov}(\hat\beta) \approx s^2 (J^\top J)^{-1}

    where :math:`f` is the curve, :math:`x_i` and :math:`y_i` are the :math:`m` points, :math:`\sigma_i` the errors to
    be expected in the y, :math:`\beta` the parameters and :math:`\hat\beta` their estimate, :math:`J` the Jacobian of
    the terms before they are squared, and :math:`s^2` their least sum of squares divided by m less the number of
    parameters, or 1 if the sigma are absolute.

    Why it matters: the fit of every laboratory: a half-life, a resonance, a dose-response curve, each with its error;
    thousands of them at once by vmap.

    Args:
      f: a function of `xdata` and of the parameters, each a scalar argument, to m numbers, made of JAX operations; each
        new one is compiled.
      xdata: whatever `f` takes.
      ydata: m numbers, m at least n.
      p0: the start, n numbers.
      sigma: standard deviations of the errors, shape [m], or their covariance, shape [m, m]; all 1 unless given.
      absolute_sigma: whether `sigma` is meant in the units of `ydata`, or only in proportion.
      ftol: see `levenberg_marquardt`, and so for the rest.
      xtol: likewise.
      gtol: likewise.
      max_nfev: most evaluations, 100 for each parameter and 100 more unless given.

    Returns:
      `popt` and `pcov`, differentiable in the data, in both modes and to any order. NaN where `levenberg_marquardt` did
      not succeed: it says why. pcov is inf where the parameters are not determined, or m is n and `sigma` not absolute.

    Raises:
      ValueError: `ydata` or `p0` has not one axis, `sigma` does not fit, or `f` returns another shape.

    References:
      Seber and Wild, "Nonlinear regression", 1989, section 2.1; SciPy's curve_fit.

    >>> x = jnp.arange(5.0)
    >>> popt, pcov = curve_fit(lambda x, a, b: a * jnp.exp(-b * x), x, 3 * jnp.exp(-x / 2), jnp.ones(2))
    >>> popt.round(4).tolist()
    [3.0, 0.5]
    """
    ydata, p0 = as_float(ydata, p0)
    for name, values in (("ydata", ydata), ("p0", p0)):
        expect_rank("curve_fit", name, values, 1)
    y, m, n = widened(ydata), ydata.size, p0.size
    factor = None if sigma is None else _factor(jnp.asarray(sigma, y.dtype), m)

    def residuals(p: Array, xdata: Any, y: Array, factor: Array | None) -> Array:
        curve = as_float(f(xdata, *p))
        expect(curve.shape == (m,), "curve_fit", f"f to return shape {(m,)}", f"shape {curve.shape}")
        off = curve.astype(y.dtype) - y
        if factor is None:
            return off
        return off / factor if factor.ndim == 1 else solve_triangular(factor, off, lower=True)

    limit = 100 * (n + 1) if max_nfev is None else max_nfev
    tolerances = {"ftol": ftol, "xtol": xtol, "gtol": gtol, "max_nfev": limit}
    found = levenberg_marquardt(residuals, widened(p0), (xdata, y, factor), **tolerances)
    unit = jnp.ones((), y.dtype) if absolute_sigma else 2 * found.cost / (m - n) if m > n else jnp.full((), jnp.inf)
    pcov = unit.astype(y.dtype) * _inverse_gram(found.jac)
    pcov = jnp.where(jnp.isnan(pcov), jnp.inf, pcov)
    popt, pcov = (jnp.where(found.success, v, jnp.nan).astype(p0.dtype) for v in (found.x, pcov))
    return CurveFit(popt, pcov)


def _factor(sigma: Array, m: int) -> Array:
    """Standard deviations as they are, a covariance as its Cholesky factor."""
    expect(sigma.shape in ((m,), (m, m)), "curve_fit", f"sigma of shape {(m,)} or {(m, m)}", f"shape {sigma.shape}")
    return sigma if sigma.ndim == 1 else jnp.linalg.cholesky(sigma)


def _inverse_gram(jac: Float[Array, "m n"]) -> Float[Array, "n n"]:
    """The inverse of J'J by way of R, so that the condition is not squared; inf where columns depend on each other."""
    n, eps = jac.shape[1], jnp.finfo(jac.dtype).eps
    upper = triangle([*jac.T], n)
    full = (jnp.abs(jnp.diagonal(upper)) > 8 * n * eps * jnp.linalg.norm(upper, axis=0)).all()
    eye = jnp.eye(n, dtype=jac.dtype)
    inverse = jax.vmap(partial(solve_upper, jnp.where(full, upper, eye)), 1, 1)(eye)
    return jnp.where(full, dot(inverse, inverse.T), jnp.inf)


_TIMES = np.linspace(0.0, 2.0, 6)


def _line(x: Array, a: Array, b: Array) -> Array:
    return a + b * x


def _least_line(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    b, pcov = np.polyfit(_TIMES, y, 1, cov=True)
    return b[::-1], pcov[::-1, ::-1]


CONCEPTS = (
    Concept(
        curve_fit,
        example=lambda key: (random.normal(key, (6,), jnp.float64),),
        oracle=_least_line,
        evaluate=lambda y: curve_fit(_line, jnp.asarray(_TIMES, y.dtype), y, jnp.ones(2, y.dtype)),
    ),
)
