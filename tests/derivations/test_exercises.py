"""Any correct function passes, whatever its road; a wrong one is shown the simplest input that refutes it."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import random

from mathml_jax.derivations import check_function


def softplus(x):
    return jnp.logaddexp(x, 0.0)


def branches(x):
    return x if x > 0 else -x


def counts(x):
    return [float(v) ** 2 for v in x]


def vectors(key):
    return (random.normal(key, (3,), jnp.float64),)


def positive(key):
    return (random.uniform(key, (), jnp.float64, 0.1, 3.0),)


def large(key):
    return (1000 * random.normal(key, (), jnp.float64),)


@pytest.mark.parametrize(
    ("yours", "correct", "example"),
    [
        (jnp.abs, jnp.abs, None),
        (branches, jnp.abs, None),
        (np.abs, jnp.abs, None),
        (lambda x: math.exp(-x), lambda x: 1 / jnp.exp(x), None),
        (lambda x: 2.0, lambda x: 2 + 0 * x, None),
        (jnp.sign, lambda x: jnp.where(x > 0, 1, -1), None),
        (lambda x: (x, x**2), lambda x: (x, x * x), None),
        (lambda x: jnp.stack(counts(x)), jnp.square, vectors),
        (jax.nn.sigmoid, jax.grad(softplus), large),
        (jnp.log2, lambda x: jnp.log(x) / jnp.log(2.0), None),
        (lambda a: a["w"] + a["b"], lambda a: a["b"] + a["w"], lambda key: ({"w": random.normal(key), "b": 1.0},)),
    ],
)
def test_correct_functions_pass(yours, correct, example):
    check = check_function(yours, correct, example)
    assert check.ok, str(check)
    assert check.counterexample is None
    assert str(check) == "right: it agrees at all 20 inputs drawn"


@pytest.mark.parametrize(
    ("yours", "correct", "example", "message"),
    [
        (lambda x: x, jnp.abs, None, "at (-1) it gives -1 instead of 1"),
        (branches, lambda x: 1 + x**2, None, "at (0) it gives 0 instead of 1"),
        (lambda x, y: x / y, lambda x, y: y / x, None, "at (1, 2) it gives 0.5 instead of 2"),
        (lambda x: x + 1e-8, lambda x: x, None, "at (0) it gives 1e-08 instead of 0"),
        (lambda x: x + 1e-8, lambda x: x + 1, None, "at (0) it gives 1e-08 instead of 1"),
        (lambda x: 1 + 1e-8 + 0 * x, jnp.ones_like, None, "at (0) it gives 1.00000001 instead of 1"),
        (lambda x: x[::-1], lambda x: x, vectors, "at ([1, 2, 3]) its entry 0 is 3 instead of 1"),
        (
            lambda x: x * x ** (x - 1),
            jax.grad(lambda x: x**x),
            positive,
            "at (0.5) it gives 0.707107 instead of 0.216978",
        ),
        (lambda x: (x, x), lambda x: (x, x * x), None, "at (-1) its entry 1 is -1 instead of 1"),
    ],
)
def test_the_simplest_input_refutes(yours, correct, example, message):
    check = check_function(yours, correct, example)
    assert not check.ok
    assert check.counterexample is not None
    assert str(check) == f"not yet: {message}"


def test_overflow_is_refuted():
    def naive(x):
        return jnp.exp(x) / (1 + jnp.exp(x))

    assert check_function(naive, jax.nn.sigmoid).ok
    check = check_function(naive, jax.nn.sigmoid, large)
    assert "it gives nan instead of 1" in check.message
    assert check.counterexample[0] > 700


@pytest.mark.parametrize(
    ("yours", "message"),
    [
        (lambda x: None, "it returns nothing"),
        (lambda x: x[None], "it returns shape (1, 3) instead of (3,)"),
        (lambda x: (x, x), "it returns shape (3,), (3,) instead of (3,)"),
    ],
)
def test_other_shapes_are_refuted(yours, message):
    check = check_function(yours, jnp.sin, vectors)
    assert check == type(check)(False, None, f"not yet: {message}")


@pytest.mark.parametrize(("tolerance", "ok"), [(1e-9, False), (1e-4, True)])
def test_the_tolerance_is_the_teachers(tolerance, ok):
    def secant(x):
        return (jnp.sin(x + 1e-5) - jnp.sin(x)) / 1e-5

    assert check_function(secant, jnp.cos, tolerance=tolerance).ok == ok


def test_inputs_outside_the_domain_do_not_count():
    assert check_function(lambda x: jnp.log(jnp.abs(x)), jnp.log).ok
    with pytest.raises(ValueError, match="check_function: expected inputs in the domain"):
        check_function(jnp.log, lambda x: jnp.log(-jnp.abs(x)))


def test_errors_of_the_function_are_its_own():
    with pytest.raises(ZeroDivisionError):
        check_function(lambda x: 1 // 0, jnp.sin)


@pytest.mark.parametrize("x64", [True, False])
def test_the_callers_precision_stays(x64):
    with jax.enable_x64(x64):
        assert check_function(jnp.sin, jnp.sin).ok
        assert jnp.zeros(()).dtype == (jnp.float64 if x64 else jnp.float32)
