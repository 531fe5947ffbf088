import math

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from jax import lax

from mathml_jax.calculus._jets import RULES, coefficients, nested, without_rule
from mathml_jax.calculus.taylor_series import remainder_bound, taylor

EPS = 2.0**-52


def twin(function, x, order):
    with mpmath.workdps(150):
        return [float(c) for c in mpmath.taylor(function, mpmath.mpf(x), order, chop=False)]


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


def _arranged(x):
    products = jnp.cumprod(jnp.stack([x, x, jnp.exp(x)]))
    parts = jnp.concatenate(jnp.split(jnp.cumsum(jnp.stack([x, x * x])), 2))
    return products[2] + jnp.pad(jnp.stack([x, x])[None].T, 1).sum() + parts[1]


def _chosen(x):
    clipped = lax.clamp(-1.0, jnp.where(x > 0, jnp.clip(jnp.sin(x), -2, 2), 0.0), 1.0)
    reduced = jnp.max(jnp.stack([x, jnp.exp(x)])) + jnp.min(jnp.stack([x - 9, jnp.exp(x)]))
    return clipped + reduced + jnp.abs(x) + jnp.abs(-x) + (jnp.floor(x) + jnp.sign(x) * jnp.ceil(x)) * x + lax.round(x)


def _indexed(x):
    turned = jnp.stack([x, jnp.exp(x)])[::-1] @ jnp.array([2.0, 0.0])
    added = jnp.zeros(3).at[1].add(jnp.exp(x))[jnp.array([1])][0]
    return turned + added + lax.dynamic_update_slice(jnp.zeros(3), x[None] ** 2, (1,))[1]


def _convolved(x):
    return jnp.convolve(jnp.stack([x, jnp.exp(x)]), jnp.stack([x, x]))[1]


# Each function with its twin, points, and how many eps of the largest of two neighbouring coefficients it may be off.
RULED = [
    (jnp.exp, mpmath.exp, [-20, 1e-9, 1, 20], 4),
    (jnp.expm1, mpmath.expm1, [-1, 1e-9, 20], 4),
    (jnp.log, mpmath.log, [1e-3, 1, 1e9], 8),
    (jnp.log1p, mpmath.log1p, [-0.9, 1e-12, 20], 8),
    (jnp.sin, mpmath.sin, [-20, 1e-9, 3.14], 8),
    (jnp.cos, mpmath.cos, [-20, 1e-9, 1.57], 8),
    (jnp.sinh, mpmath.sinh, [-2, 1e-9, 20], 16),
    (jnp.cosh, mpmath.cosh, [-2, 1e-9, 20], 16),
    (jnp.tanh, mpmath.tanh, [-2, 0.1, 1], 128),
    (jax.nn.sigmoid, sigmoid, [-20, 0.1, 1], 64),
    (jnp.sqrt, mpmath.sqrt, [1e-3, 1, 5e9], 16),
    (lax.rsqrt, lambda x: 1 / mpmath.sqrt(x), [1e-3, 1, 5e9], 16),
    (lambda x: x**2.5, lambda x: x ** mpmath.mpf(2.5), [0.3, 1, 5], 2048),
    (lambda x: 2.0**x, lambda x: mpmath.mpf(2) ** x, [-2, 0.3, 50], 16),
    (lambda x: x**-3 + x**5, lambda x: x**-3 + x**5, [-2, 0.3], 32),
    (lambda x: (1 + x) / (2 + x * x), lambda x: (1 + x) / (2 + x * x), [-2, 0, 0.3], 32),
    (jnp.arccosh, mpmath.acosh, [1.3, 5], 256),
    (jnp.arctanh, mpmath.atanh, [-0.9, 0.1, 0.9], 128),
    (lax.erf, mpmath.erf, [-2, 0.1, 1], 64),
    (_arranged, lambda x: x * x * (mpmath.exp(x) + 1) + 3 * x, [0.3], 32),
    (_chosen, lambda x: mpmath.sin(x) + mpmath.exp(x) + 4 * x - 9, [0.3], 32),
    (_indexed, lambda x: 3 * mpmath.exp(x) + x**2, [0.3], 32),
    (_convolved, lambda x: x * x + mpmath.exp(x) * x, [0.3], 32),
]


@pytest.mark.parametrize(("f", "function", "points", "bound"), RULED)
def test_order_twelve_agrees_with_mpmath(f, function, points, bound):
    got = np.asarray(taylor(f, np.array(points, float), 12).coefficients)
    expected = np.array([twin(function, x, 12) for x in points])
    # A coefficient next to a zero of its own is as good as its neighbours.
    size = np.abs(expected)
    size = np.maximum(size, np.minimum(np.roll(size, 1, 1), np.roll(size, -1, 1)))
    assert np.all(np.abs(got - expected) <= bound * EPS * size + 1e-300)


NESTED = [
    (jnp.arctan, mpmath.atan, 0.7, "atan"),
    (jnp.tan, mpmath.tan, 0.7, "tan"),
    (jnp.exp2, lambda x: mpmath.mpf(2) ** x, 0.7, "exp2"),
    (jnp.arcsinh, mpmath.asinh, -0.7, "asinh"),
    (jax.scipy.special.erfc, mpmath.erfc, 5.0, "erfc"),
    (lambda x: lax.rem(x, 1.5) ** 2, lambda x: (x + 1.5) ** 2, -2.0, "rem"),
    (lambda x: jnp.arctan2(2 + x, x), lambda x: mpmath.atan2(2 + x, x), 0.0, "atan2"),
    (lambda x: x**3.0, lambda x: x**3, -2.0, "pow"),
    (lambda x: x**x, lambda x: x**x, 0.7, "pow"),
    (jax.nn.softplus, lambda x: mpmath.log1p(mpmath.exp(x)), 0.0, "custom_jvp_call"),
    (lambda x: lax.fori_loop(0, 3, lambda _, y: y * jnp.sin(x), 1.0), lambda x: mpmath.sin(x) ** 3, 0.7, "scan"),
    (lambda x: lax.cond(x > 0, jnp.sin, jnp.cos, x), mpmath.sin, 0.7, "cond"),
    (lambda x: (x * 2.5).astype(int).astype(float) + x**2, lambda x: 1 + x**2, 0.7, "convert_element_type"),
    (lambda x: jnp.real(jnp.exp(1j * x)), mpmath.cos, 0.7, "mul"),
]


@pytest.mark.parametrize(("f", "function", "x", "primitive"), NESTED)
@pytest.mark.usefixtures("peers")
def test_without_a_rule_order_six_by_nesting_and_an_error_above(f, function, x, primitive):
    assert without_rule(f, jnp.float64(0.5)) == primitive
    got, expected = taylor(f, x, 6).coefficients, np.array(twin(function, x, 6))
    np.testing.assert_allclose(got, expected, rtol=2**12 * EPS, atol=2**6 * EPS * np.max(np.abs(expected)))
    message = f"taylor: expected an order of at most 6 for an f that uses {primitive}, which has no rule for series"
    with pytest.raises(ValueError, match=message):
        taylor(f, x, 7)


def test_lgamma_is_as_good_as_jaxs_own_derivatives():
    got, expected = taylor(lax.lgamma, 2.5, 3).coefficients, twin(mpmath.loggamma, 2.5, 3)
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_primitives_of_constants_need_no_rule():
    f = lambda x: lax.lgamma(jnp.float64(3.5)) * jax.jit(jnp.square)(x)  # noqa: E731
    assert without_rule(f, jnp.float64(1.0)) is None
    np.testing.assert_allclose(taylor(f, 1.0, 9).coefficients[2], math.lgamma(3.5), rtol=8 * EPS)
    inside = lambda x: x**2 * jax.jit(lambda x, c: x + lax.tan(c))(x, 2.0)  # noqa: E731
    assert without_rule(inside, jnp.float64(1.0)) == "tan"


def test_both_ways_agree():
    f = lambda x: jnp.exp(jnp.sin(x)) / (1 + x * x)  # noqa: E731
    by_nesting = [d / math.factorial(k) for k, d in enumerate(nested(f, 6)(jnp.float64(0.3)))]
    np.testing.assert_allclose(coefficients(f, jnp.float64(0.3), 6), by_nesting, rtol=64 * EPS)


def test_every_rule_exists_in_jax():
    from jax.experimental.jet import jet_rules

    known = {primitive.name for primitive in jet_rules}
    # Comparisons of a total order, and addition of cotangents, appear under these names in some releases only.
    assert known >= RULES - {"lt_to", "le_to", "add_any"}, RULES - known


def test_evaluation_batches_and_types():
    x0, x = np.array([[0.0, 1.0, 2.0]]), np.array([[0.5], [0.25]])
    polynomial = taylor(jnp.exp, x0, 3)
    assert polynomial.coefficients.shape == (1, 3, 4)
    expected = np.exp(x0) * sum((x - x0) ** k / math.factorial(k) for k in range(4))
    np.testing.assert_allclose(polynomial(x), expected, rtol=16 * EPS)
    np.testing.assert_allclose(taylor(jnp.sin, 0.3, 20)(np.linspace(-1, 1, 9)), np.sin(np.linspace(-1, 1, 9)), atol=EPS)
    assert taylor(lambda x: 2, 1, 3).coefficients.tolist() == [2, 0, 0, 0]
    assert taylor(jnp.exp, np.zeros((0,)), 3).coefficients.shape == (0, 4)
    assert taylor(jnp.exp, 0, 0)(5) == 1
    for dtype in (jnp.float32, jnp.float16):
        polynomial = taylor(jnp.tanh, jnp.asarray(0.5, dtype), 8)
        assert polynomial.coefficients.dtype == polynomial(jnp.asarray(1.0, dtype)).dtype == dtype
        np.testing.assert_allclose(
            np.float64(polynomial.coefficients), twin(mpmath.tanh, 0.5, 8), atol=2 * float(jnp.finfo(dtype).eps)
        )


@pytest.mark.parametrize("f", [jnp.tanh, jnp.arctan])
def test_coefficients_are_differentiable_in_both_modes(f):
    """The slope of the k-th coefficient is k + 1 times the next."""
    series = taylor(f, 0.4, 5).coefficients
    expected = np.arange(1.0, 6.0) * series[1:]
    for mode in (jax.jacfwd, jax.jacrev):
        got = jax.jit(mode(lambda x: taylor(f, x, 4).coefficients))(0.4)
        np.testing.assert_allclose(got, expected, rtol=512 * EPS, atol=16 * EPS)
    scaled = jax.grad(lambda a: taylor(lambda x: jnp.sin(a * x), 0.0, 5).coefficients[5])(2.0)
    np.testing.assert_allclose(scaled, 5 * 2**4 / 120, rtol=16 * EPS)


@pytest.mark.parametrize("order", [0, 4])
@pytest.mark.parametrize(
    ("f", "x0", "x"),
    [
        (jnp.exp, 0.0, np.array([-3.0, -0.1, 0.5, 4.0])),
        (jnp.log, 2.0, np.array([0.05, 1.0, 3.0, 40.0])),
        (lambda x: 1 / (1 + 25 * x * x), 0.5, np.array([-1.0, 0.0, 0.55, 2.0])),
        (jnp.tanh, 0.0, np.array([-4.0, -0.5, 0.5, 4.0])),
        (jnp.arctan, 0.0, np.array([-4.0, -0.5, 0.5, 4.0])),
        (lambda x: jnp.sin(40 * x), 0.0, np.array([-1.0, 0.1, 0.7, 1.5])),
    ],
)
def test_the_bound_holds_and_is_not_wasteful(f, x0, x, order):
    p = taylor(f, x0, order)
    error, bound = np.abs(f(x) - p(x)), np.asarray(remainder_bound(f, x0, x, order))
    assert np.all(error <= bound + 64 * EPS * (np.abs(f(x)) + np.abs(p(x))))
    largest = np.max(np.abs(taylor(f, np.linspace(x0, x, 3001), order + 1).coefficients[..., -1]), 0)
    lagrange = largest * np.abs(x - x0) ** (order + 1)
    assert np.all(bound >= lagrange * (1 - 2**10 * EPS))
    assert np.all(bound <= 3 * lagrange)


def test_the_bound_at_its_edges():
    assert remainder_bound(jnp.exp, 1.0, 1.0, 3) == 0
    assert remainder_bound(lambda x: x**3 - 2 * x, 5.0, -7.0, 3) == 0
    assert remainder_bound(jnp.log, 1.0, -1.0, 2) == np.inf
    assert remainder_bound(lambda x: 1 / x, 1.0, np.array([-1.0, np.nan, np.inf]), 2).tolist() == [np.inf] * 3
    assert jax.grad(lambda x: remainder_bound(jnp.exp, 1.0, x, 1))(1.0) == 0
    assert remainder_bound(jnp.exp, 0.0, np.float32(1.0), 2).dtype == np.float32


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: taylor(jnp.exp, 0.0, -1), "taylor: expected order to be an integer from 0, got -1"),
        (lambda: taylor(jnp.exp, 0.0, 1.5), "taylor: expected order to be an integer from 0, got 1.5"),
        (
            lambda: taylor(lambda x: jnp.stack([x, x]), 0.0, 2),
            r"taylor: expected f to return a scalar, got shape \(2,\)",
        ),
        (lambda: remainder_bound(jnp.exp, 0.0, 1.0, -1), "remainder_bound: expected order to be an integer from 0"),
        (
            lambda: remainder_bound(jnp.tan, 0.0, 1.0, 5),
            "remainder_bound: expected an order of at most 4 for an f that uses tan, which has no rule .*, got 5",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
