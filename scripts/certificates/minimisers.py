"""Rows of the chapter optimize: where a convex function is least, and how low, by every minimiser."""

import jax
import jax.numpy as jnp
from certificates.draws import arguments, uniform
from certify import Row

from mathml_jax import optimize


def _well(x, a):
    return jnp.exp(x) - a * x


def _started(method, **tolerance):
    """A minimiser that needs a start."""
    return jax.vmap(lambda a: getattr(optimize, method)(_well, jnp.zeros_like(a), (a,), **tolerance))


def _between(method):
    """One that needs an interval."""
    return jax.vmap(lambda a: getattr(optimize, method)(_well, jnp.zeros_like(a), 3 * jnp.ones_like(a), (a,)))


def _least(a):
    """The value a - a log a, and the size of what is subtracted."""
    return a - a * a.log(), a + a * a.log()


_slopes, _domain = arguments(uniform(4.0, 8.0)), "exp(x) − a x, a from 4 to 8"


def _value(name, run):
    return Row(f"optimize.{name}, the value", lambda a: run(a).fun, _least, _slopes, _domain, unit="eps Σ", samples=200)


def _point(name, run):
    return Row(
        f"optimize.{name}, the point",
        lambda a: run(a).x,
        lambda a: (a.log(), 1 + a.log()),
        _slopes,
        _domain,
        unit="eps (1 + log a)",
        samples=200,
    )


ROWS = [
    _value("golden_section", _between("golden_section")),
    _value("brent", _between("brent")),
    _value("bfgs", _started("bfgs", gtol=1e-8)),
    _value("lbfgs", _started("lbfgs", ftol=0.0, gtol=1e-8)),
    _value("newton", _started("newton", gtol=1e-8)),
    _value("trust_exact", _started("trust_exact", gtol=1e-8)),
    _point("newton", _started("newton", gtol=0.0)),
    _point("trust_exact", _started("trust_exact", gtol=0.0)),
]
