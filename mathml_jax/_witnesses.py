"""What each witness says of a derivative: the hand-written one, autodiff in both modes, differences.

Every kind of derivative is brought to one form. The function becomes g, a vector to a vector; the derivative is asked
along directions: the axes, and one oblique direction that no axis shows. A matrix D (a Jacobian, with one row for a
gradient) answers D v; the derivative d of an elementwise function answers d v, entry by entry.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array

from mathml_jax._concept import Kind
from mathml_jax._differences import Estimate, binary_scale, corners, curvature, slopes, stations
from mathml_jax._layout import as_matrix, contract, directions
from mathml_jax._trial import UNTRACEABLE, substitute, variables

MODES = frozenset({"forward", "reverse"})
"""Of autodiff."""
UNAVAILABLE = (TypeError, NotImplementedError, ValueError)
"""What JAX raises where a function cannot be differentiated in one of them."""

Each = Callable[[Callable[..., Any]], Callable[..., Any]]


class Answers(NamedTuple):
    """What one sample gives, straight from the device; a witness that cannot be heard is None.

    The derivatives are [directions, entries of the result]. `line` holds g at the stations along every direction,
    `square` at the corners along every direction and axis (kind "hessian" only); `unit` is the length of a step in
    every direction, and `scale` in every axis.
    """

    hand: Array | None
    forward: Array | None
    reverse: Array | None
    line: Array
    square: Array | None
    unit: Array
    scale: Array


class Evidence(NamedTuple):
    """What all samples give, as NumPy arrays [samples, directions, entries of the result]; `size` is [samples]."""

    hand: np.ndarray | None
    forward: np.ndarray | None
    reverse: np.ndarray | None
    differences: Estimate
    left: Estimate
    right: Estimate
    size: np.ndarray


class Problem(NamedTuple):
    """A function and its hand-written derivative as vectors and matrices, at one sample."""

    g: Callable[[Array], Array]
    x: Array
    derivative: Array | None


def pose(
    f: Callable[..., Any],
    df: Callable[..., Any] | None,
    args: Sequence[Any],
    kind: Kind,
    argnum: int | tuple[int, ...],
    result: Any,
) -> Problem:
    """Brings a function, whose result has the shapes of `result`, and its derivative to vectors and matrices."""
    target, primals, rows = f, args, [leaf.size for leaf in jax.tree.leaves(result)]
    if kind == "vjp":
        *primals, cotangent = args
        weights = ravel_pytree(cotangent)[0]
        rows = [1]

        def target(*xs: Any) -> Array:
            return jnp.vdot(weights, ravel_pytree(f(*xs))[0])

    variable = variables(primals, argnum)
    if kind == "derivative":
        variable = tuple(jnp.broadcast_to(v, jax.tree.leaves(result)[0].shape) for v in variable)
    x, unravel = ravel_pytree(variable)

    def g(flat: Array) -> Array:
        return ravel_pytree(target(*substitute(primals, argnum, unravel(flat))))[0]

    columns = [jnp.size(leaf) for leaf in jax.tree.leaves(variable)]
    matrix = None if df is None else as_matrix(df(*args), kind, columns if kind == "hessian" else rows, columns)
    return Problem(g, x, None if matrix is None else matrix.astype(x.dtype))


def testify(problem: Problem, kind: Kind, heard: frozenset[str], each: Each) -> Answers:
    """Asks every witness that can be heard along every direction."""
    g, x, derivative = problem
    v, scale = jnp.asarray(directions(kind, x.size)[1], x.dtype), binary_scale(x)
    if kind == "derivative":
        unit = scale[None]
    else:
        on_axis = jnp.max(jnp.abs(v) * scale[None], axis=1, initial=0.0)
        unit = jnp.where(jnp.arange(len(v)) < len(v) - 1, on_axis, 1.0)[:, None]

    def corner(u: Array, w: Array, t: Array) -> Array:
        return g(x + t[0] * u + t[1] * w)

    t, tt = stations(x.dtype), corners(x.dtype)
    line = each(lambda u: each(lambda t: g(x + t * u))(t))(v * unit)
    square = each(lambda u: each(lambda w: each(lambda t: corner(u, w, t))(tt))(jnp.diag(scale)))
    return Answers(
        hand=None if derivative is None else contract(derivative, kind, x.size),
        forward=_forward(problem, kind, v, each) if "forward" in heard else None,
        reverse=_reverse(problem, kind, v, each) if "reverse" in heard else None,
        line=line,
        square=square(v * unit) if kind == "hessian" else None,
        unit=unit,
        scale=scale,
    )


def collect(answers: Answers) -> Evidence:
    """The answers of all samples with their differences extrapolated: in NumPy, as there is nothing to compile."""
    hand, forward, reverse, line, square, unit, scale = jax.tree.map(np.asarray, answers)
    with np.errstate(all="ignore"):
        found = jax.tree.map(lambda a: a / unit, slopes(np.moveaxis(line, 2, 0)))
        central, left, right = found
        if square is not None:
            central = curvature(np.moveaxis(square, 3, 0)[..., 0])
            central = jax.tree.map(lambda a: a / (unit * scale[:, None]), central)
            # A kink shows in the slopes: every entry of its row is told.
            left, right = jax.tree.map(lambda a: np.broadcast_to(a, central.value.shape), (left, right))
    here = np.abs(line[:, :, 0])
    size = np.max(here, axis=(1, 2), where=np.isfinite(here), initial=0.0)
    return jax.tree.map(np.float64, Evidence(hand, forward, reverse, central, left, right, size))


def _forward(problem: Problem, kind: Kind, v: Array, each: Each) -> Array:
    g, x, _ = problem
    basis = jnp.eye(x.size, dtype=x.dtype)

    def slopes(y: Array) -> Array:
        return each(lambda u: jax.jvp(g, (y,), (u,))[1][0])(basis)

    function = slopes if kind == "hessian" else g
    return each(lambda u: jax.jvp(function, (x,), (u,))[1])(v)


def _reverse(problem: Problem, kind: Kind, v: Array, each: Each) -> Array:
    g, x, _ = problem

    def rows(function: Callable[[Array], Array], y: Array) -> Array:
        result, pullback = jax.vjp(function, y)
        return each(lambda u: pullback(u)[0])(jnp.eye(result.size, dtype=result.dtype))

    if kind == "derivative":
        pullback = jax.vjp(g, x)[1]
        return each(lambda u: pullback(u)[0])(v)
    matrix = rows((lambda y: rows(g, y)[0]) if kind == "hessian" else g, x)
    return contract(matrix, kind, x.size)


def silent(problem: Callable[..., Problem], kind: Kind, *args: Any) -> dict[str, str]:
    """The modes in which autodiff cannot differentiate the problem that `args` pose, each with its reason."""

    def ask(mode: Callable[..., Array], *args: Any) -> Array:
        posed = problem(*args)
        return mode(posed, kind, jnp.asarray(directions(kind, posed.x.size)[1], posed.x.dtype), jax.vmap)

    reasons = {}
    for name, mode in (("forward", _forward), ("reverse", _reverse)):
        try:
            jax.eval_shape(partial(ask, mode), *args)
        except UNTRACEABLE:
            pass
        except UNAVAILABLE as error:
            reasons[name] = str(error).split("\n", 1)[0]
    return reasons


def loses_precision(f: Callable[..., Any], *args: Any) -> str:
    """Why float64 would not be `f` itself, only finer: it casts inside, draws noise, or refuses float64; or ''."""
    try:
        jaxpr = jax.make_jaxpr(f)(*args)
    except UNTRACEABLE:
        return ""
    except (TypeError, ValueError) as error:
        return f"does not run in float64: {str(error).splitlines()[0]}"
    return _walk(jaxpr.jaxpr)


def _walk(jaxpr: Any) -> str:
    for equation in jaxpr.eqns:
        if equation.primitive.name in ("random_bits", "random_gamma"):
            return "draws random numbers, others in another dtype"
        wide = any(getattr(a.aval, "dtype", None) == jnp.float64 for a in equation.invars)
        narrow = [a.aval.dtype for a in equation.outvars if _is_narrow(getattr(a.aval, "dtype", None))]
        if wide and narrow and equation.primitive.name == "convert_element_type":
            return f"casts to {narrow[0]} inside"
        for parameter in jax.tree.leaves(list(equation.params.values()), is_leaf=_is_jaxpr):
            if _is_jaxpr(parameter) and (reason := _walk(getattr(parameter, "jaxpr", parameter))):
                return reason
    return ""


def _is_jaxpr(value: Any) -> bool:
    return hasattr(value, "eqns") or hasattr(value, "jaxpr")


def _is_narrow(dtype: Any) -> bool:
    return dtype is not None and jnp.issubdtype(dtype, jnp.floating) and dtype.itemsize < 8
