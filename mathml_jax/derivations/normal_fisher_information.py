"""What one normal observation tells: from the slopes of the log-likelihood, from its bend, in numbers."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations._area import expected
from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.distributions import norm

Number = Float[Array, ""]
Information = Float[Array, "2 2"]


def _log_density(x: Number, theta: Float[Array, "2"]) -> Number:
    return norm.logpdf(x, theta[0], theta[1])


def _slopes(loc: Number, scale: Number) -> Information:
    def product(x: Number) -> Information:
        slope = jax.grad(_log_density, argnums=1)(x, jnp.stack([loc, scale]))
        return jnp.outer(slope, slope)

    return expected(lambda z: jax.vmap(product, out_axes=-1)(loc + scale * z))


def _bend(loc: Number, scale: Number) -> Information:
    def hessian(x: Number) -> Information:
        return jax.hessian(_log_density, argnums=1)(x, jnp.stack([loc, scale]))

    return -expected(lambda z: jax.vmap(hessian, out_axes=-1)(loc + scale * z))


def _moments(loc: Number, scale: Number) -> Information:
    def rows(z: Array) -> Array:
        return jnp.stack([jnp.stack([jnp.ones_like(z), 2 * z]), jnp.stack([2 * z, 3 * z**2 - 1])])

    return expected(rows) / scale**2


DERIVATION = Derivation(
    title="The Fisher information of the normal law",
    proves=norm.fisher_information,
    example=lambda key: (
        random.normal(key, (), jnp.float64),
        random.uniform(random.fold_in(key, 1), (), jnp.float64, 0.5, 2.0),
    ),
    steps=(
        Step(
            "An observation that pushes hard on the parameters tells much about them. The push is the slope of the "
            "log-density; its square is averaged under the law itself.",
            r"E[s s^\top], \quad s = \nabla_{\mu, \sigma} \log f(X)",
            _slopes,
            because=norm.score,
        ),
        Step(
            "The area under a density is 1 whatever the parameters. Differentiate that twice: the information is also "
            "how sharply the log-density bends.",
            r"-E\left[\nabla^2_{\mu, \sigma} \log f(X)\right]",
            _bend,
            because="differentiating under the integral sign",
        ),
        Step(
            "Differentiate, and count in standard deviations from the mean.",
            r"\frac{1}{\sigma^2} E \begin{pmatrix} 1 & 2Z \\ 2Z & 3Z^2 - 1 \end{pmatrix}, \quad"
            r" Z = \frac{X - \mu}{\sigma}",
            _moments,
            because=norm.logpdf,
        ),
        Step(
            "On average Z is 0 and its square is 1. Mean and scale do not mix: to know one is no help with the other.",
            r"\frac{1}{\sigma^2} \begin{pmatrix} 1 & 0 \\ 0 & 2 \end{pmatrix}",
            lambda loc, scale: jnp.diag(jnp.array([1.0, 2.0])) / scale**2,
            because=norm.var,
        ),
    ),
)
