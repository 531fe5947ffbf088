"""A matrix as tiles: the colour says the sign, its strength the size."""

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from mathml_jax.plot.style import INK, SERIES

_GAP = 0.06
_SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * (1 - _GAP) + _GAP / 2
_CODES = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]


def tiles(
    ax: Axes,
    matrix: np.ndarray,
    *,
    largest: float | None = None,
    strongest: float = 1.0,
    levels: int = 12,
    words: str = "",
) -> None:
    """Draws one tile for each entry, the first row on top; nothing else stays on the axes.

    Tiles of one level are one path, so that an image of some hundred pixels stays a small SVG that follows the theme.

    Args:
      ax: the axes.
      matrix: the entries, shape [rows, columns].
      largest: the entry that is as strong as can be; none means the largest.
      strongest: the opacity of that one.
      levels: how many strengths are told apart.
      words: how to write each entry on its tile, such as ``.2f``; empty means not at all.
    """
    rows, columns = matrix.shape
    scale = np.max(np.abs(matrix), initial=0) if largest is None else largest
    level = np.rint(levels * matrix / (scale or 1)).clip(-levels, levels).astype(int)
    _add(ax, np.ndindex(rows, columns), INK, 0.06)
    for k in np.unique(level[level != 0]):
        _add(
            ax,
            zip(*np.nonzero(level == k), strict=True),
            SERIES[0] if k > 0 else SERIES[1],
            abs(k) / levels * strongest,
        )
    if words:
        for (i, j), entry in np.ndenumerate(matrix):
            text = f"{entry:{words}}".replace("-", "−")
            ax.text(j + 0.5, i + 0.5, text, ha="center", va="center_baseline", fontsize=10)
    ax.set(xlim=(0, columns), ylim=(rows, 0), aspect="equal", xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)


def _add(ax: Axes, places: Iterable[tuple[int, int]], color: str, opacity: float) -> None:
    squares = [_SQUARE + np.array([j, i]) for i, j in places]
    path = Path(np.concatenate(squares), _CODES * len(squares))
    ax.add_patch(PathPatch(path, facecolor=color, alpha=opacity, linewidth=0))
