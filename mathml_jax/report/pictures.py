"""A picture on the page: SVG that follows the theme, and its caption."""

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from mathml_jax import plot
from mathml_jax.report.prose import inline


@dataclass(frozen=True)
class Picture:
    """An inline SVG, which says itself what it shows, and its caption."""

    svg: Markup
    caption: Markup


def picture(figure: Any, caption: str, alt: str) -> Picture:
    """A drawn figure, ready to be set."""
    return Picture(Markup(plot.svg(figure, alt)), inline(caption))
