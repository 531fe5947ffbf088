"""The race with five of its entrants; its settings and its outcome on disk."""

import io
import json
import os

import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from mathml_jax import experiments, optimize
from mathml_jax.experiments import optimizer_race as experiment
from mathml_jax.experiments.optimizer_race import ENTRANTS, RATES, Command, Config

CONFIG = Config("booth", steps=120, tolerance=1e-3)


@pytest.fixture(scope="module")
def result():
    with pytest.MonkeyPatch.context() as patch:
        few = ("gradient descent", "momentum", "Adam uncorrected", "Lion")
        patch.setattr(experiment, "ENTRANTS", {name: ENTRANTS[name] for name in few})
        patch.setattr(experiment, "MINIMISERS", {"Newton": optimize.newton})
        yield experiment.run(CONFIG)


def test_gradient_descent_is_the_recursion(result):
    run = result.runs["gradient descent"]
    x = np.array(result.surface.start)
    for point, loss in zip(run.path, run.loss, strict=True):
        np.testing.assert_allclose(point, x, rtol=1e-12)
        np.testing.assert_allclose(loss, optimize.booth(jnp.asarray(x)), rtol=1e-6, atol=1e-20)
        x = x - run.rate * np.array([[10, 8], [8, 10]]) @ (x - [1, 3])


def test_the_rate_is_the_best_of_all(result):
    """Along the diagonals, of curvatures 18 and 2, an error of d adds 9 d**2 and d**2 to the loss."""
    run, t = result.runs["gradient descent"], np.arange(121)
    x, y = (np.array(result.surface.start) - [1, 3]) @ np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    tame = RATES[RATES < 0.2]
    losses = [9 * (x * (1 - 18 * r) ** t) ** 2 + (y * (1 - 2 * r) ** t) ** 2 for r in tame]
    arrivals = [experiment._arrival(loss, CONFIG.tolerance) for loss in losses]
    assert run.steps == min(arrivals)
    assert arrivals[np.argmin(np.abs(tame - run.rate))] == run.steps
    assert run.reached == 1


def test_ours_and_optaxs_stay_together(result):
    assert all(run.apart < 1e-12 for name, run in result.runs.items() if name in ENTRANTS and ENTRANTS[name].twin)
    assert np.isnan(result.runs["Adam uncorrected"].apart)


def test_the_answer_names_the_quickest(result):
    steps = [result.runs[name].steps for name in result.ranking]
    assert steps == sorted(steps)
    assert result.ranking[0] == "Newton"
    assert result.answer.startswith(f"{result.ranking[1]}, in {steps[1]:.0f} steps at the rate")
    assert "With a feeling for the curvature Newton takes 1." in result.answer


def test_newton_needs_one_step_on_a_bowl(result):
    run = result.runs["Newton"]
    assert run.path.shape == (121, 2)
    np.testing.assert_allclose(run.path[1:], np.tile([1.0, 3.0], (120, 1)), rtol=1e-12)


@pytest.mark.parametrize(
    ("loss", "steps"), [([5, 2, 1, 0], 2), ([5, 1, 3, 1], 3), ([0.5], 0), ([3, 2], np.inf), ([1, np.nan], np.inf)]
)
def test_arrival_is_for_good(loss, steps):
    assert experiment._arrival(np.array(loss), 1.0) == steps


def test_a_race_that_is_stopped_ends_with_those_that_have_run():
    def stop(done):
        raise KeyboardInterrupt

    result = experiment.run(Config("booth", steps=5), stop)
    assert result.interrupted
    assert list(result.runs) == ["gradient descent"]
    assert "stopped before all had run" in result.answer or "No one came" in result.answer


def test_the_outcome_on_disk(result, tmp_path, monkeypatch):
    monkeypatch.setattr(experiment, "run", lambda config, advance: result)
    path, summary = experiments.command("optimizer-race")(out=tmp_path / "new")()
    figures = (f"{name}.{kind}" for name in experiment.CAPTIONS for kind in ("svg", "png"))
    assert sorted(os.listdir(path.parent)) == sorted(["race.gif", "result.json", *figures])
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["config"] == {"surface": "booth", "steps": 120, "tolerance": 1e-3, "seed": 0}
    assert set(record["summary"]) == set(summary)
    film = Image.open(io.BytesIO((path.parent / "race.gif").read_bytes()))
    assert 10 < getattr(film, "n_frames", 1) <= 48


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"surface": "saddle"}, "--surface to be one of 'rosenbrock', 'himmelblau', 'beale', 'booth', got 'saddle'"),
        ({"steps": 0}, "--steps to be a whole number from 1"),
        ({"tolerance": 0.0}, "--tolerance to be a finite number above 0"),
        ({"seed": -1}, "--seed to be a whole number from 0"),
    ],
)
def test_wrong_settings_are_named_before_anything_is_done(plain_types, tmp_path, options, message):
    for attempt in (lambda: Config(**options), Command(**options, out=tmp_path / "out").checked):
        with pytest.raises(ValueError, match=f"^run optimizer-race: expected {message}"):
            attempt()
    assert not os.listdir(tmp_path)
