"""From a figure to SVG that follows the theme of its page, and to files."""

import hashlib
import io
import os
import re
from html import escape
from pathlib import Path

from matplotlib.figure import Figure

from mathml_jax.plot import style
from mathml_jax.plot._files import write_files
from mathml_jax.plot.style import house_style

_ROLES = {
    style.INK: "currentColor",
    style.PAPER: f"var(--paper, {style.PAPER})",
    **{color: f"var(--series-{i}, {color})" for i, color in enumerate(style.SERIES, 1)},
}
_PAIRS = {
    "paper": (style.PAPER, style.PAPER_ON_DARK),
    **{f"series-{i}": p for i, p in enumerate(zip(style.SERIES, style.SERIES_ON_DARK, strict=True), 1)},
}
# Of no weight, so that whatever a page says of these names wins.
_THEME = ":where(:root){" + ";".join(f"--{n}:light-dark({a},{b})" for n, (a, b) in _PAIRS.items()) + "}"
_ALONE = f"svg{{color-scheme:light dark;color:light-dark({style.INK},{style.INK_ON_DARK});background:var(--paper)}}"
_ID = "[mp][0-9a-f]{10}"
"""The ids that matplotlib refers to: markers and clipping paths."""

_FONT = "system-ui,-apple-system,'Segoe UI','Helvetica Neue',Arial,sans-serif"


def svg(figure: Figure, alt: str = "") -> str:
    """The figure as inline SVG: words in the colour of the text around it, series in ``--series-1`` to ``--series-4``.

    Args:
      figure: any matplotlib figure drawn with the colours of `plot.style`.
      alt: what to say to those who do not see it.

    Returns:
      One ``<svg>`` element as wide as its place; its ids clash with those of no other figure.
    """
    return _themed(_drawn(figure), alt, _THEME)


def png(figure: Figure, dpi: int = 200) -> bytes:
    """The figure as PNG on light paper."""
    stream = io.BytesIO()
    with house_style():
        figure.savefig(stream, format="png", dpi=dpi, facecolor=style.PAPER)
    return stream.getvalue()


def files(figure: Figure, name: str, alt: str = "") -> dict[str, bytes]:
    """The figure as files that stand alone: ``name.svg``, which follows the reader's theme, and ``name.png``."""
    alone = _themed(_drawn(figure), alt, _THEME + _ALONE)
    return {f"{name}.svg": alone.encode(), f"{name}.png": png(figure)}


def save(figure: Figure, stem: str | os.PathLike[str], alt: str = "") -> None:
    """Writes ``stem.svg`` and ``stem.png``, each whole or not at all.

    Args:
      figure: the figure.
      stem: the path without a suffix; its folder is made where there is none.
      alt: what to say to those who do not see it.

    Raises:
      OSError: the folder cannot be written.
    """
    stem = Path(stem)
    write_files(stem.parent, files(figure, stem.name, alt))


def _drawn(figure: Figure) -> str:
    stream = io.StringIO()
    with house_style():
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return stream.getvalue()


def _themed(text: str, alt: str, css: str) -> str:
    """Matplotlib's SVG with the theme's colours, unique ids, and without what no browser needs."""
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", "", text, flags=re.DOTALL)
    head, body = text[text.index("<svg") : text.rindex("</svg>")].split(">", 1)
    body = re.sub(r" font-family: [^;\"]*;?| transform=\"rotate\(-?0 [^\"]*\"", "", body)
    body = re.sub(r' (?:d|x|y)="[^"]*"', lambda match: re.sub(r"(\.\d\d)\d+", r"\1", match[0]), body)
    body = re.sub(r"> <", "><", re.sub(r"\s+", " ", body)).strip()
    body = re.sub(rf' id="(?!{_ID}")[^"]*"|<defs></defs>', "", body.replace("xlink:href", "href"))
    body = re.sub(r'<g([^>]*)>((?:<use [^>]*( style="[^"]*")/>)+)</g>', _hoisted, body)
    prefix = "f" + hashlib.sha256(body.encode()).hexdigest()[:8]
    for i, name in enumerate(dict.fromkeys(re.findall(rf'id="({_ID})"', body))):
        body = re.sub(rf'(?<=["#]){name}(?=["\)])', f"{prefix}-{i}", body)
    for color, role in _ROLES.items():
        body = body.replace(color, role)
    box = head.partition('viewBox="')[2].partition('"')[0]
    said = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" {said} '
        f'style="width:100%;height:auto;stroke-linejoin:round;font-family:{_FONT}"><style>{css}</style>{body}</svg>'
    )


def _hoisted(group: re.Match[str]) -> str:
    """A group of markers that say their common style once."""
    attributes, markers, style = group.groups()
    if markers.count(style) != markers.count("<use"):
        return group.group()
    return f"<g{attributes}{style}>{markers.replace(style, '')}</g>"
