"""Special functions, right in the tails, with a derivative in every continuous argument."""

from mathml_jax.special.error import log_ndtr as log_ndtr
from mathml_jax.special.error import log_ndtr_derivative as log_ndtr_derivative
from mathml_jax.special.error import ndtr as ndtr
from mathml_jax.special.error import ndtr_derivative as ndtr_derivative
from mathml_jax.special.error import ndtri as ndtri
from mathml_jax.special.error import ndtri_derivative as ndtri_derivative
from mathml_jax.special.gamma import digamma as digamma
from mathml_jax.special.gamma import digamma_derivative as digamma_derivative
from mathml_jax.special.gamma import gammaln as gammaln
from mathml_jax.special.gamma import gammaln_derivative as gammaln_derivative
from mathml_jax.special.gamma import polygamma as polygamma
from mathml_jax.special.gamma import polygamma_derivative as polygamma_derivative
from mathml_jax.special.incomplete_gamma import gammainc as gammainc
from mathml_jax.special.incomplete_gamma import gammainc_derivative as gammainc_derivative
from mathml_jax.special.incomplete_gamma import gammaincc as gammaincc
from mathml_jax.special.incomplete_gamma import gammaincc_derivative as gammaincc_derivative
from mathml_jax.special.incomplete_gamma import log_gammainc as log_gammainc
from mathml_jax.special.incomplete_gamma import log_gammainc_derivative as log_gammainc_derivative
from mathml_jax.special.incomplete_gamma import log_gammaincc as log_gammaincc
from mathml_jax.special.incomplete_gamma import log_gammaincc_derivative as log_gammaincc_derivative
from mathml_jax.special.incomplete_gamma_inverse import gammainccinv as gammainccinv
from mathml_jax.special.incomplete_gamma_inverse import gammainccinv_derivative as gammainccinv_derivative
from mathml_jax.special.incomplete_gamma_inverse import gammaincinv as gammaincinv
from mathml_jax.special.incomplete_gamma_inverse import gammaincinv_derivative as gammaincinv_derivative
