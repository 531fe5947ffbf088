"""The lines of a generated page that a later run may leave as they are."""

from collections.abc import Sequence
from pathlib import Path

RENEW = "--renew"


def standing(page: Path, arguments: Sequence[str], cells: int) -> dict[tuple[str, ...], str]:
    """The table's lines by their first cells, where only some rows are to be measured anew; else none."""
    lines = page.read_text().splitlines() if RENEW in arguments else []
    return {tuple(line[2:].split(" | ")[:cells]): line for line in lines if line.startswith("| ")}


def chosen(name: str, arguments: Sequence[str]) -> bool:
    """Whether the name contains one of the words that are asked for."""
    return any(word in name for word in arguments if word != RENEW)


def is_written(arguments: Sequence[str]) -> bool:
    """Whether the page is to be written: words alone only show their rows."""
    return not arguments or RENEW in arguments
