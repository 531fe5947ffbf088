"""What every slope of a function of many variables begins with: its variables, and directions among them."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._checks import as_float, expect

Argnum = int | tuple[int, ...]
"""Which argument holds the variables; of a tuple, the variables are the tuple of those arguments."""


def of_variables(
    function: str, f: Callable[..., Any], args: tuple[Any, ...], argnum: Argnum
) -> tuple[Callable[[Any], Any], Any]:
    """The function of its variables alone, with floating-point results, and the variables as floating-point arrays."""
    places = argnum if isinstance(argnum, tuple) else (argnum,)
    got = f"{argnum} for {len(args)} of them"
    expect(all(-len(args) <= i < len(args) for i in places), function, "argnum among the arguments of f", got)
    variables = tuple(floating(args[i]) for i in places)

    def varied(variables: Any) -> Any:
        filled = list(args)
        for i, values in zip(places, variables if isinstance(argnum, tuple) else (variables,), strict=True):
            filled[i] = values
        return floating(f(*filled))

    return varied, variables if isinstance(argnum, tuple) else variables[0]


def floating(tree: Any) -> Any:
    """The tree with every leaf as a floating-point array."""
    return jax.tree.map(as_float, tree)


def shapes(tree: Any) -> Any:
    """The tree with the shape of every leaf in its place."""
    return jax.tree.map(jnp.shape, tree)


def like(function: str, **trees: Any) -> Any:
    """The first of two trees in the dtypes of the second, once it is known to have its shapes."""
    (name, tree), (other_name, other) = trees.items()
    fits = jax.tree.structure(tree) == jax.tree.structure(other) and shapes(tree) == shapes(other)
    expect(fits, function, f"{name} shaped like {other_name}, {shapes(other)}", shapes(tree))
    return jax.tree.map(lambda x, y: as_float(x).astype(y.dtype), tree, other)


def axis_of(function: str, where: Any, variables: Any) -> Any:
    """The unit vector along one variable: zeros shaped like the variables, and a one where the place points."""
    place = where if isinstance(where, tuple) else (where,)
    leaves, structure = jax.tree_util.tree_flatten_with_path(variables)
    marked = [_marked(x, tuple(map(_name, path)), place) for path, x in leaves]
    one = sum(m is not None for m in marked) == 1
    expect(one, function, f"a place of one number in variables of shape {shapes(variables)}", repr(where))
    return jax.tree.unflatten(
        structure, [jnp.zeros_like(x) if m is None else m for m, (_, x) in zip(marked, leaves, strict=True)]
    )


def _name(entry: Any) -> Any:
    """What a step of a path is called: a key, an index or the name of a field."""
    return next(getattr(entry, kind) for kind in ("key", "idx", "name") if hasattr(entry, kind))


def _marked(x: Array, path: tuple[Any, ...], place: tuple[Any, ...]) -> Array | None:
    """Zeros with a one, where the place leads along the path to an entry of the array."""
    index = place[len(path) :]
    inside = place[: len(path)] == path and len(index) == x.ndim
    inside = inside and all(isinstance(i, int) and -n <= i < n for i, n in zip(index, x.shape, strict=True))
    return jnp.zeros_like(x).at[index].set(1) if inside else None


def inner(a: Any, b: Any) -> Array:
    """The inner product of two trees of one structure."""
    products = jax.tree.leaves(jax.tree.map(lambda p, q: jnp.sum(p * q), a, b))
    return reduce(jnp.add, products)
