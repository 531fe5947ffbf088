"""Layers of a network: sliding windows, pooling, attention."""

import jax.numpy as jnp
import matplotlib.figure
import numpy as np
from matplotlib.patches import Rectangle

from mathml_jax.nn import (
    attention_weights,
    avg_pool,
    avg_pool_vjp,
    conv2d,
    max_pool,
    max_pool_vjp,
    scaled_dot_product_attention,
)
from mathml_jax.plot.figures._figure import Figure, drawing
from mathml_jax.plot.style import INK, SERIES, key, label, new_figure
from mathml_jax.plot.tiles import tiles

_FIVE = """
..........
..######..
..#.......
..#.......
..#####...
.......#..
.......#..
.......#..
..#...##..
..#####...
..........
"""

_KERNELS = {
    "blurred": np.outer([1, 2, 1], [1, 2, 1]) / 16,
    "edges, left to right": np.outer([1, 2, 1], [-1, 0, 1]) / 4,
    "edges, top to bottom": np.outer([-1, 0, 1], [1, 2, 1]) / 4,
}

_SENTENCE = ("the", "cat", "sat", "because", "it", "slept")


@drawing()
def _kernels() -> matplotlib.figure.Figure:
    figure, axes = new_figure(2, 2, height=5.0)
    image = np.array([[float(c == "#") for c in line] for line in _FIVE.split()])
    kernels = np.stack(list(_KERNELS.values()), -1)[:, :, None, :]
    maps = np.asarray(conv2d(image[None, :, :, None], kernels, padding="SAME"))[0]
    pictures = {"the image": image, **dict(zip(_KERNELS, np.moveaxis(maps, -1, 0), strict=True))}
    for ax, (name, picture) in zip(axes.ravel(), pictures.items(), strict=True):
        tiles(ax, picture, largest=1.0)
        label(ax, y=name)
    return figure


@drawing()
def _max_pool() -> matplotlib.figure.Figure:
    return _pooling(max_pool, max_pool_vjp, "largest")


@drawing()
def _avg_pool() -> matplotlib.figure.Figure:
    return _pooling(avg_pool, avg_pool_vjp, "mean")


def _pooling(pool, pull_back, name: str) -> matplotlib.figure.Figure:
    figure, axes = new_figure(1, 3, height=2.0, width_ratios=(4, 2.4, 4))
    x = np.array([[1.0, 3, 2, 0], [5, 2, 1, 4], [0, 1, 6, 2], [2, 3, 4, 8]])[None, :, :, None]
    pooled = pool(x)
    panels = (x, pooled, pull_back(x, jnp.ones_like(pooled))), ("input", name, "gradient")
    for ax, values, title, words in zip(axes[0], *panels, (".0f", ".3g", ".3g"), strict=True):
        tiles(ax, np.asarray(values)[0, :, :, 0], strongest=0.45, words=words)
        label(ax, y=title)
    for ax in (axes[0, 0], axes[0, 2]):
        for corner in ((0, 0), (0, 2), (2, 0), (2, 2)):
            ax.add_patch(Rectangle(corner, 2, 2, fill=False, edgecolor=INK, linewidth=1, clip_on=False))
    return figure


@drawing()
def _attention() -> matplotlib.figure.Figure:
    figure, axes = new_figure(1, 2, height=2.85)
    # Coordinates: an animal, a deed, small words.
    keys = np.array([[0.0, 0, 1], [4, 0, 0], [0, 4, 0], [0, 0, 1], [1, 0, 1], [0, 4, 0]])
    queries = np.array([[1.0, 1, 1], [1, 1, 0.5], [2, 0, 0], [0, 2, 0], [2, 0, 0], [2, 0, 0]])
    for ax, causal in zip(axes[0], (False, True), strict=True):
        weights = np.asarray(attention_weights(queries, keys, is_causal=causal))
        tiles(ax, weights, largest=1.0)
        ax.set_xticks(np.arange(6) + 0.5, _SENTENCE, rotation=90)
        ax.set_yticks(np.arange(6) + 0.5, _SENTENCE if not causal else [""] * 6)
        ax.tick_params(length=0)
        label(ax, y="causal: never ahead" if causal else "every word sees all")
    return figure


@drawing()
def _soft_lookup() -> matplotlib.figure.Figure:
    figure, axes = new_figure(height=2.8)
    ax = axes[0, 0]
    x = np.array([0.5, 1.5, 2.2, 3.5, 4.1, 5.3])
    value = np.array([1.0, 2.4, 1.8, 0.6, 1.4, 2.0])
    places = np.linspace(0, 6, 121)
    # The inner product is x² less the squared distance, and softmax does not see x².
    query, key_ = np.stack([2 * places, -np.ones_like(places)], -1), np.stack([x, x**2], -1)
    names = ("scale 100: the nearest value", "scale 3", "scale 0.3: nearly the mean")
    for scale, color in zip((100.0, 3.0, 0.3), SERIES, strict=False):
        output = scaled_dot_product_attention(query, key_, value[:, None], scale=scale)
        ax.plot(places, np.asarray(output)[:, 0], color=color)
    ax.plot(x, value, "o", color=INK, markersize=6)
    key(ax, names)
    ax.set_ylim(0.3, 3.6)
    label(ax, "query; the keys are where the dots are", "value")
    return figure


FIGURES = (
    Figure(
        "three kernels on an image",
        conv2d,
        _kernels,
        "One image and what three small kernels see in it; blue is positive, orange negative.",
        "Four grids of tiles: a hand-drawn 5; the same blurred; its upright strokes with a blue and an orange side; "
        "its level strokes with a blue and an orange side.",
    ),
    Figure(
        "max-pooling and its gradient",
        max_pool,
        _max_pool,
        "The largest number of each window goes on, and all of the gradient comes back to the place it came from.",
        "Three grids: sixteen numbers in four windows; the four largest; a gradient of 1 at the place of each of them.",
    ),
    Figure(
        "average-pooling and its gradient",
        avg_pool,
        _avg_pool,
        "The mean of each window goes on, and the gradient comes back to all four in equal shares.",
        "Three grids: sixteen numbers in four windows; the four means; a gradient of one quarter everywhere.",
    ),
    Figure(
        "who looks at whom",
        attention_weights,
        _attention,
        "A row for each word that looks, a column for each it looks at: here “it” finds the cat.",
        "Two grids of six words by six. Left: verbs and “it” look at “cat”. Right: the same with everything above the "
        "diagonal empty.",
    ),
    Figure(
        "attention as a soft lookup",
        scaled_dot_product_attention,
        _soft_lookup,
        "A query between the keys gets a mixture of their values; the larger the scale, the harder the choice.",
        "Six dots, the values over their keys, and the output against the query at three scales: stairs from value to "
        "value, a smooth curve through them, and a flat one near their mean.",
    ),
)
