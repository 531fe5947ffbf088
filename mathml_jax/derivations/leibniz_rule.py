"""Leibniz's rule: the derivative of an integral whose limits and integrand both move."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.calculus import quad
from mathml_jax.derivations._area import area
from mathml_jax.derivations.steps import Derivation, Step

Number = Float[Array, ""]


def _f(x: Array, t: Number) -> Array:
    return jnp.exp(-t * x)


def _integral(t: Number) -> Number:
    return area(lambda x: _f(x, t), t, t**2 + 2)


def _three_parts(t: Number, h: Number) -> Number:
    low, high = t, t**2 + 2
    upper = area(lambda x: _f(x, t + h), high, (t + h) ** 2 + 2)
    lower = area(lambda x: _f(x, t + h), low, t + h)
    return (upper - lower) / h + area(lambda x: (_f(x, t + h) - _f(x, t)) / h, low, high)


def _limit(t: Number) -> Number:
    low, high = t, t**2 + 2
    return _f(high, t) * 2 * t - _f(low, t) + area(lambda x: -x * _f(x, t), low, high)


def _closed(t: Number) -> Number:
    low, high = t, t**2 + 2

    def moment(x: Number) -> Number:
        return (x / t + 1 / t**2) * jnp.exp(-t * x)

    return 2 * t * jnp.exp(-t * high) - jnp.exp(-t * low) + moment(high) - moment(low)


DERIVATION = Derivation(
    title="Leibniz's rule",
    proves=quad,
    evaluate=jax.grad(lambda t: quad(_f, t, t**2 + 2, (t,))[0]),
    example=lambda key: (random.uniform(key, (), jnp.float64, 0.3, 2.0),),
    steps=(
        Step(
            "The parameter t stands in the integrand and in both limits. Nudge it by h.",
            r"\frac{I(t + h) - I(t)}{h}, \quad I(t) = \int_t^{t^2 + 2} e^{-t x}\, dx",
            lambda t, h: (_integral(t + h) - _integral(t)) / h,
        ),
        Step(
            "Three things have changed: a strip joins at the upper end, one leaves at the lower, and between them the "
            "curve has moved.",
            r"\frac1h \int_b^{b(t + h)} f(x, t + h)\, dx - \frac1h \int_a^{a(t + h)} f(x, t + h)\, dx"
            r" + \int_a^b \frac{f(x, t + h) - f(x, t)}{h}\, dx",
            _three_parts,
            because="areas side by side add up",
        ),
        Step(
            "A thin strip is its height times its width, and its width is the speed of the limit.",
            r"f(b, t)\, b'(t) - f(a, t)\, a'(t) + \int_a^b \frac{\partial f}{\partial t}(x, t)\, dx",
            _limit,
            relation="→",
            because="the mean value theorem",
        ),
        Step(
            "Here the last integral has a closed form.",
            r"2 t e^{-t b} - e^{-t a} + \Bigl[ \Bigl( \frac{x}{t} + \frac{1}{t^2} \Bigr) e^{-t x} \Bigr]_a^b",
            _closed,
            because="integration by parts",
        ),
    ),
)
