"""Rows of the chapter probability."""

from certificates.draws import arguments, decades, shares
from certificates.exact import dot
from certify import Row
from flint import arb

from mathml_jax import probability

_hypotheses = arguments(shares(10), decades((-250, -25), 0, 10))
_domain = "10 hypotheses, likelihoods from 1e-250 (float32: 1e-25) to 1"


def _posterior(prior, likelihood):
    evidence, _ = dot(prior, likelihood)
    return [p * v / evidence for p, v in zip(prior, likelihood, strict=True)]


def _jacobian(prior, likelihood):
    evidence, _ = dot(prior, likelihood)
    posterior = _posterior(prior, likelihood)
    return [
        [(((i == j) - p) * share / evidence, (arb(i == j) + p) * share / evidence) for j, share in enumerate(prior)]
        for i, p in enumerate(posterior)
    ]


ROWS = [
    Row("probability.bayes_theorem", probability.bayes_theorem, _posterior, _hypotheses, _domain, samples=300),
    Row(
        "probability.bayes_theorem_jacobian",
        probability.bayes_theorem_jacobian,
        _jacobian,
        _hypotheses,
        _domain,
        unit="eps Σ",
        samples=50,
    ),
]
