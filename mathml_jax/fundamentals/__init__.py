"""Exponents, logarithms, series, polynomials: the algebra under everything else."""

from mathml_jax.fundamentals.exponents import exponential_growth as exponential_growth
from mathml_jax.fundamentals.exponents import exponential_growth_derivative as exponential_growth_derivative
