"""A continuous family: what its verbs do around their formulas.

A verb's formula is written for the standard law, at loc 0 and scale 1. The decorator makes the verb of it: it brings
all arguments to one shape and dtype, calls the formula with the standardized x (and loc 0, scale 1), and sees to loc
and scale, to what lies outside the support, to parameters that are not valid, and to the docstring.
"""

import inspect
import math
from collections import namedtuple
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_broadcast, as_float, nan_unless, widened
from mathml_jax.distributions._verbs import LOC, SCALE, Parameter, complete

Result = Float[Array, "*batch"]
Draws = Float[Array, "..."]
# For type checkers anything: what a caller passes is no array yet, what a formula gets is one; and of what a formula
# returns the decorator makes a record or a matrix.
if TYPE_CHECKING:
    Value = Data = Slopes = Rows = Any
else:
    Value, Data = Real[ArrayLike, "*#batch"], Real[ArrayLike, "..."]
    Slopes = tuple[Result, ...]
    Rows = tuple[Slopes, ...]
Size = int | tuple[int, ...] | None
Verb = TypeVar("Verb", bound=Callable[..., Any])

INF = math.inf
OUTSIDE = {
    "pdf": (0.0, 0.0),
    "logpdf": (-INF, -INF),
    "cdf": (0.0, 1.0),
    "sf": (1.0, 0.0),
    "logcdf": (-INF, 0.0),
    "logsf": (0.0, -INF),
}
"""The value below the support and above it."""


class Interval(NamedTuple):
    """An interval.

    Attributes:
      low: its lower end.
      high: its upper end.
    """

    low: Float[Array, "*batch"]
    high: Float[Array, "*batch"]


class Law:
    """A family: decorates its verbs, and writes those that follow from others.

    Attributes:
      module: the dotted name of the family's module.
      title: the name in a sentence, "normal law".
      reference: author, title, year.
      typical: values of x, q and the family's own parameters for doctests.
      parameters: the family's own parameters, then those that shift and stretch it.
      support: its own parameters to the two ends of the standard law.
      valid: its own parameters to whether they go together.
      verbs: every verb by name, in the order of writing.
      formulas: those of them that were written for the standard law.
      Parameters: a record of the parameters that data estimate.
    """

    variable, noun = "x", "points, any shape"
    shifts: Mapping[str, Parameter] = {"loc": LOC, "scale": SCALE}

    def __init__(
        self,
        module: str,
        title: str,
        reference: str,
        typical: Mapping[str, float],
        parameters: Mapping[str, Parameter] | None = None,
        support: Callable[..., tuple[Any, Any]] = lambda *shapes: (-INF, INF),
        valid: Callable[..., Any] = lambda *shapes: True,
    ) -> None:
        self.module, self.title, self.reference, self.typical = module, title, reference, typical
        self.parameters = {**(parameters or {}), **self.shifts}
        self.support, self.valid = support, valid
        self.verbs: dict[str, Callable[..., Any]] = {}
        self.formulas: dict[str, Callable[..., Any]] = {}
        self.Parameters = namedtuple("Parameters", [name for name, p in self.parameters.items() if p.estimated])
        self.Parameters.__module__ = module
        self.Parameters.__doc__ = f"One number, or one array, for each parameter of the {title} that data estimate."

    def __call__(self, formula: Verb) -> Verb:
        """The verb whose standard case is the formula."""
        self.formulas[formula.__name__] = formula
        signature, around = inspect.signature(formula), getattr(self, f"_{ROLES[formula.__name__]}")

        @wraps(formula)
        def verb(*args: Any, **options: Any) -> Any:
            bound = signature.bind(*args, **options)
            bound.apply_defaults()
            return around(formula, *bound.args, **bound.kwargs)

        return self.publish(verb)

    def publish(self, verb: Any) -> Any:
        """The verb compiled, documented and listed."""
        verb.__doc__ = complete(
            verb, self.title, self.parameters, self.typical, self.reference, self.variable, self.noun
        )
        verb = jax.jit(verb, static_argnames=[n for n in ("size", "order") if n in inspect.signature(verb).parameters])
        self.verbs[verb.__name__] = verb
        return verb

    def prepare(self, *values: Any) -> tuple[list[Array], list[Array], Array]:
        """What comes before the parameters, the parameters, and 1, or NaN where they are not valid.

        All in one shape and one dtype, no narrower than float32; the last `len(parameters)` of `values` are those.
        """
        arrays = [widened(a) for a in as_broadcast(*values)]
        first, own = arrays[: -len(self.parameters)], arrays[-len(self.parameters) :]
        valid = jnp.asarray(self.valid(*own[: -len(self.shifts)]))
        for parameter, value in zip(self.parameters.values(), own, strict=True):
            valid = valid & parameter.valid(value)
        return first, own, nan_unless(valid, own[0])

    def standard(self, own: list[Array]) -> list[Array]:
        """The parameters at loc 0 and scale 1."""
        return [*own[:-2], jnp.zeros_like(own[-2]), jnp.ones_like(own[-1])]

    def _point(self, formula: Callable[..., Array], x: Any, *parameters: Any) -> Array:
        """A verb of x: `pdf`, `cdf` and their kin."""
        (wide,), own, valid = self.prepare(x, *parameters)
        loc, scale = own[-2:]
        z = jnp.where(jnp.isinf(wide), wide, (jnp.where(jnp.isinf(wide), loc, wide) - loc) / scale)
        low, high = (jnp.asarray(end, z.dtype) for end in self.support(*own[:-2]))
        below, above = (z < low) | (z == -INF), (z > high) | (z == INF)
        value = formula(jnp.where(below | above, between(low, high), z), *self.standard(own))
        if formula.__name__ == "pdf":
            value = value / scale
        if formula.__name__ == "logpdf":
            value = value - jnp.log(scale)
        under, over = OUTSIDE[formula.__name__]
        valid = valid * nan_unless(wide == wide, z)
        return as_given(valid * jnp.where(below, under, jnp.where(above, over, value)), x, *parameters)

    def _level(self, formula: Callable[..., Array], q: Any, *parameters: Any) -> Array:
        """A verb of a probability: `ppf` and `isf`."""
        (wide,), own, valid = self.prepare(q, *parameters)
        inside = (wide >= 0) & (wide <= 1)
        z = formula(jnp.where(inside, wide, 0.5), *self.standard(own))
        return as_given(valid * nan_unless(inside, z) * (own[-2] + own[-1] * z), q, *parameters)

    def _place(self, formula: Callable[..., Array], *parameters: Any) -> Array:
        _, own, valid = self.prepare(*parameters)
        return as_given(valid * (own[-2] + own[-1] * formula(*self.standard(own))), *parameters)

    def _square(self, formula: Callable[..., Array], *parameters: Any) -> Array:
        _, own, valid = self.prepare(*parameters)
        return as_given(valid * (own[-1] ** 2 * formula(*self.standard(own))), *parameters)

    def _number(self, formula: Callable[..., Array], *parameters: Any) -> Array:
        _, own, valid = self.prepare(*parameters)
        return as_given(valid * formula(*self.standard(own)), *parameters)

    def _entropy(self, formula: Callable[..., Array], *parameters: Any) -> Array:
        _, own, valid = self.prepare(*parameters)
        return as_given(valid * (formula(*self.standard(own)) + jnp.log(own[-1])), *parameters)

    def _draw(self, formula: Callable[..., Array], key: Any, *parameters: Any, size: Any = None) -> Array:
        """Random numbers: the formula draws them, one for each entry of its broadcast parameters."""
        _, own, valid = self.prepare(*parameters)
        shape = valid.shape if size is None else (size,) if isinstance(size, int) else size
        own, valid = [jnp.broadcast_to(a, shape) for a in own], jnp.broadcast_to(valid, shape)
        return as_given(valid * (own[-2] + own[-1] * formula(key, *self.standard(own), size=shape)), *parameters)

    def _slopes(self, formula: Callable[..., Any], x: Any, *parameters: Any) -> Any:
        """The score: the formula gives the slopes of the standard logpdf in its own parameters, then that in x."""
        (wide,), own, valid = self.prepare(x, *parameters)
        z = (wide - own[-2]) / own[-1]
        *shapes, slope = formula(z, *self.standard(own))
        slopes = (*shapes, -slope / own[-1], -(1 + z * slope) / own[-1])
        return self.Parameters(*(as_given(valid * s, x, *parameters) for s in slopes))

    def _estimate(self, formula: Callable[..., Any], data: Any, *numbers: Any, **known: Any) -> Any:
        """The parameters by a closed form of the data, and of `numbers` that are known."""
        given = as_float(data)
        wide = widened(given).ravel()
        numbers = tuple(jnp.asarray(number, wide.dtype) for number in numbers)
        estimates = formula(wide, *numbers, **{name: jnp.asarray(value, wide.dtype) for name, value in known.items()})
        return self.Parameters(*(jnp.asarray(estimate, given.dtype) for estimate in estimates))

    def _matrix(self, formula: Callable[..., Any], *parameters: Any) -> Array:
        """The Fisher information: the formula gives the standard law's, as rows."""
        _, own, valid = self.prepare(*parameters)
        rows = [[jnp.broadcast_to(entry, valid.shape) for entry in row] for row in formula(*self.standard(own))]
        unit = [jnp.ones_like(valid)] * (len(own) - 2) + [1 / own[-1]] * 2
        unit = jnp.stack(unit, -1)
        information = jnp.stack([jnp.stack(row, -1) for row in rows], -2) * unit[..., None, :] * unit[..., :, None]
        return as_given(valid[..., None, None] * information, *parameters)


ROLES = {
    **dict.fromkeys(OUTSIDE, "point"),
    **dict.fromkeys(("pmf", "logpmf"), "point"),
    **dict.fromkeys(("ppf", "isf"), "level"),
    **dict.fromkeys(("mean", "median", "mode"), "place"),
    **dict.fromkeys(("skew", "kurtosis"), "number"),
    "var": "square",
    "entropy": "entropy",
    "rvs": "draw",
    "score": "slopes",
    "fit": "estimate",
    "fisher_information": "matrix",
}
"""How a law's method treats the verb's formula."""


def between(low: Array, high: Array) -> Array:
    """A point of the support away from its ends."""
    from_low = jnp.where(jnp.isinf(high), low + 1, (low + high) / 2)
    return jnp.where(jnp.isinf(low), jnp.where(jnp.isinf(high), 0.0, high - 1), from_low)


def as_given(result: Array, *values: Any) -> Array:
    """In the dtype of the arguments."""
    return result.astype(as_broadcast(*values)[0].dtype)
