"""Gauss's rules: the points at which a few values of a curve say most about its area."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import random
from jax.typing import DTypeLike
from jaxtyping import Array, ArrayLike, Float, Inexact, Real

from mathml_jax._checks import as_float, expect, widened
from mathml_jax._concept import Concept, Derivative
from mathml_jax.calculus._jacobi import Family, nodes_and_weights
from mathml_jax.calculus._scalar import scalar_valued

MOST_NODES = 128


class GaussRule(NamedTuple):
    """Where to evaluate a function, and how much each value counts.

    Attributes:
      nodes: the points, ascending.
      weights: the factors of the values, all positive.
    """

    nodes: Float[Array, " n"]
    weights: Float[Array, " n"]


def gauss_legendre(n: int, *, dtype: DTypeLike | None = None) -> GaussRule:
    r"""Points and weights that integrate over [-1, 1], exactly up to degree 2n - 1.

    .. math::

        \int_{-1}^1 f(x)\, dx \approx \sum_{k=1}^n w_k f(x_k), \qquad P_n(x_k) = 0, \qquad
        w_k = \frac{2}{(1 - x_k^2)\, P_n'(x_k)^2}

    where :math:`x_k` are the zeros of Legendre's polynomial :math:`P_n` of degree :math:`n`, :math:`w_k` the weights
    and :math:`f(x)` the function. The zeros are the eigenvalues of the Jacobi matrix, which holds the recurrence of
    the polynomials (Golub and Welsch); two steps in sixty digits and one rounding make them right to the last digit.

    Why it matters: n values integrate a polynomial of degree 2n - 1, twice what n points can be expected to do, and no
    rule does better.

    Args:
      n: number of points, an integer from 1 to 128; static, as the rule is computed while the program is traced.
      dtype: of the result; without it the default float.

    Returns:
      `nodes` and `weights`, each of shape [n].

    Raises:
      ValueError: `n` is no integer from 1 to 128.

    References:
      Golub and Welsch, "Calculation of Gauss quadrature rules", 1969.

    >>> gauss_legendre(3).nodes.round(3).tolist()
    [-0.775, 0.0, 0.775]
    """
    return _rule("gauss_legendre", "legendre", n, dtype)


def gauss_hermite(n: int, *, dtype: DTypeLike | None = None) -> GaussRule:
    r"""Points and weights that integrate over the whole line against a bell, exactly up to degree 2n - 1.

    .. math::

        \int_{-\infty}^\infty e^{-x^2} f(x)\, dx \approx \sum_{k=1}^n w_k f(x_k), \qquad H_n(x_k) = 0

    where :math:`x_k` are the zeros of Hermite's polynomial :math:`H_n` of degree :math:`n`, :math:`w_k` the weights and
    :math:`f(x)` the function, without the bell :math:`e^{-x^2}`.

    Why it matters: the mean of f(X) for a normal X with mean m and deviation s is the sum of
    :math:`w_k f(m + \sqrt{2} s x_k) / \sqrt{\pi}`; so are likelihoods of mixed models computed.

    Args:
      n: number of points, an integer from 1 to 128; static.
      dtype: of the result; without it the default float.

    Returns:
      `nodes` and `weights`, each of shape [n]. The outermost weights are tiny, 1.8e-102 for n = 128, and right to the
      last digit; those that float32 cannot hold, from n = 52 on, are 0 there.

    Raises:
      ValueError: `n` is no integer from 1 to 128.

    References:
      Golub and Welsch, "Calculation of Gauss quadrature rules", 1969.

    >>> gauss_hermite(2).nodes.round(3).tolist()
    [-0.707, 0.707]
    """
    return _rule("gauss_hermite", "hermite", n, dtype)


def gauss_laguerre(n: int, *, dtype: DTypeLike | None = None) -> GaussRule:
    r"""Points and weights that integrate from 0 to infinity against a decay, exactly up to degree 2n - 1.

    .. math::

        \int_0^\infty e^{-x} f(x)\, dx \approx \sum_{k=1}^n w_k f(x_k), \qquad L_n(x_k) = 0

    where :math:`x_k` are the zeros of Laguerre's polynomial :math:`L_n` of degree :math:`n`, :math:`w_k` the weights
    and :math:`f(x)` the function, without the decay :math:`e^{-x}`.

    Why it matters: means over waiting times: that of f(T) for an exponential T with rate r is the sum of
    :math:`w_k f(x_k / r)`.

    Args:
      n: number of points, an integer from 1 to 128; static.
      dtype: of the result; without it the default float.

    Returns:
      `nodes` and `weights`, each of shape [n]. The outermost weights are tiny, 8.6e-210 for n = 128, and right to the
      last digit; those that float32 cannot hold, from n = 27 on, are 0 there.

    Raises:
      ValueError: `n` is no integer from 1 to 128.

    References:
      Golub and Welsch, "Calculation of Gauss quadrature rules", 1969.

    >>> gauss_laguerre(2).nodes.round(3).tolist()
    [0.586, 3.414]
    """
    return _rule("gauss_laguerre", "laguerre", n, dtype)


def _rule(function: str, family: Family, n: int, dtype: DTypeLike | None) -> GaussRule:
    _expect_order(function, n)
    return GaussRule(*(jnp.asarray(column, jnp.result_type(dtype or float)) for column in nodes_and_weights(family, n)))


def _expect_order(function: str, n: int) -> None:
    ok = isinstance(n, int) and 1 <= n <= MOST_NODES
    expect(ok, function, f"n to be an integer from 1 to {MOST_NODES}", repr(n))


@partial(jax.jit, static_argnames=("f", "n"))
def fixed_quad(
    f: Callable[..., Any], a: Real[ArrayLike, ""], b: Real[ArrayLike, ""], args: tuple[Any, ...] = (), n: int = 5
) -> Inexact[Array, ""]:
    r"""Area under a function between two limits, by Gauss's rule of a fixed order.

    .. math::

        \int_a^b f(x)\, dx \approx \frac{b - a}{2} \sum_{k=1}^n w_k f\left(\frac{a + b}{2} + \frac{b - a}{2} x_k\right)

    where :math:`f(x)` is the function, :math:`a` and :math:`b` are the limits, and :math:`x_k` and :math:`w_k` the
    :math:`n` nodes and weights of `gauss_legendre`. Exact for polynomials of degree 2n - 1; for an analytic function
    the error shrinks geometrically with n, for a kink hardly at all.

    Why it matters: the same few points for every parameter: a hundred thousand integrals at once, by `jax.vmap`, and
    their derivatives.

    Args:
      f: a function of a scalar, and of `args`, to a scalar, made of JAX operations; each new one is compiled.
      a: lower limit, finite.
      b: upper limit, finite.
      args: further arguments of `f`, which may be differentiated.
      n: number of points, an integer from 1 to 128.

    Returns:
      The integral, a scalar, complex where f is; negative to the area where b is below a. There is no error estimate:
      compare two orders.

    Raises:
      ValueError: `n` is no integer from 1 to 128, or `f` does not return a scalar.

    References:
      Gauss, "Methodus nova integralium valores per approximationem inveniendi", 1815.

    >>> fixed_quad(lambda x: 10 * x**9, 0.0, 1.0, n=5).round(6).item()
    1.0
    """
    _expect_order("fixed_quad", n)
    a, b = as_float(a, b, *jax.tree.leaves(args))[:2]
    middle, half = widened(a + (b - a) / 2), widened((b - a) / 2)
    g = scalar_valued("fixed_quad", f, jax.ShapeDtypeStruct((), middle.dtype), *args)
    kind = jax.eval_shape(g, middle, *args).dtype

    def add(total: Array, point: GaussRule) -> tuple[Array, None]:
        value = g(middle + half * point.nodes, *args)
        return total + point.weights.astype(kind) * value, None

    total, _ = jax.lax.scan(add, jnp.zeros((), kind), _rule("fixed_quad", "legendre", n, middle.dtype))
    return (half.astype(kind) * total).astype(kind if half.dtype == a.dtype else a.dtype)


def fixed_quad_gradient(
    f: Callable[..., Any], a: Real[ArrayLike, ""], b: Real[ArrayLike, ""], args: tuple[Any, ...] = (), n: int = 5
) -> tuple[Inexact[Array, ""], Inexact[Array, ""]]:
    r"""Gradient of the integral that `fixed_quad` stands for in both limits: the fundamental theorem of calculus.

    .. math::

        \frac{\partial}{\partial a} \int_a^b f(x)\, dx = -f(a), \qquad
        \frac{\partial}{\partial b} \int_a^b f(x)\, dx = f(b)
    """
    del n
    a, b = as_float(a, b, *jax.tree.leaves(args))[:2]
    return -as_float(f(a, *args)), as_float(f(b, *args))


def _scaled(make: Callable[..., GaussRule]) -> Callable[[Array], GaussRule]:
    """The rule with both columns times a number: arrays in, arrays out."""
    return lambda scale: GaussRule(*(scale * column for column in make(7, dtype=scale.dtype)))


CONCEPTS = (
    Concept(
        gauss_legendre,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.5, 2.0),),
        oracle=lambda scale: tuple(scale * column for column in np.polynomial.legendre.leggauss(7)),
        evaluate=_scaled(gauss_legendre),
    ),
    Concept(
        gauss_hermite,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.5, 2.0),),
        oracle=lambda scale: tuple(scale * column for column in np.polynomial.hermite.hermgauss(7)),
        evaluate=_scaled(gauss_hermite),
    ),
    Concept(
        gauss_laguerre,
        example=lambda key: (random.uniform(key, (), jnp.float64, 0.5, 2.0),),
        oracle=lambda scale: tuple(scale * column for column in np.polynomial.laguerre.laggauss(7)),
        evaluate=_scaled(gauss_laguerre),
    ),
    Concept(
        fixed_quad,
        example=lambda key: (jnp.cos, *random.uniform(key, (2,), jnp.float64, -1.0, 1.0)),
        derivatives=(Derivative(fixed_quad_gradient, "gradient", argnum=(1, 2)),),
        options={"n": 9},
        oracle=lambda f, a, b, n: np.sin(b) - np.sin(a),
    ),
)
