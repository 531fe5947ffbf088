"""Scores of predictions."""

from mathml_jax.metrics.regression import r2_score as r2_score
from mathml_jax.metrics.regression import r2_score_gradient as r2_score_gradient
