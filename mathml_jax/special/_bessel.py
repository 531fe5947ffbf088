r"""The modified Bessel function of order zero and the quotient of orders one and zero, for laws on the circle.

.. math::

    I_0(\kappa) = \frac{1}{\pi} \int_0^\pi e^{\kappa \cos t}\, dt, \qquad A(\kappa) = \frac{I_1(\kappa)}{I_0(\kappa)}

Under a density in proportion to :math:`e^{\kappa \cos t}`, A is the mean of the cosine and its derivative the variance.
From that variance A and 1 - A follow as the roots of a square equation, so that neither cancels for small or large
arguments. Each is right to a few ulps for arguments from 0 on, in float32 without any float64.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

_NEAR = 8.0
"""From here on the expansions are in the reciprocal of the argument."""

# Interpolated at Chebyshev nodes; the highest power comes first. The Bessel function times e^-k in k / 4 - 1, far out
# also times the root of k in 16 / k - 1; the variance of the cosine in 19 k^2 / (8 k^2 + 96) - 1, far out times k^2.
_BESSEL_DOUBLE = (
    4.394426308340083e-09, -1.631130691668671e-08, 2.679771004975793e-08, -8.594601526025913e-08,
    3.659216730162776e-07, -1.1419495259048662e-06, 3.232396382443255e-06, -9.183910794736519e-06,
    2.5198651465609148e-05, -6.55678677969644e-05, 0.0001624084559061418, -0.0003828654139905961,
    0.0008563135177565376, -0.0018119029764120445, 0.0036171271654272855, -0.006792394821044967,
    0.011960077703464203, -0.019682655784004566, 0.03017791206221918, -0.04298594929673067, 0.05677703201501785,
    -0.06954119563154397, 0.07927522590752974, -0.08496338091542556, 0.08734341617550884, -0.08904344136077733,
    0.09451562853995125, -0.11300432688620536, 0.2070019212239867,
)  # fmt: skip
_BESSEL_SINGLE = (
    0.000335946139, -0.000850852698, 0.000469624873, -0.000759696728, 0.00406265365, -0.00800984961,
    0.0116616341, -0.018865126, 0.0302974085, -0.0433137937, 0.0567491108, -0.0694645149, 0.0792787442,
    -0.0849730496, 0.0873432153, -0.0890428892, 0.0945156319, -0.113004336, 0.207001921,
)  # fmt: skip
_BESSEL_FAR_DOUBLE = (
    1.0881994785468934e-10, 3.525321019700796e-11, -7.473844621887592e-10, -2.748111637276033e-10,
    2.3981927228949238e-09, 1.0924527246468664e-09, -4.8482509221176966e-09, -3.11851456121224e-09,
    6.789790403895736e-09, 7.323310735122893e-09, -5.162517880939013e-09, -1.331979859201994e-08,
    -6.805980075129678e-09, 7.532386417555123e-09, 2.155681110989874e-08, 3.932926571091252e-08,
    8.872154618944625e-08, 2.9735956581528157e-07, 1.4838475863096976e-06, 1.1143033802583682e-05,
    0.00013621607439187193, 0.0033605519836677235, 0.4021765094450081,
)  # fmt: skip
_BESSEL_FAR_SINGLE = (
    1.08298983e-07, 3.63171031e-07, 1.47679211e-06, 1.11115255e-05, 0.000136216843, 0.00336055585, 0.402176509,
)  # fmt: skip
_SPREAD_DOUBLE = (
    1.3792871390061115e-09, 1.3983828916605146e-09, -9.26809804935279e-09, -1.0326598505711571e-08,
    2.512558562753651e-08, 2.944239436553767e-08, -3.9186532645468946e-08, -4.4589618564269204e-08,
    4.7713915912246135e-08, 6.364264950088152e-08, -1.656647554670259e-08, 1.0076879659688077e-08,
    1.0266873248977362e-08, 2.123200683883232e-07, -4.3115537625551174e-07, 1.196275095037173e-06,
    -4.332806683890386e-06, 1.0338575458628884e-05, -3.5953730866490734e-05, 9.317801363184985e-05,
    -0.00028235014146720883, 0.0007865725658704684, -0.0021344819185849617, 0.005955257109801777,
    -0.014877060612520938, 0.03740396757627506, -0.08344934522850951, 0.1334883613372606, -0.14500099639476263,
    0.07647593405823261,
)  # fmt: skip
_SPREAD_SINGLE = (
    -5.57021759e-06, 1.68841695e-05, -3.44472803e-05, 8.28866963e-05, -0.000283297393, 0.000794060805,
    -0.0021341679, 0.00595253871, -0.0148771112, 0.0374044303, -0.0834493421, 0.133488332, -0.145000996,
    0.0764759344,
)  # fmt: skip
_SPREAD_FAR_DOUBLE = (
    4.174943289997084e-08, -1.758656565233451e-08, -3.6855814868104384e-07, 1.6884624417410562e-07,
    1.5018029965506132e-06, -7.626379367834159e-07, -3.75661611625352e-06, 2.168756153223573e-06,
    6.480730606065319e-06, -4.400914401776636e-06, -8.23921626493895e-06, 6.887997877597082e-06,
    8.129624637439091e-06, -8.8499527204173e-06, -6.678846909224982e-06, 9.892546536899989e-06,
    5.362093221735724e-06, -1.0073667409397193e-05, -5.628348741478851e-06, 9.168342154313734e-06,
    8.286886653107351e-06, -5.290633555568715e-06, -1.1770229192233256e-05, -5.391837380184553e-06,
    5.250859859974472e-06, 1.3418680797545037e-05, 2.1277937986979276e-05, 4.042380882844896e-05,
    0.00010995118929295757, 0.0004244305708468769, 0.002315077893290934, 0.0192925461306931, 0.5173193994975566,
)  # fmt: skip
_SPREAD_FAR_SINGLE = (
    -5.31835154e-06, -6.17748484e-06, 1.14523517e-05, 2.76774797e-05, 4.13238232e-05, 0.000108145092,
    0.000424309251, 0.00231527888, 0.0192925486, 0.517319396,
)  # fmt: skip


def _pieces(k: Array, near: tuple[tuple[float, ...], Array], far: tuple[float, ...]) -> Array:
    """One polynomial for small arguments and one for large ones, in one chain of products."""
    below, x = near
    length = max(len(below), len(far))
    below, far = ((0.0,) * (length - len(c)) + c for c in (below, far))
    small = k < _NEAR
    x = jnp.where(small, x, 16 / jnp.where(small, 1.0, k) - 1)
    total = jnp.where(small, below[0], jnp.full_like(x, far[0]))
    for a, b in zip(below[1:], far[1:], strict=True):
        total = total * x + jnp.where(small, jnp.asarray(a, x.dtype), jnp.asarray(b, x.dtype))
    return total


@jax.custom_jvp
def i0e(k: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The Bessel function of order zero over its growth; its derivative is less 1 - A times itself.

    .. math::

        e^{-\kappa} I_0(\kappa)
    """
    double = k.dtype == jnp.float64
    near, far = (_BESSEL_DOUBLE, _BESSEL_FAR_DOUBLE) if double else (_BESSEL_SINGLE, _BESSEL_FAR_SINGLE)
    return _pieces(k, (near, k / 4 - 1), far) / jnp.sqrt(jnp.where(k < _NEAR, 1.0, k))


@i0e.defjvp
def _i0e_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    value = i0e(*primals)
    return value, -cosine_missing(*primals) * value * tangents[0]


def cosine_variance(k: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The variance of the cosine: the derivative of A, from 1/2 at 0 to :math:`1 / (2 \kappa^2)` far out.

    .. math::

        A'(\kappa) = 1 - \frac{A(\kappa)}{\kappa} - A(\kappa)^2
    """
    double = k.dtype == jnp.float64
    near, far = (_SPREAD_DOUBLE, _SPREAD_FAR_DOUBLE) if double else (_SPREAD_SINGLE, _SPREAD_FAR_SINGLE)
    small = jnp.where(k < _NEAR, k, 1.0)
    large = jnp.where(k < _NEAR, 1.0, k)
    return _pieces(k, (near, 19 * small * small / (8 * small * small + 96) - 1), far) / large / large


@jax.custom_jvp
def cosine_mean(k: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The mean of the cosine, A, from its variance v.

    .. math::

        A(\kappa) = \frac{2 \kappa (1 - v)}{1 + \sqrt{1 + 4 \kappa^2 (1 - v)}}
    """
    rest, share, unit = _parts(k)
    return 2 * share * rest / (unit + jnp.sqrt(unit * unit + 4 * share * share * rest))


@cosine_mean.defjvp
def _cosine_mean_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return cosine_mean(*primals), cosine_variance(*primals) * tangents[0]


@jax.custom_jvp
def cosine_missing(k: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""What the mean of the cosine lacks to 1, from its variance v.

    .. math::

        1 - A(\kappa) = \frac{2 (1 + \kappa v)}{1 + 2 \kappa + \sqrt{1 + 4 \kappa^2 (1 - v)}}
    """
    rest, share, unit = _parts(k)
    root = jnp.sqrt(unit * unit + 4 * share * share * rest)
    return 2 * (unit + share * cosine_variance(k)) / (unit + 2 * share + root)


@cosine_missing.defjvp
def _cosine_missing_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    return cosine_missing(*primals), -cosine_variance(*primals) * tangents[0]


def _parts(k: Array) -> tuple[Array, Array, Array]:
    """1 - v, and both k and 1 in units of their sum, so that no square overflows."""
    unit = 1 / (1 + k)
    return 1 - cosine_variance(k), k * unit, unit
