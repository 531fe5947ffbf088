"""Do the species differ? Welch's test of every measurement between every pair of penguin species."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import jax
import numpy as np

from mathml_jax._checks import expect
from mathml_jax.datasets import load_penguins
from mathml_jax.experiments._record import Recorded
from mathml_jax.experiments._species_pictures import ALTS as ALTS
from mathml_jax.experiments._species_pictures import CAPTIONS as CAPTIONS
from mathml_jax.experiments._species_pictures import figures as figures
from mathml_jax.stats import ttest_ind, ttest_ind_from_stats

QUESTION = "Do the three species of penguins differ in bill, flipper and mass, and how sure can we be?"
MEASUREMENTS = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")

NAME = "species"


class Comparison(NamedTuple):
    """Welch's test of one measurement between two species.

    Attributes:
      measurement: one of `MEASUREMENTS`.
      first: a species.
      second: another.
      values: the numbers of both.
      difference: the mean of the first less that of the second.
      low: the lower end of the interval for that difference.
      high: the upper end.
      statistic: the difference in standard errors.
      df: degrees of freedom.
      pvalue: the two-sided p-value.
    """

    measurement: str
    first: str
    second: str
    values: tuple[np.ndarray, np.ndarray]
    difference: float
    low: float
    high: float
    statistic: float
    df: float
    pvalue: float


@dataclass(frozen=True)
class Config:
    """What can be varied.

    Attributes:
      confidence_level: the probability with which each interval covers the true difference.
    """

    confidence_level: float = 0.95

    steps: ClassVar[int] = 3 * len(MEASUREMENTS)
    """The number of tests."""
    seed: ClassVar[None] = None
    """Nothing is drawn."""

    def __post_init__(self) -> None:
        level = self.confidence_level
        ok = isinstance(level, int | float) and not isinstance(level, bool) and 0 < level < 1
        expect(ok, f"run {NAME}", "--confidence-level to be a number between 0 and 1", repr(level))


@dataclass(frozen=True)
class Command(Recorded, Config):
    """Do the penguin species differ? Welch's test of every measurement between every pair.

    Attributes:
      out: the folder for result.json and the figures.
    """

    out: Path = Path("species")


@dataclass(frozen=True)
class Result:
    """What came out.

    Attributes:
      config: the settings.
      comparisons: a test for each measurement and pair of species.
      closest: of the tests of flippers the least sure.
      slopes: the derivatives of its p-value in the flippers of both species.
      interrupted: never: the tests take a moment.
    """

    config: Config
    comparisons: tuple[Comparison, ...]
    closest: Comparison
    slopes: tuple[np.ndarray, np.ndarray]
    interrupted: bool = False
    experiment: str = NAME
    question: str = QUESTION

    @property
    def threshold(self) -> float:
        """Bonferroni's: where none of the tests has anything to find, one of them errs in one case of twenty."""
        return 0.05 / len(self.comparisons)

    @property
    def summary(self) -> dict[str, float | int]:
        """The table of the tests, a line for each number."""
        rows: dict[str, float | int] = {
            "tests": len(self.comparisons),
            "threshold": self.threshold,
            "differences_found": sum(c.pvalue < self.threshold for c in self.comparisons),
        }
        for c in self.comparisons:
            name = f"{c.measurement}_{c.first}_{c.second}".lower()
            for field in ("difference", "low", "high", "statistic", "df", "pvalue"):
                rows[f"{name}_{field}"] = getattr(c, field)
        return rows

    @property
    def answer(self) -> str:
        """The answer in words, with the numbers of this run."""
        sure = min(self.comparisons, key=lambda c: c.pvalue)
        open_ones = [c for c in self.comparisons if c.pvalue >= self.threshold]
        *more, last = [f"{_words(c)} (p = {c.pvalue:.2g})" for c in open_ones] or ["nothing"]
        unsure = f"{', '.join(more)} and {last}" if more else last
        return (
            f"In {len(self.comparisons) - len(open_ones)} of {len(self.comparisons)} comparisons they do, beyond "
            f"p = 0.05 shared among all tests. Surest is {_words(sure)}: {abs(sure.difference):.1f} "
            f"{_unit(sure.measurement)} apart, p = {sure.pvalue:.1e}. These data cannot tell apart {unsure}."
        )


def run(config: Config, advance: Callable[[int], Any] | None = None) -> Result:
    """Runs the experiment.

    Args:
      config: the settings.
      advance: told the number of tests done.

    Returns:
      A `Result` of NumPy arrays and numbers.
    """
    birds = measured()
    with jax.enable_x64(True):
        comparisons = _compared(birds, config.confidence_level)
        closest = max((c for c in comparisons if c.measurement == "flipper_length_mm"), key=lambda c: c.pvalue)
        pvalue = jax.jit(jax.grad(lambda a, b: ttest_ind(a, b, equal_var=False).pvalue, (0, 1)))
        slopes = tuple(map(np.asarray, pvalue(*closest.values)))
    if advance:
        advance(len(comparisons))
    return Result(config, comparisons, closest, (slopes[0], slopes[1]))


def measured() -> Mapping[str, np.ndarray]:
    """The numbers of each species, a column for each of `MEASUREMENTS`, of the birds that were measured."""
    penguins = load_penguins()
    numbers = np.column_stack([getattr(penguins, name) for name in MEASUREMENTS])
    known = np.isfinite(numbers).all(1)
    return {str(name): numbers[known & (penguins.species == name)] for name in np.unique(penguins.species)}


def _compared(birds: Mapping[str, np.ndarray], level: float) -> tuple[Comparison, ...]:
    """All tests in one call, from means and standard deviations: one compilation, however many birds a species has."""
    pairs = [(name, *pair) for name in MEASUREMENTS for pair in combinations(birds, 2)]
    values = [(birds[one][:, i], birds[two][:, i]) for name, one, two in pairs for i in [MEASUREMENTS.index(name)]]
    numbers = np.array([[n for x in pair for n in (x.mean(), x.std(ddof=1), len(x))] for pair in values])
    test = ttest_ind_from_stats(*numbers.T, equal_var=False)
    columns = numbers[:, 0] - numbers[:, 3], *test.confidence_interval(level), test.statistic, test.df, test.pvalue
    rows = np.stack([np.asarray(column) for column in columns], 1).tolist()
    return tuple(Comparison(*pair, both, *row) for pair, both, row in zip(pairs, values, rows, strict=True))


def _words(c: Comparison) -> str:
    return f"the {c.measurement.rpartition('_')[0].replace('_', ' ')} of {c.first} and {c.second}"


def _unit(measurement: str) -> str:
    return measurement.rpartition("_")[2]
