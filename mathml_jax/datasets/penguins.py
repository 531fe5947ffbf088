"""Body measurements of 344 penguins of three species: a small, honest set of real numbers for regression."""

import csv
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

CITATION = (
    "Horst AM, Hill AP, Gorman KB (2020). palmerpenguins: Palmer Archipelago (Antarctica) penguin data. "
    "doi:10.5281/zenodo.3960218. "
    "Gorman KB, Williams TD, Fraser WR (2014). Ecological sexual dimorphism and environmental variability within a "
    "community of Antarctic penguins (genus Pygoscelis). PLoS ONE 9(3): e90081. doi:10.1371/journal.pone.0090081. "
    "Public domain (CC0 1.0)."
)


class Penguins(NamedTuple):
    """The columns, one entry a bird; a number that was not measured is NaN, an unknown word is empty.

    Attributes:
      species: Adelie, Chinstrap or Gentoo.
      island: Biscoe, Dream or Torgersen.
      bill_length_mm: length of the bill in millimetres.
      bill_depth_mm: depth of the bill in millimetres.
      flipper_length_mm: length of the flipper in millimetres.
      body_mass_g: mass of the body in grams.
      sex: male, female or empty.
      year: year of the measurement.
      citation: whom to cite.
    """

    species: np.ndarray
    island: np.ndarray
    bill_length_mm: np.ndarray
    bill_depth_mm: np.ndarray
    flipper_length_mm: np.ndarray
    body_mass_g: np.ndarray
    sex: np.ndarray
    year: np.ndarray
    citation = CITATION


COLUMNS = Penguins._fields
_WORDS = ("species", "island", "sex")


def load_penguins(path: str | os.PathLike[str] | None = None) -> Penguins:
    """Reads the Palmer penguins from the bundled file, or from another of the same columns.

    Args:
      path: a CSV file with the header of the bundled one; "NA" or nothing where a value is missing.

    Returns:
      NumPy columns: float64 for what is measured, strings for what is named.

    Raises:
      FileNotFoundError: there is no such file.
      ValueError: the file is no text, has other columns, no rows, a row of another length, or a word where a number
        belongs.

    >>> penguins = load_penguins()
    >>> len(penguins.species), float(np.nanmean(penguins.body_mass_g).round(1))
    (344, 4201.8)
    """
    file = Path(path) if path is not None else Path(__file__).with_name("penguins.csv")
    rows = _rows(file)
    return Penguins(*(_column(file, name, [(line, row[i]) for line, row in rows]) for i, name in enumerate(COLUMNS)))


def _rows(file: Path) -> list[tuple[int, list[str]]]:
    """The rows below the header, each with the line on which it ends."""
    if not file.is_file():
        raise FileNotFoundError(f"load_penguins: expected a CSV file, got {str(file)!r}, which is none")
    with file.open(newline="", encoding="utf-8") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            header = next(reader, [])
            rows = [(reader.line_num, row) for row in reader if row]
        except (UnicodeDecodeError, csv.Error) as error:
            raise _bad(file, reader.line_num, "comma-separated text in UTF-8", str(error)) from None
    if tuple(header) != COLUMNS:
        raise _bad(file, 1, f"the columns {','.join(COLUMNS)}", repr(",".join(header)[:120]))
    if not rows:
        raise _bad(file, 2, "at least one penguin", "the end of the file")
    for line, row in rows:
        if len(row) != len(COLUMNS):
            raise _bad(file, line, f"{len(COLUMNS)} values", f"{len(row)}")
    return rows


def _column(file: Path, name: str, cells: list[tuple[int, str]]) -> np.ndarray:
    if name in _WORDS:
        return np.array(["" if cell == "NA" else cell for _, cell in cells])
    return np.array([_number(file, line, name, cell) for line, cell in cells])


def _number(file: Path, line: int, name: str, cell: str) -> float:
    if cell in ("NA", ""):
        return np.nan
    try:
        value = float(cell)
    except ValueError:
        value = np.inf
    if not np.isfinite(value):
        raise _bad(file, line, f"a number or NA for {name}", repr(cell[:40]))
    return value


def _bad(file: Path, line: int, expected: str, got: str) -> ValueError:
    return ValueError(f"load_penguins: {file}, line {line}: expected {expected}, got {got}")
