"""Newton's step, curvature, kinds and convexity against SciPy and NumPy, and their edges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import random
from scipy.optimize import rosen_der, rosen_hess

from mathml_jax.optimize.curvatures import CriticalPointKind as Kind
from mathml_jax.optimize.curvatures import classify_critical_point, curvature, is_convex_on, newton_step
from mathml_jax.optimize.objectives import rosenbrock

EPS = np.finfo(np.float64).eps
POINT = np.array([-0.5, 0.3, 1.2, 0.7])


def test_the_pieces_of_newtons_step_are_scipys():
    found = newton_step(rosenbrock, POINT)
    gradient, hessian = rosen_der(POINT), rosen_hess(POINT)
    np.testing.assert_allclose(found.gradient, gradient, rtol=1e-13)
    np.testing.assert_allclose(found.hessian, hessian, rtol=1e-13, atol=1e-12)
    np.testing.assert_allclose(found.step, -np.linalg.solve(hessian, gradient), rtol=1e-11)
    np.testing.assert_allclose(
        found.predicted_change, gradient @ found.step + found.step @ hessian @ found.step / 2, rtol=1e-11
    )


def test_on_a_quadratic_the_prediction_comes_true():
    """A matrix of variables, of which some are pulled to a saddle."""
    weights = jnp.array([[1.0, -2.0], [3.0, 4.0]])

    def f(x, a):
        return jnp.sum(a * (x - 1) ** 2)

    x = jnp.array([[5.0, 6.0], [7.0, 8.0]])
    found = newton_step(f, x, (weights,))
    np.testing.assert_allclose(x + found.step, 1.0, rtol=4 * EPS)
    np.testing.assert_allclose(f(x + found.step, weights) - f(x, weights), found.predicted_change, rtol=4 * EPS)
    assert (found.step.shape, found.hessian.shape) == ((2, 2), (4, 4))


def test_no_step_where_the_hessian_is_singular():
    found = newton_step(lambda x: x[0] ** 2 + x[1], jnp.ones(2))
    assert np.isnan(found.step).all()
    assert np.isnan(found.predicted_change)
    assert found.gradient.tolist() == [2.0, 1.0]


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_curvature(dtype):
    found = curvature(lambda x: x[0] ** 2 - 4 * x[1] ** 2 + 2 * x[2] ** 2, jnp.ones(3, dtype))
    assert [leaf.item() for leaf in found] == [-8.0, 4.0, 4.0]
    assert {leaf.dtype for leaf in found} == {jnp.dtype(dtype)}


def test_curvature_at_edges():
    assert curvature(lambda x: x[0] ** 2, jnp.ones(2)).condition_number == np.inf
    assert np.isnan(curvature(jnp.sum, jnp.ones(2)).condition_number)
    assert np.isnan(curvature(lambda x: jnp.sum(jnp.log(x)), jnp.zeros(2)).smallest)
    hilbert = 1.0 / (np.arange(6)[:, None] + np.arange(6) + 1)
    found = curvature(lambda x: x @ hilbert @ x / 2, np.zeros(6))
    np.testing.assert_allclose(found.condition_number, np.linalg.cond(hilbert), rtol=1e-8)


def test_the_sharpness_has_a_derivative():
    slope = jax.grad(lambda t: curvature(lambda x, t: t * x[0] ** 2 + x[1] ** 2, jnp.zeros(2), (t,)).largest)(3.0)
    assert slope == 2.0


PLANE = [
    (lambda x: jnp.sum(x**2), [0, 0], Kind.MINIMUM),
    (lambda x: -jnp.sum(jnp.cosh(x)), [0, 0], Kind.MAXIMUM),
    (lambda x: x[0] * x[1], [0, 0], Kind.SADDLE),
    (lambda x: x[0] ** 3 - 3 * x[0] * x[1] ** 2, [0, 0], Kind.DEGENERATE),
    (lambda x: jnp.sum(x**4), [1e-9, -1e-8], Kind.DEGENERATE),
    (lambda x: x[0] ** 2 + x[1] ** 4, [0, 1e-8], Kind.DEGENERATE),
    (lambda x: x[0] ** 2 + 0 * x[1], [0, 5], Kind.DEGENERATE),
    (lambda x: 1e-9 * x[0] ** 2 + 1e-12 * x[1] ** 2 + x[0] ** 4, [0, 0], Kind.MINIMUM),
    (lambda x: 1e12 * x[0] ** 2 - x[1] ** 2, [0, 0], Kind.SADDLE),
    (jnp.sum, [1, 2], Kind.NONE),
    (lambda x: x[0] ** 2 + jnp.exp(x[1]), [0, -40], Kind.NONE),
]
LINE = [
    (jnp.sin, 1e4 * np.pi + np.pi / 2, Kind.MAXIMUM),
    (jnp.sin, 1.5, Kind.NONE),
    (jnp.exp, -30.0, Kind.NONE),
    (lambda x: jnp.log(x) * 0 + x**2, -1.0, Kind.NONE),
    (lambda x: 0 * x, 3.0, Kind.DEGENERATE),
]


@pytest.mark.parametrize("rows", [PLANE, LINE], ids=["plane", "line"])
def test_kinds(rows):
    """One compilation for all functions."""

    def one_of(x, i):
        return jax.lax.switch(i, [f for f, _, _ in rows], x)

    for i, (_, x, kind) in enumerate(rows):
        assert classify_critical_point(one_of, jnp.array(x, float), (i,)) == kind, f"row {i}"


def test_the_kind_depends_on_the_tolerance():
    """A narrow well on a wide hill is what it is only to those who look closely."""
    codes = [classify_critical_point(lambda x: x**2 - 1e4 * x**4, 0.0, tolerance=t).item() for t in (1e-4, 1e-2)]
    assert codes == [Kind.MINIMUM, Kind.DEGENERATE]


def test_a_float32_saddle():
    x = jnp.array([0.0866775, 2.8842547], jnp.float32)
    f = lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2  # noqa: E731
    assert classify_critical_point(f, x) == Kind.SADDLE


def test_convexity_is_refuted_by_a_witness():
    points = random.uniform(random.key(0), (50, 3), jnp.float64, -2, 2)
    found = is_convex_on(rosenbrock, points)
    hessians = [rosen_hess(np.asarray(x)) for x in points]
    worst = np.argmin([np.linalg.eigvalsh(h)[0] for h in hessians])
    np.testing.assert_array_equal(found.point, points[worst])
    np.testing.assert_allclose(
        found.direction @ hessians[worst] @ found.direction, found.smallest_eigenvalue, rtol=1e-12
    )
    assert found.smallest_eigenvalue < 0
    assert not found.is_convex


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_convex_to_rounding(dtype):
    """Logsumexp is flat along (1, ..., 1): its smallest eigenvalue is rounding around zero."""
    found = is_convex_on(jax.nn.logsumexp, random.normal(random.key(0), (40, 5), dtype))
    assert found.is_convex
    assert abs(found.smallest_eigenvalue) < 4 * jnp.finfo(dtype).eps
    assert is_convex_on(jnp.sum, jnp.ones((2, 3))).is_convex


def test_a_point_outside_the_domain_is_no_evidence_for():
    found = is_convex_on(lambda x: -jnp.log(x), jnp.array([1.0, 2.0, -1.0]))
    assert (found.is_convex, found.point) == (False, -1.0)
    assert np.isnan(found.smallest_eigenvalue)


@pytest.mark.parametrize("function", [newton_step, curvature, classify_critical_point])
def test_bad_functions(plain_types, function):
    name = function.__name__
    with pytest.raises(ValueError, match=rf"{name}: expected f to return a scalar, got shape \(2,\)"):
        function(lambda x: x, jnp.ones(2))
    with pytest.raises(ValueError, match=rf"{name}: expected points with at least one coordinate, got shape \(0,\)"):
        function(jnp.sum, jnp.ones(0))


@pytest.mark.parametrize(
    ("f", "points", "message"),
    [
        (jnp.sum, 1.0, r"points with at least 1 axis, got shape \(\)"),
        (jnp.sum, jnp.ones((0, 2)), r"at least one point, got shape \(0, 2\)"),
        (lambda x: x, jnp.ones((3, 2)), r"f to return a scalar, got shape \(2,\)"),
    ],
)
def test_bad_samples(plain_types, f, points, message):
    with pytest.raises(ValueError, match=f"is_convex_on: expected {message}"):
        is_convex_on(f, points)
