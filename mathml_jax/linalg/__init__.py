"""Vectors, matrices and what they do to space."""

from mathml_jax.linalg.eigen import Eigenpair as Eigenpair
from mathml_jax.linalg.eigen import power_iteration as power_iteration
from mathml_jax.linalg.eigen import power_iteration_gradient as power_iteration_gradient
from mathml_jax.linalg.eigen import rayleigh_quotient as rayleigh_quotient
from mathml_jax.linalg.eigen import rayleigh_quotient_gradient as rayleigh_quotient_gradient
from mathml_jax.linalg.matrices import matmul as matmul
from mathml_jax.linalg.matrices import matmul_vjp as matmul_vjp
