"""The adaptive integral on the whole table of problems, and its derivatives, edges and bad input."""

import warnings
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import integrate, special

from mathml_jax.calculus._gauss_kronrod import GAUSS, KRONROD, NODES
from mathml_jax.calculus.adaptive import nquad, quad
from tests.calculus.integrands import CONVERGENT, DIVERGENT, MPMATH, PROBLEMS, Problem

EPS = 2.0**-52
GOAL = EPS ** (2 / 3)
BRANCHES = [partial(p.f, jnp) for p in PROBLEMS]

# What tanh-sinh points get of these at 20 digits: their mass sits where no point comes near, or they oscillate.
ROUGH = {
    "t^-0.9": 1e-2,
    "t^-0.99": 0.6,
    "(1 - t)^-0.9": 1e-2,
    "tail 1.1": 1e-2,
    "tail 1.01": 0.6,
    "sine of 1 / t": 1e-2,
    "sine tail": 1e-2,
    "log log": 0.02,
    "log log cubed": 1e-3,
    "log log, right": 0.02,
    "QUADPACK 1 at -0.9": 0.03,
    "QUADPACK 4 at -0.8": 1e-4,
    "QUADPACK 5 at -0.8": 1e-4,
    "QUADPACK 7 at 0.1": 1e-2,
    "Genz product peak at 1024.0": 0.03,
}


def _chosen(x, i):
    return jax.lax.switch(i, BRANCHES, x)


def _ours(i: int, dtype=np.float64):
    """The problem's integral; all of them share one compilation."""
    p = PROBLEMS[i]
    return [np.asarray(part) for part in quad(_chosen, dtype(p.a), dtype(p.b), (np.int32(i),))]


class Found(NamedTuple):
    """What was found of a problem: relative errors of ours and SciPy's, our estimate, and who converged."""

    problem: Problem
    off: float
    estimate: float
    converged: bool
    scipy_off: float
    scipy_converged: bool


def _found(i: int) -> Found:
    p = PROBLEMS[i]
    with mpmath.workdps(30):
        exact = p.value(mpmath)
        size = abs(exact) or mpmath.mpf(1)
        value, error, _, converged = _ours(i)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            runs = [integrate.quad(partial(p.f, np), p.a, p.b, full_output=1, **how) for how in _HOW]
        theirs = min(float(abs(run[0] - exact) / size) for run in runs)
        off = float(abs(mpmath.mpf(float(value)) - exact) / size)
        return Found(p, off, float(error / size), bool(converged), theirs, len(runs[1]) == 3)


_HOW = ({}, {"epsabs": 0, "epsrel": GOAL})


@pytest.fixture(scope="module")
def table():
    return [_found(i) for i in range(len(CONVERGENT))]


@pytest.mark.parametrize("p", CONVERGENT, ids=lambda p: p.name)
def test_the_table_is_right(p):
    low, high = sorted([mpmath.mpf(p.a), mpmath.mpf(p.b)])
    with mpmath.workdps(20):
        value = mpmath.quad(lambda x: p.f(MPMATH, x), [low, *p.points, high], maxdegree=7)
        exact = p.value(mpmath) * (1 if p.a < p.b else -1)
        assert abs(value - exact) <= ROUGH.get(p.name, 1e-5) * (abs(exact) or 1)


def test_the_table_is_long_and_its_names_are_unique():
    assert len(CONVERGENT) >= 60
    assert len({p.name for p in PROBLEMS}) == len(PROBLEMS)
    assert set(ROUGH) < {p.name for p in CONVERGENT}


def test_the_error_bounds_the_true_one(table):
    honest = [f.off <= f.estimate or (np.isnan(f.off) and f.estimate == np.inf) for f in table]
    assert np.mean(honest) >= 0.95, [f.problem.name for f, ok in zip(table, honest, strict=True) if not ok]


def test_reaches_what_scipy_reaches(table):
    """Where rounding of x near a singular end keeps SciPy itself from 1e-10, twice SciPy's error is enough."""
    missed = [f.problem.name for f in table if f.scipy_off <= 1e-10 and not f.off <= max(1e-10, 2 * f.scipy_off)]
    assert not missed
    assert sum(f.scipy_off <= 1e-10 for f in table) > 0.9 * len(table)


def test_converges_where_scipy_does_and_never_falsely(table):
    assert not [f.problem.name for f in table if f.scipy_converged and f.scipy_off <= GOAL and not f.converged]
    assert not [f.problem.name for f in table if f.converged and not f.off <= max(GOAL, f.estimate)]


@pytest.mark.parametrize("i", range(len(CONVERGENT), len(PROBLEMS)), ids=lambda i: PROBLEMS[i].name)
def test_divergence_is_reported(i):
    value, error, _, converged = _ours(i)
    assert np.isnan(value)
    assert error == np.inf
    assert not converged


def test_float32():
    """Four of five to as many digits as there are; a singular end that is not 0 is more than float32 can resolve."""
    off, claimed = [], []
    for i, p in enumerate(PROBLEMS):
        value, error, _, converged = _ours(i, np.float32)
        assert value.dtype == error.dtype == np.float32
        if p in DIVERGENT:
            assert np.isnan(value), p.name
            assert not converged, p.name
        else:
            exact = float(p.value(mpmath))
            off.append(abs(value - exact) / (abs(exact) or 1))
            claimed.append(not converged or abs(value - exact) <= max(error, 3e-5 * abs(exact)))
    assert np.mean(np.array(off) < 3e-5) > 0.8
    assert np.mean(claimed) >= 0.95


def test_gauss_and_kronrod_are_exact_for_polynomials():
    nodes, weights = np.polynomial.legendre.leggauss(10)
    np.testing.assert_allclose(NODES[1::2], nodes, atol=EPS)
    np.testing.assert_allclose(GAUSS[1::2], weights, rtol=8 * EPS)
    for degree in range(32):
        exact = 2 / (degree + 1) if degree % 2 == 0 else 0
        np.testing.assert_allclose(KRONROD @ NODES**degree, exact, atol=4 * EPS)


def _decay(x, p):
    return jnp.exp(-p["rate"] * x) * p["scale"] / jnp.sqrt(x)


def _decayed(p):
    return p["scale"] * np.sqrt(np.pi / p["rate"])


def test_derivatives_in_parameters_limits_and_what_f_closes_over():
    """The integral of exp(-r x) / sqrt(x) on the ray, and of a power, to the second derivative in both modes."""
    p = {"rate": jnp.float64(2.0), "scale": jnp.float64(3.0)}
    value = _decayed({"rate": 2.0, "scale": 3.0})
    slopes = {"rate": -value / 4, "scale": value / 3}
    curve = {"rate": {"rate": value * 3 / 16, "scale": -value / 12}, "scale": {"rate": -value / 12, "scale": 0.0}}

    def given(p):
        return quad(_decay, 0.0, np.inf, (p,)).integral

    def closed(p):
        return quad(lambda x: _decay(x, p), 0.0, np.inf).integral

    cases = (
        (jax.grad(given), slopes),
        (jax.jacfwd(given), slopes),
        (jax.grad(closed), slopes),
        (jax.hessian(given), curve),
    )
    for derived, expected in cases:
        jax.tree.map(partial(np.testing.assert_allclose, rtol=1e-9, atol=1e-12), jax.jit(derived)(p), expected)

    def power(a, b, n):
        return quad(lambda x, n: x**n, a, b, (n,)).integral

    a, b, n = 0.5, 2.0, 1.5
    m = n + 1
    dn = (b**m * np.log(b) - a**m * np.log(a)) / m - (b**m - a**m) / m**2
    first = jax.jacrev(power, (0, 1, 2))
    second, got = jax.jit(jax.jacfwd(lambda *at: (first(*at), first(*at)), (0, 1, 2), has_aux=True))(a, b, n)
    np.testing.assert_allclose(got, [-(a**n), b**n, dn], rtol=1e-12)
    expected = [[-n * a ** (n - 1), 0, -(a**n) * np.log(a)], [0, n * b ** (n - 1), b**n * np.log(b)]]
    np.testing.assert_allclose(second[:2], expected, rtol=1e-12)
    assert jax.grad(lambda b: quad(_decay, 0.0, b, (p,)).integral)(np.inf) == 0


def test_many_at_once_are_what_each_is_alone():
    """More than a block of them, nested, in limits of every kind, in parameters, and in integers that f closes over."""
    rates = np.linspace(0.5, 3.0, 1500)
    many = jax.jit(jax.vmap(lambda r: quad(lambda x, r: jnp.exp(-r * x) * x ** (r - 1), 0.0, np.inf, (r,))))(rates)
    assert np.all(many.converged)
    np.testing.assert_allclose(many.integral, special.gamma(rates) / rates**rates, rtol=1e-10)

    ends = np.array([0.0, 1.0, -np.inf, np.inf, np.nan, 3.0])
    both = jax.jit(
        jax.vmap(jax.vmap(lambda a, b: quad(lambda x: jnp.exp(-x * x), a, b).integral, (None, 0)), (0, None))
    )
    expected = np.sqrt(np.pi) / 2 * (special.erf(ends)[None] - special.erf(ends)[:, None])
    np.testing.assert_allclose(both(ends, ends), np.where(np.eye(6) * ~np.isnan(ends) > 0, 0.0, expected), atol=1e-14)

    powers = jax.vmap(lambda n: quad(lambda x: x ** n.astype(x.dtype), 0.0, 1.0).integral)(np.arange(4))
    np.testing.assert_allclose(powers, 1 / np.arange(1, 5), rtol=4 * EPS)
    slopes = jax.jit(jax.vmap(jax.grad(lambda r: quad(lambda x, r: jnp.exp(-r * x), 0.0, 1.0, (r,)).integral)))(
        rates[:5]
    )
    r = rates[:5]
    np.testing.assert_allclose(slopes, (np.exp(-r) * (r + 1) - 1) / r**2, rtol=1e-12)


def test_arrays_integers_points_and_narrow_types():
    vector = quad(lambda x: jnp.stack([x**-0.5, x**1.5, 0 * x])[None], 0, 1)
    assert vector.integral.shape == vector.abserr.shape == (1, 3)
    np.testing.assert_allclose(vector.integral, [[2.0, 0.4, 0.0]], rtol=1e-11)
    assert bool(vector.converged)
    np.testing.assert_allclose(quad(lambda x: 2, 0, 3).integral, 6.0, rtol=4 * EPS)
    assert quad(lambda x: jnp.exp(x), jnp.float16(0), jnp.float16(1)).integral.dtype == jnp.float16
    assert quad(lambda x, p: p * x, 0, 1, (np.float32(2),)).integral.dtype == np.float32

    rough = lambda x: jnp.abs(x - 0.3) ** -0.9  # noqa: E731
    exact = 10 * (0.3**0.1 + 0.7**0.1)
    for a, b, sign in ((0.0, 1.0, 1), (1.0, 0.0, -1)):
        got = quad(rough, a, b, points=np.array([7.0, 0.3, -1.0]), epsrel=1e-9)
        np.testing.assert_allclose(got.integral, sign * exact, rtol=1e-8)
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        assert abs(quad(lambda x: x**2, 0, 3).integral - 9) < 1e-5


def test_edges():
    def inverse(x):
        return 1 / x

    empty = quad(inverse, 0.0, 0.0)
    assert (empty.integral, empty.abserr, empty.neval, empty.converged) == (0, 0, 0, True)
    absent = quad(inverse, 1.0, np.nan)
    assert np.isnan(absent.integral)
    assert not absent.converged
    hole = quad(lambda x: jnp.where(jnp.abs(x) < 0.25, jnp.nan, 1.0), -1.0, 1.0)
    assert np.isnan(hole.integral)
    assert not hole.converged
    np.testing.assert_allclose(quad(lambda x: jnp.abs(x) ** -0.5, -1.0, 1.0).integral, 4.0, rtol=1e-11)
    few = quad(lambda x: jnp.cos(200 * x), 0.0, 1.0, limit=1)
    assert not few.converged
    assert few.neval == 42
    p = {"rate": 2.0, "scale": 3.0}
    assert quad(_decay, 0.0, np.inf, (p,), epsrel=1e-3).neval < quad(_decay, 0.0, np.inf, (p,)).neval
    assert quad(lambda x: jnp.cos(x), 0.0, np.pi, epsabs=1e-10).converged


def test_several_variables():
    cone = nquad(lambda z, y, x: 1 + 0 * x, [lambda y, x: (0.0, 1 - x - y), lambda x: (0.0, 1 - x), (0, 1)])
    np.testing.assert_allclose(cone.integral, 1 / 6, rtol=1e-12)
    corner = nquad(lambda y, x: 1 / jnp.sqrt(x + y), [(0, 1), (0, 1)])
    np.testing.assert_allclose(corner.integral, 8 / 3 * (np.sqrt(2) - 1), rtol=1e-9)
    assert bool(corner.converged)
    assert abs(corner.integral - 8 / 3 * (np.sqrt(2) - 1)) <= corner.abserr

    def bell(c):
        return nquad(lambda y, x, c: jnp.exp(-c * (x * x + y * y)), [(0, np.inf), (-np.inf, 0)], (c,)).integral

    np.testing.assert_allclose(jax.jit(jax.grad(bell))(2.0), -np.pi / 16, rtol=1e-8)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: quad(jnp.sin, 0, 1, limit=0), ValueError, "quad: expected limit to be at least 1, got 0"),
        (lambda: quad(lambda x: (x, x), 0, 1), TypeError, "quad: expected f to return a real array, got"),
        (
            lambda: quad(lambda x: jax.lax.complex(x, x), 0, 1),
            TypeError,
            "quad: expected f to return a real array, got",
        ),
        (lambda: quad(jnp.sin, 0, 1, points=0.5), ValueError, "quad: expected points with 1 axis"),
        (lambda: nquad(jnp.sin, []), ValueError, "nquad: expected at least one range, got 0"),
        (lambda: nquad(jnp.sin, [(0, 1)], limit=-1), ValueError, "nquad: expected limit to be at least 1, got -1"),
        (lambda: nquad(lambda x: (x,), [(0, 1)]), TypeError, "nquad: expected f to return a real array, got"),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
