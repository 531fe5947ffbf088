import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from mathml_jax.calculus.rules import chain_rule, implicit_derivative, inverse_rule, product_rule, quotient_rule

EPS = 2.0**-52
X = np.array([[0.2, 0.9], [1.4, 3.0]])


def exact(f, x):
    with mpmath.workdps(40):
        return np.vectorize(lambda v: float(mpmath.diff(f, mpmath.mpf(v))))(x)


@pytest.mark.parametrize(
    ("rule", "f", "g", "composed"),
    [
        (product_rule, jnp.sin, jnp.log, lambda x: mpmath.sin(x) * mpmath.log(x)),
        (quotient_rule, jnp.log, jnp.exp, lambda x: mpmath.log(x) / mpmath.exp(x)),
        (chain_rule, jnp.arctan, jnp.square, lambda x: mpmath.atan(x * x)),
    ],
)
def test_agree_with_mpmath(rule, f, g, composed):
    expected = exact(composed, X)
    np.testing.assert_allclose(rule(f, g, X)[-1], expected, rtol=64 * EPS)
    np.testing.assert_allclose(jax.vmap(lambda x: rule(f, g, x))(X)[-1], expected, rtol=64 * EPS)


def test_the_pieces_make_the_whole():
    product = product_rule(jnp.sin, jnp.exp, X)
    np.testing.assert_allclose(product.left, np.cos(X) * np.exp(X), rtol=8 * EPS)
    np.testing.assert_allclose(product.right, np.sin(X) * np.exp(X), rtol=8 * EPS)
    np.testing.assert_array_equal(product.derivative, product.left + product.right)
    quotient = quotient_rule(jnp.sin, jnp.exp, X)
    whole = (quotient.left - quotient.right) / quotient.square
    np.testing.assert_allclose(quotient.derivative, whole, rtol=16 * EPS, atol=4 * EPS)
    chain = chain_rule(jnp.exp, jnp.sin, X)
    np.testing.assert_allclose(chain.outer, np.exp(np.sin(X)), rtol=8 * EPS)
    np.testing.assert_allclose(chain.inner, np.cos(X), rtol=8 * EPS)
    np.testing.assert_array_equal(chain.composed, chain.outer * chain.inner)


def test_inverse_functions():
    y, slope, derivative = inverse_rule(jnp.tan, X)
    np.testing.assert_allclose(derivative, 1 / (1 + np.tan(X) ** 2), rtol=16 * EPS)
    np.testing.assert_allclose(y, np.tan(X), rtol=4 * EPS)
    np.testing.assert_allclose(slope * derivative, 1, rtol=4 * EPS)
    assert np.isnan(inverse_rule(jnp.square, 0.0).derivative)


def test_implicit_functions():
    angle = np.array([0.3, 1.0, 2.0, 4.0])
    on_ellipse = implicit_derivative(lambda x, y: x**2 / 4 + y**2, 2 * np.cos(angle), np.sin(angle))
    np.testing.assert_allclose(on_ellipse.derivative, -1 / (2 * np.tan(angle)), rtol=16 * EPS)
    upright = implicit_derivative(lambda x, y: x**2 + y**2, np.array([1.0, 0.0]), 0.0)
    assert np.all(np.isnan(upright.derivative))
    np.testing.assert_array_equal(upright.along_x, [2, 0])


def test_zero_denominators_and_large_ones():
    assert np.isnan(quotient_rule(jnp.cos, jnp.sin, 0.0).derivative)
    far = quotient_rule(lambda x: x, jnp.exp, 400.0).derivative
    np.testing.assert_allclose(far, -399 * np.exp(-400), rtol=16 * EPS)


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("product_rule", lambda f: product_rule(f, jnp.sin, 1.0)),
        ("quotient_rule", lambda f: quotient_rule(jnp.sin, f, 1.0)),
        ("chain_rule", lambda f: chain_rule(f, jnp.sin, 1.0)),
        ("inverse_rule", lambda f: inverse_rule(f, 1.0)),
        ("implicit_derivative", lambda f: implicit_derivative(lambda x, y: f(x), 1.0, 2.0)),
    ],
)
def test_bad_input(name, call):
    with pytest.raises(ValueError, match=rf"{name}: expected f to return a scalar, got shape \(2,\)"):
        call(lambda x: jnp.stack([x, x]))
