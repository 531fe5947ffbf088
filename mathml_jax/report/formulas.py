"""LaTeX to native MathML, with the spacing that TeX would give it."""

import re
from xml.etree import ElementTree

from latex2mathml.converter import convert

from mathml_jax._checks import expect

_NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'
_REWRITES = (
    (r"\\(begin|end)\{aligned\}", r"\\\1{split}"),
    (r"\\operatorname\*?\{([a-z]+)\\,([a-z]+)\}", r"\\operatorname{\1\2}"),
    (r"\\mathrm\{([a-zA-Z]+)\}", r"\\operatorname{\1}"),
)
_ROWS = ("math", "mrow", "mtd")
_SCRIPTS = ("msub", "msup", "msubsup", "munder", "mover", "munderover")
_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_NAMES_WITH_LIMITS = {"max", "min", "lim", "sup", "inf", "argmax", "argmin"}
_WITH_LIMITS = {"∑", "∏", *_NAMES_WITH_LIMITS}
_ACCENTS = {"¯", "^", "~", "˙", "¨", "→", "\N{COMBINING CIRCUMFLEX ACCENT}"}
_UPRIGHT = re.compile("[\N{GREEK CAPITAL LETTER ALPHA}-\N{GREEK CAPITAL LETTER OMEGA}∇∂∞]")
_PRIMES = ("\N{PRIME}", "\N{DOUBLE PRIME}")
_APPLY = "\N{FUNCTION APPLICATION}"
_CLOSING = (")", "]", "}", "⟩", "!", "|", "‖", _APPLY)
_TIGHT = {"lspace": "0", "rspace": "0"}


def mathml(latex: str, *, block: bool = False) -> str:
    r"""Converts one formula; raises ValueError where it holds a macro that has no MathML.

    >>> mathml("x_0")
    '<math><msub><mi>x</mi><mn>0</mn></msub></math>'
    """
    for pattern, replacement in _REWRITES:
        latex = re.sub(pattern, replacement, latex)
    root = ElementTree.fromstring(convert(" ".join(latex.split())).replace(_NAMESPACE, ""))
    unknown = re.search(r"\\[A-Za-z]*", "".join(root.itertext()))
    expect(unknown is None, "mathml", "LaTeX that latex2mathml knows", unknown and unknown.group())
    for parent in root.iter():
        for child in parent:
            _set_token(child, parent)
    for element in root.iter():
        if element.tag in _ROWS:
            element[:] = _spaced(list(element))
        if element.tag in _SCRIPTS:
            _set_scripts(element)
    root.attrib = {"display": "block"} if block else {}
    if len(root) == 1 and root[0].tag == "mrow":
        root[:] = list(root[0])
    return ElementTree.tostring(root, encoding="unicode")


def _set_token(token: ElementTree.Element, parent: ElementTree.Element) -> None:
    """Gives a token the element that the operator dictionary and the italic rule of MathML expect."""
    text = token.text or ""
    if text in ("±", "∓"):
        token.tag = "mo"
    elif text in _PRIMES and parent.tag == "msup":
        parent.tag, token.tag, token.attrib = "mrow", "mo", dict(_TIGHT)
    elif text in ("|", "‖") and "stretchy" not in token.attrib:
        token.tag, token.attrib = "mo", {"stretchy": "false", **_TIGHT}
    elif text == "/":
        token.attrib |= _TIGHT
    elif text in _NAMES_WITH_LIMITS:
        token.tag, token.attrib = "mo", {"movablelimits": "true", "lspace": "0", "rspace": "0.17em"}
    elif _is_word(token):
        token.tag, token.attrib = "mi", {"mathvariant": "normal"} if len(text) == 1 else {}
    elif token.tag == "mi" and _UPRIGHT.fullmatch(text):
        token.set("mathvariant", "normal")


def _spaced(row: list[ElementTree.Element]) -> list[ElementTree.Element]:
    """Thin spaces around the names of functions; a minus after a relation or an opening fence is a sign."""
    spaced: list[ElementTree.Element] = []
    for before, element, after in zip([None, *row], row, [*row[1:], None], strict=False):
        opens = before is not None and before.tag in ("mo", "mspace") and before.text not in _CLOSING
        if element.text in ("−", "+", "±") and (opens or _is_empty(before)):
            element.set("form", "prefix")
        if element.text in _NAMES_WITH_LIMITS and after is not None and after.tag == "mo":
            element.set("rspace", "0")
        name = _is_name(element)
        if name and before is not None and not opens:
            spaced.append(_space())
        spaced.append(element)
        if name and after is not None:
            spaced.append(_operator(_APPLY))
            if _first(after).tag != "mo":
                spaced.append(_space())
    return spaced


def _set_scripts(scripted: ElementTree.Element) -> None:
    """Limits stand under their operator where there is room, accents close, and all else tight, as TeX sets it."""
    base, *scripts = scripted
    if base.text in _WITH_LIMITS:
        scripted.tag = _LIMITS.get(scripted.tag, scripted.tag)
    if scripted.tag == "mover" and scripts[0].text in _ACCENTS:
        scripted.set("accent", "true")
        return
    for operator in (mo for script in scripts for mo in script.iter("mo")):
        operator.attrib |= {"lspace": "0", "rspace": "0.1em" if operator.text == "," else "0"}


def _is_word(token: ElementTree.Element) -> bool:
    text = token.text or ""
    return text.isalpha() and text.isascii() and (token.tag == "mo" or (token.tag == "mi" and len(text) > 1))


def _is_empty(element: ElementTree.Element | None) -> bool:
    return element is not None and not len(element) and not element.text


def _is_name(element: ElementTree.Element) -> bool:
    base = element[0] if element.tag in _SCRIPTS and len(element) else element
    text = base.text or ""
    return base.tag == "mi" and text.isascii() and (len(text) > 1 or base.get("mathvariant") == "normal")


def _first(element: ElementTree.Element) -> ElementTree.Element:
    return element[0] if element.tag in ("mrow", *_SCRIPTS) and len(element) else element


def _space() -> ElementTree.Element:
    return ElementTree.Element("mspace", width="0.17em")


def _operator(text: str) -> ElementTree.Element:
    operator = ElementTree.Element("mo")
    operator.text = text
    return operator
