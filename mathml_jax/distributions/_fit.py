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


def fit(law: Law, start: Callable[..., Mapping[str, Array]], *held: str) -> Callable[..., Any]:
    """The verb `fit`: from the parameters that `start` guesses of the data to those of the greatest likelihood.

    The parameters in `held` are known: ``floc=0`` and ``fscale=1`` unless the caller says otherwise, as in SciPy. Those
    that data never estimate stand after the data. The family's `score` comes before its `fit`.
    """
    free = [name for name in law.Parameters._fields if name not in held]
    links = [LINKS[law.parameters[name].link] for name in free]
    defaults = {f"f{name}": {"loc": 0.0, "scale": 1.0}[name] for name in held}
    numbers = [name for name, p in law.parameters.items() if not (p.estimated or name in held)]
    likelihood, score = (law.verbs["logpmf" if law.variable == "k" else "logpdf"]), law.verbs["score"]

    def body(data: Any, *counted: Any, **known: Any) -> Any:
        given = as_float(data)
        x = widened(given).ravel()
        fixed = {name: known[f"f{name}"] for name in held} | dict(zip(numbers, counted, strict=True))
        fixed = {name: jnp.asarray(value, x.dtype) for name, value in fixed.items()}

        def parameters(theta: Array) -> dict[str, Array]:
            own = fixed | {n: link.inverse(t) for n, link, t in zip(free, links, theta, strict=True)}
            return {name: own[name] for name in law.parameters}

        def mean(theta: Array, x: Array) -> Array:
            return jnp.mean(likelihood(x, *parameters(theta).values()))

        def slope(theta: Array, x: Array) -> Array:
            slopes = score(x, *parameters(theta).values())._asdict()
            pace = [jax.grad(link.inverse)(t) for link, t in zip(links, theta, strict=True)]
            return jnp.stack([jnp.mean(slopes[name]) * p for name, p in zip(free, pace, strict=True)])

        shifted = (x - fixed.get("loc", 0.0)) / fixed.get("scale", 1.0)
        guess = start(stop_gradient(shifted), *(fixed[name] for name in numbers))
        theta = jnp.stack([link.forward(guess[n]) for n, link in zip(free, links, strict=True)])
        best = parameters(maximum(mean, slope, theta, x))
        return law.Parameters(*(best[name].astype(given.dtype) for name in law.Parameters._fields))

    return derived(law, "fit", body, "data", *numbers, parameters=False, **defaults)


Function = Callable[[Array, Array], Array]


def maximum(f: Function, slope: Function, theta: Array, data: Array) -> Array:
    """Where f(., data) is greatest, by Newton's method from `theta`; its derivative in the data is the implicit one.

    `slope` is the gradient of f in theta; what remains to be derived of it is only its own.
    """
    known = stop_gradient(data)

    def both(theta: Array) -> tuple[Array, Array]:
        slopes = slope(theta, known)
        return slopes, slopes

    def moving(state: tuple[Array, ...]) -> Array:
        return state[2] & (state[3] < ROUNDS)

    def round(state: tuple[Array, ...]) -> tuple[Array, ...]:
        theta, turn = state[0], state[3]
        curvature, slopes = jax.jacfwd(both, has_aux=True)(theta)
        trials = theta[None] + jnp.outer(jnp.asarray(SHORTER, theta.dtype), _newton(curvature, slopes))
        trials = jnp.concatenate([theta[None], trials])
        values = jax.vmap(f, (0, None))(trials, known)
        at = jnp.argmax(jnp.where(jnp.isnan(values), -jnp.inf, values))
        return trials[at], curvature, at > 0, turn + 1

    theta = stop_gradient(theta)
    state = (theta, jnp.zeros((*theta.shape, *theta.shape), theta.dtype), jnp.array(True), jnp.zeros((), jnp.int32))
    top, curvature, _, _ = jax.lax.while_loop(moving, round, state)
    # One more step, of which only the slope depends on the data: the implicit function theorem.
    return top - jnp.linalg.solve(curvature, slope(top, data))


def _newton(curvature: Array, slopes: Array) -> Array:
    """Newton's step, uphill even where the likelihood is not concave."""
    values, vectors = jnp.linalg.eigh(jnp.nan_to_num((curvature + curvature.T) / 2))
    size = jnp.abs(values)
    return vectors @ ((vectors.T @ slopes) / jnp.maximum(size, 1e-6 * jnp.max(size)))
