"""The mathematics of machine learning as small, pure JAX functions, each beside its formula and its derivative.

Topics are loaded when they are first used: ``from mathml_jax import nn, stats``.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mathml_jax import calculus as calculus
    from mathml_jax import datasets as datasets
    from mathml_jax import derivations as derivations
    from mathml_jax import distributions as distributions
    from mathml_jax import fundamentals as fundamentals
    from mathml_jax import linalg as linalg
    from mathml_jax import metrics as metrics
    from mathml_jax import models as models
    from mathml_jax import nn as nn
    from mathml_jax import optimize as optimize
    from mathml_jax import plot as plot
    from mathml_jax import preprocessing as preprocessing
    from mathml_jax import probability as probability
    from mathml_jax import special as special
    from mathml_jax import stats as stats
    from mathml_jax._compare import assert_derivative as assert_derivative
    from mathml_jax._compare import compare as compare
    from mathml_jax._concept import Concept as Concept
    from mathml_jax._concept import Derivative as Derivative
    from mathml_jax._concept import Family as Family
    from mathml_jax._verdict import Comparison as Comparison
    from mathml_jax._verdict import Verdict as Verdict
    from mathml_jax.catalog import find as find
    from mathml_jax.derivations import Step as Step
    from mathml_jax.derivations import check_derivation as check_derivation
    from mathml_jax.derivations import check_function as check_function

_TOPICS = (
    *("fundamentals", "linalg", "calculus", "special", "optimize", "distributions", "probability", "stats", "nn"),
    *("metrics", "preprocessing", "models", "derivations", "datasets", "plot"),
)
_HOMES = {
    "assert_derivative": "_compare",
    "compare": "_compare",
    "Concept": "_concept",
    "Derivative": "_concept",
    "Family": "_concept",
    "Comparison": "_verdict",
    "Verdict": "_verdict",
    "find": "catalog",
    "Step": "derivations",
    "check_derivation": "derivations",
    "check_function": "derivations",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("mathml-jax")
    if name in _TOPICS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*_TOPICS, *_HOMES, "__version__"})
