"""All 35 problems of Moré, Garbow and Hillstrom, "Testing unconstrained optimization software", 1981.

Each is a sum of squares; `minima` are the published ones, and what else methods are known to find.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

SIZE = 12


class Problem(NamedTuple):
    residuals: object
    start: np.ndarray
    minima: tuple[float, ...]


def count(m):
    """The numbers 1 to m."""
    return np.arange(1.0, m + 1)


def numbers(text):
    return np.array(text.split(), float)


def rosenbrock(x):
    return [10 * (x[1] - x[0] ** 2), 1 - x[0]]


def freudenstein_roth(x):
    a, b = x
    return [-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b]


def powell_badly_scaled(x):
    return [1e4 * x[0] * x[1] - 1, jnp.exp(-x[0]) + jnp.exp(-x[1]) - 1.0001]


def brown_badly_scaled(x):
    return [x[0] - 1e6, x[1] - 2e-6, x[0] * x[1] - 2]


def beale(x):
    return np.array([1.5, 2.25, 2.625]) - x[0] * (1 - x[1] ** count(3))


def jennrich_sampson(x):
    i = count(10)
    return 2 + 2 * i - (jnp.exp(i * x[0]) + jnp.exp(i * x[1]))


def helical_valley(x):
    turn = jnp.arctan(x[1] / x[0]) / (2 * np.pi) + jnp.where(x[0] < 0, 0.5, 0.0)
    return [10 * (x[2] - 10 * turn), 10 * (jnp.sqrt(x[0] ** 2 + x[1] ** 2) - 1), x[2]]


BARD = numbers(".14 .18 .22 .25 .29 .32 .35 .39 .37 .58 .73 .96 1.34 2.10 4.39")


def bard(x):
    u, v = count(15), 16 - count(15)
    return BARD - (x[0] + u / (v * x[1] + np.minimum(u, v) * x[2]))


GAUSSIAN = numbers(".0009 .0044 .0175 .0540 .1295 .2420 .3521 .3989 .3521 .2420 .1295 .0540 .0175 .0044 .0009")


def gaussian(x):
    return x[0] * jnp.exp(-x[1] * ((8 - count(15)) / 2 - x[2]) ** 2 / 2) - GAUSSIAN


MEYER = numbers("34780 28610 23650 19630 16370 13720 11540 9744 8261 7030 6005 5147 4427 3820 3307 2872")


def meyer(x):
    return x[0] * jnp.exp(x[1] / (45 + 5 * count(16) + x[2])) - MEYER


def gulf(x):
    t = count(99) / 100
    y = 25 + (-50 * np.log(t)) ** (2 / 3)
    return jnp.exp(-(jnp.abs(y - x[1]) ** x[2]) / x[0]) - t


def box(x):
    t = count(10) / 10
    return jnp.exp(-t * x[0]) - jnp.exp(-t * x[1]) - x[2] * (np.exp(-t) - np.exp(-10 * t))


def powell_singular(x):
    a, b, c, d = x.reshape(-1, 4).T
    parts = [a + 10 * b, 5**0.5 * (c - d), (b - 2 * c) ** 2, 10**0.5 * (a - d) ** 2]
    return jnp.concatenate(parts)


def wood(x):
    a, b, c, d = x
    ends = [10**0.5 * (b + d - 2), (b - d) / 10**0.5]
    return [10 * (b - a**2), 1 - a, 90**0.5 * (d - c**2), 1 - c, *ends]


KOWALIK = numbers(".1957 .1947 .1735 .1600 .0844 .0627 .0456 .0342 .0323 .0235 .0246")


def kowalik_osborne(x):
    u = numbers("4 2 1 .5 .25 .167 .125 .1 .0833 .0714 .0625")
    return KOWALIK - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])


def brown_dennis(x):
    t = count(20) / 5
    return (x[0] + t * x[1] - np.exp(t)) ** 2 + (x[2] + x[3] * np.sin(t) - np.cos(t)) ** 2


OSBORNE_1 = numbers(
    ".844 .908 .932 .936 .925 .908 .881 .850 .818 .784 .751 .718 .685 .658 .628 .603 .580 .558 .538 .522 .506 .490"
    " .478 .467 .457 .448 .438 .431 .424 .420 .414 .411 .406"
)


def osborne_1(x):
    t = 10 * (count(33) - 1)
    return OSBORNE_1 - (x[0] + x[1] * jnp.exp(-t * x[3]) + x[2] * jnp.exp(-t * x[4]))


def biggs(x):
    t = count(13) / 10
    y = np.exp(-t) - 5 * np.exp(-10 * t) + 3 * np.exp(-4 * t)
    return x[2] * jnp.exp(-t * x[0]) - x[3] * jnp.exp(-t * x[1]) + x[5] * jnp.exp(-t * x[4]) - y


OSBORNE_2 = numbers(
    "1.366 1.191 1.112 1.013 .991 .885 .831 .847 .786 .725 .746 .679 .608 .655 .616 .606 .602 .626 .651 .724 .649 .649"
    " .694 .644 .624 .661 .612 .558 .533 .495 .500 .423 .395 .375 .372 .391 .396 .405 .428 .429 .523 .562 .607 .653"
    " .672 .708 .633 .668 .645 .632 .591 .559 .597 .625 .739 .710 .729 .720 .636 .581 .428 .292 .162 .098 .054"
)


def osborne_2(x):
    t = (count(65) - 1) / 10
    bumps = x[1:4, None] * jnp.exp(-((t[None] - x[8:, None]) ** 2) * x[5:8, None])
    return OSBORNE_2 - (x[0] * jnp.exp(-t * x[4]) + jnp.sum(bumps, axis=0))


def watson(x):
    powers = (count(29) / 29)[:, None] ** np.arange(x.size)[None]
    slopes = powers[:, :-1] * count(x.size - 1)[None]
    inner = slopes @ x[1:] - (powers @ x) ** 2 - 1
    return jnp.concatenate([inner, jnp.stack([x[0], x[1] - x[0] ** 2 - 1])])


def extended_rosenbrock(x):
    a, b = x.reshape(-1, 2).T
    return jnp.concatenate([10 * (b - a**2), 1 - a])


def penalty_1(x):
    return jnp.concatenate([1e-5**0.5 * (x - 1), jnp.sum(x**2)[None] - 0.25])


def penalty_2(x):
    n, i = x.size, count(x.size)
    e = jnp.exp(x / 10)
    y = np.exp(i[1:] / 10) + np.exp(i[:-1] / 10)
    middle = 1e-5**0.5 * jnp.concatenate([e[1:] + e[:-1] - y, e[1:] - np.exp(-0.1)])
    return jnp.concatenate([x[:1] - 0.2, middle, jnp.sum((n - i + 1) * x**2)[None] - 1])


def variably_dimensioned(x):
    total = jnp.sum(count(x.size) * (x - 1))
    return jnp.concatenate([x - 1, jnp.stack([total, total**2])])


def trigonometric(x):
    return x.size - jnp.sum(jnp.cos(x)) + count(x.size) * (1 - jnp.cos(x)) - jnp.sin(x)


def brown_almost_linear(x):
    return jnp.concatenate([x[:-1] + jnp.sum(x) - (x.size + 1), jnp.prod(x)[None] - 1])


def neighbours(x):
    zero = jnp.zeros(1, x.dtype)
    return jnp.concatenate([zero, x[:-1]]), jnp.concatenate([x[1:], zero])


def boundary_value(x):
    h = 1 / (x.size + 1)
    left, right = neighbours(x)
    return 2 * x - left - right + h**2 * (x + h * count(x.size) + 1) ** 3 / 2


def integral_equation(x):
    h = 1 / (x.size + 1)
    t = h * count(x.size)
    kernel = np.where(t[None] <= t[:, None], (1 - t[:, None]) * t[None], t[:, None] * (1 - t[None]))
    return x + h * (kernel @ (x + t + 1) ** 3) / 2


def broyden_tridiagonal(x):
    left, right = neighbours(x)
    return (3 - 2 * x) * x - left - 2 * right + 1


def broyden_banded(x):
    gap = count(x.size)[:, None] - count(x.size)[None]
    band = np.where((gap <= 5) & (gap >= -1) & (gap != 0), 1.0, 0.0)
    return x * (2 + 5 * x**2) + 1 - band @ (x * (1 + x))


def linear_full_rank(x):
    rest = -2 / 20 * jnp.sum(x) - 1
    return jnp.concatenate([x + rest, jnp.full(10, rest)])


def linear_rank_1(x):
    return count(20) * jnp.sum(count(x.size) * x) - 1


def linear_rank_1_with_zeros(x):
    inner = np.concatenate([[0.0], count(18), [0.0]])
    return inner * jnp.sum((count(x.size) * x)[1:-1]) - 1


def chebyquad(x):
    y = 2 * x - 1
    values = [jnp.ones_like(y), y]
    while len(values) <= x.size:
        values.append(2 * y * values[-1] - values[-2])
    i = count(x.size)
    means = np.where(i % 2 == 0, -1 / np.maximum(i**2 - 1, 1), 0.0)
    return jnp.mean(jnp.stack(values[1:]), axis=1) - means


def table():
    grid = count(10) / 11
    return {
        "rosenbrock": Problem(rosenbrock, [-1.2, 1], (0,)),
        "freudenstein_roth": Problem(freudenstein_roth, [0.5, -2], (0, 48.98425)),
        "powell_badly_scaled": Problem(powell_badly_scaled, [0, 1], (0,)),
        "brown_badly_scaled": Problem(brown_badly_scaled, [1, 1], (0,)),
        "beale": Problem(beale, [1, 1], (0,)),
        "jennrich_sampson": Problem(jennrich_sampson, [0.3, 0.4], (124.362,)),
        "helical_valley": Problem(helical_valley, [-1, 0, 0], (0,)),
        "bard": Problem(bard, [1, 1, 1], (8.21487e-3, 17.4286)),
        "gaussian": Problem(gaussian, [0.4, 1, 0], (1.12793e-8,)),
        "meyer": Problem(meyer, [0.02, 4000, 250], (87.9458,)),
        "gulf": Problem(gulf, [5, 2.5, 0.15], (0,)),
        "box": Problem(box, [0, 10, 20], (0,)),
        "powell_singular": Problem(powell_singular, [3, -1, 0, 1], (0,)),
        "wood": Problem(wood, [-3, -1, -3, -1], (0,)),
        "kowalik_osborne": Problem(kowalik_osborne, [0.25, 0.39, 0.415, 0.39], (3.07505e-4, 1.02734e-3)),
        "brown_dennis": Problem(brown_dennis, [25, 5, -5, -1], (85822.2,)),
        "osborne_1": Problem(osborne_1, [0.5, 1.5, -1, 0.01, 0.02], (5.46489e-5,)),
        "biggs": Problem(biggs, [1, 2, 1, 1, 1, 1], (0, 5.65565e-3)),
        "osborne_2": Problem(osborne_2, [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5], (4.01377e-2,)),
        "watson": Problem(watson, [0] * 6, (2.28767e-3,)),
        "extended_rosenbrock": Problem(extended_rosenbrock, [-1.2, 1] * 5, (0,)),
        "extended_powell_singular": Problem(powell_singular, [3, -1, 0, 1] * 3, (0,)),
        "penalty_1": Problem(penalty_1, count(10), (7.08765e-5,)),
        "penalty_2": Problem(penalty_2, [0.5] * 10, (2.93660e-4,)),
        "variably_dimensioned": Problem(variably_dimensioned, 1 - count(10) / 10, (0,)),
        "trigonometric": Problem(trigonometric, [0.1] * 10, (0, 2.79506e-5)),
        "brown_almost_linear": Problem(brown_almost_linear, [0.5] * 10, (0, 1)),
        "boundary_value": Problem(boundary_value, grid * (grid - 1), (0,)),
        "integral_equation": Problem(integral_equation, grid * (grid - 1), (0,)),
        "broyden_tridiagonal": Problem(broyden_tridiagonal, [-1] * 10, (0,)),
        "broyden_banded": Problem(broyden_banded, [-1] * 10, (0,)),
        "linear_full_rank": Problem(linear_full_rank, [1] * 10, (10,)),
        "linear_rank_1": Problem(linear_rank_1, [1] * 10, (4.634146,)),
        "linear_rank_1_with_zeros": Problem(linear_rank_1_with_zeros, [1] * 10, (6.135135,)),
        "chebyquad": Problem(chebyquad, count(8) / 9, (3.51687e-3,)),
    }


PROBLEMS = table()


def among(names):
    """The problem of that number among these, of the first coordinates: one program for all of them."""

    def branch(problem):
        def value(x):
            r = problem.residuals(x[: len(problem.start)])
            return jnp.sum(jnp.stack(r) ** 2) if isinstance(r, list) else jnp.sum(r**2)

        return value

    branches = [branch(PROBLEMS[name]) for name in names]
    return lambda x, which: jax.lax.switch(which, branches, x)


objective = among(PROBLEMS)


def start(name):
    """The standard start, in as many coordinates as the largest problem has."""
    x = np.asarray(PROBLEMS[name].start, float)
    return np.concatenate([x, np.zeros(SIZE - x.size)])


def off(name, value):
    """How far a value is from the closest of the minima, in units of the minimum or of one thousandth."""
    return min(abs(value - known) / max(known, 1e-3) for known in PROBLEMS[name].minima)
