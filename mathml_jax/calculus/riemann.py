"""Areas under functions by sums of rectangles, and what they tend to."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect, expect_option, widened
from mathml_jax._concept import Concept
from mathml_jax.calculus._scalar import scalar_valued

PLACES = {"left": 0.0, "midpoint": 0.5, "right": 1.0}
MOST_LEVELS = 20


class RombergResult(NamedTuple):
    """An integral, with an estimate of its error.

    Attributes:
      integral: the area.
      error: how far off it may be.
    """

    integral: Float[Array, ""]
    error: Float[Array, ""]


@partial(jax.jit, static_argnames=("f", "n", "rule"))
def riemann_sum(
    f: Callable[..., Any], a: Real[ArrayLike, ""], b: Real[ArrayLike, ""], n: int, rule: str = "midpoint"
) -> Float[Array, ""]:
    r"""Area of the rectangles under (and over) a function: what an integral is defined by.

    .. math::

        \int_a^b f(x)\, dx = \lim_{n \to \infty} \sum_{k=0}^{n-1} f(x_k)\, h, \qquad
        x_k = a + (k + \theta) h, \qquad h = \frac{b - a}{n}

    where :math:`f(x)` is the function, :math:`a` and :math:`b` are the limits, :math:`n` is the number of rectangles,
    :math:`h` their width, and :math:`x_k` the point at which the height of the :math:`k`-th is read off: at its left
    end for :math:`\theta = 0`, in the middle for 1/2, at its right end for 1.

    Why it matters: every rule for integrals weighs these heights better. Twice as many rectangles halve the error of
    the ends and quarter that of the middle.

    Args:
      f: a function of a scalar to a scalar, made of JAX operations; each new one is compiled.
      a: lower limit, finite.
      b: upper limit, finite.
      n: number of rectangles, an integer from 1, all computed at once.
      rule: "left", "midpoint" or "right".

    Returns:
      The sum, a scalar; negative to the area where b is below a.

    Raises:
      ValueError: `n` is no integer from 1, `rule` has another name, or `f` does not return a scalar.

    References:
      Riemann, "Über die Darstellbarkeit einer Function durch eine trigonometrische Reihe", 1854.

    >>> [riemann_sum(lambda x: x**2, 0.0, 2.0, 2, rule).item() for rule in ("left", "midpoint", "right")]
    [1.0, 2.5, 5.0]
    """
    expect(isinstance(n, int) and n >= 1, "riemann_sum", "n to be an integer from 1", repr(n))
    expect_option("riemann_sum", "rule", rule, PLACES)
    start, stop = as_float(a, b)
    low, high = widened(start), widened(stop)
    g = scalar_valued("riemann_sum", f, jax.ShapeDtypeStruct((), low.dtype))
    shares = (jnp.arange(n, dtype=low.dtype) + PLACES[rule]) / n
    area = jnp.sum(jax.vmap(g)(low + shares * (high - low))) * ((high - low) / n)
    return area.astype(start.dtype)


@partial(jax.jit, static_argnames=("f", "levels"))
def romberg(f: Callable[..., Any], a: Real[ArrayLike, ""], b: Real[ArrayLike, ""], levels: int = 8) -> RombergResult:
    r"""Area under a smooth function, by trapezoids extrapolated to a width of zero.

    .. math::

        R_{k,j} = R_{k,j-1} + \frac{R_{k,j-1} - R_{k-1,j-1}}{4^j - 1}, \qquad
        R_{k,0} = h \left( \frac{f(a) + f(b)}{2} + \sum_{i=1}^{2^k - 1} f(a + i h) \right), \qquad h = \frac{b - a}{2^k}

    where :math:`R_{k,0}` is the area of :math:`2^k` trapezoids under the function :math:`f` between :math:`a` and
    :math:`b`, each :math:`h` wide. Its error is a series in even powers of h (Euler and Maclaurin), of which every
    column :math:`j` of the table cancels one more; :math:`R_{k,1}` is Simpson's rule.

    Why it matters: the same idea as in differences and step sizes: a known law of the error is as good as more points.

    Args:
      f: a function of a scalar to a scalar, made of JAX operations; each new one is compiled.
      a: lower limit, finite.
      b: upper limit, finite.
      levels: how often the trapezoids are halved, an integer from 1 to 20: the function is evaluated, at once, at
        :math:`2^{levels} + 1` points.

    Returns:
      `integral`, the last entry of the table, and `error`: how much it differs from its neighbours, and what rounding
      may do. Where f is not finite at a point, NaN or infinite, with an error of inf. What happens between the points
      goes unseen.

    Raises:
      ValueError: `levels` is no integer from 1 to 20, or `f` does not return a scalar.

    References:
      Romberg, "Vereinfachte numerische Integration", 1955.

    >>> romberg(jnp.exp, 0.0, 1.0).integral.round(12).item()
    1.718281828459
    """
    ok = isinstance(levels, int) and 1 <= levels <= MOST_LEVELS
    expect(ok, "romberg", f"levels to be an integer from 1 to {MOST_LEVELS}", repr(levels))
    start, stop = as_float(a, b)
    low, high = widened(start), widened(stop)
    g = scalar_valued("romberg", f, jax.ShapeDtypeStruct((), low.dtype))
    shares = jnp.arange(2**levels + 1, dtype=low.dtype) / 2**levels
    # The limits as they are: at a pole next to one, a rounding would be seen.
    heights = jax.vmap(g)(jnp.where(shares == 1, high, low + shares * (high - low)))
    ends = (heights[0] + heights[-1]) / 2
    sums = jnp.stack([jnp.sum(heights[:: 2 ** (levels - k)]) - ends for k in range(levels + 1)])
    column = sums * ((high - low) * 0.5 ** jnp.arange(levels + 1, dtype=low.dtype))
    rounding = jnp.finfo(low.dtype).eps * jnp.mean(jnp.abs(heights)) * jnp.abs(high - low)
    above = left = column[-1]
    for j in range(1, levels + 1):
        above, left = column[-2], column[-1]
        column = column[1:] + jnp.diff(column) / (4**j - 1)
    change = jnp.maximum(jnp.abs(column[-1] - above), jnp.abs(column[-1] - left))
    error = jnp.where(jnp.isfinite(column[-1]), change + rounding, jnp.inf)
    return RombergResult(*(part.astype(start.dtype) for part in (column[-1], error)))


CONCEPTS = (
    Concept(
        riemann_sum,
        example=lambda key: (jnp.cos, *random.uniform(key, (2,), jnp.float64, -1.0, 1.0)),
        options={"n": 5, "rule": "left"},
        oracle=lambda f, a, b, n, rule: np.cos(a + (b - a) * np.arange(n) / n).mean() * (b - a),
    ),
    Concept(
        romberg,
        example=lambda key: (jnp.cos, *random.uniform(key, (2,), jnp.float64, -1.0, 1.0)),
        options={"levels": 5},
        oracle=lambda f, a, b, levels: np.sin(b) - np.sin(a),
        evaluate=lambda f, a, b, levels: romberg(f, a, b, levels).integral,
    ),
)
