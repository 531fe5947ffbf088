"""Linear regression from scratch: three roads to one answer, on real penguins."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax, random

from mathml_jax._checks import expect
from mathml_jax.experiments._record import Recorded, is_integer
from mathml_jax.experiments._regression_numbers import Data, Road, Summary, measured, summarize
from mathml_jax.experiments._regression_pictures import ALTS as ALTS
from mathml_jax.experiments._regression_pictures import CAPTIONS as CAPTIONS
from mathml_jax.experiments._regression_pictures import figures as figures
from mathml_jax.models import LinearModel, linear_fit, linear_predict, linear_predict_vjp
from mathml_jax.nn import mse_gradient
from mathml_jax.optimize import adam, gradient_descent

QUESTION = "How many grams does a millimetre of flipper weigh, once the length and the depth of the bill are known?"

Pairs = Mapping[str, tuple[optax.GradientTransformation, optax.GradientTransformation]]
"""Our optimiser and optax's, by name."""

_CHUNKS = 20
_MOST_STEPS = 1_000_000
NAME = "linear-regression"


@dataclass(frozen=True)
class Config:
    """What can be varied.

    Attributes:
      steps: how many steps both optimisers take.
      learning_rate: the step size of both; gradient descent converges below 2 / L, here about 0.5.
      seed: draws the weights that both start from.
    """

    steps: int = 500
    learning_rate: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        rate = self.learning_rate
        most = f"--steps to be a whole number from 1 to {_MOST_STEPS:,}"
        expect(is_integer(self.steps, 1, _MOST_STEPS), f"run {NAME}", most, repr(self.steps))
        ok = isinstance(rate, int | float) and not isinstance(rate, bool) and math.isfinite(rate) and rate > 0
        expect(ok, f"run {NAME}", "--learning-rate to be a finite number above 0", repr(rate))
        ok = is_integer(self.seed, 0, 2**32 - 1)
        expect(ok, f"run {NAME}", "--seed to be a whole number from 0 to 2**32 - 1", repr(self.seed))


@dataclass(frozen=True)
class Command(Recorded, Config):
    """Linear regression from scratch: what a millimetre of flipper weighs, by three roads.

    Attributes:
      out: the folder for result.json and the figures.
    """

    out: Path = Path("linear-regression")


@dataclass(frozen=True)
class Result:
    """What came out.

    Attributes:
      config: the settings.
      data: the birds.
      exact: the weights by the normal equation, laid out as those of a `Road`.
      roads: "gradient descent" and "Adam".
      summary: the figures of merit.
      interrupted: whether the run was stopped before its last step.
    """

    config: Config
    data: Data
    exact: np.ndarray
    roads: dict[str, Road]
    summary: Summary
    interrupted: bool
    experiment: str = NAME
    question: str = QUESTION

    @property
    def answer(self) -> str:
        """The answer in words, with the numbers of this run."""
        s = self.summary
        all_birds, half = s["grams_per_mm"], s["grams_per_mm_interval"]
        alike, half_alike = s["grams_per_mm_within_species"], s["grams_per_mm_within_species_interval"]
        return (
            f"About {all_birds:.0f} g (95% interval {all_birds - half:.0f} to {all_birds + half:.0f}), taken over all "
            f"{s['penguins']} penguins. Most of that is the difference between species: among birds of one species it "
            f"is {alike:.0f} g ({alike - half_alike:.0f} to {alike + half_alike:.0f}). {self._way}"
        )

    @property
    def _way(self) -> str:
        done, rate, limit = self.summary["steps_done"], self.config.learning_rate, self.summary["learning_rate_limit"]
        stopped = f" The run was stopped after {done} of {self.config.steps} steps." if self.interrupted else ""
        if rate >= limit:
            return f"Gradient descent diverges: its learning rate {rate:g} is not below 2 / L = {limit:.3g}.{stopped}"
        away, steps = self.summary["gradient_descent_relative_error"], "1 step" if done == 1 else f"{done} steps"
        return f"Gradient descent comes within {away:.1g} of the exact weights in {steps}.{stopped}"


def run(config: Config, advance: Callable[[int], Any] | None = None) -> Result:
    """Runs the experiment.

    Args:
      config: the settings.
      advance: told the number of steps done, at most 20 times; KeyboardInterrupt, from here or from the keyboard, ends
        the run with the steps that are done.

    Returns:
      A `Result` of NumPy arrays. A learning rate that is too large makes the weights infinite or NaN, no error.
    """
    # optax relies on JAX's default promotion, whatever the caller has set.
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        data = measured()
        exact = _flat(linear_fit(data.standardized, data.mass))
        pairs = {
            "gradient descent": (gradient_descent(config.learning_rate), optax.sgd(config.learning_rate)),
            "Adam": (adam(config.learning_rate), optax.adam(config.learning_rate)),
        }
        start = random.normal(random.key(config.seed), (4,), jnp.float64)
        pieces = _walk(pairs, LinearModel(start[:3], start[3]), data, config.steps, advance)
        roads = {name: _road(np.asarray(start), [piece[name] for piece in pieces], config.steps) for name in pairs}
        summary = summarize(data, exact, roads)
    return Result(config, data, exact, roads, summary, summary["steps_done"] < config.steps)


def _walk(
    pairs: Pairs, start: LinearModel, data: Data, steps: int, advance: Callable[[int], Any] | None
) -> list[dict[str, tuple[np.ndarray, ...]]]:
    """All optimisers side by side, in at most 20 scans of one length, so that one is compiled."""
    length = -(-steps // _CHUNKS)
    chunk = jax.jit(partial(_chunk, pairs, length))
    state = {name: (start, ours.init(start), twin.init(start)) for name, (ours, twin) in pairs.items()}
    pieces = []
    try:
        for done in range(length, steps + length, length):
            state, piece = chunk(state, data.standardized, data.mass)
            pieces.append(jax.tree.map(np.asarray, piece))
            if advance:
                advance(min(done, steps))
    except KeyboardInterrupt:
        pass
    return pieces


def _chunk(pairs: Pairs, length: int, state: Any, features: Any, mass: Any) -> tuple[Any, Any]:
    """Some steps of every optimiser down the mean squared error, whose gradient is written by hand."""

    def step(state: Any, _: None) -> tuple[Any, Any]:
        new, seen = {}, {}
        for name, (ours, twin) in pairs.items():
            model, own, others = state[name]
            gradient = linear_predict_vjp(model, features, mse_gradient(linear_predict(model, features), mass))
            update, own = ours.update(gradient, own)
            twin_update, others = twin.update(gradient, others)
            model = jax.tree.map(jnp.add, model, update)
            new[name] = model, own, others
            seen[name] = tuple(jnp.hstack(jax.tree.leaves(x)) for x in (model, update, twin_update))
        return new, seen

    return lax.scan(step, state, None, length)


def _road(start: np.ndarray, pieces: list[tuple[np.ndarray, ...]], steps: int) -> Road:
    """The pieces end to end, without the steps of the last one that nobody asked for."""
    nothing = (np.empty((0, 4)),) * 3
    weights, updates, twins = (np.concatenate(parts)[:steps] for parts in zip(nothing, *pieces, strict=True))
    return Road(np.concatenate([start[None], weights]), updates, twins)


def _flat(model: LinearModel) -> np.ndarray:
    return np.append(np.asarray(model.coef), np.asarray(model.intercept))
