"""What each witness says of a derivative: the hand-written one, autodiff in both modes, differences.

Every kind of derivative is brought to one form. The function becomes g, a vector to a vector; the derivative is asked along
directions: the axes, and one oblique direction that no axis shows. A matrix D (a Jacobian, with one row for a gradient)
answers D v; the derivative d of an elementwise function answers d v, entry by entry.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from mathml_jax._checks import expect
from mathml_jax._concept import Kind
from mathml_jax._differences import Estimate, along, along_two, binary_scale

MOST_ENTRIES = 2**21
"""Directions × entries asked at once; beyond it the axes are sampled, and the oblique direction sees the rest."""

UNTRACEABLE = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.NonConcreteBooleanIndexError,
)
"""What JAX raises where a function asks Python for a value: such a function is run eagerly, sample by sample."""

Each = Callable[[Callable[..., Any]], Callable[..., Any]]


class Evidence(NamedTuple):
    """One sample's answers, [directions, entries of the result]; a witness that cannot be heard is None."""

    hand: Float[Array, "k m"] | None
    forward: Float[Array, "k m"] | None
    reverse: Float[Array, "k m"] | None
    differences: Estimate
    left: Estimate
    right: Estimate
    size: Float[Array, ""]


class Problem(NamedTuple):
    """A function and its hand-written derivative as vectors and matrices, at one sample."""

    g: Callable[[Array], Array]
    x: Array
    derivative: Array | None


def one_by_one(function: Callable[..., Any]) -> Callable[..., Any]:
    """What `jax.vmap` does, without tracing: for functions that branch in Python on a value."""

    def looped(*columns: Any) -> Any:
        rows = [function(*jax.tree.map(lambda a, i=i: a[i], columns)) for i in range(len(jax.tree.leaves(columns)[0]))]
        return jax.tree.map(lambda *leaves: jnp.stack(leaves), *rows)

    return looped


def variables(args: Sequence[Any], argnum: int | tuple[int, ...]) -> tuple[Any, ...]:
    """The arguments that the derivative is taken with respect to."""
    return tuple(args[i] for i in (argnum if isinstance(argnum, tuple) else (argnum,)))


def substitute(args: Sequence[Any], argnum: int | tuple[int, ...], new: Sequence[Any]) -> tuple[Any, ...]:
    """The arguments with `new` in place of the variables."""
    replaced = list(args)
    for i, value in zip(argnum if isinstance(argnum, tuple) else (argnum,), new, strict=True):
        replaced[i] = value
    return tuple(replaced)


def expected_shapes(kind: Kind, result: Any, variable: Any) -> list[tuple[int, ...]]:
    """The shapes, leaf by leaf, that a derivative of this kind must have."""
    outputs = [leaf.shape for leaf in jax.tree.leaves(result)]
    inputs = [jnp.shape(leaf) for leaf in jax.tree.leaves(variable)]
    match kind:
        case "derivative":
            return outputs
        case "gradient" | "vjp":
            return inputs
        case "jacobian":
            return [o + i for o in outputs for i in inputs]
        case "hessian":
            return [i + j for i in inputs for j in inputs]


def as_matrix(derivative: Any, kind: Kind, rows: Sequence[int], columns: Sequence[int]) -> Array:
    """A derivative's leaves laid out as one matrix [entries of the result, entries of the variable]."""
    leaves = [jnp.asarray(leaf) for leaf in jax.tree.leaves(derivative)]
    if kind == "derivative":
        return leaves[0].ravel()
    if kind in ("gradient", "vjp"):
        return jnp.concatenate([leaf.ravel() for leaf in leaves])[None]
    blocks = iter(leaves)
    return jnp.concatenate([jnp.concatenate([next(blocks).reshape(r, c) for c in columns], 1) for r in rows])


def pose(f: Callable[..., Any], df: Callable[..., Any] | None, args: tuple[Any, ...], kind: Kind, argnum: Any) -> Problem:
    """Brings a function and its derivative to vectors and matrices."""
    primals = args
    if kind == "vjp":
        *primals, cotangent = args
        weights = ravel_pytree(cotangent)[0]

        def target(*xs: Any) -> Any:
            return jnp.vdot(weights, ravel_pytree(f(*xs))[0])
    else:
        target = f
    variable = variables(primals, argnum)
    result = jax.tree.leaves(target(*primals))
    if kind == "derivative":
        variable = tuple(jnp.broadcast_to(v, result[0].shape) for v in variable)
    x, unravel = ravel_pytree(variable)

    def g(flat: Array) -> Array:
        return ravel_pytree(target(*substitute(primals, argnum, unravel(flat))))[0]

    columns = [jnp.size(leaf) for leaf in jax.tree.leaves(variable)]
    rows = columns if kind == "hessian" else [jnp.size(leaf) for leaf in result]
    matrix = None if df is None else as_matrix(df(*args), kind, rows, columns).astype(x.dtype)
    return Problem(g, x, matrix)


def directions(kind: Kind, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Which axes are asked (all, or a sample where n is large), and every direction as a row: the axes, then the oblique."""
    random = np.random.default_rng(0)
    oblique = random.uniform(0.5, 1.0, (1, n)) * random.choice([-1.0, 1.0], (1, n))
    if kind == "derivative":
        return np.arange(0), np.concatenate([np.ones((1, n)), oblique])
    few = n * n > MOST_ENTRIES
    axes = np.sort(random.choice(n, max(8, MOST_ENTRIES // n), replace=False)) if few else np.arange(n)
    rows = np.zeros((len(axes), n))
    rows[np.arange(len(axes)), axes] = 1.0
    return axes, np.concatenate([rows, oblique / max(n, 1) ** 0.5])


def contract(d: Array, kind: Kind, n: int) -> Array:
    """A derivative's matrix (or, elementwise, its diagonal) along every direction."""
    axes, rows = directions(kind, n)
    v = jnp.asarray(rows, d.dtype)
    if kind == "derivative":
        return d[None] * v
    # Columns are taken, not multiplied by zeros and ones: one NaN must not spread over its row.
    return jnp.concatenate([d.T[axes], (d @ v[-1])[None]])


def testify(problem: Problem, kind: Kind, heard: frozenset[str], each: Each = jax.vmap) -> Evidence:
    """Asks every witness that can be heard along every direction."""
    g, x, derivative = problem
    v = jnp.asarray(directions(kind, x.size)[1], x.dtype)
    central, left, right = _differences(problem, kind, v, each)
    return Evidence(
        hand=None if derivative is None else contract(derivative, kind, x.size),
        forward=_forward(problem, kind, v, each) if "forward" in heard else None,
        reverse=_reverse(problem, kind, v, each) if "reverse" in heard else None,
        differences=central,
        left=left,
        right=right,
        size=jnp.max(jnp.abs(jnp.nan_to_num(g(x), posinf=0.0, neginf=0.0)), initial=0.0),
    )


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


def _differences(problem: Problem, kind: Kind, v: Array, each: Each) -> tuple[Estimate, Estimate, Estimate]:
    """Differences along every direction, with steps in proportion to the variable."""
    g, x, _ = problem
    scale = binary_scale(x)
    if kind == "derivative":
        found = each(lambda u: along(g, x, scale * u, each))(v)
        return jax.tree.map(lambda a: a / scale[None], found)
    on_axis = jnp.max(jnp.abs(v) * scale[None], axis=1, initial=0.0)
    lengths = jnp.where(jnp.arange(len(v)) < len(v) - 1, on_axis, 1.0)[:, None]
    found = each(lambda u: along(g, x, u, each))(v * lengths)
    if kind != "hessian":
        return jax.tree.map(lambda a: a / lengths, found)
    curved = each(lambda u: each(lambda w: along_two(g, x, u, w, each))(jnp.diag(scale)))(v * lengths)
    curved = jax.tree.map(lambda a: a[..., 0] / (lengths * scale[None]), curved)
    # A kink shows in the slopes: every entry of its row is told.
    left, right = (jax.tree.map(lambda a: jnp.broadcast_to(a / lengths, curved.value.shape), s) for s in found[1:])
    return curved, left, right


def available(problem: Problem, kind: Kind) -> tuple[frozenset[str], dict[str, str]]:
    """The modes in which autodiff can differentiate the function, and for the others the reason."""
    g, x = problem.g, problem.x
    modes = {
        "forward": lambda x: jax.jvp(g, (x,), (x,))[1],
        "reverse": lambda x: jax.vjp(g, x)[1](g(x)),
    }
    if kind == "hessian":
        modes = {
            "forward": lambda x: jax.jvp(lambda y: jax.jvp(g, (y,), (y,))[1], (x,), (x,))[1],
            "reverse": lambda x: jax.vjp(lambda y: jax.vjp(g, y)[1](g(y))[0], x)[1](x),
        }
    reasons = {}
    for mode, run in modes.items():
        try:
            jax.eval_shape(run, x)
        except UNTRACEABLE:
            pass
        except (TypeError, NotImplementedError, ValueError) as error:
            reasons[mode] = str(error).split("\n", 1)[0]
    return frozenset(modes) - frozenset(reasons), reasons


def loses_precision(f: Callable[..., Any], args: tuple[Any, ...]) -> str:
    """Why differences in float64 would not see `f` itself: it casts inside, draws noise, or refuses float64; or ''."""
    try:
        jaxpr = jax.make_jaxpr(f)(*args)
    except UNTRACEABLE:
        return ""
    except (TypeError, ValueError) as error:
        return f"does not run in float64: {str(error).splitlines()[0]}"
    return _walk(jaxpr.jaxpr)


def _walk(jaxpr: Any) -> str:
    for equation in jaxpr.eqns:
        if equation.primitive.name == "random_bits":
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


def check_variables(variable: Any) -> None:
    """Raises TypeError unless every leaf of the variable is a real floating-point array."""
    for leaf in jax.tree.leaves(variable):
        dtype = jnp.result_type(leaf)
        expect(jnp.issubdtype(dtype, jnp.floating), "compare", "real floating-point variables", dtype, TypeError)
