"""Rows of the chapter calculus: adaptive integrals, asked for all digits, of curves with and without singular ends."""

import jax
import jax.numpy as jnp
from certificates.draws import arguments, uniform
from certify import Row

from mathml_jax import calculus


def _decay(b, rate):
    return calculus.quad(lambda x, rate: jnp.exp(-rate * x), 0.0, b, (rate,), epsrel=0.0).integral


def _bell(scale):
    return calculus.quad(lambda x, scale: jnp.exp(-scale * x * x), -jnp.inf, jnp.inf, (scale,), epsrel=0.0).integral


def _power(p):
    return calculus.quad(lambda x, p: x**p, 0.0, 1.0, (p,), epsrel=0.0).integral


ROWS = [
    Row(
        "calculus.quad, a decay",
        jax.vmap(_decay),
        lambda b, rate: -(-rate * b).expm1() / rate,
        arguments(uniform(0.1, 4.0), uniform(0.1, 4.0)),
        "from 0 to 0.1 – 4, rate 0.1 – 4",
        goal=8,
    ),
    Row(
        "calculus.quad, a bell on the whole line",
        jax.vmap(_bell),
        lambda scale: (scale.pi() / scale).sqrt(),
        arguments(uniform(0.1, 10.0)),
        "exp(−s x²), s from 0.1 to 10",
        goal=8,
    ),
    Row(
        "calculus.quad, infinite at an end",
        jax.vmap(_power),
        lambda p: 1 / (1 + p),
        arguments(uniform(-0.9, 2.0)),
        "x to the power −0.9 – 2, from 0 to 1",
        goal=256,
    ),
]
