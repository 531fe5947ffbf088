"""Error inverses, logistic functions and products with logarithms against mpmath, with values and slopes at edges."""

import jax
import mpmath
import numpy as np
import pytest

from mathml_jax import special

EPS = 2.0**-52
INF, NAN = np.inf, np.nan


def ulps(f, points, truth):
    with mpmath.workdps(60):
        expected = np.array([float(truth(mpmath.mpf(float(p)))) for p in points])
    got = np.asarray(f(points))
    return np.max(np.abs(got - expected) / np.maximum(np.abs(expected), np.finfo(float).tiny)) / EPS


def slope(y):
    return mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(mpmath.erfinv(y) ** 2)


def expit(x):
    return 1 / (1 + mpmath.exp(-x))


TAILS = 10.0 ** -np.linspace(0.5, 15, 60)
UNIT = np.concatenate([TAILS, 1 - TAILS, np.linspace(0.01, 0.99, 99)])


@pytest.mark.parametrize(
    ("f", "points", "truth", "bound"),
    [
        (special.erfinv, np.concatenate([UNIT, -UNIT, 10.0 ** -np.linspace(20, 300, 9)]), mpmath.erfinv, 6),
        (special.erfinv_derivative, UNIT, slope, 8),
        (special.erfcinv, 2 * UNIT, lambda y: mpmath.erfinv(1 - y), 6),
        (
            special.erfcinv_derivative,
            2 * TAILS,
            lambda y: -mpmath.sqrt(mpmath.pi) / 2 * mpmath.exp(mpmath.erfinv(1 - y) ** 2),
            8,
        ),
        (special.expit, np.linspace(-700, 40, 200), expit, 4),
        (special.logit, UNIT, lambda p: mpmath.log(p / (1 - p)), 6),
        (special.log_expit, np.linspace(-50, 700, 200), lambda x: -mpmath.log1p(mpmath.exp(-x)), 6),
        (special.entr, np.concatenate([UNIT, 1 + TAILS]), lambda x: -x * mpmath.log(x), 4),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_against_mpmath(f, points, truth, bound):
    assert ulps(f, points, truth) <= bound


def test_erfcinv_of_the_smallest():
    y = 10.0 ** -np.arange(20.0, 300.0, 40.0)
    with mpmath.workdps(400):
        expected = [float(mpmath.erfinv(1 - mpmath.mpf(float(v)))) for v in y]
    np.testing.assert_allclose(special.erfcinv(y), expected, rtol=4 * EPS)


def test_ndtri_exp_inverts_the_logarithm():
    x = np.concatenate([-(10.0 ** np.linspace(-2, 150, 90)), np.linspace(0.1, 8, 30)])
    y = special.log_ndtr(x)
    np.testing.assert_allclose(special.ndtri_exp(y), x, rtol=16 * EPS)
    slope = jax.vmap(jax.grad(special.ndtri_exp))(y)
    np.testing.assert_allclose(slope, special.ndtri_exp_derivative(y), rtol=8 * EPS)


@pytest.mark.parametrize(
    ("x", "y"), [(1.0, 1 + 1e-9), (0.3, 0.1), (1e-300, 1e300), (1e300, 1e-5), (0.5, 0.5), (5e-3, 5.1e-3)]
)
def test_divergence_terms(x, y):
    with mpmath.workdps(60):
        a, b = mpmath.mpf(x), mpmath.mpf(y)
        relative = a * mpmath.log(a / b)
        np.testing.assert_allclose(special.rel_entr(x, y), float(relative), rtol=8 * EPS)
        np.testing.assert_allclose(special.kl_div(x, y), float(relative - a + b), rtol=8 * EPS)


@pytest.mark.parametrize(
    ("f", "args", "value", "slopes"),
    [
        (special.xlogy, (0.0, 0.0), 0.0, (0.0, 0.0)),
        (special.xlogy, (0.0, 2.0), 0.0, (np.log(2.0), 0.0)),
        (special.xlogy, (0.0, -1.0), 0.0, None),
        (special.xlogy, (0.0, np.inf), 0.0, None),
        (special.entr, (0.0,), 0.0, (INF,)),
        (special.entr, (-1.0,), -INF, None),
        (special.rel_entr, (0.0, 0.0), 0.0, None),
        (special.rel_entr, (0.0, 1.0), 0.0, None),
        (special.rel_entr, (1.0, 0.0), INF, None),
        (special.rel_entr, (-1.0, 1.0), INF, None),
        (special.kl_div, (0.0, 2.0), 2.0, None),
        (special.kl_div, (-1.0, 2.0), INF, None),
        (special.erfinv, (1.0,), INF, (INF,)),
        (special.erfinv, (0.0,), 0.0, (np.sqrt(np.pi) / 2,)),
        (special.erfinv, (1.5,), NAN, None),
        (special.erfcinv, (0.0,), INF, (-INF,)),
        (special.erfcinv, (2.0,), -INF, (-INF,)),
        (special.ndtri_exp, (0.0,), INF, (INF,)),
        (special.ndtri_exp, (-INF,), -INF, None),
        (special.ndtri_exp, (0.5,), NAN, None),
        (special.expit, (-INF,), 0.0, (0.0,)),
        (special.logit, (0.0,), -INF, (INF,)),
        (special.logit, (2.0,), NAN, None),
        (special.log_expit, (-INF,), -INF, (1.0,)),
        (special.log_expit, (INF,), 0.0, (0.0,)),
    ],
)
def test_edges(f, args, value, slopes):
    np.testing.assert_array_equal(f(*args), value)
    if slopes is not None:
        np.testing.assert_allclose(jax.grad(f, tuple(range(len(args))))(*args), slopes, rtol=4 * EPS)
