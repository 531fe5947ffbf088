"""How fast Newton's method closes in on a minimum."""

from collections.abc import Callable

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.optimize import newton_step

Number = Float[Array, ""]


def _f(x: Number, c: Number, d: Number) -> Number:
    return c * x**2 / 2 + d * x**3 / 6 + x**4 / 24


def _slope(x: Number, c: Number, d: Number) -> Number:
    return c * x + d * x**2 / 2 + x**3 / 6


def _curvature(x: Number, c: Number, d: Number) -> Number:
    return c + d * x + x**2 / 2


def _from_both_sides(left: Callable[[Number], Number], h: Number) -> Number:
    """The mean of what is left over the squared distance, from h and from -h."""
    return (left(h) / h**2 + left(-h) / h**2) / 2


def _in_code(c: Number, d: Number, h: Number) -> Number:
    return _from_both_sides(lambda x: x + newton_step(lambda p: _f(p[0], c, d), x[None]).step[0], h)


def _after_a_step(c: Number, d: Number, h: Number) -> Number:
    return _from_both_sides(lambda x: x - _slope(x, c, d) / _curvature(x, c, d), h)


def _over_one_denominator(c: Number, d: Number, h: Number) -> Number:
    return _from_both_sides(lambda x: (x * _curvature(x, c, d) - _slope(x, c, d)) / _curvature(x, c, d), h)


DERIVATION = Derivation(
    title="Newton's method doubles the right digits",
    proves=newton_step,
    evaluate=_in_code,
    code_first=True,
    example=lambda key: (
        random.uniform(key, (), jnp.float64, 4.0, 6.0),
        random.uniform(random.fold_in(key, 1), (), jnp.float64, 0.5, 1.5),
    ),
    steps=(
        Step(
            "Let the minimum be at 0 and the start x at h or -h. What is left after one step, in squares of the "
            "distance, on average.",
            r"\operatorname{mean}_{x = \pm h} \frac{1}{x^2} \left( x - \frac{f'(x)}{f''(x)} \right)",
            _after_a_step,
            because="the definition of the step",
        ),
        Step(
            "Over one denominator: the numerator is how far the tangent of the slope misses zero.",
            r"\operatorname{mean}_{x = \pm h} \frac{x f''(x) - f'(x)}{x^2 f''(x)}",
            _over_one_denominator,
            because="adding fractions",
        ),
        Step(
            "The slope is x times the curvature but for a square of x: the error is squared in every step, times a "
            "constant, and the number of right digits doubles.",
            r"\frac{f'''(0)}{2 f''(0)}",
            lambda c, d: d / (2 * c),
            relation="→",
            because="Taylor's theorem",
            rate=2,
        ),
    ),
)
