"""Minima in an interval against SciPy, evaluation for evaluation, and against the implicit function theorem."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from mathml_jax.optimize import scalar_minima
from mathml_jax.optimize.scalar_minima import brent, golden_section

# Function of a module of arrays and a number, interval, minimum.
TABLE = [
    (lambda m, x: x * m.log(x), 0.1, 1.0, np.exp(-1)),
    (lambda m, x: m.abs(x - 0.3), 0.0, 1.0, 0.3),
    (lambda m, x: (x - 0.3) ** 4, -2.0, 5.0, 0.3),
    (lambda m, x: 0.1 * x - m.exp(-(x**2)), -9.0, 7.0, -0.05012579),
    (lambda m, x: (x - 1e3) ** 2 + m.exp(x - 1e3) - x, 990.0, 1010.5, 1e3),
    (lambda m, x: x, 1.0, 2.0, 1.0),
]


def one_of(x, which):
    return jax.lax.switch(which, [lambda x, f=row[0]: f(jnp, x) for row in TABLE], x)


@jax.jit
def both(which, a, b):
    return [f(one_of, a, b, (which,), xatol=1e-8) for f in (brent, golden_section)]


@pytest.mark.parametrize("which", range(len(TABLE)))
def test_brent_is_scipys(which):
    f, a, b, least = TABLE[which]
    found, golden = both(which, a, b)
    theirs = minimize_scalar(lambda x: f(np, x), bounds=(a, b), method="bounded", options={"xatol": 1e-8})
    assert (found.success, found.status, found.nit) == (True, 0, found.nfev - 1)
    if which != 1:  # A kink leaves the choice to rounding.
        assert abs(found.nfev - theirs.nfev) <= 1
    flat = 3e-4 if which == 2 else 1e-7
    np.testing.assert_allclose([found.x, golden.x, theirs.x], least, rtol=flat, atol=flat)
    np.testing.assert_allclose([found.fun, golden.fun], f(np, np.array([found.x, golden.x])), rtol=1e-14)
    assert golden.success
    # One evaluation for each cut by the golden ratio.
    assert int(golden.nit) == np.ceil(np.log((b - a) / 1e-8) / np.log(2 / (5**0.5 - 1)))


@pytest.mark.parametrize("search", [brent, golden_section])
def test_derivatives_interval_and_types(search):
    def least(a):
        return search(lambda x: jnp.exp(x) - a * x, jnp.float64(1.5), jnp.float64(-1.0))

    found, slope = jax.vmap(jax.value_and_grad(lambda a: least(a).fun))(jnp.array([1.0, 2.0]))
    np.testing.assert_allclose(found, [1.0, 2 - 2 * np.log(2)], rtol=1e-14)
    np.testing.assert_allclose(slope, [0, -np.log(2)], atol=1e-7)
    np.testing.assert_allclose(jax.jacfwd(lambda a: least(a).x)(2.0), 0.5, rtol=1e-7)
    half = search(lambda x: (x - 1) ** 2, jnp.bfloat16(0), jnp.bfloat16(3))
    assert (half.x.dtype, half.x) == (jnp.bfloat16, 1)
    assert search(lambda x: (x - 1.0) ** 2, 0, 3).x.dtype == jnp.float64


@pytest.mark.parametrize("search", [brent, golden_section])
def test_flags(search):
    assert search(lambda x: x**2, -1.0, 2.0, maxiter=3).status == 1
    nowhere = search(lambda x: jnp.nan * x, -1.0, 2.0)
    assert (nowhere.status, nowhere.success) == (3, False)
    somewhere = search(lambda x: jnp.where(x > 1, jnp.nan, (x - 0.5) ** 2), 0.0, 2.0)
    np.testing.assert_allclose(somewhere.x, 0.5, atol=1e-7)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("name", ["brent", "golden_section"])
def test_bad_input(name):
    with pytest.raises(ValueError, match=f"{name}: expected f to return a scalar"):
        getattr(scalar_minima, name)(lambda x: jnp.ones(2) * x, 0.0, 1.0)
