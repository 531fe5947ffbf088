"""Probability distributions: one module a family, the same verbs in every one."""

from mathml_jax.distributions import categorical as categorical
from mathml_jax.distributions import dirichlet as dirichlet
from mathml_jax.distributions import expon as expon
from mathml_jax.distributions import multinomial as multinomial
from mathml_jax.distributions import multivariate_normal as multivariate_normal
from mathml_jax.distributions import norm as norm
from mathml_jax.distributions import poisson as poisson
from mathml_jax.distributions import t as t
