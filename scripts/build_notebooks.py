"""Executes every notebook from its percent-format source and writes the .ipynb beside it.

python scripts/build_notebooks.py [WORD ...]     only sources whose name contains a word
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


def build(source: Path) -> Path:
    """Executes one source; cell ids and metadata are the same in every build, so that only real changes show."""
    notebook = jupytext.read(source)
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(source.parent)}}).execute()
    for i, cell in enumerate(notebook.cells):
        cell.id = f"cell-{i}"
        cell.metadata = {}
    notebook.metadata.pop("language_info", None)
    target = source.with_suffix(".ipynb")
    nbformat.write(notebook, target)
    return target


def main(words: Sequence[str]) -> None:
    """Builds the notebooks."""
    for source in sorted(NOTEBOOKS.glob("[0-9]*.py")):
        if not words or any(word in source.name for word in words):
            print(build(source))


if __name__ == "__main__":
    main(sys.argv[1:])
