"""Optimisers and the functions to try them on: how a loss goes down."""

from mathml_jax.optimize.adaptive import AdamState as AdamState
from mathml_jax.optimize.adaptive import adam as adam
from mathml_jax.optimize.adaptive import adam_no_bias_correction as adam_no_bias_correction
from mathml_jax.optimize.descent import DescentState as DescentState
from mathml_jax.optimize.descent import gradient_descent as gradient_descent
from mathml_jax.optimize.objectives import quadratic as quadratic
from mathml_jax.optimize.objectives import quadratic_gradient as quadratic_gradient
from mathml_jax.optimize.objectives import quadratic_hessian as quadratic_hessian
from mathml_jax.optimize.objectives import rosenbrock as rosenbrock
from mathml_jax.optimize.objectives import rosenbrock_gradient as rosenbrock_gradient
from mathml_jax.optimize.objectives import rosenbrock_hessian as rosenbrock_hessian
