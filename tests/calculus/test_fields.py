import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.calculus.fields import curl, divergence, laplacian

EPS = 2.0**-52
POINTS = np.random.default_rng(0).normal(size=(5, 3))


def twisted(p):
    return jnp.stack([jnp.sin(p[0] * p[1]), jnp.exp(p[2]) * p[0], p[1] ** 2 * p[2]])


def wave(p):
    return jnp.exp(p[0]) * jnp.sin(p[1] * p[2])


def each(function):
    return jax.jit(jax.vmap(function))(POINTS)


def test_divergence_and_curl_in_closed_form():
    x, y, z = POINTS.T
    np.testing.assert_allclose(each(divergence(twisted)), y * np.cos(x * y) + y**2, atol=16 * EPS)
    expected = np.stack([2 * y * z - np.exp(z) * x, 0 * x, np.exp(z) - x * np.cos(x * y)], -1)
    np.testing.assert_allclose(each(curl(twisted)), expected, atol=32 * EPS)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_laplacian_in_closed_form(batch_size):
    x, y, z = POINTS.T
    expected = np.exp(x) * np.sin(y * z) * (1 - y**2 - z**2)
    np.testing.assert_allclose(each(laplacian(wave, batch_size=batch_size)), expected, rtol=64 * EPS, atol=32 * EPS)


def test_identities():
    """A gradient does not turn, a curl has no sources, and the Laplacian is the divergence of the gradient."""
    np.testing.assert_allclose(each(curl(jax.grad(wave))), np.zeros((5, 3)), atol=16 * EPS)
    np.testing.assert_allclose(each(divergence(curl(twisted))), np.zeros(5), atol=32 * EPS)
    np.testing.assert_allclose(each(laplacian(wave)), each(divergence(jax.grad(wave))), rtol=32 * EPS, atol=16 * EPS)


def test_harmonic_functions_and_the_plane():
    assert abs(laplacian(lambda x: jnp.log(x @ x))(np.array([0.3, -0.4]))) < 64 * EPS / 0.25
    assert curl(lambda x: jnp.stack([-3 * x[1], 2 * x[0]]))(np.array([1, 2])) == 5
    assert curl(lambda x: jnp.stack([-3 * x[1], 2 * x[0]]))(np.float32([1, 2])).dtype == np.float32


def test_trees_integers_and_no_variable_at_all():
    tree = {"w": np.array([1, 2]), "b": 3}
    assert laplacian(lambda p: jnp.sum(p["w"] ** 3) * p["b"] ** 2)(tree) == 6 * 3 * 9 + 2 * 9
    assert divergence(lambda p: {"w": p["w"] ** 2, "b": p["b"] * p["w"][0]})(tree) == 2 + 4 + 1
    assert laplacian(lambda x: x**3)(2) == 12
    assert laplacian(lambda x: jnp.sum(x) + 1.0)(jnp.zeros(0)) == 0
    assert laplacian(lambda x: jnp.sum(x**2))(jnp.ones(3, jnp.bfloat16)) == 6


@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_laplacian_is_differentiable_in_both_modes(batch_size):
    lap = laplacian(lambda p: jnp.sum(p**4) + p[0] ** 2 * p[1] ** 3, batch_size=batch_size)
    x, y, z = POINTS[0]
    expected = [24 * x + 12 * x * y, 24 * y + 6 * y**2 + 6 * x**2, 24 * z]
    for slope in (jax.jacfwd(lap), jax.jacrev(lap)):
        np.testing.assert_allclose(slope(POINTS[0]), expected, rtol=32 * EPS)
    trained = jax.grad(lambda a: laplacian(lambda x: jnp.sum(jnp.sin(a * x)), batch_size=batch_size)(POINTS[0]))
    expected = np.sum(-2 * 1.5 * np.sin(1.5 * POINTS[0]) - 1.5**2 * POINTS[0] * np.cos(1.5 * POINTS[0]))
    np.testing.assert_allclose(trained(1.5), expected, rtol=32 * EPS)


def test_laplacian_never_holds_the_hessian():
    n = 2000
    program = jax.jit(laplacian(lambda x: jnp.sum(jnp.sin(x)) ** 2)).lower(jnp.ones(n)).compile()
    assert program.memory_analysis().temp_size_in_bytes < n * n * 8 / 20


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: laplacian(jnp.sin)(np.ones(3)), r"laplacian: expected f to return a scalar, got shape \(3,\)"),
        (lambda: laplacian(wave, batch_size=0), "laplacian: expected batch_size to be a positive integer, got 0"),
        (lambda: divergence(wave, batch_size=1.5), "divergence: expected batch_size to be a positive integer, got 1.5"),
        (
            lambda: divergence(wave)(np.ones(3)),
            r"divergence: expected f to return the shapes of its argument, \(3,\), got \(\)",
        ),
        (
            lambda: curl(jnp.sin)(np.ones(4)),
            r"curl: expected f from a vector of 2 or 3 entries to one of as many, got shapes \(4,\) and \(4,\)",
        ),
        (lambda: curl(wave)(np.ones(3)), r"curl: expected .* got shapes \(3,\) and \(\)"),
        (lambda: curl(jnp.sin)(1.0), r"curl: expected .* got shapes \(\) and \(\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
