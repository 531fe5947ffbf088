import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from mathml_jax.calculus import derivative, numerical_derivative

EPS = 2.0**-52
FUNCTIONS = [
    (jnp.exp, mpmath.exp, 0.7),
    (jnp.sin, mpmath.sin, 2.0),
    (jnp.log, mpmath.log, 3.0),
    (lambda x: x**5, lambda x: x**5, 1.5),
    (lambda x: 1 / (1 + x * x), lambda x: 1 / (1 + x * x), 0.4),
    (jnp.tanh, mpmath.tanh, -0.6),
]


@pytest.mark.parametrize("n", [0, 1, 5])
@pytest.mark.parametrize(("f", "twin", "x"), FUNCTIONS)
def test_agrees_with_mpmath(f, twin, x, n):
    with mpmath.workdps(40):
        expected = float(mpmath.diff(twin, mpmath.mpf(x), n))
    np.testing.assert_allclose(jax.jit(derivative(f, n))(x), expected, rtol=64 * EPS)


@pytest.mark.parametrize(("f", "twin", "x"), FUNCTIONS)
def test_differences_stay_within_their_own_error_and_that_is_small(f, twin, x):
    with mpmath.workdps(40):
        expected = float(mpmath.diff(twin, mpmath.mpf(x)))
    got = numerical_derivative(f, x)
    assert abs(got.df - expected) <= got.error <= 1e-9 * abs(expected)


def test_differences_in_float32():
    got = numerical_derivative(jnp.tanh, np.float32([-0.6, 0.0, 2.0]))
    assert got.df.dtype == np.float32
    off = np.abs(np.asarray(got.df) - 1 / np.cosh([-0.6, 0.0, 2.0]) ** 2)
    assert np.all((off <= np.asarray(got.error)) & (got.error <= 1e-4))


def test_any_shape_and_functions_of_scalars_alone():
    x = np.linspace(-1, 1, 6).reshape(2, 3)
    scalar = lambda t: jax.lax.cond(t > 0, lambda: t**3, lambda: -(t**2))  # noqa: E731
    np.testing.assert_allclose(derivative(scalar)(x), np.where(x > 0, 3 * x**2, -2 * x), rtol=8 * EPS)
    np.testing.assert_allclose(numerical_derivative(jnp.exp, x).df, np.exp(x), rtol=1e-11)
    assert derivative(jnp.exp)(np.zeros((0, 2))).shape == (0, 2)
    assert derivative(lambda t: 1.0)(2) == 0
    assert derivative(jnp.square, 2)(3) == 2


def test_differences_at_the_edges():
    assert numerical_derivative(jnp.exp, -np.inf).df != 1
    one_sided = numerical_derivative(lambda t: jnp.where(t < 0, jnp.nan, t * t + t), 0.0)
    np.testing.assert_allclose(one_sided.df, 1.0, rtol=1e-6)
    nowhere = numerical_derivative(lambda t: t * jnp.nan, 0.0)
    assert np.isnan(nowhere.df)
    assert nowhere.error == np.inf
    near_a_pole = numerical_derivative(jnp.log, 1e-6, initial_step=1e-7)
    np.testing.assert_allclose(near_a_pole.df, 1e6, rtol=1e-9)
    assert numerical_derivative(jnp.sin, jnp.asarray(0.5, jnp.float16)).df.dtype == jnp.float16


def test_second_derivatives_pass_through_the_differences():
    np.testing.assert_allclose(
        jax.jit(jax.grad(lambda x: numerical_derivative(jnp.sin, x).df))(0.5), -np.sin(0.5), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: derivative(jnp.sin, -1), "derivative: expected n to be an integer from 0, got -1"),
        (
            lambda: derivative(lambda x: jnp.stack([x, x]))(1.0),
            r"derivative: expected f to return a scalar, got shape \(2,\)",
        ),
        (lambda: numerical_derivative(lambda x: (x, x), 1.0), r"numerical_derivative: expected f to return a scalar"),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
