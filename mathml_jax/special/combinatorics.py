"""How many ways there are: factorials, choices, arrangements; and the greatest common divisor."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jaxtyping import Array, ArrayLike, Float, Int, Integer, Real

from mathml_jax._checks import as_broadcast, as_float, widened
from mathml_jax._concept import Concept
from mathml_jax._rounding import lost_in_difference, product_in_parts
from mathml_jax.fundamentals._quotient import log_quotient, times_exp
from mathml_jax.special._stirling import lgamma1p, stirling_remainder
from mathml_jax.special.beta import betaln

# Every factorial that float64 holds, rounded once.
_FACTORIALS = np.array([float(math.factorial(n)) for n in range(171)])


@jax.jit
def factorial(n: Real[ArrayLike, "*shape"]) -> Float[Array, "*shape"]:
    r"""Number of orders of n things.

    .. math::

        n! = \Gamma(n + 1) = \int_0^\infty t^n e^{-t} dt

    where :math:`n` is the number of things, :math:`\Gamma` the gamma function, by which numbers between the integers
    are meant too, and :math:`t` the variable of integration.

    Why it matters: it counts permutations, and stands in Taylor's series.

    Args:
      n: numbers, zero or positive, any shape.

    Returns:
      Factorials of the same shape; of integers the nearest float; 0 below 0, inf where the float overflows.

    References:
      Graham, Knuth and Patashnik, "Concrete mathematics", 1994, section 4.4.

    >>> factorial(5).item()
    120.0
    """
    n = as_float(n)
    wide = widened(n)
    whole = (wide >= 0) & (wide <= 170) & (wide == jnp.floor(wide))
    # The table enters in the dtype of n: what float32 does not hold is inf there.
    with np.errstate(over="ignore"):
        table = jnp.asarray(_FACTORIALS.astype(wide.dtype))
    exact = table[jnp.where(whole, wide, 0.0).astype(jnp.int32)]
    between = _between_integers(jnp.where(whole | (wide < 0), 1.0, wide))
    return jnp.where(wide < 0, 0.0, jnp.where(whole, exact, between)).astype(n.dtype)


def _between_integers(n: Array) -> Array:
    """By Stirling's formula, its exponent n log n - n in two parts; below 1 by the series about 1."""
    large = n >= 1
    n, below = jnp.where(large, n, 1.0), jnp.where(large, 0.5, n)
    log, rest = log_quotient(jnp.minimum(n, 1e9), jnp.ones_like(n))
    power, more = product_in_parts(n, log)
    total = power - n
    low = lost_in_difference(power, n, total) + (more + n * rest)
    stirling = times_exp((total, low), jnp.sqrt(2 * math.pi * n) * jnp.exp(stirling_remainder(n)))
    return jnp.where(large, stirling, jnp.exp(lgamma1p(below)))


@jax.jit
def comb(N: Real[ArrayLike, "*#shape"], k: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Number of ways to choose k of N things, whatever their order.

    .. math::

        \binom{N}{k} = \frac{N!}{k!\, (N - k)!} = \frac{1}{(N + 1) B(N - k + 1, k + 1)}

    where :math:`N` is the number of things, :math:`k` how many are chosen and :math:`B` the beta function.

    Why it matters: the binomial law, and the number of subsets that a model could choose its features from.

    Args:
      N: numbers of things, any shape.
      k: numbers of things chosen, broadcast against `N`.

    Returns:
      Numbers of the common shape, exact for integers N up to 60 while the result is below a quarter of what the
      dtype counts without gaps; 0 unless 0 <= k <= N.

    References:
      Graham, Knuth and Patashnik, "Concrete mathematics", 1994, chapter 5.

    >>> comb(5, jnp.arange(6)).tolist()
    [1.0, 5.0, 10.0, 10.0, 5.0, 1.0]
    """
    N, k = as_broadcast(N, k)
    n, chosen = widened(N), widened(k)
    possible = (chosen >= 0) & (chosen <= n)
    fewer = jnp.where(possible, jnp.minimum(chosen, n - chosen), 0.0)
    many = jnp.where(possible, n, 0.0)

    def ways(i: Array, product: Array) -> Array:
        # Each product of i + 1 successive numbers is divisible by (i + 1)!.
        step = jnp.asarray(i, many.dtype)
        return jnp.where(step < fewer, product * (many - fewer + step + 1) / (step + 1), product)

    small = (many <= 60) & (many == jnp.floor(many)) & (fewer == jnp.floor(fewer))
    exact = jax.lax.fori_loop(0, 30, ways, jnp.ones_like(many))
    large = jnp.where(
        fewer >= 1, _by_stirling(many, fewer), jnp.exp(-jnp.log1p(many) - betaln(many - fewer + 1, fewer + 1))
    )
    return jnp.where(possible, jnp.where(small, jnp.round(exact), large), 0.0).astype(N.dtype)


def _by_stirling(n: Array, k: Array) -> Array:
    r"""The choices of k and m = n - k, both at least 1, with the exponent in two parts.

    .. math::

        \sqrt{\frac{n}{2 \pi k m}} \Bigl( \frac{n}{k} \Bigr)^k \Bigl( \frac{n}{m} \Bigr)^m
        e^{\delta(n) - \delta(k) - \delta(m)}
    """
    safe = (k >= 1) & jnp.isfinite(n)
    n, k = jnp.where(safe, n, 2.0), jnp.where(safe, k, 1.0)
    m = n - k
    (log_k, rest_k), (log_m, rest_m) = log_quotient(n, k), log_quotient(n, m)
    (power_k, more_k), (power_m, more_m) = product_in_parts(k, log_k), product_in_parts(m, log_m)
    total = power_k + power_m
    low = lost_in_difference(power_k, -power_m, total) + (more_k + more_m) + (k * rest_k + m * rest_m)
    excess = stirling_remainder(n) - stirling_remainder(k) - stirling_remainder(m)
    return times_exp((total, low), jnp.sqrt(n / k / m / (2 * math.pi)) * jnp.exp(excess))


@jax.jit
def perm(N: Real[ArrayLike, "*#shape"], k: Real[ArrayLike, "*#shape"]) -> Float[Array, "*shape"]:
    r"""Number of ways to choose k of N things in order.

    .. math::

        \frac{N!}{(N - k)!}

    where :math:`N` is the number of things and :math:`k` how many are chosen.

    Why it matters: draws without replacement, such as the birthday problem.

    Args:
      N: numbers of things, any shape.
      k: numbers of things chosen, broadcast against `N`.

    Returns:
      Numbers of the common shape; 0 unless 0 <= k <= N.

    References:
      Graham, Knuth and Patashnik, "Concrete mathematics", 1994, section 2.6.

    >>> perm(5, 2).item()
    20.0
    """
    N, k = as_broadcast(N, k)
    return comb(N, k) * factorial(k)


@jax.jit
def gcd(a: Integer[ArrayLike, "*#shape"], b: Integer[ArrayLike, "*#shape"]) -> Int[Array, "*shape"]:
    r"""Greatest common divisor, by Euclid's algorithm.

    .. math::

        \gcd(a, 0) = \lvert a \rvert, \qquad \gcd(a, b) = \gcd(b, a \bmod b)

    where :math:`a` and :math:`b` are the integers, and :math:`\gcd` and :math:`\bmod` stand for the divisor and the
    remainder.

    Why it matters: the oldest algorithm still in use; it brings fractions to their lowest terms.

    Args:
      a: integers, any shape.
      b: integers, broadcast against `a`.

    Returns:
      Divisors of the common shape, never negative; 0 for two zeros.

    References:
      Euclid, "Elements", book VII, proposition 2.

    >>> gcd(12, 18).item()
    6
    """
    a, b = jnp.broadcast_arrays(jnp.asarray(a), jnp.asarray(b))

    def euclid(pair: tuple[Array, Array]) -> tuple[Array, Array]:
        a, b = pair
        done = b == 0
        return jnp.where(done, a, b), jnp.where(done, 0, jnp.remainder(a, jnp.where(done, 1, b)))

    pair = jax.lax.while_loop(lambda pair: jnp.any(pair[1] != 0), euclid, (jnp.abs(a), jnp.abs(b)))
    return pair[0]


def _choice(key: Array) -> Array:
    low, high = jnp.array([[9.0], [0.0]]), jnp.array([[80.0], [9.0]])
    return jnp.floor(low + (high - low) * random.uniform(key, (2, 5), jnp.float64))


CONCEPTS = (
    Concept(
        factorial,
        example=lambda key: (jnp.floor(random.uniform(key, (5,), jnp.float64, 0.0, 20.0)),),
        oracle="scipy.special.factorial",
    ),
    Concept(comb, example=lambda key: tuple(_choice(key)), oracle="scipy.special.comb"),
    Concept(perm, example=lambda key: tuple(_choice(key)), oracle="scipy.special.perm"),
    Concept(gcd, example=lambda key: tuple(random.randint(key, (2, 5), 1, 100, jnp.int32)), oracle="numpy.gcd"),
)
