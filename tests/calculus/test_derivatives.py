import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from mathml_jax.calculus import elementary, exponentials, hyperbolic, trigonometric
from mathml_jax.calculus.derivatives import derivative, numerical_derivative, tangent_line

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
    got = numerical_derivative(jnp.tanh, np.array([-0.6, 0.0, 2.0], np.float32))
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


def _share_of_honest_errors(table, draw, dtype, **options):
    """For each function and its derivative, how often the true error is within the estimate; all compiled at once."""
    functions = [f for f, _ in table]

    def differentiate(i, x):
        return numerical_derivative(lambda t: jax.lax.switch(i, functions, t), x, **options)

    x = np.array([draw(i) for i in range(len(table))], dtype)
    df, error = (np.asarray(a, np.float64) for a in jax.jit(jax.vmap(differentiate))(np.arange(len(table)), x))
    exact = np.array([slope(row.astype(np.float64)) for (_, slope), row in zip(table, x, strict=True)])
    found = np.isfinite(error)
    return np.mean(np.where(found, np.abs(df - exact) <= error, np.isnan(df)), axis=1), df, exact


def _decades(low, high):
    return lambda random, n: 10.0 ** random.uniform(low, high, n) * random.choice([-1, 1], n)


def _uniform(low, high):
    return lambda random, n: random.uniform(low, high, n)


def _both_signs(draw):
    return lambda random, n: np.concatenate([draw(random, n // 2), _decades(-15, 0)(random, n - n // 2)])


POSITIVE = lambda random, n: np.abs(_decades(-15, 6)(random, n))  # noqa: E731
WITHIN = lambda random, n: np.append(random.uniform(-1, 1, n // 2), 1 - 10.0 ** random.uniform(-5, 0, n // 2))  # noqa: E731
DOMAINS = {
    "sqrt": POSITIVE,
    "cbrt": _decades(-15, 6),
    "reciprocal": _decades(-8, 8),
    "exp": _both_signs(_uniform(-50, 50)),
    "expm1": _both_signs(_uniform(-2, 50)),
    "log": POSITIVE,
    "log1p": lambda random, n: np.append(POSITIVE(random, n // 2), 10.0 ** random.uniform(-5, 0, n // 2) - 1),
    "erf": _both_signs(_uniform(-3, 3)),
    "sin": _both_signs(_uniform(-100, 100)),
    "cos": _both_signs(_uniform(-100, 100)),
    "tan": _both_signs(_uniform(-1.5, 1.5)),
    "arcsin": WITHIN,
    "arccos": WITHIN,
    "arctan": _decades(-15, 6),
    "sinh": _both_signs(_uniform(-50, 50)),
    "cosh": _both_signs(_uniform(-50, 50)),
    "tanh": _both_signs(_uniform(-5, 5)),
    "arcsinh": _decades(-15, 6),
    "arccosh": lambda random, n: 1 + 10.0 ** random.uniform(-5, 6, n),
    "arctanh": WITHIN,
}
MODULES = (elementary, exponentials, trigonometric, hyperbolic)
TABLE = {
    c.function.__name__: (c.function, c.derivatives[0].function)
    for module in MODULES
    for c in module.CONCEPTS
    if c.function.__name__ in DOMAINS
}


@pytest.mark.parametrize(
    ("method", "dtype", "share", "accuracy"),
    [("richardson", "float64", 0.99, 1e-11), ("richardson", "float32", 0.95, 1e-5), ("central", "float64", 0.97, 1e-7)],
)
def test_the_true_error_is_within_the_estimate(method, dtype, share, accuracy):
    random, names = np.random.default_rng(0), list(TABLE)
    assert set(names) == set(DOMAINS)
    honest, df, exact = _share_of_honest_errors(
        list(TABLE.values()), lambda i: DOMAINS[names[i]](random, 300), dtype, method=method
    )
    assert np.all(honest >= share), dict(zip(names, honest, strict=True))
    close = np.nanmedian(np.abs(df - exact) / np.maximum(1, np.abs(exact)), axis=1)
    assert np.all(close <= accuracy), dict(zip(names, close, strict=True))


@pytest.mark.parametrize(("method", "accuracy"), [("forward", 1e-7), ("central", 1e-9), ("complex step", 1e-14)])
def test_other_methods_know_their_error(method, accuracy):
    x = np.array([[1e-9, 1e-3], [0.8, 20.0]])
    for f, slope in ((jnp.sqrt, 0.5 / np.sqrt(x)), (jnp.log, 1 / x), (lambda t: t**3, 3 * x**2), (jnp.cos, -np.sin(x))):
        got = numerical_derivative(f, x, method=method)
        assert np.all(np.abs(got.df - slope) <= got.error)
        np.testing.assert_allclose(got.df, slope, rtol=50 * accuracy, atol=accuracy)


def test_a_complex_step_has_no_slope_off_the_domain():
    for f in (jnp.sqrt, jnp.log, lambda x: x**0.5):
        got = numerical_derivative(f, -2.0, method="complex step")
        assert np.isnan(got.df)
        assert got.error == np.inf
    looped = numerical_derivative(lambda x: jax.lax.fori_loop(0, 3, lambda _, y: y * x, x), 2.0, method="complex step")
    np.testing.assert_allclose(looped.df, 32, rtol=4 * EPS)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("f", "found"),
    [
        (jnp.abs, "the operation 'abs'"),
        (lambda x: x * jnp.conj(x), "the operation 'conj'"),
        (jnp.real, "the operation 'real'"),
        (lambda x: jnp.maximum(x, 0), "the operation 'max'"),
        (lambda x: jnp.where(x > 0, x**2, x**3), "the operation 'real'"),
        (lambda x: jax.lax.fori_loop(0, 2, lambda _, y: jnp.sign(y) * y, x), "the operation 'sign'"),
        (jax.jit(lambda x: jnp.sort(jnp.stack([x, -x]))[0]), "the operation 'sort'"),
        (jax.lax.erf, "erf does not accept dtype complex128"),
    ],
)
def test_a_complex_step_needs_an_analytic_function(f, found):
    with pytest.raises(ValueError, match=f"expected f to be analytic for the complex step, got {found}"):
        numerical_derivative(f, 1.0, method="complex step")


def test_a_function_may_return_another_dtype():
    for method in ("richardson", "forward", "central", "complex step"):
        got = numerical_derivative(lambda x: 3, np.array([1.0, 2.0], np.float32), method=method)
        assert got.df.dtype == np.float32
        np.testing.assert_array_equal(got.df, 0)


def test_a_tangent_line_touches():
    x0 = np.array([-1.0, 0.5, 2.0])
    line = tangent_line(jnp.exp, x0)
    np.testing.assert_allclose(line.slope, np.exp(x0), rtol=4 * EPS)
    np.testing.assert_allclose(line(x0), np.exp(x0), rtol=16 * EPS)
    np.testing.assert_allclose(jax.vmap(lambda x: tangent_line(jnp.exp, x).intercept)(x0), np.exp(x0) * (1 - x0))
    assert tangent_line(jnp.exp, np.float32(1)).intercept.dtype == np.float32


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
        (
            lambda: numerical_derivative(jnp.sin, 1.0, method="secant"),
            "numerical_derivative: expected method to be one of 'richardson', 'forward', .*, got 'secant'",
        ),
        (
            lambda: tangent_line(lambda x: x[None], 1.0),
            r"tangent_line: expected f to return a scalar, got shape \(1,\)",
        ),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
