"""How a derivative of any kind is laid out: as the caller's arrays, as one matrix, along directions."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from mathml_jax._concept import Kind

MOST_ENTRIES = 2**19
"""Directions × entries asked at once; beyond it the axes are sampled, and the oblique direction sees the rest."""


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


def directions(kind: Kind, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Which axes are asked (a sample where n is large), and all directions as rows: the axes, then the oblique."""
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


class Layout(NamedTuple):
    """Names and shapes of a derivative's entries: its leaves' `shapes`, the function's `result`, its `variable`."""

    kind: Kind
    shapes: list[tuple[int, ...]]
    result: Any
    variable: Any

    @property
    def columns(self) -> int:
        """Entries of the variable."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.variable))

    def shaped(self, along: np.ndarray) -> np.ndarray | None:
        """The derivative from its values along every direction [k, m]; None where only some axes were asked."""
        if self.kind == "derivative":
            return along[0].reshape(self.shapes[0])
        if len(along) - 1 < self.columns:
            return None
        matrix = along[:-1].T
        if len(self.shapes) == 1:
            return matrix.reshape(self.shapes[0])
        return matrix[0] if self.kind in ("gradient", "vjp") else matrix

    def place(self, direction: int | None, entry: int) -> tuple[int, ...] | None:
        """Where the entry stands in what `shaped` returns; None for the oblique direction."""
        if direction is None:
            return None
        row, column = self._position(direction, entry)
        if len(self.shapes) > 1:
            return (column,) if row is None else (row, column)
        flat = (row or 0) * self.columns + column
        return tuple(int(i) for i in np.unravel_index(flat, self.shapes[0]))

    def label(self, direction: int | None, entry: int) -> str:
        """The entry's name, such as "[1, 2]" or "['w'][3]"; "" for a scalar and for the oblique direction."""
        if direction is None:
            return ""
        row, column = self._position(direction, entry)
        variable = self.variable[0] if len(self.variable) == 1 else self.variable
        if self.kind == "derivative":
            variable = self.result
        path, index = _locate(variable, column)
        if row is not None:
            above, left = _locate(variable if self.kind == "hessian" else self.result, row)
            if above or path:
                return f"{above}{_brackets(left)} by {path}{_brackets(index)}"
            index = left + index
        return path + _brackets(index)

    def _position(self, direction: int, entry: int) -> tuple[int | None, int]:
        """Row, where the kind has rows, and column of the matrix."""
        if self.kind == "derivative":
            return None, entry
        axes, _ = directions(self.kind, self.columns)
        return None if self.kind in ("gradient", "vjp") else entry, int(axes[direction])


def _locate(tree: Any, position: int) -> tuple[str, tuple[int, ...]]:
    """The path of the leaf that holds the flat position, and the index within it."""
    for path, leaf in jax.tree.leaves_with_path(tree):
        if position < leaf.size:
            return jax.tree_util.keystr(path), tuple(int(i) for i in np.unravel_index(position, leaf.shape))
        position -= leaf.size
    raise IndexError(position)


def _brackets(index: tuple[int, ...]) -> str:
    return str(list(index)) if index else ""
