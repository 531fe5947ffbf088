"""Maximum likelihood for any family: Newton's method in coordinates that range over all real numbers."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

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


class _State(NamedTuple):
    """The point, slope and curvature of the point before, whether it is another one, and how many were."""

    theta: Array
    slopes: Array
    curvature: Array
    moved: Array
    turn: Array


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

        def parameters(theta: Array, fixed: dict[str, Array]) -> dict[str, Array]:
            own = fixed | {n: link.inverse(t) for n, link, t in zip(free, links, theta, strict=True)}
            return {name: own[name] for name in law.parameters}

        def mean(theta: Array, given: Any) -> Array:
            x, fixed = given
            return jnp.mean(likelihood(x, *parameters(theta, fixed).values()))

        def slope(theta: Array, given: Any) -> Array:
            x, fixed = given
            slopes = score(x, *parameters(theta, fixed).values())._asdict()
            pace = [jax.grad(link.inverse)(t) for link, t in zip(links, theta, strict=True)]
            return jnp.stack([jnp.mean(slopes[name]) * p for name, p in zip(free, pace, strict=True)])

        shifted = (x - fixed.get("loc", 0.0)) / fixed.get("scale", 1.0)
        guess = start(stop_gradient(shifted), *(fixed[name] for name in numbers))
        theta = jnp.stack([link.forward(guess[n]) for n, link in zip(free, links, strict=True)])
        best = parameters(maximum(mean, slope, theta, (x, fixed)), fixed)
        return law.Parameters(*(best[name].astype(given.dtype) for name in law.Parameters._fields))

    return derived(law, "fit", body, "data", *numbers, parameters=False, **defaults)


Function = Callable[[Array, Any], Array]


@partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def maximum(f: Function, slope: Function, theta: Array, given: Any) -> Array:
    """Where f(., given) is greatest, by Newton's method from `theta`.

    `slope` is the gradient of f in theta; what remains to be derived of it is only its own.
    """

    def both(theta: Array) -> tuple[Array, Array]:
        slopes = slope(theta, given)
        return slopes, slopes

    def moving(state: _State) -> Array:
        return state.moved & (state.turn < ROUNDS)

    def round(state: _State) -> _State:
        theta = state.theta
        curvature, slopes = jax.jacfwd(both, has_aux=True)(theta)
        trials = theta[None] + jnp.outer(jnp.asarray(SHORTER, theta.dtype), _newton(curvature, slopes))
        trials = jnp.concatenate([theta[None], trials])
        values = jax.vmap(f, (0, None))(trials, given)
        at = jnp.argmax(jnp.where(jnp.isnan(values), -jnp.inf, values))
        return _State(trials[at], slopes, curvature, at > 0, state.turn + 1)

    flat = jnp.zeros((*theta.shape, *theta.shape), theta.dtype)
    start = _State(theta, jnp.zeros_like(theta), flat, jnp.array(True), jnp.zeros((), jnp.int32))
    end = jax.lax.while_loop(moving, round, start)
    # One more step, whose gain is too small to be seen in f.
    return end.theta - jnp.linalg.solve(end.curvature, end.slopes)


@maximum.defjvp
def _implicit(f: Function, slope: Function, primals: Any, tangents: Any) -> tuple[Array, Array]:
    """The slope stays 0; where the search began does not matter."""
    theta, given = primals
    top = maximum(f, slope, theta, given)
    turn = jax.jvp(lambda given: slope(top, given), (given,), (tangents[1],))[1]
    return top, -jnp.linalg.solve(jax.jacfwd(slope)(top, given), turn)


def _newton(curvature: Array, slopes: Array) -> Array:
    """Newton's step, uphill even where the likelihood is not concave."""
    values, vectors = jnp.linalg.eigh(jnp.nan_to_num((curvature + curvature.T) / 2))
    size = jnp.abs(values)
    return vectors @ ((vectors.T @ slopes) / jnp.maximum(size, 1e-6 * jnp.max(size)))
