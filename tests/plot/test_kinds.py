"""The general pictures: what is drawn is what was given, and wrong input is named."""

import numpy as np
import pytest

from mathml_jax import plot
from mathml_jax.plot.style import new_figure
from mathml_jax.plot.tiles import tiles


def test_line_draws_every_series():
    x = np.arange(1.0, 6.0)
    ax = plot.line(x, x, x**2, x**3, names=("one", "two", "three"), log="xy", x_label="x", y_label="y").axes[0]
    np.testing.assert_array_equal([line.get_ydata() for line in ax.lines], [x, x**2, x**3])
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_xlabel(), ax.get_title("left")) == ("log", "log", "x", "y")
    assert [text.get_text() for text in ax.texts] == ["one", "two", "three"]
    assert [text.get_color() for text in ax.texts] == [line.get_color() for line in ax.lines]


def test_scatter_draws_the_points():
    ax = plot.scatter([1, 2, 3], [3, 1, 2]).axes[0]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 3], [2, 1], [3, 2]])


def test_histogram_counts_as_numpy_and_leaves_nan_out():
    values = np.array([0.1, 0.2, 0.6, np.nan, 0.9, 0.95])
    bars = plot.histogram(values, bins=[0, 0.5, 1]).axes[0].patches
    assert [bar.get_height() for bar in bars] == [2, 3]
    assert all(bar.get_y() == 0 for bar in bars)


def test_stacked_bars_stand_on_each_other():
    ax = plot.stacked_bars(["a", "b"], {"yes": [3, 1], "no": [1, 2]}).axes[0]
    assert [(bar.get_y(), bar.get_height()) for bar in ax.patches] == [(0, 3), (0, 1), (3, 1), (1, 2)]
    assert ax.get_ylim()[0] == 0


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (1, 3), (4, 2), (5, 2), (5, 3), (3, 1)])
def test_panel_gives_each_picture_a_place_of_its_own(count, columns):
    figure = plot.panel(*[lambda ax, n=n: plot.line([0, n + 1], [0, 1], ax=ax) for n in range(count)], columns=columns)
    figure.draw_without_rendering()
    assert [ax.lines[0].get_xdata()[1] for ax in figure.axes] == list(range(1, count + 1))
    boxes = [ax.get_position().bounds for ax in figure.axes]
    assert len({(round(x, 3), round(y, 3)) for x, y, *_ in boxes}) == count


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot.line([1, 2]), "line: expected one to 4 series, got 0"),
        (lambda: plot.line([1, 2], [1, 2, 3]), r"line: expected series of shape \(2,\), got \[\(3,\)\]"),
        (lambda: plot.line([1, 2], [1, 2], names=("a", "b")), "line: expected 1 names, got 2"),
        (lambda: plot.line([1, 2], [1, 2], log="z"), "line: expected log to be one of '', 'x', 'y', 'xy', got 'z'"),
        (lambda: plot.scatter([1, 2], [1]), r"scatter: expected x and y of equal shape, got \(2,\) and \(1,\)"),
        (lambda: plot.stacked_bars(["a"], {}), "stacked_bars: expected one to 4 parts, got 0"),
        (lambda: plot.stacked_bars(["a"], {"p": [-1]}), "stacked_bars: expected 1 heights of at least 0 for 'p', got"),
        (lambda: plot.panel(), "panel: expected at least one picture and one column, got"),
    ],
)
def test_wrong_input_is_named(plain_types, draw, message):
    with pytest.raises(ValueError, match="^" + message):
        draw()


def test_tiles_show_sign_and_size():
    _, axes = new_figure()
    tiles(axes[0, 0], np.array([[1.0, 0.5], [-1.0, 0.0]]), words=".1f")
    base, *levels = axes[0, 0].patches
    assert len(base.get_path()) == 4 * 5
    by_opacity = {(patch.get_facecolor()[2] > 0.5, round(patch.get_alpha(), 2)) for patch in levels}
    assert by_opacity == {(True, 1.0), (True, 0.5), (False, 1.0)}
    assert [text.get_text() for text in axes[0, 0].texts] == ["1.0", "0.5", "−1.0", "0.0"]
    assert axes[0, 0].get_ylim() == (2, 0)


@pytest.mark.parametrize("matrix", [np.zeros((2, 3)), np.ones((1, 1))])
def test_tiles_of_one_value(matrix):
    _, axes = new_figure()
    tiles(axes[0, 0], matrix)
    assert len(axes[0, 0].patches) == 1 + int(matrix.any())
