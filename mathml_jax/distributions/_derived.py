"""The verbs that follow from others, written once for every family."""

import inspect
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import random
from jaxtyping import Array

from mathml_jax._checks import expect
from mathml_jax.distributions._law import Interval, Law
from mathml_jax.distributions._verbs import VERBS

_BEFORE = inspect.Parameter.POSITIONAL_OR_KEYWORD


def derived(
    law: Law, name: str, body: Callable[..., Any], *first: str, parameters: bool = True, **options: Any
) -> Callable[..., Any]:
    """A verb with the signature of the family: `first`, the parameters, then the options by keyword."""
    arguments = [inspect.Parameter(n, _BEFORE) for n in first]
    for n in law.parameters if parameters else ():
        default = {"loc": 0.0, "scale": 1.0}.get(n, inspect.Parameter.empty)
        arguments.append(inspect.Parameter(n, _BEFORE, default=default))
    arguments += [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=d) for n, d in options.items()]
    signature = inspect.Signature(arguments)

    def verb(*args: Any, **settings: Any) -> Any:
        bound = signature.bind(*args, **settings)
        bound.apply_defaults()
        return body(*bound.args, **bound.kwargs)

    verb.__name__, verb.__qualname__, verb.__module__ = name, name, law.module
    verb.__signature__ = signature  # type: ignore[attr-defined]
    verb.__wrapped__ = body  # type: ignore[attr-defined]
    return law.publish(verb)


def numbers(law: Law, **known: tuple[float, str]) -> tuple[Callable[..., Array], ...]:
    """Verbs that are one number for the standard law; each with its formula at any loc and scale, in LaTeX."""
    return tuple(_number(law, name, *number) for name, number in known.items())


def _number(law: Law, name: str, value: float, formula: str) -> Any:
    def number(loc=0.0, scale=1.0):
        return value * scale

    verb = VERBS[name]
    number.__name__, number.__qualname__, number.__module__ = name, name, law.module
    number.__doc__ = "\n\n".join(
        (
            verb.sentence.format(title=law.title),
            f".. math::\n\n    {verb.formula} = {formula}",
            f">>> f\"{{{name}():.4f}}\"\n'{value:.4f}'",
        )
    )
    return law(number)


def pdf(law: Law) -> Callable[..., Array]:
    """The exponential of `logpdf`."""
    return derived(law, "pdf", lambda x, *p: jnp.exp(law.verbs["logpdf"](x, *p)), "x")


def pmf(law: Law) -> Callable[..., Array]:
    """The exponential of `logpmf`."""
    return derived(law, "pmf", lambda k, *p: jnp.exp(law.verbs["logpmf"](k, *p)), "k")


def logcdf(law: Law) -> Callable[..., Array]:
    """The logarithm of `cdf`, by way of `sf` where that is the smaller; for tails that do not underflow."""
    return derived(law, "logcdf", lambda x, *p: _log(law.verbs["cdf"](x, *p), law.verbs["sf"](x, *p)), law.variable)


def logsf(law: Law) -> Callable[..., Array]:
    """The logarithm of `sf`, by way of `cdf` where that is the smaller; for tails that do not underflow."""
    return derived(law, "logsf", lambda x, *p: _log(law.verbs["sf"](x, *p), law.verbs["cdf"](x, *p)), law.variable)


def _log(p: Array, complement: Array) -> Array:
    small = p < 0.5
    near_one = jnp.log1p(-jnp.where(small, 0.5, complement))
    return jnp.where(small, jnp.log(jnp.where(small, p, 0.5)), near_one)


def median(law: Law) -> Callable[..., Array]:
    """The quantile at one half."""
    return derived(law, "median", lambda *p: law.verbs["ppf"](0.5, *p))


def std(law: Law) -> Callable[..., Array]:
    """The root of `var`; its derivative is 0 where that is 0."""

    def body(*parameters: Any) -> Array:
        variance = law.verbs["var"](*parameters)
        none = variance == 0
        return jnp.where(none, 0.0, jnp.sqrt(jnp.where(none, 1.0, variance)))

    return derived(law, "std", body)


def interval(law: Law) -> Callable[..., Interval]:
    """Quantiles with equal tails, each from its own side."""

    def body(confidence: Any, *parameters: Any) -> Interval:
        tail = (1 - jnp.asarray(confidence)) / 2
        tail = jnp.where(tail <= 0.5, tail, jnp.nan)
        return Interval(law.verbs["ppf"](tail, *parameters), law.verbs["isf"](tail, *parameters))

    return derived(law, "interval", body, "confidence")


def moment(law: Law) -> Callable[..., Array]:
    """The expectation of a power up to the fourth, from mean, variance, skewness and kurtosis."""

    def body(order: int, *parameters: Any) -> Array:
        expect(order in range(5), f"{law.module.rsplit('.', 1)[-1]}.moment", "an order from 0 to 4", order)
        m, v, s, k = (law.verbs[name](*parameters) for name in ("mean", "var", "skew", "kurtosis"))
        raised = (
            lambda: law.prepare(*parameters)[2].astype(m.dtype),
            lambda: m,
            lambda: v + m**2,
            lambda: s * v**1.5 + 3 * m * v + m**3,
            lambda: (k + 3) * v**2 + 4 * m * s * v**1.5 + 6 * m**2 * v + m**4,
        )
        return raised[order]()

    return derived(law, "moment", body, "order")


def rvs(law: Law) -> Callable[..., Array]:
    """Quantiles of uniform numbers, so that derivatives pass from the parameters to the draws."""

    def body(key: Any, *parameters: Any, size: Any = None) -> Array:
        _, own, valid = law.prepare(*parameters)
        shape = valid.shape if size is None else (size,) if isinstance(size, int) else size
        uniform = random.uniform(key, shape, valid.dtype, minval=jnp.finfo(valid.dtype).tiny)
        return law.verbs["ppf"](uniform, *(jnp.broadcast_to(a, shape) for a in own))

    return derived(law, "rvs", body, "key", size=None)
