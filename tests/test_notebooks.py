"""Every executed notebook is that of its source."""

from pathlib import Path

import jupytext
import pytest

SOURCES = sorted((Path(__file__).parent.parent / "notebooks").glob("[0-9]*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_the_executed_notebook_is_up_to_date(source):
    cells, executed = (jupytext.read(path).cells for path in (source, source.with_suffix(".ipynb")))
    assert [(c.cell_type, c.source) for c in cells] == [(c.cell_type, c.source) for c in executed]
    assert all(c.get("execution_count") for c in executed if c.cell_type == "code")
