import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special

from mathml_jax.calculus.riemann import riemann_sum, romberg

EPS = 2.0**-52


@pytest.mark.parametrize(("rule", "order"), [("left", 1), ("right", 1), ("midpoint", 2)])
def test_the_sums_tend_to_the_integral(rule, order):
    errors = [riemann_sum(jnp.exp, 0.0, 1.0, n, rule) - (np.e - 1) for n in (256, 512)]
    np.testing.assert_allclose(errors[0] / errors[1], 2**order, rtol=4e-3)


def test_rectangles():
    x = np.linspace(-1, 2, 7 + 1)
    middle = (x[:-1] + x[1:]) / 2
    for rule, points, mirrored in (("left", x[:-1], x[1:]), ("right", x[1:], x[:-1]), ("midpoint", middle, middle)):
        want, back = np.exp(points).sum() * 3 / 7, -np.exp(mirrored).sum() * 3 / 7
        np.testing.assert_allclose(riemann_sum(jnp.exp, -1, 2, 7, rule), want, rtol=16 * EPS)
        np.testing.assert_allclose(riemann_sum(jnp.exp, 2, -1, 7, rule), back, rtol=16 * EPS)
    assert riemann_sum(jnp.exp, 1, 1, 3) == 0


# Each with its antiderivative; the last two are not smooth at an end.
TABLE = [
    (jnp.exp, np.exp, 0.0, 1.0),
    (jnp.sin, lambda x: -np.cos(x), 0.0, 3.0),
    (lambda x: 1 / (1 + x * x), np.arctan, -1.0, 2.0),
    (lambda x: 1 / x, np.log, 1.0, 4.0),
    (lambda x: x**7, lambda x: x**8 / 8, -1.0, 2.0),
    (lambda x: jnp.exp(-x * x), lambda x: scipy.special.erf(x) * np.sqrt(np.pi) / 2, 0.0, 3.0),
    (jnp.tanh, lambda x: np.log(np.cosh(x)), -2.0, 3.0),
    (lambda x: jnp.cos(20 * x), lambda x: np.sin(20 * x) / 20, 0.0, 1.0),
    (lambda x: 1 / (1 + 25 * x * x), lambda x: np.arctan(5 * x) / 5, -1.0, 1.0),
    (jnp.log1p, lambda x: (1 + x) * np.log1p(x) - x, 0.0, 5.0),
    (jnp.abs, lambda x: x * np.abs(x) / 2, -1.0, 1.3),
    (jnp.sqrt, lambda x: x**1.5 / 1.5, 0.0, 2.0),
    (lambda x: x**1.5, lambda x: x**2.5 / 2.5, 0.0, 1.0),
]


def estimates(table, levels):
    """All in one compilation."""
    return jax.jit(lambda: [romberg(f, a, b, levels) for f, _, a, b in table])()


@pytest.mark.parametrize("levels", [4, 8])
def test_rombergs_error_is_bounded(levels):
    off = []
    for estimate, (_, whole, a, b) in zip(estimates(TABLE, levels), TABLE, strict=True):
        off.append(float(abs(estimate.integral - (whole(b) - whole(a))) / estimate.error))
    assert sum(ratio <= 1 for ratio in off) >= len(TABLE) - 1, off


def test_romberg_gets_all_digits_of_smooth_functions():
    for estimate, (_, whole, a, b) in zip(estimates(TABLE[:10], 10), TABLE, strict=False):
        np.testing.assert_allclose(estimate.integral, whole(b) - whole(a), rtol=64 * EPS, atol=64 * EPS)


def test_rombergs_first_columns_are_the_trapezoid_and_simpson():
    y = np.exp(np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(romberg(jnp.exp, 0.0, 1.0, 1).integral, (y @ [1, 4, 1]) / 6, rtol=4 * EPS)


@pytest.mark.parametrize(("f", "a", "b"), [(jnp.log, 0.0, 1.0), (lambda x: 1 / x, -1.0, 1.0), (jnp.sqrt, -1.0, 1.0)])
def test_a_value_that_is_not_finite_is_reported(f, a, b):
    estimate = romberg(f, a, b)
    assert not np.isfinite(estimate.integral)
    assert estimate.error == np.inf


def test_derivatives_in_limits_and_parameters():
    def area(b, p):
        return romberg(lambda x: jnp.exp(p * x), 0.0, b).integral

    at = (1.5, 0.7)
    want = (np.exp(1.05), (1.5 * 0.7 - 1) * np.exp(1.05) / 0.49 + 1 / 0.49)
    for mode in (jax.jacfwd, jax.jacrev):
        np.testing.assert_allclose(mode(area, argnums=(0, 1))(*at), want, rtol=64 * EPS)
    np.testing.assert_allclose(
        jax.grad(lambda b: riemann_sum(lambda x: b * x, 0.0, b, 4))(2.0), 3 * 2.0**2 / 2, rtol=8 * EPS
    )


def test_dtypes():
    assert riemann_sum(lambda x: x * 0 + 1, np.float16(0), np.float16(1), 4000) == 1
    assert romberg(jnp.exp, np.float32(0), np.float32(1)).integral.dtype == jnp.float32
    assert romberg(jnp.exp, 0, 1).integral.dtype == jnp.float64


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: riemann_sum(jnp.exp, 0.0, 1.0, 0), "riemann_sum: expected n to be an integer from 1, got 0"),
        (lambda: riemann_sum(jnp.exp, 0.0, 1.0, 2.5), "riemann_sum: expected n to be an integer from 1, got 2.5"),
        (
            lambda: riemann_sum(jnp.exp, 0.0, 1.0, 2, "middle"),
            "riemann_sum: expected rule to be one of 'left', 'midpoint', 'right', got 'middle'",
        ),
        (lambda: riemann_sum(lambda x: x[None], 0.0, 1.0, 2), "riemann_sum: expected f to return a scalar"),
        (lambda: romberg(jnp.exp, 0.0, 1.0, 0), "romberg: expected levels to be an integer from 1 to 20, got 0"),
        (lambda: romberg(jnp.exp, 0.0, 1.0, 21), "romberg: expected levels to be an integer from 1 to 20, got 21"),
        (lambda: romberg(lambda x: (x, x), 0.0, 1.0), "romberg: expected f to return a scalar"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
