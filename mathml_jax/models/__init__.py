"""Models as pure functions: one that fits, one that predicts."""

from mathml_jax.models.linear import LinearModel as LinearModel
from mathml_jax.models.linear import linear_fit as linear_fit
from mathml_jax.models.linear import linear_fit_jacobian as linear_fit_jacobian
from mathml_jax.models.linear import linear_predict as linear_predict
from mathml_jax.models.linear import linear_predict_vjp as linear_predict_vjp
