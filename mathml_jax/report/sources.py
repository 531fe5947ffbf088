"""The source of a function as a reader wants it: its signature, its body without the docstring, quietly coloured."""

import ast
import inspect
import io
import keyword
import textwrap
import tokenize
from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

_WIDTH = 88


def _parsed(function: Callable[..., Any]) -> tuple[str, ast.FunctionDef]:
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return source, definition


def signature(function: Callable[..., Any]) -> Markup:
    """The signature as it is written, a parameter a line where one line is too long."""
    _, definition = _parsed(function)
    result = f" -> {ast.unparse(definition.returns)}" if definition.returns else ""
    whole = f"{definition.name}({ast.unparse(definition.args)}){result}"
    if len(whole) > _WIDTH:
        whole = f"{definition.name}(\n{_parameters(definition.args)}){result}"
    return highlight(whole.replace("'", '"'))


def _parameters(arguments: ast.arguments) -> str:
    """One parameter a line: an `ast.arguments` with a single entry unparses to that entry."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    lines = [_parameter(a, d) for a, d in zip(positional, defaults, strict=True)]
    if arguments.vararg:
        lines.append("*" + ast.unparse(arguments.vararg))
    elif arguments.kwonlyargs:
        lines.append("*")
    lines += [_parameter(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        lines.append("**" + ast.unparse(arguments.kwarg))
    return "".join(f"    {line},\n" for line in lines)


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(argument) + (f" = {ast.unparse(default)}" if default else "")


def code(function: Callable[..., Any]) -> Markup:
    """The source without its docstring: what it says stands beside it."""
    source, definition = _parsed(function)
    lines = source.rstrip().splitlines()
    first = definition.body[0]
    if ast.get_docstring(definition) is not None and len(definition.body) > 1:
        del lines[first.lineno - 1 : first.end_lineno]
    return highlight("\n".join(lines))


def highlight(source: str) -> Markup:
    """Comments, strings and keywords marked; everything else left alone."""
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    parts, end = [], 0
    for token in tokenize.generate_tokens(io.StringIO(source + "\n").readline):
        kind = _kind(token)
        if kind:
            start, stop = (starts[row - 1] + column for row, column in (token.start, token.end))
            parts += [escape(source[end:start]), Markup("<span class={}>{}</span>").format(kind, source[start:stop])]
            end = stop
    return Markup("").join([*parts, escape(source[end:])])


def _kind(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.COMMENT:
        return "c"
    if token.type == tokenize.STRING:
        return "s"
    return "k" if token.type == tokenize.NAME and keyword.iskeyword(token.string) else ""
