"""Pictures of laws: the curves are those of the law, the band is that of the order statistics, wrong input is named."""

import numpy as np
import pytest
import scipy.stats

from mathml_jax import distributions, plot
from mathml_jax.distributions import beta, expon, norm, poisson, t
from mathml_jax.plot.figures.family_tree import COUNTS, LAWS, POSITIVE, REAL, UNIT, WAYS


def texts(ax):
    (row,) = (artist for artist in ax.artists if hasattr(artist, "get_child"))
    return [area.get_text() for area in row.get_child().get_children()]


def test_family_draws_density_distribution_function_and_quantiles():
    x, df = np.linspace(-4, 4, 33), (1, 5)
    density, cdf, ppf = plot.family(t, x, df=df, scale=2.0).axes
    for i, v in enumerate(df):
        law = scipy.stats.t(v, scale=2.0)
        np.testing.assert_allclose(density.lines[i].get_ydata(), law.pdf(x), rtol=1e-13)
        np.testing.assert_allclose(cdf.lines[i].get_ydata(), law.cdf(x), rtol=1e-13)
        q, quantiles = ppf.lines[i].get_data()
        np.testing.assert_allclose(quantiles, np.clip(law.ppf(q), -4.8, 4.8), rtol=1e-12, atol=1e-14)
    assert texts(density) == ["df = 1", "df = 5"]
    assert ppf.get_ylim() == (-4, 4)


def test_parameters_move_together():
    figure = plot.family(beta, np.linspace(0.1, 0.9, 5), a=(2, 3), b=[1, 4], loc=0)
    assert texts(figure.axes[0]) == ["a = 2, b = 1", "a = 3, b = 4"]


def test_family_of_counts_has_stems_and_stairs():
    k = np.arange(9)
    density, cdf, ppf = plot.family(poisson, k, mu=(0.5, 3)).axes
    p = scipy.stats.poisson.pmf(k, 0.5)
    x, y = density.lines[0].get_data()
    np.testing.assert_allclose(y, p[p > 0.004 * p.max()], rtol=1e-13)
    np.testing.assert_allclose(x, k[: len(x)] - 0.1)
    assert {line.get_drawstyle() for ax in (cdf, ppf) for line in ax.lines} == {"steps-post"}
    q, quantiles = ppf.lines[1].get_data()
    np.testing.assert_array_equal(quantiles, scipy.stats.poisson.ppf(q, 3))


def test_stems_stand_side_by_side():
    ax = plot.stems([0, 1], [0.5, 0.5], [0.9, 0.1], names=("fair", "loaded"), x_label="k", y_label="p").axes[0]
    np.testing.assert_allclose(ax.lines[1].get_xydata(), [[0.1, 0.9], [1.1, 0.1]])
    assert [text.get_text() for text in ax.texts] == ["fair", "loaded"]
    assert ax.get_ylim()[0] <= 0


def test_qq_compares_with_the_medians_of_the_order_statistics():
    data = np.array([0.2, np.nan, 3.0, 0.9, 1.4])
    diagonal, inside, outside = plot.qq(data, expon, scale=2.0).axes[0].lines
    rank = np.arange(1, 5)
    medians = scipy.stats.expon.ppf(scipy.stats.beta.median(rank, 5 - rank), scale=2.0)
    np.testing.assert_allclose(inside.get_xydata(), np.stack([medians, [0.2, 0.9, 1.4, 3.0]], 1), rtol=1e-12)
    np.testing.assert_allclose(diagonal.get_xdata(), diagonal.get_ydata())
    assert len(outside.get_xdata()) == 0


def test_few_points_of_a_true_law_and_many_of_a_wrong_one_leave_the_band():
    data = np.random.default_rng(0).standard_normal((40, 200))
    outside = [len(plot.qq(row, norm).axes[0].lines[2].get_xdata()) for row in data]
    assert 0.02 < np.mean(outside) / 200 < 0.09
    assert len(plot.qq(data[0], norm, scale=3.0).axes[0].lines[2].get_xdata()) > 100


def test_the_tree_hangs_together():
    names = {name for way in WAYS for name in (way.start, way.end)}
    assert names == set(LAWS)
    assert set(LAWS) - {way.end for way in WAYS} == {"uniform"}
    assert len({(law.column, law.row) for law in LAWS.values()}) == len(LAWS)


def test_digits_are_lost_in_the_tail_by_others_only():
    naive, scipys, ours = next(f for f in plot.FIGURES if f.name == "digits in the tail").draw().axes[0].lines
    assert naive.get_xdata()[-1] < 110
    assert 1400 < scipys.get_xdata()[-1] < 1700
    assert ours.get_xdata()[-1] == 1e5
    assert ours.get_ydata().min() > 15


@pytest.mark.parametrize("name", LAWS)
def test_every_law_of_the_tree_is_here_and_has_the_support_of_its_colour(name):
    assert hasattr(distributions, name)
    example = {"bernoulli": (0.5,), "binom": (5, 0.5), "poisson": (1.0,), "gamma": (2,), "beta": (2, 2), "chi2": (3,)}
    shapes = example | {"f": (3, 4), "lognorm": (1,), "t": (3,)}
    law = getattr(scipy.stats, name)(*shapes.get(name, ()))
    low, high = law.support()
    expected = (low, high) == (-np.inf, np.inf), hasattr(law.dist, "pmf"), (low, high) == (0, 1)
    color = {(True, False, False): REAL, (False, False, True): UNIT, (False, False, False): POSITIVE}.get(expected)
    assert LAWS[name].color == (color or COUNTS)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot.family(t, [0, 1], df=3), "family: expected parameters that take two to 4 values together"),
        (lambda: plot.family(beta, [0, 1], a=(1, 2), b=(1, 2, 3)), "family: expected parameters that take two to 4"),
        (lambda: plot.family(t, [0, 1], df=range(1, 6)), "family: expected parameters that take two to 4"),
        (lambda: plot.stems([1, 2]), "stems: expected one to 4 series, got 0"),
        (lambda: plot.stems([1, 2], [1, 2, 3]), r"stems: expected series of shape \(2,\), got \[\(3,\)\]"),
        (lambda: plot.stems([1], [1], names=("a", "b")), "stems: expected 1 names, got 2"),
        (lambda: plot.qq([1.0], norm), "qq: expected at least two observations, got 1"),
    ],
)
def test_wrong_input_is_named(plain_types, draw, message):
    with pytest.raises(ValueError, match="^" + message):
        draw()
