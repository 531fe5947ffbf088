r"""The bell :math:`e^{-x^2/2}` and the Mills ratio, from which every function of the normal law is made.

Each is right to a few ulps wherever it does not underflow, in float32 without any float64, and so is its derivative by
autodiff: neither branches, and neither subtracts what is nearly equal.
"""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mathml_jax.fundamentals._polynomial import horner

# (1 + x) times the Mills ratio, interpolated at Chebyshev nodes in (x - 5) / (x + 5); the highest power comes first.
_DOUBLE = (
    -3.1387280409109205e-11, 5.013226273740375e-12, 3.8513993219383816e-10, 3.029780777567433e-11,
    -2.6750494057079106e-09, -9.910078628955561e-10, 1.512694936824821e-08, 9.926075661884747e-09,
    -8.359770746895385e-08, -6.721394035045607e-08, 4.978094807204551e-07, 3.218479730994642e-07,
    -3.2811016388183325e-06, -1.7717271036053674e-07, 2.271132343460391e-05, -2.480547954535769e-05,
    -0.00013437479745271, 0.0004570438230350707, 1.953074162515575e-05, -0.004201290311374602, 0.016348231268289524,
    -0.03802659218770015, 0.06150504584106873, -0.06617760077899622, 0.025072179301610414, 0.07778159886873558,
    -0.22948753825211288, 1.1568486282918946,
)  # fmt: skip
_SINGLE = (
    1.3653551e-05, -2.37051319e-05, -0.000122200849, 0.000454880858, 1.07273943e-05, -0.00419961974, 0.0163517174,
    -0.0380272146, 0.0615043293, -0.0661774931, 0.0250722447, 0.077781592, -0.22948754, 1.15684863,
)  # fmt: skip


def bell(x: Float[Array, "*shape"], height: Float[Array, "*shape"] | float = 1.0) -> Float[Array, "*shape"]:
    r"""The bell of some height.

    .. math::

        h e^{-x^2/2} = e^{-k^2/4} h e^{-k^2/4} e^{-(x - k)(x + k)/2}

    where :math:`k` is x rounded to so few bits that its square is exact: the rounding of :math:`x^2` alone would cost
    :math:`x^2/2` ulps. The height :math:`h` stands between two halves, so that no product on the way underflows unless
    the result does.
    """
    # Beyond 60 all is 0; a finite bound keeps inf - inf out. The second factor is 1 + expm1, since XLA fuses two exps.
    x = jnp.clip(x, -60.0, 60.0)
    k = jax.lax.stop_gradient(jnp.round(64 * x) / 64)
    half = jnp.exp(-k * k / 4)
    coarse = (half * height) * half
    return coarse + coarse * jnp.expm1(-(x - k) * (x + k) / 2)


def mills(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    r"""The Mills ratio: the tail of the normal law over its density, for x from 0 to inf.

    .. math::

        m(x) = e^{x^2/2} \int_x^\infty e^{-t^2/2}\, dt
    """
    t = 1 - 10 / (x + 5)
    return horner(_DOUBLE if x.dtype == jnp.float64 else _SINGLE, t) / (1 + x)
