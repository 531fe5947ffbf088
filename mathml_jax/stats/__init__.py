"""Statistics of samples: what they estimate, how surely, and what they refute."""

from mathml_jax.stats.descriptive import mean as mean
from mathml_jax.stats.descriptive import mean_gradient as mean_gradient
from mathml_jax.stats.descriptive import var as var
from mathml_jax.stats.descriptive import var_gradient as var_gradient
from mathml_jax.stats.intervals import ConfidenceInterval as ConfidenceInterval
from mathml_jax.stats.intervals import ci_mean as ci_mean
from mathml_jax.stats.intervals import ci_mean_jacobian as ci_mean_jacobian
from mathml_jax.stats.regression import LinregressResult as LinregressResult
from mathml_jax.stats.regression import linregress as linregress
from mathml_jax.stats.regression import linregress_jacobian as linregress_jacobian
from mathml_jax.stats.z_tests import ZtestResult as ZtestResult
from mathml_jax.stats.z_tests import ztest_1samp as ztest_1samp
from mathml_jax.stats.z_tests import ztest_1samp_jacobian as ztest_1samp_jacobian
