"""Chances, and how evidence changes them."""

from mathml_jax.probability.bayes import bayes_theorem as bayes_theorem
from mathml_jax.probability.bayes import bayes_theorem_jacobian as bayes_theorem_jacobian
