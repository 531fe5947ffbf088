"""Two mistakes, caught while the reader looks on: a wrong sign, and a point where autodiff itself gives NaN."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mathml_jax._compare import Comparison, Verdict, compare
from mathml_jax.nn.activations import softmax


@dataclass(frozen=True)
class Catch:
    """A comparison that must end in a certain verdict, or the report is not to be believed.

    Attributes:
      comparison: what `compare` found.
      expected: what it has to find.
    """

    comparison: Comparison
    expected: Verdict

    @property
    def ok(self) -> bool:
        """Whether the mistake was caught."""
        return self.comparison.verdict == self.expected


def wrong_softmax_jacobian(x: Float[Array, " n"]) -> Float[Array, "n n"]:
    r"""The Jacobian of softmax with a sign lost off the diagonal.

    .. math::

        \frac{\partial p_i}{\partial x_j} = p_i(\delta_{ij} - p_j)
    """
    p = softmax(x)
    off_diagonal = 1 - jnp.eye(x.size, dtype=x.dtype)
    return jnp.diag(p * (1 - p)) + off_diagonal * jnp.outer(p, p)


def sinc(x: Float[Array, ""]) -> Float[Array, ""]:
    """sin(x) / x with its limit at 0, as it is usually written."""
    return jnp.where(x != 0, jnp.sin(x) / x, 1.0)


def sinc_derivative(x: Float[Array, ""]) -> Float[Array, ""]:
    r"""The derivative of `sinc`, with its limit at 0.

    .. math::

        \frac{x \cos x - \sin x}{x^2}
    """
    away = jnp.where(x == 0, 1.0, x)
    return jnp.where(x == 0, 0.0, (away * jnp.cos(away) - jnp.sin(away)) / away**2)


def catches() -> tuple[Catch, Catch]:
    """Both, computed now."""
    with jax.enable_x64(True):
        scores = jnp.log(jnp.array([1.0, 2.0, 3.0, 4.0]))
        sign = compare(softmax, wrong_softmax_jacobian, scores, kind="jacobian")
        nan = compare(sinc, sinc_derivative, jnp.array(0.0), kind="derivative")
    return Catch(sign, Verdict.HAND_WRONG), Catch(nan, Verdict.AUTODIFF_WRONG)
