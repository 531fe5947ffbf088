"""What to do where a penalty has a kink: a step of descent, then the proximal operator of the penalty."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Int, Real

from mathml_jax._checks import as_broadcast, nan_unless
from mathml_jax._concept import Concept, Derivative
from mathml_jax.optimize._minimum import OptimizeResult
from mathml_jax.optimize._proximal import composite_minimum, proximal_descent


@jax.jit
def prox_l1(x: Real[ArrayLike, "..."], scale: Real[ArrayLike, "..."] = 1.0) -> Float[Array, "..."]:
    r"""The proximal operator of the sum of absolute values: soft thresholding.

    .. math::

        p = \operatorname{argmin}_y\; \tfrac12 (y - x)^2 + \lambda \lvert y \rvert
        = \operatorname{sign}(x) \max(\lvert x \rvert - \lambda, 0)

    where :math:`x` is an entry of the point, :math:`\lambda` the scale of the penalty, and :math:`p` the number
    :math:`y` that is best between both aims, close to x and close to 0.

    Why it matters: the source of exact zeros in the lasso: what is smaller than the scale vanishes, the rest is moved
    towards 0 by as much.

    Args:
      x: a point.
      scale: the weight of the penalty, not below 0; broadcasts.

    Returns:
      The operator's value, entry by entry; NaN for a negative scale.

    References:
      Parikh and Boyd, "Proximal algorithms", 2014, section 6.5.2.

    >>> prox_l1(jnp.array([-3.0, 0.5, 2.0])).tolist()
    [-2.0, 0.0, 1.0]
    """
    x, scale = as_broadcast(x, scale)
    moved = jnp.where(x > scale, x - scale, jnp.where(x < -scale, x + scale, 0.0))
    return nan_unless(scale >= 0, x) * jnp.where(jnp.isnan(x), x, moved)


def prox_l1_derivative(x: Real[ArrayLike, "..."], scale: Real[ArrayLike, "..."] = 1.0) -> Float[Array, "..."]:
    r"""Derivative of `prox_l1` in the point; 0 at the kinks.

    .. math::

        \frac{dp}{dx} = [\lvert x \rvert > \lambda]
    """
    x, scale = as_broadcast(x, scale)
    return nan_unless(scale >= 0, x) * (jnp.abs(x) > scale).astype(x.dtype)


@jax.jit
def prox_squared_l2(x: Real[ArrayLike, "..."], scale: Real[ArrayLike, "..."] = 1.0) -> Float[Array, "..."]:
    r"""The proximal operator of half the sum of squares: shrinkage in proportion.

    .. math::

        p = \operatorname{argmin}_y\; \tfrac12 (y - x)^2 + \tfrac{\lambda}{2} y^2 = \frac{x}{1 + \lambda}

    where :math:`x` is an entry of the point, :math:`\lambda` the scale of the penalty, and :math:`p` the number
    :math:`y` that is best between both aims, close to x and close to 0.

    Why it matters: weight decay without a gradient: stable for any scale, and it never reaches 0, unlike `prox_l1`.

    Args:
      x: a point.
      scale: the weight of the penalty, not below 0; broadcasts.

    Returns:
      The operator's value, entry by entry; NaN for a negative scale.

    References:
      Parikh and Boyd, "Proximal algorithms", 2014, section 6.1.1.

    >>> prox_squared_l2(jnp.array([-3.0, 1.0]), 0.5).tolist()
    [-2.0, 0.6666666666666666]
    """
    x, scale = as_broadcast(x, scale)
    return nan_unless(scale >= 0, x) * x / (1 + scale)


def prox_squared_l2_derivative(x: Real[ArrayLike, "..."], scale: Real[ArrayLike, "..."] = 1.0) -> Float[Array, "..."]:
    r"""Derivative of `prox_squared_l2` in the point.

    .. math::

        \frac{dp}{dx} = \frac{1}{1 + \lambda}
    """
    x, scale = as_broadcast(x, scale)
    return nan_unless(scale >= 0, x) / (1 + scale)


@partial(jax.jit, static_argnames="f")
def ista(
    f: Callable[..., Any],
    x0: Any,
    scale: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    stepsize: Real[ArrayLike, ""] | None = None,
    gtol: Real[ArrayLike, ""] = 1e-5,
    maxiter: Int[ArrayLike, ""] = 10000,
) -> OptimizeResult:
    r"""The minimum of a smooth function plus the sum of absolute values, by iterated soft thresholding.

    .. math::

        x_{k+1} = \operatorname{prox}_{t\lambda}\bigl(x_k - t \nabla f(x_k)\bigr) \quad\to\quad
        \operatorname{argmin}_x\; f(x) + \lambda \lVert x \rVert_1

    where :math:`f` is the smooth function, :math:`x` are the parameters, :math:`x_k` those after :math:`k` steps,
    :math:`\lambda` is the weight of the penalty, :math:`t` the length of step and :math:`\operatorname{prox}` the
    function `prox_l1`. The descent takes care of f, the threshold of the penalty.

    Why it matters: gradient descent for the lasso, with parameters that are exactly 0; the excess falls like 1/k.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers.
      scale: the weight of the penalty, not below 0; may be differentiated, as `args` may.
      args: what `f` takes besides.
      stepsize: the length of every step, at most 1 over the largest curvature of f; unless given, it begins with 1
        and is halved whenever a step decreases f less than its slope and 1/t as the curvature promise.
      gtol: stops where a step of the first length would change no parameter by more than this times that length.
      maxiter: most steps.

    Returns:
      An `OptimizeResult`; `fun` is the sum of both terms. Lengths that are searched are halved too where f is not
      finite; where that ends the search, or f is not finite with a given length, `status` is 3 and the last finite
      point is returned. The derivative in `args` and `scale` solves a dense system: for hundreds of parameters.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, or `x0` is empty.

    References:
      Daubechies, Defrise and De Mol, "An iterative thresholding algorithm for linear inverse problems with a sparsity
      constraint", 2004.

    >>> ista(lambda x: jnp.sum((x - jnp.array([3.0, 0.5])) ** 2) / 2, jnp.zeros(2), 1.0).x.tolist()
    [2.0, 0.0]
    """
    return _penalised("ista", f, x0, scale, args, stepsize, (gtol, maxiter), accelerated=False)


@partial(jax.jit, static_argnames="f")
def fista(
    f: Callable[..., Any],
    x0: Any,
    scale: Real[ArrayLike, ""],
    args: tuple[Any, ...] = (),
    *,
    stepsize: Real[ArrayLike, ""] | None = None,
    gtol: Real[ArrayLike, ""] = 1e-5,
    maxiter: Int[ArrayLike, ""] = 10000,
) -> OptimizeResult:
    r"""`ista` with Nesterov's momentum: the fast one.

    .. math::

        x_{k+1} = \operatorname{prox}_{t\lambda}\bigl(y_k - t \nabla f(y_k)\bigr), \qquad
        y_{k+1} = x_{k+1} + \frac{c_k - 1}{c_{k+1}} (x_{k+1} - x_k), \qquad
        c_{k+1} = \frac{1 + \sqrt{1 + 4 c_k^2}}{2}

    where :math:`x_k` are the parameters after :math:`k` steps, :math:`y_k` the same carried on in the direction of the
    last step, :math:`c_k` numbers that begin with 1 and grow by about a half each time, :math:`f` is the smooth
    function, :math:`\lambda` the weight of the penalty, :math:`t` the length of step and :math:`\operatorname{prox}`
    the function `prox_l1`.

    Why it matters: the excess falls like 1/k squared, as fast as gradients alone allow, for the price of one addition.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers.
      scale: the weight of the penalty, not below 0; may be differentiated, as `args` may.
      args: what `f` takes besides.
      stepsize: as for `ista`.
      gtol: stops where a step of the first length would change no parameter by more than this times that length.
      maxiter: most steps.

    Returns:
      An `OptimizeResult`, as for `ista`. The objective need not decrease in every step.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, or `x0` is empty.

    References:
      Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm for linear inverse problems", 2009.

    >>> fista(lambda x: jnp.sum((x - jnp.array([3.0, 0.5])) ** 2) / 2, jnp.zeros(2), 1.0).x.tolist()
    [2.0, 0.0]
    """
    return _penalised("fista", f, x0, scale, args, stepsize, (gtol, maxiter), accelerated=True)


def _penalised(
    function: str,
    f: Callable[..., Any],
    x0: Any,
    scale: ArrayLike,
    args: tuple[Any, ...],
    stepsize: ArrayLike | None,
    limits: tuple[Any, Any],
    *,
    accelerated: bool,
) -> OptimizeResult:
    def prox(x: Any, t: Array, scale: Array) -> Any:
        return jax.tree.map(lambda leaf: prox_l1(leaf, (t * scale).astype(leaf.dtype)), x)

    def penalty(x: Any, scale: Array) -> Array:
        total = sum(jnp.sum(jnp.abs(leaf)).astype(scale.dtype) for leaf in jax.tree.leaves(x))
        return scale * total

    # In the widest dtype of the parameters, so that nothing is lost or promoted.
    with jax.numpy_dtype_promotion("standard"):
        weight = jnp.asarray(scale, jnp.result_type(jnp.float32, *jax.tree.leaves(x0)))
    run = partial(proximal_descent, accelerated=accelerated, searched=stepsize is None)
    options = (1.0 if stepsize is None else stepsize, *limits)
    return composite_minimum(function, f, x0, args, prox, penalty, weight, run, options)


def _parabola(x: Array, a: Array) -> Array:
    """Steeper in each entry than in the one before."""
    stiffness = jnp.asarray(np.arange(1.0, 4.0), x.dtype)
    return jnp.sum(stiffness * (x - a) ** 2) / 2


def _example(key: Array) -> tuple[Array]:
    return (2 * random.normal(key, (3,), jnp.float64),)


def _thresholded(a: np.ndarray) -> np.ndarray:
    return np.sign(a) * np.maximum(np.abs(a) - 0.5 / np.arange(1.0, 4.0), 0.0)


CONCEPTS = (
    Concept(
        prox_l1,
        _example,
        derivatives=(Derivative(prox_l1_derivative, "derivative"),),
        oracle=lambda x: x - np.clip(x, -1.0, 1.0),
    ),
    Concept(
        prox_squared_l2,
        _example,
        derivatives=(Derivative(prox_squared_l2_derivative, "derivative"),),
        oracle=lambda x: x / 2,
    ),
    Concept(
        ista,
        _example,
        oracle=_thresholded,
        evaluate=lambda a: ista(_parabola, jnp.zeros_like(a), 0.5, (a,), gtol=1e-13).x,
    ),
    Concept(
        fista,
        _example,
        oracle=_thresholded,
        evaluate=lambda a: fista(_parabola, jnp.zeros_like(a), 0.5, (a,), gtol=1e-13).x,
    ),
)
