"""Probability distributions: one module a family, the same verbs in every one."""

from mathml_jax.distributions import expon as expon
from mathml_jax.distributions import norm as norm
from mathml_jax.distributions import poisson as poisson
