r"""Temme's uniform expansion: the incomplete gamma function for large a, through the point where x passes a.

There a series or a continued fraction would need ever more terms, and 1 - P would lose what the tail is made of. The
normal law's Mills ratio carries the change; what remains is smooth, in one table for every a from 16 to infinity.
"""

import math

import jax.numpy as jnp
from jaxtyping import Array, Float

from mathml_jax.fundamentals._polynomial import horner
from mathml_jax.special._mills import mills

# The correction S, interpolated at Chebyshev nodes: a row for each power of 32 / a - 1, the highest first, with the
# powers of log(x / a) / 0.7, the highest first; for a from 16 and logarithms from -0.7 to 0.7.
_DOUBLE = (
    (-5.072430338710638e-15, 5.959050234621196e-15, 4.776512080421055e-15),
    (
        -1.1343532077526054e-14, 3.389521607692101e-14, 4.258018226237704e-14, -3.63032412978813e-13,
        5.458508464446016e-13,
    ),
    (
        7.984236351405143e-14, -1.4721478690457483e-13, -9.308394553641229e-13, 4.24818978623446e-12,
        -3.721217896658552e-12, -6.8930861157953775e-12,
    ),
    (
        1.5639600240788933e-14, 2.5725506681918518e-14, -4.917035544290494e-13, 3.802167650548661e-13,
        9.478707556001368e-12, -3.1113541648820754e-11, -5.828768207230388e-11, 5.104119006972635e-10,
        -8.644171586688319e-10,
    ),
    (
        -6.578777893900581e-14, -9.917646698356861e-14, 2.5157136987916726e-12, -1.1017812003936694e-12,
        -6.993730257373445e-11, 1.8559584708826979e-10, 1.1175554914899229e-09, -6.718750989999118e-09,
        6.973463779161184e-09, 1.644115365617912e-08,
    ),
    (
        2.48432574270926e-13, -3.406829167699872e-14, -1.1370173828095578e-11, 1.551072484877269e-11,
        4.2075479559455067e-10, -1.2770681023535638e-09, -1.1692124339386309e-08, 6.540675518307914e-08,
        1.356173918765863e-07, -1.8151122145002569e-06, 4.091149633291877e-06,
    ),
    (
        -4.577064960041469e-14, -5.985181497491252e-13, 3.0704220608479076e-12, 3.46039002735791e-11,
        -1.9078508550058137e-10, -1.7319540511270216e-09, 1.1392520852578838e-08, 7.374380920808845e-08,
        -6.373082881901365e-07, -2.0683168630110246e-06, 3.1938995734771835e-05, -7.960394789755217e-05,
        -4.974081452680867e-05,
    ),
    (
        1.3357089195411242e-13, -5.102614837177329e-14, -1.1064112016915799e-11, 3.902728726698814e-12,
        8.834903807295282e-10, -2.8390248416552415e-10, -7.140491848458125e-08, 1.4573477758256608e-08,
        5.8798374750295095e-06, 6.978622868232387e-07, -0.0005049875141860587, -0.0004219069816236541,
        0.05825555095734995, -0.33338714799935676,
    ),
)  # fmt: skip
_SINGLE = (
    (1.31449779e-08,),
    (6.38001604e-08, 1.24260753e-07, -1.81420996e-06, 4.09168222e-06),
    (7.07399931e-08, -6.20409977e-07, -2.06601614e-06, 3.19277153e-05, -7.95989022e-05, -4.97380009e-05),
    (5.75621373e-06, 7.13695966e-07, -0.000504925554, -0.000421909392, 0.0582555431, -0.333387148),
)  # fmt: skip
# 2 (exp(w) - 1 - w) / w^2 by its Taylor series.
_ROOT = tuple(2 / math.factorial(k + 2) for k in reversed(range(14)))


def temme_factor(a: Float[Array, "*shape"], w: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The smaller tail over its exponential, for a from 16 and logarithms w of x / a from -0.7 to 0.7.

    .. math::

        \frac{Q(a, x)}{e^{-y^2/2}} = \frac{1}{\sqrt{2\pi}} \Bigl( m(y) + \frac{S(a, w)}{\sqrt a} \Bigr), \qquad
        \frac{y^2}{2} = x - a - a \log\frac{x}{a}

    and likewise P with m(-y) less the correction, where :math:`m` is the Mills ratio and y has the sign of
    :math:`w = \log(x/a)`: it is w times a function without a zero or a kink, so that derivatives of any order stand.
    """
    root = jnp.sqrt(a)
    y = root * w * jnp.sqrt(horner(_ROOT, w))
    table = _DOUBLE if a.dtype == jnp.float64 else _SINGLE
    share = 32 / a - 1
    correction = jnp.zeros_like(a)
    for row in table:
        correction = correction * share + horner(row, w / 0.7)
    correction = correction / root
    ratio = mills(jnp.where(w < 0, -y, y)) + jnp.where(w < 0, -correction, correction)
    return ratio / math.sqrt(2 * math.pi)
