"""The catalogue: every room of the house, in reading order, and how to find one by name."""

import difflib
from typing import Any

from mathml_jax._concept import Concept, Family
from mathml_jax.fundamentals import exponents
from mathml_jax.nn import activations

MODULES = (exponents, activations)


def _concepts(module: Any) -> tuple[Concept, ...]:
    records = module.CONCEPTS
    return tuple(c for r in records for c in (r.concepts() if isinstance(r, Family) else (r,)))


CONCEPTS: tuple[Concept, ...] = tuple(concept for module in MODULES for concept in _concepts(module))
TOPICS: dict[str, tuple[Concept, ...]] = {
    topic: tuple(c for c in CONCEPTS if c.topic == topic) for topic in dict.fromkeys(c.topic for c in CONCEPTS)
}


def find(name: str) -> Concept:
    """The concept of that name, dotted ("nn.softmax") or short ("softmax").

    Raises:
      LookupError: no concept has the name (the message names the nearest), or several have (it lists them).

    >>> find("softmax").name
    'nn.softmax'
    >>> find("sofmax")
    Traceback (most recent call last):
      ...
    LookupError: no concept 'sofmax'; did you mean softmax?
    """
    found = [c for c in CONCEPTS if c.name == name] or [c for c in CONCEPTS if c.name.endswith("." + name)]
    if len(found) == 1:
        return found[0]
    if found:
        raise LookupError(f"several concepts are named {name!r}: {', '.join(c.name for c in found)}")
    near = difflib.get_close_matches(name, [n for c in CONCEPTS for n in (c.short_name, c.name)], n=1)
    raise LookupError(f"no concept {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
