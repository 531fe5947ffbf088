"""Everything that can be asked of one concept: its derivatives, its oracle, its float32."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from mathml_jax._compare import Comparison, compare
from mathml_jax._concept import Concept, Derivative
from mathml_jax._trial import UNTRACEABLE, Trial
from mathml_jax._verdict import distance
from mathml_jax._witnesses import loses_precision

ORACLE = 2.0**14
"""How far a value may be from its oracle: multiples of eps of float64 times the largest entry."""
NARROW = 2.0**10
"""How far a value in float32 may be from the one in float64: multiples of eps of float32 times the largest entry."""
TOGETHER = 4
"""How many concepts share a program: what neighbours have in common is compiled once, but all of a room's in one
program take longer than each for itself."""


@dataclass(frozen=True)
class Examination:
    """What `examine` found.

    Attributes:
      concept: the concept.
      comparisons: one for each of its derivatives.
      oracle_name: who the authority is; "" where the concept names none.
      oracle_error: the largest distance from the oracle, relative to the largest entry, in float64.
      float32_error: the largest distance of float32 from float64, in ulp of the largest entry.
      failures: one line for each thing that is wrong.
      values: the leaves of the function's result in float64, compiled and vmapped over the samples.
    """

    concept: Concept
    comparisons: tuple[Comparison, ...]
    oracle_name: str
    oracle_error: float | None
    float32_error: float | None
    failures: tuple[str, ...]
    values: tuple[np.ndarray, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.failures


def examine(concept: Concept, samples: int = 3, seed: int = 0) -> Examination:
    """Compares every derivative, asks the oracle and runs float32, at a few samples drawn by the concept's example."""
    return examine_together((concept,), samples, seed)[0]


def examine_together(concepts: Sequence[Concept], samples: int = 3, seed: int = 0) -> tuple[Examination, ...]:
    """Examines several concepts, the values of neighbours in one compilation."""
    with jax.enable_x64(True):
        asked = [(concept, Trial.of(draw(concept, samples, seed), (), batched=True)) for concept in concepts]
        values = _values_of(asked)
        sound = [not loses_precision(lambda *batch, c=c, t=t: c.call(*t.args(batch)), *t.sample) for c, t in asked]
    with jax.enable_x64(False):
        narrow = iter(_values_of([(c, t.cast("float32")) for (c, t), ok in zip(asked, sound, strict=True) if ok]))
    return tuple(
        _examination(concept, trial, value, next(narrow) if ok else None)
        for (concept, trial), value, ok in zip(asked, values, sound, strict=True)
    )


def _examination(
    concept: Concept, trial: Trial, values: list[np.ndarray], narrow: list[np.ndarray] | None
) -> Examination:
    comparisons = tuple(_compare(concept, derivative, trial) for derivative in concept.derivatives)
    failures = [f"{d.name}: {c.message}" for d, c in zip(concept.derivatives, comparisons, strict=True) if not c.ok]
    name, oracle_error, float32_error = "", None, None
    if concept.oracle is not None:
        name, oracle = resolve(concept.oracle)
        oracle_error = _off(values, _ask(partial(oracle, **concept.options), trial))
        if not oracle_error <= ORACLE * np.finfo(np.float64).eps:
            failures.append(f"{concept.name}: off its oracle {name} by {oracle_error:.2g}")
    if narrow is not None:
        float32_error = _off(narrow, values) / float(np.finfo(np.float32).eps)
        if not float32_error <= NARROW:
            failures.append(f"{concept.name}: float32 is off by {float32_error:.2g} ulp")
    return Examination(concept, comparisons, name, oracle_error, float32_error, tuple(failures), tuple(values))


def _compare(concept: Concept, derivative: Derivative, trial: Trial) -> Comparison:
    """In float64 at points that float32 holds exactly, then in float32."""
    hand = partial(derivative.function, **concept.options)
    args = trial.cast("float32").args(trial.cast("float32").batch)
    return compare(concept.call, hand, *args, kind=derivative.kind, argnum=derivative.argnum, batched=True)


def _values_of(asked: Sequence[tuple[Concept, Trial]]) -> list[list[np.ndarray]]:
    """The leaves of every concept's result, a few concepts at a time."""
    few = (asked[i : i + TOGETHER] for i in range(0, len(asked), TOGETHER))
    return [leaves for neighbours in few for leaves in _values(neighbours)]


def _values(asked: Sequence[tuple[Concept, Trial]]) -> list[list[np.ndarray]]:
    """The leaves of every concept's result. Equal arguments enter once, so that XLA finds what the concepts share."""
    arrays: dict[tuple[str, tuple[int, ...], bytes], Any] = {}
    batches = [[arrays.setdefault(_identity(leaf), leaf) for leaf in trial.batch] for _, trial in asked]
    places = {id(array): i for i, array in enumerate(arrays.values())}

    def everything(*arrays: Any) -> list[Any]:
        return [
            jax.vmap(lambda *batch, c=concept, t=trial: c.call(*t.args(batch)))(*(arrays[places[id(a)]] for a in batch))
            for (concept, trial), batch in zip(asked, batches, strict=True)
        ]

    try:
        results = jax.jit(everything)(*arrays.values())
    except UNTRACEABLE:
        results = [trial.run(lambda _, *args, c=concept: c.call(*args)) for concept, trial in asked]
    return [[np.asarray(leaf) for leaf in jax.tree.leaves(result)] for result in results]


def _identity(leaf: Any) -> tuple[str, tuple[int, ...], bytes]:
    data = jax.random.key_data(leaf) if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key) else leaf
    return str(leaf.dtype), leaf.shape, np.asarray(data).tobytes()


def _ask(oracle: Callable[..., Any], trial: Trial) -> list[np.ndarray]:
    """The oracle's answers, sample by sample, as the leaves of the concept's result."""
    batch = [np.asarray(leaf) for leaf in trial.batch]
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        answers = [oracle(*trial.args([np.asarray(leaf[s]) for leaf in batch])) for s in range(len(batch[0]))]
    return [np.stack(leaves) for leaves in zip(*map(jax.tree.leaves, answers), strict=True)]


def _off(values: list[np.ndarray], others: list[np.ndarray]) -> float:
    """The largest distance, relative to the largest entry of its array and sample."""
    worst = 0.0
    for value, other in zip(values, others, strict=True):
        a, b = (np.asarray(x, np.float64).reshape(len(x), -1) for x in (value, other))
        largest = np.max(np.abs(np.nan_to_num(b, posinf=0.0, neginf=0.0)), axis=1, keepdims=True, initial=0.0)
        worst = max(worst, float(np.max(distance(a, b) / np.where(largest == 0, 1.0, largest), initial=0.0)))
    return worst


def draw(concept: Concept, samples: int, seed: int = 0) -> tuple[Any, ...]:
    """The concept's arguments, every array with a leading axis of samples."""
    keys = jax.random.split(jax.random.key(seed), samples)
    examples = [concept.example(key) for key in keys]

    def stack(*leaves: Any) -> Any:
        return jnp.stack(leaves) if isinstance(leaves[0], jax.Array | np.ndarray) else leaves[0]

    return jax.tree.map(stack, *examples)


def resolve(oracle: str | Callable[..., Any]) -> tuple[str, Callable[..., Any]]:
    """Name and function of an oracle given by its dotted name or as a function."""
    if callable(oracle):
        return "NumPy" if oracle.__name__ == "<lambda>" else oracle.__name__.strip("_"), oracle
    parts = oracle.split(".")
    for i in range(len(parts) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:i]))
        except ModuleNotFoundError:
            continue
        for part in parts[i:]:
            found = getattr(found, part)
        return oracle, found
    raise ModuleNotFoundError(oracle)
