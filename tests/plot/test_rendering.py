"""SVG that is one well-formed element, follows the theme and clashes with no other; files that are whole or absent."""

import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET

import matplotlib
import numpy as np
import pytest

from mathml_jax import plot
from mathml_jax.plot import style


@pytest.fixture(scope="module")
def figures():
    x = np.linspace(0, 1, 5)
    return plot.line(x, x, x**2, names=("x", "<x²>"), x_label="x & y"), plot.scatter(x, 1 - x)


def test_it_is_one_element_without_prolog_or_network(figures):
    text = plot.svg(figures[0])
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert text.startswith("<svg ")
    assert re.findall(r"https?://[^\"']*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|<metadata|@import|\*\{", text)
    assert [t.text for t in root.iter("{http://www.w3.org/2000/svg}text")][-1] == "<x²>"


def test_colours_are_the_pages(figures):
    drawn = plot.svg(figures[0]).split("</style>")[1]
    assert "currentColor" in drawn
    assert f"var(--series-1, {style.SERIES[0]})" in drawn
    assert f"var(--series-2, {style.SERIES[1]})" in drawn
    rest = re.sub(r"var\([^)]*\)", "", drawn)
    assert not re.search(r"#[0-9a-f]{6}\b", rest), "a colour that no theme can change"


def test_a_series_has_a_twin_on_dark_paper():
    assert len(style.SERIES) == len(style.SERIES_ON_DARK) == 4
    for colors, paper in ((style.SERIES, style.PAPER), (style.SERIES_ON_DARK, style.PAPER_ON_DARK)):
        assert min(_contrast(color, paper) for color in colors) > 4.5


def _contrast(color: str, paper: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(value: str) -> float:
        c = np.array([int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])

    dark, light = sorted((luminance(color), luminance(paper)))
    return (light + 0.05) / (dark + 0.05)


def test_ids_are_unique_and_resolve(figures):
    texts = [plot.svg(figure) for figure in figures]
    defined = [re.findall(r' id="([^"]*)"', text) for text in texts]
    assert not set(defined[0]) & set(defined[1])
    for ids, text in zip(defined, texts, strict=True):
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', text)) <= {p for i in ids for p in ((i, ""), ("", i))}


def test_the_same_drawing_gives_the_same_text():
    first, second = (plot.svg(plot.scatter([1, 2, 3], [3, 1, 2], y_label="y")) for _ in range(2))
    assert first == second


def test_words_for_those_who_do_not_see(figures):
    assert ET.fromstring(plot.svg(figures[0], 'a "curve" < 1')).get("aria-label") == 'a "curve" < 1'
    assert ET.fromstring(plot.svg(figures[0])).get("aria-hidden") == "true"


def test_matplotlibs_settings_neither_leak_in_nor_out(figures):
    before = dict(matplotlib.rcParams)
    expected = plot.svg(plot.scatter([1, 2], [1, 2]))
    with matplotlib.rc_context({"font.size": 30, "axes.grid": False, "svg.fonttype": "path"}):
        assert plot.svg(plot.scatter([1, 2], [1, 2])) == expected
    assert dict(matplotlib.rcParams) == before


def test_files_stand_alone(figures, tmp_path):
    plot.save(figures[0], tmp_path / "new" / "curve.v1", alt="a curve")
    assert sorted(os.listdir(tmp_path / "new")) == ["curve.v1.png", "curve.v1.svg"]
    assert (tmp_path / "new" / "curve.v1.png").read_bytes().startswith(b"\x89PNG")
    alone = (tmp_path / "new" / "curve.v1.svg").read_text(encoding="utf-8")
    assert ET.fromstring(alone).get("aria-label") == "a curve"
    assert "color-scheme:light dark" in alone


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space left"):
        plot.write_files(tmp_path, {"a": b"new"})
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


@pytest.mark.parametrize("folder", ["file", "file/below"])
def test_an_unwritable_folder_is_one_line(tmp_path, folder):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"^save: --out: expected a folder that can be written, got '.*' \(") as caught:
        plot.expect_writable("save: --out", tmp_path / folder)
    assert "\n" not in str(caught.value)
    assert os.listdir(tmp_path) == ["file"]


_WRITER = """
import itertools, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from _files import write_files
for letter in itertools.cycle((b"a", b"b")):
    write_files(Path(sys.argv[1]), {"result": letter * 3_000_000})
    print(flush=True)
"""


def test_a_killed_process_leaves_no_half_file(tmp_path):
    where = os.path.dirname(plot.__file__)
    with subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), where], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(3):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    content = (tmp_path / "result").read_bytes()
    assert content in (b"a" * 3_000_000, b"b" * 3_000_000)
