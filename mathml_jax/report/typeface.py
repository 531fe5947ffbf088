"""The math font, cut down to what one page needs."""

import base64
import html
import io
import re
import string
from importlib.metadata import distribution

from fontTools import subset

_SLANTED = (("a", "z", 0x1D44E), ("A", "Z", 0x1D434), ("\u03b1", "\u03c9", 0x1D6FC), ("\u0391", "\u03a9", 0x1D6E2))
_SLANTED_ALONE = {
    "h": "\N{PLANCK CONSTANT}",
    "∂": "\U0001d715",
    "ϵ": "\U0001d716",
    "ϑ": "\U0001d717",
    "ϕ": "\U0001d719",
}


def typeface(page: str) -> str:
    """STIX Two Math with the characters of `page`, as a data URI.

    WOFF, not WOFF2: Python can write it without a compiled compressor.
    """
    text = (
        set(html.unescape(re.sub(r"<[^>]*>", "", page)))
        | set(string.printable)
        | set("√−…“”–\N{RIGHT SINGLE QUOTATION MARK}∵✓")
    )
    options = subset.Options(flavor="woff", layout_features=["kern"], hinting=False)
    # Found without importing ziamath, which would load a whole renderer.
    path = distribution("ziamath").locate_file("ziamath/fonts/STIXTwoMath-Regular.ttf")
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(text | set(map(_slanted, text))))
    buffer = io.BytesIO()
    with subset.load_font(str(path), options) as font:
        subsetter.subset(font)
        subset.save_font(font, buffer, options)
    return f"data:font/woff;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _slanted(c: str) -> str:
    """The italic that a browser sets for an identifier of one letter."""
    for first, last, start in _SLANTED:
        if first <= c <= last:
            return _SLANTED_ALONE.get(c, chr(start + ord(c) - ord(first)))
    return _SLANTED_ALONE.get(c, "")
