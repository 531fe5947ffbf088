"""Maximum likelihood for any family: Newton's method in coordinates that range over all real numbers."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax import stop_gradient
from jaxtyping import Array

from mathml_jax._checks import as_float, widened
from mathml_jax.distributions._derived import derived
from mathml_jax.distributions._law import Law
from mathml_jax.distributions._verbs import LINKS

ROUNDS = 100
SHORTER = 4.0 ** -np.arange(8)
"""Parts of Newton's step that are tried, the best of which is taken."""


def fit(law: Law, start: Callable[[Array], Mapping[str, Array]], *held: str) -> Callable[..., Any]:
    """The verb `fit`: from the parameters that `start` guesses of the data to those of the greatest likelihood.

    The parameters in `held` are known: ``floc=0`` and ``fscale=1`` unless the caller says otherwise, as in SciPy.
    """
    free = [name for name in law.Parameters._fields if name not in held]
    links = [LINKS[law.parameters[name].link] for name in free]
    defaults = {f"f{name}": {"loc": 0.0, "scale": 1.0}[name] for name in held}

    def body(data: Any, **known: Any) -> Any:
        given = as_float(data)
        x = widened(given).ravel()
        fixed = {name: jnp.asarray(known[f"f{name}"], x.dtype) for name in held}

        def parameters(theta: Array) -> dict[str, Array]:
            return {**fixed, **{n: link.inverse(t) for n, link, t in zip(free, links, theta, strict=True)}}

        def likelihood(theta: Array, x: Array) -> Array:
            own = parameters(theta)
            return jnp.mean(law.verbs["logpdf"](x, *(own[name] for name in law.Parameters._fields)))

        shifted = (x - fixed.get("loc", 0.0)) / fixed.get("scale", 1.0)
        guess = start(stop_gradient(shifted))
        theta = jnp.stack([link.forward(guess[n]) for n, link in zip(free, links, strict=True)])
        best = parameters(maximum(likelihood, theta, x))
        return law.Parameters(*(best[name].astype(given.dtype) for name in law.Parameters._fields))

    return derived(law, "fit", body, "data", parameters=False, **defaults)


def maximum(f: Callable[[Array, Array], Array], theta: Array, data: Array) -> Array:
    """Where f(., data) is greatest, by Newton's method from `theta`; its derivative in the data is the implicit one."""
    known = stop_gradient(data)

    def newton(theta: Array) -> Array:
        slope, curvature = jax.grad(f)(theta, known), jax.hessian(f)(theta, known)
        values, vectors = jnp.linalg.eigh(jnp.nan_to_num(curvature))
        size = jnp.abs(values)
        # Uphill even where the likelihood is not concave.
        return vectors @ ((vectors.T @ slope) / jnp.maximum(size, 1e-6 * jnp.max(size)))

    def moving(state: tuple[Array, Array, Array]) -> Array:
        return state[1] & (state[2] < ROUNDS)

    def round(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        theta, _, turn = state
        trials = theta + jnp.asarray(SHORTER, theta.dtype)[:, None] * newton(theta)
        values = jax.vmap(f, (0, None))(trials, known)
        at = jnp.nanargmax(jnp.where(jnp.isnan(values), -jnp.inf, values))
        better = values[at] > f(theta, known)
        return jnp.where(better, trials[at], theta), better, turn + 1

    state = (stop_gradient(theta), jnp.array(True), jnp.zeros((), jnp.int32))
    top = stop_gradient(jax.lax.while_loop(moving, round, state)[0])
    # One more step, of which only the slope depends on the data: the implicit function theorem.
    return top - jnp.linalg.solve(stop_gradient(jax.hessian(f)(top, known)), jax.grad(f)(top, data))
