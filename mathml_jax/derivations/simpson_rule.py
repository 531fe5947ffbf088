"""Simpson's rule, from a parabola through three points."""

import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, Float

from mathml_jax.calculus import simpson
from mathml_jax.derivations._area import area
from mathml_jax.derivations.steps import Derivation, Step

Values = Float[Array, "3"]
Number = Float[Array, ""]


def _lagrange(y: Values, h: Number) -> Number:
    def parabola(x: Array) -> Array:
        left, middle, right = x * (x - h), (h - x) * (h + x), x * (x + h)
        return (y[0] * left / 2 + y[1] * middle + y[2] * right / 2) / h**2

    return area(parabola, -h, h)


def _newton(y: Values, h: Number) -> Number:
    slope, bend = (y[2] - y[0]) / (2 * h), (y[0] - 2 * y[1] + y[2]) / (2 * h**2)
    return area(lambda x: y[1] + slope * x + bend * x**2, -h, h)


DERIVATION = Derivation(
    title="Simpson's rule",
    proves=simpson,
    evaluate=lambda y, width: simpson(y, dx=width),
    example=lambda key: (
        random.normal(key, (3,), jnp.float64),
        random.uniform(random.fold_in(key, 1), (), jnp.float64, 0.1, 2.0),
    ),
    steps=(
        Step(
            "Three values fix one parabola; take the area under it.",
            r"\int_{-d}^{d} \Bigl( y_0 \frac{x (x - d)}{2 d^2} + y_1 \frac{d^2 - x^2}{d^2}"
            r" + y_2 \frac{x (x + d)}{2 d^2} \Bigr) dx",
            lambda y, width: _lagrange(y, width),
            because="Lagrange's interpolation",
        ),
        Step(
            "Sort it by powers of x: height, slope and bend in the middle.",
            r"\int_{-d}^{d} \Bigl( y_1 + \frac{y_2 - y_0}{2d} x + \frac{y_0 - 2 y_1 + y_2}{2 d^2} x^2 \Bigr) dx",
            lambda y, width: _newton(y, width),
            because="algebra",
        ),
        Step(
            "The odd power cancels out between left and right, the even ones integrate at once.",
            r"2 d\, y_1 + \frac{2 d^3}{3} \cdot \frac{y_0 - 2 y_1 + y_2}{2 d^2}",
            lambda y, width: 2 * width * y[1] + 2 * width**3 / 3 * (y[0] - 2 * y[1] + y[2]) / (2 * width**2),
            because="the integral of a power",
        ),
        Step(
            "Collect: the middle counts four times as much as an end.",
            r"\frac{d}{3} (y_0 + 4 y_1 + y_2)",
            lambda y, width: width / 3 * (y @ np.array([1.0, 4.0, 1.0])),
            because="algebra",
        ),
    ),
)
