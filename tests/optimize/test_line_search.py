"""Line searches against Moré and Thuente's own counts, and against the conditions themselves."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import line_search

from mathml_jax.optimize.line_search import armijo, strong_wolfe


def bent(a):
    """Straight lines down and up, a parabola between them, waves on top."""
    beta, waves = 0.01, 39
    line = jnp.where(a <= 1 - beta, 1 - a, jnp.where(a >= 1 + beta, a - 1, (a - 1) ** 2 / (2 * beta) + beta / 2))
    return line + 2 * (1 - beta) / (waves * np.pi) * jnp.sin(waves * np.pi / 2 * a)


def yanai(b1, b2):
    g1, g2 = ((1 + b * b) ** 0.5 - b for b in (b1, b2))
    return lambda a: g1 * jnp.sqrt((1 - a) ** 2 + b2**2) + g2 * jnp.sqrt(a**2 + b1**2)


# Function, c1, c2 and, from the tables of their paper of 1994, the evaluations from the starts below.
TABLES = [
    (lambda a: -a / (a * a + 2), 0.001, 0.1, (6, 3, 1, 4)),
    (lambda a: (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, 0.1, 0.1, (12, 8, 8, 11)),
    (bent, 0.1, 0.1, (12, 12, 10, 13)),
    (yanai(0.001, 0.001), 0.001, 0.001, (4, 1, 3, 4)),
    (yanai(0.01, 0.001), 0.001, 0.001, (6, 3, 7, 8)),
    (yanai(0.001, 0.01), 0.001, 0.001, (13, 11, 8, 11)),
]
STARTS = jnp.array([1e-3, 1e-1, 1e1, 1e3])


def one_of(a, which):
    return jax.lax.switch(which, [row[0] for row in TABLES], a)


@jax.jit
def searched(which, c1, c2):
    """From all four starts."""
    return jax.vmap(lambda alpha0: strong_wolfe(one_of, 0.0, 1.0, (which,), c1=c1, c2=c2, alpha0=alpha0))(STARTS)


@pytest.mark.parametrize("which", range(6))
def test_published_counts(which):
    _, c1, c2, counts = TABLES[which]
    found = searched(which, c1, c2)
    slope = jax.grad(lambda a: one_of(a, which))(0.0)
    assert found.success.all()
    assert tuple(found.nfev - 1) == counts
    assert (found.new_fval <= found.old_fval + c1 * found.alpha * slope).all()
    assert (jnp.abs(found.new_slope) <= c2 * jnp.abs(slope)).all()


def valley(x):
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def test_scipy_agrees_where_the_first_step_does():
    """Another search, that tries the same step first."""
    x, p = np.array([-1.2, 1.0]), np.array([0.2156, 0.088])
    gradient = jax.jit(jax.grad(valley))
    step, *_, value, old, _ = line_search(valley, lambda x: np.asarray(gradient(x)), x, p)
    found = strong_wolfe(valley, jnp.array(x), jnp.array(p))
    np.testing.assert_allclose([found.alpha, found.new_fval, found.old_fval], [step, value, old], rtol=1e-14)


def test_armijo_takes_the_first_that_is_short_enough():
    x, p = jnp.array([-1.2, 1.0]), -jax.grad(valley)(jnp.array([-1.2, 1.0]))
    found = armijo(valley, x, p, shrink=0.3)
    steps = 0.3 ** np.arange(20)
    enough = [valley(x + a * p) <= valley(x) - 1e-4 * a * float(p @ p) for a in steps]
    k = enough.index(True)
    np.testing.assert_allclose(found.alpha, steps[k], rtol=1e-14)
    assert (found.nfev, bool(found.success)) == (k + 2, True)


@pytest.mark.parametrize("search", [armijo, strong_wolfe])
def test_edges(search):
    """Where the function ends, the search turns back; uphill, level, unbounded or nowhere finite, it says so."""
    logarithm = search(lambda x: x - jnp.log(x), 2.0, -4.0)
    assert logarithm.success
    assert 0 < logarithm.alpha < 0.5
    for f, x, p in (
        (lambda x: x**2, 1.0, 1.0),
        (lambda x: x**2, 1.0, 0.0),
        (lambda x: jnp.where(x < 1, jnp.inf, x), 1.0, -1.0),
        (lambda x: jnp.where(x < 1, jnp.nan, x), 1.0, -1.0),
    ):
        found = search(f, x, p)
        assert not found.success
        assert np.isnan([found.alpha, found.new_fval, found.new_slope]).all()
        assert found.old_fval == 1
    assert not strong_wolfe(lambda x: -x, 1.0, 1.0, amax=10.0).success


def test_trees_and_types():
    tree = {"a": jnp.ones(2, jnp.float32), "b": jnp.float32(2)}
    down = jax.tree.map(lambda leaf: -leaf, tree)
    for search in (armijo, strong_wolfe):
        found = search(lambda p: jnp.sum(p["a"] ** 2) + p["b"] ** 2, tree, down)
        assert (found.alpha, found.new_fval.dtype, found.old_fval) == (1, jnp.float32, 6)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("search", [armijo, strong_wolfe])
def test_bad_input(search):
    name = search.__name__
    with pytest.raises(TypeError, match=f"{name}: expected x0 of floating-point numbers, got int"):
        search(jnp.sum, jnp.arange(2), jnp.ones(2))
    with pytest.raises(ValueError, match=rf"{name}: expected pk shaped like xk, \(2,\), got \(3,\)"):
        search(jnp.sum, jnp.ones(2), jnp.ones(3))
    with pytest.raises(ValueError, match=f"{name}: expected f to return a scalar"):
        search(lambda x: x, jnp.ones(2), jnp.ones(2))
