import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.special
import scipy.stats

from mathml_jax.calculus.expectations import arc_length, differential_entropy, expected_squared_error, expected_value

EPS = 2.0**-52
INF = np.inf


def normal(x, m, s):
    return jnp.exp(-(((x - m) / s) ** 2) / 2) / (s * math.sqrt(2 * math.pi))


def beta(x, a, b):
    return x ** (a - 1) * (1 - x) ** (b - 1) / scipy.special.beta(a, b)


def gamma(x, a):
    return x ** (a - 1) * jnp.exp(-x) / scipy.special.gamma(a)


# Density, its limits, SciPy's law of the same name, and how many eps of the result it may be off.
LAWS = [
    (normal, -INF, INF, scipy.stats.norm, (0.0, 1.0), 8),
    (normal, -INF, INF, scipy.stats.norm, (3.0, 1.0), 16),
    (normal, -INF, INF, scipy.stats.norm, (-40.0, 12.0), 16),
    (normal, -INF, INF, scipy.stats.norm, (0.0, 1e-3), 16),
    (normal, -INF, INF, scipy.stats.norm, (1e2, 1e3), 64),
    (lambda x: jnp.exp(-abs(x)) / 2, -INF, INF, scipy.stats.laplace, (), 8),
    (lambda x: jnp.exp(-x), 0, INF, scipy.stats.expon, (), 8),
    (lambda x: jnp.exp(x), -INF, 0, None, (), 8),
    (lambda x: jnp.ones_like(x), 0, 1, scipy.stats.uniform, (), 8),
    (gamma, 0, INF, scipy.stats.gamma, (0.5,), 1024),
    (gamma, 0, INF, scipy.stats.gamma, (4.0,), 16),
    (beta, 0, 1, scipy.stats.beta, (2.0, 3.0), 8),
    (beta, 0, 1, scipy.stats.beta, (0.5, 2.0), 16),
    (beta, 0, 1, scipy.stats.beta, (0.5, 0.5), 2**30),
]


@pytest.mark.parametrize(("pdf", "a", "b", "law", "args", "tolerance"), LAWS)
def test_moments_and_entropy(pdf, a, b, law, args, tolerance):
    mean = -1.0 if law is None else law(*args).mean()
    square = 2.0 if law is None else law(*args).var() + mean**2
    entropy = 1.0 if law is None else law(*args).entropy()
    near = tolerance * EPS

    def density(x):
        return pdf(x, *args)

    @jax.jit
    def found(a, b):
        first, second = (expected_value(g, density, a, b) for g in (lambda x: x, jnp.square))
        return first, second, differential_entropy(density, a, b)

    got = found(float(a), float(b))
    np.testing.assert_allclose(got[0], mean, rtol=near, atol=near * square**0.5)
    np.testing.assert_allclose(got[1], square, rtol=near)
    np.testing.assert_allclose(got[2], entropy, rtol=near, atol=near)


def test_squared_error_is_variance_and_bias():
    got = expected_squared_error(lambda x: 2 * x + 1, lambda x: x, normal, args=(1.0, 0.5))
    np.testing.assert_allclose(got, 2.0**2 + 0.25, rtol=8 * EPS)


@pytest.mark.parametrize("mode", [jax.jacfwd, jax.jacrev])
def test_derivatives_in_parameters(mode):
    got = mode(lambda m, s: expected_value(jnp.square, normal, args=(m, s)), argnums=(0, 1))(0.7, 1.3)
    np.testing.assert_allclose(got, (1.4, 2.6), rtol=64 * EPS)
    got = mode(lambda m, s: differential_entropy(normal, args=(m, s)), argnums=(0, 1))(0.7, 1.3)
    np.testing.assert_allclose(got, (0, 1 / 1.3), rtol=64 * EPS, atol=64 * EPS)
    # The limit is a parameter of the law.
    got = mode(lambda b: expected_value(jnp.square, lambda x: 1 / b + 0 * x, 0.0, b))(2.0)
    np.testing.assert_allclose(got, 4 / 3, rtol=64 * EPS)


def test_points_of_density_zero_do_not_count():
    def half(x):
        return jnp.where(x > 0, 2.0, 0.0) * normal(x, 0.0, 1.0)

    def grown(s):
        return expected_value(jnp.exp, normal, args=(0.0, s))

    np.testing.assert_allclose(differential_entropy(half), np.log(np.pi * np.e / 2) / 2, rtol=16 * EPS)
    np.testing.assert_allclose(expected_value(jnp.log, half), scipy.stats.halfnorm.expect(np.log), rtol=1e-8)
    np.testing.assert_allclose(grown(1.0), np.exp(0.5), rtol=16 * EPS)
    np.testing.assert_allclose(jax.grad(grown)(1.0), np.exp(0.5), rtol=64 * EPS)


@pytest.mark.parametrize(
    ("pdf", "a", "b"),
    [
        (lambda x: jnp.exp(-x), 0.0, 1.0),
        (lambda x: 2 * jnp.exp(-x), 0.0, INF),
        (lambda x: jnp.exp(-x), INF, 0.0),
        (lambda x: normal(x, 0.0, 1.0), INF, -INF),
        (lambda x: normal(x, 0.0, 1.0), INF, INF),
        (lambda x: normal(x, 100.0, 0.1), -INF, INF),
        (lambda x: 1 / x, 0.0, 1.0),
        (lambda x: jnp.ones_like(x), 0.0, np.nan),
    ],
)
def test_what_is_no_density_gives_nan(pdf, a, b):
    assert np.isnan(expected_value(lambda x: x, pdf, a, b))
    assert np.isnan(differential_entropy(pdf, a, b))


# Functions with the lengths of their graphs.
CURVES = [
    (lambda x: 3 * x / 4, 0.0, 4.0, 5.0, 8),
    (jnp.cosh, -1.0, 2.0, np.sinh(2) + np.sinh(1), 8),
    (lambda x: x**1.5, 0.0, 4.0, 8 / 27 * (10**1.5 - 1), 8),
    (lambda x: x**2, 0.0, 1.0, np.sqrt(5) / 2 + np.arcsinh(2) / 4, 8),
    (lambda x: jnp.sqrt(1 - x * x), -1.0, 1.0, np.pi, 2**27),
    (jnp.cosh, 1.0, 1.0, 0.0, 0),
    (jnp.cosh, 1.0, 0.0, -np.sinh(1), 8),
]


@pytest.mark.parametrize(("f", "a", "b", "length", "tolerance"), CURVES)
def test_arc_length(f, a, b, length, tolerance):
    np.testing.assert_allclose(arc_length(f, a, b), length, rtol=tolerance * EPS)


def test_arc_length_of_no_interval_and_its_slope():
    assert np.isnan(arc_length(jnp.sin, 0.0, INF))
    slopes = jax.grad(arc_length, argnums=(1, 2))(jnp.cosh, 0.5, 1.5)
    np.testing.assert_allclose(slopes, (-np.cosh(0.5), np.cosh(1.5)), rtol=64 * EPS)


def test_dtypes():
    assert expected_value(lambda x: x, normal, args=(np.float32(0), np.float32(1))).dtype == jnp.float32
    assert arc_length(jnp.cosh, np.float16(0), np.float16(1)).dtype == jnp.float16
    with jax.enable_x64(False):
        got = expected_value(jnp.square, lambda x: jnp.exp(-x), 0.0, jnp.inf)
        np.testing.assert_allclose(got, 2.0, rtol=4e-7)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: expected_value(lambda x: x, lambda x: jnp.ones(2)), "expected_value"),
        (lambda: expected_value(lambda x: (x, x), lambda x: x), "expected_value"),
        (lambda: differential_entropy(lambda x: jnp.ones(2)), "differential_entropy"),
        (lambda: expected_squared_error(lambda x: jnp.ones(2), lambda x: x, lambda x: x), "expected_squared_error"),
        (lambda: arc_length(lambda x: jnp.ones(2), 0.0, 1.0), "arc_length"),
    ],
)
def test_bad_input(call, name):
    with pytest.raises(ValueError, match=f"{name}: expected f to return a scalar"):
        call()
