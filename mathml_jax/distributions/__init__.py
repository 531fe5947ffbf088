"""Probability distributions: one module a family, the same verbs in every one."""

from mathml_jax.distributions import norm as norm
