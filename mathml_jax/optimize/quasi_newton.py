"""Newton's method without second derivatives: they are learnt from how the gradient changes."""

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
from mathml_jax.optimize._descending import Method, State, Stop, descend, result
from mathml_jax.optimize._minimum import MESSAGES as MESSAGES
from mathml_jax.optimize._minimum import Objective, dot, minimum, size_of
from mathml_jax.optimize._minimum import OptimizeResult as OptimizeResult
from mathml_jax.optimize._minimum import OptimizeStatus as OptimizeStatus
from mathml_jax.optimize._wolfe import Rule


@partial(jax.jit, static_argnames=("f", "norm"))
def bfgs(
    f: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    *,
    gtol: Real[ArrayLike, ""] = 1e-5,
    norm: float = jnp.inf,
    maxiter: Int[ArrayLike, ""] | None = None,
    c1: Real[ArrayLike, ""] = 1e-4,
    c2: Real[ArrayLike, ""] = 0.9,
) -> OptimizeResult:
    r"""The minimum of a function by the method of Broyden, Fletcher, Goldfarb and Shanno.

    .. math::

        \begin{aligned}
        x_{t+1} &= x_t - \alpha_t H_t \nabla f(x_t), \qquad s = x_{t+1} - x_t, \quad
        y = \nabla f(x_{t+1}) - \nabla f(x_t) \\
        H_{t+1} &= (I - \rho s y^\top) H_t (I - \rho y s^\top) + \rho s s^\top, \qquad \rho = 1 / y^\top s
        \end{aligned}

    where :math:`f` is the function, :math:`x_t` the point after :math:`t` steps, :math:`H_t` the approximation of the
    inverse Hessian, which starts as the identity :math:`I`, :math:`s` a step, :math:`y` how the gradient changed along
    it, :math:`\rho` its scale, and :math:`\alpha_t` the length that a search finds for the strong Wolfe conditions. Of
    all symmetric matrices that explain the last change of the gradient, the new one is the closest to the old.

    Why it matters: the standard method for smooth functions of up to a few thousand parameters: near the minimum as
    fast as Newton's, for the price of a gradient a step.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers.
      args: what `f` takes besides; may be differentiated, in both modes and to any order.
      gtol: the gradient's norm at which to stop.
      norm: order of that norm, as in `jnp.linalg.norm`.
      maxiter: most steps, 200 for each parameter unless given.
      c1: share of the decrease that the slope promises and a step must reach, above 0.
      c2: share of the slope that may be left, above `c1` and below 1.

    Returns:
      An `OptimizeResult` with `hess_inv`. Step for step SciPy's BFGS, until rounding: where the values of f no longer
      differ the slopes alone choose the step, and where no step is found there is no second kind of search. A search
      turns back where the function is not finite; where no step but such ones is left, `status` is 3 and the last
      finite point is returned. The derivatives in `args` are those of a minimum: they mean little elsewhere.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, or `x0` is empty.

    References:
      Nocedal and Wright, "Numerical optimization", 2nd edition, 2006, section 6.1.

    >>> found = bfgs(lambda x, a: (x - a) ** 4 + x**2, 3.0, (1.0,))
    >>> round(found.x.item(), 5), found.success.item()
    (0.41025, True)
    """

    def run(g: Objective, start: Array, options: Any) -> OptimizeResult:
        rule, *limits = options
        identity = jnp.eye(start.size, dtype=start.dtype)
        method = Method(identity, _updated, lambda h, _, gradient: (h, -dot(h, gradient)), _as_much_as_before)
        end = descend(g, start, method, Rule(*rule), Stop(partial(jnp.linalg.norm, ord=norm), *limits))
        return result(end, hess_inv=end.memory)

    options = ((c1, c2, 1e-14, 100), gtol, -jnp.inf, 200 * size_of(x0) if maxiter is None else maxiter)
    return minimum("bfgs", f, x0, args, run, options)


@partial(jax.jit, static_argnames=("f", "maxcor"))
def lbfgs(
    f: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    *,
    maxcor: int = 10,
    ftol: Real[ArrayLike, ""] = 1e7 * 2.0**-52,
    gtol: Real[ArrayLike, ""] = 1e-5,
    maxiter: Int[ArrayLike, ""] = 15000,
    maxls: Int[ArrayLike, ""] = 20,
) -> OptimizeResult:
    r"""The minimum of a function of many parameters, by the last few steps of the method BFGS.

    .. math::

        \begin{aligned}
        a_i &= \rho_i s_i^\top q, \quad q := q - a_i y_i, \qquad i = t, \ldots, t - m + 1 \\
        r &:= r + s_i (a_i - \rho_i y_i^\top r), \qquad i = t - m + 1, \ldots, t
        \end{aligned}

    where :math:`s_i` are the last :math:`m` of :math:`t` steps, :math:`y_i` how the gradient changed along each,
    :math:`\rho_i = 1 / y_i^\top s_i`, and :math:`a_i` numbers kept from the first loop for the second. From the
    gradient :math:`q`, and with :math:`r = q\, s_t^\top y_t / y_t^\top y_t` in between, they make
    :math:`r`, the gradient times the inverse Hessian that BFGS would have learnt from these steps alone.

    Why it matters: memory and work a step are linear in the number of parameters, so it fits models of millions;
    the default of logistic regression and of conditional random fields.

    Args:
      f: a function of the parameters and of `args` to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, an array or a tree of arrays of floating-point numbers.
      args: what `f` takes besides; may be differentiated, in both modes and to any order.
      maxcor: how many steps are remembered, an integer from 1.
      ftol: stops where a step decreases f by no more than this, relative to the larger of abs(f) and 1.
      gtol: stops where no entry of the gradient is larger.
      maxiter: most steps.
      maxls: most evaluations in one search.

    Returns:
      An `OptimizeResult`, step for step that of SciPy's L-BFGS-B without bounds. `ftol` may end it where progress is
      slow, far from the minimum: with 0 it goes on until rounding ends it. Edges are as for `bfgs`.

    Raises:
      TypeError: `x0` has other than floating-point numbers.
      ValueError: `f` does not return a scalar, `x0` is empty, or `maxcor` is below 1.

    References:
      Nocedal, "Updating quasi-Newton matrices with limited storage", 1980; Byrd et al., "A limited memory algorithm for
      bound constrained optimization", 1995.

    >>> found = lbfgs(lambda p: jnp.sum((p["w"] - 2) ** 2) + p["b"] ** 2, {"w": jnp.ones(3), "b": 1.0})
    >>> found.x["w"].round(4).tolist(), found.nit.item()
    ([2.0, 2.0, 2.0], 2)
    """
    expect(maxcor >= 1, "lbfgs", "maxcor to be at least 1", maxcor)

    def run(g: Objective, start: Array, options: Any) -> OptimizeResult:
        rule, *limits = options
        none = jnp.zeros((maxcor, start.size), start.dtype)
        pairs = _Pairs(none, none, none[:, 0], jnp.ones((), start.dtype))
        method = Method(
            pairs, _remembered, lambda pairs, _, gradient: (pairs, -_two_loops(pairs, gradient)), _unit_step
        )
        return result(descend(g, start, method, Rule(*rule), Stop(lambda g: jnp.max(jnp.abs(g)), *limits)))

    # The constants of L-BFGS-B, which takes a bracket of a tenth for narrow.
    return minimum("lbfgs", f, x0, args, run, ((1e-3, 0.9, 0.1, maxls), gtol, ftol, maxiter))


class _Pairs(NamedTuple):
    """The last steps, the changes of the gradient and 1 over their products, newest last; the scale of the Hessian."""

    s: Float[Array, "m n"]
    y: Float[Array, "m n"]
    rho: Float[Array, " m"]
    scale: Float[Array, ""]


def _updated(h: Float[Array, "n n"], s: Float[Array, " n"], y: Float[Array, " n"]) -> Float[Array, "n n"]:
    """The formula of `bfgs`, multiplied out; the same matrix where f does not curve up along the step."""
    product = dot(s, y)
    curved = product > 0
    rho = jnp.where(curved, 1 / jnp.where(curved, product, 1.0), 0.0)
    hy = dot(h, y)
    across = jnp.outer(s, hy)
    return h - rho * (across + across.T) + rho * (1 + rho * dot(y, hy)) * jnp.outer(s, s)


def _as_much_as_before(now: State, slope: Array) -> Array:
    """The step along which the slope promises to decrease the function as much as the last step did."""
    step = 1.01 * 2 * (now.value - now.before) / slope
    return jnp.where(step < 0, 1.0, jnp.minimum(1.0, step))


def _unit_step(now: State, slope: Array) -> Array:
    """At the start a step of length one, since nothing is known yet."""
    del slope
    return jnp.where(now.nit == 0, 1 / jnp.linalg.norm(now.direction), 1.0)


def _remembered(pairs: _Pairs, s: Float[Array, " n"], y: Float[Array, " n"]) -> _Pairs:
    """One more pair, and the oldest forgotten; none where f does not curve up along the step."""
    product, square = dot(s, y), dot(y, y)
    curved = product > jnp.finfo(s.dtype).eps * square
    latest = (s, y, 1 / product)
    s, y, rho = (jnp.concatenate([rows[1:], row[None]]) for rows, row in zip(pairs[:3], latest, strict=True))
    return jax.tree.map(lambda new, old: jnp.where(curved, new, old), _Pairs(s, y, rho, product / square), pairs)


def _two_loops(pairs: _Pairs, gradient: Float[Array, " n"]) -> Float[Array, " n"]:
    """The formula of `lbfgs`; a pair of zeros changes nothing."""

    def backwards(q: Array, pair: Any) -> tuple[Array, Array]:
        s, y, rho = pair
        a = rho * dot(s, q)
        return q - a * y, a

    def forwards(r: Array, pair: Any) -> tuple[Array, None]:
        (s, y, rho), a = pair
        return r + (a - rho * dot(y, r)) * s, None

    q, a = jax.lax.scan(backwards, gradient, pairs[:3], reverse=True)
    return jax.lax.scan(forwards, pairs.scale * q, (pairs[:3], a))[0]


def _well(x: Array, a: Array) -> Array:
    """A convex function, least where x is log a."""
    return jnp.sum(jnp.exp(x) - a * x)


def _example(key: Array) -> tuple[Array]:
    return (1 + random.uniform(key, (3,), jnp.float64),)


def _least(a: np.ndarray) -> Any:
    return np.sum(a - a * np.log(a))


CONCEPTS = (
    Concept(
        bfgs, example=_example, oracle=_least, evaluate=lambda a: bfgs(_well, jnp.zeros_like(a), (a,), gtol=1e-9).fun
    ),
    Concept(
        lbfgs,
        example=_example,
        oracle=_least,
        evaluate=lambda a: lbfgs(_well, jnp.zeros_like(a), (a,), ftol=0.0, gtol=1e-9).fun,
    ),
)
