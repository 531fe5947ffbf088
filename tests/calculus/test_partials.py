from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.calculus.partials import directional_derivative, mixed_partial, partial_derivative

EPS = 2.0**-52


class Weights(NamedTuple):
    w: jax.Array
    b: jax.Array


def surface(p):
    return p[0] ** 3 * jnp.sin(p[1]) + jnp.exp(p[0] * p[2])


POINT = np.array([0.7, -1.2, 0.4])
X, Y, Z = POINT
E = np.exp(X * Z)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ((0,), 3 * X**2 * np.sin(Y) + Z * E),
        ((1,), X**3 * np.cos(Y)),
        ((-1,), X * E),
        ((0, 1), 3 * X**2 * np.cos(Y)),
        ((1, 0), 3 * X**2 * np.cos(Y)),
        ((1, 2), 0.0),
        ((0, 2), E * (1 + X * Z)),
        ((0, 0), 6 * X * np.sin(Y) + Z**2 * E),
        ((0, 0, 1, 1), -6 * X * np.sin(Y)),
    ],
)
def test_slopes_of_slopes_in_closed_form(where, expected):
    got = mixed_partial(surface, *where)(POINT)
    np.testing.assert_allclose(got, expected, rtol=16 * EPS, atol=16 * EPS)
    if len(where) == 1:
        assert partial_derivative(surface, where[0])(POINT) == got


def test_places_in_trees_and_arguments():
    def loss(scale, weights):
        return scale * jnp.sum(weights.w[0] ** 2 * weights.b)

    weights = Weights(np.array([[1, 2], [3, 4]]), np.array([5, 6]))
    assert partial_derivative(loss, ("w", 0, 1), argnum=1)(2, weights) == 2 * 2 * 2 * 6
    assert partial_derivative(loss, ("w", 1, 1), argnum=1)(2, weights) == 0
    assert partial_derivative(loss)(2, Weights(*map(jnp.float64, weights))) == 29
    assert partial_derivative(loss, (1, "b", 0), argnum=(0, 1))(2, weights) == 2
    assert mixed_partial(loss, 0, (1, "w", 0, 1), argnum=(0, 1))(2, weights) == 24
    assert partial_derivative(lambda d: d["a"][1] ** 2, ("a", 1))({"a": [1, 3]}) == 6


def test_results_of_any_shape_and_no_place():
    field = lambda p: {"sum": p[0] + p[1], "both": jnp.stack([p[0] * p[1], p[1] ** 2])}  # noqa: E731
    got = partial_derivative(field, 1)(jnp.array([2.0, 3.0]))
    assert jax.tree.map(lambda leaf: leaf.tolist(), got) == {"sum": 1.0, "both": [2.0, 6.0]}
    assert mixed_partial(jnp.square)(3.0) == 9


def test_the_velocity_is_taken_as_it_is():
    v = np.array([0.3, -2.0, 1.0])
    slopes = np.array([3 * X**2 * np.sin(Y) + Z * E, X**3 * np.cos(Y), X * E])
    np.testing.assert_allclose(directional_derivative(surface, v)(POINT), slopes @ v, rtol=16 * EPS)
    np.testing.assert_allclose(directional_derivative(surface, 2 * v)(POINT), 2 * slopes @ v, rtol=16 * EPS)
    tree = {"w": np.array([1, 2]), "b": 5}
    got = directional_derivative(lambda p: p["w"] * p["b"], {"w": np.array([1, 0]), "b": 2})(tree)
    assert got.tolist() == [7.0, 4.0]


def test_no_direction_is_steeper_than_the_gradient():
    angles = jnp.linspace(0, 2 * jnp.pi, 64, endpoint=False)
    directions = jnp.stack([jnp.cos(angles), jnp.sin(angles)], -1)
    f = lambda p: jnp.sin(p[0]) * p[1] ** 2  # noqa: E731
    slopes = jax.jit(jax.vmap(lambda v: directional_derivative(f, v)(POINT[:2])))(directions)
    steepest = np.linalg.norm([np.cos(X) * Y**2, 2 * np.sin(X) * Y])
    assert np.max(slopes) <= steepest * (1 + 8 * EPS)
    assert np.max(slopes) >= steepest * np.cos(np.pi / 64)


def test_float32_and_half_precision():
    for dtype in (jnp.float32, jnp.bfloat16):
        assert partial_derivative(surface, 0)(POINT.astype(dtype)).dtype == dtype
        assert directional_derivative(surface, POINT)(POINT.astype(dtype)).dtype == dtype


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: partial_derivative(surface, 3)(POINT), r"a place of one number in variables of shape \(3,\), got 3"),
        (lambda: partial_derivative(surface)(POINT), r"a place of one number in variables of shape \(3,\), got \(\)"),
        (lambda: partial_derivative(surface, (0, 0))(POINT), r"partial_derivative: expected a place of one number"),
        (lambda: partial_derivative(surface, 0.0)(POINT), r"partial_derivative: expected a place of one number"),
        (lambda: mixed_partial(surface, 0, "w")(POINT), "mixed_partial: expected a place of one number .*, got 'w'"),
        (lambda: partial_derivative(surface, 0, argnum=1)(POINT), "argnum among the arguments of f, got 1 for 1"),
        (
            lambda: directional_derivative(surface, np.ones(2))(POINT),
            r"directional_derivative: expected v shaped like variables, \(3,\), got \(2,\)",
        ),
        (lambda: directional_derivative(surface, [1.0, 2.0, 3.0])(POINT), "expected v shaped like variables"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
