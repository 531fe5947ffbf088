import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.special.beta import betaln, betaln_derivative
from tests.special import arb_beta as arb
from tests.ulps import each, error

INF, NAN = np.inf, np.nan


def shapes(dtype):
    draw = np.random.default_rng(0)
    a, b = np.concatenate([10.0 ** draw.uniform(-3, 8, (2, 150)), draw.uniform(0.1, 4, (2, 100))], 1)
    return a.astype(dtype), b.astype(dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_to_a_few_ulps_against_arb(dtype):
    a, b = shapes(dtype)
    reverse = jax.jit(jax.grad(lambda a, b: jnp.sum(betaln(a, b)), (0, 1)))(a, b)
    true = each(arb.betaln, a, b)
    value = np.asarray(betaln(a, b))
    assert value.dtype == dtype
    size = np.maximum(np.abs(np.vectorize(float)(true)), 1)
    assert np.max(error(value, true) / size) <= 8 * np.finfo(dtype).eps
    in_a = each(lambda a, b: a.digamma() - (a + b).digamma(), a, b)
    in_b = each(lambda a, b: b.digamma() - (a + b).digamma(), a, b)
    for got, slope in ((betaln_derivative(a, b), in_a), (reverse[0], in_a), (reverse[1], in_b)):
        size = np.abs(np.vectorize(float)(slope))
        assert np.max(error(got, slope) / size) <= 12 * np.finfo(dtype).eps


def test_edges():
    a = np.array([0, 1, INF, 0, -1, NAN, 1e-300, 1e300])
    b = np.array([1, 0, 1, INF, 1, 1, 1e-300, 1e300])
    expected = [INF, INF, -INF, INF, NAN, NAN, 691.4686750787734898, -1.386294361119890692e300]
    np.testing.assert_allclose(betaln(a, b), expected, rtol=1e-14)


def test_a_beta_function_is_symmetric_and_pascal():
    a, b = shapes(np.float64)
    np.testing.assert_array_equal(betaln(a, b), betaln(b, a))
    few = a < 10, b < 10
    a, b = a[few[0] & few[1]], b[few[0] & few[1]]
    np.testing.assert_allclose(np.exp(betaln(a + 1, b)) + np.exp(betaln(a, b + 1)), np.exp(betaln(a, b)), rtol=1e-13)


def test_dtypes():
    assert betaln(jnp.float16(2), 3).dtype == jnp.float16
    assert betaln(2, 3).dtype == jnp.float64
    assert betaln(np.zeros((0, 3)), 1.0).shape == (0, 3)
    assert "f64[3]" not in str(jax.make_jaxpr(betaln)(*(np.full(3, v, np.float32) for v in (1, 2))))
