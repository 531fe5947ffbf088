"""The optimiser race: every method down one landscape, each at its best rate, ours beside optax's."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import random

from mathml_jax import optimize
from mathml_jax._checks import expect, expect_option
from mathml_jax.experiments._race_pictures import ALTS as ALTS
from mathml_jax.experiments._race_pictures import CAPTIONS as CAPTIONS
from mathml_jax.experiments._race_pictures import figures as figures
from mathml_jax.experiments._race_pictures import films as films
from mathml_jax.experiments._record import Recorded, is_integer
from mathml_jax.optimize import SURFACES, Surface, trajectory

NAME = "optimizer-race"
QUESTION = "Which optimiser comes first to the bottom, if each may run at the rate that suits it best?"

_MOST_STEPS = 100_000
_STARTS = 8
_MOST_MINIMISER_STEPS = 100

Make = Callable[[Any], optax.GradientTransformation]


class Entrant(NamedTuple):
    """Who runs: our optimiser and optax's, by the learning rate; optax has no Adam without correction."""

    ours: Make
    twin: Make | None


ENTRANTS: dict[str, Entrant] = {
    "gradient descent": Entrant(optimize.gradient_descent, optax.sgd),
    "momentum": Entrant(optimize.momentum, lambda rate: optax.sgd(rate, momentum=0.9)),
    "Nesterov": Entrant(optimize.nesterov, lambda rate: optax.sgd(rate, momentum=0.9, nesterov=True)),
    "Adagrad": Entrant(optimize.adagrad, optax.adagrad),
    "Adadelta": Entrant(optimize.adadelta, optax.adadelta),
    "RMSProp": Entrant(optimize.rmsprop, optax.rmsprop),
    "Adam": Entrant(optimize.adam, optax.adam),
    "Adam uncorrected": Entrant(optimize.adam_no_bias_correction, None),
    "AdamW": Entrant(optimize.adamw, optax.adamw),
    "NAdam": Entrant(optimize.nadam, optax.nadam),
    "AMSGrad": Entrant(optimize.amsgrad, optax.amsgrad),
    "Adamax": Entrant(optimize.adamax, optax.adamax),
    "RAdam": Entrant(optimize.radam, optax.radam),
    "AdaBelief": Entrant(optimize.adabelief, optax.adabelief),
    "Lion": Entrant(optimize.lion, optax.lion),
}

MINIMISERS: dict[str, Callable[..., optimize.OptimizeResult]] = {
    "Newton": optimize.newton,
    "BFGS": optimize.bfgs,
    "L-BFGS": optimize.lbfgs,
}
"""Who feels the curvature and finds the length of a step without being told a rate."""

RATES = np.geomspace(1e-4, 10.0, 31)
"""Six to a decade; each entrant takes the one that suits it best."""


@dataclass(frozen=True)
class Config:
    """What can be varied.

    Attributes:
      surface: the landscape: rosenbrock, himmelblau, beale or booth.
      steps: how many steps everyone may take.
      tolerance: how high above the minimum the goal lies.
      seed: draws the other starts.
    """

    surface: str = "rosenbrock"
    steps: int = 500
    tolerance: float = 1e-3
    seed: int = 0

    def __post_init__(self) -> None:
        expect_option(f"run {NAME}", "--surface", self.surface, [name for name, s in SURFACES.items() if s.minima])
        most = f"--steps to be a whole number from 1 to {_MOST_STEPS:,}"
        expect(is_integer(self.steps, 1, _MOST_STEPS), f"run {NAME}", most, repr(self.steps))
        goal = self.tolerance
        ok = isinstance(goal, int | float) and not isinstance(goal, bool) and 0 < goal < np.inf
        expect(ok, f"run {NAME}", "--tolerance to be a finite number above 0", repr(goal))
        ok = is_integer(self.seed, 0, 2**32 - 1)
        expect(ok, f"run {NAME}", "--seed to be a whole number from 0 to 2**32 - 1", repr(self.seed))


@dataclass(frozen=True)
class Command(Recorded, Config):
    """Every optimiser down one landscape from the same starts, each at its best learning rate.

    Attributes:
      out: the folder for result.json, the figures and the film.
    """

    out: Path = Path("optimizer-race")


class Run(NamedTuple):
    """How an entrant fared.

    Attributes:
      rate: the learning rate with which it came first to the goal from the landscape's own start; NaN without one.
      path: the points from there, shape [steps + 1, 2].
      loss: the height above the minimum at each, shape [steps + 1].
      steps: how many steps it took to the goal; inf if it never arrived.
      reached: the share of the other starts from which it arrives at the same rate.
      apart: how far its path ever is from that of optax's twin, NaN without one.
    """

    rate: float
    path: np.ndarray
    loss: np.ndarray
    steps: float
    reached: float
    apart: float


@dataclass(frozen=True)
class Result:
    """What came out.

    Attributes:
      config: the settings.
      runs: one for each entrant.
      interrupted: whether the race was stopped before all had run.
    """

    config: Config
    runs: dict[str, Run]
    interrupted: bool
    experiment: str = NAME
    question: str = QUESTION

    @property
    def surface(self) -> Surface:
        """The landscape."""
        return SURFACES[self.config.surface]

    @property
    def ranking(self) -> list[str]:
        """The names, the quickest first; those that never arrive by how low they came."""
        return sorted(self.runs, key=lambda name: (self.runs[name].steps, self.runs[name].loss[-1]))

    @property
    def summary(self) -> dict[str, float | int]:
        """The table, a line for each number."""
        rows: dict[str, float | int] = {}
        for name in self.ranking:
            run = self.runs[name]
            short = name.lower().replace(" ", "_")
            rows |= {
                f"{short}_steps": run.steps,
                f"{short}_rate": run.rate,
                f"{short}_reached": run.reached,
                f"{short}_apart_from_optax": run.apart,
            }
        return rows

    @property
    def answer(self) -> str:
        """The answer in words, with the numbers of this run."""
        if not self.runs:
            return "The race was stopped before anyone had run."
        arrived = [name for name in self.ranking if np.isfinite(self.runs[name].steps)]
        if not arrived:
            return f"No one came within {self.config.tolerance:g} of the bottom in {self.config.steps} steps."
        told = [
            f"{name}, in {self.runs[name].steps:.0f} steps at the rate {self.runs[name].rate:.3g}"
            for name in arrived
            if name not in MINIMISERS
        ]
        untold = [f"{name} takes {self.runs[name].steps:.0f}" for name in arrived if name in MINIMISERS]
        by_curvature = [f"With a feeling for the curvature {untold[0]}"] if untold else []
        slow = len(self.runs) - len(arrived)
        left = [f"{slow} of {len(self.runs)} did not arrive in {self.config.steps}"] if slow else []
        stopped = ["The race was stopped before all had run"] if self.interrupted else []
        return ". ".join([*told[:1], *by_curvature, *left, *stopped, ""]).strip()


def run(config: Config, advance: Callable[[int], Any] | None = None) -> Result:
    """Runs the race.

    Args:
      config: the settings.
      advance: told, after each entrant, the share of all steps that is done, as a number of steps; KeyboardInterrupt,
        from here or from the keyboard, ends the race with those that have run.

    Returns:
      A `Result` of NumPy arrays.
    """
    surface, runs = SURFACES[config.surface], {}
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        low, high = np.transpose(surface.domain)
        others = low + (high - low) * random.uniform(random.key(config.seed), (_STARTS, 2), jnp.float64)
        starts = jnp.concatenate([jnp.array(surface.start)[None], others])
        races = {name: partial(_raced, entrant) for name, entrant in ENTRANTS.items()}
        races |= {name: partial(_minimised, method) for name, method in MINIMISERS.items()}
        try:
            for done, (name, race) in enumerate(races.items(), start=1):
                runs[name] = race(surface, starts, config)
                if advance:
                    advance(config.steps * done // len(races))
        except KeyboardInterrupt:
            pass
    return Result(config, runs, len(runs) < len(races))


def _raced(entrant: Entrant, surface: Surface, starts: jax.Array, config: Config) -> Run:
    """All rates from the first start at once, then the best rate from every start, beside optax's twin."""

    def walk(make: Make, rate: Any, start: Any) -> tuple[jax.Array, jax.Array]:
        path = trajectory(make(rate), surface.function, start, config.steps, records=config.steps)
        return path.x, path.fun

    _, losses = jax.jit(jax.vmap(partial(walk, entrant.ours), (0, None)))(jnp.asarray(RATES), starts[0])
    arrivals = [_arrival(loss, config.tolerance) for loss in np.asarray(losses)]
    best = min(range(len(RATES)), key=lambda i: (arrivals[i], np.asarray(losses)[i, -1]))
    rate = float(RATES[best])
    paths, losses = jax.jit(jax.vmap(partial(walk, entrant.ours, rate)))(starts)
    reached = [np.isfinite(_arrival(loss, config.tolerance)) for loss in np.asarray(losses[1:])]
    apart = np.nan
    if entrant.twin:
        theirs, _ = jax.jit(partial(walk, entrant.twin, rate))(starts[0])
        apart = float(np.max(np.abs(np.asarray(theirs - paths[0]))))
    return Run(rate, np.asarray(paths[0]), np.asarray(losses[0]), arrivals[best], float(np.mean(reached)), apart)


def _minimised(
    method: Callable[..., optimize.OptimizeResult], surface: Surface, starts: jax.Array, config: Config
) -> Run:
    """A minimiser keeps no path: it is run once for every number of steps, all at once."""

    def walk(start: Any) -> tuple[jax.Array, jax.Array]:
        counts = jnp.arange(1 + min(config.steps, _MOST_MINIMISER_STEPS))
        found = jax.vmap(lambda most: method(surface.function, start, gtol=1e-10, maxiter=most))(counts)
        return found.x, found.fun

    paths, losses = (np.asarray(x) for x in jax.jit(jax.vmap(walk))(starts))
    beyond = config.steps + 1 - paths.shape[1]
    paths, losses = (np.concatenate([x, np.repeat(x[:, -1:], beyond, axis=1)], axis=1) for x in (paths, losses))
    steps, *others = [_arrival(loss, config.tolerance) for loss in losses]
    return Run(np.nan, paths[0], losses[0], steps, float(np.mean(np.isfinite(others))), np.nan)


def _arrival(loss: np.ndarray, goal: float) -> float:
    """The number of steps after which the loss stays at or below the goal; inf if it does not."""
    above = np.flatnonzero(~(loss <= goal))
    first = int(above[-1]) + 1 if len(above) else 0
    return float(first) if first < len(loss) else np.inf
