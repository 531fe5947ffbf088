"""Exercises that check themselves: any correct function passes, a wrong one meets its simplest counterexample."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random

from mathml_jax._checks import expect
from mathml_jax.derivations.steps import EQUAL, inputs, plainly


@dataclass(frozen=True)
class FunctionCheck:
    """What `check_function` found; printing it shows the message.

    Attributes:
      ok: whether the function gives what the correct one does.
      counterexample: the simplest input at which it does not; None if there is none, or if the shapes differ already.
      message: the finding in one line.
    """

    ok: bool
    counterexample: tuple[Any, ...] | None
    message: str

    def __str__(self) -> str:
        return self.message


def check_function(
    yours: Callable[..., Any],
    correct: Callable[..., Any],
    example: Callable[[Any], tuple[Any, ...]] | None = None,
    *,
    tolerance: float = EQUAL,
    samples: int = 20,
    seed: int = 0,
) -> FunctionCheck:
    """Tells whether a function computes the same as a correct one, by whatever road, and if not, where to see it.

    Both are evaluated at drawn inputs, in float64, and compared entry by entry. Inputs at which the correct one gives
    NaN are outside its domain and do not count. What happens at single points, such as 0, is compared only if `example`
    draws them.

    Args:
      yours: the function to be checked, of arrays to an array or tree of arrays; it may branch in Python or use NumPy.
      correct: any function that is known to be right.
      example: a key to the tuple of inputs; by default a standard normal number for every argument of `correct` with no
        default.
      tolerance: how far two equal values may be apart, relative to the larger of the largest entry and 1.
      samples: how many inputs to draw.
      seed: of the draws.

    Returns:
      A FunctionCheck; printing it shows a line. The counterexample is made of 0, 1, small integers and rounded numbers
      if one of those will do.

    Raises:
      ValueError: the correct function gives NaN at every input drawn.

    >>> print(check_function(lambda x, y: x**2 + y**2, lambda x, y: (x + y) ** 2))
    not yet: at (1, 1) it gives 2 instead of 4
    >>> print(check_function(lambda x, y: x * x + 2 * x * y + y * y, lambda x, y: (x + y) ** 2))
    right: it agrees at all 20 inputs drawn
    """
    with jax.enable_x64(True):
        trial = inputs(example or _normals(correct), samples, seed).simpler()
        shapes = [str([leaf.shape for leaf in jax.tree.leaves(trial.shapes(f))])[1:-1] for f in (yours, correct)]
        if shapes[0] != shapes[1]:
            got = f"shape {shapes[0]} instead of {shapes[1]}" if shapes[0] else "nothing"
            return FunctionCheck(False, None, f"not yet: it returns {got}")
        values = trial.run(lambda _, *args: (_flat(yours(*args)), _flat(correct(*args))))
        given, wanted = (np.asarray(value) for value in values)
        differ = _differ(given, wanted, tolerance)
        # The simple inputs come first, the drawn ones last; those alone are sure to be meant.
        inside = bool(np.any(~np.isnan(wanted[-samples:]).any(axis=1)))
        expect(inside, "check_function", "inputs in the domain of the correct function", "NaN at all of them")
        if not differ[-samples:].any():
            return FunctionCheck(True, None, f"right: it agrees at all {samples} inputs drawn")
        first = int(np.argmax(differ))
        args = trial.args([np.asarray(leaf[first]) for leaf in trial.batch])
    at = ", ".join(plainly(leaf) for leaf in jax.tree.leaves(args))
    return FunctionCheck(False, args, f"not yet: at ({at}) {_difference(given[first], wanted[first])}")


def _normals(f: Callable[..., Any]) -> Callable[[Any], tuple[Any, ...]]:
    """A standard normal number for every argument that has no default."""
    count = sum(p.default is p.empty for p in inspect.signature(f).parameters.values())
    return lambda key: tuple(random.normal(key, (count,), jnp.float64))


def _flat(tree: Any) -> jax.Array:
    return jnp.concatenate([jnp.ravel(jnp.asarray(leaf, float)) for leaf in jax.tree.leaves(tree)])


def _differ(given: np.ndarray, wanted: np.ndarray, tolerance: float) -> np.ndarray:
    """Sample by sample, whether any entry is off; never where the right one is NaN."""
    scale = np.max(np.abs(wanted), axis=1, keepdims=True, where=np.isfinite(wanted), initial=1.0)
    with np.errstate(invalid="ignore"):
        close = (given == wanted) | (np.abs(given - wanted) <= tolerance * scale)
    return ~close.all(axis=1) & ~np.isnan(wanted).any(axis=1)


def _difference(given: np.ndarray, wanted: np.ndarray) -> str:
    """The entry that is farthest off, with as many digits as show it."""
    with np.errstate(invalid="ignore"):
        entry = int(np.argmax(np.where(given == wanted, 0.0, np.nan_to_num(np.abs(given - wanted), nan=np.inf))))
    pairs = [[f"{values[entry] + 0.0:.{digits}g}" for values in (given, wanted)] for digits in (6, 12, 17)]
    one, other = next(pair for pair in pairs if pair[0] != pair[1])
    return f"{'it gives' if len(given) == 1 else f'its entry {entry} is'} {one} instead of {other}"
