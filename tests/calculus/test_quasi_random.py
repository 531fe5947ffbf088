import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import random
from scipy.stats import qmc

from mathml_jax.calculus.quasi_random import quasi_monte_carlo_integrate, sobol

EPS = 2.0**-52


@pytest.mark.parametrize("d", [1, 2, 8, 21])
def test_scipys_points_exactly(d):
    np.testing.assert_array_equal(sobol(1024, d), qmc.Sobol(d, scramble=False).random_base2(10))


def test_any_number_of_points_and_float32():
    points = sobol(64, 3)
    for n in (0, 1, 5, 33):
        np.testing.assert_array_equal(sobol(n, 3), points[:n])
    np.testing.assert_array_equal(sobol(64, 3, dtype=jnp.float32), np.float32(points))
    with jax.enable_x64(False):
        narrow = sobol(4096, 21, key=random.key(0))
        assert narrow.dtype == jnp.float32
        assert narrow.max() < 1


@pytest.mark.parametrize("seed", range(3))
def test_scrambled_points_stay_in_balance(seed):
    """Every interval of length 1/n of each coordinate, and every box of volume 1/n of the first two, holds one."""
    n = 256
    points = np.asarray(sobol(n, 21, key=random.key(seed)))
    np.testing.assert_array_equal(np.sort(np.floor(points * n), axis=0), np.arange(n)[:, None] * np.ones(21))
    for k in range(9):
        cells = np.floor(points[:, :2] * [2**k, n / 2**k])
        assert len({tuple(cell) for cell in cells}) == n
    assert qmc.discrepancy(points[:, :5]) < qmc.discrepancy(np.random.default_rng(0).uniform(size=(n, 5))) / 10


def test_each_scrambled_point_is_uniform():
    points = jax.vmap(lambda key: sobol(3, 2, key=key))(random.split(random.key(0), 2000))
    np.testing.assert_allclose(points.mean(axis=0), 0.5, atol=4 / (12 * 2000) ** 0.5)
    np.testing.assert_allclose(points.var(axis=0), 1 / 12, atol=4 / (180 * 2000) ** 0.5)


def genz(x):
    return jnp.prod(jnp.exp(x) / (np.e - 1))


def test_standard_errors_are_honest():
    """With eight scrambles the scores follow Student's law with 7 degrees of freedom, whose variance is 7/5."""
    run = jax.jit(jax.vmap(lambda key: quasi_monte_carlo_integrate(key, genz, jnp.zeros(4), jnp.ones(4), 64)))
    result = run(random.split(random.key(2), 200))
    t = (result.integral - 1) / result.standard_error
    assert abs(t.mean()) < 4 * (1.4 / 200) ** 0.5
    assert 0.8 < t.var() < 2.2


def test_the_error_falls_faster_than_the_root():
    errors = [
        quasi_monte_carlo_integrate(random.key(0), genz, jnp.zeros(4), jnp.ones(4), n).standard_error
        for n in (64, 4096)
    ]
    assert errors[0] / errors[1] > 30
    assert errors[1] < 1e-4


def test_derivatives_edges_and_dtypes():
    key = random.key(0)

    def f(b):
        return quasi_monte_carlo_integrate(key, lambda x: x**2, 0.0, b, 64).integral

    np.testing.assert_allclose(jax.grad(f)(2.0), 3 * f(2.0) / 2, rtol=64 * EPS)
    assert np.isnan(quasi_monte_carlo_integrate(key, jnp.exp, 0.0, 1.0, 8, 1).standard_error)
    assert quasi_monte_carlo_integrate(key, jnp.exp, 1, 1, 8) == (0, 0)
    assert quasi_monte_carlo_integrate(key, jnp.exp, np.float32(0), np.float32(1), 8).integral.dtype == jnp.float32


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sobol(-1, 2), r"sobol: expected n to be an integer from 0 to 2\*\*30, got -1"),
        (lambda: sobol(4, 0), "sobol: expected d to be an integer from 1 to 21, got 0"),
        (lambda: sobol(4, 22), "sobol: expected d to be an integer from 1 to 21, got 22"),
        (lambda: _integrate(n=100), "quasi_monte_carlo_integrate: expected n to be a power of two, got 100"),
        (lambda: _integrate(n=0), "expected n to be a power of two, got 0"),
        (lambda: _integrate(replicates=0), "expected replicates to be an integer from 1, got 0"),
        (lambda: _integrate(b=np.ones(3)), r"expected a and b of equal shape, got \(2,\) and \(3,\)"),
        (lambda: _integrate(f=lambda x: x), "expected f to return a scalar"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def _integrate(f=genz, b=np.ones(2), n=8, replicates=2):  # noqa: B008
    return quasi_monte_carlo_integrate(random.key(0), f, np.zeros(2), b, n, replicates)
