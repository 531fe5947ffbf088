r"""What Stirling's formula leaves over, the gamma function near 1, and log1p less its argument.

From these everything about gamma and beta is made without differences of large logarithms. Each is right to a few
ulps in float32 without any float64, and so is its derivative by autodiff.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mathml_jax.fundamentals._polynomial import atanh_excess, horner

# x times the remainder, interpolated at Chebyshev nodes in 1 - 3.5 / (x + 0.75), x from 1; highest power first.
_REMAINDER_DOUBLE = (
    6.954266844043498e-14, 1.7104370283088576e-13, -1.2118917734441958e-13, -1.0772543273041675e-12,
    -1.5978673071727028e-12, -2.3242518694391036e-12, 7.90437180541598e-12, 9.688371321543739e-12,
    1.273941788865544e-10, -2.2369609047531506e-10, 8.322325620007995e-10, -6.627953131456186e-09,
    1.890568414445112e-08, -9.088472969168854e-08, 5.086819307606258e-07, -1.91183860713975e-06,
    9.17017911571159e-06, -5.581860905077959e-05, 0.00025335553532545294, -0.0007234984507233113,
    0.0008728790010653691, 0.08297872669263254,
)  # fmt: skip
_REMAINDER_SINGLE = (
    2.1536079e-08, -1.08332568e-07, 5.06223578e-07, -1.89632908e-06, 9.17108245e-06, -5.58241869e-05, 0.000253355421,
    -0.000723497751, 0.000872879003, 0.0829787267,
)  # fmt: skip

# log gamma(1 + x) over x (x - 1), in x / 0.75 - 1, for x from 0 to 1.5.
_GAMMA_DOUBLE = (
    1.6452598980062168e-11, -3.9667090137591825e-11, -1.531034820827751e-11, 3.637437162349744e-11,
    2.4676787434083136e-10, -5.98121482258431e-10, 8.666685139365103e-10, -2.1197436987410773e-09,
    5.8645200185714736e-09, -1.4381769845227024e-08, 3.4843395074596074e-08, -8.595803399918706e-08,
    2.1305246423604705e-07, -5.293726373581327e-07, 1.3210336919322378e-06, -3.313834714109078e-06,
    8.363509603207819e-06, -2.1263280543969928e-05, 5.4551225043860086e-05, -0.0001415684816863473,
    0.0003729600094667943, -0.0010028956763760415, 0.0027768984548641094, -0.00803838845963536, 0.0250427515491617,
    -0.08961118996893207, 0.4501393121092563,
)  # fmt: skip
_GAMMA_SINGLE = (
    2.31790044e-06, -5.7840139e-06, 6.97609318e-06, -1.78277679e-05, 5.54269912e-05, -0.000143736339, 0.000372697445,
    -0.00100224584, 0.00277693176, -0.00803847089, 0.0250427504, -0.089611187, 0.450139312,
)  # fmt: skip


def stirling_remainder(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""What Stirling's formula lacks, for x > 0; inf at 0 and 0 at inf.

    .. math::

        \delta(x) = \log\Gamma(x) - (x - \tfrac12) \log x + x - \tfrac12 \log 2\pi
        = \delta(x + 1) + (x + \tfrac12) \log(1 + \tfrac1x) - 1
    """
    small = x < 1
    y = jnp.where(small, x + 1, x)
    coefficients = _REMAINDER_DOUBLE if x.dtype == jnp.float64 else _REMAINDER_SINGLE
    beyond = horner(coefficients, 1 - 3.5 / (y + 0.75)) / y
    step = jnp.where(small, x, 0.5)
    return beyond + jnp.where(small, (step + 0.5) * jnp.log1p(1 / step) - 1, 0.0)


def lgamma1p(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The logarithm of gamma near 1, for x from 0 to 1.5, to the last digits also near its zeros 0 and 1.

    .. math::

        \log\Gamma(1 + x)
    """
    coefficients = _GAMMA_DOUBLE if x.dtype == jnp.float64 else _GAMMA_SINGLE
    return x * (x - 1) * horner(coefficients, x / 0.75 - 1)


@jax.custom_jvp
def log1pmx(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The logarithm of 1 + x less its tangent, for x from -1 to inf; its derivative -x / (1 + x) has its own rule.

    .. math::

        \log(1 + x) - x = -s x + 2 (\operatorname{artanh} s - s), \qquad s = \frac{x}{2 + x}
    """
    central = (x >= -0.5) & (x <= 1)
    s = jnp.where(central, x / (2 + x), 0.0)
    near = 2 * s * atanh_excess(s) - s * x
    # XLA's log1p loses 128 ulps near -0.4. Here 1 + x is exact, or its rounding small beside x.
    far = jnp.log(1 + jnp.minimum(x, jnp.finfo(x.dtype).max)) - x
    return jnp.where(central, near, far)


@log1pmx.defjvp
def _log1pmx_jvp(primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (x,), (dx,) = primals, tangents
    bounded = jnp.minimum(x, jnp.finfo(x.dtype).max)
    return log1pmx(x), -(bounded / (1 + bounded)) * dx
