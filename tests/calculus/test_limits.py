import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mathml_jax.calculus.limits import is_continuous, lhopital, limit

EPS = 2.0**-52
inf, nan = math.inf, math.nan
FOUND = [
    (lambda x: jnp.sin(x) / x, 0.0, "both", 1.0),
    (lambda x: (1 - jnp.cos(x)) / x**2, 0.0, "both", 0.5),
    (lambda x: (x - jnp.sin(x)) / x**3, 0.0, "both", 1 / 6),
    (lambda x: (jnp.exp(x) - 1) / x, 0.0, "both", 1.0),
    (lambda x: 1 / x - 1 / jnp.sin(x), 0.0, "both", 0.0),
    (lambda x: jnp.cos(x) ** (1 / x**2), 0.0, "both", math.exp(-0.5)),
    (lambda x: jnp.sin(50 * x) / x, 0.0, "both", 50.0),
    (lambda x: x * jnp.sin(1 / x), 0.0, "both", 0.0),
    (lambda x: (jnp.sqrt(x) - 2) / (x - 4), 4.0, "both", 0.25),
    (lambda x: jnp.sin(x) / (x - math.pi), math.pi, "both", -1.0),
    (lambda x: x * jnp.log(x), 0.0, "right", 0.0),
    (lambda x: x**x, 0.0, "right", 1.0),
    (jnp.sqrt, 0.0, "right", 0.0),
    (lambda x: x**0.1, 0.0, "right", 0.0),
    (lambda x: jnp.exp(-1 / x), 0.0, "right", 0.0),
    (lambda x: jnp.abs(x) / x, 0.0, "left", -1.0),
    (jnp.floor, 2.0, "left", 1.0),
    (lambda n: (1 + 1 / n) ** n, inf, "both", math.e),
    (lambda n: (1 + 1 / n) ** n, -inf, "both", math.e),
    (lambda x: jnp.sqrt(x * x + x) - x, inf, "both", 0.5),
    (lambda x: jnp.log(x) / x, inf, "both", 0.0),
    (lambda x: x**10 * jnp.exp(-x), inf, "both", 0.0),
    (lambda x: (2 * x * x + 3) / (x * x - 5 * x), inf, "left", 2.0),
    (jnp.arctan, -inf, "both", -math.pi / 2),
    (jnp.exp, -inf, "both", 0.0),
]
INFINITE = [
    (lambda x: 1 / x**2, 0.0, "both", inf),
    (lambda x: -1 / jnp.abs(x - 1), 1.0, "both", -inf),
    (lambda x: 1 / x, 0.0, "left", -inf),
    (lambda x: 1 / x + 5, 0.0, "right", inf),
    (jnp.log, 0.0, "right", -inf),
    (jnp.tan, math.pi / 2, "left", inf),
    (lambda x: jnp.exp(1 / x), 0.0, "right", inf),
    (jnp.log, inf, "both", inf),
    (jnp.sqrt, inf, "both", inf),
    (lambda x: x**3, -inf, "both", -inf),
    (lambda x: jnp.exp(x) / x**10, inf, "both", inf),
]
NOWHERE = [
    (lambda x: jnp.sin(1 / x), 0.0, "both"),
    (lambda x: jnp.sin(1 / x), 0.0, "right"),
    (lambda x: jnp.sin(jnp.log(x)), 0.0, "right"),
    (jnp.cos, inf, "both"),
    (lambda x: x * jnp.sin(x), inf, "both"),
    (jnp.sign, 0.0, "both"),
    (lambda x: 1 / x, 0.0, "both"),
    (lambda x: jnp.exp(1 / x), 0.0, "both"),
    (lambda x: x - jnp.floor(x), 3.0, "both"),
    (jnp.sqrt, 0.0, "both"),
    (lambda x: x * jnp.nan, 0.0, "both"),
    (lambda x: 1 / jnp.log(x), 0.0, "right"),
]


def limits(cases, dtype):
    """All limits of a table, in one compilation for each side."""
    found = {}
    for side in ("both", "left", "right"):
        places = [k for k, case in enumerate(cases) if case[2] == side]
        functions = [cases[k][0] for k in places]

        def take(i, x, functions=functions, side=side):
            return limit(lambda t: jax.lax.switch(i, functions, t), x, side)

        if places:
            points = np.array([cases[k][1] for k in places], dtype)
            got = jax.jit(jax.vmap(take))(np.arange(len(places)), points)
            found |= dict(zip(places, zip(*map(np.asarray, got), strict=True), strict=True))
    return [found[k] for k in range(len(cases))]


@pytest.mark.parametrize(("dtype", "accuracy"), [("float64", 2e-6), ("float32", 3e-3)])
def test_limits_are_within_their_error_and_that_is_small(dtype, accuracy):
    found = limits([case[:3] for case in FOUND + INFINITE], dtype)
    for (_, x0, side, expected), (value, error) in zip(FOUND + INFINITE, found, strict=True):
        assert value.dtype == error.dtype == dtype
        if dtype == "float32" and np.isnan(value):
            continue
        assert value == expected or abs(value - expected) <= error <= accuracy * max(1, abs(expected)), (
            x0,
            side,
            value,
        )
    missing = sum(bool(np.isnan(value)) for value, _ in found)
    assert missing <= (dtype == "float32")


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_has_no_limit_is_nan(dtype):
    for (_, x0, side), (value, error) in zip(NOWHERE, limits(NOWHERE, dtype), strict=True):
        assert np.isnan(value), (x0, side, value)
        assert error == inf


def test_shapes_and_vmap():
    x0 = np.array([[0.0, 1.0, inf], [-1.0, 4.0, -inf]])
    value, error = limit(lambda x: jnp.sin(x) / x, x0)
    with np.errstate(invalid="ignore"):
        expected = np.where(np.isinf(x0), 0, np.sinc(x0 / np.pi))
    assert np.all(np.abs(value - expected) <= error)
    np.testing.assert_array_equal(jax.vmap(lambda x: limit(lambda x: jnp.sin(x) / x, x).value)(x0), value)
    assert limit(jnp.floor, jnp.asarray(0.5, jnp.float16)).value.dtype == jnp.float16
    assert limit(jnp.exp, 0).value == 1
    assert limit(lambda x: 3, np.float32(0)).value == 3
    assert is_continuous(lambda x: 3, np.float32(0))


@pytest.mark.parametrize(
    ("f", "x0", "side", "expected"),
    [
        (jnp.floor, [1.5, 2.0, -0.3], "both", [True, False, True]),
        (jnp.floor, [2.0], "right", [True]),
        (jnp.sqrt, [0.0, 1.0, -1.0], "both", [False, True, False]),
        (jnp.sqrt, [0.0], "right", [True]),
        (lambda x: 1 / x**2, [0.0, 3.0], "both", [False, True]),
        (lambda x: jnp.where(x == 1, 7.0, x), [1.0, 2.0], "both", [False, True]),
        (lambda x: jnp.where(x == 0, 0, jnp.sin(1 / x)), [0.0], "both", [False]),
        (jnp.abs, [0.0], "both", [True]),
    ],
)
def test_continuity(f, x0, side, expected):
    assert is_continuous(f, np.array(x0), side).tolist() == expected


@pytest.mark.parametrize(
    ("f", "g", "x0", "expected"),
    [
        (jnp.sin, lambda x: x, 0.0, 1.0),
        (lambda x: 1 - jnp.cos(x), jnp.square, 0.0, 0.5),
        (lambda x: x - jnp.sin(x), lambda x: x**3, 0.0, 1 / 6),
        (jnp.sin, lambda x: x - math.pi, math.pi, -1.0),
        (jnp.log, lambda x: x - 1, 1.0, 1.0),
        (jnp.cos, lambda x: x + 2, 0.0, 0.5),
        (jnp.square, jnp.sin, 0.0, 0.0),
        (jnp.sin, lambda x: x**3, 0.0, inf),
        (lambda x: -jnp.sin(x), lambda x: x**3, 0.0, -inf),
        (jnp.sin, jnp.square, 0.0, nan),
        (jnp.cos, lambda x: 0 * x, 0.0, nan),
        (lambda x: x**5, lambda x: x**5, 0.0, nan),
    ],
)
def test_lhopital(f, g, x0, expected):
    np.testing.assert_allclose(lhopital(f, g, x0), expected, rtol=4 * EPS)


def test_lhopital_of_higher_order_and_at_many_points():
    assert lhopital(lambda x: x**5, lambda x: 2 * x**5, 0.0, order=5) == 0.5
    x0 = np.array([0.0, math.pi, 1.0])
    got = lhopital(jnp.sin, lambda x: x * (x - math.pi), x0)
    np.testing.assert_allclose(got, [-1 / math.pi, -1 / math.pi, math.sin(1) / (1 - math.pi)], rtol=8 * EPS)
    assert lhopital(jnp.sin, lambda x: x, jnp.asarray(0, jnp.float16)).dtype == jnp.float16


@pytest.mark.usefixtures("plain_types")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: limit(jnp.sin, 0.0, "up"),  # pyright: ignore[reportArgumentType]
            "limit: expected side to be one of 'both', 'left', 'right', got 'up'",
        ),
        (lambda: limit(lambda x: (x, x), 0.0), r"limit: expected f to return a scalar, got shape \(\(\), \(\)\)"),
        (lambda: is_continuous(lambda x: x[None], 0.0), r"is_continuous: expected f to return a scalar, got shape"),
        (lambda: lhopital(jnp.sin, lambda x: x[None], 0.0), "lhopital: expected f to return a scalar, got shape"),
        (lambda: lhopital(jnp.sin, jnp.sin, 0.0, order=7), "lhopital: expected order to be an integer from 0 to 6"),
        (lambda: lhopital(jnp.sin, jnp.sin, 0.0, order=-1), "lhopital: expected order to be an integer from 0 to 6"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
