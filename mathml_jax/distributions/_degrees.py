"""What the two degrees of freedom of the F law do to it: slopes and information in which nothing cancels.

All in their halves a and b, with s = a + b.
"""

import jax.numpy as jnp
from jax.lax import fori_loop
from jaxtyping import Array

from mathml_jax.distributions._slopes import trigamma, trigamma_rest, trigamma_rest_drop
from mathml_jax.special._rising import log_less_digamma_drop
from mathml_jax.special._stirling import log1pmx

_MANY = 16


def slopes(x: Array, u: Array, v: Array, a: Array, b: Array) -> tuple[Array, Array, Array]:
    r"""The slopes of the density's logarithm in 2 a and 2 b, and a v - b u, for x with the shares u and v.

    .. math::

        \begin{aligned}
        2 \frac{\partial \log f}{\partial (2 a)} &= D(a) - D(s) + \log(1 + \delta) - \delta, \qquad
        \delta = \frac{u s}{a} - 1 = v (x - 1) \\
        2 \frac{\partial \log f}{\partial (2 b)} &= D(b) - D(s) + \log(1 + \varepsilon) - \varepsilon, \qquad
        \varepsilon = \frac{v s}{b} - 1 = -\frac{a}{b} \delta
        \end{aligned}

    with :math:`D(a) = \log a - \psi(a)`.
    """
    high = x > 1
    far = jnp.where(high, x, 1.0)
    # The size of the negative one of delta and epsilon.
    lack = jnp.where(high, u * (1 - 1 / far), v * (1 - x))
    larger, smaller = jnp.where(high, a, b), jnp.where(high, b, a)
    share = jnp.where(high, v, u) * ((a + b) / smaller)
    less = jnp.where(lack > 0.5, jnp.log(share) + lack, log1pmx(-jnp.where(lack > 0.5, 0.0, lack)))
    more = log1pmx(smaller / larger * lack)
    above = (log_less_digamma_drop(a, b) + jnp.where(high, more, less)) / 2
    below = (log_less_digamma_drop(b, a) + jnp.where(high, less, more)) / 2
    return above, below, jnp.where(high, -b * lack, a * lack)


def own_information(a: Array, b: Array) -> Array:
    r"""The fall of trigamma from a to s, less what estimating the scale takes of it.

    .. math::

        \begin{aligned}
        J(a) &= \psi'(a) - \psi'(s) - \frac{b (s + 2)}{a s (s + 1)} \\
        J(a) - J(a + 1) &= \frac{b}{a^2 s^2} \cdot
        \frac{b s (s + a) + 2 a^2 + a (s + 2) + s (3 s + 2)}{(a + 1)(s + 1)(s + 2)}
        \end{aligned}

    where s grows with a; a sum of such steps, and far out the series of trigamma beyond its first two terms.
    """

    def add(k: Array, total: Array) -> Array:
        x = a + k.astype(a.dtype)
        s = x + b
        terms = b * s * (s + x) + 2 * x * x + x * (s + 2) + s * (3 * s + 2)
        return total + b / (x * s) ** 2 * terms / ((x + 1) * (s + 1) * (s + 2))

    few = a < _MANY
    near = fori_loop(0, _MANY, add, jnp.zeros_like(a + b))
    x = jnp.where(few, a + _MANY, a)
    s = x + b
    beyond = b / x / s * ((b + 1 + x / s) / (2 * x * (s + 1))) + trigamma_rest_drop(x, b)
    return beyond + jnp.where(few, near, 0.0)


def shared_information(s: Array) -> Array:
    r"""What the two degrees of freedom share.

    .. math::

        \frac{s + 2}{s (s + 1)} - \psi'(s)
    """
    many = jnp.where(s > _MANY, s, float(_MANY))
    beyond = (many - 1) / (2 * many**2 * (many + 1)) - trigamma_rest(many)
    return jnp.where(s > _MANY, beyond, (s + 2) / s / (s + 1) - trigamma(s))
