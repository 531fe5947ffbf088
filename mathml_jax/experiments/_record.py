"""The outcome of an experiment on disk: result.json and the figures, whole or not at all."""

import dataclasses
import json
import math
import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import jax
from matplotlib.figure import Figure

from mathml_jax.plot import files, write_files


def write_result(folder: Path, result: Any, figures: Mapping[str, Figure], alts: Mapping[str, str]) -> Path:
    """Writes the figures, as SVG and PNG, and last of all ``result.json``.

    Everything is rendered before the first byte is written, and each file is moved into its place whole.

    Args:
      folder: where to.
      result: a record with ``experiment``, ``question``, ``answer``, ``config``, ``interrupted`` and ``summary``.
      figures: the figures by name.
      alts: what each says to those who do not see it.

    Returns:
      The path of ``result.json``.

    Raises:
      OSError: the folder cannot be written.
    """
    content: dict[str, bytes] = {}
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
