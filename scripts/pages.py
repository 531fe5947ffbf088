"""The lines of a generated page that a later run may leave as they are."""

from collections.abc import Sequence
from pathlib import Path

RENEW = "--renew"


def standing(page: Path, arguments: Sequence[str], cells: int) -> dict[tuple[str, ...], str]:
    """The table's lines by their first cells, where only some rows are to be measured anew; else none."""
    lines = page.read_text().splitlines() if RENEW in arguments and page.exists() else []
    return {tuple(c.strip() for c in line.split(" | ")[:cells]): line for line in lines if line.startswith("| ")}


def first_cells(*cells: str) -> tuple[str, ...]:
    """What a line begins with, as `standing` has it."""
    return (f"| {cells[0]}", *cells[1:])


def chosen(name: str, arguments: Sequence[str]) -> bool:
    """Whether the name contains one of the words that are asked for."""
    return any(word in name for word in arguments if word != RENEW)
