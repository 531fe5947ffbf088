"""The normal law: `loc` is its mean, `scale` its standard deviation."""

from mathml_jax.distributions.norm import density, estimation, moments, quantiles
from mathml_jax.distributions.norm._standard import Parameters as Parameters
from mathml_jax.distributions.norm.density import cdf as cdf
from mathml_jax.distributions.norm.density import cdf_derivative as cdf_derivative
from mathml_jax.distributions.norm.density import logcdf as logcdf
from mathml_jax.distributions.norm.density import logcdf_derivative as logcdf_derivative
from mathml_jax.distributions.norm.density import logpdf as logpdf
from mathml_jax.distributions.norm.density import logpdf_derivative as logpdf_derivative
from mathml_jax.distributions.norm.density import logsf as logsf
from mathml_jax.distributions.norm.density import logsf_derivative as logsf_derivative
from mathml_jax.distributions.norm.density import pdf as pdf
from mathml_jax.distributions.norm.density import pdf_derivative as pdf_derivative
from mathml_jax.distributions.norm.density import sf as sf
from mathml_jax.distributions.norm.density import sf_derivative as sf_derivative
from mathml_jax.distributions.norm.estimation import fisher_information as fisher_information
from mathml_jax.distributions.norm.estimation import fit as fit
from mathml_jax.distributions.norm.estimation import fit_jacobian as fit_jacobian
from mathml_jax.distributions.norm.estimation import score as score
from mathml_jax.distributions.norm.moments import entropy as entropy
from mathml_jax.distributions.norm.moments import entropy_derivative as entropy_derivative
from mathml_jax.distributions.norm.moments import kurtosis as kurtosis
from mathml_jax.distributions.norm.moments import mean as mean
from mathml_jax.distributions.norm.moments import mode as mode
from mathml_jax.distributions.norm.moments import moment as moment
from mathml_jax.distributions.norm.moments import moment_derivative as moment_derivative
from mathml_jax.distributions.norm.moments import skew as skew
from mathml_jax.distributions.norm.moments import std as std
from mathml_jax.distributions.norm.moments import var as var
from mathml_jax.distributions.norm.moments import var_derivative as var_derivative
from mathml_jax.distributions.norm.quantiles import Interval as Interval
from mathml_jax.distributions.norm.quantiles import interval as interval
from mathml_jax.distributions.norm.quantiles import isf as isf
from mathml_jax.distributions.norm.quantiles import isf_derivative as isf_derivative
from mathml_jax.distributions.norm.quantiles import median as median
from mathml_jax.distributions.norm.quantiles import ppf as ppf
from mathml_jax.distributions.norm.quantiles import ppf_derivative as ppf_derivative
from mathml_jax.distributions.norm.quantiles import rvs as rvs

CONCEPTS = (*density.CONCEPTS, *quantiles.CONCEPTS, *moments.CONCEPTS, *estimation.CONCEPTS)
