"""A family of vectors: what its verbs do around their formulas."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.distributions._law import Law, Verb
from mathml_jax.distributions._verbs import Parameter

# As in `_law`: for type checkers anything.
if TYPE_CHECKING:
    Values = Arrays = Any
else:
    Values = Real[ArrayLike, "..."]
    Arrays = tuple[Float[Array, "..."], ...]


class Joint(Law):
    """A family of vectors: its formulas are called with arrays of one float dtype, not broadcast; keys stay keys."""

    noun = "points, shape [..., n]"
    shifts: Mapping[str, Parameter] = {}

    def __call__(self, formula: Verb) -> Verb:
        """The verb: the formula in the dtype of the arguments, no narrower than float32 inside."""
        signature = inspect.signature(formula)

        @wraps(formula)
        def verb(*args: Any, **options: Any) -> Any:
            bound = signature.bind(*args, **options)
            bound.apply_defaults()
            numbers = {n: a for n, a in bound.arguments.items() if n not in ("key", "size")}
            arrays = dict(zip(numbers, _arrays(*numbers.values()), strict=True))
            others = {n: a for n, a in bound.arguments.items() if n not in numbers}
            with jax.numpy_rank_promotion("allow"):
                result = formula(**others, **{n: widened(a) for n, a in arrays.items()})
            dtype = next(iter(arrays.values())).dtype
            if formula.__name__ in ("score", "fit"):
                return self.Parameters(*(jnp.asarray(part, dtype) for part in result))
            return jnp.asarray(result, dtype)

        return self.publish(verb)


def _arrays(*values: Any) -> tuple[Array, ...]:
    # A number beside them, so that a single array comes back in a tuple too.
    return as_float(*values, 0.0)[:-1]


def records(
    law: Joint, example: Callable[[Any], Mapping[str, Any]], **oracles: str | Callable[..., Any] | None
) -> tuple[Concept, ...]:
    """The records of all verbs: SciPy's family is the oracle, but for the verbs in `oracles`."""
    name = law.module.rsplit(".", 1)[-1]

    def record(verb: Callable[..., Any]) -> Concept:
        arguments = [n for n, p in inspect.signature(verb).parameters.items() if p.kind != p.KEYWORD_ONLY]
        derivatives = ()
        if "score" in law.verbs and verb.__name__ in ("logpdf", "logpmf"):
            numbers = tuple(i for i, n in enumerate(arguments) if n in law.Parameters._fields)
            derivatives = (Derivative(law.verbs["score"], "gradient", argnum=numbers),)
        return Concept(
            verb,
            lambda key: tuple(example(key)[n] for n in arguments),
            derivatives=derivatives,
            oracle=oracles.get(verb.__name__, f"scipy.stats.{name}.{verb.__name__}"),
        )

    return tuple(record(verb) for verb in law.verbs.values())


def xlogy(x: Array, y: Array) -> Array:
    """x log y, 0 where x is 0, whatever y is."""
    none = x == 0
    return jnp.where(none, 0.0, x * jnp.log(jnp.where(none, 1.0, y)))
