"""Slopes of a function from its values alone, each with its error.

The function takes an array to one of the same shape, entry by entry. The points have shape [1, n] and the steps, all of
them powers of two, [scales, n].
"""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mathml_jax._checks import nan_unless
from mathml_jax._differences import RATIO, Estimate, binary_scale, settled, tableau

Function = Callable[[Array], Array]


def slope(method: str, f: Function, x: Float[Array, " n"], largest: Float[Array, ""] | None) -> Estimate:
    """The slope by one of the `METHODS`; without a largest step, with those that suit the method and the point."""
    estimate, fraction = _METHODS[method]
    own = fraction(float(jnp.finfo(x.dtype).eps)) * _scales(x)
    h = own if largest is None else jnp.full((1, len(x)), largest)
    return estimate(f, x[None], _power_of_two(h))


def _richardson(f: Function, x: Array, h: Array) -> Estimate:
    """A ladder of central quotients, extrapolated; of one-sided ones where only one side is finite."""
    levels = 24 if jnp.finfo(x.dtype).eps < 1e-10 else 11
    h = RATIO ** -jnp.arange(levels, dtype=x.dtype)[:, None, None] * h[None]
    left, here, right = ((at, f(at)) for at in (x[None] - h, x[None], x[None] + h))
    ahead = jnp.isfinite(right[1])
    start = [jnp.where(ahead, a, b) for a, b in zip(here, left, strict=True)]
    stop = [jnp.where(ahead, a, b) for a, b in zip(right, here, strict=True)]
    central = _settled(tableau(*_quotients(left, right, h), order=2), h)
    one_sided = _settled(tableau(*_quotients(start, stop, h), order=1), h)
    return jax.tree.map(lambda c, o: jnp.where(jnp.isinf(central.error), o, c), central, one_sided)


def _forward(f: Function, x: Array, h: Array) -> Estimate:
    """The quotient ahead, whose error grows with the step."""
    return _with_twice(f, x, jnp.zeros_like(h), h, order=1)


def _central(f: Function, x: Array, h: Array) -> Estimate:
    """The quotient around x, whose error grows with the square of the step."""
    return _with_twice(f, x, h, h, order=2)


def _complex_step(f: Function, x: Array, h: Array) -> Estimate:
    """The imaginary part of f just off the real axis, so close that nothing is truncated.

    A neighbour of x, with another step, tells how much rounding within f moves the slope; and operations on complex
    numbers round their imaginary part in units of the whole.
    """
    info = jnp.finfo(x.dtype)

    def slope(x: Array, h: Array) -> Array:
        return jnp.imag(f(jax.lax.complex(jnp.broadcast_to(x, h.shape), h))) / h

    # Off its domain a function may well be complex: a real one has no slope there.
    here = f(x)
    value = slope(x, h) * nan_unless(jnp.isfinite(here), x)
    rounding = 4 * info.eps * (2 * abs(value) + abs(here) / jnp.maximum(1, abs(x))) + float(info.tiny) * 1024 / h
    error = 2 * abs(value - slope(x * (1 + 2 * info.eps), h / 1024)) + rounding
    return _settled(_finite(value, error), h)


def _with_twice(f: Function, x: Array, back: Array, ahead: Array, order: int) -> Estimate:
    """One quotient; another with twice the step differs by 2^order - 1 times its error, of which twice is given."""
    back, ahead = (jnp.stack([h, 2 * h]) for h in (back, ahead))
    start, stop = x[None] - back, x[None] + ahead
    (once, twice), (noise, _) = _quotients((start, f(start)), (stop, f(stop)), ahead)
    return _settled(_finite(once, 2 * abs(once - twice) / (2**order - 1) + 2 * noise), ahead[0])


def _quotients(start: Sequence[Array], stop: Sequence[Array], h: Array) -> tuple[Array, Array]:
    """The difference quotients between points and their values, and what the rounding of two values takes from them."""
    (a, low), (b, high) = start, stop
    noise = jnp.finfo(h.dtype).eps * (jnp.maximum(abs(low), abs(high)) / h)
    return (high - low) / (b - a), noise


def _settled(estimates: Estimate, h: Array) -> Estimate:
    """The best of all levels and scales."""
    return settled(*jax.tree.map(lambda part: part.reshape(-1, part.shape[-1]), (estimates, h)))


def _finite(value: Array, error: Array) -> Estimate:
    return Estimate(value, jnp.where(jnp.isfinite(value) & jnp.isfinite(error), error, jnp.inf))


def _scales(x: Float[Array, " n"]) -> Float[Array, "2 n"]:
    """max(1, abs(x)), and abs(x) where it is smaller: a function may have its features at either scale."""
    info = jnp.finfo(x.dtype)
    least = float(info.tiny) / float(info.eps) ** 2
    own = jnp.where(jnp.isfinite(x) & (x != 0), jnp.maximum(jnp.abs(x), least), 1.0)
    return jnp.stack([binary_scale(x), jnp.minimum(own, binary_scale(x))])


def _power_of_two(h: Array) -> Array:
    return jnp.exp2(jnp.round(jnp.log2(h)))


_METHODS: dict[str, tuple[Callable[[Function, Array, Array], Estimate], Callable[[float], float]]] = {
    "richardson": (_richardson, lambda eps: 1 / 8),
    "forward": (_forward, lambda eps: eps ** (1 / 2)),
    "central": (_central, lambda eps: eps ** (1 / 3)),
    "complex step": (_complex_step, lambda eps: eps ** (3 / 2)),
}
METHODS = tuple(_METHODS)
"""The ways to estimate a slope."""
