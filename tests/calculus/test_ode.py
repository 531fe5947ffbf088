import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.integrate

from mathml_jax.calculus.integrals import simpson
from mathml_jax.calculus.ode import euler, rk4

EPS = 2.0**-52


def pendulum(y, t):
    return {"angle": y["speed"], "speed": -jnp.sin(y["angle"]) + 0.1 * jnp.cos(t)}


@pytest.mark.parametrize(("method", "order", "n"), [(euler, 1, 512), (rk4, 4, 256)])
def test_order(method, order, n):
    start = {"angle": 1.0, "speed": 0.0}

    def slope(t, y):
        return [y[1], -np.sin(y[0]) + 0.1 * np.cos(t)]

    path = scipy.integrate.solve_ivp(slope, (0, 4), [1.0, 0.0], method="DOP853", rtol=1e-13, atol=1e-13)
    true = path.y[0, -1]
    errors = [method(pendulum, start, np.linspace(0, 4, k + 1))["angle"][-1] - true for k in (n, 2 * n)]
    np.testing.assert_allclose(np.log2(errors[0] / errors[1]), order, atol=0.05)


def test_steps_of_any_length_and_direction():
    t = np.array([0.0, 0.1, 0.5, 0.4])
    np.testing.assert_allclose(euler(lambda y, t: t, 1.0, t), [1, 1, 1.04, 0.99], rtol=4 * EPS)
    path = rk4(lambda y, t: y, np.array([1.0, 2.0]), np.linspace(0, 1, 65))
    back = rk4(lambda y, t: y, path[-1], np.linspace(1, 0, 65))
    np.testing.assert_allclose(back[-1], [1, 2], rtol=1e-9)


def test_rk4_on_a_function_of_time_is_simpson():
    t = np.linspace(0, 2, 9)
    fine = np.linspace(0, 2, 17)
    np.testing.assert_allclose(rk4(lambda y, t: jnp.exp(t), 0.0, t)[-1], simpson(np.exp(fine), fine), rtol=16 * EPS)


@pytest.mark.parametrize("method", [euler, rk4])
@pytest.mark.parametrize("mode", [jax.jacfwd, jax.jacrev])
def test_derivatives_in_start_and_parameters(method, mode):
    t = np.linspace(0, 1, 11)
    growth = {euler: lambda z: 1 + z, rk4: lambda z: 1 + z + z**2 / 2 + z**3 / 6 + z**4 / 24}[method]
    slope = {euler: lambda z: 1.0, rk4: lambda z: 1 + z + z**2 / 2 + z**3 / 6}[method]

    def end(y, rate):
        return method(lambda y, t, rate: rate * y, y, t, (rate,))[-1]

    got = mode(end, argnums=(0, 1))(2.0, 0.7)
    g = growth(0.07)
    np.testing.assert_allclose(got, (g**10, 2 * 10 * g**9 * 0.1 * slope(0.07)), rtol=64 * EPS)


@pytest.mark.parametrize("method", [euler, rk4])
def test_edges(method):
    assert method(lambda y, t: y, np.ones(3), np.zeros(0)).shape == (0, 3)
    np.testing.assert_array_equal(method(lambda y, t: y, np.ones(3), np.zeros(1)), np.ones((1, 3)))
    assert method(lambda y, t: y, 1, jnp.arange(3)).dtype == jnp.float64
    assert method(lambda y, t: y, np.float16(1), np.float16([0, 1])).dtype == jnp.float16
    assert method(lambda y, t: y, {}, np.zeros(2)) == {}
    many = jax.vmap(lambda y: method(lambda y, t: -y, y, np.linspace(0, 1, 5)))(jnp.arange(3.0))
    np.testing.assert_allclose(many[2], 2 * many[1], rtol=4 * EPS)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("method", [euler, rk4])
@pytest.mark.parametrize(
    ("f", "t", "message"),
    [
        (lambda y, t: y, 1.0, r"expected t with 1 axis, got shape \(\)"),
        (lambda y, t: y[:1], np.arange(2.0), r"expected f to return a state like y0, of shape \(2,\), got \(1,\)"),
        (lambda y, t: (y, y), np.arange(2.0), r"expected f to return a state like y0, of shape \(2,\)"),
    ],
)
def test_bad_input(method, f, t, message):
    with pytest.raises(ValueError, match=f"{method.__name__}: {message}"):
        method(f, np.ones(2), t)
