"""A small kernel slid over an image: the same weights at every place."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_option, expect_rank
from mathml_jax._concept import Concept, Derivative
from mathml_jax._rounding import MOST_TERMS, add_in_portions
from mathml_jax.nn._windows import Padding, Pair, Windows, lists_as_tuples, windows

Mode = Literal["cross-correlation", "convolution"]
_STATIC = ("stride", "padding", "dilation", "groups", "mode", "precision")


@lists_as_tuples
@partial(jax.jit, static_argnames=_STATIC)
def conv2d(
    x: Real[ArrayLike, "n h w c"],
    kernel: Real[ArrayLike, "a b c_per_group o"],
    *,
    stride: Pair = 1,
    padding: Padding = "VALID",
    dilation: Pair = 1,
    groups: int = 1,
    mode: Mode = "cross-correlation",
    precision: lax.PrecisionLike = None,
) -> Float[Array, "n i j o"]:
    r"""Slides a kernel over images and takes the inner product at every place.

    .. math::

        y_{nijo} = \sum_{a,b,c} x_{n,\; s i + d a - p,\; s j + d b - q,\; c} \, k_{abco}

    where :math:`x` holds the images and is zero outside them, :math:`k` is the kernel, :math:`y` the result, and the
    subscripts are the image n, the place (i, j), the kernel's entry (a, b), the input channel c and the output channel
    o; s is the stride, d the dilation, p and q the padding above and to the left. This is cross-correlation, which deep
    learning calls convolution. The convolution of mathematics mirrors the kernel first,
    :math:`k_{A-1-a,\,B-1-b,\,co}` for a kernel of A rows and B columns; only then may two kernels trade places.

    Why it matters: the layer of image networks. It has few weights, and a shifted image gives a shifted result.

    Args:
      x: images, shape [N, H, W, C].
      kernel: shape [A, B, C / groups, O].
      stride: step from one place to the next, one for both axes or (down, right).
      padding: zeros around each image: "VALID" none, "SAME" so many that a stride of one keeps the size, an integer, or
        ((top, bottom), (left, right)).
      dilation: step from one entry of the kernel to the next, one for both axes or (down, right).
      groups: the channels fall into so many groups in order; output channels see the input channels of their own only.
      mode: "cross-correlation" or "convolution".
      precision: of the products, as in `jax.lax`.

    Returns:
      Shape [N, I, J, O], with I = floor((H + top + bottom - d (A - 1) - 1) / s) + 1 and J alike.

    Raises:
      ValueError: wrong rank, channels or groups that do not match, an unknown option, a kernel larger than the padded
        image.

    References:
      LeCun et al., "Backpropagation Applied to Handwritten Zip Code Recognition", 1989; Dumoulin and Visin, "A guide to
      convolution arithmetic for deep learning", 2016.

    >>> image = jnp.array([0.0, 0.0, 1.0, 0.0]).reshape(1, 1, 4, 1)
    >>> conv2d(image, jnp.array([1.0, 2.0]).reshape(1, 2, 1, 1)).ravel().tolist()
    [0.0, 2.0, 1.0]
    """
    x, kernel = as_float(x, kernel)
    where = _checked("conv2d", x, kernel, stride, padding, dilation, groups, mode)
    return _slide(
        _oriented(kernel, mode),
        x,
        groups,
        window_strides=where.stride,
        padding=where.padding,
        rhs_dilation=where.dilation,
        precision=precision,
    )


@lists_as_tuples
@partial(jax.jit, static_argnames=_STATIC)
def conv2d_vjp(
    x: Real[ArrayLike, "n h w c"],
    kernel: Real[ArrayLike, "a b c_per_group o"],
    cotangent: Real[ArrayLike, "n i j o"],
    *,
    stride: Pair = 1,
    padding: Padding = "VALID",
    dilation: Pair = 1,
    groups: int = 1,
    mode: Mode = "cross-correlation",
    precision: lax.PrecisionLike = None,
) -> tuple[Float[Array, "n h w c"], Float[Array, "a b c_per_group o"]]:
    r"""Cotangents of the images and the kernel of `conv2d`, both convolutions again.

    .. math::

        \bar x_{nuvc} = \sum_{a,b,o} \bar Y_{n,\; u + p - d a,\; v + q - d b,\; o} \, k_{abco}
        \qquad
        \bar k_{abco} = \sum_{n,t,r} x_{n,\; t + d a - p,\; r + d b - q,\; c} \, \bar Y_{ntro}

    where :math:`\bar Y` is the result's cotangent with s - 1 zeros between its entries,
    :math:`\bar Y_{n,si,sj,o} = \bar y_{nijo}`: the first is the mirrored kernel slid over the cotangent, the second the
    cotangent slid over the images.
    """
    x, kernel, cotangent = as_float(x, kernel, cotangent)
    where = _checked("conv2d_vjp", x, kernel, stride, padding, dilation, groups, mode)
    shape = (x.shape[0], *where.places, kernel.shape[3])
    expect(cotangent.shape == shape, "conv2d_vjp", f"cotangent of shape {shape}", f"shape {cotangent.shape}")
    x_bar = _slide(
        _channels_swapped(jnp.flip(_oriented(kernel, mode), (0, 1)), groups),
        cotangent,
        groups,
        window_strides=(1, 1),
        padding=where.backward_padding,
        lhs_dilation=where.stride,
        rhs_dilation=where.dilation,
        precision=precision,
    )
    # The sum runs over the images n: they stand where a convolution has its input channels.
    kernel_bar = lax.conv_general_dilated(
        x,
        cotangent,
        where.dilation,
        [(before, after - unread) for (before, after), unread in zip(where.padding, _unread(where), strict=True)],
        rhs_dilation=where.stride,
        dimension_numbers=("CHWN", "IHWO", "HWNC"),
        batch_group_count=groups,
        precision=precision,
    )
    return x_bar, _oriented(kernel_bar, mode)


def _slide(kernel: Array, images: Array, groups: int, **options: Any) -> Array:
    """Slides the kernel over the images, and adds in portions of input channels."""
    a, b, channels, _ = kernel.shape

    def whole(images: Array, kernel: Array) -> Array:
        axes = ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(images, kernel, dimension_numbers=axes, feature_group_count=groups, **options)

    def portioned(images: Array, kernel: Array) -> Array:
        grouped = images.reshape(*images.shape[:3], groups, channels)

        def product(some: slice) -> Array:
            entries = kernel[:, :, some]
            return whole(grouped[..., some].reshape(*images.shape[:3], groups * entries.shape[2]), entries)

        return add_in_portions(product, channels, a * b)

    # Half precision is added up in the hardware's own wider format, which portions would round.
    if a * b * channels <= MOST_TERMS or images.dtype.itemsize == 2:
        return whole(images, kernel)
    return lax.platform_dependent(images, kernel, cpu=_few_at_a_time(portioned), default=whole)


def _few_at_a_time(slide: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """The same for so many images at a time that their portions stay in the cache of a processor.

    Its derivative is that of all images at once: inside a loop, XLA's CPU backend takes ten times as long for it.
    """

    @jax.custom_jvp
    def looped(images: Array, kernel: Array) -> Array:
        few = max(1, 2**18 // max(1, math.prod(images.shape[1:])))
        return lax.map(lambda image: slide(image[None], kernel)[0], images, batch_size=few)

    @looped.defjvp
    def _(primals: tuple[Array, Array], tangents: tuple[Array, Array]) -> tuple[Array, Array]:
        return looped(*primals), jax.jvp(slide, primals, tangents)[1]

    return looped


def _oriented(kernel: Array, mode: Mode) -> Array:
    return jnp.flip(kernel, (0, 1)) if mode == "convolution" else kernel


def _channels_swapped(kernel: Array, groups: int) -> Array:
    """Input and output channels change places, group by group."""
    a, b, c, o = kernel.shape
    return kernel.reshape(a, b, c, groups, o // groups).transpose(0, 1, 4, 3, 2).reshape(a, b, o // groups, groups * c)


def _unread(where: Windows) -> list[int]:
    """The rows and columns at the end that no window reaches, because the stride steps over them."""
    axes = zip(where.size, where.padding, where.starts, where.span, strict=True)
    return [n + sum(p) - starts - span + 1 for n, p, starts, span in axes]


def _checked(
    function: str, x: Array, kernel: Array, stride: Pair, padding: Padding, dilation: Pair, groups: int, mode: Mode
) -> Windows:
    expect_rank(function, "x", x, 4)
    expect_rank(function, "kernel", kernel, 4)
    expect_option(function, "mode", mode, ("cross-correlation", "convolution"))
    inputs, outputs = x.shape[3], kernel.shape[3]
    divides = isinstance(groups, int) and groups > 0 and inputs % groups == 0 and outputs % groups == 0
    expect(divides, function, f"groups to divide {inputs} input and {outputs} output channels", repr(groups))
    expected = f"kernel with {inputs // groups} input channels ({inputs} of x in {groups} groups)"
    expect(kernel.shape[2] == inputs // groups, function, expected, f"shape {kernel.shape}")
    return windows(function, x.shape[1:3], kernel.shape[:2], stride=stride, padding=padding, dilation=dilation)


def _by_windows(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    views = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    return np.einsum("nijcab,abco->nijo", views, kernel)


CONCEPTS = (
    Concept(
        conv2d,
        example=lambda key: (
            random.normal(key, (2, 5, 4, 3), jnp.float64),
            random.normal(random.fold_in(key, 1), (3, 2, 3, 2), jnp.float64),
        ),
        derivatives=(Derivative(conv2d_vjp, "vjp", (0, 1)),),
        oracle=_by_windows,
    ),
)
