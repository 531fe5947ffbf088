"""The record of a picture, and what all pictures of rooms have in common."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import jax
import matplotlib.figure

from mathml_jax.plot.style import house_style


@dataclass(frozen=True)
class Figure:
    """A picture of one concept.

    Attributes:
      name: a few words.
      concept: the function that it shows.
      draw: draws it, by calling that function.
      caption: one sentence that says what to see.
      alt: what there is, for those who do not see it.
    """

    name: str
    concept: Callable[..., Any]
    draw: Callable[[], matplotlib.figure.Figure]
    caption: str
    alt: str


@contextmanager
def drawing() -> Iterator[None]:
    """The house's style, and float64 so that no rounding shows where none is meant."""
    with house_style(), jax.enable_x64(True):
        yield
