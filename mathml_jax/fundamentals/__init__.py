"""Exponents, logarithms, series, polynomials: the algebra under everything else."""

from mathml_jax.fundamentals.exponents import exponential_growth as exponential_growth
from mathml_jax.fundamentals.exponents import exponential_growth_derivative as exponential_growth_derivative
from mathml_jax.fundamentals.logarithms import log1mexp as log1mexp
from mathml_jax.fundamentals.logarithms import log1mexp_derivative as log1mexp_derivative
from mathml_jax.fundamentals.logarithms import log_base as log_base
from mathml_jax.fundamentals.logarithms import log_base_base_derivative as log_base_base_derivative
from mathml_jax.fundamentals.logarithms import log_base_derivative as log_base_derivative
from mathml_jax.fundamentals.logarithms import logsumexp as logsumexp
from mathml_jax.fundamentals.logarithms import logsumexp_gradient as logsumexp_gradient
