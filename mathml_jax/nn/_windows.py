"""Windows that slide over an image: their size, stride and padding, and how many places they take."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal, NamedTuple

import numpy as np

from mathml_jax._checks import expect

Pair = int | tuple[int, int]
Padding = Literal["SAME", "VALID"] | int | tuple[tuple[int, int], tuple[int, int]]


class Windows(NamedTuple):
    """Where the windows lie; every field has an entry for height and one for width.

    Attributes:
      size: the image's entries.
      window: the window's entries.
      stride: the step from one window to the next.
      dilation: the step from one entry of a window to the next.
      padding: the entries added before and after the image.
    """

    size: tuple[int, int]
    window: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]

    @property
    def span(self) -> tuple[int, ...]:
        """How far a window reaches."""
        return tuple(_span(k, d) for k, d in zip(self.window, self.dilation, strict=True))

    @property
    def places(self) -> tuple[int, ...]:
        """How many windows there are."""
        axes = zip(self.size, self.span, self.stride, self.padding, strict=True)
        return tuple((n + sum(p) - span) // s + 1 for n, span, s, p in axes)

    @property
    def starts(self) -> tuple[int, ...]:
        """How far apart the first entries of the first and the last window are, both counted."""
        return tuple((m - 1) * s + 1 for m, s in zip(self.places, self.stride, strict=True))

    @property
    def backward_padding(self) -> tuple[tuple[int, int], ...]:
        """What to add to the `starts` so that windows of stride one over them take as many places as the image has."""
        axes = zip(self.size, self.span, self.starts, self.padding, strict=True)
        return tuple((span - 1 - before, n + before - starts) for n, span, starts, (before, _) in axes)


def lists_as_tuples(function: Callable[..., Any]) -> Callable[..., Any]:
    """Lets options be lists, which jit cannot hash, where they are meant to be tuples."""

    @wraps(function)
    def door(*args: Any, **options: Any) -> Any:
        return function(*args, **{name: _tuples(value) for name, value in options.items()})

    return door


def windows(
    function: str, size: tuple[int, ...], window: Any, *, stride: Any, padding: Any, dilation: Any = 1
) -> Windows:
    """Reads the options of `function`; ValueError where they make no sense or no window fits."""
    window = _pair(function, "window", window)
    stride = _pair(function, "stride", stride)
    dilation = _pair(function, "dilation", dilation)
    span = (_span(window[0], dilation[0]), _span(window[1], dilation[1]))
    if padding == "SAME":
        padding = (_same(size[0], span[0], stride[0]), _same(size[1], span[1], stride[1]))
    elif padding == "VALID":
        padding = ((0, 0), (0, 0))
    elif _is_size(padding):
        padding = ((padding, padding), (padding, padding))
    choices = "padding to be 'SAME', 'VALID', an integer from 0 up or ((top, bottom), (left, right)) of such"
    expect(_is_pair(padding) and all(_is_pair(p, of=_is_size) for p in padding), function, choices, repr(padding))
    result = Windows((size[0], size[1]), window, stride, dilation, padding)
    fits = min(size) > 0 and min(result.places) > 0
    expect(fits, function, f"a window no larger than the padded image, {size} with padding {padding}", f"span {span}")
    return result


def _tuples(value: Any) -> Any:
    """The value, with tuples for the lists in it."""
    return tuple(_tuples(v) for v in value) if isinstance(value, list | tuple) else value


def _span(window: int, dilation: int) -> int:
    return dilation * (window - 1) + 1


def _same(size: int, span: int, stride: int) -> tuple[int, int]:
    """Padding that leaves ceil(size / stride) windows, the odd entry after the image."""
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def _pair(function: str, name: str, value: Any) -> tuple[int, int]:
    pair = value if isinstance(value, tuple) else (value, value)
    ok = _is_pair(pair) and all(_is_size(v) and v > 0 for v in pair)
    expect(ok, function, f"{name} to be a positive integer or two of them", repr(value))
    return pair


def _is_size(value: Any) -> bool:
    return isinstance(value, int | np.integer) and bool(value >= 0)


def _is_pair(value: Any, of: Any = None) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and (of is None or all(of(v) for v in value))
