"""Taylor coefficients of any order: by jets where JAX has the right rules, by nested forward mode elsewhere."""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental.jet import jet
from jax.extend.core import Literal
from jaxtyping import Array, Float

NESTED = 6
"""The highest order by nested forward mode, whose work doubles with every order."""

# `atan2`, `rem`, `asinh` and `erfc` have rules that are wrong or NaN somewhere, `erf_inv` one for float64 alone.
RULES = frozenset(
    (
        *("exp", "log", "log1p", "expm1", "sin", "cos", "sinh", "cosh", "tanh", "logistic", "acosh", "atanh", "erf"),
        *("add", "add_any", "sub", "neg", "mul", "div", "square", "integer_pow", "pow", "sqrt", "rsqrt"),
        *("abs", "sign", "floor", "ceil", "round", "max", "min", "clamp", "select_n", "copy", "stop_gradient"),
        *("eq", "ne", "lt", "lt_to", "le", "le_to", "gt", "ge", "and", "or", "not", "xor", "is_finite"),
        *("reduce_sum", "reduce_max", "reduce_min", "cumsum", "cumprod", "dot_general", "conv_general_dilated"),
        *("convert_element_type", "broadcast_in_dim", "reshape", "squeeze", "transpose", "rev", "pad", "split"),
        *("concatenate", "stack", "unstack", "slice", "dynamic_slice", "dynamic_update_slice", "gather", "scatter-add"),
    )
)
"""Primitives whose jets were found right, in every release from 0.10 on."""


def coefficients(f: Callable[[Array], Array], x: Float[Array, ""], order: int) -> Float[Array, " terms"]:
    """The derivatives of a function at a number, each divided by the factorial of its order."""
    if order > NESTED or (order > 1 and without_rule(f, x) is None):
        line = [jnp.full_like(x, k == 1) for k in range(1, order + 1)]
        _, terms = jet(f, (x,), (line,), factorial_scaled=False)
        # Some rules find the value itself by a formula that loses digits.
        return jnp.stack([f(x), *terms])
    derivatives = nested(f, order)(x)
    return jnp.stack([d / math.factorial(k) for k, d in enumerate(derivatives)])


def nested(f: Callable[[Array], Array], order: int) -> Callable[[Array], list[Array]]:
    """A function with its derivatives up to some order, each the forward-mode derivative of the one before."""
    if order == 0:
        return lambda x: [f(x)]
    below = nested(f, order - 1)

    def derived(x: Array) -> list[Array]:
        values, slopes = jax.jvp(below, (x,), (jnp.ones_like(x),))
        return [*values, slopes[-1]]

    return derived


def without_rule(f: Callable[..., Any], x: Any) -> str | None:
    """The first primitive on the way from the argument to the result that has no jet to be trusted, if any."""
    return _search(jax.make_jaxpr(f)(x).jaxpr)


def _search(jaxpr: Any) -> str | None:
    """Such a primitive in a program all of whose arguments vary."""
    varying = set(jaxpr.invars)
    for equation in jaxpr.eqns:
        inputs = [not isinstance(v, Literal) and v in varying for v in equation.invars]
        if not any(inputs):
            continue
        if equation.primitive.name == "jit":
            # Jets let all arguments of an inner function vary, the constant ones too.
            culprit = _search(equation.params["jaxpr"].jaxpr)
        else:
            culprit = None if _has_rule(equation, inputs) else equation.primitive.name
        if culprit:
            return culprit
        varying.update(equation.outvars)
    return None


def _has_rule(equation: Any, varying: list[bool]) -> bool:
    name, types = equation.primitive.name, [v.aval.dtype for v in (*equation.invars, *equation.outvars)]
    if name == "convert_element_type":
        return not (jnp.issubdtype(types[0], jnp.inexact) and not jnp.issubdtype(types[1], jnp.inexact))
    if name == "pow" and varying[0]:
        # The rule takes the logarithm of the base, which is NaN where a whole power of it is not.
        exponent = equation.invars[1]
        return isinstance(exponent, Literal) and not float(np.asarray(exponent.val)).is_integer()
    return name in RULES and not any(jnp.issubdtype(t, jnp.complexfloating) for t in types)
