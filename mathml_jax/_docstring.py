"""What a docstring says, taken apart: sentence, formula, symbols, reason, references."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SECTIONS = ("Args", "Returns", "Raises", "References")
# Macros and names that carry no quantity of their own, so that nobody need explain them.
_OPERATORS = re.compile(
    r"\\(?:text|mathrm|operatorname\*?|begin|end)\{[^}]*\}"
    r"|_\{(?:[^{}]|\{[^{}]*\})*\}|_\\?[A-Za-z]+(?![A-Za-z])|_\d"
    r"|\\(?:frac|tfrac|sum|prod|int|log|ln|exp|sqrt|max|min|lim|sup|inf|partial|infty|pi|cdot|cdots|dots|ldots|times|odot|ast"
    r"|sin|cos|tan|tanh|sinh|cosh|arctan|det|quad|qquad|left|right|lfloor|rfloor|lceil|rceil|lVert|rVert|lvert|rvert"
    r"|in|le|ge|leq|geq|ne|to|top|mid|nabla|otimes|oplus|circ|hat|bar|tilde|mathbf|mathbb|big|Big|bigl|bigr|Bigl|Bigr|pm|mp|approx"
    r"|equiv|sim|propto|forall|exists|neg|prime|middle|langle|rangle|binom|displaystyle|Pr)(?![A-Za-z])"
)
_SYMBOL = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
_CONSTANTS = {"e", "d", "i"}


@dataclass(frozen=True)
class Docstring:
    """The parts of one public docstring; a part that is missing is empty."""

    sentence: str
    formula: str
    prose: str
    why: str
    arguments: str
    returns: str
    raises: str
    references: str
    examples: str

    @property
    def unexplained(self) -> set[str]:
        """Symbols of the formula that the prose never names in a ``:math:`` role."""
        named = symbols(" ".join(re.findall(r":math:`([^`]*)`", self.prose)))
        return symbols(self.formula) - named


def symbols(latex: str) -> set[str]:
    r"""The quantities that a formula mentions, without subscripts, operators, e, d and the index i.

    >>> sorted(symbols(r"p_i = \\frac{e^{x_i}}{\\sum_j e^{x_j}}"))
    ['p', 'x']
    """
    return set(_SYMBOL.findall(_OPERATORS.sub(" ", latex))) - _CONSTANTS


def parse(function: Callable[..., Any]) -> Docstring:
    """Reads the docstring of `function` by the house's layout (see CONTRIBUTING.md)."""
    text = inspect.getdoc(function) or ""
    text, _, examples = text.partition(">>>")
    body, *rest = re.split(rf"^({'|'.join(_SECTIONS)}):\n", text, flags=re.MULTILINE)
    sections = {name: inspect.cleandoc(content) for name, content in zip(rest[::2], rest[1::2], strict=True)}
    sentence, _, body = body.partition("\n\n")
    block = re.search(r"^\.\. math::\n\n((?:(?:[ ]{4}.*)?\n?)+)", body + "\n", flags=re.MULTILINE)
    formula = inspect.cleandoc(block.group(1)).strip() if block else ""
    prose = body.replace(block.group(0).strip("\n"), "").strip() if block else body.strip()
    why = re.search(r"^Why it matters: (.*?)(?=\n\n|\Z)", prose, flags=re.MULTILINE | re.DOTALL)
    return Docstring(
        sentence=" ".join(sentence.split()),
        formula=formula,
        prose=prose.replace(why.group(0), "").strip() if why else prose,
        why=" ".join(why.group(1).split()) if why else "",
        arguments=sections.get("Args", ""),
        returns=sections.get("Returns", ""),
        raises=sections.get("Raises", ""),
        references=sections.get("References", ""),
        examples=">>>" + examples if examples else "",
    )
