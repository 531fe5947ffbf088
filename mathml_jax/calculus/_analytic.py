"""Whether a function can be continued off the real axis, as its operations tell."""

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp

_NOT_ANALYTIC = {
    "conj", "sign", "max", "min", "clamp", "sort", "top_k", "reduce_max", "reduce_min", "cummax", "cummin",
    "cholesky", "eigh", "qr", "svd", "householder_product", "triangular_solve",
}  # fmt: skip
"""Operations that take complex numbers, but by their conjugates or in order of size."""


def obstacle(f: Callable[..., Any], *args: Any) -> str:
    """The first operation of `f` at complex `args` that is not analytic, or why it takes no complex numbers; or ''."""
    try:
        jaxpr = jax.make_jaxpr(f)(*args)
    except (TypeError, NotImplementedError) as error:
        return str(error).split("\n", 1)[0]
    return next(_obstacles(jaxpr.jaxpr), "")


def _obstacles(jaxpr: Any) -> Iterator[str]:
    for equation in jaxpr.eqns:
        inner = [p for p in jax.tree.leaves(list(equation.params.values()), is_leaf=_is_jaxpr) if _is_jaxpr(p)]
        if inner:
            for each in inner:
                yield from _obstacles(getattr(each, "jaxpr", each))
        elif any(map(_is_complex, equation.invars)):
            name = equation.primitive.name
            if name in _NOT_ANALYTIC or not all(map(_is_complex, equation.outvars)):
                yield f"the operation '{name}'"


def _is_complex(variable: Any) -> bool:
    dtype = getattr(variable.aval, "dtype", None)
    return dtype is not None and jnp.issubdtype(dtype, jnp.complexfloating)


def _is_jaxpr(value: Any) -> bool:
    return hasattr(value, "eqns") or hasattr(value, "jaxpr")
