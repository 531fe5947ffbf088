"""How evidence changes what is believed."""

import jax
import jax.numpy as jnp
from jax import random
from jaxtyping import Array, ArrayLike, Float, Real

from mathml_jax._checks import as_float, expect_equal_shapes, expect_rank, widened
from mathml_jax._concept import Concept, Derivative


@jax.jit
def bayes_theorem(
    prior: Real[ArrayLike, "*batch n"], likelihood: Real[ArrayLike, "*batch n"]
) -> Float[Array, "*batch n"]:
    r"""Probabilities of the hypotheses after the evidence, from those before it.

    .. math::

        P(H_i \mid D) = \frac{P(D \mid H_i)\, P(H_i)}{\sum_j P(D \mid H_j)\, P(H_j)}

    where :math:`P(H_i)` is the probability of the hypothesis :math:`H_i` before the data :math:`D`,
    the prior; :math:`P(D \mid H_i)` that of the data under the hypothesis, the likelihood; and :math:`P(H_i \mid D)`
    the posterior.

    Why it matters: a test that finds 90% of the sick and clears 95% of the healthy, for a disease of one in a hundred:
    who tests positive is sick with probability 15%, not 90%.

    Args:
      prior: probabilities of exclusive hypotheses, shape [..., n], which sum to one to three digits.
      likelihood: probability or density of the data under each hypothesis, of the same shape.

    Returns:
      Posterior probabilities, of the same shape; the last axis sums to one. NaN where the prior does not sum to one,
      where an entry is negative, and where the evidence is infinite or zero: the data are impossible under every
      hypothesis that is not.

    Raises:
      ValueError: unequal shapes, or no axis.

    References:
      Bayes, "An essay towards solving a problem in the doctrine of chances", 1763.

    >>> prevalence, sensitivity, specificity = 0.01, 0.90, 0.95
    >>> prior, likelihood = [prevalence, 1 - prevalence], [sensitivity, 1 - specificity]
    >>> bayes_theorem(jnp.array(prior), jnp.array(likelihood)).round(3).tolist()
    [0.154, 0.846]
    """
    prior, likelihood = as_float(prior, likelihood)
    expect_rank("bayes_theorem", "prior", prior, 1, at_least=True)
    expect_equal_shapes("bayes_theorem", prior=prior, likelihood=likelihood)
    before, weight = widened(prior), widened(likelihood)
    # Only ratios of likelihoods matter: over the largest that counts, nothing underflows.
    largest = jnp.max(jnp.where(before > 0, weight, 0), axis=-1, keepdims=True, initial=0)
    weight = jnp.minimum(weight / jax.lax.stop_gradient(largest), jnp.finfo(weight.dtype).max)
    joint = before * weight
    off = jnp.abs(jnp.sum(before, axis=-1, keepdims=True) - 1)
    summed = off <= max(1e-3, 2 * float(jnp.finfo(prior.dtype).eps))
    valid = summed & jnp.all((before >= 0) & (weight >= 0), axis=-1, keepdims=True)
    posterior = jnp.where(valid, joint / jnp.sum(joint, axis=-1, keepdims=True), jnp.nan)
    return posterior.astype(prior.dtype)


def bayes_theorem_jacobian(prior: Real[ArrayLike, " n"], likelihood: Real[ArrayLike, " n"]) -> Float[Array, "n n"]:
    r"""Jacobian of `bayes_theorem` in the likelihood, at one vector of hypotheses.

    .. math::

        \frac{\partial p_i}{\partial \ell_j} = \frac{\pi_j}{\sum_k \pi_k \ell_k} (\delta_{ij} - p_i)
    """
    prior, likelihood = as_float(prior, likelihood)
    p = bayes_theorem(prior, likelihood)
    share = prior / jnp.vdot(prior, likelihood, precision="highest")
    return (jnp.eye(len(p), dtype=p.dtype) - p[:, None]) * share[None, :]


CONCEPTS = (
    Concept(
        bayes_theorem,
        example=lambda key: tuple(jax.nn.softmax(random.normal(key, (2, 4), jnp.float64))),
        derivatives=(Derivative(bayes_theorem_jacobian, "jacobian", argnum=1),),
        oracle=lambda prior, likelihood: prior * likelihood / (prior @ likelihood),
    ),
)
