"""Multipliers of Lagrange: the forces with which constraints hold against the slope of a function."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Int, Real

from mathml_jax._checks import expect
from mathml_jax._concept import Concept
from mathml_jax.optimize._augmented import ConstrainedResult as ConstrainedResult
from mathml_jax.optimize._augmented import Parts, parts_of, shaped
from mathml_jax.optimize._descending import dot
from mathml_jax.optimize._gauss_newton import linear_fits
from mathml_jax.optimize._least_squares import least
from mathml_jax.optimize._minimum import OptimizeStatus, raveled, status_of


class KKTResiduals(NamedTuple):
    """By how much the conditions of Karush, Kuhn and Tucker fail; all zero at a minimum.

    Attributes:
      stationarity: the gradient of the Lagrange function, for the parameters in one vector.
      equality: g, which should be 0.
      inequality: h where it is positive, which it should not be.
      dual: multipliers of h where they are negative, which they should not be.
      complementarity: h times its multipliers: one of both should be 0.
    """

    stationarity: Float[Array, " n"]
    equality: Float[Array, " p"]
    inequality: Float[Array, " q"]
    dual: Float[Array, " q"]
    complementarity: Float[Array, " q"]


@partial(jax.jit, static_argnames=("f", "g", "h"))
def kkt_residuals(
    f: Callable[..., Any],
    g: Callable[..., Any] | None,
    h: Callable[..., Any] | None,
    x: Any,
    multipliers: tuple[ArrayLike, ArrayLike],
    args: tuple[Any, ...] = (),
) -> KKTResiduals:
    r"""By how much a point misses the conditions that a minimum under constraints satisfies.

    .. math::

        \nabla f + J_g^\top \lambda + J_h^\top \mu = 0, \quad g = 0, \quad h \le 0, \quad \mu \ge 0, \quad
        \mu_i h_i = 0

    where :math:`f` is the function to be made small, :math:`g` the constraints that should be 0 and :math:`h` those,
    numbered by :math:`i`, that should not be positive, :math:`J_g` and :math:`J_h` their Jacobians, and :math:`\lambda`
    and :math:`\mu` are the multipliers: the forces with which the constraints hold against the slope of f.

    Why it matters: the proof that a solver has arrived, whoever's solver it is; the multipliers are prices, the gain in
    f for every unit by which a constraint is relaxed.

    Args:
      f: a function of the parameters and of `args` to a scalar.
      g: of the same to p numbers, or None.
      h: of the same to q numbers, or None.
      x: the point, an array or a tree of arrays of floating-point numbers.
      multipliers: those of g, shape [p], and those of h, shape [q]; empty where there is no constraint.
      args: what the functions take besides.

    Returns:
      `KKTResiduals`.

    Raises:
      TypeError: `x` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, `g` or `h` not one axis, or the multipliers do not fit.

    References:
      Karush, "Minima of functions of several variables with inequalities as side conditions", 1939; Nocedal and Wright,
      "Numerical optimization", 2nd edition, 2006, section 12.3.

    >>> left = kkt_residuals(jnp.sum, None, lambda x: 1 - x, jnp.array([1.0, 2.0]), (jnp.zeros(0), jnp.ones(2)))
    >>> left.stationarity.tolist(), left.inequality.tolist(), left.complementarity.tolist()
    ([0.0, 0.0], [0.0, 0.0], [0.0, -1.0])
    """
    v, build = raveled("kkt_residuals", x)
    parts = parts_of("kkt_residuals", f, g, h, build, v, args)
    _, at_g, at_h = parts(v, args)
    equal, unequal = (jnp.asarray(m, v.dtype) for m in multipliers)
    for name, m, c in (("g", equal, at_g), ("h", unequal, at_h)):
        expect(m.shape == c.shape, "kkt_residuals", f"multipliers of {name} of shape {c.shape}", f"shape {m.shape}")
    slope = jax.grad(partial(_lagrangian, parts))(v, equal, unequal, args)
    return KKTResiduals(slope, at_g, jnp.maximum(at_h, 0.0), jnp.minimum(unequal, 0.0), unequal * at_h)


def _lagrangian(parts: Parts, v: Array, equal: Array, unequal: Array, args: tuple[Any, ...]) -> Array:
    """The function and its constraints, weighed with their multipliers."""
    value, g, h = parts(v, args)
    return value + dot(equal, g) + dot(unequal, h)


@partial(jax.jit, static_argnames=("f", "g"))
def lagrange_multipliers(
    f: Callable[..., Any],
    g: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    *,
    gtol: Real[ArrayLike, ""] = 1e-5,
    xtol: Real[ArrayLike, ""] = 1e-8,
    max_nfev: Int[ArrayLike, ""] = 100,
) -> ConstrainedResult:
    r"""Where a function is level along the set on which constraints are 0, by Newton's method, and the multipliers.

    .. math::

        \nabla f(x) + J(x)^\top \lambda = 0, \qquad g(x) = 0

    where :math:`f` is the function, :math:`g` are the constraints, :math:`J` is their Jacobian, :math:`x` the point and
    :math:`\lambda` are the multipliers: as many equations as unknowns. At such a point every step that keeps the
    constraints runs along a level line of f.

    Why it matters: the principal components, the distribution of largest entropy, least squares under constraints: each
    is one such system. It finds saddles and maxima as well as minima, whichever is near the start.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      g: a function of the same to p numbers.
      x0: the start, an array or a tree of arrays of floating-point numbers; the multipliers start with those that fit
        best there.
      args: what `f` and `g` take besides; may be differentiated, in both modes and to any order.
      gtol: a solution misses none of the equations by more.
      xtol: stops where a step is no longer than this share of x and the multipliers.
      max_nfev: most evaluations.

    Returns:
      A `ConstrainedResult`. Steps are halved where they do not bring the equations closer to 0 or lead to where they
      are not finite; `status` is 2 where that ends the search without a solution.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, `g` not one axis, or `x0` is empty.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 18.1.

    >>> found = lagrange_multipliers(lambda x: x.sum(), lambda x: (x @ x)[None] - 2, jnp.array([-1.2, -0.9]))
    >>> found.x.round(6).tolist(), found.multipliers[0].round(6).tolist()
    ([-1.0, -1.0], [0.5])
    """
    start, build = raveled("lagrange_multipliers", x0)
    parts = parts_of("lagrange_multipliers", f, g, None, build, start, args)
    none = jnp.zeros(0, start.dtype)

    def equations(z: tuple[Array, Array], args: tuple[Any, ...]) -> Array:
        slope = jax.grad(partial(_lagrangian, parts))(z[0], z[1], none, args)
        return jnp.concatenate([slope, parts(z[0], args)[1]])

    slope = jax.grad(lambda v: parts(v, args)[0])(start)
    jacobian = jax.jacrev(lambda v: parts(v, args)[1])(start)
    finite = jnp.isfinite(slope).all() & jnp.isfinite(jacobian).all()
    fit = jnp.linalg.lstsq(jnp.where(finite, jacobian, 0.0).T, jnp.where(finite, -slope, 0.0))[0]
    begin = jax.lax.stop_gradient((start, fit))
    found = least("lagrange_multipliers", equations, begin, (args,), None, linear_fits, (0.0, xtol, 0.0, max_nfev))
    v, multipliers = found.x
    off, left = (jnp.max(jnp.abs(part), initial=0.0) for part in jnp.split(jax.lax.stop_gradient(found.fun), [v.size]))
    value = parts(v, args)[0]
    stuck = (found.status == OptimizeStatus.CONVERGED) | (found.status == OptimizeStatus.PRECISION)
    status = status_of(
        NOT_FINITE=~jnp.isfinite(value) | (found.status == OptimizeStatus.NOT_FINITE),
        CONVERGED=jnp.maximum(off, left) <= gtol,
        PRECISION=stuck,
        MAXITER=True,
    )
    counts = (found.njev - 1, found.nfev, status, status == OptimizeStatus.CONVERGED)
    return shaped(ConstrainedResult(v, value, (multipliers, none), left, off, *counts), build, x0)


def _far(x: Array, a: Array) -> Array:
    """The squared distance of two points."""
    return jnp.sum((x - a) ** 2)


def _plane(x: Array, a: Array) -> Array:
    """Where the entries sum to one."""
    del a
    return jnp.sum(x)[None] - 1


def _example(key: Array) -> tuple[Array]:
    return (random.normal(key, (3,), jnp.float64),)


def _foot(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The nearest point of the plane, and its multiplier."""
    return a - (a.sum() - 1) / 3, np.array([2 * (a.sum() - 1) / 3])


CONCEPTS = (
    Concept(
        kkt_residuals,
        _example,
        oracle=lambda a: (-2 * a + 1, np.array([-1.0]), np.zeros(0), np.zeros(0), np.zeros(0)),
        evaluate=lambda a: kkt_residuals(_far, _plane, None, 0 * a, (jnp.ones(1, a.dtype), jnp.zeros(0)), (a,)),
    ),
    Concept(
        lagrange_multipliers,
        _example,
        oracle=_foot,
        evaluate=lambda a: (lambda end: (end.x, end.multipliers[0]))(
            lagrange_multipliers(_far, _plane, jnp.ones_like(a), (a,))
        ),
    ),
)
