"""compare: every kind of mistake is laid at the right door, and nothing else is."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import random

from mathml_jax import Verdict, assert_derivative, compare
from mathml_jax._differences import along, binary_scale, corners, curvature

X = np.array([1.0, 3.0, -2.0])
A = np.arange(6.0).reshape(2, 3)
sigmoid = jax.nn.sigmoid


@jax.custom_jvp
def cube(x):
    return x**3


cube.defjvp(lambda primals, tangents: (primals[0] ** 3, 2 * primals[0] ** 2 * tangents[0]))


@jax.custom_vjp
def square(x):
    return x**2


square.defvjp(lambda x: (x**2, x), lambda x, g: (2 * x * g,))


def curved(x):
    return jnp.array([jnp.sin(x[0]) * x[1], x[2] ** 2 * x[0], x[1]])


def curved_jacobian(x):
    return jnp.array([[jnp.cos(x[0]) * x[1], jnp.sin(x[0]), 0], [x[2] ** 2, 0, 2 * x[2] * x[0]], [0, 1, 0]])


def waved(x):
    return jnp.sin(x[0]) * x[1] ** 2 * x[2]


def waved_hessian(x):
    s, c = jnp.sin(x[0]), jnp.cos(x[0])
    a, b, d = 2 * c * x[1] * x[2], c * x[1] ** 2, 2 * s * x[1]
    return jnp.array([[-s * x[1] ** 2 * x[2], a, b], [a, 2 * s * x[2], d], [b, d, 0]])


def layer(p, x):
    return jnp.sum(p["w"] @ x + p["b"]) ** 2


def layer_gradient(p, x, factor=2.0):
    total = jnp.sum(p["w"] @ x + p["b"])
    return {"w": 2 * total * jnp.stack([x, x]), "b": factor * total * jnp.ones(2)}


P = {"w": A, "b": np.ones(2)}


def pair(x, y):
    return (x**2) @ y


@pytest.mark.parametrize(
    ("f", "df", "args", "options"),
    [
        (lambda x: x @ x, lambda x: 2 * x, (X,), {}),
        (curved, curved_jacobian, (X,), {"kind": "jacobian"}),
        (waved, waved_hessian, (X,), {"kind": "hessian"}),
        (jnp.tanh, lambda x: 1 - jnp.tanh(x) ** 2, (X,), {"kind": "derivative"}),
        (lambda x: jnp.asarray(A) @ x, lambda x, g: jnp.asarray(A).T @ g, (X,), {"kind": "vjp"}),
        (pair, lambda x, y: (2 * x * y, x**2), (X, X + 1), {"argnum": (0, 1)}),
        (pair, lambda x, y: x**2, (X, X + 1), {"argnum": -1}),
        (layer, layer_gradient, (P, X), {}),
        (square, lambda x: 2 * x, (3.0,), {}),
        (lambda x: x**2 if x > 0 else -x, lambda x: 2 * x if x > 0 else -1.0, (3.0,), {}),
        (lambda f, x, n: f(x) ** n, lambda f, x, n: n * f(x) ** (n - 1) * jnp.cos(x), (jnp.sin, 0.5, 3), {"argnum": 1}),
        (lambda x: jnp.sum(jax.nn.softmax(x)), lambda x: 0 * x, (X,), {}),
        (lambda x: jnp.sum(jnp.sin(x)), jnp.cos, (np.linspace(0, 1, 5000),), {}),
        (lambda x: x, lambda x: jnp.ones(x.shape), (np.zeros(0),), {"kind": "derivative"}),
    ],
)
def test_right_derivatives_agree(f, df, args, options):
    comparison = compare(f, df, *args, **options)
    assert comparison.verdict == Verdict.AGREE, str(comparison)
    assert_derivative(f, df, *args, **options)


@pytest.mark.parametrize(
    ("f", "df", "args", "options", "entry"),
    [
        (lambda x: x @ x, lambda x: -2 * x, (X,), {}, "[1]"),
        (lambda x: x @ x, lambda x: 4 * x, (X,), {}, "[1]"),
        (curved, lambda x: curved_jacobian(x).T, (X,), {"kind": "jacobian"}, "[2, 1]"),
        (lambda x: jnp.asarray(A) @ x, lambda x: jnp.asarray(A).T, (X,), {"kind": "jacobian"}, None),
        (pair, lambda x, y: x**2, (X, X + 1), {}, "[1]"),
        (waved, lambda x: -waved_hessian(x), (X,), {"kind": "hessian"}, None),
        (lambda x: jnp.asarray(A) @ x, lambda x, g: 2 * jnp.asarray(A).T @ g, (X,), {"kind": "vjp"}, None),
        (layer, lambda p, x: layer_gradient(p, x, 3.0), (P, X), {}, "['b'][0]"),
        (lambda x: x @ x, lambda x: jnp.sum(x), (X,), {}, None),
        (lambda x: x @ x, lambda x: jnp.nan * x, (X,), {}, "[0]"),
        (lambda x: jnp.sum(jnp.sin(x)), lambda x: jnp.cos(x).at[777].set(9.0), (np.linspace(0, 1, 5000),), {}, None),
        (lambda x: jnp.sin(x.astype(jnp.float32)), lambda x: -jnp.cos(x), (np.float32(1),), {}, ""),
    ],
)
def test_wrong_derivatives_are_caught(f, df, args, options, entry):
    comparison = compare(f, df, *args, **options)
    assert comparison.verdict == Verdict.HAND_WRONG, str(comparison)
    assert entry is None or comparison.entry == entry
    with pytest.raises(AssertionError, match="the hand-written one is wrong"):
        assert_derivative(f, df, *args, **options)


@pytest.mark.parametrize(
    ("f", "df", "x"),
    [
        (cube, lambda x: 3 * x**2, 2.0),
        (lambda x: jnp.where(x != 0, jnp.sin(x) / x, 1.0), lambda x: 0.0 * x, 0.0),
    ],
)
def test_wrong_autodiff_is_named(f, df, x):
    assert compare(f, df, x).verdict == Verdict.AUTODIFF_WRONG
    assert compare(f, None, x).verdict == Verdict.AUTODIFF_WRONG
    assert_derivative(f, df, x)


def test_both_wrong_alike_is_seen_by_differences():
    assert compare(cube, lambda x: 2 * x**2, 2.0).verdict == Verdict.NEITHER


@pytest.mark.parametrize(
    ("f", "df", "x", "kind"),
    [
        (jnp.abs, jnp.sign, 0.0, "gradient"),
        (jnp.linalg.norm, lambda x: 0 * x, np.zeros(3), "gradient"),
        (lambda x: jnp.sqrt(jnp.abs(x[0] * x[1])), lambda x: 0 * x, np.zeros(2), "gradient"),
        (jax.nn.relu, lambda x: jnp.where(x > 0, 1.0, 0.0), np.array([0.0, 1.0, -1.0]), "derivative"),
    ],
)
def test_a_kink_is_nobodys_fault(f, df, x, kind):
    comparison = compare(f, df, x, kind=kind)
    assert comparison.verdict == Verdict.NOT_DIFFERENTIABLE, str(comparison)
    with pytest.raises(AssertionError):
        assert_derivative(f, df, x, kind=kind)


def test_a_kink_does_not_excuse_another_entry():
    def wrong(x):
        return jnp.where(x > 0, 2.0, 0.0)

    assert compare(jax.nn.relu, wrong, np.array([0.0, 1.0]), kind="derivative").verdict == Verdict.HAND_WRONG


def test_lost_in_float32():
    x = np.float32(30)
    assert compare(sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x)), x).verdict == Verdict.LOST
    assert compare(sigmoid, lambda x: sigmoid(x) * sigmoid(-x), x).verdict == Verdict.AGREE


def scanned(x):
    return jax.lax.scan(lambda c, _: (c * jnp.sin(x), None), jnp.ones((), jnp.float32), None, length=3)[0]


@pytest.mark.parametrize(
    ("f", "df", "args", "argnum"),
    [
        (lambda x: jnp.sin(x.astype(jnp.float32)), jnp.cos, (np.float32(1),), 0),
        (scanned, lambda x: 3 * jnp.sin(x) ** 2 * jnp.cos(x), (np.float32(1),), 0),
        (
            lambda key, x: jnp.vdot(random.normal(key, x.shape, x.dtype), x),
            lambda key, x: random.normal(key, x.shape, x.dtype),
            (random.key(0), X.astype(np.float32)),
            1,
        ),
    ],
)
def test_functions_of_one_precision_have_a_float32_witness(f, df, args, argnum):
    comparison = compare(f, df, *args, argnum=argnum)
    assert comparison.verdict == Verdict.AGREE, str(comparison)
    assert "float32 witness" in comparison.message
    assert compare(f, lambda *args: -df(*args), *args, argnum=argnum).verdict == Verdict.HAND_WRONG


@pytest.mark.parametrize("x64", [False, True])
def test_the_callers_setting_survives(x64):
    with jax.enable_x64(x64):
        x = jnp.array([1.0, 2.0])
        comparison = compare(lambda x: x @ x, lambda x: 2 * x, x)
        assert jax.config.jax_enable_x64 == x64
        assert comparison.ok
        assert comparison.dtype == ("float64" if x64 else "float32")
        assert comparison.witnesses[0].dtype == "float64"
        with pytest.raises(ZeroDivisionError):
            compare(lambda x: 1 / 0, lambda x: x, x)
        assert jax.config.jax_enable_x64 == x64


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16])
def test_half_precision(dtype):
    assert compare(jnp.sin, jnp.cos, dtype(1.0)).ok


def test_samples_are_compared_together():
    def wrong_at_three(x):
        return 2 * x + jnp.where(x[0] == 3, 1.0, 0.0)

    x = np.array([[1.0], [3.0], [4.0]])
    comparison = compare(lambda x: x @ x, wrong_at_three, x, batched=True)
    assert comparison.verdict == Verdict.HAND_WRONG
    assert float(comparison.witnesses[0].values[0]) == 7


def test_the_table_shows_every_witness():
    table = str(compare(square, lambda x: 2 * x, np.float32(3)))
    for word in ("hand-written", "forward mode", "unavailable", "reverse mode", "differences", "float32"):
        assert word in table


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: compare(jnp.sin, jnp.cos, X), ValueError, "compare: expected a scalar function for kind='gradient'"),
        (lambda: compare(jnp.sin, jnp.cos, X, kind="slope"), ValueError, "compare: expected kind to be one of"),
        (lambda: compare(jnp.sin, jnp.cos, 1.0, argnum=1), ValueError, "compare: expected argnum below 1, got 1"),
        (lambda: compare(lambda n: n * 2.0, lambda n: 2.0, 3), TypeError, "real floating-point variables, got int"),
        (lambda: jax.jit(lambda x: compare(jnp.sin, jnp.cos, x))(1.0), TypeError, "concrete arrays, got a tracer"),
        (lambda: compare(lambda x: x > 0, lambda x: x, 1.0), TypeError, "a real floating-point result, got bool"),
        (lambda: compare(lambda x: x[:1], lambda x: x, X, kind="derivative"), ValueError, "an elementwise function"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message.replace("(", r"\(")):
        call()


@pytest.mark.parametrize(
    ("g", "derivative", "x"),
    [
        (jnp.sin, np.cos, 1.0),
        (jnp.exp, np.exp, 3.0),
        (jnp.log, lambda x: 1 / x, 1e-3),
        (lambda x: jnp.sin(50 * x), lambda x: 50 * np.cos(50 * x), 1.0),
        (lambda x: x**3, lambda x: 3 * x**2, 1e6),
        (lambda x: jnp.maximum(x, 0.0), lambda x: 1.0, 0.05),
    ],
)
def test_differences_know_their_error(g, derivative, x):
    scale = binary_scale(jnp.array([x]))
    central, left, right = along(g, jnp.array([x]), scale)
    for estimate in (central, left, right):
        assert abs(estimate.value / scale - derivative(x))[0] <= 2 * (estimate.error / scale)[0] + 1e-15
    assert (central.error / scale)[0] <= 1e-9 * max(1.0, abs(derivative(x)))


def test_mixed_second_differences():
    x, y = np.asarray(corners(jnp.float64)).T + np.array([[0.3], [1.2]])
    estimate = curvature(np.sin(x) * np.exp(y))
    np.testing.assert_allclose(estimate.value, np.cos(0.3) * np.exp(1.2), rtol=1e-9)
