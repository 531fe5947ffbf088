"""Critical points against tables, SciPy and the implicit function theorem."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import random
from scipy.optimize import rosen_der, rosen_hess

from mathml_jax.optimize.curvatures import CriticalPointKind as Kind
from mathml_jax.optimize.objectives import rosenbrock
from mathml_jax.optimize.stationary_points import critical_point, critical_points

EPS = np.finfo(np.float64).eps
# Himmelblau's function: coordinates, value and kind, as published, to six digits.
HIMMELBLAU = [
    (3.0, 2.0, 0.0, Kind.MINIMUM),
    (3.584428, -1.848127, 0.0, Kind.MINIMUM),
    (-2.805118, 3.131313, 0.0, Kind.MINIMUM),
    (-3.779310, -3.283186, 0.0, Kind.MINIMUM),
    (3.385154, 0.073852, 13.311926, Kind.SADDLE),
    (0.086678, 2.884255, 67.719150, Kind.SADDLE),
    (-3.073026, -0.081353, 104.015163, Kind.SADDLE),
    (-0.127961, -1.953715, 178.337239, Kind.SADDLE),
    (-0.270845, -0.923039, 181.616522, Kind.MAXIMUM),
]


def himmelblau(x):
    return (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2


def himmelblau_gradient(x, y):
    a, b = x**2 + y - 11, x + y**2 - 7
    return np.stack([4 * x * a + 2 * b, 2 * a + 4 * y * b])


def starts(k, n, size, dtype=jnp.float64):
    return random.uniform(random.key(0), (k, n), dtype, -size, size)


def search(*args, **options):
    """What `critical_points` finds, as NumPy arrays."""
    return jax.tree.map(np.asarray, critical_points(*args, **options))


def kinds(found):
    return [Kind(kind) for kind in found.kinds[found.valid].tolist()]


@pytest.mark.parametrize(("dtype", "unit"), [("float64", 1.0), ("float32", 2.0**-20)])
def test_himmelblau_has_nine(dtype, unit):
    found = search(lambda x: himmelblau(x / unit), unit * starts(100, 2, 5.0, dtype))
    assert found.points.dtype == found.values.dtype == found.gradient_norms.dtype == found.eigenvalues.dtype == dtype
    assert found.valid.sum() == 9
    assert found.counts.sum() == 100
    table = sorted(HIMMELBLAU, key=lambda row: row[2])
    for row, x, value, kind in zip(range(9), found.points / unit, found.values, kinds(found), strict=False):
        near = min(table, key=lambda known: abs(known[0] - x[0]) + abs(known[1] - x[1]))
        np.testing.assert_allclose([*x, value], near[:3], atol=1e-6 if dtype == "float64" else 1e-4)
        assert (kind, near[2] == 0) == (near[3], row < 4)
    if dtype == "float64":
        np.testing.assert_allclose(himmelblau_gradient(*found.points[:9].T / unit), 0.0, atol=1e4 * EPS)
    assert np.isnan(found.points[9:]).all()
    assert np.isnan(found.eigenvalues[9:]).all()
    assert not found.kinds[9:].any()
    assert not found.counts[9:].any()


def test_rosenbrock_in_five_dimensions_has_three():
    """Two minima and a saddle (Kok and Sandrock, 2009)."""
    found = search(rosenbrock, starts(60, 5, 2.0))
    assert kinds(found) == [Kind.MINIMUM, Kind.MINIMUM, Kind.SADDLE]
    for x, eigenvalues in zip(found.points[:3], found.eigenvalues, strict=False):
        np.testing.assert_allclose(rosen_der(x), 0.0, atol=1e4 * EPS)
        np.testing.assert_allclose(eigenvalues, np.linalg.eigvalsh(rosen_hess(x)), rtol=1e-12)


def test_a_box_of_waves():
    """Of sin x sin y, extrema at odd and saddles at whole multiples of pi / 2 and pi: those in the box, all of them."""
    found = search(lambda x: jnp.sin(x[0]) * jnp.sin(x[1]), starts(150, 2, 4.0), bounds=(-4.0, jnp.full(2, 4)))
    expected = {(x, y) for x in (-1, 1) for y in (-1, 1)} | {(x, y) for x in (-2, 0, 2) for y in (-2, 0, 2)}
    places = found.points[found.valid] / (np.pi / 2)
    np.testing.assert_allclose(places, np.round(places), atol=1e-14)
    assert {tuple(place) for place in np.round(places).tolist()} == expected
    assert kinds(found) == 2 * [Kind.MINIMUM] + 9 * [Kind.SADDLE] + 2 * [Kind.MAXIMUM]
    np.testing.assert_allclose(found.values[found.valid], [-1.0] * 2 + [0.0] * 9 + [1.0] * 2, atol=EPS)


PLANE = {
    "quadratic": lambda x: 1.5 * x[0] ** 2 + x[0] * x[1] - x[1] ** 2 - x[0] - 2 * x[1],
    "monkey saddle": lambda x: x[0] ** 3 - 3 * x[0] * x[1] ** 2,
    "one direction only": lambda x: x[0] ** 4 - x[1] ** 2,
    "valley": lambda x: (x[0] + 3 * x[1] - 1) ** 2,
    "circle": lambda x: (x[0] ** 2 + x[1] ** 2 - 1) ** 2 + (x[0] ** 2 + x[1] ** 2),
    "constant": lambda x: 0 * x[0],
    "exp": lambda x: jnp.sum(jnp.exp(x)),
    "exp in a valley": lambda x: jnp.exp(-x[0]) + x[1] ** 2,
    "linear": jnp.sum,
    "ramp": lambda x: x[0] ** 2 + x[1],
    "NaN": lambda x: jnp.nan * x[0],
    "inf": lambda x: jnp.inf * x[0] ** 2,
}
LINE = {
    "quartic": lambda x: x**4,
    "quartic multiplied out": lambda x: x**4 - 4 * x**3 + 6 * x**2 - 4 * x + 1,
    "cubic": lambda x: x**3,
}


def one_of(functions):
    """One compilation for all of them."""
    return lambda x, name: jax.lax.switch(name, list(functions.values()), x)


plane, line = one_of(PLANE), one_of(LINE)


def in_plane(name, dtype=jnp.float64):
    return search(plane, starts(9, 2, 2.0, dtype), (list(PLANE).index(name),))


def test_a_quadratic_has_one():
    found = in_plane("quadratic")
    np.testing.assert_allclose(found.points[0], np.linalg.solve([[3, 1], [1, -2]], [1, 2]), rtol=1e-14)
    assert (kinds(found), found.counts[0]) == ([Kind.SADDLE], 9)


@pytest.mark.parametrize(("name", "where", "atol"), [("monkey saddle", 0, 1e-7), ("one direction only", 0, 1e-7)])
def test_degenerate_points_of_the_plane(name, where, atol):
    found = in_plane(name)
    assert (kinds(found), found.counts[0]) == ([Kind.DEGENERATE], 9)
    np.testing.assert_allclose(found.points[0], where, atol=atol)


@pytest.mark.parametrize(
    ("name", "where", "atol"), [("quartic", 0, 1e-7), ("quartic multiplied out", 1, 1e-4), ("cubic", 0, 1e-7)]
)
def test_degenerate_points_of_the_line(name, where, atol):
    found = search(line, starts(9, 1, 2.0)[:, 0], (list(LINE).index(name),))
    assert (kinds(found), found.counts[0], found.points.shape) == ([Kind.DEGENERATE], 9, (9,))
    np.testing.assert_allclose(found.points[0], where, atol=atol)


def test_a_continuum_is_degenerate_everywhere():
    """Every start finds a point of its own."""
    found = in_plane("valley")
    assert kinds(found) == 9 * [Kind.DEGENERATE]
    np.testing.assert_allclose(found.points @ np.array([1.0, 3.0]), 1.0, atol=100 * EPS)
    assert kinds(in_plane("constant")) == 9 * [Kind.DEGENERATE]
    found = in_plane("circle")
    on_it = found.kinds == Kind.DEGENERATE
    assert found.counts.sum() == 9
    assert on_it.sum() >= 5
    np.testing.assert_allclose(np.sum(found.points[on_it] ** 2, axis=1), 0.5, rtol=1e-13)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_nothing_is_found_where_nothing_is(dtype):
    for name in ("exp in a valley", "linear", "ramp", "NaN", "inf") + ("exp",) * (dtype == "float64"):
        found = in_plane(name, dtype)
        assert not found.valid.any(), name
        assert not found.counts.any()
        assert not found.kinds.any()
        assert all(np.isnan(leaf).all() for leaf in found[:4])


def test_flat_to_rounding_is_degenerate():
    """In float32 exp underflows within a hundred steps: its gradient is then zero, and so is its Hessian."""
    found = in_plane("exp", "float32")
    assert kinds(found) == [Kind.DEGENERATE]
    assert found.points[0].max() < -80


def test_steps_turn_back_where_the_function_ends():
    found = search(lambda x: jnp.sum(x - jnp.log(x)), jnp.array([[9.0, 5.0], [0.1, 7.0], [-1.0, 1.0]]))
    np.testing.assert_allclose(found.points[0], 1.0, rtol=1e-14)
    assert (kinds(found), found.counts.tolist()) == ([Kind.MINIMUM], [2, 0, 0])


def test_points_of_any_shape_and_starts_of_any_type():
    target = np.arange(4.0).reshape(2, 2)
    found = search(lambda x: jnp.sum((x - target) ** 2), np.ones((3, 2, 2), int))
    np.testing.assert_allclose(found.points[0], target, atol=EPS)
    assert found.eigenvalues.shape == (3, 4)
    assert critical_point(lambda x: (x - 3) ** 2, 1).point == 3
    half = search(lambda x: (x - 3) ** 2, jnp.array([1, 2], jnp.bfloat16))
    assert (half.points.dtype, half.points[0]) == (jnp.bfloat16, 3)


def test_the_tolerance_says_how_near_is_one():
    def f(x):
        return (x**2 - 0.01) ** 2

    begin = jnp.array([-1.0, 1.0, 0.01])
    assert search(f, begin).counts.tolist() == [1, 1, 1]
    assert search(f, begin, tolerance=0.1).counts.tolist() == [3, 0, 0]


def test_arguments_under_vmap():
    def waves(a):
        return critical_points(lambda x: jnp.cos(x) + a * x, jnp.array([1.0, 2.0]))

    found = jax.tree.map(np.asarray, jax.vmap(waves)(jnp.array([0.0, 0.5, 2.0])))
    assert found.valid.any(axis=1).tolist() == [True, True, False]
    np.testing.assert_allclose(np.sin(found.points[1][found.valid[1]]), 0.5, rtol=1e-14)


def ridge(x, a, penalty):
    return x @ a @ x / 2 - jnp.sum(x) + penalty * x @ x / 2


def test_derivatives_are_those_of_the_implicit_function():
    a, penalty = np.array([[2.0, 1.0], [1.0, -1.0]]), 0.3
    inverse = np.linalg.inv(a + penalty * np.eye(2))

    def point(penalty, x0):
        return critical_point(ridge, x0, (a, penalty)).point

    @jax.jit
    def derivatives(penalty, x0):
        forward, reverse = jax.jacfwd(point), jax.jacrev(point, argnums=(0, 1))
        return forward(penalty, x0), *reverse(penalty, x0), jax.jacfwd(lambda p: reverse(p, x0)[0])(penalty)

    forward, reverse, start, second = jax.vmap(derivatives, (0, None))(jnp.array([penalty, 0.5]), jnp.ones(2))
    np.testing.assert_allclose(forward[0], -inverse @ inverse @ np.ones(2), rtol=1e-13)
    np.testing.assert_allclose(reverse[0], forward[0], rtol=1e-13)
    np.testing.assert_allclose(second[0], 2 * inverse @ inverse @ inverse @ np.ones(2), rtol=1e-13)
    assert not start.any(), "the start plays no part"


def test_the_value_answers_by_the_envelope_theorem():
    a = jnp.array([1.5, 2.0])
    slope = jax.grad(lambda a: critical_point(lambda x, a: jnp.sum(jnp.exp(x) - a * x), jnp.zeros(2), (a,)).value)(a)
    np.testing.assert_allclose(slope, -jnp.log(a), rtol=1e-14)


def test_one_start_that_arrives_nowhere():
    found = critical_point(jnp.exp, 0.0)
    assert np.isnan([*found[:3], *found.eigenvalues]).all()
    assert (found.kind, found.converged) == (Kind.NONE, False)


def test_a_row_is_where_a_single_walk_ends():
    found = search(himmelblau, starts(20, 2, 5.0))
    one = critical_point(himmelblau, found.points[0])
    np.testing.assert_allclose(one.point, found.points[0], rtol=4 * EPS)
    assert one.kind == found.kinds[0]


def test_defaults_of_jax():
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"), jax.numpy_rank_promotion("allow"):
        found = search(lambda x: x**3 - 3 * x, np.array([-2, 3]), bounds=(0, 5))
        assert (found.points.dtype, found.valid.tolist()) == (jnp.float32, [True, False])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: critical_points(lambda x: x, jnp.ones((3, 2))), r"critical_points: expected f to return a scalar"),
        (lambda: critical_point(lambda x: x, jnp.ones(2)), r"critical_point: expected f to return a scalar"),
        (lambda: critical_points(jnp.sum, 1.0), r"starts with at least 1 axis, got shape \(\)"),
        (lambda: critical_points(jnp.sum, jnp.ones((0, 2))), r"at least one start, got shape \(0, 2\)"),
        (lambda: critical_points(jnp.sum, jnp.ones((2, 0))), r"points with at least one coordinate, got shape \(0,\)"),
        (lambda: critical_points(jnp.sum, jnp.ones((2, 2)), steps=0), "steps to be an integer from 1, got 0"),
        (lambda: critical_point(jnp.sum, jnp.ones(2), steps=2.5), "steps to be an integer from 1, got 2.5"),
        (
            lambda: critical_points(jnp.sum, jnp.ones((2, 2)), bounds=(0.0, jnp.ones(3))),
            r"bounds of shape \(\) or \(2,\), got \(\) and \(3,\)",
        ),
        (lambda: critical_points(jnp.sum, jnp.ones((2, 2)), bounds=1.0), "bounds to be a lowest and a highest corner"),
    ],
)
def test_bad_input(plain_types, call, message):
    with pytest.raises(ValueError, match=message):
        call()
