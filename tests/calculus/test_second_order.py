import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from mathml_jax.calculus.second_order import hessian, hvp, quadratic_model, tangent_plane

EPS = 2.0**-52
POINT = np.array([-1.2, 1.0, 0.7, 1.3])


def rosenbrock(x):
    return jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def on_tree(p):
    return jnp.sum(p["w"] ** 3) * p["b"] ** 2


TREE = {"w": np.array([1.0, 2.0]), "b": 3.0}


def test_hessian_agrees_with_scipys_closed_form():
    expected = scipy.optimize.rosen_hess(POINT)
    np.testing.assert_allclose(hessian(rosenbrock)(POINT), expected, rtol=32 * EPS, atol=32 * EPS * np.max(expected))
    v = np.array([0.3, -0.1, 2.0, 1.0])
    product = scipy.optimize.rosen_hess_prod(POINT, v)
    np.testing.assert_allclose(hvp(rosenbrock, POINT, v), product, rtol=64 * EPS, atol=64 * EPS * np.max(expected))


def test_hessian_of_logsumexp_is_the_covariance_of_softmax():
    p = np.exp(POINT) / np.sum(np.exp(POINT))
    got = hessian(jax.nn.logsumexp)(POINT)
    np.testing.assert_allclose(got, np.diag(p) - np.outer(p, p), atol=8 * EPS)


def test_trees_and_other_arguments():
    got = hessian(lambda scale, p: scale * on_tree(p), argnum=1)(2, TREE)
    np.testing.assert_array_equal(got["w"]["w"], 2 * np.diag([54.0, 108.0]))
    np.testing.assert_array_equal(got["w"]["b"], [36.0, 144.0])
    assert got["b"]["b"] == 36
    product = hvp(on_tree, TREE, {"w": np.array([1, 0]), "b": 1})
    np.testing.assert_array_equal(product["w"], [54 + 18, 72])
    assert product["b"] == 18 + 18
    assert hessian(lambda x, y: x**2 * y, argnum=(0, 1))(3.0, 5.0)[0][1] == 6


def test_models_touch_and_are_exact_for_their_degree():
    flat, curved = tangent_plane(on_tree, TREE), quadratic_model(on_tree, TREE)
    assert flat(TREE) == curved(TREE) == flat.value == curved.value == 81
    np.testing.assert_array_equal(curved.gradient["w"], [27.0, 108.0])
    matrix, slope = np.array([[2.0, 1.0], [1.0, -3.0]]), np.array([0.5, 2.0])
    bowl = lambda x: slope @ x + x @ matrix @ x / 2 + 7.0  # noqa: E731
    x0, points = np.array([1.0, -2.0]), np.random.default_rng(0).normal(size=(20, 2))
    got = jax.vmap(quadratic_model(bowl, x0))(points)
    np.testing.assert_allclose(got, [bowl(x) for x in points], rtol=32 * EPS, atol=64 * EPS)
    line = jax.vmap(tangent_plane(lambda x: slope @ x + 7.0, x0))(points)
    np.testing.assert_allclose(line, points @ slope + 7, rtol=8 * EPS, atol=16 * EPS)


@pytest.mark.parametrize(("model", "order"), [(tangent_plane, 2), (quadratic_model, 3)])
def test_errors_of_the_models_shrink_at_their_rate(model, order):
    x0, v = {"w": POINT[:2], "b": POINT[2:]}, {"w": np.array([0.5, 1.0]), "b": np.array([-0.3, 0.2])}
    f = lambda p: jnp.sum(jnp.sin(p["w"] * p["b"])) + jnp.exp(p["w"][0] * p["b"][1])  # noqa: E731

    def error(h):
        x = jax.tree.map(lambda a, b: a + h * b, x0, v)
        return abs(float(f(x) - model(f, x0)(x)))

    assert 0.9 * 2**order < error(1e-2) / error(5e-3) < 1.1 * 2**order


def test_models_are_pytrees_and_pass_through_jit_and_grad():
    curved = jax.jit(lambda x0: quadratic_model(rosenbrock, x0))(POINT)
    assert curved.hessian.shape == (4, 4)
    # Newton's step jumps to where the model's slope is zero.
    step = POINT - np.linalg.solve(curved.hessian, curved.gradient)
    assert np.max(np.abs(jax.grad(curved)(step))) < 1e-10 * np.max(np.abs(curved.gradient))
    for dtype in (jnp.float32, jnp.bfloat16):
        shapes = jax.eval_shape(
            lambda x: (hvp(rosenbrock, x, x), quadratic_model(rosenbrock, x)(x)), jnp.ones(4, dtype)
        )
        assert {x.dtype for x in shapes} == {jnp.dtype(dtype)}
    assert tangent_plane(lambda x: x**2, 3)(4) == 15


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hessian(jnp.sin)(POINT), r"hessian: expected f to return a scalar, got shape \(4,\)"),
        (lambda: hvp(jnp.sin, POINT, POINT), r"hvp: expected f to return a scalar, got shape \(4,\)"),
        (lambda: hvp(rosenbrock, POINT, np.ones(3)), r"hvp: expected v shaped like x, \(4,\), got \(3,\)"),
        (lambda: tangent_plane(jnp.sin, POINT), "tangent_plane: expected f to return a scalar"),
        (lambda: quadratic_model(jnp.sin, POINT), "quadratic_model: expected f to return a scalar"),
        (lambda: tangent_plane(rosenbrock, POINT)(np.ones(3)), r"tangent_plane: expected x shaped like x0, \(4,\)"),
        (
            lambda: hessian(rosenbrock, argnum=2)(POINT),
            "hessian: expected argnum among the arguments of f, got 2",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
