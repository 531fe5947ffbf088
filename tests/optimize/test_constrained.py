"""Minima under constraints against published ones and closed forms."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.optimize._minimum import OptimizeStatus as Status
from mathml_jax.optimize.constrained import augmented_lagrangian, projected_gradient
from mathml_jax.optimize.multipliers import kkt_residuals
from mathml_jax.optimize.projections import projection_l2_ball, projection_simplex


def hs71(x):
    return x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2]


def hs71_equal(x):
    return (x @ x)[None] - 40


def hs71_unequal(x):
    return jnp.concatenate([(25 - jnp.prod(x))[None], 1 - x, x - 5])


def test_hock_and_schittkowski_71():
    found = augmented_lagrangian(hs71, jnp.array([1.0, 5.0, 5.0, 1.0]), hs71_equal, hs71_unequal)
    assert found.success
    np.testing.assert_allclose(found.x, [1.0, 4.74299963, 3.82114998, 1.37940829], rtol=1e-6)
    np.testing.assert_allclose(found.fun, 17.0140173, rtol=1e-7)
    left = kkt_residuals(hs71, hs71_equal, hs71_unequal, found.x, found.multipliers)
    np.testing.assert_allclose(jnp.concatenate(left), 0.0, atol=3e-5)


def test_derivatives_of_a_constrained_minimum():
    """The nearest point of a half-space, on its border for one point and inside for the other."""

    @jax.jit
    def nearest(a, b):
        found = augmented_lagrangian(
            lambda x, a, b: jnp.sum((x - a) ** 2), jnp.zeros(2), None, lambda x, a, b: (x.sum() - b)[None], (a, b)
        )
        return jnp.concatenate([found.x, found.multipliers[1], found.fun[None]])

    slopes = jax.jit(jax.jacfwd(nearest, (0, 1)))
    by_a, by_b = slopes(jnp.array([1.0, 2.0]), 1.0)
    np.testing.assert_allclose(nearest(jnp.array([1.0, 2.0]), 1.0), [0.0, 1.0, 2.0, 2.0], atol=1e-5)
    np.testing.assert_allclose(by_a, [[0.5, -0.5], [-0.5, 0.5], [1.0, 1.0], [2.0, 2.0]], atol=1e-5)
    np.testing.assert_allclose(by_b, [0.5, 0.5, -1.0, -2.0], atol=1e-5)
    by_a, by_b = slopes(jnp.array([-1.0, 1.0]), 1.0)
    np.testing.assert_allclose(by_a, [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]], atol=1e-5)
    np.testing.assert_allclose(by_b, 0.0, atol=1e-5)
    reverse = jax.jit(jax.grad(lambda a: nearest(a, 1.0)[3]))(jnp.array([1.0, 2.0]))
    np.testing.assert_allclose(reverse, [2.0, 2.0], atol=1e-5)


def test_augmented_failures():
    """Constraints that contradict each other, a start where f is not finite, and too few rounds."""
    run = jax.jit(
        jax.vmap(
            lambda x, c, n: augmented_lagrangian(
                lambda x, c: jnp.sum(jnp.log(x) + x**2),
                x[None],
                lambda x, c: x - 2.0,
                lambda x, c: c - x,
                (c,),
                maxiter=n,
            )
        )
    )
    found = run(jnp.array([1.0, 1.0, -1.0, 1.0]), jnp.array([1.0, 3.0, 1.0, 1.0]), jnp.array([50, 50, 50, 1]))
    assert found.success.tolist() == [True, False, False, False]
    assert found.status[1] in (Status.MAXITER, Status.PRECISION)
    assert found.status[2:].tolist() == [Status.NOT_FINITE, Status.MAXITER]
    np.testing.assert_allclose(found.x[[0, 2], 0], [2.0, -1.0], atol=1e-5)
    assert np.isfinite(found.constr_violation).all()
    assert found.constr_violation[1] > 0.1


def test_least_squares_on_the_simplex():
    """The conditions of optimality: the gradient is the same wherever a weight is not 0, and no smaller elsewhere."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(30, 6)), rng.normal(size=30)
    found = projected_gradient(lambda x: jnp.sum((a @ x - b) ** 2) / 2, projection_simplex, jnp.zeros(6), gtol=1e-9)
    assert found.success
    gradient, kept = a.T @ (a @ found.x - b), np.asarray(found.x > 0)
    np.testing.assert_allclose(gradient[kept], gradient[kept][0], rtol=1e-7)
    assert (gradient[~kept] >= gradient[kept][0]).all()
    np.testing.assert_allclose(found.x.sum(), 1.0)


def test_derivatives_of_a_projected_minimum():
    """In what f takes and in what the projection closes over: the point of a ball nearest to one outside."""
    a = jnp.array([3.0, 4.0])

    def nearest(a, radius):
        def project(x):
            return projection_l2_ball(x, radius)

        return projected_gradient(lambda x, a: jnp.sum((x - a) ** 2), project, jnp.zeros(2), (a,)).x

    hand = jax.jacfwd(projection_l2_ball, (0, 1))(a, 2.0)
    for mode in (jax.jacfwd, jax.jacrev):
        for ours, theirs in zip(jax.jit(mode(nearest, (0, 1)))(a, 2.0), hand, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: projected_gradient(jnp.sum, lambda x: x, jnp.arange(2)),
            TypeError,
            "projected_gradient: expected x0 of floating-point numbers",
        ),
        (
            lambda: projected_gradient(jnp.sum, lambda x: x, ()),
            ValueError,
            "projected_gradient: expected x0 with at least",
        ),
        (
            lambda: augmented_lagrangian(jnp.sum, jnp.ones(2), jnp.sum),
            ValueError,
            r"augmented_lagrangian: expected g to return one axis, got shape \(\)",
        ),
        (
            lambda: augmented_lagrangian(jnp.sum, jnp.ones(2), None, lambda x: (x, x)),
            ValueError,
            "augmented_lagrangian: expected h to return one axis",
        ),
        (lambda: augmented_lagrangian(jnp.sum, {}), ValueError, "augmented_lagrangian: expected x0 with at least"),
    ],
)
@pytest.mark.usefixtures("plain_types")
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
