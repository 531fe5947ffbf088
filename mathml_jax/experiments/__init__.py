"""Experiments: a question, a method, an answer with its pictures, one command each."""

from types import ModuleType
from typing import Any

from mathml_jax._checks import expect_option
from mathml_jax.experiments import linear_regression, optimizer_race, species

EXPERIMENTS: dict[str, ModuleType] = {
    experiment.NAME: experiment for experiment in (linear_regression, species, optimizer_race)
}


def command(name: str) -> Any:
    """The settings of an experiment with the folder for its outcome: a dataclass whose instances run and record it.

    Raises:
      ValueError: there is no such experiment.
    """
    expect_option("command", "name", name, EXPERIMENTS)
    return EXPERIMENTS[name].Command
