"""Integrals with known values: SciPy's tests, Bailey's and Borwein's, QUADPACK's and Genz's families, divergent ones.

An integrand takes the namespace of its functions first: `jax.numpy`, `numpy` or `MPMATH`. A value is a function of
mpmath, so that it is exact; None stands for an integral that diverges.
"""

from collections.abc import Callable
from math import inf, pi
from types import SimpleNamespace
from typing import Any, NamedTuple

import mpmath

MPMATH = SimpleNamespace(
    **{name: getattr(mpmath, name) for name in ("exp", "log", "sin", "cos", "tan", "sqrt", "cosh", "pi")},
    arctan=mpmath.atan,
    abs=abs,
    where=lambda condition, yes, no: yes if condition else no,
)


class Problem(NamedTuple):
    """An integral: its integrand, its limits, its value, and the interior points where the integrand is not smooth."""

    name: str
    f: Callable[[Any, Any], Any]
    a: float
    b: float
    value: Callable[[Any], Any] | None
    points: tuple[float, ...] = ()


def _tail(m):
    """The integral of sin(t) / t² from 1 to infinity."""
    return m.sin(1) - m.ci(1)


SCIPY = [
    Problem("bessel", lambda np, x: np.cos(2 * x - 1.8 * np.sin(x)) / pi, 0, pi, lambda m: m.besselj(2, m.mpf("1.8"))),
    Problem("euler", lambda np, x: -np.exp(-x) * np.log(x), 0, inf, lambda m: m.euler),
    Problem(
        "pieces",
        lambda np, x: np.where(x < 2.5, np.sin(x), np.where(x <= 5, np.exp(-x), 0 * x)),
        0,
        10,
        lambda m: 1 - m.cos(2.5) + m.exp(-2.5) - m.exp(-5),
        (2.5, 5),
    ),
    Problem("sine weight, ray", lambda np, x: np.exp(-4 * x) * np.sin(3 * x), 0, inf, lambda m: m.mpf(3) / 25),
    Problem(
        "cosine weight, ray",
        lambda np, x: np.exp(2.5 * x) * np.cos(2.25 * x),
        -inf,
        0,
        lambda m: m.mpf("2.5") / (m.mpf("2.5") ** 2 + m.mpf("2.25") ** 2),
    ),
    Problem("backwards, ray", lambda np, x: 2 * np.exp(-3 * x), inf, 0, lambda m: -m.mpf(2) / 3),
    Problem("backwards, line", lambda np, x: np.exp(-x * x / 4) / 2, inf, -inf, lambda m: -m.sqrt(m.pi)),
]

QUADAX = [
    Problem("t log(1 + t)", lambda np, t: t * np.log(1 + t), 0, 1, lambda m: m.mpf(1) / 4),
    Problem("t² arctan", lambda np, t: t * t * np.arctan(t), 0, 1, lambda m: (m.pi - 2 + 2 * m.log(2)) / 12),
    Problem("exp cos", lambda np, t: np.exp(t) * np.cos(t), 0, pi / 2, lambda m: (m.exp(m.pi / 2) - 1) / 2),
    Problem(
        "arctan sqrt",
        lambda np, t: np.arctan(np.sqrt(2 + t * t)) / ((1 + t * t) * np.sqrt(2 + t * t)),
        0,
        1,
        lambda m: 5 * m.pi**2 / 96,
    ),
    Problem("sqrt log", lambda np, t: np.sqrt(t) * np.log(t), 0, 1, lambda m: -m.mpf(4) / 9),
    Problem("semicircle", lambda np, t: np.sqrt(1 - t * t), 0, 1, lambda m: m.pi / 4),
    Problem(
        "sqrt / semicircle",
        lambda np, t: np.sqrt(t) / np.sqrt(1 - t * t),
        0,
        1,
        lambda m: 2 * m.sqrt(m.pi) * m.gamma(0.75) / m.gamma(0.25),
    ),
    Problem("log²", lambda np, t: np.log(t) ** 2, 0, 1, lambda m: m.mpf(2)),
    Problem("log cos", lambda np, t: np.log(np.cos(t)), 0, pi / 2, lambda m: -m.pi * m.log(2) / 2),
    Problem("sqrt tan", lambda np, t: np.sqrt(np.tan(t)), 0, pi / 2, lambda m: m.pi * m.sqrt(2) / 2),
    Problem("Lorentz, ray", lambda np, t: 1 / (1 + t * t), 0, inf, lambda m: m.pi / 2),
    Problem("exp / sqrt", lambda np, t: np.exp(-t) / np.sqrt(t), 0, inf, lambda m: m.sqrt(m.pi)),
    Problem("Gauss, line", lambda np, t: np.exp(-t * t / 2), -inf, inf, lambda m: m.sqrt(2 * m.pi)),
    Problem("exp cos, ray", lambda np, t: np.exp(-t) * np.cos(t), 0, inf, lambda m: m.mpf(1) / 2),
    Problem("log inside", lambda np, t: np.log((t - 1) ** 2), 0, 2, lambda m: m.mpf(-4), (1,)),
    Problem("t^-0.5", lambda np, t: t**-0.5, 0, 1, lambda m: m.mpf(2)),
    Problem("t^-0.9", lambda np, t: t**-0.9, 0, 1, lambda m: 1 / (1 - m.mpf(0.9))),
    Problem("t^-0.99", lambda np, t: t**-0.99, 0, 1, lambda m: 1 / (1 - m.mpf(0.99))),
    Problem("(1 - t)^-0.5", lambda np, t: (1 - t) ** -0.5, 0, 1, lambda m: m.mpf(2)),
    Problem("(1 - t)^-0.9", lambda np, t: (1 - t) ** -0.9, 0, 1, lambda m: 1 / (1 - m.mpf(0.9))),
    Problem("both ends", lambda np, t: t**-0.25 * (1 - t) ** -0.75, 0, 1, lambda m: m.pi * m.sqrt(2)),
    Problem("log / sqrt", lambda np, t: np.log(t) / np.sqrt(t), 0, 1, lambda m: m.mpf(-4)),
    Problem(
        "root inside",
        lambda np, t: np.abs(t - 0.3) ** -0.5,
        0,
        1,
        lambda m: 2 * (m.sqrt(m.mpf(0.3)) + m.sqrt(1 - m.mpf(0.3))),
        (0.3,),
    ),
    Problem(
        "two roots inside",
        lambda np, t: np.abs(t - 0.3) ** -0.5 + np.abs(t - 0.7) ** -0.25,
        0,
        1,
        lambda m: (
            2 * (m.sqrt(m.mpf(0.3)) + m.sqrt(1 - m.mpf(0.3)))
            + (m.mpf(0.7) ** 0.75 + (1 - m.mpf(0.7)) ** 0.75) / m.mpf(0.75)
        ),
        (0.3, 0.7),
    ),
    Problem("tail 1.5", lambda np, t: t**-1.5, 1, inf, lambda m: m.mpf(2)),
    Problem("tail 1.1", lambda np, t: t**-1.1, 1, inf, lambda m: 1 / (m.mpf(1.1) - 1)),
    Problem("tail 1.01", lambda np, t: t**-1.01, 1, inf, lambda m: 1 / (m.mpf(1.01) - 1)),
    Problem("tail from 0", lambda np, t: (1 + t) ** -1.5, 0, inf, lambda m: m.mpf(2)),
    Problem("tail, mirrored", lambda np, t: (1 - t) ** -1.5, -inf, 0, lambda m: m.mpf(2)),
    Problem("log tail", lambda np, t: np.log(t) / t**2, 1, inf, lambda m: m.mpf(1)),
    Problem(
        "two tails",
        lambda np, t: (1 + t * t) ** -0.75,
        -inf,
        inf,
        lambda m: m.sqrt(m.pi) * m.gamma(0.25) / m.gamma(0.75),
    ),
    Problem("decaying sine", lambda np, t: np.exp(-t) * np.sin(10 * t), 0, inf, lambda m: m.mpf(10) / 101),
    Problem(
        "two peaks",
        lambda np, t: 1 / ((t - 0.25) ** 2 + 1 / 64) + 1 / ((t - 0.875) ** 2 + 2**-14),
        0,
        1,
        lambda m: 8 * (m.atan(6) + m.atan(2)) + 128 * (m.atan(16) + m.atan(112)),
    ),
    Problem("narrow Gauss", lambda np, t: 50**0.5 * np.exp(-50 * pi * t**2), 0, 1, lambda m: m.mpf(1) / 2),
    Problem("jump", lambda np, t: np.where(t < 1 / 3, 1 + 0 * t, 0 * t), 0, 1, lambda m: m.mpf(1) / 3, (1 / 3,)),
    Problem("kink", lambda np, t: np.abs(t - 1 / 3), 0, 1, lambda m: m.mpf(5) / 18, (1 / 3,)),
    Problem("t^1.5", lambda np, t: t**1.5, 0, 1, lambda m: m.mpf(2) / 5),
    Problem("sine of 1 / t", lambda np, t: np.sin(1 / t), 0, 1, _tail),
    Problem("sine tail", lambda np, t: np.sin(t) / t**2, 1, inf, _tail),
    Problem("log log", lambda np, t: 1 / (t * np.log(t) ** 2), 0, 0.5, lambda m: 1 / m.log(2)),
    Problem("log log cubed", lambda np, t: 1 / (t * np.log(t) ** 3), 0, 0.5, lambda m: -1 / (2 * m.log(2) ** 2)),
    Problem("log log, right", lambda np, t: 1 / ((1 - t) * np.log(1 - t) ** 2), 0.5, 1, lambda m: 1 / m.log(2)),
    Problem("zero", lambda np, t: np.cos(t), 0, pi, lambda m: m.mpf(0)),
]


def _quadpack(k: int, alpha: float) -> Problem:
    """The k-th family of the book, at one parameter."""
    p = 2.0**-alpha
    f, a, b, value, points = {
        1: (lambda np, x: x**alpha * np.log(1 / x), 0, 1, lambda m: 1 / (1 + m.mpf(alpha)) ** 2, ()),
        2: (
            lambda np, x: p**2 / ((x - pi / 4) ** 2 + p**4),
            0,
            1,
            lambda m: m.atan((1 - m.mpf(pi / 4)) / m.mpf(p) ** 2) + m.atan(m.mpf(pi / 4) / m.mpf(p) ** 2),
            (pi / 4,),
        ),
        3: (lambda np, x: np.cos(np.sin(x) / p), 0, pi, lambda m: m.pi * m.besselj(0, 1 / m.mpf(p)), ()),
        4: (
            lambda np, x: np.abs(x - 1 / 3) ** alpha,
            0,
            1,
            lambda m: (
                ((1 - m.mpf(1 / 3)) ** (1 + m.mpf(alpha)) + m.mpf(1 / 3) ** (1 + m.mpf(alpha))) / (1 + m.mpf(alpha))
            ),
            (1 / 3,),
        ),
        5: (
            lambda np, x: np.abs(x - pi / 4) ** alpha,
            0,
            1,
            lambda m: (
                ((1 - m.mpf(pi / 4)) ** (1 + m.mpf(alpha)) + m.mpf(pi / 4) ** (1 + m.mpf(alpha))) / (1 + m.mpf(alpha))
            ),
            (pi / 4,),
        ),
        6: (
            lambda np, x: 1 / (np.sqrt(1 - x * x) * (1 + x + p)),
            -1,
            1,
            lambda m: m.pi / m.sqrt((1 + m.mpf(p)) ** 2 - 1),
            (),
        ),
        7: (
            lambda np, x: np.sin(x) ** (alpha - 1),
            0,
            pi / 2,
            lambda m: m.mpf(2) ** (m.mpf(alpha) - 2) * m.gamma(m.mpf(alpha) / 2) ** 2 / m.gamma(m.mpf(alpha)),
            (),
        ),
        8: (lambda np, x: np.log(1 / x) ** (alpha - 1), 0, 1, lambda m: m.gamma(m.mpf(alpha)), ()),
        9: (
            lambda np, x: np.exp(20 * (x - 1)) * np.sin(x / p),
            0,
            1,
            lambda m: (20 * m.sin(1 / p) - m.cos(1 / p) / p + m.exp(-20) / p) / (400 + m.mpf(p) ** -2),
            (),
        ),
        10: (
            lambda np, x: np.cos(x / p) / np.sqrt(x * (1 - x)),
            0,
            1,
            lambda m: m.pi * m.cos(1 / m.mpf(2 * p)) * m.besselj(0, 1 / m.mpf(2 * p)),
            (),
        ),
        11: (lambda np, x: x * x * np.exp(-p * x), 0, inf, lambda m: 2 / m.mpf(p) ** 3, ()),
        12: (
            lambda np, x: x ** (alpha - 1) / (1 + 10 * x) ** 2,
            0,
            inf,
            lambda m: (1 - m.mpf(alpha)) * m.pi / (m.mpf(10) ** m.mpf(alpha) * m.sin(m.pi * m.mpf(alpha))),
            (),
        ),
        13: (
            lambda np, x: np.exp(-p * x) * np.cos(x) / np.sqrt(x),
            0,
            inf,
            lambda m: m.sqrt(m.pi) * m.cos(m.atan(1 / m.mpf(p)) / 2) / (1 + m.mpf(p) ** 2) ** 0.25,
            (),
        ),
    }[k]
    return Problem(f"QUADPACK {k} at {alpha}", f, a, b, value, points)


QUADPACK = [
    _quadpack(k, alpha)
    for k, alphas in {
        1: (-0.9, -0.5, 0.5, 1.5),
        2: (1, 4, 8),
        3: (0, 4, 7),
        4: (-0.8, -0.3, 0.5),
        5: (-0.8, -0.3, 0.5),
        6: (1, 5, 9),
        7: (0.1, 0.5, 1.5),
        8: (0.25, 0.5, 3.5),
        9: (2, 5, 8),
        10: (1, 4, 7),
        11: (0, 2, 5),
        12: (0.25, 0.5, 1.75),
        13: (0, 1, 2),
    }.items()
    for alpha in alphas
]


def _genz(kind: str, c: float, w: float = 0.3125) -> Problem:
    """A family of Genz's in one dimension, of a difficulty c, about the place w."""
    f, value, points = {
        "oscillatory": (lambda np, x: np.cos(2 * w + c * x), lambda m: (m.sin(2 * w + c) - m.sin(2 * w)) / c, ()),
        "product peak": (
            lambda np, x: 1 / (c**-2 + (x - w) ** 2),
            lambda m: c * (m.atan(c * (1 - w)) + m.atan(c * w)),
            (),
        ),
        "corner peak": (lambda np, x: (1 + c * x) ** -2, lambda m: 1 / m.mpf(1 + c), ()),
        "Gauss": (
            lambda np, x: np.exp(-((c * (x - w)) ** 2)),
            lambda m: m.sqrt(m.pi) / (2 * c) * (m.erf(c * (1 - w)) + m.erf(c * w)),
            (),
        ),
        "kink": (
            lambda np, x: np.exp(-c * np.abs(x - w)),
            lambda m: (2 - m.exp(-c * w) - m.exp(-c * (1 - w))) / c,
            (w,),
        ),
        "jump": (
            lambda np, x: np.where(x < w, np.exp(c * x), 0 * x),
            lambda m: (m.exp(c * w) - 1) / c,
            (w,),
        ),
    }[kind]
    return Problem(f"Genz {kind} at {c}", f, 0, 1, value, points)


GENZ = [
    _genz(kind, c)
    for kind, cs in {
        "oscillatory": (1.0, 16.0, 128.0),
        "product peak": (4.0, 32.0, 1024.0),
        "corner peak": (1.0, 64.0, 4096.0),
        "Gauss": (2.0, 16.0, 64.0),
        "kink": (2.0, 16.0, 256.0),
        "jump": (1.0, 8.0, 32.0),
    }.items()
    for c in cs
]

DIVERGENT = [
    Problem("1 / x", lambda np, x: 1 / x, 0, 1, None),
    Problem("1 / x, right", lambda np, x: 1 / (1 - x), 0, 1, None),
    Problem("1 / x, inside", lambda np, x: 1 / (x - 0.3), 0, 1, None),
    Problem("1 / |x|, inside", lambda np, x: 1 / np.abs(x - 0.3), 0, 1, None),
    Problem("1 / x², inside", lambda np, x: (x - 0.3) ** -2, 0, 1, None),
    Problem("1 / x², in the middle", lambda np, x: (x - 0.5) ** -2, 0, 1, None),
    Problem("1 / x^1.01", lambda np, x: x**-1.01, 0, 1, None),
    Problem("1 / x^1.5", lambda np, x: x**-1.5, 0, 1, None),
    Problem("1 / x^1.5 on a hill", lambda np, x: 1000 + x**-1.5, 0, 1, None),
    Problem("1 / (x log x)", lambda np, x: 1 / (x * np.log(x)), 0, 0.5, None),
    Problem("tangent", lambda np, x: np.tan(x), 0, 2, None),
    Problem("1 / x, ray", lambda np, x: 1 / x, 1, inf, None),
    Problem("1 / sqrt x, ray", lambda np, x: x**-0.5, 1, inf, None),
    Problem("sine, ray", lambda np, x: np.sin(x), 0, inf, None),
    Problem("sine², ray", lambda np, x: np.sin(x) ** 2, 0, inf, None),
    Problem("constant, line", lambda np, x: 1 + 0 * x, -inf, inf, None),
    Problem("odd, line", lambda np, x: x / (1 + x * x), -inf, inf, None),
    Problem("exponential, ray", lambda np, x: np.exp(x), 0, inf, None),
]

CONVERGENT = [*SCIPY, *QUADAX, *QUADPACK, *GENZ]
PROBLEMS = [*CONVERGENT, *DIVERGENT]
