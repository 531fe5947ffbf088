"""Projections against optax and against what defines them."""

import jax
import jax.numpy as jnp
import numpy as np
import optax.projections
import pytest

from mathml_jax.optimize.projections import (
    projection_box,
    projection_box_derivative,
    projection_l1_ball,
    projection_l1_ball_jacobian,
    projection_l2_ball,
    projection_l2_ball_jacobian,
    projection_linf_ball,
    projection_simplex,
    projection_simplex_jacobian,
)

EPS = np.finfo(np.float64).eps
RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(40, 7)) * np.logspace(-2, 2, 40)[:, None]
BY_SCALE = [projection_l1_ball, projection_l2_ball, projection_linf_ball, projection_simplex]


@pytest.mark.parametrize("scale", [1.0, 3.5])
@pytest.mark.parametrize("project", BY_SCALE)
@pytest.mark.usefixtures("peers")
def test_optax_agrees(project, scale):
    theirs = jax.vmap(lambda x: getattr(optax.projections, project.__name__)(x, scale))(POINTS)
    np.testing.assert_allclose(project(POINTS, scale), theirs, rtol=4 * EPS, atol=8 * EPS * np.abs(POINTS).max())


@pytest.mark.parametrize("project", BY_SCALE)
def test_nobody_in_the_set_is_nearer(project):
    """The angle between the way to the projection and the way on to any other point of the set is never acute."""
    p = np.asarray(project(POINTS, 2.0))
    others = np.asarray(project(RNG.normal(size=(60, 7)) * 3, 2.0))
    products = np.einsum("in,ikn->ik", POINTS - p, others[None] - p[:, None])
    assert (products <= 1e-12 * np.abs(POINTS).max()).all()
    np.testing.assert_allclose(project(p, 2.0), p, rtol=4 * EPS, atol=4 * EPS)


def test_far_from_zero():
    """A shift of all entries changes nothing on the simplex."""
    x = np.array([0.25, 0.5, -1.0, 0.75])
    np.testing.assert_array_equal(projection_simplex(x + 2.0**40), projection_simplex(x))
    np.testing.assert_allclose(projection_simplex(x * 1e300).sum(), 1.0)
    np.testing.assert_allclose(projection_l2_ball(jnp.array([3e200, 4e200])), [0.6, 0.8], rtol=4 * EPS)


EDGES = [
    (projection_simplex, [0.0, -np.inf, 0.0], 1.0, [0.5, 0.0, 0.5]),
    (projection_simplex, [5.0], 1.0, [1.0]),
    (projection_simplex, [3.0, 1.0], 0.0, [0.0, 0.0]),
    (projection_simplex, [3.0, 1.0], -1.0, [np.nan, np.nan]),
    (projection_l1_ball, [0.0, 0.0], 1.0, [0.0, 0.0]),
    (projection_l1_ball, [3.0, -1.0], 0.0, [0.0, 0.0]),
    (projection_l1_ball, [0.1, 0.1], -1.0, [np.nan, np.nan]),
    (projection_l2_ball, [0.0, 0.0], 1.0, [0.0, 0.0]),
    (projection_l2_ball, [3.0, 4.0], 0.0, [0.0, 0.0]),
    (projection_l2_ball, [3.0, 4.0], -1.0, [np.nan, np.nan]),
    (projection_l2_ball, [3.0, 4.0], np.inf, [3.0, 4.0]),
    (projection_l2_ball, [], 1.0, []),
    (projection_linf_ball, [np.inf, -2.0], 1.0, [1.0, -1.0]),
    (projection_linf_ball, [0.0], -1.0, [np.nan]),
]


@pytest.mark.parametrize(("project", "x", "scale", "expected"), EDGES)
def test_edges(project, x, scale, expected):
    np.testing.assert_allclose(project(jnp.asarray(x), scale), expected, rtol=4 * EPS)


@pytest.mark.parametrize(
    ("jacobian", "project"),
    [
        (projection_l2_ball_jacobian, projection_l2_ball),
        (projection_l1_ball_jacobian, projection_l1_ball),
        (projection_simplex_jacobian, projection_simplex),
    ],
)
def test_gradients_at_edges(jacobian, project):
    """At the origin, inside and outside: finite, and those of autodiff."""
    points = jnp.array([[0.0, 0.0, 0.0], [0.1, -0.2, 0.3], [5.0, 0.1, -2.0]])
    hand = jax.vmap(jacobian)(points)
    assert np.isfinite(hand).all()
    for mode in (jax.jacfwd, jax.jacrev):
        np.testing.assert_allclose(jax.vmap(mode(project))(points), hand, atol=4 * EPS)
    slope = jax.vmap(jax.grad(lambda x, scale: jnp.sum(project(x, scale) ** 2), 1), (0, None))(points, 1.0)
    assert np.isfinite(slope).all()
    if project is not projection_simplex:
        np.testing.assert_array_equal(jax.grad(lambda x: project(x, jnp.inf).sum())(points[2]), 1.0)


def test_box():
    x = jnp.array([-2.0, 0.0, 1.0, 3.0, 0.5])
    lower, upper = jnp.array([-1.0, 0.0, -jnp.inf, -jnp.inf, 1.0]), jnp.array([jnp.inf, 1.0, 1.0, 2.0, 0.0])
    np.testing.assert_array_equal(projection_box(x, lower, upper), [-1.0, 0.0, 1.0, 2.0, np.nan])
    np.testing.assert_array_equal(projection_box_derivative(x, lower, upper), [0.0, 1.0, 1.0, 0.0, np.nan])
    np.testing.assert_array_equal(jax.grad(lambda x: projection_box(x, -1, 1).sum())(x), [0.0, 1.0, 1.0, 0.0, 1.0])


def test_dtypes():
    for project in BY_SCALE:
        assert project(jnp.ones(4, jnp.float16)).dtype == jnp.float16
        assert project(np.array([3, 4])).dtype == jnp.float64


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: projection_simplex(1.0), r"projection_simplex: expected x with at least 1 axis, got shape \(\)"),
        (lambda: projection_simplex(jnp.zeros((2, 0))), "projection_simplex: expected at least one entry along"),
        (lambda: projection_l1_ball(jnp.zeros(0)), "projection_l1_ball: expected at least one entry along"),
        (lambda: projection_l2_ball(jnp.ones(2), jnp.ones(2)), "projection_l2_ball: expected scale with 0 axes"),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
