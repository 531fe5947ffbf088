"""Why the standardized mean of normal data follows Student's law, whatever their mean and their scale."""

import math

import jax.numpy as jnp
from jax import random
from jaxtyping import Array, Float

from mathml_jax.derivations._area import area, area_from_zero
from mathml_jax.derivations.steps import Derivation, Step
from mathml_jax.distributions import chi2, norm, t
from mathml_jax.stats import ttest_1samp

Data = Float[Array, " n"]
Number = Float[Array, ""]


def _statistic(x: Data, mean: Number) -> Number:
    return jnp.abs(jnp.mean(x) - mean) / (jnp.std(x, ddof=1) / math.sqrt(len(x)))


def _beyond(ratio: Number, df: int) -> Number:
    """The probability that a normal number is farther out than `ratio` times the root of a chi-square one."""
    return 2 * area_from_zero(lambda v: chi2.pdf(v, df) * norm.sf(ratio * jnp.sqrt(v)))


def _mirrored(x: Data, mean: Number) -> Number:
    n = len(x)
    # The mirror between the first axis and the diagonal exchanges the two.
    normal = jnp.full(n, 1 / math.sqrt(n)) - jnp.eye(n)[0]
    d = x - mean
    y = d - 2 * normal * (normal @ d) / (normal @ normal)
    return _beyond(jnp.abs(y[0]) / jnp.linalg.norm(y[1:]), n - 1)


def _tail(x: Data, mean: Number) -> Number:
    observed = _statistic(x, mean)
    return 2 * area_from_zero(lambda u: t.pdf(observed + u, len(x) - 1))


def _cap(x: Data, mean: Number) -> Number:
    n, d = len(x), x - mean
    angle = jnp.arccos(jnp.abs(jnp.sum(d)) / (math.sqrt(n) * jnp.linalg.norm(d)))
    straight = jnp.full_like(angle, math.pi)
    caps = [area(lambda a: jnp.sin(a) ** (n - 2), jnp.zeros_like(angle), end) for end in (angle, straight)]
    return 2 * caps[0] / caps[1]


DERIVATION = Derivation(
    title="The law of the t statistic",
    proves=ttest_1samp,
    evaluate=lambda x, mean: ttest_1samp(x, mean).pvalue,
    example=lambda key: (
        random.normal(key, (5,), jnp.float64),
        random.normal(random.fold_in(key, 1), (), jnp.float64),
    ),
    steps=(
        Step(
            "How often would normal data about this mean lie so far out? Take their deviations as one vector and "
            "mirror the space until its first axis points along (1, …, 1). Independent normal numbers stay so, with a "
            "common scale: the first against the length of all others, a normal number against the root of a "
            "chi-square one.",
            r"P\left( \frac{|Z|}{\sqrt{V}} \ge \frac{|y_1|}{\sqrt{y_2^2 + \dots + y_n^2}} \right), \quad"
            r" y = H (x - \mu), \; V \sim \chi^2_{n - 1}",
            _mirrored,
            because=chi2.pdf,
        ),
        Step(
            "A mirror keeps lengths. The first number is the mean's deviation times root n, and the rest is the spread "
            "about the mean: their ratio is the t statistic.",
            r"P\left( \frac{|Z|}{\sqrt{V / (n - 1)}} \ge |t| \right), \quad"
            r" t = \frac{\bar{x} - \mu}{s / \sqrt{n}}",
            lambda x, mean: _beyond(_statistic(x, mean) / math.sqrt(len(x) - 1), len(x) - 1),
            because="the theorem of Pythagoras",
        ),
        Step(
            "A normal number over the root of a mean of squares is a mixture of bells. Neither the scale of the data "
            "nor anything else unknown is left in it.",
            r"2 \int_{|t|}^\infty f_{n - 1}(u)\, du",
            _tail,
            because=t.pdf,
        ),
        Step(
            "With u the cotangent of an angle, times the root of n − 1, one sees it at a glance: the share of all "
            "directions in space that lie as close to the diagonal as the data do.",
            r"\frac{2 \int_0^\theta \sin^{n - 2} a\, da}{\int_0^\pi \sin^{n - 2} a\, da}, \quad"
            r" \cos \theta = \frac{|\sum_i (x_i - \mu)|}{\sqrt{n}\, \lVert x - \mu \rVert}",
            _cap,
            because="change of variables",
        ),
    ),
)
