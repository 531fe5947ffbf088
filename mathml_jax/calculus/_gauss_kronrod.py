"""Kronrod's 21 points around Gauss's ten: one set of values, two estimates, and the error from their difference."""

from functools import partial
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

# From the end to the middle; the other half is its mirror image. Every second node is Gauss's.
_NODES = (
    0.9956571630258080807,
    0.9739065285171717201,
    0.930157491355708226,
    0.8650633666889845107,
    0.7808177265864168971,
    0.6794095682990244062,
    0.5627571346686046833,
    0.4333953941292471908,
    0.2943928627014601981,
    0.1488743389816312109,
    0.0,
)
_KRONROD = (
    0.01169463886737187428,
    0.03255816230796472748,
    0.05475589657435199603,
    0.07503967481091995277,
    0.09312545458369760554,
    0.1093871588022976419,
    0.1234919762620658511,
    0.1347092173114733259,
    0.1427759385770600808,
    0.1477391049013384914,
    0.1494455540029169057,
)
_GAUSS = (
    0.06667134430868813759,
    0.1494513491505805931,
    0.219086362515982044,
    0.2692667193099963551,
    0.2955242247147528702,
)


def _mirrored(half: np.ndarray, sign: float = 1.0) -> np.ndarray:
    return np.concatenate([sign * half[:-1], half[::-1]])


NODES = _mirrored(np.array(_NODES), -1.0)
KRONROD = _mirrored(np.array(_KRONROD))
GAUSS = _mirrored(np.append(np.stack([np.zeros(5), _GAUSS], axis=1), 0.0))
"""Nodes from -1 to 1, Kronrod's weights, and Gauss's, which are 0 at the nodes that Kronrod added."""


class Panel(NamedTuple):
    """What values say of an integral: how large it is, how far off that may be, and that of the absolute value."""

    value: Float[Array, "..."]
    error: Float[Array, "..."]
    magnitude: Float[Array, "..."]


def gauss_kronrod(y: Float[Array, "21 ..."], half: Float[Array, "..."]) -> Panel:
    r"""The integral over a panel of which `half` is half the width, from the values at the nodes.

    .. math::

        E = D \min\left(1, \left(\frac{200\, |K - G|}{D}\right)^{3/2}\right), \qquad D = \int |f - \bar f|

    Piessens's estimate, never less than 50 eps times the integral of the absolute value.
    """
    kronrod, gauss = (jnp.asarray(w, y.dtype) for w in (KRONROD, GAUSS))
    info = jnp.finfo(y.dtype)
    # As a product, since XLA's CPU backend takes its time for sums along a first axis.
    add = partial(jnp.tensordot, axes=1, precision="highest")
    value = add(kronrod, y)
    difference = jnp.abs(value - add(gauss, y)) * half
    spread = add(kronrod, jnp.abs(y - value[None] / 2)) * half
    magnitude = add(kronrod, jnp.abs(y)) * half
    ratio = jnp.minimum(1.0, 200 * difference / jnp.maximum(spread, info.tiny))
    error = jnp.maximum(spread * ratio * jnp.sqrt(ratio), 50 * float(info.eps) * magnitude)
    return Panel(value * half, error, magnitude)
