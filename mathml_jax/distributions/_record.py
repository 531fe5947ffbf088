"""The record of a family: how each of its verbs is tried, and against whom."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from mathml_jax._concept import Derivative, Family
from mathml_jax.distributions._counts import Counts
from mathml_jax.distributions._law import Law

EVEN = (np.arange(40) + 0.5) / 40
"""Levels whose quantiles make data that look drawn from a law, for families that uniform numbers would mislead."""

Range = tuple[float, float]


def family(
    law: Law,
    ranges: Mapping[str, Range],
    data: Callable[[Any], Any] = lambda uniform: uniform,
    **oracles: str | Callable[..., Any] | None,
) -> Family:
    """Every verb with arguments drawn from `ranges` (standard x or k, and the family's own parameters).

    `data` makes data that the family fits of uniform numbers in the range of x or k.
    SciPy's family of the same name is the oracle, but for the verbs in `oracles`. The density is the derivative of
    `cdf`, and `score` the gradient of the log-likelihood.
    """
    name, counts = law.module.rsplit(".", 1)[-1], isinstance(law, Counts)
    drawn = {"q": (0.05, 0.95), "confidence": (0.05, 0.95), **ranges}

    def example(key: Any) -> dict[str, Any]:
        keys = jax.random.split(key, len(drawn) + 3)
        values: dict[str, Any] = {
            n: jax.random.uniform(k, (), jnp.float64, *ends) for (n, ends), k in zip(drawn.items(), keys, strict=False)
        }
        low, high = drawn[law.variable]
        sample = data(jax.random.uniform(keys[-1], (8,), jnp.float64, low, high))
        whole = [n for n, p in law.parameters.items() if p.whole]
        if counts:
            sample = jnp.floor(sample)
            values |= {n: jnp.floor(values[n]) for n in ("k", *whole) if n in values}
            values |= {"loc": jnp.floor(jax.random.uniform(keys[-2], (), jnp.float64, -2.0, 3.0))}
        else:
            loc, scale = jax.random.uniform(keys[-2], (2,), jnp.float64, 0.5, 1.5)
            values |= {"loc": loc - 1, "scale": scale, "x": loc - 1 + scale * values["x"]}
        values |= {"k": values["k"] + values["loc"]} if counts else {}
        return {**values, "data": sample, "key": key, "order": 2}

    def shape(moment: str) -> Callable[..., Any]:
        def oracle(*parameters: Any) -> Any:
            # Not at the top: it takes a second, which every import of a family would take.
            import scipy.stats

            return getattr(scipy.stats, name).stats(*parameters, moments=moment)

        return oracle

    unknown = dict.fromkeys(("mode", "rvs", "fit", "score", "fisher_information"))
    authorities = {**unknown, "skew": shape("s"), "kurtosis": shape("k"), **oracles}
    derivatives = {}
    if "pdf" in law.verbs:
        derivatives["cdf"] = (Derivative(law.verbs["pdf"], "derivative"),)
    if "score" in law.verbs:
        numbers = tuple(1 + i for i, p in enumerate(law.parameters.values()) if p.estimated)
        likelihood = "logpmf" if counts else "logpdf"
        derivatives[likelihood] = (Derivative(law.verbs["score"], "gradient", argnum=numbers),)
    return Family(tuple(law.verbs.values()), example, f"scipy.stats.{name}", authorities, derivatives)
