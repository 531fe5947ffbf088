"""The experiment against NumPy, statsmodels and theory; its bounds, its interruptions, its outcome on disk."""

import json
import os

import jax
import numpy as np
import optax
import pytest
import statsmodels.api as sm

from mathml_jax import experiments
from mathml_jax.experiments import _regression_numbers as numbers
from mathml_jax.experiments import linear_regression as experiment
from mathml_jax.experiments._record import write_result
from mathml_jax.experiments.linear_regression import Command, Config

EPS = np.finfo(float).eps


@pytest.fixture(scope="module")
def result():
    return experiment.run(Config())


@pytest.fixture(scope="module")
def diverged():
    return experiment.run(Config(learning_rate=0.6, steps=3000))


def test_the_exact_weights_are_lstsqs(result):
    expected = np.linalg.lstsq(numbers.with_ones(result.data.standardized), result.data.mass)[0]
    np.testing.assert_allclose(result.exact, expected, rtol=0, atol=16 * EPS * np.max(np.abs(expected)))


def test_slopes_and_intervals_are_statsmodels(result):
    features, mass = result.data.features, 1000 * result.data.mass
    gentoo, chinstrap = (result.data.species == name for name in ("Gentoo", "Chinstrap"))
    for design, name in ((features, ""), (np.column_stack([features, gentoo, chinstrap]), "_within_species")):
        fit = sm.OLS(mass, sm.add_constant(design)).fit()
        np.testing.assert_allclose(result.summary[f"grams_per_mm{name}"], fit.params[1], rtol=1e-10)
        half = result.summary[f"grams_per_mm{name}_interval"]
        np.testing.assert_allclose(half, 1.959963984540054 * fit.bse[1], rtol=1e-9)
    fit = sm.OLS(mass, sm.add_constant(features)).fit()
    np.testing.assert_allclose(result.summary["r2"], fit.rsquared, rtol=1e-12)
    np.testing.assert_allclose(result.summary["rmse_grams"], np.sqrt(fit.ssr / fit.nobs), rtol=1e-12)


@pytest.mark.parametrize("road", ["gradient descent", "Adam"])
def test_every_road_ends_at_the_exact_weights(result, road):
    np.testing.assert_allclose(result.roads[road].weights[-1], result.exact, rtol=0, atol=1e-9)
    assert result.roads[road].weights.shape == (501, 4)


@pytest.mark.parametrize("road", ["gradient_descent", "adam"])
def test_every_step_is_optax_to_eight_eps(result, diverged, road):
    assert result.summary[f"{road}_optax_difference_in_eps"] <= 8
    assert diverged.summary[f"{road}_optax_difference_in_eps"] <= 8


def test_another_adam_would_be_noticed(monkeypatch):
    adam = optax.adam
    monkeypatch.setattr(optax, "adam", lambda rate: adam(rate, eps=1e-7))
    assert experiment.run(Config(steps=5)).summary["adam_optax_difference_in_eps"] > 1e4


def test_gradient_descent_converges_at_the_rate_of_theory(result):
    curvatures = np.linalg.eigvalsh(result.data.hessian)
    pace = np.max(np.abs(1 - 0.1 * curvatures))
    away = np.linalg.norm(result.roads["gradient descent"].weights - result.exact, axis=1)
    assert np.all(away <= away[0] * pace ** np.arange(501) + 1e-12)
    np.testing.assert_allclose(away[250] / away[200], pace**50, rtol=1e-6)


@pytest.mark.parametrize(("rate", "converges"), [(0.99, True), (1.01, False)])
def test_two_over_l_is_the_limit(result, rate, converges):
    limit = result.summary["learning_rate_limit"]
    last = experiment.run(Config(learning_rate=rate * limit, steps=1200)).roads["gradient descent"].weights[-1]
    assert (np.max(np.abs(last - result.exact)) < 1e-6) == converges


def test_divergence_is_said_not_raised(diverged, tmp_path):
    assert not np.isfinite(diverged.roads["gradient descent"].weights[-1]).all()
    assert "diverges: its learning rate 0.6 is not below 2 / L = 0.499" in diverged.answer
    assert set(experiment.figures(diverged)) == set(experiment.CAPTIONS) == set(experiment.ALTS)
    path = write_result(tmp_path, diverged, {}, {})
    assert json.loads(path.read_text(encoding="utf-8"))["summary"]["gradient_descent_relative_error"] is None


def test_the_seed_draws_the_start():
    first, again, other = (experiment.run(Config(steps=2, seed=seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.roads["Adam"].weights, again.roads["Adam"].weights)
    assert np.all(first.roads["Adam"].weights[0] != other.roads["Adam"].weights[0])


@pytest.mark.parametrize("steps", [1, 7, 23])
def test_any_number_of_steps_in_at_most_twenty_chunks(result, steps):
    told = []
    weights = experiment.run(Config(steps=steps), told.append).roads["Adam"].weights
    np.testing.assert_allclose(weights, result.roads["Adam"].weights[: steps + 1], rtol=1e-12, atol=1e-13)
    assert len(told) <= 20
    assert told[-1] == steps
    assert sorted(set(told)) == told


def test_it_runs_in_float64_whatever_the_caller_has_set(result):
    with jax.enable_x64(False), jax.numpy_dtype_promotion("strict"):
        other = experiment.run(Config())
        assert not jax.config.jax_enable_x64
    np.testing.assert_array_equal(other.exact, result.exact)


@pytest.mark.parametrize("after", [1, 3, 20])
def test_an_interruption_keeps_what_is_done(result, after, tmp_path):
    calls = []

    def advance(done):
        calls.append(done)
        if len(calls) == after:
            raise KeyboardInterrupt

    path, summary = Command(out=tmp_path)(advance)
    record = json.loads(path.read_text(encoding="utf-8"))
    assert summary["steps_done"] == record["summary"]["steps_done"] == 25 * after
    assert record["interrupted"] == (after < 20)
    assert ("stopped after" in record["answer"]) == (after < 20)
    assert len(os.listdir(tmp_path)) == 9


def test_an_interruption_before_the_first_step(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(experiment, "_chunk", interrupt)
    stopped = experiment.run(Config())
    assert stopped.interrupted
    assert stopped.summary["steps_done"] == 0
    assert len(experiment.figures(stopped)) == 4


def test_the_outcome_on_disk(tmp_path):
    path, summary = experiments.command("linear-regression")(steps=40, seed=5, out=tmp_path / "new" / "folder")()
    assert sorted(os.listdir(path.parent)) == sorted(
        ["result.json", *(f"{name}.{kind}" for name in experiment.CAPTIONS for kind in ("svg", "png"))]
    )
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["config"] == {"steps": 40, "learning_rate": 0.1, "seed": 5}
    assert record["seed"] == 5
    assert record["summary"] == summary
    assert record["versions"]["jax"] == jax.__version__
    assert set(record["versions"]) == {"python", "jax", "jaxlib", "numpy", "optax", "mathml_jax"}
    assert record["device"].startswith("cpu")
    assert record["interrupted"] is False
    assert record["question"].endswith("?")
    assert "20 g (14 to 26)" in record["answer"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "--steps to be a whole number from 1 to 1,000,000, got 0"),
        ({"steps": 2.5}, "--steps to be a whole number from 1 to 1,000,000, got 2.5"),
        ({"steps": 10**7}, "--steps to be a whole number from 1 to 1,000,000, got 10000000"),
        ({"learning_rate": 0.0}, "--learning-rate to be a finite number above 0, got 0.0"),
        ({"learning_rate": -1}, "--learning-rate to be a finite number above 0, got -1"),
        ({"learning_rate": float("nan")}, "--learning-rate to be a finite number above 0, got nan"),
        ({"learning_rate": float("inf")}, "--learning-rate to be a finite number above 0, got inf"),
        ({"seed": -1}, r"--seed to be a whole number from 0 to 2\*\*32 - 1, got -1"),
    ],
)
def test_wrong_settings_are_named_before_anything_is_done(plain_types, tmp_path, settings, message):
    for attempt in (lambda: Config(**settings), Command(**settings, out=tmp_path / "out")):
        with pytest.raises(ValueError, match=f"^run linear-regression: expected {message}$"):
            attempt()
    assert not os.listdir(tmp_path)


def test_an_unwritable_folder_is_named_before_anything_is_done(tmp_path):
    (tmp_path / "file").touch()
    told = []
    with pytest.raises(OSError, match=r"^run linear-regression: --out: expected a folder that can be written, got "):
        Command(out=tmp_path / "file")(told.append)
    assert told == []


def test_an_unknown_experiment_is_named():
    with pytest.raises(
        ValueError, match=r"^command: expected name to be one of 'linear-regression', 'species', 'optimizer-r.*got 'x'$"
    ):
        experiments.command("x")
