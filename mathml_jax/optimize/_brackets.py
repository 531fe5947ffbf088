"""The loops of the methods that keep a root between two points."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from mathml_jax.optimize._roots import GOES_ON, RootResults, Scalar, flag_of, result


class _Bracket(NamedTuple):
    """The latest point, the one beyond the root, the latest that was replaced, the function there, and the counts."""

    a: Float[Array, ""]
    b: Float[Array, ""]
    c: Float[Array, ""]
    fa: Float[Array, ""]
    fb: Float[Array, ""]
    fc: Float[Array, ""]
    iterations: Int[Array, ""]
    flag: Int[Array, ""]

    @property
    def root(self) -> Float[Array, ""]:
        """The end where the function is smaller."""
        return jnp.where(jnp.abs(self.fa) <= jnp.abs(self.fb), self.a, self.b)

    @property
    def exact(self) -> Bool[Array, ""]:
        return (self.fa == 0) | (self.fb == 0)


def halving(f: Scalar, ends: tuple[Array, ...], options: Any) -> RootResults:
    """The middle, until half of the interval is short enough."""

    def middle(now: _Bracket, tolerance: Array) -> Array:
        del tolerance
        return now.a + (now.b - now.a) / 2

    return _narrowed(f, ends, options, middle)


def interpolating(f: Scalar, ends: tuple[Array, ...], options: Any) -> RootResults:
    """The inverse parabola where it does not turn between the points, and the middle elsewhere."""

    def parabola(now: _Bracket, tolerance: Array) -> Array:
        a, b, c, fa, fb, fc = now[:6]
        width = b - a
        place, height = (a - b) / (c - b), (fa - fb) / (fc - fb)
        straight = (height**2 < place) & ((1 - height) ** 2 < 1 - place)
        part = fa / (fb - fa) * fc / (fb - fc) + (c - a) / width * fa / (fc - fa) * fb / (fc - fb)
        part = jnp.where(straight & jnp.isfinite(part), part, 0.5)
        least = jnp.minimum(0.5, tolerance / (2 * jnp.abs(width)))
        return a + jnp.clip(part, least, 1 - least) * width

    return _narrowed(f, ends, options, parabola)


def _narrowed(f: Scalar, ends: tuple[Array, ...], options: Any, next_point: Any) -> RootResults:
    """Each turn of the loop is one evaluation between the ends."""
    xtol, rtol, maxiter = options

    def judged(now: _Bracket, undefined: Array) -> _Bracket:
        """How the search stands; the best guess is in the middle of what is left, at most half its width off."""
        width, tolerance = jnp.abs(now.b - now.a), xtol + rtol * jnp.abs(now.root)
        flag = flag_of(
            NOT_FINITE=undefined, CONVERGED=now.exact | (width <= tolerance), MAXITER=now.iterations >= maxiter
        )
        return now._replace(flag=flag)

    def turn(now: _Bracket) -> _Bracket:
        x = next_point(now, xtol + rtol * jnp.abs(now.root))
        value = f(x)
        same = jnp.sign(value) == jnp.sign(now.fa)
        b, fb = jnp.where(same, now.b, now.a), jnp.where(same, now.fb, now.fa)
        c, fc = jnp.where(same, now.a, now.b), jnp.where(same, now.fa, now.fb)
        after = _Bracket(x, b, c, value, fb, fc, now.iterations + 1, now.flag)
        undefined = jnp.isnan(value)
        kept = now._replace(iterations=now.iterations + 1)
        return judged(jax.tree.map(lambda old, new: jnp.where(undefined, old, new), kept, after), undefined)

    a, b = ends
    fa, fb = jax.vmap(f)(jnp.stack([a, b]))
    start = judged(_Bracket(a, b, a, fa, fb, fa, jnp.int32(0), jnp.int32(0)), jnp.isnan(fa) | jnp.isnan(fb))
    same = jnp.sign(fa) * jnp.sign(fb) > 0
    start = start._replace(flag=jnp.where(same, flag_of(SIGN=True), start.flag))
    end = jax.lax.while_loop(lambda now: now.flag == GOES_ON, turn, start)
    return result(jnp.where(same, jnp.nan, end.root), end.iterations, end.iterations + 2, end.flag)
