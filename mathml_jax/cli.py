"""The command line: list, show, compare, run, report. Heavy imports wait until a command needs them."""

import difflib
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tyro
from tyro.conf import Positional

from mathml_jax._concept import Concept, Kind
from mathml_jax._quick import compile_quickly

if TYPE_CHECKING:
    from rich.console import Console

    from mathml_jax._verdict import Comparison

DESCRIPTION = "The mathematics of machine learning, each formula beside its code and its hand-written derivative."


class UsageError(Exception):
    """Something the user can mend: shown as one line, exit code 2."""


def list_concepts(topic: Positional[str | None] = None) -> int:
    """Lists the concepts, all or those of one topic.

    Args:
      topic: a chapter, such as nn or stats.
    """
    from rich.table import Table

    from mathml_jax._docstring import parse
    from mathml_jax.catalog import TOPICS

    if topic is not None and topic not in TOPICS:
        raise UsageError(_unknown("topic", topic, TOPICS))
    for name, concepts in TOPICS.items():
        if topic in (None, name):
            table = Table("concept", "what it is", title=f"{name}: {len(concepts)}", title_justify="left", box=None)
            for concept in concepts:
                table.add_row(concept.name.removeprefix(name + "."), parse(concept.function).sentence)
            _console().print(table)
    return 0


def show(name: Positional[str], *, derivation: bool = False) -> int:
    """Shows one concept: formula, docstring, source, hand-written derivatives and how they compare.

    Args:
      name: the concept, dotted (nn.softmax) or short (softmax).
      derivation: also the steps that lead to a derivative, each with its check.
    """
    import inspect

    from rich.rule import Rule
    from rich.syntax import Syntax

    from mathml_jax._examine import examine

    concept, console = _concept(name), _console()
    for function in (concept.function, *(d.function for d in concept.derivatives)):
        console.print(Rule(f"{function.__module__}.{function.__name__}", align="left"))
        source = inspect.getsource(inspect.unwrap(function))
        if (said := inspect.getdoc(function)) and said != inspect.getdoc(inspect.unwrap(function)):
            console.print(said + "\n", highlight=False, markup=False)
        console.print(Syntax(source, "python", background_color="default", word_wrap=True))
    if derivation:
        _show_derivations(concept)
    compile_quickly()
    examination = examine(concept)
    for d, comparison in zip(concept.derivatives, examination.comparisons, strict=True):
        _print_comparison(f"{concept.name}, {d.name}", comparison)
    if examination.oracle_error is not None:
        console.print(f"off its oracle {examination.oracle_name} by {examination.oracle_error:.2g} (relative, float64)")
    return 0 if examination.ok else 1


def compare(
    names: Positional[tuple[str, ...]],
    *,
    derivative: str | None = None,
    kind: Kind = "gradient",
    argnum: int = 0,
) -> int:
    """Compares hand-written derivatives with autodiff and with differences.

    Give names of concepts, or one function of a file of yours: compare my_file.py:loss --derivative my_file.py:dloss.
    The file draws the arguments in a function example(key) that returns them as a tuple. Without --derivative, autodiff
    is held against differences.

    Args:
      names: concepts, or one FILE.py:FUNCTION.
      derivative: FILE.py:FUNCTION, the hand-written derivative of that function.
      kind: what the derivative returns.
      argnum: the argument with respect to which it is taken.
    """
    if not names:
        raise UsageError("compare: expected the name of a concept or FILE.py:FUNCTION, got nothing")
    compile_quickly()
    if any(":" in name for name in names):
        if len(names) > 1:
            raise UsageError(f"compare: expected one FILE.py:FUNCTION, got {len(names)} names")
        return _compare_file("".join(names), derivative, kind, argnum)
    if derivative is not None:
        raise UsageError("compare: expected --derivative together with FILE.py:FUNCTION, got the name of a concept")
    from mathml_jax._examine import examine

    failed = False
    for concept in [_concept(name) for name in names]:
        examination = examine(concept)
        for d, comparison in zip(concept.derivatives, examination.comparisons, strict=True):
            _print_comparison(f"{concept.name}, {d.name}", comparison)
        if not concept.derivatives:
            _console().print(f"{concept.name} has no hand-written derivative")
        for failure in examination.failures:
            _console().print(failure, style="red", markup=False)
        failed |= not examination.ok
    return int(failed)


def run(experiment: Positional[str], rest: Positional[tuple[str, ...]] = ()) -> int:
    """Runs an experiment on real data; `run EXPERIMENT --help` shows its settings.

    Args:
      experiment: its name, such as linear-regression.
      rest: its settings, such as --steps 500 --out DIR.
    """
    from mathml_jax.experiments import EXPERIMENTS

    if experiment not in EXPERIMENTS:
        raise UsageError(_unknown("experiment", experiment, EXPERIMENTS))
    from mathml_jax.experiments import command

    options = tyro.cli(command(experiment), prog=f"mathml-jax run {experiment}", args=rest)
    options.checked()
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console(stderr=True)) as bar:
        task = bar.add_task(experiment, total=options.steps)
        written, summary = options(lambda done: bar.update(task, completed=done))
    width = max(map(len, summary))
    for key, value in summary.items():
        number = f"{value:.6g}" if isinstance(value, float) else value
        _console().print(f"{key.replace('_', ' '):>{width}}  {number}", highlight=False)
    _console().print(f"written to {written}", highlight=False, soft_wrap=True)
    return 0


def report(topics: Positional[tuple[str, ...]] = (), *, out: Path = Path("report.html"), open: bool = False) -> int:
    """Compares everything, runs the derivations and the experiment, and writes one self-contained HTML page.

    Args:
      topics: only these chapters, such as nn stats.
      out: where to write the page.
      open: show it in the browser.
    """
    import os

    if out.is_dir() or not os.access(out.resolve().parent, os.W_OK):
        raise UsageError(f"report: expected --out to be a file in a writable folder, got {out}")
    import jax
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Table

    from mathml_jax import report as page
    from mathml_jax.catalog import TOPICS

    for topic in topics:
        if topic not in TOPICS:
            raise UsageError(_unknown("topic", topic, TOPICS))
    compile_quickly()
    # Processes that share an accelerator would each claim its memory.
    processes = (os.cpu_count() or 1) if jax.default_backend() == "cpu" else 1
    columns = (TextColumn("{task.description:<32.32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console(stderr=True)) as bar:
        task = bar.add_task("starting", total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total)

        found = page.build(topics, progress, processes)
        bar.update(task, description="writing", completed=bar.tasks[0].total)
    page.write(found, out)

    table = Table("topic", "concepts", "derivatives", "failed", box=None)
    for topic in dict.fromkeys(e.concept.topic for e in found.examinations):
        group = [e for e in found.examinations if e.concept.topic == topic]
        failed = sum(not e.ok for e in group)
        table.add_row(topic, str(len(group)), str(sum(len(e.comparisons) for e in group)), str(failed or "none"))
    _console().print(table)
    for name, failure in found.failures:
        _console().print(f"{name}: {failure}", style="red", markup=False)
    _console().print(str(out.resolve()), highlight=False, soft_wrap=True)
    if open:
        import webbrowser

        webbrowser.open(out.resolve().as_uri())
    return 0 if found.ok else 1


def _compare_file(target: str, derivative: str | None, kind: Kind, argnum: int) -> int:
    """Compares a function of the user's own file with the derivative beside it."""
    import jax

    from mathml_jax._compare import compare

    module, f = _load(target)
    hand = None if derivative is None else _load(derivative)[1]
    if not hasattr(module, "example"):
        raise UsageError(f"compare: expected a function example(key) in {target.rpartition(':')[0]}, got none")
    args = _guarded("example", module.example, jax.random.key(0))
    comparison = _guarded(f.__name__, compare, f, hand, *args, kind=kind, argnum=argnum)
    _print_comparison(target if derivative is None else f"{target}, {derivative}", comparison)
    return 0 if comparison.ok else 1


def _load(target: str) -> tuple[Any, Callable[..., Any]]:
    """The module and the function that FILE.py:FUNCTION names."""
    import importlib.util

    path, _, name = target.rpartition(":")
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    if not name or spec is None or spec.loader is None or not Path(path).is_file():
        raise UsageError(f"compare: expected FILE.py:FUNCTION with a Python file that exists, got {target}")
    module = importlib.util.module_from_spec(spec)
    _guarded(path, spec.loader.exec_module, module)
    if not callable(getattr(module, name, None)):
        own = [n for n, v in vars(module).items() if callable(v) and getattr(v, "__module__", "") == module.__name__]
        raise UsageError(f"compare: expected a function of {path} ({', '.join(own)}), got {name!r}")
    return module, getattr(module, name)


def _guarded(name: str, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Calls the user's own code; whatever it raises becomes one line."""
    try:
        return function(*args, **options)
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0]
        raise UsageError(f"compare: {name} raised {type(error).__name__}: {reason}") from error


def _concept(name: str) -> Concept:
    from mathml_jax.catalog import find

    try:
        return find(name)
    except LookupError as error:
        raise UsageError(error.args[0]) from error


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"no {kind} {name!r}; {f'did you mean {near[0]}?' if near else 'there are ' + ', '.join(known)}"


def _console(stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr)


def _print_comparison(title: str, comparison: "Comparison") -> None:
    from rich.text import Text

    header, *table = str(comparison).splitlines()
    mark, style = ("agree", "green") if comparison.ok else ("differ", "red")
    console = _console()
    console.print(Text.assemble((mark.ljust(7), style), (title, "bold"), f"\n{header}"))
    console.print(Text("\n".join(f"  {line}" for line in table), style="dim"), soft_wrap=True)


def _show_derivations(concept: Concept) -> None:
    from rich.text import Text

    from mathml_jax.derivations import DERIVATIONS, check_derivation

    own = {concept.function, *(d.function for d in concept.derivatives)}
    found = [d for d in DERIVATIONS if d.proves in own]
    for derivation in found:
        check = check_derivation(derivation)
        _console().print(Text(f"{derivation.title}: {check.message}", style="bold"))
        for line in check.lines:
            numbers = ", ".join(f"{x:.4g}" for x in line.numbers)
            _console().print(
                Text.assemble(
                    f"  {line.step.says}\n",
                    (f"    {line.step.relation} {line.step.formula}", "cyan"),
                    (f"   {numbers}\n", "dim"),
                )
            )
    if not found:
        _console().print(f"{concept.name} has no derivation yet")


COMMANDS: dict[str, Callable[..., int]] = {
    "list": list_concepts,
    "show": show,
    "compare": compare,
    "run": run,
    "report": report,
}


def main(argv: Sequence[str] | None = None) -> None:
    """Runs the command line and exits: 0 if all is well, 1 if something failed its check, 2 for a wrong call."""
    words = list(sys.argv[1:] if argv is None else argv)
    # An experiment has settings of its own: its words are passed on untouched.
    rest = words[2:] if words[:1] == ["run"] and words[1:2] not in ([], ["--help"], ["-h"]) else []
    words = words[: len(words) - len(rest)]
    if rest:
        words += ["--", *rest]
    try:
        sys.exit(tyro.extras.subcommand_cli_from_dict(COMMANDS, prog="mathml-jax", args=words, description=DESCRIPTION))
    except UsageError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except Exception as error:
        print((str(error).splitlines() or [type(error).__name__])[0], file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
