"""Student's density, as normal bells of all widths laid over each other."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations._area import area_from_zero
from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.distributions import chi2, norm, t
from mathml_jax.special import gammaln

Number = Float[Array, ""]


def _collected(x: Number, df: Number) -> Number:
    shape, rate = (df + 1) / 2, (1 + x**2 / df) / 2
    constant = -(df / 2) * math.log(2.0) - gammaln(df / 2) - jnp.log(2 * math.pi * df) / 2
    return area_from_zero(lambda v: jnp.exp((shape - 1) * jnp.log(v) - rate * v + constant))


def _substituted(x: Number, df: Number) -> Number:
    shape = (df + 1) / 2
    gamma = area_from_zero(lambda w: jnp.exp((shape - 1) * jnp.log(w) - w))
    return gamma * (1 + x**2 / df) ** -shape / (jnp.sqrt(df * math.pi) * jnp.exp(gammaln(df / 2)))


def _closed(x: Number, df: Number) -> Number:
    shape = (df + 1) / 2
    constant = jnp.exp(gammaln(shape) - gammaln(df / 2)) / jnp.sqrt(df * math.pi)
    return constant * jnp.exp(-shape * jnp.log1p(x**2 / df))


DERIVATION = Derivation(
    title="Student's density as a mixture of bells",
    proves=t.pdf,
    example=lambda key: (
        2 * random.normal(key, (), jnp.float64),
        random.uniform(random.fold_in(key, 1), (), jnp.float64, 1.5, 8.0),
    ),
    steps=(
        Step(
            "Divide a normal number by a standard deviation that was itself only estimated. Given the estimate, the "
            "quotient is normal; the estimate follows a chi-square law.",
            r"\int_0^\infty g_\nu(v)\, \varphi\!\left(x; 0, \sqrt{\nu / v}\right) dv, \quad"
            r" X = \frac{Z}{\sqrt{V / \nu}}",
            lambda x, df: area_from_zero(lambda v: chi2.pdf(v, df) * norm.pdf(x, 0.0, jnp.sqrt(df / v))),
            because="the law of total probability",
        ),
        Step(
            "Write both densities out: the powers of v gather, and so do the exponents.",
            r"\frac{2^{-\nu / 2}}{\Gamma(\nu / 2) \sqrt{2 \pi \nu}} \int_0^\infty v^{\frac{\nu + 1}{2} - 1}"
            r" e^{-\frac{v}{2} (1 + x^2 / \nu)}\, dv",
            _collected,
            because=norm.pdf,
        ),
        Step(
            "Take the whole exponent as the new variable w. All that depends on x comes out in front.",
            r"\frac{(1 + x^2 / \nu)^{-\frac{\nu + 1}{2}}}{\Gamma(\nu / 2) \sqrt{\nu \pi}}"
            r" \int_0^\infty w^{\frac{\nu + 1}{2} - 1} e^{-w}\, dw",
            _substituted,
            because="change of variables",
        ),
        Step(
            "What is left is the gamma function. Tails that fall as a power, not as a bell: some of the bells are "
            "very wide.",
            r"\frac{\Gamma\!\left(\frac{\nu + 1}{2}\right)}{\Gamma(\nu / 2) \sqrt{\nu \pi}}"
            r" \left( 1 + \frac{x^2}{\nu} \right)^{-\frac{\nu + 1}{2}}",
            _closed,
            because="the definition of the gamma function",
        ),
    ),
)
