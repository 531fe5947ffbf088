import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import random

from mathml_jax.calculus._blocks import BLOCK
from mathml_jax.calculus.monte_carlo import antithetic, control_variate, importance_sampling, monte_carlo_integrate

EPS = 2.0**-52
KEYS = random.split(random.key(1), 200)
UNIT = (np.zeros(3), np.ones(3))
TRUE = (np.e - 1) ** 3


def wave(x):
    return jnp.exp(jnp.sum(x))


def linear(x):
    return 1 + jnp.sum(x)


def mixture(x):
    return jnp.exp(-(x**2)) * (1 + jnp.sin(x) ** 2)


def logpdf(x):
    return -(x**2) / 2 - jnp.log(2 * jnp.pi) / 2


ESTIMATORS = {
    "plain": (lambda key: monte_carlo_integrate(key, wave, *UNIT, 500), TRUE),
    "antithetic": (lambda key: antithetic(key, wave, *UNIT, 500), TRUE),
    "control": (lambda key: control_variate(key, wave, linear, 2.5, *UNIT, 500), TRUE),
    "importance": (
        lambda key: importance_sampling(key, mixture, random.normal, logpdf, 500),
        np.sqrt(np.pi) * (1.5 - np.exp(-1) / 2),
    ),
}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_standard_errors_are_honest(name):
    """The z-scores over 200 keys have mean 0 and variance 1, to four standard deviations of both."""
    estimate, true = ESTIMATORS[name]
    result = jax.jit(jax.vmap(estimate))(KEYS)
    z = (result.integral - true) / result.standard_error
    assert abs(z.mean()) < 4 / 200**0.5
    assert abs(z.var() - 1) < 4 * (2 / 200) ** 0.5


def test_variance_reduction_reduces():
    plain, mirrored, corrected = (jax.jit(ESTIMATORS[k][0])(KEYS[0]) for k in ("plain", "antithetic", "control"))
    assert mirrored.standard_error < plain.standard_error / 2
    assert corrected.standard_error < plain.standard_error / 3
    np.testing.assert_allclose(corrected.coefficient, 12 * (np.e - 1) ** 2 * (3 - np.e) / 2, rtol=0.05)


@pytest.mark.parametrize("n", [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3])
def test_blocks_are_merged_without_loss(n):
    """Mean and standard error are those of all points at once."""
    key = random.key(5)
    seen = []
    for i in range(-(-n // BLOCK)):
        size = min(n, BLOCK)
        seen.append(np.asarray(random.uniform(random.fold_in(key, i), (size,)))[: n - i * size])
    values = np.exp(np.concatenate(seen)) * 2
    result = monte_carlo_integrate(key, lambda x: 2 * jnp.exp(x - 3), 3.0, 4.0, n)
    np.testing.assert_allclose(result.integral, values.mean(), rtol=64 * EPS)
    if n > 1:
        np.testing.assert_allclose(result.standard_error, values.std(ddof=1) / n**0.5, rtol=1e-10)
    else:
        assert np.isnan(result.standard_error)


def test_float32_does_not_drift():
    """A million values of 1.1 and a little: a sum in float32 would be off by 1e-4, the mean is not."""
    with jax.enable_x64(False):
        result = monte_carlo_integrate(random.key(0), lambda x: 1.1 + 0 * x, 0.0, 1.0, 1_000_000)
    np.testing.assert_allclose(result.integral, np.float32(1.1), rtol=4 * 2.0**-23)


def test_memory_is_bounded_by_the_block():
    def scratch(n, differentiated):
        def integral(b):
            return monte_carlo_integrate(random.key(0), wave, jnp.zeros(3), b, n).integral

        run = jax.jit(jax.grad(integral) if differentiated else integral)
        return run.lower(jnp.ones(3)).compile().memory_analysis().temp_size_in_bytes

    for differentiated in (False, True):
        small, large = (scratch(n, differentiated) for n in (BLOCK, 10_000_000))
        assert large < small + 2**20


@pytest.mark.parametrize("mode", [jax.jacfwd, jax.jacrev])
def test_derivatives(mode):
    def f(b, p):
        return monte_carlo_integrate(random.key(0), lambda x: p * x**2, 0.0, b, 100).integral

    b, p = 2.0, 3.0
    value = f(b, p)
    np.testing.assert_allclose(mode(f, argnums=(0, 1))(b, p), (3 * value / b, value / p), rtol=64 * EPS)
    constant = mode(lambda b: monte_carlo_integrate(random.key(0), lambda x: 0 * x + b, 0.0, 1.0, 9).standard_error)
    assert constant(2.0) == 0

    def tilted(s):
        def sampler(key, s):
            return s * random.normal(key)

        def density(x, s):
            return logpdf(x / s) - jnp.log(s)

        return importance_sampling(random.key(0), mixture, sampler, density, 20_000, (s,)).integral

    assert abs(mode(tilted)(1.0)) < 0.02


def test_edges():
    key = random.key(0)
    for method in (monte_carlo_integrate, antithetic):
        forth, back = (method(key, jnp.sum, *map(np.array, box), 8) for box in (((0, 0), (1, 2)), ((1, 0), (0, 2))))
        assert back.integral < 0 < forth.integral
        assert back.standard_error >= 0
        assert method(key, jnp.exp, 1, 1, 8) == (0, 0)
        assert np.isnan(method(key, jnp.exp, -np.inf, 0.0, 8).integral)
    np.testing.assert_allclose(antithetic(key, linear, *UNIT, 8), (2.5, 0), atol=8 * EPS)
    flat = control_variate(key, jnp.exp, jnp.ones_like, 1.0, 0.0, 1.0, 8)
    plain = monte_carlo_integrate(key, jnp.exp, 0.0, 1.0, 8)
    assert flat.coefficient == 0
    np.testing.assert_allclose(flat.integral, plain.integral, rtol=4 * EPS)
    assert np.isnan(control_variate(key, jnp.exp, jnp.sin, 1.0, 0.0, 1.0, 2).standard_error)


def test_dtypes():
    key = random.key(0)
    assert monte_carlo_integrate(key, jnp.exp, np.float16(0), np.float16(1), 9).integral.dtype == jnp.float16
    assert monte_carlo_integrate(key, jnp.exp, np.float32(0), np.float32(1), 9).standard_error.dtype == jnp.float32
    assert antithetic(key, jnp.exp, 0, 1, 8).integral.dtype == jnp.float64


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda key: monte_carlo_integrate(key, jnp.exp, 0.0, 1.0, 0),
            "n to be an integer from 1 below 2\\*\\*31, got 0",
        ),
        (lambda key: monte_carlo_integrate(key, jnp.exp, 0.0, 1.0, 1e3), "n to be an integer from 1 below"),
        (lambda key: monte_carlo_integrate(key, jnp.exp, 0.0, 1.0, 2**31), "n to be an integer from 1 below"),
        (
            lambda key: monte_carlo_integrate(key, jnp.sum, np.ones(2), np.ones(3), 9),
            r"equal shape, got \(2,\) and \(3,\)",
        ),
        (lambda key: monte_carlo_integrate(key, jnp.sum, np.ones((2, 2)), np.ones((2, 2)), 9), "at most one axis"),
        (
            lambda key: monte_carlo_integrate(key, jnp.exp, np.ones(2), np.ones(2), 9),
            r"f to return a scalar, got shape \(2,\)",
        ),
        (lambda key: antithetic(key, jnp.exp, 0.0, 1.0, 9), "antithetic: expected n to be an even integer, got 9"),
        (lambda key: antithetic(key, jnp.exp, 0.0, 1.0, 0), "antithetic: expected n to be an integer from 1"),
        (
            lambda key: control_variate(key, jnp.sum, lambda x: x, 1.0, *UNIT, 9),
            "control_variate: expected f to return a scalar",
        ),
        (
            lambda key: importance_sampling(key, jnp.exp, random.normal, lambda x: x[None], 9),
            "importance_sampling: expected f",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(random.key(0))
