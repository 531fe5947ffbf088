"""Every picture of a room draws, is small, readable on a phone, and says what it shows."""

import re

import jax
import numpy as np
import pytest

from mathml_jax import catalog, nn, optimize, plot
from mathml_jax.plot.style import WIDTH


@pytest.mark.parametrize("figure", plot.FIGURES, ids=lambda f: f.name)
def test_figure(figure):
    drawn = figure.draw()
    text = plot.svg(drawn, figure.alt)
    assert drawn.get_figwidth() == WIDTH
    assert len(text) < 60_000
    assert min(float(size) for size in re.findall(r"font-size: ([\d.]+)px", text)) >= 10
    assert not re.search(r"#[0-9a-f]{6}\b", re.sub(r"var\([^)]*\)|<style>.*?</style>", "", text))
    assert jax.config.jax_enable_x64
    for sentence in (figure.caption, figure.alt):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert len(re.findall(r"[.!?](?:\s|$)", figure.caption)) == 1, "one sentence"


def test_names_are_unique_and_concepts_are_in_the_catalogue():
    assert len({figure.name for figure in plot.FIGURES}) == len(plot.FIGURES)
    assert {figure.concept for figure in plot.FIGURES} <= {concept.function for concept in catalog.CONCEPTS}


def test_the_six_formulas_have_pictures():
    six = {
        optimize.gradient_descent,
        nn.softmax,
        nn.categorical_cross_entropy,
        optimize.adam,
        nn.conv2d,
        nn.scaled_dot_product_attention,
    }
    assert six <= {figure.concept for figure in plot.FIGURES}


def test_a_figure_draws_with_x64_off_and_leaves_it_off():
    figure = next(f for f in plot.FIGURES if f.concept is nn.sigmoid)
    with jax.enable_x64(False):
        line = figure.draw().axes[0].lines[0]
        assert not jax.config.jax_enable_x64
    np.testing.assert_allclose(line.get_ydata(), 1 / (1 + np.exp(-line.get_xdata())), rtol=1e-14)
