r"""Where the path of the noncentral F law's contour integral crosses the real axis, and the exponent there.

With :math:`a` and :math:`b` half the degrees of freedom, :math:`\lambda` half the noncentrality,
:math:`u = a x / (a x + b)` and :math:`v = 1 - u` the exponent is

.. math::

    -a \log t - b \log \frac{1 - u t}{v} + \lambda \Bigl( \frac{1}{t} - 1 \Bigr)
"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array

from mathml_jax._rounding import lost_in_difference, product_in_parts
from mathml_jax.fundamentals._quotient import Parts, log_quotient, sum_of_parts
from mathml_jax.special._stirling import log1pmx


class Saddle(NamedTuple):
    r"""The saddle, at :math:`t = 1 / w`, where :math:`p = u t` is between 0 and 1.

    Attributes:
      u: a x over a x + b.
      v: b over that.
      w: positive; 1 about the mean.
      excess: w - 1.
      growth: :math:`\lambda w`.
      p: where the path starts.
      q: 1 - p.
    """

    u: Array
    v: Array
    w: Array
    excess: Array
    growth: Array
    p: Array
    q: Array


def saddle(a: Array, b: Array, noncentral: Array, x: Array) -> Saddle:
    r"""The root of :math:`\lambda w^2 + (a - \lambda u) w = u (a + b)`; its terms lose nothing about the mean."""
    above, lost = product_in_parts(a, x)
    u, v = above / (above + b), b / (above + b)
    drop = a - noncentral * u
    root = jnp.sqrt(drop * drop + 4 * noncentral * u * (a + b))
    mean = a + noncentral
    beyond = above - mean
    lost = lost + lost_in_difference(above, mean, beyond) - lost_in_difference(a, -noncentral, mean)
    excess = 2 * v * (beyond + lost) / (noncentral * (1 + v) + a + root)
    falls = drop > 0
    some = jnp.where(falls, 1.0, noncentral)
    w = jnp.where(falls, 2 * u * (a + b) / jnp.where(falls, drop + root, 1.0), (root - drop) / (2 * some))
    growth = noncentral * w
    total = a + b + growth
    return Saddle(u, v, w, excess, growth, (a + growth) / total, b / total)


def rough_exponent(a: Array, b: Array, noncentral: Array, at: Saddle) -> Array:
    """The exponent there, never positive: three terms of one sign."""
    x = jnp.stack([at.excess, -at.excess * (at.p / at.q)])
    near = jnp.abs(x) < 0.5
    far = jnp.where(near, 1.0, jnp.stack([at.w, at.v / at.q]))
    curves = jnp.where(near, log1pmx(jnp.where(near, x, 0.0)), jnp.log(far) - x)
    return a * curves[0] + b * curves[1] - noncentral * x[0] * x[0]


class Height(NamedTuple):
    """The exponent in two parts, and the logarithms of w and of q / v."""

    exponent: Parts
    log_w: Array
    log_rest: Array


def height(a: Array, b: Array, noncentral: Array, x: Array, at: Saddle) -> Height:
    r"""The exponent at a rounded w and with any k near the odds p / q; three terms of one sign and a rest.

    .. math::

        a \bigl( \log w - (w - 1) \bigr) + b \Bigl( \log \frac{v}{q} + (w - 1) k \Bigr) - \lambda (w - 1)^2
        + (w - 1) (a + \lambda w - b k), \qquad \frac{v}{q} = \frac{b w}{b w + (w - 1) a x}
    """
    w, one, excess = at.w, jnp.ones_like(x), at.w - 1
    above, lost_above = product_in_parts(a, x)
    (over, rise), (lost_over, lost_rise) = product_in_parts(jnp.stack([b, excess]), jnp.stack([w, above]))
    under = over + rise
    lost_under = lost_in_difference(over, -rise, under) + lost_over + lost_rise + excess * lost_above
    odds = above / under
    (lift, growth, share), lost = product_in_parts(jnp.stack([excess, noncentral, b]), jnp.stack([odds, w, odds]))
    logs, rest = log_quotient(jnp.stack([w, over]), jnp.stack([one, under]))
    linear = jnp.stack([excess, -lift])
    rest = rest + jnp.stack([-lost_in_difference(w, one, excess), lost[0] + lost_over / over - lost_under / under])
    curves = logs - linear
    rest = rest + lost_in_difference(logs, linear, curves)
    weights = jnp.stack([a, b, -noncentral * excess])
    (fall, turn, bow), lost_terms = product_in_parts(weights, jnp.concatenate([curves, excess[None]]))
    total = fall + turn
    low = lost_in_difference(fall, -turn, total) + lost_terms[0] + lost_terms[1] + a * rest[0] + b * rest[1]
    low = low + lost_in_difference(total, -bow, total + bow) + lost_terms[2]
    mean = a + growth
    missed = mean - share
    lost_missed = lost_in_difference(a, -growth, mean) + lost_in_difference(mean, share, missed) + lost[1] - lost[2]
    parts = sum_of_parts(total + bow, low + excess * (missed + lost_missed))
    # The logarithms are those of the saddle before w was rounded, which counts where they are small.
    slopes = jnp.stack([one, -at.p / at.q])
    near = jnp.abs(at.excess[None] * slopes) < 0.5
    more = jnp.where(near[0], (at.excess - excess) / w, 0.0)
    whole = jnp.log(jnp.where(near, 1.0, jnp.stack([w, at.v / at.q])))
    log_w, log_v = jnp.where(near, logs + more[None] * slopes, whole)
    return Height(parts, log_w, -log_v)
