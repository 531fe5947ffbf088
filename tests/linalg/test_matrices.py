import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax import linalg

READINGS = ("rows by columns", "combination of columns", "sum of outer products")
EPS = 2.0**-52


@pytest.fixture
def factors():
    draw = np.random.default_rng(0)
    return draw.normal(size=(2, 3, 4)), draw.normal(size=(2, 4, 5))


@pytest.mark.parametrize("reading", READINGS)
def test_three_readings_of_one_value(factors, reading):
    a, b = factors
    bound = 4 * EPS * (np.abs(a) @ np.abs(b))
    assert np.all(np.abs(linalg.matmul(a, b, reading=reading) - a @ b) <= bound)


@pytest.mark.parametrize("reading", READINGS)
def test_every_reading_has_the_derivative_of_the_first(factors, reading):
    a, b = factors
    g = np.random.default_rng(1).normal(size=(2, 3, 5))
    autodiff = jax.vjp(lambda a, b: linalg.matmul(a, b, reading=reading), a, b)[1](jnp.asarray(g))
    for got, hand, expected in zip(autodiff, linalg.matmul_vjp(a, b, g), (g @ b.mT, a.mT @ g), strict=True):
        np.testing.assert_allclose(got, expected, rtol=64 * EPS, atol=64 * EPS)
        np.testing.assert_allclose(hand, expected, rtol=64 * EPS, atol=64 * EPS)


@pytest.mark.parametrize("reading", READINGS)
def test_empty_sums_and_dtypes(reading):
    np.testing.assert_array_equal(linalg.matmul(np.ones((2, 0)), np.ones((0, 3)), reading=reading), np.zeros((2, 3)))
    assert linalg.matmul(np.ones((2, 2), int), np.ones((2, 2), int), reading=reading).dtype == jnp.float64
    # A sum in float16 would stop at 2048.
    row = np.ones((1, 4000), np.float16)
    assert linalg.matmul(row, row.T, reading=reading) == 4000
    with jax.enable_x64(False):
        assert jax.eval_shape(linalg.matmul, np.ones((2, 2)), np.ones((2, 2))).dtype == jnp.float32


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("a", "b", "options", "message"),
    [
        (
            (2, 3),
            (2, 3),
            {},
            r"matmul: expected a and b of shapes \[..., m, k\] and \[..., k, n\], got \(2, 3\) and \(2, 3\)",
        ),
        ((3,), (3, 2), {}, r"matmul: expected a with at least 2 axes, got shape \(3,\)"),
        ((3, 2), (2,), {}, r"matmul: expected a and b of shapes .* got \(3, 2\) and \(2,\)"),
        ((4, 3, 2), (5, 2, 3), {}, r"matmul: expected a and b of shapes .* got \(4, 3, 2\) and \(5, 2, 3\)"),
        ((2, 2), (2, 2), {"reading": "rows"}, "matmul: expected reading to be one of 'rows by columns', .* got 'rows'"),
    ],
)
def test_bad_input(a, b, options, message):
    with pytest.raises(ValueError, match=message):
        linalg.matmul(np.ones(a), np.ones(b), **options)
