"""Files that are there whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def expect_writable(function: str, folder: Path) -> None:
    """Makes the folder and raises OSError, in one line, unless files can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise type(error)(
            f"{function}: expected a folder that can be written, got {str(folder)!r} ({reason})"
        ) from None


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes all files beside their targets first, then moves each into its place, in their order.

    A process killed on the way leaves every target as it was or as it will be, never in between.
    """
    folder.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    try:
        for name, content in files.items():
            with (beside / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for name in files:
            os.replace(beside / name, folder / name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
