"""The arguments of a comparison: what varies from sample to sample, what is differentiated, what stays fixed."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from mathml_jax._checks import expect

UNTRACEABLE = (
    jax.errors.ConcretizationTypeError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.NonConcreteBooleanIndexError,
)
"""What JAX raises where a function asks Python for a value: such a function is run eagerly, sample by sample."""


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


def check_variables(variable: Any) -> None:
    """Raises TypeError unless every leaf of the variable is a real floating-point array."""
    for leaf in jax.tree.leaves(variable):
        dtype = jnp.result_type(leaf)
        expect(jnp.issubdtype(dtype, jnp.floating), "compare", "real floating-point variables", dtype, TypeError)


def _strong(x: Any) -> jax.Array:
    """An array that keeps its dtype wherever it goes, as a Python number does not."""
    return jnp.asarray(x, jnp.asarray(x).dtype)


class Trial(NamedTuple):
    """The arguments as leaves: arrays, with a leading axis of samples, vary; everything else stays fixed."""

    leaves: list[Any]
    structure: Any
    arrays: list[int]
    x64: bool

    @classmethod
    def of(cls, args: tuple[Any, ...], argnum: int | tuple[int, ...], batched: bool) -> "Trial":
        variable = variables(args, argnum)
        check_variables(variable)
        args = substitute(args, argnum, jax.tree.map(_strong, variable))
        leaves, structure = jax.tree.flatten(args)
        arrays = [i for i, leaf in enumerate(leaves) if isinstance(leaf, jax.Array | np.ndarray | np.generic)]
        for i in arrays:
            leaf = leaves[i] if isinstance(leaves[i], jax.Array) else np.asarray(leaves[i])
            leaves[i] = leaf if batched else leaf[None]
        return cls(leaves, structure, arrays, jax.dtypes.canonicalize_dtype(float) == np.float64)

    @property
    def batch(self) -> list[Any]:
        """What varies."""
        return [self.leaves[i] for i in self.arrays]

    def args(self, batch: Sequence[Any]) -> tuple[Any, ...]:
        """The arguments with these arrays in place of what varies."""
        leaves = list(self.leaves)
        for i, leaf in zip(self.arrays, batch, strict=True):
            leaves[i] = leaf
        return jax.tree.unflatten(self.structure, leaves)

    @property
    def sample(self) -> list[jax.ShapeDtypeStruct]:
        """The shapes of what varies, at one sample."""
        return [jax.ShapeDtypeStruct(leaf.shape[1:], leaf.dtype) for leaf in self.batch]

    def cast(self, dtype: str) -> "Trial":
        """The same with every real array in `dtype`."""
        leaves = list(self.leaves)
        for i in self.arrays:
            if jnp.issubdtype(leaves[i].dtype, jnp.floating):
                leaves[i] = jnp.asarray(leaves[i], dtype)
        return self._replace(leaves=leaves)

    def append(self, tree: Any) -> "Trial":
        """The same with one more argument, a tree of arrays."""
        args = (*jax.tree.unflatten(self.structure, self.leaves), tree)
        leaves, structure = jax.tree.flatten(args)
        new = range(len(self.leaves), len(leaves))
        return Trial(leaves, structure, [*self.arrays, *new], self.x64)

    def simpler(self) -> "Trial":
        """The same arguments made of plain numbers: 0, 1, small integers, rounded samples; then the samples."""
        leaves = list(self.leaves)
        for position, i in enumerate(self.arrays):
            leaf = np.asarray(leaves[i]) if jnp.issubdtype(leaves[i].dtype, jnp.floating) else leaves[i]
            one = leaf[:1]
            if isinstance(leaf, np.ndarray):
                ramp = np.arange(1.0, one.size + 1).reshape(one.shape)
                zero = np.zeros_like(one)
                plain = [zero, zero + 1, zero + 1 + position, ramp, -ramp, zero + 0.5]
                leaves[i] = jnp.asarray(np.concatenate([*plain, *(leaf.round(d) for d in range(3)), leaf]), leaf.dtype)
            else:
                leaves[i] = jnp.concatenate([one] * 6 + [leaf] * 4)
        return self._replace(leaves=leaves)

    def run(self, function: Callable[..., Any]) -> Any:
        """`function(each, *args)` over all samples in one compilation, or one by one where it cannot be traced."""
        try:
            return jax.jit(jax.vmap(lambda *batch: function(jax.vmap, *self.args(batch))))(*self.batch)
        except UNTRACEABLE:
            return one_by_one(lambda *batch: function(one_by_one, *self.args(batch)))(*self.batch)

    def shapes(self, function: Callable[..., Any]) -> Any:
        """The shapes of the function's result at one sample."""
        try:
            return jax.eval_shape(lambda *batch: function(*self.args(batch)), *self.sample)
        except UNTRACEABLE:
            result = function(*self.args([leaf[0] for leaf in self.batch]))
            return jax.tree.map(lambda a: jax.ShapeDtypeStruct(jnp.shape(a), jnp.result_type(a)), result)
