"""One number for each window of an image: its largest entry, or the mean of its entries."""

import math
from collections.abc import Callable
from functools import partial, reduce

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_rank, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.nn._windows import Padding, Pair, Windows, lists_as_tuples, windows

# Windows of so many entries are unrolled, since their gradient is then many times as fast as that of lax's own windows;
# larger ones would take long to compile.
_UNROLLED = 9


@lists_as_tuples
@partial(jax.jit, static_argnames=("window", "stride", "padding"))
def max_pool(
    x: Real[ArrayLike, "n h w c"], *, window: Pair = 2, stride: Pair | None = None, padding: Padding = "VALID"
) -> Float[Array, "n i j c"]:
    r"""Largest entry of every window.

    .. math::

        y_{nijc} = \max_{a,b} \; x_{n,\; s i + a - p,\; s j + b - q,\; c}

    where :math:`x` holds the images and is minus infinity outside them, :math:`y` is the result, and the subscripts are
    the image n, the window's place (i, j), the entry (a, b) of the window and the channel c; s is the stride, p and q
    are the padding above and to the left. Of equal entries the first, row by row, counts as the largest and takes the
    whole gradient; in a window of minus infinity only, which no finite step changes, none does.

    Why it matters: keeps whether a feature is there and drops where exactly; a quarter of the work is left
    for the layers behind.

    Args:
      x: images, shape [N, H, W, C].
      window: rows and columns of the window, one number for both or (rows, columns).
      stride: step from one window to the next, one for both axes or (down, right); without it, the window's size.
      padding: "VALID" none, "SAME" so much that a stride of one keeps the size, an integer, or ((top, bottom), (left,
        right)); less than the window, so that every window holds an entry of the image.

    Returns:
      Shape [N, I, J, C], with I = floor((H + top + bottom - rows) / s) + 1 and J alike. A window with a NaN gives NaN.

    Raises:
      ValueError: wrong rank, an unknown padding, a window larger than the padded image.

    References:
      Riesenhuber and Poggio, "Hierarchical models of object recognition in cortex", 1999.

    >>> max_pool(jnp.array([[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 6.0, 7.0]]).reshape(1, 2, 4, 1)).ravel().tolist()
    [5.0, 7.0]
    """
    x = as_float(x)
    where = _checked("max_pool", x, window, stride, padding)
    small = math.prod(where.window) <= _UNROLLED
    y = reduce(_larger, _entries(x, where)) if small else _over_windows(lax.max, -np.inf, x, where)
    # Changes no value: it cuts off the gradient, which would go to the padding where that is the first -inf.
    return jnp.where(jnp.isneginf(y), -jnp.inf, y)


@lists_as_tuples
@partial(jax.jit, static_argnames=("window", "stride", "padding"))
def max_pool_vjp(
    x: Real[ArrayLike, "n h w c"],
    cotangent: Real[ArrayLike, "n i j c"],
    *,
    window: Pair = 2,
    stride: Pair | None = None,
    padding: Padding = "VALID",
) -> Float[Array, "n h w c"]:
    r"""Cotangent of the images of `max_pool`: each window hands its own to its first largest entry.

    .. math::

        \bar x_{nuvc} = \sum_{i,j} \bar y_{nijc} \, [(u, v) \text{ is the first maximum of window } (i, j)]

    where the bracket is 1 if it holds and 0 if not. A window with a NaN hands on nothing, nor does one of minus
    infinity only.
    """
    x, y_bar, where = _opened("max_pool_vjp", x, cotangent, window, stride, padding)
    if math.prod(where.window) > _UNROLLED:
        x_bar = _handed_out(where, x, max_pool(x, window=window, stride=stride, padding=padding), y_bar)
    else:
        entries = _entries(x, where)
        shares = [jnp.where(_is_first_maximum(entries, k), y_bar, 0) for k in range(len(entries))]
        x_bar = reduce(jnp.add, map(partial(_spread, where), _offsets(where), shares))
    return x_bar.astype(x.dtype)


@lists_as_tuples
@partial(jax.jit, static_argnames=("window", "stride", "padding", "count_include_pad"))
def avg_pool(
    x: Real[ArrayLike, "n h w c"],
    *,
    window: Pair = 2,
    stride: Pair | None = None,
    padding: Padding = "VALID",
    count_include_pad: bool = True,
) -> Float[Array, "n i j c"]:
    r"""Mean of every window.

    .. math::

        y_{nijc} = \frac{1}{m_{ij}} \sum_{a,b} x_{n,\; s i + a - p,\; s j + b - q,\; c}

    where :math:`x` holds the images and is zero outside them, :math:`y` is the result, :math:`m` the number of entries
    of the window, and the subscripts are the image n, the window's place (i, j), the entry (a, b) of the window and the
    channel c; s is the stride, p and q are the padding above and to the left.

    Why it matters: shrinks an image without favouring any entry; over the whole image it turns features into one
    vector, whatever the image's size.

    Args:
      x: images, shape [N, H, W, C].
      window: rows and columns of the window, one number for both or (rows, columns).
      stride: step from one window to the next, one for both axes or (down, right); without it, the window's size.
      padding: "VALID" none, "SAME" so much that a stride of one keeps the size, an integer, or ((top, bottom), (left,
        right)); less than the window, so that every window holds an entry of the image.
      count_include_pad: whether padding counts as entries that are zero; if not, the mean is over the image's own.

    Returns:
      Shape [N, I, J, C], with I = floor((H + top + bottom - rows) / s) + 1 and J alike. A window with a NaN gives NaN.

    Raises:
      ValueError: wrong rank, an unknown padding, a window larger than the padded image.

    References:
      LeCun et al., "Gradient-based learning applied to document recognition", 1998.

    >>> avg_pool(jnp.array([[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 6.0, 7.0]]).reshape(1, 2, 4, 1)).ravel().tolist()
    [3.25, 3.75]
    """
    x = as_float(x)
    where = _checked("avg_pool", x, window, stride, padding)
    total = _over_windows(lax.add, 0.0, widened(x), where)
    return (total / _counts(where, total, count_include_pad)).astype(x.dtype)


@lists_as_tuples
@partial(jax.jit, static_argnames=("window", "stride", "padding", "count_include_pad"))
def avg_pool_vjp(
    x: Real[ArrayLike, "n h w c"],
    cotangent: Real[ArrayLike, "n i j c"],
    *,
    window: Pair = 2,
    stride: Pair | None = None,
    padding: Padding = "VALID",
    count_include_pad: bool = True,
) -> Float[Array, "n h w c"]:
    r"""Cotangent of the images of `avg_pool`: each window hands equal shares of its own to all its entries.

    .. math::

        \bar x_{nuvc} = \sum_{i,j} \frac{\bar y_{nijc}}{m_{ij}} \, [(u, v) \text{ lies in window } (i, j)]

    where the bracket is 1 if it holds and 0 if not; the sum is itself one over windows, of the shares spread out by the
    stride.
    """
    x, y_bar, where = _opened("avg_pool_vjp", x, cotangent, window, stride, padding)
    shares = y_bar / _counts(where, y_bar, count_include_pad)
    gaps = [(*p, s - 1) for p, s in zip(where.backward_padding, where.stride, strict=True)]
    spread = lax.pad(shares, np.zeros((), shares.dtype), [(0, 0, 0), *gaps, (0, 0, 0)])
    return _over_windows(lax.add, 0.0, spread, where._replace(stride=(1, 1), padding=((0, 0), (0, 0)))).astype(x.dtype)


def _padded(x: Array, where: Windows) -> Array:
    return jnp.pad(x, ((0, 0), *where.padding, (0, 0)), constant_values=-jnp.inf)


def _offsets(where: Windows) -> list[tuple[int, int]]:
    """The entries (a, b) of a window, row by row."""
    return list(np.ndindex(where.window))


def _entries(x: Array, where: Windows) -> list[Array]:
    """Each entry of a window, row by row, as one array over all windows."""
    x = _padded(x, where)
    (height, down), (width, right) = zip(where.starts, where.stride, strict=True)
    return [x[:, a : a + height : down, b : b + width : right] for a, b in _offsets(where)]


def _larger(first: Array, later: Array) -> Array:
    """The larger entry; the first of equals, and NaN above all."""
    return jnp.where((later <= first) | jnp.isnan(first), first, later)


def _is_first_maximum(entries: list[Array], k: int) -> Array:
    """Where entry k is larger than all before it and as large as all after it; minus infinity and NaN never are."""
    x, before, after = entries[k], entries[:k], entries[k + 1 :]
    return reduce(jnp.logical_and, [x > -jnp.inf, *(x > e for e in before), *(x >= e for e in after)])


def _spread(where: Windows, offset: tuple[int, int], values: Array) -> Array:
    """The images that are zero but for one entry of every window, which has these values."""
    axes = zip(where.size, where.starts, where.stride, where.padding, offset, strict=True)
    gaps = [(a - before, n + before - a - starts, s - 1) for n, starts, s, (before, _), a in axes]
    return lax.pad(values, np.zeros((), values.dtype), [(0, 0, 0), *gaps, (0, 0, 0)])


def _handed_out(where: Windows, x: Array, y: Array, y_bar: Array) -> Array:
    """The cotangent of the images for windows too large to unroll: their entries take their turns in a loop."""
    x, columns = _padded(x, where), where.window[1]
    single = where._replace(size=where.starts, window=(1, 1), padding=((0, 0), (0, 0)))
    sizes = (x.shape[0], *where.starts, x.shape[3])

    def hand_out(k, state):
        x_bar, handed = state
        corner = (0, k // columns, k % columns, 0)
        first = (_entries(lax.dynamic_slice(x, corner, sizes), single)[0] == y) & ~handed
        total = lax.dynamic_slice(x_bar, corner, sizes) + _spread(single, (0, 0), jnp.where(first, y_bar, 0))
        return lax.dynamic_update_slice(x_bar, total, corner), handed | first

    start = jnp.zeros(x.shape, y_bar.dtype), jnp.isneginf(y)
    x_bar, _ = lax.fori_loop(0, math.prod(where.window), hand_out, start)
    (top, _), (left, _) = where.padding
    return x_bar[:, top : top + where.size[0], left : left + where.size[1]]


def _over_windows(combine: Callable[[Array, Array], Array], start: float, x: Array, where: Windows) -> Array:
    return lax.reduce_window(
        x,
        np.array(start, x.dtype),
        combine,
        window_dimensions=(1, *where.window, 1),
        window_strides=(1, *where.stride, 1),
        padding=((0, 0), *where.padding, (0, 0)),
    )


def _counts(where: Windows, like: Array, count_include_pad: bool) -> np.ndarray:
    """How many entries each window has, by its place, shape [1, I, J, 1]."""

    def along(axis: int) -> np.ndarray:
        n, k, s, (before, _) = where.size[axis], where.window[axis], where.stride[axis], where.padding[axis]
        start = np.arange(where.places[axis]) * s - before
        return np.full(start.shape, k) if count_include_pad else np.minimum(start + k, n) - np.maximum(start, 0)

    return np.multiply.outer(along(0), along(1))[None, :, :, None].astype(like.dtype)


def _checked(function: str, x: Array, window: Pair, stride: Pair | None, padding: Padding) -> Windows:
    expect_rank(function, "x", x, 4)
    where = windows(function, x.shape[1:3], window, stride=window if stride is None else stride, padding=padding)
    inside = all(max(p) < k for p, k in zip(where.padding, where.window, strict=True))
    expect(inside, function, f"padding less than the window, {where.window}", repr(where.padding))
    return where


def _opened(
    function: str, x: ArrayLike, cotangent: ArrayLike, window: Pair, stride: Pair | None, padding: Padding
) -> tuple[Array, Array, Windows]:
    """What both vjps begin with: the images, the cotangent in the dtype of sums, and where the windows lie."""
    x, cotangent = as_float(x, cotangent)
    where = _checked(function, x, window, stride, padding)
    shape = (x.shape[0], *where.places, x.shape[3])
    expect(cotangent.shape == shape, function, f"cotangent of shape {shape}", f"shape {cotangent.shape}")
    return x, widened(cotangent), where


def _by_windows(x: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(x, (2, 2), axis=(1, 2))[:, ::2, ::2]


def _example(key) -> tuple[Array]:
    return (random.normal(key, (2, 4, 6, 3), jnp.float64),)


CONCEPTS = (
    Concept(
        max_pool,
        example=_example,
        derivatives=(Derivative(max_pool_vjp, "vjp"),),
        oracle=lambda x: _by_windows(x).max((-2, -1)),
    ),
    Concept(
        avg_pool,
        example=_example,
        derivatives=(Derivative(avg_pool_vjp, "vjp"),),
        oracle=lambda x: _by_windows(x).mean((-2, -1)),
    ),
)
