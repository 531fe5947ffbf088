"""Sums of squares made small: the Jacobian of the residuals stands in for the Hessian."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Int, Real

from mathml_jax._concept import Concept
from mathml_jax.optimize._gauss_newton import linear_fits
from mathml_jax.optimize._least_squares import LeastSquaresResult as LeastSquaresResult
from mathml_jax.optimize._least_squares import least
from mathml_jax.optimize._levenberg_marquardt import damped_fits
from mathml_jax.optimize._minimum import size_of


@partial(jax.jit, static_argnames=("residuals", "jac"))
def gauss_newton(
    residuals: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    *,
    jac: Callable[..., Any] | None = None,
    ftol: Real[ArrayLike, ""] = 1e-8,
    xtol: Real[ArrayLike, ""] = 1e-8,
    gtol: Real[ArrayLike, ""] = 1e-8,
    max_nfev: Int[ArrayLike, ""] | None = None,
) -> LeastSquaresResult:
    r"""The least sum of squares by the method of Gauss and Newton: one linear fit after another.

    .. math::

        x_{t+1} = x_t - \alpha_t J^+ r, \qquad \alpha_t \in \{1, \tfrac12, \tfrac14, \ldots\}

    where :math:`r` are the residuals at the point :math:`x_t` reached after :math:`t` steps, :math:`J^+` the
    pseudo-inverse of their Jacobian, and :math:`\alpha_t` the first of these lengths that decreases the sum of squares
    by a ten-thousandth of what its slope promises. Newton's method would have :math:`J^\top J` and the curvature of the
    residuals for its Hessian; here the curvature is left out.

    Why it matters: no second derivatives, and yet as fast as Newton's method where the residuals are small at the
    solution: how a camera is calibrated and a map is made from its pictures.

    Args:
      residuals: a function of the parameters and of `args` to m numbers, made of JAX operations; each new one is
        compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers, no more than m in all.
      args: what `residuals` takes besides; may be differentiated, in both modes and to any order.
      jac: the Jacobian as a function of the same arguments, shape [m, n] for n parameters in one vector; by forward
        mode unless given.
      ftol: stops where a step decreases the sum of squares by no more than this share of it.
      xtol: stops where a step is no longer than this share of the point.
      gtol: stops where no column of the Jacobian has a larger cosine with the residuals.
      max_nfev: most evaluations, 100 for each parameter unless given.

    Returns:
      A `LeastSquaresResult`. The length is halved too where the residuals are not finite; where no other step is left,
      `status` is 3 and the last finite point is returned. Far from the solution, or where the residuals stay large, it
      may crawl: `levenberg_marquardt` does not.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `x0` is empty, or `residuals` or `jac` returns another shape.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 10.3.

    >>> found = gauss_newton(lambda x: jnp.stack([x[0] - 1, x[0] * x[1] - 2, x[1] - 1.5]), jnp.ones(2))
    >>> found.x.round(3).tolist(), found.success.item()
    ([1.169, 1.622], True)
    """
    limit = 100 * size_of(x0) if max_nfev is None else max_nfev
    return least("gauss_newton", residuals, x0, args, jac, linear_fits, (ftol, xtol, gtol, limit))


@partial(jax.jit, static_argnames=("residuals", "jac"))
def levenberg_marquardt(
    residuals: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    *,
    jac: Callable[..., Any] | None = None,
    ftol: Real[ArrayLike, ""] = 1e-8,
    xtol: Real[ArrayLike, ""] = 1e-8,
    gtol: Real[ArrayLike, ""] = 1e-8,
    max_nfev: Int[ArrayLike, ""] | None = None,
) -> LeastSquaresResult:
    r"""The least sum of squares by the method of Levenberg and Marquardt, as in MINPACK.

    .. math::

        p = -(J^\top J + \lambda D^2)^{-1} J^\top r, \qquad \lambda \ge 0, \qquad
        \lambda (\Delta - \lVert D p \rVert) = 0

    where :math:`r` are the residuals, :math:`J` their Jacobian, :math:`p` the step, :math:`D` the diagonal matrix of
    the largest lengths that the columns of J had so far, and :math:`\lambda` the damping, without which the step would
    be longer than the radius :math:`\Delta`. The radius grows where the sum of squares decreases as the linear model
    says, and shrinks where it does not. Without damping it is the step of Gauss and Newton, with much of it a short
    one down the slope.

    Why it matters: the standard method of fitting curves, whatever the units of their parameters; safe far from the
    solution, fast near it.

    Args:
      residuals: a function of the parameters and of `args` to m numbers, made of JAX operations; each new one is
        compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers, no more than m in all.
      args: what `residuals` takes besides; may be differentiated, in both modes and to any order.
      jac: the Jacobian as a function of the same arguments, shape [m, n] for n parameters in one vector; by forward
        mode unless given.
      ftol: stops where a step decreases the sum of squares, and promised to, by no more than this share of it.
      xtol: stops where the radius is no more than this share of the point, both in units of the columns.
      gtol: stops where no column of the Jacobian has a larger cosine with the residuals.
      max_nfev: most evaluations, 100 for each parameter unless given.

    Returns:
      A `LeastSquaresResult`, step for step that of SciPy's least_squares with method "lm" but for rounding and where
      the Jacobian's columns are dependent. The radius shrinks where the residuals are not finite; where no other step
      is left, `status` is 3 and the last finite point is returned.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `x0` is empty, or `residuals` or `jac` returns another shape.

    References:
      Moré, "The Levenberg-Marquardt algorithm: implementation and theory", 1978.

    >>> found = levenberg_marquardt(lambda x: jnp.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]]), jnp.array([-1.2, 1.0]))
    >>> found.x.round(4).tolist(), found.success.item()
    ([1.0, 1.0], True)
    """
    limit = 100 * size_of(x0) if max_nfev is None else max_nfev
    return least("levenberg_marquardt", residuals, x0, args, jac, damped_fits, (ftol, xtol, gtol, limit))


_TIMES = np.linspace(0.0, 2.0, 6)


def _decay(p: Array, y: Array) -> Array:
    """An exponential curve less the data."""
    return p[0] * jnp.exp(-p[1] * jnp.asarray(_TIMES, p.dtype)) - y


def _example(key: Array) -> tuple[Array]:
    return (1 + random.uniform(key, (2,), jnp.float64),)


CONCEPTS = (
    Concept(
        gauss_newton,
        example=_example,
        oracle=lambda p: p,
        evaluate=lambda p: gauss_newton(_decay, jnp.ones_like(p), (_decay(p, jnp.zeros(6, p.dtype)),)).x,
    ),
    Concept(
        levenberg_marquardt,
        example=_example,
        oracle=lambda p: p,
        evaluate=lambda p: levenberg_marquardt(_decay, jnp.ones_like(p), (_decay(p, jnp.zeros(6, p.dtype)),)).x,
    ),
)
