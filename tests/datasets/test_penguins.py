"""The bundled measurements against the published counts and means; broken files against their one-line errors."""

import numpy as np
import pytest

from mathml_jax.datasets import load_penguins
from mathml_jax.datasets.penguins import COLUMNS

HEADER = ",".join(COLUMNS)
ROW = "Adelie,Dream,37.5,18.9,179,2975,NA,2007"


def test_counts_are_the_published_ones():
    penguins = load_penguins()
    assert dict(zip(*np.unique(penguins.species, return_counts=True), strict=True)) == {
        "Adelie": 152,
        "Chinstrap": 68,
        "Gentoo": 124,
    }
    assert dict(zip(*np.unique(penguins.sex, return_counts=True), strict=True)) == {"": 11, "female": 165, "male": 168}
    assert np.isnan(penguins.flipper_length_mm).sum() == 2
    assert "CC0" in penguins.citation


@pytest.mark.parametrize(
    ("column", "mean", "sd"),
    [
        ("bill_length_mm", 43.92193, 5.459584),
        ("bill_depth_mm", 17.15117, 1.974793),
        ("flipper_length_mm", 200.9152, 14.06171),
        ("body_mass_g", 4201.754, 801.9545),
    ],
)
def test_moments_are_the_published_ones(column, mean, sd):
    values = getattr(load_penguins(), column)
    np.testing.assert_allclose([np.nanmean(values), np.nanstd(values, ddof=1)], [mean, sd], rtol=1e-6)


def test_another_file_is_read(tmp_path):
    file = tmp_path / "few.csv"
    file.write_text(f"{HEADER}\n{ROW}\n\n{ROW.replace('2975', '')}\n", encoding="utf-8")
    penguins = load_penguins(file)
    np.testing.assert_array_equal(penguins.body_mass_g, [2975, np.nan])
    assert penguins.sex.tolist() == ["", ""]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "line 1: expected the columns species,island,.*, got ''"),
        (b"a,b\n1,2\n", "line 1: expected the columns .*, got 'a,b'"),
        (HEADER.encode(), "line 2: expected at least one penguin, got the end of the file"),
        (f"{HEADER}\n{ROW}\n{ROW},9\n".encode(), "line 3: expected 8 values, got 9"),
        (
            f"{HEADER}\n{ROW.replace('179', 'long')}\n".encode(),
            "line 2: expected a number or NA for flipper.*, got 'long'",
        ),
        (
            f"{HEADER}\n{ROW.replace('179', 'inf')}\n".encode(),
            "line 2: expected a number or NA for flipper.*, got 'inf'",
        ),
        (f'{HEADER}\n{ROW}\n"Ad'.encode(), "line 3: expected comma-separated text"),
        (HEADER.encode() + b"\n\xff\xfe\x00", "expected comma-separated text in UTF-8"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path, content, message):
    file = tmp_path / "broken.csv"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=rf"^load_penguins: .*broken\.csv, .*{message}") as caught:
        load_penguins(file)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_a_missing_file_is_named(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=r"^load_penguins: expected a CSV file, got "):
        load_penguins(tmp_path / name)
