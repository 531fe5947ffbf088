import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from mathml_jax.calculus.multivariate import gradient, jacobian, numerical_gradient, total_derivative

EPS = 2.0**-52


def rosenbrock(x):
    return jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def test_both_agree_with_scipys_closed_form():
    x = np.array([-1.2, 1.0, 0.7, 1.3])
    expected = scipy.optimize.rosen_der(x)
    np.testing.assert_allclose(gradient(rosenbrock)(x), expected, rtol=16 * EPS)
    got = numerical_gradient(rosenbrock, x)
    assert np.all(np.abs(got.df - expected) <= got.error)
    assert np.all(got.error <= 1e-9 * np.max(np.abs(expected)))


def test_trees_and_integers_and_other_arguments():
    def loss(scale, parameters, name):
        assert name == "squares"
        return scale * (parameters["w"] @ parameters["w"] + 3 * parameters["b"])

    parameters = {"w": np.array([1, 2]), "b": 5}
    got = gradient(loss, argnum=1)(2, parameters, "squares")
    assert jax.tree.map(lambda leaf: leaf.tolist(), got) == {"w": [4.0, 8.0], "b": 6.0}
    near = numerical_gradient(lambda p: loss(2, p, "squares"), parameters)
    assert jax.tree.structure(near.df) == jax.tree.structure(near.error) == jax.tree.structure(got)
    np.testing.assert_allclose(near.df["w"], got["w"], rtol=1e-10)


def test_half_precision_differences_are_taken_in_float32():
    got = numerical_gradient(lambda x: jnp.sum(x**2), jnp.asarray([1.0, 2.0], jnp.float16))
    assert got.df.dtype == jnp.float16
    np.testing.assert_allclose(got.df.astype(float), [2, 4], rtol=1e-3)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize("take", [lambda f, x: gradient(f)(x), numerical_gradient])
def test_a_vector_has_no_gradient(take):
    with pytest.raises(ValueError, match=r"gradient: expected f to return a scalar, got shape \(3,\)"):
        take(lambda x: x**2, np.ones(3))


def softmax(x):
    return jnp.exp(x) / jnp.sum(jnp.exp(x))


@pytest.mark.parametrize("width", [1, 3, 6])
def test_jacobian_of_softmax_and_of_wide_and_tall_maps(width):
    x = np.array([0.3, -1.0, 2.0])
    matrix = np.random.default_rng(0).normal(size=(width, 3))
    p = np.exp(x) / np.sum(np.exp(x))
    got = jacobian(lambda x: matrix @ softmax(x))(x)
    np.testing.assert_allclose(got, matrix @ (np.diag(p) - np.outer(p, p)), atol=16 * EPS)


@pytest.mark.parametrize(("inputs", "outputs", "passes"), [(2, 5, 2), (3, 3, 3), (5, 2, 2)])
def test_jacobian_takes_the_fewer_passes(inputs, outputs, passes):
    f = lambda x: jnp.resize(jnp.sin(x), outputs)  # noqa: E731
    program = jax.make_jaxpr(jacobian(f))(np.ones(inputs))
    batches = {v.aval.shape[0] for e in program.eqns if e.primitive.name == "mul" for v in e.outvars if v.aval.ndim > 1}
    assert batches == {passes}


def test_jacobian_of_trees_and_scalars():
    got = jacobian(lambda p: {"a": p["x"] * p["y"], "b": p["x"]})({"x": 2, "y": 3})
    assert jax.tree.map(float, got) == {"a": {"x": 3.0, "y": 2.0}, "b": {"x": 1.0, "y": 0.0}}
    assert jacobian(jnp.square)(3) == 6
    assert [float(leaf) for leaf in jacobian(lambda x, y: x * y, argnum=(0, 1))(2, 3)] == [3, 2]
    assert [float(leaf) for leaf in gradient(lambda x, y: x * y, argnum=(-1, 0))(2, 3)] == [2, 3]


def test_total_derivative_and_its_pieces():
    t = 0.7
    got = total_derivative(lambda p: p["x"] ** 2 * p["y"] + p["t"], lambda t: {"x": jnp.cos(t), "y": t**3, "t": t}, t)
    partials = {"x": 2 * np.cos(t) * t**3, "y": np.cos(t) ** 2, "t": 1.0}
    velocities = {"x": -np.sin(t), "y": 3 * t**2, "t": 1.0}
    for name in partials:
        np.testing.assert_allclose(got.partials[name], partials[name], rtol=4 * EPS)
        np.testing.assert_allclose(got.velocities[name], velocities[name], rtol=4 * EPS)
    expected = sum(partials[name] * velocities[name] for name in partials)
    np.testing.assert_allclose(got.derivative, expected, rtol=8 * EPS)
    assert total_derivative(lambda x: x, lambda t: 2 * t, 3).derivative == 2


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gradient(jnp.sum, argnum=2)(1.0), "gradient: expected argnum among the arguments of f, got 2 for 1"),
        (lambda: jacobian(jnp.sin, argnum=-2)(1.0), "jacobian: expected argnum among the arguments of f, got -2 for 1"),
        (
            lambda: total_derivative(lambda x: x, lambda t: jnp.stack([t, t]), 1.0),
            r"total_derivative: expected f to return a scalar, got shape \(2,\)",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
