"""The source of a function as a reader wants it: its signature, its body without the docstring, quietly coloured."""

import ast
import inspect
import io
import keyword
import sys
import textwrap
import tokenize
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from markupsafe import Markup, escape

_WIDTH = 88


@cache
def _definitions(module: ModuleType) -> tuple[list[str], dict[str, ast.FunctionDef]]:
    """The lines of a module and the functions that it defines, those at the top first."""
    source = inspect.getsource(module)
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return source.splitlines(), {node.name: node for node in reversed(found)}


def _definition(function: Callable[..., Any]) -> tuple[list[str], ast.FunctionDef]:
    """The definition of that name in the function's module, or the one that made the function."""
    lines, definitions = _definitions(sys.modules[function.__module__])
    if function.__name__ in definitions:
        return lines, definitions[function.__name__]
    body = inspect.unwrap(function).__code__
    home = next(m for m in list(sys.modules.values()) if getattr(m, "__file__", "") == body.co_filename)
    lines, definitions = _definitions(home)
    around = [d for d in definitions.values() if d.lineno <= body.co_firstlineno <= (d.end_lineno or 0)]
    return lines, min(around, key=lambda d: d.lineno)


def _assignment(function: Callable[..., Any]) -> list[str]:
    """The statement of the function's module that gives it its name, where it has no definition there."""
    source = inspect.getsource(sys.modules[function.__module__])
    for node in ast.parse(source).body:
        names = {n.id for t in getattr(node, "targets", ()) for n in ast.walk(t) if isinstance(n, ast.Name)}
        if function.__name__ in names:
            return [*source.splitlines()[node.lineno - 1 : node.end_lineno], "", ""]
    return []


def signature(function: Callable[..., Any]) -> Markup:
    """The signature as it is written, a parameter a line where one line is too long."""
    written = _definitions(sys.modules[function.__module__])[1].get(function.__name__)
    if written:
        parameters = _parameters(written.args)
        result = f" -> {ast.unparse(written.returns)}" if written.returns else ""
    else:
        parameters, result = list(map(str, inspect.signature(function).parameters.values())), ""
    whole = f"{function.__name__}({', '.join(parameters)}){result}"
    if len(whole) > _WIDTH:
        lines = "".join(f"    {parameter},\n" for parameter in parameters)
        whole = f"{function.__name__}(\n{lines}){result}"
    return highlight(whole.replace("'", '"'))


def _parameters(arguments: ast.arguments) -> list[str]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    written = [_parameter(a, d) for a, d in zip(positional, defaults, strict=True)]
    if arguments.posonlyargs:
        written.insert(len(arguments.posonlyargs), "/")
    if arguments.vararg:
        written.append("*" + ast.unparse(arguments.vararg))
    elif arguments.kwonlyargs:
        written.append("*")
    written += [_parameter(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        written.append("**" + ast.unparse(arguments.kwarg))
    return written


def _parameter(argument: ast.arg, default: ast.expr | None) -> str:
    equals = " = " if argument.annotation else "="
    return ast.unparse(argument) + (equals + ast.unparse(default) if default else "")


def code(function: Callable[..., Any]) -> Markup:
    """The source without its docstring: what it says stands beside it."""
    lines, definition = _definition(function)
    documented = ast.get_docstring(definition) is not None and len(definition.body) > 1
    docstring = definition.body[0] if documented else None
    first = min(node.lineno for node in [definition, *definition.decorator_list])
    kept = [
        line
        for number, line in enumerate(lines[first - 1 : definition.end_lineno], first)
        if docstring is None or not docstring.lineno <= number <= (docstring.end_lineno or 0)
    ]
    return highlight("\n".join(_assignment(function)) + textwrap.dedent("\n".join(kept)))


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
