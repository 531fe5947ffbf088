"""Every picture of a room draws, is small, readable on a phone, and says what it shows."""

import re

import jax
import numpy as np
import pytest

from mathml_jax import calculus, catalog, nn, optimize, plot
from mathml_jax.calculus import quad, tangent_line
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


def test_the_ideas_of_calculus_have_pictures():
    ideas = {
        tangent_line,
        calculus.taylor,
        calculus.gradient,
        calculus.directional_derivative,
        calculus.quadratic_model,
        calculus.riemann_sum,
        calculus.gauss_legendre,
        calculus.monte_carlo_integrate,
    }
    assert ideas <= {figure.concept for figure in plot.FIGURES}


def _drawn(concept):
    return next(f for f in plot.FIGURES if f.concept is concept).draw().axes


def test_all_nine_points_of_himmelblau_are_marked():
    (ax,) = _drawn(optimize.critical_points)
    assert [ax.get_title(loc=side) for side in ("left", "center", "right")] == ["4 minima", "4 saddles", "1 maximum"]
    assert sorted(len(line.get_xdata()) for line in ax.lines) == [1, 4, 4]


def test_every_point_where_the_adaptive_rule_looks_is_drawn():
    x, y = _drawn(quad)[0].lines[0].get_data()
    np.testing.assert_allclose(y, 1 / (1 + (1000 * (x - 0.3)) ** 2), rtol=1e-12)
    assert len(x) == quad(lambda x: 1 / (1 + (1000 * (x - 0.3)) ** 2), 0.0, 1.0).neval


def test_a_figure_draws_with_x64_off_and_leaves_it_off():
    figure = next(f for f in plot.FIGURES if f.concept is nn.sigmoid)
    with jax.enable_x64(False):
        line = figure.draw().axes[0].lines[0]
        assert not jax.config.jax_enable_x64
    np.testing.assert_allclose(line.get_ydata(), 1 / (1 + np.exp(-line.get_xdata())), rtol=1e-14)
