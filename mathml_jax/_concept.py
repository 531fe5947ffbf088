"""The records that point at functions: a concept, its derivatives, a family of distributions."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["derivative", "gradient", "jacobian", "hessian", "vjp"]
"""What a hand-written derivative returns.

- ``derivative``: of an elementwise function; the shape of the function's result.
- ``gradient``: of a scalar function; the shape (or pytree) of the argument.
- ``jacobian``: the result's axes first, then the argument's; for pytrees as `jax.jacobian` nests them.
- ``hessian``: of a scalar function; the argument's axes twice, as `jax.hessian` nests them.
- ``vjp``: takes the result's cotangent as one more, last argument; the shape (or pytree) of the argument.

Where ``argnum`` is a tuple, "the argument" is the tuple of those arguments.
"""

KINDS: tuple[Kind, ...] = ("derivative", "gradient", "jacobian", "hessian", "vjp")


@dataclass(frozen=True)
class Derivative:
    """A hand-written derivative: which function, what it returns, with respect to which arguments."""

    function: Callable[..., Any]
    kind: Kind
    argnum: int | tuple[int, ...] = 0

    @property
    def name(self) -> str:
        """The name of the hand-written function."""
        return self.function.__name__


@dataclass(frozen=True)
class Concept:
    """One public function with all that is needed to prove it.

    Attributes:
      function: the function that people call.
      example: a key to a tuple of arguments, inside the domain and away from kinks. Arrays (float64 where real) vary
        from key to key; whatever is no array (a function, an integer, a string) stays fixed.
      derivatives: the hand-written derivatives of `function`.
      oracle: an independent authority: the dotted name of a function, or a function, of the same arguments as NumPy
        arrays in float64, and of the same options.
      options: keyword arguments of `function`, of its derivatives and of its oracle, fixed.
      evaluate: where `function` returns functions (an optimiser, say): arrays in, arrays out, by way of `function`.
    """

    function: Callable[..., Any]
    example: Callable[[Any], tuple[Any, ...]]
    derivatives: tuple[Derivative, ...] = ()
    oracle: str | Callable[..., Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    evaluate: Callable[..., Any] | None = None

    @property
    def short_name(self) -> str:
        """The function's own name."""
        return self.function.__name__

    @property
    def module(self) -> str:
        """The room: the dotted module in which the function stands."""
        return self.function.__module__

    @property
    def topic(self) -> str:
        """The chapter: ``nn`` for a function of ``mathml_jax.nn.activations``."""
        return self.module.split(".")[1]

    @property
    def name(self) -> str:
        """The name that people import: ``nn.softmax``, ``distributions.norm.pdf``."""
        family = f"{self.module.split('.')[2]}." if self.topic == "distributions" else ""
        return f"{self.topic}.{family}{self.short_name}"

    def call(self, *args: Any) -> Any:
        """The function at these arguments, with the record's options."""
        return (self.evaluate or self.function)(*args, **self.options)


@dataclass(frozen=True)
class Family:
    """A distribution: the same verbs in every module, checked together.

    Attributes:
      verbs: the module's public functions, in reading order.
      example: a key to the value of every parameter that some verb takes, by name: ``x`` (or ``k``), ``q``, the
        family's own parameters, ``data``, ``key``. Each verb is called with those that its signature names, in order.
      oracle: the dotted name of SciPy's twin; a verb of the same name is its own oracle.
      oracles: an oracle for each verb that SciPy lacks, or None where a test of its own stands in.
      derivatives: the hand-written derivatives, by the name of the verb.
    """

    verbs: tuple[Callable[..., Any], ...]
    example: Callable[[Any], Mapping[str, Any]]
    oracle: str
    oracles: Mapping[str, str | Callable[..., Any] | None] = field(default_factory=dict)
    derivatives: Mapping[str, tuple[Derivative, ...]] = field(default_factory=dict)

    def concepts(self) -> tuple[Concept, ...]:
        """One record a verb."""
        return tuple(self._concept(verb) for verb in self.verbs)

    def _concept(self, verb: Callable[..., Any]) -> Concept:
        parameters = [
            name
            for name, p in inspect.signature(verb).parameters.items()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]

        def example(key: Any) -> tuple[Any, ...]:
            values = self.example(key)
            return tuple(values[name] for name in parameters)

        name = verb.__name__
        return Concept(
            verb,
            example,
            derivatives=self.derivatives.get(name, ()),
            oracle=self.oracles.get(name, f"{self.oracle}.{name}"),
        )
