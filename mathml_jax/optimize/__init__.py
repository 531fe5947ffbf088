"""Optimisers and the functions to try them on: how a loss goes down."""

from mathml_jax.optimize.adaptive import AdamState as AdamState
from mathml_jax.optimize.adaptive import adam as adam
from mathml_jax.optimize.adaptive import adam_no_bias_correction as adam_no_bias_correction
from mathml_jax.optimize.curvatures import Convexity as Convexity
from mathml_jax.optimize.curvatures import CriticalPointKind as CriticalPointKind
from mathml_jax.optimize.curvatures import Curvature as Curvature
from mathml_jax.optimize.curvatures import NewtonStep as NewtonStep
from mathml_jax.optimize.curvatures import classify_critical_point as classify_critical_point
from mathml_jax.optimize.curvatures import curvature as curvature
from mathml_jax.optimize.curvatures import is_convex_on as is_convex_on
from mathml_jax.optimize.curvatures import newton_step as newton_step
from mathml_jax.optimize.descent import DescentState as DescentState
from mathml_jax.optimize.descent import gradient_descent as gradient_descent
from mathml_jax.optimize.flow import gradient_flow as gradient_flow
from mathml_jax.optimize.objectives import quadratic as quadratic
from mathml_jax.optimize.objectives import quadratic_gradient as quadratic_gradient
from mathml_jax.optimize.objectives import quadratic_hessian as quadratic_hessian
from mathml_jax.optimize.objectives import rosenbrock as rosenbrock
from mathml_jax.optimize.objectives import rosenbrock_gradient as rosenbrock_gradient
from mathml_jax.optimize.objectives import rosenbrock_hessian as rosenbrock_hessian
from mathml_jax.optimize.stationary_points import CriticalPoint as CriticalPoint
from mathml_jax.optimize.stationary_points import CriticalPoints as CriticalPoints
from mathml_jax.optimize.stationary_points import critical_point as critical_point
from mathml_jax.optimize.stationary_points import critical_points as critical_points
