"""An experiment as a command, and its outcome on disk: result.json and the figures, whole or not at all."""

import dataclasses
import json
import math
import platform
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import jax
from matplotlib.figure import Figure

from mathml_jax.plot import expect_writable, files, write_files


class Recorded:
    """What makes a command of the settings of an experiment, beside which its module has `Config`, `run` and `figures`.

    A subclass is a dataclass of the settings, with the folder ``out`` besides.
    """

    out: Path

    def __post_init__(self) -> None:
        """Checks nothing yet: the parser of the command line would put a frame around the message."""

    def checked(self) -> Any:
        """The settings, once they and the folder are found to be usable."""
        home = sys.modules[type(self).__module__]
        config = home.Config(**{field.name: getattr(self, field.name) for field in dataclasses.fields(home.Config)})
        expect_writable(f"run {home.NAME}: --out", self.out)
        return config

    def __call__(self, advance: Callable[[int], Any] | None = None) -> tuple[Path, dict[str, Any]]:
        """Runs, records, and returns the path of result.json and the figures of merit."""
        home = sys.modules[type(self).__module__]
        result = home.run(self.checked(), advance)
        films = home.films(result) if hasattr(home, "films") else {}
        return write_result(self.out, result, home.figures(result), home.ALTS, films), result.summary


def is_integer(value: Any, least: int, most: int) -> bool:
    """Whether a setting is a whole number in a range."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def write_result(
    folder: Path,
    result: Any,
    figures: Mapping[str, Figure],
    alts: Mapping[str, str],
    films: Mapping[str, bytes] | None = None,
) -> Path:
    """Writes the figures, as SVG and PNG, the films, and last of all ``result.json``.

    Everything is rendered before the first byte is written, and each file is moved into its place whole.

    Args:
      folder: where to.
      result: a record with ``experiment``, ``question``, ``answer``, ``config``, ``interrupted`` and ``summary``.
      figures: the figures by name.
      alts: what each says to those who do not see it.
      films: moving pictures by the names of their files.

    Returns:
      The path of ``result.json``.

    Raises:
      OSError: the folder cannot be written.
    """
    content = dict(films or {})
    for name, figure in figures.items():
        content |= files(figure, name, alts[name])
    content["result.json"] = _as_json(result)
    write_files(folder, content)
    return folder / "result.json"


def _as_json(result: Any) -> bytes:
    config = dataclasses.asdict(result.config)
    device = jax.devices()[0]
    facts = {
        "experiment": result.experiment,
        "question": result.question,
        "answer": result.answer,
        "interrupted": result.interrupted,
        "config": {name: str(value) if isinstance(value, Path) else value for name, value in config.items()},
        "seed": result.config.seed,
        "summary": {name: _finite(value) for name, value in result.summary.items()},
        "versions": {
            "python": platform.python_version(),
            **{name: _version(name) for name in ("jax", "jaxlib", "numpy", "optax", "mathml_jax")},
        },
        "device": f"{device.platform}: {device.device_kind}",
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    return (json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _finite(value: Any) -> Any:
    """JSON has no infinity and no NaN: null stands for both."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
