"""Roots against SciPy's, step for step where the method is the same."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from mathml_jax.optimize.roots import RootFlag, bisection, chandrupatla, newton_root, secant

EPS = np.finfo(np.float64).eps
FUNCTIONS = {
    "cosine": (lambda x: jnp.cos(x) - x, 0.0, 1.0),
    "exp": (lambda x: jnp.exp(x) - 6, -3.0, 4.0),
    "kepler": (lambda x: x - 0.9 * jnp.sin(x) - 0.1, 3.0, 0.0),
    "bent": (lambda x: (x - 1) * (1 + 1e3 * (x - 1) ** 2), 0.0, 5.0),
    "flat": (lambda x: x**9, -1.0, 4.0),
    "at an end": (lambda x: x - 1, 1.0, 2.0),
    "infinite ends": (lambda x: jnp.log(x) - jnp.log1p(-x) - 30, 0.0, 1.0),
}
METHODS = {
    "bisection": lambda f, a, b, i: bisection(f, a, b, (i,)),
    "chandrupatla": lambda f, a, b, i: chandrupatla(f, a, b, (i,)),
    "newton_root": lambda f, a, b, i: newton_root(f, b, (i,)),
    "secant": lambda f, a, b, i: secant(f, a, b, (i,)),
}


def one_of(x, which):
    return jax.lax.switch(which, [f for f, _, _ in FUNCTIONS.values()], x)


def found(method, names):
    """What a method finds for several functions at once."""
    rows = [(*FUNCTIONS[name][1:], list(FUNCTIONS).index(name)) for name in names]
    a, b, which = (jnp.asarray(column) for column in zip(*rows, strict=True))
    run = jax.jit(jax.vmap(lambda a, b, i: METHODS[method](one_of, a, b, i)))
    return jax.tree.map(np.asarray, run(a, b, which))


def scipys(method, name):
    f, a, b = FUNCTIONS[name]
    compiled, options = jax.jit(lambda x: jax.jvp(f, (x,), (1.0,))), {"full_output": True, "disp": False}

    def value(x):
        return float(compiled(float(x))[0])

    if method in ("bisection", "chandrupatla"):
        search = scipy.optimize.bisect if method == "bisection" else scipy.optimize.brentq
        return search(value, a, b, **options)[1]
    if method == "newton_root":
        return scipy.optimize.newton(value, b, fprime=lambda x: float(compiled(float(x))[1]), **options)[1]
    return scipy.optimize.newton(value, a, x1=b, **options)[1]


@pytest.mark.parametrize("method", METHODS)
def test_as_scipy(method):
    bracketing = method in ("bisection", "chandrupatla")
    names = [name for name in FUNCTIONS if name != "infinite ends"]
    ours = found(method, names)
    for i, name in enumerate(names):
        theirs = scipys(method, name)
        assert (ours.flag[i] == RootFlag.CONVERGED) == ours.converged[i]
        if method == "chandrupatla":
            assert ours.converged[i], name
            assert ours.function_calls[i] <= theirs.function_calls + 1, name
        else:
            assert ours.converged[i] == theirs.converged, name
            assert name == "at an end" or abs(ours.iterations[i] - theirs.iterations) <= 1, name
        if theirs.converged or (bracketing and name != "flat"):
            tolerance = 4e-12 if bracketing else 100 * EPS
            np.testing.assert_allclose(ours.root[i], theirs.root, atol=tolerance, rtol=4 * EPS, err_msg=name)


@pytest.mark.parametrize("method", ["bisection", "chandrupatla"])
def test_infinite_values_have_a_sign(method):
    end = found(method, ["infinite ends"])
    np.testing.assert_allclose(end.root[0], 1 / (1 + np.exp(-30)), rtol=2e-12)
    assert end.converged[0]


def kepler(x, e, m):
    return x - e * jnp.sin(x) - m


@pytest.mark.parametrize("method", METHODS)
def test_derivatives_of_the_root(method):
    """For Kepler's equation, to second order, forward and reverse."""

    def root(e, m):
        return METHODS[method](lambda x, i: kepler(x, e, m), 0.0, 3.0, 0).root

    e, m = 0.5, 1.0
    x = scipy.optimize.brentq(lambda x: x - e * np.sin(x) - m, 0.0, 3.0, xtol=1e-15)
    d = 1 - e * np.cos(x)
    first = [np.sin(x) / d, 1 / d]
    derivatives = jax.jit(lambda e, m: (jax.grad(root, (0, 1))(e, m), jax.jacfwd(jax.grad(root, 1), 1)(e, m)))(e, m)
    np.testing.assert_allclose(derivatives[0], first, rtol=1e-10)
    np.testing.assert_allclose(derivatives[1], -e * np.sin(x) / d**3, rtol=1e-10)


def gap(x, a):
    """Not a number below 1/2, and rising."""
    return jnp.where(x < 0.5, jnp.nan, x - a)


FAILURES = [
    (lambda: bisection(gap, 1.0, 2.0, (0.0,)), RootFlag.SIGN, np.nan),
    (lambda: chandrupatla(gap, 1.0, 2.0, (0.0,)), RootFlag.SIGN, np.nan),
    (lambda: bisection(gap, 0.0, 2.0, (1.0,)), RootFlag.NOT_FINITE, None),
    (
        lambda: bisection(lambda x: jnp.where((x > 0.9) & (x < 1.1), jnp.nan, x - 1.05), 0.0, 2.0),
        RootFlag.NOT_FINITE,
        2,
    ),
    (lambda: bisection(gap, 0.5, 2.0, (1.0,), maxiter=3), RootFlag.MAXITER, None),
    (lambda: newton_root(gap, 0.7, (0.4,)), RootFlag.NOT_FINITE, 0.7),
    (lambda: newton_root(gap, 0.4, (1.0,)), RootFlag.NOT_FINITE, 0.4),
    (lambda: newton_root(lambda x: x**2 + 1, 0.0), RootFlag.MAXITER, 0.0),
    (lambda: newton_root(lambda x: jnp.cbrt(x), 0.1, maxiter=4), RootFlag.MAXITER, 1.6),
    (lambda: secant(gap, 0.9, 0.7, (0.4,)), RootFlag.NOT_FINITE, 0.7),
    (lambda: secant(lambda x: x**2 + 1, -1.0, 1.0), RootFlag.MAXITER, 1.0),
]


@pytest.mark.parametrize(("search", "flag", "root"), FAILURES)
def test_failure_shows(search, flag, root):
    end = search()
    assert end.flag == flag
    assert not end.converged
    if root is not None:
        np.testing.assert_allclose(end.root, root, rtol=1e-12)


def test_float32_and_integers():
    assert bisection(lambda x: x**2 - 2, jnp.float32(0), jnp.float32(2)).root.dtype == jnp.float32
    assert chandrupatla(lambda x: x**2 - 2, 0, 2).root.dtype == jnp.float64
    low = chandrupatla(lambda x: x**2 - 2, jnp.float16(0), jnp.float16(2))
    assert low.root == jnp.float16(2**0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bisection(jnp.sin, jnp.ones(2), 4.0), r"bisection: expected a with 0 axes, got shape \(2,\)"),
        (lambda: secant(jnp.sin, 1.0, jnp.zeros(0)), r"secant: expected x1 with 0 axes, got shape \(0,\)"),
        (lambda: newton_root(lambda x: x * jnp.ones(2), 1.0), r"newton_root: expected f to return a scalar, got shape"),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
