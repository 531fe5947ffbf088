"""A docstring's prose as HTML: formulas, code, quotation marks, paragraphs, lists."""

import re

from markupsafe import Markup, escape

from mathml_jax.report.formulas import mathml

_ROLE = re.compile(r":math:`([^`]*)`([.,;:)]*)|:\w+:`~?([^`]*)`|``(.+?)``|`([^`]+)`|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*")
_ARGUMENT = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*): ", re.MULTILINE)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def inline(text: str) -> Markup:
    """One run of text.

    >>> inline('the "logit" :math:`x` of `softmax` & co.')
    Markup('the “logit” <math><mi>x</mi></math> of <code>softmax</code> &amp; co.')
    """
    parts, end = [], 0
    for match in _ROLE.finditer(text):
        formula, tail, *codes, strong, emphasis = match.groups()
        parts.append(_plain(text[end : match.start()]))
        if formula is not None:
            parts.append(_unbroken(formula, tail))
        elif strong or emphasis:
            parts.append(Markup("<{0}>{1}</{0}>").format("strong" if strong else "em", strong or emphasis))
        else:
            parts.append(Markup("<code>{}</code>").format(next(c for c in codes if c)))
        end = match.end()
    return Markup("").join([*parts, _plain(text[end:])])


def _unbroken(formula: str, tail: str) -> Markup:
    """A formula that keeps the punctuation behind it on its line."""
    converted = Markup(mathml(formula))
    return Markup("<span class=whole>{}{}</span>").format(converted, tail) if tail else converted


def _plain(text: str) -> Markup:
    text = re.sub(r"(?<=\d)e([-+]?\d+)\b", lambda power: " × 10" + _raised(power[1]), text)
    curly = re.sub(r'"([^"]*)"', r"“\1”", re.sub(r"\s+", " ", text))
    return escape(re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?=\s)", "\N{RIGHT SINGLE QUOTATION MARK}", curly))


def paragraphs(text: str) -> Markup:
    """Paragraphs and lists, separated by blank lines."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    return Markup("").join(
        _list(block) if block.startswith("- ") else Markup("<p>{}</p>").format(inline(block)) for block in blocks
    )


def _list(block: str) -> Markup:
    items = re.split(r"(?:^|\n)- ", block)[1:]
    return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(inline(item)) for item in items))


def definitions(text: str) -> tuple[tuple[str, Markup], ...]:
    """The entries of an Args or Raises section: a name and what it means.

    >>> definitions("x: scores,\\n  any shape.\\naxis: an integer.")
    (('x', Markup('scores, any shape.')), ('axis', Markup('an integer.')))
    """
    _, *rest = _ARGUMENT.split(text)
    return tuple((name, inline(meaning.strip())) for name, meaning in zip(rest[::2], rest[1::2], strict=True))


def breakable(name: str) -> Markup:
    """A long name that may go on in the next line behind its dots and underscores.

    >>> breakable("nn.log_softmax")
    Markup('nn.<wbr>log_<wbr>softmax')
    """
    return Markup(re.sub(r"(?<=[._])(?=\w)", "<wbr>", escape(name)))


def number(x: float, digits: int = 2) -> str:
    """A number for readers.

    >>> number(0.5), number(3.06e-11), number(float("nan")), number(-1.25, 3)
    ('0.5', '3.1 × 10⁻¹¹', 'NaN', '−1.25')
    """
    if x != x:
        return "NaN"
    if x in (float("inf"), float("-inf")):
        return "∞" if x > 0 else "−∞"
    if x != 0 and not 1e-3 <= abs(x) < 1e5:
        mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
        return f"{mantissa} × 10{_raised(exponent)}".replace("-", "−")
    return f"{x:.{digits}g}".replace("-", "−") if abs(x) < 10**digits else f"{x:,.0f}".replace("-", "−")


def _raised(exponent: str) -> str:
    return str(int(exponent)).translate(_SUPERSCRIPTS)
