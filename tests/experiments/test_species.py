"""The experiment against SciPy; its settings and its outcome on disk."""

import json
import os

import jax
import numpy as np
import pytest
import scipy.stats

from mathml_jax import experiments
from mathml_jax.experiments import species as experiment
from mathml_jax.experiments.species import Command, Config


@pytest.fixture(scope="module")
def result():
    return experiment.run(Config(0.9))


def test_every_comparison_is_scipys(result):
    assert len(result.comparisons) == 12
    for c in result.comparisons:
        assert [len(v) for v in c.values] == [{"Adelie": 151, "Chinstrap": 68, "Gentoo": 123}[s] for s in c[1:3]]
        test = scipy.stats.ttest_ind(*c.values, equal_var=False)
        np.testing.assert_allclose([c.statistic, c.df, c.pvalue], [test.statistic, test.df, test.pvalue], rtol=1e-10)
        np.testing.assert_allclose([c.low, c.high], test.confidence_interval(0.9), rtol=1e-10)
        assert c.low < c.difference < c.high
    assert 1e-100 < min(c.pvalue for c in result.comparisons) < 1e-98


def test_slopes_are_differences_of_scipys_pvalues(result):
    c = result.closest

    def moved(side, bird, by):
        values = [v.copy() for v in c.values]
        values[side][bird] += by
        return scipy.stats.ttest_ind(*values, equal_var=False).pvalue

    for side, bird in ((0, 0), (0, 149), (1, 3)):
        slope = (moved(side, bird, 1e-3) - moved(side, bird, -1e-3)) / 2e-3
        np.testing.assert_allclose(result.slopes[side][bird], slope, rtol=1e-5)


def test_the_answer_names_what_is_left_open(result):
    assert "In 9 of 12 comparisons they do" in result.answer
    assert "27.2 mm apart, p = 3.2e-99" in result.answer
    assert "the body mass of Adelie and Chinstrap (p = 0.59)" in result.answer
    assert result.summary["differences_found"] == 9


def test_it_runs_in_float64_whatever_the_caller_has_set(result):
    with jax.enable_x64(False):
        assert experiment.run(Config(0.9)).summary == result.summary
        assert not jax.config.jax_enable_x64


def test_the_outcome_on_disk(tmp_path):
    told = []
    path, summary = experiments.command("species")(out=tmp_path / "new")(told.append)
    assert told == [Config.steps] == [12]
    figures = (f"{name}.{kind}" for name in experiment.CAPTIONS for kind in ("svg", "png"))
    assert sorted(os.listdir(path.parent)) == sorted(["result.json", *figures])
    record = json.loads(path.read_text(encoding="utf-8"))
    assert record["config"] == {"confidence_level": 0.95}
    assert record["seed"] is None
    assert record["summary"] == summary
    assert set(experiment.CAPTIONS) == set(experiment.ALTS)


@pytest.mark.parametrize("level", [0, 1, 1.5, float("nan"), True, "0.9"])
def test_wrong_levels_are_named_before_anything_is_done(plain_types, tmp_path, level):
    for attempt in (lambda: Config(level), Command(level, out=tmp_path / "out")):
        with pytest.raises(ValueError, match=r"^run species: expected --confidence-level to be a number between"):
            attempt()
    assert not os.listdir(tmp_path)
