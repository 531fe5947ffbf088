import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from mathml_jax.calculus.trigonometric import (
    arccos,
    arccos_derivative,
    arcsin,
    arcsin_derivative,
    arctan,
    arctan_derivative,
    cos,
    cos_derivative,
    sin,
    sin_derivative,
    tan,
    tan_derivative,
)

inf, nan = np.inf, np.nan
ANGLE = np.array([-1e9, -22.0, -np.pi, -1e-9, 1e-300, 0.3, np.pi / 2, 3.0, 1e15])
UNIT = np.array([-1 + 1e-13, -0.9, -1e-9, 1e-300, 0.3, 0.7, 0.99, 1 - 1e-13])
SLOPE = np.array([-1e150, -7.0, -1e-9, 1e-300, 0.3, 1.0, 1e9, 1e150])


def steep(x):
    return 1 / mpmath.sqrt((1 - x) * (1 + x))


@pytest.mark.parametrize(
    ("f", "df", "twin", "slope", "x"),
    [
        (sin, sin_derivative, mpmath.sin, mpmath.cos, ANGLE),
        (cos, cos_derivative, mpmath.cos, lambda x: -mpmath.sin(x), ANGLE),
        (tan, tan_derivative, mpmath.tan, lambda x: mpmath.sec(x) ** 2, ANGLE),
        (arcsin, arcsin_derivative, mpmath.asin, steep, UNIT),
        (arccos, arccos_derivative, mpmath.acos, lambda x: -steep(x), UNIT),
        (arctan, arctan_derivative, mpmath.atan, lambda x: 1 / (1 + x * x), SLOPE),
    ],
)
def test_agree_with_mpmath(f, df, twin, slope, x):
    got, forward = jax.jvp(f, (x,), (np.ones_like(x),))
    with mpmath.workdps(400):
        value, rate = (np.array([float(g(mpmath.mpf(v))) for v in x]) for g in (twin, slope))
    np.testing.assert_allclose(got, value, rtol=8 * 2.0**-53)
    np.testing.assert_allclose(df(x), rate, rtol=8 * 2.0**-53)
    np.testing.assert_allclose(forward, rate, rtol=16 * 2.0**-53)


@pytest.mark.parametrize(
    ("f", "df", "x", "value", "slope"),
    [
        (sin, sin_derivative, [inf, -inf], [nan, nan], [nan, nan]),
        (cos, cos_derivative, [0.0, inf], [1, nan], [0, nan]),
        (tan, tan_derivative, [0.0, inf], [0, nan], [1, nan]),
        (arcsin, arcsin_derivative, [-1.5, -1.0, 1.0], [nan, -np.pi / 2, np.pi / 2], [nan, inf, inf]),
        (arccos, arccos_derivative, [-1.0, 1.0, 1.5], [np.pi, 0, nan], [-inf, -inf, nan]),
        (arctan, arctan_derivative, [-inf, 0.0, inf], [-np.pi / 2, 0, np.pi / 2], [0, 1, 0]),
    ],
)
def test_edges(f, df, x, value, slope):
    x = np.array(x)
    got, forward = jax.jvp(f, (x,), (np.ones_like(x),))
    np.testing.assert_array_equal(got, value)
    np.testing.assert_array_equal(forward, slope)
    np.testing.assert_array_equal(df(x), slope)


@pytest.mark.parametrize("f", [sin, cos, tan, arcsin, arccos, arctan, arcsin_derivative, arctan_derivative])
def test_dtypes(f):
    half = f(jnp.asarray([0.5, 0.75], jnp.float16))
    assert half.dtype == jnp.float16
    np.testing.assert_allclose(half.astype(float), f(np.array([0.5, 0.75])), rtol=2.0**-10)
    assert f(0).dtype == jnp.float64
    with jax.enable_x64(False):
        assert f(np.array([0.5])).dtype == jnp.float32
