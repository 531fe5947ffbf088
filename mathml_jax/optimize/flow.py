"""The smooth path that gradient descent steps along."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Real

from mathml_jax._concept import Concept
from mathml_jax.calculus._scalar import scalar_valued
from mathml_jax.calculus.ode import rk4


@partial(jax.jit, static_argnames="f")
def gradient_flow(f: Callable[..., Any], x0: Any, t: Real[ArrayLike, " n"]) -> Any:
    r"""The path that runs downhill without steps: what gradient descent tends to as its rate goes to zero.

    .. math::

        \frac{dx}{dt} = -\nabla f(x), \qquad x(0) = x_0

    where :math:`x` is the point at the time :math:`t`, :math:`x_0` the start and :math:`\nabla f(x)` the gradient of
    the function :math:`f` there. Gradient descent with the rate h is Euler's method on it: after t / h steps it is off
    by a multiple of h. Here Runge and Kutta's method follows the path, off by h to the fourth.

    Why it matters: along the flow the function never grows, since its slope in time is minus the square of the
    gradient's length; what gradient descent does worse, zigzags and divergence, its finite rate does.

    Args:
      f: a function of one array, or one tree of arrays, to a scalar, made of JAX operations; each new one is compiled.
      x0: the start, an array or a tree.
      t: times, shape [n], ascending: the steps must be below 2.78 over the largest curvature.

    Returns:
      The points at all times, shaped like `x0` with an axis of n in front.

    Raises:
      ValueError: `t` has not one axis, or `f` does not return a scalar.

    References:
      Su, Boyd and Candès, "A differential equation for modeling Nesterov's accelerated gradient method", 2016.

    >>> gradient_flow(lambda x: x**2 / 2, 1.0, jnp.linspace(0.0, 1.0, 11))[-1].round(3).item()
    0.368
    """

    def downhill(x: Any, t: Array) -> Any:
        del t
        return jax.tree.map(jnp.negative, jax.grad(scalar_valued("gradient_flow", f, x))(x))

    return rk4(downhill, x0, t)


CONCEPTS = (
    Concept(
        gradient_flow,
        example=lambda key: (random.normal(key, (2,), jnp.float64), jnp.arange(5, dtype=jnp.float64) / 4),
        # Each step multiplies by the first terms of the exponential series.
        oracle=lambda x, t: np.polyval([1 / 24, -1 / 6, 1 / 2, -1, 1], [1 / 4, 1 / 2]) ** np.arange(5)[:, None] * x,
        evaluate=lambda x, t: gradient_flow(lambda p: p[0] ** 2 / 2 + p[1] ** 2, x, t),
    ),
)
