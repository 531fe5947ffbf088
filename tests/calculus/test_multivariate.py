import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize

from mathml_jax.calculus import gradient, numerical_gradient

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
