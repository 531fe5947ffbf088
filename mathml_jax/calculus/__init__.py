"""Slopes and areas: derivatives, gradients, integrals."""

from mathml_jax.calculus.derivatives import NumericalDerivative as NumericalDerivative
from mathml_jax.calculus.derivatives import derivative as derivative
from mathml_jax.calculus.derivatives import numerical_derivative as numerical_derivative
from mathml_jax.calculus.integrals import trapezoid as trapezoid
from mathml_jax.calculus.integrals import trapezoid_gradient as trapezoid_gradient
from mathml_jax.calculus.multivariate import gradient as gradient
from mathml_jax.calculus.multivariate import numerical_gradient as numerical_gradient
